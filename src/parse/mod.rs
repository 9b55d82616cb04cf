//! Stage 1: bytes become a [`Document`].

mod block;
mod compose;
mod decode;
mod files;
mod furniture;
mod hyphen;
mod join;
mod json_lines;
mod language;
mod line;
mod structure;
mod wrap;
mod written_date;

use std::io::BufRead;
use std::path::Path;

use self::block::Block;
use self::compose::Composer;
use self::hyphen::Hyphens;
use self::line::{Line, Mark};
use self::structure::Role;
use crate::document::{Document, Paragraph, ParagraphKind, RepairKind, Section};
use crate::error::{Error, Result};

/// Turns source texts into [`Document`]s and mends what pages and extractors have broken.
///
/// Every change is an entry of [`Document::repairs`], and each kind can be switched off with
/// [`Parser::builder`]. Source ranges count bytes of what was given: of the file, or of the `text` field in
/// JSON Lines.
///
/// # Examples
///
/// ```
/// use demarche::Parser;
///
/// let source = "The talks broke off over the\n\n[Page 3]\n\nprice of gas. No date was set.";
/// let document = Parser::new().parse("talks", source)?;
/// assert_eq!(document.paragraphs[0].text, "The talks broke off over the price of gas. No date was set.");
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Parser {
    /// A bit for each kind of repair that is switched off.
    off: u32,
}

/// Chooses which repairs a [`Parser`] makes.
#[derive(Debug, Clone, Default)]
pub struct ParserBuilder {
    parser: Parser,
}

impl ParserBuilder {
    /// Switches a kind of repair on or off. Default: all on.
    ///
    /// [`Decoded`](RepairKind::Decoded), [`Replaced`](RepairKind::Replaced) and
    /// [`Metadata`](RepairKind::Metadata) only tell what happened and cannot be switched off.
    pub fn repair(mut self, kind: RepairKind, on: bool) -> ParserBuilder {
        let bit = 1 << kind as u32;
        self.parser.off = if on { self.parser.off & !bit } else { self.parser.off | bit };
        self
    }

    /// The parser.
    pub fn build(self) -> Parser {
        self.parser
    }
}

impl Parser {
    /// A parser with every repair on.
    pub fn new() -> Parser {
        Parser::default()
    }

    /// A parser with chosen repairs.
    pub fn builder() -> ParserBuilder {
        ParserBuilder::default()
    }

    /// Parses a plain text.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the id is blank, when the text is blank, holds nothing but page
    /// furniture, or is a binary format.
    pub fn parse(&self, id: &str, source: &str) -> Result<Document> {
        if let Some(what) = decode::what_it_is(source.as_bytes()) {
            return Err(Error::source_text(id, format!("found {what}, expected text")));
        }
        self.text(id, source, true)
    }

    /// Parses a plain text of which only the bytes are known: UTF-8, UTF-16 or, failing both, Windows-1252.
    ///
    /// What was decoded or replaced is said in the ledger; source ranges count in the bytes given.
    ///
    /// # Errors
    ///
    /// As [`Parser::parse`].
    pub fn parse_bytes(&self, id: &str, source: &[u8]) -> Result<Document> {
        self.parse_named(id, id, source)
    }

    fn parse_named(&self, name: &str, id: &str, source: &[u8]) -> Result<Document> {
        let decoded = decode::decode(name, source)?;
        let mut document = self.text(id, &decoded.text, true)?;
        decoded.settle(&mut document, source.len());
        Ok(document)
    }

    /// Reads JSON Lines, one document `{"id", "text", "title", "date", "author", "source", "language"}` a line.
    ///
    /// `id` and `text` must be there; `author` is a string or a list of strings, `date` is ISO 8601 or written
    /// out; other fields become [`Document::metadata`]. Title, byline and date come from their fields alone:
    /// `text` is all body. A line that cannot be used gives an error with `name`, line and column, and reading
    /// goes on with the next.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::Parser;
    ///
    /// let lines = "{\"id\": \"a\", \"text\": \"The ministers met.\"}\n{\"id\": \"b\"}\n";
    /// let documents: Vec<_> = Parser::new().json_lines("notes", lines.as_bytes()).collect();
    /// assert_eq!(documents[0].as_ref().unwrap().paragraphs.len(), 1);
    /// assert_eq!(documents[1].as_ref().unwrap_err().to_string(), "notes: line 2, column 1: no field \"text\"");
    /// ```
    pub fn json_lines<R: BufRead>(&self, name: &str, reader: R) -> impl Iterator<Item = Result<Document>> + use<R> {
        json_lines::JsonLines::new(self.clone(), name, reader)
    }

