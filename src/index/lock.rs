//! Who writes: a note beside the writer's lock.
//!
//! The lock itself is the operating system's and goes with its process. The note is only read when the lock
//! is held, so one that a crash left behind deceives nobody; on a file system without such locks (some
//! network ones) a writer is not protected from another.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

const NOTE: &str = ".writer.json";

/// The process that holds the lock.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    process: u32,
    host: String,
    program: String,
    /// Seconds since 1970, by the clock of that host.
    since: u64,
}

/// Leaves the note of this process; a note that cannot be written is no reason not to write the index.
pub(crate) fn leave_note(directory: &Path) {
    let program = std::env::current_exe().ok();
    let note = Note {
        process: std::process::id(),
        host: gethostname::gethostname().to_string_lossy().into_owned(),
        program: program.and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned())).unwrap_or_default(),
        since: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
    };
    if let Ok(json) = serde_json::to_vec(&note) {
        let _ = fs::write(directory.join(NOTE), json);
    }
}

/// Who holds the lock, in words.
pub(crate) fn holder(directory: &Path) -> String {
    let note = fs::read(directory.join(NOTE)).ok().and_then(|json| serde_json::from_slice::<Note>(&json).ok());
    let Some(note) = note else {
        return "a process that left no note".to_owned();
    };
    let Note { process, host, program, since } = note;
    let who = if process == std::process::id() && host == *gethostname::gethostname().to_string_lossy() {
        "this process".to_owned()
    } else {
        format!("process {process} ({program}) on {host}")
    };
    match jiff::Timestamp::from_second(since as i64) {
        Ok(since) => format!("{who}, since {since}"),
        Err(_) => who,
    }
}
