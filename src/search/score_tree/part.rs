//! The parts of a tree: terms, sets, and groups of parts.

use std::borrow::Cow;
use std::sync::Arc;

use super::EMPTY;
use super::rare::Rare;
use crate::index::{BestParagraphs, Bits, Block, FrequentTerm, Impacts, Texts};

/// The scores of the paragraphs of a block, by their places.
pub(super) type Scores = [f32; Block::LEN];

/// A part of a plan in one segment.
pub(super) enum Part {
    /// Nothing matches.
    Nothing,
    Frequent(Frequent),
    Rare(Rare),
    /// A set of paragraphs, `None` for all, each with the same score.
    Set {
        bits: Option<Arc<Bits>>,
        score: f32,
    },
    /// All of `must`, none of `must_not`, and where `must` is empty one or more of `should`; what a paragraph of each
    /// block can score at most.
    Group {
        must: Vec<Part>,
        should: Vec<Part>,
        must_not: Vec<Part>,
        bounds: Vec<f32>,
    },
}

/// A term that is kept unpacked.
pub(super) struct Frequent {
    pub(super) term: Arc<FrequentTerm>,
    pub(super) impacts: Arc<Impacts>,
    pub(super) texts: Texts,
    /// What the saturation is multiplied by.
    pub(super) weight: f32,
}

impl Frequent {
    /// Where it is worth most.
    pub(super) fn best(&self, documents: &[u32]) -> &BestParagraphs {
        self.term.best(&self.impacts, &self.texts, documents)
    }

    /// The same within a set.
    pub(super) fn best_within(&self, documents: &[u32], set: &Arc<Bits>) -> Arc<BestParagraphs> {
        self.term.best_within(set, &self.impacts, &self.texts, documents)
    }

    #[inline]
    fn worth(&self, doc: u32, frequency: u32) -> f32 {
        self.weight * self.texts.saturation.of(frequency, self.texts.lengths.of(doc))
    }
}

impl Part {
    /// The score of a paragraph, added up in the order of the plan; `None` when it does not match.
    pub(super) fn score(&self, doc: u32) -> Option<f64> {
        match self {
            Part::Nothing => None,
            Part::Frequent(one) => one.term.frequency(doc).map(|frequency| f64::from(one.worth(doc, frequency))),
            Part::Rare(rare) => rare.score(doc),
            Part::Set { bits, score } => bits.as_ref().is_none_or(|bits| bits.contains(doc)).then(|| f64::from(*score)),
            Part::Group { must, should, must_not, .. } => {
                let mut total = 0.0;
                for part in must {
                    total += part.score(doc)?;
                }
                let mut matches = !must.is_empty();
                for score in should.iter().filter_map(|part| part.score(doc)) {
                    total += score;
                    matches = true;
                }
                (matches && !must_not.iter().any(|part| part.has(doc))).then_some(total)
            }
        }
    }

    pub(super) fn as_rare(&self) -> Option<&Rare> {
        match self {
            Part::Rare(rare) => Some(rare),
            _ => None,
        }
    }

    /// Whether a paragraph matches.
    pub(super) fn has(&self, doc: u32) -> bool {
        match self {
            Part::Nothing => false,
            Part::Frequent(one) => one.term.paragraphs().contains(doc),
            Part::Rare(rare) => rare.place(doc).is_some(),
            Part::Set { bits, .. } => bits.as_ref().is_none_or(|bits| bits.contains(doc)),
            Part::Group { must, should, must_not, .. } => {
                (!must.is_empty() || should.iter().any(|part| part.has(doc)))
                    && must.iter().all(|part| part.has(doc))
                    && !must_not.iter().any(|part| part.has(doc))
            }
        }
    }

    /// How many paragraphs of a segment with `len` can match, at most.
    pub(super) fn most_matches(&self, len: u32) -> u32 {
        match self {
            Part::Nothing => 0,
            Part::Frequent(one) => one.term.len(),
            Part::Rare(rare) => rare.docs().len() as u32,
            Part::Set { .. } => len,
            Part::Group { must, should, .. } => match must.iter().map(|part| part.most_matches(len)).min() {
                Some(least) => least,
                None => should.iter().fold(0, |sum: u32, part| sum.saturating_add(part.most_matches(len))).min(len),
            },
        }
    }

