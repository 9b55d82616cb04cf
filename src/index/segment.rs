//! What is read once of a segment and kept: the document of every paragraph, and its facets as ordinals.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use tantivy::columnar::{Cardinality, Column, StrColumn};
use tantivy::index::SegmentId;
use tantivy::schema::Field;
use tantivy::{Searcher, SegmentReader};

use super::bits::Bits;
use super::facet_arrays::FacetArrays;
use super::facet_file;
use super::frequent_terms::FrequentTerms;
use super::nodes::Nodes;
use super::saturation::{Lengths, Saturation};
use super::schema::{DAY_COLUMN, DOCUMENT_COLUMN, LAST_DAY_COLUMN, ORDINAL_COLUMN};
use super::tally::Tally;
use crate::annotate::Annotator;
use crate::error::{Error, Result};
use crate::facet::Dimension;
use crate::mention_choice::MentionChoice;

/// No node, no parent, no document.
pub(crate) const NONE: u32 = u32::MAX;

/// The arrays of one segment. They never change: a deletion is a separate bitset, a merge a new segment.
#[derive(Debug, Default)]
pub(crate) struct SegmentArrays {
    columns: OnceLock<Columns>,
    ids: OnceLock<Box<[KeptId]>>,
    documents: OnceLock<Vec<u32>>,
    document_ends: OnceLock<Bits>,
    days: OnceLock<Vec<Option<(i32, i32)>>>,
    facets: [OnceLock<Arc<FacetArrays>>; Dimension::ALL.len()],
    /// The actors that some of the mentions name; the newest choice last.
    chosen_actors: Mutex<Vec<(MentionChoice, Arc<FacetArrays>)>>,
    filters: Mutex<HashMap<String, Arc<Bits>>>,
    /// What is in several filters, with these; the newest last.
    intersections: Mutex<Vec<Intersection>>,
    totals: Mutex<HashMap<Dimension, (u32, Arc<Tally>)>>,
    document_total: Mutex<Option<(u32, u64)>>,
    alive: Mutex<Option<(u32, Arc<Bits>)>>,
    frequent_terms: FrequentTerms,
    texts: Mutex<Vec<(Field, Texts)>>,
}

/// The texts of a field in one segment.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    /// Under the average length that was asked for last.
    pub(crate) saturation: Arc<Saturation>,
    pub(crate) lengths: Lengths,
}

/// The id of a document with its ordinal.
type KeptId = OnceLock<(u32, Arc<str>)>;

/// What is in several sets.
#[derive(Debug)]
struct Intersection {
    of: Vec<Weak<Bits>>,
    bits: Arc<Bits>,
}

/// Columns that are kept open: opening one takes longer than ranking by a rare word.
#[derive(Debug)]
struct Columns {
    ids: StrColumn,
    ordinals: Column<u64>,
}

/// Ids kept a segment, each at the place of its number modulo this, the first that is asked for; looking one up unpacks a
/// block of the dictionary. They may take 5 MB.
const IDS_KEPT: usize = 65_536;

/// Filters kept a segment; the oldest habits of a user fit, and a hostile one cannot fill the memory.
const FILTERS_KEPT: usize = 64;

/// Intersections of filters kept a segment.
const INTERSECTIONS_KEPT: usize = 32;

/// Choices of mentions kept a segment: an application offers a few, and each takes the memory of a dimension.
const CHOICES_KEPT: usize = 4;

impl SegmentArrays {
    /// The document of every paragraph, as an ordinal that sorts as the ids do.
    pub(crate) fn documents(&self, reader: &SegmentReader) -> Result<&[u32]> {
        get_or_try_init(&self.documents, || {
            let ordinals = self.columns(reader)?.ids.ords();
            if let Some(ends) = facet_file::read_document_ends(reader) {
                let mut documents = Vec::with_capacity(reader.max_doc() as usize);
                let mut first = 0;
                for end in ends.iter() {
                    let document = ordinals.first(first).map_or(NONE, |ordinal| ordinal as u32);
                    documents.resize(end as usize + 1, document);
                    first = end + 1;
                }
                return Ok(documents);
            }
            if ordinals.get_cardinality() == Cardinality::Full {
                // A block at a time, which takes a tenth of what one at a time does.
                let mut documents = Vec::with_capacity(reader.max_doc() as usize);
                let mut block = [0; 1_024];
                for start in (0..reader.max_doc()).step_by(block.len()) {
                    let block = &mut block[..(reader.max_doc() - start).min(1_024) as usize];
                    ordinals.values.get_range(u64::from(start), block);
                    documents.extend(block.iter().map(|&ordinal| ordinal as u32));
                }
                return Ok(documents);
            }
            Ok((0..reader.max_doc()).map(|doc| ordinals.first(doc).map_or(NONE, |ordinal| ordinal as u32)).collect())
        })
        .map(Vec::as_slice)
    }

