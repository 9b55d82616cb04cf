//! HTML: a stream of tags with their places, from a tokenizer that follows the WHATWG standard.
//!
//! No tree is built: a tree forgets where its text stood. Text is what stands between the tags, and a tag tells
//! what the text after it belongs to. Where the tokenizer and a browser's tree would differ (tables with stray
//! text, tags closed in the wrong order) the text is kept all the same.

mod element;
mod head;
mod menu;
mod reference;
mod table;

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Emitter, ForwardingEmitter, Tokenizer};
use memchr::{memchr, memchr2};

use self::element::{Element, OpenTag, Role, Roles, ended_by, is_block};
use self::head::Head;
use self::reference::{reference, resolved};
use self::table::Table;
use super::Parser;
use super::leaf::{Leaf, LeafKind, Leaves, Piece};
use crate::document::{Document, ParagraphKind, RepairKind, Span};

/// Takes an HTML text apart; what its head says goes into `document`.
pub(super) fn leaves(parser: &Parser, source: &str, document: &mut Document) -> Leaves {
    let mut reader = Reader::new(parser, source);
    let mut tag = OpenTag::default();
    let mut emitter =
        CallbackEmitter::new(|event: CallbackEvent<'_>, span: html5gum::Span<usize>| -> Option<Infallible> {
            let (start, end) = (span.start, span.end);
            match event {
                CallbackEvent::OpenStartTag { name } => {
                    tag = OpenTag { name: text_of(name), start, attributes: Vec::new() };
                }
                CallbackEvent::AttributeName { name } => tag.attributes.push((text_of(name), String::new())),
                CallbackEvent::AttributeValue { value } => {
                    if let Some(last) = tag.attributes.last_mut() {
                        last.1 = text_of(value);
                    }
                }
                CallbackEvent::CloseStartTag { self_closing } => {
                    reader.text_up_to(tag.start, end);
                    reader.start_tag(&tag, self_closing);
                }
                CallbackEvent::EndTag { name } => {
                    reader.text_up_to(start, end);
                    reader.end_tag(&text_of(name));
                }
                CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } => reader.text_up_to(start, end),
                CallbackEvent::String { .. } | CallbackEvent::Error(_) => {}
            }
            None
        });
    emitter.naively_switch_states(true);
    let Ok(()) = Tokenizer::new_with_emitter(source, TagsAlone(emitter)).finish();
    reader.finish(document)
}

/// Leaves out what nobody reads: the text between tags, which is known by its place, and errors of characters, for which the
/// tokenizer would look at every byte by itself (a third of the time of parsing).
struct TagsAlone<E>(E);

impl<E: Emitter> ForwardingEmitter for TagsAlone<E> {
    type Token = E::Token;

    fn inner(&mut self) -> &mut impl Emitter<Token = E::Token> {
        &mut self.0
    }

    fn emit_string(&mut self, _: &[u8]) {}

    fn should_emit_errors(&mut self) -> bool {
        false
    }
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

struct Reader<'a> {
    source: &'a str,
    keep_navigation: bool,
    keep_marks: bool,
    /// Where the last tag ended.
    at: usize,
    open: Vec<Element>,
    roles: Roles,
    /// How many articles are open.
    articles: u32,
    found: Leaves,
    leaf: Option<Leaf>,
    /// Line breaks since the last text.
    breaks: u32,
    table: Option<Table>,
    head: Head,
}

impl<'a> Reader<'a> {
    fn new(parser: &Parser, source: &'a str) -> Reader<'a> {
        Reader {
            source,
            keep_navigation: !parser.mends(RepairKind::Navigation),
            keep_marks: !parser.mends(RepairKind::Markup),
            at: 0,
            open: Vec::new(),
            roles: Roles::default(),
            articles: 0,
            found: Leaves::default(),
            leaf: None,
            breaks: 0,
            table: None,
            head: Head::default(),
        }
    }

    /// Takes the text before a tag that stands from `start` to `end`.
    fn text_up_to(&mut self, start: usize, end: usize) {
        let from = self.at;
        self.at = end.max(from);
        if from < start && self.source.is_char_boundary(from) && self.source.is_char_boundary(start) {
            self.text(from, start);
        }
    }

    fn start_tag(&mut self, tag: &OpenTag, self_closing: bool) {
        let name = tag.name.as_str();
        match name {
            "br" => return self.line_break(),
            "meta" => return self.head.meta(tag),
            "html" => self.head.say("language", tag.attribute("lang").unwrap_or_default()),
            // A date further down is not the document's.
            "time" if self.found.leaves.len() <= 3 => {
                self.head.say("date", tag.attribute("datetime").unwrap_or_default());
            }
            "hr" => self.close(),
            "article" | "main" => self.articles += 1,
            _ => {}
        }
        // Only the innermost elements: a list inside an item does not end the item.
        while self.open.last().is_some_and(|element| ended_by(name).contains(&element.name.as_str())) {
            self.pop();
        }
        if is_block(name) && !self.roles.inside(Role::Silent) {
            self.block(name);
        }
        if tag.is_whole(self_closing) {
            return;
        }
        let parent = self.open.last().map(|element| element.name.as_str());
        let role = match tag.role(self.articles > 0, parent) {
            Role::NoteMark if self.keep_marks => Role::Link,
            role => role,
        };
        if role == Role::Link {
            self.push(Piece::LinkStart(tag.attribute("href").unwrap_or_default().to_owned()));
        }
        self.roles.enter(role);
        self.open.push(Element { name: tag.name.clone(), start: tag.start, role });
    }

    fn end_tag(&mut self, name: &str) {
        match name {
            "br" => return self.line_break(),
            "article" | "main" => self.articles = self.articles.saturating_sub(1),
            _ => {}
        }
        // A stray end tag ends nothing. The search is bounded: deeper elements than this are not tidy HTML.
        let Some(back) = self.open.iter().rev().take(100).position(|element| element.name == name) else { return };
        for _ in 0..=back {
            self.pop();
        }
    }

    fn pop(&mut self) {
        let Some(element) = self.open.pop() else { return };
        self.roles.leave(element.role);
        if element.role == Role::Link {
            self.push(Piece::LinkEnd);
        }
        if element.role == Role::Furniture && !self.roles.inside(Role::Furniture) && !self.keep_navigation {
            let end = self.at.min(self.source.len());
            if element.start < end {
                self.found.dropped.push((Span::new(element.start, end), RepairKind::Navigation));
            }
        }
        if is_block(&element.name) && !self.roles.inside(Role::Silent) {
            if element.name == "table" {
                self.end_table();
            } else {
                self.close();
            }
        }
    }

    /// Ends the leaf before a block and opens the one that the block is.
    fn block(&mut self, name: &str) {
        if let Some(table) = &mut self.table {
            let is_part = matches!(name, "tr" | "td" | "th");
            if !is_part {
                table.push(Piece::Break);
            }
            return table.begin(name);
        }
        self.close();
        match name {
            "table" => self.table = Some(Table::default()),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.leaf = Some(Leaf::new(LeafKind::Heading(name.as_bytes()[1] - b'0')));
            }
            _ => {}
        }
    }

