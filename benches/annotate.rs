//! Time to annotate and to analyse, stage by stage, on one core.
//!
//! What: `actors` tags actors alone, `topics` topics alone, `both` as an annotator does by default, `terms` makes the
//! terms that an index has of the same paragraphs, and `both and terms` all of it, document by document, as a load does.
//! Targets: actors at 150 MB/s; topics add at most 40 % to the time of actors and terms; all together at 100 MB/s.
//!
//! Corpus: the seed document, 200 times, in one process; `BENCH_CORPUS=FILE` takes the first 8 MB of
//! documents (JSON Lines with `id` and `text`) instead. Parsing is not timed, and neither is a copy of the
//! document: each pass replaces the tags of the pass before.
//! Caveat: one short document again and again keeps the tables in the cache; names and cues stand more
//! densely in it than in most texts. Criterion counts in MiB, 4.9 % more than a MB.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use demarche::{Analyzer, Annotator, Document, Gazetteer, Language, Parser, Taxonomy};

/// Enough for a stable median.
const CORPUS_BYTES: usize = 8 << 20;

fn documents() -> Vec<Document> {
    let mut bytes = 0;
    let within = |document: &Document| {
        bytes += document.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum::<usize>();
        bytes <= CORPUS_BYTES
    };
    match std::env::var_os("BENCH_CORPUS") {
        Some(file) => {
            let read = Parser::new().documents(Path::new(&file)).expect("BENCH_CORPUS names a file");
            read.map(|document| document.expect("a document a line")).take_while(within).collect()
        }
        None => {
            let source = std::fs::read_to_string("seeds/000_468284d11647a011.txt").expect("the seed document");
            let copy = |number| Document::parse(&format!("seed-{number}"), &source).expect("a document");
            (0..200).map(copy).collect()
        }
    }
}

fn annotator(actors: bool, topics: bool) -> Annotator {
    let mut builder = Annotator::builder();
    if !actors {
        builder.gazetteer(Gazetteer::empty());
    }
    if !topics {
        builder.taxonomy(Taxonomy::empty());
    }
    builder.build()
}

/// Makes the terms of a document's paragraphs and counts them.
fn terms(analyzer: &mut Analyzer, document: &Document) -> usize {
    let mut count = 0;
    for paragraph in &document.paragraphs {
        analyzer.analyze(&paragraph.text, |term| {
            black_box((term.text, term.exact));
            count += 1;
        });
    }
    count
}

fn annotate(criterion: &mut Criterion) {
    let mut documents = documents();
    let bytes: usize = documents.iter().flat_map(|document| &document.paragraphs).map(|p| p.text.len()).sum();
    let mut group = criterion.benchmark_group("annotate");
    group.throughput(Throughput::Bytes(bytes as u64));
    for (name, actors, topics) in [("actors", true, false), ("topics", false, true), ("both", true, true)] {
        let annotator = annotator(actors, topics);
        let tagged = documents.first().map(|document| annotator.annotate(document.clone())).expect("a document");
        assert_eq!(tagged.paragraphs.iter().any(|paragraph| !paragraph.actors.is_empty()), actors, "{name}");
        assert_eq!(tagged.paragraphs.iter().any(|paragraph| !paragraph.topics.is_empty()), topics, "{name}");
        group.bench_function(name, |b| {
            b.iter(|| {
                for document in &mut documents {
                    let taken = std::mem::take(document);
                    *document = annotator.annotate(black_box(taken));
                }
            })
        });
    }
    let mut analyzer = Analyzer::new(Language::ENGLISH);
    let first = documents.first().expect("a document");
    assert!(terms(&mut analyzer, first) > first.paragraphs.len(), "a paragraph has more than one term");
    group.bench_function("terms", |b| {
        b.iter(|| documents.iter().map(|document| terms(&mut analyzer, black_box(document))).sum::<usize>())
    });
    let annotator = annotator(true, true);
    group.bench_function("both and terms", |b| {
        b.iter(|| {
            let mut count = 0;
            for document in &mut documents {
                let taken = std::mem::take(document);
                *document = annotator.annotate(black_box(taken));
                count += terms(&mut analyzer, document);
            }
            count
        })
    });
    group.finish();
}

criterion_group!(benches, annotate);
criterion_main!(benches);
