//! The facets of actors and topics, laid out for counting, as a file of their segment.
//!
//! The arrays that counting goes over follow from the columns, but to make them takes longer than to answer: 63 ms for
//! the 400,000 paragraphs of the UN speeches, against 5 ms that a program has which opens an index to ask it once. So
//! they are written with the segment, after its columns and from them. The engine keeps, checks and collects the file
//! with the segment's others. Codes are counted where they lie in the mapped file, so they take no memory of their own.
//!
//! A file that cannot be read, or not be what was written, is left aside, and the arrays are made from the columns; so
//! they are for the dimensions that are not here, which are counted more seldom.
//!
//! For each of [`DIMENSIONS`]: the length of what follows in eight bytes, nothing where the dimension has too many nodes or
//! a paragraph too many codes. Then, in four bytes each, how many bytes the paths take, how many paragraphs there are and
//! how many codes; the paths, separated by NUL; of every paragraph the number of its codes in a byte; and the codes in two
//! bytes each. At the end, behind their length, the last paragraphs of the documents, a bit a paragraph. Numbers begin with their
//! lowest byte.

use std::any::Any;
use std::io::{self, Write};

use tantivy::columnar::{ColumnarReader, DynamicColumn, StrColumn};
use tantivy::directory::{OwnedBytes, TerminatingWrite};
use tantivy::index::{Segment, SegmentComponent};
use tantivy::indexer::DocIdMapping;
use tantivy::{PluginMergeContext, PluginWriter, PluginWriterContext, SegmentPlugin, SegmentReader};

use super::bits::Bits;
use super::facet_arrays::{CodeSlice, FacetArrays};
use super::schema::{DOCUMENT_COLUMN, facet_column};
use super::segment::NONE;
use crate::facet::{Dimension, FacetPath};

/// The dimensions of the file, in its order.
const DIMENSIONS: [Dimension; 2] = [Dimension::Actor, Dimension::Topic];

const EXTENSION: &str = "facets";

/// Bytes before the paths.
const HEAD: usize = 12;

/// Writes the file of every new segment.
pub(crate) struct FacetFiles;

impl SegmentPlugin for FacetFiles {
    fn extensions(&self) -> &[&str] {
        &[EXTENSION]
    }

    fn create_writer(&self, _: &PluginWriterContext<'_>) -> tantivy::Result<Box<dyn PluginWriter>> {
        Ok(Box::new(FacetFileWriter))
    }

    fn merge(&self, merged: PluginMergeContext<'_>) -> tantivy::Result<()> {
        write(merged.target_segment)
    }
}

/// Waits for the columns; the engine writes its own files before those of others.
struct FacetFileWriter;

impl PluginWriter for FacetFileWriter {
    fn serialize(self: Box<Self>, segment: &Segment, _: Option<&DocIdMapping>) -> tantivy::Result<()> {
        write(segment)
    }

