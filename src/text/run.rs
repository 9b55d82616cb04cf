//! Text in, its runs of ASCII letters and digits out, eight bytes at a time.
//!
//! Most words of most texts are such a run. A loop over bytes that asks of each whether it belongs to a word guesses
//! wrong at every end of one, which costs more than all its other work; arithmetic on eight bytes at once does not
//! guess.

/// How many bytes a [`Block`] describes.
const BLOCK: usize = 64;

/// The high bit of every byte.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The same number in every byte.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The high bit of every byte that is an ASCII letter or digit.
#[inline]
fn alphanumeric(eight: u64) -> u64 {
    let ascii = eight & !HIGH;
    // No sum carries into the next byte, because none is over 0x7F + 0x7F.
    let at_least = |bytes: u64, least: u8| bytes + each(0x80 - least);
    let small = ascii | each(0x20);
    let letter = at_least(small, b'a') & !at_least(small, b'z' + 1);
    let digit = at_least(ascii, b'0') & !at_least(ascii, b'9' + 1);
    (letter | digit) & HIGH & !eight
}

/// Eight bytes from `at`, with zeros behind the end.
#[inline]
pub(crate) fn load(bytes: &[u8], at: usize) -> u64 {
    if let Some(eight) = bytes.get(at..at + 8) {
        return u64::from_le_bytes(eight.try_into().unwrap_or_default());
    }
    bytes.get(at..).unwrap_or_default().iter().rev().fold(0, |number, &byte| (number << 8) | u64::from(byte))
}

/// Eight ASCII letters and digits in lower case; a digit has the bit already.
#[inline]
pub(crate) fn lower(eight: u64) -> u64 {
    eight | each(0x20)
}

/// The first eight bytes of a run, or all of a shorter one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// The bytes as they stand, the first lowest, with zeros behind the run's end.
    pub(crate) bytes: u64,
    /// How many they are, at most eight.
    pub(crate) len: usize,
    /// Whether a byte past ASCII stands right behind them, so that the word may go on.
    pub(crate) goes_on: bool,
}

impl Head {
    /// The head of the run that starts at `at`.
    #[inline]
    pub(crate) fn of(bytes: &[u8], at: usize) -> Head {
        let eight = load(bytes, at);
        let stop = !alphanumeric(eight) & HIGH;
        if stop == 0 {
            return Head { bytes: eight, len: 8, goes_on: false };
        }
        let len = stop.trailing_zeros() as usize / 8;
        let goes_on = (eight >> (8 * len)) & 0x80 != 0;
        Head { bytes: eight & !(u64::MAX << (8 * len)), len, goes_on }
    }

    /// The end of the run, which starts at `at`.
    #[inline]
    pub(crate) fn end(self, bytes: &[u8], at: usize) -> usize {
        let mut end = at + self.len;
        let mut last = self.len;
        while last == 8 {
            last = Head::of(bytes, end).len;
            end += last;
        }
        end
    }

    /// Its letters in lower case.
    #[inline]
    pub(crate) fn folded(self) -> u64 {
        // A digit has the bit already; the zeros behind the run must stay.
        self.bytes | each(0x20) & !(u64::MAX.checked_shl(8 * self.len as u32).unwrap_or(0))
    }
}

/// What the bytes of a stretch of text are, a bit for each, the first one lowest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    /// Where it starts.
    pub(crate) start: usize,
    /// The first bytes of runs.
    pub(crate) runs: u64,
    /// The first bytes of characters past ASCII.
    pub(crate) others: u64,
}

/// The blocks of a text, in its order.
pub(crate) fn blocks(text: &str) -> impl Iterator<Item = Block> {
    let mut before = 0;
    text.as_bytes().chunks(BLOCK).enumerate().map(move |(number, chunk)| {
        let mut padded = [0; BLOCK];
        let whole: &[u8; BLOCK] = chunk.try_into().unwrap_or_else(|_| {
            padded[..chunk.len()].copy_from_slice(chunk);
            &padded
        });
        let (mut words, mut others) = (0, 0);
        for (place, eight) in whole.chunks_exact(8).enumerate() {
            let eight = u64::from_le_bytes(eight.try_into().unwrap_or_default());
            words |= gather(alphanumeric(eight)) << (8 * place);
            // A byte inside a character is 10xxxxxx.
            others |= gather(eight & (eight << 1) & HIGH) << (8 * place);
        }
        let runs = words & !(words << 1 | before);
        before = words >> (BLOCK - 1);
        Block { start: number * BLOCK, runs, others }
    })
}

/// The high bits of eight bytes, side by side.
#[inline]
fn gather(high: u64) -> u64 {
    // Each bit lands in the highest byte by one of the shifts that the factor adds up, and no two meet.
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn blocks_mark_what_a_loop_finds(text in "[a-zA-Z0-9 @\\[`{/:.éK中\u{7f}😀]{0,200}") {
            let bytes = text.as_bytes();
            let (mut runs, mut others) = (Vec::new(), Vec::new());
            for block in blocks(&text) {
                for bit in 0..64 {
                    runs.extend((block.runs >> bit & 1 == 1).then_some(block.start + bit));
                    others.extend((block.others >> bit & 1 == 1).then_some(block.start + bit));
                }
            }
            let word = |at: usize| bytes[at].is_ascii_alphanumeric();
            let expected: Vec<usize> = (0..bytes.len()).filter(|&at| word(at) && (at == 0 || !word(at - 1))).collect();
            prop_assert_eq!(&runs, &expected);
            let expected: Vec<usize> = text.char_indices().filter(|(_, c)| !c.is_ascii()).map(|(at, _)| at).collect();
            prop_assert_eq!(&others, &expected);
            for at in runs {
                let len = (at..bytes.len()).take_while(|&at| word(at)).take(8).count();
                let head = Head::of(bytes, at);
                prop_assert_eq!(head.len, len);
                prop_assert_eq!(head.end(bytes, at), at + (at..bytes.len()).take_while(|&at| word(at)).count());
                prop_assert_eq!(&head.bytes.to_le_bytes()[..len], &bytes[at..at + len]);
                prop_assert_eq!(&head.folded().to_le_bytes()[..len], bytes[at..at + len].to_ascii_lowercase());
                prop_assert!(len == 8 || head.folded() >> (8 * len) == 0);
                prop_assert_eq!(head.goes_on, len < 8 && bytes.get(at + len).is_some_and(|byte| !byte.is_ascii()));
            }
        }
    }
}
