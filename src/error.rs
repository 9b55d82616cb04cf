//! The one error type of the crate.

use std::io;
use std::path::{Path, PathBuf};

/// A result whose error is this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in one word wide.
///
/// The message says what was found and what was expected; the cause, where there is one, is in
/// [`source`](std::error::Error::source) and not repeated in the message. Ask
/// [`is_input`](Error::is_input) and [`is_storage`](Error::is_storage) for whose fault it is, or match
/// [`kind`](Error::kind).
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<ErrorKind>);

/// The kinds of [`Error`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file or directory could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system answered.
        source: io::Error,
    },
    /// A file or directory could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system answered.
        source: io::Error,
    },
    /// A source holds nothing that could be indexed.
    #[error("{name}: {reason}")]
    Source {
        /// The file, or the id of the document.
        name: String,
        /// What was found and what was expected.
        reason: String,
    },
    /// A line of a line-oriented input (JSON Lines, a gazetteer) cannot be used.
    #[error("{name}: line {line}, column {column}: {reason}")]
    Line {
        /// The file, or what the lines are.
        name: String,
        /// 1-based.
        line: usize,
        /// 1-based, in bytes; 1 where only the line is known.
        column: usize,
        /// What was found and what was expected.
        reason: String,
    },
    /// A value given by the caller cannot be used.
    #[error("{what} {}: {reason}", shown(given))]
    Value {
        /// What the value was given as: `"facet path"`, `"date"`, `"limit"`.
        what: &'static str,
        /// The value, of which a message shows the first 100 characters.
        given: String,
        /// Why it cannot be used, and what could.
        reason: String,
    },
    /// A directory is not an index of this crate.
    #[error("{} is not a demarche index: {reason}", path.display())]
    NotAnIndex {
        /// The directory.
        path: PathBuf,
        /// What was looked for and not found.
        reason: String,
    },
    /// The index was written with another layout.
    #[error("index has schema version {found}, this build reads {reads}: {}", schema_advice(*found, *reads))]
    SchemaVersion {
        /// The version the index was written with.
        found: u32,
        /// The version this build reads.
        reads: u32,
    },
    /// Another writer holds the index.
    #[error("index is locked by another writer: {holder}")]
    Locked {
        /// Who holds it, as far as it can be known.
        holder: String,
    },
    /// A file of the index is missing or does not hold what was written.
    #[error("index is damaged: {file}: {reason}")]
    Damaged {
        /// The file, relative to the index directory.
        file: String,
        /// What was found and what was expected.
        reason: String,
    },
    /// An index cannot be written: it was opened read-only, or this process may not write there.
    #[error("index is read-only: {}", path.display())]
    ReadOnly {
        /// The directory of the index.
        path: PathBuf,
    },
    /// The engine failed while writing; the writer is back at its last commit and can be used again.
    #[error("{doing} failed; the writer is back at its last commit, without the {forgotten} changes since")]
    Writing {
        /// What was being done: `adding document "a"`, `committing`.
        doing: String,
        /// Documents added and deletions asked for since the last commit, which are forgotten.
        forgotten: u64,
        /// What went wrong.
        source: StorageError,
    },
    /// The sources of a load that was interrupted are not those it began with.
    #[error("load {name:?} was interrupted after {sources} sources, and the first {sources} now differ: {advice}")]
    Resume {
        /// The name of the load.
        name: String,
        /// How many sources were loaded before.
        sources: u64,
        /// What to do.
        advice: &'static str,
    },
    /// An engine cannot answer what was asked, or only otherwise than the others do.
    #[cfg(feature = "quickwit")]
    #[error("{engine} cannot {what}: {reason}")]
    Unsupported {
        /// The engine.
        engine: &'static str,
        /// What was asked: `"search with NEAR"`.
        what: String,
        /// Why it cannot, and what could be asked instead.
        reason: String,
    },
    /// A search service cannot be reached, failed, or gave an answer that cannot be used.
    #[cfg(feature = "quickwit")]
    #[error("{url} failed while {doing}: {reason}")]
    Service {
        /// What was being done.
        doing: &'static str,
        /// What was asked, without parameters.
        url: String,
        /// The HTTP status of the answer; `None` when there was none, or when what it said cannot be used.
        status: Option<u16>,
        /// What the service said, or what happened.
        reason: String,
    },
    /// The search engine below failed.
    #[error("the search engine failed while {doing}")]
    Storage {
        /// What was being done.
        doing: &'static str,
        /// The engine's own error.
        source: StorageError,
    },
}

