//! Footnotes of plain text: where they start, and the paragraphs that they stand inside of.
//!
//! A note stands at the foot of its page, so the paragraph above it often goes on behind it, on the next page.

use super::block::Block;
use super::join;
use super::line::{Line, Mark};

/// So many blocks at the foot of a page are looked through for the paragraph that goes on.
const MOST_NOTES: usize = 12;

/// A paragraph that breaks off is longer than this, in characters; what is shorter may be a heading.
const SHORTEST_BROKEN: u32 = 60;

/// `[3] See …`, `3 See …`: the number of a note, not of a list item or a decimal.
pub(super) fn note_number(text: &str) -> Option<u32> {
    let open = text.strip_prefix('[');
    let rest = open.unwrap_or(text);
    let digits = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let number = rest[..digits].parse().ok().filter(|_| digits <= 3)?;
    let after = &rest[digits..];
    let after = if open.is_some() { after.strip_prefix(']')? } else { after };
    let note = after.strip_prefix([' ', '\u{a0}'])?.trim_start();
    note.starts_with(|c: char| c.is_uppercase() || join::is_opening(c)).then_some(number)
}

/// The sign of a note that has no number.
pub(super) fn note_sign(text: &str) -> Option<char> {
    let sign = text.chars().next().filter(|c| matches!(c, '*' | '†' | '‡' | '§'))?;
    let rest = text[sign.len_utf8()..].trim_start();
    rest.starts_with(|c: char| c.is_uppercase() || join::is_opening(c) && c != '*').then_some(sign)
}

fn is_note(text: &str) -> bool {
    note_number(text).is_some() || note_sign(text).is_some()
}

/// Where notes that stand on lines of their own begin: counted from that of the first line, if it is one.
pub(super) fn starts(source: &str, lines: &[Line], run: &[usize]) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut last = None;
    for (place, &at) in run.iter().enumerate() {
        let number = note_number(lines[at].text(source));
        match (place, number, last) {
            (0, None, _) => break,
            (0, Some(number), _) => last = Some(number),
            (_, Some(number), Some(before)) if number == before + 1 => {
                starts.push(place);
                last = Some(number);
            }
            _ => {}
        }
    }
    starts
}

/// The paragraph among those before a block that goes on in it behind the notes of a page, as a place in `whole`.
pub(super) fn broken_before(source: &str, lines: &[Line], whole: &[Block], block: &Block) -> Option<usize> {
    let start = lines[block.first].text(source);
    let over_page = whole.last().is_some_and(|last| block.first > last.last + 1) || lines[block.first].page_before;
    if !over_page || !join::begins_small(start) || join::is_list_item(start) {
        return None;
    }
    // Without a mark of a note one block at most is taken for one, and only where it is a sentence.
    let mut unmarked = 0;
    for (back, note) in whole.iter().enumerate().rev().take(MOST_NOTES) {
        let text = lines[note.first].text(source);
        if !is_note(text) && !join::is_rule(text) {
            unmarked += 1;
            if unmarked > 1 || !join::ends_sentence(lines[note.last].text(source)) {
                return None;
            }
        }
        let before = whole.get(back.checked_sub(1)?)?;
        let end = lines[before.last].text(source);
        let is_text =
            before.columns >= SHORTEST_BROKEN && before.lines > 1 && !is_note(lines[before.first].text(source));
        if is_text && !join::ends_sentence(end) && !join::is_capitals(end) {
            return Some(back - 1);
        }
    }
    None
}

/// Marks the lines of blocks as notes that stand inside of a paragraph.
pub(super) fn set_aside(lines: &mut [Line], notes: &mut [Block]) {
    for note in notes {
        note.aside = true;
        let text = lines[note.first..=note.last].iter_mut().filter(|line| line.is_text());
        text.for_each(|line| line.mark = Mark::Note);
    }
}
