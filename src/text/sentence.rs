//! Text in, the spans of its sentences out; the spans ascend and cover all but white space between them.
//!
//! A sentence ends at `.`, `!`, `?`, `…`, their Chinese, Arabic and Indic fellows, with the quotes, brackets
//! and footnote marks that follow, and at a line break. It does not end after an abbreviation, an initial,
//! inside a number, or where the next word goes on in small letters.

use std::iter::FusedIterator;

use crate::document::Span;

/// Abbreviations that a name or a word always follows.
const OPEN: &[&str] = &[
    "adm", "amb", "approx", "br", "bros", "capt", "cdr", "cf", "cmdr", "col", "cpl", "dipl", "dr", "drs", "eds", "esp",
    "fr", "gen", "gov", "hon", "hr", "incl", "ing", "lt", "m", "maj", "mag", "me", "messrs", "mgr", "mlle", "mm",
    "mme", "mr", "mrs", "ms", "msgr", "mt", "pres", "prof", "pvt", "rep", "reps", "resp", "rev", "sen", "sens", "sgt",
    "sr", "sra", "srta", "st", "ste", "supt", "viz", "vs", "ggf", "bzw", "vgl", "sog", "ca", "evtl", "insb", "dott",
    "avv", "ул", "им", "проф", "акад", "ген", "гр", "см",
];

/// Abbreviations that a number follows; before anything else the stop ends the sentence.
const NUMBERED: &[&str] = &[
    "app", "art", "arts", "ch", "chap", "chs", "cl", "eq", "ex", "fig", "figs", "fn", "fols", "iss", "n", "nn", "no",
    "nos", "nr", "nrn", "nro", "núm", "n°", "p", "para", "paras", "pp", "pt", "pts", "reg", "res", "s", "sec", "secs",
    "sect", "tab", "vol", "vols", "abs", "ziff", "bd", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept",
    "oct", "nov", "dec", "с", "ст", "гл", "рис", "п", "т",
];

/// Abbreviations that may stand at a sentence's end; it ends there when a word follows that starts sentences.
const EITHER: &[&str] = &[
    "al", "bn", "co", "corp", "dept", "est", "etc", "gmbh", "gov't", "inc", "jr", "ltd", "mn", "plc", "sen", "snr",
    "univ", "usw", "u.ä", "tr", "др", "г", "гг", "тыс", "млн", "млрд",
];

/// Characters of the longest of the abbreviations listed.
const LONGEST_LISTED: usize = 6;

/// Words that start sentences far more often than they go on after an abbreviation.
const STARTERS: &[&str] = &[
    "A",
    "According",
    "After",
    "All",
    "Although",
    "Also",
    "An",
    "And",
    "Another",
    "Any",
    "As",
    "At",
    "Because",
    "Before",
    "Between",
    "Both",
    "But",
    "By",
    "Despite",
    "During",
    "Each",
    "Even",
    "Finally",
    "First",
    "For",
    "From",
    "Given",
    "He",
    "Her",
    "Here",
    "His",
    "How",
    "However",
    "I",
    "If",
    "In",
    "Indeed",
    "Instead",
    "It",
    "Its",
    "Last",
    "Later",
    "Many",
    "Meanwhile",
    "Moreover",
    "More",
    "Most",
    "My",
    "Nevertheless",
    "No",
    "Nor",
    "Not",
    "Now",
    "On",
    "Once",
    "One",
    "Only",
    "Or",
    "Other",
    "Others",
    "Our",
    "Over",
    "She",
    "Since",
    "So",
    "Some",
    "Still",
    "Such",
    "That",
    "The",
    "Their",
    "Then",
    "There",
    "Therefore",
    "These",
    "They",
    "This",
    "Those",
    "Though",
    "Through",
    "Thus",
    "To",
    "Today",
    "Two",
    "Under",
    "Until",
    "We",
    "What",
    "When",
    "Where",
    "Whether",
    "Which",
    "While",
    "Who",
    "Why",
    "With",
    "Within",
    "Without",
    "Yesterday",
    "Yet",
    "You",
    "Your",
    "Der",
    "Die",
    "Das",
    "Es",
    "Er",
    "Sie",
    "Wir",
    "Im",
    "Le",
    "La",
    "Les",
    "Il",
    "Elle",
    "Ils",
    "El",
    "Los",
    "Las",
    "Un",
    "Une",
    "Una",
];

