//! Takes documents to a Quickwit cluster, searches them there, and compares with an embedded index.
//!
//! ```text
//! cargo run --release --features quickwit --example quickwit -- export target/quickwit
//! cargo run --release --features quickwit --example quickwit -- load http://127.0.0.1:7280/speeches
//! cargo run --release --features quickwit --example quickwit -- search http://127.0.0.1:7280/speeches "NATO enlargement"
//! cargo run --release --features quickwit --example quickwit -- compare http://127.0.0.1:7280/speeches "NATO enlargement"
//! cargo run --release --features quickwit --example quickwit -- measure --docs speeches.jsonl
//! ```

mod measure;
#[path = "../program/mod.rs"]
mod program;

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser as _, Subcommand};
use demarche::quickwit::{Client, Lines, LoadReport, index_config};
use demarche::{Annotator, Document, Engine, Parser, Request, Results};

use program::searched::Searched;

/// Paragraphs on a Quickwit cluster.
#[derive(Debug, clap::Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the configuration of an index and its lines into a directory, for Quickwit's own tools.
    Export {
        /// Where to.
        directory: PathBuf,
        #[command(flatten)]
        documents: Documents,
    },
    /// Load documents into an index, which is created if it is missing.
    Load {
        /// http://HOST:PORT/INDEX
        url: String,
        /// The documents may be there already; replace them.
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        documents: Documents,
    },
    /// Search an index.
    Search {
        /// http://HOST:PORT/INDEX
        url: String,
        /// The query.
        query: String,
        /// How many paragraphs to show.
        #[arg(long, value_name = "N", default_value_t = 10)]
        limit: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Hold an index on Quickwit against an embedded one of the same documents.
    Compare {
        /// http://HOST:PORT/INDEX
        url: String,
        /// The query.
        query: String,
        /// The embedded index; without it one is built of the documents.
        #[arg(long, value_name = "DIR", conflicts_with = "docs")]
        index: Option<PathBuf>,
        #[command(flatten)]
        documents: Documents,
    },
    /// Measure what documents take: bytes and time a paragraph, at each step.
    Measure {
        #[command(flatten)]
        documents: Documents,
        /// Take so many documents of every file or directory.
        #[arg(long, value_name = "N", default_value_t = usize::MAX)]
        first: usize,
    },
}

#[derive(Debug, clap::Args)]
struct Documents {
    /// A file or directory of documents, may be repeated; without any, the seed documents.
    #[arg(long, value_name = "PATH")]
    docs: Vec<PathBuf>,
}

impl Documents {
    /// The documents; one that cannot be read is said and left out.
    fn each(&self, give: impl FnMut(Document) -> demarche::Result<()>) -> demarche::Result<()> {
        self.first(usize::MAX, give)
    }

