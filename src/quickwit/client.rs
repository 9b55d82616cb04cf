//! A client of one index on Quickwit.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use ureq::http::Method;

use super::answer::{self, CountAnswer, SearchAnswer};
use super::http::{Body, Failure, Http};
use super::loader::Loader;
use super::mapping::{self, index_config};
use super::vocabulary::Values;
use crate::annotate::Annotator;
use crate::document::Document;
use crate::error::{Error, Result};
use crate::index::AnalyzerPool;
use crate::index::stored::StoredParagraph;

/// Speaks to one index on Quickwit. Cloning is cheap, and clones share their connections.
///
/// # Examples
///
/// ```
/// use demarche::quickwit::Client;
///
/// let client = Client::new("http://127.0.0.1:7280/speeches")?;
/// assert_eq!(client.index_id(), "speeches");
/// assert!(Client::new("http://127.0.0.1:7280").is_err(), "it does not say which index");
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    base: String,
    index_id: String,
    http: Http,
    pub(super) visible_within: Duration,
    pub(super) annotator: Annotator,
    pub(super) analyzers: AnalyzerPool,
    pub(super) values: Values,
}

/// Sets up a [`Client`].
#[derive(Debug, Clone)]
pub struct ClientBuilder {
    url: String,
    annotator: Option<Annotator>,
    timeout: Duration,
    attempts: u32,
    visible_within: Duration,
}

impl ClientBuilder {
    /// Resolves `actor:` and `topic:` with this annotator, and labels their counts. By default, with the built-in one.
    pub fn annotator(&mut self, annotator: Annotator) -> &mut ClientBuilder {
        self.annotator = Some(annotator);
        self
    }

    /// How long one request may take, from connecting to the last byte of the answer. By default, 60 seconds.
    pub fn timeout(&mut self, timeout: Duration) -> &mut ClientBuilder {
        self.timeout = timeout;
        self
    }

    /// How often a request is sent at most while the server cannot be reached, is busy or breaks off; the waits
    /// between double from 0.1 seconds to 10, or are what the server asks for. By default, 5 times.
    pub fn attempts(&mut self, attempts: u32) -> &mut ClientBuilder {
        self.attempts = attempts;
        self
    }

    /// How long [`Loader::finish`] waits for what was accepted to be found. An index of
    /// [`index_config`](super::index_config) commits every 5 seconds; the rest is for a busy cluster. By default, 2
    /// minutes.
    pub fn visible_within(&mut self, time: Duration) -> &mut ClientBuilder {
        self.visible_within = time;
        self
    }

    /// Makes the client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// As [`Client::new`].
    pub fn build(&self) -> Result<Client> {
        let refuse = |reason: &str| Err(Error::value("Quickwit URL", &self.url, reason));
        let url = self.url.trim().trim_end_matches('/');
        let Some((scheme, rest)) = url.split_once("://") else {
            return refuse("expected http://HOST:PORT/INDEX");
        };
        match scheme {
            "http" => {}
            "https" if cfg!(feature = "quickwit-tls") => {}
            "https" => return refuse("https takes the feature quickwit-tls"),
            _ => return refuse("expected http:// or https://"),
        }
        let Some((host, index_id)) = rest.rsplit_once('/').filter(|(host, _)| !host.is_empty()) else {
            return refuse("expected the index id after the address: http://HOST:PORT/INDEX");
        };
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let begins = index_id.starts_with(|c: char| c.is_ascii_alphabetic());
        if !begins || !(3..=255).contains(&index_id.len()) || !index_id.chars().all(is_part) {
            return refuse("expected an index id of 3 to 255 letters, digits, '-', '_' and '.', a letter first");
        }
        Ok(Client {
            inner: Arc::new(Inner {
                base: format!("{scheme}://{host}"),
                index_id: index_id.to_owned(),
                http: Http::new(self.timeout, self.attempts),
                visible_within: self.visible_within,
                annotator: self.annotator.clone().unwrap_or_default(),
                analyzers: AnalyzerPool::default(),
                values: Values::default(),
            }),
        })
    }
}

