//! Pass 1: where a text may name an actor.
//!
//! In: a text. Out: candidates, in order and not overlapping, each the longest name that starts at its
//! place, with word borders on both sides and capitals where the name has them. Whether a candidate does
//! name an actor is decided later, with the whole document in view.

use std::ops::Range;

use super::context::{char_before, is_hyphen, is_unspaced, is_word_char};
use super::gazetteer::Gazetteer;
use super::trie::without_accent;
use crate::text::Run;

/// How the capitals of a text compare to those of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// As the name is written.
    Exact,
    /// More capitals at the start of words, or an acronym written as a word ("Nato").
    Titled,
    /// A longer name with lower case where it has capitals, past its first word ("European union").
    Loose,
    /// In capitals throughout, where the name is not.
    Capitals,
}

/// A place that may name an actor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) entry: u32,
    pub(crate) fit: Fit,
}

impl Candidate {
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A name longer than this, in letters, may be written with fewer capitals.
const LOOSE_LETTERS: usize = 12;

/// Compares the capitals of a name and of a text that folds to the same letters. The second number counts
/// the letters that differ.
pub(crate) fn fit(name: &str, surface: &str) -> Option<(Fit, usize)> {
    if name == surface {
        return Some((Fit::Exact, 0));
    }
    let mut raised = 0;
    let mut raised_inside = false;
    let mut lowered = 0;
    let mut lowered_first = false;
    let mut after_hyphen = 0;
    let mut accented = 0;
    let mut letters = 0;
    let mut any_lower = false;
    let mut before = ' ';
    let mut written = name.chars().filter(|c| c.is_alphanumeric());
    for c in surface.chars() {
        if c.is_alphanumeric()
            && let Some(wanted) = written.next()
        {
            if c.is_alphabetic() {
                letters += 1;
                any_lower |= c.is_lowercase();
            }
            if c != wanted {
                let has_accent = |c: char| !c.is_ascii() && without_accent(c).is_some();
                if has_accent(wanted) != has_accent(c) {
                    // An accent that the name has may not be left out: "Malé" is no male.
                    if has_accent(wanted) {
                        return None;
                    }
                    accented += 1;
                }
                if wanted.is_lowercase() && c.is_uppercase() {
                    raised += 1;
                    raised_inside |= before.is_alphabetic();
                } else if wanted.is_uppercase() && is_hyphen(before) {
                    // "Kim Jong-un" and "Kim Jong-Un" are one spelling.
                    after_hyphen += 1;
                } else if wanted.is_uppercase() && c.is_lowercase() {
                    lowered += 1;
                    lowered_first |= letters == 1;
                }
            }
        }
        before = c;
    }
    let differ = raised + lowered + after_hyphen + accented;
    if raised + lowered == 0 {
        return Some((Fit::Exact, differ));
    }
    if lowered > 0 {
        let acronym = !name.chars().any(char::is_lowercase);
        if acronym {
            let as_word = letters >= 4 && lowered + 1 == letters && !lowered_first && !surface.contains(' ');
            return as_word.then_some((Fit::Titled, differ));
        }
        let loose = letters >= LOOSE_LETTERS && raised == 0 && !lowered_first && name.contains(' ');
        return loose.then_some((Fit::Loose, differ));
    }
    if !raised_inside {
        return Some((Fit::Titled, differ));
    }
    (!any_lower).then_some((Fit::Capitals, differ))
}

/// Whether the word that the character before belongs to goes on at `at`.
fn is_inside_word(text: &str, at: usize) -> bool {
    char_before(text, at).is_some_and(|c| is_word_char(c) && !is_unspaced(c))
}

impl Gazetteer {
    /// Appends the candidates of a text, which is cut into `runs`.
    pub(crate) fn scan(&self, text: &str, runs: &[Run], out: &mut Vec<Candidate>) {
        let bytes = text.as_bytes();
        // Behind the last run, and behind the last candidate.
        let (mut from, mut done) = (0, 0);
        for (place, run) in runs.iter().enumerate() {
            let start = run.start as usize;
            if start > from + 1 {
                self.scan_between(text, from..start, &runs[place..], &mut done, out);
            }
            from = run.end as usize;
            if !self.gate.may_begin(bytes, run)
                || start < done
                || start > 0 && bytes[start - 1] >= 0x80 && is_inside_word(text, start)
            {
                continue;
            }
            let found = if run.len() > Run::WHOLE || self.gate.may_go_on(bytes, run, runs.get(place + 1)) {
                self.longest(text, start, &runs[place..])
            } else if !self.gate.may_be_whole(run) {
                None
            } else {
                let (end, value) = self.trie.word(run).unzip();
                end.zip(value).and_then(|(end, value)| self.fitting(text, start, end, value))
            };
            if let Some(candidate) = found {
                done = candidate.end as usize;
                out.push(candidate);
            }
        }
        self.scan_between(text, from..bytes.len(), &[], &mut done, out);
    }

    /// Appends the candidates that start between two runs, outside ASCII; `rest` are the runs behind.
    fn scan_between(
        &self,
        text: &str,
        between: Range<usize>,
        rest: &[Run],
        done: &mut usize,
        out: &mut Vec<Candidate>,
    ) {
        if text.as_bytes()[between.clone()].is_ascii() {
            return;
        }
        for (offset, c) in text[between.clone()].char_indices().filter(|(_, c)| !c.is_ascii()) {
            let at = between.start + offset;
            let starts_word = is_word_char(c) && (is_unspaced(c) || !is_inside_word(text, at));
            if at >= *done
                && starts_word
                && let Some(candidate) = self.longest(text, at, rest)
            {
                *done = candidate.end as usize;
                out.push(candidate);
            }
        }
    }

