//! Errors, rejects, time-outs and half answers: each is said, nothing is lost and nothing is there twice.

use std::time::{Duration, Instant};

use demarche::quickwit::Client;
use demarche::{Document, Error, ErrorKind, Request, Result};
use serde_json::json;

use super::corpus::{documents, load};
use super::server::{Fault, Server};

const ANSWERS: &str = "tests/data/quickwit/answers";

fn recorded(name: &str) -> String {
    std::fs::read_to_string(format!("{ANSWERS}/{name}")).expect("a recorded answer")
}

fn client(server: &Server) -> Client {
    let mut builder = Client::builder(&server.url("policy"));
    builder.timeout(Duration::from_secs(3)).attempts(3).visible_within(Duration::from_secs(1));
    builder.build().expect("a client")
}

fn loaded(server: &Server) -> Result<Client> {
    let client = client(server);
    load(&client, &documents()?)?;
    Ok(client)
}

fn status(error: &Error) -> Option<u16> {
    match error.kind() {
        ErrorKind::Service { status, .. } => *status,
        _ => panic!("not the service's fault: {error}"),
    }
}

#[test]
fn a_search_is_repeated_while_that_can_help() -> Result<()> {
    let server = Server::start();
    let client = loaded(&server)?;
    let expected = client.search("gas")?.total;
    let before = server.arrived("_search").len();
    let plain = client.search(Request::new("gas").count([]))?;
    let once = server.arrived("_search").len() - before;
    for fault in [
        Fault::Answer(503, recorded("unavailable.json")),
        Fault::Wait(429, 0),
        Fault::Close,
        Fault::HalfAnswer,
        Fault::Answer(502, String::new()),
    ] {
        let before = server.arrived("_search").len();
        server.fail("_search", fault.clone());
        assert_eq!(client.search(Request::new("gas").count([]))?.total, plain.total, "{fault:?}");
        assert_eq!(server.arrived("_search").len() - before, once + 1, "{fault:?}");
    }
    assert_eq!(plain.total, expected);

    for _ in 0..3 {
        server.fail("_search", Fault::Answer(503, recorded("unavailable.json")));
    }
    let error = client.search("gas").expect_err("three times unavailable");
    assert_eq!(status(&error), Some(503));
    assert!(
        error.is_storage() && error.to_string().ends_with("failed while searching: service unavailable"),
        "{error}"
    );
    Ok(())
}

#[test]
fn what_is_refused_is_not_repeated() -> Result<()> {
    let server = Server::start();
    let client = loaded(&server)?;
    client.search("gas")?;
    let before = server.arrived("_search").len();
    server.fail("_search", Fault::Answer(400, recorded("refused.json")));
    let error = client.search("gas").expect_err("refused");
    assert_eq!((status(&error), server.arrived("_search").len() - before), (Some(400), 1));
    assert!(error.to_string().contains("unknown variant `fuzzy`"), "{error}");
    Ok(())
}

#[test]
fn a_search_that_takes_too_long_ends() -> Result<()> {
    let server = Server::start();
    let client = loaded(&server)?;
    client.search("gas")?;
    server.fail("_search", Fault::Late(Duration::from_secs(9)));
    let started = Instant::now();
    let error = client.search("gas").expect_err("too late");
    assert!(started.elapsed() < Duration::from_millis(5_900), "it was not repeated");
    assert_eq!(status(&error), None);
    assert!(error.to_string().contains("timeout"), "{error}");
    Ok(())
}

#[test]
fn a_partial_answer_is_none() -> Result<()> {
    let server = Server::start();
    let client = loaded(&server)?;
    for (overlay, reason) in [
        (json!({"_shards": {"failed": 1}}), "the answer is partial: 1 splits failed"),
        (json!({"timed_out": true}), "the answer is partial: the search timed out"),
        (json!({"hits": {"total": {"relation": "gte"}}}), "the total is not exact: its relation is \"gte\""),
    ] {
        server.node(|node| node.overlay = overlay);
        let error = client.search("gas").expect_err(reason);
        assert!(error.to_string().ends_with(reason) && status(&error).is_none(), "{error}");
    }
    Ok(())
}