impl Client {
    /// Up to how many paragraphs found the distinct documents among them are counted.
    pub const COUNTED_PARAGRAPHS: u64 = 1_000;

    /// A client of an index by its URL, `http://HOST:PORT/INDEX`, with the defaults; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the URL is not of that form.
    pub fn new(url: &str) -> Result<Client> {
        Client::builder(url).build()
    }

    /// Starts from an index's URL and the defaults.
    pub fn builder(url: &str) -> ClientBuilder {
        ClientBuilder {
            url: url.to_owned(),
            annotator: None,
            timeout: Duration::from_secs(60),
            attempts: 5,
            visible_within: Duration::from_secs(120),
        }
    }

    /// The id of the index.
    pub fn index_id(&self) -> &str {
        &self.inner.index_id
    }

    /// Whether the node that the client speaks to is ready to answer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) when it cannot be reached.
    pub fn is_ready(&self) -> Result<bool> {
        let url = format!("{}/health/readyz", self.inner.base);
        match self.inner.http.once(Method::GET, &url, Body::Nothing) {
            Ok(_) => Ok(true),
            Err(failure) if failure.status == Some(503) => Ok(false),
            Err(failure) => Err(failure.into_error("asking whether it is ready", &url)),
        }
    }

    /// Whether the index exists.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) when the server cannot be reached or fails.
    pub fn exists(&self) -> Result<bool> {
        let url = self.index_url();
        match self.inner.http.attempt(Method::GET, &url, Body::Nothing) {
            Ok(_) => Ok(true),
            Err(failure) if failure.status == Some(404) => Ok(false),
            Err(failure) => Err(failure.into_error("looking for an index", &url)),
        }
    }

    /// Creates the index, empty.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) when there is one of this id already, or when the server
    /// cannot be reached or fails.
    pub fn create(&self) -> Result<()> {
        let url = format!("{}/api/v1/indexes", self.inner.base);
        let config = index_config(&self.inner.index_id);
        // Once: sent again after it was carried out, it would be refused.
        self.once("creating an index", Method::POST, &url, Body::Json(&config)).map(drop)
    }

    /// Drops every paragraph of the index.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) when there is no such index, or when the server cannot be
    /// reached or fails.
    pub fn clear(&self) -> Result<()> {
        let url = format!("{}/clear", self.index_url());
        self.once("clearing an index", Method::PUT, &url, Body::Nothing).map(drop)
    }

    /// Drops the index.
    ///
    /// # Errors
    ///
    /// As [`clear`](Client::clear).
    pub fn drop_index(&self) -> Result<()> {
        let url = self.index_url();
        self.once("dropping an index", Method::DELETE, &url, Body::Nothing).map(drop)
    }

    /// Starts to load documents.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) when there is no such index, or when the server cannot be
    /// reached or fails.
    pub fn loader(&self) -> Result<Loader> {
        Loader::start(self.clone())
    }

    /// The document with this id as it was loaded, with its sections and repair ledger; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) when the server cannot be reached, fails, or answers in part.
    pub fn document(&self, id: &str) -> Result<Option<Document>> {
        const PAGE: usize = 1_000;
        let mut newest = 0;
        let mut paragraphs: Vec<StoredParagraph> = Vec::new();
        let mut after: Option<Value> = None;
        loop {
            let mut body = json!({
                "size": PAGE,
                "track_total_hits": true,
                "query": {"bool": {"filter": [{"terms": {mapping::DOCUMENT: [id]}}]}},
                // Of a document that is being replaced, the new paragraphs come first.
                "sort": [{mapping::GENERATION: {"order": "desc"}}, {mapping::ORDINAL: {"order": "asc"}}],
            });
            if let Some(after) = after.take() {
                body["search_after"] = after;
            }
            let found = self.search_request(&body)?.take_hits();
            let is_last = found.len() < PAGE;
            for line in found {
                if line.source.generation < newest {
                    return Ok(StoredParagraph::assemble(paragraphs));
                }
                newest = line.source.generation;
                after = Some(line.sort.into());
                let stored = self.stored(&line.source.stored)?;
                // A batch that was sent twice is there twice until it is deleted.
                if paragraphs.last().is_none_or(|last| last.paragraph.ordinal != stored.paragraph.ordinal) {
                    paragraphs.push(stored);
                }
            }
            if is_last {
                return Ok(StoredParagraph::assemble(paragraphs));
            }
        }
    }

