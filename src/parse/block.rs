//! Lines become blocks: the paragraphs and headings of a plain text, whole again over pages.

use super::Parser;
use super::furniture;
use super::join;
use super::line::{Line, Mark, WIDEST_WRAP};
use super::note;
use super::wrap::{Piece, Wrap};
use crate::document::{RepairKind, Span};

/// Running text that breaks off does so in a line longer than this.
const SHORT: u32 = 45;

/// Lines of addresses, verses and lists of names are shorter than this on average.
pub(super) const STACKED: u32 = 35;

/// A run of lines; those marked as furniture inside it are skipped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub(super) first: usize,
    pub(super) last: usize,
    /// Text lines.
    pub(super) lines: u32,
    /// Characters of text.
    pub(super) columns: u32,
    /// Joins made inside it.
    pub(super) joins: u32,
    /// Whether it is a note that stands inside of another block.
    pub(super) aside: bool,
}

/// Cuts the lines into blocks and joins what pages have broken.
pub(super) fn blocks(source: &str, lines: &mut [Line], parser: &Parser) -> Vec<Block> {
    let text: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].is_text()).collect();
    let mut blocks = Vec::new();
    if is_line_by_line(lines) {
        blocks.extend(text.iter().map(|at| Block::new(lines, std::slice::from_ref(at))));
    } else {
        // A page between two lines of text says nothing of paragraphs where blank lines do not either.
        let is_rule = |at: usize| join::is_rule(lines[at].text(source));
        let joins = parser.mends(RepairKind::Joined);
        let cuts = |at: usize, next: usize| {
            next == at + 1 && lines[next].blank_before
                || !joins && free(lines, at, next)
                || is_rule(at)
                || is_rule(next)
        };
        let open = runs(&text, cuts);
        let wrap = Wrap::new(source, lines, &text, &open);
        let mut ends = Ends::default();
        let mut pieces = Vec::new();
        for &run in &open {
            pieces.clear();
            wrap.cut(run, &mut pieces);
            ends.count(&text, &pieces);
            blocks.extend(pieces.iter().map(|piece| Block::new(lines, &text[piece.lines.range()])));
        }
        // Of a text of short lines each of these is as large as the text.
        drop((wrap, open));
        if ends.are_at_blank_lines() {
            blocks.clear();
            for run in runs(&text, |at, next| free(lines, at, next)) {
                // A rule parts text, but not the head, the rows and the notes of a table.
                let run = &text[run.range()];
                let is_row = |at: &&usize| {
                    let line = &lines[**at];
                    line.spaced && join::cells(source, line.start, line.end).nth(1).is_some()
                };
                let ruled = run.iter().any(|&at| is_rule(at)) && run.iter().filter(is_row).nth(1).is_none();
                for part in runs(run, |at, next| ruled && (is_rule(at) || is_rule(next))) {
                    split_run(source, lines, &run[part.range()], &mut blocks);
                }
            }
        }
    }
    drop(text);
    if parser.mends(RepairKind::RunningHead) {
        drop_lone_heads(source, lines, &mut blocks);
    }
    if parser.mends(RepairKind::Joined) {
        blocks = join_blocks(source, lines, &blocks);
    }
    blocks
}

impl Block {
    pub(super) fn new(lines: &[Line], run: &[usize]) -> Block {
        let columns = run.iter().fold(0u32, |sum, &at| sum.saturating_add(lines[at].columns).saturating_add(1));
        let (first, last) = (run.first().copied().unwrap_or(0), run.last().copied().unwrap_or(0));
        let (lines, columns) = (run.len() as u32, columns.saturating_sub(1));
        Block { first, last, lines, columns, joins: 0, aside: false }
    }

    /// Its lines, without the furniture and the notes that stand between them.
    pub(super) fn text(self, lines: &[Line]) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let mark = if self.aside { Mark::Note } else { Mark::Text };
        (self.first..=self.last).filter(move |&at| lines[at].mark == mark)
    }
}

/// Whether blank lines, a page or furniture stand between two neighbouring lines of text.
fn free(lines: &[Line], at: usize, next: usize) -> bool {
    next > at + 1 || lines[next].blank_before || lines[next].page_before
}

/// The lines of text, cut where `cuts` says.
fn runs(text: &[usize], cuts: impl Fn(usize, usize) -> bool) -> Vec<Span> {
    let mut runs = Vec::new();
    let mut start = 0;
    for place in 1..=text.len() {
        if text.get(place).is_none_or(|&at| cuts(text[place - 1], at)) {
            runs.push(Span::new(start, place));
            start = place;
        }
    }
    runs
}

/// Whether most of the text stands in lines too long to be wrapped.
fn is_line_by_line(lines: &[Line]) -> bool {
    let (mut wide, mut all) = (0u64, 0u64);
    for line in lines.iter().filter(|line| line.is_text()) {
        let columns = u64::from(line.columns);
        all += columns;
        wide += if line.columns > WIDEST_WRAP { columns } else { 0 };
    }
    2 * wide >= all
}

/// Where paragraphs end that were found by their lines.
#[derive(Default)]
struct Ends {
    /// Runs between blank lines that hold wrapped paragraphs.
    runs: usize,
    /// Ends of paragraphs inside a run.
    inside: usize,
}

