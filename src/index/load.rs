//! Many documents at once: read, parsed, tagged and indexed in parallel, committed in batches.
//!
//! The calling thread reads the sources and numbers them. Workers parse and tag. One thread puts the results back in order and
//! hands them to [those](super::build_threads) that build segments, and commits. So the index does not depend on the
//! number of threads, and a commit holds exactly the first sources: their number travels with it, and a load
//! that was cut off goes on from there.
//!
//! Every source holds a share of the writer's memory from its reading until it is in a segment.
//! Sources get theirs in their order, so the one that is waited for always has one, and nothing can block.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::build_threads::BuildThreads;
use super::memory::Share;
use super::options::check_memory;
use super::paragraph::check;
use super::payload::Watermark;
use super::progress::{LoadReport, Progress};
use super::store::{Index, Inner};
use super::writer::IndexWriter;
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};
use crate::parse::{Parser, Source};

/// Bytes of sources between two commits, where nothing else was asked for: about what the engine takes in one segment
/// with the default memory. Every commit ends a segment, and what is in many small ones is merged, that is, written
/// again, more often.
const DEFAULT_BATCH_BYTES: u64 = 64 << 20;

/// Memory of a source on its way, for each of its bytes: itself, and its document.
const LOADED_PER_BYTE: usize = 10;

/// Jobs and results that wait, for each worker; enough that a worker never waits for one to be handed over.
const QUEUED: usize = 4;

/// How often progress is told.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// Refusals that the report keeps.
const REFUSALS_KEPT: usize = 1_000;

/// Sets up the loading of many documents; [`Index::load`] starts it.
///
/// A document that cannot be used is refused and the rest goes on. Documents replace those with the same id,
/// the later ones of a load the earlier ones too.
///
/// # Resuming
///
/// A load with a name leaves a mark in each of its commits: how many sources are in it. When it is run again
/// after it was cancelled, killed or failed, sources that are in the index already are skipped, and the index
/// comes out as if nothing had happened. The mark goes when the load ends.
///
/// # Examples
///
/// ```
/// use demarche::Index;
///
/// let lines = "{\"id\": \"a\", \"text\": \"China sent an envoy.\"}\n{\"id\": \"b\"}\n";
/// let index = Index::in_memory()?;
/// let report = index.load().threads(2).from_json_lines("notes", lines.as_bytes())?;
/// assert_eq!((report.documents, report.refused), (1, 1));
/// assert_eq!(report.refusals[0].to_string(), "notes: line 2, column 1: no field \"text\"");
/// assert_eq!(index.searcher()?.search("actor:china")?.total.paragraphs, 1);
/// # Ok::<(), demarche::Error>(())
/// ```
pub struct Load<'a> {
    index: &'a Index,
    parser: Parser,
    annotate: bool,
    name: Option<String>,
    restart: bool,
    threads: usize,
    memory: usize,
    batch: Option<usize>,
    progress: Option<OnProgress<'a>>,
    refused: Option<OnRefused<'a>>,
}

type OnProgress<'a> = Box<dyn FnMut(&Progress) -> ControlFlow<()> + Send + 'a>;
type OnRefused<'a> = Box<dyn FnMut(&Error) + Send + 'a>;

impl Index {
    /// Sets up the loading of many documents.
    pub fn load(&self) -> Load<'_> {
        Load {
            index: self,
            parser: Parser::new(),
            annotate: true,
            name: None,
            restart: false,
            threads: thread::available_parallelism().map_or(1, |threads| threads.get()),
            memory: self.inner.memory,
            batch: None,
            progress: None,
            refused: None,
        }
    }
}

