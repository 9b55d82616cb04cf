//! Speed, memory and size of a load, beside Tantivy written by hand on the same paragraphs.
//!
//! What: `demarche` reads JSON Lines, parses, tags with the built-in vocabularies and indexes them with two threads, at
//! the defaults (a durable commit every 64 MiB), and waits for the merges. `without tags` leaves the tagging
//! out, `not durable` the waiting for the disk. `tantivy` reads the paragraphs that the parser made of them and indexes
//! the bare text with two threads: one field with positions, English stems and the text in a store compressed
//! as this crate's, one commit, the memory that a load has (128 MiB).
//!
//! How: each is a process of its own, so that it has its own peak of memory; they take turns, and the medians of three
//! rounds are shown, with the medians of the ratios to `tantivy` in the same round. `BENCH_ROUNDS=N` for other numbers
//! of rounds, `BENCH_WAYS=name` for the ways whose names contain that.
//!
//! Corpus: `BENCH_CORPUS=FILE` (JSON Lines with `id` and `text`), or 3,000 documents of ten generated paragraphs (see
//! `corpus/mod.rs`); in test mode 200.
//!
//! Caveats: processor time and peaks are read from `/proc`, and are 0 where there is none. The gazetteer and the taxonomy
//! are compiled within the time of `demarche`, as in a program that loads. The hand-written index holds a third of
//! what this crate's does: no written words, sentences, mentions, facets or documents.

mod corpus;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use demarche::{Durability, Index, Parser};
use tantivy::schema::{IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions};
use tantivy::store::{Compressor, ZstdCompressor};

/// The way of building that a child process is asked for; it has its corpus and its directory as arguments.
const CHILD: &str = "BENCH_INDEX_WAY";
const THREADS: usize = 2;
const MEMORY: usize = 128 << 20;
/// Ends a paragraph in the file that is made for Tantivy; no paragraph holds it.
const PARAGRAPH_END: u8 = 0;

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Tantivy,
    Demarche,
    WithoutTags,
    NotDurable,
}

impl Way {
    const ALL: [Way; 4] = [Way::Tantivy, Way::Demarche, Way::WithoutTags, Way::NotDurable];

    fn name(self) -> &'static str {
        match self {
            Way::Tantivy => "tantivy",
            Way::Demarche => "demarche",
            Way::WithoutTags => "without tags",
            Way::NotDurable => "not durable",
        }
    }
}

/// What a child tells of its build.
#[derive(Debug, Clone, Copy, Default)]
struct Built {
    seconds: f64,
    processor_seconds: f64,
    /// In bytes.
    peak: f64,
    /// Of the index.
    bytes: f64,
    paragraphs: f64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Ok(way) = std::env::var(CHILD) {
        let way = Way::ALL.into_iter().find(|known| known.name() == way).expect("a way of building");
        let built = child(way, Path::new(&arguments[1]), Path::new(&arguments[2]));
        let Built { seconds, processor_seconds, peak, bytes, paragraphs } = built;
        println!("{seconds} {processor_seconds} {peak} {bytes} {paragraphs}");
        return;
    }
    let testing = arguments.iter().any(|argument| argument == "--test");
    let folder = tempfile::tempdir().expect("a temporary directory");
    let documents = match std::env::var_os("BENCH_CORPUS") {
        Some(file) if !testing => PathBuf::from(file),
        _ => generated(folder.path(), if testing { 2_000 } else { 30_000 }),
    };
    let paragraphs = folder.path().join("paragraphs");
    let (count, text) = write_paragraphs(&documents, &paragraphs);
    println!("{count} paragraphs, {:.1} MB of text, {THREADS} threads", text as f64 / 1e6);

    let rounds = match std::env::var("BENCH_ROUNDS") {
        _ if testing => 1,
        Ok(rounds) => rounds.parse().expect("a number of rounds"),
        Err(_) => 3,
    };
    let wanted = std::env::var("BENCH_WAYS").unwrap_or_default();
    let ways: Vec<Way> =
        Way::ALL.into_iter().filter(|&way| way == Way::Tantivy || way.name().contains(&wanted)).collect();
    let mut built: Vec<Vec<Built>> = vec![Vec::new(); ways.len()];
    for _ in 0..rounds {
        for (way, built) in ways.iter().zip(&mut built) {
            let target = folder.path().join("index");
            let from = if *way == Way::Tantivy { &paragraphs } else { &documents };
            let one = in_child(*way, from, &target);
            assert_eq!(one.paragraphs as usize, count, "{} has every paragraph", way.name());
            built.push(one);
            std::fs::remove_dir_all(&target).expect("the index goes");
        }
    }
    if testing {
        return;
    }
    let by_hand = built[0].clone();
    println!("{:14} {:>8} {:>7} {:>9} {:>8} {:>10}", "", "wall s", "ratio", "cpu s", "peak MB", "size/text");
    for (way, built) in ways.iter().zip(&built) {
        let of = |figure: fn(&Built) -> f64| median(built.iter().map(figure).collect());
        let ratio = median(built.iter().zip(&by_hand).map(|(ours, theirs)| ours.seconds / theirs.seconds).collect());
        println!(
            "{:14} {:8.2} {ratio:7.2} {:9.2} {:8.0} {:10.2}",
            way.name(),
            of(|built| built.seconds),
            of(|built| built.processor_seconds),
            of(|built| built.peak) / 1e6,
            of(|built| built.bytes) / text as f64,
        );
    }
}

