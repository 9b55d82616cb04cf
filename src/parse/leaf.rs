//! The leaves of a marked-up text, Markdown or HTML: its headings and paragraphs, as stretches of the source.
//!
//! A reader of a format lists the leaves in the order of the source. What it lists is what is kept; what stands
//! between goes to the ledger here, so that nothing is lost unsaid. Pages are mended as in plain text, for much
//! Markdown comes out of a PDF.

use std::collections::HashMap;

use super::byline::byline;
use super::compose::{Composed, Composer};
use super::furniture;
use super::hyphen::Hyphens;
use super::join;
use super::line::WIDEST_WRAP;
use super::marks;
use super::outline::Outline;
use super::written_date::written_date;
use super::{Parser, language};
use crate::document::{Document, ParagraphKind, RepairKind, Span};
use crate::error::{Error, Result};

/// Lines of addresses, verses and lists of names are shorter than this on average, in bytes.
const STACKED: usize = 35;

/// What a leaf is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeafKind {
    Heading(u8),
    Paragraph(ParagraphKind),
}

/// A part of a leaf's text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// Stands so in the source.
    Source(Span),
    /// Is written otherwise in the source: `&amp;`.
    Written(Span, String),
    /// The end of a line that could as well be a space.
    Break,
    /// The end of a line where its author put one: `<br>`, or two spaces in Markdown.
    Line,
    /// A mark that the text keeps: a tab between cells, a line break between rows.
    Mark(char),
    /// A page broke the paragraph here.
    Page,
    LinkStart(String),
    LinkEnd,
}

impl Piece {
    /// Where it stands in the source; `None` for what is only between the text.
    pub(super) fn span(&self) -> Option<Span> {
        match self {
            Piece::Source(span) | Piece::Written(span, _) => Some(*span),
            _ => None,
        }
    }

    /// Bytes of text.
    pub(super) fn length(&self) -> usize {
        match self {
            Piece::Source(span) => span.len(),
            Piece::Written(_, text) => text.len(),
            _ => 0,
        }
    }
}

/// A heading or paragraph.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) kind: LeafKind,
    pub(super) pieces: Vec<Piece>,
    /// Whether page furniture stood before it.
    after_page: bool,
}

/// A text taken apart.
#[derive(Debug, Default)]
pub(super) struct Leaves {
    pub(super) leaves: Vec<Leaf>,
    /// What was left out other than marks, in order: navigation, metadata.
    pub(super) dropped: Vec<(Span, RepairKind)>,
    /// Whether marks between the leaves are worth an entry of the ledger.
    pub(super) note_marks: bool,
}

impl Leaf {
    pub(super) fn new(kind: LeafKind) -> Leaf {
        Leaf { kind, pieces: Vec::new(), after_page: false }
    }

    /// The leaf of some pieces; `None` where there is no text in them.
    pub(super) fn with(kind: LeafKind, pieces: Vec<Piece>) -> Option<Leaf> {
        Some(Leaf { pieces, ..Leaf::new(kind) }).filter(Leaf::has_text)
    }

    pub(super) fn has_text(&self) -> bool {
        self.pieces.iter().any(|piece| piece.length() > 0)
    }

    pub(super) fn spans(&self) -> impl DoubleEndedIterator<Item = Span> {
        self.pieces.iter().filter_map(Piece::span)
    }

    /// From its first to its last byte.
    pub(super) fn whole(&self) -> Option<Span> {
        let (first, last) = (self.spans().next()?, self.spans().next_back()?);
        Some(Span::new(first.start, last.end.max(first.start)))
    }

    /// The text from its first to its last byte, markup included, where it is no longer than `most`.
    fn short<'a>(&self, source: &'a str, most: usize) -> Option<&'a str> {
        let text = source.get(self.whole()?.range())?.trim();
        (text.len() <= most).then_some(text)
    }

    fn start<'a>(&self, source: &'a str) -> &'a str {
        self.spans().map(|span| source[span.range()].trim()).find(|text| !text.is_empty()).unwrap_or_default()
    }

    fn end<'a>(&self, source: &'a str) -> &'a str {
        self.spans().rev().map(|span| source[span.range()].trim()).find(|text| !text.is_empty()).unwrap_or_default()
    }

    fn length(&self) -> usize {
        self.spans().map(Span::len).sum()
    }

    fn is_body(&self) -> bool {
        self.kind == LeafKind::Paragraph(ParagraphKind::Body)
    }

    /// Decides whether the lines that an author broke are lines or were wrapped. The standard of HTML wants `<br>` for
    /// addresses and verse alone, where a break is part of the text; old pages and mail have one at each line's
    /// end. Those lines are of the length of a line, and most of them go on in a small letter.
    fn settle_lines(&mut self, source: &str) {
        let (mut breaks, mut small, mut waits) = (0, 0, false);
        for piece in &self.pieces {
            match piece.span() {
                Some(span) if !source[span.range()].trim().is_empty() => {
                    small += usize::from(waits && join::begins_small(source[span.range()].trim_start()));
                    waits = false;
                }
                _ if *piece == Piece::Line => {
                    breaks += 1;
                    waits = true;
                }
                _ => {}
            }
        }
        if breaks == 0 {
            return;
        }
        let line = self.length() / (breaks + 1);
        let wrapped = (STACKED..WIDEST_WRAP as usize).contains(&line) && 2 * small >= breaks;
        let is_text = matches!(self.kind, LeafKind::Paragraph(kind) if kind != ParagraphKind::Table);
        let settled = if is_text && !wrapped { Piece::Mark('\n') } else { Piece::Break };
        self.pieces.iter_mut().filter(|piece| **piece == Piece::Line).for_each(|piece| *piece = settled.clone());
    }
}

