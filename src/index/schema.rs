//! The layout of the index: the only place that names its fields.
//!
//! One Tantivy document is one paragraph. The paragraphs of a document are added in one batch, so they
//! stand next to each other in one segment, in their order, and leave it together; merges keep that. The
//! first paragraph of a document is therefore `ordinal - 1` places before any other.
//!
//! Positions count words of the paragraph. The words of its headings follow [`HEADING_GAP`] positions after
//! its own, so that a bare word is one term of one field, and no phrase or NEAR crosses from text to
//! heading. Fields that share the positions of `text` can be combined by position.

use tantivy::schema::{
    BytesOptions, FAST, FacetOptions, Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing,
    TextOptions,
};

use crate::facet::Dimension;
use crate::text::is_plain_word;

/// The layout that this build writes and reads; it goes up whenever an older build could not read it.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// Positions between the last word of a paragraph and the first of its headings; also the exclusive
/// limit of every distance in a query. It is small because positions are bit-packed by their largest.
pub(crate) const HEADING_GAP: u32 = 256;

/// What the engine writes down as the tokenizer of our terms. It never asks for one of that name, since it is given no text:
/// segments are [built](super::segment_builder) from the terms of an [`Analyzer`](crate::Analyzer).
const TOKENIZER: &str = "packed";

/// The term of the `sentence` field at the position of every sentence's first word.
pub(crate) const SENTENCE_START: &str = "s";

/// The term of the `sentence` field at the position of the first heading word.
pub(crate) const HEADING_START: &str = "h";

/// Handles of the fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// The document's id, raw; indexed for replacing and deleting, a column for order and distinct counts.
    pub(crate) document: Field,
    /// The paragraph's ordinal, from 1; a column.
    pub(crate) ordinal: Field,
    /// Number of the first day that the document's date may mean, absent where it has none; a column.
    pub(crate) day: Field,
    /// Number of the last day that it may mean; a column.
    pub(crate) last_day: Field,
    /// Stems of the paragraph, then of its headings; the first paragraph's headings begin with the title.
    pub(crate) text: Field,
    /// Stems of the heading path, for `heading:`.
    pub(crate) heading: Field,
    /// Stems of the title, for `title:`; on every paragraph, which costs little as neighbours share it.
    pub(crate) title: Field,
    /// Stems of the whole document: title, headings and paragraphs, each once; on its first paragraph only, so that
    /// document frequency, length and term counts of a document are at hand where its paragraphs are ranked, and
    /// documents can be ranked without reading all their paragraphs. Without positions it takes little room
    /// beside `text`.
    pub(crate) whole: Field,
    /// Words as written but for case and accents, at their positions in `text`; for quoted phrases, prefixes,
    /// wildcards and fuzzy words. [Plain words](is_plain_word) are not here, because `text` has them as they are
    /// written; [`written`](Fields::written) says where a word is.
    pub(crate) exact: Field,
    /// Ids of the actors named, at the position of every word of a mention.
    pub(crate) mention: Field,
    /// [`SENTENCE_START`] at the first word of every sentence, [`HEADING_START`] at the first of the headings.
    pub(crate) sentence: Field,
    /// The paragraph's kind.
    pub(crate) kind: Field,
    /// What results are made from ([`StoredParagraph`](super::stored::StoredParagraph)).
    pub(crate) stored: Field,
    actor: Field,
    topic: Field,
    author: Field,
    source: Field,
    language: Field,
    mention_kind: Field,
    /// How the paragraph names each of its actors and how surely ([`actor_mentions`](super::actor_mention::actor_mentions)); a
    /// column alone, read where a query chooses among mentions.
    pub(crate) actor_mention: Field,
}

impl Fields {
    /// The field that has a word as written.
    pub(crate) fn written(&self, word: &str) -> Field {
        if is_plain_word(word) { self.text } else { self.exact }
    }

    /// The facet field of a dimension; `None` for the date, which is read from the `day` column.
    pub(crate) fn facet(&self, dimension: Dimension) -> Option<Field> {
        match dimension {
            Dimension::Actor => Some(self.actor),
            Dimension::Topic => Some(self.topic),
            Dimension::Author => Some(self.author),
            Dimension::Source => Some(self.source),
            Dimension::Language => Some(self.language),
            Dimension::MentionKind => Some(self.mention_kind),
            Dimension::Date => None,
        }
    }
}

/// The name of a dimension's facet column; `None` for the date.
pub(crate) fn facet_column(dimension: Dimension) -> Option<&'static str> {
    (dimension != Dimension::Date).then_some(dimension.as_str())
}

/// Name of the column of the ways that actors are named.
pub(crate) const ACTOR_MENTION_COLUMN: &str = "actor_mention";
/// Name of the column of document ids.
pub(crate) const DOCUMENT_COLUMN: &str = "document";
/// Name of the column of ordinals.
pub(crate) const ORDINAL_COLUMN: &str = "ordinal";
/// Name of the column of first days.
pub(crate) const DAY_COLUMN: &str = "day";
/// Name of the column of last days.
pub(crate) const LAST_DAY_COLUMN: &str = "last_day";

/// The schema and the handles of its fields.
pub(crate) fn schema() -> (Schema, Fields) {
    let terms = |record, norms| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(record).set_fieldnorms(norms),
        )
    };
    let positions = IndexRecordOption::WithFreqsAndPositions;
    // As `STRING`, without lengths, which nobody asks for.
    let raw = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false),
    );
    let mut builder = Schema::builder();
    let fields = Fields {
        document: builder.add_text_field(DOCUMENT_COLUMN, raw.clone() | FAST),
        ordinal: builder.add_u64_field(ORDINAL_COLUMN, NumericOptions::default().set_fast()),
        day: builder.add_i64_field(DAY_COLUMN, NumericOptions::default().set_fast()),
        last_day: builder.add_i64_field(LAST_DAY_COLUMN, NumericOptions::default().set_fast()),
        text: builder.add_text_field("text", terms(positions, true)),
        heading: builder.add_text_field("heading", terms(positions, true)),
        title: builder.add_text_field("title", terms(positions, true)),
        whole: builder.add_text_field("whole", terms(IndexRecordOption::WithFreqs, true)),
        exact: builder.add_text_field("exact", terms(positions, true)),
        mention: builder.add_text_field("mention", terms(positions, false)),
        sentence: builder.add_text_field("sentence", terms(positions, false)),
        kind: builder.add_text_field("kind", raw),
        stored: builder.add_bytes_field("stored", BytesOptions::from(STORED)),
        actor: builder.add_facet_field(Dimension::Actor.as_str(), FacetOptions::default()),
        topic: builder.add_facet_field(Dimension::Topic.as_str(), FacetOptions::default()),
        author: builder.add_facet_field(Dimension::Author.as_str(), FacetOptions::default()),
        source: builder.add_facet_field(Dimension::Source.as_str(), FacetOptions::default()),
        language: builder.add_facet_field(Dimension::Language.as_str(), FacetOptions::default()),
        mention_kind: builder.add_facet_field(Dimension::MentionKind.as_str(), FacetOptions::default()),
        actor_mention: builder.add_text_field(ACTOR_MENTION_COLUMN, FAST),
    };
    (builder.build(), fields)
}
