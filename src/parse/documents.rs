//! Documents one after the other, and the count of those that could not be read.

use std::fmt;

use crate::document::Document;
use crate::error::{Error, Result};

/// How many documents a [`Documents`] has given, and what could not be used.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// Documents given.
    pub parsed: u64,
    /// Files or lines that could not be used.
    pub failed: u64,
    /// The messages of the first failures, at most [`Report::KEPT`]; each names the file, and the line and
    /// column where there are lines.
    pub failures: Vec<String>,
}

impl Report {
    /// As many messages are kept; the others are only counted.
    pub const KEPT: usize = 100;

    fn count(&mut self, result: &Result<Document>) {
        match result {
            Ok(_) => self.parsed += 1,
            Err(error) => self.fail(error),
        }
    }

    fn fail(&mut self, error: &Error) {
        self.failed += 1;
        if self.failures.len() < Report::KEPT {
            self.failures.push(error.to_string());
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} documents parsed, {} failed", self.parsed, self.failed)
    }
}

/// The documents of a file, a directory or a reader, parsed one by one as they are asked for.
///
/// One that cannot be used gives an error with its name and place, and the next call goes on behind it.
///
/// # Examples
///
/// ```
/// use demarche::Parser;
///
/// let lines = "{\"id\": \"a\", \"text\": \"The ministers met.\"}\n{\"id\": \"b\", \"text\":\n";
/// let mut documents = Parser::new().json_lines("notes", lines.as_bytes());
/// let good: Vec<_> = documents.by_ref().flatten().collect();
/// assert_eq!(good.len(), 1);
/// assert_eq!(documents.report().to_string(), "1 documents parsed, 1 failed");
/// assert!(documents.report().failures[0].starts_with("notes: line 2, column "));
/// ```
pub struct Documents<'a> {
    documents: Box<dyn Iterator<Item = Result<Document>> + Send + 'a>,
    report: Report,
}

impl<'a> Documents<'a> {
    pub(super) fn new(documents: impl Iterator<Item = Result<Document>> + Send + 'a) -> Documents<'a> {
        Documents { documents: Box::new(documents), report: Report::default() }
    }

    /// What has been given so far.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

impl Iterator for Documents<'_> {
    type Item = Result<Document>;

    fn next(&mut self) -> Option<Result<Document>> {
        let next = self.documents.next()?;
        self.report.count(&next);
        Some(next)
    }
}

impl fmt::Debug for Documents<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").field("report", &self.report).finish_non_exhaustive()
    }
}
