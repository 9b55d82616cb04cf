//! Whether a text that was cut goes on: at a page, at furniture, at a line's end.

use crate::document::Language;
use crate::text::is_function_word;

/// Whether a sentence breaks off at the end of one stretch of text and goes on in the next.
pub(super) fn goes_on(before: &str, after: &str) -> bool {
    if ends_sentence(before) {
        return false;
    }
    // After a comma a heading or a line of a letter may follow as well.
    (begins_small(after) || ends_open(before) && !before.ends_with(',')) && !is_list_item(after)
}

/// The last character that says how a text ends: closing quotes, brackets and note numbers are left aside.
fn last_sign(text: &str) -> Option<char> {
    text.chars().rev().find(|c| !matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '*' | '†' | '_'))
}

/// Whether a text ends as a sentence, a salutation or an announcement ends.
pub(super) fn ends_sentence(text: &str) -> bool {
    matches!(last_sign(text), Some('.' | '!' | '?' | ':' | ';' | '…' | '。' | '！' | '？' | '।' | '؟' | '။'))
}

/// Whether a text starts with a small letter, behind opening marks.
pub(super) fn begins_small(text: &str) -> bool {
    text.chars().find(|c| !is_opening(*c)).is_some_and(char::is_lowercase)
}

/// Whether a text starts as a sentence does.
pub(super) fn begins_large(text: &str) -> bool {
    text.chars().find(|c| !is_opening(*c)).is_some_and(|c| c.is_uppercase() || c.is_ascii_digit() || is_uncased(c))
}

fn is_uncased(c: char) -> bool {
    c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase()
}

pub(super) fn is_opening(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '‘' | '«' | '„' | '(' | '[' | '`' | '*' | '¿' | '¡' | '_')
}

/// Whether no text can end here: a comma, a hyphen, an article, a preposition.
pub(super) fn ends_open(text: &str) -> bool {
    let Some(last) = text.chars().next_back() else { return false };
    if matches!(last, ',' | '-' | '–' | '—' | '(' | '&') {
        return true;
    }
    let word = text.rsplit(|c: char| !(c.is_alphabetic() || c == '\'' || c == '’')).next().unwrap_or_default();
    // Long texts only: "The Way Out" is a heading.
    let long = text.len() >= 60;
    long && !word.is_empty() && word.chars().all(char::is_lowercase) && is_function_word(Language::ENGLISH, word)
}

/// Whether a line begins with the name of a field: `SUBJECT: GAS TALKS`, `From: Ada Berg`.
pub(super) fn is_field(line: &str) -> bool {
    const LONGEST: usize = 12;
    let label = line.bytes().take(LONGEST + 1).position(|byte| byte == b':').unwrap_or(0);
    label >= 2
        && line[label + 1..].starts_with(' ')
        && line.starts_with(char::is_uppercase)
        && !line[..label].contains(' ')
}

/// Whether a line, however short, ends inside of a sentence: with a hyphen, an article, a preposition.
pub(super) fn breaks_off(line: &str) -> bool {
    let word = line.rsplit(' ').next().unwrap_or_default();
    line.ends_with('-')
        || word.chars().all(char::is_lowercase) && is_function_word(Language::ENGLISH, word) && !word.is_empty()
}

/// Whether a text starts with a list mark: a bullet, `(a)`, `1.`, `iv)`.
pub(super) fn is_list_item(text: &str) -> bool {
    bullet(text).is_some() || enumeration(text).is_some()
}

/// Words that a speaker or a writer opens a paragraph with.
const OPENERS: [&str; 14] = [
    "Additionally",
    "Also",
    "Finally",
    "First",
    "Firstly",
    "Furthermore",
    "Lastly",
    "Moreover",
    "Next",
    "Second",
    "Secondly",
    "Similarly",
    "Third",
    "Thirdly",
];

