//! A query becomes a plan, and its filters become sets.
//!
//! A bare word is one term of the one `text` field, and an OR in an OR is made flat, so that there are few bounds to add
//! up and they are close; boosts stand on the terms.

mod phrase;

use std::collections::{BTreeMap, HashMap};

use tantivy::schema::Field as TantivyField;
use tantivy::{Searcher, Term};

use self::phrase::sequence;
use crate::document::{Language, Span};
use crate::error::{Error, Result};
use crate::facet::Dimension;
use crate::index::{Inner, SegmentArrays};
use crate::mention_choice::MentionChoice;
use crate::search::effort::{Effort, Limit};
use crate::search::expand::{ExpandedTerm, Expansion, expand};
use crate::search::filter::{self, DocumentFilter, FacetFilter};
use crate::search::filter_query::FilterQuery;
use crate::search::like::{Likeness, Reader};
use crate::search::plan::{Plan, Test};
use crate::search::positional::{Operand, Sequence};
use crate::search::query::{Clause, Diagnostic, Field, Filter, Form, Given, Query};
use crate::search::rank::{OtherNames, QueryTerm, WordWeights, query_terms};
use crate::search::resolve::{Indexed, noted, resolve, suggestions};
use crate::search::thinning::thin;
use crate::text::{Alternative, Analyzer};

