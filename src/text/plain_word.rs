//! Words that no stemmer touches, whatever the language: their stem and their written form are one term.
//!
//! About half of the words of a text are these. An index has every other word twice, as its stem and as it is written;
//! these it has once, which makes the index of written words smaller by two fifths. A look-up does not know the
//! language of a paragraph, so the choice holds in all of them: in every language a plain word keeps its form,
//! and a stem that would be spelled like one is set [`apart`], so that whatever shares it still meets.
//!
//! The price: a plain word does not meet its own inflections, where it has any. So the list leaves out what is a
//! noun, verb or adjective of subject matter in a language with a stemmer, such as *by* (a Scandinavian town), *is*
//! (Scandinavian ice), *not* (German distress), *but* (a French aim), *these* (a German thesis), *can* (Turkish life), *il* and
//! *su* (a Turkish province and water), and *die*, *war*, *fur*, *par*, *pour*, *van*, *para* and *per*, which
//! are English, too.

use super::alternative::is_character;

/// The words, folded, by the language that has them most often.
const WORDS: [&str; 12] = [
    "the of and to in a that for it which we this be on as with are have has our its all their will an at i been from \
     should or was would they one other my must there no those so only such if also any us who between had may now them \
     were under most against some what when do into many than being very because cannot without through towards among \
     he she him her you your me itself himself themselves whose whom where while both each every upon about during \
     could did does before after once again however therefore",
    "der und das den dem des mit auf von zu im sich auch nicht ein eine einer einen sind wird als",
    "de la le les et en un une du que qui sur ce cette nous vous elle ils sont avec",
    "el los las del se por con una lo al y es como",
    "di che e si non della dei nel sono gli",
    "o os em um uma da dos das nao ao pela pelo",
    "het een op te dat zijn voor niet",
    "och att det som av og",
    "ve bir bu icin",
    "и в не на что с по как из для от к за о но у то все так это его мы",
    "και το η ο να του με για",
    "في من على أن إلى",
];

/// The longest plain word in bytes, so that words are compared as numbers.
const MOST_BYTES: usize = 16;

const SLOTS: usize = 1_024;

/// The words by their hash; 0 where there is none.
static TABLE: [u128; SLOTS] = {
    let mut table = [0; SLOTS];
    let mut list = 0;
    while list < WORDS.len() {
        let bytes = WORDS[list].as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let (mut word, mut len) = (0, 0);
            while at < bytes.len() && bytes[at] != b' ' {
                assert!(len < MOST_BYTES, "a word is longer than the longest");
                word |= (bytes[at] as u128) << (8 * len);
                len += 1;
                at += 1;
            }
            at += 1;
            let mut slot = slot_of(word);
            while table[slot] != 0 && table[slot] != word {
                slot = (slot + 1) % SLOTS;
            }
            table[slot] = word;
        }
        list += 1;
    }
    table
};

const fn slot_of(word: u128) -> usize {
    let folded = (word as u64 ^ (word >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (folded >> 54) as usize
}

/// Whether a term is its own stem in every language, and the stem of nothing else: one of the words of the list, what
/// begins with a digit, or one character of a script without spaces.
pub(crate) fn is_plain_word(term: &str) -> bool {
    match term.as_bytes() {
        [] => false,
        [first, ..] if first.is_ascii() => first.is_ascii_digit() || is_listed(term),
        _ => is_listed(term) || (term.chars().nth(1).is_none() && is_character(term)),
    }
}

/// The words of the list.
pub(crate) fn plain_words() -> impl Iterator<Item = &'static str> {
    WORDS.iter().flat_map(|words| words.split_ascii_whitespace())
}

/// The spelling of a stem that would be a plain word; no word holds the mark.
pub(crate) fn apart(stem: &mut String) {
    stem.push('_');
}

fn is_listed(term: &str) -> bool {
    if term.len() > MOST_BYTES {
        return false;
    }
    let mut bytes = [0; MOST_BYTES];
    bytes[..term.len()].copy_from_slice(term.as_bytes());
    let word = u128::from_le_bytes(bytes);
    let mut slot = slot_of(word);
    while TABLE[slot] != 0 {
        if TABLE[slot] == word {
            return true;
        }
        slot = (slot + 1) % SLOTS;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Language;
    use crate::text::{Analyzer, plain};

    #[test]
    fn the_list_is_written_as_words_are_compared_and_all_of_it_is_found() {
        for word in plain_words() {
            assert_eq!(plain(word), word);
            assert!(is_plain_word(word), "{word}");
        }
        for word in ["1990s", "3.5", "核", "한"] {
            assert!(is_plain_word(word), "{word}");
        }
        for word in ["", "thee", "nato", "核武", "é", "therefore therefore", "a_"] {
            assert!(!is_plain_word(word), "{word}");
        }
    }

    #[test]
    fn a_stem_that_would_be_a_plain_word_is_set_apart() {
        let stems = |language: &str, text: &str| {
            let mut stems = Vec::new();
            let language = Language::new(language).unwrap_or(Language::ENGLISH);
            Analyzer::new(language).analyze(text, |term| stems.push(term.text.to_owned()));
            stems
        };
        assert_eq!(stems("en", "the wills willing will its"), ["the", "will_", "will_", "will", "its"]);
        assert_eq!(stems("de", "Wille Willen will dem"), ["will_", "will_", "will", "dem"]);
        assert_eq!(stems("ru", "что и"), ["что", "и"]);
    }
}
