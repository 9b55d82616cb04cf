//! The words of cues as a trie: sequences of stemmed words in, what stands at the end of each out.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use super::matcher::CueId;
use super::words::{Word, each_word};
use crate::annotate::filter::Filter;

/// The longest cue, in words.
pub(super) const DEEPEST: usize = 8;

/// The number of a word that is in no cue.
pub(super) const NO_WORD: u32 = 0;

/// A cue that ends with a sequence of words; the bits say which of them must stand in capitals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    pub(super) cue: CueId,
    pub(super) capitals: u8,
}

/// One side of a pair that ends with a sequence of words; pairs have numbers of their own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Half {
    pub(super) cue: CueId,
    pub(super) pair: u16,
    pub(super) right: bool,
    pub(super) within: u8,
}

/// What stands at the end of a sequence of words.
#[derive(Debug, Clone, Default)]
struct Leaves {
    wholes: Vec<Whole>,
    halves: Vec<Half>,
}

/// Keys are hashes already.
#[derive(Debug, Clone, Copy, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        // The table takes its buckets from the low bits and its tags from the high ones.
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 << 8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

type Table<V> = HashMap<u64, V, BuildHasherDefault<AsIs>>;

/// A trie that grows.
#[derive(Debug)]
pub(super) struct Growing {
    words: Table<u32>,
    /// By node: the words that go on from it, and where to. Node 0 is the root.
    edges: Vec<Vec<(u32, u32)>>,
    /// By node.
    leaves: Vec<Leaves>,
}

impl Growing {
    pub(super) fn new() -> Growing {
        Growing { words: Table::default(), edges: vec![Vec::new()], leaves: vec![Leaves::default()] }
    }

    /// The node at the end of the words, and which of them stand in capitals.
    ///
    /// The error says why there cannot be one.
    pub(super) fn path(&mut self, words: &str) -> Result<(u32, u8), String> {
        let (mut node, mut capitals) = (0, 0);
        let mut sequence: Vec<Word> = Vec::new();
        each_word(words, |word| sequence.push(word));
        match sequence.len() {
            0 => return Err("found no word".to_owned()),
            1..=DEEPEST => {}
            length => return Err(format!("found {length} words, expected at most {DEEPEST}")),
        }
        for (place, word) in sequence.iter().enumerate() {
            // A single capital is a name's initial or a word like "A"; only longer ones are acronyms.
            if word.upper && word.end - word.start > 1 {
                capitals |= 1 << place;
            }
            let next_word = self.words.len() as u32 + 1;
            let id = *self.words.entry(word.hash).or_insert(next_word);
            let edges = &self.edges[node as usize];
            node = match edges.binary_search_by_key(&id, |&(word, _)| word) {
                Ok(place) => edges[place].1,
                Err(place) => {
                    let next = self.leaves.len() as u32;
                    self.edges[node as usize].insert(place, (id, next));
                    self.edges.push(Vec::new());
                    self.leaves.push(Leaves::default());
                    next
                }
            };
        }
        Ok((node, capitals))
    }

    pub(super) fn put_whole(&mut self, node: u32, whole: Whole) {
        self.leaves[node as usize].wholes.push(whole);
    }

    pub(super) fn put_half(&mut self, node: u32, half: Half) {
        self.leaves[node as usize].halves.push(half);
    }

