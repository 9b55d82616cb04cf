//! HTML: a stream of tags with their places, from a tokenizer that follows the WHATWG standard.
//!
//! No tree is built: a tree forgets where its text stood. Text is what stands between the tags, and a tag tells
//! what the text after it belongs to. Where the tokenizer and a browser's tree would differ (tables with stray
//! text, tags closed in the wrong order) the text is kept all the same.

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Token, Tokenizer};

use super::front_matter;
use super::leaf::{Leaf, LeafKind, Leaves, Piece};
use crate::document::{Document, ParagraphKind, RepairKind, Span};

/// A character reference is no longer than this: the longest name of the standard has 33 bytes.
const LONGEST_REFERENCE: usize = 34;
/// A table's cells hold less than this on average; where they hold more, the table lays out a page.
const WIDEST_CELL: usize = 200;
/// A link in a menu is shorter than this.
const LONGEST_MENU_ENTRY: usize = 60;

/// Takes an HTML text apart; what its head says goes into `document`.
pub(super) fn leaves(source: &str, document: &mut Document, keep_navigation: bool) -> Leaves {
    let mut reader = Reader::new(source, keep_navigation);
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
    let Ok(()) = Tokenizer::new_with_emitter(source, emitter).finish();
    reader.finish(document)
}

#[derive(Debug, Default)]
struct OpenTag {
    name: String,
    start: usize,
    attributes: Vec<(String, String)>,
}

impl OpenTag {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_str())
    }

    /// Whether the element is no part of the text: navigation, or hidden.
    fn is_furniture(&self) -> bool {
        let role = self.attribute("role").unwrap_or_default();
        matches!(
            self.name.as_str(),
            "nav" | "aside" | "footer" | "header" | "menu" | "dialog" | "form" | "button" | "select"
        ) || matches!(role, "navigation" | "banner" | "contentinfo" | "search" | "complementary" | "dialog" | "alert")
            || self.attribute("hidden").is_some()
            || self.attribute("aria-hidden") == Some("true")
    }
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Elements without text of their own that a reader would see.
const SILENT: [&str; 14] = [
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "video", "audio", "canvas",
    "textarea", "title", "noembed",
];

/// Elements that have no end tag.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Elements that stand in a line of text; all others end the paragraph before them.
const INLINE: [&str; 37] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong",
    "sub", "sup", "time", "tt", "u", "var",
];

/// An element that has begun.
#[derive(Debug)]
struct Element {
    name: String,
    start: usize,
    role: Role,
}

/// What an element means for the text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    None,
    Silent,
    Furniture,
    Quote,
    Item,
    Note,
    Pre,
    Link,
    /// A mark such as a footnote's number, which links to its note.
    NoteMark,
}

struct Reader<'a> {
    source: &'a str,
    keep_navigation: bool,
    /// Where the last tag ended.
    at: usize,
    open: Vec<Element>,
    found: Leaves,
    leaf: Option<Leaf>,
    breaks: u32,
    table: Option<Table>,
    head: Vec<(String, String)>,
    article: u32,
    /// How many open elements are silent, furniture, and so on: by role.
    counts: [u32; 9],
}

