//! The tests that words of a text are put to, each distinct one once.

use std::collections::HashMap;

use crate::text::slips;

/// Which terms of a text are looked for, each distinct test once.
#[derive(Debug, Default)]
pub(super) struct Needles {
    pub(super) stems: HashMap<String, usize>,
    pub(super) exact: HashMap<String, usize>,
    pub(super) patterns: Vec<(Pattern, usize)>,
    pub(super) count: usize,
    /// Whether it matters where sentences begin.
    pub(super) sentences: bool,
    /// One bit for every length and first byte that a stem or an exact word has; most words of a text are none,
    /// and need not be hashed to know it.
    shapes: u128,
}

fn shape(word: &str) -> u128 {
    let first = word.as_bytes().first().copied().unwrap_or_default();
    1 << ((usize::from(first) * 31 + word.len()) % 128)
}

#[derive(Debug, PartialEq)]
pub(super) enum Pattern {
    Prefix(String),
    Fuzzy(String, u8),
    Wildcard(Vec<char>),
}

impl Pattern {
    pub(super) fn matches(&self, exact: &str) -> bool {
        match self {
            Pattern::Prefix(start) => exact.starts_with(start.as_str()),
            Pattern::Fuzzy(word, most) => slips(word, exact, *most).is_some(),
            Pattern::Wildcard(pattern) => matches_wildcard(pattern, exact),
        }
    }
}

/// Whether a pattern with `*` and `?` matches the whole of a word; linear but for the stars.
pub(crate) fn matches_wildcard(pattern: &[char], word: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < word.len() {
        match pattern.get(from) {
            Some('*') => {
                star = Some((from + 1, at));
                from += 1;
            }
            Some(&c) if c == '?' || c == word[at] => {
                at += 1;
                from += 1;
            }
            _ => match star {
                // Let the last star take one character more.
                Some((after, taken)) => {
                    star = Some((after, taken + 1));
                    (from, at) = (after, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[from.min(pattern.len())..].iter().all(|&c| c == '*')
}

impl Needles {
    /// Whether a word may be one of the stems or exact words.
    pub(super) fn may_hold(&self, word: &str) -> bool {
        self.shapes & shape(word) != 0
    }

    pub(super) fn stem(&mut self, text: &str) -> usize {
        self.shapes |= shape(text);
        if let Some(&needle) = self.stems.get(text) {
            return needle;
        }
        self.stems.insert(text.to_owned(), self.count);
        self.count += 1;
        self.count - 1
    }

    pub(super) fn exact(&mut self, text: &str) -> usize {
        self.shapes |= shape(text);
        if let Some(&needle) = self.exact.get(text) {
            return needle;
        }
        self.exact.insert(text.to_owned(), self.count);
        self.count += 1;
        self.count - 1
    }

    pub(super) fn pattern(&mut self, pattern: Pattern) -> usize {
        if let Some((_, needle)) = self.patterns.iter().find(|(known, _)| *known == pattern) {
            return *needle;
        }
        self.patterns.push((pattern, self.count));
        self.count += 1;
        self.count - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_whole_words() {
        for (pattern, word, expected) in [
            ("*patriot*", "expatriots", true),
            ("a*b*c", "aXbXbXc", true),
            ("a*b", "abc", false),
            ("?", "é", true),
            ("a?", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(matches_wildcard(&pattern.chars().collect::<Vec<_>>(), word), expected, "{pattern} {word}");
        }
    }
}
