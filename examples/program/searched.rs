//! What a program searches: an index made before, or one in memory, made of documents.

use std::error::Error;
use std::ops::ControlFlow;
use std::path::PathBuf;

use demarche::Index;
use indicatif::{ProgressBar, ProgressStyle};

use super::chain;

/// What is searched.
#[derive(Debug, clap::Args)]
pub(crate) struct Searched {
    /// Use this index, made by the example `index`, instead of documents.
    #[arg(long, value_name = "DIR", conflicts_with = "docs")]
    pub(crate) index: Option<PathBuf>,
    /// A file or directory of documents (.txt, .md, .html, .jsonl), may be repeated; without any, the seed documents.
    #[arg(long, value_name = "PATH")]
    pub(crate) docs: Vec<PathBuf>,
}

impl Searched {
    /// Opens the index, or makes one in memory; documents that cannot be read are named and left out, unless they are
    /// all there is.
    pub(crate) fn open(&self) -> Result<Index, Box<dyn Error>> {
        if let Some(directory) = &self.index {
            return Ok(Index::options().read_only(true).open(directory)?);
        }
        let seeds = [PathBuf::from("seeds")];
        let paths = if self.docs.is_empty() { &seeds[..] } else { &self.docs };
        let style =
            ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}").expect("the template is well-formed");
        let bar = ProgressBar::new(0).with_style(style);
        let index = Index::in_memory()?;
        let report = index
            .load()
            .refused(|error| bar.suspend(|| eprintln!("left out: {}", chain(error))))
            .progress(|progress| {
                bar.set_length(progress.total_bytes.unwrap_or_default());
                bar.set_position(progress.bytes);
                bar.set_message(format!("{} documents, {:.0}/s", progress.documents, progress.rate()));
                ControlFlow::Continue(())
            })
            .from_paths(paths)?;
        bar.finish_and_clear();
        if report.documents == 0 {
            return Err("no document could be read".into());
        }
        Ok(index)
    }
}
