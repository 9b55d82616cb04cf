//! Words whose forms were worked out before: a lowered word in, its exact form and its stem out.
//!
//! Stemming a word takes longer than all else that is done to it, and a text says the same words again and again.
//! Both tables are direct mapped: a word that falls into the place of another takes it over. With 8,192 places for
//! short words, two fifths of the time of an analysis went into stemming those that others had driven out; a second
//! place for each was tried with the present number, and brought nothing.

use super::plain_word::is_plain_word;
use super::run::Run;

/// Words of up to sixteen ASCII letters and digits, known by their letters without a look at any text.
#[derive(Debug)]
pub(super) struct ShortWords {
    /// The letters, and [`Forms`].
    slots: Vec<[u64; 3]>,
    /// The forms, in the order in which the words were first met; so those of common words stand close together.
    forms: String,
}

impl ShortWords {
    /// A power of two; only those of words that occur are ever touched.
    const SLOTS: usize = 32768;

    /// When the forms, with those that no slot names any more, take more bytes than this, all begins anew.
    const MOST: usize = 1 << 20;

    pub(super) fn new() -> ShortWords {
        // Zeroed memory is touched when it is used, so an analyzer for one short query costs little.
        ShortWords { slots: vec![[0; 3]; ShortWords::SLOTS], forms: String::new() }
    }

    /// Where the forms of a word stand, which is all of a run of at most [`Run::WHOLE`] bytes; good until the next
    /// [`make_room`](ShortWords::make_room). `stem` appends the stem of the exact form; it is asked when the word is
    /// not known. `None` for a longer run, and where there is no room for more.
    #[inline]
    pub(super) fn find(&mut self, word: &str, run: &Run, stem: impl FnOnce(&str, &mut String)) -> Option<Forms> {
        let slot = run.hash as usize % ShortWords::SLOTS;
        if run.len() > Run::WHOLE {
            return None;
        }
        if self.slots[slot][..2] != run.letters {
            // The words of one text of gigabytes; where they stand has 32 bits.
            if self.forms.len() > u32::MAX as usize / 2 {
                return None;
            }
            self.learn(word, run, stem);
        }
        Some(Forms(self.slots[slot][2]))
    }

    /// The exact form and the stem.
    #[inline]
    pub(super) fn forms(&self, forms: Forms) -> (&str, &str) {
        let from = (forms.0 >> 32) as usize;
        let exact = &self.forms[from..from + (forms.0 & 0x7F) as usize];
        let stem = from + (forms.0 >> 8 & 0xFF) as usize;
        (exact, &self.forms[stem..stem + (forms.0 >> 16 & 0xFFFF) as usize])
    }

    /// Forgets all, if that is too much.
    pub(super) fn make_room(&mut self) {
        if self.forms.len() > ShortWords::MOST {
            self.slots.fill([0; 3]);
            self.forms.clear();
        }
    }

    #[cold]
    fn learn(&mut self, word: &str, run: &Run, stem: impl FnOnce(&str, &mut String)) {
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
        self.slots[run.hash as usize % ShortWords::SLOTS] = [run.letters[0], run.letters[1], packed];
    }
}

/// Where the two forms of a word stand: the start of the exact one in 32 bits, then the length of the stem in 16, its
/// start from there in 8, whether it is a plain word in 1 and the length of the exact one in 7.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forms(u64);

impl Forms {
    #[inline]
    pub(super) fn is_plain(self) -> bool {
        self.0 & 0x80 != 0
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
        for number in 0..ShortWords::MOST / 4 {
            words.make_room();
            let word = format!("word{number}");
            assert_eq!(forms(&mut words, &word, "word").1, "word");
        }
        assert!(words.forms.len() <= ShortWords::MOST + Run::WHOLE);
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
