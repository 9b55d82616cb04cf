//! Words as cues see them: lower-cased, folded, lightly stemmed and hashed, without an allocation a word.
//!
//! In: any text. Out: one [`Word`] for each, with its byte span. Cues and texts go through the same
//! function, so what it does to a word matters less than that it does it to both.
//!
//! Stemming takes off plural endings and evens out British and American spelling, no more: a Porter-type
//! stemmer makes "important" and "import" one word, and cost more than it gained.

use unicode_normalization::char::decompose_canonical;

use crate::text::{Run, cut};

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    /// Of the stem, or the number that stands for it.
    pub(super) hash: u64,
    /// First byte in the text.
    pub(super) start: u32,
    /// One past the last byte, the possessive ending left aside.
    pub(super) end: u32,
    /// No letter in lower case, and at least one in upper case.
    pub(super) upper: bool,
    /// Which sentence of the text, from 0; no cue reaches over a sentence's end.
    pub(super) sentence: u32,
}

/// Longer words are cut here before they are hashed; no cue has one.
const LONGEST: usize = 40;

/// The letters of one word while it is read.
struct Letters {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Default for Letters {
    fn default() -> Letters {
        Letters { bytes: [0; LONGEST], len: 0 }
    }
}

impl Letters {
    fn push(&mut self, byte: u8) {
        if self.len < LONGEST {
            self.bytes[self.len] = byte;
            self.len += 1;
        }
    }

    fn push_char(&mut self, c: char) {
        for lower in c.to_lowercase() {
            decompose_canonical(lower, |part| {
                if part.is_alphanumeric() {
                    let mut buffer = [0; 4];
                    for &byte in part.encode_utf8(&mut buffer).as_bytes() {
                        self.push(byte);
                    }
                }
            });
        }
    }

    fn ends(&self, ending: &[u8]) -> bool {
        self.bytes[..self.len].ends_with(ending)
    }

    fn replace_end(&mut self, cut: usize, by: &[u8]) {
        self.len -= cut;
        for &byte in by {
            self.push(byte);
        }
    }

    fn stem(&mut self) {
        self.cut_plural();
        self.even_spelling();
    }

    fn cut_plural(&mut self) {
        match &self.bytes[..self.len] {
            b"women" => return self.replace_end(2, b"an"),
            b"men" => return self.replace_end(2, b"an"),
            b"children" => return self.replace_end(3, b""),
            b"crises" => return self.replace_end(2, b"is"),
            // Words of their own: "fake news" is not "a fake, new", customs are no habit, goods no virtue, and the nuclear
            // powers no power stations.
            b"arms" | b"customs" | b"dues" | b"generals" | b"goods" | b"justices" | b"means" | b"nationals"
            | b"news" | b"powers" | b"regulars" | b"settlements" => return,
            _ => {}
        }
        if self.len < 4 || !self.ends(b"s") {
            return;
        }
        if self.len > 4 && self.ends(b"ies") {
            self.replace_end(3, b"y");
        } else if self.ends(b"sses") || self.ends(b"shes") || self.ends(b"ches") || self.ends(b"xes") {
            self.len -= 2;
        } else if !(self.ends(b"ss") || self.ends(b"us") || self.ends(b"is")) {
            self.len -= 1;
        }
    }

    fn even_spelling(&mut self) {
        if self.len < 5 {
            if self.ends(b"grey") {
                self.replace_end(2, b"ay");
            }
            return;
        }
        if self.ends(b"programme") {
            self.len -= 2;
        } else if self.ends(b"centre") {
            self.replace_end(2, b"er");
        } else if self.ends(b"fence") || self.ends(b"licence") {
            self.replace_end(2, b"se");
        }
        // -is- before an ending is -iz-: "organisation", "recognised". That "exercise" becomes
        // "exercize" does no harm, because a cue's does too.
        for ending in [&b"isation"[..], b"ise", b"ised", b"ising", b"isational"] {
            if self.len > ending.len() + 2 && self.ends(ending) {
                let at = self.len - ending.len() + 1;
                self.bytes[at] = b'z';
                break;
            }
        }
        let mut at = 1;
        while at + 2 < self.len {
            if &self.bytes[at..at + 3] == b"our" && matches!(self.bytes[at - 1], b'b' | b'l' | b'v' | b'n' | b'm') {
                self.bytes.copy_within(at + 2..self.len, at + 1);
                self.len -= 1;
                break;
            }
            at += 1;
        }
    }

