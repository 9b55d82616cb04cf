//! The facets of one dimension in one segment, laid out so that counting is a loop of increments.
//!
//! A paragraph counts once at a node however many of its values lie below. So each paragraph lists the nodes
//! that it counts at, its values and everything above them, each once: what is the same at every search
//! is worked out when a segment is opened. Lists of the values alone are shorter, but then every search
//! climbs from each value with a mark at every node, which took 2.5 times as long (at half of the paragraphs
//! matching, two hierarchies of two and three levels; the plain loop over values is 1, this 1.3).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use tantivy::SegmentReader;
use tantivy::columnar::StrColumn;
use tantivy::directory::OwnedBytes;

use super::frequent_nodes::FrequentNodes;
use super::list_offsets::{ListOffsets, ListRanges};
use super::schema::{ACTOR_MENTION_COLUMN, DAY_COLUMN, LAST_DAY_COLUMN, facet_column};
use super::segment::{NONE, storage};
use super::{actor_mention, facet_file};
use crate::date::Date;
use crate::error::{Error, Result};
use crate::facet::{Dimension, FacetPath};
use crate::mention_choice::MentionChoice;

/// The facets of one dimension in one segment.
///
/// Every paragraph has a list of codes, ascending: `2n + 1` for a value at node `n`, `2n` for a node with a value below it
/// and none of its own. With `N` nodes, `2N` stands alone for a paragraph without a value. The lists stand one after the other.
/// Nodes are numbered depth first, so a parent comes before its children.
#[derive(Debug)]
pub(crate) struct FacetArrays {
    places: Places,
    codes: Codes,
    parents: Vec<u32>,
    paths: Vec<FacetPath>,
    was_counted: AtomicBool,
    /// The first count is given without: to make them takes as long as to count half of the paragraphs.
    frequent: OnceLock<Option<FrequentNodes>>,
}

/// Where the list of each paragraph stands.
#[derive(Debug)]
enum Places {
    /// That of paragraph `p` is `codes[offsets[p]..offsets[p + 1]]`.
    Offsets(Vec<u32>),
    /// How long each is, in a [file of the segment](super::facet_file).
    Counted {
        counts: OwnedBytes,
        /// Where the lists of every [`STRIDE`] paragraphs begin.
        starts: Vec<u32>,
        /// The first count is given without: to write them all down takes 0.9 ms for 400,000 paragraphs, a tenth of the first
        /// answer. Those that follow take a quarter less time with them.
        offsets: OnceLock<Option<ListOffsets>>,
    },
}

/// So few paragraphs that their counts are quickly added up.
const STRIDE: usize = 16;

/// Codes as narrow as they can be: two bytes, the lower first, up to 32,767 nodes.
#[derive(Debug)]
pub(super) enum Codes {
    /// Two bytes each, in a [file of the segment](super::facet_file).
    Stored(OwnedBytes),
    Narrow(Vec<[u8; 2]>),
    Wide(Vec<u32>),
}

/// Codes to go over.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CodeSlice<'a> {
    Narrow(&'a [[u8; 2]]),
    Wide(&'a [u32]),
}

/// Lists that are counted.
#[derive(Debug)]
pub(super) struct CountedRanges<'a> {
    counts: &'a [u8],
    starts: &'a [u32],
    /// Which paragraphs `ends` are of, in units of the stride.
    at: usize,
    /// Where the list of each of them begins, and where the last one's ends.
    ends: [u32; STRIDE + 1],
}

impl ListRanges for CountedRanges<'_> {
    #[inline]
    fn range(&mut self, paragraph: u32) -> Range<usize> {
        let (at, place) = (paragraph as usize / STRIDE, paragraph as usize % STRIDE);
        if at != self.at {
            self.enter(at);
        }
        self.ends[place] as usize..self.ends[place + 1] as usize
    }
}

