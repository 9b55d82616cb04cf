//! What each ranking costs.
//!
//! What: top 10 of queries of three to six words, function words among them, with plain BM25, the default
//! ranking and the expanded one, each as a whole request (`search`: parsing, ranking, total, fetching and
//! highlighting ten hits, no facet counts) and as the ranking alone (`rank`). `tantivy` is `TopDocs` over
//! one text field of the same paragraphs, without fetching anything. The ratio to read is `default` or `expanded`
//! to `bm25`.
//!
//! Corpus: 400,000 generated paragraphs in documents of ten (see `corpus/mod.rs`), one segment; or, with
//! `BENCH_CORPUS=FILE`, real documents, and queries made of words that stand together in them.
//! Caveat: in generated text words do not stand together for a reason and documents have no subject, so that the
//! window holds more different documents than it does in real text, which is the dearer case.

mod corpus;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use demarche::{Dimension, Document, Index, Query, Ranking, Request, Searcher};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, TermQuery};
use tantivy::schema::{IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{TantivyDocument, Term};

const NONE: [Dimension; 0] = [];

fn ours(documents: &[Document]) -> Searcher {
    let index = Index::in_memory().expect("an index in memory");
    let mut writer = index.writer().expect("the first writer");
    for document in documents {
        writer.add(document).expect("a document");
    }
    writer.optimise().expect("a merge in memory");
    index.searcher().expect("a searcher")
}

/// A searcher by hand, and its queries.
fn by_hand(documents: &[Document], queries: &[String]) -> (tantivy::Searcher, Vec<BooleanQuery>) {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("en_stem")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
    let index = tantivy::Index::create_in_ram(schema.build());
    let mut writer = index.writer_with_num_threads(1, 512 << 20).expect("a writer in memory");
    for paragraph in documents.iter().flat_map(|document| &document.paragraphs) {
        let mut row = TantivyDocument::new();
        row.add_text(text, &paragraph.text);
        writer.add_document(row).expect("a document");
    }
    writer.commit().expect("a commit in memory");
    let segments = index.searchable_segment_ids().expect("segments");
    if segments.len() > 1 {
        writer.merge(&segments).wait().expect("a merge in memory");
    }
    let mut analyzer = index.tokenizers().get("en_stem").expect("the English analyzer");
    let made = queries.iter().map(|query| {
        let mut clauses: Vec<(Occur, Box<dyn tantivy::query::Query>)> = Vec::new();
        let mut tokens = analyzer.token_stream(query);
        while tokens.advance() {
            let term = Term::from_field_text(text, &tokens.token().text);
            clauses.push((Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))));
        }
        BooleanQuery::new(clauses)
    });
    let made = made.collect();
    (index.reader().expect("a reader").searcher(), made)
}

/// Queries of words that stand near each other in the middle of paragraphs spread over the corpus.
fn queries(documents: &[Document]) -> Vec<String> {
    let paragraphs: Vec<&str> =
        documents.iter().flat_map(|document| &document.paragraphs).map(|paragraph| paragraph.text.as_str()).collect();
    let mut random = corpus::Random::new(11);
    let mut queries = Vec::new();
    while queries.len() < 20 {
        let text = paragraphs[random.below(paragraphs.len())];
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2).collect();
        if words.len() < 20 {
            continue;
        }
        let first = random.below(words.len() - 12);
        let chosen: Vec<&str> = words[first..first + 12].iter().step_by(2 + queries.len() % 3).copied().collect();
        queries.push(format!("what about the {}", chosen.join(" ")));
    }
    queries
}

fn rankings(criterion: &mut Criterion) {
    // In test mode the corpus is small: what is checked then is that the answers agree.
    let testing = std::env::args().any(|argument| argument == "--test");
    let documents = corpus::documents(if testing { 4_000 } else { 400_000 });
    let queries = queries(&documents);
    let searcher = ours(&documents);
    let (tantivy, by_hand) = by_hand(&documents, &queries);
    drop(documents);
    let request = |query: &str, ranking: &Ranking| {
        Request::new(Query::new(&Query::escape(query))).ranking(ranking.clone()).count(NONE)
    };
    let named = [("bm25", Ranking::bm25()), ("default", Ranking::default()), ("expanded", Ranking::expanded())];
    for query in &queries {
        for (name, ranking) in &named {
            let hits = searcher.search(request(query, ranking)).expect("an answer").hits;
            let ranked = searcher.rank(request(query, ranking)).expect("an answer");
            let ids = |document: &str, ordinal: u32| format!("{document} {ordinal}");
            let hits: Vec<_> = hits.iter().map(|hit| ids(&hit.document, hit.ordinal)).collect();
            let ranked: Vec<_> = ranked.iter().map(|one| ids(&one.document, one.ordinal)).collect();
            assert_eq!(hits, ranked, "{name}: {query}");
            assert_eq!(hits.len(), 10, "{name}: {query}");
        }
    }
    let mut group = criterion.benchmark_group("search");
    for (name, ranking) in &named {
        group.bench_function(*name, |b| {
            b.iter(|| {
                for query in &queries {
                    black_box(searcher.search(request(query, ranking)).expect("an answer"));
                }
            });
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("rank");
    group.bench_function("tantivy", |b| {
        b.iter(|| {
            for query in &by_hand {
                let best = tantivy.search(query, &TopDocs::with_limit(10).order_by_score()).expect("an answer");
                black_box(best);
            }
        });
    });
    for (name, ranking) in &named {
        group.bench_function(*name, |b| {
            b.iter(|| {
                for query in &queries {
                    black_box(searcher.rank(request(query, ranking)).expect("an answer"));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, rankings);
criterion_main!(benches);
