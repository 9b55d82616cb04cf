//! One reading of one segment: its candidates, cut down to the best whenever they have become many.

use std::cmp::Ordering;

use tantivy::{DocId, Score, SegmentReader};

use super::{Position, Scoring, Selection, Unit};
use crate::error::{Error, Result};
use crate::index::Bits;
use crate::search::count::SEEK_COST;
use crate::search::order::Sort;
use crate::search::peaks;
use crate::search::plan::ExactScorer;

/// One segment of a selection.
pub(super) struct Segment<'a> {
    pub(super) selection: &'a Selection<'a>,
    /// Its number.
    pub(super) segment: usize,
    pub(super) reader: &'a SegmentReader,
    /// The document of every paragraph.
    pub(super) documents: &'a [u32],
    /// The days of every paragraph's document, where the order asks for them.
    pub(super) days: &'a [Option<(i32, i32)>],
    pub(super) filter: Option<&'a Bits>,
}

impl Segment<'_> {
    pub(super) fn scorer(&self) -> Result<ExactScorer> {
        self.selection.single(&self.selection.paragraphs)?.scorer(self.reader)
    }

    pub(super) fn passes(&self, doc: DocId) -> bool {
        self.reader.alive_bitset().is_none_or(|alive| alive.is_alive(doc))
            && self.filter.is_none_or(|filter| filter.contains(doc))
    }

    pub(super) fn day(&self, doc: DocId) -> Option<i32> {
        self.days.get(doc as usize).copied().flatten().map(|(first, _)| first)
    }

    /// The score, with the part of recency.
    pub(super) fn score(&self, score: f64, doc: DocId) -> f32 {
        match &self.selection.recency {
            Some(recency) => (score * recency.factor(self.day(doc))) as f32,
            None => score as f32,
        }
    }

    /// The paragraphs of a paragraph's document: they stand next to each other.
    pub(super) fn document_of(&self, doc: DocId) -> std::ops::Range<DocId> {
        let document = self.documents[doc as usize];
        let before = self.documents[..doc as usize].iter().rev().take_while(|&&other| other == document).count();
        let after = self.documents[doc as usize..].iter().take_while(|&&other| other == document).count();
        doc - before as DocId..doc + after as DocId
    }
}

/// A candidate of one segment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) key: f32,
    pub(super) doc: DocId,
    /// The key is the exact one, not the engine's sum.
    pub(super) exact: bool,
}

/// One reading of one segment.
pub(super) struct Pass<'a> {
    pub(super) segment: Segment<'a>,
    pub(super) unit: Unit,
    pub(super) scoring: Scoring<'a>,
    /// Every row that is read stands for a document.
    pub(super) wholes: bool,
    pub(super) limit: usize,
    /// How far the engine's sums may be off, as a part of the key.
    pub(super) margin: f32,
    pub(super) after: Option<After>,
    /// Scores what is close to `after`.
    pub(super) close: Option<ExactScorer>,
    /// The document that is being read, with its best paragraph so far.
    pub(super) open: Option<Entry>,
    /// Candidates, cut down to the limit whenever they are twice as many.
    pub(super) entries: Vec<Entry>,
    /// What lies below cannot be kept.
    pub(super) threshold: f32,
    /// The last of as many as are wanted, where its key is exact.
    pub(super) worst: Option<Entry>,
    pub(super) failure: Option<Error>,
}

