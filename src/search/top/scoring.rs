//! A query as it scores rows of one kind: paragraphs, or documents as wholes.

use std::cell::OnceCell;
use std::sync::Arc;

use tantivy::SegmentReader;

use crate::error::Result;
use crate::index::{Bits, SegmentArrays};
use crate::search::plan::{Plan, Test, Weights};
use crate::search::score_tree::{Found, Ground, ScoreTree};
use crate::search::statistics::RowStatistics;

/// A plan with the figures that it is weighed by.
#[derive(Clone, Copy)]
pub(crate) struct Scoring<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) statistics: RowStatistics<'a>,
    pub(crate) prepared: &'a Prepared,
}

/// What is made of a plan for a search, each when it is first asked for.
pub(crate) struct Prepared {
    /// Of each segment.
    trees: Vec<OnceCell<ScoreTree>>,
    weights: OnceCell<Weights>,
}

impl Prepared {
    pub(crate) fn new(segments: usize) -> Prepared {
        let trees = std::iter::repeat_with(OnceCell::new).take(segments).collect();
        Prepared { trees, weights: OnceCell::new() }
    }
}

impl<'a> Scoring<'a> {
    /// The tree of a segment, for what passes the filter.
    pub(super) fn tree(
        &self,
        segment: usize,
        (reader, arrays): (&SegmentReader, &SegmentArrays),
        filter: Option<&Bits>,
    ) -> Result<&'a ScoreTree> {
        let ground = Ground { reader, arrays, statistics: &self.statistics };
        get_or_try_init(&self.prepared.trees[segment], || ground.tree(self.plan, filter))
    }

    /// What matches in a segment, deleted paragraphs too, at least all that are among the candidates (`None` for all).
    pub(crate) fn found(
        &self,
        segment: usize,
        (reader, arrays): (&SegmentReader, &SegmentArrays),
        candidates: Option<&Bits>,
    ) -> Result<Found<'a>> {
        let tree = self.tree(segment, (reader, arrays), candidates)?;
        if tree.is_whole() {
            return Ok(tree.found(candidates));
        }
        // It was made for a narrower filter.
        let ground = Ground { reader, arrays, statistics: &self.statistics };
        Ok(ground.tree(self.plan, candidates)?.found(candidates).into_owned())
    }

    /// How many paragraphs of a set, and documents of these, have the one frequent term that the plan is; `None` where it is
    /// something else.
    pub(crate) fn totals_of_term(
        &self,
        segment: usize,
        (reader, arrays): (&SegmentReader, &SegmentArrays),
        set: &Arc<Bits>,
    ) -> Result<Option<(u32, u32)>> {
        let Plan::Leaf { test: Test::Term(..), .. } = self.plan else { return Ok(None) };
        let tree = self.tree(segment, (reader, arrays), Some(set))?;
        Ok(tree.totals_within(set, arrays.document_ends(reader)?))
    }

    /// The engine's weights of the plan's leaves.
    pub(crate) fn weights(&self) -> Result<&'a Weights> {
        get_or_try_init(&self.prepared.weights, || self.plan.weights(&|query| self.statistics.weight(query)))
    }
}

fn get_or_try_init<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(made) = cell.get() {
        return Ok(made);
    }
    let made = make()?;
    Ok(cell.get_or_init(|| made))
}