/// The cells of a table, each the pieces of its text.
#[derive(Debug, Default)]
struct Table {
    rows: Vec<Vec<Vec<Piece>>>,
    depth: u32,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str, keep_navigation: bool) -> Reader<'a> {
        Reader {
            source,
            keep_navigation,
            at: 0,
            open: Vec::new(),
            found: Leaves::default(),
            leaf: None,
            breaks: 0,
            table: None,
            head: Vec::new(),
            article: 0,
            counts: [0; 9],
        }
    }

    fn inside(&self, role: Role) -> bool {
        self.counts[role as usize] > 0
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
            "meta" => return self.meta(tag),
            "html" => {
                if let Some(language) = tag.attribute("lang") {
                    self.head.push(("language".to_owned(), language.to_owned()));
                }
            }
            "time" if self.found.leaves.len() <= 3 => {
                if let Some(date) = tag.attribute("datetime") {
                    self.head.push(("date".to_owned(), date.to_owned()));
                }
            }
            "hr" => self.close(),
            "article" | "main" => self.article += 1,
            _ => {}
        }
        self.implied_ends(name);
        if !INLINE.contains(&name) && !tag.is(&VOID) {
            self.block(tag);
        }
        if tag.is(&VOID) || self_closing && !INLINE.contains(&name) {
            return;
        }
        let role = self.role(tag);
        if role == Role::Link {
            self.push(Piece::LinkStart(tag.attribute("href").unwrap_or_default().to_owned()));
        }
        self.counts[role as usize] += 1;
        self.open.push(Element { name: tag.name.clone(), start: tag.start, role });
    }

    fn role(&self, tag: &OpenTag) -> Role {
        let id = tag.attribute("id").unwrap_or_default();
        let role = tag.attribute("role").unwrap_or_default();
        let note = ["fn", "_ftn", "footnote", "endnote", "_edn"]
            .iter()
            .any(|start| id.strip_prefix(start).is_some_and(|rest| rest.chars().all(|c| !c.is_alphabetic())));
        match tag.name.as_str() {
            name if SILENT.contains(&name) => Role::Silent,
            "header" | "footer" if self.article > 0 => Role::None,
            _ if tag.is_furniture() && !tag.is(&["html", "body", "main", "article"]) => Role::Furniture,
            _ if role == "doc-footnote" || role == "doc-endnotes" || role == "doc-endnote" => Role::Note,
            "li" | "p" | "div" | "aside" if note => Role::Note,
            "blockquote" => Role::Quote,
            "li" | "dt" | "dd" => Role::Item,
            "pre" => Role::Pre,
            "a" if tag.attribute("href").is_some_and(|href| href.starts_with('#')) && self.is_sup() => Role::NoteMark,
            "a" if tag.attribute("href").is_some() => Role::Link,
            _ => Role::None,
        }
    }

    fn is_sup(&self) -> bool {
        self.open.last().is_some_and(|element| element.name == "sup")
    }

    /// Elements whose end tag may be left out end where the next of their kind begins.
    fn implied_ends(&mut self, name: &str) {
        let ended: &[&str] = match name {
            "li" => &["li"],
            "dt" | "dd" => &["dt", "dd"],
            "tr" => &["td", "th", "tr"],
            "td" | "th" => &["td", "th"],
            "p" | "div" | "ul" | "ol" | "table" | "blockquote" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => &["p"],
            _ => return,
        };
        // Only the innermost elements: a list inside an item does not end the item.
        while self.open.last().is_some_and(|element| ended.contains(&element.name.as_str())) {
            self.pop();
        }
    }

    fn end_tag(&mut self, name: &str) {
        match name {
            "br" => return self.line_break(),
            "article" | "main" => self.article = self.article.saturating_sub(1),
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
        let count = &mut self.counts[element.role as usize];
        *count = count.saturating_sub(1);
        if element.role == Role::Link {
            self.push(Piece::LinkEnd);
        }
        if element.role == Role::Furniture && !self.inside(Role::Furniture) && !self.keep_navigation {
            let end = self.at.min(self.source.len());
            if element.start < end {
                self.found.dropped.push((Span::new(element.start, end), RepairKind::Navigation));
            }
        }
        if !INLINE.contains(&element.name.as_str()) {
            if element.name == "table" {
                self.end_table();
            } else {
                self.close();
            }
        }
    }

    /// Ends the leaf before a block and opens the one that the block is.
    fn block(&mut self, tag: &OpenTag) {
        match tag.name.as_str() {
            "table" => {
                self.close();
                match &mut self.table {
                    Some(table) => table.depth += 1,
                    None => self.table = Some(Table::default()),
                }
            }
            "tr" => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            "td" | "th" => {
                if let Some(table) = &mut self.table {
                    if table.rows.is_empty() {
                        table.rows.push(Vec::new());
                    }
                    if let Some(row) = table.rows.last_mut() {
                        row.push(Vec::new());
                    }
                }
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.table.is_none() => {
                self.close();
                let level = tag.name.as_bytes()[1] - b'0';
                self.leaf = Some(Leaf::new(LeafKind::Heading(level)));
            }
            _ => self.close(),
        }
    }

    fn end_table(&mut self) {
        self.close();
        let Some(table) = &mut self.table else { return };
        if table.depth > 0 {
            table.depth -= 1;
            return;
        }
        let Some(table) = self.table.take() else { return };
        let rows: Vec<Vec<Vec<Piece>>> = table.rows.into_iter().filter(|row| !row.is_empty()).collect();
        let cells = rows.iter().map(Vec::len).sum::<usize>();
        let characters: usize = rows.iter().flatten().flatten().map(length).sum();
        let is_table = rows.iter().any(|row| row.len() > 1) && characters <= WIDEST_CELL * cells;
        let mut whole = Vec::new();
        for row in rows {
            for (place, cell) in row.into_iter().enumerate() {
                if is_table {
                    let mark = if place > 0 { '\t' } else { '\n' };
                    if !whole.is_empty() {
                        whole.push(Piece::Mark(mark));
                    }
                    whole.extend(cell);
                } else if cell.iter().any(|piece| length(piece) > 0) {
                    let kind = LeafKind::Paragraph(ParagraphKind::Body);
                    self.leaf_of(kind, cell);
                }
            }
        }
        if whole.iter().any(|piece| length(piece) > 0) {
            let kind = LeafKind::Paragraph(ParagraphKind::Table);
            self.leaf_of(kind, whole);
        }
    }

    fn leaf_of(&mut self, kind: LeafKind, pieces: Vec<Piece>) {
        let mut leaf = Leaf::new(kind);
        leaf.pieces = pieces;
        self.found.leaves.push(leaf);
    }

    fn line_break(&mut self) {
        self.breaks += 1;
        if self.inside(Role::Pre) {
            return self.push(Piece::Mark('\n'));
        }
        // Two in a row stand for the end of a paragraph.
        if self.breaks >= 2
            && self.table.is_none()
            && self.leaf.as_ref().is_some_and(|leaf| leaf.kind == LeafKind::Paragraph(ParagraphKind::Body))
        {
            return self.close();
        }
        self.push(Piece::Break);
    }

    fn close(&mut self) {
        self.breaks = 0;
        if self.table.is_some() {
            return self.push(Piece::Break);
        }
        if let Some(leaf) = self.leaf.take().filter(|leaf| leaf.pieces.iter().any(|piece| length(piece) > 0)) {
            self.found.leaves.push(leaf);
        }
    }

    fn push(&mut self, piece: Piece) {
        if let (true, Piece::Source(span)) = (self.inside(Role::NoteMark), &piece) {
            self.found.dropped.push((*span, RepairKind::Markup));
        }
        if self.inside(Role::Silent)
            || self.inside(Role::NoteMark)
            || self.inside(Role::Furniture) && !self.keep_navigation
        {
            return;
        }
        if let Some(table) = &mut self.table {
            if let Some(cell) = table.rows.last_mut().and_then(|row| row.last_mut()) {
                cell.push(piece);
            }
            return;
        }
        let kind = match () {
            () if self.inside(Role::Note) => ParagraphKind::Footnote,
            () if self.inside(Role::Item) => ParagraphKind::List,
            () if self.inside(Role::Quote) => ParagraphKind::Quote,
            () => ParagraphKind::Body,
        };
        let leaf = self.leaf.get_or_insert_with(|| Leaf::new(LeafKind::Paragraph(kind)));
        leaf.pieces.push(piece);
    }

    fn text(&mut self, start: usize, end: usize) {
        let slice = &self.source[start..end];
        if self.open.last().is_some_and(|element| element.name == "title") {
            self.head.push(("page-title".to_owned(), plain(slice)));
            return;
        }
        if slice.trim().is_empty() {
            if self.leaf.is_some() || self.table.is_some() {
                self.push(Piece::Source(Span::new(start, end)));
            }
            return;
        }
        self.breaks = 0;
        if self.table.as_ref().is_some_and(|table| table.rows.last().is_none_or(Vec::is_empty)) {
            // Text in a table and in none of its cells, a caption most often.
            let kind = LeafKind::Paragraph(ParagraphKind::Body);
            if !self.inside(Role::Silent) && !self.inside(Role::Furniture) {
                let pieces = vec![Piece::Source(Span::new(start, end))];
                self.leaf_of(kind, pieces);
            }
            return;
        }
        let lines = self.inside(Role::Pre);
        let mut at = start;
        let mut kept = start;
        while at < end {
            let rest = &self.source[at..end];
            let Some(mark) = rest.find(['&', '\n']).filter(|_| lines).or_else(|| rest.find('&')) else { break };
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

    fn meta(&mut self, tag: &OpenTag) {
        let key = ["name", "property", "itemprop"].iter().find_map(|key| tag.attribute(key));
        let (Some(key), Some(value)) = (key, tag.attribute("content")) else { return };
        let key = match key.to_ascii_lowercase().as_str() {
            "og:title" | "dc.title" | "dcterms.title" | "citation_title" => "title",
            "author" | "article:author" | "dc.creator" | "dcterms.creator" | "citation_author" => "author",
            "article:published_time"
            | "date"
            | "dc.date"
            | "dcterms.date"
            | "dc.date.issued"
            | "dcterms.issued"
            | "datepublished"
            | "citation_publication_date"
            | "publish_date"
            | "pubdate" => "date",
            "og:site_name" | "dc.publisher" | "dcterms.publisher" | "publisher" => "source",
            "dc.language" | "language" => "language",
            "description" => "description",
            "keywords" => "keywords",
            _ => return,
        };
        // An author given as an address is no name.
        if !(value.trim().is_empty() || key == "author" && value.starts_with("http")) {
            self.head.push((key.to_owned(), value.trim().to_owned()));
        }
    }

    fn finish(mut self, document: &mut Document) -> Leaves {
        let end = self.source.len();
        self.text_up_to(end, end);
        while !self.open.is_empty() {
            self.pop();
        }
        if self.table.is_some() {
            self.end_table();
        }
        self.close();
        let authors: Vec<String> =
            self.head.iter().filter(|(key, _)| key == "author").map(|(_, value)| value.clone()).collect();
        front_matter::put(document, "author", authors);
        let mut page_title = None;
        for (key, value) in std::mem::take(&mut self.head) {
            match key.as_str() {
                "author" => {}
                "page-title" => page_title = page_title.or(Some(value)),
                "date" if front_matter::date(&value).is_none() => {}
                _ => front_matter::put(document, &key, vec![value]),
            }
        }
        let has_heading = self.found.leaves.iter().any(|leaf| leaf.kind == LeafKind::Heading(1));
        if document.title.is_none() && !has_heading {
            document.title = page_title.filter(|title| !title.trim().is_empty());
        }
        if !self.keep_navigation {
            self.drop_menus();
        }
        self.found
    }

    /// Leaves out runs of short entries that are links and nothing else.
    fn drop_menus(&mut self) {
        let is_entry = |leaf: &Leaf| {
            let linked = leaf.pieces.iter().filter(|piece| !matches!(piece, Piece::Break)).collect::<Vec<_>>();
            let text: usize = leaf.pieces.iter().map(length).sum();
            let (mut inside, mut outside) = (false, 0);
            for piece in linked {
                match piece {
                    Piece::LinkStart(_) => inside = true,
                    Piece::LinkEnd => inside = false,
                    Piece::Source(span) if !inside => outside += self.source[span.range()].trim().len(),
                    _ => {}
                }
            }
            let kind = leaf.kind == LeafKind::Paragraph(ParagraphKind::List)
                || leaf.kind == LeafKind::Paragraph(ParagraphKind::Body);
            kind && outside <= 2 && text > 0 && text <= LONGEST_MENU_ENTRY
        };
        let mut kept = Vec::with_capacity(self.found.leaves.len());
        let mut run: Vec<Leaf> = Vec::new();
        let mut dropped = Vec::new();
        let mut settle = |run: &mut Vec<Leaf>, kept: &mut Vec<Leaf>| {
            if run.len() >= 3 {
                for leaf in run.drain(..) {
                    let spans = leaf.pieces.iter().filter_map(|piece| match piece {
                        Piece::Source(span) | Piece::Written(span, _) => Some(*span),
                        _ => None,
                    });
                    dropped.extend(spans.map(|span| (span, RepairKind::Navigation)));
                }
            } else {
                kept.append(run);
            }
        };
        for leaf in std::mem::take(&mut self.found.leaves) {
            if is_entry(&leaf) {
                run.push(leaf);
            } else {
                settle(&mut run, &mut kept);
                kept.push(leaf);
            }
        }
        settle(&mut run, &mut kept);
        self.found.leaves = kept;
        self.found.dropped.append(&mut dropped);
    }
}

fn length(piece: &Piece) -> usize {
    match piece {
        Piece::Source(span) => span.len(),
        Piece::Written(_, text) => text.len(),
        _ => 0,
    }
}

/// The length of the character reference that a text starts with, and the character.
fn reference(text: &str) -> Option<(usize, String)> {
    let name = text[1..]
        .bytes()
        .take(LONGEST_REFERENCE)
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#')
        .count();
    let length = 1 + name + usize::from(text.as_bytes().get(1 + name) == Some(&b';'));
    let written = &text[..length];
    let read = plain(written);
    (name > 0 && read != written).then_some((length, read))
}

/// A text with its character references resolved.
fn plain(text: &str) -> String {
    if !text.contains('&') {
        return text.trim().to_owned();
    }
    let mut read = String::new();
    for token in Tokenizer::new(text) {
        match token {
            Ok(Token::String(string)) => read.push_str(&String::from_utf8_lossy(&string)),
            Ok(_) => {}
            Err(never) => match never {},
        }
    }
    read
}
