//! A copy of one commit, while the index is in use.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tantivy::Directory;
use tantivy::directory::META_LOCK;
use tantivy::directory::error::OpenReadError;

use super::files::expect_empty;
use super::manifest::{self, META, Meta};
use super::store::Index;
use crate::error::{Error, ErrorKind, Result};

/// How often a commit is tried whose files a writer collects meanwhile.
const ATTEMPTS: usize = 20;

impl Index {
    /// Puts a copy of the newest commit into a directory, which is an index of its own then.
    ///
    /// On one file system the files are hard links: they take no time and no room, and outlive what becomes
    /// of this index. They are the same bytes on the same disk, so they help against mistakes and not against
    /// a broken disk; on another file system they are copied. The directory appears when it is complete, and
    /// writers and readers go on meanwhile. An index in memory is written out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Value`] when the directory holds anything already; [`ErrorKind::Write`] when it cannot be
    /// written; [`is_storage`](Error::is_storage) when the index cannot be read.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Document, Index};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let directory = folder.path().join("monday");
    /// let index = Index::in_memory()?;
    /// let mut writer = index.writer()?;
    /// writer.add(&Document::parse("a", "One.")?)?;
    /// writer.commit()?;
    /// index.snapshot(&directory)?;
    /// assert_eq!(Index::open(&directory)?.searcher()?.paragraphs(), 1);
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn snapshot(&self, directory: impl AsRef<Path>) -> Result<()> {
        let target = directory.as_ref();
        if target.exists() {
            expect_empty(target, "snapshot directory")?;
        }
        let Some(name) = target.file_name() else {
            return Err(Error::value("snapshot directory", target.display().to_string(), "expected a name"));
        };
        let mut partial_name = std::ffi::OsString::from(".");
        partial_name.push(name);
        partial_name.push(".partial");
        let partial = target.with_file_name(partial_name);
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|error| Error::write(parent, error))?;
        for attempt in 1.. {
            start_empty(&partial)?;
            match self.copy_commit(&partial) {
                Ok(()) => break,
                Err(Interrupted::Collected) if attempt < ATTEMPTS => {}
                Err(Interrupted::Collected) => {
                    let reason = "files went missing while they were copied".to_owned();
                    return Err(ErrorKind::Damaged { file: META.to_owned(), reason }.into());
                }
                Err(Interrupted::Failed(error)) => return Err(error),
            }
        }
        let moved = sync(&partial).and_then(|()| {
            if target.exists() {
                fs::remove_dir(target)?;
            }
            fs::rename(&partial, target)?;
            sync(parent)
        });
        moved.map_err(|error| Error::write(target, error))
    }

    fn copy_commit(&self, partial: &Path) -> std::result::Result<(), Interrupted> {
        let directory = &self.inner.directory;
        // Holds off the collection of files. A lock that cannot be had is made up for by trying again.
        let _lock = directory.acquire_lock(&META_LOCK).ok();
        // Read once: a commit may replace it at any time.
        let sealed = directory.meta_bytes().map_err(|error| Error::storage("reading meta.json", error))?;
        let meta: Meta = manifest::unseal(&sealed).map_err(|_| {
            let reason = "its checksum does not fit".to_owned();
            Error::from(ErrorKind::Damaged { file: META.to_owned(), reason })
        })?;
        for name in meta.files.keys() {
            match self.path() {
                Some(path) => link(&path.join(name), &partial.join(name))?,
                None => self.write_out(name, &partial.join(name))?,
            }
        }
        write(&partial.join(META), &sealed)
    }

    fn write_out(&self, name: &str, to: &Path) -> std::result::Result<(), Interrupted> {
        let file = self.inner.directory.content(name).map_err(|error| match error {
            OpenReadError::FileDoesNotExist(_) => Interrupted::Collected,
            error => Error::storage("reading a file of the index", error).into(),
        })?;
        let bytes = file.read_bytes(0..file.len()).map_err(|error| Error::read(name, error))?;
        write(to, &bytes)
    }
}

/// Why a copy was given up.
enum Interrupted {
    /// A file of the commit went away: another commit came.
    Collected,
    Failed(Error),
}

impl From<Error> for Interrupted {
    fn from(error: Error) -> Interrupted {
        Interrupted::Failed(error)
    }
}

/// Makes the directory, empty of what an attempt before has left in it.
fn start_empty(partial: &Path) -> Result<()> {
    fs::create_dir_all(partial).map_err(|error| Error::write(partial, error))?;
    let failed = |error| Error::write(partial, error);
    for entry in fs::read_dir(partial).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if manifest::is_segment_file(&name) || name == META {
            fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    expect_empty(partial, "snapshot directory")
}

fn link(from: &Path, to: &PathBuf) -> std::result::Result<(), Interrupted> {
    match fs::hard_link(from, to) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Interrupted::Collected),
        // Another file system, or one without links: copied.
        Err(_) => {}
    }
    let copied = fs::copy(from, to).and_then(|_| File::open(to)?.sync_all());
    copied.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Interrupted::Collected,
        _ => Error::write(to, error).into(),
    })
}

fn write(path: &Path, bytes: &[u8]) -> std::result::Result<(), Interrupted> {
    let written = File::create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| Error::write(path, error).into())
}

/// Syncs a directory, where the system has such a thing.
fn sync(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}
