//! A query becomes a query in Quickwit's Elasticsearch-compatible language, in the part of it that was seen to
//! answer right: one `term` a word, whole phrases, no text that Quickwit would cut into words itself.

use serde_json::{Value, json};

use super::line::{day_number, value_of};
use super::mapping::{self, TextField, text_fields};
use super::unsupported;
use crate::document::{Language, Span};
use crate::error::Result;
use crate::facet::Dimension;
use crate::index::AnalyzerPool;
use crate::search::{
    Clause, DateRange, Diagnostic, Effort, FacetFilter, Field, Filter, Form, Given, Query, Vocabulary, WordWeights,
    folded, noted, resolve, suggestions,
};
use crate::text::{Alternative, Analyzer, TermKind};

/// What a query asks of Quickwit.
#[derive(Debug)]
pub(super) struct Compiled {
    /// Matches and scores.
    pub(super) query: Value,
    /// The filtered dimensions, each with a filter; one may have several.
    pub(super) dimensions: Vec<(Dimension, Value)>,
    /// The other filters; a paragraph needs to pass each.
    pub(super) others: Vec<Value>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Compiled {
    /// The whole query, but for the filter on one dimension.
    pub(super) fn without(&self, dimension: Option<Dimension>) -> Value {
        let dimensions = self.dimensions.iter().filter(|(of, _)| Some(*of) != dimension).map(|(_, filter)| filter);
        let filters: Vec<&Value> = dimensions.chain(&self.others).collect();
        if filters.is_empty() {
            return self.query.clone();
        }
        json!({"bool": {"must": [self.query], "filter": filters}})
    }
}

/// Compiles queries with what is known of an index.
pub(super) struct Compiler<'a> {
    vocabulary: &'a dyn Vocabulary,
    pool: &'a AnalyzerPool,
    analyzers: Vec<Analyzer>,
    weights: WordWeights,
    effort: Effort,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(
        vocabulary: &'a dyn Vocabulary,
        pool: &'a AnalyzerPool,
        languages: impl IntoIterator<Item = Language>,
        weights: WordWeights,
    ) -> Compiler<'a> {
        let analyzers = languages.into_iter().map(|language| pool.take(language)).collect();
        Compiler { vocabulary, pool, analyzers, weights, effort: Effort::new(0), diagnostics: Vec::new() }
    }

    pub(super) fn compile(mut self, query: &Query) -> Result<Compiled> {
        self.diagnostics.extend_from_slice(query.diagnostics());
        let mut facets: Vec<(Dimension, Vec<FacetFilter>)> = Vec::new();
        let (mut dates, mut documents, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
        for filter in query.filters() {
            match filter {
                Filter::Facet { dimension, value } => {
                    let accepted = self.facet(*dimension, value)?;
                    match facets.iter_mut().find(|(of, _)| of == dimension) {
                        Some((_, values)) => values.extend(accepted),
                        None => facets.push((*dimension, accepted.into_iter().collect())),
                    }
                }
                Filter::Date(range) => dates.push(Match::Leaf(within(range))),
                Filter::Document(id) => documents.push(id.as_str()),
                Filter::Kind(kind) => kinds.push(kind.as_str()),
            }
        }
        let mut others = Vec::new();
        if !documents.is_empty() {
            others.push(json!({"terms": {mapping::DOCUMENT: documents}}));
        }
        if !kinds.is_empty() {
            others.push(json!({"terms": {mapping::KIND: kinds}}));
        }
        facets.sort_unstable_by_key(|(dimension, _)| *dimension);
        let mut dimensions: Vec<(Dimension, Value)> =
            facets.iter().map(|(of, values)| (*of, accepting(*of, values).into_json())).collect();
        if !dates.is_empty() {
            // A range of dates filters the dimension of dates, so its counts are sideways, too.
            dimensions.push((Dimension::Date, Match::Any(dates).into_json()));
        }
        let query = self.clause(query.clause(), 1.0)?.into_json();
        Ok(Compiled { query, dimensions, others, diagnostics: std::mem::take(&mut self.diagnostics) })
    }

    /// Resolves a facet value and says what it stands for; an unknown one accepts nothing.
    fn facet(&mut self, dimension: Dimension, value: &Given) -> Result<Option<FacetFilter>> {
        let resolved = resolve(self.vocabulary, dimension, value.as_str())?;
        let (vocabulary, effort) = (self.vocabulary, &mut self.effort);
        let guess = || {
            if effort.take_guess() {
                suggestions(vocabulary.annotator(), dimension, value.as_str())
            } else {
                Vec::new()
            }
        };
        Ok(noted(resolved, guess, dimension, value, &mut self.diagnostics))
    }

    fn clause(&mut self, clause: &Clause, boost: f32) -> Result<Match> {
        Ok(match clause {
            Clause::All => Match::Everything,
            Clause::Word { field, text, form } => self.word(*field, text, *form, boost)?,
            Clause::Phrase { field, text, slop } => {
                let sequences = self.written(text, *field);
                if *slop > 0 && sequences.iter().any(|words| words.len() > 1) {
                    let what = format!("search for the loose phrase {text:?}~{slop}");
                    return Err(unsupported(
                        what,
                        "its loose phrases match otherwise than ours; use the phrase or its words",
                    ));
                }
                in_fields(*field, &sequences, |field| field.exact, boost)
            }
            Clause::Near { ordered, .. } => {
                let name = if *ordered { "ONEAR" } else { "NEAR" };
                let reason = "it has no search for things near each other; use AND, or a phrase";
                return Err(unsupported(format!("search with {name}"), reason));
            }
            Clause::Like(like) => {
                let reason = "it does not tell which words of a paragraph are rare; search for some of them";
                return Err(unsupported(format!("search for what is like {:?}", like.as_str()), reason));
            }
            Clause::Filter(filter) => self.nested_filter(filter)?,
            Clause::Bool { must, should, must_not } => {
                let mut all = |clauses: &[Clause], boost| {
                    clauses.iter().map(|clause| self.clause(clause, boost)).collect::<Result<Vec<Match>>>()
                };
                let (must, should, must_not) = (all(must, boost)?, all(should, boost)?, all(must_not, 1.0)?);
                if must.is_empty() && must_not.is_empty() {
                    Match::Any(should)
                } else {
                    Match::Bool { must, should, must_not }
                }
            }
            Clause::Boost { clause, factor } => self.clause(clause, boost * factor)?,
        })
    }

    fn word(&mut self, field: Field, text: &str, form: Form, boost: f32) -> Result<Match> {
        Ok(match form {
            Form::Word => {
                let boost = boost * self.weights.of(text);
                let readings = self.readings(text);
                in_fields(field, &readings, |field| field.stems, boost)
            }
            Form::Exact => {
                let sequences = self.written(text, field);
                in_fields(field, &sequences, |field| field.exact, boost)
            }
            Form::Prefix | Form::Wildcard => self.pattern(field, text, form, boost),
            Form::Fuzzy(_) => {
                return Err(unsupported(format!("search for words like {text:?}"), "it has no fuzzy words"));
            }
        })
    }

    fn pattern(&mut self, field: Field, text: &str, form: Form, boost: f32) -> Match {
        let pattern = folded(text);
        if pattern.is_empty() {
            return Match::Nothing;
        }
        if boost != 1.0 {
            let message = format!("Quickwit does not weigh patterns; {text:?} counts as others do");
            self.diagnostics.push(Diagnostic::new(message, Span::new(0, 0)));
        }
        let kind = if form == Form::Prefix { "prefix" } else { "wildcard" };
        let leaf = |field: &TextField| Match::Leaf(json!({kind: {field.exact: {"value": pattern}}}));
        Match::Any(text_fields(field).iter().map(leaf).collect())
    }

    /// What a word is looked for by in each language of the index: sequences of terms, any of which will do.
    fn readings(&mut self, text: &str) -> Vec<Vec<String>> {
        let mut readings: Vec<Vec<String>> = Vec::new();
        for analyzer in &mut self.analyzers {
            for alternative in analyzer.alternatives(text) {
                let reading = match alternative {
                    Alternative::Words(words) => words,
                    Alternative::Pair(pair) => vec![pair],
                };
                if !readings.contains(&reading) {
                    readings.push(reading);
                }
            }
        }
        readings
    }

    /// The words as written, in every language; in fields without written forms, their stems.
    fn written(&mut self, text: &str, field: Field) -> Vec<Vec<String>> {
        let has_written = text_fields(field).iter().all(|field| field.stems != field.exact);
        let mut sequences: Vec<Vec<String>> = Vec::new();
        for analyzer in &mut self.analyzers {
            let mut words = Vec::new();
            analyzer.analyze(text, |term| {
                if term.kind == TermKind::Word {
                    words.push(if has_written { term.exact } else { term.text }.to_owned());
                }
            });
            if !words.is_empty() && !sequences.contains(&words) {
                sequences.push(words);
            }
        }
        sequences
    }

    fn nested_filter(&mut self, filter: &Filter) -> Result<Match> {
        let accepted = match filter {
            Filter::Facet { dimension, value } => {
                let accepted = self.facet(*dimension, value)?;
                accepting(*dimension, accepted.as_slice())
            }
            Filter::Date(range) => Match::Leaf(within(range)),
            Filter::Document(id) => Match::Leaf(json!({"terms": {mapping::DOCUMENT: [id.as_str()]}})),
            Filter::Kind(kind) => Match::Leaf(json!({"terms": {mapping::KIND: [kind.as_str()]}})),
        };
        // In `filter` it adds nothing to the score.
        Ok(Match::Leaf(json!({"bool": {"filter": [accepted.into_json()]}})))
    }
}

