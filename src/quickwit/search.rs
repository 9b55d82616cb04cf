//! A request in, the results out: the page of hits and the counts with one request, and one more for each
//! dimension that is both filtered and counted.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::FoundLine;
use super::client::Client;
use super::compile::{Compiled, Compiler};
use super::count::{Counted, aggregations};
use super::http::Failure;
use super::line::place;
use super::{facets, mapping, unsupported};
use crate::error::{Error, Result};
use crate::facet::Dimension;
use crate::search::{
    Cursor, Engine, Figures, HitMarker, Place, Request, Resolved, Results, Sort, Total, Window, WordWeights, resolve,
    suggestions, unknown,
};

/// The most hits that Quickwit gives at once.
const MAX_HITS: usize = 10_000;
/// Told from the fingerprints of an embedded index, whose orders are others.
const FINGERPRINT: u64 = 0x9e37_79b9_7f4a_7c15;

impl Client {
    /// Answers a request, which may be as little as the text of a query; [the module](crate::quickwit) says what differs
    /// from an embedded index.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the limit is not 1 to 10,000 or the cursor belongs to another request;
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) when Quickwit cannot answer it, or only approximately;
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) when the server cannot be reached, fails, or answers in part.
    pub fn search(&self, request: impl Into<Request>) -> Result<Results> {
        let request = request.into();
        request.check_values()?;
        let after = request.after.as_ref().map(|cursor| self.checked(cursor, &request)).transpose()?;
        // A field that is new is looked at here, or the answer would leave it out without a word.
        let Request {
            query,
            limit,
            dimensions,
            selections: _,
            sideways,
            timeline,
            passage_characters: _,
            highlight: _,
            ranking,
            sort,
            recency,
            per_document,
            after: _,
            explain,
        } = &request;
        if recency.is_some() {
            return Err(unsupported("weigh scores by date", "it has no functions of scores; order by date"));
        }
        if !query.mention_choice().is_all() {
            let reason = "its fields do not say which mention names which actor; filter on mention: for any of them";
            return Err(unsupported("choose the mentions that name an actor", reason));
        }
        if per_document.is_some() {
            return Err(unsupported("group hits by document", "it does not collapse hits; group a page of them"));
        }
        if *explain {
            return Err(unsupported("explain scores", "it does not say what its scores are made of"));
        }
        // What else a ranking weighs takes figures of documents, which Quickwit does not have.
        let languages = self.languages()?;
        let weights = WordWeights::new(query, &languages, ranking.function_words);
        let languages = languages.into_iter().map(|(language, _)| language);
        let compiled = Compiler::new(self, &self.inner.analyzers, languages, weights).compile(query)?;
        let mut dimensions = dimensions.clone();
        if timeline.is_some() && !dimensions.contains(&Dimension::Date) {
            dimensions.push(Dimension::Date);
        }
        let is_sideways = |of: &Dimension| *sideways && compiled.dimensions.iter().any(|(filtered, _)| filtered == of);
        let (aside, straight): (Vec<Dimension>, Vec<Dimension>) = dimensions.into_iter().partition(is_sideways);

        let whole = compiled.without(None);
        let mut body = json!({
            // One more than asked for tells whether there is a next page.
            "size": (limit + 1).min(MAX_HITS),
            "track_total_hits": true,
            "query": whole,
            "sort": order(*sort),
        });
        if !straight.is_empty() {
            body["aggs"] = aggregations(&straight);
        }
        if let Some(after) = after {
            body["search_after"] = json!([key_json(after.key, *sort), place(&after.document, after.ordinal)]);
        }
        let mut answer = self.search_request(&body)?;
        let mut total = Total { paragraphs: answer.total(), documents: None };
        let mut counted = BTreeMap::new();
        for &dimension in &straight {
            counted.insert(dimension, self.counted(&answer, &whole, dimension)?);
        }
        if total.paragraphs <= Client::COUNTED_PARAGRAPHS {
            total.documents = self.count_documents(&whole, &straight, &mut counted)?;
        }
        for &dimension in &aside {
            self.count_sideways(&compiled, dimension, &mut counted)?;
        }
        let (hits, next) = self.hits(answer.take_hits(), &request)?;
        let (facets, timeline) = facets::facets(&self.inner.annotator, &request, counted);
        let (query, diagnostics) = (query.to_string(), compiled.diagnostics);
        Ok(Results { query, diagnostics, did_you_mean: None, total, hits, groups: Vec::new(), next, facets, timeline })
    }

    /// Counts a dimension as if its own filter were off.
    fn count_sideways(
        &self,
        compiled: &Compiled,
        dimension: Dimension,
        counted: &mut BTreeMap<Dimension, Counted>,
    ) -> Result<()> {
        let query = compiled.without(Some(dimension));
        let aggs = aggregations(&[dimension]);
        let body = json!({"size": 0, "track_total_hits": true, "query": query, "aggs": aggs});
        let answer = self.search_request(&body)?;
        counted.insert(dimension, self.counted(&answer, &query, dimension)?);
        if answer.total() <= Client::COUNTED_PARAGRAPHS {
            self.count_documents(&query, &[dimension], counted)?;
        }
        Ok(())
    }

    fn hits(&self, mut found: Vec<FoundLine>, request: &Request) -> Result<(Vec<crate::search::Hit>, Option<Cursor>)> {
        let more = found.len() > request.limit || (request.limit == MAX_HITS && found.len() == MAX_HITS);
        found.truncate(request.limit);
        let mut marker =
            HitMarker::new(&self.inner.annotator, &self.inner.analyzers, &request.query, request.passage_characters)
                .highlight(request.highlight);
        let mut hits = Vec::with_capacity(found.len());
        let mut last_key = 0.0;
        for line in found {
            let key = line.sort.first().and_then(Value::as_f64).ok_or_else(|| {
                let failure = Failure::unusable("a hit comes without what it was ordered by");
                failure.into_error("searching", &self.search_url())
            })?;
            last_key = key as f32;
            let score = if request.sort == Sort::Relevance { last_key } else { 0.0 };
            hits.push(marker.hit(score, self.stored(&line.source.stored)?));
        }
        let next = hits.last().filter(|_| more).map(|hit| {
            Cursor(Box::new(Place {
                request: request.fingerprint() ^ FINGERPRINT,
                key: last_key,
                document: hit.document.clone(),
                ordinal: hit.ordinal,
                window: Window::None,
                inside: false,
                expansion: Vec::new(),
                // The cluster has figures of its own; a place without any is refused as forged.
                figures: Figures::of(1),
            }))
        });
        Ok((hits, next))
    }

    fn checked<'a>(&self, cursor: &'a Cursor, request: &Request) -> Result<&'a Place> {
        if cursor.0.request == request.fingerprint() ^ FINGERPRINT {
            return Ok(&cursor.0);
        }
        let reason = "it belongs to another query, other filters, another order or another engine";
        Err(Error::value("cursor", cursor.to_string(), reason))
    }

    /// Looks up what a value of a dimension stands for, as a query does: a path, an id or any name of it.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when neither the gazetteer or taxonomy nor the index knows it; the message says
    /// what was perhaps meant. [`ErrorKind::Service`](crate::ErrorKind::Service) when the index had to be asked and did
    /// not answer.
    pub fn resolve(&self, dimension: Dimension, given: &str) -> Result<Resolved> {
        let resolved = resolve(self, dimension, given)?;
        resolved.ok_or_else(|| unknown(dimension, given, &suggestions(&self.inner.annotator, dimension, given)))
    }
}

impl Engine for Client {
    fn search(&self, request: Request) -> Result<Results> {
        Client::search(self, request)
    }

    fn document(&self, id: &str) -> Result<Option<crate::document::Document>> {
        Client::document(self, id)
    }

    fn resolve(&self, dimension: Dimension, given: &str) -> Result<Resolved> {
        Client::resolve(self, dimension, given)
    }
}

/// What hits are ordered by: at most two numbers, the second for those that tie.
fn order(sort: Sort) -> Value {
    let first = match sort {
        Sort::Relevance => json!({"_score": {"order": "desc"}}),
        Sort::Newest => json!({mapping::NEWEST: {"order": "desc"}}),
        Sort::Oldest => json!({mapping::OLDEST: {"order": "asc"}}),
    };
    json!([first, {mapping::PLACE: {"order": "asc"}}])
}

/// What a hit was ordered by, as Quickwit wrote it: scores are floating-point numbers, days whole ones.
fn key_json(key: f32, sort: Sort) -> Value {
    match sort {
        Sort::Relevance => f64::from(key).into(),
        Sort::Newest | Sort::Oldest => (key as u64).into(),
    }
}
