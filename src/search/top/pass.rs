//! One reading of one segment: its candidates, cut down to the best whenever they have become many.

use std::cmp::Ordering;

use tantivy::{DocId, Score, SegmentReader};

use super::{Position, Scoring, Selection, Unit};
use crate::error::Result;
use crate::index::{BestParagraphs, Bits};
use crate::search::order::Sort;
use crate::search::score_tree::{Order, ScoreTree};

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

impl<'a> Segment<'a> {
    /// What scores its paragraphs.
    pub(super) fn tree(&self) -> Result<&'a ScoreTree> {
        self.tree_of(&self.selection.paragraphs)
    }

    fn tree_of(&self, scoring: &Scoring<'a>) -> Result<&'a ScoreTree> {
        scoring.tree(self.segment, (self.reader, &self.selection.arrays[self.segment]), self.filter)
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
    /// Scores what is read.
    tree: &'a ScoreTree,
    /// Every row that is read stands for a document.
    pub(super) wholes: bool,
    pub(super) limit: usize,
    /// How far the engine's sums may be off, as a part of the key.
    pub(super) margin: f32,
    pub(super) after: Option<After>,
    /// The document that is being read, with its best paragraph so far.
    pub(super) open: Option<Entry>,
    /// Candidates, cut down to the limit whenever they are twice as many.
    pub(super) entries: Vec<Entry>,
    /// What lies below cannot be kept.
    pub(super) threshold: f32,
    /// The last of as many as are wanted, where its key is exact.
    pub(super) worst: Option<Entry>,
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
        let margin = match scoring.plan.scores() {
            _ if selection.sort != Sort::Relevance => 0.0,
            0 | 1 => 0.0,
            scores => (scores + 2) as f32 * f32::EPSILON,
        };
        let mut pass = Pass {
            after: after.map(|position| After::new(position, &segment)).transpose()?,
            tree: segment.tree_of(&scoring)?,
            segment,
            unit,
            wholes: wholes.is_some(),
            limit,
            margin,
            open: None,
            entries: Vec::with_capacity(2 * limit.min(1_024)),
            threshold: Score::MIN,
            worst: None,
        };
        if let Some(floor) = floor {
            pass.threshold = pass.low(floor);
        }
        Ok(pass)
    }

    pub(super) fn run(&mut self) {
        let Segment { selection, segment, reader, filter, .. } = self.segment;
        let alive = selection.arrays[segment].alive(reader);
        let filters: Vec<&Bits> = filter.into_iter().chain(alive.as_deref()).collect();
        self.run_over(&filters);
    }

    /// `filters` are all that a paragraph has to pass.
    fn run_over(&mut self, filters: &[&Bits]) {
        let (selection, tree) = (self.segment.selection, self.tree);
        if selection.sort != Sort::Relevance {
            tree.each_match(filters, &mut |doc| {
                let key = selection.sort.day_key(self.segment.day(doc));
                self.see(Entry { key, doc, exact: true });
            });
            return;
        }
        // The paragraphs of a document are taken together.
        let order = if self.unit == Unit::Document && !self.wholes { Order::Ascending } else { Order::Free };
        let is_plain = order == Order::Free && self.after.is_none() && selection.recency.is_none();
        if is_plain && (self.take_best(filters) || self.take_list(filters)) {
            return;
        }
        tree.each(filters, order, self.threshold, &mut |doc, score| {
            let key = self.segment.score(f64::from(score), doc);
            self.see(Entry { key, doc, exact: self.margin == 0.0 });
            self.threshold
        });
    }

    /// Takes the best of a list; whether that is what the query asks for.
    fn take_list(&mut self, filters: &[&Bits]) -> bool {
        let Some(list) = self.tree.list() else { return false };
        let mut scores = Vec::new();
        for (bound, stretch) in list.stretches(Order::Free) {
            if bound < self.threshold {
                break;
            }
            list.scores_of(stretch.clone(), &mut scores);
            for (&doc, &key) in list.docs()[stretch].iter().zip(&scores) {
                if key >= self.threshold && filters.iter().all(|filter| filter.contains(doc)) {
                    self.entries.push(Entry { key, doc, exact: self.margin == 0.0 });
                }
            }
            // Once for all of a stretch: for each that comes it would take longer than to score them.
            if self.entries.len() >= 2 * self.limit {
                self.shrink();
            }
        }
        true
    }

    /// Takes the best of a single frequent term from those that are kept of it; whether that is all of them. Otherwise they
    /// say what threshold to begin with.
    fn take_best(&mut self, filters: &[&Bits]) -> bool {
        let tree = self.tree;
        let Some((best, weight)) = tree.single(self.segment.documents) else { return false };
        if self.take_kept(best, weight, filters) {
            return true;
        }
        // Fewer pass the filters than are kept of all; those that do are kept as well.
        let Segment { selection, segment, reader, .. } = self.segment;
        let arrays = &selection.arrays[segment];
        let passing = arrays.intersection(selection.filters[segment].iter().cloned().chain(arrays.alive(reader)));
        let within = passing.and_then(|passing| tree.single_within(self.segment.documents, &passing));
        within.is_some_and(|(best, weight)| best.paragraphs.is_empty() || self.take_kept(&best, weight, &[]))
    }

    fn take_kept(&mut self, best: &BestParagraphs, weight: f32, filters: &[&Bits]) -> bool {
        let Some(&(last, _)) = best.paragraphs.last() else { return false };
        let mut found: Vec<(f32, Entry)> = Vec::with_capacity(self.limit.min(best.paragraphs.len()));
        for &(saturation, doc) in &best.paragraphs {
            if !filters.iter().all(|filter| filter.contains(doc)) {
                continue;
            }
            let key = weight * saturation;
            if found.len() >= self.limit && key < found[self.limit - 1].1.key {
                break;
            }
            found.push((saturation, Entry { key, doc, exact: true }));
        }
        let worst = self.limit.checked_sub(1).and_then(|last| found.get(last)).map(|(_, entry)| entry.key);
        let is_all = best.is_whole
            || worst.is_some_and(|worst| {
                // Those with the last one's saturation that are not kept come after it. Another saturation may be
                // rounded to the same score, and its paragraphs stand anywhere.
                let alone = weight * best.below < worst
                    && found.iter().all(|&(saturation, entry)| entry.key > worst || saturation == last);
                worst > weight * last || alone
            });
        if is_all {
            self.entries.extend(found.into_iter().map(|(_, entry)| entry));
        } else if let Some(worst) = worst {
            self.threshold = self.threshold.max(self.low(worst));
        }
        is_all
    }

    /// Takes a matching paragraph; where documents are made of them they come in ascending order.
    fn see(&mut self, entry: Entry) {
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

    fn offer(&mut self, mut entry: Entry) {
        if entry.key < self.threshold {
            return;
        }
        // Lengths are rounded, so many a paragraph scores what another does.
        if self.worst.is_some_and(|worst| order(self.segment.documents, &entry, &worst).is_gt()) {
            return;
        }
        let close = |after: &After| (entry.key - after.key).abs() <= after.key.abs() * 2.0 * self.margin;
        if !entry.exact && self.after.as_ref().is_some_and(close) {
            entry = self.exact(entry);
        }
        if self.after.as_ref().is_some_and(|after| !after.admits(self.unit, &entry, &self.segment)) {
            return;
        }
        self.entries.push(entry);
        if self.entries.len() >= 2 * self.limit.max(4) {
            self.shrink();
        }
    }

    /// What a candidate must at least reach, when `key` is enough.
    fn low(&self, key: f32) -> f32 {
        key - key.abs() * 2.0 * self.margin
    }

    /// The candidate with its exact key; for a document the key, and the paragraph, of its best.
    fn exact(&self, entry: Entry) -> Entry {
        let segment = &self.segment;
        let key_of = |doc| self.tree.score(doc).map(|score| segment.score(score, doc));
        match self.unit {
            Unit::Document if !self.wholes => {
                let mut best: Option<Entry> = None;
                for doc in segment.document_of(entry.doc) {
                    if segment.passes(doc)
                        && let Some(key) = key_of(doc)
                        && best.is_none_or(|best| key > best.key)
                    {
                        best = Some(Entry { key, doc, exact: true });
                    }
                }
                best.unwrap_or(Entry { exact: true, ..entry })
            }
            _ => Entry { key: key_of(entry.doc).unwrap_or(entry.key), exact: true, ..entry },
        }
    }

    /// Drops what cannot be among the best, and raises the threshold.
    fn shrink(&mut self) {
        if self.entries.len() <= self.limit {
            return;
        }
        // By their keys alone first, which are at hand.
        let (_, worst, _) = self.entries.select_nth_unstable_by(self.limit - 1, |a, b| b.key.total_cmp(&a.key));
        let low = worst.key - worst.key.abs() * 2.0 * self.margin;
        self.entries.retain(|entry| entry.key >= low);
        self.threshold = self.threshold.max(low);
        if self.entries.len() <= self.limit + self.limit / 2 {
            return;
        }
        // Many are too close to call.
        self.make_exact();
        let documents = self.segment.documents;
        let (_, &mut worst, _) = self.entries.select_nth_unstable_by(self.limit - 1, |a, b| order(documents, a, b));
        self.entries.truncate(self.limit);
        self.threshold = self.threshold.max(self.low(worst.key));
        self.worst = (self.margin == 0.0).then_some(worst);
    }

    fn make_exact(&mut self) {
        for at in 0..self.entries.len() {
            if !self.entries[at].exact {
                self.entries[at] = self.exact(self.entries[at]);
            }
        }
    }

    /// The best of the segment, in any order.
    pub(super) fn finish(mut self) -> Vec<Entry> {
        if let Some(open) = self.open.take() {
            self.offer(open);
        }
        self.make_exact();
        let documents = self.segment.documents;
        self.entries.sort_unstable_by(|a, b| order(documents, a, b));
        self.entries.truncate(self.limit);
        self.entries
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
