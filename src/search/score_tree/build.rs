//! A plan in, its tree for one segment out.

use tantivy::query::{Bm25StatisticsProvider, Query};
use tantivy::schema::Field;
use tantivy::{DocSet, SegmentReader, TERMINATED, Term};

use super::ScoreTree;
use super::part::{self, Frequent, Part};
use super::rare::Rare;
use crate::error::{Error, Result};
use crate::index::{Bits, Block, Postings, Saturation, SegmentArrays, Texts};
use crate::search::filter_query::FilterQuery;
use crate::search::plan::{Plan, Test};
use crate::search::statistics::RowStatistics;

/// What trees are made from: one segment and the figures of the index.
pub(crate) struct Ground<'a> {
    pub(crate) reader: &'a SegmentReader,
    pub(crate) arrays: &'a SegmentArrays,
    pub(crate) statistics: &'a RowStatistics<'a>,
}

/// Paragraphs are asked whether they hold a phrase, rather than all that hold it looked for, where they are at least so many
/// times fewer than the postings: moving the postings on to one costs about as much as reading so many.
const SEEK_COST: u64 = 64;

fn failed(error: tantivy::TantivyError) -> Error {
    Error::storage("searching", error)
}

/// The paragraphs that matter to a part, where they are known: the others do not match the whole, or do not pass.
#[derive(Clone, Copy)]
struct Scope<'s> {
    paragraphs: &'s Bits,
    /// It depends on more than the plan.
    is_filtered: bool,
}

impl Ground<'_> {
    /// The tree of a plan. What `filter` does not let through need not be found; phrases are not looked for where
    /// much passes the rest of a plan, but not the filter.
    pub(crate) fn tree(&self, plan: &Plan, filter: Option<&Bits>) -> Result<ScoreTree> {
        let paragraphs = self.reader.max_doc();
        let blocks = (paragraphs as usize).div_ceil(Block::LEN);
        let mut builder = Builder { ground: self, blocks, texts: Vec::new(), is_filtered: false };
        let scope = filter.map(|paragraphs| Scope { paragraphs, is_filtered: true });
        let root = builder.part(plan, true, scope)?;
        let is_whole = !builder.is_filtered;
        Ok(ScoreTree { root, blocks, paragraphs, scores: plan.scores(), is_whole })
    }
}

struct Builder<'b> {
    ground: &'b Ground<'b>,
    blocks: usize,
    /// Of the fields that were met.
    texts: Vec<(Field, Texts)>,
    /// Something was looked for among what passes alone.
    is_filtered: bool,
}

