//! A query becomes engine queries, and its filters become sets.
//!
//! A bare word is one term of the one `text` field, so that ORs and ANDs of words keep the engine's
//! block-max pruning; boosts stand on the terms, because at the top they would turn it off.

use std::collections::BTreeMap;

use tantivy::query::{AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, TermQuery};
use tantivy::schema::{Field as TantivyField, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::exclusion::Excluded;
use super::expand::{Expansion, expand};
use super::filter::{self, DocumentFilter, FacetFilter, FilterQuery};
use super::positional::{Operand, PositionalQuery, Rule, Sequence};
use super::query::{Clause, Diagnostic, Distance, Field, Filter, Form, Given, Query};
use super::resolve::{Resolved, not_known, resolve};
use crate::document::{Language, Span};
use crate::error::Result;
use crate::facet::Dimension;
use crate::index::{Inner, SegmentArrays};
use crate::text::{Analyzer, TermKind};

type BoxedQuery = Box<dyn tantivy::query::Query>;

/// What a query asks of the engine.
pub(crate) struct Compiled {
    /// Matches and scores.
    pub(crate) query: BoxedQuery,
    /// The filtered dimensions, each with the values of which a paragraph needs one.
    pub(crate) dimensions: Vec<(Dimension, Vec<FacetFilter>)>,
    /// The other filters; a paragraph needs to pass each.
    pub(crate) others: Vec<DocumentFilter>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Compiles queries against one commit.
pub(crate) struct Compiler<'a> {
    index: &'a Inner,
    searcher: &'a Searcher,
    arrays: &'a [std::sync::Arc<SegmentArrays>],
    analyzers: Vec<Analyzer>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(
        index: &'a Inner,
        searcher: &'a Searcher,
        arrays: &'a [std::sync::Arc<SegmentArrays>],
        languages: &[Language],
    ) -> Compiler<'a> {
        let analyzers = languages.iter().map(|&language| index.analyzers.take(language)).collect();
        Compiler { index, searcher, arrays, analyzers, diagnostics: Vec::new() }
    }

    pub(crate) fn compile(mut self, query: &Query) -> Result<Compiled> {
        self.diagnostics.extend_from_slice(query.diagnostics());
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
        let query = self.clause(query.clause(), 1.0)?;
        let dimensions = dimensions.into_iter().collect();
        let diagnostics = std::mem::take(&mut self.diagnostics);
        Ok(Compiled { query, dimensions, others, diagnostics })
    }

    /// Resolves a facet value and says what it stands for; an unknown one accepts nothing.
    fn facet(&mut self, dimension: Dimension, value: &Given) -> Result<Option<FacetFilter>> {
        let given = value.as_str();
        let span = value.span().unwrap_or(Span::new(0, 0));
        match resolve(self.index, self.searcher, dimension, given)? {
            Ok(Resolved { label, path, filter }) => {
                if given != path.as_str() {
                    self.diagnostics.push(Diagnostic::new(format!("{dimension} {given:?} is {label} ({path})"), span));
                }
                Ok(Some(filter))
            }
            Err(suggestions) => {
                let message = format!("{dimension} {given:?} is {}", not_known(&suggestions));
                let mut diagnostic = Diagnostic::new(message, span);
                if let Some(first) = suggestions.into_iter().next() {
                    diagnostic = diagnostic.suggesting(first);
                }
                self.diagnostics.push(diagnostic);
                Ok(None)
            }
        }
    }

    fn clause(&mut self, clause: &Clause, boost: f32) -> Result<BoxedQuery> {
        Ok(match clause {
            Clause::All => Box::new(ConstScoreQuery::new(Box::new(AllQuery), boost)),
            Clause::Word { field, text, form } => self.word(*field, text, *form, boost)?,
            Clause::Phrase { field, text, slop } => self.phrase(*field, text, *slop, boost),
            Clause::Near { operands, distance, ordered } => self.near(operands, *distance, *ordered, boost)?,
            Clause::Filter(filter) => self.nested_filter(filter)?,
            Clause::Bool { must, should, must_not } => self.boolean(must, should, must_not, boost)?,
            Clause::Boost { clause, factor } => self.clause(clause, boost * factor)?,
        })
    }

    fn boolean(&mut self, must: &[Clause], should: &[Clause], must_not: &[Clause], boost: f32) -> Result<BoxedQuery> {
        let mut clauses = Vec::with_capacity(must.len() + should.len() + must_not.len());
        for (occur, group) in [(Occur::Must, must), (Occur::Should, should), (Occur::MustNot, must_not)] {
            for clause in group {
                let mut query = self.clause(clause, boost)?;
                if occur == Occur::MustNot {
                    query = Box::new(Excluded(query));
                }
                clauses.push((occur, query));
            }
        }
        if must.is_empty() && should.is_empty() {
            clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))));
        }
        Ok(any_of(clauses))
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

    fn word(&mut self, field: Field, text: &str, form: Form, boost: f32) -> Result<BoxedQuery> {
        let (stems, exact) = self.fields(field);
        let query: BoxedQuery = match form {
            Form::Word => {
                let mut alternatives: Vec<BoxedQuery> = Vec::new();
                let mut sequences: Vec<Sequence> = Vec::new();
                for words in self.readings(text) {
                    alternatives.push(words.query(stems, boost));
                    sequences.extend(words.sequences(stems));
                }
                if field == Field::Body {
                    return Ok(self.within_body(vec![Operand::new(sequences)], boost));
                }
                any_of(alternatives.into_iter().map(|query| (Occur::Should, query)).collect())
            }
            Form::Exact => self.phrase(field, text, 0, boost),
            Form::Prefix | Form::Fuzzy(_) | Form::Wildcard => {
                let terms = self.expansion(exact, text, form)?;
                if field == Field::Body {
                    let sequences = terms.into_iter().map(|term| Sequence::word(exact, &term.text)).collect();
                    return Ok(self.within_body(vec![Operand::new(sequences)], boost));
                }
                let clauses = terms
                    .into_iter()
                    .map(|term| (Occur::Should, term_query(exact, &term.text, boost * term.closeness)))
                    .collect();
                any_of(clauses)
            }
        };
        Ok(query)
    }

    /// The terms of the dictionary that a pattern stands for; says so when there are too many.
    fn expansion(&mut self, field: TantivyField, text: &str, form: Form) -> Result<Vec<super::expand::ExpandedTerm>> {
        let Expansion { terms, dropped } = expand(self.searcher, field, text, form)?;
        if dropped > 0 {
            let message =
                format!("{text:?} stands for {} words; the {} nearest were used", terms.len() + dropped, terms.len());
            self.diagnostics.push(Diagnostic::new(message, Span::new(0, 0)));
        }
        Ok(terms)
    }

    fn phrase(&mut self, field: Field, text: &str, slop: u32, boost: f32) -> BoxedQuery {
        let (stems, exact) = self.fields(field);
        let mut sequences = self.exact_sequences(text, stems, exact);
        if slop > 0 {
            sequences = sequences.into_iter().map(|sequence| sequence.loosened(slop)).collect();
        }
        if field == Field::Body {
            return self.within_body(vec![Operand::new(sequences)], boost);
        }
        if slop == 0 {
            let clauses = sequences.iter().map(|sequence| (Occur::Should, sequence.query(boost))).collect();
            return any_of(clauses);
        }
        self.positional(vec![Operand::new(sequences)], Rule::Window { slop: 0, ordered: true, body: false }, boost)
    }

    /// The words as written; in fields without written forms, their stems in every language.
    fn exact_sequences(&mut self, text: &str, stems: TantivyField, exact: TantivyField) -> Vec<Sequence> {
        let mut sequences: Vec<Sequence> = Vec::new();
        for analyzer in &mut self.analyzers {
            let mut sequence = Sequence::default();
            analyzer.analyze(text, |term| {
                if term.kind == TermKind::Word {
                    sequence.push(exact, if stems == exact { term.text } else { term.exact });
                }
            });
            if !sequence.is_empty() && !sequences.contains(&sequence) {
                sequences.push(sequence);
            }
        }
        sequences
    }

    fn within_body(&self, operands: Vec<Operand>, boost: f32) -> BoxedQuery {
        self.positional(operands, Rule::Window { slop: 0, ordered: true, body: true }, boost)
    }

    fn positional(&self, operands: Vec<Operand>, rule: Rule, boost: f32) -> BoxedQuery {
        if operands.is_empty() || operands.iter().any(Operand::is_empty) {
            return Box::new(EmptyQuery);
        }
        boosted(Box::new(PositionalQuery::new(self.index.fields, operands, rule)), boost)
    }

    fn near(&mut self, operands: &[Clause], distance: Distance, ordered: bool, boost: f32) -> Result<BoxedQuery> {
        let Some(field) = field_of(operands) else { return Ok(Box::new(EmptyQuery)) };
        let mut compiled = Vec::with_capacity(operands.len());
        for operand in operands {
            compiled.push(Operand::new(self.near_operand(operand, field)?));
        }
        let rule = match distance {
            Distance::Words(slop) => Rule::Window { slop, ordered, body: field == Field::Body },
            Distance::Sentence if matches!(field, Field::Any | Field::Body) => Rule::Sentence { ordered },
            Distance::Sentence => return Ok(Box::new(EmptyQuery)),
        };
        Ok(self.positional(compiled, rule, boost))
    }

    /// The sequences any of which is the operand.
    fn near_operand(&mut self, operand: &Clause, field: Field) -> Result<Vec<Sequence>> {
        Ok(match operand {
            Clause::Word { field, text, form } => {
                let (stems, exact) = self.fields(*field);
                match form {
                    Form::Word => self.readings(text).iter().flat_map(|words| words.sequences(stems)).collect(),
                    Form::Exact => self.exact_sequences(text, stems, exact),
                    Form::Prefix | Form::Fuzzy(_) | Form::Wildcard => {
                        let terms = self.expansion(exact, text, *form)?;
                        terms.into_iter().map(|term| Sequence::word(exact, &term.text)).collect()
                    }
                }
            }
            Clause::Phrase { field, text, slop } => {
                let (stems, exact) = self.fields(*field);
                let sequences = self.exact_sequences(text, stems, exact);
                sequences.into_iter().map(|sequence| sequence.loosened(*slop)).collect()
            }
            Clause::Filter(Filter::Facet { dimension: Dimension::Actor, value }) => {
                if matches!(field, Field::Title | Field::Heading) {
                    return Ok(Vec::new());
                }
                let accepted = self.facet(Dimension::Actor, value)?;
                let ids = match accepted {
                    Some(accepted) => filter::actor_ids(self.index, self.searcher, self.arrays, &accepted)?,
                    None => Vec::new(),
                };
                ids.iter().map(|id| Sequence::word(self.index.fields.mention, id)).collect()
            }
            Clause::Bool { must, should, must_not } if must.is_empty() && must_not.is_empty() => {
                let mut sequences = Vec::new();
                for clause in should {
                    sequences.extend(self.near_operand(clause, field)?);
                }
                sequences
            }
            Clause::Boost { clause, .. } => self.near_operand(clause, field)?,
            _ => Vec::new(),
        })
    }

    fn nested_filter(&mut self, filter: &Filter) -> Result<BoxedQuery> {
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
                    filter::facet_bits(reader, arrays, *dimension, accepted.as_slice())?
                }
                (None, None) => continue,
            };
            segments.push((reader.segment_id(), bits));
        }
        Ok(Box::new(FilterQuery::new(segments)))
    }

    /// The readings of a word: its terms in every language of the index, each different one once.
    fn readings(&mut self, text: &str) -> Vec<Reading> {
        let mut readings: Vec<Reading> = Vec::new();
        for analyzer in &mut self.analyzers {
            let mut reading = Reading::default();
            analyzer.analyze(text, |term| match term.kind {
                TermKind::Word => reading.words.push(term.text.to_owned()),
                TermKind::Pair => reading.pairs.push(term.text.to_owned()),
            });
            if !reading.words.is_empty() && !readings.contains(&reading) {
                readings.push(reading);
            }
        }
        readings
    }
}

