//! From a directory to the first answer, the memory that searching takes, and what a second thread brings.
//!
//! What: an index is opened read-only with each check and asked the ten best paragraphs for two frequent words with the
//! counts of actors and topics: `warm` with its files in memory, `cold` after the operating system has dropped them.
//! `verify` reads and compares everything. Then a process of its own opens the index and asks queries of every
//! kind, and tells what it holds of memory that is no file's. Last, one thread and two ask the same queries for two seconds each,
//! in turns.
//!
//! Corpus: `BENCH_CORPUS=FILE` (JSON Lines with `id` and `text`), or 30,000 generated paragraphs (see `corpus/mod.rs`), in
//! one segment; in test mode 2,000. `BENCH_DIR=DIR` keeps the index there (as `peers` does) and takes it up again.
//!
//! Caveats: the built-in gazetteer and taxonomy are compiled once a process, before the timing; how long that takes is
//! shown. Files are dropped with `dd`, where there is one that can. Queries are in words that the corpus has most often.

mod corpus;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use demarche::{Annotator, Check, Dimension, Index, Request, Searcher};

/// Tells a child process to ask and to tell of its memory; it has the index and the queries as arguments.
const CHILD: &str = "BENCH_OPEN_CHILD";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if std::env::var_os(CHILD).is_some() {
        let searcher = open(Path::new(&arguments[1]), Check::Quick);
        arguments[2..].iter().for_each(|query| assert!(answer(&searcher, query) < u64::MAX));
        println!("{}", own_memory());
        return;
    }
    let testing = arguments.iter().any(|argument| argument == "--test");
    let folder = tempfile::tempdir().expect("a temporary directory");
    let started = Instant::now();
    let _annotator = Annotator::new();
    println!("gazetteer and taxonomy, compiled once a process: {:.1} ms", milliseconds(started));
    let kept = std::env::var_os("BENCH_DIR").map(PathBuf::from);
    let path = kept.as_deref().unwrap_or(folder.path()).join("demarche");
    if !path.join("meta.json").exists() {
        build(&path, testing);
    }
    let words = frequent_words(&path);
    let queries = queries(&words);
    println!("{} paragraphs", open(&path, Check::Quick).paragraphs());

    let rounds = if testing { 1 } else { 21 };
    // The most frequent words of five letters, and two of which fewer paragraphs have one.
    let usual = format!("{} {}", words[40], words[50]);
    for (query, check, is_cold) in [
        (&queries[0], Check::Quick, false),
        (&usual, Check::Quick, false),
        (&usual, Check::Off, false),
        (&usual, Check::Quick, true),
    ] {
        let expected = answer(&open(&path, Check::Off), query);
        assert!(expected > 0, "the words are in the corpus");
        let name = format!("{}, {check:?} check, {query}, {expected} found", if is_cold { "cold" } else { "warm" });
        let (mut opening, mut asking) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            if is_cold && !drop_files(&path) {
                break;
            }
            let started = Instant::now();
            let searcher = open(&path, check);
            opening.push(milliseconds(started));
            let started = Instant::now();
            assert_eq!(answer(&searcher, query), expected);
            asking.push(milliseconds(started));
        }
        if opening.is_empty() {
            println!("{name}: there is no dd that drops files");
            continue;
        }
        let both = opening.iter().zip(&asking).map(|(one, other)| one + other).collect();
        println!(
            "{name}: open {:.2} ms + first answer {:.2} ms = {:.2} ms",
            median(opening),
            median(asking),
            median(both)
        );
    }
    let started = Instant::now();
    assert!(Index::verify(&path).expect("a check").is_sound());
    println!("verify: {:.0} ms", milliseconds(started));

    let mut command = Command::new(std::env::current_exe().expect("this program"));
    let output = command.env(CHILD, "").arg(&path).args(&queries).output().expect("a child process");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let memory: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number");
    println!("memory of a process that asked {} queries, without files: {:.1} MB", queries.len(), memory / 1e6);

    let searcher = open(&path, Check::Off);
    let limit = Duration::from_millis(if testing { 20 } else { 2_000 });
    let rounds = if testing { 1 } else { 5 };
    let mut ratios = Vec::new();
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        let [one, two] = [1, 2].map(|threads| rate(&searcher, &queries, threads, limit));
        ratios.push(two / one);
        rates[0].push(one);
        rates[1].push(two);
    }
    let [one, two] = rates.map(median);
    println!("queries a second: one thread {one:.0}, two {two:.0}; median of the ratios {:.2}", median(ratios));
}

