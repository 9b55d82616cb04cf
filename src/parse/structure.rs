//! What each block of a plain text is: title, byline, date, heading, list item, quotation, footnote, text.

use super::block::{Block, is_speaker};
use super::join;
use super::line::Line;
use super::written_date::written_date;
use crate::date::Date;
use crate::document::ParagraphKind;

/// A heading is at most this long, in characters.
const LONGEST_HEADING: u64 = 120;
const LONGEST_TITLE: u64 = 250;

/// Whether a text may start with title, byline and date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// It may.
    Open,
    /// They were given beside it.
    None,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Role {
    Title,
    Byline(Vec<String>),
    Date(Date),
    /// A publisher or series.
    Source(String),
    Heading(u8),
    Paragraph(ParagraphKind),
    /// A rule of dashes or asterisks.
    Separator,
}

/// Decides the role of every block.
pub(super) fn roles(source: &str, lines: &[Line], blocks: &[Block], head: Head) -> Vec<Role> {
    let view = View { source, lines, blocks };
    let mut roles: Vec<Role> = (0..blocks.len()).map(|place| view.kind(place)).collect();
    view.footnotes(&mut roles);
    let start = if head == Head::Open { view.head(&mut roles) } else { 0 };
    view.headings(&mut roles, start);
    roles
}

struct View<'a> {
    source: &'a str,
    lines: &'a [Line],
    blocks: &'a [Block],
}

