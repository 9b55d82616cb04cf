//! What a search is asked for.

use std::collections::BTreeMap;

use super::cursor::Cursor;
use super::facet::{FacetSelection, Interval, Periods};
use super::order::{Recency, Sort};
use super::query::Query;
use super::rank::{Ranking, Start};
use super::statistics::fnv1a;
use super::top::{Position, Unit};
use crate::date::Date;
use crate::error::{Error, Result};
use crate::facet::Dimension;

/// A query with how much of the answer is wanted.
///
/// Anything that is a [`Query`] is a request with the defaults, so `searcher.search("nato enlargement")`
/// works.
///
/// # Examples
///
/// ```
/// use demarche::{Dimension, Request};
///
/// let request = Request::new("nato enlargement").limit(3).count([Dimension::Actor, Dimension::Author]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub(crate) query: Query,
    pub(crate) limit: usize,
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) selections: BTreeMap<Dimension, FacetSelection>,
    pub(crate) sideways: bool,
    pub(crate) timeline: Option<Periods>,
    pub(crate) passage_characters: usize,
    pub(crate) highlight: bool,
    pub(crate) ranking: Ranking,
    pub(crate) sort: Sort,
    pub(crate) recency: Option<Recency>,
    pub(crate) per_document: Option<usize>,
    pub(crate) after: Option<Cursor>,
    pub(crate) explain: bool,
}

impl Request {
    /// The most hits one request can ask for.
    pub const MAX_LIMIT: usize = 10_000;

    /// A request with the defaults: 10 hits, counts of actors and topics, passages of about 320 characters.
    pub fn new(query: impl Into<Query>) -> Request {
        Request {
            query: query.into(),
            limit: 10,
            dimensions: vec![Dimension::Actor, Dimension::Topic],
            selections: BTreeMap::new(),
            sideways: true,
            timeline: None,
            passage_characters: 320,
            highlight: true,
            ranking: Ranking::default(),
            sort: Sort::Relevance,
            recency: None,
            per_document: None,
            after: None,
            explain: false,
        }
    }

    /// How many hits are wanted, 1 to [`MAX_LIMIT`](Request::MAX_LIMIT); by default 10. With
    /// [`group`](Request::group), how many documents.
    pub fn limit(mut self, limit: usize) -> Request {
        self.limit = limit;
        self
    }

    /// Which dimensions are counted; by default actors and topics. Counting none is faster.
    pub fn count(mut self, dimensions: impl IntoIterator<Item = Dimension>) -> Request {
        self.dimensions = dimensions.into_iter().collect();
        self.dimensions.sort_unstable();
        self.dimensions.dedup();
        self
    }

    /// Counts a dimension and shows these of its nodes. By default, all nodes of a counted dimension are shown.
    pub fn facet(mut self, dimension: Dimension, shown: FacetSelection) -> Request {
        if let Err(place) = self.dimensions.binary_search(&dimension) {
            self.dimensions.insert(place, dimension);
        }
        self.selections.insert(dimension, shown);
        self
    }

    /// Whether a filtered dimension is counted as if its own filter were off. By default, it is, so that the
    /// siblings of what was chosen do not vanish; otherwise its counts are those of the paragraphs found.
    pub fn sideways(mut self, yes: bool) -> Request {
        self.sideways = yes;
        self
    }

    /// Counts over time as well, in periods of this length. By default, it does not.
    pub fn timeline(mut self, interval: Interval) -> Request {
        self.timeline = Some(Periods::Of(interval));
        self
    }

    /// Counts over time as well, in at most so many periods: days, months, quarters or years, the shortest of them that
    /// do and that most of the dates are as precise as. Years may be more. By default, it does not.
    pub fn periods(mut self, most: usize) -> Request {
        self.timeline = Some(Periods::AtMost(most));
        self
    }

    /// About how long a passage may be, in characters; by default 320. A longer sentence is kept whole.
    pub fn passage_characters(mut self, characters: usize) -> Request {
        self.passage_characters = characters;
        self
    }

