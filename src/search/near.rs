//! Positions of words in one text in, where they stand near each other out. Knows no index: postings, a
//! paragraph's own words and tests feed it alike.
//!
//! # What counts as near
//!
//! Positions number the words of a text from 0. An occurrence of an operand covers the positions from
//! `start` up to, not including, `end`: one word, the words of a phrase. An actor occurs at every word of its
//! mentions.
//!
//! A **window** `[a, b)` answers `NEAR` when it holds whole at least one occurrence of every operand and
//! at most *n* other words, or lies in one sentence. *Other* words are those that no occurrence of any operand
//! covers, anywhere: in "China and China exports gas", `NEAR/1(china gas)` has one other word between. Operands may overlap or coincide: the word "Chinese"
//! answers both the actor China and the word `chinese`.
//!
//! An **ordered** window holds occurrences of the operands one after the other, none overlapping the next.
//!
//! A **phrase** of *k* words with slop *n* is an ordered window of at most *k* + *n* words in all. Here a word
//! of the phrase that stands there twice does count.
//!
//! Only the least windows are told: one that holds another (of the same end, or inside) is not.

/// Positions that something covers, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Occurrence {
    /// The first position.
    pub(crate) start: u32,
    /// One past the last position; over `start`.
    pub(crate) end: u32,
}

/// How far apart operands may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach<'a> {
    /// At most so many other words.
    Words(u32),
    /// In one sentence; the positions at which sentences start, ascending (0 need not be there).
    Sentence(&'a [u32]),
}

/// Whether operands must stand in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// They need not.
    Free,
    /// One after the other.
    Given,
}

/// One operand, read from left to right.
struct Cursor<'a> {
    occurrences: &'a [Occurrence],
    /// For each occurrence the least end from there on: a later start may have an earlier end.
    least_end: Vec<u32>,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn new(occurrences: &'a [Occurrence]) -> Cursor<'a> {
        let mut least = u32::MAX;
        let mut least_end: Vec<u32> = occurrences
            .iter()
            .rev()
            .map(|occurrence| {
                least = least.min(occurrence.end);
                least
            })
            .collect();
        least_end.reverse();
        Cursor { occurrences, least_end, at: 0 }
    }

    /// The least end of the occurrences that start at `from` or later; `from` never decreases.
    fn end_from(&mut self, from: u32) -> Option<u32> {
        while self.occurrences.get(self.at).is_some_and(|occurrence| occurrence.start < from) {
            self.at += 1;
        }
        self.least_end.get(self.at).copied()
    }
}

/// The least windows that answer, by ascending start and end. The occurrences of each operand are sorted by
/// start.
pub(crate) fn near(operands: &[&[Occurrence]], order: Order, reach: Reach<'_>) -> Vec<Occurrence> {
    let mut windows = Vec::new();
    if operands.is_empty() || operands.iter().any(|occurrences| occurrences.is_empty()) {
        return windows;
    }
    debug_assert!(operands.iter().all(|list| list.is_sorted_by_key(|occurrence| occurrence.start)));
    let covered = match reach {
        Reach::Words(_) => Covered::new(operands),
        Reach::Sentence(_) => Covered { runs: Vec::new() },
    };
    let answers = |window: Occurrence| match reach {
        Reach::Words(words) => {
            let inside = covered.before(window.end) - covered.before(window.start);
            window.end - window.start - inside <= words
        }
        Reach::Sentence(starts) => {
            let next = starts.partition_point(|&start| start <= window.start);
            starts.get(next).is_none_or(|&start| window.end <= start)
        }
    };
    let mut cursors: Vec<Cursor<'_>> = operands.iter().map(|occurrences| Cursor::new(occurrences)).collect();
    let mut starts: Vec<u32> = match order {
        Order::Given => operands[0].iter().map(|occurrence| occurrence.start).collect(),
        Order::Free => operands.iter().flat_map(|list| list.iter().map(|occurrence| occurrence.start)).collect(),
    };
    starts.sort_unstable();
    starts.dedup();
    // The end never goes back as the start goes on, so that among windows of one end the last is the least.
    let mut held: Option<Occurrence> = None;
    for start in starts {
        let mut end = start;
        let mut whole = true;
        for cursor in &mut cursors {
            let from = if order == Order::Given { end } else { start };
            match cursor.end_from(from) {
                Some(one) if order == Order::Given => end = one,
                Some(one) => end = end.max(one),
                None => whole = false,
            }
            if !whole {
                break;
            }
        }
        if !whole {
            break;
        }
        let window = Occurrence { start, end };
        if let Some(last) = held
            && last.end != end
            && answers(last)
        {
            windows.push(last);
        }
        held = Some(window);
    }
    if let Some(last) = held
        && answers(last)
    {
        windows.push(last);
    }
    windows
}

/// The positions that any occurrence covers.
struct Covered {
    /// Disjoint runs, ascending, each with how many positions the runs before it cover.
    runs: Vec<(Occurrence, u32)>,
}

impl Covered {
    fn new(operands: &[&[Occurrence]]) -> Covered {
        let mut all: Vec<Occurrence> = operands.iter().flat_map(|list| list.iter().copied()).collect();
        all.sort_unstable();
        let mut runs: Vec<(Occurrence, u32)> = Vec::with_capacity(all.len());
        for occurrence in all {
            match runs.last_mut() {
                Some((run, _)) if occurrence.start <= run.end => run.end = run.end.max(occurrence.end),
                last => {
                    let before = last.map_or(0, |(run, before)| *before + run.end - run.start);
                    runs.push((occurrence, before));
                }
            }
        }
        Covered { runs }
    }

