//! Paragraphs with their scores, as a list.

use std::cell::Cell;

use super::EMPTY;
use super::part::Scores;
use crate::index::{Bits, Block};

/// A rare term that is unpacked for the query, what was found by positions, or several such that any will do.
///
/// Scores of terms are in single precision. Their sums are in double, where they are exact unless scores differ by factors of
/// hundreds of thousands, so that it does not matter which of them are added up beforehand.
#[derive(Default)]
pub(super) struct Rare {
    docs: Vec<u32>,
    scores: Vec<f64>,
    most: f32,
    /// The block that was asked for last, and where its paragraphs stand in `docs`.
    last: Cell<(usize, usize, usize)>,
}

/// Where a list of several has one paragraph in so many, it is quicker to add up the scores of all than to sort.
const DENSE: usize = 16;

impl Rare {
    /// The paragraphs ascend.
    pub(super) fn new(docs: Vec<u32>, scores: Vec<f64>) -> Rare {
        debug_assert!(docs.is_sorted() && docs.len() == scores.len());
        let most = scores.iter().fold(EMPTY, |most, &score| most.max(score as f32));
        Rare { docs, scores, most, last: Cell::new((usize::MAX, 0, 0)) }
    }

    /// One list of several, the scores of a paragraph added up; in a segment with so many paragraphs.
    ///
    /// A long query has a hundred rare words, of which each block has a few: to ask all of them for every block takes
    /// longer than what is to be added.
    pub(super) fn merged(lists: &[Rare], paragraphs: u32) -> Rare {
        let postings: usize = lists.iter().map(|list| list.docs.len()).sum();
        let each =
            |list: &Rare| -> Vec<(u32, f64)> { list.docs.iter().copied().zip(list.scores.iter().copied()).collect() };
        if postings < paragraphs as usize / DENSE {
            let mut all: Vec<(u32, f64)> = lists.iter().flat_map(each).collect();
            // Runs that ascend, which a stable sort merges.
            all.sort_by_key(|&(doc, _)| doc);
            let sums = all.chunk_by(|a, b| a.0 == b.0);
            let sums = sums.map(|of_doc| (of_doc[0].0, of_doc.iter().map(|(_, score)| score).sum::<f64>()));
            let (docs, scores) = sums.unzip();
            return Rare::new(docs, scores);
        }
        let mut found = Bits::empty(paragraphs);
        let mut sums = vec![0.0; paragraphs as usize];
        for list in lists {
            for (&doc, &score) in list.docs.iter().zip(&list.scores) {
                found.insert(doc);
                sums[doc as usize] += score;
            }
        }
        let docs: Vec<u32> = found.iter().collect();
        let scores = docs.iter().map(|&doc| sums[doc as usize]).collect();
        Rare::new(docs, scores)
    }

    pub(super) fn docs(&self) -> &[u32] {
        &self.docs
    }

    pub(super) fn scores(&self) -> &[f64] {
        &self.scores
    }

    pub(super) fn most(&self) -> f32 {
        self.most
    }

    pub(super) fn score(&self, doc: u32) -> Option<f64> {
        self.docs.binary_search(&doc).ok().map(|place| self.scores[place])
    }

    /// The most that it adds to a paragraph of a block; [`EMPTY`] where none is in it.
    #[inline]
    pub(super) fn bound(&self, block: usize) -> f32 {
        self.scores[self.range(block)].iter().fold(EMPTY, |most, &score| most.max(score as f32))
    }

    /// Gives `visit` each block with a paragraph, and the most that it adds to one.
    #[inline(always)]
    pub(super) fn each_bound(&self, mut visit: impl FnMut(usize, f32)) {
        let mut at = 0;
        while at < self.docs.len() {
            let block = Block::of(self.docs[at]).0;
            let mut most = self.scores[at] as f32;
            at += 1;
            while at < self.docs.len() && Block::of(self.docs[at]).0 == block {
                most = most.max(self.scores[at] as f32);
                at += 1;
            }
            visit(block, most);
        }
    }

    #[inline]
    pub(super) fn matches(&self, block: usize) -> Block {
        let mut found = Block::NONE;
        self.docs[self.range(block)].iter().for_each(|&doc| found.insert(Block::of(doc).1));
        found
    }

    #[inline]
    pub(super) fn add(&self, block: usize, to: Block, scores: &mut Scores) {
        for at in self.range(block) {
            let place = Block::of(self.docs[at]).1;
            if to.contains(place) {
                scores[place] += self.scores[at] as f32;
            }
        }
    }

    /// Where the paragraphs of a block stand.
    #[inline]
    fn range(&self, block: usize) -> std::ops::Range<usize> {
        let (last, start, end) = self.last.get();
        if last == block {
            return start..end;
        }
        // Blocks are mostly asked for in their order.
        let from = if last < block { end } else { 0 };
        let start = from + gallop(&self.docs[from..], Block::doc(block, 0));
        let end = start + self.docs[start..].iter().take_while(|&&doc| Block::of(doc).0 == block).count();
        self.last.set((block, start, end));
        start..end
    }
}

/// How many numbers at the start of a list are less than `target`; quick where they are few.
fn gallop(list: &[u32], target: u32) -> usize {
    let mut step = 1;
    while step <= list.len() && list[step - 1] < target {
        step *= 2;
    }
    let start = step / 2;
    start + list[start..list.len().min(step)].partition_point(|&number| number < target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_searched_from_its_start() {
        let list: Vec<u32> = (0..40).map(|number| 3 * number).collect();
        for target in 0..130 {
            assert_eq!(gallop(&list, target), list.iter().filter(|&&number| number < target).count(), "{target}");
        }
        assert_eq!(gallop(&[], 1), 0);
    }

    #[test]
    fn lists_are_added_up() {
        let a = || Rare::new(vec![1, 70, 200], vec![1.0, 2.0, 4.0]);
        let b = || Rare::new(vec![0, 70, 71], vec![8.0, 16.0, 32.0]);
        // As many as are sorted, and as many as are added up.
        for paragraphs in [1_000, 201] {
            let merged = Rare::merged(&[a(), b()], paragraphs);
            assert_eq!((merged.docs(), merged.scores()), (&[0, 1, 70, 71, 200][..], &[8.0, 1.0, 18.0, 32.0, 4.0][..]));
            assert_eq!((merged.bound(1), merged.bound(2), merged.bound(3)), (32.0, EMPTY, 4.0));
            assert_eq!((merged.bound(0), merged.score(70), merged.score(72)), (8.0, Some(18.0), None));
        }
    }
}