    /// FNV-1a, then mixed so that the low bits, which the tables use, depend on every letter.
    fn hash(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for &byte in &self.bytes[..self.len] {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        hash ^ (hash >> 32)
    }
}

/// What stands for a word in the place of its hash.
pub(super) trait Numbers {
    /// For a word that is one run of the text, the `place`-th.
    fn plain(&mut self, place: usize, written: &[u8]) -> u64;

    /// For any other word.
    fn other(&mut self, hash: u64) -> u64;
}

/// The hash itself.
struct Hashes;

impl Numbers for Hashes {
    fn plain(&mut self, _: usize, written: &[u8]) -> u64 {
        plain_hash(written)
    }

    fn other(&mut self, hash: u64) -> u64 {
        hash
    }
}

/// Of ASCII letters and digits.
pub(super) fn plain_hash(written: &[u8]) -> u64 {
    let mut letters = Letters::default();
    written.iter().for_each(|byte| letters.push(byte.to_ascii_lowercase()));
    letters.stem();
    letters.hash()
}

/// Gives every word of the text, in its order, to `each`. Linear in the text.
pub(super) fn each_word(text: &str, each: impl FnMut(Word)) {
    let mut runs = Vec::new();
    cut(text, &mut runs);
    each_number(text, &runs, Hashes, each);
}

/// The same of a text that is cut into `runs`, with a number in the place of the hash.
#[inline]
pub(super) fn each_number(text: &str, runs: &[Run], mut numbers: impl Numbers, mut each: impl FnMut(Word)) {
    let bytes = text.as_bytes();
    let (mut at, mut sentence) = (0, 0);
    for (place, run) in runs.iter().enumerate() {
        let start = run.start as usize;
        // Most words stand one space behind the word before.
        if start != at + 1 || bytes[at] != b' ' {
            while at < start {
                step_between(text, &mut at, &mut sentence, &mut numbers, &mut each);
            }
        } else {
            at = start;
        }
        if at > start {
            continue;
        }
        let end = run.end as usize;
        let is_plain = match bytes.get(end) {
            Some(b'.') => run.len() > 1,
            Some(b'\'' | 0x80..) => false,
            _ => true,
        };
        if is_plain {
            let hash = numbers.plain(place, &bytes[start..end]);
            each(Word { hash, start: run.start, end: run.end, upper: run.has_capital && !run.has_small, sentence });
            at = end;
        } else {
            long_word(text, &mut at, sentence, &mut numbers, &mut each);
        }
    }
    while at < bytes.len() {
        step_between(text, &mut at, &mut sentence, &mut numbers, &mut each);
    }
}

/// Moves over one character between runs, or over the word that starts there.
fn step_between(
    text: &str,
    at: &mut usize,
    sentence: &mut u32,
    numbers: &mut impl Numbers,
    each: &mut impl FnMut(Word),
) {
    let bytes = text.as_bytes();
    let byte = bytes[*at];
    if !byte.is_ascii() {
        return long_word(text, at, *sentence, numbers, each);
    }
    if byte == b'%' {
        let mut letters = Letters::default();
        b"percent".iter().for_each(|&letter| letters.push(letter));
        let hash = numbers.other(letters.hash());
        each(Word { hash, start: *at as u32, end: *at as u32 + 1, upper: false, sentence: *sentence });
    }
    let ends_sentence = match byte {
        b'.' | b'!' | b'?' => bytes.get(*at + 1).is_none_or(|next| !next.is_ascii_alphanumeric()),
        b';' => true,
        b'\n' => bytes.get(*at + 1) == Some(&b'\n'),
        _ => false,
    };
    *sentence += u32::from(ends_sentence);
    *at += 1;
}

/// Moves over a word that is more than a run, or over a character that is in no word.
fn long_word(text: &str, at: &mut usize, sentence: u32, numbers: &mut impl Numbers, each: &mut impl FnMut(Word)) {
    let start = *at;
    let mut letters = Letters::default();
    let (end, upper) = read_word(text, at, &mut letters);
    if letters.len > 0 {
        letters.stem();
        let hash = numbers.other(letters.hash());
        each(Word { hash, start: start as u32, end: end as u32, upper, sentence });
    }
}

/// Reads the word that may start at `at`, moves `at` behind it, and gives the word's end and whether it
/// stands in capitals. Always moves forward.
fn read_word(text: &str, at: &mut usize, letters: &mut Letters) -> (usize, bool) {
    let bytes = text.as_bytes();
    let (mut lower, mut capitals) = (false, false);
    let (mut end, mut segment) = (*at, 0);
    while let Some(&byte) = bytes.get(*at) {
        if byte.is_ascii_alphanumeric() {
            lower |= byte.is_ascii_lowercase();
            capitals |= byte.is_ascii_uppercase();
            letters.push(byte.to_ascii_lowercase());
            segment += 1;
            *at += 1;
            end = *at;
        } else if byte == b'.' && segment == 1 && bytes[*at - 1].is_ascii_uppercase() {
            // "U.S." is one word, and its last dot does not end a sentence; a single initial's does not either.
            let dotted = bytes.get(*at + 1).is_some_and(u8::is_ascii_uppercase)
                && bytes.get(*at + 2).is_none_or(|after| *after == b'.' || !after.is_ascii_alphanumeric());
            *at += 1;
            segment = 0;
            if !dotted {
                break;
            }
        } else if let Some(width) = apostrophe(&bytes[*at..]) {
            let after = &bytes[*at + width..];
            let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
            let possessive = matches!(after.first(), Some(b's' | b'S')) && !letter(after.get(1));
            if end != *at || !letter(after.first()) {
                *at += width;
                break;
            }
            *at += width;
            if possessive {
                *at += 1;
                break;
            }
        } else if byte.is_ascii() {
            break;
        } else {
            let Some(c) = text[*at..].chars().next() else { break };
            *at += c.len_utf8();
            if !c.is_alphanumeric() {
                break;
            }
            lower |= c.is_lowercase();
            capitals |= c.is_uppercase();
            letters.push_char(c);
            segment += 1;
            end = *at;
        }
    }
    (end, capitals && !lower)
}

/// How many bytes the apostrophe at the start takes, if one stands there.
fn apostrophe(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'\'', ..] => Some(1),
        [0xe2, 0x80, 0x99, ..] => Some(3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Word> {
        let mut words = Vec::new();
        each_word(text, |word| words.push(word));
        words
    }

    fn same(one: &str, other: &str) {
        let hashes = |text| words(text).iter().map(|word| word.hash).collect::<Vec<_>>();
        assert_eq!(hashes(one), hashes(other), "{one:?} {other:?}");
    }

    #[test]
    fn evens_out_endings_and_spellings() {
        same("sanctions", "sanction");
        same("allies", "ally");
        same("defence programmes", "defense programs");
        same("recognised organisations", "recognized organizations");
        same("colour revolutions", "Color Revolution");
        same("women’s rights", "woman right");
        same("U.S. troops", "US troop");
        same("cease-fire", "cease fire");
        same("2% of GDP", "2 percent of gdp");
        same("communiqué", "communique");
        assert_ne!(words("important")[0].hash, words("import")[0].hash);
        assert_ne!(words("news")[0].hash, words("new")[0].hash);
        assert_ne!(words("powers")[0].hash, words("power")[0].hash);
    }

    #[test]
    fn spans_leave_the_possessive_aside_and_sentences_count() {
        let text = "Russia’s war. The U.S. left; “talks” began.";
        let found = words(text);
        assert_eq!(&text[found[0].start as usize..found[0].end as usize], "Russia");
        let sentences: Vec<_> = found.iter().map(|word| word.sentence).collect();
        assert_eq!(sentences, [0, 0, 1, 1, 1, 2, 2]);
        assert!(found[3].upper && !found[4].upper);
    }

    #[test]
    fn every_text_ends() {
        for text in ["", "'", "’’’", "a.b.c", "A.", "A.B", "..", "é’", "’s", "\u{301}", "日本", "%%", "A.’B"]
        {
            for word in words(text) {
                assert!(text.get(word.start as usize..word.end as usize).is_some(), "{text:?}");
            }
        }
    }
}
