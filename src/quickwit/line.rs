//! An annotated document in, one JSON line a paragraph out.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::Write;

use serde::Serialize;

use super::mapping::{self, BORDER, MAX_VALUE_BYTES};
use crate::document::{Document, Language, ParagraphKind};
use crate::error::{Error, Result};
use crate::facet::{Dimension, FacetPath};
use crate::index::stored::StoredParagraph;
use crate::index::{check, facets};
use crate::text::{Analyzer, TermKind};

/// The longest line, in bytes. Quickwit breaks the connection over 10 MiB.
const MAX_LINE_BYTES: usize = 9_000_000;

/// Writes documents as the lines that an index of [`index_config`](super::index_config) takes, to be loaded by
/// Quickwit's own tools; [`Loader`](super::Loader) writes and sends the same lines.
///
/// # Examples
///
/// ```
/// use demarche::Document;
/// use demarche::quickwit::Lines;
///
/// let mut ndjson = Vec::new();
/// let written = Lines::new(1).write(&Document::parse("a", "One.\n\nTwo.")?, &mut ndjson)?;
/// assert_eq!((written, ndjson.iter().filter(|&&byte| byte == b'\n').count()), (2, 2));
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug)]
pub struct Lines {
    generation: u64,
    analyzers: HashMap<Language, Analyzer>,
}

/// What a paragraph is to Quickwit; all but its batch, which is not known before it is sent.
#[derive(Serialize)]
struct Line<'a> {
    doc_id: &'a str,
    ordinal: u32,
    generation: u64,
    place: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_day: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_day: Option<u64>,
    newest: u64,
    oldest: u64,
    kind: ParagraphKind,
    body_stem: String,
    body_exact: String,
    context_stem: &'a str,
    context_exact: &'a str,
    title_stem: &'a str,
    heading_stem: &'a str,
    #[serde(flatten)]
    values: HashMap<&'static str, BTreeSet<String>>,
    stored: String,
}

impl Lines {
    /// A writer of lines of a generation: any number that is higher for what replaces than for what is replaced.
    pub fn new(generation: u64) -> Lines {
        Lines { generation, analyzers: HashMap::new() }
    }

    /// Writes the lines of a document and says how many.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the document is one that no index takes
    /// ([`IndexWriter::add`](crate::IndexWriter::add)), or when its id, or a path of an actor, topic, author or
    /// source, is longer than the 255 bytes that Quickwit can look up, or a paragraph than 9 MB with all that comes
    /// with it; then nothing is written.
    /// [`ErrorKind::Write`](crate::ErrorKind::Write) when the output fails.
    pub fn write(&mut self, document: &Document, mut to: impl Write) -> Result<usize> {
        let lines = self.lines(document)?;
        let mut text = String::new();
        for line in &lines {
            line.push_to(0, &mut text);
        }
        to.write_all(text.as_bytes()).map_err(|error| Error::write("the lines", error))?;
        Ok(lines.len())
    }

    /// The lines of a document.
    pub(super) fn lines(&mut self, document: &Document) -> Result<Vec<EncodedLine>> {
        check(document)?;
        checked("document id", &document.id)?;
        let language = document.language.unwrap_or(Language::ENGLISH);
        let analyzer = self.analyzers.entry(language).or_insert_with(|| Analyzer::new(language));
        let mut title = Terms::default();
        if let Some(text) = &document.title {
            title.push(text, analyzer);
        }
        let dates = document.date.map(|date| {
            let number = |date: crate::date::Date| day_number(date.day_number());
            (number(date.first_day()), number(date.last_day()))
        });
        let mut lines = Vec::with_capacity(document.paragraphs.len());
        for (index, paragraph) in document.paragraphs.iter().enumerate() {
            let mut body = Terms::default();
            body.push(&paragraph.text, analyzer);
            let (mut heading, mut context) = (Terms::default(), Terms::default());
            if let Some(text) = document.title.as_deref().filter(|_| index == 0) {
                context.push(text, analyzer);
            }
            for text in document.heading_path(paragraph) {
                heading.push(text, analyzer);
                context.push(text, analyzer);
            }
            let line = Line {
                doc_id: &document.id,
                ordinal: paragraph.ordinal,
                generation: self.generation,
                place: place(&document.id, paragraph.ordinal),
                first_day: dates.map(|(first, _)| first),
                last_day: dates.map(|(_, last)| last),
                newest: dates.map_or(0, |(first, _)| first),
                oldest: dates.map_or(mapping::UNDATED, |(first, _)| first),
                kind: paragraph.kind,
                body_stem: body.stems,
                body_exact: body.exact,
                context_stem: &context.stems,
                context_exact: &context.exact,
                title_stem: &title.stems,
                heading_stem: &heading.stems,
                values: values(document, index)?,
                stored: to_json(&StoredParagraph::without_original(document, index))?,
            };
            let line = EncodedLine { json: to_json(&line)? };
            if line.len() > MAX_LINE_BYTES {
                let reason = format!("paragraph {} is longer than what Quickwit takes at once", paragraph.ordinal);
                return Err(Error::source_text(&document.id, reason));
            }
            lines.push(line);
        }
        Ok(lines)
    }
}