impl Drop for Compiler<'_> {
    fn drop(&mut self) {
        for analyzer in self.analyzers.drain(..) {
            self.pool.put(analyzer);
        }
    }
}

/// What a part of a query matches.
#[derive(Debug)]
enum Match {
    Nothing,
    Everything,
    Leaf(Value),
    Any(Vec<Match>),
    Bool { must: Vec<Match>, should: Vec<Match>, must_not: Vec<Match> },
}

impl Match {
    fn into_json(self) -> Value {
        let all = |matches: Vec<Match>| matches.into_iter().map(Match::into_json).collect::<Vec<Value>>();
        match self {
            // Quickwit has no readable form of nothing; no document has a blank id.
            Match::Nothing => json!({"term": {mapping::DOCUMENT: {"value": ""}}}),
            Match::Everything => json!({"match_all": {}}),
            Match::Leaf(leaf) => leaf,
            Match::Any(matches) => {
                let mut flat = Vec::with_capacity(matches.len());
                flatten(matches, &mut flat);
                match flat.len() {
                    0 => Match::Nothing.into_json(),
                    1 => flat.remove(0),
                    _ => json!({"bool": {"should": flat, "minimum_should_match": 1}}),
                }
            }
            Match::Bool { must, should, must_not } => {
                let must = if must.is_empty() && should.is_empty() { vec![Match::Everything] } else { must };
                let mut parts = serde_json::Map::new();
                if must.is_empty() {
                    parts.insert("minimum_should_match".to_owned(), 1.into());
                }
                for (name, matches) in [("must", must), ("should", should), ("must_not", must_not)] {
                    if !matches.is_empty() {
                        parts.insert(name.to_owned(), all(matches).into());
                    }
                }
                json!({"bool": parts})
            }
        }
    }
}

