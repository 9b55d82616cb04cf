//! What written words stand for, remembered.
//!
//! In: a plain ASCII word as it stands in a text. Out: the number it has among the words of the cues, if it was
//! looked up before. Folding, stemming and hashing letter by letter took half of the instructions of tagging
//! (callgrind); most words of a text were seen a moment ago, and this table answers for them with two loads and a
//! comparison. With it tagging takes a third fewer instructions.

use crate::text::Run;

/// Places, a power of two: 192 KiB, which hold the running vocabulary of many documents and stay in the second cache.
const PLACES: usize = 32768;

/// Direct mapped: a word that falls into the place of another takes it over.
#[derive(Debug)]
pub(super) struct Surfaces {
    places: Vec<Place>,
}

/// Two to a line of the cache, none across two.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(32))]
struct Place {
    letters: [u64; 2],
    number: u32,
}

impl Default for Surfaces {
    fn default() -> Surfaces {
        Surfaces { places: vec![Place::default(); PLACES] }
    }
}

impl Surfaces {
    /// The number of a run, whatever its capitals, from the table or from `look_up`, which is then remembered.
    #[inline]
    pub(super) fn number(&mut self, run: &Run, look_up: impl FnOnce() -> u32) -> u32 {
        let known = &mut self.places[run.hash as usize % PLACES];
        if known.letters != run.letters || run.len() > Run::WHOLE {
            let number = look_up();
            if run.len() > Run::WHOLE {
                return number;
            }
            *known = Place { letters: run.letters, number };
        }
        known.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_itself_wherever_it_stands() {
        let text =
            b"arms control of Arms, intergovernmental arms intergovernmentals continental Continentals Continental";
        let mut surfaces = Surfaces::default();
        let mut number = |start: usize, new: u32| surfaces.number(&Run::at(text, start).unwrap(), || new);
        assert_eq!(number(0, 7), 7);
        assert_eq!(number(16, 8), 7);
        assert_eq!(number(40, 8), 7);
        assert_eq!(number(13, 8), 8);
        assert_eq!(number(22, 9), 9);
        assert_eq!(number(22, 10), 10, "longer than what is remembered");
        assert_eq!(number(64, 11), 11);
        assert_eq!(number(76, 12), 12);
        assert_eq!(number(89, 13), 11);
    }
}