    /// The same trie, laid out to be read.
    pub(super) fn finish(self) -> Trie {
        let mut trie = Trie {
            starts: vec![NOWHERE; self.words.len() + 1],
            words: self.words,
            labels: vec![NO_WORD],
            nodes: Vec::with_capacity(self.leaves.len() + 1),
            wholes: Vec::new(),
            halves: Vec::new(),
            alone: Vec::new(),
            pairs: Filter::new(),
        };
        trie.alone = vec![false; trie.starts.len()];
        for &(word, next) in &self.edges[0] {
            let Leaves { wholes, halves } = &self.leaves[next as usize];
            trie.alone[word as usize] = !wholes.is_empty() || !halves.is_empty();
            self.edges[next as usize].iter().for_each(|&(second, _)| trie.pairs.add(pair(word, second)));
        }
        let mut queue = VecDeque::from([0]);
        while let Some(node) = queue.pop_front() {
            let edges = &self.edges[node as usize];
            trie.nodes.push(Node {
                children: trie.labels.len() as u32,
                width: edges.len() as u32,
                wholes: trie.wholes.len() as u32,
                halves: trie.halves.len() as u32,
            });
            for &(word, next) in edges {
                if node == 0 {
                    trie.starts[word as usize] = trie.labels.len() as u32;
                }
                trie.labels.push(word);
                queue.push_back(next);
            }
            trie.wholes.extend_from_slice(&self.leaves[node as usize].wholes);
            trie.halves.extend_from_slice(&self.leaves[node as usize].halves);
        }
        // One more, so that every node's leaves end where those of the next begin.
        let (wholes, halves) = (trie.wholes.len() as u32, trie.halves.len() as u32);
        trie.nodes.push(Node { children: 0, width: 0, wholes, halves });
        trie
    }
}

/// Where no cue begins.
const NOWHERE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Node {
    /// Its children stand side by side from here on, by the number of their word.
    children: u32,
    width: u32,
    /// Where its leaves start, of either kind.
    wholes: u32,
    halves: u32,
}

/// A trie that is read. Children in order beside each other instead of a hash table of edges: most nodes have one
/// child or none, and looking one up took a sixth of the time of tagging topics.
#[derive(Debug)]
pub(super) struct Trie {
    words: Table<u32>,
    /// By the number of a word: the node that cues starting with it go through, or [`NOWHERE`].
    starts: Vec<u32>,
    /// By node: the word that leads to it.
    labels: Vec<u32>,
    nodes: Vec<Node>,
    wholes: Vec<Whole>,
    halves: Vec<Half>,
    /// By the number of a word: whether something ends with it that it also begins.
    alone: Vec<bool>,
    /// The first two words of all that is longer.
    pairs: Filter<2048>,
}

/// Two words as one member of a filter. Multiplicative hashing (Knuth).
#[inline]
fn pair(first: u32, second: u32) -> u64 {
    let mixed = (u64::from(first) << 32 | u64::from(second)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 32
}

impl Trie {
    /// Whether something may begin with a word: with it alone, or with it and the one that follows, if one does. "No"
    /// is certain.
    #[inline]
    pub(super) fn may_begin(&self, word: u32, next: u32, follows: bool) -> bool {
        self.alone[word as usize] | follows & self.pairs.may_hold(pair(word, next))
    }

    /// The number of the word with this hash, [`NO_WORD`] where no cue has it.
    pub(super) fn word(&self, hash: u64) -> u32 {
        self.words.get(&hash).copied().unwrap_or(NO_WORD)
    }

    /// Where cues that begin with a word go on.
    #[inline]
    pub(super) fn start(&self, word: u32) -> Option<u32> {
        Some(self.starts[word as usize]).filter(|&node| node != NOWHERE)
    }

    /// Where cues that have come to a node go on with a word.
    #[inline]
    pub(super) fn step(&self, node: u32, word: u32) -> Option<u32> {
        /// From here on halving is quicker than looking at each.
        const WIDE: usize = 16;
        let node = self.nodes[node as usize];
        let children = &self.labels[node.children as usize..][..node.width as usize];
        let place = if children.len() < WIDE {
            children.iter().position(|&child| child == word)
        } else {
            children.binary_search(&word).ok()
        };
        place.map(|place| node.children + place as u32)
    }

    #[inline]
    pub(super) fn wholes(&self, node: u32) -> &[Whole] {
        let (from, to) = (self.nodes[node as usize].wholes, self.nodes[node as usize + 1].wholes);
        &self.wholes[from as usize..to as usize]
    }

    #[inline]
    pub(super) fn halves(&self, node: u32) -> &[Half] {
        let (from, to) = (self.nodes[node as usize].halves, self.nodes[node as usize + 1].halves);
        &self.halves[from as usize..to as usize]
    }

    #[inline]
    pub(super) fn goes_on(&self, node: u32) -> bool {
        self.nodes[node as usize].width > 0
    }
}
