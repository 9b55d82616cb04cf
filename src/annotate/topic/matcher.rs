//! Finds cues in a text: a trie over stemmed words, walked once from every word.
//!
//! In: a text's words and its actor tags. Out: [`Hit`]s, each naming a cue and the bytes it covers, the
//! ones nested in a longer cue of the same top left out. The trie is at most [`DEEPEST`] words deep, so
//! the time is linear in the text.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::cue::Pattern;
use super::pairs::{APART, NewPair, Pairs, PhraseId, Places};
use super::surfaces::Surfaces;
use super::trie::{DEEPEST, Growing, NO_WORD, Trie};
use super::words::{Numbers, Word, each_number, plain_hash};
use crate::document::{ActorTag, Span};
use crate::text::{Run, cut};

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

/// A word that occurs in a cue.
#[derive(Debug, Clone, Copy, Default)]
struct Token {
    /// Its number; not 0.
    word: u32,
    /// Which word of the text it is; others, or the end of a sentence, lie between where two do not follow each other.
    place: u32,
    start: u32,
    end: u32,
    upper: bool,
}

impl Token {
    /// Whether it is the next word of the same sentence.
    #[inline]
    fn follows(&self, before: &Token) -> bool {
        self.place == before.place.wrapping_add(1)
    }
}

/// Room that is used again for every text.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    surfaces: Surfaces,
    /// By run: the number of its word.
    numbers: Vec<u32>,
    tokens: Vec<Token>,
    /// The tokens with which something may begin: twice their number, and one more where they may begin something longer.
    begins: Vec<u32>,
    places: Places,
    /// Cues of words, and those with the cues that are actors.
    found: Vec<Hit>,
    all: Vec<Hit>,
    /// The blocks, with their tops.
    blocks: Vec<(u16, Span)>,
    /// By top.
    covered: Vec<Cover>,
}

/// How far the matches of a top reach that were found so far.
#[derive(Debug, Clone, Copy, Default)]
struct Cover {
    /// Where the longest match ends.
    end: usize,
    /// What stands inside it counts if it weighs more than this.
    least: f32,
    /// Where the last block ends.
    blocked: usize,
}

/// Cues on their way to a [`Matcher`].
#[derive(Debug)]
pub(super) struct MatcherBuilder {
    trie: Growing,
    pairs: Vec<NewPair>,
    actors: HashMap<Box<str>, Vec<CueId>, BuildHasherDefault<ShortNames>>,
    targets: Vec<Target>,
    is_pair: Vec<bool>,
}

/// The compiled cues.
#[derive(Debug)]
pub(super) struct Matcher {
    trie: Trie,
    pairs: Pairs,
    actors: HashMap<Box<str>, Vec<CueId>, BuildHasherDefault<ShortNames>>,
    targets: Vec<Target>,
    /// By cue: whether it is a pair.
    is_pair: Vec<bool>,
    tops: usize,
}

/// FNV-1a: ids of actors are short and come from tables, and every tag of a paragraph is looked up with each step of
/// its path.
#[derive(Debug, Clone, Copy)]
struct ShortNames(u64);

