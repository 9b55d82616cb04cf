//! Loads documents into an index on disk, and shows how far it is.
//!
//! ```text
//! cargo run --release --example index -- --index DIR PATH…
//! cargo run --release --example search -- --index DIR "NATO enlargement"
//! ```
//!
//! Interrupted (Ctrl-C, a crash, a full disk), the same command goes on where it was.

#[path = "program/mod.rs"]
mod program;

use std::error::Error;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use demarche::{Durability, Index, LoadReport, Progress};
use indicatif::{ProgressBar, ProgressStyle};

/// Bulk load of documents: files, directories and JSON Lines.
#[derive(Debug, clap::Parser)]
struct Arguments {
    /// The index; made if it is not there.
    #[arg(long, value_name = "DIR")]
    index: PathBuf,
    /// Threads that parse and tag; by default, as many as the machine runs at once.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Memory for paragraphs that are not on disk yet, in MiB; more makes fewer segments.
    #[arg(long, value_name = "N", default_value_t = 256)]
    memory_mb: usize,
    /// Documents between two commits.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    batch: usize,
    /// Do not wait for the disk: after a power cut, load again.
    #[arg(long)]
    fast: bool,
    /// Begin at the first document, even if an interrupted load could be resumed.
    #[arg(long)]
    restart: bool,
    /// Keep the sources in the index, so that documents can be parsed again without them.
    #[arg(long)]
    keep_originals: bool,
    /// Merge all segments into one at the end.
    #[arg(long)]
    optimise: bool,
    /// Files or directories.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
}

fn main() -> ExitCode {
    program::ending(run(&Arguments::parse()).map(|()| ExitCode::SUCCESS))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut options = Index::options();
    options.durability(if arguments.fast { Durability::Fast } else { Durability::Full });
    let index = match arguments.index.join("meta.json").exists() {
        true => options.open(&arguments.index)?,
        false => options.create(&arguments.index)?,
    };
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template(
        "{bar:30} {percent:>3} %  {bytes} of {total_bytes}  {msg}  {eta} left",
    )?);
    let mut load = index.load().batch(arguments.batch).memory(arguments.memory_mb << 20).restart(arguments.restart);
    load = load.parser(demarche::Parser::builder().keep_original(arguments.keep_originals).build());
    if let Some(threads) = arguments.threads {
        load = load.threads(threads);
    }
    let report = load
        .refused(|error| bar.suspend(|| eprintln!("refused: {}", program::chain(error))))
        .progress(|progress| {
            show(&bar, progress);
            ControlFlow::Continue(())
        })
        .from_paths(&arguments.paths)?;
    bar.finish_and_clear();
    if arguments.optimise {
        index.writer()?.optimise()?;
    }
    summarise(&mut anstream::stdout(), &report)?;
    if report.documents == 0 && report.resumed == 0 && report.refused > 0 {
        return Err("every document was refused".into());
    }
    Ok(())
}

fn show(bar: &ProgressBar, progress: &Progress) {
    bar.set_length(progress.total_bytes.unwrap_or_default());
    bar.set_position(progress.bytes);
    bar.set_message(format!(
        "{} documents, {} refused, {:.0}/s",
        progress.resumed + progress.documents,
        progress.refused,
        progress.rate()
    ));
}

fn summarise(out: &mut impl Write, report: &LoadReport) -> io::Result<()> {
    let seconds = report.elapsed.as_secs_f64();
    if report.resumed > 0 {
        writeln!(out, "{} in the index already", program::many(report.resumed, "source"))?;
    }
    writeln!(
        out,
        "{}, {} in {seconds:.1} s ({:.0} documents/s), {} refused",
        program::many(report.documents, "document"),
        program::many(report.paragraphs, "paragraph"),
        report.documents as f64 / seconds.max(0.001),
        report.refused
    )
}
