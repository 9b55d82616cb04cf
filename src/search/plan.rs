//! What a query asks of the engine, as a tree: it yields the engine's query, and the same tree scores single
//! paragraphs clause by clause.

use std::collections::HashMap;

use tantivy::query::{AllQuery, BoostQuery, ConstScoreQuery, EmptyQuery, PhraseQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{SegmentReader, Term};

use super::filter_query::FilterQuery;
use super::mixed_phrase::MixedPhrase;
use super::positional::{PositionalQuery, Sequence};
use crate::error::{Error, Result};
use crate::facet::FacetPath;

/// Makes the weight of a query.
pub(crate) type Weigh<'a> = &'a dyn Fn(&dyn tantivy::query::Query) -> Result<Box<dyn tantivy::query::Weight>>;

pub(crate) type BoxedQuery = Box<dyn tantivy::query::Query>;

/// A part of a query.
#[derive(Debug)]
pub(crate) enum Plan {
    /// One test, with what its score is multiplied by.
    Leaf { test: Test, boost: f32 },
    /// A combination: all of `must`, none of `must_not`, and where `must` is empty one or more of `should`.
    Bool { must: Vec<Plan>, should: Vec<Plan>, must_not: Vec<Plan> },
}

/// What a leaf looks for.
#[derive(Debug)]
pub(crate) enum Test {
    /// Nothing passes.
    Nothing,
    /// Every paragraph; scores 1.
    All,
    /// A set of paragraphs; scores 0.
    Filter(FilterQuery),
    /// The paragraphs that share an actor or topic; scores 1.
    Shared(FilterQuery, FacetPath),
    /// A term.
    Term(Field, String),
    /// Terms next to each other, with the lengths that paragraphs have in a field.
    Phrase { terms: Vec<(Field, String)>, lengths: Field },
    /// Operands near each other.
    Near(PositionalQuery),
}

impl Plan {
    pub(crate) fn nothing() -> Plan {
        Plan::Leaf { test: Test::Nothing, boost: 1.0 }
    }

    pub(crate) fn term(field: Field, text: &str, boost: f32) -> Plan {
        Plan::Leaf { test: Test::Term(field, text.to_owned()), boost }
    }

    /// Terms next to each other, scored with the lengths that paragraphs have in a field; one alone is a term.
    pub(crate) fn sequence(sequence: &Sequence, lengths: Field, boost: f32) -> Plan {
        match sequence.terms() {
            [] => Plan::nothing(),
            [(field, term)] => Plan::term(*field, term, boost),
            terms => Plan::Leaf { test: Test::Phrase { terms: terms.to_vec(), lengths }, boost },
        }
    }

    /// One or more of the parts; an OR inside an OR is made flat, so that it is pruned as one.
    pub(crate) fn any_of(parts: Vec<Plan>) -> Plan {
        Plan::combination(Vec::new(), parts, Vec::new())
    }

    /// A combination; a part alone is not wrapped.
    pub(crate) fn combination(mut must: Vec<Plan>, parts: Vec<Plan>, must_not: Vec<Plan>) -> Plan {
        let mut should = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Plan::Bool { must, should: inner, must_not } if must.is_empty() && must_not.is_empty() => {
                    should.extend(inner);
                }
                part => should.push(part),
            }
        }
        each_once(&mut should);
        match (must.len(), should.len(), must_not.len()) {
            (0, 0, 0) => return Plan::nothing(),
            (1, 0, 0) | (0, 1, 0) => {
                if let Some(only) = must.pop().or_else(|| should.pop()) {
                    return only;
                }
            }
            (0, 0, _) => must.push(Plan::Leaf { test: Test::All, boost: 0.0 }),
            _ => {}
        }
        Plan::Bool { must, should, must_not }
    }

    /// The term that a leaf looks for, and its factor.
    fn as_term(&mut self) -> Option<((Field, &str), &mut f32)> {
        match self {
            Plan::Leaf { test: Test::Term(field, text), boost } => Some(((*field, text), boost)),
            _ => None,
        }
    }

    /// The plan with its scores multiplied.
    pub(crate) fn boosted(self, factor: f32) -> Plan {
        let all = |parts: Vec<Plan>| parts.into_iter().map(|part| part.boosted(factor)).collect();
        match self {
            Plan::Leaf { test, boost } => Plan::Leaf { test, boost: boost * factor },
            Plan::Bool { must, should, must_not } => Plan::Bool { must: all(must), should: all(should), must_not },
        }
    }

    /// The plan that scores whole documents where this one scores their paragraphs, its scores multiplied.
    ///
    /// `None` where a document may hold the words and no paragraph match: when more is asked for than any of
    /// some terms.
    pub(crate) fn of_documents(&self, text: Field, whole: Field, factor: f32) -> Option<Plan> {
        match self {
            Plan::Leaf { test: Test::Term(field, term), boost } if *field == text => {
                Some(Plan::term(whole, term, boost * factor))
            }
            Plan::Bool { must, should, must_not } if must.is_empty() && must_not.is_empty() => {
                let terms = should.iter().map(|part| part.of_documents(text, whole, factor));
                Some(Plan::any_of(terms.collect::<Option<Vec<_>>>()?))
            }
            _ => None,
        }
    }

    /// How many scores the engine adds up for a paragraph, at most.
    pub(crate) fn scores(&self) -> usize {
        match self {
            Plan::Leaf { .. } => 1,
            Plan::Bool { must, should, .. } => must.iter().chain(should).map(Plan::scores).sum(),
        }
    }

    /// Whether it matters where words stand in a paragraph.
    pub(crate) fn needs_positions(&self) -> bool {
        match self {
            Plan::Leaf { test, .. } => matches!(test, Test::Phrase { .. } | Test::Near(_)),
            Plan::Bool { must, should, must_not } => {
                must.iter().chain(should).chain(must_not).any(Plan::needs_positions)
            }
        }
    }

    /// The weights that ask or score paragraphs one by one; `weigh` makes that of a query.
    pub(crate) fn weights(&self, weigh: Weigh<'_>) -> Result<Weights> {
        Ok(match self {
            Plan::Leaf { test, boost } => Weights::Leaf(weigh(&*test.query(*boost))?),
            Plan::Bool { must, should, must_not } => {
                let all = |parts: &[Plan]| parts.iter().map(|part| part.weights(weigh)).collect::<Result<_>>();
                Weights::Bool { must: all(must)?, should: all(should)?, must_not: all(must_not)? }
            }
        })
    }
}

