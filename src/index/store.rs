//! The index itself: written and read.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tantivy::{IndexReader, ReloadPolicy};

use super::analyzers::AnalyzerPool;
use super::directory::{Access, StoreDirectory};
use super::failure::engine_error;
use super::options::IndexOptions;
use super::payload::{Payload, Vocabulary};
use super::schema::Fields;
use super::segment::SegmentCache;
use super::writer::IndexWriter;
use crate::annotate::Annotator;
use crate::error::{ErrorKind, Result};

/// A paragraph index, in memory or in a directory.
///
/// An index is cheap to clone and to share between threads. Searching never takes the writer's lock; see
/// [`Index::writer`] and [`Index::searcher`].
///
/// # Examples
///
/// ```
/// use demarche::{Annotator, Document, Index};
///
/// let index = Index::in_memory()?;
/// let mut writer = index.writer()?;
/// let document = Document::parse("note-7", "Lithuania and China signed nothing.")?;
/// writer.add(&Annotator::new().annotate(document))?;
/// writer.commit()?;
/// assert_eq!(index.searcher()?.search("signed")?.total.paragraphs, 1);
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Clone)]
pub struct Index {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) tantivy: tantivy::Index,
    pub(crate) reader: IndexReader,
    pub(crate) fields: Fields,
    pub(crate) annotator: Annotator,
    pub(crate) segments: SegmentCache,
    pub(crate) analyzers: AnalyzerPool,
    pub(crate) directory: StoreDirectory,
    /// Memory of a writer, in bytes.
    pub(crate) memory: usize,
    path: Option<PathBuf>,
}

/// How often opening is tried while a writer of another process takes the files away.
const OPEN_ATTEMPTS: u32 = 20;

impl Index {
    /// Starts from the defaults: the built-in gazetteer and taxonomy, full durability, a quick check.
    pub fn options() -> IndexOptions {
        IndexOptions::new()
    }

    /// Creates an empty index in memory.
    ///
    /// # Errors
    ///
    /// As [`IndexOptions::in_memory`].
    pub fn in_memory() -> Result<Index> {
        Index::options().in_memory()
    }

    /// Creates an empty index in a directory, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// As [`IndexOptions::create`].
    pub fn create(directory: impl AsRef<Path>) -> Result<Index> {
        Index::options().create(directory)
    }

    /// Opens the index in a directory.
    ///
    /// # Errors
    ///
    /// As [`IndexOptions::open`].
    pub fn open(directory: impl AsRef<Path>) -> Result<Index> {
        Index::options().open(directory)
    }

    pub(crate) fn start(
        tantivy: tantivy::Index,
        fields: Fields,
        directory: StoreDirectory,
        settings: Settings,
    ) -> Result<Index> {
        let policy = if settings.watch { ReloadPolicy::OnCommitWithDelay } else { ReloadPolicy::Manual };
        let open = || -> tantivy::Result<IndexReader> { tantivy.reader_builder().reload_policy(policy).try_into() };
        let reader = again(open).map_err(|error| engine_error("opening the segments", error, &directory))?;
        Ok(Index {
            inner: Arc::new(Inner {
                tantivy,
                reader,
                fields,
                annotator: settings.annotator,
                segments: SegmentCache::default(),
                analyzers: AnalyzerPool::default(),
                directory,
                memory: settings.memory,
                path: settings.path,
            }),
        })
    }

    /// Starts the index's one writer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Locked`] while another writer, of this or another process, is alive;
    /// [`ErrorKind::ReadOnly`] when the index was opened read-only or lies where this process may not write.
    pub fn writer(&self) -> Result<IndexWriter> {
        IndexWriter::start(self.inner.clone(), self.inner.memory)
    }

    /// Opens what other handles and processes have committed; what is committed through this index is seen
    /// without it.
    ///
    /// # Errors
    ///
    /// [`is_storage`](crate::Error::is_storage) when the commit cannot be opened; searchers then stay at the one
    /// before.
    pub fn reload(&self) -> Result<()> {
        self.inner.reload()
    }