impl<'a> Load<'a> {
    /// How texts are parsed. By default, with every repair.
    pub fn parser(mut self, parser: Parser) -> Load<'a> {
        self.parser = parser;
        self
    }

    /// Whether documents are tagged by the index's annotator, in place of the tags they come with. By
    /// default, they are.
    pub fn annotate(mut self, yes: bool) -> Load<'a> {
        self.annotate = yes;
        self
    }

    /// The name by which an interrupted load is known again, see [above](Load#resuming). By default, the
    /// paths, or the name of the JSON Lines; documents have none, and cannot be resumed.
    pub fn name(mut self, name: impl Into<String>) -> Load<'a> {
        self.name = Some(name.into());
        self
    }

    /// Begins at the first source, whatever was loaded before. By default, it goes on where it was.
    pub fn restart(mut self, yes: bool) -> Load<'a> {
        self.restart = yes;
        self
    }

    /// Threads that parse and tag; as many more, four at most, build segments, and reading has its own. 0 counts as 1. By default,
    /// as many as the machine runs at once. What is found is the same whatever the number; more of them make more segments.
    pub fn threads(mut self, threads: usize) -> Load<'a> {
        self.threads = threads.max(1);
        self
    }

    /// Memory for documents on their way and paragraphs not on disk yet, in bytes, from 32 MiB to 4 GiB.
    /// The vocabularies, a few dozen MiB, and running merges come on top. By default, that of the index's writer.
    pub fn memory(mut self, bytes: usize) -> Load<'a> {
        self.memory = bytes;
        self
    }

    /// Documents between two commits. 0 counts as 1. By default, a commit comes after every 64 MiB of sources, however many
    /// documents these are.
    pub fn batch(mut self, documents: usize) -> Load<'a> {
        self.batch = Some(documents.max(1));
        self
    }

    /// Is told how far the load is, about ten times a second and after each commit, by a thread of the load.
    /// When it answers [`ControlFlow::Break`], what has been read is committed, and the load ends.
    pub fn progress(mut self, tell: impl FnMut(&Progress) -> ControlFlow<()> + Send + 'a) -> Load<'a> {
        self.progress = Some(Box::new(tell));
        self
    }

    /// Is told of every refused source; the report keeps only the first 1,000.
    pub fn refused(mut self, tell: impl FnMut(&Error) + Send + 'a) -> Load<'a> {
        self.refused = Some(Box::new(tell));
        self
    }

    /// Loads the documents of files and directories, as [`Parser::documents`] finds them.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when a path cannot be read or is a directory without documents, or when
    /// the memory is out of bounds; [`ErrorKind::Resume`] when the sources of an interrupted load have
    /// changed; [`ErrorKind::Writing`] when the engine fails: what was committed stands, and the load can be
    /// run again.
    pub fn from_paths<P: AsRef<Path>>(mut self, paths: &[P]) -> Result<LoadReport> {
        let (sources, bytes) = Source::below(paths)?;
        if self.name.is_none() {
            let names: Vec<_> = paths.iter().map(|path| path.as_ref().display().to_string()).collect();
            self.name = Some(names.join(", "));
        }
        self.run(sources, Some(bytes))
    }

    /// Loads the documents of JSON Lines, as [`Parser::json_lines`] reads them.
    ///
    /// # Errors
    ///
    /// As [`from_paths`](Load::from_paths).
    pub fn from_json_lines(mut self, name: &str, reader: impl BufRead) -> Result<LoadReport> {
        self.name.get_or_insert_with(|| name.to_owned());
        self.run(Source::lines(name, reader), None)
    }

    /// Loads documents that the caller makes; one that could not be made is refused.
    ///
    /// # Errors
    ///
    /// As [`from_paths`](Load::from_paths).
    pub fn from_documents<I: IntoIterator<Item = Result<Document>>>(self, documents: I) -> Result<LoadReport> {
        let sources = documents.into_iter().map(|document| match document {
            Ok(document) => Source::Parsed(Box::new(document)),
            Err(error) => Source::Unread(error),
        });
        self.run(sources, None)
    }

    fn run(self, mut sources: impl Iterator<Item = Source>, total_bytes: Option<u64>) -> Result<LoadReport> {
        check_memory(self.memory)?;
        let mut writer = IndexWriter::start(self.index.inner.clone(), self.memory)?;
        let mut mark = Watermark::default();
        let mut skipped_bytes = 0;
        if let Some(name) = &self.name {
            let before = writer.payload_mut().loads.remove(name);
            if let Some(before) = before.filter(|_| !self.restart) {
                (mark, skipped_bytes) = skip(&mut sources, name, before)?;
            }
        }
        let gauge = writer.gauge().clone();
        let stop = AtomicBool::new(false);
        let worker = Worker { parser: &self.parser, index: &self.index.inner, annotate: self.annotate };
        let (jobs, waiting) = sync_channel(self.threads * QUEUED);
        let (done, results) = sync_channel(self.threads * QUEUED);
        let waiting = Mutex::new(waiting);
        thread::scope(|scope| {
            let builders = BuildThreads::start(scope, &self.index.inner, self.threads, writer.segment_memory());
            let mut sink = Sink {
                writer,
                builders,
                name: self.name,
                batch: self.batch,
                progress: self.progress,
                refused: self.refused,
                stop: &stop,
                told: Instant::now(),
                started: Instant::now(),
                total_bytes,
                first: mark.sources,
                mark,
                uncommitted: 0,
                uncommitted_bytes: 0,
                committed: 0,
                report: LoadReport { resumed: mark.sources, bytes: skipped_bytes, ..LoadReport::default() },
            };
            // Workers own the only receiver: when the last one ends, the reader's next send fails.
            let waiting = std::sync::Arc::new(waiting);
            for _ in 0..self.threads {
                let (waiting, done) = (waiting.clone(), done.clone());
                scope.spawn(move || worker.work(&waiting, &done));
            }
            drop((waiting, done));
            let writing = scope.spawn(move || sink.consume(results).and_then(|()| sink.finish()));
            for (number, source) in sources.enumerate() {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let share = gauge.take(source.len().saturating_mul(LOADED_PER_BYTE));
                if jobs.send(Job { number: number as u64, source, share }).is_err() {
                    break;
                }
            }
            drop(jobs);
            writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }
}

impl std::fmt::Debug for Load<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Load").field("name", &self.name).field("threads", &self.threads).finish_non_exhaustive()
    }
}

/// Reads past what is in the index already; its bytes are returned too.
fn skip(sources: &mut impl Iterator<Item = Source>, name: &str, before: Watermark) -> Result<(Watermark, u64)> {
    let mut mark = Watermark { refused: before.refused, ..Watermark::default() };
    let mut bytes = 0;
    while mark.sources < before.sources {
        let Some(source) = sources.next() else { break };
        bytes += source.len() as u64;
        mark.pass(source.fingerprint());
    }
    if mark != before {
        let advice = "restart the load from its beginning, or give it another name";
        return Err(ErrorKind::Resume { name: name.to_owned(), sources: before.sources, advice }.into());
    }
    Ok((mark, bytes))
}

/// A source for a worker.
struct Job {
    number: u64,
    source: Source,
    share: Share,
}

/// What a worker made of it.
struct Done {
    number: u64,
    fingerprint: u64,
    bytes: u64,
    outcome: Result<(Document, Share)>,
}

#[derive(Clone, Copy)]
struct Worker<'a> {
    parser: &'a Parser,
    index: &'a Inner,
    annotate: bool,
}

