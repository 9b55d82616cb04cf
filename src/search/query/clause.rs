//! What a query is made of.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::date::Date;
use crate::document::{ParagraphKind, Span};
use crate::facet::Dimension;

/// Where words are looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Field {
    /// In the text and in the headings above it, and for a document's first paragraph in the title.
    #[default]
    Any,
    /// In the document's title.
    Title,
    /// In the headings above the paragraph.
    Heading,
    /// In the paragraph's text.
    Body,
}

impl Field {
    /// The name in the query language; empty for [`Field::Any`].
    pub fn as_str(self) -> &'static str {
        match self {
            Field::Any => "",
            Field::Title => "title",
            Field::Heading => "heading",
            Field::Body => "body",
        }
    }
}

/// How a word is compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Form {
    /// In any inflection.
    #[default]
    Word,
    /// As written, but for case and accents.
    Exact,
    /// The start of a word as written.
    Prefix,
    /// Within 1 or 2 slips of the word as written.
    Fuzzy(u8),
    /// With `*` for any characters and `?` for one.
    Wildcard,
}

/// How near the operands of [`Clause::Near`] must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Distance {
    /// At most so many other words among them; at most 255.
    Words(u32),
    /// In one sentence of the paragraph's text.
    Sentence,
}

/// A value as the user gave it, and where.
///
/// Two are equal when the text is; JSON is the text alone.
#[derive(Debug, Clone)]
pub struct Given {
    text: String,
    span: Option<Span>,
}

impl Given {
    /// A value that comes from a program.
    pub fn new(text: impl Into<String>) -> Given {
        Given { text: text.into(), span: None }
    }

    pub(super) fn at(text: impl Into<String>, span: Span) -> Given {
        Given { text: text.into(), span: Some(span) }
    }

    /// The value without the blanks around it; `None` when nothing is left.
    pub(super) fn trimmed(self) -> Option<Given> {
        let text = self.text.trim();
        if text.is_empty() { None } else { Some(Given { text: text.to_owned(), span: self.span }) }
    }

    /// The value.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where it stands in the query text, in bytes; `None` when the query was built.
    pub fn span(&self) -> Option<Span> {
        self.span
    }
}

impl PartialEq for Given {
    fn eq(&self, other: &Given) -> bool {
        self.text == other.text
    }
}

impl Eq for Given {}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Given {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Given, D::Error> {
        Ok(Given::new(String::deserialize(deserializer)?))
    }
}

/// The dates between two, both included; `None` is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DateRange {
    /// The first date, from its first day on.
    pub from: Option<Date>,
    /// The last date, up to its last day.
    pub to: Option<Date>,
}

impl DateRange {
    /// Whether a date lies inside with each day that it may mean.
    pub fn contains(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from.first_day() <= date.first_day())
            && self.to.is_none_or(|to| date.last_day() <= to.last_day())
    }
}

/// A condition that never scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Filter {
    /// The paragraph is counted below a facet value.
    Facet {
        /// The dimension.
        dimension: Dimension,
        /// A path, or a name that is looked up when the query runs.
        value: Given,
    },
    /// The paragraph is of the document with this id.
    Document(Given),
    /// The document's date lies in a range.
    Date(DateRange),
    /// The paragraph is of a kind.
    Kind(ParagraphKind),
}

impl Filter {
    /// Whether two filters widen each other rather than narrow: they ask about the same thing.
    pub fn same_dimension(&self, other: &Filter) -> bool {
        match (self, other) {
            (Filter::Facet { dimension, .. }, Filter::Facet { dimension: other, .. }) => dimension == other,
            (Filter::Document(_), Filter::Document(_)) => true,
            (Filter::Date(_), Filter::Date(_)) => true,
            (Filter::Kind(_), Filter::Kind(_)) => true,
            _ => false,
        }
    }

    /// The filter with the name of its facet trimmed; `None` when the value is blank.
    pub(super) fn checked(self) -> Option<Filter> {
        match self {
            Filter::Facet { dimension, value } => value.trimmed().map(|value| Filter::Facet { dimension, value }),
            // An id is compared as it is, and may begin or end in a blank.
            Filter::Document(id) if id.as_str().trim().is_empty() => None,
            Filter::Date(DateRange { from: None, to: None }) => None,
            other => Some(other),
        }
    }
}

