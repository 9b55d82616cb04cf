//! Sets of paragraphs as a clause of a query.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use crate::index::Bits;

/// Matches the paragraphs of its sets, and gives each the same score.
#[derive(Debug, Clone)]
pub(crate) struct FilterQuery {
    segments: Arc<HashMap<SegmentId, Arc<Bits>>>,
    score: Score,
}

impl FilterQuery {
    /// A condition: it adds nothing to the score.
    pub(crate) fn new(segments: Vec<(SegmentId, Arc<Bits>)>) -> FilterQuery {
        FilterQuery { segments: Arc::new(segments.into_iter().collect()), score: 0.0 }
    }

    /// Its set in a segment; `None` where nothing passes.
    pub(crate) fn bits(&self, segment: SegmentId) -> Option<&Arc<Bits>> {
        self.segments.get(&segment)
    }

    /// The same sets, scoring.
    pub(crate) fn scoring(self, score: Score) -> FilterQuery {
        FilterQuery { score, ..self }
    }
}

impl Query for FilterQuery {
    fn weight(&self, _scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(FilterWeight(self.clone())))
    }
}

struct FilterWeight(FilterQuery);

impl Weight for FilterWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Some(bits) = self.0.segments.get(&reader.segment_id()) else { return Ok(Box::new(EmptyScorer)) };
        let doc = bits.first_from(0).unwrap_or(TERMINATED);
        Ok(Box::new(BitsScorer { bits: bits.clone(), doc, score: self.0.score * boost }))
    }

    fn explain(&self, _reader: &SegmentReader, _doc: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("a filter", self.0.score))
    }
}

struct BitsScorer {
    bits: Arc<Bits>,
    doc: DocId,
    score: Score,
}

impl DocSet for BitsScorer {
    fn advance(&mut self) -> DocId {
        if self.doc != TERMINATED {
            self.doc = self.bits.first_from(self.doc + 1).unwrap_or(TERMINATED);
        }
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            self.doc = self.bits.first_from(target).unwrap_or(TERMINATED);
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.bits.len()
    }
}

impl Scorer for BitsScorer {
    fn score(&mut self) -> Score {
        self.score
    }
}