/// Whether a text starts as paragraphs more often than other sentences do: `Finally,`, or with an address to the
/// chair, `Mr. President,`.
pub(super) fn is_opener(text: &str) -> bool {
    let Some(comma) = text.bytes().take(30).position(|byte| byte == b',') else { return false };
    let mut words = text[..comma].split(' ');
    match (words.next(), words.next(), words.next()) {
        (Some(word), None, _) => OPENERS.contains(&word),
        (Some("Mr." | "Mrs." | "Ms." | "Madam" | "Madame" | "Mister"), Some(office), None) => {
            matches!(office, "President" | "Speaker" | "Chairman" | "Chair" | "Chairwoman" | "Chairperson")
        }
        (Some("In"), Some(word), None) => matches!(word, "addition" | "closing" | "conclusion" | "short" | "sum"),
        _ => false,
    }
}

/// Whether a line may be an entry of a table of contents: dots, and a digit or a small roman one at its end.
pub(super) fn has_leader(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_digit() || matches!(c, 'i' | 'v' | 'x'))
        && (text.contains("....") || text.contains(". . . "))
}

/// How many bytes of dots lead from an entry to its page: four or more in a row, or five with spaces between; four of
/// these are an ellipsis and a stop.
fn leader(bytes: &[u8]) -> Option<usize> {
    const LONGEST: usize = 200;
    let length = bytes.iter().take(LONGEST).take_while(|byte| matches!(byte, b'.' | b' ')).count();
    let dots = bytes[..length].iter().filter(|byte| **byte == b'.').count();
    let row = bytes[..length].windows(4).any(|four| four == b"....");
    ((row || dots >= 5) && length < LONGEST && length < bytes.len()).then_some(length)
}

/// The cells of a line, as byte ranges: what stands between tabs or runs of three spaces.
pub(super) fn cells(source: &str, start: usize, end: usize) -> impl Iterator<Item = (usize, usize)> {
    cut_cells(source, start, end, false)
}

/// The cells of an entry of a table of contents: those of a line, and what stands on both sides of the dots that lead
/// to its page.
pub(super) fn entry(source: &str, start: usize, end: usize) -> impl Iterator<Item = (usize, usize)> {
    cut_cells(source, start, end, true)
}

fn cut_cells(source: &str, start: usize, end: usize, leaders: bool) -> impl Iterator<Item = (usize, usize)> {
    let leader = move |bytes: &[u8]| if leaders { leader(bytes) } else { None };
    let mut at = start;
    std::iter::from_fn(move || {
        while at < end && source.as_bytes()[at].is_ascii_whitespace() {
            at += 1;
        }
        at += leader(&source.as_bytes()[at..end]).unwrap_or(0);
        let rest = &source[at..end];
        if rest.is_empty() {
            return None;
        }
        let bytes = rest.as_bytes();
        let parts = |place: &usize| match bytes[*place] {
            b'\t' => true,
            b' ' => bytes[*place..].starts_with(b"   ") || leader(&bytes[*place..]).is_some(),
            b'.' => leader(&bytes[*place..]).is_some(),
            _ => false,
        };
        let cut = (0..bytes.len()).find(parts).unwrap_or(bytes.len());
        let cell = (at, at + rest[..cut].trim_end().len());
        at += cut;
        Some(cell)
    })
}

/// Whether a line is a rule of dashes, asterisks or the like and no text.
pub(super) fn is_rule(text: &str) -> bool {
    let marks = text.chars().try_fold(0, |marks, c| match c {
        ' ' | '\t' => Some(marks),
        '_' | '-' | '*' | '=' | '~' | '—' | '–' | '•' | '·' | '#' => Some(marks + 1),
        _ => None,
    });
    marks.is_some_and(|marks| marks >= 3)
}

