//! Where a name may begin: two filters that turn most words of a text away before any name is looked up.
//!
//! In: the words that the names of a gazetteer begin with. Out: for a place in a text whether a name may begin there;
//! "no" is certain. Of the words of speeches one in seven begins a name ("the", "General", "United"), and one in
//! five of those goes on as some name does, so the second filter looks at the first two words together.

use crate::text::Head;

/// 64-bit words of a filter: 16 KiB, which stay in the first cache; the built-in names set a tenth of the bits.
const WORDS: usize = 2048;

/// The words, and the pairs of words, that names begin with, by their heads.
#[derive(Debug)]
pub(crate) struct Gate {
    firsts: Filter,
    pairs: Filter,
}

impl Gate {
    /// One for these names, each with its folded form.
    pub(crate) fn new<'a>(names: impl Iterator<Item = (&'a str, &'a [u8])>) -> Gate {
        let mut gate = Gate { firsts: Filter::new(), pairs: Filter::new() };
        for (name, key) in names {
            let Some(&first) = key.first().filter(|first| first.is_ascii_alphanumeric()) else { continue };
            let head = Head::of(key, 0);
            let beginning_with = |first: u8| head.bytes & !0xFF | u64::from(first);
            // A capital is never written small where it begins a name; a small letter may be raised.
            gate.firsts.add(beginning_with(first.to_ascii_uppercase()));
            if !name.starts_with(|c: char| c.is_ascii_uppercase()) {
                gate.firsts.add(beginning_with(first));
            }
            if let Some(second) = second(key, 0, head) {
                gate.pairs.add(pair(head, second));
            }
        }
        gate
    }

    /// How many bytes it holds in memory.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        2 * WORDS * size_of::<u64>()
    }

    /// Whether a name may begin with a run, whose head is given.
    #[inline]
    pub(crate) fn may_begin(&self, head: Head) -> bool {
        head.goes_on || self.firsts.may_hold(written(head))
    }

    /// Whether a name of two words or more may begin with the run at `at`, whose head is given.
    #[inline]
    pub(crate) fn may_go_on(&self, bytes: &[u8], at: usize, head: Head) -> bool {
        second(bytes, at, head).is_none_or(|second| second.goes_on || self.pairs.may_hold(pair(head, second)))
    }
}

/// The head of the run behind a short one, where a single space parts them. Longer runs and other marks between are
/// left to the trie.
#[inline]
fn second(bytes: &[u8], at: usize, head: Head) -> Option<Head> {
    let next = at + head.len + 1;
    let spaced = head.len < 8 && bytes.get(next - 1) == Some(&b' ');
    (spaced && bytes.get(next)?.is_ascii_alphanumeric()).then(|| Head::of(bytes, next))
}

/// The first letter as it stands, the others in lower case.
#[inline]
fn written(head: Head) -> u64 {
    head.folded() & !0xFF | head.bytes & 0xFF
}

#[inline]
fn pair(head: Head, second: Head) -> u64 {
    head.folded().rotate_left(23).wrapping_mul(0xd6e8_feb8_6659_fd93) ^ second.folded()
}

/// A set that may hold more than was added: two bits of one 64-bit word for each member (Putze, Sanders and Singler,
/// "Cache-, hash- and space-efficient Bloom filters", 2007).
#[derive(Debug)]
struct Filter {
    words: Box<[u64; WORDS]>,
}

impl Filter {
    fn new() -> Filter {
        Filter { words: Box::new([0; WORDS]) }
    }

    /// The word and the bits of a member. Multiplicative hashing (Knuth); the upper bits depend on all of the member.
    #[inline]
    fn place(member: u64) -> (usize, u64) {
        let hash = (member ^ (member >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let bits = 1 << (hash >> 58) | 1 << (hash >> 52 & 63);
        ((hash >> 32) as usize % WORDS, bits)
    }

    fn add(&mut self, member: u64) {
        let (word, bits) = Filter::place(member);
        self.words[word] |= bits;
    }

    #[inline]
    fn may_hold(&self, member: u64) -> bool {
        let (word, bits) = Filter::place(member);
        self.words[word] & bits == bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opens(names: &[&str], text: &str) -> (bool, bool) {
        let folded: Vec<Vec<u8>> = names.iter().map(|name| name.to_lowercase().into_bytes()).collect();
        let gate = Gate::new(names.iter().copied().zip(folded.iter().map(Vec::as_slice)));
        let head = Head::of(text.as_bytes(), 0);
        (gate.may_begin(head), gate.may_go_on(text.as_bytes(), 0, head))
    }

    #[test]
    fn what_a_name_begins_with_passes() {
        assert_eq!(opens(&["United Nations"], "UNITED NATIONS"), (true, true));
        assert_eq!(opens(&["United Nations"], "united Nations"), (false, true));
        assert_eq!(opens(&["United Nations"], "United front"), (true, false));
        assert_eq!(opens(&["the Alliance"], "The Alliance"), (true, true));
        assert_eq!(opens(&["the Alliance"], "the bloc"), (true, false));
        assert_eq!(opens(&["EU", "3M"], "EU"), (true, true));
        assert_eq!(opens(&["3M"], "3M"), (true, true));
        assert_eq!(opens(&["Côte d'Ivoire"], "Côte d'Or"), (true, true));
        assert_eq!(opens(&["Tokyo"], "To\u{212a}yo"), (true, true));
        assert_eq!(opens(&["Norway"], "Nor"), (false, true));
    }
}
