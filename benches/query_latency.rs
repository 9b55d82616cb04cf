//! Latency of the query classes, beside Tantivy written by hand on the same text.
//!
//! What: top 10 of a term (rare, frequent), OR, AND, phrase, OR with an actor filter, and OR with the
//! counts of both facet hierarchies. `demarche/…` is a whole request: parsing, resolving, top 10, total, fetching and
//! highlighting ten hits, and the counts where the class has them. `tantivy/…` is `TopDocs` over one text
//! field (lower case, English stemmer), with `Count`, the filter as a boolean clause and `FacetCollector` where the class
//! has them, and without fetching anything. The ratio of the two is therefore the price of all we add.
//!
//! Corpus: 100,000 generated paragraphs (see `corpus/mod.rs`), and the seed document; one segment.
//! Caveat: generated words stem to themselves and have no headings.

mod corpus;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use demarche::{Dimension, Document, Index, Query, Request, Searcher};
use tantivy::collector::{Count, FacetCollector, TopDocs};
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, PhraseQuery, TermQuery};
use tantivy::schema::{Facet, FacetOptions, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{TantivyDocument, Term};

/// Tantivy as an application would use it.
struct ByHand {
    searcher: tantivy::Searcher,
    text: Field,
    actor: Field,
}

impl ByHand {
    fn build(documents: &[Document]) -> ByHand {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("en_stem")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing).set_stored());
        let actor = schema.add_facet_field("actor", FacetOptions::default());
        let topic = schema.add_facet_field("topic", FacetOptions::default());
        let index = tantivy::Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 512 << 20).expect("a writer in memory");
        for paragraph in documents.iter().flat_map(|document| &document.paragraphs) {
            let mut row = TantivyDocument::new();
            row.add_text(text, &paragraph.text);
            for tag in &paragraph.actors {
                row.add_facet(actor, Facet::from_path(tag.path.steps()));
            }
            for tag in &paragraph.topics {
                row.add_facet(topic, Facet::from_path(tag.path.steps()));
            }
            writer.add_document(row).expect("a document");
        }
        writer.commit().expect("a commit in memory");
        let segments = index.searchable_segment_ids().expect("segments");
        if segments.len() > 1 {
            writer.merge(&segments).wait().expect("a merge in memory");
        }
        ByHand { searcher: index.reader().expect("a reader").searcher(), text, actor }
    }

    fn term(&self, word: &str) -> Box<dyn tantivy::query::Query> {
        Box::new(TermQuery::new(Term::from_field_text(self.text, word), IndexRecordOption::WithFreqs))
    }

    fn all(&self, occur: Occur, words: &[String]) -> BooleanQuery {
        BooleanQuery::new(words.iter().map(|word| (occur, self.term(word))).collect())
    }

    fn phrase(&self, words: &[String]) -> PhraseQuery {
        PhraseQuery::new(words.iter().map(|word| Term::from_field_text(self.text, word)).collect())
    }

    fn filtered(&self, words: &[String], path: &str) -> BooleanQuery {
        let facet = Facet::from_text(path).expect("a path");
        let filter = TermQuery::new(Term::from_facet(self.actor, &facet), IndexRecordOption::Basic);
        BooleanQuery::new(vec![
            (Occur::Must, Box::new(self.all(Occur::Should, words))),
            (Occur::Must, Box::new(ConstScoreQuery::new(Box::new(filter), 0.0))),
        ])
    }

    fn count(&self, query: &dyn tantivy::query::Query) -> u64 {
        self.searcher.search(query, &Count).expect("a count") as u64
    }

    fn top(&self, query: &dyn tantivy::query::Query) -> usize {
        self.searcher.search(query, &TopDocs::with_limit(10).order_by_score()).expect("a search").len()
    }

    fn facets(&self) -> (FacetCollector, FacetCollector) {
        let mut actor = FacetCollector::for_field("actor");
        actor.add_facet("/state");
        let mut topic = FacetCollector::for_field("topic");
        topic.add_facet("/topic");
        (actor, topic)
    }
}

