//! A plan as it finds and scores in one segment, a block of paragraphs at a time.
//!
//! Block-max pruning as the engine does it (WAND) goes from paragraph to paragraph and asks all terms where the next one is.
//! That is quadratic in the terms, and a filter starves it. Here the bounds of all terms are added up for
//! blocks of neighbouring paragraphs, and only blocks that can hold one of the best are looked into (Dimopoulos,
//! Nepomnyachiy and Suel, "Optimizing top-k document retrieval strategies for block-max indexes", 2013). Some blocks with
//! high bounds come first, so that the threshold is high before the rest is gone over. Frequent terms are kept
//! unpacked ([`FrequentTerm`](crate::index::FrequentTerm)); rare ones are unpacked for the query, and so is what the
//! engine finds by positions. A filter is a mask: what does not pass is not scored.

mod block_pass;
mod build;
mod part;
mod rare;

use std::borrow::Cow;
use std::sync::Arc;

use self::block_pass::BlockPass;
pub(super) use self::build::Ground;
use self::part::Part;
pub(super) use self::rare::Rare;
use crate::index::{BestParagraphs, Bits, Block};

/// How many blocks with high bounds are looked into before the others.
const FIRST: usize = 32;

/// Below every score: nothing in a block matches.
const EMPTY: f32 = f32::NEG_INFINITY;

/// Below one match in so many paragraphs a list is quicker to make and to count than a set.
const SPARSE: u32 = 64;

/// A plan ready to find and score the paragraphs of one segment.
pub(crate) struct ScoreTree {
    root: Part,
    blocks: usize,
    paragraphs: u32,
    /// How many scores are added up for one paragraph, at most.
    scores: usize,
    /// It finds all that the plan does, not only what passes the filters.
    is_whole: bool,
}

/// In what order paragraphs are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// In that of the segment.
    Ascending,
    /// In any.
    Free,
}

/// Some paragraphs of a segment.
pub(crate) enum Found<'t> {
    Set(Cow<'t, Bits>),
    /// Ascending.
    List(Cow<'t, [u32]>),
}

impl Found<'_> {
    pub(crate) fn into_owned(self) -> Found<'static> {
        match self {
            Found::Set(set) => Found::Set(Cow::Owned(set.into_owned())),
            Found::List(list) => Found::List(Cow::Owned(list.into_owned())),
        }
    }
}

impl ScoreTree {
    /// The score of a paragraph, added up in the order of the plan in double precision; `None` when it does not match.
    pub(crate) fn score(&self, doc: u32) -> Option<f64> {
        self.root.score(doc)
    }

    /// Where the one frequent term that the plan is is worth most, with what its saturation is multiplied by.
    pub(crate) fn single(&self, documents: &[u32]) -> Option<(&BestParagraphs, f32)> {
        match &self.root {
            Part::Frequent(one) => Some((one.best(documents), one.weight)),
            _ => None,
        }
    }

    /// The same within a set.
    pub(crate) fn single_within(&self, documents: &[u32], set: &Arc<Bits>) -> Option<(Arc<BestParagraphs>, f32)> {
        match &self.root {
            Part::Frequent(one) => Some((one.best_within(documents, set), one.weight)),
            _ => None,
        }
    }

    /// How many paragraphs of a set, and documents of these, have the one frequent term that the plan is.
    pub(crate) fn totals_within(&self, set: &Arc<Bits>, ends: &Bits) -> Option<(u32, u32)> {
        match &self.root {
            Part::Frequent(one) => Some(one.term.totals_within(set, ends)),
            _ => None,
        }
    }

    /// The list that the plan is.
    pub(crate) fn list(&self) -> Option<&Rare> {
        self.root.as_rare()
    }