impl Worker<'_> {
    fn work(self, jobs: &Mutex<Receiver<Job>>, done: &SyncSender<Done>) {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Job { number, source, share }) = job else { return };
            let (fingerprint, bytes) = (source.fingerprint(), source.len() as u64);
            let outcome = self.read(source, share);
            if done.send(Done { number, fingerprint, bytes, outcome }).is_err() {
                return;
            }
        }
    }

    fn read(self, source: Source, share: Share) -> Result<(Document, Share)> {
        let mut document = source.parse(self.parser)?;
        if self.annotate {
            document = self.index.annotator.annotate(document);
        }
        check(&document)?;
        Ok((document, share))
    }
}

/// The writing end.
struct Sink<'a> {
    writer: IndexWriter,
    builders: BuildThreads,
    name: Option<String>,
    /// Documents between two commits.
    batch: Option<usize>,
    progress: Option<OnProgress<'a>>,
    refused: Option<OnRefused<'a>>,
    stop: &'a AtomicBool,
    started: Instant,
    told: Instant,
    total_bytes: Option<u64>,
    /// Sources that were in the index before.
    first: u64,
    /// What the next commit will hold.
    mark: Watermark,
    /// Documents since the last commit.
    uncommitted: usize,
    /// Bytes of sources since then.
    uncommitted_bytes: u64,
    committed: u64,
    report: LoadReport,
}

