//! Sets of hashes that turn away what is in no table before it is looked up.

/// A set that may hold more than was added: two bits of one 64-bit word for each member (Putze, Sanders and Singler,
/// "Cache-, hash- and space-efficient Bloom filters", 2007). Those of the built-in tables set a tenth of the bits and
/// stay in the first cache.
#[derive(Debug)]
pub(super) struct Filter<const WORDS: usize> {
    words: Box<[u64; WORDS]>,
}

impl<const WORDS: usize> Filter<WORDS> {
    pub(super) fn new() -> Filter<WORDS> {
        Filter { words: Box::new([0; WORDS]) }
    }

    /// The word and the bits of a member, which is a hash: its lowest bits and its highest.
    #[inline]
    fn place(member: u64) -> (usize, u64) {
        (member as usize % WORDS, 1 << (member >> 58) | 1 << (member >> 52 & 63))
    }

    pub(super) fn add(&mut self, member: u64) {
        let (word, bits) = Self::place(member);
        self.words[word] |= bits;
    }

    #[inline]
    pub(super) fn may_hold(&self, member: u64) -> bool {
        let (word, bits) = Self::place(member);
        self.words[word] & bits == bits
    }
    /// How many bytes it holds in memory.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_held_and_most_others_are_not() {
        let member = |number: u64| {
            let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            mixed ^ mixed >> 32
        };
        let mut filter = Filter::<256>::new();
        (0..500).for_each(|number| filter.add(member(number)));
        assert!((0..500).all(|number| filter.may_hold(member(number))));
        let others = (500..10_500).filter(|&number| filter.may_hold(member(number))).count();
        assert!(others < 300, "{others} of 10,000");
    }
}
