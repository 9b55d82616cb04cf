//! Both engines find and count the same.

use std::collections::BTreeSet;
use std::io::Write;

use demarche::quickwit::Client;
use demarche::{
    Dimension, Document, Engine, ErrorKind, FacetSelection, Hit, Index, Interval, Language, Query, Request, Result,
    Results, Sort,
};
use proptest::prelude::*;

use super::corpus::{ANNOTATOR, documents, embedded, load};
use super::server::Server;

const QUERIES: &str = include_str!("../../data/quickwit/queries.txt");
const UNSUPPORTED: &str = include_str!("../../data/quickwit/unsupported.txt");

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn request(query: &str) -> Request {
    Request::new(query).limit(1_000).count(Dimension::ALL).timeline(Interval::Month)
}

/// All of a hit but its score.
fn unscored(hits: &[Hit]) -> Vec<Hit> {
    let mut hits = hits.to_vec();
    for hit in &mut hits {
        hit.score = 0.0;
    }
    hits.sort_by(|a, b| (&a.document, a.ordinal).cmp(&(&b.document, b.ordinal)));
    hits
}

/// Holds that two results are the same but for scores and the order by them.
fn assert_same(embedded: &Results, cluster: &Results) {
    let query = &embedded.query;
    assert_eq!(cluster.query, *query);
    // Only an embedded index looks unknown words up among its own.
    let unspelt = embedded.diagnostics.iter().filter(|one| !one.message().starts_with("no paragraph has the word"));
    assert!(cluster.diagnostics.iter().eq(unspelt), "{query}: {:?}, {:?}", cluster.diagnostics, embedded.diagnostics);
    assert_eq!(cluster.total, embedded.total, "{query}");
    assert_eq!(unscored(&cluster.hits), unscored(&embedded.hits), "{query}");
    for (dimension, counts) in embedded.facets.dimensions() {
        assert_eq!(cluster.facets.get(dimension), Some(counts), "{query}: {dimension}");
    }
    assert_eq!(cluster.timeline, embedded.timeline, "{query}");
}

/// Compares the engines on every query of the list; what a real node is held to as well.
pub(super) fn agree(index: &Index, client: &Client) -> Result<()> {
    for text in lines(QUERIES) {
        let (ours, theirs) = (Engine::search(index, request(text))?, Engine::search(client, request(text))?);
        assert_same(&ours, &theirs);
        let overlap: BTreeSet<_> = ours.hits.iter().take(10).map(|hit| (&hit.document, hit.ordinal)).collect();
        let theirs: BTreeSet<_> = theirs.hits.iter().take(10).map(|hit| (&hit.document, hit.ordinal)).collect();
        println!("{text}: {} of the best {} in common", overlap.intersection(&theirs).count(), overlap.len());
    }
    for id in documents()?.iter().map(|document| document.id.clone()).chain(["absent".to_owned()]) {
        assert_eq!(Engine::document(client, &id)?, Engine::document(index, &id)?, "{id}");
    }
    for (dimension, given) in
        [(Dimension::Actor, "the Kremlin"), (Dimension::Author, "öberg"), (Dimension::Topic, "x y z")]
    {
        let (ours, theirs) = (Engine::resolve(index, dimension, given), Engine::resolve(client, dimension, given));
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => assert_eq!(theirs, ours),
            (Err(ours), Err(theirs)) => assert_eq!(theirs.to_string(), ours.to_string()),
            (ours, theirs) => panic!("{given}: {ours:?}, {theirs:?}"),
        }
    }
    Ok(())
}

#[test]
fn both_engines_find_and_count_the_same() -> Result<()> {
    let (server, documents) = (Server::start(), documents()?);
    let client = Client::new(&server.url("policy"))?;
    let report = load(&client, &documents)?;
    let paragraphs = documents.iter().map(|document| document.paragraphs.len() as u64).sum();
    assert_eq!((report.documents, report.paragraphs, report.rejected_lines), (documents.len() as u64, paragraphs, 0));
    agree(&embedded(&documents)?, &client)
}

#[test]
fn a_real_node_finds_and_counts_the_same() -> Result<()> {
    let Ok(url) = std::env::var("QUICKWIT_URL") else {
        // Written past the capture of a test that passes: nobody should take a skipped test for a passed one.
        writeln!(std::io::stderr(), "skipped: QUICKWIT_URL is not set, so no real Quickwit node was asked")
            .expect("a standard error");
        return Ok(());
    };
    let client = Client::new(&format!("{}/demarche-test-{}", url.trim_end_matches('/'), std::process::id()))?;
    let documents = documents()?;
    load(&client, &documents)?;
    let agreed = agree(&embedded(&documents)?, &client);
    client.drop_index()?;
    agreed
}

