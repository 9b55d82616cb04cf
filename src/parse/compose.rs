//! Writes the text of a paragraph or heading from stretches of the source and keeps the ledger.

use crate::document::{Link, Repair, RepairKind, Span, Spans};

use super::Parser;
use super::hyphen::Hyphens;
use super::line::is_zero_width;

/// A link's words and target may be this long, in bytes; what is longer stays as it is.
const LONGEST_LINK: usize = 2_000;

/// Bytes that are looked at together.
const STRETCH: usize = 64;

/// A text with its place in the source.
#[derive(Debug, Default)]
pub(super) struct Composed {
    pub(super) text: String,
    pub(super) source: Spans,
    pub(super) links: Vec<Link>,
}

/// A text that is being written.
#[derive(Debug, Default)]
struct Draft {
    text: String,
    source: Vec<Span>,
    links: Vec<Link>,
}

/// Writes one text after the other; the ledger runs on.
#[derive(Debug)]
pub(super) struct Composer<'a> {
    source: &'a str,
    parser: &'a Parser,
    hyphens: &'a Hyphens,
    now: Draft,
    space: bool,
    /// Where in the text the words of an open link start, and its target.
    link: Option<(usize, String)>,
    pub(super) ledger: Vec<Repair>,
}

impl<'a> Composer<'a> {
    pub(super) fn new(source: &'a str, parser: &'a Parser, hyphens: &'a Hyphens) -> Composer<'a> {
        Composer { source, parser, hyphens, now: Draft::default(), space: false, link: None, ledger: Vec::new() }
    }

    pub(super) fn source(&self) -> &'a str {
        self.source
    }

    pub(super) fn mends(&self, kind: RepairKind) -> bool {
        self.parser.mends(kind)
    }

    /// Ends the text begun and hands it out.
    pub(super) fn finish(&mut self) -> Composed {
        self.space = false;
        self.link = None;
        let text = self.now.text.trim_end_matches(['\n', '\t', ' ']).to_owned();
        // Copied to the size that is needed: of a million headings most of the memory was room to grow.
        let composed =
            Composed { text, source: self.now.source[..].into(), links: std::mem::take(&mut self.now.links) };
        self.now.text.clear();
        self.now.source.clear();
        composed
    }

    /// Puts a line of the ledger.
    pub(super) fn note(&mut self, kind: RepairKind, start: usize, end: usize) {
        self.note_as(kind, start, end, self.source[start..end].to_owned());
    }

    pub(super) fn note_as(&mut self, kind: RepairKind, start: usize, end: usize, text: String) {
        self.ledger.push(Repair { kind, span: Span::new(start, end), text });
    }

    /// Goes from the end of one line, `from`, to the start of the next, `to`: a space, nothing where a dash
    /// or a broken word stands, or a line break where unwrapping is switched off.
    pub(super) fn line_break(&mut self, from: usize, to: usize) {
        if self.now.text.is_empty() {
            return;
        }
        let before = &self.source[..from];
        if before.ends_with('\u{ad}') && self.parser.mends(RepairKind::SoftHyphen) {
            return;
        }
        if before.ends_with("--") && !before.ends_with(" --") {
            return;
        }
        if before.ends_with('—') && !before.ends_with(" —") {
            return;
        }
        if before.ends_with('-') && !before.ends_with(" -") && !before.ends_with("--") {
            match self.hyphens.at(self.source, from, to) {
                Some(true) if self.parser.mends(RepairKind::Dehyphenated) => {
                    self.unwrite_hyphen(from);
                    return;
                }
                Some(_) => return,
                None => {}
            }
        }
        if self.parser.mends(RepairKind::Unwrapped) {
            self.space = true;
        } else {
            self.space = false;
            self.now.text.push('\n');
        }
    }

    fn unwrite_hyphen(&mut self, from: usize) {
        if self.now.text.pop().is_some() {
            if let Some(last) = self.now.source.last_mut() {
                last.end -= 1;
                if last.is_empty() {
                    self.now.source.pop();
                }
            }
            self.note(RepairKind::Dehyphenated, from - 1, from);
        }
    }

    /// Copies bytes that need no care.
    pub(super) fn plain(&mut self, start: usize, end: usize) {
        self.claim(start, end);
        self.now.text.push_str(&self.source[start..end]);
    }