impl Test {
    /// The engine's query, its scores multiplied.
    pub(crate) fn query(&self, boost: f32) -> BoxedQuery {
        match self {
            Test::Nothing => Box::new(EmptyQuery),
            Test::All => Box::new(ConstScoreQuery::new(Box::new(AllQuery), boost)),
            Test::Filter(filter) => Box::new(filter.clone()),
            Test::Shared(filter, _) => Box::new(filter.clone().scoring(boost)),
            Test::Term(field, text) => {
                let term = Term::from_field_text(*field, text);
                boosted(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)), boost)
            }
            Test::Phrase { terms, lengths } => {
                let terms: Vec<Term> = terms.iter().map(|(field, word)| Term::from_field_text(*field, word)).collect();
                let query: BoxedQuery = match terms.iter().all(|term| term.field() == *lengths) {
                    true => Box::new(PhraseQuery::new(terms)),
                    false => Box::new(MixedPhrase::new(terms, *lengths)),
                };
                boosted(query, boost)
            }
            Test::Near(near) => boosted(Box::new(near.clone()), boost),
        }
    }
}

fn boosted(query: BoxedQuery, boost: f32) -> BoxedQuery {
    if boost == 1.0 { query } else { Box::new(BoostQuery::new(query, boost)) }
}

/// The weights of a plan's leaves.
pub(crate) enum Weights {
    Leaf(Box<dyn tantivy::query::Weight>),
    Bool { must: Vec<Weights>, should: Vec<Weights>, must_not: Vec<Weights> },
}

impl Weights {
    /// Scores the paragraphs of one segment.
    pub(crate) fn scorer(&self, reader: &SegmentReader) -> Result<ExactScorer> {
        Ok(match self {
            Weights::Leaf(weight) => {
                let scorer = weight.scorer(reader, 1.0).map_err(|error| Error::storage("scoring", error))?;
                ExactScorer::Leaf(scorer)
            }
            Weights::Bool { must, should, must_not } => {
                let all = |parts: &[Weights]| parts.iter().map(|part| part.scorer(reader)).collect::<Result<_>>();
                ExactScorer::Bool { must: all(must)?, should: all(should)?, must_not: all(must_not)? }
            }
        })
    }
}

/// Makes one of the alternatives that look for the same term, with the sum of their factors: it scores the same and
/// is read once. What people type holds few, but patterns overlap, and a hostile query is of nothing else.
fn each_once(alternatives: &mut Vec<Plan>) {
    if alternatives.len() < 2 {
        return;
    }
    let mut factors: HashMap<(Field, String), f32> = HashMap::new();
    let mut repeats = false;
    for (term, boost) in alternatives.iter_mut().filter_map(Plan::as_term) {
        let factor = factors.entry((term.0, term.1.to_owned())).or_default();
        repeats |= *factor != 0.0;
        *factor += *boost;
    }
    if !repeats {
        return;
    }
    alternatives.retain_mut(|part| match part.as_term() {
        Some(((field, text), boost)) => match factors.remove(&(field, text.to_owned())) {
            Some(factor) => {
                *boost = factor;
                true
            }
            None => false,
        },
        None => true,
    });
}

/// Scores single paragraphs part by part, asked in ascending order: what an explanation is made from.
pub(crate) enum ExactScorer {
    Leaf(Box<dyn tantivy::query::Scorer>),
    Bool { must: Vec<ExactScorer>, should: Vec<ExactScorer>, must_not: Vec<ExactScorer> },
}

impl ExactScorer {
    /// The score of a paragraph; `None` when it does not match.
    pub(crate) fn score(&mut self, doc: tantivy::DocId) -> Option<f64> {
        match self {
            ExactScorer::Leaf(scorer) => {
                let at = if scorer.doc() < doc { scorer.seek(doc) } else { scorer.doc() };
                (at == doc).then(|| f64::from(scorer.score()))
            }
            ExactScorer::Bool { must, should, must_not } => {
                let mut total = 0.0;
                let mut matches = !must.is_empty();
                for part in must {
                    total += part.score(doc)?;
                }
                for part in should {
                    if let Some(score) = part.score(doc) {
                        total += score;
                        matches = true;
                    }
                }
                let excluded = must_not.iter_mut().any(|part| part.score(doc).is_some());
                (matches && !excluded).then_some(total)
            }
        }
    }
}
