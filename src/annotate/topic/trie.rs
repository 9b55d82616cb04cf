//! The words of cues as a trie: sequences of stemmed words in, what stands at the end of each out.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use super::matcher::CueId;
use super::pairs::PhraseId;
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
    /// Whether it is the last one that ends with the sequence.
    is_last: bool,
}

/// What stands at the end of a sequence of words.
#[derive(Debug, Clone, Default)]
struct Leaves {
    wholes: Vec<Whole>,
    phrase: Option<PhraseId>,
    /// The word, where it is the only one, or [`NO_WORD`].
    only: u32,
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
    /// By the number of a word: how often it stands in cues.
    uses: Vec<u32>,
    /// By node: the words that go on from it, and where to. Node 0 is the root.
    edges: Vec<Vec<(u32, u32)>>,
    /// By node.
    leaves: Vec<Leaves>,
    /// By phrase: its only word, or [`NO_WORD`] where it has several.
    phrases: Vec<u32>,
}

impl Growing {
    pub(super) fn new() -> Growing {
        Growing {
            words: Table::default(),
            uses: vec![0],
            edges: vec![Vec::new()],
            leaves: vec![Leaves::default()],
            phrases: Vec::new(),
        }
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
            self.uses.resize(self.words.len() + 1, 0);
            self.uses[id as usize] += 1;
            let edges = &self.edges[node as usize];
            node = match edges.binary_search_by_key(&id, |&(word, _)| word) {
                Ok(place) => edges[place].1,
                Err(place) => {
                    let next = self.leaves.len() as u32;
                    self.edges[node as usize].insert(place, (id, next));
                    self.edges.push(Vec::new());
                    self.leaves.push(Leaves { only: if node == 0 { id } else { NO_WORD }, ..Leaves::default() });
                    next
                }
            };
        }
        Ok((node, capitals))
    }

    /// Says that a cue ends at a node, with these of its words in capitals.
    pub(super) fn put_whole(&mut self, node: u32, cue: CueId, capitals: u8) {
        self.leaves[node as usize].wholes.push(Whole { cue, capitals, is_last: false });
    }

    /// The number of these words as a phrase of a pair.
    ///
    /// The error says why they cannot be one.
    pub(super) fn phrase(&mut self, words: &str) -> Result<PhraseId, String> {
        let (node, _) = self.path(words)?;
        let Growing { leaves, phrases, .. } = self;
        let Leaves { phrase, only, .. } = &mut leaves[node as usize];
        Ok(*phrase.get_or_insert_with(|| {
            phrases.push(*only);
            phrases.len() as PhraseId - 1
        }))
    }

    /// By phrase: how common it is among cues. One of several words counts as rare.
    pub(super) fn uses_of_phrases(&self) -> Vec<u32> {
        self.phrases.iter().map(|&word| if word == NO_WORD { 1 } else { self.uses[word as usize] }).collect()
    }

    /// Gives words other numbers: first come those with which something begins and ends, then the others with which
    /// something begins, then the rest, the commonest first in each. So a number tells what may begin, and the tables
    /// of what texts say most are near each other.
    fn renumber(&mut self) -> (u32, u32) {
        let begins: Vec<(u32, u32)> = self.edges[0].clone();
        let mut kinds = vec![2; self.uses.len()];
        for &(word, node) in &begins {
            let Leaves { wholes, phrase, .. } = &self.leaves[node as usize];
            kinds[word as usize] = u32::from(wholes.is_empty() && phrase.is_none());
        }
        let mut order: Vec<u32> = (1..self.uses.len() as u32).collect();
        order.sort_by_key(|&word| (kinds[word as usize], std::cmp::Reverse(self.uses[word as usize]), word));
        let mut numbers = vec![NO_WORD; self.uses.len()];
        order.iter().zip(1..).for_each(|(&word, number)| numbers[word as usize] = number);
        self.words.values_mut().for_each(|word| *word = numbers[*word as usize]);
        for edges in &mut self.edges {
            edges.iter_mut().for_each(|(word, _)| *word = numbers[*word as usize]);
            edges.sort_unstable();
        }
        let alone = kinds.iter().filter(|&&kind| kind == 0).count();
        (alone as u32, begins.len() as u32)
    }

    /// The same trie, laid out to be read.
    pub(super) fn finish(mut self) -> Trie {
        let (alone, begins) = self.renumber();
        let mut trie = Trie {
            words: self.words,
            alone,
            begins,
            labels: vec![NO_WORD],
            nodes: Vec::with_capacity(self.leaves.len()),
            wholes: Vec::new(),
            pairs: Filter::new(),
        };
        for &(word, next) in &self.edges[0] {
            self.edges[next as usize].iter().for_each(|&(second, _)| trie.pairs.add(pair(word, second)));
        }
        let mut queue = VecDeque::from([0]);
        while let Some(node) = queue.pop_front() {
            let edges = &self.edges[node as usize];
            let Leaves { wholes, phrase, .. } = &self.leaves[node as usize];
            trie.nodes.push(Node {
                children: trie.labels.len() as u32,
                width: edges.len() as u32,
                wholes: if wholes.is_empty() { NOTHING } else { trie.wholes.len() as u32 },
                phrase: phrase.unwrap_or(NOTHING),
            });
            for &(word, next) in edges {
                trie.labels.push(word);
                queue.push_back(next);
            }
            trie.wholes.extend_from_slice(wholes);
            if let Some(last) = trie.wholes.last_mut() {
                last.is_last = true;
            }
        }
        trie
    }
}

