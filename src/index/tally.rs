//! Counting the facets of paragraphs of one segment.

use std::ops::Range;

use super::bits::Bits;
use super::facet_arrays::{Code, CodeSlice, FacetArrays, Ranges};
use super::list_offsets::ListRanges;
use super::segment::NONE;

/// Counters of one dimension in one segment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    /// How often each code of [`FacetArrays`] was met.
    codes: Vec<u32>,
    /// Of each node and, last, of paragraphs without a value, what is known of documents.
    documents: Vec<Documents>,
}

#[derive(Debug, Clone, Copy)]
struct Documents {
    /// The last document that the node was met in. The paragraphs of a document stand together, so this is
    /// enough to count each document once.
    last: u32,
    count: u32,
}

/// Short lists of codes, one after the other, with the document of each code.
///
/// Every list is copied as if it were a short one of always the same length, and the next one begins where it really ends: a
/// loop over each list has an end that the processor guesses wrong more often than not.
struct Gathered<C> {
    codes: [C; GATHERED],
    documents: [u32; GATHERED],
    len: usize,
}

/// As long as most lists are at most.
const SHORT: usize = 4;

/// Codes that are gathered before they are counted; little of the fastest memory.
const GATHERED: usize = 512;

impl<C: Code + Default> Default for Gathered<C> {
    fn default() -> Gathered<C> {
        Gathered { codes: [C::default(); GATHERED], documents: [0; GATHERED], len: 0 }
    }
}

impl<C: Code> Gathered<C> {
    /// Takes a list; whether it is short.
    #[inline(always)]
    fn take(&mut self, codes: &[C], list: &Range<usize>, document: u32) -> bool {
        let next = self.len..self.len + SHORT;
        let Some(short) = codes.get(list.start..list.start + SHORT).filter(|_| list.len() <= SHORT) else {
            return false;
        };
        self.codes[next.clone()].copy_from_slice(short);
        self.documents[next].fill(document);
        self.len += list.len();
        true
    }

    #[inline(always)]
    fn is_full(&self) -> bool {
        self.len > GATHERED - SHORT
    }
}

impl Tally {
    /// Sets all counters to zero, for the nodes of `facets`.
    pub(crate) fn reset(&mut self, facets: &FacetArrays) {
        facets.prepare();
        let nodes = facets.nodes();
        self.codes.clear();
        self.codes.resize(2 * nodes + 1, 0);
        self.documents.clear();
        self.documents.resize(nodes + 1, Documents { last: NONE, count: 0 });
    }

    /// Counts paragraphs, given in their order and after those of every earlier call; `documents` holds the
    /// document of every paragraph of the segment.
    pub(crate) fn add(&mut self, facets: &FacetArrays, paragraphs: &[u32], documents: &[u32]) {
        let of = (paragraphs, documents);
        match (facets.ranges(), facets.codes()) {
            (Ranges::Offsets(offsets), CodeSlice::Narrow(codes)) => self.add_lists(offsets, codes, of),
            (Ranges::Offsets(offsets), CodeSlice::Wide(codes)) => self.add_lists(offsets, codes, of),
            (Ranges::Short(offsets), CodeSlice::Narrow(codes)) => self.add_lists(offsets, codes, of),
            (Ranges::Short(offsets), CodeSlice::Wide(codes)) => self.add_lists(offsets, codes, of),
            (Ranges::Counted(counted), CodeSlice::Narrow(codes)) => self.add_lists(counted, codes, of),
            (Ranges::Counted(counted), CodeSlice::Wide(codes)) => self.add_lists(counted, codes, of),
        }
    }

    /// Counts the paragraphs of a set, which all come after those of every earlier call; `ends` holds the last paragraph of every
    /// document of the segment.
    pub(crate) fn add_set(&mut self, facets: &FacetArrays, set: &Bits, (documents, ends): (&[u32], &Bits)) {
        let Some(frequent) = facets.frequent().filter(|frequent| frequent.suit(set.len())) else {
            set.in_blocks(|paragraphs| self.add(facets, paragraphs, documents));
            return;
        };
        frequent.each(set, ends, |totals| {
            self.codes[2 * totals.node] += totals.paragraphs - totals.direct;
            if let Some(direct) = self.codes.get_mut(2 * totals.node + 1) {
                *direct += totals.direct;
            }
            self.documents[totals.node].count += totals.documents;
        });
        let (offsets, codes) = frequent.rest();
        frequent.with_rest(set).in_blocks(|paragraphs| self.add_lists(offsets, codes, (paragraphs, documents)));
    }

    fn add_lists<C: Code + Default>(
        &mut self,
        mut ranges: impl ListRanges,
        codes: &[C],
        (paragraphs, documents): (&[u32], &[u32]),
    ) {
        let (Some(&first), Some(&last)) = (paragraphs.first(), paragraphs.last()) else { return };
        // Where most paragraphs match, neighbours of one document are counted as one stretch of codes. That
        // saves the end of a short loop, which the processor guesses wrong more often than not; where fewer match it
        // would have the ends of stretches to guess. Three quarters is where the two take the same time.
        if ((last - first) as usize) < paragraphs.len() + paragraphs.len() / 3 {
            let mut at = 0;
            while at < paragraphs.len() {
                let first = paragraphs[at];
                let document = documents[first as usize];
                let mut range = ranges.range(first);
                let mut next = first + 1;
                at += 1;
                while at < paragraphs.len() && paragraphs[at] == next && documents[next as usize] == document {
                    next += 1;
                    at += 1;
                }
                range.end = ranges.range(next - 1).end;
                self.add_stretch(&codes[range], document);
            }
        } else {
            let mut gathered = Gathered::default();
            for &paragraph in paragraphs {
                let (range, document) = (ranges.range(paragraph), documents[paragraph as usize]);
                if !gathered.take(codes, &range, document) {
                    // Those before it first: documents are told apart by the last one.
                    self.add_gathered(&mut gathered);
                    self.add_stretch(&codes[range], document);
                } else if gathered.is_full() {
                    self.add_gathered(&mut gathered);
                }
            }
            self.add_gathered(&mut gathered);
        }
    }

    fn add_gathered<C: Code>(&mut self, gathered: &mut Gathered<C>) {
        for (&code, &document) in gathered.codes[..gathered.len].iter().zip(&gathered.documents) {
            self.add_code(code, document);
        }
        gathered.len = 0;
    }

    /// Counts the codes of paragraphs of one document. Nothing here is decided, only added: with a branch for a
    /// document that is new to a node the whole took half as long again, and with both counters of a node written as one
    /// number as well, because then each waits for the one before.
    #[inline(always)]
    fn add_stretch<C: Code>(&mut self, codes: &[C], document: u32) {
        for &code in codes {
            self.add_code(code, document);
        }
    }

    #[inline(always)]
    fn add_code<C: Code>(&mut self, code: C, document: u32) {
        let code = code.index();
        self.codes[code] += 1;
        let of = &mut self.documents[code / 2];
        of.count += u32::from(of.last != document);
        of.last = document;
    }

    /// Paragraphs at this node or below, each once.
    pub(crate) fn count(&self, node: usize) -> u32 {
        self.codes[2 * node] + self.direct(node)
    }

    /// Paragraphs at exactly this node.
    pub(crate) fn direct(&self, node: usize) -> u32 {
        self.codes[2 * node + 1]
    }

    /// Documents of the paragraphs at this node or below.
    pub(crate) fn documents(&self, node: usize) -> u32 {
        self.documents[node].count
    }

    /// Paragraphs without a value.
    pub(crate) fn missing(&self) -> u32 {
        self.codes.last().copied().unwrap_or_default()
    }
}
