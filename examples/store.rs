//! Looks after an index on disk: statistics, verification, repair, snapshots, merging, tagging and parsing again.
//!
//! ```text
//! cargo run --release --example store -- stats DIR
//! cargo run --release --example store -- verify DIR
//! cargo run --release --example store -- repair DIR
//! cargo run --release --example store -- snapshot DIR TARGET
//! cargo run --release --example store -- optimise DIR
//! cargo run --release --example store -- reannotate DIR
//! cargo run --release --example store -- reparse DIR
//! cargo run --release --example store -- original DIR DOCUMENT
//! ```

#[path = "program/mod.rs"]
mod program;

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser as _;
use demarche::{Index, IndexStats, Parser};
use indicatif::HumanBytes;

/// Looks after an index on disk.
#[derive(Debug, clap::Parser)]
enum Command {
    /// Paragraphs, documents and bytes by part.
    Stats { index: PathBuf },
    /// Compares every byte with its checksum and every structure with the others.
    Verify { index: PathBuf },
    /// Writes anew what is damaged and tells what is lost.
    Repair { index: PathBuf },
    /// Puts a copy of the newest commit into another directory; by hard links where it can.
    Snapshot { index: PathBuf, target: PathBuf },
    /// Merges all segments into one.
    Optimise { index: PathBuf },
    /// Tags every document again, if the vocabularies have changed.
    Reannotate { index: PathBuf },
    /// Parses every document again from its original, where it was kept.
    Reparse { index: PathBuf },
    /// Prints the original of a document, where it was kept, and what was dropped from it or changed.
    Original { index: PathBuf, document: String },
}

fn main() -> ExitCode {
    let code = |sound| if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    program::ending(run(&Command::parse()).map(code))
}

/// Whether the index is sound afterwards.
fn run(command: &Command) -> Result<bool, Box<dyn Error>> {
    let out = &mut anstream::stdout();
    match command {
        Command::Stats { index } => print_stats(out, &Index::options().read_only(true).open(index)?.stats()?)?,
        Command::Verify { index } => return verify(out, index),
        Command::Repair { index } => return repair(out, index),
        Command::Snapshot { index, target } => {
            Index::options().read_only(true).open(index)?.snapshot(target)?;
            writeln!(out, "{} is an index of its own now", target.display())?;
        }
        Command::Optimise { index } => {
            let index = Index::open(index)?;
            index.writer()?.optimise()?;
            print_stats(out, &index.stats()?)?;
        }
        Command::Reannotate { index } => reannotate(out, index)?,
        Command::Reparse { index } => return reparse(out, index),
        Command::Original { index, document } => return original(out, index, document),
    }
    Ok(true)
}

fn print_stats(out: &mut impl Write, stats: &IndexStats) -> io::Result<()> {
    writeln!(out, "{:>12} documents", stats.documents)?;
    writeln!(out, "{:>12} paragraphs, and {} deleted", stats.paragraphs, stats.deleted)?;
    writeln!(out, "{:>12} segments", stats.segments)?;
    writeln!(out, "{:>12} in all, about {} reclaimable", HumanBytes(stats.bytes), HumanBytes(stats.reclaimable))?;
    for part in &stats.parts {
        writeln!(out, "{:>12} {}", HumanBytes(part.bytes), part.part)?;
    }
    Ok(())
}

fn verify(out: &mut impl Write, index: &Path) -> Result<bool, Box<dyn Error>> {
    let found = Index::verify(index)?;
    for damage in &found.damage {
        writeln!(out, "damaged: {}: {}", damage.file, damage.reason)?;
    }
    for file in &found.stray {
        writeln!(out, "stray: {file}")?;
    }
    if found.is_sound() {
        writeln!(
            out,
            "sound: {} files, {}, {} paragraphs in {} documents",
            found.files,
            HumanBytes(found.bytes),
            found.paragraphs,
            found.documents
        )?;
    }
    Ok(found.is_sound())
}

fn repair(out: &mut impl Write, index: &Path) -> Result<bool, Box<dyn Error>> {
    let report = Index::repair(index)?;
    for damage in &report.damage {
        writeln!(out, "damaged: {}: {}", damage.file, damage.reason)?;
    }
    for id in &report.lost {
        writeln!(out, "lost: {id}")?;
    }
    for id in &report.uncertain {
        writeln!(out, "back, though it may have been deleted: {id}")?;
    }
    if report.unnamed > 0 {
        writeln!(out, "lost: {} paragraphs of documents that cannot be named", report.unnamed)?;
    }
    writeln!(out, "{} documents written anew", report.rebuilt)?;
    verify(out, index)
}

fn reannotate(out: &mut impl Write, directory: &Path) -> Result<(), Box<dyn Error>> {
    let index = Index::open(directory)?;
    if !index.outdated()?.any() {
        writeln!(out, "tagged with these vocabularies already")?;
        return Ok(());
    }
    let outcome = index.writer()?.reannotate()?;
    for difference in &outcome.differences {
        let gained = difference.gained.iter().map(|path| format!(" +{path}"));
        let lost = difference.lost.iter().map(|path| format!(" -{path}"));
        writeln!(out, "{} ¶{}{}", difference.document, difference.ordinal, gained.chain(lost).collect::<String>())?;
    }
    writeln!(out, "{} of {} documents changed", outcome.changed, outcome.documents)?;
    Ok(())
}

fn reparse(out: &mut impl Write, directory: &Path) -> Result<bool, Box<dyn Error>> {
    let outcome = Index::open(directory)?.writer()?.reparse(&Parser::new())?;
    for error in &outcome.failures {
        writeln!(out, "as it was: {error}")?;
    }
    if outcome.without_original > 0 {
        writeln!(out, "as they were, without an original: {} documents", outcome.without_original)?;
    }
    writeln!(out, "{} of {} documents changed", outcome.changed.len(), outcome.documents)?;
    Ok(outcome.failures.is_empty())
}

fn original(out: &mut impl Write, directory: &Path, id: &str) -> Result<bool, Box<dyn Error>> {
    let document = Index::options().read_only(true).open(directory)?.searcher()?.document(id)?;
    let Some(document) = document else { return Err(format!("no document {id:?} in the index").into()) };
    let Some(original) = &document.original else {
        return Err(format!("the original of {id:?} was not kept").into());
    };
    writeln!(out, "{}", String::from_utf8_lossy(&original.bytes))?;
    for repair in &document.repairs {
        let (start, end) = (repair.span.start, repair.span.end);
        writeln!(out, "bytes {start}..{end}: {}: {:?}", repair.kind.as_str(), repair.text)?;
    }
    Ok(true)
}
