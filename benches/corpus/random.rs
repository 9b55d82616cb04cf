//! Words at random, the same on every machine.

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A rank from 0 up to `end` whose chance falls as one over the rank.
    pub(crate) fn zipf(&mut self, end: usize) -> usize {
        let uniform = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        // The inverse of the continuous distribution function ln(1 + r) / ln(1 + n).
        (((end as f64 + 1.0).powf(uniform) - 1.0) as usize).min(end - 1)
    }
}

/// The word of a rank: rank in base 60, a syllable a digit.
pub(crate) fn word(rank: usize) -> String {
    const ONSETS: &[u8] = b"bdfgklmnprtv";
    const VOWELS: &[u8] = b"aeiou";
    let mut word = String::new();
    let mut rest = rank + 60;
    while rest > 0 {
        word.push(ONSETS[rest % 60 / 5] as char);
        word.push(VOWELS[rest % 5] as char);
        rest /= 60;
    }
    word.push('k');
    word
}
