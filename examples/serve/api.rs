//! The same as the pages, as JSON; `openapi.json` describes it, and a test holds the answers against it.

use std::time::Instant;

use axum::http::StatusCode;
use demarche::{Completion, CompletionKind, Dimension};
use serde_json::{Value, json};

use crate::app::{App, status_of};
use crate::search_page::MOST_PERIODS;
use crate::view::View;

/// The description of the interface, OpenAPI 3.1.
pub(crate) const OPENAPI: &str = include_str!("openapi.json");

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
}

impl From<demarche::Error> for Failure {
    fn from(error: demarche::Error) -> Failure {
        Failure { status: status_of(&error), message: error.to_string() }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure { status: StatusCode::INTERNAL_SERVER_ERROR, message: error.to_string() }
    }
}

/// What an address asks for; an address that cannot be used as a whole is refused, unlike on a page.
fn view(address: &str) -> Result<View, Failure> {
    let (view, problems) = View::read(address);
    if problems.is_empty() {
        return Ok(view);
    }
    Err(Failure { status: StatusCode::BAD_REQUEST, message: problems.join("; ") })
}

/// The best paragraphs with counts.
pub(crate) fn search(app: &App, address: &str) -> Result<Value, Failure> {
    let view = view(address)?;
    let started = Instant::now();
    let results = app.engine().search(view.request())?;
    answered(&view, serde_json::to_value(&results), started)
}

/// Counts alone, with a timeline.
pub(crate) fn facets(app: &App, address: &str) -> Result<Value, Failure> {
    let view = view(address)?;
    let started = Instant::now();
    let request = view.request().periods(MOST_PERIODS);
    let counts = match app.searcher() {
        Some(searcher) => serde_json::to_value(searcher.count(request)?),
        // An engine counts while it searches.
        None => serde_json::to_value(app.engine().search(request.limit(1))?).map(|mut results| {
            if let Value::Object(results) = &mut results {
                results.retain(|name, _| !matches!(name.as_str(), "hits" | "groups" | "next" | "did_you_mean"));
            }
            results
        }),
    };
    answered(&view, counts, started)
}

/// Adds the query as it was typed and the time it took.
fn answered(view: &View, answer: serde_json::Result<Value>, started: Instant) -> Result<Value, Failure> {
    let mut answer = answer?;
    answer["query"] = view.query.as_str().into();
    answer["took_ms"] = (started.elapsed().as_secs_f64() * 1_000.0).into();
    Ok(answer)
}

/// A whole document.
pub(crate) fn document(app: &App, id: &str) -> Result<Value, Failure> {
    match app.engine().document(id)? {
        Some(document) => Ok(serde_json::to_value(&document)?),
        None => Err(Failure { status: StatusCode::NOT_FOUND, message: format!("there is no document {id:?}") }),
    }
}

/// What a query that is being typed could become: whole queries, to be put into the box.
pub(crate) fn suggest(app: &App, address: &str) -> Result<Value, Failure> {
    let typed = view(address)?.query;
    let completions = app.searcher().map_or(Ok(Vec::new()), |searcher| searcher.complete(&typed, 4))?;
    let completions: Vec<Value> = completions
        .iter()
        .map(|completion| {
            let mut query = typed.clone();
            query.replace_range(completion.replaces.range(), &completed(completion));
            json!({ "query": query, "label": completion.text, "kind": completion.kind, "count": completion.count })
        })
        .collect();
    Ok(json!({ "completions": completions }))
}

/// A completion in the query language.
fn completed(completion: &Completion) -> String {
    let field = match completion.kind {
        CompletionKind::Actor => Dimension::Actor,
        CompletionKind::Topic => Dimension::Topic,
        _ => return completion.text.clone(),
    };
    format!("{field}:\"{}\"", completion.text.replace('"', ""))
}
