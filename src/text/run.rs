//! Text in, its runs of ASCII letters and digits out, sixteen bytes at a time.
//!
//! Most words of most texts are such a run. A loop over bytes that asks of each whether it belongs to a word guesses
//! wrong at every end of one, which costs more than all its other work; arithmetic on eight bytes at once does not
//! guess. A text is cut once, and whoever reads its words (actors and topics share the cut; terms make their own)
//! finds them with their letters folded and hashed.

/// How many bytes are classified together.
const BLOCK: usize = 64;

/// The same number in every byte.
const fn each(byte: u8) -> u128 {
    u128::from_le_bytes([byte; 16])
}

/// The bit that tells small letters from capitals.
const SMALL: u128 = each(0x20);

const HIGH: u128 = each(0x80);

/// What must be added to an ASCII byte so that those from `a` on get the high bit; no sum carries into the next byte.
const AT_LEAST_A: u128 = each(0x80 - b'a');

/// Sixteen bytes from `at`, with zeros behind the end.
#[inline]
fn load(bytes: &[u8], at: usize) -> u128 {
    if let Some(sixteen) = bytes.get(at..at + 16) {
        return u128::from_le_bytes(sixteen.try_into().unwrap_or_default());
    }
    bytes.get(at..).unwrap_or_default().iter().rev().fold(0, |number, &byte| (number << 8) | u128::from(byte))
}

/// All bits of the first so many bytes of sixteen. Shifting them was slower.
static FIRST: [u128; Run::WHOLE + 1] = {
    let (mut masks, mut len) = ([0; Run::WHOLE + 1], 1);
    while len <= Run::WHOLE {
        masks[len] = masks[len - 1] << 8 | 0xFF;
        len += 1;
    }
    masks
};

/// A run of ASCII letters and digits, as far as they go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// Its first sixteen bytes in lower case, the first one lowest, with zeros behind its end.
    pub(crate) letters: [u64; 2],
    /// Of the letters, all its bits of all of theirs.
    pub(crate) hash: u64,
    /// Where it stands, in bytes of the text.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Whether a small letter is in it.
    pub(crate) has_small: bool,
    /// Whether a capital is in it.
    pub(crate) has_capital: bool,
    /// Whether it starts with a small letter.
    pub(crate) starts_small: bool,
}

impl Run {
    /// The longest run that its letters tell whole.
    pub(crate) const WHOLE: usize = 16;

    /// The run at `start..end`.
    #[inline]
    fn new(bytes: &[u8], start: usize, end: usize) -> Run {
        let len = end - start;
        let mask = FIRST[len.min(Run::WHOLE)];
        let written = load(bytes, start) & mask;
        // A digit has the bit of small letters already; the zeros behind the run must stay.
        let small = written | SMALL & mask;
        let letters = [small as u64, (small >> 64) as u64];
        let mut run = Run {
            letters,
            hash: hash(letters),
            start: start as u32,
            end: end as u32,
            has_small: (written + AT_LEAST_A) & HIGH != 0,
            has_capital: written != small,
            starts_small: written as u8 >= b'a',
        };
        if len > Run::WHOLE {
            run.has_small |= bytes[start..end].iter().any(u8::is_ascii_lowercase);
            run.has_capital |= bytes[start..end].iter().any(u8::is_ascii_uppercase);
        }
        run
    }