impl Default for ShortNames {
    fn default() -> ShortNames {
        ShortNames(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for ShortNames {
    fn finish(&self) -> u64 {
        // The table takes its tags from the high bits, which the last letters hardly reach.
        self.0 ^ (self.0 << 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

impl MatcherBuilder {
    pub(super) fn new() -> MatcherBuilder {
        MatcherBuilder {
            trie: Growing::new(),
            pairs: Vec::new(),
            actors: HashMap::default(),
            targets: Vec::new(),
            is_pair: Vec::new(),
        }
    }

    /// Adds a cue and gives its number, which counts up from 0.
    ///
    /// The error says why the pattern cannot be matched.
    pub(super) fn add(&mut self, text: &str, target: Target) -> Result<CueId, String> {
        let cue = self.targets.len() as CueId;
        let pattern = Pattern::of(text)?;
        let is_pair = matches!(pattern, Pattern::Pair { .. });
        match pattern {
            Pattern::Actor(id) => self.actors.entry(id.into()).or_default().push(cue),
            Pattern::Words(words) => {
                let (node, capitals) = self.trie.path(words)?;
                self.trie.put_whole(node, cue, capitals);
            }
            Pattern::Pair { left, right, within } => {
                let mut phrases = |side: Vec<&str>| side.into_iter().map(|words| self.trie.phrase(words)).collect();
                let left: Result<Vec<PhraseId>, String> = phrases(left);
                let right: Result<Vec<PhraseId>, String> = phrases(right);
                self.pairs.push(NewPair { cue, within, sides: [left?, right?] });
            }
        }
        self.targets.push(target);
        self.is_pair.push(is_pair);
        Ok(cue)
    }

    /// The matcher of the cues, for a taxonomy with so many tops.
    pub(super) fn finish(self, tops: usize) -> Matcher {
        let MatcherBuilder { trie, pairs, actors, targets, is_pair } = self;
        let pairs = Pairs::new(pairs, &trie.uses_of_phrases());
        Matcher { trie: trie.finish(), pairs, actors, targets, is_pair, tops }
    }
}

/// Gives words the numbers that they have in the trie.
struct TrieNumbers<'a> {
    trie: &'a Trie,
    /// By run.
    plain: &'a [u32],
}

impl Numbers for TrieNumbers<'_> {
    #[inline]
    fn plain(&mut self, place: usize, _: &[u8]) -> u64 {
        u64::from(self.plain[place])
    }

    fn other(&mut self, hash: u64) -> u64 {
        u64::from(self.trie.word(hash))
    }
}

impl Matcher {
    /// Puts the hits of a text into `hits`, in the order of the text.
    pub(super) fn find(&self, text: &str, actors: &[ActorTag], scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        let mut runs = Vec::new();
        cut(text, &mut runs);
        self.find_words(text, &runs, scratch);
        let found = std::mem::take(&mut scratch.found);
        self.choose(&found, text, actors, scratch, hits);
        scratch.found = found;
    }

    /// Lists the cues of words that stand in a text, which is cut into `runs`.
    pub(super) fn find_words<'a>(&self, text: &str, runs: &[Run], scratch: &'a mut Scratch) -> &'a [Hit] {
        let shouted = self.read(text, runs, scratch);
        self.walk(shouted, scratch);
        &scratch.found
    }

    /// Puts the hits of a text into `hits`, of the cues of words that stand in it and the actors that it names.
    pub(super) fn choose(
        &self,
        words: &[Hit],
        text: &str,
        actors: &[ActorTag],
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
    ) {
        scratch.all.clear();
        scratch.all.extend_from_slice(words);
        self.add_actors(actors, text, &mut scratch.all);
        self.leave_out_nested(scratch, hits);
    }

    /// Lists the words of a text that are in cues, and the places where something may begin. Gives whether the text
    /// stands in capitals, where they say nothing.
    ///
    /// Three words of five are in some cue, and one in five may begin one. Asked of each word as it was looked up, that
    /// was guessed wrong, and the guess waited for the look-up. Now words are looked up beforehand, and each is written down
    /// in any case, the next one over it if it does not count: tagging takes a fifth less.
    fn read(&self, text: &str, runs: &[Run], scratch: &mut Scratch) -> bool {
        let (mut upper, mut total) = (0_u32, 0_u32);
        let Scratch { surfaces, tokens, begins, numbers, .. } = scratch;
        // By themselves, so that the many look-ups that miss the first cache are under way together.
        numbers.clear();
        let number = |run: &Run| surfaces.number(run, || self.trie.word(plain_hash(&text.as_bytes()[run.range()])));
        numbers.extend(runs.iter().map(number));
        tokens.resize(runs.len() + 1, Token::default());
        let (mut last, mut place, mut within) = (0, 0_u32, 0);
        each_number(text, runs, TrieNumbers { trie: &self.trie, plain: numbers }, |word| {
            let number = word.hash as u32;
            if last == tokens.len() {
                tokens.push(Token::default());
            }
            let Word { start, end, upper: is_upper, sentence, .. } = word;
            place = place.wrapping_add(if sentence == within { 1 } else { APART });
            within = sentence;
            tokens[last] = Token { word: number, place, start, end, upper: is_upper };
            last += usize::from(number != NO_WORD);
            total += 1;
            upper += u32::from(is_upper);
        });
        tokens.truncate(last);
        begins.resize(last + 1, 0);
        let mut count = 0;
        for (at, token) in tokens.iter().enumerate() {
            let next = tokens.get(at + 1).unwrap_or(token);
            let goes_on = next.follows(token) & self.trie.may_begin(token.word, next.word);
            begins[count] = (at as u32) << 1 | u32::from(goes_on);
            count += usize::from(self.trie.is_alone(token.word) | goes_on);
        }
        begins.truncate(count);
        total > 3 && upper * 10 > total * 7
    }

    fn walk(&self, shouted: bool, scratch: &mut Scratch) {
        let Scratch { tokens, begins, places, found, .. } = scratch;
        places.clear(&self.pairs);
        found.clear();
        for &begin in begins.iter() {
            let tokens = &tokens[(begin >> 1) as usize..];
            let first = tokens[0];
            let mut spoken = u8::from(first.upper || shouted);
            let mut node = self.trie.start(first.word);
            self.arrive(node, &first, &first, spoken, places, found);
            if begin & 1 == 0 {
                continue;
            }
            for (depth, pair) in tokens.windows(2).take(DEEPEST - 1).enumerate() {
                let token = &pair[1];
                if !token.follows(&pair[0]) || !self.trie.goes_on(node) {
                    break;
                }
                let Some(next) = self.trie.step(node, token.word) else { break };
                node = next;
                spoken |= u8::from(token.upper || shouted) << (depth + 1);
                self.arrive(node, &first, token, spoken, places, found);
            }
        }
        self.pairs.find(places, found);
    }

    /// Takes down what ends at a node, from one word to another; `spoken` says which of them stand in capitals.
    #[inline]
    fn arrive(&self, node: u32, first: &Token, last: &Token, spoken: u8, places: &mut Places, found: &mut Vec<Hit>) {
        for whole in self.trie.wholes(node).filter(|whole| whole.capitals & !spoken == 0) {
            found.push(Hit { cue: whole.cue, span: Span::new(first.start as usize, last.end as usize) });
        }
        if let Some(phrase) = self.trie.phrase(node) {
            places.add(phrase, (first.place, last.place), (first.start, last.end));
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

    /// Longest wins inside a top: what is nested in a longer match of its top is left out, unless it weighs more. A
    /// pair spans words that are not its own: "arrived for talks on the truce" must not lose the talks to the arrival.
    /// Nor does a pair count of which a half stands in a block: "a climate of trust and security" is not about climate.
    fn leave_out_nested(&self, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        let Scratch { all, covered, blocks, .. } = scratch;
        hits.clear();
        blocks.clear();
        let block = |hit: &Hit| {
            let target = self.targets[hit.cue as usize];
            target.blocks.then_some((target.top, hit.span))
        };
        blocks.extend(all.iter().filter_map(block));
        if !blocks.is_empty() {
            all.retain(|hit| !self.is_pair[hit.cue as usize] || !self.is_half_blocked(hit, blocks));
        }
        all.sort_unstable_by(|one, other| {
            let key = |found: &Hit| (found.span.start, std::cmp::Reverse(found.span.end));
            let weight = |found: &Hit| self.targets[found.cue as usize].weight;
            let heavier = || weight(other).total_cmp(&weight(one)).then(one.cue.cmp(&other.cue));
            key(one).cmp(&key(other)).then_with(heavier)
        });
        covered.clear();
        covered.resize(self.tops, Cover::default());
        for one in all.iter() {
            let target = self.targets[one.cue as usize];
            let cover = &mut covered[target.top as usize];
            // What covers this one started at or before it, so its end alone tells.
            let is_outside = one.span.end > cover.end;
            if one.span.start >= cover.blocked && (is_outside || target.weight > cover.least) {
                // Only a pair lets something heavier through; what came through then covers like any other.
                cover.least = if is_outside && self.is_pair[one.cue as usize] { target.weight } else { f32::INFINITY };
                cover.end = cover.end.max(one.span.end);
                hits.push(*one);
                if target.blocks {
                    cover.blocked = one.span.end;
                }
            }
        }
    }

    /// Whether the first or the last word of a pair stands in one of the blocks, as long as the block is of its top.
    fn is_half_blocked(&self, pair: &Hit, blocks: &[(u16, Span)]) -> bool {
        let top = self.targets[pair.cue as usize].top;
        let Span { start, end } = pair.span;
        let is_over = |block: &Span| block.start <= start && start < block.end || block.start < end && end <= block.end;
        blocks.iter().any(|(its, block)| *its == top && is_over(block))
    }
}

/// Says why a cue's text could not be matched, before it is put into a taxonomy.
pub(super) fn check(text: &str) -> Result<(), String> {
    MatcherBuilder::new().add(text, Target { top: 0, weight: 0.0, blocks: false }).map(|_| ())
}
