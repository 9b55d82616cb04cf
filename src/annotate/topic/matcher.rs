//! Finds cues in a text: a trie over stemmed words, walked once from every word.
//!
//! In: a text's words and its actor tags. Out: [`Hit`]s, each naming a cue and the bytes it covers, the
//! ones nested in a longer cue of the same top left out. The trie is at most [`DEEPEST`] words deep, so
//! the time is linear in the text.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use super::cue::Pattern;
use super::surfaces::{Surface, Surfaces};
use super::words::{Word, each_number, each_word};
use crate::document::{ActorTag, Span};

/// The longest cue, in words.
pub(super) const DEEPEST: usize = 8;

/// The number of a cue in the compiled taxonomy.
pub(super) type CueId = u32;

/// Where a cue stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) cue: CueId,
    pub(super) span: Span,
}

/// What the matcher must know of a cue to match it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    /// The number of its top; hits silence each other only inside one.
    pub(super) top: u16,
    /// Of two cues of one top on the same words the heavier stands.
    pub(super) weight: f32,
    /// Whether it silences also what begins inside it and ends behind it.
    pub(super) blocks: bool,
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

/// What stands at the end of a sequence of words.
#[derive(Debug, Clone, Copy)]
enum Leaf {
    /// A cue; the bits say which of its words must stand in capitals.
    Whole { cue: CueId, capitals: u8 },
    /// Half of a pair.
    Half { cue: CueId, right: bool, within: u8 },
}

/// A word that occurs in a cue.
#[derive(Debug, Clone, Copy)]
struct Token {
    /// Its number; not 0.
    word: u32,
    /// Which word of the text it is; others lie between where two do not follow each other.
    place: u32,
    sentence: u32,
    start: u32,
    end: u32,
    upper: bool,
}

/// Half of a pair that was seen.
#[derive(Debug, Clone, Copy)]
struct Seen {
    cue: CueId,
    right: bool,
    /// Its first and last word, as places in the text.
    first: u32,
    last: u32,
    sentence: u32,
    /// Its bytes.
    span: Span,
}

/// Room that is used again for every text.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    surfaces: Surfaces,
    tokens: Vec<Token>,
    seen: Vec<Seen>,
    found: Vec<Hit>,
    /// By top: how far the longest match yet reaches, and how far the last block.
    covered: Vec<(usize, usize)>,
}

/// The compiled cues.
#[derive(Debug, Default)]
pub(super) struct Matcher {
    words: Table<u32>,
    /// Node and word to node; node 0 is the root.
    edges: Table<u32>,
    /// By the number of a word: the node that cues starting with it go through, or 0.
    starts: Vec<u32>,
    /// By node.
    leaves: Vec<Vec<Leaf>>,
    /// By node: whether a longer cue goes on from it.
    goes_on: Vec<bool>,
    actors: HashMap<Box<str>, Vec<CueId>>,
    targets: Vec<Target>,
    tops: usize,
}

fn edge(node: u32, word: u32) -> u64 {
    (u64::from(node) << 32) | u64::from(word)
}

impl Matcher {
    pub(super) fn new(tops: usize) -> Matcher {
        Matcher { starts: vec![0], leaves: vec![Vec::new()], goes_on: vec![true], tops, ..Matcher::default() }
    }

    /// Adds a cue and gives its number, which counts up from 0.
    ///
    /// The error says why the pattern cannot be matched.
    pub(super) fn add(&mut self, text: &str, target: Target) -> Result<CueId, String> {
        let cue = self.targets.len() as CueId;
        match Pattern::of(text)? {
            Pattern::Actor(id) => self.actors.entry(id.into()).or_default().push(cue),
            Pattern::Words(words) => {
                let (node, capitals) = self.path(words)?;
                self.leaves[node as usize].push(Leaf::Whole { cue, capitals });
            }
            Pattern::Pair { left, right, within } => {
                for (sides, right) in [(left, false), (right, true)] {
                    for words in sides {
                        let (node, _) = self.path(words)?;
                        self.leaves[node as usize].push(Leaf::Half { cue, right, within: within as u8 });
                    }
                }
            }
        }
        self.targets.push(target);
        Ok(cue)
    }

    /// The node at the end of the words, and which of them stand in capitals.
    fn path(&mut self, words: &str) -> Result<(u32, u8), String> {
        let (mut node, mut capitals, mut length) = (0, 0, 0);
        let mut sequence = Vec::new();
        each_word(words, |word| sequence.push(word));
        for word in &sequence {
            // A single capital is a name's initial or a word like "A"; only longer ones are acronyms.
            if word.upper && word.end - word.start > 1 && length < DEEPEST {
                capitals |= 1 << length;
            }
            length += 1;
            let next_word = self.words.len() as u32 + 1;
            let id = *self.words.entry(word.hash).or_insert(next_word);
            if id == next_word {
                self.starts.push(0);
            }
            let next_node = self.leaves.len() as u32;
            let next = *self.edges.entry(edge(node, id)).or_insert(next_node);
            if next == next_node {
                self.leaves.push(Vec::new());
                self.goes_on.push(false);
                self.goes_on[node as usize] = true;
                if node == 0 {
                    self.starts[id as usize] = next;
                }
            }
            node = next;
        }
        match length {
            0 => Err("found no word".to_owned()),
            1..=DEEPEST => Ok((node, capitals)),
            _ => Err(format!("found {length} words, expected at most {DEEPEST}")),
        }
    }

