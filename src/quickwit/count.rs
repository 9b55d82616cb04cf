//! Counts of the values of dimensions, from the counts that Quickwit makes of the values of fields.
//!
//! Every paragraph lists each of its values with all that stand above it, so the count of a value is the number of
//! paragraphs in its subtree, each once.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::answer::{self, SearchAnswer, Terms};
use super::client::Client;
use super::http::Failure;
use super::{mapping, unsupported};
use crate::error::{ErrorKind, Result};
use crate::facet::{Dimension, FacetPath};
use crate::search::NodeCounts;

/// The most values of a field that are counted at once. Quickwit counts exactly while it returns all; its nodes
/// refuse to return more than 65,000 for one request.
pub(super) const MAX_VALUES: usize = 10_000;
/// How many nodes' children are asked for at once.
const NODES_AT_ONCE: usize = 40;
/// The name that the counts of paragraphs with any value, by dimension, are asked for by.
const HAVING: &str = "having";
/// The name that documents are asked for by.
const DOCUMENTS: &str = "documents";

/// Counts of one dimension.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// Paragraphs counted.
    pub(super) paragraphs: u64,
    /// Those of them that have no value in the dimension.
    pub(super) missing: u64,
    pub(super) nodes: BTreeMap<FacetPath, NodeCounts>,
    /// Whether documents are counted.
    pub(super) documents: bool,
}

/// What has to be asked for, to count dimensions.
pub(super) fn aggregations(dimensions: &[Dimension]) -> Value {
    let mut asked = Map::new();
    asked.insert(HAVING.to_owned(), terms(mapping::DIMENSIONS, None));
    for &dimension in dimensions {
        let (field, direct) = (mapping::facet_field(dimension), mapping::direct_field(dimension));
        asked.insert(field.to_owned(), terms(field, None));
        asked.insert(direct.to_owned(), terms(direct, None));
    }
    asked.into()
}

fn terms(field: &str, include: Option<&str>) -> Value {
    let mut terms = json!({"field": field, "size": MAX_VALUES, "shard_size": MAX_VALUES});
    if let Some(include) = include {
        terms["include"] = include.into();
    }
    json!({"terms": terms})
}

impl Client {
    /// The counts of a dimension from the answer to a query that asked for its [`aggregations`].
    pub(super) fn counted(&self, answer: &SearchAnswer, query: &Value, dimension: Dimension) -> Result<Counted> {
        let (field, direct) = (mapping::facet_field(dimension), mapping::direct_field(dimension));
        let having = self.terms(answer, HAVING)?;
        if !having.is_whole() {
            return Err(self.unusable(Failure::unusable("not every dimension is counted")));
        }
        let having = having.buckets.iter().find(|bucket| bucket.key == dimension.as_str());
        let mut counted = Counted { paragraphs: answer.total(), ..Counted::default() };
        counted.missing = counted.paragraphs.saturating_sub(having.map_or(0, |bucket| bucket.doc_count));
        let (counts, directs) = (self.terms(answer, field)?, self.terms(answer, direct)?);
        if counts.is_whole() && directs.is_whole() {
            self.add(counts, &mut counted, |node| &mut node.count)?;
            self.add(directs, &mut counted, |node| &mut node.direct)?;
        } else {
            self.count_by_level(query, dimension, &mut counted)?;
        }
        Ok(counted)
    }

