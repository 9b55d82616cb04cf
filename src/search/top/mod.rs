//! The best paragraphs, or the documents of the best paragraphs, in a total order: score or date, then document
//! id, then ordinal.

mod pass;
mod scoring;

use std::sync::Arc;

use tantivy::{DocId, Searcher};

use self::pass::{After, Pass, Segment};
pub(crate) use self::scoring::{Prepared, Scoring};
use super::order::{Recency, Sort};
use crate::error::Result;
use crate::index::{Bits, SegmentArrays};

/// One paragraph, or the best one of a document.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Top {
    /// What it is ordered by, the greatest first: the score, or a number of the date.
    pub(crate) key: f32,
    pub(crate) segment: u32,
    pub(crate) doc: DocId,
}

/// A paragraph that matches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scored {
    /// Of its words alone, recency left aside.
    pub(crate) score: f64,
    pub(crate) doc: DocId,
}

/// What an order begins after.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Position<'a> {
    pub(crate) key: f32,
    pub(crate) document: &'a str,
    pub(crate) ordinal: u32,
}

/// What the order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Paragraph,
    /// Each once.
    Document,
}

/// A query with its filters, to be read in an order.
pub(crate) struct Selection<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) arrays: &'a [Arc<SegmentArrays>],
    /// What passes in each segment; `None` for all.
    pub(crate) filters: &'a [Option<Arc<Bits>>],
    pub(crate) paragraphs: Scoring<'a>,
    /// Where documents are ordered as wholes: the query as it scores the first paragraph of each for all of it. A
    /// document stands where its best paragraph does without it.
    pub(crate) wholes: Option<Scoring<'a>>,
    pub(crate) sort: Sort,
    pub(crate) recency: Option<Recency>,
}

