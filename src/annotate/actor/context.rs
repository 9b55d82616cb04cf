//! What stands around a place in a text: the words beside it, the marks between, the start of its sentence.
//!
//! Every look-up reads a few words at most, so that rules stay linear over a hostile text.

use crate::document::Span;

/// The longest word that is read; a longer run of letters is no word of any list.
const MAX_WORD_BYTES: usize = 64;

/// Whether a character belongs to a word.
pub(crate) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric()
}

/// Whether a script is written without spaces between words, so that names need no word borders.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c as u32,
        0x0e00..=0x0eff          // Thai, Lao
        | 0x1000..=0x109f        // Myanmar
        | 0x1780..=0x17ff        // Khmer
        | 0x3040..=0x30ff        // Hiragana, Katakana
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff // Han
        | 0xac00..=0xd7a3) // Hangul: spaced, but particles follow a name without a space
}

/// The character before a byte position.
pub(crate) fn char_before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

/// The character at a byte position.
pub(crate) fn char_at(text: &str, at: usize) -> Option<char> {
    text[at..].chars().next()
}

pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{02bc}')
}

pub(crate) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}')
}

/// The end of the possessive mark that follows a name, or `end` where there is none.
pub(crate) fn after_possessive(text: &str, end: usize) -> usize {
    let mut chars = text[end..].chars();
    let Some(mark) = chars.next().filter(|&c| is_apostrophe(c)) else { return end };
    let after_mark = end + mark.len_utf8();
    match chars.next() {
        Some('s' | 'S') if chars.next().is_none_or(|c| !is_word_char(c)) => after_mark + 1,
        // "the Russians' demands": the mark alone, behind an s.
        next if next.is_none_or(|c| !is_word_char(c)) && text[..end].ends_with(['s', 'S']) => after_mark,
        _ => end,
    }
}

fn word_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = start;
    while end < bytes.len() && bytes[end].is_ascii_alphanumeric() && end - start <= MAX_WORD_BYTES {
        end += 1;
    }
    if bytes.get(end).is_none_or(u8::is_ascii) {
        return end;
    }
    end = start;
    for (offset, c) in text[start..].char_indices() {
        if !is_word_char(c) || offset > MAX_WORD_BYTES {
            break;
        }
        end = start + offset + c.len_utf8();
    }
    end
}

/// The word that follows a position after white space alone; hyphens end it.
pub(crate) fn next_word(text: &str, at: usize) -> Option<Span> {
    let mut start = at;
    if let [b' ', first, ..] = text.as_bytes()[at..]
        && first.is_ascii_alphanumeric()
    {
        return Some(Span::new(at + 1, word_end(text, at + 1)));
    }
    for (offset, c) in text[at..].char_indices() {
        if !c.is_whitespace() {
            start = at + offset;
            break;
        }
        if offset > 8 {
            return None;
        }
    }
    if start == at && char_before(text, at).is_some_and(is_word_char) {
        return None;
    }
    let end = word_end(text, start);
    (end > start).then(|| Span::new(start, end))
}

/// The word that ends before a position with white space alone between; hyphens and a closing full stop
/// belong to it ("Mr.", "vice-president").
pub(crate) fn prev_word(text: &str, at: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    // Most words are ASCII with one space behind them; decoding backwards took a tenth of the time of resolving.
    if let [.., last, b' '] = bytes[..at]
        && last.is_ascii_alphanumeric()
    {
        let end = at - 1;
        let mut start = end;
        while start > 0 && bytes[start - 1].is_ascii_alphanumeric() && end - start <= MAX_WORD_BYTES {
            start -= 1;
        }
        if start == 0 || matches!(bytes[start - 1], b' ' | b'(' | b'"' | b',' | b'\n') {
            return Some(Span::new(start, end));
        }
    }
    let mut end = at;
    for c in text[..at].chars().rev() {
        if !c.is_whitespace() {
            break;
        }
        end -= c.len_utf8();
        if at - end > 8 {
            return None;
        }
    }
    if end == at {
        return None;
    }
    let mut start = end;
    for c in text[..end].chars().rev() {
        let joins = is_word_char(c) || is_hyphen(c) || is_apostrophe(c) || c == '.';
        if !joins || end - start > MAX_WORD_BYTES {
            break;
        }
        start -= c.len_utf8();
    }
    let is_mark = |c: char| is_hyphen(c) || is_apostrophe(c);
    let run = &text[start..end];
    let start = end - run.trim_start_matches(is_mark).len();
    let word = text[start..end].trim_end_matches(is_mark);
    word.contains(is_word_char).then(|| Span::new(start, start + word.len()))
}

/// Whether a position begins a sentence: nothing before it but opening marks since the last closing one.
pub(crate) fn begins_sentence(text: &str, at: usize) -> bool {
    for (back, c) in text[..at].char_indices().rev().take(16) {
        match c {
            '.' => return !abbreviates(&text[..back]),
            '!' | '?' | ':' | '\n' | '\u{2022}' | '\u{2014}' => return true,
            c if c.is_whitespace() => {}
            '"' | '\'' | '(' | '[' | '\u{201c}' | '\u{2018}' | '\u{ab}' | '*' | '#' => {}
            _ => return false,
        }
    }
    true
}

/// Whether the word that ends a text, before its full stop, is an initial or the abbreviation of a title.
fn abbreviates(text: &str) -> bool {
    let length: usize = text.chars().rev().take(8).take_while(|&c| is_word_char(c)).map(char::len_utf8).sum();
    let word = &text[text.len() - length..];
    word.len() == 1 && word.starts_with(char::is_uppercase)
        || matches!(
            word,
            "Mr" | "Mrs" | "Ms" | "Dr" | "Gen" | "Sen" | "Rep" | "Gov" | "Lt" | "Col" | "St" | "Prof" | "Adm"
        )
}

/// Whether the words around a span are in capitals throughout: a headline or a dateline set that way.
pub(crate) fn in_capitals(text: &str, span: Span) -> bool {
    let mut seen = 0;
    let mut judge = |word: &str| -> bool {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        if letters >= 2 {
            seen += 1;
        }
        word.chars().all(|c| !c.is_lowercase())
    };
    let mut at = span.start;
    for _ in 0..2 {
        let Some(word) = prev_word(text, at) else { break };
        if !judge(&text[word.range()]) {
            return false;
        }
        at = word.start;
    }
    at = after_possessive(text, span.end);
    // "TRUMP, PUTIN TO MEET", "KYIV: NO DEAL"
    at += usize::from(text[at..].starts_with([',', ':', ';']));
    for _ in 0..2 {
        let Some(word) = next_word(text, at) else { break };
        if !judge(&text[word.range()]) {
            return false;
        }
        at = word.end;
    }
    seen > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_beside_a_place_stop_at_punctuation() {
        let text = "In Mr. Putin's day, Russia (the state)";
        let word = |span: Option<Span>| span.map(|span| &text[span.range()]);
        assert_eq!(word(prev_word(text, 7)), Some("Mr."));
        assert_eq!(after_possessive(text, 12), 14);
        assert_eq!(word(next_word(text, 14)), Some("day"));
        assert_eq!(word(next_word(text, 26)), None);
        assert_eq!(word(prev_word(text, 20)), None);
        assert!(begins_sentence(text, 0) && !begins_sentence(text, 7));
    }

    #[test]
    fn capitals_need_capitals_beside() {
        assert!(in_capitals("LET US PRAY", Span::new(4, 6)));
        assert!(!in_capitals("let US pray", Span::new(4, 6)));
        assert!(!in_capitals("US", Span::new(0, 2)));
    }
}
