//! How far a load is, and what it came to.

use std::time::Duration;

use crate::error::Error;

/// How far a load is.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Progress {
    /// Documents taken in by this run.
    pub documents: u64,
    /// Of those, documents that are committed.
    pub committed: u64,
    /// Paragraphs of the documents taken in.
    pub paragraphs: u64,
    /// Sources refused by this run.
    pub refused: u64,
    /// Sources that were in the index already, from a run that was interrupted.
    pub resumed: u64,
    /// Bytes of all sources read, the refused and the skipped ones included.
    pub bytes: u64,
    /// Bytes of all sources there are, where that is known.
    pub total_bytes: Option<u64>,
    /// Time since the first source was read.
    pub elapsed: Duration,
}

impl Progress {
    /// Documents a second, over the whole run.
    pub fn rate(&self) -> f64 {
        self.documents as f64 / self.elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// What a load came to.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct LoadReport {
    /// Documents taken in by this run.
    pub documents: u64,
    /// Their paragraphs.
    pub paragraphs: u64,
    /// Sources refused by this run.
    pub refused: u64,
    /// Why, in the order of the sources; the first 1,000.
    pub refusals: Vec<Error>,
    /// Sources that were in the index already, from a run that was interrupted.
    pub resumed: u64,
    /// Bytes of all sources read, the refused and the skipped ones included.
    pub bytes: u64,
    /// Whether it was cancelled; running it again goes on from here.
    pub cancelled: bool,
    /// How long it took, with the merges it waited for.
    pub elapsed: Duration,
}