/// Makes alternatives of alternatives one list.
fn flatten(matches: Vec<Match>, flat: &mut Vec<Value>) {
    for one in matches {
        match one {
            Match::Any(inner) => flatten(inner, flat),
            Match::Nothing => {}
            other => flat.push(other.into_json()),
        }
    }
}

/// Any of the sequences of words, in any of the fields.
fn in_fields(field: Field, sequences: &[Vec<String>], name: fn(&TextField) -> &'static str, boost: f32) -> Match {
    let mut matches = Vec::new();
    for words in sequences {
        for field in text_fields(field) {
            matches.push(Match::Leaf(sequence(name(field), words, boost * field.weight)));
        }
    }
    Match::Any(matches)
}

fn sequence(field: &str, words: &[String], boost: f32) -> Value {
    match words {
        [word] if boost == 1.0 => json!({"term": {field: {"value": word}}}),
        [word] => json!({"term": {field: {"value": word, "boost": decimal(boost)}}}),
        words if boost == 1.0 => json!({"match_phrase": {field: {"query": words.join(" ")}}}),
        // A phrase has no boost but in a query string.
        words => {
            let phrase = words.join(" ").replace('\\', "\\\\").replace('"', "\\\"");
            json!({"query_string": {"query": format!("{field}:\"{phrase}\"^{boost}")}})
        }
    }
}

/// The number as it is written, not as the nearest of double precision.
fn decimal(number: f32) -> Value {
    number.to_string().parse::<f64>().unwrap_or(1.0).into()
}

/// The paragraphs with any of the values.
fn accepting(dimension: Dimension, values: &[FacetFilter]) -> Match {
    let (mut paths, mut steps) = (Vec::new(), Vec::new());
    for value in values {
        match value {
            FacetFilter::Within(path) => paths.push(value_of(path.as_str())),
            FacetFilter::LastStep(step) => steps.push(step.as_str()),
        }
    }
    let fields = [(mapping::facet_field(dimension), paths), (mapping::ACTOR_STEP, steps)];
    let any = fields.into_iter().filter(|(_, values)| !values.is_empty());
    Match::Any(any.map(|(field, values)| Match::Leaf(json!({"terms": {field: values}}))).collect())
}

/// The paragraphs whose date lies in a range with every day that it may mean.
fn within(range: &DateRange) -> Value {
    let mut bounds = Vec::with_capacity(2);
    if let Some(from) = range.from {
        let day = day_number(from.first_day().day_number());
        bounds.push(json!({"range": {mapping::FIRST_DAY: {"gte": day}}}));
    }
    if let Some(to) = range.to {
        let day = day_number(to.last_day().day_number());
        bounds.push(json!({"range": {mapping::LAST_DAY: {"lte": day}}}));
    }
    match bounds.len() {
        1 => bounds.remove(0),
        // An open range asks for a date.
        0 => json!({"range": {mapping::FIRST_DAY: {"gte": 1}}}),
        _ => json!({"bool": {"filter": bounds}}),
    }
}