impl Leaves {
    /// Writes the document. `given` already holds what the text's own metadata say.
    pub(super) fn write(mut self, parser: &Parser, source: &str, given: Document) -> Result<Document> {
        if !parser.mends(RepairKind::Markup) {
            marks::keep(source, &mut self);
        }
        self.leaves.iter_mut().for_each(|leaf| leaf.settle_lines(source));
        self.drop_furniture(parser, source);
        if parser.mends(RepairKind::Joined) {
            self.join(source);
        }
        let breaks: Vec<(usize, usize)> = self.leaves.iter().flat_map(breaks).collect();
        let hyphens = Hyphens::over(source, breaks.iter().copied(), breaks.len());
        let mut composer = Composer::new(source, parser, &hyphens);
        let id = given.id.clone();
        let titled = given.title.is_some();
        let mut outline = Outline::new(&id);
        outline.document = given;
        let lead = self.lead(source, outline.document.title.as_deref());
        for leaf in &self.leaves[..lead] {
            let composed = compose(&mut composer, leaf);
            outline.paragraph(ParagraphKind::Body, composed);
        }
        let start = self.head(source, lead, &mut outline, titled, &mut composer);
        let levels = self.leaves[start..].iter().filter_map(|leaf| match leaf.kind {
            LeafKind::Heading(level) => Some(level),
            LeafKind::Paragraph(_) => None,
        });
        let outermost = levels.min().unwrap_or(1);
        for leaf in &self.leaves[start..] {
            let composed = compose(&mut composer, leaf);
            match leaf.kind {
                LeafKind::Heading(_) if composed.text.trim().is_empty() => {}
                LeafKind::Heading(level) => outline.heading(level - outermost + 1, composed),
                LeafKind::Paragraph(kind) => outline.paragraph(kind, composed),
            }
        }
        self.note_gaps(source, &mut composer);
        let mut document = outline.document;
        if document.paragraphs.is_empty() {
            return Err(Error::source_text(id, "no paragraph in the text"));
        }
        document.repairs = composer.ledger;
        document.repairs.sort_by_key(|repair| (repair.span.start, repair.span.end));
        document.language = document.language.or_else(|| language::detect(&document));
        Ok(document)
    }

    /// How many short paragraphs stand above the title, as those of a page's head do; 0 where no title is below them.
    fn lead(&self, source: &str, title: Option<&str>) -> usize {
        const LONGEST: usize = 200;
        let lead =
            self.leaves.iter().take(12).take_while(|leaf| leaf.is_body() && leaf.short(source, LONGEST).is_some());
        let lead = lead.count();
        let is_title = self.leaves.get(lead).is_some_and(|leaf| {
            leaf.kind == LeafKind::Heading(1) && title.is_none_or(|title| leaf.short(source, LONGEST) == Some(title))
        });
        if is_title { lead } else { 0 }
    }

    /// Title, byline and date from a leaf on; returns where the body starts.
    fn head(
        &self,
        source: &str,
        from: usize,
        outline: &mut Outline,
        mut titled: bool,
        composer: &mut Composer<'_>,
    ) -> usize {
        let mut at = from;
        while let Some(leaf) = self.leaves.get(at).filter(|_| at < from + 8 && at + 1 < self.leaves.len()) {
            let short = leaf.short(source, 200);
            let plain = short.map(|text| text.trim_matches(['*', '_', ' ']));
            let document = &mut outline.document;
            match leaf.kind {
                // The first heading is the title, or says again what the metadata gave as such.
                LeafKind::Heading(1) if at == from || !titled => {
                    let composed = compose(composer, leaf);
                    let same = document.title.as_ref().is_none_or(|title| *title == composed.text);
                    if !same {
                        return at;
                    }
                    outline.title(composed);
                    titled = true;
                }
                LeafKind::Paragraph(ParagraphKind::Body) => {
                    let Some(text) = plain else { break };
                    if let Some(date) = written_date(text) {
                        document.date.get_or_insert(date);
                    } else if let Some(names) = byline(text, titled) {
                        if document.byline.is_empty() {
                            document.byline = names;
                        }
                    } else {
                        break;
                    }
                    if let Some(span) = leaf.whole() {
                        composer.note(RepairKind::Metadata, span.start, span.end);
                    }
                }
                _ => break,
            }
            at += 1;
        }
        at
    }

