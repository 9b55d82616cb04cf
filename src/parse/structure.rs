//! What each block of a plain text is: title, byline, date, heading, list item, quotation, footnote, text.

use super::block::{Block, is_speaker};
use super::byline::{byline, publisher};
use super::join;
use super::line::Line;
use super::note::{note_number, note_sign};
use super::written_date::written_date;
use crate::document::ParagraphKind;

/// A heading is at most this long, in characters.
const LONGEST_HEADING: u32 = 120;
const LONGEST_TITLE: u32 = 250;

/// Whether a text may start with title, byline and date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// It may.
    Open,
    /// They were given beside it.
    None,
}

/// What a block is; what a byline, a date or a publisher says is read again where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Title,
    Byline,
    Date,
    /// A publisher or series.
    Source,
    Heading(u8),
    Paragraph(ParagraphKind),
    /// A table of contents.
    Contents,
    /// A rule of dashes or asterisks.
    Separator,
}

/// Decides the role of every block.
pub(super) fn roles(source: &str, lines: &[Line], blocks: &[Block], head: Head) -> Vec<Role> {
    let view = View { source, lines, blocks };
    let mut roles: Vec<Role> = (0..blocks.len()).map(|place| view.kind(place)).collect();
    view.footnotes(&mut roles);
    view.contents(&mut roles);
    let start = if head == Head::Open { view.head(&mut roles) } else { 0 };
    view.headings(&mut roles, start);
    roles
}

