//! Lines become blocks: the paragraphs and headings of a plain text, whole again over pages.

use super::Parser;
use super::furniture;
use super::join;
use super::line::{Line, Mark};
use crate::document::RepairKind;

/// Lines longer than this are no product of hard wrapping; books, typescript and e-mail stay below.
const WIDEST_WRAP: u32 = 130;

/// A run of lines; those marked as furniture inside it are skipped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub(super) first: usize,
    pub(super) last: usize,
    /// Text lines.
    pub(super) lines: u32,
    /// Characters of text.
    pub(super) columns: u64,
    /// Joins made inside it.
    pub(super) joins: u32,
}

/// How a text marks its paragraphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// A line is a paragraph.
    Lines,
    /// Paragraphs are hard-wrapped and blank lines stand between them.
    Blank,
    /// Paragraphs are hard-wrapped and nothing, or only indentation, stands between them.
    Wrapped,
}

/// Cuts the lines into blocks and joins what pages have broken.
pub(super) fn blocks(source: &str, lines: &mut [Line], parser: &Parser) -> Vec<Block> {
    let layout = layout(source, lines);
    let cuts = |lines: &[Line], width: &mut Width, at: usize, next: usize| match layout {
        Layout::Lines => true,
        Layout::Blank => free(lines, at, next),
        Layout::Wrapped => free(lines, at, next) || width.breaks(source, lines, at, next),
    };
    let mut blocks = Vec::new();
    let mut width = Width::default();
    let mut last: Option<usize> = None;
    for at in 0..lines.len() {
        if !lines[at].is_text() {
            continue;
        }
        match last {
            Some(before) if !cuts(lines, &mut width, before, at) => extend(&mut blocks, at, lines[at].columns),
            _ => {
                width.start();
                blocks.push(Block { first: at, last: at, lines: 1, columns: lines[at].columns.into(), joins: 0 });
            }
        }
        width.grow(&lines[at]);
        last = Some(at);
    }
    if parser.mends(RepairKind::RunningHead) {
        drop_lone_heads(source, lines, &mut blocks);
    }
    if parser.mends(RepairKind::Joined) {
        blocks = join_blocks(source, lines, &blocks);
    }
    blocks
}

fn extend(blocks: &mut [Block], at: usize, columns: u32) {
    if let Some(block) = blocks.last_mut() {
        block.last = at;
        block.lines += 1;
        block.columns += u64::from(columns) + 1;
    }
}

/// Whether blank lines, a page or furniture stand between two neighbouring lines of text.
fn free(lines: &[Line], at: usize, next: usize) -> bool {
    next > at + 1 || lines[next].blank_before || lines[next].page_before
}

fn layout(source: &str, lines: &[Line]) -> Layout {
    let (mut wide, mut all) = (0u64, 0u64);
    for line in lines.iter().filter(|line| line.is_text()) {
        let columns = u64::from(line.columns);
        all += columns;
        wide += if line.columns > WIDEST_WRAP { columns } else { 0 };
    }
    if 2 * wide >= all {
        return Layout::Lines;
    }
    let mut width = Width::default();
    let (mut inside, mut between) = (0u64, 0u64);
    let mut last: Option<usize> = None;
    for at in 0..lines.len() {
        if !lines[at].is_text() {
            continue;
        }
        if let Some(before) = last {
            if free(lines, before, at) {
                between += 1;
                width.start();
            } else if width.breaks(source, lines, before, at) {
                inside += 1;
                width.start();
            }
        }
        width.grow(&lines[at]);
        last = Some(at);
    }
    // In a text that puts blank lines between its paragraphs, short lines inside one are addresses,
    // verses and tables: a few. Where they are as many as a third, blank lines mark something else.
    if 3 * inside > between { Layout::Wrapped } else { Layout::Blank }
}

/// How wide the lines around run, which tells a line that was full from one that ended.
#[derive(Debug, Default)]
struct Width {
    /// Widest right edge in the paragraph so far.
    own: u32,
    /// Lines in the paragraph so far.
    lines: u32,
    /// Widest of the paragraph before.
    before: u32,
}

impl Width {
    fn start(&mut self) {
        if self.lines >= 2 || self.own > self.before {
            self.before = self.own;
        }
        (self.own, self.lines) = (0, 0);
    }

    fn grow(&mut self, line: &Line) {
        self.own = self.own.max(line.indent.saturating_add(line.columns));
        self.lines += 1;
    }