/// German months and the like, before which a number with a stop is an ordinal.
const AFTER_ORDINAL: &[&str] = &[
    "Januar",
    "Jänner",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
    "Jahrhundert",
    "Jahrhunderts",
    "Weltkrieg",
    "Weltkriegs",
];

/// The sentences of a text, as spans in bytes of it, in its order.
pub(crate) fn sentences(text: &str) -> Sentences<'_> {
    Sentences { text, at: 0 }
}

/// The iterator of [`sentences`].
#[derive(Debug, Clone)]
pub(crate) struct Sentences<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Sentences<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let rest = &self.text[self.at..];
        let start = self.at + (rest.len() - rest.trim_start().len());
        if start == self.text.len() {
            self.at = start;
            return None;
        }
        let end = sentence_end(self.text, start);
        self.at = end;
        let kept = self.text[start..end].trim_end().len();
        Some(Span::new(start, start + kept))
    }
}

impl FusedIterator for Sentences<'_> {}

/// Where the sentence that starts at `start` ends; always after `start`.
fn sentence_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte < 0x80 {
            match byte {
                b'\n' | b'\r' => return at + 1,
                b'.' | b'!' | b'?' => {
                    let after = stops_end(text, at + 1);
                    if let Some(end) = break_after(text, start, at, after) {
                        return end;
                    }
                    at = after;
                }
                _ => at = next_mark(bytes, at + 1),
            }
            continue;
        }
        // Only these first bytes begin a stop beyond ASCII: most of a Russian text is passed by.
        let Some(c) = text[at..].chars().next() else { break };
        at += c.len_utf8();
        match c {
            '。' | '！' | '？' | '｡' => return closers_end(text, at),
            '؟' | '۔' | '।' | '॥' | '։' | '።' | '\u{2028}' | '\u{2029}' => return closers_end(text, at),
            '…' | '‼' | '⁇' => {
                let after = stops_end(text, at);
                if let Some(end) = break_after(text, start, at - c.len_utf8(), after) {
                    return end;
                }
                at = after;
            }
            _ => {}
        }
    }
    bytes.len()
}

/// Where the next byte stands that may end a sentence or begins a character beyond ASCII.
fn next_mark(bytes: &[u8], at: usize) -> usize {
    /// So many are looked at together, which the compiler does in two steps.
    const TOGETHER: usize = 32;
    let is_mark = |byte: u8| {
        (byte == b'.') | (byte == b'!') | (byte == b'?') | (byte == b'\n') | (byte == b'\r') | (byte >= 0x80)
    };
    let mut at = at;
    while let Some(bytes) = bytes.get(at..at + TOGETHER) {
        if bytes.iter().fold(false, |any, &byte| any | is_mark(byte)) {
            break;
        }
        at += TOGETHER;
    }
    at + bytes[at..].iter().take_while(|&&byte| !is_mark(byte)).count()
}

fn stops_end(text: &str, at: usize) -> usize {
    at + text[at..].find(|c| !matches!(c, '.' | '!' | '?' | '…')).unwrap_or(text.len() - at)
}

/// The end of the quotes, brackets and bracketed footnote marks at `at`.
fn closers_end(text: &str, at: usize) -> usize {
    let mut end = at;
    while let Some(c) = text[end..].chars().next() {
        if matches!(
            c,
            '"' | '\''
                | '”'
                | '’'
                | '»'
                | ')'
                | ']'
                | '}'
                | '」'
                | '』'
                | '）'
                | '》'
                | '】'
                | '*'
                | '†'
                | '¹'
                | '²'
                | '³'
                | '⁰'
                | '⁴'..='⁹'
        ) {
            end += c.len_utf8();
        } else if let Some(mark) = footnote(&text[end..]) {
            end += mark;
        } else {
            break;
        }
    }
    end
}

/// The length of a footnote mark such as `[12]`.
fn footnote(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('[')?;
    let digits = inside.bytes().take(4).take_while(u8::is_ascii_digit).count();
    (digits > 0 && inside.as_bytes().get(digits) == Some(&b']')).then_some(digits + 2)
}

