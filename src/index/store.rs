//! The index itself: created, opened, written and read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::directory::MmapDirectory;
use tantivy::schema::Schema;
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{IndexReader, IndexSettings, ReloadPolicy};

use super::analyzers::AnalyzerPool;
use super::packed::PackedTokenizer;
use super::payload::Payload;
use super::schema::{Fields, PACKED, SCHEMA_VERSION, schema};
use super::segment::SegmentCache;
use super::writer::IndexWriter;
use crate::annotate::Annotator;
use crate::error::{Error, ErrorKind, Result};

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
    path: Option<PathBuf>,
}

impl Index {
    /// Creates an empty index in memory, with the built-in gazetteer and taxonomy.
    ///
    /// # Errors
    ///
    /// [`is_storage`](Error::is_storage) when the engine below fails.
    pub fn in_memory() -> Result<Index> {
        Index::in_memory_with(Annotator::new())
    }

    /// Creates an empty index in memory that resolves `actor:` and `topic:` with `annotator`.
    ///
    /// # Errors
    ///
    /// As [`Index::in_memory`].
    pub fn in_memory_with(annotator: Annotator) -> Result<Index> {
        let (schema, fields) = schema();
        let tantivy = tantivy::Index::builder()
            .schema(schema)
            .settings(settings())
            .tokenizers(tokenizers())
            .create_in_ram()
            .map_err(|error| Error::storage("creating an index in memory", error))?;
        Index::start(tantivy, fields, annotator, None)
    }

    /// Creates an empty index in a directory, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`] when the directory cannot be made; [`ErrorKind::Value`] when it holds anything
    /// already.
    pub fn create(directory: impl AsRef<Path>) -> Result<Index> {
        Index::create_with(directory, Annotator::new())
    }

    /// Creates an empty index in a directory that resolves `actor:` and `topic:` with `annotator`.
    ///
    /// # Errors
    ///
    /// As [`Index::create`].
    pub fn create_with(directory: impl AsRef<Path>, annotator: Annotator) -> Result<Index> {
        let path = directory.as_ref();
        std::fs::create_dir_all(path).map_err(|error| Error::write(path, error))?;
        let mut entries = std::fs::read_dir(path).map_err(|error| Error::read(path, error))?;
        if entries.next().is_some() {
            return Err(Error::value(
                "index directory",
                path.display().to_string(),
                "expected an empty or missing directory",
            ));
        }
        let (schema, fields) = schema();
        let tantivy = tantivy::Index::builder()
            .schema(schema)
            .settings(settings())
            .tokenizers(tokenizers())
            .create_in_dir(path)
            .map_err(|error| Error::storage("creating an index", error))?;
        let index = Index::start(tantivy, fields, annotator, Some(path.to_owned()))?;
        // The first commit carries the schema version, so that no index is without one.
        index.writer()?.commit()?;
        Ok(index)
    }

    /// Opens the index in a directory.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Read`] when the directory cannot be read, [`ErrorKind::NotAnIndex`] when it holds no
    /// index of this crate, [`ErrorKind::SchemaVersion`] when another version wrote it.
    pub fn open(directory: impl AsRef<Path>) -> Result<Index> {
        Index::open_with(directory, Annotator::new())
    }

    /// Opens the index in a directory and resolves `actor:` and `topic:` with `annotator`.
    ///
    /// # Errors
    ///
    /// As [`Index::open`].
    pub fn open_with(directory: impl AsRef<Path>, annotator: Annotator) -> Result<Index> {
        let path = directory.as_ref();
        std::fs::read_dir(path).map_err(|error| Error::read(path, error))?;
        let foreign = |reason: &str| ErrorKind::NotAnIndex { path: path.to_owned(), reason: reason.to_owned() };
        if !path.join("meta.json").is_file() {
            return Err(foreign("expected a file meta.json").into());
        }
        let directory =
            MmapDirectory::open(path).map_err(|error| Error::storage("opening the index directory", error))?;
        let mut tantivy =
            tantivy::Index::open(directory).map_err(|error| Error::storage("opening the index", error))?;
        let metas = tantivy.load_metas().map_err(|error| Error::storage("reading meta.json", error))?;
        let payload = metas.payload.as_deref().and_then(Payload::from_json);
        let Some(payload) = payload else {
            return Err(foreign("its last commit was not made by this crate").into());
        };
        if payload.schema != SCHEMA_VERSION {
            return Err(ErrorKind::SchemaVersion { found: payload.schema, reads: SCHEMA_VERSION }.into());
        }
        let (expected, fields): (Schema, Fields) = schema();
        if tantivy.schema() != expected {
            return Err(foreign("its fields are not those of this schema version").into());
        }
        tantivy.set_tokenizers(tokenizers());
        Index::start(tantivy, fields, annotator, Some(path.to_owned()))
    }

    fn start(tantivy: tantivy::Index, fields: Fields, annotator: Annotator, path: Option<PathBuf>) -> Result<Index> {
        let reader = tantivy
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(|error| Error::storage("opening the segments", error))?;
        Ok(Index {
            inner: Arc::new(Inner {
                tantivy,
                reader,
                fields,
                annotator,
                segments: SegmentCache::default(),
                analyzers: AnalyzerPool::default(),
                path,
            }),
        })
    }

    /// Starts the index's one writer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Locked`] while another writer, of this or another process, is alive.
    pub fn writer(&self) -> Result<IndexWriter> {
        IndexWriter::start(self.inner.clone())
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

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(3) }),
        ..IndexSettings::default()
    }
}

fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::default();
    tokenizers.register(PACKED, TextAnalyzer::from(PackedTokenizer::default()));
    tokenizers
}
