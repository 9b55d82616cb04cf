//! One reading of a tree, for what reaches a threshold.

use super::EMPTY;
use super::part::{Part, Scores};
use crate::index::{Bits, Block};

pub(super) struct BlockPass<'p> {
    pub(super) must: &'p [Part],
    /// That which can add most comes first.
    pub(super) should: Vec<&'p Part>,
    pub(super) must_not: &'p [Part],
    /// A paragraph has to pass them all.
    pub(super) filters: &'p [&'p Bits],
    /// How many the segment has.
    pub(super) paragraphs: u32,
    /// How far sums may be off, as a part of them.
    pub(super) rounding: f32,
    pub(super) threshold: f32,
    pub(super) visit: &'p mut dyn FnMut(u32, f32) -> f32,
}

impl BlockPass<'_> {
    /// Shows what in a block reaches the threshold; `bound` is the most that a paragraph of it can score.
    #[inline]
    pub(super) fn look_into(&mut self, block: usize, bound: f32) {
        if bound > EMPTY && self.reaches(bound, bound) {
            self.read(block, bound);
        }
    }

    fn read(&mut self, block: usize, bound: f32) {
        let mut passing = Block::whole(block, self.paragraphs);
        for filter in self.filters {
            passing = passing.and(filter.block(block));
        }
        for part in self.must_not {
            passing = passing.without(part.matches(block, passing));
        }
        if passing.is_empty() {
            return;
        }
        let mut scores = [0.0; Block::LEN];
        let matching = match self.must {
            [] => self.any(block, bound, passing, &mut scores),
            _ => self.all(block, bound, passing, &mut scores),
        };
        matching.each(|place| {
            let score = scores[place];
            if score >= self.threshold {
                self.threshold = (self.visit)(Block::doc(block, place), score);
            }
        });
    }

    /// Whether a part of a sum of at most `bound` may be as high as the threshold: such sums are in single
    /// precision, and in another order than the scores.
    #[inline]
    fn reaches(&self, sum: f32, bound: f32) -> bool {
        sum + (bound + self.threshold.abs()) * self.rounding >= self.threshold
    }

    /// What has all that must be there.
    fn all(&self, block: usize, bound: f32, passing: Block, scores: &mut Scores) -> Block {
        let mut matching = passing;
        for part in self.must {
            matching = part.matches(block, matching);
            if matching.is_empty() {
                return matching;
            }
        }
        let mut rest = bound;
        for part in self.must.iter().chain(self.should.iter().copied()) {
            part.add(block, matching, scores);
            rest -= part.bound(block).max(0.0);
            matching = matching.filter(|place| self.reaches(scores[place] + rest, bound));
            if matching.is_empty() {
                break;
            }
        }
        matching
    }

    /// What has any of the alternatives.
    fn any(&self, block: usize, bound: f32, passing: Block, scores: &mut Scores) -> Block {
        let mut matching = Block::NONE;
        let mut rest = bound;
        for part in &self.should {
            let of_part = part.bound(block);
            if of_part == EMPTY {
                continue;
            }
            if self.reaches(rest, bound) {
                let found = part.matches(block, passing);
                part.add(block, found, scores);
                matching = matching.or(found);
                rest -= of_part;
                continue;
            }
            // What has none of the parts before cannot reach the threshold any more.
            matching = matching.filter(|place| self.reaches(scores[place] + rest, bound));
            if matching.is_empty() {
                break;
            }
            part.add(block, matching, scores);
            rest -= of_part;
        }
        matching
    }
}
