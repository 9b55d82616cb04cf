//! Directories that an index, or a snapshot of one, is put in.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};

/// What a creation that was killed may have left, and what a lock leaves.
const LEFTOVERS: [&str; 4] = [".meta.json.new", ".tantivy-meta.lock", ".tantivy-writer.lock", ".writer.json"];

/// Refuses a directory that holds anything.
pub(crate) fn expect_empty(path: &Path, what: &'static str) -> Result<()> {
    let entries = fs::read_dir(path).map_err(|error| Error::read(path, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| Error::read(path, error))?;
        if !LEFTOVERS.iter().any(|name| entry.file_name() == *name) {
            return Err(Error::value(what, path.display().to_string(), "expected an empty or missing directory"));
        }
    }
    Ok(())
}
