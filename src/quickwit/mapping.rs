//! The layout of an index on Quickwit: the only place that names its fields.
//!
//! Words are cut, folded and stemmed here, by the same analysis as for the embedded index, and sent as text
//! with single spaces that Quickwit's `whitespace` tokenizer takes apart again: it has no stemmer, and its own
//! tokenizers would cut other words.

use serde_json::{Value, json};

use crate::facet::Dimension;
use crate::search::Field;

/// Stands between texts that no phrase may reach across; no word is written so.
pub(super) const BORDER: &str = "|";

/// The longest value, in bytes, that a raw field holds: Quickwit drops longer ones without a word.
pub(super) const MAX_VALUE_BYTES: usize = 255;

/// The document's id.
pub(super) const DOCUMENT: &str = "doc_id";
/// The paragraph's place in its document, from 1.
pub(super) const ORDINAL: &str = "ordinal";
/// Which load the line came with; a newer one replaces.
pub(super) const GENERATION: &str = "generation";
/// Which batch the line was sent in.
pub(super) const BATCH: &str = "batch";
/// A number of document and ordinal that orders what ties, because texts cannot be sorted by.
pub(super) const PLACE: &str = "place";
/// The paragraph's kind.
pub(super) const KIND: &str = "kind";
/// Number of the first day that the date may mean, 1 for the first day of the year 1. Not a datetime: those end
/// at the year 1677, and one that is the index's timestamp field gives wrong counts before 1972.
pub(super) const FIRST_DAY: &str = "first_day";
/// Number of the last day that the date may mean.
pub(super) const LAST_DAY: &str = "last_day";
/// The first day, or 0 without a date, so that those without come last when the newest come first.
pub(super) const NEWEST: &str = "newest";
/// The first day, or more than any without a date, so that those without come last when the oldest come first.
pub(super) const OLDEST: &str = "oldest";
/// [`OLDEST`] of what has no date.
pub(super) const UNDATED: u64 = 9_999_999;
/// The names of the dimensions that the paragraph has a value in.
pub(super) const DIMENSIONS: &str = "dimension";
/// Every step of the paths of its actors: a person is filtered on by the last one, wherever the path leads.
pub(super) const ACTOR_STEP: &str = "actor_step";
/// What a hit is made from, as JSON text.
pub(super) const STORED: &str = "stored";

const BODY: (&str, &str) = ("body_stem", "body_exact");
/// The title, for a document's first paragraph, and the headings.
const CONTEXT: (&str, &str) = ("context_stem", "context_exact");
const TITLE: &str = "title_stem";
const HEADING: &str = "heading_stem";

/// A field that words are looked up in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TextField {
    /// Words in any inflection.
    pub(super) stems: &'static str,
    /// Words as written but for case and accents.
    pub(super) exact: &'static str,
    /// What a word found here counts, against one in the text. The embedded index counts words of headings
    /// with those of the text, in one field; in a field of its own, which is short and where words are rare, the same
    /// heading would outweigh any text below it.
    pub(super) weight: f32,
}

const BODY_FIELD: TextField = TextField { stems: BODY.0, exact: BODY.1, weight: 1.0 };
const CONTEXT_FIELD: TextField = TextField { stems: CONTEXT.0, exact: CONTEXT.1, weight: 0.4 };

/// The fields that words of a query field are looked up in; a paragraph needs them in one.
pub(super) fn text_fields(field: Field) -> &'static [TextField] {
    match field {
        Field::Any => &[BODY_FIELD, CONTEXT_FIELD],
        Field::Body => &[BODY_FIELD],
        // Titles and headings are compared by stems alone, as in the embedded index.
        Field::Title => &[TextField { stems: TITLE, exact: TITLE, weight: 1.0 }],
        Field::Heading => &[TextField { stems: HEADING, exact: HEADING, weight: 1.0 }],
    }
}

/// The field of a dimension's values, each with all that stand above it, without the leading `/`: a value that
/// begins with one is read as a regular expression in Quickwit's own query language.
pub(super) fn facet_field(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Actor => "actor",
        Dimension::Topic => "topic",
        Dimension::Author => "author",
        Dimension::Source => "source",
        Dimension::Language => "language",
        Dimension::Date => "date",
        Dimension::MentionKind => "mention_kind",
    }
}

/// The field of a dimension's values without those above them; for a plain list, that of the values.
pub(super) fn direct_field(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Actor => "actor_at",
        Dimension::Topic => "topic_at",
        Dimension::Date => "date_at",
        Dimension::Author | Dimension::Source | Dimension::Language | Dimension::MentionKind => facet_field(dimension),
    }
}

/// The configuration of an index of paragraphs, as the JSON body of `POST /api/v1/indexes`.
///
/// It holds a strict doc mapping for the lines that [`Loader`](super::Loader) and [`Lines`](super::Lines) write,
/// no timestamp field (paragraphs without a date would be refused, and bounds before April 1972 miscounted), commits
/// every 5 seconds, and merges for an hour, so that deletes take effect within minutes.
///
/// # Examples
///
/// ```
/// let config = demarche::quickwit::index_config("speeches");
/// assert_eq!(config["index_id"], "speeches");
/// ```
pub fn index_config(index_id: &str) -> Value {
    let number = |name: &str| json!({"name": name, "type": "u64", "fast": true});
    let value = |name: &str| json!({"name": name, "type": "text", "tokenizer": "raw", "fast": true});
    let values =
        |name: &str| json!({"name": name, "type": "array<text>", "tokenizer": "raw", "fast": true, "stored": false});
    let words = |name: &str| {
        json!({
            "name": name, "type": "text", "tokenizer": "whitespace", "record": "position", "fieldnorms": true,
            "stored": false,
        })
    };
    let mut fields = vec![value(DOCUMENT)];
    fields.extend([ORDINAL, GENERATION, BATCH, PLACE, FIRST_DAY, LAST_DAY, NEWEST, OLDEST].map(number));
    fields.push(value(KIND));
    fields.extend([BODY.0, BODY.1, CONTEXT.0, CONTEXT.1, TITLE, HEADING].map(words));
    for dimension in Dimension::ALL {
        fields.push(values(facet_field(dimension)));
        if direct_field(dimension) != facet_field(dimension) {
            fields.push(values(direct_field(dimension)));
        }
    }
    fields.extend([ACTOR_STEP, DIMENSIONS].map(values));
    fields.push(json!({"name": STORED, "type": "text", "indexed": false, "stored": true}));
    json!({
        // Accepted by 0.8 and 0.9 servers.
        "version": "0.8",
        "index_id": index_id,
        "doc_mapping": {"mode": "strict", "field_mappings": fields},
        "search_settings": {"default_search_fields": [BODY.0]},
        "indexing_settings": {
            "commit_timeout_secs": 5,
            "merge_policy": {"type": "stable_log", "maturation_period": "1h"},
        },
    })
}
