//! The index's one writer.

use std::collections::BTreeSet;
use std::sync::Arc;

use tantivy::directory::error::LockError;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::{TantivyError, Term};

use super::directory::may_not_write;
use super::failure::engine_error;
use super::memory::Gauge;
use super::paragraph::check;
use super::payload::{Payload, Vocabulary};
use super::replacement::{BuiltSegments, Replacement};
use super::segment_builder::{BuiltSegment, SegmentBuilder};
use super::store::Inner;
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result, StorageError};

/// Deletes, commits and merges; segments are [built](SegmentBuilder) here.
type Engine = tantivy::IndexWriter;

/// Segments of one size that are merged into one of the next. Every search pays for every segment, so fewer
/// than the engine's 8; each paragraph is rewritten once a size.
const SEGMENTS_MERGED: usize = 4;

/// The share of deleted paragraphs from which a segment is rewritten without them. The engine's default
/// never does; daily replacement then searches more dead paragraphs every day.
const DELETED_TOLERATED: f32 = 0.2;

/// Of a writer's memory, the part for documents that wait to be indexed: a quarter. The rest is for the
/// segment being built, so that segments are few.
const WAITING: usize = 4;

/// Adds, replaces and deletes documents; nothing is seen by a search before [`commit`](IndexWriter::commit).
///
/// Dropping a writer forgets what was not committed and lets another writer start.
///
/// # When writing fails
///
/// Segments are written when they are full and when they are committed, so a full disk shows in a later call than that of the
/// document that filled it. Whichever call fails with [`ErrorKind::Writing`], the writer is then back at the last
/// commit: it has forgotten what came since, says how many changes that were, and can be used again.
pub struct IndexWriter {
    index: Arc<Inner>,
    /// `None` after a failure, until the next call starts it again.
    engine: Option<Engine>,
    builder: SegmentBuilder,
    built: BuiltSegments,
    gauge: Arc<Gauge>,
    memory: usize,
    /// What the next commit carries.
    payload: Payload,
    vocabulary: Vocabulary,
    /// Documents added and deletions asked for since the last commit.
    changes: u64,
}

impl IndexWriter {
    pub(crate) fn start(index: Arc<Inner>, memory: usize) -> Result<IndexWriter> {
        index.expect_writable()?;
        let mut writer = IndexWriter {
            engine: None,
            builder: SegmentBuilder::new(index.fields),
            built: BuiltSegments::default(),
            gauge: Gauge::new(memory / WAITING),
            memory,
            payload: Payload::empty(),
            vocabulary: Vocabulary::of(&index.annotator),
            changes: 0,
            index,
        };
        writer.engine()?;
        Ok(writer)
    }

    /// The engine, started if it is not running.
    fn engine(&mut self) -> Result<&mut Engine> {
        if self.engine.is_none() {
            self.index.directory.restart();
            // It indexes nothing, and its thread for that ends with the writer.
            let options = IndexWriterOptions::builder().num_worker_threads(1).num_merge_threads(1).build();
            let started = self.index.tantivy.writer_with_options(options);
            let engine: Engine = started.map_err(|error| self.not_started(error))?;
            engine.set_merge_policy(merge_policy());
            self.engine = Some(engine);
            // Read under the lock: nobody else commits from here on.
            self.payload = self.index.payload()?;
        }
        Ok(self.started())
    }

    /// The engine, which was [started](IndexWriter::engine).
    fn started(&mut self) -> &mut Engine {
        self.engine.as_mut().expect("started before")
    }

    fn not_started(&self, error: TantivyError) -> Error {
        match error {
            TantivyError::LockFailure(LockError::LockBusy, _) => {
                ErrorKind::Locked { holder: self.index.directory.lock_holder() }.into()
            }
            TantivyError::LockFailure(LockError::IoError(error), _) if may_not_write(&error) => {
                self.index.read_only().into()
            }
            error => engine_error("starting a writer", error, &self.index.directory),
        }
    }