    /// The run that starts at a position; `None` where no letter or digit stands.
    #[inline]
    pub(crate) fn at(bytes: &[u8], start: usize) -> Option<Run> {
        let mut end = start;
        while bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
            end += 1;
        }
        (end > start).then(|| Run::new(bytes, start, end))
    }

    /// How many bytes it has.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    /// Where it stands, in bytes of the text.
    #[inline]
    pub(crate) fn range(&self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Multiplicative hashing (Knuth) of both halves; the last product and the fold bring every bit to all places.
#[inline]
pub(super) fn hash(letters: [u64; 2]) -> u64 {
    let mixed = letters[0].wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ letters[1].wrapping_mul(0xd6e8_feb8_6659_fd93);
    let mixed = (mixed ^ mixed >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ mixed >> 32
}

/// Puts the runs of a text into `runs`, in its order. A text of 4 GiB or more has none, because they could not say
/// where they stand.
pub(crate) fn cut(text: &str, runs: &mut Vec<Run>) {
    runs.clear();
    let bytes = text.as_bytes();
    if u32::try_from(bytes.len()).is_err() {
        return;
    }
    // The bit behind the last block, and the start of a run that has not ended.
    let (mut before, mut start) = (0, None);
    for (number, chunk) in bytes.chunks(BLOCK).enumerate() {
        let mut padded = [0; BLOCK];
        let whole: &[u8; BLOCK] = chunk.try_into().unwrap_or_else(|_| {
            padded[..chunk.len()].copy_from_slice(chunk);
            &padded
        });
        // Byte by byte, which the compiler does sixteen at a time; then eight at a time to a bit each.
        let belongs = whole.map(|byte| u8::from((byte | 0x20).wrapping_sub(b'a') < 26 || byte.wrapping_sub(b'0') < 10));
        let eights = belongs.chunks_exact(8).map(|eight| u64::from_le_bytes(eight.try_into().unwrap_or_default()));
        let words = eights.enumerate().fold(0, |words, (place, eight)| words | gather(eight) << (8 * place));
        // A bit wherever a run starts, or has ended.
        let mut edges = words ^ (words << 1 | before);
        before = words >> (BLOCK - 1);
        while edges != 0 {
            let at = number * BLOCK + edges.trailing_zeros() as usize;
            edges &= edges - 1;
            match start.take() {
                Some(start) => runs.push(Run::new(bytes, start, at)),
                None => start = Some(at),
            }
        }
    }
    if let Some(start) = start {
        runs.push(Run::new(bytes, start, bytes.len()));
    }
}

/// The lowest bits of eight bytes, side by side.
#[inline]
fn gather(eight: u64) -> u64 {
    // Each bit lands in the highest byte by one of the shifts that the factor adds up, and no two meet.
    eight.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_are_what_a_loop_finds(text in "[a-zA-Z0-9 @\\[`{/:.éK中\u{7f}😀]{0,40}[a-zA-Z0-9é ]{0,200}") {
            let bytes = text.as_bytes();
            let word = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
            let expected: Vec<(usize, usize)> = (0..bytes.len())
                .filter(|&at| word(at) && (at == 0 || !word(at - 1)))
                .map(|start| (start, (start..).find(|&at| !word(at)).unwrap_or(start)))
                .collect();
            let mut runs = Vec::new();
            cut(&text, &mut runs);
            prop_assert_eq!(runs.iter().map(|run| (run.range().start, run.range().end)).collect::<Vec<_>>(), expected);
            for run in runs {
                let written = &bytes[run.range()];
                let mut letters = [0; Run::WHOLE];
                letters.iter_mut().zip(written).for_each(|(letter, byte)| *letter = byte.to_ascii_lowercase());
                let halves = run.letters.map(u64::to_le_bytes);
                prop_assert_eq!([&halves[0][..], &halves[1][..]].concat(), letters);
                prop_assert_eq!(run.has_small, written.iter().any(u8::is_ascii_lowercase));
                prop_assert_eq!(run.starts_small, written[0].is_ascii_lowercase());
                prop_assert_eq!(run.has_capital, written.iter().any(u8::is_ascii_uppercase));
                prop_assert_eq!(Run::at(bytes, run.range().start), Some(run));
            }
        }
    }

    #[test]
    fn between_words_there_is_no_run() {
        assert_eq!(Run::at(b" a", 0), None);
        assert_eq!(Run::at(b"a", 1), None);
        assert_eq!(Run::at(b"a", 2), None);
    }
}
