//! Line-end hyphens: whether a word was broken there or is written with a hyphen.

use std::collections::HashMap;

/// First parts that English writes with a hyphen more often than without.
const FREE_FIRST: [&str; 40] = [
    "all", "anti", "cease", "child", "co", "counter", "cross", "decision", "ever", "ex", "export", "far", "first",
    "full", "half", "hard", "high", "ill", "in", "large", "law", "long", "low", "mid", "multi", "nation", "new", "non",
    "off", "on", "one", "policy", "post", "pre", "pro", "self", "semi", "short", "so", "well",
];

/// What a text's own words say of its line-end hyphens.
#[derive(Debug, Default)]
pub(super) struct Hyphens {
    /// How often each form in question stands in the text, away from line ends.
    seen: HashMap<String, u32>,
    /// Whether the text breaks no words: what stands at its line ends are the hyphens of compounds.
    unbroken: bool,
}

/// Typesetters that break words do so in one line of ten or twenty; compounds come to a line's end in one of a
/// hundred or two.
const BROKEN_LINES: usize = 50;

impl Hyphens {
    /// Reads the text twice, `breaks` being where its `lines` lines end and the next ones start: which forms are in question, then how often each is there. A text without
    /// line-end hyphens is not read at all.
    pub(super) fn over(source: &str, breaks: impl Iterator<Item = (usize, usize)>, lines: usize) -> Hyphens {
        let mut seen = HashMap::new();
        let mut broken = 0;
        for (end, start) in breaks {
            if let Some((first, second)) = halves(source, end, start) {
                let (first, second) = (first.to_lowercase(), second.to_lowercase());
                broken += 1;
                seen.insert(format!("{first}{second}"), 0);
                seen.insert(format!("{first}-{second}"), 0);
                seen.insert(first, 0);
                seen.insert(second, 0);
            }
        }
        if !seen.is_empty() {
            count(source, &mut seen);
        }
        Hyphens { seen, unbroken: lines > BROKEN_LINES && BROKEN_LINES * broken < lines }
    }

    /// `Some(true)`: the word was broken, join it. `Some(false)`: the hyphen stays and no space follows.
    /// `None`: not a hyphen inside a word ("pre- and post-war").
    pub(super) fn at(&self, source: &str, end: usize, start: usize) -> Option<bool> {
        let (first, second) = halves(source, end, start)?;
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        if is_digit(first.chars().next_back()) || is_digit(second.chars().next()) {
            return Some(false);
        }
        if matches!(second, "and" | "or" | "to" | "und" | "oder" | "et" | "ou" | "y" | "o") {
            return None;
        }
        if !second.starts_with(char::is_lowercase) || !first.ends_with(char::is_lowercase) {
            return Some(false);
        }
        let (first, second) = (first.to_lowercase(), second.to_lowercase());
        let count = |form: &str| self.seen.get(form).copied().unwrap_or(0);
        let joined = count(&format!("{first}{second}"));
        let hyphened = count(&format!("{first}-{second}"));
        if joined != hyphened {
            return Some(joined > hyphened);
        }
        // The first half of a broken word is seldom a word of the text; of a compound it often is.
        let compound =
            self.unbroken || FREE_FIRST.contains(&first.as_str()) || (count(&first) > 0 && count(&second) > 0);
        Some(!compound && first.chars().count() >= 2 && second.chars().count() >= 2)
    }
}

/// Counts the words of a text that are keys. Most words are told apart by length and first letter alone; a
/// profile showed the folding of every word to be most of the time of parsing.
fn count(source: &str, seen: &mut HashMap<String, u32>) {
    let mut lengths = [0u64; 128];
    for form in seen.keys() {
        let first = form.as_bytes().first().copied().unwrap_or(0);
        if first < 128 {
            lengths[usize::from(first)] |= 1 << form.len().min(63);
        }
    }
    let bytes = source.as_bytes();
    let mut small = String::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let mut ascii = true;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii_alphanumeric() || byte == b'-' {
                at += 1;
            } else if byte >= 0x80
                && let Some(c) = source[at..].chars().next().filter(|c| c.is_alphanumeric())
            {
                ascii = false;
                at += c.len_utf8();
            } else {
                break;
            }
        }
        let word = &source[start..at];
        let first = word.as_bytes().first().map_or(0, u8::to_ascii_lowercase);
        let likely = !ascii || lengths[usize::from(first & 127)] >> word.len().min(63) & 1 == 1;
        if likely && !word.is_empty() && !word.ends_with('-') {
            small.clear();
            small.extend(word.chars().flat_map(char::to_lowercase));
            if let Some(count) = seen.get_mut(&small) {
                *count += 1;
            }
        }
        // One past the sign that ended the word.
        at += source[at..].chars().next().map_or(1, char::len_utf8);
    }
}

/// The parts of a word on both sides of a hyphen at `end` and a line that begins at `start`.
fn halves(source: &str, end: usize, start: usize) -> Option<(&str, &str)> {
    let before = source[..end].strip_suffix('-')?;
    let length: usize = before.chars().rev().take(40).take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum();
    let after = &source[start..];
    let second: usize = after.chars().take(40).take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum();
    (length > 0 && second > 0).then(|| (&before[before.len() - length..], &after[..second]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::line::lines;

    #[track_caller]
    fn decide(source: &str) -> Option<bool> {
        let lines = lines(source);
        Hyphens::over(source, lines.windows(2).map(|pair| (pair[0].end, pair[1].start)), lines.len()).at(
            source,
            lines[0].end,
            lines[1].start,
        )
    }

    #[test]
    fn the_words_of_the_text_decide() {
        assert_eq!(decide("the govern-\nment and its government"), Some(true));
        assert_eq!(decide("a trade-\noff is a trade-off"), Some(false));
        assert_eq!(decide("the post-\nwar years"), Some(false));
        assert_eq!(decide("votes 109-\n175 then"), Some(false));
        assert_eq!(decide("the Anglo-\nFrench pact"), Some(false));
        assert_eq!(decide("the nego-\ntiations failed"), Some(true));
        assert_eq!(decide("pre-\nand post-war"), None);
    }
}
