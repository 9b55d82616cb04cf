//! The answers of Quickwit, as far as they are read; one that is not whole is no answer.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::http::Failure;

/// The answer to a search.
#[derive(Debug, Deserialize)]
pub(super) struct SearchAnswer {
    #[serde(default)]
    timed_out: bool,
    #[serde(rename = "_shards")]
    shards: Shards,
    hits: Hits,
    #[serde(default)]
    aggregations: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Shards {
    #[serde(default)]
    failed: u64,
}

#[derive(Debug, Deserialize)]
struct Hits {
    total: TotalHits,
    hits: Vec<FoundLine>,
}

#[derive(Debug, Deserialize)]
struct TotalHits {
    value: u64,
    relation: String,
}

/// A line that was found.
#[derive(Debug, Deserialize)]
pub(super) struct FoundLine {
    #[serde(rename = "_source")]
    pub(super) source: StoredLine,
    /// What it was ordered by.
    #[serde(default)]
    pub(super) sort: Vec<Value>,
}

/// The stored fields of a line that are read.
#[derive(Debug, Deserialize)]
pub(super) struct StoredLine {
    pub(super) generation: u64,
    pub(super) stored: String,
}

/// The counts of the values of a field.
#[derive(Debug, Deserialize)]
pub(super) struct Terms {
    pub(super) buckets: Vec<Bucket>,
    #[serde(default)]
    sum_other_doc_count: u64,
    #[serde(default)]
    doc_count_error_upper_bound: u64,
}

/// The count of one value.
#[derive(Debug, Deserialize)]
pub(super) struct Bucket {
    pub(super) key: String,
    pub(super) doc_count: u64,
    /// Counts inside this one.
    #[serde(flatten)]
    pub(super) inner: Map<String, Value>,
}

impl Terms {
    /// Whether every value is there with its exact count.
    pub(super) fn is_whole(&self) -> bool {
        self.sum_other_doc_count == 0 && self.doc_count_error_upper_bound == 0
    }
}

impl SearchAnswer {
    /// Reads an answer and makes sure that all of the index answered.
    pub(super) fn read(text: &str) -> Result<SearchAnswer, Failure> {
        let answer: SearchAnswer = read(text)?;
        if answer.timed_out {
            return Err(Failure::unusable("the answer is partial: the search timed out"));
        }
        if answer.shards.failed > 0 {
            let failed = answer.shards.failed;
            return Err(Failure::unusable(format!("the answer is partial: {failed} splits failed")));
        }
        if answer.hits.total.relation != "eq" {
            let relation = &answer.hits.total.relation;
            return Err(Failure::unusable(format!("the total is not exact: its relation is {relation:?}")));
        }
        Ok(answer)
    }

    /// How many paragraphs match.
    pub(super) fn total(&self) -> u64 {
        self.hits.total.value
    }

    pub(super) fn take_hits(&mut self) -> Vec<FoundLine> {
        std::mem::take(&mut self.hits.hits)
    }

    /// The counts that were asked for by a name.
    pub(super) fn terms(&self, name: &str) -> Result<Terms, Failure> {
        terms(&self.aggregations, name)
    }
}

/// The counts of a name among others.
pub(super) fn terms(aggregations: &Map<String, Value>, name: &str) -> Result<Terms, Failure> {
    let found = aggregations.get(name).and_then(|counts| Terms::deserialize(counts).ok());
    found.ok_or_else(|| Failure::unusable(format!("the answer has no counts named {name:?}")))
}

/// The answer to a search in Quickwit's own language, which is asked for totals only.
#[derive(Debug, Deserialize)]
pub(super) struct CountAnswer {
    pub(super) num_hits: u64,
    #[serde(default)]
    pub(super) errors: Vec<Value>,
}

/// The answer to lines that were sent.
#[derive(Debug, Deserialize)]
pub(super) struct IngestAnswer {
    pub(super) num_docs_for_processing: u64,
    #[serde(default)]
    pub(super) num_rejected_docs: u64,
    #[serde(default)]
    pub(super) parse_failures: Vec<ParseFailure>,
}

/// A line that was refused.
#[derive(Debug, Deserialize)]
pub(super) struct ParseFailure {
    pub(super) message: String,
    /// The line.
    #[serde(default)]
    pub(super) document: String,
}

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::unusable(format!("the answer cannot be read: {error}")))
}