    pub(super) fn stored(&self, json: &str) -> Result<StoredParagraph> {
        let failed =
            |error: serde_json::Error| Failure::unusable(format!("a stored paragraph cannot be read: {error}"));
        serde_json::from_str(json).map_err(|error| failed(error).into_error("searching", &self.search_url()))
    }

    /// Searches in the Elasticsearch-compatible language.
    pub(super) fn search_request(&self, body: &Value) -> Result<SearchAnswer> {
        let url = self.search_url();
        let answer = self.inner.http.call("searching", Method::POST, &url, Body::Json(body))?;
        SearchAnswer::read(&answer).map_err(|failure| failure.into_error("searching", &url))
    }

    /// How many lines a query in Quickwit's own language matches.
    pub(super) fn count_request(&self, query: &str) -> Result<u64> {
        const DOING: &str = "counting what was loaded";
        let url = format!("{}/api/v1/{}/search", self.inner.base, self.inner.index_id);
        let body = json!({"query": query, "max_hits": 0});
        let answer = self.inner.http.call(DOING, Method::POST, &url, Body::Json(&body))?;
        let answer: CountAnswer = answer::read(&answer).map_err(|failure| failure.into_error(DOING, &url))?;
        if let Some(error) = answer.errors.first() {
            let partial = Failure::unusable(format!("the answer is partial: {error}"));
            return Err(partial.into_error(DOING, &url));
        }
        Ok(answer.num_hits)
    }

    /// Asks for everything that a query in Quickwit's own language matches to be deleted.
    pub(super) fn delete_request(&self, query: &str) -> Result<()> {
        let url = format!("{}/api/v1/{}/delete-tasks", self.inner.base, self.inner.index_id);
        let body = json!({"query": query});
        self.inner.http.call("deleting", Method::POST, &url, Body::Json(&body)).map(drop)
    }

    /// Sends compressed lines once.
    pub(super) fn ingest_request(&self, lines: &[u8], commit: &str) -> Result<String, Failure> {
        self.inner.http.once(Method::POST, &self.ingest_url(commit), Body::Lines(lines))
    }

    pub(super) fn ingest_url(&self, commit: &str) -> String {
        let Inner { base, index_id, .. } = &*self.inner;
        format!("{base}/api/v1/{index_id}/ingest?commit={commit}&detailed_response=true")
    }

    pub(super) fn attempts(&self) -> u32 {
        self.inner.http.attempts()
    }

    fn once(&self, doing: &'static str, method: Method, url: &str, body: Body<'_>) -> Result<String> {
        self.inner.http.once(method, url, body).map_err(|failure| failure.into_error(doing, url))
    }

    fn index_url(&self) -> String {
        format!("{}/api/v1/indexes/{}", self.inner.base, self.inner.index_id)
    }

    pub(super) fn search_url(&self) -> String {
        let Inner { base, index_id, .. } = &*self.inner;
        // By default a part that fails is left out of the answer without a word.
        format!("{base}/api/v1/_elastic/{index_id}/_search?allow_partial_search_results=false")
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.inner.base)
            .field("index_id", &self.inner.index_id)
            .finish_non_exhaustive()
    }
}
