//! An explorer: a page in the browser over a folder of documents or an index, and the same as JSON.
//!
//! ```text
//! cargo run --release --example serve -- --docs seeds
//! ```
//!
//! It prints its address and stays on this machine unless `--host` says otherwise. The pages are made on the
//! server and work without script. What to look at, to build such a page: `view.rs` (the state in the
//! address becomes a request), `search_page.rs` (a result becomes a page), `api.rs` (or JSON).

mod api;
mod app;
mod document_page;
mod facet_tree;
mod hits;
mod layout;
mod marked;
mod picture_page;
#[path = "../pictures/mod.rs"]
mod pictures;
mod search_page;
#[cfg(test)]
mod tests;
mod view;

use std::error::Error;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use demarche::{Annotator, Index, Parser};
use indicatif::{ProgressBar, ProgressStyle};

/// Shows documents, or an index made before, in the browser.
#[derive(Debug, clap::Parser)]
struct Arguments {
    /// Show this index instead of documents.
    #[arg(long, value_name = "DIR", conflicts_with = "docs")]
    index: Option<PathBuf>,
    /// A file or directory to show, may be repeated; without any, the seed documents.
    #[arg(long, value_name = "PATH")]
    docs: Vec<PathBuf>,
    /// The address to listen on. Anyone who reaches it can read the documents: there is no login.
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// The port; 0 takes any that is free.
    #[arg(long, default_value_t = 8080)]
    port: u16,
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

#[tokio::main]
async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let index = match &arguments.index {
        Some(directory) => Index::open(directory)?,
        None => build(&arguments.docs)?,
    };
    let router = app::router(index)?;
    let listener = tokio::net::TcpListener::bind((arguments.host, arguments.port)).await?;
    println!("http://{}/", listener.local_addr()?);
    let stop = async {
        // Without a handler for Ctrl-C the default one ends the process, which is all that is wanted.
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, router).with_graceful_shutdown(stop).await?;
    Ok(())
}

/// An index in memory; a document that cannot be read is reported and left out.
fn build(paths: &[PathBuf]) -> Result<Index, demarche::Error> {
    let seeds = [PathBuf::from("seeds")];
    let paths = if paths.is_empty() { &seeds[..] } else { paths };
    let style = ProgressStyle::with_template("{spinner} {pos} documents, {per_sec}, {elapsed}")
        .expect("the template is well-formed");
    let progress = ProgressBar::new_spinner().with_style(style);
    let annotator = Annotator::new();
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let parser = Parser::new();
    for path in paths {
        for document in parser.documents(path)? {
            match document.and_then(|document| writer.add(&annotator.annotate(document))) {
                Ok(()) => progress.inc(1),
                Err(error) if error.is_input() => progress.suspend(|| eprintln!("left out: {error}")),
                Err(error) => return Err(error),
            }
        }
    }
    writer.commit()?;
    progress.finish();
    Ok(index)
}