    /// Writes a stretch that may hold unusual characters and holds no marks.
    pub(super) fn inline(&mut self, start: usize, end: usize) {
        self.characters(start, end, end);
    }

    /// Writes a text that the source has in another form from `start` to `end`.
    pub(super) fn written(&mut self, start: usize, end: usize, text: &str) {
        if text.trim().is_empty() {
            self.space = true;
            return;
        }
        self.claim(start, end);
        self.now.text.push_str(text);
    }

    /// Writes a tab or line break that parts cells, rows or lines.
    pub(super) fn mark(&mut self, mark: char) {
        self.space = false;
        if !self.now.text.is_empty() {
            self.now.text.push(mark);
        }
    }

    /// Begins a link; its words are what is written up to [`link_end`](Composer::link_end).
    pub(super) fn link_start(&mut self, target: &str) {
        self.link = Some((self.now.text.len(), target.to_owned()));
    }

    pub(super) fn link_end(&mut self) {
        let Some((start, target)) = self.link.take() else { return };
        let words = &self.now.text[start.min(self.now.text.len())..];
        let from = self.now.text.len() - words.trim_start().len();
        if from < self.now.text.len() {
            self.now.links.push(Link { span: Span::new(from, self.now.text.len()), target });
        }
    }

    /// Enters a stretch into the source ranges; white space between it and the last one belongs to both.
    fn claim(&mut self, start: usize, end: usize) {
        if self.space && !self.now.text.is_empty() && !self.now.text.ends_with(['\n', '\t', ' ']) {
            self.now.text.push(' ');
        }
        self.space = false;
        match self.now.source.last_mut() {
            Some(last) if last.end == start => last.end = end,
            Some(last) if is_blank(&self.source.as_bytes()[last.end..start]) => last.end = end,
            _ => self.now.source.push(Span::new(start, end)),
        }
    }

    /// Writes a stretch that may hold links and unusual characters.
    pub(super) fn careful(&mut self, start: usize, end: usize) {
        let mut at = start;
        while let Some(found) = self.source[at..end].find('[') {
            let open = at + found;
            self.characters(at, open, end);
            match self.link(open, end) {
                Some((middle, close)) => {
                    self.note(RepairKind::Markup, open, open + 1);
                    if self.space && !self.now.text.is_empty() && !self.now.text.ends_with(' ') {
                        self.now.text.push(' ');
                        self.space = false;
                    }
                    let from = self.now.text.len();
                    self.characters(open + 1, middle, end);
                    let target = self.source[middle + 2..close - 1].to_owned();
                    self.note(RepairKind::Markup, middle, close);
                    if self.now.text.len() > from {
                        let span = Span::new(from, self.now.text.len());
                        self.now.links.push(Link { span, target });
                    }
                    at = close;
                }
                None => {
                    self.characters(open, open + 1, end);
                    at = open + 1;
                }
            }
        }
        self.characters(at, end, end);
    }

    /// Where the words of a link `[words](target)` and the link itself end. Words hold no bracket and a
    /// target no white space, so that each byte is looked at once however many brackets stand open.
    fn link(&self, open: usize, end: usize) -> Option<(usize, usize)> {
        if !self.parser.mends(RepairKind::Markup) {
            return None;
        }
        let bytes = &self.source.as_bytes()[..end];
        let words = bytes[open + 1..].iter().take(LONGEST_LINK).position(|byte| matches!(byte, b'[' | b']'))?;
        let middle = open + 1 + words;
        if words == 0 || bytes[middle] != b']' || bytes.get(middle + 1) != Some(&b'(') {
            return None;
        }
        if self.source[open + 1..middle].trim().is_empty() {
            return None;
        }
        let target = bytes[middle + 2..]
            .iter()
            .take(LONGEST_LINK)
            .position(|byte| matches!(byte, b'(' | b')' | b'[') || byte.is_ascii_whitespace())?;
        let close = middle + 2 + target;
        (bytes[close] == b')').then_some((middle, close + 1))
    }

