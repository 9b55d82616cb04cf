//! What answers requests, whichever it is.

use std::fmt::Debug;

use super::request::Request;
use super::resolve::{Resolved, meant};
use super::results::Results;
use super::searcher::Searcher;
use crate::document::Document;
use crate::error::Result;
use crate::facet::Dimension;
use crate::index::Index;

/// What answers requests: an embedded [`Index`] or an index on a cluster, so that an application can hold either.
///
/// An [`Index`] answers each request from its newest commit, a [`Searcher`] all of them from its own.
///
/// # Examples
///
/// ```
/// use demarche::{Engine, Index, Request};
///
/// let engine: Box<dyn Engine> = Box::new(Index::in_memory()?);
/// assert_eq!(engine.search(Request::new("nato"))?.total.paragraphs, 0);
/// # Ok::<(), demarche::Error>(())
/// ```
pub trait Engine: Debug + Send + Sync {
    /// Answers a request.
    ///
    /// # Errors
    ///
    /// Those of the engine: [`Searcher::search`](crate::Searcher::search), or that of the cluster's client.
    fn search(&self, request: Request) -> Result<Results>;

    /// The document with this id as it was added; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`is_storage`](crate::Error::is_storage) when the engine fails.
    fn document(&self, id: &str) -> Result<Option<Document>>;

    /// Looks up what a value of a dimension stands for, as a query does: a path, an id or any name of it.
    ///
    /// # Errors
    ///
    /// [`is_input`](crate::Error::is_input) when nothing is known by it; the message says what was perhaps meant.
    fn resolve(&self, dimension: Dimension, given: &str) -> Result<Resolved>;
}

impl Engine for Index {
    fn search(&self, request: Request) -> Result<Results> {
        self.searcher()?.search(request)
    }

    fn document(&self, id: &str) -> Result<Option<Document>> {
        self.searcher()?.document(id)
    }

    fn resolve(&self, dimension: Dimension, given: &str) -> Result<Resolved> {
        Index::resolve(self, dimension, given)
    }
}

impl Engine for Searcher {
    fn search(&self, request: Request) -> Result<Results> {
        Searcher::search(self, request)
    }

    fn document(&self, id: &str) -> Result<Option<Document>> {
        Searcher::document(self, id)
    }

    fn resolve(&self, dimension: Dimension, given: &str) -> Result<Resolved> {
        meant(&self.index, &self.tantivy, dimension, given)
    }
}
