//! What is read once of a segment and kept: the document of every paragraph, and its facets as ordinals.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tantivy::index::SegmentId;
use tantivy::{Searcher, SegmentReader};

use super::bits::Bits;
use super::schema::{DAY_COLUMN, DOCUMENT_COLUMN, LAST_DAY_COLUMN, ORDINAL_COLUMN, facet_column};
use crate::error::{Error, Result};
use crate::facet::Dimension;

/// No node, no parent, no document.
pub(crate) const NONE: u32 = u32::MAX;

/// The arrays of one segment. They never change: a deletion is a separate bitset, a merge a new segment.
#[derive(Debug, Default)]
pub(crate) struct SegmentArrays {
    documents: OnceLock<Vec<u32>>,
    days: OnceLock<Vec<Option<(i32, i32)>>>,
    facets: [OnceLock<FacetArrays>; Dimension::ALL.len()],
    filters: Mutex<HashMap<String, Arc<Bits>>>,
}

/// The facets of one dimension in one segment.
///
/// The leaves of paragraph `p` are `leaves[offsets[p]..offsets[p + 1]]`, as node numbers, each once. Nodes
/// are numbered so that a parent comes before its children.
#[derive(Debug, Default)]
pub(crate) struct FacetArrays {
    pub(crate) offsets: Vec<u32>,
    pub(crate) leaves: Vec<u32>,
    /// The parent of a node, or [`NONE`].
    pub(crate) parents: Vec<u32>,
    /// The path of a node.
    pub(crate) paths: Vec<Box<str>>,
}

/// Filters kept a segment; the oldest habits of a user fit, and a hostile one cannot fill the memory.
const FILTERS_KEPT: usize = 64;

impl SegmentArrays {
    /// The document of every paragraph, as an ordinal that sorts as the ids do.
    pub(crate) fn documents(&self, reader: &SegmentReader) -> Result<&[u32]> {
        get_or_try_init(&self.documents, || {
            let column = reader.fast_fields().str(DOCUMENT_COLUMN).map_err(storage)?;
            let column = column.ok_or_else(|| missing(DOCUMENT_COLUMN))?;
            let ordinals = column.ords();
            Ok((0..reader.max_doc()).map(|doc| ordinals.first(doc).map_or(NONE, |ordinal| ordinal as u32)).collect())
        })
        .map(Vec::as_slice)
    }

    /// The first and last day of every paragraph's document; `None` where it has no date.
    pub(crate) fn days(&self, reader: &SegmentReader) -> Result<&[Option<(i32, i32)>]> {
        get_or_try_init(&self.days, || {
            let first = reader.fast_fields().i64(DAY_COLUMN).map_err(storage)?;
            let last = reader.fast_fields().i64(LAST_DAY_COLUMN).map_err(storage)?;
            Ok((0..reader.max_doc()).map(|doc| Some((first.first(doc)? as i32, last.first(doc)? as i32))).collect())
        })
        .map(Vec::as_slice)
    }

    /// The place of a paragraph in its document, from 1.
    pub(crate) fn ordinal(&self, reader: &SegmentReader, doc: u32) -> Result<u32> {
        let column = reader.fast_fields().u64(ORDINAL_COLUMN).map_err(storage)?;
        column.first(doc).map(|ordinal| ordinal as u32).ok_or_else(|| missing(ORDINAL_COLUMN))
    }

    /// The facets of a dimension.
    pub(crate) fn facets(&self, dimension: Dimension, reader: &SegmentReader) -> Result<&FacetArrays> {
        get_or_try_init(&self.facets[dimension as usize], || FacetArrays::read(dimension, reader))
    }

    /// The bits of a filter, made by `make` the first time.
    pub(crate) fn filter(&self, key: &str, make: impl FnOnce() -> Result<Bits>) -> Result<Arc<Bits>> {
        let lock = || self.filters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bits) = lock().get(key) {
            return Ok(bits.clone());
        }
        let bits = Arc::new(make()?);
        let mut filters = lock();
        if filters.len() >= FILTERS_KEPT {
            filters.clear();
        }
        filters.insert(key.to_owned(), bits.clone());
        Ok(bits)
    }
}

impl FacetArrays {
    fn read(dimension: Dimension, reader: &SegmentReader) -> Result<FacetArrays> {
        let max_doc = reader.max_doc();
        let mut arrays = FacetArrays { offsets: vec![0; max_doc as usize + 1], ..FacetArrays::default() };
        let column = match facet_column(dimension) {
            Some(name) => reader.fast_fields().str(name).map_err(storage)?,
            None => None,
        };
        let Some(column) = column else {
            return Ok(arrays);
        };
        let mut numbers: HashMap<Box<str>, u32> = HashMap::new();
        let mut node_of_ordinal = Vec::with_capacity(column.num_terms());
        let mut terms = column.dictionary().stream().map_err(|error| Error::storage("reading facets", error))?;
        while terms.advance() {
            let encoded = String::from_utf8_lossy(terms.key());
            let mut path = String::with_capacity(encoded.len() + 1);
            let mut parent = NONE;
            for step in encoded.split('\0') {
                path.push('/');
                path.push_str(step);
                parent = *numbers.entry(path.as_str().into()).or_insert_with(|| {
                    arrays.paths.push(path.as_str().into());
                    arrays.parents.push(parent);
                    arrays.paths.len() as u32 - 1
                });
            }
            node_of_ordinal.push(parent);
        }
        for doc in 0..max_doc {
            let leaves = column.term_ords(doc).filter_map(|ordinal| node_of_ordinal.get(ordinal as usize));
            arrays.leaves.extend(leaves);
            arrays.offsets[doc as usize + 1] = arrays.leaves.len() as u32;
        }
        Ok(arrays)
    }

    /// The leaves of a paragraph.
    #[inline]
    pub(crate) fn leaves_of(&self, doc: u32) -> &[u32] {
        let doc = doc as usize;
        &self.leaves[self.offsets[doc] as usize..self.offsets[doc + 1] as usize]
    }
}

/// The arrays of all segments of an index, by segment id, kept across commits.
#[derive(Debug, Default)]
pub(crate) struct SegmentCache {
    segments: Mutex<HashMap<SegmentId, Arc<SegmentArrays>>>,
}

impl SegmentCache {
    /// The arrays of a searcher's segments, in their order; those of segments that are gone are dropped.
    pub(crate) fn of(&self, searcher: &Searcher) -> Vec<Arc<SegmentArrays>> {
        let mut segments = self.segments.lock().unwrap_or_else(PoisonError::into_inner);
        let arrays: Vec<_> = searcher
            .segment_readers()
            .iter()
            .map(|reader| segments.entry(reader.segment_id()).or_default().clone())
            .collect();
        segments.retain(|id, _| searcher.segment_readers().iter().any(|reader| reader.segment_id() == *id));
        arrays
    }
}

fn get_or_try_init<T>(cell: &OnceLock<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    // Two threads may make it at once; both make the same.
    Ok(cell.get_or_init(|| value))
}

fn storage(error: tantivy::TantivyError) -> Error {
    Error::storage("reading a column", error)
}

fn missing(column: &str) -> Error {
    crate::error::ErrorKind::Damaged { file: "fast fields".to_owned(), reason: format!("expected a column {column}") }
        .into()
}
