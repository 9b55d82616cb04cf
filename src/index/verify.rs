//! Whether an index is whole: every file there, every byte as it was written, every structure telling of the
//! same paragraphs.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use tantivy::columnar::{Column, StrColumn};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, SegmentReader, TERMINATED, Term};

use super::actor_mention::actor_mentions;
use super::documents::{store_of, stored_at};
use super::manifest::{FileRecord, META, Meta, is_segment_file};
use super::options::{Check, read_meta};
use super::paragraph::facets;
use super::schema::{
    ACTOR_MENTION_COLUMN, DAY_COLUMN, DOCUMENT_COLUMN, Fields, LAST_DAY_COLUMN, ORDINAL_COLUMN, facet_column,
};
use super::store::Index;
use super::stored::StoredParagraph;
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};
use crate::facet::Dimension;

/// What was found wrong with one file, or with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Damage {
    /// The file, relative to the index directory; for a structure that contradicts another, the segment.
    pub file: String,
    /// What was found and what was expected.
    pub reason: String,
}

/// What a full check of an index found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verification {
    /// What is wrong; empty for a sound index.
    pub damage: Vec<Damage>,
    /// Files of the commit.
    pub files: usize,
    /// Bytes read and compared with their checksums.
    pub bytes: u64,
    /// Documents found whole.
    pub documents: u64,
    /// Paragraphs found whole.
    pub paragraphs: u64,
    /// Segment files that belong to no commit: what a crash left. The next commit collects them.
    pub stray: Vec<String>,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty()
    }

    pub(crate) fn into_result(self) -> Result<()> {
        match self.damage.into_iter().next() {
            Some(Damage { file, reason }) => Err(ErrorKind::Damaged { file, reason }.into()),
            None => Ok(()),
        }
    }
}

impl Index {
    /// Checks everything about the index in a directory; it is not written, and may be in use.
    ///
    /// Every byte is compared with the checksums that its commit carries. If all fit, every stored paragraph
    /// is read, and what the columns, the postings and the deletions say of it is compared with what it says
    /// itself. Bytes that do not fit are never interpreted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Read`] when the directory cannot be read, [`ErrorKind::NotAnIndex`] and
    /// [`ErrorKind::SchemaVersion`] as for [`open`](Index::open). Damage is no error here: it is the answer.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Document, Index};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let directory = folder.path().join("index");
    /// let index = Index::create(&directory)?;
    /// let mut writer = index.writer()?;
    /// writer.add(&Document::parse("a", "One.\n\nTwo.")?)?;
    /// writer.close()?;
    /// let verification = Index::verify(&directory)?;
    /// assert!(verification.is_sound());
    /// assert_eq!((verification.documents, verification.paragraphs), (1, 2));
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn verify(directory: impl AsRef<Path>) -> Result<Verification> {
        verify(directory.as_ref())
    }
}

pub(crate) fn verify(path: &Path) -> Result<Verification> {
    let mut found = Verification::default();
    let (meta, files) = match open_files(path) {
        Ok(opened) => opened,
        Err(error) => {
            let ErrorKind::Damaged { file, reason } = error.kind() else { return Err(error) };
            found.damage.push(Damage { file: file.clone(), reason: reason.clone() });
            return Ok(found);
        }
    };
    found.stray = stray(path, &meta)?;
    found.files = files.len() + 1;
    for OpenFile { name, record, file } in files {
        match check_file(file, record) {
            Ok(()) => found.bytes += record.len,
            Err(reason) => found.damage.push(Damage { file: name, reason }),
        }
    }
    if found.is_sound() {
        let index = Index::options().read_only(true).check(Check::Off).open(path)?;
        let searcher = index.inner.reader.searcher();
        let mut seen = HashSet::new();
        for reader in searcher.segment_readers() {
            check_segment(index.inner.fields, reader, &mut seen, &mut found)?;
        }
    }
    Ok(found)
}

/// Looks at the size of every file.
pub(crate) fn quick(path: &Path) -> Result<()> {
    let (_, files) = open_files(path)?;
    for OpenFile { name, record, file } in files {
        let found = file.and_then(|file| file.metadata());
        let reason = match found {
            Ok(metadata) if metadata.len() == record.len => continue,
            Ok(metadata) => wrong_length(record, metadata.len()),
            Err(error) => unreadable(&error),
        };
        return Err(ErrorKind::Damaged { file: name, reason }.into());
    }
    Ok(())
}

/// A file of a commit, opened.
pub(crate) struct OpenFile {
    pub(crate) name: String,
    pub(crate) record: FileRecord,
    pub(crate) file: io::Result<File>,
}