impl CountedRanges<'_> {
    #[inline]
    fn enter(&mut self, at: usize) {
        let mut end = self.starts[at];
        self.at = at;
        self.ends[0] = end;
        for (place, &count) in self.ends[1..].iter_mut().zip(&self.counts[at * STRIDE..]) {
            end += u32::from(count);
            *place = end;
        }
    }
}

/// What tells where the lists of an array stand.
pub(super) enum Ranges<'a> {
    Offsets(&'a [u32]),
    Short(&'a ListOffsets),
    Counted(CountedRanges<'a>),
}

/// A code of either width.
pub(crate) trait Code: Copy {
    fn index(self) -> usize;
}

impl Code for [u8; 2] {
    #[inline]
    fn index(self) -> usize {
        usize::from(u16::from_le_bytes(self))
    }
}

impl Code for u32 {
    #[inline]
    fn index(self) -> usize {
        self as usize
    }
}

impl FacetArrays {
    pub(crate) fn read(dimension: Dimension, reader: &SegmentReader) -> Result<FacetArrays> {
        if let Some(stored) = facet_file::read(dimension, reader) {
            return Ok(stored);
        }
        let Some(name) = facet_column(dimension) else { return FacetArrays::read_dates(reader) };
        match reader.fast_fields().str(name).map_err(storage)? {
            Some(column) => FacetArrays::of_column(&column, reader.max_doc()),
            None => Ok(Builder::default().finish(reader.max_doc())),
        }
    }

    /// Those of a file; `None` where counts and codes do not fit.
    pub(super) fn stored(
        counts: OwnedBytes,
        codes: OwnedBytes,
        parents: Vec<u32>,
        paths: Vec<FacetPath>,
    ) -> Option<FacetArrays> {
        let mut all = 0u64;
        let starts = counts.chunks(STRIDE).map(|counts| {
            let start = all as u32;
            all += counts.iter().map(|&count| u64::from(count)).sum::<u64>();
            start
        });
        let starts = starts.collect();
        // With no more codes than a number can tell no start has wrapped.
        if all * 2 != codes.len() as u64 || u32::try_from(all).is_err() {
            return None;
        }
        let places = Places::Counted { counts, starts, offsets: OnceLock::new() };
        Some(FacetArrays::with(places, Codes::Stored(codes), parents, paths))
    }

    fn with(places: Places, codes: Codes, parents: Vec<u32>, paths: Vec<FacetPath>) -> FacetArrays {
        let (was_counted, frequent) = (AtomicBool::new(false), OnceLock::new());
        FacetArrays { places, codes, parents, paths, was_counted, frequent }
    }

    /// The arrays that follow from a column of facets.
    pub(super) fn of_column(column: &StrColumn, paragraphs: u32) -> Result<FacetArrays> {
        let mut builder = Builder::default();
        let mut node_of_ordinal = Vec::with_capacity(column.num_terms());
        // The dictionary is in depth-first order, because the engine ends every step with the least byte.
        let mut terms = column.dictionary().stream().map_err(|error| Error::storage("reading facets", error))?;
        while terms.advance() {
            let encoded = String::from_utf8_lossy(terms.key());
            node_of_ordinal.push(builder.node(encoded.split('\0'))?);
        }
        Ok(builder.paragraphs(column, &node_of_ordinal, paragraphs))
    }

    /// The actors of a segment that chosen mentions name.
    pub(crate) fn read_mentions(choice: MentionChoice, reader: &SegmentReader) -> Result<FacetArrays> {
        let Some(column) = reader.fast_fields().str(ACTOR_MENTION_COLUMN).map_err(storage)? else {
            return Ok(Builder::default().finish(reader.max_doc()));
        };
        let mut chosen: Vec<(String, usize)> = Vec::new();
        let mut terms = column.dictionary().stream().map_err(|error| Error::storage("reading facets", error))?;
        let mut ordinal = 0;
        while terms.advance() {
            let value = String::from_utf8_lossy(terms.key());
            chosen.extend(actor_mention::chosen(&value, choice).map(|path| (path.replace('/', "\0"), ordinal)));
            ordinal += 1;
        }
        // Depth first: the dictionary has the actors kind by kind.
        chosen.sort_unstable();
        let mut builder = Builder::default();
        let mut node_of_ordinal = vec![NONE; ordinal];
        for (steps, ordinal) in &chosen {
            node_of_ordinal[*ordinal] = builder.node(steps.split('\0'))?;
        }
        Ok(builder.paragraphs(&column, &node_of_ordinal, reader.max_doc()))
    }

    /// Year, month, day, as far as the date of the document goes.
    fn read_dates(reader: &SegmentReader) -> Result<FacetArrays> {
        let max_doc = reader.max_doc();
        let first = reader.fast_fields().i64(DAY_COLUMN).map_err(storage)?;
        let last = reader.fast_fields().i64(LAST_DAY_COLUMN).map_err(storage)?;
        let days = |doc: u32| Some((first.first(doc)? as i32, last.first(doc)? as i32));
        let mut nodes: HashMap<(i32, i32), u32> = (0..max_doc).filter_map(|doc| Some((days(doc)?, NONE))).collect();
        let mut dates: Vec<((i32, i32), Date)> =
            nodes.keys().filter_map(|&(first, last)| Some(((first, last), Date::spanning(first, last)?))).collect();
        // A year comes before its months and a month before its days: depth first.
        dates.sort_unstable_by_key(|&(_, date)| date);
        let mut builder = Builder::default();
        for (days, date) in dates {
            let text = date.to_string();
            nodes.insert(days, builder.node(text.split('-'))?);
        }
        for doc in 0..max_doc {
            let node = days(doc).and_then(|days| nodes.get(&days).copied()).filter(|&node| node != NONE);
            builder.paragraph(node.into_iter());
        }
        Ok(builder.finish(max_doc))
    }

    pub(crate) fn nodes(&self) -> usize {
        self.paths.len()
    }

    /// The path of every node. A node's number is above its parent's.
    pub(crate) fn paths(&self) -> &[FacetPath] {
        &self.paths
    }

    /// The parent of every node, or [`NONE`].
    pub(crate) fn parents(&self) -> &[u32] {
        &self.parents
    }

    pub(crate) fn codes(&self) -> CodeSlice<'_> {
        match &self.codes {
            Codes::Stored(bytes) => CodeSlice::Narrow(bytes.as_chunks().0),
            Codes::Narrow(codes) => CodeSlice::Narrow(codes),
            Codes::Wide(codes) => CodeSlice::Wide(codes),
        }
    }

    /// Says that paragraphs are going to be counted.
    pub(super) fn prepare(&self) {
        if !self.was_counted.swap(true, Ordering::Relaxed) {
            return;
        }
        if let Places::Counted { counts, offsets, .. } = &self.places {
            offsets.get_or_init(|| ListOffsets::new(counts.iter().map(|&count| usize::from(count))));
        }
        self.frequent.get_or_init(|| {
            let CodeSlice::Narrow(codes) = self.codes() else { return None };
            let nodes = self.nodes();
            match (self.ranges(), self.paragraphs()) {
                (Ranges::Offsets(offsets), paragraphs) => FrequentNodes::new(nodes, paragraphs, offsets, codes),
                (Ranges::Short(offsets), paragraphs) => FrequentNodes::new(nodes, paragraphs, offsets, codes),
                (Ranges::Counted(counted), paragraphs) => FrequentNodes::new(nodes, paragraphs, counted, codes),
            }
        });
    }

    /// The frequent nodes, once paragraphs were counted before.
    pub(super) fn frequent(&self) -> Option<&FrequentNodes> {
        self.frequent.get()?.as_ref()
    }

    /// How many paragraphs there are.
    fn paragraphs(&self) -> u32 {
        match &self.places {
            Places::Offsets(offsets) => offsets.len() as u32 - 1,
            Places::Counted { counts, .. } => counts.len() as u32,
        }
    }

    /// Where the lists stand.
    pub(super) fn ranges(&self) -> Ranges<'_> {
        match &self.places {
            Places::Offsets(offsets) => Ranges::Offsets(offsets),
            Places::Counted { counts, starts, offsets } => match offsets.get() {
                Some(Some(offsets)) => Ranges::Short(offsets),
                _ => Ranges::Counted(CountedRanges { counts, starts, at: usize::MAX, ends: [0; STRIDE + 1] }),
            },
        }
    }

    /// How many codes each paragraph has; `None` where it is more than a byte tells.
    pub(super) fn counts(&self) -> Option<Vec<u8>> {
        match &self.places {
            Places::Offsets(offsets) => offsets.windows(2).map(|pair| u8::try_from(pair[1] - pair[0]).ok()).collect(),
            Places::Counted { counts, .. } => Some(counts.to_vec()),
        }
    }

    /// The values of a paragraph, as node numbers.
    #[inline]
    pub(crate) fn leaves_of(&self, doc: u32) -> impl Iterator<Item = u32> + '_ {
        let range = match self.ranges() {
            Ranges::Offsets(mut offsets) => offsets.range(doc),
            Ranges::Short(mut offsets) => offsets.range(doc),
            Ranges::Counted(mut counted) => counted.range(doc),
        };
        let (narrow, wide) = match self.codes() {
            CodeSlice::Narrow(codes) => (&codes[range], &[][..]),
            CodeSlice::Wide(codes) => (&[][..], &codes[range]),
        };
        let codes = narrow.iter().map(|&code| code.index() as u32).chain(wide.iter().copied());
        codes.filter(|code| code % 2 == 1).map(|code| code / 2)
    }

    /// What the arrays take of the memory, in bytes, but for the paths; what lies in a file takes none.
    pub(crate) fn bytes(&self) -> usize {
        let codes = match &self.codes {
            Codes::Stored(_) => 0,
            Codes::Narrow(codes) => codes.len() * 2,
            Codes::Wide(codes) => codes.len() * 4,
        };
        let places = match &self.places {
            Places::Offsets(offsets) => size_of_val(&**offsets),
            Places::Counted { starts, offsets, .. } => {
                size_of_val(&**starts) + offsets.get().and_then(Option::as_ref).map_or(0, ListOffsets::bytes)
            }
        };
        codes + places + size_of_val(&*self.parents) + self.frequent().map_or(0, FrequentNodes::bytes)
    }
}

