//! Making a damaged index whole again, with all that can be had.
//!
//! A segment with a damaged file is written anew from its stored paragraphs, each of which carries a
//! checksum of its own. The new segments are built aside and enter with one `meta.json`, so that a repair
//! that is cut off has changed nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde_json::Value;
use tantivy::Directory;
use tantivy::columnar::{ColumnarReader, DynamicColumn};
use tantivy::directory::error::LockError;
use tantivy::directory::{DirectoryLock, INDEX_WRITER_LOCK};
use tantivy::fastfield::AliveBitSet;
use tantivy::index::{Segment, SegmentComponent, SegmentMeta};
use tantivy::store::StoreReader;
use tantivy::{SegmentReader, Term};

use super::directory::{Access, Durability, StoreDirectory, may_not_write};
use super::failure::engine_error;
use super::manifest::{self, META, META_COPY, Meta, is_segment_file};
use super::options::read_meta;
use super::schema::{DOCUMENT_COLUMN, Fields, ORDINAL_COLUMN, schema};
use super::store::Index;
use super::stored::StoredParagraph;
use super::verify::{Damage, OpenFile, Verification, check_file, check_segment, of_meta, open_files};
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};

/// Where the new segments are built.
const ASIDE: &str = ".repair";

/// What a repair has found and done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RepairReport {
    /// What was damaged; empty for an index that was sound and is as it was.
    pub damage: Vec<Damage>,
    /// Documents of damaged segments that were written anew from their stored paragraphs.
    pub rebuilt: u64,
    /// The ids of documents that are lost, in order.
    pub lost: Vec<String>,
    /// Paragraphs that are lost and whose document cannot be told, because the ids are lost too.
    pub unnamed: u64,
    /// The ids of documents that may have been deleted or replaced before and are back, in order: the record
    /// of the deletions was damaged.
    pub uncertain: Vec<String>,
}

impl Index {
    /// Repairs the index in a directory: what is damaged is written anew from the stored paragraphs, and what
    /// cannot be had is dropped and told.
    ///
    /// An index that is sound stays as it is. Until the repair is complete, nothing has changed. The damaged
    /// files are collected by the next commit; take a [`snapshot`](Index::snapshot) before if they matter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Locked`] while a writer is alive, [`ErrorKind::ReadOnly`] where this process may not write,
    /// [`ErrorKind::Damaged`] when `meta.json` and its copy are both damaged, which only another copy of the
    /// index can help; otherwise as [`verify`](Index::verify).
    pub fn repair(directory: impl AsRef<Path>) -> Result<RepairReport> {
        let path = directory.as_ref();
        let mut report = RepairReport::default();
        if let Err(error) = read_meta(path) {
            let ErrorKind::Damaged { reason, .. } = error.kind() else { return Err(error) };
            report.damage.push(of_meta(reason.clone()));
        }
        let directory = StoreDirectory::open(path, Access::ReadWrite, Durability::Full)?;
        let _lock = lock(&directory, path)?;
        if !report.damage.is_empty() {
            restore_meta(path, &directory)?;
        }
        Repair { path, directory, report }.run()
    }
}

fn lock(directory: &StoreDirectory, path: &Path) -> Result<DirectoryLock> {
    directory.acquire_lock(&INDEX_WRITER_LOCK).map_err(|error| match error {
        LockError::LockBusy => ErrorKind::Locked { holder: directory.lock_holder() }.into(),
        LockError::IoError(error) if may_not_write(&error) => ErrorKind::ReadOnly { path: path.to_owned() }.into(),
        error => Error::storage("locking the index", error),
    })
}

/// Puts the copy of `meta.json` in its place.
fn restore_meta(path: &Path, directory: &StoreDirectory) -> Result<()> {
    let copy = fs::read(path.join(META_COPY)).ok().filter(|copy| manifest::unseal(copy).is_ok());
    let Some(copy) = copy else {
        let reason = "it is damaged, and so is its copy; only a snapshot can help".to_owned();
        return Err(ErrorKind::Damaged { file: META.to_owned(), reason }.into());
    };
    directory.publish(&copy).map_err(|error| Error::write(path.join(META), error))?;
    read_meta(path).map(drop)
}

struct Repair<'a> {
    path: &'a Path,
    directory: StoreDirectory,
    report: RepairReport,
}

