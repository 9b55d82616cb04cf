//! Counting the facets of paragraphs of one segment.

use super::facet_arrays::{Code, Codes, FacetArrays};
use super::segment::NONE;

/// Counters of one dimension in one segment, not yet rolled up (see [`FacetArrays`]).
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    /// How often each code was met.
    codes: Vec<u32>,
    /// The last document that each node was met in. The paragraphs of a document stand together, so this
    /// is enough to count each document once.
    last: Vec<u32>,
    /// How many documents each node was met in, those below it included.
    documents: Vec<u32>,
}

impl Tally {
    /// Sets all counters to zero, for the nodes of `facets`.
    pub(crate) fn reset(&mut self, facets: &FacetArrays) {
        let nodes = facets.nodes();
        for (counters, len, value) in
            [(&mut self.codes, 2 * nodes + 1, 0), (&mut self.last, nodes, NONE), (&mut self.documents, nodes, 0)]
        {
            counters.clear();
            counters.resize(len, value);
        }
    }

    /// Counts paragraphs, given in their order and after those of every earlier call; `documents` holds the document of
    /// every paragraph of the segment.
    pub(crate) fn add(&mut self, facets: &FacetArrays, paragraphs: &[u32], documents: &[u32]) {
        match facets.codes() {
            Codes::Narrow(codes) => self.add_codes(facets, codes, paragraphs, documents),
            Codes::Wide(codes) => self.add_codes(facets, codes, paragraphs, documents),
        }
    }

    fn add_codes<C: Code>(&mut self, facets: &FacetArrays, codes: &[C], paragraphs: &[u32], documents: &[u32]) {
        let offsets = facets.offsets();
        let parents = facets.parents();
        let mut at = 0;
        while at < paragraphs.len() {
            // Neighbours of one document are counted as one stretch of codes: that saves the end of a short
            // loop, which the processor guesses wrong more often than not.
            let first = paragraphs[at];
            let document = documents[first as usize];
            let mut end = first + 1;
            at += 1;
            while at < paragraphs.len() && paragraphs[at] == end && documents[end as usize] == document {
                end += 1;
                at += 1;
            }
            for code in &codes[offsets[first as usize] as usize..offsets[end as usize] as usize] {
                let code = code.index();
                self.codes[code] += 1;
                if let Some(last) = self.last.get_mut(code)
                    && *last != document
                {
                    *last = document;
                    self.documents[code] += 1;
                    let mut node = parents[code];
                    while node != NONE && self.last[node as usize] != document {
                        self.last[node as usize] = document;
                        self.documents[node as usize] += 1;
                        node = parents[node as usize];
                    }
                }
            }
        }
    }

    /// Paragraphs at exactly this node.
    pub(crate) fn direct(&self, node: usize) -> u32 {
        self.codes[node]
    }

    /// How often two neighbouring values of a paragraph met first at this node.
    pub(crate) fn joint(&self, node: usize) -> u32 {
        self.codes[self.documents.len() + node]
    }

    /// Documents with a paragraph at this node or below.
    pub(crate) fn documents(&self, node: usize) -> u32 {
        self.documents[node]
    }

    /// Paragraphs without a value.
    pub(crate) fn missing(&self) -> u32 {
        self.codes.last().copied().unwrap_or_default()
    }
}