/// The end of the sentence if the stops from `stop` to `after` end it.
fn break_after(text: &str, start: usize, stop: usize, after: usize) -> Option<usize> {
    let mut end = closers_end(text, after);
    // "policy.12 The": a footnote number after the stop goes with the sentence.
    let before = text[start..stop].chars().next_back();
    if end == after && before.is_some_and(char::is_alphabetic) {
        let digits = text[after..].bytes().take(4).take_while(u8::is_ascii_digit).count();
        let follows = text[after + digits..].strip_prefix([' ', '\n', '\u{A0}']);
        if (1..=3).contains(&digits) && follows.is_none_or(|rest| rest.starts_with(char::is_uppercase)) {
            end = after + digits;
        }
    }
    let rest = &text[end..];
    let Some(first) = rest.chars().next() else { return Some(end) };
    if !first.is_whitespace() {
        return (end == after && after == stop + 1 && is_glued(text, start, stop, rest)).then_some(end);
    }
    // A line ends a sentence whatever stands before it.
    let gap = rest.len() - rest.trim_start().len();
    if rest[..gap].contains('\n') || gap == rest.len() {
        return Some(end);
    }
    let opening = |c: char| matches!(c, '"' | '\'' | '“' | '‘' | '«' | '„' | '(' | '[' | '¿' | '¡' | '—' | '–' | '*');
    let next = rest[gap..].trim_start_matches(opening);
    let follower = next.chars().next();
    if follower.is_some_and(char::is_lowercase) || follower.is_some_and(|c| matches!(c, ',' | ';' | ':')) {
        return None;
    }
    if text.as_bytes()[stop] != b'.' || after != stop + 1 {
        return Some(end);
    }
    // A closing bracket or quote after the stop: "(Inc.) The" is rare, "…sanctions.” The" is not.
    if end > after && before.is_some_and(char::is_lowercase) && !text[..end].ends_with(')') {
        return Some(end);
    }
    if is_abbreviation(text, start, stop, next) { None } else { Some(end) }
}

/// Whether a stop without a space after it ends a sentence: "sanctions.The", as texts from PDF have it.
fn is_glued(text: &str, start: usize, stop: usize, rest: &str) -> bool {
    let small = text[start..stop].chars().rev().take_while(|c| c.is_lowercase()).take(3).count();
    let mut next = rest.chars();
    text.as_bytes()[stop] == b'.'
        && small == 3
        && next.next().is_some_and(char::is_uppercase)
        && next.next().is_some_and(|c| c.is_lowercase() || c == ' ')
        // A host or file name goes on with more dots or slashes.
        && !rest.split(char::is_whitespace).next().unwrap_or_default().trim_end_matches('.').contains(['.', '/', '@'])
}

/// Whether a text ends in the stop of an abbreviation or initial, when `next` is what follows.
pub(crate) fn ends_abbreviated(text: &str, next: &str) -> bool {
    text.ends_with('.') && is_abbreviation(text, 0, text.len() - 1, next)
}

