//! The files of an index, between the engine and the file system.
//!
//! What the engine's own directory leaves open is closed here:
//!
//! - Files are synced when the commit that needs them is made, not one by one; the directory is synced
//!   before and after the rename that makes the commit, or nothing is ([`Durability`]).
//! - `meta.json` vouches for every file ([`manifest`](super::manifest)) and gets the mode of any new file,
//!   so that a group may read what its owner wrote.
//! - The list of files to collect (`.managed.json`) is read from the directory itself, so what a crash left
//!   is collected, and there is no second file that must fit the first.
//! - Readers need no lock and no write access: the lock that holds off the collection of files is taken
//!   where it can be, and opening is tried again when a file went away.
//! - The last failed write is kept, because the engine's threads report only that something failed.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crc32fast::Hasher;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, INDEX_WRITER_LOCK, Lock, META_LOCK, MmapDirectory,
    RamDirectory, TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
};

use super::lock;
use super::manifest::{self, FileRecord, META, META_COPY, Manifest, Meta, Unsealed};
use super::payload::Payload;

const MANAGED: &str = ".managed.json";
const META_NEW: &str = ".meta.json.new";

/// When a commit returns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// When data, metadata and directory are on the disk: a power cut loses no acknowledged commit.
    #[default]
    Full,
    /// When the operating system has them: a killed process loses nothing, a power cut may lose commits or
    /// damage the index (which [`Index::verify`](crate::Index::verify) then says). For what can be loaded
    /// again.
    Fast,
}

/// Whether an index may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    ReadWrite,
    ReadOnly,
}

/// A write that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) path: PathBuf,
    pub(crate) error: io::Error,
}

/// What can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Write,
    Sync,
    Publish,
}

/// Cheap to clone; the clones share everything.
#[derive(Debug, Clone)]
pub(crate) struct StoreDirectory {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    backing: Backing,
    access: Access,
    durability: Durability,
    state: Mutex<State>,
    #[cfg(test)]
    fault: super::fault::Fault,
}

#[derive(Debug)]
enum Backing {
    Memory(RamDirectory),
    Disk {
        root: PathBuf,
        mmap: MmapDirectory,
        /// For [`SCATTERED`] files, where nothing is written.
        scattered: Option<MmapDirectory>,
    },
}

/// Extensions of the files of which a query reads pages here and there: postings, positions, stored paragraphs.
///
/// The system reads ahead around every page that is touched, 128 KiB or, as disks of clouds are set up, 8 MiB: a query of two
/// words then read 94 MB of an index of 260. It is told not to where an index is only searched; a merge reads whole files.
const SCATTERED: [&str; 3] = ["idx", "pos", "store"];

#[derive(Debug, Default)]
struct State {
    /// Files written here and not yet deleted.
    written: HashMap<PathBuf, FileRecord>,
    /// Those whose bytes may not be on the disk yet. They are kept open, because an error of writing back is
    /// reported to who has the file open.
    unsynced: HashMap<PathBuf, File>,
    /// A sync failed. What the disk holds is unknown from then on, and a second sync may wrongly succeed, so
    /// nothing is published until the writer has started again from the last commit.
    unconfirmed: bool,
    failure: Option<Failure>,
}

impl StoreDirectory {
    pub(crate) fn in_memory() -> StoreDirectory {
        StoreDirectory::new(Backing::Memory(RamDirectory::create()), Access::ReadWrite, Durability::Fast)
    }

    pub(crate) fn open(root: &Path, access: Access, durability: Durability) -> crate::Result<StoreDirectory> {
        let failed = |error| crate::Error::storage("opening the index directory", error);
        let mmap = MmapDirectory::open(root).map_err(failed)?;
        #[cfg(unix)]
        let scattered = match access {
            Access::ReadOnly => {
                let random = tantivy::directory::Advice::Random;
                Some(MmapDirectory::open_with_madvice(root, random).map_err(failed)?)
            }
            Access::ReadWrite => None,
        };
        #[cfg(not(unix))]
        let scattered = None;
        let backing = Backing::Disk { root: root.to_owned(), mmap, scattered };
        Ok(StoreDirectory::new(backing, access, durability))
    }