/// Generated documents as JSON Lines.
fn generated(folder: &Path, paragraphs: usize) -> PathBuf {
    let path = folder.join("documents.jsonl");
    let mut file = BufWriter::new(File::create(&path).expect("a file"));
    for document in corpus::generated(paragraphs) {
        let texts: Vec<&str> = document.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
        let line = serde_json::json!({ "id": document.id, "text": texts.join("\n\n") });
        writeln!(file, "{line}").expect("a line");
    }
    file.into_inner().expect("the file is written");
    path
}

/// Writes the paragraphs that the parser makes of the documents; how many, and how long all are.
fn write_paragraphs(documents: &Path, to: &Path) -> (usize, usize) {
    let mut file = BufWriter::new(File::create(to).expect("a file"));
    let (mut count, mut text) = (0, 0);
    for document in Parser::new().documents(documents).expect("a corpus") {
        for paragraph in document.expect("a document").paragraphs {
            file.write_all(paragraph.text.as_bytes())
                .and_then(|()| file.write_all(&[PARAGRAPH_END]))
                .expect("a paragraph");
            count += 1;
            text += paragraph.text.len();
        }
    }
    file.into_inner().expect("the file is written");
    (count, text)
}

fn in_child(way: Way, from: &Path, to: &Path) -> Built {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    let output = command.env(CHILD, way.name()).arg(from).arg(to).output().expect("a child process");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let figures: Vec<f64> = told.split_whitespace().map(|figure| figure.parse().expect("a figure")).collect();
    let [seconds, processor_seconds, peak, bytes, paragraphs] = figures[..] else { panic!("five figures, not {told}") };
    Built { seconds, processor_seconds, peak, bytes, paragraphs }
}

fn child(way: Way, from: &Path, to: &Path) -> Built {
    let started = Instant::now();
    let paragraphs = match way {
        Way::Tantivy => by_hand(from, to),
        _ => {
            let durability = if way == Way::NotDurable { Durability::Fast } else { Durability::Full };
            let index = Index::options().durability(durability).memory(MEMORY).create(to).expect("a new index");
            let load = index.load().threads(THREADS).annotate(way != Way::WithoutTags);
            let report = load.from_paths(&[from]).expect("a load");
            assert_eq!(report.refused, 0);
            report.paragraphs
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    let (processor_seconds, peak) = used();
    let files = std::fs::read_dir(to).expect("the index");
    let bytes = files.map(|file| file.and_then(|file| file.metadata()).map_or(0, |file| file.len())).sum::<u64>();
    Built { seconds, processor_seconds, peak, bytes: bytes as f64, paragraphs: paragraphs as f64 }
}

fn by_hand(from: &Path, to: &Path) -> u64 {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("en_stem")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing) | STORED);
    let docstore_compression = Compressor::Zstd(ZstdCompressor { compression_level: Some(3) });
    std::fs::create_dir(to).expect("a directory");
    let index = tantivy::Index::builder()
        .schema(schema.build())
        .settings(tantivy::IndexSettings { docstore_compression, ..tantivy::IndexSettings::default() })
        .create_in_dir(to)
        .expect("a new index");
    let mut writer = index.writer_with_num_threads(THREADS, MEMORY).expect("a writer");
    let mut count = 0;
    for paragraph in BufReader::new(File::open(from).expect("the paragraphs")).split(PARAGRAPH_END) {
        let mut row = tantivy::TantivyDocument::new();
        row.add_text(text, String::from_utf8(paragraph.expect("a paragraph")).expect("a text"));
        writer.add_document(row).expect("a row");
        count += 1;
    }
    writer.commit().expect("a commit");
    writer.wait_merging_threads().expect("merges");
    count
}

/// The processor time and the peak of memory of this process.
fn used() -> (f64, f64) {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/self/{file}")).unwrap_or_default();
    // Behind the name of the program, which may hold anything, user and system time are the 12th and 13th, in ticks.
    let stat = read("stat");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or_default();
    let status = read("status");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kilobytes: f64 = peak.trim().trim_end_matches("kB").trim().parse().unwrap_or_default();
    ((ticks(11) + ticks(12)) / 100.0, kilobytes * 1_024.0)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