    /// Leaves out page numbers, and running heads that cut a sentence.
    fn drop_furniture(&mut self, parser: &Parser, source: &str) {
        let mut seen: HashMap<String, u32> = HashMap::new();
        for leaf in &self.leaves {
            if let Some(text) = leaf.short(source, 120) {
                *seen.entry(furniture::without_numbers(text)).or_default() += 1;
            }
        }
        let mut kept: Vec<Leaf> = Vec::with_capacity(self.leaves.len());
        let mut leaves = std::mem::take(&mut self.leaves).into_iter().peekable();
        let mut after_page = false;
        while let Some(mut leaf) = leaves.next() {
            let kind = leaf.short(source, 120).and_then(|text| {
                if furniture::is_page_marker(text) {
                    return Some(RepairKind::PageNumber);
                }
                let (before, after) = (kept.last()?, leaves.peek()?);
                let cut = before.is_body()
                    && after.is_body()
                    && before.length() >= 60
                    && join::goes_on(before.end(source), after.start(source));
                let number = text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
                let again = seen.get(&furniture::without_numbers(text)).is_some_and(|&count| count >= 2);
                match () {
                    () if cut && number => Some(RepairKind::PageNumber),
                    () if cut && !join::is_label(text) && (again || text.len() <= 60 && join::is_capitals(text)) => {
                        Some(RepairKind::RunningHead)
                    }
                    () => None,
                }
            });
            match kind.filter(|&kind| parser.mends(kind)).zip(leaf.whole()) {
                Some((kind, span)) => {
                    self.dropped.push((span, kind));
                    after_page = true;
                }
                None => {
                    leaf.after_page = std::mem::take(&mut after_page);
                    kept.push(leaf);
                }
            }
        }
        self.leaves = kept;
    }

    /// Joins paragraphs that a page broke.
    fn join(&mut self, source: &str) {
        let mut whole: Vec<Leaf> = Vec::with_capacity(self.leaves.len());
        for mut leaf in std::mem::take(&mut self.leaves) {
            match whole.last_mut() {
                Some(before) if before.is_body() && leaf.is_body() && broken(source, before, &leaf) => {
                    before.pieces.push(Piece::Page);
                    before.pieces.append(&mut leaf.pieces);
                }
                _ => whole.push(leaf),
            }
        }
        self.leaves = whole;
    }

    /// Enters into the ledger what stands between the pieces.
    fn note_gaps(&mut self, source: &str, composer: &mut Composer<'_>) {
        self.dropped.sort_unstable_by_key(|(span, _)| (span.start, span.end));
        for (span, kind) in &self.dropped {
            composer.note(*kind, span.start, span.end);
        }
        if !self.note_marks {
            return;
        }
        let kept = self.leaves.iter().flat_map(Leaf::spans).chain(self.dropped.iter().map(|(span, _)| *span));
        let mut kept: Vec<Span> = kept.collect();
        kept.sort_unstable();
        kept.push(Span::new(source.len(), source.len()));
        let mut at = 0;
        for span in kept {
            if at < span.start {
                let gap = &source[at..span.start];
                let start = at + (gap.len() - gap.trim_start().len());
                let end = start + gap.trim().len();
                if start < end {
                    composer.note(RepairKind::Markup, start, end);
                }
            }
            at = at.max(span.end);
        }
    }
}

/// Whether a paragraph goes on in the next; what a page broke need not be long.
fn broken(source: &str, before: &Leaf, after: &Leaf) -> bool {
    let (end, start) = (before.end(source), after.start(source));
    if after.after_page && !join::ends_sentence(end) && !join::is_list_item(start) && !join::is_capitals(start) {
        return join::begins_small(start) || before.length() >= 120;
    }
    before.length() >= 60 && join::begins_small(start) && join::goes_on(end, start)
}

/// Where the lines of a leaf end and the next ones start.
fn breaks(leaf: &Leaf) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut end = None;
    let mut broken = false;
    for piece in &leaf.pieces {
        match piece {
            Piece::Source(span) | Piece::Written(span, _) => {
                if let Some(end) = end.filter(|_| broken) {
                    found.push((end, span.start));
                }
                (end, broken) = (Some(span.end), false);
            }
            Piece::Break | Piece::Line | Piece::Page => broken = true,
            _ => {}
        }
    }
    found
}

fn compose(composer: &mut Composer<'_>, leaf: &Leaf) -> Composed {
    let mut end: Option<usize> = None;
    let mut waiting = None;
    for piece in &leaf.pieces {
        match piece {
            Piece::Source(span) | Piece::Written(span, _) => {
                if let (Some(end), Some(wait)) = (end, waiting.take()) {
                    if wait == Piece::Page {
                        composer.note_as(RepairKind::Joined, end, span.start, "\n\n".to_owned());
                    }
                    composer.line_break(end, span.start);
                }
                end = Some(span.end);
                match piece {
                    Piece::Written(_, text) => composer.written(span.start, span.end, text),
                    _ => composer.inline(span.start, span.end),
                }
            }
            Piece::Break | Piece::Line | Piece::Page => waiting = Some(piece.clone()),
            Piece::Mark(c) => {
                composer.mark(*c);
                (end, waiting) = (None, None);
            }
            Piece::LinkStart(target) => composer.link_start(target),
            Piece::LinkEnd => composer.link_end(),
        }
    }
    composer.finish()
}
