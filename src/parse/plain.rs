//! Plain text: lines become blocks, blocks get a role, and the role says what of the document they are.

use super::block::{self, Block};
use super::byline::{byline, publisher};
use super::compose::{Composed, Composer};
use super::hyphen::Hyphens;
use super::join;
use super::line::{self, Line, Mark};
use super::outline::Outline;
use super::stretch::{Stretch, Stretches};
use super::structure::{self, Head, Role};
use super::written_date::written_date;
use super::{Parser, language};
use crate::document::{Document, ParagraphKind, RepairKind};
use crate::error::{Error, Result};

/// Parses a plain text.
pub(super) fn document(parser: &Parser, id: &str, source: &str, head: Head) -> Result<Document> {
    let mut lines = line::lines(source);
    block::mark_furniture(source, &mut lines, parser);
    let mut blocks = block::blocks(source, &mut lines, parser);
    if head == Head::Open {
        structure::split_head(source, &lines, &mut blocks);
    }
    let roles = structure::roles(source, &lines, &blocks, head);
    let hyphens = Hyphens::over(source, lines.windows(2).map(|pair| (pair[0].end, pair[1].start)), lines.len());
    let columns = |least: u32| {
        lines.iter().map(|line| line.columns).filter(|columns| *columns >= least).map(u64::from).sum::<u64>()
    };
    let wide = 5 * columns(LONGEST_STACKED) >= columns(0);
    let composer = Composer::new(source, parser, &hyphens);
    let mut outline = Outline::new(id);
    let headings = roles.iter().filter(|role| matches!(role, Role::Heading(_))).count();
    let paragraphs = roles.iter().filter(|role| matches!(role, Role::Paragraph(_) | Role::Contents)).count();
    outline.reserve(headings, paragraphs);
    let mut writer = Writer { outline, composer, lines: Vec::new(), wide };
    for stretch in Stretches::new(lines, blocks.into_iter().zip(roles).collect()) {
        writer.write_all(stretch);
    }
    let mut document = writer.finish();
    if document.paragraphs.is_empty() {
        return Err(Error::source_text(id, "no paragraph in the text"));
    }
    document.language = language::detect(&document);
    Ok(document)
}

/// No line of an address or of a list of names is longer, in characters; most lines of wrapped text are.
const LONGEST_STACKED: u32 = 45;

/// What the ends of a block's lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lines {
    /// Where a program wrapped the text.
    Wrapped,
    /// Meant, as in an address.
    Stacked,
}

/// Turns blocks into the parts of a document.
struct Writer<'a> {
    outline: Outline,
    composer: Composer<'a>,
    /// Of the stretch that is written.
    lines: Vec<Line>,
    /// Whether the text is wrapped, where it is, at more than the width of a stack.
    wide: bool,
}