impl Builder<'_> {
    fn part(&mut self, plan: &Plan, is_root: bool, scope: Option<Scope<'_>>) -> Result<Part> {
        Ok(match plan {
            Plan::Leaf { test: Test::Nothing, .. } => Part::Nothing,
            Plan::Leaf { test: Test::All, boost } => Part::Set { bits: None, score: *boost },
            Plan::Leaf { test: Test::Filter(filter), .. } => self.set(filter, 0.0),
            Plan::Leaf { test: Test::Shared(filter, _), boost } => self.set(filter, *boost),
            Plan::Leaf { test: Test::Term(field, text), boost } => self.term(*field, text, *boost)?,
            Plan::Leaf { test: test @ (Test::Phrase { .. } | Test::Near(_)), boost } => {
                self.by_positions(&*test.query(*boost), scope)?
            }
            Plan::Bool { must, should, must_not } => {
                // What needs no positions comes first: the rest is looked for where that matches.
                let mut needed: Vec<Option<Part>> = Vec::with_capacity(must.len());
                for plan in must {
                    needed.push(if plan.needs_positions() { None } else { Some(self.part(plan, false, None)?) });
                }
                let needs_positions = must.iter().chain(should).chain(must_not).any(Plan::needs_positions);
                let matching = if needs_positions { self.matching(&needed, scope) } else { None };
                let is_filtered = scope.is_some_and(|scope| scope.is_filtered);
                let inner = matching.as_ref().map(|paragraphs| Scope { paragraphs, is_filtered }).or(scope);
                let mut parts = Vec::with_capacity(must.len());
                for (plan, part) in must.iter().zip(needed) {
                    parts.push(match part {
                        Some(part) => part,
                        None => self.part(plan, false, inner)?,
                    });
                }
                let mut all = |plans: &[Plan]| -> Result<Vec<Part>> {
                    plans.iter().map(|plan| self.part(plan, false, inner)).collect()
                };
                let (must, should, must_not) = (parts, all(should)?, all(must_not)?);
                let should = merged(should, self.ground.reader.max_doc());
                // Those of the root are added up where they are needed.
                let bounds = if is_root { Vec::new() } else { part::bounds(&must, &should, self.blocks) };
                Part::Group { must, should, must_not, bounds }
            }
        })
    }

    /// What matches all of the parts that are there; `None` where none is.
    fn matching(&self, parts: &[Option<Part>], scope: Option<Scope<'_>>) -> Option<Bits> {
        let parts: Vec<&Part> = parts.iter().flatten().collect();
        if parts.is_empty() {
            return None;
        }
        let paragraphs = self.ground.reader.max_doc();
        let mut matching = Bits::empty(paragraphs);
        for block in 0..self.blocks {
            let all = Block::whole(block, paragraphs);
            let all = scope.map_or(all, |scope| scope.paragraphs.block(block));
            matching.set_block(block, parts.iter().fold(all, |found, part| part.matches(block, found)));
        }
        Some(matching)
    }

    /// What the engine finds by positions.
    fn by_positions(&mut self, query: &dyn Query, scope: Option<Scope<'_>>) -> Result<Part> {
        let Ground { reader, statistics, .. } = *self.ground;
        let mut scorer = statistics.weight(query)?.scorer(reader, 1.0).map_err(failed)?;
        let (mut docs, mut scores) = (Vec::new(), Vec::new());
        match scope {
            Some(scope) if u64::from(scope.paragraphs.len()) * SEEK_COST < scorer.cost() => {
                self.is_filtered |= scope.is_filtered;
                for doc in scope.paragraphs.iter() {
                    if (scorer.doc() < doc && scorer.seek(doc) == doc) || scorer.doc() == doc {
                        docs.push(doc);
                        scores.push(f64::from(scorer.score()));
                    }
                }
            }
            _ => {
                let mut doc = scorer.doc();
                while doc != TERMINATED {
                    docs.push(doc);
                    scores.push(f64::from(scorer.score()));
                    doc = scorer.advance();
                }
            }
        }
        Ok(Part::Rare(Rare::new(docs, scores)))
    }

    fn set(&self, filter: &FilterQuery, score: f32) -> Part {
        match filter.bits(self.ground.reader.segment_id()) {
            Some(bits) => Part::Set { bits: Some(bits.clone()), score },
            None => Part::Nothing,
        }
    }

    fn term(&mut self, field: Field, text: &str, boost: f32) -> Result<Part> {
        let Ground { reader, arrays, statistics } = *self.ground;
        let term = Term::from_field_text(field, text);
        let inverted = reader.inverted_index(field).map_err(failed)?;
        let found = inverted.get_term_info(&term).map_err(|error| Error::storage("searching", error))?;
        let Some(info) = found else { return Ok(Part::Nothing) };
        let all = statistics.total_num_docs().map_err(failed)?;
        let frequency = statistics.frequency(&term, info.doc_freq).map_err(failed)?;
        let weight = Saturation::weight(frequency, all) * boost;
        let texts = self.texts(field)?;
        if let Some(term) = arrays.frequent_terms().get(reader, field, text, &info)? {
            let impacts = term.impacts(&texts);
            return Ok(Part::Frequent(Frequent { term, impacts, texts, weight }));
        }
        let postings = Postings::read(reader, &inverted, &info, texts.saturation.average_length())?;
        Ok(Part::Rare(Rare::of_term(postings, texts, weight)))
    }

    fn texts(&mut self, field: Field) -> Result<Texts> {
        if let Some((_, known)) = self.texts.iter().find(|(of, _)| *of == field) {
            return Ok(known.clone());
        }
        let Ground { reader, arrays, statistics } = *self.ground;
        let words = statistics.total_num_tokens(field).map_err(failed)?;
        let average = words as f32 / statistics.total_num_docs().map_err(failed)? as f32;
        let texts = arrays.texts(reader, field, average)?;
        self.texts.push((field, texts.clone()));
        Ok(texts)
    }
}

/// Alternatives with the lists among them as one.
fn merged(parts: Vec<Part>, paragraphs: u32) -> Vec<Part> {
    let (mut lists, mut others) = (Vec::new(), Vec::with_capacity(parts.len()));
    for part in parts {
        match part {
            Part::Rare(list) => lists.push(list),
            other => others.push(other),
        }
    }
    match lists.pop() {
        Some(only) if lists.is_empty() => others.push(Part::Rare(only)),
        Some(last) => {
            lists.push(last);
            others.push(Part::Rare(Rare::merged(&lists, paragraphs)));
        }
        None => {}
    }
    others
}