impl Repair<'_> {
    fn run(mut self) -> Result<RepairReport> {
        let (meta, files) = open_files(self.path)?;
        let mut bad_files = BTreeSet::new();
        for OpenFile { name, record, file } in files {
            if let Err(reason) = check_file(file, record) {
                self.report.damage.push(Damage { file: name.clone(), reason });
                bad_files.insert(name);
            }
        }
        let tantivy = tantivy::Index::open(self.directory.clone());
        let tantivy = tantivy.map_err(|error| engine_error("opening the index", error, &self.directory))?;
        let (_, fields) = schema();
        let metas = tantivy.searchable_segment_metas();
        let metas = metas.map_err(|error| engine_error("reading meta.json", error, &self.directory))?;
        let mut healthy = Vec::new();
        let mut bad = Vec::new();
        let mut seen = HashSet::new();
        for segment in metas {
            let stem = segment.id().uuid_string();
            let is_bad = bad_files.iter().any(|name| name.starts_with(&stem)) || {
                let contradictions = self.contradictions(&tantivy.segment(segment.clone()), &mut seen)?;
                self.report.damage.extend_from_slice(&contradictions);
                !contradictions.is_empty()
            };
            if is_bad { bad.push(segment) } else { healthy.push(segment) }
        }
        if bad.is_empty() {
            return Ok(self.report);
        }
        let rest = healthy.iter().map(|segment| SegmentReader::open(&tantivy.segment(segment.clone())));
        let rest = rest.collect::<tantivy::Result<Vec<_>>>();
        let rest = rest.map_err(|error| engine_error("opening the segments", error, &self.directory))?;
        let salvage = Salvage { fields, bad_files: &bad_files, rest: &rest };
        let new = self.build(bad.iter().map(|segment| (segment, tantivy.segment(segment.clone()))), &salvage)?;
        self.publish(&meta, &bad, new)?;
        self.report.lost.sort();
        self.report.lost.dedup();
        self.report.uncertain.sort();
        Ok(self.report)
    }

    /// What the structures of a segment whose bytes are sound say against each other.
    fn contradictions(&self, segment: &Segment, seen: &mut HashSet<String>) -> Result<Vec<Damage>> {
        let failed = |error| engine_error("opening a segment", error, &self.directory);
        let reader = SegmentReader::open(segment).map_err(failed)?;
        let (_, fields) = schema();
        let mut found = Verification::default();
        check_segment(fields, &reader, seen, &mut found)?;
        Ok(found.damage)
    }

    /// Writes what can be had of the segments into an index aside, and returns its `meta.json`.
    fn build<'s>(
        &mut self,
        segments: impl Iterator<Item = (&'s SegmentMeta, Segment)>,
        salvage: &Salvage<'_>,
    ) -> Result<Meta> {
        let aside = self.path.join(ASIDE);
        clear(&aside)?;
        let index = Index::options().create(&aside)?;
        let mut writer = index.writer()?;
        let mut written = HashSet::new();
        for (meta, segment) in segments {
            let salvaged = salvage.documents(meta, &segment, |document, uncertain| {
                if (uncertain && salvage.is_elsewhere(&document.id)?) || !written.insert(document.id.clone()) {
                    return Ok(());
                }
                if uncertain {
                    self.report.uncertain.push(document.id.clone());
                }
                self.report.rebuilt += 1;
                writer.add(&document)
            })?;
            self.report.lost.extend(salvaged.lost);
            self.report.unnamed += salvaged.unnamed;
        }
        self.report.lost.retain(|id| !written.contains(id));
        writer.close()?;
        read_meta(&aside)
    }

    /// Moves the new segments in and publishes a `meta.json` with them in place of the damaged ones.
    fn publish(&self, old: &Meta, bad: &[SegmentMeta], new: Meta) -> Result<()> {
        let aside = self.path.join(ASIDE);
        for name in new.files.keys() {
            let to = self.path.join(name);
            fs::rename(aside.join(name), &to).map_err(|error| Error::write(to, error))?;
        }
        let json = |path: &Path| -> Result<Value> {
            let bytes = fs::read(path.join(META)).map_err(|error| Error::read(path.join(META), error))?;
            serde_json::from_slice(&bytes).map_err(|error| Error::storage("reading meta.json", error))
        };
        let mut engine = json(self.path)?;
        let mut segments = json(&aside)?["segments"].take();
        let is_bad = |segment: &Value| {
            let stem = segment["segment_id"].as_str().unwrap_or_default().replace('-', "");
            bad.iter().any(|bad| bad.id().uuid_string() == stem)
        };
        if let (Some(all), Some(added)) = (engine["segments"].as_array_mut(), segments.as_array_mut()) {
            all.retain(|segment| !is_bad(segment));
            all.append(added);
        }
        if let Some(keys) = engine.as_object_mut() {
            keys.remove("files");
            keys.remove("checksum");
        }
        let mut files = old.files.clone();
        files.retain(|name, _| !bad.iter().any(|segment| name.starts_with(&segment.id().uuid_string())));
        files.extend(new.files);
        let sealed = serde_json::to_vec_pretty(&engine).and_then(|bytes| manifest::seal(&bytes, &files, None));
        let sealed = sealed.map_err(|error| Error::storage("writing meta.json", error))?;
        self.directory.publish(&sealed).map_err(|error| Error::write(self.path.join(META), error))?;
        clear(&aside)?;
        fs::remove_dir(&aside).map_err(|error| Error::write(&aside, error))
    }
}