    /// Adds a document, in place of the one with the same id.
    ///
    /// Readers see all of the old paragraphs or all of the new ones.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the document's id is blank or longer than 1000 bytes, when it has
    /// no paragraph or a blank one, or when its ordinals do not count from 1; the index is as before.
    /// [`ErrorKind::Writing`] when the engine below fails, see [above](IndexWriter#when-writing-fails).
    pub fn add(&mut self, document: &Document) -> Result<()> {
        check(document)?;
        self.begin_change()?;
        let added = self.builder.add(&self.index.tantivy, document).and_then(|()| {
            match self.builder.memory() < self.segment_memory() {
                true => Ok(()),
                false => self.end_segment(),
            }
        });
        added.map_err(|error| self.adding_failed(&document.id, error))
    }

    /// Counts a document that is added, here or by [`BuildThreads`](super::build_threads::BuildThreads).
    pub(super) fn begin_change(&mut self) -> Result<()> {
        self.engine()?;
        self.payload.vocabularies.insert(self.vocabulary.clone());
        self.changes += 1;
        Ok(())
    }

    pub(super) fn adding_failed(&mut self, id: &str, error: TantivyError) -> Error {
        self.failed(format!("adding document {id:?}"), error)
    }

    /// Memory for segments that are being built, in bytes.
    pub(super) fn segment_memory(&self) -> usize {
        self.memory - self.memory / WAITING
    }

    /// Writes the segment that is being built.
    pub(super) fn end_segment(&mut self) -> tantivy::Result<()> {
        let built = self.builder.finish()?;
        self.hand_over(built)
    }

    /// Gives a segment to the engine, and takes out of all before it what is replaced by it; of its own the builder has taken
    /// care.
    fn hand_over(&mut self, built: BuiltSegment) -> tantivy::Result<()> {
        let BuiltSegment { segment, replaced } = built;
        if !replaced.is_empty() {
            let ids: Vec<Term> = replaced.iter().map(|id| self.id_term(id)).collect();
            let replacement = Replacement::new(ids, &self.built);
            self.started().delete_query(Box::new(replacement))?;
        }
        match segment {
            Some(segment) => {
                self.built.insert(segment.id());
                self.started().add_segment(segment)
            }
            None => Ok(()),
        }
    }

    /// Deletes the document with this id; one that is not there is no error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Writing`] when the engine below fails, see [above](IndexWriter#when-writing-fails).
    pub fn delete(&mut self, id: &str) -> Result<()> {
        self.engine()?;
        self.builder.delete(id);
        self.changes += 1;
        Ok(())
    }

    fn id_term(&self, id: &str) -> Term {
        Term::from_field_text(self.index.fields.document, id)
    }

    /// Gives up the engine and what was not committed.
    fn stop(&mut self) {
        self.engine = None;
        self.builder.clear();
        self.built = BuiltSegments::default();
    }

    /// Gives the failed engine up, which is then at the last commit.
    fn failed(&mut self, doing: String, error: TantivyError) -> Error {
        self.stop();
        let forgotten = std::mem::take(&mut self.changes);
        let cause = engine_error("writing", error, &self.index.directory);
        ErrorKind::Writing { doing, forgotten, source: StorageError::new(cause) }.into()
    }

    /// Makes everything since the last commit visible to new searchers of this index, and durable.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Writing`] when the engine below fails, see [above](IndexWriter#when-writing-fails).
    pub fn commit(&mut self) -> Result<()> {
        self.engine()?;
        let built = self.builder.finish();
        self.commit_built(built.map(|built| vec![built]))
    }

    /// As [`commit`](IndexWriter::commit), of segments that [`BuildThreads`](super::build_threads::BuildThreads) have built.
    pub(super) fn commit_built(&mut self, built: tantivy::Result<Vec<BuiltSegment>>) -> Result<()> {
        self.engine()?;
        let payload = self.payload.to_json();
        let committed = built.and_then(|built| {
            built.into_iter().try_for_each(|built| self.hand_over(built))?;
            let mut prepared = self.started().prepare_commit()?;
            prepared.set_payload(&payload);
            prepared.commit()
        });
        committed.map_err(|error| self.failed("committing".to_owned(), error))?;
        self.changes = 0;
        self.index.reload()
    }

