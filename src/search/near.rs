//! When things are near each other: the one definition that loose phrases and NEAR share.
//!
//! An operand occurs at intervals of word positions. A *window* takes one interval of every operand, no two
//! of which overlap; its *other words* are the positions from its first to its last that are in none of
//! them. In an ordered window the intervals stand in the order of the operands.

/// Where an operand occurs: word positions, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Interval {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A rule for windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Near {
    /// The most other words; `None` when the sentence is the limit.
    slop: Option<u32>,
    ordered: bool,
}

impl Near {
    /// At most `slop` other words.
    pub(crate) fn words(slop: u32, ordered: bool) -> Near {
        Near { slop: Some(slop), ordered }
    }

    /// All in one sentence.
    pub(crate) fn sentence(ordered: bool) -> Near {
        Near { slop: None, ordered }
    }

    /// How many intervals begin a window that satisfies the rule; for sentences, how many hold one.
    ///
    /// `operands` are the intervals of each operand, in order; `sentences` the positions of the sentences'
    /// first words, in order.
    pub(crate) fn count(&self, operands: &[Vec<Interval>], sentences: &[u32]) -> u32 {
        match self.slop {
            Some(slop) => self.windows(operands, slop),
            None => {
                let sentence_of = |position: u32| sentences.partition_point(|&start| start <= position);
                let mut wanted: Vec<usize> =
                    operands.iter().flatten().map(|interval| sentence_of(interval.start)).collect();
                wanted.sort_unstable();
                wanted.dedup();
                let holds = |&sentence: &usize| {
                    let inside: Vec<Vec<Interval>> = operands
                        .iter()
                        .map(|intervals| {
                            let mut inside = intervals.clone();
                            inside.retain(|at| {
                                sentence_of(at.start) == sentence && sentence_of(at.end.saturating_sub(1)) == sentence
                            });
                            inside
                        })
                        .collect();
                    self.windows(&inside, u32::MAX) > 0
                };
                wanted.iter().filter(|sentence| holds(sentence)).count() as u32
            }
        }
    }

    fn windows(&self, operands: &[Vec<Interval>], slop: u32) -> u32 {
        let mut found = 0;
        if self.ordered {
            let Some((first, rest)) = operands.split_first() else { return 0 };
            for &start in first {
                found += u32::from(ordered_others(start, rest).is_some_and(|others| others <= slop));
            }
            return found;
        }
        for (place, intervals) in operands.iter().enumerate() {
            for &start in intervals {
                found += u32::from(unordered_others(start, place, operands).is_some_and(|others| others <= slop));
            }
        }
        found
    }
}

/// The fewest other words of an ordered window that begins with `first`; the next operand that ends
/// soonest leaves the most room for the ones after it.
fn ordered_others(first: Interval, rest: &[Vec<Interval>]) -> Option<u32> {
    let mut end = first.end;
    let mut others = 0;
    for intervals in rest {
        let from = intervals.partition_point(|interval| interval.start < end);
        let next = intervals[from..].first()?;
        others += next.start - end;
        end = next.end;
    }
    Some(others)
}

/// The fewest other words of a window whose first interval is `first`, of the operand at `place`.
///
/// Every other operand takes its first interval after the start that overlaps none chosen before it; operands
/// are chosen from left to right, so that one which could stand in two places does not take another's.
fn unordered_others(first: Interval, place: usize, operands: &[Vec<Interval>]) -> Option<u32> {
    let mut chosen = vec![first];
    let mut left: Vec<usize> = (0..operands.len()).filter(|&operand| operand != place).collect();
    while !left.is_empty() {
        let mut next: Option<(Interval, usize)> = None;
        for (index, &operand) in left.iter().enumerate() {
            let intervals = &operands[operand];
            let from = intervals.partition_point(|interval| interval.start < first.start);
            let free = intervals[from..].iter().find(|interval| {
                chosen.iter().all(|taken| interval.end <= taken.start || taken.end <= interval.start)
            })?;
            if next.is_none_or(|(best, _)| *free < best) {
                next = Some((*free, index));
            }
        }
        let (interval, index) = next?;
        chosen.push(interval);
        left.swap_remove(index);
    }
    let end = chosen.iter().map(|interval| interval.end).max()?;
    let covered: u32 = chosen.iter().map(|interval| interval.end - interval.start).sum();
    Some(end - first.start - covered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(positions: &[u32]) -> Vec<Interval> {
        positions.iter().map(|&start| Interval { start, end: start + 1 }).collect()
    }

    #[test]
    fn counts_other_words() {
        // alpha x x beta x x gamma
        let operands = [words(&[0]), words(&[3]), words(&[6])];
        assert_eq!(Near::words(3, true).count(&operands, &[]), 0);
        assert_eq!(Near::words(4, true).count(&operands, &[]), 1);
        let turned = [words(&[6]), words(&[0]), words(&[3])];
        assert_eq!(Near::words(4, true).count(&turned, &[]), 0);
        assert_eq!(Near::words(4, false).count(&turned, &[]), 1);
        assert_eq!(Near::words(100_000, true).count(&[words(&[0]), words(&[90_000])], &[]), 1);
    }

    #[test]
    fn one_word_does_not_serve_two_operands() {
        let near = Near::words(0, false);
        assert_eq!(near.count(&[words(&[4]), words(&[4])], &[]), 0);
        assert!(near.count(&[words(&[4, 5]), words(&[4, 5])], &[]) > 0);
    }

    #[test]
    fn a_sentence_is_a_border() {
        let operands = [words(&[2, 9]), words(&[5])];
        assert_eq!(Near::sentence(false).count(&operands, &[0, 4]), 1);
        assert_eq!(Near::sentence(true).count(&operands, &[0, 4]), 0);
        assert_eq!(Near::sentence(false).count(&operands, &[0, 4, 6]), 0);
    }

    /// Every choice of one interval an operand.
    fn brute(operands: &[Vec<Interval>], slop: u32, ordered: bool) -> bool {
        fn choose(operands: &[Vec<Interval>], chosen: &mut Vec<Interval>, slop: u32, ordered: bool) -> bool {
            let Some((intervals, rest)) = operands.split_first() else {
                let start = chosen.iter().map(|at| at.start).min().unwrap_or(0);
                let end = chosen.iter().map(|at| at.end).max().unwrap_or(0);
                let covered: u32 = chosen.iter().map(|at| at.end - at.start).sum();
                let apart = chosen.iter().enumerate().all(|(index, a)| {
                    chosen[index + 1..]
                        .iter()
                        .all(|b| if ordered { a.end <= b.start } else { a.end <= b.start || b.end <= a.start })
                });
                return apart && end - start - covered <= slop;
            };
            intervals.iter().any(|&interval| {
                chosen.push(interval);
                let found = choose(rest, chosen, slop, ordered);
                chosen.pop();
                found
            })
        }
        choose(operands, &mut Vec::new(), slop, ordered)
    }

    proptest! {
        #[test]
        fn agrees_with_brute_force_on_words(
            positions in prop::collection::vec(prop::collection::btree_set(0u32..30, 0..6), 1..4),
            slop in 0u32..12,
            ordered: bool,
        ) {
            let operands: Vec<Vec<Interval>> =
                positions.iter().map(|set| words(&set.iter().copied().collect::<Vec<_>>())).collect();
            let found = Near::words(slop, ordered).count(&operands, &[]) > 0;
            prop_assert_eq!(found, brute(&operands, slop, ordered));
        }
    }
}
