//! The query: what a user typed, or what a program built, as one value.

mod clause;
mod diagnostic;
mod naming;
mod near;
mod normal;
mod parse;
mod print;
mod scan;
mod scope;
mod value;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::clause::{Clause, DateRange, Distance, Field, Filter, Form, Given};
pub use self::diagnostic::Diagnostic;
use super::spelling::{Correction, corrected};
use crate::document::Span;
use crate::facet::Dimension;
use crate::mention_choice::MentionChoice;
use crate::text::words;

/// What plain words of a query ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Operator {
    /// A paragraph needs one of them; the more it has, the higher it ranks.
    #[default]
    Any,
    /// A paragraph needs all of them.
    All,
}

/// What to search for: a clause that ranks and filters that do not.
///
/// Any string is a query. What was odd about it is told by [`diagnostics`](Query::diagnostics), with byte
/// positions in the string. The same value can be built from [`Clause`]s; its
/// [`to_string`](ToString::to_string) is a query text that parses back to an equal query.
///
/// # The query language
///
/// | written | means |
/// | --- | --- |
/// | `nato enlargement` | any of the words (all of them with [`Operator::All`]), in any inflection |
/// | `"nato enlargement"` | the words next to each other, as written; also with `“ ”`, `„ “` and `« »` |
/// | `"nato enlargement"~3` | in this order with at most 3 other words in between, all told |
/// | `sanction*` | words that start so |
/// | `wom?n`, `*patriotism` | `?` is one character, `*` any number of them; a `?` at the end is punctuation |
/// | `zelenski~`, `zelenski~2` | words within 1 (or 2) slips: a character more, less, other, or two swapped |
/// | `+must`, `-not` | needed; not wanted |
/// | `a AND b`, `a OR b`, `NOT a`, `( )` | in capitals; `AND` binds closer than `OR`, and `OR` closer than a space |
/// | `title:` `heading:` `body:` | only there: `title:nato`, `title:"open door"`, `title:(nato eu)` |
/// | `actor:` `topic:` `author:` `source:` `language:` `mention:` | filter on a facet: `actor:china`, `actor:"the Kremlin"`, `topic:/topic/energy` |
/// | `as:name,acronym` | of the mentions of actors, only these kinds name them, in filters and counts ([`MentionKind`](crate::MentionKind)); `-as:metonym`: all but these |
/// | `sure:0.9` | only mentions of at least this confidence name an actor |
/// | `doc:` `kind:` | filter on a document's id, on the kind of paragraph (`kind:quote`) |
/// | `like:id#3` | what is like paragraph 3 of document `id`: shares its characteristic words, actors, topics |
/// | `date:` `year:` | `date:2022-02`, `date:2022-02..2022-03`, `date:2022..`, `year:2020..2022`; both ends count |
/// | `NEAR/5(nato enlargement)` | all of them in any order, with at most 5 other words among them |
/// | `NEAR/s(actor:china sanctions)` | all of them in one sentence; words, phrases, prefixes, actors, and `(a OR b)` |
/// | `ONEAR/5(…)`, `ONEAR/s(…)` | the same, in the order given |
/// | `word^2` | counts twice in the ranking; also after a phrase, a group and `NEAR` |
/// | `*` | every paragraph |
/// | `\` | takes the meaning from the character that follows |
///
/// In full:
///
/// ```text
/// query    = { item }
/// item     = all { "OR" all }
/// all      = unary { "AND" unary }
/// unary    = { "+" | "-" | "NOT" } atom { "^" number }
/// atom     = word [ "*" | "~" [ number ] ]
///          | quoted [ "~" number ]
///          | ( "NEAR" | "ONEAR" ) [ "/" ( number | "s" ) ] "(" query ")"
///          | field ":" ( word [ "*" | "~" [ number ] ] | quoted [ "~" number ] | "(" query ")" )
///          | "(" query ")"
/// ```
///
/// A pattern has its `*` and `?` anywhere in the word. `text:` is `body:`, `lang:` is `language:`, `mention-kind:` is
/// `mention:`, `document:` and `id:` are `doc:`, and `actors:` and `topics:` are what they seem.
///
/// What does not fit is taken as words: `U.S.: sanctions`, `http://…`, `China's`, a bracket too many.
/// A word with a hyphen or a dot inside (`cease-fire`, `pism.pl`) asks for its parts next to each other; one
/// in Chinese or another script without spaces asks for any of its pairs of characters, and in quotes for
/// all in order.
///
/// # Filters
///
/// A facet, document, date or kind that stands at the top of a query (plain, `+` or joined by `AND`) is a
/// filter: values of one dimension widen each other (`actor:china actor:russia` is either), dimensions narrow
/// each other, and none changes a score. Two values of one dimension with `+` or `AND` are both needed.
/// Below `OR`, `NOT` or in a group it is a condition like others that adds nothing to the score. `as:` and `sure:` are
/// no filters of their own: wherever they stand, they say how an actor has to be named for all of the query.
///
/// # Limits
///
/// A query text is read up to [`Query::MAX_LENGTH`] bytes, has at most [`Query::MAX_CLAUSES`] words, phrases and
/// filters, and is nested at most [`Query::MAX_DEPTH`] deep; a `NEAR` has at most 32 operands. A pattern stands for the 128 nearest of its words, all patterns together for
/// 1,024; there may be 32 patterns, 64 conditions on facets in groups, and 4 likenesses. Of phrases and windows
/// the first 8 are always looked for, up to 256 of them as long as they look at few paragraphs. What is over is left out, and
/// a diagnostic says so.
///
/// # Examples
///
/// ```
/// use demarche::{Dimension, Query};
///
/// let typed = Query::new("\"open door\" actor:nato -georgia");
/// assert_eq!(typed.to_string(), "\"open door\" -georgia actor:nato");
/// assert_eq!(Query::new("\"open door\" -georgia").within(Dimension::Actor, "nato"), typed);
///
/// let odd = Query::new("sanctions \"gas exports");
/// assert_eq!(odd.diagnostics()[0].message(), "the quote is not closed");
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Query {
    clause: Clause,
    filters: Vec<Filter>,
    /// Which mentions name the actors of filters and counts.
    mentions: MentionChoice,
    #[serde(skip)]
    diagnostics: Vec<Diagnostic>,
    /// What was parsed.
    #[serde(skip)]
    text: Option<Arc<str>>,
    /// Whether a filter without a value was asked for.
    #[serde(skip)]
    left_out: bool,
}