    /// The last paragraph of every document.
    pub(crate) fn document_ends(&self, reader: &SegmentReader) -> Result<&Bits> {
        get_or_try_init(&self.document_ends, || {
            if let Some(ends) = facet_file::read_document_ends(reader) {
                return Ok(ends);
            }
            let documents = self.documents(reader)?;
            let mut ends = Bits::empty(reader.max_doc());
            for (doc, document) in documents.iter().enumerate() {
                if documents.get(doc + 1) != Some(document) {
                    ends.insert(doc as u32);
                }
            }
            Ok(ends)
        })
    }

    /// What is known of a field's texts, which have so many words on average in the whole index.
    pub(crate) fn texts(&self, reader: &SegmentReader, field: Field, average_length: f32) -> Result<Texts> {
        let mut kept = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.iter_mut().find(|(of, _)| *of == field);
        if let Some((_, texts)) = known {
            if texts.saturation.average_length() != average_length {
                texts.saturation = Arc::new(Saturation::new(average_length));
            }
            return Ok(texts.clone());
        }
        let lengths = Lengths::read(reader, field).map_err(storage)?;
        let texts = Texts { saturation: Arc::new(Saturation::new(average_length)), lengths };
        kept.push((field, texts.clone()));
        Ok(texts)
    }

    /// The frequent terms asked for lately.
    pub(crate) fn frequent_terms(&self) -> &FrequentTerms {
        &self.frequent_terms
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
        let ordinal = self.ordinals(reader)?.first(doc);
        ordinal.map(|ordinal| ordinal as u32).ok_or_else(|| missing(ORDINAL_COLUMN))
    }

    /// The place of every paragraph in its document, from 1.
    pub(crate) fn ordinals(&self, reader: &SegmentReader) -> Result<&Column<u64>> {
        Ok(&self.columns(reader)?.ordinals)
    }

    /// The column of document ids.
    pub(crate) fn ids(&self, reader: &SegmentReader) -> Result<&StrColumn> {
        Ok(&self.columns(reader)?.ids)
    }

    /// The id of a document, by its ordinal.
    pub(crate) fn id(&self, reader: &SegmentReader, document: u32) -> Result<Arc<str>> {
        let column = self.ids(reader)?;
        let kept = self.ids.get_or_init(|| {
            let places = column.num_terms().clamp(1, IDS_KEPT);
            std::iter::repeat_with(OnceLock::new).take(places).collect()
        });
        let place = &kept[document as usize % kept.len()];
        if let Some((_, id)) = place.get().filter(|(of, _)| *of == document) {
            return Ok(id.clone());
        }
        let mut id = String::new();
        let found = column.ord_to_str(u64::from(document), &mut id);
        found.map_err(|error| Error::storage("reading a document id", error))?;
        let id: Arc<str> = id.into();
        place.get_or_init(|| (document, id.clone()));
        Ok(id)
    }

    fn columns(&self, reader: &SegmentReader) -> Result<&Columns> {
        get_or_try_init(&self.columns, || {
            let ids = reader.fast_fields().str(DOCUMENT_COLUMN).map_err(storage)?;
            let ids = ids.ok_or_else(|| missing(DOCUMENT_COLUMN))?;
            Ok(Columns { ids, ordinals: reader.fast_fields().u64(ORDINAL_COLUMN).map_err(storage)? })
        })
    }