/// Removes what a repair leaves in its directory.
fn clear(aside: &Path) -> Result<()> {
    let failed = |error| Error::write(aside, error);
    if !aside.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(aside).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_segment_file(&name) || name == META || name.starts_with('.') {
            fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}

/// Reads damaged segments.
struct Salvage<'a> {
    fields: Fields,
    bad_files: &'a BTreeSet<String>,
    /// The segments that are sound.
    rest: &'a [SegmentReader],
}

/// What could not be had of a segment.
#[derive(Default)]
struct Salvaged {
    lost: Vec<String>,
    unnamed: u64,
}

impl Salvage<'_> {
    fn is_sound(&self, segment: &Segment, component: SegmentComponent) -> bool {
        let path = segment.relative_path(component);
        path.to_str().is_some_and(|name| !self.bad_files.contains(name))
    }

    fn is_elsewhere(&self, id: &str) -> Result<bool> {
        let failed = |error| Error::storage("looking a document up", error);
        let term = Term::from_field_text(self.fields.document, id);
        for reader in self.rest {
            let inverted = reader.inverted_index(self.fields.document).map_err(failed)?;
            let postings = inverted.read_postings(&term, tantivy::schema::IndexRecordOption::Basic);
            if let Some(mut postings) = postings.map_err(|error| Error::storage("looking a document up", error))? {
                use tantivy::DocSet;
                while postings.doc() != tantivy::TERMINATED {
                    if !reader.is_deleted(postings.doc()) {
                        return Ok(true);
                    }
                    postings.advance();
                }
            }
        }
        Ok(false)
    }

    /// Gives every document of a segment that is there whole to `take`, with whether it may have been deleted.
    fn documents(
        &self,
        meta: &SegmentMeta,
        segment: &Segment,
        mut take: impl FnMut(Document, bool) -> Result<()>,
    ) -> Result<Salvaged> {
        let alive = self.alive(meta, segment);
        let uncertain = meta.has_deletes() && alive.is_none();
        let is_alive = |doc: u32| alive.as_ref().is_none_or(|alive| alive.is_alive(doc));
        // The ids by document, from the column, if it is sound: they name what is lost, and say how many
        // paragraphs a document has.
        let named = self.named(segment, meta.max_doc()).unwrap_or_default();
        let mut missing: BTreeMap<&str, u64> = BTreeMap::new();
        for (id, _) in named.iter().enumerate().filter(|(doc, _)| is_alive(*doc as u32)).map(|(_, named)| named) {
            *missing.entry(id).or_default() += 1;
        }
        let mut salvaged = Salvaged::default();
        let mut whole: Vec<StoredParagraph> = Vec::new();
        let mut broken = true;
        let mut store = StoreOf::open(segment, self.fields);
        let mut settle = |paragraphs: &mut Vec<StoredParagraph>, broken: bool, salvaged: &mut Salvaged| -> Result<()> {
            let paragraphs = std::mem::take(paragraphs);
            let Some(id) = paragraphs.first().map(|first| first.document.clone()) else { return Ok(()) };
            let count = paragraphs.len() as u64;
            let expected = missing.get(&*id).copied();
            let assembled = StoredParagraph::assemble(paragraphs);
            // A document is whole when the column says so or, without a column, when its neighbours could
            // be read, so that no paragraph of it can be among those that could not.
            match assembled.filter(|_| expected.map_or(!broken, |expected| expected == count || uncertain)) {
                Some(document) => {
                    missing.remove(&*id);
                    take(document, uncertain)
                }
                None => {
                    if named.is_empty() {
                        salvaged.lost.push(id);
                    }
                    Ok(())
                }
            }
        };
        for doc in (0..meta.max_doc()).filter(|&doc| is_alive(doc)) {
            match store.get(doc) {
                Some(stored) => {
                    if stored.record.is_some() {
                        settle(&mut whole, false, &mut salvaged)?;
                        broken = false;
                    }
                    if broken || whole.first().is_some_and(|first| first.document != stored.document) {
                        // A paragraph whose first one is lost.
                        settle(&mut whole, true, &mut salvaged)?;
                        broken = true;
                        if named.is_empty() {
                            salvaged.lost.push(stored.document);
                        }
                    } else {
                        whole.push(stored);
                    }
                }
                None => {
                    settle(&mut whole, true, &mut salvaged)?;
                    broken = true;
                    if named.is_empty() {
                        salvaged.unnamed += 1;
                    }
                }
            }
        }
        settle(&mut whole, false, &mut salvaged)?;
        salvaged.lost.extend(missing.into_keys().map(str::to_owned));
        Ok(salvaged)
    }

    /// The paragraphs that are not deleted; `None` when there are no deletions, or they cannot be read.
    fn alive(&self, meta: &SegmentMeta, segment: &Segment) -> Option<AliveBitSet> {
        if !meta.has_deletes() || !self.is_sound(segment, SegmentComponent::Delete) {
            return None;
        }
        let bytes = segment.open_read(SegmentComponent::Delete).ok()?.read_bytes().ok()?;
        Some(AliveBitSet::open(bytes))
    }

    /// Id and ordinal of every paragraph, from the columns; `None` when they cannot be read.
    fn named(&self, segment: &Segment, max_doc: u32) -> Option<Vec<(String, u64)>> {
        if !self.is_sound(segment, SegmentComponent::FastFields) {
            return None;
        }
        let columns = ColumnarReader::open(segment.open_read(SegmentComponent::FastFields).ok()?).ok()?;
        let open = |name: &str| columns.read_columns(name).ok()?.into_iter().next()?.open().ok();
        let (DynamicColumn::Str(ids), DynamicColumn::U64(ordinals)) = (open(DOCUMENT_COLUMN)?, open(ORDINAL_COLUMN)?)
        else {
            return None;
        };
        let named = (0..max_doc).map(|doc| {
            let mut id = String::new();
            ids.ord_to_str(ids.ords().first(doc)?, &mut id).ok()?;
            Some((id, ordinals.first(doc)?))
        });
        named.collect()
    }
}

