//! The postings of a frequent term, unpacked: any paragraph can be asked about, in any order.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use tantivy::SegmentReader;
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};

use super::bits::{Bits, Block};
use super::segment::Texts;
use crate::error::{Error, Result};

/// How many of the paragraphs where a term is worth most are kept: enough for a page or a window of the default ranking,
/// also where a filter lets one in ten pass.
const BEST_KEPT: usize = 1_024;

/// How many of them within a set: enough for a window and a page.
const BEST_KEPT_WITHIN: usize = 256;

/// For so many sets, those that filters left last, is kept what a term has within them.
const SETS_KEPT: usize = 4;

/// The highest frequency that is kept in a byte.
const HIGHEST: u8 = u8::MAX - 1;

/// The paragraphs of one segment that have a term, deleted ones too, and how often.
#[derive(Debug)]
pub(crate) struct FrequentTerm {
    paragraphs: Arc<Bits>,
    /// How many paragraphs come before each block.
    before: Box<[u32]>,
    /// The frequency in each paragraph that has the term; over [`HIGHEST`] it stands in `higher`.
    frequencies: Box<[u8]>,
    /// By the place in `frequencies`.
    higher: Vec<(u32, u32)>,
    /// As they were last asked for: the average length changes with every commit.
    impacts: Mutex<Option<Arc<Impacts>>>,
    /// The newest last.
    within: Mutex<Vec<Arc<Within>>>,
}

/// What is known of a term within a set of paragraphs.
#[derive(Debug)]
struct Within {
    /// Which it is; while something refers to it no other can lie in its place.
    set: Weak<Bits>,
    totals: OnceLock<(u32, u32)>,
    /// Under which average length they are.
    best: Mutex<Option<(f32, Arc<BestParagraphs>)>>,
}

/// What a term is worth where, under one average length.
#[derive(Debug)]
pub(crate) struct Impacts {
    average_length: f32,
    /// The greatest saturation in each block; 0 where the term does not stand in it.
    bounds: Box<[f32]>,
    most: f32,
    /// Only who asks for the term alone needs them.
    best: OnceLock<BestParagraphs>,
}

/// The paragraphs where a term is worth most.
#[derive(Debug)]
pub(crate) struct BestParagraphs {
    /// With their saturations, the greatest first, then by document and place.
    pub(crate) paragraphs: Box<[(f32, u32)]>,
    /// The greatest saturation under that of the last of them; 0 where there is none.
    pub(crate) below: f32,
    /// Whether they are all paragraphs.
    pub(crate) is_whole: bool,
}

impl Impacts {
    pub(crate) fn bounds(&self) -> &[f32] {
        &self.bounds
    }

    /// The greatest saturation.
    pub(crate) fn most(&self) -> f32 {
        self.most
    }

    fn bytes(&self) -> usize {
        size_of_val(&*self.bounds) + self.best.get().map_or(0, |best| size_of_val(&*best.paragraphs))
    }
}

impl FrequentTerm {
    /// `info` is where its postings are.
    pub(crate) fn read(reader: &SegmentReader, field: Field, info: &TermInfo) -> Result<FrequentTerm> {
        let mut paragraphs = Bits::empty(reader.max_doc());
        let mut frequencies = Vec::with_capacity(info.doc_freq as usize);
        let mut higher = Vec::new();
        each_posting(reader, field, info, IndexRecordOption::WithFreqs, |doc, frequency| {
            paragraphs.insert(doc);
            if frequency > u32::from(HIGHEST) {
                higher.push((frequencies.len() as u32, frequency));
            }
            frequencies.push(frequency.min(u32::from(HIGHEST) + 1) as u8);
        })?;
        let mut count = 0;
        let before = (0..paragraphs.blocks()).map(|block| {
            let here = count;
            count += paragraphs.block(block).len();
            here
        });
        let before = before.collect();
        let (frequencies, impacts, within) = (frequencies.into(), Mutex::default(), Mutex::default());
        Ok(FrequentTerm { paragraphs: Arc::new(paragraphs), before, frequencies, higher, impacts, within })
    }

    pub(crate) fn paragraphs(&self) -> &Arc<Bits> {
        &self.paragraphs
    }

    /// How many paragraphs have it.
    pub(crate) fn len(&self) -> u32 {
        self.frequencies.len() as u32
    }