impl Selection<'_> {
    /// The `limit` best after a position, best first.
    ///
    pub(crate) fn top(&self, unit: Unit, after: Option<&Position<'_>>, limit: usize) -> Result<Vec<Top>> {
        let mut best: Vec<Top> = Vec::new();
        for segment in 0..self.searcher.segment_readers().len() {
            let floor = if best.len() == limit { best.last().map(|top| top.key) } else { None };
            let mut pass = Pass::new(self.segment(segment)?, unit, after, limit, floor)?;
            pass.run();
            let found = pass.finish();
            best.extend(found.into_iter().map(|entry| Top { key: entry.key, segment: segment as u32, doc: entry.doc }));
            sort(self.searcher, self.arrays, &mut best)?;
            best.truncate(limit);
        }
        Ok(best)
    }

    /// All up to a position, itself included, best first.
    pub(crate) fn through(&self, unit: Unit, last: &Position<'_>, limit: usize) -> Result<Vec<Top>> {
        let mut found: Vec<Top> = Vec::new();
        for segment in 0..self.searcher.segment_readers().len() {
            let mut pass = Pass::new(self.segment(segment)?, unit, None, limit, Some(last.key))?;
            let after = After::new(last, &pass.segment)?;
            pass.run();
            let segment_number = segment as u32;
            let segment = self.segment(segment)?;
            let within = pass.finish().into_iter().filter(|entry| !after.admits(unit, entry, &segment));
            found.extend(within.map(|entry| Top { key: entry.key, segment: segment_number, doc: entry.doc }));
        }
        sort(self.searcher, self.arrays, &mut found)?;
        Ok(found)
    }

    /// The paragraphs of a paragraph's document, in their order.
    pub(crate) fn document_of(&self, paragraph: Top) -> Result<std::ops::Range<DocId>> {
        Ok(self.segment(paragraph.segment as usize)?.document_of(paragraph.doc))
    }

    /// A part of a score, with the part of recency.
    pub(crate) fn faded(&self, score: f64, paragraph: Top) -> Result<f32> {
        Ok(self.segment(paragraph.segment as usize)?.score(score, paragraph.doc))
    }

    /// The scores of paragraphs, in their order.
    pub(crate) fn scores(&self, paragraphs: &[Top]) -> Result<Vec<f32>> {
        let mut places: Vec<usize> = (0..paragraphs.len()).collect();
        places.sort_unstable_by_key(|&place| (paragraphs[place].segment, paragraphs[place].doc));
        let mut scores = vec![0.0; paragraphs.len()];
        for run in places.chunk_by(|&a, &b| paragraphs[a].segment == paragraphs[b].segment) {
            let segment = self.segment(paragraphs[run[0]].segment as usize)?;
            let tree = segment.tree()?;
            for &place in run {
                let doc = paragraphs[place].doc;
                scores[place] = tree.score(doc).map_or(0.0, |score| segment.score(score, doc));
            }
        }
        Ok(scores)
    }

    /// The paragraphs that match of each of some documents, the best first, in the order of the documents; each is
    /// named by any paragraph of it.
    ///
    /// All are read at once in the order of the index: a scorer a document took most of the time of a ranking of
    /// a thousand documents.
    pub(crate) fn of_documents(&self, documents: &[Top]) -> Result<Vec<Vec<Scored>>> {
        let mut places: Vec<usize> = (0..documents.len()).collect();
        places.sort_unstable_by_key(|&place| (documents[place].segment, documents[place].doc));
        let mut found = vec![Vec::new(); documents.len()];
        for run in places.chunk_by(|&a, &b| documents[a].segment == documents[b].segment) {
            let segment = self.segment(documents[run[0]].segment as usize)?;
            let tree = segment.tree()?;
            for &place in run {
                let matching: &mut Vec<Scored> = &mut found[place];
                for doc in segment.document_of(documents[place].doc) {
                    if segment.passes(doc)
                        && let Some(score) = tree.score(doc)
                    {
                        matching.push(Scored { score, doc });
                    }
                }
                matching.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.doc.cmp(&b.doc)));
            }
        }
        Ok(found)
    }

    /// Names each of some documents by its best paragraph, where they are ordered as wholes.
    pub(crate) fn name_by_best(&self, documents: &mut [Top]) -> Result<()> {
        if self.wholes.is_none() || documents.is_empty() {
            return Ok(());
        }
        let paragraphs = self.of_documents(documents)?;
        for (document, paragraphs) in documents.iter_mut().zip(paragraphs) {
            document.doc = paragraphs.first().map_or(document.doc, |best| best.doc);
        }
        Ok(())
    }

    fn segment(&self, segment: usize) -> Result<Segment<'_>> {
        let reader = self.searcher.segment_reader(segment as u32);
        let arrays = &self.arrays[segment];
        let needs_days = self.sort != Sort::Relevance || self.recency.is_some();
        Ok(Segment {
            selection: self,
            segment,
            reader,
            documents: arrays.documents(reader)?,
            days: if needs_days { arrays.days(reader)? } else { &[] },
            filter: self.filters[segment].as_deref(),
        })
    }
}

/// Sorts candidates of several segments; document ids are read only where keys tie.
pub(crate) fn sort(searcher: &Searcher, arrays: &[Arc<SegmentArrays>], candidates: &mut [Top]) -> Result<()> {
    candidates.sort_by(|a, b| b.key.total_cmp(&a.key).then(a.segment.cmp(&b.segment)).then(a.doc.cmp(&b.doc)));
    let mut start = 0;
    while start < candidates.len() {
        let key = candidates[start].key;
        let tied = candidates[start..].iter().take_while(|top| top.key == key).count();
        if tied > 1 {
            let run = &mut candidates[start..start + tied];
            if run.iter().all(|top| top.segment == run[0].segment) {
                // Ties are common, because lengths are rounded, and reading an id takes longer than scoring its
                // paragraph; within a segment the numbers of the documents sort as their ids do.
                let documents = arrays[run[0].segment as usize].documents(searcher.segment_reader(run[0].segment))?;
                run.sort_by_key(|top| (documents[top.doc as usize], top.doc));
                start += tied;
                continue;
            }
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
pub(crate) fn document_id(searcher: &Searcher, arrays: &[Arc<SegmentArrays>], top: Top) -> Result<Arc<str>> {
    let (reader, arrays) = (searcher.segment_reader(top.segment), &arrays[top.segment as usize]);
    arrays.id(reader, arrays.documents(reader)?[top.doc as usize])
}