    /// Forgets everything since the last commit.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Locked`] when another writer was quicker to start; [`is_storage`](Error::is_storage)
    /// when the engine below fails.
    pub fn rollback(&mut self) -> Result<()> {
        // The engine's own rollback cannot be tried again when it fails; starting anew can.
        self.stop();
        self.changes = 0;
        self.engine().map(drop)
    }

    /// Merges all segments into one without deleted paragraphs, which makes every search faster, and commits.
    ///
    /// It writes the whole index once more, and needs room for it until the old files are collected.
    ///
    /// # Errors
    ///
    /// As [`commit`](IndexWriter::commit).
    pub fn optimise(&mut self) -> Result<()> {
        self.commit()?;
        self.wait_for_merges()?;
        let directory = self.index.directory.clone();
        let failed = |error| engine_error("merging the segments", error, &directory);
        let metas = self.index.tantivy.searchable_segment_metas().map_err(failed)?;
        let worthwhile = metas.len() > 1 || metas.iter().any(|segment| segment.has_deletes());
        let segments: Vec<_> = metas.iter().map(|segment| segment.id()).collect();
        // The engine keeps the files of every segment that somebody holds.
        drop(metas);
        if worthwhile {
            let engine = self.engine()?;
            // No merge of the policy's may take one of the segments meanwhile.
            engine.set_merge_policy(Box::new(NoMergePolicy));
            let merged = engine.merge(&segments).wait();
            engine.set_merge_policy(merge_policy());
            merged.map_err(|error| self.failed("merging the segments".to_owned(), error))?;
            let collected = self.engine()?.garbage_collect_files().wait();
            collected.map_err(|error| engine_error("removing old files", error, &directory))?;
        }
        self.index.reload()
    }

    /// Commits, waits for merges that run, and lets another writer start.
    ///
    /// Merges that are cut off by the end of a process lose nothing, but their work.
    ///
    /// # Errors
    ///
    /// As [`commit`](IndexWriter::commit).
    pub fn close(mut self) -> Result<()> {
        if self.changes > 0 {
            self.commit()?;
        }
        let Some(engine) = self.engine.take() else { return Ok(()) };
        let waited = engine.wait_merging_threads();
        waited.map_err(|error| engine_error("waiting for merges", error, &self.index.directory))?;
        self.index.reload()
    }

    /// Waits for merges; the engine can only do that by ending, and is started again. No change may be pending.
    fn wait_for_merges(&mut self) -> Result<()> {
        debug_assert_eq!(self.changes, 0, "nothing is forgotten");
        if let Some(engine) = self.engine.take() {
            let waited = engine.wait_merging_threads();
            waited.map_err(|error| engine_error("waiting for merges", error, &self.index.directory))?;
        }
        self.engine().map(drop)
    }

    pub(crate) fn index(&self) -> &Arc<Inner> {
        &self.index
    }

    pub(crate) fn gauge(&self) -> &Arc<Gauge> {
        &self.gauge
    }

    /// Every document is tagged with the vocabulary of the index as of the next commit.
    pub(crate) fn tagged_anew(&mut self) {
        self.payload.vocabularies = BTreeSet::from([self.vocabulary.clone()]);
    }

    /// What the next commit carries.
    pub(crate) fn payload_mut(&mut self) -> &mut Payload {
        &mut self.payload
    }
}

fn merge_policy() -> Box<LogMergePolicy> {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(SEGMENTS_MERGED);
    policy.set_del_docs_ratio_before_merge(DELETED_TOLERATED);
    Box::new(policy)
}

impl std::fmt::Debug for IndexWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IndexWriter").field("changes", &self.changes).finish_non_exhaustive()
    }
}
