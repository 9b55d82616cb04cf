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
#[path = "../program/mod.rs"]
mod program;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;

use program::searched::Searched;

/// Writes a report on what documents, or an index made before, say to a query.
#[derive(Debug, clap::Parser)]
struct Arguments {
    #[command(flatten)]
    searched: Searched,
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
    program::ending(run(&Arguments::parse()).map(|()| ExitCode::SUCCESS))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let index = arguments.searched.open()?;
    let html = page::page(&index.searcher()?, &arguments.query, arguments.limit.into())?.into_string();
    match &arguments.out {
        Some(file) => {
            std::fs::write(file, html).map_err(|error| format!("cannot write {}: {error}", file.display()))?
        }
        None => writeln!(io::stdout(), "{html}")?,
    }
    Ok(())
}
