//! The best paragraphs, in a total order: score, then document id, then ordinal.

use std::cmp::Ordering;
use std::sync::Arc;

use tantivy::query::Weight;
use tantivy::{DocId, Score, Searcher};

use crate::error::{Error, Result};
use crate::index::schema::DOCUMENT_COLUMN;
use crate::index::{Bits, SegmentArrays};

/// One candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Top {
    pub(crate) score: Score,
    pub(crate) segment: u32,
    pub(crate) doc: DocId,
}

/// The `limit` best paragraphs that are in `filters`, best first.
///
/// The filter is asked inside the pruning callback, so block-max WAND goes on skipping: as a scoring
/// clause the same filter costs 4 to 18 times as much (measured with Tantivy 0.27 on 400,000 paragraphs).
pub(crate) fn top(
    searcher: &Searcher,
    arrays: &[Arc<SegmentArrays>],
    weight: &dyn Weight,
    filters: &[Option<Arc<Bits>>],
    limit: usize,
) -> Result<Vec<Top>> {
    let mut best: Vec<Top> = Vec::new();
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        let documents = arrays[segment].documents(reader)?;
        let alive = reader.alive_bitset();
        let filter = filters[segment].as_deref();
        let floor = if best.len() == limit { best.last().map(|top| top.score) } else { None };
        let mut heap = Heap::new(limit, documents, floor);
        let start = heap.threshold();
        weight
            .for_each_pruning(start, reader, &mut |doc, score| {
                if alive.is_none_or(|alive| alive.is_alive(doc)) && filter.is_none_or(|filter| filter.contains(doc)) {
                    heap.push(score, doc);
                }
                heap.threshold()
            })
            .map_err(|error| Error::storage("searching", error))?;
        best.extend(heap.entries.iter().map(|&(score, doc)| Top { score, segment: segment as u32, doc }));
        sort(searcher, arrays, &mut best)?;
        best.truncate(limit);
    }
    Ok(best)
}

/// The best of one segment: a binary heap whose root is the worst kept.
struct Heap<'a> {
    limit: usize,
    documents: &'a [u32],
    floor: Option<Score>,
    entries: Vec<(Score, DocId)>,
}

impl<'a> Heap<'a> {
    fn new(limit: usize, documents: &'a [u32], floor: Option<Score>) -> Heap<'a> {
        Heap { limit, documents, floor, entries: Vec::with_capacity(limit.min(1_024)) }
    }

    /// Scores at or below this cannot be kept. It is one step below the worst kept score, because the engine
    /// shows only what is above the threshold and a tie may still win by its document.
    fn threshold(&self) -> Score {
        let worst = if self.entries.len() == self.limit { self.entries.first().map(|entry| entry.0) } else { None };
        match (worst, self.floor) {
            (Some(worst), Some(floor)) => worst.max(floor).next_down(),
            (Some(score), None) | (None, Some(score)) => score.next_down(),
            (None, None) => Score::MIN,
        }
    }

    fn push(&mut self, score: Score, doc: DocId) {
        let entry = (score, doc);
        if self.entries.len() < self.limit {
            self.entries.push(entry);
            let mut child = self.entries.len() - 1;
            while child > 0 {
                let parent = (child - 1) / 2;
                if self.order(self.entries[child], self.entries[parent]) != Ordering::Greater {
                    break;
                }
                self.entries.swap(child, parent);
                child = parent;
            }
        } else if self.order(entry, self.entries[0]) == Ordering::Less {
            self.entries[0] = entry;
            self.sift_down();
        }
    }

    fn sift_down(&mut self) {
        let mut parent = 0;
        loop {
            let mut child = 2 * parent + 1;
            if child >= self.entries.len() {
                return;
            }
            if child + 1 < self.entries.len()
                && self.order(self.entries[child + 1], self.entries[child]) == Ordering::Greater
            {
                child += 1;
            }
            if self.order(self.entries[child], self.entries[parent]) != Ordering::Greater {
                return;
            }
            self.entries.swap(child, parent);
            parent = child;
        }
    }

    /// Less is better. Within a document, paragraphs stand in the order of their ordinals.
    fn order(&self, a: (Score, DocId), b: (Score, DocId)) -> Ordering {
        let document = |doc: DocId| self.documents[doc as usize];
        b.0.total_cmp(&a.0).then_with(|| document(a.1).cmp(&document(b.1))).then(a.1.cmp(&b.1))
    }
}

/// Sorts candidates of several segments; document ids are read only where scores tie.
pub(crate) fn sort(searcher: &Searcher, arrays: &[Arc<SegmentArrays>], candidates: &mut [Top]) -> Result<()> {
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.segment.cmp(&b.segment)).then(a.doc.cmp(&b.doc)));
    let mut start = 0;
    while start < candidates.len() {
        let score = candidates[start].score;
        let tied = candidates[start..].iter().take_while(|top| top.score == score).count();
        if tied > 1 {
            let run = &mut candidates[start..start + tied];
            let mut keyed = Vec::with_capacity(tied);
            for &top in run.iter() {
                keyed.push((document_id(searcher, arrays, top)?, top));
            }
            keyed.sort_by(|(a_id, a), (b_id, b)| a_id.cmp(b_id).then(a.doc.cmp(&b.doc)));
            for (place, (_, top)) in run.iter_mut().zip(keyed) {
                *place = top;
            }
        }
        start += tied;
    }
    Ok(())
}

/// The id of a candidate's document.
pub(crate) fn document_id(searcher: &Searcher, arrays: &[Arc<SegmentArrays>], top: Top) -> Result<String> {
    let reader = searcher.segment_reader(top.segment);
    let ordinal = arrays[top.segment as usize].documents(reader)?[top.doc as usize];
    let column =
        reader.fast_fields().str(DOCUMENT_COLUMN).map_err(|error| Error::storage("reading a document id", error))?;
    let mut id = String::new();
    if let Some(column) = column {
        column
            .ord_to_str(u64::from(ordinal), &mut id)
            .map_err(|error| Error::storage("reading a document id", error))?;
    }
    Ok(id)
}
