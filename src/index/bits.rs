//! A set of the paragraphs of one segment.

/// One bit a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

/// The paragraphs of a set among [`Block::LEN`] neighbours; the unit in which a segment is gone over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block(u64);

impl Block {
    pub(crate) const LEN: usize = u64::BITS as usize;
    pub(crate) const NONE: Block = Block(0);

    /// The number of the block of a paragraph, and its place in it.
    #[inline]
    pub(crate) fn of(doc: u32) -> (usize, usize) {
        (doc as usize / Block::LEN, doc as usize % Block::LEN)
    }

    /// The paragraph at a place of a block.
    #[inline]
    pub(crate) fn doc(block: usize, place: usize) -> u32 {
        (block * Block::LEN + place) as u32
    }

    /// All of a block, in a segment with `len` paragraphs.
    #[inline]
    pub(crate) fn whole(block: usize, len: u32) -> Block {
        let beyond = Block::LEN - (len as usize - block * Block::LEN).min(Block::LEN);
        Block(u64::MAX.checked_shr(beyond as u32).unwrap_or_default())
    }

    #[inline]
    pub(crate) fn insert(&mut self, place: usize) {
        self.0 |= 1 << place;
    }

    #[inline]
    pub(crate) fn contains(self, place: usize) -> bool {
        self.0 >> place & 1 != 0
    }

    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[inline]
    pub(crate) fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// What is in both.
    #[inline]
    pub(crate) fn and(self, other: Block) -> Block {
        Block(self.0 & other.0)
    }

    /// What is in one or both.
    #[inline]
    pub(crate) fn or(self, other: Block) -> Block {
        Block(self.0 | other.0)
    }

    /// What is not in the other.
    #[inline]
    pub(crate) fn without(self, other: Block) -> Block {
        Block(self.0 & !other.0)
    }

    /// How many there are before a place.
    #[inline]
    pub(crate) fn before(self, place: usize) -> u32 {
        (self.0 & ((1 << place) - 1)).count_ones()
    }

