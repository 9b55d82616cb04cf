//! Counting the facets of paragraphs of one segment.

use super::facet_arrays::{Code, CodeSlice, FacetArrays, ListRanges, Ranges};
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
            (Ranges::Counted(counted), CodeSlice::Narrow(codes)) => self.add_lists(counted, codes, of),
            (Ranges::Counted(counted), CodeSlice::Wide(codes)) => self.add_lists(counted, codes, of),
        }
    }

    fn add_lists<C: Code>(
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
            for &paragraph in paragraphs {
                self.add_stretch(&codes[ranges.range(paragraph)], documents[paragraph as usize]);
            }
        }
    }

    /// Counts the codes of paragraphs of one document. Nothing here is decided, only added: with a branch for a
    /// document that is new to a node the whole took half as long again.
    #[inline(always)]
    fn add_stretch<C: Code>(&mut self, codes: &[C], document: u32) {
        for code in codes {
            let code = code.index();
            self.codes[code] += 1;
            let of = &mut self.documents[code / 2];
            of.count += u32::from(of.last != document);
            of.last = document;
        }
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