impl Writer<'_> {
    fn write_all(&mut self, stretch: Stretch) {
        self.lines = stretch.lines;
        for (block, role) in &stretch.blocks {
            self.write(block, *role);
        }
        for line in &self.lines {
            let kind = match line.mark {
                Mark::Text | Mark::Note => continue,
                Mark::RunningHead => RepairKind::RunningHead,
                Mark::RunningFoot => RepairKind::RunningFoot,
                Mark::PageNumber => RepairKind::PageNumber,
            };
            self.composer.note(kind, line.start, line.end);
        }
    }

    fn write(&mut self, block: &Block, role: Role) {
        let (start, end) = (self.lines[block.first].start, self.lines[block.last].end);
        match role {
            Role::Title => {
                let composed = self.compose(block, 0, Lines::Wrapped);
                self.outline.title(composed);
            }
            Role::Byline | Role::Date | Role::Source => {
                let text = self.lines[block.first].text(self.composer.source());
                let document = &mut self.outline.document;
                match role {
                    Role::Byline => document.byline.extend(byline(text, true).unwrap_or_default()),
                    Role::Date => document.date = document.date.or(written_date(text)),
                    _ => document.source = document.source.take().or(publisher(text)),
                }
                self.composer.note(RepairKind::Metadata, start, end);
            }
            Role::Separator if !self.composer.mends(RepairKind::Markup) => {
                let composed = self.compose(block, 0, Lines::Wrapped);
                self.outline.paragraph(ParagraphKind::Body, composed);
            }
            Role::Separator => self.composer.note(RepairKind::Markup, start, end),
            Role::Heading(level) => {
                let composed = self.compose(block, 0, Lines::Wrapped);
                self.outline.heading(level, composed);
            }
            Role::Paragraph(ParagraphKind::Table) | Role::Contents => {
                let composed = self.table(block, role == Role::Contents);
                self.outline.paragraph(ParagraphKind::Table, composed);
            }
            Role::Paragraph(kind) => {
                let first = self.lines[block.first].text(self.composer.source());
                let mark = match kind {
                    ParagraphKind::List if self.composer.mends(RepairKind::Markup) => join::bullet(first).unwrap_or(0),
                    _ => 0,
                };
                let lines =
                    if kind != ParagraphKind::List && self.is_stack(block) { Lines::Stacked } else { Lines::Wrapped };
                let composed = self.compose(block, mark, lines);
                self.outline.paragraph(kind, composed);
            }
        }
    }

    /// Writes the lines of a block; the first `skip` bytes are a list mark.
    fn compose(&mut self, block: &Block, skip: usize, wrap: Lines) -> Composed {
        let lines = &self.lines;
        if skip > 0 {
            let start = lines[block.first].start;
            self.composer.note(RepairKind::Markup, start, start + skip);
        }
        let mut before: Option<usize> = None;
        for at in block.text(lines) {
            let line = &lines[at];
            if let Some(before) = before {
                let end = lines[before].end;
                if at > before + 1 || line.blank_before || line.page_before {
                    self.composer.note_as(RepairKind::Joined, end, line.start, "\n\n".to_owned());
                }
                match wrap {
                    Lines::Stacked => self.composer.mark('\n'),
                    Lines::Wrapped => self.composer.line_break(end, line.start),
                }
            }
            let start = if before.is_none() { line.start + skip } else { line.start };
            if line.plain {
                self.composer.plain(start, line.end);
            } else {
                self.composer.careful(start, line.end);
            }
            before = Some(at);
        }
        if wrap == Lines::Wrapped && block.lines > block.joins + 1 && self.composer.mends(RepairKind::Unwrapped) {
            let (from, to) = (lines[block.first].end, lines[block.last].start);
            self.composer.note_as(RepairKind::Unwrapped, from, to.max(from), "\n".to_owned());
        }
        self.composer.finish()
    }

    /// Whether the lines of a paragraph are short because they are meant to be: an address, verse, a list of names.
    fn is_stack(&self, block: &Block) -> bool {
        let source = self.composer.source();
        let fields = block.text(&self.lines).filter(|&at| join::is_field(self.lines[at].text(source))).count();
        if fields >= 2 && 2 * fields as u32 > block.lines {
            return true;
        }
        if !self.wide || block.lines < 2 || block.columns / block.lines >= block::STACKED {
            return false;
        }
        let mut before: Option<&str> = None;
        block.text(&self.lines).map(|at| self.lines[at].text(source)).all(|line| {
            let ended = before.is_none_or(|before| before.ends_with([',', ';', ':', '.', '—', '!', '?']));
            before = Some(line);
            let length = line.chars().take(LONGEST_STACKED as usize + 1).count() as u32;
            (ended || !join::begins_small(line)) && !join::breaks_off(line) && length <= LONGEST_STACKED
        })
    }

    /// Writes the rows of a table as lines and its columns with tabs between them.
    fn table(&mut self, block: &Block, is_contents: bool) -> Composed {
        let source = self.composer.source();
        let mut started = false;
        for line in block.text(&self.lines).map(|at| &self.lines[at]) {
            if self.composer.mends(RepairKind::Markup) && join::is_rule(line.text(source)) {
                self.composer.note(RepairKind::Markup, line.start, line.end);
                continue;
            }
            let mut mark = '\n';
            let mut before = line.start;
            let cells: Vec<(usize, usize)> = match is_contents {
                true => join::entry(source, line.start, line.end).collect(),
                false => join::cells(source, line.start, line.end).collect(),
            };
            for (start, end) in cells {
                // The dots that lead to a page number.
                let (from, dots) = (before, source[before..start].trim());
                let from = from + source[from..start].find(dots).unwrap_or(0);
                if !dots.is_empty() && self.composer.mends(RepairKind::Markup) {
                    self.composer.note(RepairKind::Markup, from, from + dots.len());
                } else if !dots.is_empty() {
                    self.composer.inline(from, from + dots.len());
                }
                if started {
                    self.composer.mark(mark);
                }
                self.composer.inline(start, end);
                (started, mark, before) = (true, '\t', end);
            }
        }
        self.composer.finish()
    }

    fn finish(self) -> Document {
        let mut document = self.outline.document;
        document.repairs = self.composer.ledger;
        document.repairs.sort_by_key(|repair| (repair.span.start, repair.span.end));
        document
    }
}
