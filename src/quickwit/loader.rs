//! Annotated documents in, batches of lines sent to Quickwit, with a report of what became of them.

use std::io::Write;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answer::{self, IngestAnswer};
use super::client::Client;
use super::http::{Failure, FailureKind};
use super::line::{EncodedLine, Lines};
use super::mapping;
use crate::document::Document;
use crate::error::{Error, Result};

/// How much is sent at once, in bytes before compression. Quickwit breaks the connection over 10 MiB; larger batches
/// make larger parts of the index, whose scores are better.
const BATCH_BYTES: usize = 5_000_000;
/// Threads that compress and send.
const SENDERS: usize = 2;
/// How many ids a delete names.
const IDS_AT_ONCE: usize = 500;
/// Loads documents into an index on Quickwit.
///
/// Lines are sent in batches of up to 5 MB, compressed, by two threads; when these do not keep up,
/// [`add`](Loader::add) waits. What was loaded is found from about 5 seconds after it was sent, and for certain
/// once [`finish`](Loader::finish) has returned.
///
/// Quickwit knows no ids: the same paragraph sent twice is there twice. So each line says which load (its generation)
/// and which batch it came with. A batch whose fate is not known, because the answer was lost, is sent again
/// under another number, and [`finish`](Loader::finish) deletes the first.
///
/// Dropping a loader leaves what was sent and forgets the rest.
#[derive(Debug)]
pub struct Loader {
    client: Client,
    lines: Lines,
    generation: u64,
    batch: Vec<(Arc<str>, EncodedLine)>,
    bytes: usize,
    /// Ids whose earlier generations go.
    replaced: Vec<String>,
    queue: Option<SyncSender<Batch>>,
    senders: Vec<JoinHandle<()>>,
    progress: Arc<Mutex<Progress>>,
}

/// What became of a load.
///
/// As JSON, an object with these fields.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LoadReport {
    /// Documents given.
    pub documents: u64,
    /// Paragraphs that Quickwit accepted.
    pub paragraphs: u64,
    /// Bytes sent, before compression.
    pub bytes: u64,
    /// Bytes sent, compressed.
    pub compressed_bytes: u64,
    /// Batches sent and answered.
    pub batches: u64,
    /// Attempts that failed and were repeated.
    pub repeated: u64,
    /// Paragraphs that Quickwit refused.
    pub rejected_lines: u64,
    /// Each of them, as far as Quickwit names them.
    pub rejected: Vec<Rejected>,
    /// Ids of documents with paragraphs in a batch that could not be sent; empty unless the load failed.
    pub unsent: Vec<String>,
}

/// A paragraph that Quickwit refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Rejected {
    /// The document's id; empty when Quickwit does not give the line.
    pub document: String,
    /// The paragraph's place in it, from 1; 0 when Quickwit does not give the line.
    pub ordinal: u32,
    /// Quickwit's reason.
    pub reason: String,
}

/// What the senders leave.
#[derive(Debug, Default)]
struct Progress {
    report: LoadReport,
    /// The number of the next batch.
    next: u64,
    /// Batches that may have arrived although nobody said so.
    doubtful: Vec<u64>,
    failed: Option<(Failure, String)>,
}

#[derive(Debug)]
struct Batch {
    lines: Vec<(Arc<str>, EncodedLine)>,
    commit: &'static str,
}

impl Loader {
    pub(super) fn start(client: Client) -> Result<Loader> {
        let newest = json!({
            "size": 1,
            "track_total_hits": true,
            "query": {"match_all": {}},
            "sort": [{mapping::GENERATION: {"order": "desc"}}],
        });
        let newest = client.search_request(&newest)?.take_hits();
        let newest = newest.first().map_or(0, |line| line.source.generation);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        // A clock that was put back must not make what is loaded now older than what is there.
        let generation = (now.as_millis() as u64).max(newest + 1);
        let (queue, batches) = sync_channel(SENDERS);
        let batches = Arc::new(Mutex::new(batches));
        let progress = Arc::new(Mutex::new(Progress::default()));
        let senders = (0..SENDERS)
            .map(|_| {
                let sender = Sender { client: client.clone(), progress: progress.clone() };
                let batches = batches.clone();
                std::thread::spawn(move || sender.run(&batches))
            })
            .collect();
        Ok(Loader {
            lines: Lines::new(generation),
            client,
            generation,
            batch: Vec::new(),
            bytes: 0,
            replaced: Vec::new(),
            queue: Some(queue),
            senders,
            progress,
        })
    }