impl<'a> View<'a> {
    fn first(&self, place: usize) -> &'a str {
        self.lines[self.blocks[place].first].text(self.source)
    }

    fn last(&self, place: usize) -> &'a str {
        self.lines[self.blocks[place].last].text(self.source)
    }

    fn kind(&self, place: usize) -> Role {
        let block = &self.blocks[place];
        let text = self.first(place);
        if block.lines == 1 && join::is_rule(text) {
            return Role::Separator;
        }
        let indented = self.lines[block.first..=block.last].iter().filter(|line| line.is_text());
        let mut least = u32::MAX;
        for line in indented {
            least = least.min(line.indent);
        }
        Role::Paragraph(match () {
            () if self.is_table(block) => ParagraphKind::Table,
            () if join::is_list_item(text) => ParagraphKind::List,
            () if block.lines >= 2 && least >= 4 => ParagraphKind::Quote,
            () => ParagraphKind::Body,
        })
    }

    /// Whether most lines of a block have columns.
    fn is_table(&self, block: &Block) -> bool {
        let mut tabled = 0;
        for line in self.lines[block.first..=block.last].iter().filter(|line| line.is_text() && !line.plain) {
            tabled += u32::from(join::cells(self.source, line.start, line.end).nth(1).is_some());
        }
        tabled >= 2 && 5 * tabled >= 3 * block.lines
    }

    /// Notes count up from 1, each in a block of its own; one alone is a sentence that starts with a number.
    fn footnotes(&self, roles: &mut [Role]) {
        let mut notes: Vec<usize> = Vec::new();
        for place in 0..roles.len() {
            match note_number(self.first(place)) {
                Some(number) if number as usize == notes.len() + 1 => notes.push(place),
                _ => {}
            }
        }
        if notes.len() >= 2 {
            for place in notes {
                roles[place] = Role::Paragraph(ParagraphKind::Footnote);
            }
        }
    }

    /// Title, byline and date at the start; returns where the body starts.
    fn head(&self, roles: &mut [Role]) -> usize {
        let mut titled = false;
        let mut at = 0;
        while at < self.blocks.len().min(8) {
            let text = self.first(at);
            let single = self.blocks[at].lines == 1;
            let more = (at + 1..self.blocks.len()).any(|later| self.is_text(later));
            if single && let Some(date) = written_date(text) {
                roles[at] = Role::Date(date);
            } else if single
                && let Some(names) = byline(text, titled)
                && more
            {
                roles[at] = Role::Byline(names);
            } else if single
                && more
                && let Some(name) = publisher(text)
            {
                roles[at] = Role::Source(name);
            } else if !titled && more && self.is_title(at) {
                roles[at] = Role::Title;
                titled = true;
            } else {
                break;
            }
            at += 1;
        }
        // What looks like a date or a byline and has nothing below is the text itself.
        if at >= self.blocks.len() {
            for (place, role) in roles.iter_mut().enumerate() {
                *role = self.kind(place);
            }
            return 0;
        }
        at
    }

    fn is_text(&self, place: usize) -> bool {
        let block = &self.blocks[place];
        block.columns > LONGEST_HEADING || join::ends_sentence(self.last(place))
    }

    fn is_title(&self, place: usize) -> bool {
        let block = &self.blocks[place];
        block.lines <= 3
            && block.columns <= LONGEST_TITLE
            && !join::begins_small(self.first(place))
            && join::bullet(self.first(place)).is_none()
            && !is_speaker(self.first(place))
            && !self.last(place).ends_with(['.', ':', ';', ',', '-', '—', '!'])
    }

    fn headings(&self, roles: &mut [Role], start: usize) {
        let shapes: Vec<Option<Shape>> = (0..roles.len())
            .map(|place| match roles[place] {
                Role::Paragraph(ParagraphKind::Body | ParagraphKind::List) if place >= start => self.shape(place),
                _ => None,
            })
            .collect();
        let has = |shape: Shape| shapes.contains(&Some(shape));
        let ranked = has(Shape::Capitals) || shapes.iter().flatten().any(|shape| matches!(shape, Shape::Numbered(_)));
        let questions = shapes.iter().filter(|shape| **shape == Some(Shape::Question)).count();
        let mut place = start;
        while place < roles.len() {
            // A run of short lines is a list, an address or a table, unless capitals or numbers say otherwise.
            let run = shapes[place..].iter().take_while(|shape| shape.is_some()).count();
            if run == 0 {
                place += 1;
                continue;
            }
            let plain = shapes[place..place + run].iter().filter(|shape| **shape == Some(Shape::Plain)).count();
            let below = (place + run..roles.len()).find(|&next| roles[next] != Role::Separator);
            for at in place..place + run {
                let shape = shapes[at];
                let same = |other: Option<usize>| {
                    let other = other.filter(|&other| (place..place + run).contains(&other)).map(|other| shapes[other]);
                    matches!((shape, other), (Some(Shape::Numbered(a)), Some(Some(Shape::Numbered(b)))) if a == b)
                };
                let level = match shape {
                    // Numbers that follow upon each other with no text between are a list.
                    Some(Shape::Numbered(_)) if same(at.checked_sub(1)) || same(Some(at + 1)) => continue,
                    Some(Shape::Numbered(depth)) => depth,
                    Some(Shape::Capitals) => 1,
                    Some(Shape::Plain) if plain < 3 => 1 + u8::from(ranked),
                    Some(Shape::Question) if questions >= 2 && run == 1 && self.answers(place) => 1 + u8::from(ranked),
                    _ => continue,
                };
                if below.is_some() {
                    roles[at] = Role::Heading(level);
                }
            }
            place += run;
        }
        // Headings with no text left between them and the end are text.
        for place in (start..roles.len()).rev() {
            match roles[place] {
                Role::Heading(_) => roles[place] = self.kind(place),
                Role::Separator => {}
                _ => break,
            }
        }
    }

    /// Whether a block longer than a heading follows, as after a question that is a heading.
    fn answers(&self, place: usize) -> bool {
        self.blocks.get(place + 1).is_some_and(|next| next.columns > LONGEST_HEADING)
    }

    fn shape(&self, place: usize) -> Option<Shape> {
        let block = &self.blocks[place];
        let text = self.first(place);
        let capitals = block.lines <= 3 && block.columns <= 2 * LONGEST_HEADING && join::is_capitals(text);
        if !(block.lines == 1 && block.columns <= LONGEST_HEADING || capitals && join::is_capitals(self.last(place))) {
            return None;
        }
        if !join::begins_large(text) || text.starts_with(['(', '[', '"', '“', '`', '*']) || is_speaker(text) {
            return None;
        }
        let words = text.split_whitespace().count();
        let last = self.last(place).chars().next_back()?;
        let numbered = join::enumeration(text).is_some() && join::bullet(text).is_none();
        if last == '?' && !numbered {
            return (words >= 3 && !capitals).then_some(Shape::Question);
        }
        if !(last.is_alphanumeric() || matches!(last, ')' | '’' | '\'' | '”' | '"' | '?')) || words > 16 {
            return None;
        }
        if !text.chars().any(char::is_alphabetic) || join::ends_open(text) || written_date(text).is_some() {
            return None;
        }
        if let Some(end) = join::enumeration(text) {
            let label = text[..end].trim_end_matches(['.', ')']);
            let title = text[end..].trim_start();
            let depth = label.split('.').count().min(6) as u8;
            return (!label.starts_with('(') && join::begins_large(title)).then_some(Shape::Numbered(depth));
        }
        if join::bullet(text).is_some() {
            return None;
        }
        Some(if capitals { Shape::Capitals } else { Shape::Plain })
    }
}

