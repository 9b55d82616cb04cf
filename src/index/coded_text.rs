//! Texts as codes of frequent words, for the compressor to work on.
//!
//! A block of the store is a few dozen paragraphs, too little for a general compressor to learn the words of a language
//! from. Here they are known beforehand: a word of the [list](WORDS) is one or two bytes, whatever came before it. Of the UN
//! speeches zstd's level 3 leaves .382 in blocks of 32 KiB as they are, and .245 when they are coded before, in blocks of 8 KiB as
//! in larger ones, which are read faster.
//!
//! The idea is that of end-tagged dense codes with spaceless words (de Moura, Navarro, Ziviani, Baeza-Yates, *Fast and flexible
//! word searching on compressed text*, 2000; Brisaboa et al., *Lightweight natural language text compression*, 2007), with a list
//! that is fixed, so that every text stands for itself.
//!
//! | byte | stands for |
//! | --- | --- |
//! | `00..80` | the ASCII character |
//! | `80..C0` | one of the 64 most frequent words |
//! | `C0..F8` | with the next byte one of the other words |
//! | `F8` | the next word begins with a capital, or has none, unlike in the list |
//! | `F9` | the next word is in capitals |
//! | `FA` | before the next word there is a blank where none is [expected](expects_blank), or none where one is |
//! | `FB` | the next byte is how many bytes follow as they are |
//! | `FC..` | one of the [marks](MARKS) of print |
//!
//! Before a word a blank is meant wherever one is expected. Two other ways were tried: 2,000 pairs of words with codes of their own
//! leave .242 in place of .245, 8,192 words .258.

use std::sync::LazyLock;

use crate::text::{Run, cut};

/// The words in the order of their codes, each as it is written most often: the most frequent ones of 4,126 speeches in the UN
/// General Debate, 1978 to 2024 (every second one of those that sizes are not measured on), of at most 16 ASCII letters and digits. Names
/// and cues of the gazetteer and the taxonomy, counted once, ten times or not at all, make other prose no smaller.
const WORDS: &str = include_str!("data/words.txt");

const FREQUENT: usize = 64;
const OTHERS: usize = 56 << 8;
const ALL: usize = FREQUENT + OTHERS;

const FIRST_FREQUENT: u8 = 0x80;
const FIRST_OTHER: u8 = FIRST_FREQUENT + FREQUENT as u8;
const OTHER_CASE: u8 = FIRST_OTHER + (OTHERS >> 8) as u8;
const CAPITALS: u8 = OTHER_CASE + 1;
const OTHER_BLANK: u8 = OTHER_CASE + 2;
const AS_THEY_ARE: u8 = OTHER_CASE + 3;
const FIRST_MARK: u8 = OTHER_CASE + 4;
const MARKS: [&str; 4] = ["\u{2019}", "\u{201C}", "\u{201D}", "\u{2014}"];
const _: () = assert!(FIRST_MARK as usize + MARKS.len() == 256);

/// What is coded at once, so that the words of a huge text take no memory.
const PIECE: usize = 16 << 10;

/// What a byte of a code becomes at most: a blank and a word.
const MOST_PER_BYTE: usize = 1 + Run::WHOLE;

/// How a word is written beside how the list has it.
#[derive(Clone, Copy, PartialEq)]
enum Case {
    Listed,
    Other,
    Capitals,
}

struct Word {
    /// Its letters in lower case, as a [`Run`] has them.
    letters: [u64; 2],
    written: [u8; Run::WHOLE],
    len: u8,
}

impl Word {
    fn written(&self) -> &[u8] {
        &self.written[..usize::from(self.len)]
    }

    /// Writes the word in the other case: in lower case if it has capitals, else with one at its start.
    fn change_case(word: &mut [u8]) {
        match word.iter().any(u8::is_ascii_uppercase) {
            true => word.make_ascii_lowercase(),
            false => word[..1].make_ascii_uppercase(),
        }
    }
}

struct Words {
    words: Vec<Word>,
    /// An open table of numbers of words by the hash of their letters, half full.
    places: Vec<u16>,
}

static LIST: LazyLock<Words> = LazyLock::new(|| {
    let mut list = Words { words: Vec::with_capacity(ALL), places: vec![Words::FREE; Words::PLACES] };
    let mut runs = Vec::with_capacity(ALL);
    cut(WORDS, &mut runs);
    for run in runs.iter().take(ALL) {
        let mut written = [0; Run::WHOLE];
        written[..run.len()].copy_from_slice(&WORDS.as_bytes()[run.range()]);
        let place = list.place(run);
        list.places[place] = list.words.len() as u16;
        list.words.push(Word { letters: run.letters, written, len: run.len() as u8 });
    }
    list
});