    /// How often it stands in a paragraph; `None` where it does not.
    pub(crate) fn frequency(&self, doc: u32) -> Option<u32> {
        self.paragraphs.contains(doc).then(|| {
            let (block, place) = Block::of(doc);
            let before = self.before[block] + self.paragraphs.block(block).before(place);
            self.at(before as usize)
        })
    }

    /// Gives `visit` every paragraph of a block that has the term and that `wanted` holds, as its place in the block, with
    /// the frequency of the term in it.
    #[inline(always)]
    pub(crate) fn each_in(&self, block: usize, wanted: Block, mut visit: impl FnMut(usize, u32)) {
        let (all, before) = (self.paragraphs.block(block), self.before[block] as usize);
        let wanted = wanted.and(all);
        if wanted == all {
            let mut at = before;
            all.each(|place| {
                visit(place, self.at(at));
                at += 1;
            });
        } else {
            wanted.each(|place| visit(place, self.at(before + all.before(place) as usize)));
        }
    }

    #[inline]
    fn at(&self, place: usize) -> u32 {
        match self.frequencies[place] {
            frequency if frequency <= HIGHEST => u32::from(frequency),
            _ => {
                let found = self.higher.binary_search_by_key(&(place as u32), |&(place, _)| place);
                found.map_or(u32::from(HIGHEST) + 1, |found| self.higher[found].1)
            }
        }
    }

    /// What it is worth where.
    pub(crate) fn impacts(&self, texts: &Texts) -> Arc<Impacts> {
        let Texts { saturation, lengths } = texts;
        let lock = || self.impacts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().as_ref().filter(|known| known.average_length == saturation.average_length()) {
            return known.clone();
        }
        let mut bounds = vec![0.0f32; self.paragraphs.blocks()];
        for (block, bound) in bounds.iter_mut().enumerate() {
            self.each_in(block, self.paragraphs.block(block), |place, frequency| {
                *bound = bound.max(saturation.of(frequency, lengths.of(Block::doc(block, place))));
            });
        }
        let most = bounds.iter().copied().fold(0.0, f32::max);
        let average_length = saturation.average_length();
        let impacts = Arc::new(Impacts { average_length, bounds: bounds.into(), most, best: OnceLock::new() });
        *lock() = Some(impacts.clone());
        impacts
    }

    /// Where it is worth most; `documents` is the document of every paragraph.
    pub(crate) fn best<'i>(&self, impacts: &'i Impacts, texts: &Texts, documents: &[u32]) -> &'i BestParagraphs {
        impacts.best.get_or_init(|| self.find_best(impacts, texts, documents, None))
    }

    /// Where within a set it is worth most.
    pub(crate) fn best_within(
        &self,
        set: &Arc<Bits>,
        impacts: &Impacts,
        texts: &Texts,
        documents: &[u32],
    ) -> Arc<BestParagraphs> {
        let within = self.within(set);
        let mut kept = within.best.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((average_length, best)) if *average_length == impacts.average_length => best.clone(),
            _ => {
                let best = Arc::new(self.find_best(impacts, texts, documents, Some(set)));
                *kept = Some((impacts.average_length, best.clone()));
                best
            }
        }
    }

    fn find_best(&self, impacts: &Impacts, texts: &Texts, documents: &[u32], set: Option<&Bits>) -> BestParagraphs {
        let mut best = Best::new(documents, if set.is_some() { BEST_KEPT_WITHIN } else { BEST_KEPT });
        let mut all = 0;
        for (block, &bound) in impacts.bounds.iter().enumerate() {
            let here = self.paragraphs.block(block);
            let here = set.map_or(here, |set| here.and(set.block(block)));
            all += here.len() as usize;
            if best.last.is_some_and(|(last, _)| bound < last) {
                best.leave_out(bound);
                continue;
            }
            self.each_in(block, here, |place, frequency| {
                let doc = Block::doc(block, place);
                best.offer(texts.saturation.of(frequency, texts.lengths.of(doc)), doc);
            });
        }
        best.finish(all)
    }

    /// How many paragraphs of a set have it, and how many documents of these there are; `ends` holds the last paragraph of
    /// every document.
    pub(crate) fn totals_within(&self, set: &Arc<Bits>, ends: &Bits) -> (u32, u32) {
        *self.within(set).totals.get_or_init(|| self.paragraphs.totals(Some(set), ends))
    }

    fn within(&self, set: &Arc<Bits>) -> Arc<Within> {
        let mut kept = self.within.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.iter().find(|known| known.set.as_ptr() == Arc::as_ptr(set)) {
            return known.clone();
        }
        if kept.len() >= SETS_KEPT {
            kept.remove(0);
        }
        let within = Within { set: Arc::downgrade(set), totals: OnceLock::new(), best: Mutex::default() };
        kept.push(Arc::new(within));
        kept[kept.len() - 1].clone()
    }

    /// What it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let impacts = self.impacts.lock().unwrap_or_else(PoisonError::into_inner);
        let within = self.within.lock().unwrap_or_else(PoisonError::into_inner);
        self.paragraphs.bytes()
            + within.len() * BEST_KEPT_WITHIN * size_of::<(f32, u32)>()
            + size_of_val(&*self.before)
            + self.frequencies.len()
            + size_of_val(&*self.higher)
            + impacts.as_ref().map_or(0, |impacts| impacts.bytes())
    }
}

