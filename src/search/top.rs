//! The best paragraphs, or the documents of the best paragraphs, in a total order: score or date, then document
//! id, then ordinal.

use std::cell::{OnceCell, RefCell};
use std::cmp::Ordering;
use std::sync::Arc;

use tantivy::query::Weight;
use tantivy::{DocId, Score, Searcher, SegmentReader};

use super::count::SEEK_COST;
use super::order::{Recency, Sort};
use super::peaks;
use super::plan::{ExactScorer, Plan, Weights};
use super::statistics::{Figured, Statistics};
use crate::error::{Error, Result};
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

/// A query as it scores rows of one kind.
#[derive(Clone, Copy)]
pub(crate) struct Scoring<'a> {
    /// Finds; scores where the order asks for scores.
    pub(crate) weight: &'a dyn Weight,
    /// Score single rows; those of paragraphs are made when they are first asked for.
    pub(crate) exact: &'a OnceCell<Weights>,
    /// How many scores the engine adds up for one row.
    pub(crate) scores: usize,
    /// Whether the engine skips what cannot be among the best.
    pub(crate) prunes: bool,
}

/// A query with its filters, to be read in an order.
pub(crate) struct Selection<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) arrays: &'a [Arc<SegmentArrays>],
    /// What passes in each segment; `None` for all.
    pub(crate) filters: &'a [Option<Arc<Bits>>],
    pub(crate) plan: &'a Plan,
    pub(crate) statistics: &'a Statistics<'a>,
    pub(crate) paragraphs: Scoring<'a>,
    /// Where documents are ordered as wholes: the query as it scores the first paragraph of each for all of it. A
    /// document stands where its best paragraph does without it.
    pub(crate) wholes: Option<Scoring<'a>>,
    /// What matches in each segment, where it comes to light on the way.
    pub(crate) recorded: &'a Recorded,
    pub(crate) sort: Sort,
    pub(crate) recency: Option<Recency>,
}

/// All matches of a query in each segment, deleted ones and those that the filters take out too, as far as they are known.
///
/// A query that the engine cannot prune is gone over for its best, and then need not be for its counts.
#[derive(Debug)]
pub(crate) struct Recorded(RefCell<Vec<Option<Bits>>>);

impl Recorded {
    pub(crate) fn new(segments: usize) -> Recorded {
        Recorded(RefCell::new(vec![None; segments]))
    }

    fn is_known(&self, segment: usize) -> bool {
        self.0.borrow()[segment].is_some()
    }

    fn set(&self, segment: usize, bits: Bits) {
        self.0.borrow_mut()[segment] = Some(bits);
    }

    /// The matches of a segment, which are then forgotten.
    pub(crate) fn take(&self, segment: usize) -> Option<Bits> {
        self.0.borrow_mut()[segment].take()
    }
}