    /// The facets of a dimension; of actors, those that the chosen mentions name.
    pub(crate) fn facets(
        &self,
        dimension: Dimension,
        choice: MentionChoice,
        reader: &SegmentReader,
    ) -> Result<Arc<FacetArrays>> {
        if dimension == Dimension::Actor && !choice.is_all() {
            return self.chosen_actors(choice, reader);
        }
        let read = || FacetArrays::read(dimension, reader).map(Arc::new);
        get_or_try_init(&self.facets[dimension as usize], read).cloned()
    }

    fn chosen_actors(&self, choice: MentionChoice, reader: &SegmentReader) -> Result<Arc<FacetArrays>> {
        let lock = || self.chosen_actors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, arrays)) = lock().iter().find(|(kept, _)| *kept == choice) {
            return Ok(arrays.clone());
        }
        let arrays = Arc::new(FacetArrays::read_mentions(choice, reader)?);
        let mut kept = lock();
        if kept.len() >= CHOICES_KEPT {
            kept.remove(0);
        }
        kept.push((choice, arrays.clone()));
        Ok(arrays)
    }

    /// The counts of all paragraphs that are not deleted.
    ///
    /// Kept until a paragraph more is deleted: deletions of a segment only ever grow, so their number
    /// tells them apart. (Taking the deleted ones away from counts of all would be less to read, but where a
    /// document was replaced within a segment the old and the new one look like one document.)
    pub(crate) fn totals(&self, dimension: Dimension, reader: &SegmentReader) -> Result<Arc<Tally>> {
        let lock = || self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        let deleted = reader.num_deleted_docs();
        if let Some((_, tally)) = lock().get(&dimension).filter(|(of, _)| *of == deleted) {
            return Ok(tally.clone());
        }
        let (facets, documents) = (self.facets(dimension, MentionChoice::all(), reader)?, self.documents(reader)?);
        let paragraphs: Vec<u32> = match reader.alive_bitset() {
            Some(alive) => alive.iter_alive().collect(),
            None => (0..reader.max_doc()).collect(),
        };
        let mut tally = Tally::default();
        tally.reset(&facets);
        tally.add(&facets, &paragraphs, documents);
        let tally = Arc::new(tally);
        lock().insert(dimension, (deleted, tally.clone()));
        Ok(tally)
    }

    /// The paragraphs that are not deleted; `None` when none is.
    pub(crate) fn alive(&self, reader: &SegmentReader) -> Option<Arc<Bits>> {
        let alive = reader.alive_bitset()?;
        let deleted = reader.num_deleted_docs();
        let lock = || self.alive.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bits)) = lock().as_ref().filter(|(of, _)| *of == deleted) {
            return Some(bits.clone());
        }
        let mut bits = Bits::empty(reader.max_doc());
        alive.iter_alive().for_each(|doc| bits.insert(doc));
        let bits = Arc::new(bits);
        *lock() = Some((deleted, bits.clone()));
        Some(bits)
    }

    /// How many documents have paragraphs that are not deleted.
    pub(crate) fn document_total(&self, reader: &SegmentReader) -> Result<u64> {
        let deleted = reader.num_deleted_docs();
        let lock = || self.document_total.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, total)) = lock().filter(|(of, _)| *of == deleted) {
            return Ok(total);
        }
        let documents = self.documents(reader)?;
        let (mut total, mut last) = (0, NONE);
        for doc in reader.doc_ids_alive() {
            total += u64::from(documents[doc as usize] != last);
            last = documents[doc as usize];
        }
        *lock() = Some((deleted, total));
        Ok(total)
    }

    /// What is kept of the segment, in bytes, but for names.
    pub(crate) fn bytes(&self) -> usize {
        let filters = self.filters.lock().unwrap_or_else(PoisonError::into_inner);
        let intersections = self.intersections.lock().unwrap_or_else(PoisonError::into_inner);
        let chosen = self.chosen_actors.lock().unwrap_or_else(PoisonError::into_inner);
        let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        self.documents.get().map_or(0, |documents| size_of_val(&**documents))
            + self.days.get().map_or(0, |days| size_of_val(&**days))
            + self.facets.iter().filter_map(OnceLock::get).map(|facets| facets.bytes()).sum::<usize>()
            + chosen.iter().map(|(_, facets)| facets.bytes()).sum::<usize>()
            + filters.values().map(|bits| bits.bytes()).sum::<usize>()
            + intersections.iter().map(|kept| kept.bits.bytes()).sum::<usize>()
            + self.document_ends.get().map_or(0, Bits::bytes)
            + self.frequent_terms.bytes()
            + texts.iter().map(|(_, texts)| texts.lengths.bytes()).sum::<usize>()
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

    /// What is in all of some sets; `None` for no set. As long as the sets are kept, so is their intersection, and what else is
    /// known of it is found by where it lies.
    pub(crate) fn intersection(&self, sets: impl IntoIterator<Item = Arc<Bits>>) -> Option<Arc<Bits>> {
        let sets: Vec<Arc<Bits>> = sets.into_iter().collect();
        let [first, others @ ..] = &sets[..] else { return None };
        if others.is_empty() {
            return Some(first.clone());
        }
        let lock = || self.intersections.lock().unwrap_or_else(PoisonError::into_inner);
        let is_of = |of: &[Weak<Bits>]| of.iter().map(Weak::as_ptr).eq(sets.iter().map(Arc::as_ptr));
        if let Some(known) = lock().iter().find(|known| is_of(&known.of)) {
            return Some(known.bits.clone());
        }
        let mut all = Bits::clone(first);
        others.iter().for_each(|set| all.intersect(set));
        let all = Arc::new(all);
        let mut kept = lock();
        if kept.len() >= INTERSECTIONS_KEPT {
            kept.remove(0);
        }
        kept.push(Intersection { of: sets.iter().map(Arc::downgrade).collect(), bits: all.clone() });
        Some(all)
    }
}

