//! What a Quickwit node answers, found by looking at every line: the part of its interface that the client uses,
//! with the traps that were met on a real one, and nothing else. What is not known is refused, as it does.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::dsl::Evaluator;

pub(super) type Line = Map<String, Value>;

/// The indexes of one node.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) indexes: BTreeMap<String, StoredIndex>,
    /// Counts of the values of fields that begin so stop here, whatever more is asked for; it makes many of few.
    pub(super) most_values: Option<(&'static str, usize)>,
    /// What is laid over every answer to a search.
    pub(super) overlay: Value,
}

#[derive(Debug, Default)]
pub(super) struct StoredIndex {
    /// The field mappings by name.
    pub(super) fields: BTreeMap<String, Value>,
    pub(super) lines: Vec<Line>,
    /// The queries of delete tasks.
    pub(super) deletes: Vec<String>,
}

type Answer = (u16, String);

fn refused(status: u16, message: impl Into<String>) -> Answer {
    (status, json!({"message": message.into()}).to_string())
}

impl Node {
    pub(super) fn answer(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let (path, parameters) = path.split_once('?').unwrap_or((path, ""));
        let steps: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (method, steps.as_slice()) {
            ("GET", ["health", "readyz"]) => (200, "true".to_owned()),
            ("POST", ["api", "v1", "indexes"]) => self.create(body),
            ("GET", ["api", "v1", "indexes", id]) => match self.indexes.get(*id) {
                Some(_) => (200, "{}".to_owned()),
                None => refused(404, format!("index `{id}` not found")),
            },
            ("DELETE", ["api", "v1", "indexes", id]) => match self.indexes.remove(*id) {
                Some(_) => (200, "[]".to_owned()),
                None => refused(404, format!("index `{id}` not found")),
            },
            ("PUT", ["api", "v1", "indexes", id, "clear"]) => self.with(id, |index| {
                index.lines.clear();
                (200, String::new())
            }),
            ("POST", ["api", "v1", id, "ingest"]) => {
                assert!(parameters.contains("detailed_response=true"), "or rejects are not named");
                self.with(id, |index| index.ingest(body))
            }
            ("POST", ["api", "v1", id, "search"]) => self.with(id, |index| {
                let body: Value = serde_json::from_str(body).expect("a body of JSON");
                let query = body["query"].as_str().expect("a query");
                let found = index.lines.iter().filter(|line| native(query, line)).count();
                (200, json!({"num_hits": found, "hits": [], "elapsed_time_micros": 1, "errors": []}).to_string())
            }),
            ("POST", ["api", "v1", id, "delete-tasks"]) => self.with(id, |index| {
                let body: Value = serde_json::from_str(body).expect("a body of JSON");
                index.deletes.push(body["query"].as_str().expect("a query").to_owned());
                (200, json!({"create_timestamp": 1, "opstamp": index.deletes.len()}).to_string())
            }),
            ("POST", ["api", "v1", "_elastic", id, "_search"]) => {
                assert!(parameters.contains("allow_partial_search_results=false"), "or failures are hidden");
                let (most_values, overlay) = (self.most_values, self.overlay.clone());
                self.with(id, |index| {
                    let body: Value = serde_json::from_str(body).expect("a body of JSON");
                    match Evaluator::new(index, most_values).search(&body) {
                        Ok(mut answer) => {
                            merge(&mut answer, &overlay);
                            (200, answer.to_string())
                        }
                        Err(reason) => (400, json!({"status": 400, "error": {"reason": reason}}).to_string()),
                    }
                })
            }
            _ => refused(404, "Route not found"),
        }
    }

    fn with(&mut self, id: &str, answer: impl FnOnce(&mut StoredIndex) -> Answer) -> Answer {
        match self.indexes.get_mut(id) {
            Some(index) => answer(index),
            None => refused(404, format!("index `{id}` not found")),
        }
    }