fn ours(documents: &[Document]) -> Searcher {
    let index = Index::in_memory().expect("an index in memory");
    let mut writer = index.writer().expect("the first writer");
    for document in documents {
        writer.add(document).expect("a document");
    }
    writer.optimise().expect("a merge in memory");
    index.searcher().expect("a searcher")
}

fn generated(criterion: &mut Criterion) {
    // In test mode the corpus is small: what is checked then is that the answers agree.
    let testing = std::env::args().any(|argument| argument == "--test");
    let documents = corpus::generate(if testing { 2_000 } else { 100_000 });
    let searcher = ours(&documents);
    let by_hand = ByHand::build(&documents);

    let [frequent, second, third] = [2, 5, 11].map(corpus::word);
    let rare = corpus::word(900);
    let or = [frequent.clone(), second.clone(), third.clone()];
    let and = [second.clone(), third.clone()];
    let none: [Dimension; 0] = [];
    let path = "/state/S001";

    let classes: Vec<(&str, Request, Box<dyn tantivy::query::Query>)> = vec![
        ("term-rare", Request::new(&*rare).count(none), by_hand.term(&rare)),
        ("term-frequent", Request::new(&*frequent).count(none), by_hand.term(&frequent)),
        ("or", Request::new(&*or.join(" ")).count(none), Box::new(by_hand.all(Occur::Should, &or))),
        ("and", Request::new(&*and.join(" AND ")).count(none), Box::new(by_hand.all(Occur::Must, &and))),
        ("phrase", Request::new(&*format!("\"{}\"", and.join(" "))).count(none), Box::new(by_hand.phrase(&and))),
        (
            "or-filtered",
            Request::new(Query::new(&or.join(" ")).within(Dimension::Actor, path)).count(none),
            Box::new(by_hand.filtered(&or, path)),
        ),
    ];
    for (class, request, query) in classes {
        let expected = by_hand.count(&*query);
        let answer = searcher.search(request.clone()).expect("an answer");
        assert_eq!(answer.total.paragraphs, expected, "{class}");
        let mut group = criterion.benchmark_group(class);
        group
            .bench_function("demarche", |b| b.iter(|| searcher.search(black_box(request.clone())).expect("an answer")));
        group.bench_function("tantivy", |b| {
            b.iter(|| (by_hand.top(black_box(&*query)), by_hand.count(black_box(&*query))))
        });
        group.finish();
    }

    let query = by_hand.all(Occur::Should, &or);
    let request = Request::new(&*or.join(" "));
    let answer = searcher.search(request.clone()).expect("an answer");
    let (actor, topic) = by_hand.searcher.search(&query, &by_hand.facets()).expect("facet counts");
    for (dimension, root, counts) in [(Dimension::Actor, "/state", &actor), (Dimension::Topic, "/topic", &topic)] {
        for (facet, count) in counts.get(root) {
            let path = facet.to_path_string().parse().expect("a path");
            let ours = answer.facets.get(dimension).and_then(|facets| facets.get(&path)).map(|node| node.count);
            assert_eq!(ours, Some(count), "{path}");
        }
    }
    let mut group = criterion.benchmark_group("or-faceted");
    group.bench_function("demarche", |b| b.iter(|| searcher.search(black_box(request.clone())).expect("an answer")));
    group.bench_function("tantivy", |b| {
        b.iter(|| {
            let (actor, topic) = by_hand.facets();
            let top = by_hand.top(black_box(&query));
            (top, by_hand.searcher.search(black_box(&query), &(actor, topic, Count)).expect("facet counts").2)
        })
    });
    group.finish();
}

fn seed(criterion: &mut Criterion) {
    let annotator = demarche::Annotator::new();
    let source = std::fs::read_to_string("seeds/000_468284d11647a011.txt").expect("the seed document");
    let documents = [annotator.annotate(Document::parse("seed", &source).expect("a document"))];
    let searcher = ours(&documents);
    let request = Request::new("NATO enlargement");
    let answer = searcher.search(request.clone()).expect("an answer");
    assert!(answer.hits.first().is_some_and(|hit| hit.text.contains("further enlargement of")));
    criterion.bench_function("seed/or-faceted", |b| {
        b.iter(|| searcher.search(black_box(request.clone())).expect("an answer"))
    });
}

criterion_group!(benches, seed, generated);
criterion_main!(benches);
