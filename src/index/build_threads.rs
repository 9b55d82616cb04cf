//! Segments that are built at once, each by a thread of its own.
//!
//! Documents of one id go to one thread, in their order, but for the first of a batch, which all go to the first thread so that
//! a small batch is one segment. So of one id a later version is never in a segment that is handed over before that of an
//! earlier one.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;

use tantivy::TantivyError;

use super::memory::Share;
use super::segment_builder::{BuiltSegment, SegmentBuilder};
use super::store::Inner;
use crate::document::Document;

/// Bytes of text of the documents that go to the first thread, before others get any.
const FIRST_BYTES: usize = 8 << 20;

/// More threads than this make more segments than what they save.
const MOST_THREADS: usize = 4;

/// The threads.
pub(super) struct BuildThreads {
    threads: Vec<BuildThread>,
    /// Bytes of text since the last batch.
    bytes: usize,
}

struct BuildThread {
    jobs: Sender<Job>,
    built: Receiver<tantivy::Result<Vec<BuiltSegment>>>,
}

enum Job {
    /// The share is given back when the document is in the segment.
    Add(Box<Document>, Share),
    End,
}

impl BuildThreads {
    /// Starts them; all together they take so much memory.
    pub(super) fn start<'scope>(
        scope: &'scope Scope<'scope, '_>,
        index: &'scope Inner,
        threads: usize,
        memory: usize,
    ) -> BuildThreads {
        let threads = threads.clamp(1, MOST_THREADS);
        let start = |_| {
            let (jobs, waiting) = channel();
            let (sender, built) = channel();
            scope.spawn(move || {
                // A thread that has failed goes, so that the next document for it is not taken.
                while let Some(outcome) = build(index, memory / threads, &waiting) {
                    let is_done = outcome.is_err();
                    if sender.send(outcome).is_err() || is_done {
                        return;
                    }
                }
            });
            BuildThread { jobs, built }
        };
        BuildThreads { threads: (0..threads).map(start).collect(), bytes: 0 }
    }

    /// Hands a document to its thread.
    ///
    /// # Errors
    ///
    /// What the thread has failed with.
    pub(super) fn add(&mut self, document: Document, share: Share) -> tantivy::Result<()> {
        let mut hasher = DefaultHasher::new();
        document.id.hash(&mut hasher);
        let thread = match self.bytes < FIRST_BYTES {
            true => &self.threads[0],
            false => &self.threads[(hasher.finish() % self.threads.len() as u64) as usize],
        };
        self.bytes += document.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum::<usize>();
        match thread.jobs.send(Job::Add(Box::new(document), share)) {
            Ok(()) => Ok(()),
            Err(_) => thread.received().map(drop),
        }
    }

    /// Ends the batch: all that was built since the last one, in the order in which it has to be handed over.
    ///
    /// # Errors
    ///
    /// What a thread has failed with.
    pub(super) fn end(&mut self) -> tantivy::Result<Vec<BuiltSegment>> {
        self.bytes = 0;
        for thread in &self.threads {
            // One that has failed is heard below.
            let _ = thread.jobs.send(Job::End);
        }
        let mut all = Vec::new();
        for thread in &self.threads {
            all.extend(thread.received()?);
        }
        Ok(all)
    }
}

impl BuildThread {
    fn received(&self) -> tantivy::Result<Vec<BuiltSegment>> {
        let gone = |_| Err(TantivyError::SystemError("a thread that builds a segment has panicked".to_owned()));
        self.built.recv().unwrap_or_else(gone)
    }
}

/// Builds the segments of one batch; `None` when there is none.
fn build(index: &Inner, memory: usize, jobs: &Receiver<Job>) -> Option<tantivy::Result<Vec<BuiltSegment>>> {
    let mut builder = SegmentBuilder::new(index.fields);
    let mut built = Vec::new();
    loop {
        match jobs.recv().ok()? {
            Job::Add(document, share) => {
                let added = builder.add(&index.tantivy, &document);
                drop((document, share));
                let is_full = builder.memory() >= memory;
                let ended = added.and_then(|()| if is_full { builder.finish().map(Some) } else { Ok(None) });
                match ended {
                    Ok(ended) => built.extend(ended),
                    Err(error) => return Some(Err(error)),
                }
            }
            Job::End => {
                let last = builder.finish();
                return Some(last.map(|last| {
                    built.push(last);
                    mem::take(&mut built)
                }));
            }
        }
    }
}
