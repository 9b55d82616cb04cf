//! Where a name may begin: filters that turn most words of a text away before any name is looked up.
//!
//! In: the words that the names of a gazetteer begin with. Out: for a word of a text whether a name may begin with it;
//! "no" is certain. A name nearly always begins with a capital, and is never written small where it does, so words in
//! small letters have a filter of their own that hardly anything passes. Of the words of speeches one in seven begins a
//! name ("the", "General", "United"), and one in five of those goes on as some name does, so another filter looks at
//! the first two words together. Few of the others are a name alone, which a third one tells: without it, three look-ups of
//! four in the trie found nothing.

use crate::annotate::filter::Filter;
use crate::text::Run;

/// The words, and the pairs of words, that names begin with.
#[derive(Debug)]
pub(crate) struct Gate {
    small: Filter<256>,
    capital: Filter<2048>,
    alone: Filter<2048>,
    pairs: Filter<2048>,
}

impl Gate {
    /// One for these names, each with its folded form.
    pub(crate) fn new<'a>(names: impl Iterator<Item = (&'a str, &'a [u8])>) -> Gate {
        let mut gate =
            Gate { small: Filter::new(), capital: Filter::new(), alone: Filter::new(), pairs: Filter::new() };
        for (name, key) in names {
            let Some(first) = Run::at(key, 0) else { continue };
            // A capital is never written small where it begins a name; a small letter may be raised.
            gate.capital.add(first.hash);
            if !name.starts_with(|c: char| c.is_ascii_uppercase()) {
                gate.small.add(first.hash);
            }
            if first.len() == key.len() {
                gate.alone.add(first.hash);
            }
            if let Some(second) = Run::at(key, first.len() + 1).filter(|second| is_followed(key, &first, second)) {
                gate.pairs.add(pair(&first, &second));
            }
        }
        gate
    }

    /// How many bytes it holds in memory.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.small.bytes() + self.capital.bytes() + self.alone.bytes() + self.pairs.bytes()
    }

    /// Whether a name may begin with a run.
    #[inline]
    pub(crate) fn may_begin(&self, bytes: &[u8], run: &Run) -> bool {
        let known = if run.starts_small { self.small.may_hold(run.hash) } else { self.capital.may_hold(run.hash) };
        known || goes_on(bytes, run)
    }

    /// Whether a run may be a name by itself.
    #[inline]
    pub(crate) fn may_be_whole(&self, run: &Run) -> bool {
        self.alone.may_hold(run.hash)
    }

    /// Whether a name of two words or more may begin with a run, which another one follows.
    #[inline]
    pub(crate) fn may_go_on(&self, bytes: &[u8], run: &Run, next: Option<&Run>) -> bool {
        match next.filter(|next| is_followed(bytes, run, next)) {
            Some(next) => self.pairs.may_hold(pair(run, next)) || goes_on(bytes, next),
            // Other marks between are left to the trie.
            None => true,
        }
    }
}

/// Whether a character outside ASCII stands right behind a run: the word may go on with it, and it may even be folded
/// to a letter of ASCII.
#[inline]
pub(crate) fn goes_on(bytes: &[u8], run: &Run) -> bool {
    bytes.get(run.end as usize).is_some_and(|byte| !byte.is_ascii())
}

/// Whether a single space parts two runs.
#[inline]
pub(crate) fn is_followed(bytes: &[u8], run: &Run, next: &Run) -> bool {
    next.start == run.end + 1 && bytes[run.end as usize] == b' '
}

#[inline]
fn pair(first: &Run, second: &Run) -> u64 {
    // Turned, so that the order counts.
    first.hash.rotate_left(21) ^ second.hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::cut;

    fn opens(names: &[&str], text: &str) -> (bool, bool) {
        let folded: Vec<Vec<u8>> = names.iter().map(|name| name.to_lowercase().into_bytes()).collect();
        let gate = Gate::new(names.iter().copied().zip(folded.iter().map(Vec::as_slice)));
        let mut runs = Vec::new();
        cut(text, &mut runs);
        (gate.may_begin(text.as_bytes(), &runs[0]), gate.may_go_on(text.as_bytes(), &runs[0], runs.get(1)))
    }

    #[test]
    fn what_a_name_begins_with_passes() {
        assert_eq!(opens(&["United Nations"], "UNITED NATIONS"), (true, true));
        assert_eq!(opens(&["United Nations"], "united Nations"), (false, true));
        assert_eq!(opens(&["United Nations"], "United front"), (true, false));
        assert_eq!(opens(&["the Alliance"], "The Alliance"), (true, true));
        assert_eq!(opens(&["the Alliance"], "the bloc"), (true, false));
        assert_eq!(opens(&["International Court"], "International Herald"), (true, false));
        assert_eq!(opens(&["EU", "3M"], "EU"), (true, true));
        assert_eq!(opens(&["3M"], "3M"), (true, true));
        assert_eq!(opens(&["Côte d'Ivoire"], "Côte d'Or"), (true, true));
        assert_eq!(opens(&["Tokyo"], "To\u{212a}yo"), (true, true));
        assert_eq!(opens(&["New Tokyo"], "New To\u{212a}yo"), (true, true));
        assert_eq!(opens(&["Norway"], "Nor"), (false, true));
    }
}
