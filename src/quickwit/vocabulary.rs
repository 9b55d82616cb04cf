//! What names of a query can mean, as far as the index has to be asked.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

use super::client::Client;
use super::count::MAX_VALUES;
use super::line::value_of;
use super::{mapping, unsupported};
use crate::annotate::Annotator;
use crate::document::Language;
use crate::error::Result;
use crate::facet::{Dimension, FacetPath};
use crate::search::Vocabulary;

/// How long the values of a dimension are held to be known. What is loaded is found after seconds anyway, and
/// listing the values reads a whole column of the index.
const KEPT: Duration = Duration::from_secs(60);

/// The values of plain dimensions, as they were asked for last.
#[derive(Debug, Default)]
pub(super) struct Values {
    known: Mutex<HashMap<Dimension, Known>>,
}

#[derive(Debug, Clone)]
struct Known {
    asked: Instant,
    /// Paragraphs in the index.
    paragraphs: u64,
    /// Each value with its paragraphs.
    values: Vec<(String, u64)>,
}

impl Values {
    /// Forgets all; after a load they are others.
    pub(super) fn forget(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Client {
    /// The languages that words of a query are read in, with their shares of the paragraphs: English, and those of the
    /// documents; one that does not say is taken for English.
    pub(super) fn languages(&self) -> Result<Vec<(Language, f32)>> {
        let Known { paragraphs, values, .. } = self.known(Dimension::Language)?;
        let mut rest = paragraphs;
        let mut counts = BTreeMap::from([(Language::ENGLISH, 0)]);
        for (code, count) in &values {
            let Some(language) = Language::new(code) else { continue };
            *counts.entry(language).or_default() += count;
            rest = rest.saturating_sub(*count);
        }
        *counts.entry(Language::ENGLISH).or_default() += rest;
        let all = paragraphs.max(1) as f32;
        Ok(counts.into_iter().map(|(language, count)| (language, count as f32 / all)).collect())
    }

    /// The values of a dimension, from the index or as they were a short while ago.
    fn known(&self, dimension: Dimension) -> Result<Known> {
        let lock = || self.inner.values.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&dimension)
            && known.asked.elapsed() < KEPT
        {
            return Ok(known.clone());
        }
        let field = mapping::direct_field(dimension);
        let body = json!({
            "size": 0,
            "track_total_hits": true,
            "query": {"match_all": {}},
            "aggs": {"values": {"terms": {"field": field, "size": MAX_VALUES, "shard_size": MAX_VALUES}}},
        });
        let answer = self.search_request(&body)?;
        let terms = answer.terms("values").map_err(|failure| failure.into_error("searching", &self.search_url()))?;
        if !terms.is_whole() {
            let reason = format!("there are more than {MAX_VALUES}; give the path: {dimension}:\"/Name in full\"");
            return Err(unsupported(format!("look the names of the dimension {dimension} up"), reason));
        }
        let values = terms.buckets.into_iter().map(|bucket| (bucket.key, bucket.doc_count)).collect();
        let known = Known { asked: Instant::now(), paragraphs: answer.total(), values };
        lock().insert(dimension, known.clone());
        Ok(known)
    }
}

impl Vocabulary for Client {
    fn annotator(&self) -> &Annotator {
        &self.inner.annotator
    }

    fn is_indexed(&self, dimension: Dimension, path: &FacetPath) -> Result<bool> {
        let filter = json!({"terms": {mapping::facet_field(dimension): [value_of(path.as_str())]}});
        let body = json!({"size": 0, "track_total_hits": true, "query": {"bool": {"filter": [filter]}}});
        Ok(self.search_request(&body)?.total() > 0)
    }

    fn values(&self, dimension: Dimension) -> Result<Vec<String>> {
        Ok(self.known(dimension)?.values.into_iter().map(|(value, _)| value).collect())
    }
}