/// The paragraphs with the greatest saturations, as they are gathered.
struct Best<'a> {
    documents: &'a [u32],
    /// How many are kept at most.
    most: usize,
    kept: Vec<(f32, u32)>,
    /// The last that is kept, once there are enough.
    last: Option<(f32, u32)>,
    /// The two greatest saturations among those that are not kept, which differ.
    left_out: [f32; 2],
}

impl<'a> Best<'a> {
    fn new(documents: &'a [u32], most: usize) -> Best<'a> {
        Best { documents, most, kept: Vec::with_capacity(2 * most), last: None, left_out: [0.0; 2] }
    }

    #[inline]
    fn offer(&mut self, worth: f32, doc: u32) {
        if let Some(last) = &self.last
            && (worth < last.0 || (worth == last.0 && self.order(last, &(worth, doc)).is_lt()))
        {
            self.leave_out(worth);
            return;
        }
        self.kept.push((worth, doc));
        if self.kept.len() == 2 * self.most {
            self.cut();
        }
    }

    #[inline]
    fn leave_out(&mut self, worth: f32) {
        let [first, second] = self.left_out;
        if worth > first {
            self.left_out = [worth, first];
        } else if worth > second && worth < first {
            self.left_out[1] = worth;
        }
    }

    /// The greater saturation first, then by document and place.
    fn order(&self, a: &(f32, u32), b: &(f32, u32)) -> Ordering {
        let document = |doc: u32| self.documents[doc as usize];
        b.0.total_cmp(&a.0).then_with(|| (document(a.1), a.1).cmp(&(document(b.1), b.1)))
    }

    /// Leaves out what is too much.
    fn cut(&mut self) {
        let mut kept = std::mem::take(&mut self.kept);
        if kept.len() >= self.most {
            let (_, &mut last, _) = kept.select_nth_unstable_by(self.most - 1, |a, b| self.order(a, b));
            kept.drain(self.most..).for_each(|(worth, _)| self.leave_out(worth));
            self.last = Some(last);
        }
        self.kept = kept;
    }

    /// What is kept of so many paragraphs.
    fn finish(mut self, all: usize) -> BestParagraphs {
        self.cut();
        let mut kept = std::mem::take(&mut self.kept);
        kept.sort_unstable_by(|a, b| self.order(a, b));
        let last = kept.last().map_or(0.0, |&(worth, _)| worth);
        // The greatest saturation under the last that is kept.
        let below = self.left_out.into_iter().find(|&worth| worth < last).unwrap_or_default();
        BestParagraphs { is_whole: kept.len() == all, below, paragraphs: kept.into() }
    }
}

/// Reads the postings of a term a block at a time; the engine's union moves each on by one paragraph and takes three times
/// as long. Without frequencies each is 1.
fn each_posting(
    reader: &SegmentReader,
    field: Field,
    info: &TermInfo,
    option: IndexRecordOption,
    mut visit: impl FnMut(u32, u32),
) -> Result<()> {
    let inverted = reader.inverted_index(field).map_err(|error| Error::storage("reading postings", error))?;
    let postings = inverted.read_block_postings_from_terminfo(info, option);
    let mut postings: BlockSegmentPostings = postings.map_err(|error| Error::storage("reading postings", error))?;
    while !postings.docs().is_empty() {
        for (at, &doc) in postings.docs().iter().enumerate() {
            visit(doc, postings.freq(at));
        }
        postings.advance();
    }
    Ok(())
}