/// The day, month or year of a date node; `None` for a path that is no date.
pub(crate) fn date_of(path: &FacetPath) -> Option<Date> {
    path.as_str()[1..].replace('/', "-").parse().ok()
}

#[derive(Debug, Default)]
struct Builder {
    paths: Vec<FacetPath>,
    parents: Vec<u32>,
    numbers: HashMap<FacetPath, u32>,
    offsets: Vec<u32>,
    /// As in [`FacetArrays`], but for [`NONE`] where a paragraph has no value.
    codes: Vec<u32>,
}

impl Builder {
    /// The number of a node, which it and those above it are given when they are new.
    fn node<'s>(&mut self, steps: impl Iterator<Item = &'s str>) -> Result<u32> {
        let mut text = String::new();
        let mut parent = NONE;
        for step in steps {
            text.push('/');
            text.push_str(step);
            let path = FacetPath::new(&text)?;
            parent = match self.numbers.get(&path) {
                Some(&number) => number,
                None => {
                    let number = self.paths.len() as u32;
                    self.paths.push(path.clone());
                    self.parents.push(parent);
                    self.numbers.insert(path, number);
                    number
                }
            };
        }
        Ok(parent)
    }

    /// Adds the next paragraph.
    fn paragraph(&mut self, leaves: impl Iterator<Item = u32>) {
        let start = self.codes.len();
        self.offsets.push(start as u32);
        for leaf in leaves {
            self.codes.push(2 * leaf + 1);
            let mut node = self.parents[leaf as usize];
            while node != NONE {
                self.codes.push(2 * node);
                node = self.parents[node as usize];
            }
        }
        self.codes[start..].sort_unstable();
        // Of the two codes of a node, the one of its own value stays: it is the later one.
        let mut end = start;
        for at in start..self.codes.len() {
            if end > start && self.codes[end - 1] / 2 == self.codes[at] / 2 {
                end -= 1;
            }
            self.codes[end] = self.codes[at];
            end += 1;
        }
        self.codes.truncate(end);
        if end == start {
            self.codes.push(NONE);
        }
    }

    /// Adds all paragraphs of a segment from a column, whose ordinals stand for nodes or for [`NONE`].
    fn paragraphs(mut self, column: &StrColumn, node_of_ordinal: &[u32], max_doc: u32) -> FacetArrays {
        // Read in blocks: asked for one paragraph at a time, the column costs three times as much.
        const BLOCK: u32 = 1_024;
        let ordinals = column.ords();
        let (mut docs, mut docs_of_rows, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        let mut values: Vec<u64> = Vec::new();
        for start in (0..max_doc).step_by(BLOCK as usize) {
            docs.clear();
            docs.extend(start..max_doc.min(start + BLOCK));
            docs_of_rows.clear();
            rows.clear();
            ordinals.row_ids_for_docs(&docs, &mut docs_of_rows, &mut rows);
            values.clear();
            values.resize(rows.len(), 0);
            ordinals.values.get_vals(&rows, &mut values);
            let mut at = 0;
            for &doc in &docs {
                let first = at;
                while at < rows.len() && docs_of_rows[at] == doc {
                    at += 1;
                }
                let leaves = values[first..at].iter().map(|&ordinal| node_of_ordinal[ordinal as usize]);
                self.paragraph(leaves.filter(|&node| node != NONE));
            }
        }
        self.finish(max_doc)
    }

    fn finish(mut self, max_doc: u32) -> FacetArrays {
        while self.offsets.len() < max_doc as usize {
            self.paragraph(std::iter::empty());
        }
        self.offsets.push(self.codes.len() as u32);
        let nothing = 2 * self.paths.len() as u32;
        self.codes.iter_mut().filter(|code| **code == NONE).for_each(|code| *code = nothing);
        let codes = if nothing <= u32::from(u16::MAX) {
            Codes::Narrow(self.codes.iter().map(|&code| (code as u16).to_le_bytes()).collect())
        } else {
            self.codes.shrink_to_fit();
            Codes::Wide(self.codes)
        };
        FacetArrays::with(Places::Offsets(self.offsets), codes, self.parents, self.paths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_lists_its_values_and_what_is_above_them_once() -> Result<()> {
        let mut builder = Builder::default();
        let a = builder.node(["s", "A"].into_iter())?;
        let deep = builder.node(["s", "A", "x", "y"].into_iter())?;
        let b = builder.node(["s", "B"].into_iter())?;
        let org = builder.node(["org"].into_iter())?;
        assert_eq!((a, deep, b, org), (1, 3, 4, 5));
        builder.paragraph([b, a, deep, a].into_iter());
        builder.paragraph([a, org].into_iter());
        let arrays = builder.finish(3);
        let CodeSlice::Narrow(codes) = arrays.codes() else { panic!("six nodes fit two bytes") };
        let codes: Vec<usize> = codes.iter().map(|code| code.index()).collect();
        assert_eq!(codes[..], [0, 3, 4, 7, 9, 0, 3, 11, 12]);
        assert_eq!(arrays.counts(), Some(vec![5, 3, 1]));
        assert_eq!(arrays.leaves_of(0).collect::<Vec<_>>(), [1, 3, 4]);
        assert_eq!(arrays.leaves_of(2).count(), 0);
        Ok(())
    }
}