impl Sink<'_> {
    /// Takes what the workers have done, in the order of the sources.
    fn consume(&mut self, results: Receiver<Done>) -> Result<()> {
        let mut early = BTreeMap::new();
        for done in results {
            early.insert(done.number, done);
            while let Some(done) = early.remove(&(self.mark.sources - self.first)) {
                // On failure the receiver goes, so that the workers end, and with them the reader.
                self.take(done).inspect_err(|_| self.stop.store(true, Ordering::Relaxed))?;
            }
        }
        if !early.is_empty() {
            // A worker has panicked, which the caller will hear of; what is before the gap can be kept.
            self.stop.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn take(&mut self, done: Done) -> Result<()> {
        self.mark.pass(done.fingerprint);
        self.report.bytes += done.bytes;
        self.uncommitted_bytes += done.bytes;
        match done.outcome {
            Ok((document, share)) => {
                self.report.documents += 1;
                self.report.paragraphs += document.paragraphs.len() as u64;
                self.uncommitted += 1;
                self.writer.begin_change()?;
                let id = document.id.clone();
                self.builders.add(document, share).map_err(|error| self.writer.adding_failed(&id, error))?;
            }
            Err(error) => {
                self.mark.refused += 1;
                self.report.refused += 1;
                if let Some(tell) = &mut self.refused {
                    tell(&error);
                }
                if self.report.refusals.len() < REFUSALS_KEPT {
                    self.report.refusals.push(error);
                }
            }
        }
        let is_due = match self.batch {
            Some(documents) => self.uncommitted >= documents,
            None => self.uncommitted_bytes >= DEFAULT_BATCH_BYTES,
        };
        if is_due && self.uncommitted > 0 {
            self.commit()?;
            self.tell();
        } else if self.told.elapsed() >= PROGRESS_EVERY {
            self.tell();
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        if let Some(name) = &self.name {
            self.writer.payload_mut().loads.insert(name.clone(), self.mark);
        }
        self.writer.commit_built(self.builders.end())?;
        (self.uncommitted, self.uncommitted_bytes) = (0, 0);
        self.committed = self.report.documents;
        Ok(())
    }

    fn tell(&mut self) {
        self.told = Instant::now();
        let Some(tell) = &mut self.progress else { return };
        let progress = Progress {
            documents: self.report.documents,
            committed: self.committed,
            paragraphs: self.report.paragraphs,
            refused: self.report.refused,
            resumed: self.report.resumed,
            bytes: self.report.bytes,
            total_bytes: self.total_bytes,
            elapsed: self.started.elapsed(),
        };
        if tell(&progress).is_break() {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Commits what is left and waits for the merges.
    fn finish(mut self) -> Result<LoadReport> {
        self.report.cancelled = self.stop.load(Ordering::Relaxed);
        if !self.report.cancelled
            && let Some(name) = self.name.take()
        {
            self.writer.payload_mut().loads.remove(&name);
        }
        self.commit()?;
        self.tell();
        self.writer.close()?;
        self.report.elapsed = self.started.elapsed();
        Ok(self.report)
    }
}