/// A query as JSON may say it, which need not be in normal form.
#[derive(Deserialize)]
struct Written {
    clause: Clause,
    #[serde(default)]
    filters: Vec<Filter>,
    #[serde(default)]
    mentions: MentionChoice,
}

impl From<Written> for Query {
    fn from(Written { clause, filters, mentions }: Written) -> Query {
        let mut query = Query { mentions, ..Query::default() };
        filters.into_iter().for_each(|filter| query.add_filter(filter));
        (query.clause, query.filters) = normal::top_with(clause, query.filters);
        query
    }
}

/// Diagnostics, and where in a text a value stood, make no difference.
impl PartialEq for Query {
    fn eq(&self, other: &Query) -> bool {
        self.clause == other.clause && self.filters == other.filters && self.mentions == other.mentions
    }
}

impl Query {
    /// The most bytes of a query text that are read: enough for as many clauses as there may be.
    pub const MAX_LENGTH: usize = 1 << 16;
    /// The most words, phrases and filters that a query text may hold.
    pub const MAX_CLAUSES: usize = 1_024;
    /// How deep groups may be nested.
    pub const MAX_DEPTH: usize = 32;

    /// Reads a query; plain words ask for [any](Operator::Any) of them.
    pub fn new(text: &str) -> Query {
        Query::with_operator(text, Operator::Any)
    }

    /// Reads a query with a choice of what plain words ask for.
    pub fn with_operator(text: &str, operator: Operator) -> Query {
        parse::parse(text, operator)
    }

    /// Every paragraph.
    pub fn all() -> Query {
        Query::default()
    }

    /// Adds a filter on a facet: a path (`/state/CHN`) or any name of it (`Beijing`); values of one dimension
    /// widen each other. A blank value adds nothing. Default: no filter.
    pub fn within(mut self, dimension: Dimension, value: impl Into<String>) -> Query {
        self.add_filter(Filter::Facet { dimension, value: Given::new(value) });
        self
    }

    /// Adds a filter; one with a blank value, or a range without ends, adds nothing. Default: no filter.
    pub fn filter(mut self, filter: Filter) -> Query {
        self.add_filter(filter);
        self
    }

