//! Looks after an index on disk: statistics, verification, repair, snapshots, merging, tagging again.
//!
//! ```text
//! cargo run --release --example store -- stats DIR
//! cargo run --release --example store -- verify DIR
//! cargo run --release --example store -- repair DIR
//! cargo run --release --example store -- snapshot DIR TARGET
//! cargo run --release --example store -- optimise DIR
//! cargo run --release --example store -- reannotate DIR
//! ```

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::{eprintln, println};
use clap::Parser as _;
use demarche::{Index, IndexStats};
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
}

fn main() -> ExitCode {
    match run(&Command::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let mut message = error.to_string();
            let mut cause = error.source();
            while let Some(inner) = cause {
                message.push_str(&format!(": {inner}"));
                cause = inner.source();
            }
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Whether the index is sound afterwards.
fn run(command: &Command) -> Result<bool, Box<dyn Error>> {
    match command {
        Command::Stats { index } => print_stats(&Index::options().read_only(true).open(index)?.stats()?),
        Command::Verify { index } => return Ok(verify(index)?),
        Command::Repair { index } => return Ok(repair(index)?),
        Command::Snapshot { index, target } => {
            Index::options().read_only(true).open(index)?.snapshot(target)?;
            println!("{} is an index of its own now", target.display());
        }
        Command::Optimise { index } => {
            let index = Index::open(index)?;
            index.writer()?.optimise()?;
            print_stats(&index.stats()?);
        }
        Command::Reannotate { index } => reannotate(index)?,
    }
    Ok(true)
}

fn print_stats(stats: &IndexStats) {
    println!("{:>12} documents", stats.documents);
    println!("{:>12} paragraphs, and {} deleted", stats.paragraphs, stats.deleted);
    println!("{:>12} segments", stats.segments);
    println!("{:>12} in all, about {} reclaimable", HumanBytes(stats.bytes), HumanBytes(stats.reclaimable));
    for part in &stats.parts {
        println!("{:>12} {}", HumanBytes(part.bytes), part.part);
    }
}

fn verify(index: &Path) -> Result<bool, demarche::Error> {
    let found = Index::verify(index)?;
    for damage in &found.damage {
        println!("damaged: {}: {}", damage.file, damage.reason);
    }
    for file in &found.stray {
        println!("stray: {file}");
    }
    if found.is_sound() {
        println!(
            "sound: {} files, {}, {} paragraphs in {} documents",
            found.files,
            HumanBytes(found.bytes),
            found.paragraphs,
            found.documents
        );
    }
    Ok(found.is_sound())
}

fn repair(index: &Path) -> Result<bool, demarche::Error> {
    let report = Index::repair(index)?;
    for damage in &report.damage {
        println!("damaged: {}: {}", damage.file, damage.reason);
    }
    for id in &report.lost {
        println!("lost: {id}");
    }
    for id in &report.uncertain {
        println!("back, though it may have been deleted: {id}");
    }
    if report.unnamed > 0 {
        println!("lost: {} paragraphs of documents that cannot be named", report.unnamed);
    }
    println!("{} documents written anew", report.rebuilt);
    verify(index)
}

fn reannotate(directory: &Path) -> Result<(), demarche::Error> {
    let index = Index::open(directory)?;
    if !index.outdated()?.any() {
        println!("tagged with these vocabularies already");
        return Ok(());
    }
    let outcome = index.writer()?.reannotate()?;
    for difference in &outcome.differences {
        let gained = difference.gained.iter().map(|path| format!(" +{path}"));
        let lost = difference.lost.iter().map(|path| format!(" -{path}"));
        println!("{} ¶{}{}", difference.document, difference.ordinal, gained.chain(lost).collect::<String>());
    }
    println!("{} of {} documents changed", outcome.changed, outcome.documents);
    Ok(())
}
