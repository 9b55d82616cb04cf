//! What a query and its highlights cost beside the search itself.
//!
//! What: reading a query of five words; drawing the highlights of ten paragraphs that are at hand, for words, a
//! phrase, `NEAR`, a prefix and all of them; and a whole request for a rare word, which is mostly fetching,
//! highlighting and handing out ten hits.
//!
//! Corpus: 20,000 generated paragraphs of 30 to 90 words (see `corpus/mod.rs`); ten of those that hold the words.
//! Caveat: each paragraph is one sentence, and generated words stem to themselves.

mod corpus;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use demarche::{Dimension, Document, Highlighter, Index, Language, Paragraph, Query, Request, Searcher};

fn searcher(documents: &[Document]) -> Searcher {
    let index = Index::in_memory().expect("an index in memory");
    let mut writer = index.writer().expect("the first writer");
    for document in documents {
        writer.add(document).expect("a document");
    }
    writer.commit().expect("a commit in memory");
    index.searcher().expect("a searcher")
}

fn highlight(criterion: &mut Criterion) {
    // In test mode the corpus is small: what is checked then is that something is found.
    let testing = std::env::args().any(|argument| argument == "--test");
    let documents = corpus::generate(if testing { 2_000 } else { 20_000 });
    let searcher = searcher(&documents);
    let [frequent, common, rare] = [2, 5, 900].map(corpus::word);

    let typed = format!("{frequent} {common} {rare} enlargement sanctions");
    assert_eq!(Query::new(&typed).to_string(), typed);
    let mut group = criterion.benchmark_group("highlight");
    group.bench_function("parse five words", |bencher| bencher.iter(|| Query::new(black_box(&typed))));

    let found = searcher.search(Request::new(format!("{frequent} {common}"))).expect("a search");
    let paragraphs: Vec<Paragraph> = found
        .hits
        .into_iter()
        .map(|hit| Paragraph { text: hit.text, actors: hit.actors, topics: hit.topics, ..Paragraph::default() })
        .collect();
    assert_eq!(paragraphs.len(), 10);
    for (name, query) in [
        ("words", format!("{frequent} {common}")),
        ("phrase", format!("\"{frequent} {common}\" {common}")),
        ("near", format!("NEAR/90({frequent} {common})")),
        ("prefix", format!("{}* {common}", &frequent[..3])),
    ] {
        let query = Query::new(&query);
        let marked = |highlighter: &mut Highlighter| -> usize {
            paragraphs.iter().map(|paragraph| highlighter.highlight(paragraph).ranges().len()).sum()
        };
        assert!(marked(&mut Highlighter::new(&query, Language::ENGLISH)) >= 10, "{name}");
        group.bench_function(format!("ten paragraphs, {name}"), |bencher| {
            let mut highlighter = Highlighter::new(&query, Language::ENGLISH);
            bencher.iter(|| marked(&mut highlighter));
        });
    }

    let none: [Dimension; 0] = [];
    let request = Request::new(rare.as_str()).count(none);
    assert!(!searcher.search(request.clone()).expect("a search").hits.is_empty());
    group.bench_function("a whole request, rare word", |bencher| {
        bencher.iter(|| searcher.search(black_box(request.clone())).expect("a search"));
    });
    group.finish();
}

criterion_group!(benches, highlight);
criterion_main!(benches);
