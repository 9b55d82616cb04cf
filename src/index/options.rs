//! How an index is created and opened.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::directory::{Access, Durability, StoreDirectory};
use super::facet_file::FacetFiles;
use super::failure::engine_error;
use super::files;
use super::manifest::{self, META, META_COPY, Meta, Unsealed};
use super::payload::Payload;
use super::schema::{Fields, SCHEMA_VERSION, schema};
use super::store::{Index, Settings};
use super::verify;
use crate::annotate::Annotator;
use crate::error::{Error, ErrorKind, Result};

use tantivy::IndexSettings;
use tantivy::store::{Compressor, ZstdCompressor};

/// How much of an index is looked at when it is opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// Only what opening needs; a missing or truncated file may show later, in any way.
    Off,
    /// Every file is there and as long as it was written; takes a look at each file's size.
    #[default]
    Quick,
    /// Every byte is as it was written, and every structure tells of the same paragraphs; reads everything.
    Full,
}

/// Memory for paragraphs not yet written to disk, in bytes, where nothing else was asked for.
pub(crate) const DEFAULT_MEMORY: usize = 128 << 20;

/// The least memory that a writer works with, in bytes.
pub(crate) const LEAST_MEMORY: usize = 32 << 20;

/// The most; the engine counts in 32 bits.
const MOST_MEMORY: usize = 4 << 30;

/// Sets up how an [`Index`] is created or opened; [`Index::options`] starts it.
///
/// # Examples
///
/// ```
/// use demarche::{Check, Durability, Index};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let directory = folder.path().join("index");
/// Index::options().durability(Durability::Fast).create(&directory)?;
/// let index = Index::options().read_only(true).check(Check::Full).open(&directory)?;
/// assert!(index.writer().is_err());
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct IndexOptions {
    annotator: Option<Annotator>,
    durability: Durability,
    check: Check,
    read_only: bool,
    watch: bool,
    memory: usize,
}

impl IndexOptions {
    pub(crate) fn new() -> IndexOptions {
        IndexOptions {
            annotator: None,
            durability: Durability::default(),
            check: Check::default(),
            read_only: false,
            watch: false,
            memory: DEFAULT_MEMORY,
        }
    }

    /// The gazetteer and taxonomy that queries are resolved with, and documents that are loaded are tagged
    /// with. By default, the built-in ones.
    pub fn annotator(&mut self, annotator: Annotator) -> &mut IndexOptions {
        self.annotator = Some(annotator);
        self
    }

    /// When a commit returns. By default, [`Durability::Full`].
    pub fn durability(&mut self, durability: Durability) -> &mut IndexOptions {
        self.durability = durability;
        self
    }

    /// How much [`open`](IndexOptions::open) looks at. By default, [`Check::Quick`].
    pub fn check(&mut self, check: Check) -> &mut IndexOptions {
        self.check = check;
        self
    }

    /// Refuses writers and writes nothing at all, not even a lock. By default off; an index on a read-only
    /// file system opens either way.
    pub fn read_only(&mut self, yes: bool) -> &mut IndexOptions {
        self.read_only = yes;
        self
    }

    /// Looks for commits of other processes twice a second and opens them. By default off: they are seen
    /// after [`Index::reload`].
    pub fn watch(&mut self, yes: bool) -> &mut IndexOptions {
        self.watch = yes;
        self
    }

    /// Memory of a writer for paragraphs that are not on disk yet, in bytes, from 32 MiB to 4 GiB. More
    /// memory makes fewer and larger segments. By default, 128 MiB.
    pub fn memory(&mut self, bytes: usize) -> &mut IndexOptions {
        self.memory = bytes;
        self
    }

    /// Creates an empty index in memory.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Value`] when the memory is out of bounds; [`is_storage`](Error::is_storage) when the
    /// engine below fails.
    pub fn in_memory(&self) -> Result<Index> {
        self.check_memory()?;
        self.create_in(StoreDirectory::in_memory(), None)
    }

    /// Creates an empty index in a directory, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`] when the directory cannot be made or written; [`ErrorKind::Value`] when it holds
    /// anything already, or when the memory is out of bounds.
    pub fn create(&self, directory: impl AsRef<Path>) -> Result<Index> {
        let path = directory.as_ref();
        self.check_memory()?;
        fs::create_dir_all(path).map_err(|error| Error::write(path, error))?;
        files::expect_empty(path, "index directory")?;
        let directory = StoreDirectory::open(path, Access::ReadWrite, self.durability)?;
        self.create_in(directory, Some(path.to_owned()))
    }

    fn create_in(&self, directory: StoreDirectory, path: Option<PathBuf>) -> Result<Index> {
        let (schema, fields) = schema();
        let created = tantivy::Index::builder()
            .schema(schema)
            .settings(settings())
            .register_plugin(Arc::new(FacetFiles))
            .open_or_create(directory.clone());
        let tantivy = created.map_err(|error| engine_error("creating an index", error, &directory))?;
        self.start(tantivy, fields, directory, path)
    }

    /// Opens the index in a directory. It is not written before the first [`Index::writer`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Read`] when the directory cannot be read, [`ErrorKind::NotAnIndex`] when it holds no
    /// index of this crate, [`ErrorKind::SchemaVersion`] when another version wrote it,
    /// [`ErrorKind::Damaged`] when the [check](IndexOptions::check) finds damage, [`ErrorKind::Value`] when
    /// the memory is out of bounds.
    pub fn open(&self, directory: impl AsRef<Path>) -> Result<Index> {
        let path = directory.as_ref();
        self.check_memory()?;
        let access = if self.read_only { Access::ReadOnly } else { Access::ReadWrite };
        read_meta(path)?;
        match self.check {
            Check::Off => {}
            Check::Quick => verify::quick(path)?,
            Check::Full => verify::verify(path)?.into_result()?,
        }
        self.open_in(StoreDirectory::open(path, access, self.durability)?, path)
    }

