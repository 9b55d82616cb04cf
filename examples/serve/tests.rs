//! Requests to the router, without a network.

use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use demarche::{Annotator, Document, Index, Parser};
use http_body_util::BodyExt;
use proptest::prelude::*;
use serde_json::Value;
use tower::ServiceExt;

use crate::app::{App, router};

const NASTY: &str = "Russia met <script>alert(1)</script> & \"NATO\".\n\nGas 'onerror=alert(2)' from Russia.";

fn index() -> Index {
    let annotator = Annotator::new();
    let index = Index::in_memory().expect("memory");
    let mut writer = index.writer().expect("the one writer");
    for document in Parser::new().documents("seeds").expect("the seed directory") {
        writer.add(&annotator.annotate(document.expect("a seed"))).expect("a seed");
    }
    let mut nasty = Document::parse("<b>/../../etc/passwd?x#y", NASTY).expect("text");
    nasty.title = Some("<img src=x onerror=alert(3)>".to_owned());
    writer.add(&annotator.annotate(nasty)).expect("a document");
    writer.commit().expect("a commit");
    index
}

/// An index of a sentence for each date.
fn dated(dates: &[&str]) -> Index {
    let index = Index::in_memory().expect("memory");
    let mut writer = index.writer().expect("the one writer");
    for date in dates {
        let mut document = Document::parse(date, "The ministers met.").expect("text");
        document.date = Some(date.parse().expect("a date"));
        writer.add(&document).expect("a document");
    }
    writer.commit().expect("a commit");
    index
}

/// Status and body of each request, to one router for all tests.
fn answers(addresses: &[&str]) -> Vec<(StatusCode, String)> {
    static ROUTER: LazyLock<Router> = LazyLock::new(|| router(App::of_index(&index()).expect("an index")));
    asked(&ROUTER, addresses)
}

fn asked(router: &Router, addresses: &[&str]) -> Vec<(StatusCode, String)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut answers = Vec::with_capacity(addresses.len());
        for address in addresses {
            let request = Request::get(*address).body(Body::empty()).expect("an address");
            let response = router.clone().oneshot(request).await.expect("an answer");
            let policy = response.headers()["content-security-policy"].to_str().expect("ASCII");
            assert!(policy.starts_with("default-src 'none'"), "{policy}");
            let status = response.status();
            let body = response.into_body().collect().await.expect("a body").to_bytes();
            answers.push((status, String::from_utf8(body.to_vec()).expect("UTF-8")));
        }
        answers
    })
}

fn page(address: &str) -> String {
    let (status, body) = answers(&[address]).remove(0);
    assert_eq!(status, StatusCode::OK, "{address}: {body}");
    body
}

#[test]
fn a_search_shows_passages_filters_and_a_timeline() {
    let body = page("/?q=NATO+enlargement");
    for part in ["further <mark>enlargement</mark> of", "paragraph 3", "/topic/alliances/nato-enlargement", "Cite"] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    assert!(body.len() < 100_000, "{} bytes", body.len());
}

#[test]
fn a_chosen_facet_keeps_its_siblings() {
    let body = page("/?q=NATO&actor=%2Fstate%2FCHN");
    assert!(body.contains("class=\"chosen\""), "{body}");
    assert!(body.contains("actor=%2Fstate%2FRUS"), "Russia is still offered: {body}");
}

#[test]
fn text_and_queries_are_escaped() {
    for address in [
        "/?q=%22%3E%3Cimg+onerror%3Dalert(1)%3E",
        "/?q=Russia",
        "/?q=gas&actor=%22%3E%3Cscript%3E",
        "/pictures?q=%3Cscript%3E",
        "/document/%3Cb%3E/../../etc/passwd%3Fx%23y?q=Russia",
    ] {
        let body = page(address);
        for raw in ["<script>alert", "<img", "onerror=alert(3)>", "\"><script>", "<b>"] {
            assert!(!body.contains(raw), "{raw} in the page of {address}");
        }
    }
    assert!(page("/?q=Russia").contains("&lt;script&gt;"));
}

#[test]
fn what_is_not_there_is_not_found() {
    let answers =
        answers(&["/document/none", "/api/document/none", "/../Cargo.toml", "/nothing", "/api/search?limit=0"]);
    let statuses: Vec<u16> = answers.iter().map(|(status, _)| status.as_u16()).collect();
    assert_eq!(statuses, [404, 404, 404, 404, 400]);
}

#[test]
fn a_page_that_is_kept_is_the_page_that_was_made() {
    let first = page("/?q=NATO+kept");
    assert_eq!(page("/?q=NATO+kept"), first);
}

#[test]
fn a_timeline_has_the_periods_that_fit() {
    let app = App::of_index(&dated(&["2022-01-05", "2022-02-04", "2022-02-24", "2023-11-07"])).expect("an index");
    let pages = asked(&router(app), &["/?q=ministers", "/?q=ministers&from=2022-02&to=2022-02"]);
    assert!(
        pages[0].1.contains("Paragraphs a month") && pages[0].1.contains("from=2022-02&amp;to=2022-02"),
        "{}",
        pages[0].1
    );
    assert!(pages[1].1.contains("Paragraphs a day") && pages[1].1.contains("All dates"), "{}", pages[1].1);
    let app = App::of_index(&dated(&["1970-01-05", "1981-04-01"])).expect("an index");
    let (_, quarters) = asked(&router(app), &["/?q=ministers"]).remove(0);
    assert!(quarters.contains("from=1981-04&amp;to=1981-06"), "{quarters}");
}