/// The arrays of all segments of an index, by segment id, kept across commits.
#[derive(Debug, Default)]
pub(crate) struct SegmentCache {
    segments: Mutex<HashMap<SegmentId, Arc<SegmentArrays>>>,
    nodes: Mutex<Arc<SegmentNodes>>,
}

/// The nodes of every dimension over a list of segments, each made when it is first asked for.
#[derive(Debug, Default)]
pub(crate) struct SegmentNodes {
    segments: Vec<SegmentId>,
    dimensions: [OnceLock<Arc<Nodes>>; Dimension::ALL.len()],
    chosen_actors: Mutex<Vec<(MentionChoice, Arc<Nodes>)>>,
}

impl SegmentNodes {
    /// The nodes of a dimension; `searcher` and `arrays` are those this was made for.
    pub(crate) fn of(
        &self,
        dimension: Dimension,
        choice: MentionChoice,
        (searcher, arrays): (&Searcher, &[Arc<SegmentArrays>]),
        annotator: &Annotator,
    ) -> Result<Arc<Nodes>> {
        let make = |choice| {
            let mut facets = Vec::with_capacity(arrays.len());
            for (arrays, reader) in arrays.iter().zip(searcher.segment_readers()) {
                facets.push(arrays.facets(dimension, choice, reader)?);
            }
            Ok(Arc::new(Nodes::of(dimension, choice, annotator, &facets)))
        };
        if dimension != Dimension::Actor || choice.is_all() {
            return get_or_try_init(&self.dimensions[dimension as usize], || make(MentionChoice::all())).cloned();
        }
        let lock = || self.chosen_actors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, nodes)) = lock().iter().find(|(kept, _)| *kept == choice) {
            return Ok(nodes.clone());
        }
        let nodes = make(choice)?;
        let mut kept = lock();
        if kept.len() >= CHOICES_KEPT {
            kept.remove(0);
        }
        kept.push((choice, nodes.clone()));
        Ok(nodes)
    }
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

    /// The nodes of a searcher's segments; the same as before while the segments are.
    pub(crate) fn nodes_of(&self, searcher: &Searcher) -> Arc<SegmentNodes> {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        let segments: Vec<SegmentId> = searcher.segment_readers().iter().map(SegmentReader::segment_id).collect();
        if nodes.segments != segments {
            *nodes = Arc::new(SegmentNodes { segments, ..SegmentNodes::default() });
        }
        nodes.clone()
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

pub(super) fn storage(error: tantivy::TantivyError) -> Error {
    Error::storage("reading a column", error)
}

fn missing(column: &str) -> Error {
    crate::error::ErrorKind::Damaged { file: "fast fields".to_owned(), reason: format!("expected a column {column}") }
        .into()
}
