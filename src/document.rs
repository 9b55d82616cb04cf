//! The values that travel between the stages; they depend on nothing but each other.
//!
//! A [`Document`] comes out of parsing with its [`Paragraph`]s, [`Section`]s and [`Repair`]s; annotation
//! fills in the actors and topics; the index stores it and a search gives its paragraphs back.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::date::Date;
use crate::error::Error;
use crate::facet::FacetPath;
pub use crate::span::{Span, Spans};

/// A language, as its ISO 639-1 code (`en`), or the 639-3 one (`pap`) where there is no shorter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language([u8; 3]);

impl Language {
    /// English.
    pub const ENGLISH: Language = Language(*b"en ");

    /// The language of a code: two or three ASCII letters; what follows a `-` or `_` (`en-GB`) is left
    /// aside. `None` for anything else.
    pub fn new(code: &str) -> Option<Language> {
        let code = code.trim().split(['-', '_']).next().unwrap_or_default();
        if !(2..=3).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return None;
        }
        let mut letters = [b' '; 3];
        for (to, from) in letters.iter_mut().zip(code.bytes()) {
            *to = from.to_ascii_lowercase();
        }
        Some(Language(letters))
    }

    /// The code, in lower case.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default().trim_end()
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Language {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Language, D::Error> {
        let code = String::deserialize(deserializer)?;
        Language::new(&code).ok_or_else(|| serde::de::Error::custom(format!("{code:?} is not a language code")))
    }
}

/// What sort of paragraph it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ParagraphKind {
    /// Running text.
    #[default]
    Body,
    /// A block quotation.
    Quote,
    /// An item of a list.
    List,
    /// A footnote or endnote.
    Footnote,
    /// A table, one row a line, cells separated by tabs.
    Table,
}

impl ParagraphKind {
    /// Every kind.
    pub const ALL: [ParagraphKind; 5] =
        [ParagraphKind::Body, ParagraphKind::Quote, ParagraphKind::List, ParagraphKind::Footnote, ParagraphKind::Table];

    /// The name used in queries and results.
    pub fn as_str(self) -> &'static str {
        match self {
            ParagraphKind::Body => "body",
            ParagraphKind::Quote => "quote",
            ParagraphKind::List => "list",
            ParagraphKind::Footnote => "footnote",
            ParagraphKind::Table => "table",
        }
    }
}

/// How an actor is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MentionKind {
    /// A full name: "Russia", "Vladimir Putin".
    Name,
    /// An acronym: "NATO", "U.S.".
    Acronym,
    /// A people or an adjective of a state: "Russians", "Chinese", the halves of "Sino-Russian".
    Demonym,
    /// A place that stands for who sits there: "the Kremlin", "Beijing".
    Metonym,
    /// An office: "the Russian foreign minister", "the Secretary-General".
    Office,
    /// A surname alone, licensed by a full name in the document or well known.
    Surname,
    /// A word that points back: "the Alliance", "the island".
    Reference,
}

impl MentionKind {
    /// Every kind.
    pub const ALL: [MentionKind; 7] = [
        MentionKind::Name,
        MentionKind::Acronym,
        MentionKind::Demonym,
        MentionKind::Metonym,
        MentionKind::Office,
        MentionKind::Surname,
        MentionKind::Reference,
    ];

    /// The name used in queries and results.
    pub fn as_str(self) -> &'static str {
        match self {
            MentionKind::Name => "name",
            MentionKind::Acronym => "acronym",
            MentionKind::Demonym => "demonym",
            MentionKind::Metonym => "metonym",
            MentionKind::Office => "office",
            MentionKind::Surname => "surname",
            MentionKind::Reference => "reference",
        }
    }
}

impl std::str::FromStr for MentionKind {
    type Err = Error;

    /// Reads the name used in queries and results.
    fn from_str(given: &str) -> crate::error::Result<MentionKind> {
        let known = MentionKind::ALL.into_iter().find(|kind| kind.as_str() == given);
        known.ok_or_else(|| {
            let expected = "expected name, acronym, demonym, metonym, office, surname or reference";
            Error::value("kind of mention", given, expected)
        })
    }
}

