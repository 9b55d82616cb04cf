//! The same queries through several engines, in turns, in one process.
//!
//! `query_latency` holds this crate against Tantivy written by hand; `peers` takes SQLite's FTS5 in as well.

mod by_hand;
mod choice;
mod class;
mod engine;
mod ours;
#[cfg(feature = "peers")]
mod sqlite;
mod table;

use std::path::{Path, PathBuf};
use std::time::Instant;

use demarche::{Annotator, Document};

use self::choice::Choice;
use self::class::Class;
use self::engine::{Engine, Store};
use crate::corpus;

/// Runs every class and prints a table of each; with `peers` SQLite takes part.
pub(crate) fn run(peers: bool) {
    let testing = std::env::args().any(|argument| argument == "--test");
    let asked = std::env::var("BENCH_PARAGRAPHS").ok().and_then(|number| number.parse().ok());
    let paragraphs = if testing { 4_000 } else { asked.unwrap_or(100_000) };
    let kept = std::env::var_os("BENCH_DIR").map(PathBuf::from);
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let directory = kept.as_deref().unwrap_or(temporary.path());
    if !directory.join("complete").exists() {
        build(peers, directory, paragraphs);
        std::fs::write(directory.join("complete"), "").expect("a mark");
    }
    let engines = open(peers, directory);
    let choice = Choice::new(paragraphs, engines[0].as_ref());
    println!("{} paragraphs, one segment", choice.paragraphs());
    let rounds = if testing { 1 } else { std::env::var("BENCH_ROUNDS").map_or(15, |n| n.parse().expect("a number")) };
    let wanted = std::env::var("BENCH_CLASSES").unwrap_or_default();
    let timed = std::env::var("BENCH_ENGINES").unwrap_or_default();
    let timed: Vec<&dyn Engine> =
        engines.iter().map(|engine| &**engine).filter(|engine| engine.name().contains(&timed)).collect();
    for class in Class::ALL.into_iter().filter(|class| class.name().contains(&wanted)) {
        let chosen = choice.queries(class, &engines);
        table::print(class, &chosen, &table::times(class, &chosen.queries, &timed, rounds));
    }
}

/// Opens what was built; the first engine is this crate.
fn open(peers: bool, directory: &Path) -> Vec<Box<dyn Engine>> {
    let mut engines: Vec<Box<dyn Engine>> = ours::Way::ALL
        .into_iter()
        .map(|way| -> Box<dyn Engine> { Box::new(ours::Ours::open(&directory.join("demarche"), way)) })
        .collect();
    for (place, from_text) in [(1, false), (2, true)] {
        engines.insert(place, Box::new(by_hand::ByHand::open(&directory.join("tantivy"), from_text)));
    }
    #[cfg(feature = "peers")]
    if peers {
        engines.push(Box::new(sqlite::Sqlite::open(&directory.join("sqlite"))));
    }
    #[cfg(not(feature = "peers"))]
    assert!(!peers, "SQLite is behind a feature");
    engines
}

/// Gives every paragraph to every engine, and tells how long each took and how large it is.
fn build(peers: bool, directory: &Path, paragraphs: usize) {
    let mut stores: Vec<(&str, Box<dyn Store>)> = vec![
        ("demarche", Box::new(ours::Build::new(&directory.join("demarche")))),
        ("tantivy", Box::new(by_hand::Build::new(&directory.join("tantivy")))),
    ];
    #[cfg(feature = "peers")]
    if peers {
        stores.push(("sqlite", Box::new(sqlite::Build::new(&directory.join("sqlite")))));
    }
    #[cfg(not(feature = "peers"))]
    assert!(!peers, "SQLite is behind a feature");
    let mut seconds = vec![0.0; stores.len()];
    let (mut bytes, mut count) = (0, 0);
    each_document(paragraphs, |document| {
        count += document.paragraphs.len();
        bytes += document.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum::<usize>();
        for ((_, store), seconds) in stores.iter_mut().zip(&mut seconds) {
            let started = Instant::now();
            store.add(document);
            *seconds += started.elapsed().as_secs_f64();
        }
    });
    println!(
        "{count} paragraphs, {:.1} MB of text; one after the other, each with the tags made before:",
        bytes as f64 / 1e6
    );
    for ((name, store), seconds) in stores.into_iter().zip(seconds) {
        let started = Instant::now();
        store.finish();
        let seconds = seconds + started.elapsed().as_secs_f64();
        let size = size_of(&directory.join(name));
        println!("{name:9} built in {seconds:7.1} s, {:.2} of the text", size as f64 / bytes as f64);
    }
}

/// The documents of the corpus, tagged.
fn each_document(paragraphs: usize, mut visit: impl FnMut(&Document)) {
    if let Some(file) = std::env::var_os("BENCH_CORPUS") {
        let annotator = Annotator::new();
        let documents = demarche::Parser::new().documents(PathBuf::from(file)).expect("BENCH_CORPUS names a file");
        for document in documents {
            visit(&annotator.annotate(document.expect("BENCH_CORPUS holds documents")));
        }
        return;
    }
    for document in corpus::generated(paragraphs) {
        visit(&document);
    }
}

fn size_of(path: &Path) -> u64 {
    let entries = std::fs::read_dir(path).expect("a directory");
    entries.map(|entry| entry.and_then(|entry| entry.metadata()).map_or(0, |file| file.len())).sum()
}
