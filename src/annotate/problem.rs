//! What was wrong with a user's files of actors or topics: collected, so that all of it can be mended at once.

use crate::error::{Error, Result};

/// How bad a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Severity {
    /// Two actors claim one name; the later one has it now.
    Conflict,
    /// The entry cannot be used; [`GazetteerBuilder::build`](super::GazetteerBuilder::build) or
    /// [`TaxonomyBuilder::build`](super::TaxonomyBuilder::build) fails.
    Mistake,
}

/// Something that was found in a user's gazetteer or taxonomy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The file, as it was named to the builder.
    pub file: String,
    /// Where the entry begins, 1-based.
    pub line: usize,
    /// How bad it is.
    pub severity: Severity,
    /// What was found and what was expected.
    pub reason: String,
}

impl Problem {
    pub(super) fn mistake(file: &str, line: usize, reason: impl Into<String>) -> Problem {
        Problem { file: file.to_owned(), line, severity: Severity::Mistake, reason: reason.into() }
    }
}

/// Refuses what has a mistake; the error is about the first one and says how many there are.
pub(super) fn refuse_mistakes<'a>(problems: impl IntoIterator<Item = &'a Problem>) -> Result<()> {
    let mut mistakes = problems.into_iter().filter(|problem| problem.severity == Severity::Mistake);
    let Some(first) = mistakes.next() else { return Ok(()) };
    let more = match mistakes.count() {
        0 => String::new(),
        count => format!(" (and {count} more)"),
    };
    Err(Error::line(&first.file, first.line, 1, first.reason.clone() + &more))
}