#[test]
fn what_quickwit_cannot_do_is_refused() -> Result<()> {
    let (server, documents) = (Server::start(), documents()?);
    let client = Client::new(&server.url("policy"))?;
    load(&client, &documents)?;
    for line in lines(UNSUPPORTED) {
        let (query, message) = line.split_once(" => ").expect("a query and a message");
        let error = client.search(query).expect_err(query);
        assert_eq!(error.to_string(), message, "{query}");
        assert!(error.is_input() && matches!(error.kind(), ErrorKind::Unsupported { engine: "Quickwit", .. }));
    }
    for request in [request("gas").group(2), request("gas").recency(30.0, "2022".parse()?)] {
        assert!(matches!(client.search(request).map_err(|error| error.is_input()), Err(true)));
    }
    assert!(client.search(Request::new("gas").limit(0)).is_err_and(|error| error.is_input()));
    Ok(())
}

#[test]
fn pages_follow_each_other_in_every_order() -> Result<()> {
    let (server, documents) = (Server::start(), documents()?);
    let client = Client::new(&server.url("policy"))?;
    load(&client, &documents)?;
    let index = embedded(&documents)?;
    for sort in [Sort::Relevance, Sort::Newest, Sort::Oldest] {
        let request = Request::new("gas OR sanctions OR nato OR peace").count([]).sort(sort);
        let whole = client.search(request.clone().limit(1_000))?;
        assert!(whole.next.is_none() && whole.hits.len() > 7);
        let (mut pages, mut next) = (Vec::new(), None);
        loop {
            let page = request.clone().limit(3);
            let page = client.search(match next.take() {
                Some(cursor) => page.after(cursor),
                None => page,
            })?;
            pages.extend(page.hits);
            match page.next {
                Some(cursor) => next = Some(cursor.to_string().parse()?),
                None => break,
            }
        }
        assert_eq!(pages, whole.hits, "{sort:?}");
        if sort != Sort::Relevance {
            let dates = |hits: &[Hit]| hits.iter().map(|hit| hit.date).collect::<Vec<_>>();
            let ours = index.searcher()?.search(request.limit(1_000))?;
            assert_eq!(dates(&whole.hits), dates(&ours.hits), "{sort:?}");
        } else {
            assert!(whole.hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
        }
    }
    let first = |query: &str| Request::new(query).limit(1);
    let cursor = client.search(first("gas"))?.next.expect("more than one");
    assert!(client.search(first("peace").after(cursor.clone())).is_err_and(|error| error.is_input()));
    let searcher = index.searcher()?;
    assert!(searcher.search(first("gas").after(cursor)).is_err(), "another engine's cursor");
    let ours = searcher.search(first("gas"))?.next.expect("more than one");
    assert!(client.search(first("gas").after(ours)).is_err_and(|error| error.is_input()));
    Ok(())
}

#[test]
fn dimensions_with_many_values_are_counted_level_by_level() -> Result<()> {
    let (server, documents) = (Server::start(), documents()?);
    let client = Client::new(&server.url("policy"))?;
    load(&client, &documents)?;
    let index = embedded(&documents)?;
    let request = Request::new("*").count([Dimension::Actor, Dimension::Topic]);
    let ours = index.searcher()?.search(request.clone())?;
    let most = |dimension| {
        let counts = ours.facets.get(dimension).expect("counted");
        let children =
            |node: &demarche::FacetCount| counts.select(&FacetSelection::all().children_of(&node.path)).values;
        counts.nodes().iter().map(children).max().unwrap_or_default() as usize
    };
    // Enough for the children of any node, not for all nodes.
    server.node(|node| node.most_values = Some(("actor", most(Dimension::Actor))));
    let theirs = client.search(request.clone())?;
    let numbers = |results: &Results, dimension| {
        let counts = results.facets.get(dimension).expect("counted").clone();
        let nodes = counts.nodes().iter().map(|node| (node.path.clone(), node.count, node.direct)).collect::<Vec<_>>();
        (nodes, counts.total(), counts.missing())
    };
    for dimension in [Dimension::Actor, Dimension::Topic] {
        assert_eq!(numbers(&theirs, dimension), numbers(&ours, dimension), "{dimension}");
    }
    assert!(server.arrived("_search").iter().any(|search| search.body.contains("[^/]+")));

    server.node(|node| node.most_values = Some(("actor", most(Dimension::Actor) - 1)));
    let error = client.search(request).expect_err("too many side by side");
    assert!(error.to_string().starts_with("Quickwit cannot count the dimension actor exactly: "), "{error}");
    Ok(())
}

#[test]
fn documents_are_counted_or_it_is_said_that_they_are_not() -> Result<()> {
    let (server, documents) = (Server::start(), documents()?);
    let client = Client::new(&server.url("policy"))?;
    load(&client, &documents)?;
    server.node(|node| node.most_values = Some(("doc_id", 2)));
    let results = client.search("gas")?;
    assert_eq!(results.total.documents, None);
    let actors = results.facets.get(Dimension::Actor).expect("counted");
    assert!(actors.nodes().iter().all(|node| node.documents.is_none()));
    assert_eq!(serde_json::to_value(&results).expect("JSON")["total"]["documents"], serde_json::Value::Null);
    Ok(())
}

const WORDS: &str = "(sanction|sanctions|gas|export|exports|deal|deals|U\\.S\\.|US|us|China|China’s|Russia|the Russian Federation|cease-fire|ceases|fire|北约东扩|北约|l'Europe)";

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec((WORDS, "( |\\. |, )"), 1..14).prop_map(|parts| {
        parts.into_iter().flat_map(|(word, mark)| [word, mark]).collect::<String>().trim_end().to_owned()
    })
}