    fn new(backing: Backing, access: Access, durability: Durability) -> StoreDirectory {
        let shared = Shared {
            backing,
            access,
            durability,
            state: Mutex::default(),
            #[cfg(test)]
            fault: super::fault::Fault::default(),
        };
        StoreDirectory { shared: Arc::new(shared) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn root(&self) -> Option<&Path> {
        match &self.shared.backing {
            Backing::Memory(_) => None,
            Backing::Disk { root, .. } => Some(root),
        }
    }

    fn inner(&self) -> &dyn Directory {
        match &self.shared.backing {
            Backing::Memory(memory) => memory,
            Backing::Disk { mmap, .. } => mmap,
        }
    }

    pub(crate) fn access(&self) -> Access {
        self.shared.access
    }

    /// The last write that failed, once.
    pub(crate) fn take_failure(&self) -> Option<Failure> {
        self.state().failure.take()
    }

    /// Who holds the writer's lock.
    pub(crate) fn lock_holder(&self) -> String {
        self.root().map_or_else(|| "another writer of this index in memory".to_owned(), lock::holder)
    }

    /// The bytes of `meta.json`, as they are.
    pub(crate) fn meta_bytes(&self) -> Result<Vec<u8>, OpenReadError> {
        self.inner().atomic_read(Path::new(META))
    }

    /// The whole content of a file, its footer included.
    pub(crate) fn content(&self, name: &str) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner().get_file_handle(Path::new(name))
    }

    /// What a test makes fail.
    #[cfg(test)]
    pub(crate) fn fault(&self) -> &super::fault::Fault {
        &self.shared.fault
    }

    /// Fails where a test wants it to.
    fn at(&self, _operation: Operation) -> io::Result<()> {
        #[cfg(test)]
        self.shared.fault.check(_operation)?;
        Ok(())
    }

    /// Removes a file that is in the way of a new one, if no commit needs it.
    ///
    /// The name of a deletion record is made from the number of its commit, and a commit that failed or was
    /// killed may have left one by the name that the next attempt chooses. (The crash test found this.)
    fn replace_leftover(&self, path: &Path, error: io::Error) -> io::Result<()> {
        let committed = self.meta_bytes().ok().and_then(|bytes| manifest::unseal(&bytes).ok());
        let is_needed = |meta: Meta| path.to_str().is_none_or(|name| meta.files.contains_key(name));
        if error.kind() != io::ErrorKind::AlreadyExists || committed.is_none_or(is_needed) {
            return Err(error);
        }
        // Unlinked, not overwritten: nothing that has it open sees a change.
        self.inner().delete(path).map_err(|_| error)
    }

    fn note<T>(&self, path: &Path, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| self.fail(path, error))
    }