    /// How many positions before `position` are covered.
    fn before(&self, position: u32) -> u32 {
        let next = self.runs.partition_point(|(run, _)| run.start < position);
        match next.checked_sub(1).and_then(|last| self.runs.get(last)) {
            Some((run, before)) => before + run.end.min(position) - run.start,
            None => 0,
        }
    }
}

/// The least windows of a phrase: the words in order, with at most `slop` other words among them. The
/// positions of each word ascend.
pub(crate) fn phrase(words: &[&[u32]], slop: u32) -> Vec<Occurrence> {
    let mut windows: Vec<Occurrence> = Vec::new();
    let [first, rest @ ..] = words else { return windows };
    let most = u32::try_from(words.len()).unwrap_or(u32::MAX).saturating_add(slop);
    let mut at = vec![0usize; rest.len()];
    'starts: for &start in *first {
        let mut last = start;
        for (positions, at) in rest.iter().zip(&mut at) {
            while positions.get(*at).is_some_and(|&position| position <= last) {
                *at += 1;
            }
            match positions.get(*at) {
                Some(&position) => last = position,
                None => break 'starts,
            }
        }
        let window = Occurrence { start, end: last + 1 };
        if window.end - window.start > most {
            continue;
        }
        match windows.last_mut() {
            Some(before) if before.end == window.end => *before = window,
            _ => windows.push(window),
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every window by trying every choice of one occurrence an operand, the least ones kept.
    fn by_trying(operands: &[Vec<Occurrence>], order: Order, reach: Reach<'_>) -> Vec<Occurrence> {
        let is_covered = |position: u32| {
            operands.iter().flatten().any(|occurrence| (occurrence.start..occurrence.end).contains(&position))
        };
        let sentence =
            |starts: &[u32], position: u32| starts.iter().filter(|&&start| start <= position && start > 0).count();
        let mut choices: Vec<Vec<Occurrence>> = vec![Vec::new()];
        for operand in operands {
            choices = choices
                .iter()
                .flat_map(|choice| operand.iter().map(move |&next| [choice.as_slice(), &[next]].concat()))
                .collect();
        }
        let mut windows: Vec<Occurrence> = choices
            .into_iter()
            .filter(|choice| order == Order::Free || choice.windows(2).all(|pair| pair[0].end <= pair[1].start))
            .filter_map(|choice| {
                let start = choice.iter().map(|occurrence| occurrence.start).min()?;
                let end = choice.iter().map(|occurrence| occurrence.end).max()?;
                Some(Occurrence { start, end })
            })
            .filter(|window| match reach {
                Reach::Words(words) => {
                    (window.start..window.end).filter(|&position| !is_covered(position)).count() <= words as usize
                }
                Reach::Sentence(starts) => sentence(starts, window.start) == sentence(starts, window.end - 1),
            })
            .collect();
        windows.sort();
        windows.dedup();
        let all = windows.clone();
        windows.retain(|window| {
            !all.iter().any(|other| other != window && other.start >= window.start && other.end <= window.end)
        });
        windows
    }

    fn operand() -> impl Strategy<Value = Vec<Occurrence>> {
        proptest::collection::vec((0u32..24, 1u32..4), 0..5).prop_map(|list| {
            let mut list: Vec<_> =
                list.into_iter().map(|(start, length)| Occurrence { start, end: start + length }).collect();
            list.sort();
            list.dedup();
            list
        })
    }

    proptest! {
        #[test]
        fn windows_are_those_found_by_trying(
            operands in proptest::collection::vec(operand(), 1..4),
            words in 0u32..8,
            sentences in proptest::option::of(proptest::collection::btree_set(0u32..26, 0..5)),
            given in any::<bool>(),
        ) {
            let order = if given { Order::Given } else { Order::Free };
            let starts: Vec<u32> = sentences.iter().flatten().copied().collect();
            let reach = if sentences.is_some() { Reach::Sentence(&starts) } else { Reach::Words(words) };
            let lists: Vec<&[Occurrence]> = operands.iter().map(Vec::as_slice).collect();
            let expected = by_trying(&operands, order, reach);
            prop_assert_eq!(near(&lists, order, reach), expected);
        }

        #[test]
        fn phrases_are_those_found_by_trying(text in "[abc]{0,14}", phrase_text in "[abc]{1,4}", slop in 0u32..4) {
            let positions = |letter: char| -> Vec<u32> {
                text.chars().zip(0u32..).filter(|&(c, _)| c == letter).map(|(_, position)| position).collect()
            };
            let lists: Vec<Vec<u32>> = phrase_text.chars().map(positions).collect();
            let borrowed: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
            let found = phrase(&borrowed, slop);
            let holds = |from: usize, to: usize| {
                let mut left = phrase_text.chars().peekable();
                for c in text[from..to].chars() {
                    left.next_if_eq(&c);
                }
                left.peek().is_none()
            };
            let mut expected = Vec::new();
            for from in 0..text.len() {
                for to in from + 1..=text.len() {
                    let short = to - from <= phrase_text.len() + slop as usize;
                    if short && holds(from, to) && !holds(from + 1, to) && !holds(from, to - 1) {
                        expected.push(Occurrence { start: from as u32, end: to as u32 });
                    }
                }
            }
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn slop_over_a_byte_does_not_wrap() {
        assert_eq!(phrase(&[&[0], &[300], &[700]], 600), []);
        assert_eq!(phrase(&[&[0], &[300], &[700]], 698), [Occurrence { start: 0, end: 701 }]);
    }
}
