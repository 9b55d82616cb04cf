//! Plain text: lines become blocks, blocks get a role, and the role says what of the document they are.

use super::block::{self, Block};
use super::compose::{Composed, Composer};
use super::hyphen::Hyphens;
use super::join;
use super::line::{self, Line, Mark};
use super::outline::Outline;
use super::structure::{self, Head, Role};
use super::{Parser, language};
use crate::document::{Document, ParagraphKind, RepairKind};
use crate::error::{Error, Result};

/// Parses a plain text.
pub(super) fn document(parser: &Parser, id: &str, source: &str, head: Head) -> Result<Document> {
    let mut lines = line::lines(source);
    block::mark_furniture(source, &mut lines, parser);
    let blocks = block::blocks(source, &mut lines, parser);
    let roles = structure::roles(source, &lines, &blocks, head);
    let hyphens = Hyphens::over(source, lines.windows(2).map(|pair| (pair[0].end, pair[1].start)), lines.len());
    let mut writer =
        Writer { outline: Outline::new(id), composer: Composer::new(source, parser, &hyphens), lines: &lines };
    for (block, role) in blocks.iter().zip(roles) {
        writer.write(block, role);
    }
    let mut document = writer.finish();
    if document.paragraphs.is_empty() {
        return Err(Error::source_text(id, "no paragraph in the text"));
    }
    document.language = language::detect(&document);
    Ok(document)
}

/// Turns blocks into the parts of a document.
struct Writer<'a> {
    outline: Outline,
    composer: Composer<'a>,
    lines: &'a [Line],
}

impl Writer<'_> {
    fn write(&mut self, block: &Block, role: Role) {
        let (start, end) = (self.lines[block.first].start, self.lines[block.last].end);
        match role {
            Role::Title => {
                let composed = self.compose(block, 0);
                self.outline.title(composed);
            }
            Role::Byline(names) => {
                self.outline.document.byline.extend(names);
                self.composer.note(RepairKind::Metadata, start, end);
            }
            Role::Date(date) => {
                self.outline.document.date.get_or_insert(date);
                self.composer.note(RepairKind::Metadata, start, end);
            }
            Role::Source(name) => {
                self.outline.document.source.get_or_insert(name);
                self.composer.note(RepairKind::Metadata, start, end);
            }
            Role::Separator if !self.composer.mends(RepairKind::Markup) => {
                let composed = self.compose(block, 0);
                self.outline.paragraph(ParagraphKind::Body, composed);
            }
            Role::Separator => self.composer.note(RepairKind::Markup, start, end),
            Role::Heading(level) => {
                let composed = self.compose(block, 0);
                self.outline.heading(level, composed);
            }
            Role::Paragraph(ParagraphKind::Table) => {
                let composed = self.table(block);
                self.outline.paragraph(ParagraphKind::Table, composed);
            }
            Role::Paragraph(kind) => {
                let first = self.lines[block.first].text(self.composer.source());
                let mark = match kind {
                    ParagraphKind::List if self.composer.mends(RepairKind::Markup) => join::bullet(first).unwrap_or(0),
                    _ => 0,
                };
                let composed = self.compose(block, mark);
                self.outline.paragraph(kind, composed);
            }
        }
    }

    /// Writes the lines of a block; the first `skip` bytes are a list mark.
    fn compose(&mut self, block: &Block, skip: usize) -> Composed {
        let lines = self.lines;
        if skip > 0 {
            let start = lines[block.first].start;
            self.composer.note(RepairKind::Markup, start, start + skip);
        }
        let mut before: Option<usize> = None;
        for at in block.first..=block.last {
            let line = &lines[at];
            if !line.is_text() {
                continue;
            }
            if let Some(before) = before {
                let end = lines[before].end;
                if at > before + 1 || line.blank_before || line.page_before {
                    self.composer.note_as(RepairKind::Joined, end, line.start, "\n\n".to_owned());
                }
                self.composer.line_break(end, line.start);
            }
            let start = if before.is_none() { line.start + skip } else { line.start };
            if line.plain {
                self.composer.plain(start, line.end);
            } else {
                self.composer.careful(start, line.end);
            }
            before = Some(at);
        }
        if block.lines > block.joins + 1 && self.composer.mends(RepairKind::Unwrapped) {
            let (from, to) = (lines[block.first].end, lines[block.last].start);
            self.composer.note_as(RepairKind::Unwrapped, from, to.max(from), "\n".to_owned());
        }
        self.composer.finish()
    }

    /// Writes the rows of a table as lines and its columns with tabs between them.
    fn table(&mut self, block: &Block) -> Composed {
        let source = self.composer.source();
        let mut started = false;
        for line in self.lines[block.first..=block.last].iter().filter(|line| line.is_text()) {
            if self.composer.mends(RepairKind::Markup) && join::is_rule(line.text(source)) {
                self.composer.note(RepairKind::Markup, line.start, line.end);
                continue;
            }
            let mut mark = '\n';
            for (start, end) in join::cells(source, line.start, line.end) {
                if started {
                    self.composer.mark(mark);
                }
                self.composer.inline(start, end);
                (started, mark) = (true, '\t');
            }
        }
        self.composer.finish()
    }

    fn finish(mut self) -> Document {
        for line in self.lines {
            let kind = match line.mark {
                Mark::Text => continue,
                Mark::RunningHead => RepairKind::RunningHead,
                Mark::RunningFoot => RepairKind::RunningFoot,
                Mark::PageNumber => RepairKind::PageNumber,
            };
            self.composer.note(kind, line.start, line.end);
        }
        let mut document = self.outline.document;
        document.repairs = self.composer.ledger;
        document.repairs.sort_by_key(|repair| (repair.span.start, repair.span.end));
        document
    }
}