/// Whether the stop at `stop` belongs to the word before it; `next` starts with what follows it.
fn is_abbreviation(text: &str, start: usize, stop: usize, next: &str) -> bool {
    // No abbreviation is longer than this; a long word is not looked at further.
    const LONGEST: usize = 12;
    let before = &text[start..stop];
    let length: usize = before
        .chars()
        .rev()
        .take_while(|&c| c.is_alphanumeric() || matches!(c, '.' | '\'' | '’' | '°'))
        .take(LONGEST + 1)
        .map(char::len_utf8)
        .sum();
    let word = &before[before.len() - length..];
    let count = word.chars().count();
    if count == 0 || count > LONGEST {
        return false;
    }
    // Most words before a stop are in no list, and then what follows does not matter.
    let follower = || next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let numbered = || {
        let follower = follower();
        follower.starts_with(|c: char| c.is_ascii_digit())
            || (!follower.is_empty() && follower.bytes().all(|byte| b"IVXLC".contains(&byte)))
    };
    let starter = || STARTERS.contains(&follower());
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        // "1. The ministers agree": the number of a list item. "am 4. Februar": an ordinal.
        return (word.len() == before.len() && count <= 3) || (count <= 2 && AFTER_ORDINAL.contains(&follower()));
    }
    if count == 1 {
        // An initial, "J. Smith"; but "Plan B. The" ends. Small letters: "p. 5", "n. 3".
        return if word.chars().all(char::is_uppercase) { !starter() } else { numbered() };
    }
    if word.contains('.') {
        // "U.S. President", "e.g. China", "3.5. The".
        let letters = word.split('.').all(|part| part.chars().count() <= 2 && part.chars().all(char::is_alphabetic));
        let latin = matches!(word.to_ascii_lowercase().as_str(), "e.g" | "i.e" | "z.b" | "d.h" | "u.a" | "p.ex");
        return latin || ((letters || word == "Ph.D") && !starter());
    }
    if count > LONGEST_LISTED {
        return false;
    }
    let small = word.to_lowercase();
    let small = small.as_str();
    if OPEN.contains(&small) {
        // "fr" and "me" are abbreviations with a capital only.
        return count > 2 || !starter() || word.starts_with(char::is_uppercase);
    }
    (NUMBERED.contains(&small) && numbered()) || (EITHER.contains(&small) && !starter())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_listed_abbreviation_is_too_long_to_be_found() {
        let longest = [OPEN, NUMBERED, EITHER].concat().iter().map(|word| word.chars().count()).max();
        assert_eq!(longest, Some(LONGEST_LISTED));
    }

    /// Sentences are separated by `|`, which also stands for the space.
    const CASES: &[&str] = &[
        "Mr. Biden met Gen. Milley.|They talked.",
        "The U.S. President left.|He returned to the U.S.|The talks went on.",
        "Joe Biden (U.S. President) spoke.|“It works.”|He left.",
        "See No. 5 of Art. 3, p. 12.|He said no.|Then he left.",
        "It grew by 3.5 per cent, e.g. China did, i.e. Beijing.|Next year too.",
        "J. D. Vance and George W. Bush agreed.|Plan B.|The end.",
        "Is it true?|Yes!|No… maybe.",
        "“What?” he asked.|“Nothing.”",
        "Huawei Technologies Co. Ltd. was listed.|So was ZTE Corp.|The list grew.",
        "They were warned.12|The others (see below.)|Then left.[3]|End.",
        "1. The parties agree.|2. They sign.",
        "Am 4. Februar 2022 trafen sie sich.|Es war kalt, z.B. in Berlin.|Dr. Scholz kam.",
        "他们见面了。|北约东扩？|“是的。”|他说。",
        "И т.д. было.|Проф. Иванов пришёл.|В 2014 г. началась война.",
        "It ended at 5 p.m. on Monday.|It was 5 p.m.|The others slept.",
        "World War I.|The next began in Sept. 1939.|World War II. began.",
        "on sanctions.|The pism.pl site",
    ];

    #[test]
    fn abbreviations_and_numbers_do_not_end_sentences() {
        for case in CASES {
            let text = case.replace('|', " ");
            let found: Vec<&str> = sentences(&text).map(|span| &text[span.range()]).collect();
            assert_eq!(found, case.split('|').collect::<Vec<_>>());
        }
        let glued = "on sanctions.The pism.pl site";
        assert_eq!(
            sentences(glued).map(|span| &glued[span.range()]).collect::<Vec<_>>(),
            ["on sanctions.", "The pism.pl site"]
        );
        let lines = "one\n\n two\r\nthree. ";
        assert_eq!(sentences(lines).map(|span| &lines[span.range()]).collect::<Vec<_>>(), ["one", "two", "three."]);
    }

    proptest! {
        #[test]
        fn marks_are_those_that_a_loop_finds(text in "[a-z ,;]{0,40}[a-z .!?\n\ré–]{0,80}", at in 0usize..130) {
            let bytes = text.as_bytes();
            let at = at.min(bytes.len());
            let is_mark = |byte: &u8| b".!?\n\r".contains(byte) || !byte.is_ascii();
            let expected = bytes[at..].iter().position(is_mark).map_or(bytes.len(), |offset| at + offset);
            prop_assert_eq!(next_mark(bytes, at), expected);
        }

        #[test]
        fn sentences_tile_the_text(text in "([A-Za-z .!?\n”)…。]{0,9}|\\PC{0,6}){0,9}") {
            let mut rest = 0;
            for span in sentences(&text) {
                prop_assert!(!span.is_empty() && text[rest..span.start].trim().is_empty());
                rest = span.end;
            }
            prop_assert!(text[rest..].trim().is_empty());
        }
    }
}