impl Drop for Compiler<'_> {
    fn drop(&mut self) {
        for analyzer in self.analyzers.drain(..) {
            self.index.analyzers.put(analyzer);
        }
    }
}

/// The one field that operands ask for; `None` when they ask for different ones.
fn field_of(operands: &[Clause]) -> Option<Field> {
    let mut asked = Field::Any;
    for operand in operands {
        let one = match operand {
            Clause::Word { field, .. } | Clause::Phrase { field, .. } => *field,
            Clause::Bool { should, .. } => field_of(should)?,
            _ => Field::Any,
        };
        if one != Field::Any {
            if asked != Field::Any && asked != one {
                return None;
            }
            asked = one;
        }
    }
    Some(asked)
}

/// The terms of one word of a query, in one language.
#[derive(Debug, Default, PartialEq)]
struct Reading {
    words: Vec<String>,
    /// Neighbouring characters of a script without spaces; any of them will do.
    pairs: Vec<String>,
}

impl Reading {
    fn query(&self, field: TantivyField, boost: f32) -> BoxedQuery {
        if !self.pairs.is_empty() {
            return any_of(self.pairs.iter().map(|pair| (Occur::Should, term_query(field, pair, boost))).collect());
        }
        Sequence::of(field, &self.words).query(boost)
    }