impl Words {
    const PLACES: usize = 1 << 15;
    const FREE: u16 = u16::MAX;

    fn place(&self, run: &Run) -> usize {
        let mut place = run.hash as usize % Words::PLACES;
        while self.places[place] != Words::FREE && self.words[usize::from(self.places[place])].letters != run.letters {
            place = (place + 1) % Words::PLACES;
        }
        place
    }

    /// The number of a word of a text, and how it is written there; `None` where it is not listed, or written in a way of
    /// its own.
    #[inline]
    fn find(&self, text: &[u8], run: &Run) -> Option<(usize, Case)> {
        if run.len() > Run::WHOLE {
            return None;
        }
        let number = usize::from(self.places[self.place(run)]);
        let word = self.words.get(number)?;
        let written = &text[run.range()];
        if word.written() == written {
            return Some((number, Case::Listed));
        }
        let mut other = word.written;
        Word::change_case(&mut other[..run.len()]);
        if other[..run.len()] == *written {
            return Some((number, Case::Other));
        }
        (!run.has_small).then_some((number, Case::Capitals))
    }
}

/// Whether a word that follows this byte has a blank between in most texts.
const fn expects_blank(before: Option<&u8>) -> bool {
    // The last ones are the last bytes of an apostrophe and of opening quotation marks.
    !matches!(before, None | Some(b'(' | b'\'' | b'-' | b'/' | b'"' | b'[' | b'|' | b' ' | b'\n' | 0x98 | 0x99 | 0x9C))
}

/// Appends the code of a text; it may be longer than the text, which may have anything in it.
pub(super) fn encode(text: &str, into: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let (mut runs, mut start) = (Vec::new(), 0);
    while start < bytes.len() {
        let end = end_of_piece(bytes, start);
        let piece = &bytes[start..end];
        cut(&text[start..end], &mut runs);
        let mut at = 0;
        for run in &runs {
            let between = &piece[at..run.range().start];
            at = run.range().end;
            let Some((number, case)) = LIST.find(piece, run) else {
                encode_rest(between, into);
                into.extend_from_slice(&piece[run.range()]);
                continue;
            };
            let has_blank = between.last() == Some(&b' ');
            encode_rest(&between[..between.len() - usize::from(has_blank)], into);
            let before = bytes[..start + run.range().start - usize::from(has_blank)].last();
            if has_blank != expects_blank(before) {
                into.push(OTHER_BLANK);
            }
            match case {
                Case::Listed => {}
                Case::Other => into.push(OTHER_CASE),
                Case::Capitals => into.push(CAPITALS),
            }
            match number.checked_sub(FREQUENT) {
                None => into.push(FIRST_FREQUENT + number as u8),
                Some(other) => into.extend([FIRST_OTHER + (other >> 8) as u8, other as u8]),
            }
        }
        encode_rest(&piece[at..], into);
        start = end;
    }
}

/// Where a piece of a text ends: behind something that is in no word, which is a character of its own.
fn end_of_piece(text: &[u8], start: usize) -> usize {
    let least = start.saturating_add(PIECE).min(text.len());
    let more = text[least..].iter().position(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric());
    more.map_or(text.len(), |more| least + more + 1)
}

/// Appends what is between words.
fn encode_rest(mut rest: &[u8], into: &mut Vec<u8>) {
    while let Some(&byte) = rest.first() {
        if byte.is_ascii() {
            into.push(byte);
            rest = &rest[1..];
        } else if let Some(mark) = MARKS.iter().position(|mark| rest.starts_with(mark.as_bytes())) {
            into.push(FIRST_MARK + mark as u8);
            rest = &rest[MARKS[mark].len()..];
        } else {
            let len = rest.iter().take(usize::from(u8::MAX)).take_while(|byte| !byte.is_ascii()).count();
            into.extend([AS_THEY_ARE, len as u8]);
            into.extend_from_slice(&rest[..len]);
            rest = &rest[len..];
        }
    }
}