/// One naming of an actor in a paragraph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// Where, in bytes of the paragraph's text.
    pub span: Span,
    /// How.
    pub kind: MentionKind,
    /// Which rule decided, as a short kebab-case name: `"alias"`, `"licensed-surname"`, …
    pub rule: Arc<str>,
    /// How sure the rule is, in (0, 1].
    pub confidence: f32,
}

/// An actor that a paragraph names, with every naming.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActorTag {
    /// The actor's stable id: `"RUS"`, `"NATO"`, `"vladimir-putin"`, `"RUS.MFA"`.
    pub id: Arc<str>,
    /// Where the actor stands in the hierarchy, at the document's date.
    pub path: FacetPath,
    /// The namings, in the order of the text; one or more.
    pub mentions: Vec<Mention>,
}

/// One cue that spoke for a topic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopicCue {
    /// The cue as the taxonomy lists it.
    pub cue: Arc<str>,
    /// Where it stands, in bytes of the paragraph's text; `None` when it stands in a heading or the title.
    pub span: Option<Span>,
    /// What it added to the topic's score, in log-odds.
    pub weight: f32,
}

/// How far a topic tag can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Band {
    /// Just over the threshold.
    Weak,
    /// Clearly over it.
    Fair,
    /// About 85 in 100 such tags are right.
    Strong,
}

/// A topic that a paragraph treats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopicTag {
    /// The topic: `/topic/energy/gas`.
    pub path: FacetPath,
    /// In (0, 1].
    pub score: f32,
    /// What the score means.
    pub band: Band,
    /// What decided, heaviest first; one or more.
    pub cues: Vec<TopicCue>,
}

/// A link whose words stay in the paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The words, in bytes of the paragraph's text.
    pub span: Span,
    /// The target as written.
    pub target: String,
}

/// The unit of search: one paragraph as its author wrote it, after repair.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Paragraph {
    /// Place in the document, counted from 1 over all kinds.
    pub ordinal: u32,
    /// What sort of paragraph it is.
    pub kind: ParagraphKind,
    /// The section it stands in, as an index into [`Document::sections`]; `None` above the first heading.
    pub section: Option<u32>,
    /// The text; never blank.
    pub text: String,
    /// Where the text stands in the source, in bytes, ordered and disjoint; one or more.
    pub source: Spans,
    /// Links in the text, in its order.
    pub links: Vec<Link>,
    /// Actors named, in the order of their first mention; filled in by annotation.
    pub actors: Vec<ActorTag>,
    /// Topics treated, highest score first; filled in by annotation.
    pub topics: Vec<TopicTag>,
}

/// A heading and, by reference, the paragraphs below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// The heading's text.
    pub heading: String,
    /// 1 for the outermost headings below the title.
    pub level: u8,
    /// The section it is nested in, as an index into [`Document::sections`], always a lower one.
    pub parent: Option<u32>,
    /// Where the heading stands in the source, in bytes.
    pub source: Spans,
    /// Actors named in the heading; spans count in bytes of the heading.
    pub actors: Vec<ActorTag>,
}

/// What sort of repair it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RepairKind {
    /// A line repeated at the top of pages, or one in capitals amid a sentence, was dropped.
    RunningHead,
    /// A line repeated at the foot of pages was dropped.
    RunningFoot,
    /// A page number or page marker was dropped.
    PageNumber,
    /// A paragraph broken by a page or by furniture was joined.
    Joined,
    /// A word broken by a hyphen at a line's end was made whole.
    Dehyphenated,
    /// The line breaks of hard-wrapped text were replaced by spaces.
    Unwrapped,
    /// A ligature was written out.
    Ligature,
    /// A soft hyphen was dropped.
    SoftHyphen,
    /// A zero-width character was dropped.
    ZeroWidth,
    /// White space was normalised, or a space missing beside a dash was put in.
    Spacing,
    /// Marks of the format (links, emphasis, list bullets, tags) were dropped.
    Markup,
    /// A byline or the date was taken out of the text; it is in the document's fields.
    Metadata,
    /// Navigation, scripts or other furniture of a web page was dropped.
    Navigation,
    /// The bytes were not UTF-8 and were decoded; the text names the encoding.
    Decoded,
    /// A byte sequence that means nothing in its encoding was replaced by U+FFFD.
    Replaced,
}

