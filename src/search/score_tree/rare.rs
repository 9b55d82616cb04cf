//! Paragraphs with their scores, as a list.

use std::cell::{Cell, OnceCell};

use super::part::Scores;
use super::{EMPTY, Order};
use crate::index::{Bits, Block, Postings, Texts};

/// A rare term that is unpacked for the query, what was found by positions, or several such that any will do.
///
/// Scores of terms are in single precision. Their sums are in double, where they are exact unless scores differ by factors of
/// hundreds of thousands, so that it does not matter which of them are added up beforehand.
pub(in crate::search) struct Rare {
    docs: Vec<u32>,
    /// Those of a term are worked out when all are asked for: where only the best are wanted, or others have to match as well,
    /// few of them are.
    scores: OnceCell<Vec<f64>>,
    term: Option<RareTerm>,
    /// The most that it adds anywhere; of a term a little more.
    most: f32,
    /// The block that was asked for last, and where its paragraphs stand in `docs`.
    last: Cell<(usize, usize, usize)>,
    /// The place that was asked for last.
    at: Cell<usize>,
}

/// What the scores of a term are made of.
struct RareTerm {
    frequencies: Vec<u32>,
    /// Stretches of `docs`, each with the most that a paragraph of it can score.
    stretches: Vec<(f32, std::ops::Range<usize>)>,
    texts: Texts,
    weight: f32,
}

impl RareTerm {
    #[inline]
    fn score(&self, place: usize, doc: u32) -> f32 {
        self.weight * self.texts.saturation.of(self.frequencies[place], self.texts.lengths.of(doc))
    }
}

/// Where a list of several has one paragraph in so many, it is quicker to add up the scores of all than to sort.
const DENSE: usize = 16;

impl Rare {
    /// The paragraphs ascend.
    pub(super) fn new(docs: Vec<u32>, scores: Vec<f64>) -> Rare {
        debug_assert!(docs.is_sorted() && docs.len() == scores.len());
        let most = scores.iter().fold(EMPTY, |most, &score| most.max(score as f32));
        Rare { scores: OnceCell::from(scores), ..Rare::unscored(docs, most) }
    }

    /// The paragraphs that have a term.
    pub(super) fn of_term(postings: Postings, texts: Texts, weight: f32) -> Rare {
        let stretches = postings.stretches().map(|(bound, stretch)| (weight * bound, stretch)).collect();
        let Postings { docs, frequencies, .. } = postings;
        let term = RareTerm { frequencies, stretches, texts, weight };
        let most = term.stretches.iter().fold(EMPTY, |most, &(bound, _)| most.max(bound));
        Rare { term: Some(term), ..Rare::unscored(docs, most) }
    }

    fn unscored(docs: Vec<u32>, most: f32) -> Rare {
        let (last, at) = (Cell::new((usize::MAX, 0, 0)), Cell::new(0));
        Rare { docs, scores: OnceCell::new(), term: None, most, last, at }
    }

