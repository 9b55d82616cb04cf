//! What written words stand for, remembered.
//!
//! In: a plain ASCII word as it stands in a text. Out: the number it has among the words of the cues, if it was
//! looked up before. Folding, stemming and hashing letter by letter took half of the instructions of tagging
//! (callgrind); most words of a text were seen a moment ago.

use crate::text::Run;

/// Places, a power of two: 128 KiB, which hold the running vocabulary of many documents.
const PLACES: usize = 1 << 14;

/// How many bits of a place hold the number of the word; the others hold the upper ones of its hash.
const NUMBER: u32 = 20;

/// Direct mapped: a word that falls into the place of another takes it over.
///
/// A place knows its word by 58 bits of its hash: 44 that it holds, and the 14 by which it is found. That two of a
/// million words are taken for one has a chance of one in half a million. Places with the letters themselves were
/// four times as large, and waiting for them was the largest part of tagging topics (perf).
#[derive(Debug)]
pub(super) struct Surfaces {
    places: Vec<u64>,
}

impl Default for Surfaces {
    fn default() -> Surfaces {
        Surfaces { places: vec![0; PLACES] }
    }
}

impl Surfaces {
    /// The number of a run, whatever its capitals, from the table or from `look_up`, which is then remembered.
    #[inline]
    pub(super) fn number(&mut self, run: &Run, look_up: impl FnOnce() -> u32) -> u32 {
        let known = &mut self.places[run.hash as usize % PLACES];
        if *known >> NUMBER == run.hash >> NUMBER && run.len() <= Run::WHOLE {
            return (*known & ((1 << NUMBER) - 1)) as u32;
        }
        let number = look_up();
        if number >> NUMBER == 0 && run.len() <= Run::WHOLE {
            *known = run.hash >> NUMBER << NUMBER | u64::from(number);
        }
        number
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
