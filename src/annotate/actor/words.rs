//! The word lists that the rules read, from `cues.tsv` and `given-names.txt`.

use std::sync::LazyLock;

macro_rules! lists {
    ($($variant:ident $name:literal)*) => {
        /// A word list, by its name in `cues.tsv`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum List { $($variant),* }

        impl List {
            const ALL: &[(List, &str)] = &[$((List::$variant, $name)),*];
        }
    };
}

lists! {
    Adverbs "adverbs"
    Agentive "agentive"
    Association "association"
    BaseVerbs "base-verbs"
    CapsVerbs "caps-verbs"
    CapsWords "caps-words"
    CapitalCircles "capital-circles"
    Community "community"
    Contests "contests"
    Creeds "creeds"
    Currency "currency"
    Ditransitive "ditransitive"
    Disposed "disposed"
    Given "given"
    GivenGuardOk "given-guard-ok"
    Honorifics "honorifics"
    Inside "inside"
    IrregularParticiples "irregular-participles"
    IrregularPasts "irregular-pasts"
    KeptSo "kept-so"
    LanguageEnd "language-end"
    LanguageFiller "language-filler"
    LanguageNoun "language-noun"
    LanguagePossessive "language-possessive"
    LanguageVerb "language-verb"
    Languages "languages"
    MetonymPrefix "metonym-prefix"
    MetonymSuffix "metonym-suffix"
    Modifiers "modifiers"
    Months "months"
    MonthsPrep "months-prep"
    NotHolding "not-holding"
    Partnership "partnership"
    ObjectStart "object-start"
    PersonNoun "person-noun"
    PlacePrep "place-prep"
    PolicyNoun "policy-noun"
    PressureNoun "pressure-noun"
    PressurePrep "pressure-prep"
    RelationPrep "relation-prep"
    Species "species"
    SpeciesKind "species-kind"
    StateGiven "state-given"
    StyledSurname "styled-surname"
    Subordinators "subordinators"
    SurnameThing "surname-thing"
    ThingAfter "thing-after"
    ThingBefore "thing-before"
    ThingBeside "thing-beside"
    ThingBesideName "thing-beside-name"
    ThingOf "thing-of"
    Titles "titles"
    Ways "ways"
    VenueVerbs "venue-verbs"
    Transitive "transitive"
}

/// No word of a list is longer; a longer word of a text is in none.
const MAX_WORD_BYTES: usize = 32;

/// A word in lower case, with zeros behind its end: compared and hashed eight bytes at a time, without a call.
type Key = [u64; MAX_WORD_BYTES / 8];

/// The key of a word; `None` where it is longer than any of a list.
#[inline]
fn key(word: &str) -> Option<Key> {
    let mut lower = [0; MAX_WORD_BYTES];
    lower.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    let mut key = [0; MAX_WORD_BYTES / 8];
    for (part, eight) in key.iter_mut().zip(lower.chunks_exact(8)) {
        *part = u64::from_le_bytes(eight.try_into().unwrap_or_default());
    }
    Some(key)
}

/// Which lists each word is in: one look-up whatever the list, without an allocation. Looking words up in a
/// `HashMap` of `HashSet`s took a third of the time of resolving.
#[derive(Debug)]
struct Words {
    /// A word and a bit for each of its lists; open addressing, a power of two of places, half of them free.
    places: Vec<(Key, u64)>,
    /// By length and outer letters of a word: the lists that have such a one. Most questions end here, and the letters
    /// between are not read.
    outlines: Vec<u64>,
}

/// How many outlines are told apart.
const OUTLINES: usize = 2048;

/// What is seen of a word at a glance.
#[inline]
fn outline(word: &str) -> usize {
    let outer = |byte: Option<&u8>| usize::from(byte.map_or(0, u8::to_ascii_lowercase));
    let (first, last) = (outer(word.as_bytes().first()), outer(word.as_bytes().last()));
    (first * 37 + last * 1091 + word.len() * 509) % OUTLINES
}

impl Words {
    fn read() -> Words {
        let mut words: Vec<(&'static str, u64)> = Vec::new();
        for line in include_str!("../data/cues.tsv").lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, list)) = line.split_once('\t')
                && let Some((list_bit, _)) = List::ALL.iter().find(|(_, known)| *known == name)
            {
                words.extend(list.split_whitespace().map(|word| (word, 1 << *list_bit as u32)));
            }
        }
        let given = include_str!("../data/given-names.txt").split_whitespace();
        words.extend(given.map(|word| (word, 1 << List::Given as u32)));
        let places = vec![(Key::default(), 0); (words.len() * 2).next_power_of_two()];
        let mut table = Words { places, outlines: vec![0; OUTLINES] };
        for (word, bits) in words {
            if let Some(key) = key(word) {
                let place = table.place(key);
                table.places[place].0 = key;
                table.places[place].1 |= bits;
                table.outlines[outline(word)] |= bits;
            }
        }
        table
    }

    /// Where a word stands, or the free place where it would.
    #[inline]
    fn place(&self, key: Key) -> usize {
        // Multiplicative hashing (Knuth).
        let folded = key[0] ^ key[1].rotate_left(29) ^ key[2].rotate_left(13) ^ key[3].rotate_left(47);
        let mask = self.places.len() - 1;
        let mut place = ((folded ^ folded >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask;
        while self.places[place].1 != 0 && self.places[place].0 != key {
            place = (place + 1) & mask;
        }
        place
    }
}

static WORDS: LazyLock<Words> = LazyLock::new(Words::read);

/// Whether a word, in any case, is in the list.
pub(crate) fn is_in(list: List, word: &str) -> bool {
    let (words, bit) = (&*WORDS, 1 << list as u32);
    words.outlines[outline(word)] & bit != 0 && key(word).is_some_and(|key| words.places[words.place(key)].1 & bit != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_hold_lower_case_words_only() {
        let listed = include_str!("../data/cues.tsv").lines().filter_map(|line| Some(line.split_once('\t')?.1));
        for word in listed.chain([include_str!("../data/given-names.txt")]).flat_map(str::split_whitespace) {
            assert_eq!(word, word.to_lowercase());
            assert!(word.len() <= MAX_WORD_BYTES, "{word}");
        }
        for &(list, name) in List::ALL {
            assert!(WORDS.places.iter().any(|(_, bits)| bits & 1 << list as u32 != 0), "{name} is empty");
        }
        let named: Vec<&str> = include_str!("../data/cues.tsv")
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(name, _)| name)
            .collect();
        for name in named.iter().filter(|name| !name.starts_with('#')) {
            assert!(List::ALL.iter().any(|(_, known)| known == name), "{name} is read by no rule");
        }
        assert!(is_in(List::Agentive, "Said") && is_in(List::Given, "Denzel") && !is_in(List::Given, "said"));
    }
}