    /// Gives `visit` the places, ascending.
    #[inline(always)]
    pub(crate) fn each(self, mut visit: impl FnMut(usize)) {
        let mut rest = self.0;
        while rest != 0 {
            visit(rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
    }

    /// Those of which `keeps` is true.
    #[inline(always)]
    pub(crate) fn filter(self, mut keeps: impl FnMut(usize) -> bool) -> Block {
        let mut kept = Block::NONE;
        self.each(|place| kept.0 |= u64::from(keeps(place)) << place);
        kept
    }
}

impl Bits {
    /// How many blocks there are.
    pub(crate) fn blocks(&self) -> usize {
        self.words.len()
    }

    /// What is in a block.
    #[inline]
    pub(crate) fn block(&self, block: usize) -> Block {
        Block(self.words[block])
    }

    /// Sets what is in a block.
    #[inline]
    pub(crate) fn set_block(&mut self, block: usize, to: Block) {
        self.words[block] = to.0;
    }

    /// The empty set of a segment with `len` paragraphs.
    pub(crate) fn empty(len: u32) -> Bits {
        Bits { words: vec![0; (len as usize).div_ceil(64)] }
    }

    /// The set as bytes: a bit a paragraph, the first of a byte the lowest, the last byte filled up.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// A set of a segment with `len` paragraphs from its bytes; `None` where they are not as many as they have to be, or hold
    /// more than there is.
    pub(crate) fn from_bytes(len: u32, bytes: &[u8]) -> Option<Bits> {
        let (words, rest) = bytes.as_chunks();
        let bits = Bits { words: words.iter().map(|&word| u64::from_le_bytes(word)).collect() };
        let whole = Bits::full(len);
        let fits = rest.is_empty()
            && bits.words.len() == whole.words.len()
            && bits.words.last().zip(whole.words.last()).is_none_or(|(last, whole)| last & !whole == 0);
        fits.then_some(bits)
    }

    /// Some paragraphs of a segment with `len`.
    pub(crate) fn of(len: u32, docs: &[u32]) -> Bits {
        let mut bits = Bits::empty(len);
        docs.iter().for_each(|&doc| bits.insert(doc));
        bits
    }

    #[inline]
    pub(crate) fn insert(&mut self, doc: u32) {
        self.words[doc as usize / 64] |= 1 << (doc % 64);
    }

    #[inline]
    pub(crate) fn contains(&self, doc: u32) -> bool {
        self.words[doc as usize / 64] >> (doc % 64) & 1 != 0
    }

    /// The whole of a segment with `len` paragraphs.
    pub(crate) fn full(len: u32) -> Bits {
        let mut bits = Bits { words: vec![u64::MAX; (len as usize).div_ceil(64)] };
        if !len.is_multiple_of(64)
            && let Some(last) = bits.words.last_mut()
        {
            *last = (1 << (len % 64)) - 1;
        }
        bits
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
        let mut ones = Ones::default();
        let (chunks, rest) = self.words.as_chunks();
        chunks.iter().for_each(|chunk| ones.add(chunk));
        ones.count() + rest.iter().map(|word| word.count_ones()).sum::<u32>()
    }

    /// How many paragraphs there are, of those in `within` where it is given, and how many runs of paragraphs have one or
    /// more of them; `ends` holds the last paragraph of every run.
    ///
    /// Within a run the bits below its end, added to as many ones, carry into the end's place if there is any of
    /// them. The numbers are as long as the segment, so the carry goes from word to word.
    pub(crate) fn totals(&self, within: Option<&Bits>, ends: &Bits) -> (u32, u32) {
        // Without a filter each word passes itself.
        let [totals] = Bits::totals_of([self], within.unwrap_or(self), ends);
        totals
    }

    /// [`Bits::totals`] of several sets at once.
    pub(crate) fn totals_of<const N: usize>(sets: [&Bits; N], within: &Bits, ends: &Bits) -> [(u32, u32); N] {
        let last_of_runs = |word: u64, ends: u64, carry: &mut bool| {
            let (sum, over) = (word & !ends).overflowing_add(!ends);
            let (sum, over_by_carry) = sum.overflowing_add(u64::from(*carry));
            *carry = over || over_by_carry;
            (sum | word) & ends
        };
        let mut carries = [false; N];
        let mut counts: [(Ones, Ones); N] = std::array::from_fn(|_| Default::default());
        let (passing, rest_passing) = within.words.as_chunks::<{ Ones::WORDS }>();
        let (chunks_of_ends, rest_ends) = ends.words.as_chunks::<{ Ones::WORDS }>();
        let chunks = sets.map(|set| set.words.as_chunks::<{ Ones::WORDS }>().0);
        for (at, (passing, ends)) in passing.iter().zip(chunks_of_ends).enumerate() {
            for ((chunks, (all, runs)), carry) in chunks.iter().zip(&mut counts).zip(&mut carries) {
                let words = &chunks[at];
                let mut lasts = [0; Ones::WORDS];
                let mut passed = [0; Ones::WORDS];
                for place in 0..Ones::WORDS {
                    passed[place] = words[place] & passing[place];
                    lasts[place] = last_of_runs(passed[place], ends[place], carry);
                }
                all.add(&passed);
                runs.add(&lasts);
            }
        }
        std::array::from_fn(|set| {
            let (all, runs) = &counts[set];
            let (mut paragraphs, mut documents) = (all.count(), runs.count());
            let (_, rest) = sets[set].words.as_chunks::<{ Ones::WORDS }>();
            for ((word, passing), &ends) in rest.iter().zip(rest_passing).zip(rest_ends) {
                paragraphs += (word & passing).count_ones();
                documents += last_of_runs(word & passing, ends, &mut carries[set]).count_ones();
            }
            (paragraphs, documents)
        })
    }

    /// How many there are in both.
    pub(crate) fn len_within(&self, within: &Bits) -> u32 {
        let mut ones = Ones::default();
        let (chunks, rest) = self.words.as_chunks::<{ Ones::WORDS }>();
        let (passing, rest_passing) = within.words.as_chunks::<{ Ones::WORDS }>();
        for (chunk, passing) in chunks.iter().zip(passing) {
            ones.add(&std::array::from_fn(|place| chunk[place] & passing[place]));
        }
        ones.count() + rest.iter().zip(rest_passing).map(|(word, passing)| (word & passing).count_ones()).sum::<u32>()
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

    /// All of them, in their order, a thousand or so at a time.
    pub(crate) fn in_blocks(&self, mut visit: impl FnMut(&[u32])) {
        const BLOCK: usize = 1_024;
        let mut block = Vec::with_capacity(BLOCK + 64);
        for (place, &word) in self.words.iter().enumerate() {
            let mut rest = word;
            while rest != 0 {
                block.push(place as u32 * 64 + rest.trailing_zeros());
                rest &= rest - 1;
            }
            if block.len() >= BLOCK {
                visit(&block);
                block.clear();
            }
        }
        visit(&block);
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

/// Counts the ones of many words. Without an instruction for it, which not every processor has, to count those of a word
/// takes fifteen others; carry-save adders count eight words with what it takes for one (Harley and Seal; in Warren,
/// "Hacker's Delight", 2012, section 5-1).
#[derive(Default)]
struct Ones {
    eights: u32,
    /// Sums of each bit place, in units of one, two and four.
    sums: [u64; 3],
}

impl Ones {
    const WORDS: usize = 8;

    #[inline]
    fn add(&mut self, words: &[u64; Ones::WORDS]) {
        let full = |a: u64, b: u64, c: u64| ((a & b) | ((a ^ b) & c), a ^ b ^ c);
        let [ones, twos, fours] = self.sums;
        let [a, b, c, d, e, f, g, h] = *words;
        let (twos_a, ones) = full(ones, a, b);
        let (twos_b, ones) = full(ones, c, d);
        let (fours_a, twos) = full(twos, twos_a, twos_b);
        let (twos_a, ones) = full(ones, e, f);
        let (twos_b, ones) = full(ones, g, h);
        let (fours_b, twos) = full(twos, twos_a, twos_b);
        let (eights, fours) = full(fours, fours_a, fours_b);
        self.eights += eights.count_ones();
        self.sums = [ones, twos, fours];
    }

    fn count(&self) -> u32 {
        let [ones, twos, fours] = self.sums.map(u64::count_ones);
        8 * self.eights + 4 * fours + 2 * twos + ones
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn runs_are_those_with_a_paragraph_in_the_set(
            lengths in proptest::collection::vec(1u32..250, 0..40),
            chosen in proptest::collection::vec(any::<prop::sample::Index>(), 0..400),
        ) {
            let len: u32 = lengths.iter().sum();
            let (mut ends, mut bits) = (Bits::empty(len), Bits::empty(len));
            for index in chosen.iter().filter(|_| len > 0) {
                bits.insert(index.index(len as usize) as u32);
            }
            let (mut start, mut expected, mut expected_within) = (0, 0, 0);
            for length in lengths {
                ends.insert(start + length - 1);
                expected += u32::from((start..start + length).any(|doc| bits.contains(doc)));
                expected_within += u32::from((start..start + length).any(|doc| bits.contains(doc) && doc % 3 == 0));
                start += length;
            }
            let thirds: Vec<u32> = (0..len).step_by(3).collect();
            let within = bits.iter().filter(|doc| doc % 3 == 0).count() as u32;
            prop_assert_eq!(bits.totals(None, &ends), (bits.len(), expected));
            prop_assert_eq!(bits.totals(Some(&Bits::of(len, &thirds)), &ends), (within, expected_within));
            prop_assert_eq!(bits.iter().count() as u32, bits.len());
            prop_assert_eq!(Bits::full(len).iter().collect::<Vec<_>>(), (0..len).collect::<Vec<_>>());
        }
    }
}
