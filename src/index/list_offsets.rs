//! Where lists that stand one after the other begin, in two bytes a list.

use std::ops::Range;

/// Tells where lists stand, asked from paragraph to paragraph.
pub(super) trait ListRanges {
    fn range(&mut self, paragraph: u32) -> Range<usize>;
}

impl ListRanges for &[u32] {
    #[inline]
    fn range(&mut self, paragraph: u32) -> Range<usize> {
        self[paragraph as usize] as usize..self[paragraph as usize + 1] as usize
    }
}

/// So many lists are told from where the first of them begins.
const STRIDE: usize = 64;

/// Where each of some short lists begins, and where the last one ends.
#[derive(Debug)]
pub(super) struct ListOffsets {
    /// Where the first list of every [`STRIDE`] begins.
    starts: Vec<u32>,
    /// How far behind that each list begins.
    within: Vec<u16>,
}

impl ListOffsets {
    /// Of lists that are so long; `None` where neighbours are too long together.
    pub(super) fn new(lengths: impl ExactSizeIterator<Item = usize>) -> Option<ListOffsets> {
        let lists = lengths.len();
        let mut offsets =
            ListOffsets { starts: Vec::with_capacity(lists / STRIDE + 1), within: Vec::with_capacity(lists + 1) };
        let (mut start, mut end) = (0, 0);
        for length in lengths {
            offsets.push(&mut start, end)?;
            end += length;
        }
        offsets.push(&mut start, end)?;
        Some(offsets)
    }

    /// Adds the beginning of a list; `start` is where the first of its stride begins.
    fn push(&mut self, start: &mut usize, begin: usize) -> Option<()> {
        if self.within.len().is_multiple_of(STRIDE) {
            *start = begin;
            self.starts.push(u32::try_from(begin).ok()?);
        }
        self.within.push(u16::try_from(begin - *start).ok()?);
        Some(())
    }

    #[inline]
    fn begin(&self, list: usize) -> usize {
        self.starts[list / STRIDE] as usize + usize::from(self.within[list])
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.starts) + size_of_val(&*self.within)
    }
}

impl ListRanges for &ListOffsets {
    #[inline]
    fn range(&mut self, paragraph: u32) -> Range<usize> {
        let list = paragraph as usize;
        self.begin(list)..self.begin(list + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_stand_one_after_the_other() {
        let lengths: Vec<usize> = (0..300).map(|list| list * 7 % 11).collect();
        let offsets = ListOffsets::new(lengths.iter().copied()).expect("short lists");
        let mut end = 0;
        for (list, &length) in lengths.iter().enumerate() {
            assert_eq!((&offsets).range(list as u32), end..end + length);
            end += length;
        }
        assert!(ListOffsets::new([70_000, 1].into_iter()).is_none());
    }
}
