//! Pairs of phrases: where phrases stand in a text in, the pairs of them that are near enough to each other out.
//!
//! One word of four is a phrase of some pair, and one such as "nuclear" of many, but of hardly any pair both sides
//! stand in a text. So a pair is looked for from that side alone whose words are in fewer cues, and only where the
//! other one stands, too, places are compared.

use super::matcher::{CueId, Hit};
use super::trie::DEEPEST;
use crate::document::Span;

/// The number of a phrase that is on some side of a pair.
pub(super) type PhraseId = u32;

/// Between two sentences, places leave out so many, so that no pair and no sequence reaches over.
pub(super) const APART: u32 = 64;

/// A pair on its way to [`Pairs`].
#[derive(Debug)]
pub(super) struct NewPair {
    pub(super) cue: CueId,
    /// How many words may stand between its sides.
    pub(super) within: u32,
    /// One phrase of each side must stand there, in either order.
    pub(super) sides: [Vec<PhraseId>; 2],
}

/// The pairs of a taxonomy.
#[derive(Debug)]
pub(super) struct Pairs {
    pairs: Vec<Pair>,
    /// The phrases of their sides.
    phrases: Vec<PhraseId>,
    /// By phrase: where the pairs that are looked for from it begin in `keys`; one more at the end.
    firsts: Vec<u32>,
    /// Numbers of pairs.
    keys: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Pair {
    cue: CueId,
    within: u32,
    /// Where its sides stand in the list of phrases; it is looked for from the first one.
    sides: [(u32, u32); 2],
}

/// Where a phrase stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Its first and its last word, as places in the text.
    first: u32,
    last: u32,
    /// Its bytes.
    start: u32,
    end: u32,
    /// The same phrase before, as a number of a place, or [`NOWHERE`].
    before: u32,
}

const NOWHERE: u32 = u32::MAX;

/// The places of phrases in one text, and room to compare them; used again for every text.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// In the order of the text.
    places: Vec<Place>,
    /// By phrase: the number of its last place, or [`NOWHERE`].
    last: Vec<u32>,
    /// The phrases that stand in the text, each once.
    present: Vec<PhraseId>,
    /// Pairs of which both sides stand in the text.
    likely: Vec<u32>,
    /// The places of one pair: their number, and the side.
    of_pair: Vec<(u32, bool)>,
}

impl Places {
    /// Begins with a text.
    pub(super) fn clear(&mut self, pairs: &Pairs) {
        self.places.clear();
        // Forgotten one by one: there are thousands of phrases, and few stand in a text.
        self.present.drain(..).for_each(|phrase| self.last[phrase as usize] = NOWHERE);
        self.last.resize(pairs.firsts.len() - 1, NOWHERE);
    }

    /// Adds the next place, its words and its bytes given as first and last, start and end.
    #[inline]
    pub(super) fn add(&mut self, phrase: PhraseId, (first, last): (u32, u32), (start, end): (u32, u32)) {
        let number = self.places.len() as u32;
        let before = std::mem::replace(&mut self.last[phrase as usize], number);
        if before == NOWHERE {
            self.present.push(phrase);
        }
        self.places.push(Place { first, last, start, end, before });
    }
}

impl Pairs {
    /// `uses` says by phrase how common it is among cues.
    pub(super) fn new(pairs: Vec<NewPair>, uses: &[u32]) -> Pairs {
        let mut made = Pairs { pairs: Vec::new(), phrases: Vec::new(), firsts: vec![0], keys: Vec::new() };
        let mut by_key: Vec<Vec<u32>> = vec![Vec::new(); uses.len()];
        for (number, NewPair { cue, within, mut sides }) in pairs.into_iter().enumerate() {
            sides.sort_by_cached_key(|side| side.iter().map(|&phrase| uses[phrase as usize]).sum::<u32>());
            let sides = sides.map(|mut side| {
                side.sort_unstable();
                side.dedup();
                let from = made.phrases.len() as u32;
                made.phrases.extend(side);
                (from, made.phrases.len() as u32)
            });
            let pair = Pair { cue, within, sides };
            made.side(&pair, 0).iter().for_each(|&phrase| by_key[phrase as usize].push(number as u32));
            made.pairs.push(pair);
        }
        for numbers in by_key {
            made.keys.extend(numbers);
            made.firsts.push(made.keys.len() as u32);
        }
        made
    }

    #[inline]
    fn side(&self, pair: &Pair, side: usize) -> &[PhraseId] {
        &self.phrases[pair.sides[side].0 as usize..pair.sides[side].1 as usize]
    }

