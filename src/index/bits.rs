//! A set of the paragraphs of one segment.

/// One bit a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// The empty set of a segment with `len` paragraphs.
    pub(crate) fn empty(len: u32) -> Bits {
        Bits { words: vec![0; (len as usize).div_ceil(64)] }
    }

    #[inline]
    pub(crate) fn insert(&mut self, doc: u32) {
        self.words[doc as usize / 64] |= 1 << (doc % 64);
    }

    #[inline]
    pub(crate) fn contains(&self, doc: u32) -> bool {
        self.words[doc as usize / 64] >> (doc % 64) & 1 != 0
    }

    /// Adds what is in the other.
    pub(crate) fn unite(&mut self, other: &Bits) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// Takes away what is in the other.
    pub(crate) fn subtract(&mut self, other: &Bits) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// All of them, in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(place, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(place as u32 * 64 + bit)
            })
        })
    }

    /// What it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.words.len() * 8
    }

    /// The first paragraph in it from `doc` on.
    pub(crate) fn first_from(&self, doc: u32) -> Option<u32> {
        let place = doc as usize / 64;
        let first = self.words.get(place)? >> (doc % 64) << (doc % 64);
        let rest = self.words.iter().enumerate().skip(place + 1).map(|(place, &word)| (place, word));
        let (place, word) = std::iter::once((place, first)).chain(rest).find(|&(_, word)| word != 0)?;
        Some(place as u32 * 64 + word.trailing_zeros())
    }

    /// Keeps what is in both.
    pub(crate) fn intersect(&mut self, other: &Bits) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }
}