/// Opens all files of the newest commit, before a writer can collect them.
pub(crate) fn open_files(path: &Path) -> Result<(Meta, Vec<OpenFile>)> {
    let mut meta = read_meta(path)?;
    loop {
        let open = |(name, record): (&String, &FileRecord)| OpenFile {
            name: name.clone(),
            record: *record,
            file: File::open(path.join(name)),
        };
        let files: Vec<OpenFile> = meta.files.iter().map(open).collect();
        if files.iter().all(|opened| opened.file.is_ok()) {
            return Ok((meta, files));
        }
        // A file that is missing is only damage if no commit came in between.
        let newer = read_meta(path)?;
        if newer.files == meta.files {
            return Ok((meta, files));
        }
        meta = newer;
    }
}

/// Compares a file with its record; says what is wrong.
pub(crate) fn check_file(file: io::Result<File>, record: FileRecord) -> std::result::Result<(), String> {
    let mut file = file.map_err(|error| unreadable(&error))?;
    let mut hasher = crc32fast::Hasher::new();
    let mut len = 0;
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => {
                hasher.update(&buffer[..read]);
                len += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(&error)),
        }
    }
    if len != record.len {
        return Err(wrong_length(record, len));
    }
    if hasher.finalize() != record.crc {
        return Err("its checksum does not fit".to_owned());
    }
    Ok(())
}

fn wrong_length(record: FileRecord, found: u64) -> String {
    format!("expected {} bytes, found {found}", record.len)
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "the file is missing".to_owned(),
        _ => format!("it cannot be read: {error}"),
    }
}

/// Segment files that are in the directory and not in the commit.
pub(crate) fn stray(path: &Path, meta: &Meta) -> Result<Vec<String>> {
    let failed = |error| Error::read(path, error);
    let mut stray = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        if is_segment_file(&name) && !meta.files.contains_key(&name) {
            stray.push(name);
        }
    }
    stray.sort_unstable();
    Ok(stray)
}

/// Compares what a segment's structures say of its paragraphs. `seen` are the documents of other segments.
pub(crate) fn check_segment(
    fields: Fields,
    reader: &SegmentReader,
    seen: &mut HashSet<String>,
    found: &mut Verification,
) -> Result<()> {
    let segment = reader.segment_id().uuid_string();
    let mut damage = BTreeSet::new();
    let store = store_of(reader)?;
    let columns = Columns::read(reader)?;
    let (mut doc, mut alive) = (0, 0);
    while doc < reader.max_doc() {
        if reader.is_deleted(doc) {
            doc += 1;
            continue;
        }
        let first = doc;
        let mut paragraphs: Vec<StoredParagraph> = Vec::new();
        while doc < reader.max_doc() && !reader.is_deleted(doc) {
            match stored_at(&store, doc, fields) {
                Ok(stored) if stored.record.is_some() && !paragraphs.is_empty() => break,
                Ok(stored) => paragraphs.push(stored),
                Err(error) => {
                    damage.insert(format!("paragraph {doc} of the segment: {error}"));
                }
            }
            doc += 1;
        }
        alive += doc - first;
        let Some(id) = paragraphs.first().map(|stored| stored.document.clone()) else { continue };
        if paragraphs.iter().any(|stored| stored.document != id) {
            damage.insert(format!("document {id:?} runs into another one"));
            continue;
        }
        let Some(document) = StoredParagraph::assemble(paragraphs) else {
            damage.insert(format!("document {id:?} is without its first paragraph"));
            continue;
        };
        if !seen.insert(id.clone()) {
            damage.insert(format!("document {id:?} is there more than once"));
        }
        found.documents += 1;
        found.paragraphs += u64::from(doc - first);
        let wrong = columns.compare(&document, first)?;
        damage.extend(wrong.map(|wrong| format!("document {id:?}: {wrong}")));
        if postings_of(reader, fields, &id)? != (first..doc).collect::<Vec<_>>() {
            damage.insert(format!("document {id:?}: its postings are not its paragraphs"));
        }
    }
    if alive != reader.num_docs() {
        damage.insert(format!("expected {} paragraphs, found {alive}", reader.num_docs()));
    }
    found.damage.extend(damage.into_iter().map(|reason| Damage { file: segment.clone(), reason }));
    Ok(())
}