    /// Whether it finds all that the plan does, not only what passes the filter that it was made for.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// What matches, deleted paragraphs too, at least all that are among the candidates (`None` for all).
    pub(crate) fn found(&self, candidates: Option<&Bits>) -> Found<'_> {
        let most = self.root.most_matches(self.paragraphs);
        if most < self.paragraphs / SPARSE {
            return Found::List(self.root.list(self.paragraphs));
        }
        match candidates {
            Some(candidates) if candidates.len() < self.paragraphs / SPARSE => {
                let mut list = Vec::new();
                candidates.in_blocks(|docs| list.extend(docs.iter().filter(|&&doc| self.root.has(doc))));
                Found::List(Cow::Owned(list))
            }
            _ => Found::Set(self.root.all(self.paragraphs)),
        }
    }

    /// Gives `visit` every paragraph that matches, passes all filters, and scores at least the threshold, with its score in
    /// single precision; `visit` says what the threshold is from there on.
    pub(crate) fn each(&self, filters: &[&Bits], order: Order, threshold: f32, visit: &mut dyn FnMut(u32, f32) -> f32) {
        let (must, should, must_not) = match &self.root {
            Part::Group { must, should, must_not, .. } => (&must[..], &should[..], &must_not[..]),
            part => (&[][..], std::slice::from_ref(part), &[][..]),
        };
        if let ([], [Part::Rare(rare)], []) = (must, should, must_not) {
            return rare.each(filters, order, threshold, visit);
        }
        // Where few paragraphs come into question each of them is asked.
        let narrowest = filters.iter().map(|filter| (filter.len() as usize, filter)).min_by_key(|(len, _)| *len);
        let rarest = must.iter().enumerate().filter_map(|(at, part)| Some((at, part.as_rare()?)));
        let rarest = rarest.min_by_key(|(_, rare)| rare.docs().len());
        let (few, some) = (self.blocks / 2, narrowest.map_or(usize::MAX, |(len, _)| len));
        // A list has bounds of its own, so that much of a longer one is passed over.
        let short = some.min(2 * self.blocks);
        match (rarest, narrowest) {
            (Some((at, rarest)), _) if rarest.docs().len() < short => {
                return each_of_rarest((must, should, must_not), (at, rarest), filters, (order, threshold), visit);
            }
            (_, Some((len, narrowest))) if len < few => {
                return self.each_of(narrowest.iter(), filters, threshold, visit);
            }
            _ => {}
        }
        let mut should: Vec<&Part> = should.iter().collect();
        // That which can add most comes first.
        should.sort_by(|a, b| b.most().total_cmp(&a.most()));
        let mut bounds = part::bounds(must, should.iter().copied(), self.blocks);
        for filter in filters {
            for (block, bound) in bounds.iter_mut().enumerate() {
                *bound = if filter.block(block).is_empty() { EMPTY } else { *bound };
            }
        }
        let rounding = (self.scores + 4) as f32 * f32::EPSILON;
        let paragraphs = self.paragraphs;
        let mut pass = BlockPass { must, should, must_not, filters, paragraphs, rounding, threshold, visit };
        if order == Order::Free && self.blocks > 4 * FIRST {
            let stretch = self.blocks.div_ceil(FIRST);
            for first in (0..self.blocks).step_by(stretch) {
                let (mut block, mut highest) = (first, EMPTY);
                for (place, &bound) in bounds[first..self.blocks.min(first + stretch)].iter().enumerate() {
                    if bound > highest {
                        (block, highest) = (first + place, bound);
                    }
                }
                pass.look_into(block, highest);
                bounds[block] = EMPTY;
            }
        }
        for (block, &bound) in bounds.iter().enumerate() {
            pass.look_into(block, bound);
        }
    }

    /// The same for a few paragraphs, which ascend.
    fn each_of(
        &self,
        few: impl Iterator<Item = u32>,
        filters: &[&Bits],
        mut threshold: f32,
        visit: &mut dyn FnMut(u32, f32) -> f32,
    ) {
        for doc in few.filter(|&doc| filters.iter().all(|filter| filter.contains(doc))) {
            if let Some(score) = self.root.score(doc)
                && score as f32 >= threshold
            {
                threshold = visit(doc, score as f32);
            }
        }
    }

    /// Gives `visit` every paragraph that matches and passes all filters, in their order.
    pub(crate) fn each_match(&self, filters: &[&Bits], visit: &mut dyn FnMut(u32)) {
        for block in 0..self.blocks {
            let all = Block::whole(block, self.paragraphs);
            let passing = filters.iter().fold(all, |passing, filter| passing.and(filter.block(block)));
            if !passing.is_empty() {
                self.root.matches(block, passing).each(|place| visit(Block::doc(block, place)));
            }
        }
    }
}

/// The same for a group one of whose parts that must match, the one at `at`, is a short list.
fn each_of_rarest(
    (must, should, must_not): (&[Part], &[Part], &[Part]),
    (at, rarest): (usize, &Rare),
    filters: &[&Bits],
    (order, mut threshold): (Order, f32),
    visit: &mut dyn FnMut(u32, f32) -> f32,
) {
    let others = || must.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, part)| part);
    // What the others add at most, and for how it is rounded.
    let most: f64 = others().chain(should).map(|part| f64::from(part.most()).max(0.0)).sum();
    let most = most * (1.0 + f64::from(f32::EPSILON));
    for (bound, stretch) in rarest.stretches(order) {
        if ((f64::from(bound) + most) as f32) < threshold {
            continue;
        }
        for place in stretch {
            let doc = rarest.docs()[place];
            if !filters.iter().all(|filter| filter.contains(doc)) || !others().all(|part| part.has(doc)) {
                continue;
            }
            let own = rarest.score_at(place);
            if ((own + most) as f32) < threshold || must_not.iter().any(|part| part.has(doc)) {
                continue;
            }
            // In the order of the plan, as everywhere.
            let mut score = 0.0;
            for (place, part) in must.iter().enumerate() {
                score += if place == at { own } else { part.score(doc).unwrap_or_default() };
            }
            for more in should.iter().filter_map(|part| part.score(doc)) {
                score += more;
            }
            if score as f32 >= threshold {
                threshold = visit(doc, score as f32);
            }
        }
    }
}
