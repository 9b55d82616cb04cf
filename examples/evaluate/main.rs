//! Measures rankings on a collection with human judgements.
//!
//! ```sh
//! cargo run --release --example evaluate -- --collection DIR --ranking default --ranking bm25
//! ```
//!
//! DIR holds `docs.jsonl` (one document `{"id", "title", "text", …}` a line), `queries.jsonl` (`{"id",
//! "text"}`) and `qrels.tsv` (query, document, grade). Queries are taken as plain words. With
//! `--by paragraph` the judgements are of paragraphs, named `document#ordinal`. With `--index DIR` the index is
//! made once and used again, which tells what a ranking costs on a large collection.

mod collection;
mod metric;
#[path = "../program/mod.rs"]
mod program;

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use demarche::{Durability, Index, Query, Ranking, Request, Searcher};

use collection::{Collection, Run, Topic, write_runs};
use metric::Measures;

#[derive(Parser)]
#[command(about = "Measures rankings on a collection with human judgements")]
struct Flags {
    /// A directory with docs.jsonl, queries.jsonl and qrels.tsv.
    #[arg(long)]
    collection: PathBuf,
    /// A ranking: bm25, default, or one of them with changes (default,function-words=0.5); may be repeated.
    #[arg(long, default_value = "default")]
    ranking: Vec<Ranking>,
    /// What the judgements are of.
    #[arg(long, default_value = "document")]
    by: Unit,
    /// Keeps the index in this directory, and uses the one that is there; otherwise it is made anew and thrown away.
    #[arg(long)]
    index: Option<PathBuf>,
    /// Writes the ranking as a TREC run.
    #[arg(long)]
    run: Option<PathBuf>,
    /// How many documents are ranked for each query.
    #[arg(long, default_value_t = 1000)]
    depth: usize,
    /// Tags actors and topics, for rankings with actors.
    #[arg(long)]
    annotate: bool,
    /// Memory for loading, in MiB.
    #[arg(long, default_value_t = 512)]
    memory_mb: usize,
    /// Prints JSON, one object a ranking and line.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Unit {
    Document,
    Paragraph,
}

fn main() -> ExitCode {
    program::ending(run(&Flags::parse()).map(|()| ExitCode::SUCCESS))
}

fn run(flags: &Flags) -> Result<(), Box<dyn Error>> {
    if flags.run.is_some() && flags.ranking.len() > 1 {
        return Err("--run takes one --ranking".into());
    }
    let collection = Collection::open(&flags.collection)?;
    let started = Instant::now();
    let temporary =
        tempfile::tempdir_in(flags.index.as_deref().and_then(Path::parent).unwrap_or(&std::env::temp_dir()))?;
    let index = match &flags.index {
        Some(directory) if directory.exists() => Index::open(directory)?,
        Some(directory) => {
            // An index that is named is a whole one.
            load(temporary.path(), &collection, flags)?;
            std::fs::rename(temporary.path(), directory)?;
            Index::open(directory)?
        }
        None => load(temporary.path(), &collection, flags)?,
    };
    let load_seconds = started.elapsed().as_secs_f64();
    let searcher = index.searcher()?;
    let documents = index.stats()?.documents;
    if !flags.json {
        let paragraphs = searcher.paragraphs();
        writeln!(
            io::stdout(),
            "{}: {documents} documents, {paragraphs} paragraphs, {load_seconds:.1} s",
            collection.name()
        )?;
    }
    for ranking in &flags.ranking {
        let started = Instant::now();
        let runs = rank_all(&searcher, &collection.queries, ranking, flags)?;
        let query_ms = started.elapsed().as_secs_f64() * 1e3 / collection.queries.len().max(1) as f64;
        let measures: Vec<Measures> = runs
            .iter()
            .filter_map(|run| {
                let ids: Vec<&str> = run.ranked.iter().map(|(id, _)| id.as_str()).collect();
                Measures::of(&ids, collection.judged.get(&run.query)?)
            })
            .collect();
        if let Some(path) = &flags.run {
            write_runs(path, &ranking.to_string(), &runs)?;
        }
        let mean = Measures::mean(&measures);
        let (name, judged) = (collection.name(), measures.len());
        if flags.json {
            let mut object = serde_json::json!({
                "collection": name, "ranking": ranking.to_string(), "documents": documents,
                "paragraphs": searcher.paragraphs(), "queries": judged,
                "load_seconds": load_seconds, "query_ms": query_ms,
            });
            for (name, value) in mean.named() {
                object[name] = value.into();
            }
            writeln!(io::stdout(), "{object}")?;
        } else {
            let figures: Vec<String> = mean.named().iter().map(|(name, value)| format!("{name} {value:.4}")).collect();
            writeln!(
                io::stdout(),
                "{name:12} {} ({judged} queries, {query_ms:.1} ms each) {ranking}",
                figures.join(" ")
            )?;
        }
    }
    Ok(())
}

/// Indexes the documents, without actors and topics unless told to: no ranking but those with actors asks for them.
fn load(directory: &Path, collection: &Collection, flags: &Flags) -> demarche::Result<Index> {
    /// Documents between two commits. Nobody searches yet, so there are few.
    const BATCH: usize = 100_000;
    let index = Index::options().durability(Durability::Fast).create(directory)?;
    index
        .load()
        .annotate(flags.annotate)
        .batch(BATCH)
        .memory(flags.memory_mb << 20)
        // An empty document is part of several collections.
        .refused(|error| eprintln!("left out: {error}"))
        .from_paths(&[collection.documents()])?;
    Ok(index)
}

/// Ranks for every query, in their order.
fn rank_all(
    searcher: &Searcher,
    queries: &[Topic],
    ranking: &Ranking,
    flags: &Flags,
) -> Result<Vec<Run>, Box<dyn Error>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Run)>> = Mutex::default();
    let work = || -> demarche::Result<()> {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(topic) = queries.get(place) else { return Ok(()) };
            let run = Run { query: topic.id.clone(), ranked: rank(searcher, topic, ranking, flags)? };
            done.lock().expect("no thread panics").push((place, run));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| -> Result<(), Box<dyn Error>> {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            worker.join().map_err(|_| "a thread that searches panicked")??;
        }
        Ok(())
    })?;
    let mut done = done.into_inner().expect("no thread panicked");
    done.sort_unstable_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, run)| run).collect())
}

fn rank(searcher: &Searcher, topic: &Topic, ranking: &Ranking, flags: &Flags) -> demarche::Result<Vec<(String, f32)>> {
    // Topics are sentences, not queries: "two-dimensional" is two words, where the query language asks for a phrase.
    let words = topic.text.replace(|c: char| !c.is_alphanumeric() && !"'’.".contains(c), " ");
    let query = Query::new(&Query::escape(&words));
    let mut request = Request::new(query).ranking(ranking.clone()).limit(flags.depth);
    if flags.by == Unit::Document {
        request = request.group(1);
    }
    let name = |document: String, ordinal: u32| match flags.by {
        Unit::Document => document,
        Unit::Paragraph => format!("{document}#{ordinal}"),
    };
    let ranked = searcher.rank(request)?.into_iter();
    Ok(ranked.map(|one| (name(one.document, one.ordinal), one.score)).collect())
}