    /// Chooses which mentions make a paragraph name an actor: for every filter on an actor, wherever it stands in the
    /// query, and for the counts of actors. By default all do.
    ///
    /// An actor within [`Clause::Near`] is found at every mention.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{MentionChoice, MentionKind, Query};
    ///
    /// let no_metonyms = MentionChoice::all().without([MentionKind::Metonym]);
    /// let query = Query::new("sanctions actor:russia").mentions(no_metonyms);
    /// assert_eq!(query.to_string(), "sanctions actor:russia -as:metonym");
    /// ```
    pub fn mentions(mut self, choice: MentionChoice) -> Query {
        self.mentions = choice;
        self
    }

    /// Which mentions make a paragraph name an actor.
    pub fn mention_choice(&self) -> MentionChoice {
        self.mentions
    }

    /// The query with other clauses for those that stand for them.
    pub(super) fn replacing_likes(&self, likes: &[(Given, Clause)]) -> Query {
        Query { clause: self.clause.replacing_likes(likes), ..self.clone() }
    }

    /// The query with words written as they are meant.
    pub(super) fn corrected(&self, corrections: &[Correction]) -> Query {
        Query { clause: corrected(&self.clause, corrections), ..self.clone() }
    }

    /// Where a word stands in the text that was parsed; all of it when it cannot be told.
    pub(super) fn span_of(&self, word: &str) -> Span {
        let text = self.text.as_deref().unwrap_or_default();
        let found = words(text).find(|one| one.text == word).map(|one| one.span);
        let within = || text.find(word).map(|start| Span::new(start, start + word.len()));
        found.or_else(within).unwrap_or(self.span())
    }

    /// Whether it perhaps finds more than was meant: a text with nothing to look for finds every paragraph, and so does
    /// a filter without a value.
    pub(super) fn says_too_little(&self) -> bool {
        let says_nothing = self.text.as_ref().is_some_and(|text| !text.contains('*'))
            && self.clause == Clause::All
            && self.filters.is_empty();
        self.left_out || says_nothing
    }

    /// All of the text that was parsed; empty for a query that was built.
    pub(super) fn span(&self) -> Span {
        Span::new(0, self.text.as_ref().map_or(0, |text| text.len()))
    }

    fn add_filter(&mut self, filter: Filter) {
        match filter.checked() {
            Some(filter) if !self.filters.contains(&filter) => self.filters.push(filter),
            Some(_) => {}
            None => self.left_out = true,
        }
    }

    /// The part that ranks; [`Clause::All`] when there are only filters.
    pub fn clause(&self) -> &Clause {
        &self.clause
    }

    /// The filters, in the order given: OR inside a dimension, AND across.
    pub fn filters(&self) -> &[Filter] {
        &self.filters
    }

    /// What was odd about the text, in its order; empty for a query that was built.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The text with a `\` before each character that has a meaning in the query language, so that it
    /// is searched for as words.
    ///
    /// ```
    /// use demarche::{Query, Clause};
    ///
    /// assert_eq!(Query::escape("actor:china -only"), "actor\\:china \\-only");
    /// ```
    pub fn escape(text: &str) -> String {
        text.split_inclusive(char::is_whitespace).fold(String::with_capacity(text.len()), |mut escaped, piece| {
            let word = piece.trim_end();
            print::escape_word(word, &mut escaped);
            escaped.push_str(&piece[word.len()..]);
            escaped
        })
    }
}

impl From<Clause> for Query {
    /// A query that was built. Empty groups are dropped and groups of one are unwrapped, so that two
    /// ways to build the same thing are equal; a filter alone, or needed at the top, becomes a filter.
    fn from(clause: Clause) -> Query {
        let (clause, filters) = normal::top(clause);
        Query { clause, filters, ..Query::default() }
    }
}

impl From<&str> for Query {
    fn from(text: &str) -> Query {
        Query::new(text)
    }
}

impl From<String> for Query {
    fn from(text: String) -> Query {
        Query::new(&text)
    }
}

impl From<&String> for Query {
    fn from(text: &String) -> Query {
        Query::new(text)
    }
}

impl From<&Query> for Query {
    fn from(query: &Query) -> Query {
        query.clone()
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print::query(self, f)
    }
}
