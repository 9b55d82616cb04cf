//! The facet nodes that many paragraphs have, as sets, and the lists without them.
//!
//! A list of nodes begins with those at the top of the hierarchies, which nearly every paragraph has: counting them one by
//! one is half of the work or more. As a set a node is counted 64 paragraphs at a time, documents too. Of 400,000 generated
//! paragraphs 17 of 55 topics hold 78 % of what the lists do, and 7 of 241 actors 53 %; of UN speeches 10 of 139 and
//! 68 %, 6 of 1,759 and 55 %.

use super::bits::Bits;
use super::facet_arrays::Code;
use super::list_offsets::{ListOffsets, ListRanges};

/// A node is frequent that one paragraph in so many has.
const FREQUENT_SHARE: usize = 16;

/// How many words of a set are counted in about the time of one code of a list.
const WORDS_A_CODE: usize = 4;

/// The lists of [`FacetArrays`](super::FacetArrays), the codes of frequent nodes as sets.
#[derive(Debug)]
pub(super) struct FrequentNodes {
    nodes: Vec<FrequentNode>,
    /// The paragraphs that have a code of another node.
    with_rest: Bits,
    offsets: ListOffsets,
    codes: Vec<[u8; 2]>,
    /// From so many paragraphs on it is quicker to count by sets.
    worthwhile: usize,
}

#[derive(Debug)]
struct FrequentNode {
    /// Its number, or that after the last for what has no value.
    node: usize,
    /// The paragraphs that have it or a node below.
    subtree: Bits,
    /// Those that have exactly it, where they are some of the subtree.
    direct: Option<Bits>,
    /// They are all of it.
    is_direct: bool,
}

/// What a set has of a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct NodeTotals {
    pub(super) node: usize,
    pub(super) paragraphs: u32,
    pub(super) direct: u32,
    pub(super) documents: u32,
}

impl FrequentNodes {
    /// Those of so many nodes in the lists of so many paragraphs; `None` where no node is frequent.
    pub(super) fn new(
        nodes: usize,
        paragraphs: u32,
        mut ranges: impl ListRanges,
        codes: &[[u8; 2]],
    ) -> Option<FrequentNodes> {
        let mut counts = vec![[0usize; 2]; nodes + 1];
        codes.iter().for_each(|code| counts[code.index() / 2][code.index() % 2] += 1);
        let mut place_of = vec![usize::MAX; nodes + 1];
        let mut frequent = Vec::new();
        let mut in_sets = 0;
        for (node, [below, direct]) in counts.into_iter().enumerate() {
            if (below + direct) * FREQUENT_SHARE >= paragraphs as usize && below + direct > 0 {
                place_of[node] = frequent.len();
                in_sets += below + direct;
                frequent.push(FrequentNode {
                    node,
                    subtree: Bits::empty(paragraphs),
                    direct: (below > 0 && direct > 0).then(|| Bits::empty(paragraphs)),
                    is_direct: below == 0,
                });
            }
        }
        if frequent.is_empty() {
            return None;
        }
        let mut rest = Vec::with_capacity(codes.len().saturating_sub(in_sets));
        let mut lengths = Vec::with_capacity(paragraphs as usize);
        let mut with_rest = Bits::empty(paragraphs);
        for paragraph in 0..paragraphs {
            let begin = rest.len();
            for &code in &codes[ranges.range(paragraph)] {
                let Some(node) = frequent.get_mut(place_of[code.index() / 2]) else {
                    rest.push(code);
                    continue;
                };
                node.subtree.insert(paragraph);
                if let Some(direct) = node.direct.as_mut().filter(|_| code.index() % 2 == 1) {
                    direct.insert(paragraph);
                }
            }
            if rest.len() > begin {
                with_rest.insert(paragraph);
            }
            lengths.push(rest.len() - begin);
        }
        let words = frequent.len() * with_rest.blocks();
        let worthwhile = words / WORDS_A_CODE * paragraphs as usize / in_sets;
        let offsets = ListOffsets::new(lengths.into_iter())?;
        Some(FrequentNodes { nodes: frequent, with_rest, offsets, codes: rest, worthwhile })
    }

    /// Whether so many paragraphs are quicker to count by sets.
    pub(super) fn suit(&self, paragraphs: u32) -> bool {
        paragraphs as usize >= self.worthwhile
    }

    /// Gives `visit` what a set has of each frequent node; `ends` holds the last paragraph of every document.
    pub(super) fn each(&self, set: &Bits, ends: &Bits, mut visit: impl FnMut(NodeTotals)) {
        /// So many at once: the carry goes from word to word, and the processor does not wait for it where it has others.
        const TOGETHER: usize = 4;
        let mut tell = |of: &FrequentNode, (paragraphs, documents): (u32, u32)| {
            let direct = match &of.direct {
                Some(direct) => direct.len_within(set),
                None if of.is_direct => paragraphs,
                None => 0,
            };
            visit(NodeTotals { node: of.node, paragraphs, direct, documents });
        };
        let (groups, rest) = self.nodes.as_chunks::<TOGETHER>();
        for group in groups {
            let totals = Bits::totals_of(group.each_ref().map(|of| &of.subtree), set, ends);
            group.iter().zip(totals).for_each(|(of, totals)| tell(of, totals));
        }
        for of in rest {
            tell(of, of.subtree.totals(Some(set), ends));
        }
    }

    /// What of a set has a code of another node.
    pub(super) fn with_rest(&self, set: &Bits) -> Bits {
        let mut rest = set.clone();
        rest.intersect(&self.with_rest);
        rest
    }

    /// The codes of the other nodes.
    pub(super) fn rest(&self) -> (&ListOffsets, &[[u8; 2]]) {
        (&self.offsets, &self.codes)
    }

    pub(super) fn bytes(&self) -> usize {
        let sets = self.nodes.iter().map(|of| of.subtree.bytes() + of.direct.as_ref().map_or(0, Bits::bytes));
        sets.sum::<usize>() + self.with_rest.bytes() + self.offsets.bytes() + size_of_val(&*self.codes)
    }
}