    /// What the paragraphs were tagged with that this index's annotator is not.
    ///
    /// [`reannotate`](IndexWriter::reannotate) brings them up to date.
    ///
    /// # Errors
    ///
    /// [`is_storage`](crate::Error::is_storage) when the newest commit cannot be read.
    pub fn outdated(&self) -> Result<Outdated> {
        let own = Vocabulary::of(&self.inner.annotator);
        let payload = self.inner.payload()?;
        Ok(Outdated {
            gazetteer: payload.vocabularies.iter().any(|used| used.gazetteer != own.gazetteer),
            taxonomy: payload.vocabularies.iter().any(|used| used.taxonomy != own.taxonomy),
            options: payload.vocabularies.iter().any(|used| used.options != own.options),
        })
    }

    /// The directory; `None` for an index in memory.
    pub fn path(&self) -> Option<&Path> {
        self.inner.path.as_deref()
    }

    /// The gazetteer and taxonomy that queries are resolved with.
    pub fn annotator(&self) -> &Annotator {
        &self.inner.annotator
    }
}

/// What an index is opened with, beside its files.
pub(crate) struct Settings {
    pub(crate) annotator: Annotator,
    pub(crate) memory: usize,
    pub(crate) watch: bool,
    pub(crate) path: Option<PathBuf>,
}

/// Whether paragraphs were tagged by another annotator than the index was opened with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outdated {
    /// Some were tagged with another gazetteer: actors may be missing or of old.
    pub gazetteer: bool,
    /// Some were tagged with another taxonomy: topics may be missing or of old.
    pub taxonomy: bool,
    /// Some were tagged under another [profile](crate::Profile), confidence floor or choice about headings.
    pub options: bool,
}

impl Outdated {
    /// Whether any of them is.
    pub fn any(self) -> bool {
        self.gazetteer || self.taxonomy || self.options
    }
}

impl Inner {
    pub(crate) fn reload(&self) -> Result<()> {
        again(|| self.reader.reload()).map_err(|error| engine_error("opening the new commit", error, &self.directory))
    }

    /// The payload of the newest commit.
    pub(crate) fn payload(&self) -> Result<Payload> {
        let metas = self.tantivy.load_metas();
        let metas = metas.map_err(|error| engine_error("reading meta.json", error, &self.directory))?;
        let reason = "its payload is not of this schema version".to_owned();
        let damaged = || ErrorKind::Damaged { file: "meta.json".to_owned(), reason };
        Ok(metas.payload.as_deref().and_then(Payload::from_json).ok_or_else(damaged)?)
    }

    /// Fails where nothing may be written.
    pub(crate) fn expect_writable(&self) -> Result<()> {
        match self.directory.access() {
            Access::ReadWrite => Ok(()),
            Access::ReadOnly => Err(self.read_only().into()),
        }
    }

    pub(crate) fn read_only(&self) -> ErrorKind {
        ErrorKind::ReadOnly { path: self.path.clone().unwrap_or_default() }
    }
}

/// Opens, and tries again when a file went away meanwhile: without a lock, a writer may collect the files of
/// the commit before between the reading of `meta.json` and the opening of what it names.
fn again<T>(open: impl Fn() -> tantivy::Result<T>) -> tantivy::Result<T> {
    use tantivy::TantivyError::OpenReadError;
    use tantivy::directory::error::OpenReadError::FileDoesNotExist;
    let mut attempt = 1;
    loop {
        match open() {
            Err(OpenReadError(FileDoesNotExist(_))) if attempt < OPEN_ATTEMPTS => {
                thread::sleep(Duration::from_millis(u64::from(attempt)));
                attempt += 1;
            }
            opened => return opened,
        }
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("path", &self.inner.path).finish_non_exhaustive()
    }
}