    fn fail(&self, path: &Path, error: &io::Error) {
        let error = match error.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(error.kind(), error.to_string()),
        };
        let path = self.root().unwrap_or(Path::new("")).join(path);
        self.state().failure = Some(Failure { path, error });
    }

    /// Records of the files that a new `meta.json` names, from what was written here and from the one before.
    fn manifest(&self, new: &Meta) -> Manifest {
        let mut files = Manifest::new();
        let owned = |name: &str| new.segments.iter().any(|segment| segment.owns(name));
        if let Some(Ok(old)) = self.meta_bytes().ok().map(|bytes| manifest::unseal(&bytes)) {
            files.extend(old.files.into_iter().filter(|(name, _)| owned(name)));
        }
        for (path, record) in &self.state().written {
            if let Some(name) = path.to_str().filter(|name| owned(name)) {
                files.insert(name.to_owned(), *record);
            }
        }
        files
    }

    fn sync_written(&self) -> io::Result<()> {
        let unsynced = std::mem::take(&mut self.state().unsynced);
        for (path, file) in unsynced {
            self.note(&path, self.at(Operation::Sync).and_then(|()| file.sync_data()))
                .inspect_err(|_| self.state().unconfirmed = true)?;
        }
        if self.state().unconfirmed {
            return Err(io::Error::other("an earlier write was not confirmed by the disk"));
        }
        Ok(())
    }

    /// Forgets what was written and not published; a writer starts from the last commit.
    pub(crate) fn restart(&self) {
        let mut state = self.state();
        state.unsynced.clear();
        state.unconfirmed = false;
        state.failure = None;
    }

    fn write_meta(&self, engine: &[u8]) -> io::Result<()> {
        let new: Meta = serde_json::from_slice(engine)?;
        // The engine's very first has no payload; no index shall be without one.
        let payload = new.payload.is_none().then(|| Payload::empty().to_json());
        let sealed = manifest::seal(engine, &self.manifest(&new), payload.as_deref())?;
        self.publish(&sealed)
    }

    /// Makes these bytes `meta.json`, and with it the commit.
    pub(crate) fn publish(&self, sealed: &[u8]) -> io::Result<()> {
        let Backing::Disk { root, mmap, .. } = &self.shared.backing else {
            return self.inner().atomic_write(Path::new(META), sealed);
        };
        let full = self.shared.durability == Durability::Full;
        if full {
            self.sync_written()?;
            self.note(Path::new("."), mmap.sync_directory())?;
        }
        self.note(Path::new(META), {
            let new = root.join(META_NEW);
            let written = self.at(Operation::Publish).and_then(|()| replace(&new, sealed, full));
            written.and_then(|()| fs::rename(&new, root.join(META)))
        })?;
        if full {
            self.note(Path::new("."), mmap.sync_directory())?;
        }
        // The commit stands; its copy only helps a later repair.
        let new = root.join(META_COPY).with_extension("copy.new");
        let _ = replace(&new, sealed, false).and_then(|()| fs::rename(&new, root.join(META_COPY)));
        Ok(())
    }

    /// The list of files that the engine may collect, as the engine would have written it.
    fn managed(&self) -> Result<Vec<u8>, OpenReadError> {
        let path = PathBuf::from(MANAGED);
        let Some(root) = self.root() else {
            return Err(OpenReadError::FileDoesNotExist(path));
        };
        let mut names = vec![META.to_owned()];
        let listed = fs::read_dir(root).and_then(|entries| {
            for entry in entries {
                let name = entry?.file_name().to_string_lossy().into_owned();
                if manifest::is_segment_file(&name) {
                    names.push(name);
                }
            }
            serde_json::to_vec(&names).map_err(io::Error::from)
        });
        listed.map_err(|error| OpenReadError::wrap_io_error(error, path))
    }
}

/// Writes a file in place of what was there.
fn replace(path: &Path, bytes: &[u8], sync: bool) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    file.write_all(bytes)?;
    if sync { file.sync_data() } else { Ok(()) }
}

/// An error of `meta.json`'s content, to be known again behind the engine's error.
#[derive(Debug, Clone, thiserror::Error)]
#[error("meta.json: {0}")]
pub(crate) struct MetaDamaged(pub(crate) String);

