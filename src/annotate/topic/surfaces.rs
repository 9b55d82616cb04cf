//! What written words stand for, remembered.
//!
//! In: a plain ASCII word as it stands in a text. Out: the number it has among the words of the cues, if it was
//! looked up before. Folding, stemming and hashing letter by letter took half of the instructions of tagging
//! (callgrind); most words of a text were seen a moment ago, and this table answers for them with two loads and a
//! comparison. With it tagging takes a third fewer instructions.

/// The longest word that is remembered.
pub(super) const LONGEST: usize = 16;

/// A power of two; 8,192 slots are 256 kB and hold the running vocabulary of many documents.
const SLOTS: usize = 8192;

/// A word of at most [`LONGEST`] bytes as two numbers and its length; different words differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Surface {
    first: u64,
    last: u64,
    len: u32,
}

impl Surface {
    /// The word in `bytes[start..end]`; `None` for one that is too long.
    #[inline]
    pub(super) fn of(bytes: &[u8], start: usize, end: usize) -> Option<Surface> {
        let len = end - start;
        if len > LONGEST {
            return None;
        }
        let (first, last) = if len > 8 {
            // The halves overlap; together with the length they still say every byte.
            (load(bytes, start), load(bytes, end - 8))
        } else {
            (load(bytes, start) & (u64::MAX >> (64 - 8 * len.max(1))), 0)
        };
        Some(Surface { first, last, len: len as u32 })
    }

    #[inline]
    fn slot(self) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 40) as usize % SLOTS
    }
}

/// Eight bytes from `start`, with zeros behind the text's end.
#[inline]
fn load(bytes: &[u8], start: usize) -> u64 {
    if let Some(eight) = bytes.get(start..start + 8) {
        return u64::from_le_bytes(eight.try_into().unwrap_or_default());
    }
    bytes[start..].iter().rev().fold(0, |number, &byte| (number << 8) | u64::from(byte))
}

/// Direct mapped: a word that falls into the slot of another takes its place.
#[derive(Debug)]
pub(super) struct Surfaces {
    slots: Vec<(Surface, u32)>,
}

impl Default for Surfaces {
    fn default() -> Surfaces {
        Surfaces { slots: vec![(Surface::default(), 0); SLOTS] }
    }
}

impl Surfaces {
    /// The number of the word, from the table or from `look_up`, which is then remembered.
    #[inline]
    pub(super) fn number(&mut self, surface: Surface, look_up: impl FnOnce() -> u32) -> u32 {
        let slot = &mut self.slots[surface.slot()];
        if slot.0 != surface {
            *slot = (surface, look_up());
        }
        slot.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_itself_wherever_it_stands() {
        let text = b"arms control of arms, intergovernmental arms";
        let at = |start: usize, end: usize| Surface::of(text, start, end);
        assert_eq!(at(0, 4), at(16, 20));
        assert_eq!(at(0, 4), at(40, 44));
        assert_ne!(at(0, 4), at(0, 3));
        assert_ne!(at(5, 12), at(5, 11));
        assert_eq!(at(22, 39), None);
        let mut surfaces = Surfaces::default();
        let arms = at(0, 4).expect("a short word");
        assert_eq!(surfaces.number(arms, || 7), 7);
        assert_eq!(surfaces.number(arms, || 8), 7);
    }
}
