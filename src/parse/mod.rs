//! Stage 1: bytes become a [`Document`].

mod block;
mod byline;
mod compose;
mod decode;
mod documents;
mod files;
mod format;
mod front_matter;
mod furniture;
#[cfg(feature = "html")]
mod html;
mod hyphen;
mod join;
mod json_lines;
mod language;
mod leaf;
mod line;
mod markdown;
mod marks;
mod note;
mod original;
mod outline;
mod plain;
mod source;
mod stretch;
mod structure;
mod wrap;
mod written_date;

use std::io::{BufRead, Cursor};
use std::path::Path;

pub use self::documents::{Documents, Report};
use self::files::Files;
pub(crate) use self::source::Source;
use self::structure::Head;
use crate::document::{Document, Format, RepairKind};
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
    keep_original: bool,
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
    /// [`Metadata`](RepairKind::Metadata) only tell what happened and cannot be switched off. Without
    /// [`Markup`](RepairKind::Markup) the marks stay in the text as they are written, and links are not taken apart: in
    /// Markdown all of them (`**`, `#`, `[words](target)`), in HTML the tags and character references inside a
    /// paragraph. What the marks say, that a line is a heading or an item, is read all the same.
    pub fn repair(mut self, kind: RepairKind, on: bool) -> ParserBuilder {
        let bit = 1 << kind as u32;
        self.parser.off = if on { self.parser.off & !bit } else { self.parser.off | bit };
        self
    }

    /// Whether documents keep the text that they were parsed from ([`Document::original`]). Default: no.
    pub fn keep_original(mut self, yes: bool) -> ParserBuilder {
        self.parser.keep_original = yes;
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
        self.plain(id, source, Head::Open)
    }

    /// Parses a Markdown text: CommonMark with tables, footnotes and front matter.
    ///
    /// The first heading of level 1 is the title; the others are sections, nested by level. Link targets are
    /// kept in [`Paragraph::links`](crate::Paragraph::links). Front matter (`key: value` lines between `---`) gives title, author,
    /// date, source and language, and its other keys become [`Document::metadata`]. A row of a table is a line,
    /// with tabs between the cells; code keeps its lines. Pages are mended as in plain text.
    ///
    /// # Errors
    ///
    /// As [`Parser::parse`].
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::Parser;
    ///
    /// let source = "# Gas\n\n## Exports\n\nThe *ministers* [met](https://example.org/met).\n";
    /// let document = Parser::new().markdown("gas", source)?;
    /// assert_eq!(document.title.as_deref(), Some("Gas"));
    /// assert_eq!(document.paragraphs[0].text, "The ministers met.");
    /// assert_eq!(document.paragraphs[0].links[0].target, "https://example.org/met");
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn markdown(&self, id: &str, source: &str) -> Result<Document> {
        let mut document = self.begin(id, source)?;
        let document = markdown::leaves(source, &mut document).write(self, source, document)?;
        Ok(self.with_original(document, Format::Markdown, source.as_bytes()))
    }

    /// Parses an HTML text.
    ///
    /// Headings, lists, block quotations, tables and footnotes keep their kind. Navigation, headers and footers
    /// outside the article, asides, the controls of forms and menus (runs of short links) are left out and stand in
    /// the ledger as [`Navigation`](RepairKind::Navigation); scripts, styles, comments and the tags themselves are no
    /// text and are not listed. Title, author, date and publisher come from the page's metadata.
    ///
    /// A `<br>`, as two spaces at a line's end in Markdown, is a line break in the text, as addresses and verse need
    /// it, but a space where the lines are as long as wrapped ones and go on in small letters; two in a row end the
    /// paragraph.
    ///
    /// # Errors
    ///
    /// As [`Parser::parse`].
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::Parser;
    ///
    /// let source = "<nav>Home</nav><h1>Gas</h1><p>Caf&eacute; talks <a href='/x'>failed</a>.</p>";
    /// let document = Parser::new().html("gas", source)?;
    /// assert_eq!(document.title.as_deref(), Some("Gas"));
    /// assert_eq!(document.paragraphs[0].text, "Café talks failed.");
    /// # Ok::<(), demarche::Error>(())
    /// ```
    #[cfg(feature = "html")]
    pub fn html(&self, id: &str, source: &str) -> Result<Document> {
        let mut document = self.begin(id, source)?;
        let document = html::leaves(self, source, &mut document).write(self, source, document)?;
        Ok(self.with_original(document, Format::Html, source.as_bytes()))
    }

    /// Parses a text of which only the bytes are known: UTF-8, UTF-16 or, failing both, Windows-1252, in the
    /// format that it seems to be written in ([`Format::of_text`]); JSON Lines must hold one document.
    ///
    /// What was decoded or replaced is said in the ledger; source ranges count in the bytes given.
    ///
    /// # Errors
    ///
    /// As [`Parser::parse`], and where JSON Lines hold more or less than one document.
    pub fn parse_bytes(&self, id: &str, source: &[u8]) -> Result<Document> {
        let decoded = decode::decode(id, source)?;
        let format = Format::of_text(&decoded.text);
        if format == Format::JsonLines {
            let mut documents = self.json_lines(id, source);
            return match (documents.next(), documents.next()) {
                (Some(document), None) => document,
                _ => Err(Error::source_text(id, "found JSON Lines with several documents, expected one document")),
            };
        }
        self.parse_decoded(id, decoded, source, format)
    }

    /// Reads the documents in some bytes: the one entry point for every format.
    ///
    /// The extension of `name` says the format ([`Format::of_name`]), or the content where it says nothing
    /// ([`Format::of_text`]). The id of a document is `name` without its extension; JSON Lines bring their own.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::Parser;
    ///
    /// let mut documents = Parser::new().read("notes/gas.md", b"# Gas\n\nThe ministers met.");
    /// let document = documents.next().unwrap()?;
    /// assert_eq!((document.id.as_str(), document.title.as_deref()), ("notes/gas", Some("Gas")));
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn read<'a>(&self, name: &str, source: impl AsRef<[u8]> + Send + 'a) -> Documents<'a> {
        let known = Format::of_name(name);
        let id = Path::new(name).with_extension("").to_string_lossy().into_owned();
        let id = if known.is_some() && !id.is_empty() { id } else { name.to_owned() };
        match self.read_as(name, &id, source.as_ref(), known) {
            Ok(Some(document)) => Documents::new(std::iter::once(Ok(document))),
            Ok(None) => self.json_lines(name, Cursor::new(source)),
            Err(error) => Documents::new(std::iter::once(Err(error))),
        }
    }

    /// Parses one document, in the format that is known or else seen; `None` for JSON Lines.
    fn read_as(&self, name: &str, id: &str, source: &[u8], known: Option<Format>) -> Result<Option<Document>> {
        if known == Some(Format::JsonLines) {
            return Ok(None);
        }
        let decoded = decode::decode(name, source)?;
        match known.unwrap_or_else(|| Format::of_text(&decoded.text)) {
            Format::JsonLines => Ok(None),
            format => self.parse_decoded(id, decoded, source, format).map(Some),
        }
    }

    fn parse_decoded(&self, id: &str, decoded: decode::Decoded<'_>, bytes: &[u8], format: Format) -> Result<Document> {
        let text = decoded.text.as_ref();
        let mut document = match format {
            Format::Markdown => self.markdown(id, text)?,
            #[cfg(feature = "html")]
            Format::Html => self.html(id, text)?,
            #[cfg(not(feature = "html"))]
            Format::Html => {
                return Err(Error::source_text(id, "found HTML, which is read with the feature \"html\" only"));
            }
            Format::Text | Format::JsonLines => self.plain(id, text, Head::Open)?,
        };
        decoded.settle(&mut document, bytes.len());
        Ok(self.with_original(document, format, bytes))
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
    pub fn json_lines<'a, R: BufRead + Send + 'a>(&self, name: &str, reader: R) -> Documents<'a> {
        let parser = self.clone();
        Documents::new(Source::lines(name, reader).map(move |source| source.parse(&parser)))
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
    pub fn documents(&self, path: impl AsRef<Path>) -> Result<Documents<'static>> {
        let parser = self.clone();
        let sources = Files::find(&[path])?.sources();
        Ok(Documents::new(sources.map(move |source| source.parse(&parser))))
    }

    /// Parses a text without head matter: its first line is never a title.
    pub(crate) fn parse_body(&self, id: &str, source: &str) -> Result<Document> {
        self.plain(id, source, Head::None)
    }

    fn mends(&self, kind: RepairKind) -> bool {
        self.off & (1 << kind as u32) == 0
    }

    /// A document to fill, where id and source can make one.
    fn begin(&self, id: &str, source: &str) -> Result<Document> {
        if let Some(what) = decode::what_it_is(source.as_bytes()) {
            return Err(Error::source_text(id, format!("found {what}, expected text")));
        }
        if id.trim().is_empty() {
            return Err(Error::source_text("document", "its id is blank"));
        }
        Ok(Document { id: id.to_owned(), ..Document::default() })
    }

    fn plain(&self, id: &str, source: &str, head: Head) -> Result<Document> {
        self.begin(id, source)?;
        let document = plain::document(self, id, source, head)?;
        let format = if head == Head::None { Format::JsonLines } else { Format::Text };
        Ok(self.with_original(document, format, source.as_bytes()))
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
