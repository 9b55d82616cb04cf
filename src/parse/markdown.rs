//! Markdown: CommonMark with tables, footnotes and front matter, read with the place of each piece.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser as Events, Tag, TagEnd};

use super::front_matter;
use super::leaf::{Leaf, LeafKind, Leaves, Piece};
use crate::document::{Document, ParagraphKind, RepairKind, Span};

/// Takes a Markdown text apart; what its front matter says goes into `document`.
pub(super) fn leaves(source: &str, document: &mut Document) -> Leaves {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_GFM
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut reader = Reader {
        source,
        found: Leaves { note_marks: true, ..Leaves::default() },
        open: None,
        inside: Inside::default(),
        front_matter: String::new(),
    };
    for (event, range) in Events::new_ext(source, options).into_offset_iter() {
        reader.event(event, Span::new(range.start, range.end), document);
    }
    reader.close();
    reader.found
}

/// What a paragraph would stand in.
#[derive(Debug, Default)]
struct Inside {
    quotes: u32,
    items: u32,
    footnotes: u32,
    code: bool,
    metadata: bool,
    cells: u32,
    rows: u32,
}

struct Reader<'a> {
    source: &'a str,
    found: Leaves,
    open: Option<Leaf>,
    inside: Inside,
    front_matter: String,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, span: Span, document: &mut Document) {
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(TagEnd::MetadataBlock(_)) => {
                front_matter::read(&self.front_matter, document);
                self.inside.metadata = false;
            }
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.inside.metadata => self.front_matter.push_str(&text),
            Event::Text(text) if self.inside.code => self.code(span, &text),
            Event::Code(text) if !self.source[span.range()].contains(&*text) => self.broken_code(span, &text),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(span, &text);
            }
            Event::Html(_) => self.html(span),
            Event::InlineHtml(tag) if tag.starts_with("<br") => self.push(Piece::Line),
            Event::SoftBreak => self.push(Piece::Break),
            Event::HardBreak => self.push(Piece::Line),
            Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::Rule | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, span: Span) {
        match tag {
            Tag::Paragraph | Tag::DefinitionListTitle => self.begin(None),
            Tag::Heading { level, .. } => self.begin(Some(LeafKind::Heading(depth(level)))),
            Tag::BlockQuote(_) => {
                self.close();
                self.inside.quotes += 1;
            }
            Tag::CodeBlock(_) => {
                self.begin(None);
                self.inside.code = true;
            }
            Tag::List(_) | Tag::HtmlBlock | Tag::DefinitionList => self.close(),
            Tag::Item | Tag::DefinitionListDefinition => {
                self.inside.items += 1;
                self.begin(None);
            }
            Tag::FootnoteDefinition(_) => {
                self.close();
                self.inside.footnotes += 1;
            }
            Tag::Table(_) => {
                self.begin(Some(LeafKind::Paragraph(ParagraphKind::Table)));
                self.inside.rows = 0;
            }
            Tag::TableHead | Tag::TableRow => {
                if self.inside.rows > 0 {
                    self.push(Piece::Mark('\n'));
                }
                self.inside.rows += 1;
                self.inside.cells = 0;
            }
            Tag::TableCell => {
                if self.inside.cells > 0 {
                    self.push(Piece::Mark('\t'));
                }
                self.inside.cells += 1;
            }
            Tag::Link { dest_url, .. } => self.push(Piece::LinkStart(dest_url.to_string())),
            Tag::MetadataBlock(_) => {
                self.inside.metadata = true;
                self.found.dropped.push((span, RepairKind::Metadata));
            }
            Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Image { .. } => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Link => self.push(Piece::LinkEnd),
            TagEnd::BlockQuote(_) => {
                self.close();
                self.inside.quotes = self.inside.quotes.saturating_sub(1);
            }
            TagEnd::Item | TagEnd::DefinitionListDefinition => {
                self.close();
                self.inside.items = self.inside.items.saturating_sub(1);
            }
            TagEnd::FootnoteDefinition => {
                self.close();
                self.inside.footnotes = self.inside.footnotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => {
                self.close();
                self.inside.code = false;
            }
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::HtmlBlock
            | TagEnd::List(_)
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::Table => self.close(),
            _ => {}
        }
    }

    /// Opens a leaf of a kind, or of what it stands in; an item that holds nothing yet is that leaf already.
    fn begin(&mut self, kind: Option<LeafKind>) {
        let kind = kind.unwrap_or(LeafKind::Paragraph(match () {
            () if self.inside.footnotes > 0 => ParagraphKind::Footnote,
            () if self.inside.items > 0 => ParagraphKind::List,
            () if self.inside.quotes > 0 => ParagraphKind::Quote,
            () => ParagraphKind::Body,
        }));
        self.close();
        self.open = Some(Leaf::new(kind));
    }

    fn close(&mut self) {
        if let Some(leaf) = self.open.take().filter(|leaf| !leaf.pieces.is_empty()) {
            self.found.leaves.push(leaf);
        }
    }

    fn push(&mut self, piece: Piece) {
        if self.open.is_none() {
            self.begin(None);
        }
        if let Some(leaf) = &mut self.open {
            leaf.pieces.push(piece);
        }
    }

    fn text(&mut self, span: Span, text: &str) {
        let slice = &self.source[span.range()];
        // Code stands between backticks. Nearly all other text is its span, which a search would take long to tell.
        let found = if slice == text { Some(0) } else { slice.find(text) };
        let piece = match found {
            Some(at) => Piece::Source(Span::new(span.start + at, span.start + at + text.len())),
            None => Piece::Written(span, text.to_owned()),
        };
        self.push(piece);
    }

    /// The lines of a code block stay lines.
    fn code(&mut self, span: Span, text: &str) {
        if self.source[span.range()] != *text {
            return self.text(span, text);
        }
        let mut at = span.start;
        for line in text.split_inclusive('\n') {
            let kept = line.trim_end().len();
            if self.open.as_ref().is_some_and(|leaf| !leaf.pieces.is_empty()) {
                self.push(Piece::Mark('\n'));
            }
            if kept > 0 {
                self.push(Piece::Source(Span::new(at, at + kept)));
            }
            at += line.len();
        }
    }

    /// Code that goes over a line's end, where marks of a list or quotation may stand between its parts.
    fn broken_code(&mut self, span: Span, text: &str) {
        let mut wanted = text.chars().filter(|c| !c.is_whitespace()).peekable();
        let mut pieces: Vec<Span> = Vec::new();
        for (at, c) in self.source[span.range()].char_indices() {
            if wanted.next_if_eq(&c).is_some() {
                let (start, end) = (span.start + at, span.start + at + c.len_utf8());
                match pieces.last_mut().filter(|last| self.source[last.end..start].chars().all(|c| c == ' ')) {
                    Some(last) => last.end = end,
                    None => pieces.push(Span::new(start, end)),
                }
            }
        }
        if wanted.peek().is_some() {
            return self.push(Piece::Written(span, text.to_owned()));
        }
        for (place, span) in pieces.into_iter().enumerate() {
            if place > 0 {
                self.push(Piece::Break);
            }
            self.push(Piece::Source(span));
        }
    }

    /// Of HTML inside Markdown the text is kept and the tags are not.
    fn html(&mut self, span: Span) {
        let mut at = span.start;
        while at < span.end {
            let rest = &self.source[at..span.end];
            let tag = rest.find('<').filter(|&open| {
                rest[open + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
            });
            let kept = tag.unwrap_or(rest.len());
            if !rest[..kept].trim().is_empty() {
                self.push(Piece::Source(Span::new(at, at + kept)));
                self.push(Piece::Break);
            }
            at += kept;
            let rest = &self.source[at..span.end];
            let close = if rest.starts_with("<!--") { "-->" } else { ">" };
            at += rest.find(close).map_or(rest.len(), |end| end + close.len());
        }
    }
}

fn depth(level: HeadingLevel) -> u8 {
    level as u8
}
