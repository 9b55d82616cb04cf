//! Words whose forms were worked out before: a lowered word in, its exact form and its stem out.
//!
//! Stemming a word takes longer than all else that is done to it, and a text says the same words again and again.
//! Short words keep their place until there are too many: in a table where one word took over the place of another,
//! with 32,768 of them, a fifth of the time of an analysis went into stemming those that had been driven out. The
//! table of long words is of that sort.

use super::plain_word::is_plain_word;
use super::run::{Run, hash};

/// Words of up to sixteen ASCII letters and digits, known by their letters without a look at any text.
#[derive(Debug)]
pub(super) struct ShortWords {
    /// The letters, [`Forms`] and their number; open addressing, a power of two of places, half of them free.
    slots: Vec<[u64; 4]>,
    /// How many slots are taken.
    count: usize,
    /// The forms, in the order in which the words were first met; so those of common words stand close together.
    forms: String,
    /// How many words were learned, a word that was forgotten in between each time.
    learned: u32,
}

impl ShortWords {
    /// Of an analyzer that has met no word; one for a short query never has more.
    const FEWEST: usize = 1024;

    /// With so many words, the next text begins anew.
    const MOST: usize = 65536;

    /// How far a word may stand from its place; words that were made to have one place are not looked at one by one.
    const NEAR: usize = 32;

    /// One text can bring so many, in a table of 16 MB; hardly any does.
    const MOST_OF_A_TEXT: usize = 4 * ShortWords::MOST;

    pub(super) fn new() -> ShortWords {
        ShortWords { slots: vec![[0; 4]; ShortWords::FEWEST], count: 0, forms: String::new(), learned: 0 }
    }

    /// Where the forms of a word stand, which is all of a run of at most [`Run::WHOLE`] bytes; good until the next
    /// [`make_room`](ShortWords::make_room). `stem` appends the stem of the exact form; it is asked when the word is
    /// not known. `None` for a longer run, and where there is no room for more.
    #[inline]
    pub(super) fn find(&mut self, word: &str, run: &Run, stem: impl FnOnce(&str, &mut String)) -> Option<Forms> {
        if run.len() > Run::WHOLE {
            return None;
        }
        let slot = self.slots[self.slot(run.hash, run.letters)];
        if slot[..2] == run.letters { Some(Forms::of(slot)) } else { self.learn(word, run, stem) }
    }

    /// How many numbers were given to words.
    pub(super) fn learned(&self) -> u32 {
        self.learned
    }

    /// Where a word stands, or the free slot where it would, or that of another word whose place it takes.
    #[inline]
    fn slot(&self, hash: u64, letters: [u64; 2]) -> usize {
        let mask = self.slots.len() - 1;
        let (mut at, last) = (hash as usize & mask, (hash as usize).wrapping_add(ShortWords::NEAR) & mask);
        // A word has a letter, so a slot without one is free.
        while self.slots[at][..2] != letters && self.slots[at][0] != 0 && at != last {
            at = (at + 1) & mask;
        }
        at
    }

    /// The exact form and the stem.
    #[inline]
    pub(super) fn forms(&self, forms: Forms) -> (&str, &str) {
        let packed = forms.packed;
        let from = (packed >> 32) as usize;
        let exact = &self.forms[from..from + (packed & 0x7F) as usize];
        let stem = from + (packed >> 8 & 0xFF) as usize;
        (exact, &self.forms[stem..stem + (packed >> 16 & 0xFFFF) as usize])
    }

    /// Forgets all, if that is too much.
    pub(super) fn make_room(&mut self) {
        if self.count >= ShortWords::MOST {
            *self = ShortWords { learned: self.learned, ..ShortWords::new() };
        }
    }

    #[cold]
    fn learn(&mut self, word: &str, run: &Run, stem: impl FnOnce(&str, &mut String)) -> Option<Forms> {
        if self.count >= ShortWords::MOST_OF_A_TEXT {
            return None;
        }
        let from = self.forms.len();
        let exact = word.to_ascii_lowercase();
        self.forms.push_str(&exact);
        stem(&exact, &mut self.forms);
        let stem = &self.forms[from + exact.len()..];
        let stem_len = stem.len();
        // Most stems begin their word, and those are not kept twice.
        let (skip, stem_len) = match exact.starts_with(stem) {
            true => (0, stem_len),
            false => (exact.len(), stem_len),
        };
        if skip == 0 {
            self.forms.truncate(from + exact.len());
        }
        let plain = u64::from(is_plain_word(&exact)) << 7;
        let lengths = (stem_len as u64 & 0xFFFF) << 16 | (skip as u64) << 8 | plain | exact.len() as u64;
        let packed = (from as u64) << 32 | lengths;
        if 2 * self.count >= self.slots.len() {
            self.grow();
        }
        let slot = self.slot(run.hash, run.letters);
        self.slots[slot] = [run.letters[0], run.letters[1], packed, u64::from(self.learned)];
        self.count += 1;
        self.learned = self.learned.wrapping_add(1);
        Some(Forms::of(self.slots[slot]))
    }

    fn grow(&mut self) {
        let twice = vec![[0; 4]; 2 * self.slots.len()];
        for old in std::mem::replace(&mut self.slots, twice) {
            if old[0] != 0 {
                let letters = [old[0], old[1]];
                let slot = self.slot(hash(letters), letters);
                self.slots[slot] = old;
            }
        }
    }
}