    fn sequences(&self, field: TantivyField) -> Vec<Sequence> {
        if !self.pairs.is_empty() {
            return self.pairs.iter().map(|pair| Sequence::pair(field, pair)).collect();
        }
        vec![Sequence::of(field, &self.words)]
    }
}

impl Sequence {
    fn query(&self, boost: f32) -> BoxedQuery {
        match self.terms() {
            [] => Box::new(EmptyQuery),
            [(field, term)] => term_query(*field, term, boost),
            terms => {
                let terms = terms.iter().map(|(field, term)| Term::from_field_text(*field, term)).collect();
                boosted(Box::new(PhraseQuery::new(terms)), boost)
            }
        }
    }
}

fn term_query(field: TantivyField, term: &str, boost: f32) -> BoxedQuery {
    boosted(Box::new(TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::WithFreqs)), boost)
}

fn boosted(query: BoxedQuery, boost: f32) -> BoxedQuery {
    if boost == 1.0 { query } else { Box::new(BoostQuery::new(query, boost)) }
}

/// A combination of clauses; one alone is not wrapped, and an OR inside an OR is made flat, because the
/// engine prunes only flat ones.
fn any_of(clauses: Vec<(Occur, BoxedQuery)>) -> BoxedQuery {
    if clauses.is_empty() {
        return Box::new(EmptyQuery);
    }
    let only_should = clauses.iter().all(|(occur, _)| *occur == Occur::Should);
    let mut flat: Vec<(Occur, BoxedQuery)> = Vec::with_capacity(clauses.len());
    for (occur, query) in clauses {
        match query.downcast_ref::<BooleanQuery>() {
            Some(inner) if only_should && inner.clauses().iter().all(|(occur, _)| *occur == Occur::Should) => {
                flat.extend(inner.clauses().iter().map(|(occur, query)| (*occur, query.box_clone())));
            }
            _ => flat.push((occur, query)),
        }
    }
    match <[_; 1]>::try_from(flat) {
        Ok([(occur, query)]) if occur != Occur::MustNot => query,
        Ok(single) => Box::new(BooleanQuery::new(single.into())),
        Err(flat) => Box::new(BooleanQuery::new(flat)),
    }
}