    fn mem_usage(&self) -> usize {
        0
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

pub(super) fn write(segment: &Segment) -> tantivy::Result<()> {
    let columns = ColumnarReader::open(segment.open_read(SegmentComponent::FastFields)?)?;
    let paragraphs = columns.num_docs();
    let mut file = segment.open_write(SegmentComponent::Custom(EXTENSION.to_owned()))?;
    for dimension in DIMENSIONS {
        let name = facet_column(dimension);
        let arrays = match name.map(|name| column(&columns, name)).transpose()?.flatten() {
            Some(column) => FacetArrays::of_column(&column, paragraphs).ok(),
            None => None,
        };
        let body = arrays.as_ref().and_then(encode).unwrap_or_default();
        file.write_all(&(body.len() as u64).to_le_bytes())?;
        file.write_all(&body)?;
    }
    let ends = column(&columns, DOCUMENT_COLUMN)?.map(|ids| document_ends(&ids, paragraphs).to_bytes());
    let ends = ends.unwrap_or_default();
    file.write_all(&(ends.len() as u64).to_le_bytes())?;
    file.write_all(&ends)?;
    Ok(file.terminate()?)
}

/// The last paragraph of every document.
fn document_ends(ids: &StrColumn, paragraphs: u32) -> Bits {
    let mut ends = Bits::empty(paragraphs);
    let document = |doc: u32| ids.ords().first(doc);
    for doc in 0..paragraphs {
        if doc + 1 == paragraphs || document(doc) != document(doc + 1) {
            ends.insert(doc);
        }
    }
    ends
}

/// The last paragraph of every document, as it was written with the segment; `None` where it was not.
pub(super) fn read_document_ends(reader: &SegmentReader) -> Option<Bits> {
    let file = reader.open_read(SegmentComponent::Custom(EXTENSION.to_owned())).ok()?;
    let mut rest = file.read_bytes().ok()?;
    for _ in DIMENSIONS {
        body(&mut rest)?;
    }
    let ends = Bits::from_bytes(reader.max_doc(), &body(&mut rest)?)?;
    ends.contains(reader.max_doc().checked_sub(1)?).then_some(ends)
}

fn column(columns: &ColumnarReader, name: &str) -> io::Result<Option<StrColumn>> {
    for handle in columns.read_columns(name)? {
        if let DynamicColumn::Str(column) = handle.open()? {
            return Ok(Some(column));
        }
    }
    Ok(None)
}

/// The arrays of a dimension as they were written with the segment; `None` where they have to be made.
pub(super) fn read(dimension: Dimension, reader: &SegmentReader) -> Option<FacetArrays> {
    let place = DIMENSIONS.iter().position(|&of| of == dimension)?;
    let file = reader.open_read(SegmentComponent::Custom(EXTENSION.to_owned())).ok()?;
    let mut rest = file.read_bytes().ok()?;
    for _ in 0..place {
        body(&mut rest)?;
    }
    decode(body(&mut rest)?, reader.max_doc())
}

/// Takes what stands behind a length.
fn body(rest: &mut OwnedBytes) -> Option<OwnedBytes> {
    let len = usize::try_from(u64::from_le_bytes(*rest.first_chunk()?)).ok()?;
    let end = len.checked_add(8).filter(|&end| end <= rest.len())?;
    let body = rest.slice(8..end);
    rest.advance(end);
    Some(body)
}

fn encode(arrays: &FacetArrays) -> Option<Vec<u8>> {
    let CodeSlice::Narrow(codes) = arrays.codes() else { return None };
    let paths: Vec<&str> = arrays.paths().iter().map(FacetPath::as_str).collect();
    let paths = paths.join("\0");
    let counts = arrays.counts()?;
    let mut bytes = Vec::with_capacity(HEAD + paths.len() + counts.len() + 2 * codes.len());
    for number in [paths.len(), counts.len(), codes.len()] {
        bytes.extend_from_slice(&u32::try_from(number).ok()?.to_le_bytes());
    }
    bytes.extend_from_slice(paths.as_bytes());
    bytes.extend_from_slice(&counts);
    bytes.extend_from_slice(codes.as_flattened());
    Some(bytes)
}

/// The arrays again, unless they cannot be those of so many paragraphs.
fn decode(body: OwnedBytes, paragraphs: u32) -> Option<FacetArrays> {
    let number = |at: usize| Some(u32::from_le_bytes(*body.get(4 * at..)?.first_chunk()?) as usize);
    let (path_bytes, counted, codes) = (number(0)?, number(1)?, number(2)?);
    let counts_at = HEAD.checked_add(path_bytes)?;
    let codes_at = counts_at.checked_add(counted)?;
    if counted != paragraphs as usize || codes_at.checked_add(codes.checked_mul(2)?) != Some(body.len()) {
        return None;
    }
    let text = std::str::from_utf8(&body[HEAD..counts_at]).ok()?;
    let paths: Vec<FacetPath> =
        text.split('\0').filter(|path| !path.is_empty()).map(|path| path.parse().ok()).collect::<Option<_>>()?;
    let parents = parents(&paths)?;
    let (stored, _) = body[codes_at..].as_chunks::<2>();
    let highest = u16::try_from(2 * paths.len()).unwrap_or(u16::MAX);
    // Differences that end at 0 are taken of eight codes at a time by any processor, the greatest of them is not.
    let above = stored.iter().fold(0, |above, &code| above | u16::from_le_bytes(code).saturating_sub(highest));
    if above != 0 {
        return None;
    }
    FacetArrays::stored(body.slice(counts_at..codes_at), body.slice(codes_at..body.len()), parents, paths)
}

/// The parent of every path, in an order in which it comes first; `None` where one is missing.
fn parents(paths: &[FacetPath]) -> Option<Vec<u32>> {
    let mut above: Vec<u32> = Vec::new();
    let mut parents = Vec::with_capacity(paths.len());
    for (number, path) in paths.iter().enumerate() {
        above.truncate(path.depth() - 1);
        let parent = above.last().map(|&parent| &paths[parent as usize]);
        if above.len() + 1 != path.depth() || parent.is_some_and(|parent| !path.is_within(parent)) {
            return None;
        }
        parents.push(above.last().copied().unwrap_or(NONE));
        above.push(number as u32);
    }
    Some(parents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, Index, Result};

    fn index() -> Result<Index> {
        let index = Index::in_memory()?;
        let mut writer = index.writer()?;
        for number in 0..6 {
            let text = ["China and Russia spoke of sanctions.", "NATO and Xi Jinping.", "Nothing."][number % 3];
            let document = Document::parse(&format!("d{number}"), &format!("{text}\n\nThe United Nations."))?;
            writer.add(&index.annotator().annotate(document))?;
            writer.commit()?;
        }
        Ok(index)
    }

    #[test]
    fn what_is_stored_is_what_the_columns_give_before_and_after_a_merge() -> Result<()> {
        let index = index()?;
        for merged in [false, true] {
            if merged {
                index.writer()?.optimise()?;
            }
            let searcher = index.inner.reader.searcher();
            assert_eq!(searcher.segment_readers().len() == 1, merged);
            for reader in searcher.segment_readers() {
                for dimension in DIMENSIONS {
                    let stored = read(dimension, reader).expect("stored arrays");
                    let name = facet_column(dimension).expect("a column");
                    let column = reader.fast_fields().str(name).expect("columns").expect("a column");
                    let made = FacetArrays::of_column(&column, reader.max_doc())?;
                    assert_eq!((stored.paths(), stored.parents()), (made.paths(), made.parents()));
                    assert_eq!(stored.counts(), made.counts());
                    for doc in 0..reader.max_doc() {
                        assert!(stored.leaves_of(doc).eq(made.leaves_of(doc)), "{doc}");
                    }
                    let (CodeSlice::Narrow(stored), CodeSlice::Narrow(made)) = (stored.codes(), made.codes()) else {
                        panic!("few nodes");
                    };
                    assert_eq!(stored, made);
                }
            }
        }
        Ok(())
    }

    #[test]
    fn the_ends_of_documents_are_those_of_the_columns() -> Result<()> {
        let index = index()?;
        for merged in [false, true] {
            if merged {
                index.writer()?.optimise()?;
            }
            for reader in index.inner.reader.searcher().segment_readers() {
                // Every document has two paragraphs.
                let ends: Vec<u32> = read_document_ends(reader).expect("stored ends").iter().collect();
                assert_eq!(ends, (0..reader.max_doc()).skip(1).step_by(2).collect::<Vec<_>>());
                let documents = crate::index::SegmentArrays::default().documents(reader)?.to_vec();
                let column = reader.fast_fields().str(DOCUMENT_COLUMN).expect("columns").expect("a column");
                let read = |doc| column.ords().first(doc).map(|ordinal| ordinal as u32);
                assert_eq!(documents, (0..reader.max_doc()).filter_map(read).collect::<Vec<_>>());
            }
        }
        Ok(())
    }

    #[test]
    fn damaged_bytes_are_left_aside_or_count_within_bounds() -> Result<()> {
        let index = index()?;
        index.writer()?.optimise()?;
        let searcher = index.inner.reader.searcher();
        let reader = searcher.segment_reader(0);
        let column = reader.fast_fields().str("actor").expect("columns").expect("a column");
        let sound = encode(&FacetArrays::of_column(&column, reader.max_doc())?).expect("few nodes");
        for at in 0..sound.len() {
            for flip in [1, 0x80, 0xFF] {
                let mut bytes = sound.clone();
                bytes[at] ^= flip;
                let Some(arrays) = decode(OwnedBytes::new(bytes), reader.max_doc()) else { continue };
                let CodeSlice::Narrow(codes) = arrays.codes() else { panic!("few nodes") };
                assert!(codes.iter().all(|&code| usize::from(u16::from_le_bytes(code)) <= 2 * arrays.nodes()));
                let counts = arrays.counts().expect("few codes");
                assert_eq!(counts.iter().map(|&count| usize::from(count)).sum::<usize>(), codes.len());
                assert_eq!(counts.len(), reader.max_doc() as usize);
            }
            assert!(decode(OwnedBytes::new(sound[..at].to_vec()), reader.max_doc()).is_none());
        }
        assert!(decode(OwnedBytes::new(sound), reader.max_doc() + 1).is_none());
        Ok(())
    }
}