impl Selection<'_> {
    /// The `limit` best after a position, best first.
    ///
    /// Filter and position are asked inside the pruning callback, so block-max WAND goes on skipping: as a
    /// scoring clause the same filter costs 4 to 18 times as much (measured with Tantivy 0.27 on 400,000
    /// paragraphs).
    pub(crate) fn top(&self, unit: Unit, after: Option<&Position<'_>>, limit: usize) -> Result<Vec<Top>> {
        let mut best: Vec<Top> = Vec::new();
        for segment in 0..self.searcher.segment_readers().len() {
            let floor = if best.len() == limit { best.last().map(|top| top.key) } else { None };
            let mut pass = Pass::new(self.segment(segment)?, unit, after, limit, floor)?;
            pass.run()?;
            let found = pass.finish()?;
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
            pass.run()?;
            let segment_number = segment as u32;
            let segment = self.segment(segment)?;
            let within = pass.finish()?.into_iter().filter(|entry| !after.admits(unit, entry, &segment));
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
            let mut scorer = segment.scorer()?;
            for &place in run {
                let doc = paragraphs[place].doc;
                scores[place] = scorer.score(doc).map_or(0.0, |score| segment.score(score, doc));
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
            let mut scorer = segment.scorer()?;
            for &place in run {
                let matching: &mut Vec<Scored> = &mut found[place];
                for doc in segment.document_of(documents[place].doc) {
                    if segment.passes(doc)
                        && let Some(score) = scorer.score(doc)
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

    /// What scores single rows.
    pub(crate) fn single<'s>(&'s self, scoring: &Scoring<'s>) -> Result<&'s Weights> {
        if let Some(weights) = scoring.exact.get() {
            return Ok(weights);
        }
        let weights = self.plan.weights(&|query| self.statistics.weight(query))?;
        Ok(scoring.exact.get_or_init(|| weights))
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

/// One segment of a selection.
struct Segment<'a> {
    selection: &'a Selection<'a>,
    /// Its number.
    segment: usize,
    reader: &'a SegmentReader,
    /// The document of every paragraph.
    documents: &'a [u32],
    /// The days of every paragraph's document, where the order asks for them.
    days: &'a [Option<(i32, i32)>],
    filter: Option<&'a Bits>,
}

impl Segment<'_> {
    fn scorer(&self) -> Result<ExactScorer> {
        self.selection.single(&self.selection.paragraphs)?.scorer(self.reader)
    }

    fn passes(&self, doc: DocId) -> bool {
        self.reader.alive_bitset().is_none_or(|alive| alive.is_alive(doc))
            && self.filter.is_none_or(|filter| filter.contains(doc))
    }

    fn day(&self, doc: DocId) -> Option<i32> {
        self.days.get(doc as usize).copied().flatten().map(|(first, _)| first)
    }

    /// The score, with the part of recency.
    fn score(&self, score: f64, doc: DocId) -> f32 {
        match &self.selection.recency {
            Some(recency) => (score * recency.factor(self.day(doc))) as f32,
            None => score as f32,
        }
    }

    /// The paragraphs of a paragraph's document: they stand next to each other.
    fn document_of(&self, doc: DocId) -> std::ops::Range<DocId> {
        let document = self.documents[doc as usize];
        let before = self.documents[..doc as usize].iter().rev().take_while(|&&other| other == document).count();
        let after = self.documents[doc as usize..].iter().take_while(|&&other| other == document).count();
        doc - before as DocId..doc + after as DocId
    }
}

/// A candidate of one segment.
#[derive(Debug, Clone, Copy)]
struct Entry {
    key: f32,
    doc: DocId,
    /// The key is the exact one, not the engine's sum.
    exact: bool,
}

/// One reading of one segment.
struct Pass<'a> {
    segment: Segment<'a>,
    unit: Unit,
    scoring: Scoring<'a>,
    /// Every row that is read stands for a document.
    wholes: bool,
    limit: usize,
    /// How far the engine's sums may be off, as a part of the key.
    margin: f32,
    after: Option<After>,
    /// Scores what is close to `after`.
    close: Option<ExactScorer>,
    /// The document that is being read, with its best paragraph so far.
    open: Option<Entry>,
    /// Candidates, cut down to the limit whenever they are twice as many.
    entries: Vec<Entry>,
    /// What lies below cannot be kept.
    threshold: f32,
    /// The last of as many as are wanted, where its key is exact.
    worst: Option<Entry>,
    failure: Option<Error>,
}

impl<'a> Pass<'a> {
    fn new(
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
    fn least_score(&self) -> Result<Option<f32>> {
        let Segment { selection, segment, reader, filter, .. } = &self.segment;
        let takes_all = filter.is_none() && !reader.has_deletes() && selection.recency.is_none();
        if !takes_all || self.unit != Unit::Paragraph || selection.sort != Sort::Relevance {
            return Ok(None);
        }
        let arrays = &selection.arrays[*segment];
        peaks::least_score(selection.plan, reader, arrays, selection.statistics, self.limit)
    }

    fn run(&mut self) -> Result<()> {
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
    fn run_over(&mut self, filter: &Bits, scorer: &mut ExactScorer) {
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

    fn scorer(&self) -> Result<ExactScorer> {
        self.segment.selection.single(&self.scoring)?.scorer(self.segment.reader)
    }

    /// What a candidate must at least reach, when `key` is enough.
    fn low(&self, key: f32) -> f32 {
        key - key.abs() * 2.0 * self.margin
    }

    fn exact_now(&mut self, entry: Entry) -> Result<Entry> {
        let mut scorer = match self.close.take() {
            Some(scorer) => scorer,
            None => self.scorer()?,
        };
        let exact = self.exact(&mut scorer, entry);
        self.close = Some(scorer);
        Ok(exact)
    }

    /// The candidate with its exact key; for a document the key, and the paragraph, of its best.
    fn exact(&self, scorer: &mut ExactScorer, entry: Entry) -> Entry {
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
    fn shrink(&mut self) -> Result<()> {
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

    fn make_exact(&mut self) -> Result<()> {
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
    fn finish(mut self) -> Result<Vec<Entry>> {
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
fn order(documents: &[u32], a: &Entry, b: &Entry) -> Ordering {
    let document = |entry: &Entry| documents[entry.doc as usize];
    b.key.total_cmp(&a.key).then_with(|| document(a).cmp(&document(b))).then(a.doc.cmp(&b.doc))
}

/// A position, in the numbers of one segment.
struct After {
    key: f32,
    /// The first document after the position's.
    next_document: u32,
    /// The position's own document, where the segment has it.
    document: Option<u32>,
    ordinal: u32,
    ordinals: tantivy::columnar::Column<u64>,
}

impl After {
    fn new(position: &Position<'_>, segment: &Segment<'_>) -> Result<After> {
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

    fn admits(&self, unit: Unit, entry: &Entry, segment: &Segment<'_>) -> bool {
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
