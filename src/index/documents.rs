//! The documents of an index, one after the other.

use std::thread;

use tantivy::schema::Value;
use tantivy::store::StoreReader;
use tantivy::{Searcher, SegmentReader, TantivyDocument};

use super::schema::Fields;
use super::stored::StoredParagraph;
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};

/// Blocks of the document store that are kept unpacked; reading goes forward, so few will do.
const BLOCKS_KEPT: usize = 2;

/// Reads whole documents in the order of the index, which merges change.
pub(crate) struct Documents {
    searcher: Searcher,
    fields: Fields,
    segment: usize,
    store: Option<StoreReader>,
    doc: u32,
}

impl Documents {
    pub(crate) fn new(searcher: Searcher, fields: Fields) -> Documents {
        Documents { searcher, fields, segment: 0, store: None, doc: 0 }
    }

    fn try_next(&mut self) -> Result<Option<Document>> {
        while let Some(reader) = self.searcher.segment_readers().get(self.segment) {
            let store = match &mut self.store {
                Some(store) => store,
                none => none.insert(store_of(reader)?),
            };
            let mut paragraphs = Vec::new();
            while self.doc < reader.max_doc() {
                if !reader.is_deleted(self.doc) {
                    let stored = stored_at(store, self.doc, self.fields)?;
                    if stored.record.is_some() && !paragraphs.is_empty() {
                        break;
                    }
                    paragraphs.push(stored);
                } else if !paragraphs.is_empty() {
                    break;
                }
                self.doc += 1;
            }
            if !paragraphs.is_empty() {
                return assemble(paragraphs).map(Some);
            }
            self.store = None;
            self.segment += 1;
            self.doc = 0;
        }
        Ok(None)
    }
}

impl Iterator for Documents {
    type Item = Result<Document>;

    fn next(&mut self) -> Option<Result<Document>> {
        let next = self.try_next().transpose();
        if matches!(next, Some(Err(_))) {
            // What follows in the segment cannot be told apart; the reading ends.
            self.segment = usize::MAX;
        }
        next
    }
}

/// Makes something of each document, in as many threads as the machine runs at once.
pub(crate) fn in_threads<T: Send>(documents: &[Document], make: impl Fn(&Document) -> T + Sync) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get());
    let share = documents.len().div_ceil(threads).max(1);
    let make = &make;
    thread::scope(|scope| {
        let workers: Vec<_> = documents
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(make).collect::<Vec<T>>()))
            .collect();
        let made = workers.into_iter().flat_map(|worker| match worker.join() {
            Ok(made) => made,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        made.collect()
    })
}

/// One paragraph of a document store.
pub(crate) fn stored_at(store: &StoreReader, doc: u32, fields: Fields) -> Result<StoredParagraph> {
    let document: TantivyDocument =
        store.get(doc).map_err(|error| Error::storage("reading a stored paragraph", error))?;
    let bytes = document.get_first(fields.stored).and_then(|value| value.as_bytes());
    let Some(bytes) = bytes else {
        let reason = "expected a stored paragraph".to_owned();
        return Err(ErrorKind::Damaged { file: "document store".to_owned(), reason }.into());
    };
    StoredParagraph::whole_from_bytes(bytes)
}

fn assemble(paragraphs: Vec<StoredParagraph>) -> Result<Document> {
    let id = paragraphs[0].document.clone();
    StoredParagraph::assemble(paragraphs).ok_or_else(|| {
        let reason = format!("document {id:?} is without its first paragraph");
        ErrorKind::Damaged { file: "document store".to_owned(), reason }.into()
    })
}

/// The document store of a segment.
pub(crate) fn store_of(reader: &SegmentReader) -> Result<StoreReader> {
    reader.get_store_reader(BLOCKS_KEPT).map_err(|error| Error::storage("opening the document store", error))
}
