//! The index's one writer.

use std::sync::Arc;

use tantivy::indexer::UserOperation;
use tantivy::{TantivyDocument, TantivyError, Term};

use super::paragraph::ParagraphEncoder;
use super::payload::Payload;
use super::store::Inner;
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};

/// Memory for paragraphs not yet written to disk, in bytes.
const MEMORY_BUDGET: usize = 128 * 1024 * 1024;

/// Adds, replaces and deletes documents; nothing is seen by a search before [`commit`](IndexWriter::commit).
///
/// Dropping a writer forgets what was not committed and lets another writer start.
pub struct IndexWriter {
    index: Arc<Inner>,
    tantivy: tantivy::IndexWriter,
    encoder: ParagraphEncoder,
}

impl IndexWriter {
    pub(crate) fn start(index: Arc<Inner>) -> Result<IndexWriter> {
        // One indexing thread keeps the segments few; analysis, the larger part of the work, is done before.
        let tantivy = index.tantivy.writer_with_num_threads(1, MEMORY_BUDGET).map_err(|error| match error {
            TantivyError::LockFailure(..) => {
                Error::from(ErrorKind::Locked { holder: "an IndexWriter of this or another process".to_owned() })
            }
            error => Error::storage("starting a writer", error),
        })?;
        let encoder = ParagraphEncoder::new(index.fields);
        Ok(IndexWriter { index, tantivy, encoder })
    }

    /// Adds a document, in place of the one with the same id.
    ///
    /// Readers see all of the old paragraphs or all of the new ones.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the document's id is blank or longer than 1000 bytes, when it has
    /// no paragraph, or when its ordinals do not count from 1; the index is as before. [`is_storage`](Error::is_storage)
    /// when the engine below fails.
    pub fn add(&mut self, document: &Document) -> Result<()> {
        let paragraphs = self.encoder.encode(document)?;
        let mut operations = Vec::with_capacity(paragraphs.len() + 1);
        operations.push(UserOperation::Delete(self.id_term(&document.id)));
        operations.extend(paragraphs.into_iter().map(UserOperation::Add));
        self.run(operations)
    }

    /// Deletes the document with this id; one that is not there is no error.
    ///
    /// # Errors
    ///
    /// [`is_storage`](Error::is_storage) when the engine below fails.
    pub fn delete(&mut self, id: &str) -> Result<()> {
        let term = self.id_term(id);
        self.run(vec![UserOperation::Delete(term)])
    }

    fn run(&mut self, operations: Vec<UserOperation<TantivyDocument>>) -> Result<()> {
        self.tantivy.run(operations).map(drop).map_err(|error| Error::storage("adding a document", error))
    }

    fn id_term(&self, id: &str) -> Term {
        Term::from_field_text(self.index.fields.document, id)
    }

    /// Makes everything since the last commit visible to new searchers of this index.
    ///
    /// # Errors
    ///
    /// [`is_storage`](Error::is_storage) when the engine below fails; the last commit then still stands.
    pub fn commit(&mut self) -> Result<()> {
        let failed = |error| Error::storage("committing", error);
        let mut prepared = self.tantivy.prepare_commit().map_err(failed)?;
        prepared.set_payload(&Payload::of(&self.index.annotator).to_json());
        prepared.commit().map_err(failed)?;
        self.sync_directory()?;
        self.index.reader.reload().map_err(|error| Error::storage("opening the new commit", error))
    }

    /// Syncs the directory, which the engine does before, not after it renames the file that makes a commit.
    fn sync_directory(&self) -> Result<()> {
        use tantivy::directory::Directory;
        let directory = self.index.tantivy.directory();
        directory.sync_directory().map_err(|error| Error::storage("syncing the index directory", error))
    }

    /// Forgets everything since the last commit.
    ///
    /// # Errors
    ///
    /// [`is_storage`](Error::is_storage) when the engine below fails.
    pub fn rollback(&mut self) -> Result<()> {
        self.tantivy.rollback().map(drop).map_err(|error| Error::storage("rolling back", error))
    }

    /// Merges all segments into one, which makes every search faster, and commits.
    ///
    /// # Errors
    ///
    /// As [`commit`](IndexWriter::commit).
    pub fn optimise(&mut self) -> Result<()> {
        self.commit()?;
        let failed = |error| Error::storage("merging the segments", error);
        let segments = self.index.tantivy.searchable_segment_ids().map_err(failed)?;
        if segments.len() > 1 {
            self.tantivy.merge(&segments).wait().map_err(failed)?;
        }
        self.sync_directory()?;
        self.index.reader.reload().map_err(|error| Error::storage("opening the merged segment", error))
    }
}

impl std::fmt::Debug for IndexWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IndexWriter").finish_non_exhaustive()
    }
}