    /// Whether what matched is marked and the passage is chosen by it, which by default it is. Otherwise hits have no
    /// highlights and their passage is how the paragraph begins, which is faster.
    pub fn highlight(mut self, yes: bool) -> Request {
        self.highlight = yes;
        self
    }

    /// How scores are made; by default [`Ranking::default`].
    pub fn ranking(mut self, ranking: Ranking) -> Request {
        self.ranking = ranking;
        self
    }

    /// What comes first; by default [`Sort::Relevance`].
    pub fn sort(mut self, sort: Sort) -> Request {
        self.sort = sort;
        self
    }

    /// Multiplies scores by ½ for every so many days that a document is older than `as_of`; newer ones keep
    /// their scores, and those without a date count as one half-life old. By default age makes no difference.
    ///
    /// An order by half-life depends little on `as_of` (the factors all change by the same), so keep it fixed
    /// while a user leafs through pages.
    pub fn recency(mut self, half_life_days: f64, as_of: Date) -> Request {
        self.recency = Some(Recency { half_life_days, as_of });
        self
    }

    /// Groups the hits by document: documents by all that speaks for them (see [`Ranking::documents`]; with
    /// [`Ranking::bm25`], by their best paragraph) or by date, and of each at most `paragraphs` paragraphs, the best
    /// first, 1 to 100. By default hits are not grouped.
    ///
    /// [`Results::groups`](crate::Results::groups) says which hits are of which document. It is exact: whether a
    /// document is among the best does not depend on how many paragraphs of it are shown.
    pub fn group(mut self, paragraphs: usize) -> Request {
        self.per_document = Some(paragraphs);
        self
    }

    /// Begins after the last hit of another page: [`Results::next`](crate::Results::next) of it. By default
    /// the first hit is the best.
    pub fn after(mut self, cursor: Cursor) -> Request {
        self.after = Some(cursor);
        self
    }

    /// Whether every hit explains its score; by default not.
    pub fn explain(mut self, explain: bool) -> Request {
        self.explain = explain;
        self
    }

    /// What is ordered.
    pub(crate) fn unit(&self) -> Unit {
        if self.per_document.is_some() { Unit::Document } else { Unit::Paragraph }
    }

    /// What the order begins after.
    pub(crate) fn start(&self) -> Option<Start<'_>> {
        let place = &*self.after.as_ref()?.0;
        let after = Position { key: place.key, document: &place.document, ordinal: place.ordinal };
        Some(Start { after, window: &place.window, inside: place.inside, expansion: &place.expansion })
    }

    /// A number that is the same for requests whose pages belong together.
    pub(crate) fn fingerprint(&self) -> u64 {
        let recency = self.recency.map(|recency| (recency.half_life_days.to_bits(), recency.as_of.day_number()));
        let text =
            format!("{}\n{:?} {recency:?} {} {}", self.query, self.sort, self.per_document.is_some(), self.ranking);
        fnv1a(text.bytes())
    }

    pub(crate) fn check(&self) -> Result<()> {
        if let Some(cursor) = &self.after
            && cursor.0.request != self.fingerprint()
        {
            let reason = "it belongs to another query, other filters, another order or ranking";
            return Err(Error::value("cursor", cursor.to_string(), reason));
        }
        self.check_values()
    }

    /// Checks all but the cursor.
    pub(crate) fn check_values(&self) -> Result<()> {
        if let Some(recency) = self.recency
            && !(recency.half_life_days.is_finite() && recency.half_life_days > 0.0)
        {
            return Err(Error::value("half-life", recency.half_life_days.to_string(), "expected days, more than 0"));
        }
        if let Some(paragraphs) = self.per_document
            && !(1..=100).contains(&paragraphs)
        {
            return Err(Error::value("paragraphs of a group", paragraphs.to_string(), "expected 1 to 100"));
        }
        if self.limit == 0 || self.limit > Request::MAX_LIMIT {
            return Err(Error::value("limit", self.limit.to_string(), "expected 1 to 10000"));
        }
        self.ranking.check()
    }
}

impl<Q: Into<Query>> From<Q> for Request {
    fn from(query: Q) -> Request {
        Request::new(query)
    }
}
