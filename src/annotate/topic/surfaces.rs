//! What written words stand for, remembered.
//!
//! In: a plain ASCII word as it stands in a text. Out: the number it has among the words of the cues, if it was
//! looked up before. Folding, stemming and hashing letter by letter took half of the instructions of tagging
//! (callgrind); most words of a text were seen a moment ago, and this table answers for them with two loads and a
//! comparison. With it tagging takes a third fewer instructions.

use crate::text::{Head, load, lower};

/// The longest word that is remembered.
const LONGEST: usize = 16;

/// Places for words of up to eight letters, a power of two. Together with the long ones 256 kB, which hold the running
/// vocabulary of many documents and stay in the second cache.
const SHORT: usize = 8192;

/// Places for longer words, a power of two.
const LONG: usize = 4096;

/// Direct mapped: a word that falls into the place of another takes it over.
#[derive(Debug)]
pub(super) struct Surfaces {
    /// The letters, zeros behind them, and the number.
    short: Vec<(u64, u32)>,
    /// The first and the last eight letters, which overlap, the number, and how many letters there are.
    long: Vec<(u64, u64, u32, u32)>,
}

impl Default for Surfaces {
    fn default() -> Surfaces {
        Surfaces { short: vec![(0, 0); SHORT], long: vec![(0, 0, 0, 0); LONG] }
    }
}

/// Multiplicative hashing (Knuth), of letters whose upper bits differ too.
#[inline]
fn place(letters: u64) -> usize {
    ((letters ^ (letters >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize
}

impl Surfaces {
    /// The number of the run of ASCII letters and digits at `start..end`, whatever its capitals, from the table or
    /// from `look_up`, which is then remembered.
    #[inline]
    pub(super) fn number(&mut self, bytes: &[u8], start: usize, end: usize, look_up: impl FnOnce() -> u32) -> u32 {
        let len = end - start;
        if len > LONGEST {
            return look_up();
        }
        if len <= 8 {
            let letters = Head::of(bytes, start).folded();
            let known = &mut self.short[place(letters) % SHORT];
            if known.0 != letters {
                *known = (letters, look_up());
            }
            return known.1;
        }
        let (first, last) = (lower(load(bytes, start)), lower(load(bytes, end - 8)));
        let known = &mut self.long[place(first ^ last.rotate_left(29)) % LONG];
        if (known.0, known.1, known.3) != (first, last, len as u32) {
            *known = (first, last, look_up(), len as u32);
        }
        known.2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_itself_wherever_it_stands() {
        let text =
            b"arms control of Arms, intergovernmental arms intergovernmentals continental Continentals Continental";
        let mut surfaces = Surfaces::default();
        let mut number = |word: (usize, usize), new: u32| surfaces.number(text, word.0, word.1, || new);
        assert_eq!(number((0, 4), 7), 7);
        assert_eq!(number((16, 20), 8), 7);
        assert_eq!(number((40, 44), 8), 7);
        assert_eq!(number((13, 15), 8), 8);
        assert_eq!(number((22, 39), 9), 9);
        assert_eq!(number((22, 39), 10), 10, "longer than what is remembered");
        assert_eq!(number((64, 75), 11), 11);
        assert_eq!(number((76, 88), 12), 12);
        assert_eq!(number((89, 100), 13), 11);
    }
}