    /// As [`each`](Documents::each), so many of every file or directory.
    fn first(&self, at_most: usize, mut give: impl FnMut(Document) -> demarche::Result<()>) -> demarche::Result<()> {
        let seeds = [PathBuf::from("seeds")];
        let paths = if self.docs.is_empty() { &seeds[..] } else { &self.docs };
        for path in paths {
            for document in Parser::new().documents(path)?.take(at_most) {
                match document {
                    Ok(document) => give(document)?,
                    Err(error) => eprintln!("left out: {}", program::chain(&error)),
                }
            }
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Export { directory, documents } => export(&directory, &documents),
        Command::Load { url, replace, documents } => load(&url, replace, &documents),
        Command::Search { url, query, limit, json } => search(&url, &query, limit, json),
        Command::Compare { url, query, index, documents } => compare(&url, &query, index.as_deref(), &documents),
        Command::Measure { documents, first } => measure::measure(&documents, first),
    };
    program::ending(done)
}

type Done = Result<ExitCode, Box<dyn Error>>;

fn export(directory: &Path, documents: &Documents) -> Done {
    fs::create_dir_all(directory)?;
    let config = serde_json::to_string_pretty(&index_config("demarche"))?;
    fs::write(directory.join("index.json"), config)?;
    let mut file = BufWriter::new(File::create(directory.join("paragraphs.ndjson"))?);
    let annotator = Annotator::new();
    let mut lines = Lines::new(1);
    let mut written = 0;
    documents.each(|document| {
        match lines.write(&annotator.annotate(document), &mut file) {
            Ok(more) => written += more,
            Err(error) if error.is_input() => eprintln!("left out: {}", program::chain(&error)),
            Err(error) => return Err(error),
        }
        Ok(())
    })?;
    file.into_inner()?.sync_all()?;
    writeln!(io::stdout(), "{written} paragraphs in {}", directory.join("paragraphs.ndjson").display())?;
    writeln!(io::stdout(), "the index: {}", directory.join("index.json").display())?;
    Ok(ExitCode::SUCCESS)
}

fn load(url: &str, replace: bool, documents: &Documents) -> Done {
    let client = Client::new(url)?;
    if !client.exists()? {
        client.create()?;
        writeln!(io::stdout(), "created {}", client.index_id())?;
    }
    let started = Instant::now();
    let annotator = Annotator::new();
    let mut loader = client.loader()?;
    documents.each(|document| {
        let document = annotator.annotate(document);
        match if replace { loader.replace(&document) } else { loader.add(&document) } {
            Err(error) if error.is_input() => eprintln!("left out: {}", program::chain(&error)),
            other => return other,
        }
        Ok(())
    })?;
    let LoadReport { documents, paragraphs, bytes, compressed_bytes, repeated, rejected_lines, rejected, .. } =
        loader.finish()?;
    let seconds = started.elapsed().as_secs_f64();
    writeln!(
        io::stdout(),
        "{documents} documents, {paragraphs} paragraphs, {bytes} bytes ({compressed_bytes} compressed)"
    )?;
    writeln!(io::stdout(), "{:.0} paragraphs a second, {repeated} attempts repeated", paragraphs as f64 / seconds)?;
    for line in &rejected {
        writeln!(io::stdout(), "rejected: {} paragraph {}: {}", line.document, line.ordinal, line.reason)?;
    }
    Ok(if rejected_lines == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn search(url: &str, query: &str, limit: usize, json: bool) -> Done {
    let results = Client::new(url)?.search(Request::new(query).limit(limit))?;
    if json {
        writeln!(io::stdout(), "{}", serde_json::to_string(&results)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    for diagnostic in &results.diagnostics {
        writeln!(io::stdout(), "note: {}", diagnostic.message())?;
    }
    writeln!(io::stdout(), "{}", totals(&results))?;
    for hit in &results.hits {
        writeln!(io::stdout(), "{:.2} {} ¶{}: {}", hit.score, hit.document, hit.ordinal, hit.passage)?;
    }
    for (dimension, counts) in results.facets.dimensions() {
        let shown: Vec<String> =
            counts.nodes().iter().take(8).map(|node| format!("{} {}", node.label, node.count)).collect();
        writeln!(io::stdout(), "{dimension}: {}", shown.join(", "))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn totals(results: &Results) -> String {
    let documents = results.total.documents.map_or("documents not counted".to_owned(), |n| format!("{n} documents"));
    format!("{} paragraphs, {documents}", results.total.paragraphs)
}

fn compare(url: &str, query: &str, directory: Option<&Path>, documents: &Documents) -> Done {
    let searched = Searched { index: directory.map(Path::to_owned), docs: documents.docs.clone() };
    let index = searched.open()?;
    let engines: [(&str, Box<dyn Engine>); 2] =
        [("embedded", Box::new(index)), ("Quickwit", Box::new(Client::new(url)?))];
    let mut answers = Vec::new();
    for (name, engine) in &engines {
        let started = Instant::now();
        let results = engine.search(Request::new(query).limit(10))?;
        writeln!(io::stdout(), "{name}: {}, {:.1} ms", totals(&results), started.elapsed().as_secs_f64() * 1_000.0)?;
        answers.push(results);
    }
    let [ours, theirs] = &answers[..] else { return Err("two engines give two answers".into()) };
    let mut same = ours.total.paragraphs == theirs.total.paragraphs;
    writeln!(io::stdout(), "totals: {}", if same { "equal" } else { "different" })?;
    for (dimension, counts) in ours.facets.dimensions() {
        let numbers = |results: &Results| -> Option<Vec<_>> {
            let nodes = results.facets.get(dimension)?.nodes();
            Some(nodes.iter().map(|node| (node.path.clone(), node.count, node.direct)).collect())
        };
        let is_same = numbers(ours) == numbers(theirs);
        writeln!(
            io::stdout(),
            "{dimension}: {} of {} nodes",
            if is_same { "equal counts" } else { "different counts" },
            counts.values()
        )?;
        same &= is_same;
    }
    let best = |results: &Results| -> BTreeSet<(String, u32)> {
        results.hits.iter().map(|hit| (hit.document.clone(), hit.ordinal)).collect()
    };
    let (ours, theirs) = (best(ours), best(theirs));
    writeln!(io::stdout(), "best {}: {} in common", ours.len().max(theirs.len()), ours.intersection(&theirs).count())?;
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