#[test]
fn an_engine_that_tells_less_is_shown_too() {
    let description: Value = serde_json::from_str(crate::api::OPENAPI).expect("JSON");
    let router = router(App::of_engine(Box::new(index()), Annotator::new()));
    let answers = asked(&router, &["/?q=NATO", "/pictures?q=NATO", "/api/facets?q=NATO", "/api/suggest?q=chi"]);
    assert!(answers.iter().all(|(status, _)| *status == StatusCode::OK), "{answers:?}");
    assert!(!answers[0].1.contains("Like this") && answers[0].1.contains("<mark>"));
    assert!(answers[1].1.contains("an index on this machine"));
    let counts: Value = serde_json::from_str(&answers[2].1).expect("JSON");
    check(&description, &serde_json::json!({ "$ref": "#/components/schemas/Counts" }), &counts, "counts");
}

#[test]
fn completion_goes_on_inside_a_field() {
    let (_, answer) = answers(&["/api/suggest?q=gas+%2Bactor%3Achin"]).remove(0);
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["completions"][0]["query"], "gas +actor:\"China\"", "{answer}");
}

#[test]
fn diagnostics_become_links() {
    let body = page("/?q=gas+actor%3ARusia");
    assert!(body.contains("not known"), "{body}");
    assert!(body.contains("q=gas+actor%3ARussia"), "{body}");
}

#[test]
fn answers_are_as_described() {
    let description: Value = serde_json::from_str(crate::api::OPENAPI).expect("JSON");
    for (path, address) in [
        ("/api/search", "/api/search?q=NATO+-Japan+actor%3Achina+%22open&explain=1"),
        ("/api/search", "/api/search?q=nothing+like+this+xyzzy"),
        ("/api/facets", "/api/facets?q=NATO"),
        ("/api/document/{id}", "/api/document/000_468284d11647a011"),
        ("/api/suggest", "/api/suggest?q=chi"),
    ] {
        let schema = &description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        let answer: Value = serde_json::from_str(&page(address)).expect("JSON");
        check(&description, schema, &answer, path);
    }
    let (_, refused) = answers(&["/api/search?sort=best"]).remove(0);
    let refused: Value = serde_json::from_str(&refused).expect("JSON");
    check(&description, &serde_json::json!({ "$ref": "#/components/schemas/Problem" }), &refused, "a refusal");
}

/// Holds a value against a schema of the few keywords that our description uses; any other keyword fails the test.
fn check(root: &Value, schema: &Value, value: &Value, place: &str) {
    let keywords = schema.as_object().unwrap_or_else(|| panic!("{place} has no schema"));
    if let Some(Value::String(reference)) = keywords.get("$ref") {
        let target =
            root.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} is not there"));
        return check(root, target, value, place);
    }
    for (keyword, says) in keywords {
        match keyword.as_str() {
            "type" => {
                let kind = match value {
                    Value::Null => "null",
                    Value::Bool(_) => "boolean",
                    Value::Number(number) if number.is_u64() || number.is_i64() => "integer",
                    Value::Number(_) => "number",
                    Value::String(_) => "string",
                    Value::Array(_) => "array",
                    Value::Object(_) => "object",
                };
                let allowed: Vec<&str> = match says {
                    Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
                    other => other.as_str().into_iter().collect(),
                };
                let fits = allowed.contains(&kind) || (kind == "integer" && allowed.contains(&"number"));
                assert!(fits, "{place} is {kind}, described as {allowed:?}");
            }
            "enum" => assert!(
                says.as_array().is_some_and(|values| values.contains(value)),
                "{place}: {value} is not in {says}"
            ),
            "required" => {
                for name in says.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    assert!(value.is_null() || value.get(name).is_some(), "{place} has no {name}");
                }
            }
            "properties" => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    match says.get(name) {
                        Some(schema) => check(root, schema, inner, &format!("{place}.{name}")),
                        None => assert!(
                            keywords.get("additionalProperties") != Some(&Value::Bool(false)),
                            "{place}.{name} is not described"
                        ),
                    }
                }
            }
            "additionalProperties" => {
                if says.is_object() {
                    for (name, inner) in value.as_object().into_iter().flatten() {
                        check(root, says, inner, &format!("{place}.{name}"));
                    }
                }
            }
            "items" => {
                for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, says, item, &format!("{place}[{number}]"));
                }
            }
            "description" => {}
            other => panic!("{place} is described by {other:?}, which is not checked"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_address_is_too_odd(pairs in proptest::collection::vec(("(q|actor|topic|from|to|sort|after|limit|explain|x)", any::<String>()), 0..5)) {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let addresses = [format!("/?{query}"), format!("/pictures?{query}"), format!("/api/search?{query}")];
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        for (status, body) in answers(&addresses) {
            prop_assert!(status == StatusCode::OK || status == StatusCode::BAD_REQUEST, "{status} {body}");
        }
    }
}