    /// Counts a dimension that has too many values for one answer, the children of each node by themselves.
    fn count_by_level(&self, query: &Value, dimension: Dimension, counted: &mut Counted) -> Result<()> {
        let (field, direct) = (mapping::facet_field(dimension), mapping::direct_field(dimension));
        // An empty prefix is that of the topmost nodes.
        let mut prefixes = vec![String::new()];
        while !prefixes.is_empty() {
            let mut below = Vec::new();
            for prefixes in prefixes.chunks(NODES_AT_ONCE) {
                let mut asked = Map::new();
                for (number, prefix) in prefixes.iter().enumerate() {
                    let children = format!("{}[^/]+", escaped(prefix));
                    asked.insert(format!("count-{number}"), terms(field, Some(&children)));
                    asked.insert(format!("direct-{number}"), terms(direct, Some(&children)));
                }
                let body = json!({"size": 0, "track_total_hits": true, "query": query, "aggs": asked});
                let answer = self.search_request(&body)?;
                for (number, prefix) in prefixes.iter().enumerate() {
                    let counts = self.terms(&answer, &format!("count-{number}"))?;
                    let directs = self.terms(&answer, &format!("direct-{number}"))?;
                    if !counts.is_whole() || !directs.is_whole() {
                        let reason = format!("more than {MAX_VALUES} values stand side by side below \"/{prefix}\"");
                        return Err(unsupported(format!("count the dimension {dimension} exactly"), reason));
                    }
                    below.extend(counts.buckets.iter().map(|bucket| format!("{}/", bucket.key)));
                    self.add(counts, counted, |node| &mut node.count)?;
                    self.add(directs, counted, |node| &mut node.direct)?;
                }
            }
            // A plain list has one level.
            prefixes = if direct == field { Vec::new() } else { below };
        }
        Ok(())
    }

    /// Counts distinct documents: how many there are, and in how many each node of the dimensions is. `None` where
    /// Quickwit refuses, because the documents have too many values.
    pub(super) fn count_documents(
        &self,
        query: &Value,
        dimensions: &[Dimension],
        counted: &mut BTreeMap<Dimension, Counted>,
    ) -> Result<Option<u64>> {
        let mut inner = Map::new();
        for &dimension in dimensions {
            let field = mapping::facet_field(dimension);
            inner.insert(field.to_owned(), terms(field, None));
        }
        let most = Client::COUNTED_PARAGRAPHS;
        let mut documents = json!({"terms": {"field": mapping::DOCUMENT, "size": most, "shard_size": most}});
        if !inner.is_empty() {
            documents["aggs"] = inner.into();
        }
        let body = json!({"size": 0, "track_total_hits": true, "query": query, "aggs": {DOCUMENTS: documents}});
        let answer = match self.search_request(&body) {
            Ok(answer) => answer,
            Err(error) if matches!(error.kind(), ErrorKind::Service { status: Some(_), .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let documents = self.terms(&answer, DOCUMENTS)?;
        if !documents.is_whole() {
            return Ok(None);
        }
        let total = documents.buckets.len() as u64;
        for &dimension in dimensions {
            let Some(counted) = counted.get_mut(&dimension) else { continue };
            counted.documents = true;
            for document in &documents.buckets {
                let nodes = answer::terms(&document.inner, mapping::facet_field(dimension));
                let nodes = nodes.map_err(|failure| self.unusable(failure))?;
                counted.documents &= nodes.is_whole();
                for bucket in nodes.buckets {
                    if let Some(node) = counted.nodes.get_mut(&self.path(&bucket.key)?) {
                        node.documents += 1;
                    }
                }
            }
        }
        Ok(Some(total))
    }

    fn add(&self, terms: Terms, counted: &mut Counted, of: fn(&mut NodeCounts) -> &mut u64) -> Result<()> {
        for bucket in terms.buckets {
            *of(counted.nodes.entry(self.path(&bucket.key)?).or_default()) += bucket.doc_count;
        }
        Ok(())
    }

    fn path(&self, key: &str) -> Result<FacetPath> {
        FacetPath::new(format!("/{key}"))
            .map_err(|error| self.unusable(Failure::unusable(format!("a counted value is no path: {error}"))))
    }

    fn terms(&self, answer: &SearchAnswer, name: &str) -> Result<Terms> {
        answer.terms(name).map_err(|failure| self.unusable(failure))
    }

    fn unusable(&self, failure: Failure) -> crate::error::Error {
        failure.into_error("counting", &self.search_url())
    }
}

/// A text as a regular expression that matches it alone.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() && !matches!(c, '/' | '_' | '-' | ',' | ':') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}