/// Where the two forms of a word stand: the start of the exact one in 32 bits, then the length of the stem in 16, its
/// start from there in 8, whether it is a plain word in 1 and the length of the exact one in 7.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forms {
    packed: u64,
    number: u32,
}

impl Forms {
    #[inline]
    fn of(slot: [u64; 4]) -> Forms {
        Forms { packed: slot[2], number: slot[3] as u32 }
    }

    #[inline]
    pub(super) fn is_plain(self) -> bool {
        self.packed & 0x80 != 0
    }

    /// The number of the word, which no other has had; a word that was forgotten and learned again has several.
    #[inline]
    pub(super) fn number(self) -> u32 {
        self.number
    }
}

/// Stems of longer words, and of those with other letters.
#[derive(Debug)]
pub(super) struct LongStems {
    /// [`LongStems::SLOTS`] slots of key length, stem length, key, stem. One zeroed block, so that an
    /// analyzer made for one short query touches only the pages that it uses.
    slots: Vec<u8>,
}

impl LongStems {
    const SLOTS: usize = 8192;
    const SLOT: usize = 64;
    /// Longest key, and longest stem, that a slot holds.
    const HALF: usize = 31;

    pub(super) fn new() -> LongStems {
        LongStems { slots: vec![0; LongStems::SLOTS * LongStems::SLOT] }
    }

    /// Multiplicative hashing, eight bytes at a time.
    fn slot(word: &[u8]) -> usize {
        let mut hash = word.len() as u64;
        for eight in word.chunks(8) {
            let mut letters = [0; 8];
            letters[..eight.len()].copy_from_slice(eight);
            hash = (hash ^ u64::from_le_bytes(letters)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            hash ^= hash >> 32;
        }
        (hash as usize % LongStems::SLOTS) * LongStems::SLOT
    }

    pub(super) fn get(&self, word: &str) -> Option<&str> {
        let word = word.as_bytes();
        let at = LongStems::slot(word);
        let slot = &self.slots[at..at + LongStems::SLOT];
        let (key, stem) = (usize::from(slot[0]), usize::from(slot[1]));
        let hit = key == word.len() && key > 0 && &slot[2..2 + key] == word;
        if hit { std::str::from_utf8(&slot[2 + LongStems::HALF..2 + LongStems::HALF + stem]).ok() } else { None }
    }

    pub(super) fn put(&mut self, word: &str, stem: &str) {
        let (word, stem) = (word.as_bytes(), stem.as_bytes());
        if word.len() > LongStems::HALF || stem.len() > LongStems::HALF || word.is_empty() {
            return;
        }
        let at = LongStems::slot(word);
        let slot = &mut self.slots[at..at + LongStems::SLOT];
        slot[0] = word.len() as u8;
        slot[1] = stem.len() as u8;
        slot[2..2 + word.len()].copy_from_slice(word);
        slot[2 + LongStems::HALF..2 + LongStems::HALF + stem.len()].copy_from_slice(stem);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(words: &mut ShortWords, word: &str, stem: &str) -> (String, String) {
        let run = Run::at(word.as_bytes(), 0).unwrap();
        let forms = words.find(word, &run, |_, into| into.push_str(stem)).unwrap();
        let (exact, stem) = words.forms(forms);
        (exact.to_owned(), stem.to_owned())
    }

    #[test]
    fn a_word_is_known_whatever_its_capitals() {
        let mut words = ShortWords::new();
        let pair = |exact: &str, stem: &str| (exact.to_owned(), stem.to_owned());
        assert_eq!(forms(&mut words, "Sanctions", "sanction"), pair("sanctions", "sanction"));
        assert_eq!(forms(&mut words, "sanctions", "?"), pair("sanctions", "sanction"));
        assert_eq!(forms(&mut words, "SANCTION", "sanctio"), pair("sanction", "sanctio"));
        assert_eq!(forms(&mut words, "happy", "happi"), pair("happy", "happi"));
        assert_eq!(forms(&mut words, "sanctions", "?"), pair("sanctions", "sanction"));
        let plain = |words: &mut ShortWords, word: &str| {
            words.find(word, &Run::at(word.as_bytes(), 0).unwrap(), |_, into| into.push_str(word)).unwrap().is_plain()
        };
        assert!(plain(&mut words, "The") && plain(&mut words, "2022") && !plain(&mut words, "sanctions"));
    }

    #[test]
    fn when_it_is_full_it_begins_anew() {
        let mut words = ShortWords::new();
        for number in 0..ShortWords::MOST + 100 {
            words.make_room();
            let word = format!("word{number}");
            assert_eq!(forms(&mut words, &word, "word").1, "word");
        }
        assert!(words.count <= 100 && words.slots.len() == ShortWords::FEWEST);
        assert_eq!(forms(&mut words, "word7", "wor").0, "word7");
    }

    #[test]
    fn long_words_keep_their_stems() {
        let mut stems = LongStems::new();
        assert_eq!(stems.get("internationalisierung"), None);
        stems.put("internationalisierung", "internationalisier");
        stems.put("переговоры", "переговор");
        assert_eq!(stems.get("internationalisierung"), Some("internationalisier"));
        assert_eq!(stems.get("переговоры"), Some("переговор"));
        stems.put(&"a".repeat(32), "a");
        assert_eq!(stems.get(&"a".repeat(32)), None);
    }
}