/// No leaf of a sort.
const NOTHING: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Node {
    /// Its children stand side by side from here on, by the number of their word.
    children: u32,
    width: u32,
    /// Where the cues that end here start, or [`NOTHING`].
    wholes: u32,
    /// The phrase that ends here, or [`NOTHING`].
    phrase: u32,
}

/// A trie that is read. Children in order beside each other instead of a hash table of edges: most nodes have one
/// child or none, and looking one up took a sixth of the time of tagging topics.
#[derive(Debug)]
pub(super) struct Trie {
    words: Table<u32>,
    /// The last word that something begins and ends with, and the last one that something begins with; words are
    /// numbered so. The children of the root have the numbers of their words.
    alone: u32,
    begins: u32,
    /// By node: the word that leads to it.
    labels: Vec<u32>,
    nodes: Vec<Node>,
    wholes: Vec<Whole>,
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
    /// Whether something ends with a word that it also begins.
    #[inline]
    pub(super) fn is_alone(&self, word: u32) -> bool {
        word <= self.alone
    }

    /// Whether something longer may begin with two words that follow each other. "No" is certain.
    #[inline]
    pub(super) fn may_begin(&self, word: u32, next: u32) -> bool {
        (word <= self.begins) & self.pairs.may_hold(pair(word, next))
    }

    /// The number of the word with this hash, [`NO_WORD`] where no cue has it.
    pub(super) fn word(&self, hash: u64) -> u32 {
        self.words.get(&hash).copied().unwrap_or(NO_WORD)
    }

    /// Where cues that begin with a word go on, for one that may begin something.
    #[inline]
    pub(super) fn start(&self, word: u32) -> u32 {
        word
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

    /// The cues that end at a node; it is not asked for one by one, because few nodes have any.
    #[inline]
    pub(super) fn wholes(&self, node: u32) -> impl Iterator<Item = &Whole> {
        let from = self.nodes[node as usize].wholes as usize;
        let mut goes_on = true;
        self.wholes
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(move |whole| std::mem::replace(&mut goes_on, !whole.is_last))
    }

    /// The phrase of some pair that ends at a node.
    #[inline]
    pub(super) fn phrase(&self, node: u32) -> Option<PhraseId> {
        Some(self.nodes[node as usize].phrase).filter(|&phrase| phrase != NOTHING)
    }

    #[inline]
    pub(super) fn goes_on(&self, node: u32) -> bool {
        self.nodes[node as usize].width > 0
    }
}