#[test]
fn answers_that_cannot_be_read_are_errors() -> Result<()> {
    let server = Server::start();
    let client = loaded(&server)?;
    for text in
        ["", "not JSON", "{}", "[]", r#"{"_shards":{},"hits":{"total":{"value":1,"relation":"eq"},"hits":[{}]}}"#]
    {
        server.fail("_search", Fault::Answer(200, text.to_owned()));
        let error = client.search("gas").expect_err(text);
        assert!(error.to_string().contains("cannot be read"), "{error}");
    }
    server.fail("_search", Fault::Answer(200, recorded("search.json")));
    let error = client.search("gas").expect_err("lines of another index");
    assert!(error.to_string().contains("cannot be read"), "{error}");
    Ok(())
}

#[test]
fn nobody_there_is_said() -> Result<()> {
    let client = Client::builder("http://127.0.0.1:9/policy").attempts(2).build()?;
    let error = client.search("gas").expect_err("nobody there");
    assert!(error.is_storage() && status(&error).is_none(), "{error}");
    assert!(client.is_ready().is_err() && client.exists().is_err() && client.loader().is_err());
    Ok(())
}

#[test]
fn urls_name_their_index() {
    for (url, is_good) in [
        ("http://127.0.0.1:7280/policy-2022", true),
        ("http://quickwit.example/proxy/policy/", true),
        ("http://127.0.0.1:7280", false),
        ("http://127.0.0.1:7280/", false),
        ("http://127.0.0.1:7280/po", false),
        ("http://127.0.0.1:7280/1policy", false),
        ("http://127.0.0.1:7280/po licy", false),
        ("127.0.0.1:7280/policy", false),
        ("ftp://127.0.0.1/policy", false),
        ("", false),
    ] {
        assert_eq!(Client::new(url).is_ok(), is_good, "{url}");
    }
}

#[test]
fn an_index_is_created_cleared_and_dropped() -> Result<()> {
    let server = Server::start();
    let client = loaded(&server)?;
    assert!(client.is_ready()? && client.exists()?);
    let error = client.create().expect_err("it is there");
    assert!(error.to_string().ends_with("index `policy` already exists"), "{error}");
    client.clear()?;
    assert_eq!(client.search("*")?.total.paragraphs, 0);
    client.drop_index()?;
    assert!(!client.exists()?);
    let error = client.search("gas").expect_err("no index");
    assert_eq!(status(&error), Some(404));
    server.fail("readyz", Fault::Answer(503, "false".to_owned()));
    assert!(!client.is_ready()?);
    Ok(())
}

#[test]
fn a_batch_whose_answer_was_lost_is_there_once() -> Result<()> {
    for fault in
        [Fault::HalfAnswer, Fault::Late(Duration::from_secs(6)), Fault::Close, Fault::Answer(500, String::new())]
    {
        let (server, documents) = (Server::start(), documents()?);
        let client = client(&server);
        server.fail("ingest", fault.clone());
        let report = load(&client, &documents)?;
        let paragraphs: u64 = documents.iter().map(|document| document.paragraphs.len() as u64).sum();
        assert_eq!((report.paragraphs, report.repeated), (paragraphs, 1), "{fault:?}");
        // The first attempt may have arrived; what it left is deleted when the node gets to it.
        server.node(|node| node.indexes.values_mut().for_each(|index| index.delete()));
        assert_eq!(client.search("*")?.total.paragraphs, paragraphs, "{fault:?}");
    }
    Ok(())
}

#[test]
fn a_busy_server_is_waited_for() -> Result<()> {
    let server = Server::start();
    let client = client(&server);
    server.fail("ingest", Fault::Wait(429, 0));
    server.fail("ingest", Fault::Wait(429, 0));
    let report = load(&client, &documents()?)?;
    assert_eq!((report.repeated, report.rejected_lines), (2, 0));
    assert!(server.node(|node| node.indexes["policy"].deletes.is_empty()), "nothing had arrived");
    Ok(())
}

#[test]
fn a_load_that_fails_says_what_was_not_sent() -> Result<()> {
    let (server, documents) = (Server::start(), documents()?);
    let client = client(&server);
    client.create()?;
    let mut loader = client.loader()?;
    for document in &documents {
        loader.add(document)?;
    }
    server.fail("ingest", Fault::Answer(404, recorded("missing.json")));
    let error = loader.finish().expect_err("the index is gone");
    assert!(status(&error) == Some(404) && error.to_string().contains("not found"), "{error}");
    let report = loader.report();
    let ids: Vec<&str> = documents.iter().map(|document| document.id.as_str()).collect();
    assert_eq!((report.paragraphs, report.unsent), (0, ids.into_iter().map(str::to_owned).collect()));
    assert!(loader.add(&documents[0]).is_err(), "the load is over");
    Ok(())
}

#[test]
fn rejected_lines_are_named_and_what_is_not_found_is_missed() -> Result<()> {
    let (server, documents) = (Server::start(), documents()?);
    let client = client(&server);
    client.create()?;
    let mut loader = client.loader()?;
    loader.add(&documents[0])?;
    let answer = recorded("rejects.json").replace("LINES", &documents[0].paragraphs.len().to_string());
    server.fail("ingest", Fault::Answer(200, answer));
    // The recorded answer accepts lines that this node does not hold.
    let error = loader.finish().expect_err("not all that was accepted is found");
    assert!(error.to_string().contains("paragraphs were accepted, 0 are found"), "{error}");
    let report = loader.report();
    let rejected = report.rejected.iter();
    let said: Vec<_> = rejected.map(|line| (&*line.document, line.ordinal, &*line.reason)).collect();
    let undeclared = "field not declared in the schema: \"surprise\"";
    assert_eq!(said, [("doc-000", 1, undeclared), ("", 0, "EOF while parsing a value")]);
    assert_eq!(report.rejected_lines, 2);
    Ok(())
}

#[test]
fn large_loads_go_in_batches_and_one_refused_document_stops_nothing() -> Result<()> {
    let server = Server::start();
    let client = client(&server);
    client.create()?;
    let mut loader = client.loader()?;
    let paragraph = "The ministers spoke of gas exports, sanctions and the cease-fire at length. ".repeat(200);
    for number in 0..120 {
        let mut document = Document::parse(&format!("d{number}"), &paragraph)?;
        if number == 60 {
            document.byline = vec!["x".repeat(300)];
            assert!(loader.add(&document).is_err_and(|error| error.is_input()));
        } else {
            loader.add(&document)?;
        }
    }
    let report = loader.finish()?;
    assert_eq!((report.documents, report.paragraphs), (119, 119));
    let sent = server.arrived("ingest");
    assert!(sent.len() > 1 && sent.len() as u64 == report.batches, "{} batches", sent.len());
    assert!(sent.iter().all(|batch| batch.body.len() <= 5_000_000));
    assert_eq!(sent.iter().filter(|batch| batch.path.contains("commit=force")).count(), 1);
    assert!(report.compressed_bytes * 3 < report.bytes);
    assert!(loader.add(&Document::parse("late", "Too late.")?).is_err());
    Ok(())
}

#[test]
fn a_document_is_replaced_by_the_next_load() -> Result<()> {
    let (server, documents) = (Server::start(), documents()?);
    let client = loaded(&server)?;
    let mut changed = documents[1].clone();
    changed.paragraphs.truncate(1);
    changed.paragraphs[0].text = "Something else altogether.".to_owned();
    let mut loader = client.loader()?;
    loader.replace(&changed)?;
    loader.delete(&documents[2].id);
    loader.finish()?;
    // Both are found until the delete is carried out; the document as a whole is the new one already.
    assert_eq!(client.document(&changed.id)?, Some(changed.clone()));
    server.node(|node| node.indexes.values_mut().for_each(|index| index.delete()));
    assert_eq!(client.document(&changed.id)?, Some(changed));
    assert_eq!(client.document(&documents[2].id)?, None);
    assert_eq!(client.document(&documents[3].id)?.as_ref(), Some(&documents[3]));
    let left: usize = documents.iter().map(|document| document.paragraphs.len()).sum();
    let gone = documents[1].paragraphs.len() - 1 + documents[2].paragraphs.len();
    assert_eq!(client.search("*")?.total.paragraphs, (left - gone) as u64);
    Ok(())
}
