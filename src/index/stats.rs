//! How large an index is, and of what.

use super::manifest::{self, Manifest, SegmentEntry};
use super::schema::ORDINAL_COLUMN;
use super::store::Index;
use super::verify;
use crate::error::{Error, ErrorKind, Result};

/// The size of an index, at its newest commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexStats {
    /// Documents.
    pub documents: u64,
    /// Paragraphs.
    pub paragraphs: u64,
    /// Paragraphs that were deleted or replaced and still take room.
    pub deleted: u64,
    /// Segments; every search looks at each of them.
    pub segments: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// Bytes by part, the largest first.
    pub parts: Vec<PartSize>,
    /// Bytes that [`optimise`](crate::IndexWriter::optimise) would give back, about: the share of the deleted
    /// paragraphs, and files that a crash left.
    pub reclaimable: u64,
}

/// The size of one part of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartSize {
    /// What the part holds: `"postings"`, `"positions"`, `"terms"`, `"lengths"`, `"columns"`,
    /// `"facets"`, `"stored paragraphs"`, `"deletions"` or `"other"`.
    pub part: &'static str,
    /// In bytes.
    pub bytes: u64,
}

impl Index {
    /// Measures the index at its newest commit.
    ///
    /// # Errors
    ///
    /// [`is_storage`](Error::is_storage) when it cannot be read.
    pub fn stats(&self) -> Result<IndexStats> {
        let bytes = self.inner.directory.meta_bytes().map_err(|error| Error::storage("reading meta.json", error))?;
        let damaged = || ErrorKind::Damaged { file: manifest::META.to_owned(), reason: "it changed".to_owned() };
        let meta = manifest::unseal(&bytes).map_err(|_| damaged())?;
        let searcher = self.inner.reader.searcher();
        let mut stats = IndexStats { segments: searcher.segment_readers().len(), ..IndexStats::default() };
        for reader in searcher.segment_readers() {
            stats.paragraphs += u64::from(reader.num_docs());
            stats.deleted += u64::from(reader.num_deleted_docs());
            let ordinals = reader.fast_fields().u64(ORDINAL_COLUMN);
            let ordinals = ordinals.map_err(|error| Error::storage("reading a column", error))?;
            let first = |&doc: &u32| ordinals.first(doc) == Some(1);
            stats.documents += reader.doc_ids_alive().filter(first).count() as u64;
        }
        let mut parts: Vec<PartSize> = Vec::new();
        for (name, record) in &meta.files {
            stats.bytes += record.len;
            let part = part(name);
            match parts.iter_mut().find(|size| size.part == part) {
                Some(size) => size.bytes += record.len,
                None => parts.push(PartSize { part, bytes: record.len }),
            }
        }
        parts.sort_by_key(|size| (std::cmp::Reverse(size.bytes), size.part));
        stats.parts = parts;
        stats.reclaimable = meta.segments.iter().map(|segment| dead(segment, &meta.files)).sum();
        if let Some(path) = self.path() {
            for name in verify::stray(path, &meta)? {
                stats.reclaimable += std::fs::metadata(path.join(name)).map_or(0, |metadata| metadata.len());
            }
        }
        Ok(stats)
    }
}

/// The part that a file belongs to, by its ending.
fn part(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("idx") => "postings",
        Some("pos") => "positions",
        Some("term") => "terms",
        Some("fieldnorm") => "lengths",
        Some("fast") => "columns",
        Some("facets") => "facets",
        Some("store") => "stored paragraphs",
        Some("del") => "deletions",
        _ => "other",
    }
}

/// The share of a segment's bytes that its deleted paragraphs take.
fn dead(segment: &SegmentEntry, files: &Manifest) -> u64 {
    let bytes: u64 = files.iter().filter(|(name, _)| segment.owns(name)).map(|(_, record)| record.len).sum();
    let deleted = segment.deletes.as_ref().map_or(0, |deletes| u64::from(deletes.num_deleted_docs));
    bytes * deleted / u64::from(segment.max_doc.max(1))
}