    /// Reads the documents of a file, or of all `.txt`, `.md`, `.html` and `.jsonl` files below a directory in
    /// the order of their paths; a file named README is left aside.
    ///
    /// The id of a document is its path below the directory without the extension, with `/` between the
    /// steps; of a file given by itself, its name without the extension. JSON Lines bring their own ids. A file
    /// or line that cannot be used gives an error, and reading goes on with the next.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the path cannot be read or is a directory without such files.
    pub fn documents<P: AsRef<Path>>(&self, path: P) -> Result<impl Iterator<Item = Result<Document>> + use<P>> {
        files::documents(self, path.as_ref())
    }

    /// Parses a text without head matter: its first line is never a title.
    pub(crate) fn parse_body(&self, id: &str, source: &str) -> Result<Document> {
        self.text(id, source, false)
    }

    fn mends(&self, kind: RepairKind) -> bool {
        self.off & (1 << kind as u32) == 0
    }

    fn text(&self, id: &str, source: &str, head: bool) -> Result<Document> {
        if id.trim().is_empty() {
            return Err(Error::source_text("document", "its id is blank"));
        }
        let mut lines = line::lines(source);
        block::mark_furniture(source, &mut lines, self);
        let blocks = block::blocks(source, &mut lines, self);
        let roles = structure::roles(source, &lines, &blocks, head);
        let hyphens = Hyphens::new(source, &lines);
        let mut writer = Writer {
            document: Document { id: id.to_owned(), ..Document::default() },
            composer: Composer::new(source, self, &hyphens),
            lines: &lines,
            open: Vec::new(),
        };
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
}

impl Document {
    /// Parses a plain text with the default [`Parser`].
    ///
    /// # Errors
    ///
    /// As [`Parser::parse`].
    pub fn parse(id: &str, source: &str) -> Result<Document> {
        Parser::new().parse(id, source)
    }
}

/// Turns blocks into the parts of a document.
struct Writer<'a> {
    document: Document,
    composer: Composer<'a>,
    lines: &'a [Line],
    /// The sections a next heading could stand in, the outermost first.
    open: Vec<u32>,
}

impl Writer<'_> {
    fn write(&mut self, block: &Block, role: Role) {
        let (start, end) = (self.lines[block.first].start, self.lines[block.last].end);
        match role {
            Role::Title => {
                let composed = self.compose(block, 0);
                self.document.title = Some(composed.text);
                self.document.title_source = composed.source;
            }
            Role::Byline(names) => {
                self.document.byline.extend(names);
                self.composer.note(RepairKind::Metadata, start, end);
            }
            Role::Date(date) => {
                self.document.date.get_or_insert(date);
                self.composer.note(RepairKind::Metadata, start, end);
            }
            Role::Separator => self.composer.note(RepairKind::Markup, start, end),
            Role::Heading(level) => {
                let composed = self.compose(block, 0);
                let sections = &mut self.document.sections;
                while self.open.last().is_some_and(|&last| sections[last as usize].level >= level) {
                    self.open.pop();
                }
                let parent = self.open.last().copied();
                self.open.push(sections.len() as u32);
                let (heading, source) = (composed.text, composed.source);
                sections.push(Section { heading, level, parent, source, actors: Vec::new() });
            }
            Role::Paragraph(kind) => {
                let first = self.lines[block.first].text(self.composer.source());
                let mark = match kind {
                    ParagraphKind::List if self.composer.mends(RepairKind::Markup) => join::bullet(first).unwrap_or(0),
                    _ => 0,
                };
                let composed = self.compose(block, mark);
                if composed.text.trim().is_empty() {
                    return;
                }
                self.document.paragraphs.push(Paragraph {
                    ordinal: self.document.paragraphs.len() as u32 + 1,
                    kind,
                    section: self.open.last().copied(),
                    text: composed.text,
                    source: composed.source,
                    links: composed.links,
                    ..Paragraph::default()
                });
            }
        }
    }

    /// Writes the lines of a block; the first `skip` bytes are a list mark.
    fn compose(&mut self, block: &Block, skip: usize) -> compose::Composed {
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
        self.document.repairs = self.composer.ledger;
        self.document.repairs.sort_by_key(|repair| (repair.span.start, repair.span.end));
        self.document
    }
}