/// One line but for its batch.
#[derive(Debug, Clone)]
pub(super) struct EncodedLine {
    json: String,
}

impl EncodedLine {
    /// How long it is at most, in bytes.
    pub(super) fn len(&self) -> usize {
        self.json.len() + 32
    }

    /// Adds the line, with the number of the batch that it is sent in.
    pub(super) fn push_to(&self, batch: u64, text: &mut String) {
        let _ = writeln!(text, "{{\"{}\":{batch},{}", mapping::BATCH, &self.json[1..]);
    }
}

fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::storage("writing a paragraph as JSON", error))
}

/// Quickwit has no use for days before the year 1, and no signed number is needed for the rest.
pub(super) fn day_number(days_from_epoch: i32) -> u64 {
    /// 1 January of the year 1, counted from 1 January 1970.
    const FIRST: i64 = -719_162;
    u64::try_from(i64::from(days_from_epoch) - FIRST + 1).unwrap_or_default()
}

/// The number that orders a paragraph among those that tie. It is a hash, below 2⁵³ so that JSON in floating point
/// holds it: among 10⁹ paragraphs about 55 pairs share one, and a pair matters only where a page ends between them.
pub(super) fn place(document: &str, ordinal: u32) -> u64 {
    // FNV-1a; its low bits are mixed less well than the high ones, which are kept.
    let bytes = document.bytes().chain([0]).chain(ordinal.to_le_bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash >> 11
}

/// The words of one or more texts.
#[derive(Debug, Default)]
struct Terms {
    stems: String,
    exact: String,
}

impl Terms {
    /// Adds a text. Pairs of characters of a script without spaces follow the words, where they are found but part no
    /// neighbours.
    fn push(&mut self, text: &str, analyzer: &mut Analyzer) {
        if !self.stems.is_empty() {
            append(&mut self.stems, BORDER);
            append(&mut self.exact, BORDER);
        }
        let mut pairs = String::new();
        analyzer.analyze(text, |term| match term.kind {
            TermKind::Word => {
                append(&mut self.stems, term.text);
                append(&mut self.exact, term.exact);
            }
            TermKind::Pair => append(&mut pairs, term.text),
        });
        if !pairs.is_empty() {
            append(&mut self.stems, BORDER);
            append(&mut self.stems, &pairs);
        }
    }
}

fn append(text: &mut String, word: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
}

/// The values of a paragraph by field.
fn values(document: &Document, index: usize) -> Result<HashMap<&'static str, BTreeSet<String>>> {
    let mut values: HashMap<&'static str, BTreeSet<String>> = HashMap::new();
    let mut add = |field: &'static str, value: &str| {
        values.entry(field).or_default().insert(value.to_owned());
    };
    let date = document.date.and_then(|date| FacetPath::new(format!("/{}", date.to_string().replace('-', "/"))).ok());
    let paths = facets(document, &document.paragraphs[index]).into_iter();
    for (dimension, path) in paths.chain(date.map(|path| (Dimension::Date, path))) {
        checked(dimension.as_str(), value_of(path.as_str()))?;
        add(mapping::DIMENSIONS, dimension.as_str());
        add(mapping::direct_field(dimension), value_of(path.as_str()));
        for ancestor in path.ancestors() {
            add(mapping::facet_field(dimension), value_of(ancestor));
        }
        if dimension == Dimension::Actor {
            for step in path.steps() {
                add(mapping::ACTOR_STEP, step);
            }
        }
    }
    Ok(values)
}

/// A path as a raw value.
pub(super) fn value_of(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

fn checked(what: &'static str, value: &str) -> Result<()> {
    if value.len() <= MAX_VALUE_BYTES {
        return Ok(());
    }
    Err(Error::value(what, value, "expected at most 255 bytes, which is what Quickwit can look up"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_the_year_1() -> Result<()> {
        let number = |text: &str| Ok::<u64, Error>(day_number(text.parse::<crate::date::Date>()?.day_number()));
        assert_eq!((number("0001-01-01")?, number("1970-01-01")?), (1, 719_163));
        assert!(number("9999-12-31")? < mapping::UNDATED);
        Ok(())
    }

    #[test]
    fn texts_do_not_run_into_each_other() {
        let mut terms = Terms::default();
        let mut analyzer = Analyzer::new(Language::ENGLISH);
        terms.push("The sanctions", &mut analyzer);
        terms.push("北约东扩 and U.S.", &mut analyzer);
        assert_eq!(terms.stems, "the sanction | 北 约 东 扩 and u.s. | 北约 约东 东扩");
        assert_eq!(terms.exact, "the sanctions | 北 约 东 扩 and u.s.");
    }

    #[test]
    fn a_value_that_could_not_be_found_again_is_refused() -> Result<()> {
        let mut document = Document::parse("a", "Text.")?;
        document.byline.push("x".repeat(300));
        let error = Lines::new(1).lines(&document).expect_err("an author of 300 bytes");
        assert!(error.is_input() && error.to_string().starts_with("author "), "{error}");
        document.byline.clear();
        document.id = "i".repeat(300);
        assert!(Lines::new(1).lines(&document).is_err());
        Ok(())
    }
}