    fn open_in(&self, directory: StoreDirectory, path: &Path) -> Result<Index> {
        let failed = |error| engine_error("opening the index", error, &directory);
        let mut tantivy = tantivy::Index::open(directory.clone()).map_err(failed)?;
        let (expected, fields) = schema();
        if tantivy.schema() != expected {
            let reason = "its fields are not those of this schema version".to_owned();
            return Err(ErrorKind::NotAnIndex { path: path.to_owned(), reason }.into());
        }
        tantivy.register_plugin(Arc::new(FacetFiles));
        self.start(tantivy, fields, directory, Some(path.to_owned()))
    }

    fn start(
        &self,
        tantivy: tantivy::Index,
        fields: Fields,
        directory: StoreDirectory,
        path: Option<PathBuf>,
    ) -> Result<Index> {
        let annotator = self.annotator.clone().unwrap_or_default();
        let settings = Settings { annotator, memory: self.memory, watch: self.watch, path };
        Index::start(tantivy, fields, directory, settings)
    }

    fn check_memory(&self) -> Result<()> {
        check_memory(self.memory)
    }
}

pub(crate) fn check_memory(bytes: usize) -> Result<()> {
    if (LEAST_MEMORY..=MOST_MEMORY).contains(&bytes) {
        return Ok(());
    }
    Err(Error::value("memory", format!("{bytes} bytes"), "expected 32 MiB to 4 GiB"))
}

/// Reads the `meta.json` of a directory and says why it cannot be used.
pub(crate) fn read_meta(path: &Path) -> Result<Meta> {
    let foreign = |reason: &str| ErrorKind::NotAnIndex { path: path.to_owned(), reason: reason.to_owned() };
    let damaged = |reason: String| ErrorKind::Damaged { file: META.to_owned(), reason };
    let bytes = match fs::read(path.join(META)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::read_dir(path).map_err(|error| Error::read(path, error))?;
            if path.join(META_COPY).is_file() {
                return Err(damaged("the file is missing; a repair puts its copy in its place".to_owned()).into());
            }
            return Err(foreign("expected a file meta.json").into());
        }
        Err(error) => return Err(Error::read(path.join(META), error)),
    };
    let meta = manifest::unseal(&bytes).map_err(|error| match error {
        Unsealed::Damaged(reason) => damaged(reason),
        Unsealed::Foreign => foreign("its last commit was not made by this crate"),
    })?;
    let Some(found) = meta.payload.as_deref().and_then(Payload::schema_of) else {
        return Err(foreign("its last commit carries no schema version").into());
    };
    if found != SCHEMA_VERSION {
        return Err(ErrorKind::SchemaVersion { found, reads: SCHEMA_VERSION }.into());
    }
    Ok(meta)
}

fn settings() -> IndexSettings {
    IndexSettings {
        // Texts are coded before, so that a block of 16 KiB holds some 50 KB of them. Of 100 speeches with their tags 8 KiB leave
        // .342 of the text, 16 KiB .338, 32 KiB .333, of the texts alone .245 each; what is not in English gains from larger blocks.
        docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(3) }),
        docstore_blocksize: 16 << 10,
        ..IndexSettings::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_schema_version_is_refused_by_number_with_what_to_do() -> Result<()> {
        let folder = tempfile::tempdir().expect("a temporary directory");
        for (version, advice) in [("0", "load the documents again"), ("999", "newer build")] {
            let path = folder.path().join(version);
            Index::create(&path)?;
            let payload = Payload::empty().to_json().replace("\"schema\":1", &format!("\"schema\":{version}"));
            let engine = b"{\"segments\": []}\n";
            let sealed = manifest::seal(engine, &manifest::Manifest::new(), Some(&payload)).expect("JSON");
            fs::write(path.join(META), sealed).expect("meta.json");
            let error = Index::open(&path).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::SchemaVersion { reads: SCHEMA_VERSION, .. }), "{error}");
            assert!(error.to_string().contains(advice), "{error}");
        }
        Ok(())
    }

    #[test]
    fn a_missing_or_truncated_file_is_found_without_reading_it() -> Result<()> {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let path = folder.path().join("index");
        let index = Index::create(&path)?;
        let mut writer = index.writer()?;
        writer.add(&crate::Document::parse("a", "Text.")?)?;
        writer.close()?;
        let meta = read_meta(&path)?;
        assert!(meta.files.len() >= 6, "{:?}", meta.files);
        for file in meta.files.keys() {
            let whole = fs::read(path.join(file)).expect("a file of the index");
            fs::write(path.join(file), &whole[..whole.len() - 1]).expect("a shorter file");
            let damaged =
                |error: &Error| matches!(error.kind(), ErrorKind::Damaged { file: named, .. } if named == file);
            assert!(damaged(&Index::open(&path).unwrap_err()));
            fs::remove_file(path.join(file)).expect("the file");
            assert!(damaged(&Index::open(&path).unwrap_err()));
            fs::write(path.join(file), &whole).expect("the whole file");
        }
        Index::open(&path).map(drop)
    }
}