impl RepairKind {
    /// The name used in results.
    pub fn as_str(self) -> &'static str {
        match self {
            RepairKind::RunningHead => "running-head",
            RepairKind::RunningFoot => "running-foot",
            RepairKind::PageNumber => "page-number",
            RepairKind::Joined => "joined",
            RepairKind::Dehyphenated => "dehyphenated",
            RepairKind::Unwrapped => "unwrapped",
            RepairKind::Ligature => "ligature",
            RepairKind::SoftHyphen => "soft-hyphen",
            RepairKind::ZeroWidth => "zero-width",
            RepairKind::Spacing => "spacing",
            RepairKind::Markup => "markup",
            RepairKind::Metadata => "metadata",
            RepairKind::Navigation => "navigation",
            RepairKind::Decoded => "decoded",
            RepairKind::Replaced => "replaced",
        }
    }
}

/// One thing that parsing changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// What sort of change.
    pub kind: RepairKind,
    /// What it touched, in bytes of the source.
    pub span: Span,
    /// What was dropped, or what stood there before.
    pub text: String,
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Format {
    /// Plain text, with or without page furniture.
    Text,
    /// Markdown: CommonMark with tables, footnotes and front matter.
    Markdown,
    /// HTML; read where the crate's feature `html` is on.
    Html,
    /// One JSON object a line.
    JsonLines,
}

/// What a document was parsed from, as it was given: the bytes of the file, or the `text` of JSON Lines.
///
/// Source ranges and repairs count in its bytes. As JSON, `{"format", "bytes"}`, the bytes in base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// How it is written; of [`JsonLines`](Format::JsonLines) it is the field `text` alone.
    pub format: Format,
    /// All of it.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub bytes: Vec<u8>,
}

fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    BASE64_STANDARD.decode(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

/// One source text with an id that its owner chose; re-adding the same id replaces it.
///
/// # Examples
///
/// ```
/// use demarche::Document;
///
/// let document = Document::parse("note-7", "The ministers met.\n\nThey agreed on gas.")?;
/// assert_eq!(document.paragraphs.len(), 2);
/// assert_eq!(document.paragraphs[1].text, "They agreed on gas.");
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The owner's id; not blank.
    pub id: String,
    /// The title, if one was found or given.
    pub title: Option<String>,
    /// Where the title stands in the source, in bytes; empty where it was given beside the text.
    pub title_source: Spans,
    /// Actors named in the title; spans count in bytes of the title.
    pub title_actors: Vec<ActorTag>,
    /// Who wrote it, one name an entry.
    pub byline: Vec<String>,
    /// The document's own date.
    pub date: Option<Date>,
    /// Publisher or series.
    pub source: Option<String>,
    /// Language of the text.
    pub language: Option<Language>,
    /// Whatever else came with the document.
    pub metadata: BTreeMap<String, serde_json::Value>,
    /// The headings, in the order of the text.
    pub sections: Vec<Section>,
    /// The paragraphs, in the order of the text.
    pub paragraphs: Vec<Paragraph>,
    /// The repair ledger, in the order of the source.
    pub repairs: Vec<Repair>,
    /// The source itself, where it is kept (`ParserBuilder::keep_original`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Original>,
}

impl Document {
    /// The heading right above a paragraph.
    pub fn heading(&self, paragraph: &Paragraph) -> Option<&str> {
        let section = self.sections.get(paragraph.section? as usize)?;
        Some(&section.heading)
    }

    /// The headings above a paragraph, the outermost first.
    pub fn heading_path(&self, paragraph: &Paragraph) -> Vec<&str> {
        self.section_path(paragraph).into_iter().map(|section| self.sections[section].heading.as_str()).collect()
    }

    /// The indices of the sections that a paragraph stands in, the outermost first.
    pub(crate) fn section_path(&self, paragraph: &Paragraph) -> Vec<usize> {
        let mut path = Vec::new();
        let mut next = paragraph.section;
        while let Some((index, section)) = next.and_then(|index| Some((index, self.sections.get(index as usize)?))) {
            path.push(index as usize);
            // A parent is always a lower index; a document that breaks this must not hang us.
            next = section.parent.filter(|&parent| parent < index);
        }
        path.reverse();
        path
    }
}