/// The document store of a damaged segment, or nothing.
struct StoreOf {
    store: Option<StoreReader>,
    fields: Fields,
}

impl StoreOf {
    /// The engine trusts what it reads, and may panic on a damaged store; that is caught, as nothing of it
    /// is used afterwards.
    fn open(segment: &Segment, fields: Fields) -> StoreOf {
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let file = segment.open_read(SegmentComponent::Store).ok()?;
            StoreReader::open(file, 2).ok()
        }));
        StoreOf { store: opened.ok().flatten(), fields }
    }

    /// A paragraph, if it is as it was written.
    ///
    /// The engine's own decoding believes a length in damaged bytes and may ask for more memory than there is,
    /// which ends the process. So only the bytes are asked for, and looked into here.
    fn get(&mut self, doc: u32) -> Option<StoredParagraph> {
        let store = self.store.as_ref()?;
        let bytes = catch_unwind(AssertUnwindSafe(|| store.get_document_bytes(doc).ok())).ok().flatten()?;
        StoredParagraph::whole_from_bytes(stored_bytes(&bytes, self.fields)?).ok()
    }
}

/// The stored paragraph in the bytes of an engine's document: the number of its fields, then of each the
/// field in 4 bytes, the type in 1, the length and the content. Ours is the first.
fn stored_bytes(mut bytes: &[u8], fields: Fields) -> Option<&[u8]> {
    let _count = variable_int(&mut bytes)?;
    let (field, rest) = bytes.split_first_chunk()?;
    if u32::from_le_bytes(*field) != fields.stored.field_id() {
        return None;
    }
    let (_type, mut rest) = rest.split_first()?;
    let length = variable_int(&mut rest)?;
    rest.get(..usize::try_from(length).ok()?)
}

/// Seven bits a byte, the lowest first; the last byte has its high bit set.
fn variable_int(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7F).checked_shl(shift)?;
        if byte & 0x80 != 0 {
            return Some(value);
        }
    }
    None
}