    /// Puts the hits of a text into `hits`, in the order of the text.
    pub(super) fn find(&self, text: &str, actors: &[ActorTag], scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        hits.clear();
        scratch.tokens.clear();
        let (mut upper, mut total) = (0_u32, 0_u32);
        let Scratch { surfaces, tokens, .. } = scratch;
        let bytes = text.as_bytes();
        let look_up = |hash: u64| self.words.get(&hash).copied().unwrap_or(0);
        let number = |plain: Option<Range<usize>>, hash: &mut dyn FnMut() -> u64| {
            let surface = plain.and_then(|range| Surface::of(bytes, range.start, range.end));
            u64::from(match surface {
                Some(surface) => surfaces.number(surface, || look_up(hash())),
                None => look_up(hash()),
            })
        };
        each_number(text, number, |word| {
            if word.hash != 0 {
                let Word { hash, start, end, upper, sentence } = word;
                tokens.push(Token { word: hash as u32, place: total, sentence, start, end, upper });
            }
            total += 1;
            upper += u32::from(word.upper);
        });
        // In a text that stands in capitals they say nothing.
        let shouted = total > 3 && upper * 10 > total * 7;
        self.walk(shouted, scratch);
        self.add_actors(actors, text, &mut scratch.found);
        self.leave_out_nested(scratch, hits);
    }

    fn walk(&self, shouted: bool, scratch: &mut Scratch) {
        let Scratch { tokens, seen, found, .. } = scratch;
        seen.clear();
        found.clear();
        for (at, first) in tokens.iter().enumerate() {
            let mut node = self.starts[first.word as usize];
            if node == 0 {
                continue;
            }
            let mut spoken = 0_u8;
            for (depth, token) in tokens[at..].iter().take(DEEPEST).enumerate() {
                if depth > 0 {
                    let follows = token.place == first.place + depth as u32 && token.sentence == first.sentence;
                    if !follows || !self.goes_on[node as usize] {
                        break;
                    }
                    let Some(&next) = self.edges.get(&edge(node, token.word)) else { break };
                    node = next;
                }
                spoken |= u8::from(token.upper || shouted) << depth;
                for &leaf in &self.leaves[node as usize] {
                    let span = Span::new(first.start as usize, token.end as usize);
                    match leaf {
                        Leaf::Whole { cue, capitals } if capitals & !spoken == 0 => found.push(Hit { cue, span }),
                        Leaf::Whole { .. } => {}
                        Leaf::Half { cue, right, within } => {
                            let (last, sentence) = (token.place, token.sentence);
                            meet(Seen { cue, right, first: first.place, last, sentence, span }, within, seen, found);
                        }
                    }
                }
            }
        }
    }

    fn add_actors(&self, actors: &[ActorTag], text: &str, found: &mut Vec<Hit>) {
        if self.actors.is_empty() {
            return;
        }
        for actor in actors {
            let Some(mention) = actor.mentions.iter().find(|mention| text.get(mention.span.range()).is_some()) else {
                continue;
            };
            let mut add = |cues: &[CueId]| {
                found.extend(cues.iter().map(|&cue| Hit { cue, span: mention.span }));
            };
            if let Some(cues) = self.actors.get(&*actor.id) {
                add(cues);
            }
            for step in actor.path.steps().skip(1).filter(|step| **step != *actor.id) {
                if let Some(cues) = self.actors.get(step) {
                    add(cues);
                }
            }
        }
    }

    /// Longest wins inside a top: what is nested in a longer match of its top is left out.
    fn leave_out_nested(&self, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        let Scratch { found, covered, .. } = scratch;
        found.sort_unstable_by(|one, other| {
            let key = |found: &Hit| (found.span.start, std::cmp::Reverse(found.span.end));
            let weight = |found: &Hit| self.targets[found.cue as usize].weight;
            let heavier = || weight(other).total_cmp(&weight(one)).then(one.cue.cmp(&other.cue));
            key(one).cmp(&key(other)).then_with(heavier)
        });
        covered.clear();
        covered.resize(self.tops, (0, 0));
        for one in found.iter() {
            let target = self.targets[one.cue as usize];
            let (end, blocked) = &mut covered[target.top as usize];
            // What covers this one started at or before it, so its end alone tells.
            if one.span.end > *end && one.span.start >= *blocked {
                *end = one.span.end;
                hits.push(*one);
                if target.blocks {
                    *blocked = one.span.end;
                }
            }
        }
    }
}

/// Notes half of a pair, and the pair when its other half stands near enough before it.
fn meet(half: Seen, within: u8, seen: &mut Vec<Seen>, found: &mut Vec<Hit>) {
    for other in seen.iter().rev() {
        // A half is at most DEEPEST words long, so none that started further back can reach the window.
        if other.first + u32::from(within) + 2 * DEEPEST as u32 <= half.first || other.sentence != half.sentence {
            break;
        }
        let apart = half.first > other.last;
        if other.cue == half.cue
            && other.right != half.right
            && apart
            && half.first - other.last - 1 <= u32::from(within)
        {
            found.push(Hit { cue: half.cue, span: Span::new(other.span.start, half.span.end) });
            break;
        }
    }
    seen.push(half);
}

/// Says why a cue's text could not be matched, before it is put into a taxonomy.
pub(super) fn check(text: &str) -> Result<(), String> {
    Matcher::new(1).add(text, Target { top: 0, weight: 0.0, blocks: false }).map(|_| ())
}
