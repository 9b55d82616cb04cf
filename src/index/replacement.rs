//! Documents that go out of the segments that there were before a segment was built.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::index::SegmentId;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, TermSetQuery, Weight};
use tantivy::{DocId, Score, SegmentReader, Term};

/// The segments that a writer has built, in their order.
///
/// The engine may ask a deletion of segments that were added after it, and leaves it to us to tell them apart. It never asks one
/// of a segment that was merged of these: what came before the merge was asked of its parts.
#[derive(Debug, Clone, Default)]
pub(super) struct BuiltSegments {
    numbers: Arc<Mutex<HashMap<SegmentId, usize>>>,
}

impl BuiltSegments {
    pub(super) fn insert(&self, segment: SegmentId) {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let next = numbers.len();
        numbers.insert(segment, next);
    }

    fn len(&self) -> usize {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn number(&self, segment: SegmentId) -> Option<usize> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).get(&segment).copied()
    }
}

/// Matches paragraphs of the named documents in the segments that there were when it was made.
#[derive(Debug, Clone)]
pub(super) struct Replacement {
    documents: TermSetQuery,
    built: BuiltSegments,
    /// How many of them there were.
    before: usize,
}

impl Replacement {
    pub(super) fn new(ids: impl IntoIterator<Item = Term>, built: &BuiltSegments) -> Replacement {
        Replacement { documents: TermSetQuery::new(ids), built: built.clone(), before: built.len() }
    }
}

impl Query for Replacement {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let Replacement { documents, built, before } = self;
        Ok(Box::new(ReplacementWeight { documents: documents.weight(scoring)?, built: built.clone(), before: *before }))
    }
}

struct ReplacementWeight {
    documents: Box<dyn Weight>,
    built: BuiltSegments,
    before: usize,
}

impl Weight for ReplacementWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        match self.built.number(reader.segment_id()) {
            Some(number) if number >= self.before => Ok(Box::new(EmptyScorer)),
            _ => self.documents.scorer(reader, boost),
        }
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.documents.explain(reader, doc)
    }
}
