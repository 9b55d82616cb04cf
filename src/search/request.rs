//! What a search is asked for.

use super::query::Query;
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
    pub(crate) passage_characters: usize,
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
            passage_characters: 320,
        }
    }

    /// How many hits are wanted, 1 to [`MAX_LIMIT`](Request::MAX_LIMIT); by default 10.
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

    /// About how long a passage may be, in characters; by default 320. A longer sentence is kept whole.
    pub fn passage_characters(mut self, characters: usize) -> Request {
        self.passage_characters = characters;
        self
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.limit == 0 || self.limit > Request::MAX_LIMIT {
            return Err(Error::value("limit", self.limit.to_string(), "expected 1 to 10000"));
        }
        Ok(())
    }
}

impl<Q: Into<Query>> From<Q> for Request {
    fn from(query: Q) -> Request {
        Request::new(query)
    }
}