    fn end_table(&mut self) {
        self.close();
        if self.table.as_mut().is_some_and(Table::end)
            && let Some(table) = self.table.take()
        {
            table.leaves(&mut self.found.leaves);
        }
    }

    fn line_break(&mut self) {
        self.breaks += 1;
        if self.roles.inside(Role::Pre) {
            return self.push(Piece::Mark('\n'));
        }
        // Two in a row stand for the end of a paragraph.
        if self.breaks >= 2
            && self.table.is_none()
            && self.leaf.as_ref().is_some_and(|leaf| leaf.kind == LeafKind::Paragraph(ParagraphKind::Body))
        {
            return self.close();
        }
        self.push(Piece::Line);
    }

    /// Ends the paragraph that is open; in a cell of a table, its line.
    fn close(&mut self) {
        self.breaks = 0;
        if self.table.is_some() {
            return self.push(Piece::Break);
        }
        if let Some(leaf) = self.leaf.take().filter(Leaf::has_text) {
            self.found.leaves.push(leaf);
        }
    }

    fn push(&mut self, piece: Piece) {
        if let (true, Piece::Source(span)) = (self.roles.inside(Role::NoteMark), &piece) {
            self.found.dropped.push((*span, RepairKind::Markup));
        }
        if self.roles.inside(Role::Silent)
            || self.roles.inside(Role::NoteMark)
            || self.roles.inside(Role::Furniture) && !self.keep_navigation
        {
            return;
        }
        if let Some(table) = &mut self.table {
            return table.push(piece);
        }
        let kind = self.roles.kind();
        let leaf = self.leaf.get_or_insert_with(|| Leaf::new(LeafKind::Paragraph(kind)));
        leaf.pieces.push(piece);
    }

    fn text(&mut self, start: usize, end: usize) {
        let slice = &self.source[start..end];
        if self.open.last().is_some_and(|element| element.name == "title") {
            return self.head.page_title(resolved(slice));
        }
        if slice.trim().is_empty() {
            if self.leaf.is_some() || self.table.is_some() {
                self.push(Piece::Source(Span::new(start, end)));
            }
            return;
        }
        self.breaks = 0;
        if self.table.as_ref().is_some_and(|table| !table.has_cell()) {
            // Text in a table and in none of its cells, a caption most often.
            if !self.roles.inside(Role::Silent) && !self.roles.inside(Role::Furniture) {
                let pieces = vec![Piece::Source(Span::new(start, end))];
                self.found.leaves.extend(Leaf::with(LeafKind::Paragraph(ParagraphKind::Body), pieces));
            }
            return;
        }
        let lines = self.roles.inside(Role::Pre);
        let mut at = start;
        let mut kept = start;
        while at < end {
            let rest = &self.source.as_bytes()[at..end];
            let mark = if lines { memchr2(b'&', b'\n', rest) } else { memchr(b'&', rest) };
            let Some(mark) = mark else { break };
            at += mark;
            if self.source.as_bytes()[at] == b'\n' {
                self.source_piece(kept, at);
                self.push(Piece::Mark('\n'));
                at += 1;
                kept = at;
            } else if let Some((length, text)) = reference(&self.source[at..end]) {
                self.source_piece(kept, at);
                self.push(Piece::Written(Span::new(at, at + length), text));
                at += length;
                kept = at;
            } else {
                at += 1;
            }
        }
        self.source_piece(kept, end);
    }

    fn source_piece(&mut self, start: usize, end: usize) {
        if start < end {
            self.push(Piece::Source(Span::new(start, end)));
        }
    }

    fn finish(mut self, document: &mut Document) -> Leaves {
        let end = self.source.len();
        self.text_up_to(end, end);
        while !self.open.is_empty() {
            self.pop();
        }
        while self.table.is_some() {
            self.end_table();
        }
        self.close();
        let has_heading = self.found.leaves.iter().any(|leaf| leaf.kind == LeafKind::Heading(1));
        self.head.fill(document, has_heading);
        if !self.keep_navigation {
            menu::drop_menus(self.source, &mut self.found);
        }
        self.found
    }
}