/// A part of a query.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Clause {
    /// Every paragraph.
    #[default]
    All,
    /// A word. One that is cut into several (`cease-fire`) asks for them next to each other.
    Word {
        /// Where.
        field: Field,
        /// The word as written, or the pattern.
        text: String,
        /// How it is compared.
        form: Form,
    },
    /// Words as written, in their order.
    Phrase {
        /// Where.
        field: Field,
        /// The words as written.
        text: String,
        /// How many other words may stand among them, all told; at most 255.
        slop: u32,
    },
    /// Several things near each other.
    Near {
        /// Words, phrases, actor filters, and [`Clause::Bool`]s whose `should` are such.
        operands: Vec<Clause>,
        /// How near.
        distance: Distance,
        /// Whether they must stand in the order of `operands`, without overlap.
        ordered: bool,
    },
    /// What is like a paragraph: shares its characteristic words, and the better the more of them and of its
    /// actors and topics.
    Like(
        /// The paragraph as `document#ordinal`, or a document's id for all its paragraphs together.
        Given,
    ),
    /// A condition that adds nothing to the score.
    Filter(Filter),
    /// A combination: all of `must`, none of `must_not`, and where `must` is empty one or more of
    /// `should`. With `must_not` alone, everything else.
    Bool {
        /// Needed; their scores add up.
        #[serde(default)]
        must: Vec<Clause>,
        /// Wanted; the scores of those that match are added.
        #[serde(default)]
        should: Vec<Clause>,
        /// Not wanted.
        #[serde(default)]
        must_not: Vec<Clause>,
    },
    /// A clause whose score is multiplied.
    Boost {
        /// The clause.
        clause: Box<Clause>,
        /// By what; from 0 to 1000.
        factor: f32,
    },
}

impl Clause {
    /// Whether it is a group that needs or excludes something.
    pub(in crate::search) fn needs_or_excludes(&self) -> bool {
        match self {
            Clause::Bool { must, must_not, .. } => !must.is_empty() || !must_not.is_empty(),
            Clause::Boost { clause, .. } => clause.needs_or_excludes(),
            _ => false,
        }
    }

    /// The clauses without the words that are asked for again, each with how often it was asked for.
    pub(in crate::search) fn distinct(clauses: &[Clause]) -> Vec<(&Clause, f32)> {
        let mut places: HashMap<(Field, &str, Form), usize> = HashMap::new();
        let mut distinct: Vec<(&Clause, f32)> = Vec::with_capacity(clauses.len());
        for clause in clauses {
            if let Clause::Word { field, text, form } = clause {
                match places.entry((*field, text, *form)) {
                    Entry::Occupied(place) => {
                        distinct[*place.get()].1 += 1.0;
                        continue;
                    }
                    Entry::Vacant(place) => _ = place.insert(distinct.len()),
                }
            }
            distinct.push((clause, 1.0));
        }
        distinct
    }

    pub(super) fn replacing_likes(&self, likes: &[(Given, Clause)]) -> Clause {
        let all = |clauses: &[Clause]| clauses.iter().map(|clause| clause.replacing_likes(likes)).collect();
        match self {
            Clause::Like(like) => {
                let words = likes.iter().find(|(known, _)| known == like).map(|(_, words)| words.clone());
                words.unwrap_or_else(|| self.clone())
            }
            Clause::Bool { must, should, must_not } => {
                Clause::Bool { must: all(must), should: all(should), must_not: all(must_not) }
            }
            Clause::Boost { clause, factor } => {
                Clause::Boost { clause: Box::new(clause.replacing_likes(likes)), factor: *factor }
            }
            other => other.clone(),
        }
    }

    /// A word in any inflection, anywhere.
    pub fn word(text: impl Into<String>) -> Clause {
        Clause::Word { field: Field::Any, text: text.into(), form: Form::Word }
    }

    /// Words next to each other, anywhere.
    pub fn phrase(text: impl Into<String>) -> Clause {
        Clause::Phrase { field: Field::Any, text: text.into(), slop: 0 }
    }

    /// All of the clauses.
    pub fn all_of(clauses: impl IntoIterator<Item = Clause>) -> Clause {
        Clause::Bool { must: clauses.into_iter().collect(), should: Vec::new(), must_not: Vec::new() }
    }

    /// One or more of the clauses.
    pub fn any_of(clauses: impl IntoIterator<Item = Clause>) -> Clause {
        Clause::Bool { must: Vec::new(), should: clauses.into_iter().collect(), must_not: Vec::new() }
    }

    /// Everything but the clause.
    pub fn except(clause: Clause) -> Clause {
        Clause::Bool { must: Vec::new(), should: Vec::new(), must_not: vec![clause] }
    }
}