fn document() -> impl Strategy<Value = Document> {
    let paragraphs = proptest::collection::vec((text(), 0usize..4), 1..4);
    let title = proptest::option::of("(Gas deals|China and the U\\.S\\.|cease-fire|北约东扩)");
    let language = proptest::option::of("(en|fr|zh)");
    let date = proptest::option::of("(2022|2022-02|2022-02-04|1648-10-24)");
    (title, paragraphs, language, date).prop_map(|(title, paragraphs, language, date)| {
        let text: Vec<String> = paragraphs.iter().map(|(text, _)| text.clone()).collect();
        let mut document = Document::parse("made", &text.join("\n\n")).unwrap_or_default();
        document.title = title;
        document.language = language.as_deref().and_then(Language::new);
        document.date = date.and_then(|date| date.parse().ok());
        for heading in ["Exports of gas", "US sanctions"] {
            let (parent, source, actors) = (None, demarche::Span::new(0, 1).into(), Vec::new());
            document.sections.push(demarche::Section { heading: heading.to_owned(), level: 1, parent, source, actors });
        }
        document.paragraphs.clear();
        for ((text, section), ordinal) in paragraphs.into_iter().zip(1..) {
            let section = (section < 2).then_some(section as u32);
            let source = demarche::Span::new(0, text.len()).into();
            document.paragraphs.push(demarche::Paragraph { ordinal, section, text, source, ..Default::default() });
        }
        document
    })
}

fn query() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        4 => WORDS,
        1 => "(sanct\\*|g?s|e*t|exp?rt|fir*|北*)",
        2 => (WORDS, WORDS).prop_map(|(a, b)| format!("\"{a} {b}\"")),
        2 => ("(title|heading|body):", WORDS).prop_map(|(field, word)| format!("{field}{word}")),
        1 => ("(title|heading|body):", WORDS, WORDS).prop_map(|(field, a, b)| format!("{field}\"{a} {b}\"")),
        2 => "actor:(CHN|RUS|\"the Kremlin\"|/state/USA|nobody)",
        1 => "(doc:(d0|d1)|language:(fr|en|Fr)|date:(2022|2022-02\\.\\.|\\.\\.2022-02-28)|kind:body|mention:name)",
    ];
    let part = (
        prop_oneof![4 => Just(""), 1 => Just("+"), 1 => Just("-"), 1 => Just("NOT ")],
        atom,
        prop_oneof![6 => Just(""), 1 => Just("^2"), 1 => Just("^0.5")],
        prop_oneof![4 => Just(" "), 1 => Just(" AND "), 1 => Just(" OR ")],
    );
    (proptest::collection::vec(part, 1..5), any::<bool>()).prop_map(|(parts, group)| {
        let text: String = parts
            .into_iter()
            .map(|(sign, atom, boost, joint)| {
                // What is filtered and patterns have no weight.
                let boost = if atom.contains([':', '*', '?']) { "" } else { boost };
                format!("{sign}{atom}{boost}{joint}")
            })
            .collect();
        if group { format!("({text}) gas") } else { text }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn both_engines_agree_on_anything(
        documents in proptest::collection::vec(document(), 1..5),
        queries in proptest::collection::vec(query(), 6),
        sideways: bool,
    ) {
        let numbered = documents.into_iter().zip(0..).map(|(document, number)| Document { id: format!("d{number}"), ..document });
        let documents: Vec<Document> = numbered.map(|document| ANNOTATOR.annotate(document)).collect();
        let server = Server::start();
        let client = Client::new(&server.url("policy"))?;
        load(&client, &documents)?;
        let index = embedded(&documents)?;
        for text in queries {
            let request = Request::new(Query::new(&text)).limit(100).count(Dimension::ALL).timeline(Interval::Day).sideways(sideways);
            assert_same(&index.searcher()?.search(request.clone())?, &client.search(request)?);
        }
    }
}