    /// Appends the pairs that stand in the text.
    pub(super) fn find(&self, places: &mut Places, found: &mut Vec<Hit>) {
        let Places { places, last, present, likely, of_pair } = places;
        likely.clear();
        for &phrase in present.iter() {
            let (from, to) = (self.firsts[phrase as usize], self.firsts[phrase as usize + 1]);
            for &pair in &self.keys[from as usize..to as usize] {
                let others = self.side(&self.pairs[pair as usize], 1);
                if others.iter().any(|&other| last[other as usize] != NOWHERE) {
                    likely.push(pair);
                }
            }
        }
        likely.sort_unstable();
        likely.dedup();
        for &pair in likely.iter() {
            let pair = &self.pairs[pair as usize];
            of_pair.clear();
            for side in [0, 1] {
                for &phrase in self.side(pair, side) {
                    let mut next = last[phrase as usize];
                    while let Some(place) = places.get(next as usize) {
                        of_pair.push((next, side == 1));
                        next = place.before;
                    }
                }
            }
            of_pair.sort_unstable();
            for (at, &(number, side)) in of_pair.iter().enumerate() {
                let place = places[number as usize];
                let before = of_pair[..at].iter().rev().map(|&(other, its)| (places[other as usize], its));
                if let Some(other) = nearest(place, pair.within, before.filter(|&(_, its)| its != side)) {
                    found.push(Hit { cue: pair.cue, span: Span::new(other.start as usize, place.end as usize) });
                }
            }
        }
    }
}

/// The first of some places before one, the nearest first, that is near enough to it.
fn nearest(place: Place, within: u32, before: impl Iterator<Item = (Place, bool)>) -> Option<Place> {
    // A phrase is at most DEEPEST words long, so none that started further back can reach the window.
    let reach = within + 2 * DEEPEST as u32;
    let mut before = before.map(|(other, _)| other).take_while(|other| place.first.wrapping_sub(other.first) < reach);
    // Where they overlap, that is a large number.
    before.find(|other| place.first.wrapping_sub(other.last).wrapping_sub(1) <= within)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By the definition: a phrase of one side ends a pair with the last one before it of the other side that does not
    /// overlap it and is near enough.
    fn one_by_one(pair: &NewPair, text: &[(PhraseId, (u32, u32))]) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        for (at, &(phrase, (first, last))) in text.iter().enumerate() {
            for (mine, others) in [(0, 1), (1, 0)] {
                let near = |&&(other, (_, its_last)): &&(PhraseId, (u32, u32))| {
                    pair.sides[others].contains(&other) && its_last < first && first - its_last <= pair.within + 1
                };
                if let Some((_, (start, _))) =
                    text[..at].iter().rev().find(near).filter(|_| pair.sides[mine].contains(&phrase))
                {
                    found.push((*start, last));
                }
            }
        }
        found
    }

    proptest! {
        #[test]
        fn pairs_are_those_of_all_places_compared(
            sides in prop::collection::vec((prop::collection::vec(0..6_u32, 1..4), prop::collection::vec(0..6_u32, 1..4), 0..12_u32), 1..5),
            texts in prop::collection::vec(prop::collection::vec((0..6_u32, 0..9_u32, 0..3_u32), 0..20), 1..3),
            uses in prop::collection::vec(0..5_u32, 6),
        ) {
            let new = |(cue, (left, right, within)): (usize, &(Vec<u32>, Vec<u32>, u32))| {
                NewPair { cue: cue as CueId, within: *within, sides: [left.clone(), right.clone()] }
            };
            let pairs = Pairs::new(sides.iter().enumerate().map(new).collect(), &uses);
            let mut places = Places::default();
            for text in texts {
                let mut first = 0;
                let text: Vec<(PhraseId, (u32, u32))> = text
                    .into_iter()
                    .map(|(phrase, gap, longer)| {
                        first += gap;
                        (phrase, (first, first + longer))
                    })
                    .collect();
                places.clear(&pairs);
                text.iter().for_each(|&(phrase, (first, last))| places.add(phrase, (first, last), (first, last)));
                let mut found = Vec::new();
                pairs.find(&mut places, &mut found);
                let mut found: Vec<_> = found.iter().map(|hit| (hit.cue, hit.span.start as u32, hit.span.end as u32)).collect();
                let pair = |(cue, sides)| {
                    one_by_one(&new((cue, sides)), &text).into_iter().map(move |(start, end)| (cue as CueId, start, end))
                };
                let mut expected: Vec<_> = sides.iter().enumerate().flat_map(pair).collect();
                found.sort_unstable();
                expected.sort_unstable();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