impl<'a> Pass<'a> {
    pub(super) fn new(
        segment: Segment<'a>,
        unit: Unit,
        after: Option<&Position<'_>>,
        limit: usize,
        floor: Option<f32>,
    ) -> Result<Pass<'a>> {
        let selection = segment.selection;
        let wholes = selection.wholes.filter(|_| unit == Unit::Document);
        let scoring = wholes.unwrap_or(selection.paragraphs);
        // A sum of n numbers that are not negative is off by at most n - 1 roundings; one score is not off.
        let margin = match scoring.scores {
            _ if selection.sort != Sort::Relevance => 0.0,
            0 | 1 => 0.0,
            scores => (scores + 2) as f32 * f32::EPSILON,
        };
        let mut pass = Pass {
            after: after.map(|position| After::new(position, &segment)).transpose()?,
            segment,
            unit,
            scoring,
            wholes: wholes.is_some(),
            limit,
            margin,
            close: None,
            open: None,
            entries: Vec::with_capacity(2 * limit.min(1_024)),
            threshold: Score::MIN,
            worst: None,
            failure: None,
        };
        let floor = match floor {
            None if after.is_none() => pass.least_score()?,
            floor => floor,
        };
        if let Some(floor) = floor {
            pass.threshold = pass.low(floor);
        }
        Ok(pass)
    }

    /// What is known before anything is read of how high the best score.
    pub(super) fn least_score(&self) -> Result<Option<f32>> {
        let Segment { selection, segment, reader, filter, .. } = &self.segment;
        let takes_all = filter.is_none() && !reader.has_deletes() && selection.recency.is_none();
        if !takes_all || self.unit != Unit::Paragraph || selection.sort != Sort::Relevance {
            return Ok(None);
        }
        let arrays = &selection.arrays[*segment];
        peaks::least_score(selection.plan, reader, arrays, selection.statistics, self.limit)
    }

    pub(super) fn run(&mut self) -> Result<()> {
        let selection = self.segment.selection;
        let reader = self.segment.reader;
        if let Some(filter) = self.segment.filter {
            // With a narrow filter the threshold rises late, and little is skipped.
            let mut scorer = self.scorer()?;
            if u64::from(filter.len()) * SEEK_COST < scorer.cost() {
                self.run_over(filter, &mut scorer);
                return Ok(());
            }
        }
        let records = !self.scoring.prunes && !self.wholes && !selection.recorded.is_known(self.segment.segment);
        let mut matches = Bits::empty(if records { reader.max_doc() } else { 0 });
        if selection.sort == Sort::Relevance && !self.scoring.prunes {
            self.scoring.weight.for_each(reader, &mut |doc, score| {
                if records {
                    matches.insert(doc);
                }
                if score >= self.threshold && self.segment.passes(doc) {
                    let key = self.segment.score(f64::from(score), doc);
                    self.see(Entry { key, doc, exact: self.margin == 0.0 });
                }
            })
        } else if selection.sort == Sort::Relevance {
            // The engine shows only what is above the threshold, and a tie may still win by its document.
            self.scoring.weight.for_each_pruning(self.threshold.next_down(), reader, &mut |doc, score| {
                if self.segment.passes(doc) {
                    let key = self.segment.score(f64::from(score), doc);
                    self.see(Entry { key, doc, exact: self.margin == 0.0 });
                }
                if self.failure.is_some() { Score::INFINITY } else { self.threshold.next_down() }
            })
        } else {
            self.scoring.weight.for_each_no_score(reader, &mut |docs| {
                for &doc in docs {
                    if records {
                        matches.insert(doc);
                    }
                    if self.segment.passes(doc) {
                        let key = selection.sort.day_key(self.segment.day(doc));
                        self.see(Entry { key, doc, exact: true });
                    }
                }
            })
        }
        .map_err(|error| Error::storage("searching", error))?;
        if records {
            selection.recorded.set(self.segment.segment, matches);
        }
        Ok(())
    }

    /// Asks each paragraph of the filter whether it matches.
    pub(super) fn run_over(&mut self, filter: &Bits, scorer: &mut ExactScorer) {
        for doc in filter.iter() {
            if self.segment.passes(doc)
                && let Some(score) = scorer.score(doc)
            {
                let key = match self.segment.selection.sort {
                    Sort::Relevance => self.segment.score(score, doc),
                    sort => sort.day_key(self.segment.day(doc)),
                };
                self.see(Entry { key, doc, exact: true });
            }
        }
    }

    /// Takes a matching paragraph; they come in ascending order.
    pub(super) fn see(&mut self, entry: Entry) {
        match self.unit {
            Unit::Paragraph => self.offer(entry),
            Unit::Document if self.wholes => self.offer(entry),
            Unit::Document => match &mut self.open {
                Some(open)
                    if self.segment.documents[open.doc as usize] == self.segment.documents[entry.doc as usize] =>
                {
                    if entry.key > open.key {
                        *open = entry;
                    }
                }
                open => {
                    if let Some(done) = open.replace(entry) {
                        self.offer(done);
                    }
                }
            },
        }
    }

    pub(super) fn offer(&mut self, mut entry: Entry) {
        if entry.key < self.threshold {
            return;
        }
        // Lengths are rounded, so many a paragraph scores what another does.
        if self.worst.is_some_and(|worst| order(self.segment.documents, &entry, &worst).is_gt()) {
            return;
        }
        let close = |after: &After| (entry.key - after.key).abs() <= after.key.abs() * 2.0 * self.margin;
        if !entry.exact && self.after.as_ref().is_some_and(close) {
            match self.exact_now(entry) {
                Ok(exact) => entry = exact,
                Err(error) => {
                    self.failure = Some(error);
                    return;
                }
            }
        }
        if self.after.as_ref().is_some_and(|after| !after.admits(self.unit, &entry, &self.segment)) {
            return;
        }
        self.entries.push(entry);
        if self.entries.len() >= 2 * self.limit.max(4)
            && let Err(error) = self.shrink()
        {
            self.failure = Some(error);
        }
    }

    pub(super) fn scorer(&self) -> Result<ExactScorer> {
        self.segment.selection.single(&self.scoring)?.scorer(self.segment.reader)
    }

    /// What a candidate must at least reach, when `key` is enough.
    pub(super) fn low(&self, key: f32) -> f32 {
        key - key.abs() * 2.0 * self.margin
    }

    pub(super) fn exact_now(&mut self, entry: Entry) -> Result<Entry> {
        let mut scorer = match self.close.take() {
            Some(scorer) => scorer,
            None => self.scorer()?,
        };
        let exact = self.exact(&mut scorer, entry);
        self.close = Some(scorer);
        Ok(exact)
    }

    /// The candidate with its exact key; for a document the key, and the paragraph, of its best.
    pub(super) fn exact(&self, scorer: &mut ExactScorer, entry: Entry) -> Entry {
        let segment = &self.segment;
        let of = |scorer: &mut ExactScorer, doc| scorer.score(doc).map(|score| segment.score(score, doc));
        match self.unit {
            Unit::Document if !self.wholes => {
                let mut best: Option<Entry> = None;
                for doc in segment.document_of(entry.doc) {
                    if segment.passes(doc)
                        && let Some(key) = of(scorer, doc)
                        && best.is_none_or(|best| key > best.key)
                    {
                        best = Some(Entry { key, doc, exact: true });
                    }
                }
                best.unwrap_or(Entry { exact: true, ..entry })
            }
            _ => {
                let key = of(scorer, entry.doc).unwrap_or(entry.key);
                Entry { key, exact: true, ..entry }
            }
        }
    }

    /// Drops what cannot be among the best, and raises the threshold.
    pub(super) fn shrink(&mut self) -> Result<()> {
        if self.entries.len() <= self.limit {
            return Ok(());
        }
        if self.margin > 0.0 {
            let (_, worst, _) = self.entries.select_nth_unstable_by(self.limit - 1, |a, b| b.key.total_cmp(&a.key));
            let low = worst.key - worst.key.abs() * 2.0 * self.margin;
            self.entries.retain(|entry| entry.key >= low);
            self.threshold = self.threshold.max(low);
            if self.entries.len() <= self.limit + self.limit / 2 {
                return Ok(());
            }
            // Many are too close to call.
            self.make_exact()?;
        }
        let documents = self.segment.documents;
        let (_, &mut worst, _) = self.entries.select_nth_unstable_by(self.limit - 1, |a, b| order(documents, a, b));
        self.entries.truncate(self.limit);
        self.threshold = self.threshold.max(self.low(worst.key));
        self.worst = (self.margin == 0.0).then_some(worst);
        Ok(())
    }

    pub(super) fn make_exact(&mut self) -> Result<()> {
        if self.entries.iter().all(|entry| entry.exact) {
            return Ok(());
        }
        self.entries.sort_unstable_by_key(|entry| entry.doc);
        let mut scorer = self.scorer()?;
        for at in 0..self.entries.len() {
            if !self.entries[at].exact {
                self.entries[at] = self.exact(&mut scorer, self.entries[at]);
            }
        }
        Ok(())
    }

    /// The best of the segment, in any order.
    pub(super) fn finish(mut self) -> Result<Vec<Entry>> {
        if let Some(open) = self.open.take() {
            self.offer(open);
        }
        if let Some(error) = self.failure {
            return Err(error);
        }
        self.make_exact()?;
        let documents = self.segment.documents;
        self.entries.sort_unstable_by(|a, b| order(documents, a, b));
        self.entries.truncate(self.limit);
        Ok(self.entries)
    }
}

