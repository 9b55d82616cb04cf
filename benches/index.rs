//! Speed of loading, at either durability, beside Tantivy written by hand on the same text.
//!
//! What: `full` and `fast` load tagged documents in batches of 1,000 into a new directory with one thread, and wait for
//! the merges; `tantivy` adds the texts alone (one stored text field, English stemmer, two facets) with the same
//! memory, one commit for as many documents. `annotated` also tags, with the built-in vocabularies.
//!
//! Corpus: 3,000 documents of ten generated paragraphs (see `corpus/mod.rs`); in test mode 200.
//! Caveat: `full` waits for the disk, so it is as fast as the disk; a file system in memory shows no difference.

mod corpus;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use demarche::{Document, Durability, Index};
use tantivy::schema::{Facet, FacetOptions, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions};
use tempfile::TempDir;

const BATCH: usize = 1_000;
const MEMORY: usize = 128 << 20;

fn load(documents: &[Document], durability: Durability, annotate: bool) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut options = Index::options();
    options.durability(durability).memory(MEMORY);
    let index = options.create(folder.path().join("index")).expect("a new index");
    let load = index.load().threads(1).batch(BATCH).annotate(annotate);
    let report = load.from_documents(documents.iter().cloned().map(Ok)).expect("a load");
    assert_eq!((report.documents as usize, report.refused), (documents.len(), 0));
    folder
}

fn by_hand(documents: &[Document]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("en_stem")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing) | STORED);
    let actor = schema.add_facet_field("actor", FacetOptions::default());
    let topic = schema.add_facet_field("topic", FacetOptions::default());
    let index = tantivy::Index::create_in_dir(folder.path(), schema.build()).expect("a new index");
    let mut writer = index.writer_with_num_threads(1, MEMORY).expect("a writer");
    for batch in documents.chunks(BATCH) {
        for paragraph in batch.iter().flat_map(|document| &document.paragraphs) {
            let mut row = tantivy::TantivyDocument::new();
            row.add_text(text, &paragraph.text);
            for tag in &paragraph.actors {
                row.add_facet(actor, Facet::from_path(tag.path.steps()));
            }
            for tag in &paragraph.topics {
                row.add_facet(topic, Facet::from_path(tag.path.steps()));
            }
            writer.add_document(row).expect("a row");
        }
        writer.commit().expect("a commit");
    }
    writer.wait_merging_threads().expect("merges");
    folder
}

fn loads(criterion: &mut Criterion) {
    let testing = std::env::args().any(|argument| argument == "--test");
    let documents = corpus::generate(if testing { 2_000 } else { 30_000 });
    let full = load(&documents, Durability::Full, false);
    let index = Index::open(full.path().join("index")).expect("the index");
    let stats = index.stats().expect("statistics");
    assert_eq!((stats.documents as usize, stats.deleted), (documents.len(), 0));

    let mut group = criterion.benchmark_group("load");
    group.sample_size(10).throughput(Throughput::Elements(documents.len() as u64));
    for (name, durability, annotate) in
        [("full", Durability::Full, false), ("fast", Durability::Fast, false), ("annotated", Durability::Full, true)]
    {
        group.bench_function(name, |b| {
            b.iter_batched(|| (), |()| load(&documents, durability, annotate), BatchSize::PerIteration);
        });
    }
    group.bench_function("tantivy", |b| b.iter_batched(|| (), |()| by_hand(&documents), BatchSize::PerIteration));
    group.finish();
}

criterion_group!(benches, loads);
criterion_main!(benches);