/// The text of so many bytes whose code is at the start, and what follows the code; `None` where there is none.
pub(super) fn decode(mut code: &[u8], len: usize) -> Option<(String, &[u8])> {
    let most = code.len().saturating_mul(MOST_PER_BYTE);
    let mut text = Vec::with_capacity(len.min(most).saturating_add(MOST_PER_BYTE));
    let (mut case, mut is_other_blank) = (Case::Listed, false);
    while text.len() < len {
        let (&byte, rest) = code.split_first()?;
        code = rest;
        let number = match byte {
            ..FIRST_FREQUENT => {
                text.push(byte);
                continue;
            }
            FIRST_FREQUENT..FIRST_OTHER => usize::from(byte - FIRST_FREQUENT),
            FIRST_OTHER..OTHER_CASE => {
                let (&second, rest) = code.split_first()?;
                code = rest;
                FREQUENT + (usize::from(byte - FIRST_OTHER) << 8 | usize::from(second))
            }
            OTHER_CASE | CAPITALS => {
                case = if byte == OTHER_CASE { Case::Other } else { Case::Capitals };
                continue;
            }
            OTHER_BLANK => {
                is_other_blank = true;
                continue;
            }
            AS_THEY_ARE => {
                let (&many, rest) = code.split_first()?;
                let (bytes, rest) = rest.split_at_checked(usize::from(many))?;
                text.extend_from_slice(bytes);
                code = rest;
                continue;
            }
            FIRST_MARK.. => {
                text.extend_from_slice(MARKS[usize::from(byte - FIRST_MARK)].as_bytes());
                continue;
            }
        };
        if expects_blank(text.last()) != is_other_blank {
            text.push(b' ');
        }
        let (word, start) = (&LIST.words[number], text.len());
        // Sixteen bytes at once, whatever the length.
        text.extend_from_slice(&word.written);
        text.truncate(start + usize::from(word.len));
        match case {
            Case::Listed => {}
            Case::Other => Word::change_case(&mut text[start..]),
            Case::Capitals => text[start..].make_ascii_uppercase(),
        }
        (case, is_other_blank) = (Case::Listed, false);
    }
    let is_whole = text.len() == len && case == Case::Listed && !is_other_blank;
    Some((String::from_utf8(text).ok().filter(|_| is_whole)?, code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn coded(text: &str) -> Vec<u8> {
        let mut code = Vec::new();
        encode(text, &mut code);
        code
    }

    #[test]
    fn the_list_has_a_word_for_every_code_and_each_once() {
        assert_eq!((LIST.words.len(), WORDS.lines().count()), (ALL, ALL));
        let mut letters: Vec<_> = LIST.words.iter().map(|word| word.letters).collect();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), ALL);
    }

    #[test]
    fn frequent_words_take_a_byte_and_other_ones_two() {
        for (text, bytes) in [
            ("the United Nations and the world", 6),
            ("THE UNITED nations, And", 2 + 2 + 2 + 1 + 2),
            ("(the\u{2014}the) the", 1 + 1 + 1 + 2 + 1 + 1),
            ("  the  the", 2 + 1 + 1 + 1 + 1),
            ("sanctions", 2),
            ("Xqz\u{e9}", 3 + 2 + 2),
        ] {
            assert_eq!(coded(text).len(), bytes, "{text}");
        }
    }

    #[test]
    fn codes_are_not_longer_than_a_text_needs_and_none_is_a_panic() {
        let code = coded("The world, THE world");
        assert_eq!(decode(&code, 20), Some(("The world, THE world".to_owned(), &[][..])));
        assert_eq!(decode(&code, 19), None, "the last word does not end there");
        assert_eq!(decode(&code, 21), None);
        assert_eq!(decode(&code[..code.len() - 1], 20), None);
        assert_eq!(decode(&[b'a', OTHER_CASE, b'b'], 2), None, "a case without a word");
        assert_eq!(decode(&[AS_THEY_ARE, 2, 0xE2, 0x80], 2), None, "half a character");
        assert_eq!(decode(&[AS_THEY_ARE, 0], 1), None);
        assert_eq!(decode(&[], usize::MAX), None);
        assert_eq!(decode(&[], 0), Some((String::new(), &[][..])));
    }

    #[test]
    fn a_huge_text_comes_back() {
        for unit in ["the", "the United NATIONS ", "\u{e9}", "x, ", "Zw\u{f6}lf\u{a0}the\n"] {
            let text = unit.repeat(3 * PIECE);
            assert_eq!(decode(&coded(&text), text.len()), Some((text, &[][..])));
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(
            text in "((the|United|nations|STATES|a|I|iNTERNATIONAL|1990|5th|NATO|Straßen|zqx)?[ ,.'\\-/(\u{2019}\u{201c}\u{a0}\n\0\u{1}\u{7f}é中]{0,2}){0,30}\\PC{0,9}",
            any: String,
        ) {
            for text in [text, any] {
                let mut code = coded(&text);
                code.push(7);
                prop_assert_eq!(decode(&code, text.len()), Some((text, &[7][..])));
            }
        }

        #[test]
        fn no_bytes_are_a_panic(code: Vec<u8>, len in 0..100usize) {
            if let Some((text, _)) = decode(&code, len) {
                prop_assert_eq!(text.len(), len);
            }
        }
    }
}