    /// The longest name at a word start; `rest` are the runs from there on. "the Council" only points back; where a name
    /// that begins behind the article reaches further ("the Council of Europe"), that name is meant.
    fn longest(&self, text: &str, start: usize, rest: &[Run]) -> Option<Candidate> {
        let found = self.spelled(text, start, rest)?;
        if self.entries[found.entry as usize].points_back
            && let Some(space) = text[start..found.end as usize].find(char::is_whitespace)
            && let Some(inside) = text[start + space..].find(|c: char| !c.is_whitespace())
            && let Some(named) = self.spelled(text, start + space + inside, rest)
            && named.end > found.end
        {
            return Some(named);
        }
        Some(found)
    }

    /// The longest name that the text spells from a word start, ends at a border and has fitting capitals.
    fn spelled(&self, text: &str, start: usize, rest: &[Run]) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        let mut rest = rest;
        let run_at = |at: usize| {
            while let [first, others @ ..] = rest
                && (first.start as usize) < at
            {
                rest = others;
            }
            rest.first().filter(|run| run.start as usize == at).copied()
        };
        self.trie.walk(text, start, run_at, |end, value| {
            let joins = text[..end].ends_with('-');
            let border = joins
                || text[end..].chars().next().is_none_or(|next| !is_word_char(next) || is_unspaced(next))
                || char_before(text, end).is_some_and(|last| is_unspaced(last) || !is_word_char(last) && last != '.');
            if border && let Some(candidate) = self.fitting(text, start, end, value) {
                best = Some(candidate);
            }
        });
        best
    }

    /// The name of a key whose capitals fit a text best, if any do.
    fn fitting(&self, text: &str, start: usize, end: usize, key: u32) -> Option<Candidate> {
        let mut fitting: Option<(usize, Fit, u32)> = None;
        for (offset, entry) in self.entries_of(key).iter().enumerate() {
            if let Some((fit, differ)) = fit(&entry.text, &text[start..end])
                && fitting.is_none_or(|(least, ..)| differ < least)
            {
                fitting = Some((differ, fit, self.first_entry(key) + offset as u32));
            }
        }
        let (_, fit, entry) = fitting?;
        Some(Candidate { start: start as u32, end: end as u32, entry, fit })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::cut;

    /// The candidates by the definition: the longest name at every start of a word that is not inside the one before.
    fn one_by_one(gazetteer: &Gazetteer, text: &str) -> Vec<Candidate> {
        let mut runs = Vec::new();
        cut(text, &mut runs);
        let mut found: Vec<Candidate> = Vec::new();
        for (at, c) in text.char_indices() {
            let inside = !is_unspaced(c) && is_inside_word(text, at);
            let rest = runs.partition_point(|run| (run.start as usize) < at);
            if is_word_char(c) && !inside && found.last().is_none_or(|last| last.end as usize <= at) {
                found.extend(gazetteer.longest(text, at, &runs[rest..]));
            }
        }
        found
    }

    proptest! {
        #[test]
        fn filters_turn_no_name_away(
            places in proptest::collection::vec((any::<prop::sample::Index>(), 0..6_usize, 0..7_usize), 0..12)
        ) {
            let gazetteer = Gazetteer::built_in();
            let mut text = String::new();
            for (index, case, mark) in places {
                let name = &*index.get(&gazetteer.entries).text;
                match case {
                    0 => text.push_str(&name.to_uppercase()),
                    1 => text.push_str(&name.to_lowercase()),
                    2 => text.extend(name.chars().take(5)),
                    3 => text.push_str(&name.replace(' ', "\n")),
                    _ => text.push_str(name),
                }
                text.push_str([" ", "  ", ", ", "-", "’s ", "é", " the "][mark]);
            }
            let mut runs = Vec::new();
            cut(&text, &mut runs);
            let mut found = Vec::new();
            gazetteer.scan(&text, &runs, &mut found);
            let shown = |found: &[Candidate]| -> Vec<_> {
                found.iter().map(|one| (one.start, one.end, one.entry, one.fit)).collect()
            };
            prop_assert_eq!(shown(&found), shown(&one_by_one(&gazetteer, &text)));
        }
    }

    #[test]
    fn capitals_carry_meaning() {
        assert_eq!(fit("US", "US"), Some((Fit::Exact, 0)));
        assert_eq!(fit("US", "us"), None);
        assert_eq!(fit("US", "Us"), None);
        assert_eq!(fit("NATO", "Nato"), Some((Fit::Titled, 3)));
        assert_eq!(fit("NATO", "nato"), None);
        assert_eq!(fit("Turkey", "turkey"), None);
        assert_eq!(fit("Turkey", "TURKEY").map(|fit| fit.0), Some(Fit::Capitals));
        assert_eq!(fit("the Alliance", "The Alliance"), Some((Fit::Titled, 1)));
        assert_eq!(fit("European Union", "European union").map(|fit| fit.0), Some(Fit::Loose));
        assert_eq!(fit("White House", "White house"), None);
        assert_eq!(fit("Fernandez", "Fernández"), Some((Fit::Exact, 1)));
        assert_eq!(fit("Malé", "Male"), None);
        assert_eq!(fit("中国", "中国"), Some((Fit::Exact, 0)));
    }
}