/// Less is better. Within a document, paragraphs stand in the order of their ordinals.
pub(super) fn order(documents: &[u32], a: &Entry, b: &Entry) -> Ordering {
    let document = |entry: &Entry| documents[entry.doc as usize];
    b.key.total_cmp(&a.key).then_with(|| document(a).cmp(&document(b))).then(a.doc.cmp(&b.doc))
}

/// A position, in the numbers of one segment.
pub(super) struct After {
    key: f32,
    /// The first document after the position's.
    next_document: u32,
    /// The position's own document, where the segment has it.
    document: Option<u32>,
    ordinal: u32,
    ordinals: tantivy::columnar::Column<u64>,
}

impl After {
    pub(super) fn new(position: &Position<'_>, segment: &Segment<'_>) -> Result<After> {
        let arrays = &segment.selection.arrays[segment.segment];
        let (mut low, mut high) = (0, arrays.ids(segment.reader)?.num_terms() as u32);
        let mut document = None;
        while low < high {
            let middle = low + (high - low) / 2;
            match (*arrays.id(segment.reader, middle)?).cmp(position.document) {
                Ordering::Greater => high = middle,
                found => {
                    low = middle + 1;
                    document = if found == Ordering::Equal { Some(middle) } else { document };
                }
            }
        }
        let ordinals = arrays.ordinals(segment.reader)?.clone();
        Ok(After { key: position.key, next_document: high, document, ordinal: position.ordinal, ordinals })
    }

    pub(super) fn admits(&self, unit: Unit, entry: &Entry, segment: &Segment<'_>) -> bool {
        match entry.key.total_cmp(&self.key) {
            Ordering::Less => true,
            Ordering::Greater => false,
            Ordering::Equal => {
                let document = segment.documents[entry.doc as usize];
                let later = || self.ordinals.first(entry.doc).is_some_and(|ordinal| ordinal > u64::from(self.ordinal));
                document >= self.next_document
                    || (unit == Unit::Paragraph && self.document == Some(document) && later())
            }
        }
    }
}