    /// One list of several, the scores of a paragraph added up; in a segment with so many paragraphs.
    ///
    /// A long query has a hundred rare words, of which each block has a few: to ask all of them for every block takes
    /// longer than what is to be added.
    pub(super) fn merged(lists: &[Rare], paragraphs: u32) -> Rare {
        let postings: usize = lists.iter().map(|list| list.docs.len()).sum();
        let each =
            |list: &Rare| -> Vec<(u32, f64)> { list.docs.iter().copied().zip(list.scores().iter().copied()).collect() };
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
            for (&doc, &score) in list.docs.iter().zip(list.scores()) {
                found.insert(doc);
                sums[doc as usize] += score;
            }
        }
        let docs: Vec<u32> = found.iter().collect();
        let scores = docs.iter().map(|&doc| sums[doc as usize]).collect();
        Rare::new(docs, scores)
    }

    pub(in crate::search) fn docs(&self) -> &[u32] {
        &self.docs
    }

    fn scores(&self) -> &[f64] {
        self.scores.get_or_init(|| {
            let Some(term) = &self.term else { return Vec::new() };
            self.docs.iter().enumerate().map(|(place, &doc)| f64::from(term.score(place, doc))).collect()
        })
    }

    pub(super) fn most(&self) -> f32 {
        self.most
    }

    /// The score of the paragraph at a place of the list.
    #[inline]
    pub(super) fn score_at(&self, place: usize) -> f64 {
        match (self.scores.get(), &self.term) {
            (None, Some(term)) => f64::from(term.score(place, self.docs[place])),
            _ => self.scores()[place],
        }
    }

    pub(super) fn score(&self, doc: u32) -> Option<f64> {
        self.place(doc).map(|place| self.score_at(place))
    }

    /// Where a paragraph stands in the list; quick where it comes soon after the one that was asked for before.
    pub(super) fn place(&self, doc: u32) -> Option<usize> {
        let at = self.at.get();
        let from = if self.docs.get(at).is_some_and(|&last| last <= doc) { at } else { 0 };
        let place = from + gallop(&self.docs[from..], doc);
        self.at.set(place);
        self.docs.get(place).is_some_and(|&found| found == doc).then_some(place)
    }

    /// As [`ScoreTree::each`](super::ScoreTree::each).
    pub(super) fn each(
        &self,
        filters: &[&Bits],
        order: Order,
        mut threshold: f32,
        visit: &mut dyn FnMut(u32, f32) -> f32,
    ) {
        let mut scores = Vec::new();
        for (bound, stretch) in self.stretches(order) {
            if bound < threshold {
                continue;
            }
            self.scores_of(stretch.clone(), &mut scores);
            for (&doc, &score) in self.docs[stretch].iter().zip(&scores) {
                if score >= threshold && filters.iter().all(|filter| filter.contains(doc)) {
                    threshold = visit(doc, score);
                }
            }
        }
    }

    /// The scores of a stretch in single precision: all at once, so that the processor waits for many lengths together.
    pub(in crate::search) fn scores_of(&self, stretch: std::ops::Range<usize>, into: &mut Vec<f32>) {
        into.clear();
        match (self.scores.get(), &self.term) {
            (None, Some(term)) => {
                let postings = self.docs[stretch.clone()].iter().zip(&term.frequencies[stretch]);
                let Texts { saturation, lengths } = &term.texts;
                into.extend(postings.map(|(&doc, &often)| term.weight * saturation.of(often, lengths.of(doc))));
            }
            _ => into.extend(self.scores()[stretch].iter().map(|&score| score as f32)),
        }
    }

    /// Stretches of the list, each with the most that a paragraph of it can score. In free order those with high
    /// bounds come first: the best stand in them, and make the threshold high for the rest.
    pub(in crate::search) fn stretches(&self, order: Order) -> Vec<(f32, std::ops::Range<usize>)> {
        match &self.term {
            Some(term) => {
                let mut stretches = term.stretches.clone();
                if order == Order::Free {
                    stretches.sort_by(|(a, _), (b, _)| b.total_cmp(a));
                }
                stretches
            }
            None => vec![(self.most, 0..self.docs.len())],
        }
    }

    /// The most that it adds to a paragraph of a block; [`EMPTY`] where none is in it.
    #[inline]
    pub(super) fn bound(&self, block: usize) -> f32 {
        self.scores()[self.range(block)].iter().fold(EMPTY, |most, &score| most.max(score as f32))
    }

    /// Gives `visit` each block with a paragraph, and the most that it adds to one.
    #[inline(always)]
    pub(super) fn each_bound(&self, mut visit: impl FnMut(usize, f32)) {
        let scores = self.scores();
        let mut at = 0;
        while at < self.docs.len() {
            let block = Block::of(self.docs[at]).0;
            let mut most = scores[at] as f32;
            at += 1;
            while at < self.docs.len() && Block::of(self.docs[at]).0 == block {
                most = most.max(scores[at] as f32);
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
        let own = self.scores();
        for at in self.range(block) {
            let place = Block::of(self.docs[at]).1;
            if to.contains(place) {
                scores[place] += own[at] as f32;
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
