//! The lines of a text, measured once; every later step reads these instead of the text.

use memchr::memchr3;

/// Lines longer than this are no product of hard wrapping; books, typescript and e-mail stay below.
pub(super) const WIDEST_WRAP: u32 = 130;

/// Why a line is left out of the text, or that it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Text,
    /// Text of a note that stands inside of a paragraph, between two pages.
    Note,
    RunningHead,
    RunningFoot,
    PageNumber,
}

/// A line that shows something; blank lines live on in `blank_before`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// First byte after the indentation.
    pub(super) start: usize,
    /// One past the last byte that is not white space.
    pub(super) end: usize,
    /// Characters between the two.
    pub(super) columns: u32,
    /// Characters of indentation, a tab counting as four.
    pub(super) indent: u32,
    /// Whether a blank line stands before it.
    pub(super) blank_before: bool,
    /// Whether a form feed stands before it.
    pub(super) page_before: bool,
    /// Whether its bytes can be copied as they are: printable ASCII, single spaces, no link.
    pub(super) plain: bool,
    /// Whether a tab or two spaces stand in it; without them it has no columns.
    pub(super) spaced: bool,
    pub(super) mark: Mark,
}

impl Line {
    pub(super) fn text<'a>(&self, source: &'a str) -> &'a str {
        &source[self.start..self.end]
    }

    /// The column of its right end.
    pub(super) fn edge(&self) -> u32 {
        self.indent.saturating_add(self.columns)
    }

    pub(super) fn is_text(&self) -> bool {
        self.mark == Mark::Text
    }
}

/// Characters that are not seen and mean nothing in running text. The joiners U+200C and U+200D shape
/// Persian, Indic and emoji text and are not among them.
pub(super) fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}' | '\u{180e}' | '\u{200e}' | '\u{200f}')
}

/// Cuts a text into lines at LF, CR, CR LF and form feeds.
pub(super) fn lines(source: &str) -> Vec<Line> {
    let bytes = source.as_bytes();
    let mut lines = Vec::with_capacity(bytes.len() / 64);
    let (mut blank_before, mut page_before) = (false, false);
    let mut at = 0;
    while at <= bytes.len() {
        let end = memchr3(b'\n', b'\r', b'\x0c', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        let seen = Scan::run(&bytes[at..end]);
        match measure(source, at, end, &seen) {
            Some(mut line) => {
                line.blank_before = blank_before;
                line.page_before = page_before;
                (blank_before, page_before) = (false, false);
                lines.push(line);
            }
            None => blank_before = true,
        }
        match bytes.get(end) {
            Some(b'\x0c') => {
                page_before = true;
                at = end + 1;
            }
            Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => at = end + 2,
            _ => at = end + 1,
        }
    }
    lines
}

/// What the bytes of a line tell.
#[derive(Default)]
struct Scan {
    characters: u32,
    special: bool,
    double_space: bool,
}

impl Scan {
    /// Three passes without a branch, which the compiler turns into vector instructions: one pass that did all
    /// took five times as long.
    fn run(line: &[u8]) -> Scan {
        let characters: usize = line.iter().map(|byte| usize::from(byte & 0xc0 != 0x80)).sum();
        let special = line.iter().fold(false, |any, byte| any | !(b' '..=b'~').contains(byte) | (*byte == b'['));
        let pairs = line.iter().zip(line.get(1..).unwrap_or_default());
        let double_space = pairs.fold(false, |any, (a, b)| any | ((*a == b' ') & (*b == b' ')));
        Scan { characters: characters as u32, special, double_space }
    }
}

fn measure(source: &str, from: usize, to: usize, seen: &Scan) -> Option<Line> {
    let whole = &source[from..to];
    let trimmed = whole.trim();
    if trimmed.is_empty() || (seen.special && trimmed.chars().all(|c| c.is_whitespace() || is_invisible(c))) {
        return None;
    }
    let lead = whole.len() - whole.trim_start().len();
    let start = from + lead;
    let end = start + trimmed.len();
    let indent = whole[..lead].chars().map(|c| if c == '\t' { 4 } else { 1 }).sum();
    let cut = (whole.len() - trimmed.len()) as u32;
    let columns = if seen.special { trimmed.chars().count() as u32 } else { seen.characters.saturating_sub(cut) };
    let doubled = seen.double_space && trimmed.contains("  ");
    let spaced = doubled || seen.special && trimmed.contains('\t');
    let plain = !seen.special && !doubled;
    let mark = Mark::Text;
    Some(Line { start, end, columns, indent, blank_before: false, page_before: false, plain, spaced, mark })
}

fn is_invisible(c: char) -> bool {
    is_zero_width(c) || c == '\u{ad}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_cuts_and_blank_lines_are_remembered() {
        let source = "a\r\nb\rc\n\n  d e\u{c}f\n\u{200b}\ng";
        let lines = lines(source);
        let texts: Vec<&str> = lines.iter().map(|line| line.text(source)).collect();
        assert_eq!(texts, ["a", "b", "c", "d e", "f", "g"]);
        assert!(lines[3].blank_before && lines[3].indent == 2 && !lines[2].blank_before);
        assert!(lines[4].page_before && lines[5].blank_before);
    }
}