fn postings_of(reader: &SegmentReader, fields: Fields, id: &str) -> Result<Vec<u32>> {
    let failed = |error| Error::storage("reading postings", error);
    let inverted = reader.inverted_index(fields.document).map_err(failed)?;
    let term = Term::from_field_text(fields.document, id);
    let postings = inverted.read_postings(&term, IndexRecordOption::Basic);
    let mut docs = Vec::new();
    if let Some(mut postings) = postings.map_err(|error| Error::storage("reading postings", error))? {
        while postings.doc() != TERMINATED {
            if !reader.is_deleted(postings.doc()) {
                docs.push(postings.doc());
            }
            postings.advance();
        }
    }
    Ok(docs)
}

/// The columns of a segment that say again what its stored paragraphs say.
struct Columns {
    ids: Option<StrColumn>,
    ordinals: Column<u64>,
    days: Column<i64>,
    last_days: Column<i64>,
    facets: Vec<(Dimension, Option<StrColumn>)>,
    actor_mentions: Option<StrColumn>,
}

impl Columns {
    fn read(reader: &SegmentReader) -> Result<Columns> {
        let failed = |error| Error::storage("reading a column", error);
        let columns = reader.fast_fields();
        let mut facets = Vec::new();
        for dimension in Dimension::ALL {
            if let Some(name) = facet_column(dimension) {
                facets.push((dimension, columns.str(name).map_err(failed)?));
            }
        }
        Ok(Columns {
            ids: columns.str(DOCUMENT_COLUMN).map_err(failed)?,
            ordinals: columns.u64(ORDINAL_COLUMN).map_err(failed)?,
            days: columns.i64(DAY_COLUMN).map_err(failed)?,
            last_days: columns.i64(LAST_DAY_COLUMN).map_err(failed)?,
            facets,
            actor_mentions: columns.str(ACTOR_MENTION_COLUMN).map_err(failed)?,
        })
    }

    /// What differs between a document and the columns of its paragraphs, of which `first` is the first.
    fn compare(&self, document: &Document, first: u32) -> Result<Option<String>> {
        let day = document.date.map(|date| i64::from(date.day_number()));
        let last_day = document.date.map(|date| i64::from(date.last_day().day_number()));
        let mut id = String::new();
        for (paragraph, doc) in document.paragraphs.iter().zip(first..) {
            let ordinal = paragraph.ordinal;
            if ordinal != doc - first + 1 {
                return Ok(Some(format!("expected paragraph {}, found {ordinal}", doc - first + 1)));
            }
            id.clear();
            if let Some(ids) = &self.ids
                && let Some(at) = ids.ords().first(doc)
            {
                ids.ord_to_str(at, &mut id).map_err(|error| Error::storage("reading a column", error))?;
            }
            if id != document.id {
                return Ok(Some(format!("paragraph {ordinal} has the id {id:?} in its column")));
            }
            if self.ordinals.first(doc) != Some(u64::from(ordinal)) {
                return Ok(Some(format!("paragraph {ordinal} has another ordinal in its column")));
            }
            if (self.days.first(doc), self.last_days.first(doc)) != (day, last_day) {
                return Ok(Some(format!("paragraph {ordinal} has another date in its columns")));
            }
            let stored = facets(document, paragraph);
            for (dimension, column) in &self.facets {
                let expected =
                    stored.iter().filter(|(of, _)| of == dimension).map(|(_, path)| path.as_str().to_owned());
                // The engine puts a NUL between the steps.
                let found = values_at(column.as_ref(), doc, |steps| format!("/{}", steps.replace('\0', "/")))?;
                if found != expected.collect::<BTreeSet<String>>() {
                    return Ok(Some(format!("paragraph {ordinal} has other {} facets", dimension.as_str())));
                }
            }
            let found = values_at(self.actor_mentions.as_ref(), doc, str::to_owned)?;
            if found != actor_mentions(paragraph).collect::<BTreeSet<String>>() {
                return Ok(Some(format!("paragraph {ordinal} has other mentions in its column")));
            }
        }
        Ok(None)
    }
}

/// The values of a paragraph in a column, each read by `read`.
fn values_at(column: Option<&StrColumn>, doc: u32, read: impl Fn(&str) -> String) -> Result<BTreeSet<String>> {
    let mut values = BTreeSet::new();
    let Some(column) = column else { return Ok(values) };
    let mut value = String::new();
    for ordinal in column.term_ords(doc) {
        value.clear();
        column.ord_to_str(ordinal, &mut value).map_err(|error| Error::storage("reading a column", error))?;
        values.insert(read(&value));
    }
    Ok(values)
}

/// The damage of `meta.json` itself.
pub(crate) fn of_meta(reason: String) -> Damage {
    Damage { file: META.to_owned(), reason }
}