fn build(path: &Path, testing: bool) {
    let index = Index::create(path).expect("a new index");
    match std::env::var_os("BENCH_CORPUS") {
        Some(file) if !testing => {
            index.load().from_paths(&[PathBuf::from(file)]).expect("a load");
        }
        _ => {
            let documents = corpus::generated(if testing { 2_000 } else { 30_000 });
            index.load().annotate(false).from_documents(documents.map(Ok)).expect("a load");
        }
    }
    index.writer().and_then(|mut writer| writer.optimise()).expect("a merge");
}

fn open(path: &Path, check: Check) -> Searcher {
    let index = Index::options().read_only(true).check(check).open(path).expect("the index");
    index.searcher().expect("a searcher")
}

/// Asks for the ten best and the counts of actors and topics.
fn answer(searcher: &Searcher, query: &str) -> u64 {
    let request = Request::new(query).count([Dimension::Actor, Dimension::Topic]);
    let results = searcher.search(request).expect("an answer");
    assert!(results.facets.get(Dimension::Actor).is_some());
    results.total.paragraphs
}

/// The most frequent words of five letters or more in every hundredth paragraph, the most frequent first.
fn frequent_words(path: &Path) -> Vec<String> {
    let searcher = open(path, Check::Off);
    let mut counts: HashMap<String, u32> = HashMap::new();
    let results = searcher.search(Request::new("*").limit(1_000)).expect("paragraphs");
    for hit in &results.hits {
        let words = hit.text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() >= 5);
        for word in words.filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())) {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    let mut words: Vec<(String, u32)> = counts.into_iter().collect();
    words.sort_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
    words.into_iter().take(60).map(|(word, _)| word).collect()
}

/// ORs, ANDs, single words, phrases, prefixes.
fn queries(words: &[String]) -> Vec<String> {
    let mut queries = Vec::new();
    for pair in words.chunks_exact(2) {
        queries.push(format!("{} {}", pair[0], pair[1]));
        queries.push(format!("{} AND {}", pair[0], pair[1]));
        queries.push(pair[0].clone());
        queries.push(format!("\"{} {}\"", pair[0], pair[1]));
        queries.push(format!("{}*", &pair[1][..4]));
    }
    queries
}

/// Has the operating system drop the files of a directory; false where that cannot be had.
fn drop_files(path: &Path) -> bool {
    std::fs::read_dir(path).expect("the index").all(|entry| {
        let from = format!("if={}", entry.expect("a file").path().display());
        let dropped = Command::new("dd").args([from.as_str(), "iflag=nocache", "count=0"]).output();
        dropped.is_ok_and(|output| output.status.success())
    })
}

/// Queries a second by so many threads, each of which begins elsewhere.
fn rate(searcher: &Searcher, queries: &[String], threads: usize, limit: Duration) -> f64 {
    let stop = AtomicBool::new(false);
    let started = Instant::now();
    let asked: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|thread| {
                let stop = &stop;
                scope.spawn(move || {
                    let mut asked = 0;
                    for query in queries.iter().cycle().skip(thread * queries.len() / 2) {
                        if stop.load(Ordering::Relaxed) {
                            break;
                        }
                        answer(searcher, query);
                        asked += 1;
                    }
                    asked
                })
            })
            .collect();
        thread::sleep(limit);
        stop.store(true, Ordering::Relaxed);
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    asked as f64 / started.elapsed().as_secs_f64()
}

/// Memory of this process that is no file's, in bytes; 0 where `/proc` does not tell.
fn own_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap_or_default() * 1_024
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