/// Whether a text starts with the label of an article or an entry: `Sec. 4.`, `Article 12.`, `EC-858.`, `S. 221.`
pub(super) fn is_label(text: &str) -> bool {
    let text = text.trim_start_matches(is_opening);
    let head = &text.as_bytes()[..text.len().min(24)];
    let Some(digit) = head.iter().position(u8::is_ascii_digit) else { return text.starts_with('§') };
    let lead = &head[..digit];
    let named = lead.first().is_some_and(u8::is_ascii_uppercase)
        && lead.len() <= 10
        && lead.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'.' | b'-' | b' '))
        && matches!(lead.last(), Some(b'-' | b' '))
        && lead.iter().filter(|byte| **byte == b' ').count() <= 2;
    let number = head[digit..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = &head[digit + number..];
    named && number <= 5 && matches!(rest, [b'.' | b':', b' ', ..] | [b'.' | b':'])
}

/// The length in bytes of a bullet and the space behind it.
pub(super) fn bullet(text: &str) -> Option<usize> {
    let is_mark = |c: &char| {
        matches!(c, '•' | '◦' | '▪' | '‣' | '●' | '■' | '·' | '-' | '*' | '–' | '—' | '\u{f0b7}' | '\u{f0a7}')
    };
    let mark = text.chars().next().filter(is_mark)?;
    let rest = &text[mark.len_utf8()..];
    let space = rest.len() - rest.trim_start().len();
    // `* * *` stands for words left out.
    let lone = !(mark == '*' && rest.trim_start().starts_with('*'));
    (lone && space > 0 && space < rest.len()).then_some(mark.len_utf8() + space)
}

/// The length in bytes of an enumeration mark: `(a)`, `(12)`, `1.`, `1)`, `a)`, `IV.`, `2.3`, behind quotes.
pub(super) fn enumeration(text: &str) -> Option<usize> {
    let lead = text.len() - text.trim_start_matches(['`', '\'', '"', '“', '‘']).len();
    let rest = &text[lead..];
    let (inner, open) = match rest.strip_prefix('(') {
        Some(inner) => (inner, true),
        None => (rest, false),
    };
    let body =
        inner.bytes().take(8).take_while(|byte| byte.is_ascii_alphanumeric() || (*byte == b'.' && !open)).count();
    let label = inner.get(..body)?.trim_end_matches('.');
    let short = match label.len() {
        0 => return None,
        1 => true,
        _ => is_roman(label) || label.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'),
    };
    let digits = label.bytes().filter(u8::is_ascii_digit).count();
    if !short || digits > 3 {
        return None;
    }
    let closed = inner.as_bytes().get(body) == Some(&b')');
    let dotted = !open && body > label.len();
    let end = if open || closed {
        if !closed {
            return None;
        }
        lead + usize::from(open) + body + 1
    } else if dotted && (digits > 0 || is_roman(label)) {
        lead + body
    } else {
        return None;
    };
    text[end..].starts_with([' ', '\u{a0}', '\t']).then_some(end)
}

fn is_roman(label: &str) -> bool {
    label.len() <= 5
        && (label.bytes().all(|byte| b"ivxlc".contains(&byte)) || label.bytes().all(|byte| b"IVXLC".contains(&byte)))
}

/// Whether a text is written in capitals throughout, with a word or more.
pub(super) fn is_capitals(text: &str) -> bool {
    let mut letters = 0;
    for c in text.chars() {
        if c.is_lowercase() {
            return false;
        }
        letters += usize::from(c.is_uppercase());
    }
    letters >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enumerations_are_told_from_words() {
        for (text, length) in [("(a) first", 3), ("``(III) eligible", 7), ("1. The", 2), ("2.3. The", 4), ("iv) x", 3)]
        {
            assert_eq!(enumeration(text), Some(length), "{text}");
        }
        for text in ["A man", "1997 was", "(see) x", "I think", "U.S. forces", "(a)x", "2022. It"] {
            assert_eq!(enumeration(text), None, "{text}");
        }
    }

    #[test]
    fn a_sentence_goes_on_in_small_letters_or_after_a_preposition() {
        assert!(goes_on("the Alliance (as well as AUKUS) is", "seeking confrontation"));
        let open = "as seen in the course of last year during the Russian aggression against";
        assert!(goes_on(open, "Ukraine in 2013."));
        assert!(!goes_on("The ministers met.", "they agreed"));
        assert!(!goes_on("What it is about", "The ministers met."));
    }
}
