//! Time from a directory to the first answer.
//!
//! What: an index is opened read-only with each check, and asked one query of a frequent word with its facet
//! counts; `verify` is the full check alone. The operating system has the files in memory.
//!
//! Corpus: 30,000 generated paragraphs (see `corpus/mod.rs`) in one segment; in test mode 2,000.
//! Caveat: the built-in gazetteer and taxonomy are compiled once a process, before the timing.

mod corpus;

use criterion::{Criterion, criterion_group, criterion_main};
use demarche::{Check, Index};

fn open(criterion: &mut Criterion) {
    let testing = std::env::args().any(|argument| argument == "--test");
    let documents = corpus::generate(if testing { 2_000 } else { 30_000 });
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("index");
    let index = Index::create(&path).expect("a new index");
    index.load().annotate(false).from_documents(documents.iter().cloned().map(Ok)).expect("a load");
    index.writer().and_then(|mut writer| writer.optimise()).expect("a merge");
    drop(index);

    let word = corpus::word(2);
    let answer = |check: Check| {
        let index = Index::options().read_only(true).check(check).open(&path).expect("the index");
        index.searcher().and_then(|searcher| searcher.search(word.as_str())).expect("an answer").total.paragraphs
    };
    let expected = answer(Check::Full);
    assert!(expected > 0);
    for (name, check) in [("off", Check::Off), ("quick", Check::Quick), ("full", Check::Full)] {
        criterion.bench_function(&format!("open/{name}"), |b| b.iter(|| assert_eq!(answer(check), expected)));
    }
    criterion.bench_function("verify", |b| b.iter(|| assert!(Index::verify(&path).expect("a check").is_sound())));
}

criterion_group!(benches, open);
criterion_main!(benches);