    fn characters(&mut self, start: usize, end: usize, line_end: usize) {
        let mut kept = start;
        let bytes = self.source.as_bytes();
        let mut at = start;
        while at < end {
            // Runs of printable ASCII with single spaces are copied as they are, a stretch at a time where it is one.
            if at > start && at + STRETCH < end && is_plain(&bytes[at - 1..=at + STRETCH]) {
                at += STRETCH;
                continue;
            }
            let stop = end.min(at + STRETCH);
            while at < stop
                && (bytes[at].is_ascii_graphic()
                    || at > start && at + 1 < end && is_single_space(&bytes[at - 1..at + 2]))
            {
                at += 1;
            }
            if at == stop {
                continue;
            }
            let Some(c) = self.source[at..end].chars().next() else { break };
            let next = at + c.len_utf8();
            let at = std::mem::replace(&mut at, next);
            if c != ' ' && (c.is_ascii_graphic() || c.is_alphanumeric() && !('\u{fb00}'..='\u{fb06}').contains(&c)) {
                continue;
            }
            let change = self.change(c, at, next, line_end);
            let Some(change) = change else { continue };
            if kept < at {
                self.plain(kept, at);
            }
            match change {
                Change::Space => {
                    self.space = true;
                    if !matches!(c, ' ' | '\t' | '\n' | '\r') {
                        self.note(RepairKind::Spacing, at, next);
                    }
                }
                Change::Nothing(kind) => self.note(kind, at, next),
                Change::Text(kind, text) => {
                    self.claim(at, next);
                    self.now.text.push_str(text);
                    self.note(kind, at, next);
                }
                Change::Dash { before, after } => {
                    self.space |= before;
                    self.plain(at, next);
                    self.space |= after;
                    self.note(RepairKind::Spacing, at, next);
                }
            }
            kept = next;
        }
        if kept < end {
            self.plain(kept, end);
        }
    }

    fn change(&self, c: char, at: usize, next: usize, line_end: usize) -> Option<Change> {
        let mends = |kind| self.parser.mends(kind);
        match c {
            ' ' | '\t' | '\n' | '\r' => Some(Change::Space),
            '\u{ad}' if mends(RepairKind::SoftHyphen) => Some(Change::Nothing(RepairKind::SoftHyphen)),
            '\u{fb00}'..='\u{fb06}' if mends(RepairKind::Ligature) => {
                Some(Change::Text(RepairKind::Ligature, ligature(c)))
            }
            '—' | '–' if mends(RepairKind::Spacing) => {
                let before = self.source[..at].chars().next_back()?;
                let after = self.source[next..line_end].chars().next()?;
                let open = |c: char| c.is_alphabetic() || super::join::is_opening(c);
                match (before.is_whitespace(), after.is_whitespace()) {
                    (true, false) if open(after) && self.word_before(at) => {
                        Some(Change::Dash { before: false, after: true })
                    }
                    (false, true) if before.is_alphabetic() => Some(Change::Dash { before: true, after: false }),
                    _ => None,
                }
            }
            c if is_zero_width(c) && mends(RepairKind::ZeroWidth) => Some(Change::Nothing(RepairKind::ZeroWidth)),
            c if c.is_whitespace() && mends(RepairKind::Spacing) => Some(Change::Space),
            _ => None,
        }
    }

    /// Whether a word stands before the space before `at`, on the same line.
    fn word_before(&self, at: usize) -> bool {
        let line = self.source[..at].trim_end_matches([' ', '\t']);
        line.chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, ')' | '”' | '’' | '"' | ','))
    }
}

enum Change {
    Space,
    Nothing(RepairKind),
    Text(RepairKind, &'static str),
    Dash { before: bool, after: bool },
}

/// Whether all are printable ASCII and no two spaces stand together. Without a branch, which the compiler turns into vector
/// instructions.
fn is_plain(bytes: &[u8]) -> bool {
    let special = bytes.iter().fold(false, |any, byte| any | !(b' '..=b'~').contains(byte));
    let pairs = bytes.iter().zip(&bytes[1..]);
    !special && !pairs.fold(false, |any, (a, b)| any | ((*a == b' ') & (*b == b' ')))
}

fn is_single_space(three: &[u8]) -> bool {
    three[1] == b' ' && three[0].is_ascii_graphic() && three[2].is_ascii_graphic()
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}

fn ligature(c: char) -> &'static str {
    match c {
        '\u{fb00}' => "ff",
        '\u{fb01}' => "fi",
        '\u{fb02}' => "fl",
        '\u{fb03}' => "ffi",
        '\u{fb04}' => "ffl",
        _ => "st",
    }
}