    fn create(&mut self, body: &str) -> Answer {
        let config: Value = serde_json::from_str(body).expect("a config of JSON");
        let id = config["index_id"].as_str().expect("an id").to_owned();
        if self.indexes.contains_key(&id) {
            return refused(400, format!("index `{id}` already exists"));
        }
        assert_eq!(config["doc_mapping"]["mode"], "strict");
        assert!(config["doc_mapping"].get("timestamp_field").is_none(), "it loses documents and miscounts");
        let mappings = config["doc_mapping"]["field_mappings"].as_array().expect("fields");
        let name = |field: &Value| field["name"].as_str().expect("a name").to_owned();
        let fields = mappings.iter().map(|field| (name(field), field.clone())).collect();
        self.indexes.insert(id, StoredIndex { fields, ..StoredIndex::default() });
        (200, config.to_string())
    }
}

impl StoredIndex {
    fn ingest(&mut self, body: &str) -> Answer {
        let (mut lines, mut failures) = (0, Vec::new());
        for text in body.lines() {
            lines += 1;
            let failure = match serde_json::from_str::<Line>(text) {
                Ok(line) => match line.keys().find(|name| !self.fields.contains_key(*name)) {
                    Some(name) => format!("field not declared in the schema: \"{name}\""),
                    None => {
                        self.lines.push(line);
                        continue;
                    }
                },
                Err(error) => error.to_string(),
            };
            failures.push(json!({"message": failure, "document": text, "reason": "parse_error"}));
        }
        let rejected = failures.len();
        let answer = json!({
            "num_docs_for_processing": lines, "num_ingested_docs": lines - rejected, "num_rejected_docs": rejected,
            "parse_failures": failures,
        });
        (200, answer.to_string())
    }

    /// Carries the delete tasks out, as the node does after a while.
    pub(super) fn delete(&mut self) {
        for query in std::mem::take(&mut self.deletes) {
            self.lines.retain(|line| !native(&query, line));
        }
    }
}

fn merge(into: &mut Value, overlay: &Value) {
    match (into, overlay) {
        (Value::Object(into), Value::Object(overlay)) => {
            for (name, value) in overlay {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (into, overlay) => *into = overlay.clone(),
    }
}

/// Whether a line matches a query in Quickwit's own language: fields with a number, `<` a number or a list of quoted
/// values, joined by AND, OR and NOT.
fn native(query: &str, line: &Line) -> bool {
    let mut rest = query;
    let matches = any(&mut rest, line);
    assert!(rest.trim().is_empty(), "not understood: {rest:?} of {query:?}");
    matches
}

fn any(rest: &mut &str, line: &Line) -> bool {
    let mut matches = all(rest, line);
    while skip(rest, "OR ") {
        matches |= all(rest, line);
    }
    matches
}

fn all(rest: &mut &str, line: &Line) -> bool {
    let mut matches = one(rest, line);
    while skip(rest, "AND ") {
        matches &= one(rest, line);
    }
    matches
}

fn one(rest: &mut &str, line: &Line) -> bool {
    if skip(rest, "NOT ") {
        return !one(rest, line);
    }
    if skip(rest, "(") {
        let matches = any(rest, line);
        assert!(skip(rest, ")"), "an open group: {rest:?}");
        return matches;
    }
    let (field, after) = rest.trim_start().split_once(':').expect("a field");
    *rest = after;
    let value = line.get(field);
    if skip(rest, "IN [") {
        let mut matches = false;
        while !skip(rest, "]") {
            assert!(skip(rest, "\""), "a quoted value: {rest:?}");
            let mut wanted = String::new();
            let mut characters = rest.char_indices();
            while let Some((at, c)) = characters.next() {
                match c {
                    '\\' => wanted.extend(characters.next().map(|(_, c)| c)),
                    '"' => {
                        *rest = &rest[at + 1..];
                        break;
                    }
                    c => wanted.push(c),
                }
            }
            matches |= value.and_then(Value::as_str) == Some(wanted.as_str());
        }
        return matches;
    }
    let is_below = skip(rest, "<");
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let wanted: u64 = rest[..end].parse().expect("a number");
    *rest = &rest[end..];
    let value = value.and_then(Value::as_u64);
    value.is_some_and(|value| if is_below { value < wanted } else { value == wanted })
}

fn skip(rest: &mut &str, token: &str) -> bool {
    match rest.trim_start().strip_prefix(token) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    }
}