impl Ends {
    /// Counts those of one run.
    fn count(&mut self, text: &[usize], run: &[Piece]) {
        self.runs += usize::from(run.iter().any(|piece| piece.wrapped && piece.lines.len() >= 2));
        for pair in run.windows(2) {
            let long = pair[0].lines.len() >= 2 || pair[1].lines.len() >= 2;
            let start = pair[1].lines.start;
            let same_page = text[start] == text[start - 1] + 1;
            self.inside += usize::from(pair[0].wrapped && pair[1].wrapped && pair[0].ends && long && same_page);
        }
    }

    /// Whether paragraphs end at blank lines: where wrapped paragraphs end as often inside the runs between blank
    /// lines, the blank lines mark something else. Headings and stacks of short lines say nothing of it.
    fn are_at_blank_lines(&self) -> bool {
        3 * self.inside <= self.runs
    }
}

/// A list whose items stand on lines of their own is as many blocks, and so are the notes of a page.
fn split_run(source: &str, lines: &[Line], run: &[usize], blocks: &mut Vec<Block>) {
    let notes = note::starts(source, lines, run);
    if !notes.is_empty() {
        let ends = notes.iter().copied().chain([run.len()]);
        let starts = [0].into_iter().chain(notes.iter().copied());
        return blocks.extend(starts.zip(ends).map(|(start, end)| Block::new(lines, &run[start..end])));
    }
    let is_item = |&&at: &&usize| join::bullet(lines[at].text(source)).is_some();
    let items = run.iter().filter(is_item).count();
    let first = run.first().is_some_and(|at| is_item(&at));
    let announced = run
        .iter()
        .position(|at| is_item(&at))
        .is_some_and(|place| place > 0 && lines[run[place - 1]].text(source).ends_with(':'));
    if items < 2 || !(first || announced) {
        return blocks.push(Block::new(lines, run));
    }
    blocks.extend(run.chunk_by(|_, at| !is_item(&at)).map(|item| Block::new(lines, item)));
}

/// Whether a text starts with who speaks, as minutes print it: `Mr. SMITH.`, `The PRESIDENT pro tempore.`
pub(super) fn is_speaker(text: &str) -> bool {
    let mut words = text.split(' ');
    let title = words.next().unwrap_or_default();
    if !matches!(
        title,
        "Mr." | "Mrs." | "Ms." | "Miss" | "Dr." | "Sir" | "The" | "THE" | "Senator" | "Lord" | "M." | "Mme"
    ) {
        return false;
    }
    let Some(name) = words.next() else { return false };
    // `THE FUTURE OF THE ALLIANCE` is a heading.
    if title == "THE" && words.clone().next().is_some() && join::is_capitals(text) {
        return false;
    }
    // McCAIN and DeWINE are capitals at the end.
    let name = name.trim_end_matches(['.', ',', ':']);
    let capitals = name.chars().rev().take_while(|c| c.is_uppercase()).count();
    let has_more = words.next().is_some() || text.ends_with('.') || text.ends_with(':');
    capitals >= 2 && has_more && !(title.len() == 3 && capitals < 5)
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
            && !join::is_label(line.text(source))
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

fn join_blocks(source: &str, lines: &mut [Line], blocks: &[Block]) -> Vec<Block> {
    let mut whole: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        // Notes that were set aside stand above the end of the paragraph around them.
        let last = whole.iter().rposition(|block| !block.aside);
        let place = last.and_then(|last| match belong(source, lines, &whole[last], block) {
            true => Some(last),
            false => note::broken_before(source, lines, &whole[..=last], block),
        });
        let Some(place) = place else {
            whole.push(*block);
            continue;
        };
        note::set_aside(lines, &mut whole[place + 1..]);
        let before = &mut whole[place];
        before.last = block.last;
        before.lines += block.lines;
        before.columns = before.columns.saturating_add(block.columns).saturating_add(1);
        before.joins += 1;
    }
    whole
}

/// Whether a paragraph goes on in the next block.
fn belong(source: &str, lines: &[Line], before: &Block, after: &Block) -> bool {
    let (end, start) = (lines[before.last].text(source), lines[after.first].text(source));
    if join::is_rule(end) || join::is_rule(start) || is_speaker(start) {
        return false;
    }
    let over_page = after.first > before.last + 1 || lines[after.first].page_before;
    if over_page {
        let long = before.columns >= 40 || join::begins_small(start);
        let broken_off = long && !join::ends_sentence(end) && !join::is_capitals(start);
        let never_ended = before.lines > 1 || join::ends_open(end) || join::begins_small(start) || before.columns > 120;
        let stacked = before.lines >= 3 && before.columns / before.lines < STACKED;
        return broken_off && never_ended && !join::is_list_item(start) && (!stacked || join::begins_small(start));
    }
    // Without a page between the two only the plainest cases are joined: verses, addresses and lists
    // also go on in small letters, but their lines are short; statutes go on flush after a list.
    before.columns >= 60
        && lines[before.last].columns >= SHORT
        && !join::is_list_item(lines[before.first].text(source))
        && join::goes_on(end, start)
        && (join::begins_small(start) || !end.ends_with([',', '-', '—']))
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
