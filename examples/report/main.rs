//! A query in, one HTML file out: passages, tables and pictures, to be sent along with an e-mail.
//!
//! ```text
//! cargo run --release --example report -- --docs seeds --out report.html "NATO enlargement"
//! ```
//!
//! The file needs nothing else: no script, no picture, no font is loaded from anywhere.

mod page;
#[path = "../pictures/mod.rs"]
mod pictures;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use demarche::{Annotator, Index, Parser};

/// Writes a report on what documents, or an index made before, say to a query.
#[derive(Debug, clap::Parser)]
struct Arguments {
    /// Report on this index instead of documents.
    #[arg(long, value_name = "DIR", conflicts_with = "docs")]
    index: Option<PathBuf>,
    /// A file or directory to report on, may be repeated; without any, the seed documents.
    #[arg(long, value_name = "PATH")]
    docs: Vec<PathBuf>,
    /// The file to write; without it, standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How many passages are quoted, 1 to 100.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=100))]
    limit: u8,
    /// The query.
    query: String,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
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

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let index = match &arguments.index {
        Some(directory) => Index::open(directory)?,
        None => build(&arguments.docs)?,
    };
    let html = page::page(&index.searcher()?, &arguments.query, arguments.limit.into())?.into_string();
    match &arguments.out {
        Some(file) => std::fs::write(file, html)?,
        None => println!("{html}"),
    }
    Ok(())
}

fn build(paths: &[PathBuf]) -> Result<Index, demarche::Error> {
    let seeds = [PathBuf::from("seeds")];
    let paths = if paths.is_empty() { &seeds[..] } else { paths };
    let annotator = Annotator::new();
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let parser = Parser::new();
    for path in paths {
        for document in parser.documents(path)? {
            match document.and_then(|document| writer.add(&annotator.annotate(document))) {
                Ok(()) => {}
                Err(error) if error.is_input() => eprintln!("left out: {error}"),
                Err(error) => return Err(error),
            }
        }
    }
    writer.commit()?;
    Ok(index)
}