/// Puts the lines of a block at the start into blocks of their own where one of them is a byline or a date, as web
/// pages have them without a blank line between.
pub(super) fn split_head(source: &str, lines: &[Line], blocks: &mut Vec<Block>) {
    const HEAD: usize = 6;
    const MOST_LINES: u32 = 6;
    let mut place = 0;
    while place < blocks.len().min(HEAD) {
        let block = blocks[place];
        let text: Vec<usize> = block.text(lines).collect();
        let is_own = |at: &usize| {
            let text = lines[*at].text(source);
            written_date(text).is_some_and(|date| date.day().is_some()) || byline(text, false).is_some()
        };
        let short = |at: &usize| lines[*at].columns <= LONGEST_HEADING && !join::ends_open(lines[*at].text(source));
        if (2..=MOST_LINES).contains(&block.lines) && text.iter().all(short) && text.iter().any(is_own) {
            let single = text.iter().map(|at| Block::new(lines, std::slice::from_ref(at)));
            blocks.splice(place..=place, single);
            place += text.len();
        } else {
            place += 1;
        }
    }
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
        let least = block.text(self.lines).map(|at| self.lines[at].indent).min().unwrap_or(0);
        Role::Paragraph(match () {
            () if block.aside => ParagraphKind::Footnote,
            () if self.is_table(block) => ParagraphKind::Table,
            () if join::is_list_item(text) => ParagraphKind::List,
            () if block.lines >= 2 && least >= 4 => ParagraphKind::Quote,
            () => ParagraphKind::Body,
        })
    }

    /// Whether most lines of a block have columns.
    fn is_table(&self, block: &Block) -> bool {
        let mut tabled = 0;
        for line in block.text(self.lines).map(|at| &self.lines[at]) {
            let is_row = line.spaced && join::cells(self.source, line.start, line.end).nth(1).is_some();
            tabled += u32::from(is_row);
        }
        tabled >= 2 && 5 * tabled >= 3 * block.lines
    }

    /// Tables of contents: below a word that says so, entries with dots that lead to pages that count up. Dots lead to
    /// the figures of statistics too, which stay as they are.
    fn contents(&self, roles: &mut [Role]) {
        let mut said = false;
        for (place, role) in roles.iter_mut().enumerate() {
            let block = &self.blocks[place];
            said |= block.lines <= 2 && self.says_contents(place);
            if !said || !matches!(role, Role::Paragraph(_)) {
                continue;
            }
            let (mut entries, mut last) = (0, 0);
            let counts_up = block.text(self.lines).map(|at| self.lines[at].text(self.source)).all(|line| {
                if !join::has_leader(line) {
                    return true;
                }
                entries += 1;
                let page = line.rsplit(['.', ' ']).next().unwrap_or_default();
                // Roman pages come first, or again in an appendix.
                let page = page.parse::<u32>().unwrap_or(last);
                std::mem::replace(&mut last, page) <= page
            });
            // An entry may take two lines.
            if entries >= 2 && 2 * entries >= block.lines && counts_up {
                *role = Role::Contents;
            }
        }
    }

    fn says_contents(&self, place: usize) -> bool {
        let letters = self.first(place).chars().filter(|c| c.is_alphabetic()).take(16);
        let letters: String = letters.flat_map(char::to_lowercase).collect();
        ["contents", "page", "tableofcontents"].contains(&&*letters)
    }

    /// Whether a line of a block has columns, or is a menu: no title, though it may stand above one.
    fn is_masthead(&self, place: usize) -> bool {
        self.blocks[place].text(self.lines).any(|at| {
            let line = &self.lines[at];
            line.text(self.source).matches(" | ").count() >= 2
                || line.spaced && join::cells(self.source, line.start, line.end).nth(1).is_some()
        })
    }

    /// Notes count up from 1, each in a block of its own; one alone is a sentence that starts with a number, but for
    /// one below a rule. A note with a sign needs a word above that has the sign.
    fn footnotes(&self, roles: &mut [Role]) {
        let mut notes: Vec<usize> = Vec::new();
        for place in 0..roles.len() {
            let below_rule = place.checked_sub(1).is_some_and(|before| roles[before] == Role::Separator);
            match note_number(self.first(place)) {
                Some(number) if number as usize == notes.len() + 1 => notes.push(place),
                Some(_) if below_rule => roles[place] = Role::Paragraph(ParagraphKind::Footnote),
                _ => {}
            }
            if note_sign(self.first(place)).is_some_and(|sign| self.is_signed(place, sign)) {
                roles[place] = Role::Paragraph(ParagraphKind::Footnote);
            }
        }
        if notes.len() >= 2 {
            for place in notes {
                roles[place] = Role::Paragraph(ParagraphKind::Footnote);
            }
        }
    }

    /// Whether a word in one of the blocks before ends in the sign of a note, as `Trade.*` does, and none of them is
    /// an item that starts with it.
    fn is_signed(&self, place: usize, sign: char) -> bool {
        const BEFORE: usize = 6;
        for block in self.blocks[..place].iter().rev().take(BEFORE) {
            for line in block.text(self.lines).map(|at| self.lines[at].text(self.source)) {
                if line.starts_with(sign) {
                    return false;
                }
                let mut words = line.split(' ').filter_map(|word| word.strip_suffix(sign));
                if words.any(|word| word.contains(char::is_alphabetic)) {
                    return true;
                }
            }
        }
        false
    }

    /// Title, byline and date at the start; returns where the body starts.
    fn head(&self, roles: &mut [Role]) -> usize {
        let mut titled = false;
        let mut at = 0;
        while at < self.blocks.len().min(8) {
            let text = self.first(at);
            let single = self.blocks[at].lines == 1;
            let more = (at + 1..self.blocks.len()).any(|later| self.is_text(later));
            if single && written_date(text).is_some() {
                roles[at] = Role::Date;
            } else if single && more && byline(text, titled).is_some() {
                roles[at] = Role::Byline;
            } else if single && more && publisher(text).is_some() {
                roles[at] = Role::Source;
            } else if !titled && more && self.is_title(at) {
                roles[at] = Role::Title;
                titled = true;
            } else if !titled && more && self.is_masthead(at) {
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
        if !roles[..at].contains(&Role::Date)
            && let Some(place) = self.date_below(at)
        {
            roles[place] = Role::Date;
        }
        at
    }

    /// The day on a line of its own below the title, before the text begins: on a cover there are other lines between.
    fn date_below(&self, start: usize) -> Option<usize> {
        const COVER: usize = 20;
        let cover = (start..self.blocks.len()).take(COVER);
        for place in cover.take_while(|&place| self.blocks[place].columns <= 2 * LONGEST_HEADING) {
            let day = written_date(self.first(place)).is_some_and(|date| date.day().is_some());
            if day && self.blocks[place].lines == 1 {
                return Some(place);
            }
        }
        None
    }

    fn is_text(&self, place: usize) -> bool {
        let block = &self.blocks[place];
        block.columns > LONGEST_HEADING || join::ends_sentence(self.last(place))
    }

    fn is_title(&self, place: usize) -> bool {
        let block = &self.blocks[place];
        block.lines <= 3
            && !self.is_masthead(place)
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

    /// Whether lines begin with the name of a field, as in the head of a cable or a mail: `SUBJECT: GAS TALKS`.
    fn has_fields(&self, block: &Block) -> bool {
        block.text(self.lines).filter(|&at| join::is_field(self.lines[at].text(self.source))).count() >= 2
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
        if self.is_masthead(place) || block.lines > 1 && self.has_fields(block) {
            return None;
        }
        if !join::begins_large(text) || text.starts_with(['(', '[', '"', '“', '`', '*']) || is_speaker(text) {
            return None;
        }
        let words = text.split_whitespace().count();
        let last = self.last(place).chars().next_back()?;
        let numbered = join::enumeration(text).is_some() && join::bullet(text).is_none();
        if last == '?' && !numbered {
            return (words >= 3).then_some(if capitals { Shape::Capitals } else { Shape::Question });
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