/// What a line that could be a heading looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Numbered(u8),
    Capitals,
    Question,
    Plain,
}

/// `[3] See …`, `3 See …`: the number of a note, not of a list item or a decimal.
fn note_number(text: &str) -> Option<u32> {
    let open = text.strip_prefix('[');
    let rest = open.unwrap_or(text);
    let digits = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let number = rest[..digits].parse().ok().filter(|_| digits <= 3)?;
    let after = &rest[digits..];
    let after = if open.is_some() { after.strip_prefix(']')? } else { after };
    let note = after.strip_prefix([' ', '\u{a0}'])?.trim_start();
    note.starts_with(|c: char| c.is_uppercase() || join::is_opening(c)).then_some(number)
}

/// Words of headings that are capitalised like names.
const NO_NAMES: [&str; 28] = [
    "abstract",
    "analysis",
    "annex",
    "appendix",
    "background",
    "brief",
    "briefing",
    "commentary",
    "conclusion",
    "conclusions",
    "contents",
    "executive",
    "findings",
    "foreword",
    "introduction",
    "issue",
    "key",
    "note",
    "overview",
    "paper",
    "policy",
    "points",
    "preface",
    "press",
    "recommendations",
    "report",
    "statement",
    "summary",
];

/// The publisher or series that a line names: behind a label, or as a kind of paper with its number.
fn publisher(text: &str) -> Option<String> {
    const LABELS: [&str; 5] = ["Source: ", "Publisher: ", "Published by ", "Series: ", "Issued by "];
    const PAPERS: [&str; 10] =
        ["Brief", "Briefing", "Bulletin", "Commentary", "Memo", "Note", "Paper", "Policy", "Report", "Spotlight"];
    if let Some(name) = LABELS.iter().find_map(|label| text.strip_prefix(label)) {
        return (name.len() <= 120 && !join::ends_sentence(name)).then(|| name.trim().to_owned());
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let number =
        words.iter().position(|word| word.trim_start_matches('#').starts_with(|c: char| c.is_ascii_digit()))?;
    let named = words[..number].iter().any(|word| PAPERS.contains(&word.trim_end_matches([',', ':', '|'])));
    let counted = number > 0 && matches!(words[number - 1], "No." | "no." | "Nr." | "Number" | "Issue" | "Vol." | "|");
    (named && counted && words.len() <= 10 && !join::ends_sentence(text)).then(|| text.to_owned())
}

/// The names in a byline: behind "By", or, below a title, names alone on a line.
pub(super) fn byline(text: &str, titled: bool) -> Option<Vec<String>> {
    let text = text.trim();
    let names =
        ["By ", "by ", "BY ", "Author: ", "Authors: ", "Written by "].iter().find_map(|by| text.strip_prefix(by));
    if names.is_none() && (!titled || text.len() > 80) || text.len() > 200 {
        return None;
    }
    let list = names.unwrap_or(text).replace(" and ", ",").replace(" & ", ",").replace(';', ",");
    let names: Vec<String> =
        list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    (!names.is_empty() && names.iter().all(|name| is_name(name))).then_some(names)
}

fn is_name(text: &str) -> bool {
    let mut words = 0;
    for word in text.split_whitespace() {
        let particle = matches!(
            word,
            "de" | "da"
                | "di"
                | "del"
                | "der"
                | "den"
                | "van"
                | "von"
                | "la"
                | "le"
                | "al"
                | "bin"
                | "dos"
                | "du"
                | "el"
        );
        let letters = word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'));
        let small = word.to_lowercase();
        if !letters || NO_NAMES.contains(&small.as_str()) {
            return false;
        }
        if !particle {
            let starts = word.starts_with(char::is_uppercase);
            let shouts = word.len() > 3 && join::is_capitals(word);
            if !starts || shouts || crate::text::is_function_word(crate::document::Language::ENGLISH, &small) {
                return false;
            }
        }
        words += 1;
    }
    (2..=5).contains(&words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_make_a_byline_and_headings_do_not() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(byline("Justyna Szczudlik", true), names(&["Justyna Szczudlik"]));
        assert_eq!(byline("By Ada de Vries and J. R. Smith", false), names(&["Ada de Vries", "J. R. Smith"]));
        for text in ["Executive Summary", "The Way Out", "KEY FIGURES", "Gas", "By the end of the year"] {
            assert_eq!(byline(text, true), None, "{text}");
        }
    }
}