    /// All that matches, in a segment with `len` paragraphs.
    pub(super) fn all(&self, len: u32) -> Cow<'_, Bits> {
        match self {
            Part::Nothing => Cow::Owned(Bits::empty(len)),
            Part::Frequent(one) => Cow::Borrowed(one.term.paragraphs()),
            Part::Set { bits: None, .. } => Cow::Owned(Bits::full(len)),
            Part::Set { bits: Some(bits), .. } => Cow::Borrowed(bits),
            Part::Rare(_) => {
                let mut all = Bits::empty(len);
                self.add_all(&mut all, len);
                Cow::Owned(all)
            }
            Part::Group { must, should, must_not, .. } => {
                let mut all = match must.first() {
                    Some(first) => first.all(len),
                    None => {
                        let mut any = Bits::empty(len);
                        should.iter().for_each(|part| part.add_all(&mut any, len));
                        Cow::Owned(any)
                    }
                };
                must.iter().skip(1).for_each(|part| all.to_mut().intersect(&part.all(len)));
                must_not.iter().for_each(|part| all.to_mut().subtract(&part.all(len)));
                all
            }
        }
    }

    fn add_all(&self, bits: &mut Bits, len: u32) {
        match self {
            Part::Rare(rare) => rare.docs().iter().for_each(|&doc| bits.insert(doc)),
            part => bits.unite(&part.all(len)),
        }
    }

    /// All that matches, ascending; quick where it is little.
    pub(super) fn list(&self, len: u32) -> Cow<'_, [u32]> {
        match self {
            Part::Rare(rare) => Cow::Borrowed(rare.docs()),
            Part::Group { must, should, must_not, .. } => {
                let least = must.iter().enumerate().min_by_key(|(_, part)| part.most_matches(len));
                let mut list = match least {
                    Some((_, part)) => part.list(len).into_owned(),
                    None => match &should[..] {
                        [part] => part.list(len).into_owned(),
                        parts => {
                            let mut any: Vec<u32> = parts.iter().flat_map(|part| part.list(len).into_owned()).collect();
                            any.sort();
                            any.dedup();
                            any
                        }
                    },
                };
                let least = least.map(|(place, _)| place);
                let others = || must.iter().enumerate().filter(|(place, _)| Some(*place) != least);
                list.retain(|&doc| {
                    others().all(|(_, part)| part.has(doc)) && !must_not.iter().any(|part| part.has(doc))
                });
                Cow::Owned(list)
            }
            part => Cow::Owned(part.all(len).iter().collect()),
        }
    }

    /// The most that it adds anywhere.
    pub(super) fn most(&self) -> f32 {
        match self {
            Part::Nothing => EMPTY,
            Part::Frequent(one) => one.weight * one.impacts.most(),
            Part::Rare(rare) => rare.most(),
            Part::Set { score, .. } => *score,
            Part::Group { bounds, .. } => bounds.iter().copied().fold(EMPTY, f32::max),
        }
    }

    /// The most that it adds to a paragraph of a block; [`EMPTY`] where none matches.
    #[inline]
    pub(super) fn bound(&self, block: usize) -> f32 {
        match self {
            Part::Nothing => EMPTY,
            Part::Frequent(one) => match one.impacts.bounds()[block] {
                0.0 => EMPTY,
                bound => one.weight * bound,
            },
            Part::Rare(rare) => rare.bound(block),
            Part::Set { bits, score } => match bits {
                Some(bits) if bits.block(block).is_empty() => EMPTY,
                _ => *score,
            },
            Part::Group { bounds, .. } => bounds[block],
        }
    }

    /// Which of some paragraphs of a block match.
    pub(super) fn matches(&self, block: usize, of: Block) -> Block {
        match self {
            Part::Nothing => Block::NONE,
            Part::Frequent(one) => of.and(one.term.paragraphs().block(block)),
            Part::Rare(rare) => of.and(rare.matches(block)),
            Part::Set { bits, .. } => bits.as_ref().map_or(of, |bits| of.and(bits.block(block))),
            Part::Group { must, should, must_not, .. } => {
                let mut found = of;
                if must.is_empty() {
                    found = Block::NONE;
                    for part in should {
                        found = found.or(part.matches(block, of.without(found)));
                        if found == of {
                            break;
                        }
                    }
                }
                for part in must {
                    found = part.matches(block, found);
                }
                for part in must_not {
                    found = found.without(part.matches(block, found));
                }
                found
            }
        }
    }

    /// Adds the scores of those of some paragraphs of a block that match.
    pub(super) fn add(&self, block: usize, to: Block, scores: &mut Scores) {
        match self {
            Part::Nothing => {}
            Part::Frequent(one) => one.term.each_in(block, to, |place, frequency| {
                scores[place] += one.worth(Block::doc(block, place), frequency);
            }),
            Part::Rare(rare) => rare.add(block, to, scores),
            Part::Set { score, .. } => {
                if *score != 0.0 {
                    self.matches(block, to).each(|place| scores[place] += score);
                }
            }
            Part::Group { must, should, .. } => {
                let found = self.matches(block, to);
                if !found.is_empty() {
                    must.iter().chain(should).for_each(|part| part.add(block, found, scores));
                }
            }
        }
    }
}

/// What a paragraph of each block can score at most, [`EMPTY`] where none can match.
pub(super) fn bounds<'p>(must: &[Part], should: impl IntoIterator<Item = &'p Part>, blocks: usize) -> Vec<f32> {
    if must.is_empty() {
        let mut bounds = vec![EMPTY; blocks];
        for part in should {
            add_bounds(part, &mut bounds, |bound, more| if bound == EMPTY { more } else { bound + more });
        }
        return bounds;
    }
    let mut bounds = vec![0.0; blocks];
    for part in must {
        let mut of_part = vec![EMPTY; blocks];
        add_bounds(part, &mut of_part, |_, more| more);
        bounds.iter_mut().zip(of_part).for_each(|(bound, more)| *bound += more);
    }
    for part in should {
        add_bounds(part, &mut bounds, |bound, more| bound + more);
    }
    bounds
}

/// Changes the bound of every block where a part matches; `add` is given the bound and what the part adds.
#[inline(always)]
fn add_bounds(part: &Part, bounds: &mut [f32], add: impl Fn(f32, f32) -> f32) {
    match part {
        Part::Nothing => {}
        Part::Frequent(one) => {
            for (bound, &saturation) in bounds.iter_mut().zip(one.impacts.bounds()) {
                *bound = if saturation == 0.0 { *bound } else { add(*bound, one.weight * saturation) };
            }
        }
        Part::Rare(rare) => rare.each_bound(|block, most| bounds[block] = add(bounds[block], most)),
        part => {
            for (block, bound) in bounds.iter_mut().enumerate() {
                let more = part.bound(block);
                *bound = if more == EMPTY { *bound } else { add(*bound, more) };
            }
        }
    }
}