/// An error of the search engine below, opaque because the engine is not part of this crate's interface.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StorageError(Box<dyn std::error::Error + Send + Sync + 'static>);

impl StorageError {
    pub(crate) fn new(cause: impl std::error::Error + Send + Sync + 'static) -> StorageError {
        StorageError(Box::new(cause))
    }
}

/// A value in quotes; of a long one the start, so that a message stays one to read.
fn shown(given: &str) -> String {
    match given.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}… ({} bytes)", &given[..end], given.len()),
        None => format!("{given:?}"),
    }
}

/// How many characters of a value a message shows.
const SHOWN: usize = 100;

fn schema_advice(found: u32, reads: u32) -> &'static str {
    if found > reads { "open it with a newer build" } else { "load the documents again into a new index" }
}

impl Error {
    /// The kind, to match on.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// Whether the caller's input is at fault: a file, a line, a value.
    pub fn is_input(&self) -> bool {
        #[cfg(feature = "quickwit")]
        if matches!(self.kind(), ErrorKind::Unsupported { .. }) {
            return true;
        }
        matches!(
            self.kind(),
            ErrorKind::Read { .. }
                | ErrorKind::Source { .. }
                | ErrorKind::Line { .. }
                | ErrorKind::Value { .. }
                | ErrorKind::ReadOnly { .. }
                | ErrorKind::Resume { .. }
        )
    }

    /// Whether the index, or the disk or service below it, is at fault.
    pub fn is_storage(&self) -> bool {
        !self.is_input()
    }

    #[cold]
    pub(crate) fn read(path: impl AsRef<Path>, source: io::Error) -> Error {
        ErrorKind::Read { path: path.as_ref().to_owned(), source }.into()
    }

    #[cold]
    pub(crate) fn write(path: impl AsRef<Path>, source: io::Error) -> Error {
        ErrorKind::Write { path: path.as_ref().to_owned(), source }.into()
    }

    #[cold]
    pub(crate) fn source_text(name: impl Into<String>, reason: impl Into<String>) -> Error {
        ErrorKind::Source { name: name.into(), reason: reason.into() }.into()
    }

    #[cold]
    pub(crate) fn line(name: impl Into<String>, line: usize, column: usize, reason: impl Into<String>) -> Error {
        ErrorKind::Line { name: name.into(), line, column, reason: reason.into() }.into()
    }

    #[cold]
    pub(crate) fn value(what: &'static str, given: impl Into<String>, reason: impl Into<String>) -> Error {
        ErrorKind::Value { what, given: given.into(), reason: reason.into() }.into()
    }

    #[cold]
    pub(crate) fn storage<E>(doing: &'static str, source: E) -> Error
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        ErrorKind::Storage { doing, source: StorageError(Box::new(source)) }.into()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Error {
        Error(Box::new(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    #[test]
    fn is_one_word_and_says_its_level_once() {
        assert_eq!(std::mem::size_of::<Error>(), std::mem::size_of::<usize>());
        let error = Error::read("no/such", io::Error::from(io::ErrorKind::NotFound));
        assert_eq!(error.to_string(), "cannot read no/such");
        assert_eq!(error.source().map(|cause| cause.to_string()).as_deref(), Some("entity not found"));
        assert!(error.is_input() && !error.is_storage());
    }

    #[test]
    fn a_long_value_is_shown_in_part() {
        let given = "é".repeat(5_000);
        let message = Error::value("facet path", &given, "expected a leading '/'").to_string();
        assert_eq!(message, format!("facet path {:?}… (10000 bytes): expected a leading '/'", "é".repeat(100)));
    }
}