    /// The number that the lines of this load carry; that of a later load is higher.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Adds a document that is not in the index yet. Waits while the batches before are being sent.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) as [`Lines::write`]; the load goes on without the document.
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) when a batch could not be sent; the load is over then, and
    /// [`report`](Loader::report) says how far it came.
    pub fn add(&mut self, document: &Document) -> Result<()> {
        self.check()?;
        if self.queue.is_none() {
            return Err(Error::value("loader", self.client.index_id(), "it is finished; start another"));
        }
        let id: Arc<str> = document.id.as_str().into();
        for line in self.lines.lines(document)? {
            if self.bytes + line.len() > BATCH_BYTES && !self.batch.is_empty() {
                self.send("auto")?;
            }
            self.bytes += line.len();
            self.batch.push((id.clone(), line));
        }
        self.progress().report.documents += 1;
        Ok(())
    }

    /// Adds a document in place of the one with the same id, whose paragraphs are deleted by
    /// [`finish`](Loader::finish); until that takes effect both are found.
    ///
    /// # Errors
    ///
    /// As [`add`](Loader::add).
    pub fn replace(&mut self, document: &Document) -> Result<()> {
        self.add(document)?;
        self.replaced.push(document.id.clone());
        Ok(())
    }

    /// Deletes the document with this id as it was before this load; one that is not there is no error.
    pub fn delete(&mut self, id: &str) {
        self.replaced.push(id.to_owned());
    }

    /// Sends the rest, waits until everything is found, and asks for what was replaced to be deleted. Deletes take effect
    /// when Quickwit next works on the parts of the index that they touch, after minutes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) when something could not be sent, was not found in time, or could not be deleted; nothing is deleted before the new is found.
    pub fn finish(&mut self) -> Result<LoadReport> {
        self.check()?;
        if !self.batch.is_empty() {
            self.send("force")?;
        }
        self.queue = None;
        for sender in self.senders.drain(..) {
            if let Err(panic) = sender.join() {
                std::panic::resume_unwind(panic);
            }
        }
        self.check()?;
        let (accepted, doubtful) = {
            let progress = self.progress();
            (progress.report.paragraphs, progress.doubtful.clone())
        };
        if accepted > 0 {
            self.wait_for(accepted, &doubtful)?;
        }
        self.client.inner.values.forget();
        for batches in doubtful.chunks(IDS_AT_ONCE) {
            let generation = format!("{}:{}", mapping::GENERATION, self.generation);
            self.client.delete_request(&format!("{generation} AND ({})", any_batch(batches)))?;
        }
        for ids in self.replaced.chunks(IDS_AT_ONCE) {
            let ids: Vec<String> = ids.iter().map(|id| quoted(id)).collect();
            let (document, generation) = (mapping::DOCUMENT, mapping::GENERATION);
            let query = format!("{document}:IN [{}] AND {generation}:<{}", ids.join(" "), self.generation);
            self.client.delete_request(&query)?;
        }
        self.replaced.clear();
        self.progress().doubtful.clear();
        Ok(self.report())
    }

    /// How far the load has come.
    pub fn report(&self) -> LoadReport {
        self.progress().report.clone()
    }

    /// Waits until as many lines are found as were accepted.
    fn wait_for(&self, accepted: u64, doubtful: &[u64]) -> Result<()> {
        let mut query = format!("{}:{}", mapping::GENERATION, self.generation);
        if !doubtful.is_empty() {
            query.push_str(&format!(" AND NOT ({})", any_batch(doubtful)));
        }
        let started = Instant::now();
        loop {
            let found = self.client.count_request(&query)?;
            if found == accepted {
                return Ok(());
            }
            if started.elapsed() > self.client.inner.visible_within || found > accepted {
                let reason = format!("{accepted} paragraphs were accepted, {found} are found");
                return Err(Failure::unusable(reason).into_error("loading", &self.client.ingest_url("auto")));
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    fn send(&mut self, commit: &'static str) -> Result<()> {
        let lines = std::mem::take(&mut self.batch);
        self.bytes = 0;
        let sent = self.queue.as_ref().is_some_and(|queue| queue.send(Batch { lines, commit }).is_ok());
        if sent { Ok(()) } else { self.check() }
    }

    /// Whether all that was sent so far arrived.
    fn check(&self) -> Result<()> {
        match &self.progress().failed {
            Some((failure, url)) => Err(failure.clone().into_error("loading", url)),
            None => Ok(()),
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn any_batch(batches: &[u64]) -> String {
    let batches: Vec<String> = batches.iter().map(|batch| format!("{}:{batch}", mapping::BATCH)).collect();
    batches.join(" OR ")
}

/// A value in Quickwit's own language.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Sends batches on a thread of its own.
struct Sender {
    client: Client,
    progress: Arc<Mutex<Progress>>,
}

impl Sender {
    fn run(&self, batches: &Mutex<Receiver<Batch>>) {
        loop {
            let batch = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(batch) = batch else { return };
            // After a failure the rest is taken from the queue all the same, so that nobody waits for room in it.
            if self.progress().failed.is_some() {
                self.give_up(&batch);
            } else if let Err(failure) = self.deliver(&batch) {
                self.give_up(&batch);
                self.progress().failed.get_or_insert((failure, self.client.ingest_url(batch.commit)));
            }
        }
    }

    /// Sends a batch until it is accepted, under another number each time that it may have arrived.
    fn deliver(&self, batch: &Batch) -> std::result::Result<(), Failure> {
        let mut number = self.next_number();
        let mut attempt = 1;
        loop {
            let mut text = String::with_capacity(batch.lines.iter().map(|(_, line)| line.len()).sum());
            for (_, line) in &batch.lines {
                line.push_to(number, &mut text);
            }
            let compressed = compressed(text.as_bytes())?;
            let answer = self.client.ingest_request(&compressed, batch.commit);
            let failure = match answer.and_then(|answer| self.read(&answer, batch.lines.len() as u64)) {
                Ok(answer) => {
                    self.accept(answer, text.len(), compressed.len());
                    return Ok(());
                }
                Err(failure) => failure,
            };
            // One that is busy may have taken a part.
            let is_busy = failure.status == Some(503);
            if is_busy || matches!(failure.kind, FailureKind::Unknown | FailureKind::TimedOut) {
                self.progress().doubtful.push(number);
                number = self.next_number();
            }
            if failure.kind == FailureKind::Refused || attempt >= self.client.attempts() {
                return Err(failure);
            }
            std::thread::sleep(failure.wait_before(attempt));
            attempt += 1;
            self.progress().report.repeated += 1;
        }
    }

    fn read(&self, answer: &str, sent: u64) -> std::result::Result<IngestAnswer, Failure> {
        let answer: IngestAnswer = answer::read(answer)?;
        if answer.num_docs_for_processing != sent {
            let taken = answer.num_docs_for_processing;
            return Err(Failure::unusable(format!("{sent} lines were sent, {taken} were taken")));
        }
        Ok(answer)
    }

    fn accept(&self, answer: IngestAnswer, bytes: usize, compressed: usize) {
        #[derive(Deserialize)]
        struct Named {
            doc_id: String,
            ordinal: u32,
        }
        let mut progress = self.progress();
        let report = &mut progress.report;
        report.batches += 1;
        report.bytes += bytes as u64;
        report.compressed_bytes += compressed as u64;
        report.paragraphs += answer.num_docs_for_processing.saturating_sub(answer.num_rejected_docs);
        report.rejected_lines += answer.num_rejected_docs;
        for failure in answer.parse_failures {
            let line: Option<Named> = serde_json::from_str(&failure.document).ok();
            let (document, ordinal) = line.map(|line| (line.doc_id, line.ordinal)).unwrap_or_default();
            report.rejected.push(Rejected { document, ordinal, reason: failure.message });
        }
    }

    fn give_up(&self, batch: &Batch) {
        let unsent = &mut self.progress().report.unsent;
        for (id, _) in &batch.lines {
            if unsent.last().is_none_or(|last| **last != **id) {
                unsent.push(id.to_string());
            }
        }
    }

    fn next_number(&self) -> u64 {
        let mut progress = self.progress();
        progress.next += 1;
        progress.next
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn compressed(text: &[u8]) -> std::result::Result<Vec<u8>, Failure> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(text.len() / 4), Compression::fast());
    let written = encoder.write_all(text).and_then(|()| encoder.finish());
    written.map_err(|error| Failure::unusable(format!("the lines cannot be compressed: {error}")))
}