impl Directory for StoreDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let is_scattered = path.extension().is_some_and(|extension| SCATTERED.iter().any(|one| extension == *one));
        match &self.shared.backing {
            Backing::Disk { scattered: Some(scattered), .. } if is_scattered => scattered.get_file_handle(path),
            _ => self.inner().get_file_handle(path),
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner().delete(path)?;
        let mut state = self.state();
        state.written.remove(path);
        state.unsynced.remove(path);
        Ok(())
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner().exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let target = match &self.shared.backing {
            Backing::Memory(memory) => Target::Memory(memory.open_write(path)?),
            Backing::Disk { root, .. } => {
                let create = || OpenOptions::new().write(true).create_new(true).open(root.join(path));
                let opened = self.at(Operation::Create).and_then(|()| create());
                let opened = opened.or_else(|error| self.replace_leftover(path, error).and_then(|()| create()));
                Target::Disk(opened.map_err(|error| {
                    self.fail(path, &error);
                    match error.kind() {
                        io::ErrorKind::AlreadyExists => OpenWriteError::FileAlreadyExists(path.to_owned()),
                        _ => OpenWriteError::wrap_io_error(error, path.to_owned()),
                    }
                })?)
            }
        };
        let writer =
            RecordedWriter { directory: self.clone(), path: path.to_owned(), target, hasher: Hasher::new(), len: 0 };
        Ok(BufWriter::new(Box::new(writer)))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if path == Path::new(MANAGED) {
            return self.managed();
        }
        let bytes = self.inner().atomic_read(path)?;
        if path == Path::new(META)
            && let Err(error) = manifest::unseal(&bytes)
        {
            let reason = match error {
                Unsealed::Damaged(reason) => reason,
                Unsealed::Foreign => "not written by this crate".to_owned(),
            };
            let error = io::Error::new(io::ErrorKind::InvalidData, MetaDamaged(reason));
            return Err(OpenReadError::wrap_io_error(error, path.to_owned()));
        }
        Ok(bytes)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        if path == Path::new(MANAGED) {
            return Ok(());
        }
        if path == Path::new(META) {
            return self.write_meta(data);
        }
        self.note(path, self.inner().atomic_write(path, data))
    }

    /// Does nothing here: [`publish`](StoreDirectory::publish) syncs, in the order that a commit needs.
    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, wanted: &Lock) -> Result<DirectoryLock, LockError> {
        let Some(root) = self.root() else {
            return self.inner().acquire_lock(wanted);
        };
        let unlocked = || DirectoryLock::from(Box::new(()));
        if wanted.filepath == META_LOCK.filepath {
            if self.shared.access == Access::ReadOnly {
                return Ok(unlocked());
            }
            return match self.inner().acquire_lock(wanted) {
                Err(LockError::IoError(error)) if may_not_write(&error) => Ok(unlocked()),
                acquired => acquired,
            };
        }
        let acquired = self.inner().acquire_lock(wanted)?;
        if wanted.filepath == INDEX_WRITER_LOCK.filepath {
            lock::leave_note(root);
        }
        Ok(acquired)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner().watch(callback)
    }
}

/// Whether a failure means that this process may not write there at all.
pub(crate) fn may_not_write(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// Writes one file and records its length and checksum.
struct RecordedWriter {
    directory: StoreDirectory,
    path: PathBuf,
    target: Target,
    hasher: Hasher,
    len: u64,
}

enum Target {
    Memory(WritePtr),
    Disk(File),
}

impl Write for RecordedWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &mut self.target {
            Target::Memory(memory) => memory.write(bytes),
            Target::Disk(file) => self.directory.at(Operation::Write).and_then(|()| file.write(bytes)),
        };
        let written = self.directory.note(&self.path, written)?;
        self.hasher.update(&bytes[..written]);
        self.len += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::Memory(memory) => memory.flush(),
            Target::Disk(file) => file.flush(),
        }
    }
}

impl TerminatingWrite for RecordedWriter {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        let file = match &mut self.target {
            Target::Memory(memory) => {
                memory.terminate_ref(token)?;
                None
            }
            Target::Disk(file) if self.directory.shared.durability == Durability::Full => {
                Some(self.directory.note(&self.path, file.try_clone())?)
            }
            Target::Disk(_) => None,
        };
        let record = FileRecord { len: self.len, crc: self.hasher.clone().finalize() };
        let mut state = self.directory.state();
        state.written.insert(self.path.clone(), record);
        if let Some(file) = file {
            state.unsynced.insert(self.path.clone(), file);
        }
        Ok(())
    }
}