    /// Whether a paragraph ends between two neighbouring lines.
    fn breaks(&self, source: &str, lines: &[Line], at: usize, next: usize) -> bool {
        let (line, below) = (&lines[at], &lines[next]);
        let after_next = lines.get(next + 1).filter(|line| line.is_text() && !line.blank_before);
        if below.indent > line.indent && after_next.is_none_or(|after| after.indent < below.indent) {
            return true;
        }
        if below.indent + 1 < line.indent && self.lines >= 2 {
            return true;
        }
        let (text, next_text) = (line.text(source), below.text(source));
        let ends = join::ends_sentence(text);
        let starts = join::is_list_item(next_text);
        let speaker = ends && is_speaker(next_text);
        if speaker || starts && ends {
            return true;
        }
        let width = self.here(lines, next);
        let word = next_text.split(' ').next().unwrap_or_default().chars().count() as u32;
        let edge = line.indent.saturating_add(line.columns);
        let room = i64::from(width) - i64::from(edge) - 1 - i64::from(word);
        if room < 0 {
            return false;
        }
        let large = join::begins_large(next_text);
        if starts || ends && large {
            return true;
        }
        if join::is_capitals(text) != join::is_capitals(next_text) && !join::ends_open(text) {
            return large;
        }
        large && room >= 12 && !join::ends_open(text)
    }

    /// The width that the line before `next` could have had.
    fn here(&self, lines: &[Line], next: usize) -> u32 {
        if self.lines >= 3 {
            return self.own;
        }
        let below = lines[next..].iter().take(4).take_while(|line| line.is_text() && !line.blank_before);
        let below = below.map(|line| line.indent.saturating_add(line.columns)).max().unwrap_or(0);
        self.own.max(if self.lines >= 2 { self.own } else { self.before.max(below) })
    }
}

/// Whether a text starts with who speaks, as minutes print it: `Mr. SMITH.`, `The PRESIDENT pro tempore.`
pub(super) fn is_speaker(text: &str) -> bool {
    let mut words = text.split(' ');
    let title = words.next().unwrap_or_default();
    if !matches!(title, "Mr." | "Mrs." | "Ms." | "Miss" | "Dr." | "Sir" | "The" | "Senator" | "Lord" | "M." | "Mme") {
        return false;
    }
    let Some(name) = words.next() else { return false };
    // McCAIN and DeWINE are capitals at the end.
    let name = name.trim_end_matches(['.', ',', ':']);
    let capitals = name.chars().rev().take_while(|c| c.is_uppercase()).count();
    let has_more = words.next().is_some() || text.ends_with('.') || text.ends_with(':');
    capitals >= 2 && has_more && !(title == "The" && capitals < 5)
}

/// A lone line in capitals inside a sentence is a running head that came through once.
fn drop_lone_heads(source: &str, lines: &mut [Line], blocks: &mut Vec<Block>) {
    let mut heads = Vec::new();
    for (place, three) in blocks.windows(3).enumerate() {
        let [before, head, after] = three else { continue };
        let line = &lines[head.first];
        if head.lines == 1
            && line.columns <= 60
            && before.columns >= 60
            && join::is_capitals(line.text(source))
            && join::goes_on(lines[before.last].text(source), lines[after.first].text(source))
        {
            heads.push(place + 1);
        }
    }
    for &place in heads.iter().rev() {
        lines[blocks[place].first].mark = Mark::RunningHead;
    }
    let mut place = 0;
    blocks.retain(|block| {
        place += 1;
        lines[block.first].is_text() && place > 0
    });
}

fn join_blocks(source: &str, lines: &[Line], blocks: &[Block]) -> Vec<Block> {
    let mut whole: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        match whole.last_mut() {
            Some(before) if belong(source, lines, before, block) => {
                before.last = block.last;
                before.lines += block.lines;
                before.columns += block.columns + 1;
                before.joins += 1;
            }
            _ => whole.push(*block),
        }
    }
    whole
}

/// Whether a paragraph goes on in the next block.
fn belong(source: &str, lines: &[Line], before: &Block, after: &Block) -> bool {
    let (end, start) = (lines[before.last].text(source), lines[after.first].text(source));
    let over_page = after.first > before.last + 1 || lines[after.first].page_before;
    if over_page {
        let long = before.columns >= 40 || join::begins_small(start);
        let broken_off = long && !join::ends_sentence(end) && !join::is_capitals(start);
        let never_ended = before.lines > 1 || join::ends_open(end) || join::begins_small(start) || before.columns > 120;
        return broken_off && never_ended && !join::is_list_item(start) && !is_speaker(start);
    }
    // Without a page between the two only the plainest cases are joined: verses, addresses and lists
    // also go on in small letters, but their lines are short.
    before.columns >= 60 && join::goes_on(end, start)
}

/// Marks furniture, as far as the parser mends it.
pub(super) fn mark_furniture(source: &str, lines: &mut [Line], parser: &Parser) {
    if parser.mends(RepairKind::PageNumber) {
        furniture::mark_page_numbers(source, lines);
    }
    if parser.mends(RepairKind::RunningHead) || parser.mends(RepairKind::RunningFoot) {
        furniture::mark_running(source, lines);
        for line in lines.iter_mut() {
            let kept = match line.mark {
                Mark::RunningHead => !parser.mends(RepairKind::RunningHead),
                Mark::RunningFoot => !parser.mends(RepairKind::RunningFoot),
                _ => false,
            };
            if kept {
                line.mark = Mark::Text;
            }
        }
    }
}
