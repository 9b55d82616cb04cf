//! What is sent is what is written down: the configuration, a line, and the requests of a list of searches.

use demarche::quickwit::{Client, Lines, index_config};
use demarche::{Dimension, Document, Interval, Request, Result, Sort};
use serde_json::{Value, json};

use super::corpus::{ANNOTATOR, documents, load};
use super::server::Server;

fn golden(name: &str) -> (String, Value) {
    let path = format!("tests/data/quickwit/{name}.json");
    let text = std::fs::read_to_string(&path).expect("golden data");
    (path, serde_json::from_str(&text).expect("golden data is JSON"))
}

/// Holds a value against golden data, or writes it there where that is asked for.
fn assert_golden(name: &str, value: &Value) {
    let (path, expected) = golden(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let text = serde_json::to_string_pretty(value).expect("JSON");
        std::fs::write(path, text + "\n").expect("golden data can be written");
    } else {
        assert_eq!(*value, expected, "{name}");
    }
}

#[test]
fn the_configuration_is_as_it_was() {
    assert_golden("config", &index_config("policy-paragraphs"));
}

#[test]
fn a_line_is_as_it_was() -> Result<()> {
    let mut document = Document::parse("doc 1", "Russia’s gas exports to China rose.")?;
    document.title = Some("Gas".to_owned());
    document.date = Some("2022-02".parse()?);
    document.byline = vec!["A. Author".to_owned()];
    let mut line = Vec::new();
    Lines::new(7).write(&ANNOTATOR.annotate(document), &mut line)?;
    let mut line: Value = serde_json::from_slice(&line).expect("a line of JSON");
    // What a hit is made of has its own tests.
    assert!(line["stored"].take().is_string());
    assert_golden("line", &line);
    Ok(())
}

#[test]
fn requests_are_as_they_were() -> Result<()> {
    let server = Server::start();
    let client = Client::new(&server.url("policy"))?;
    load(&client, &documents()?)?;
    client.search("warm up")?;
    let mut sent = Vec::new();
    for case in golden("requests").1.as_array().expect("a list") {
        let query = case["query"].as_str().expect("a query");
        let mut request = Request::new(query).limit(3);
        match case["with"].as_str() {
            Some("no counts") => request = request.count([]),
            Some("dates") => request = request.count([Dimension::Date]).timeline(Interval::Year).sort(Sort::Newest),
            Some("next page") => {
                let cursor = client.search(request.clone())?.next.expect("another page");
                request = request.after(cursor);
            }
            _ => {}
        }
        let before = server.arrived("_search").len();
        client.search(request)?;
        let bodies = server
            .arrived("_search")
            .split_off(before)
            .into_iter()
            .map(|arrived| serde_json::from_str::<Value>(&arrived.body).expect("JSON"));
        let mut case = case.clone();
        case["sent"] = bodies.collect();
        sent.push(case);
    }
    assert_golden("requests", &json!(sent));
    Ok(())
}