/// What a query asks of the engine.
pub(crate) struct Compiled {
    /// Matches and scores.
    pub(crate) plan: Plan,
    /// The filtered dimensions, each with the values of which a paragraph needs one.
    pub(crate) dimensions: Vec<(Dimension, Vec<FacetFilter>)>,
    /// Which mentions name the actors of filters.
    pub(crate) mention_choice: MentionChoice,
    /// The other filters; a paragraph needs to pass each.
    pub(crate) others: Vec<DocumentFilter>,
    /// The clauses that stand for others, with the words of those.
    pub(crate) likes: Vec<(Given, Clause)>,
    /// The terms that the ranking looks for beyond the plan.
    pub(crate) terms: Vec<QueryTerm>,
    /// The actors that are found by their other names, too.
    pub(crate) other_names: OtherNames,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Compiles queries against one commit.
pub(crate) struct Compiler<'a> {
    index: &'a Inner,
    searcher: &'a Searcher,
    arrays: &'a [std::sync::Arc<SegmentArrays>],
    analyzers: Vec<Analyzer>,
    weights: WordWeights,
    likes: Vec<(Given, Clause)>,
    /// What patterns stand for, each looked up once.
    expansions: HashMap<(TantivyField, String, Form), Vec<ExpandedTerm>>,
    effort: Effort,
    /// Where parts of the query stand, for diagnostics.
    query: &'a Query,
    other_names: OtherNames,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(
        index: &'a Inner,
        searcher: &'a Searcher,
        arrays: &'a [std::sync::Arc<SegmentArrays>],
        languages: impl IntoIterator<Item = Language>,
        weights: WordWeights,
        query: &'a Query,
    ) -> Compiler<'a> {
        let analyzers = languages.into_iter().map(|language| index.analyzers.take(language)).collect();
        Compiler {
            index,
            searcher,
            arrays,
            analyzers,
            weights,
            other_names: OtherNames::default(),
            likes: Vec::new(),
            expansions: HashMap::new(),
            effort: Effort::new(searcher.num_docs()),
            query,
            diagnostics: Vec::new(),
        }
    }

    /// Finds actors by their other names, too.
    pub(crate) fn with_other_names(mut self, other_names: OtherNames) -> Compiler<'a> {
        self.other_names = other_names;
        self
    }

    pub(crate) fn compile(mut self) -> Result<Compiled> {
        let query = self.query;
        self.diagnostics.extend_from_slice(query.diagnostics());
        self.diagnostics.extend(self.other_names.diagnostics());
        let mut dimensions: BTreeMap<Dimension, Vec<FacetFilter>> = BTreeMap::new();
        let mut dates = Vec::new();
        let mut documents = Vec::new();
        let mut kinds = Vec::new();
        for filter in query.filters() {
            match filter {
                Filter::Facet { dimension, value } => {
                    let resolved = self.facet(*dimension, value)?;
                    dimensions.entry(*dimension).or_default().extend(resolved);
                }
                Filter::Date(range) => dates.push(*range),
                Filter::Document(id) => documents.push(id.as_str().to_owned()),
                Filter::Kind(kind) => kinds.push(kind.as_str().to_owned()),
            }
        }
        let mut others = Vec::new();
        if !dates.is_empty() {
            others.push(DocumentFilter::Dates(dates));
        }
        if !documents.is_empty() {
            others.push(DocumentFilter::Terms(self.index.fields.document, documents));
        }
        if !kinds.is_empty() {
            others.push(DocumentFilter::Terms(self.index.fields.kind, kinds));
        }
        let mut plan = self.clause(query.clause(), 1.0)?;
        self.thin(&mut plan)?;
        let terms = query_terms(query.clause(), &mut self.analyzers, &self.weights);
        let dimensions = dimensions.into_iter().collect();
        let diagnostics = std::mem::take(&mut self.diagnostics);
        let likes = std::mem::take(&mut self.likes);
        let other_names = std::mem::take(&mut self.other_names);
        let mention_choice = query.mention_choice();
        Ok(Compiled { plan, dimensions, mention_choice, others, likes, terms, other_names, diagnostics })
    }

    /// Leaves out what tells least of a long query, and says so.
    fn thin(&mut self, plan: &mut Plan) -> Result<()> {
        let searcher = self.searcher;
        let frequency = |field, text: &str| {
            let frequency = searcher.doc_freq(&Term::from_field_text(field, text));
            frequency.map_err(|error| Error::storage("reading the dictionary", error))
        };
        let count = thin(plan, searcher.num_docs(), &frequency)?;
        if count > 0 {
            let message = format!("the query is long, its {count} most frequent words were left out");
            self.diagnostics.push(Diagnostic::new(message, self.query.span()));
        }
        Ok(())
    }

    /// Resolves a facet value and says what it stands for; an unknown one accepts nothing.
    fn facet(&mut self, dimension: Dimension, value: &Given) -> Result<Option<FacetFilter>> {
        let vocabulary = Indexed { index: self.index, searcher: self.searcher };
        let resolved = resolve(&vocabulary, dimension, value.as_str())?;
        let effort = &mut self.effort;
        let guess = || {
            let annotator = &self.index.annotator;
            if effort.take_guess() { suggestions(annotator, dimension, value.as_str()) } else { Vec::new() }
        };
        Ok(noted(resolved, guess, dimension, value, &mut self.diagnostics))
    }

    fn clause(&mut self, clause: &Clause, boost: f32) -> Result<Plan> {
        Ok(match clause {
            Clause::All => Plan::Leaf { test: Test::All, boost },
            Clause::Word { field, text, form } => self.word(*field, text, *form, boost)?,
            Clause::Phrase { field, text, slop } => self.phrase(*field, text, *slop, boost)?,
            Clause::Near { operands, distance, ordered } => self.near(operands, *distance, *ordered, boost)?,
            Clause::Like(like) => self.like(like)?.boosted(boost),
            Clause::Filter(filter) => self.nested_filter(filter)?,
            Clause::Bool { must, should, must_not } => self.boolean(must, should, must_not, boost)?,
            Clause::Boost { clause, factor } => self.clause(clause, boost * factor)?,
        })
    }

    fn like(&mut self, like: &Given) -> Result<Plan> {
        if !self.afford(Limit::Likes) {
            return Ok(Plan::nothing());
        }
        let reader = Reader { index: self.index, searcher: self.searcher, arrays: self.arrays };
        Ok(match reader.likeness(like.as_str())? {
            Some(Likeness { plan, words }) => {
                self.likes.push((like.clone(), words));
                plan
            }
            None => {
                let message =
                    format!("no paragraph is called {:?}, expected a document's id or id#ordinal", like.as_str());
                self.diagnostics.push(Diagnostic::new(message, like.span().unwrap_or(Span::new(0, 0))));
                Plan::nothing()
            }
        })
    }

    fn boolean(&mut self, must: &[Clause], should: &[Clause], must_not: &[Clause], boost: f32) -> Result<Plan> {
        let mut all = |clauses: &[Clause]| -> Result<Vec<Plan>> {
            let distinct = Clause::distinct(clauses).into_iter();
            let compiled =
                distinct.map(|(clause, times)| match clause.needs_or_excludes() && !self.afford(Limit::Groups) {
                    true => Ok(Plan::nothing()),
                    false => self.clause(clause, boost * times),
                });
            compiled.collect()
        };
        Ok(Plan::combination(all(must)?, all(should)?, all(must_not)?))
    }

    /// The fields that words in any inflection, and words as written, are looked up in.
    fn fields(&self, field: Field) -> (TantivyField, TantivyField) {
        let fields = &self.index.fields;
        match field {
            Field::Any | Field::Body => (fields.text, fields.exact),
            Field::Title => (fields.title, fields.title),
            Field::Heading => (fields.heading, fields.heading),
        }
    }

    /// The field that a word of a field of written words is in.
    fn written(&self, exact: TantivyField, word: &str) -> TantivyField {
        if exact == self.index.fields.exact { self.index.fields.written(word) } else { exact }
    }

    fn word(&mut self, field: Field, text: &str, form: Form, boost: f32) -> Result<Plan> {
        let (stems, exact) = self.fields(field);
        let plan = match form {
            Form::Word => {
                let boost = boost * self.weights.of(text);
                let sequences: Vec<Sequence> =
                    self.alternatives(text).into_iter().map(|alternative| sequence(alternative, stems)).collect();
                if field == Field::Body {
                    return self.within_body(vec![Operand::new(sequences)], boost);
                }
                let mut alternatives: Vec<Plan> =
                    sequences.iter().map(|sequence| Plan::sequence(sequence, stems, boost)).collect();
                if field == Field::Any {
                    alternatives.extend(self.mentions(text, boost));
                }
                Plan::any_of(alternatives)
            }
            Form::Exact => self.phrase(field, text, 0, boost)?,
            Form::Prefix | Form::Fuzzy(_) | Form::Wildcard => {
                let terms = self.expansion(exact, text, form)?;
                if field == Field::Body {
                    let sequence = |term: &ExpandedTerm| Sequence::word(self.written(exact, &term.text), &term.text);
                    let sequences = terms.iter().map(sequence).collect();
                    return self.within_body(vec![Operand::new(sequences)], boost);
                }
                let plan = |term: ExpandedTerm| {
                    Plan::term(self.written(exact, &term.text), &term.text, boost * term.closeness)
                };
                Plan::any_of(terms.into_iter().map(plan).collect())
            }
        };
        Ok(plan)
    }

    /// Whether one more of what is limited may be asked for; says so when not.
    fn afford(&mut self, limit: Limit) -> bool {
        let within = self.effort.take(limit);
        if !within {
            self.refuse(limit);
        }
        within
    }

    fn refuse(&mut self, limit: Limit) {
        if self.effort.tell(limit) {
            self.diagnostics.push(Diagnostic::new(limit.message(), self.query.span()));
        }
    }

    /// The terms of the dictionary that a pattern stands for; says so when there are too many.
    fn expansion(&mut self, field: TantivyField, text: &str, form: Form) -> Result<Vec<ExpandedTerm>> {
        let key = (field, text.to_owned(), form);
        if let Some(known) = self.expansions.get(&key) {
            return Ok(known.clone());
        }
        if self.effort.dictionary == 0 {
            self.refuse(Limit::Patterns);
            return Ok(Vec::new());
        }
        if !self.afford(Limit::Patterns) {
            return Ok(Vec::new());
        }
        let Expansion { mut terms, mut dropped } =
            expand(self.searcher, (&self.index.fields, field), text, form, &mut self.effort.dictionary)?;
        dropped += terms.len().saturating_sub(self.effort.expanded);
        terms.truncate(self.effort.expanded);
        self.effort.expanded -= terms.len();
        if dropped > 0 {
            let message =
                format!("{text:?} stands for {} words; the {} nearest were used", terms.len() + dropped, terms.len());
            self.diagnostics.push(Diagnostic::new(message, self.query.span_of(text)));
        }
        self.expansions.insert(key, terms.clone());
        Ok(terms)
    }

    /// The mentions of the actors that a word or phrase of the query names, whatever they are called there.
    fn mentions(&self, text: &str, boost: f32) -> Vec<Plan> {
        let mention = self.index.fields.mention;
        self.other_names.of(text).map(|(id, weight)| Plan::term(mention, id, boost * weight)).collect()
    }

    fn nested_filter(&mut self, filter: &Filter) -> Result<Plan> {
        if !self.afford(Limit::Conditions) {
            return Ok(Plan::nothing());
        }
        let fields = &self.index.fields;
        let document = match filter {
            Filter::Facet { .. } => None,
            Filter::Date(range) => Some(DocumentFilter::Dates(vec![*range])),
            Filter::Document(id) => Some(DocumentFilter::Terms(fields.document, vec![id.as_str().to_owned()])),
            Filter::Kind(kind) => Some(DocumentFilter::Terms(fields.kind, vec![kind.as_str().to_owned()])),
        };
        let facet = match filter {
            Filter::Facet { dimension, value } => Some((*dimension, self.facet(*dimension, value)?)),
            _ => None,
        };
        let mut segments = Vec::with_capacity(self.arrays.len());
        for (reader, arrays) in self.searcher.segment_readers().iter().zip(self.arrays) {
            let bits = match (&document, &facet) {
                (Some(document), _) => document.bits(reader, arrays)?,
                (None, Some((dimension, accepted))) => {
                    filter::facet_bits(reader, arrays, *dimension, self.query.mention_choice(), accepted.as_slice())?
                }
                (None, None) => continue,
            };
            segments.push((reader.segment_id(), bits));
        }
        Ok(Plan::Leaf { test: Test::Filter(FilterQuery::new(segments)), boost: 1.0 })
    }

    /// What a word is looked for by in every language of the index, each different one once.
    fn alternatives(&mut self, text: &str) -> Vec<Alternative> {
        let mut found: Vec<Alternative> = Vec::new();
        for analyzer in &mut self.analyzers {
            for alternative in analyzer.alternatives(text) {
                if !found.contains(&alternative) {
                    found.push(alternative);
                }
            }
        }
        found
    }
}

impl Drop for Compiler<'_> {
    fn drop(&mut self) {
        for analyzer in self.analyzers.drain(..) {
            self.index.analyzers.put(analyzer);
        }
    }
}
