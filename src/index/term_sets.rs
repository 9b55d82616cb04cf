//! The paragraphs of frequent terms as sets, kept for the next query that has them.

use std::sync::{Arc, Mutex, PoisonError};

use tantivy::SegmentReader;
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};

use super::bits::Bits;
use crate::error::{Error, Result};

/// A term that at least one paragraph in so many has is kept: unpacking its postings takes some ten times as long as
/// going over its set.
const KEPT_SHARE: u32 = 32;

/// How many sets are kept a segment: those of the terms used last.
const SETS_KEPT: usize = 64;

/// The sets of one segment.
#[derive(Debug, Default)]
pub(crate) struct TermSets {
    /// The last used one last.
    kept: Mutex<Vec<(Field, String, Arc<Bits>)>>,
}

impl TermSets {
    /// Adds the paragraphs that have a term, deleted ones too; `info` is where its postings are.
    pub(crate) fn add(
        &self,
        reader: &SegmentReader,
        field: Field,
        text: &str,
        info: &TermInfo,
        bits: &mut Bits,
    ) -> Result<()> {
        if info.doc_freq < reader.max_doc() / KEPT_SHARE {
            return read(reader, field, info, bits);
        }
        bits.unite(&*self.get(reader, field, text, info)?);
        Ok(())
    }

    /// The paragraphs that have a term, deleted ones too.
    pub(crate) fn get(&self, reader: &SegmentReader, field: Field, text: &str, info: &TermInfo) -> Result<Arc<Bits>> {
        let lock = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let keeps = info.doc_freq >= reader.max_doc() / KEPT_SHARE;
        if keeps {
            let mut kept = lock();
            let known = kept.iter().rposition(|(of, term, _)| *of == field && term == text);
            if let Some(place) = known {
                kept[place..].rotate_left(1);
                return Ok(kept[kept.len() - 1].2.clone());
            }
        }
        let mut bits = Bits::empty(reader.max_doc());
        read(reader, field, info, &mut bits)?;
        let bits = Arc::new(bits);
        if keeps {
            let mut kept = lock();
            if kept.len() == SETS_KEPT {
                kept.remove(0);
            }
            kept.push((field, text.to_owned(), bits.clone()));
        }
        Ok(bits)
    }

    /// What is kept, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(|(_, _, bits)| bits.bytes()).sum()
    }
}

/// Reads postings a block at a time; the engine's union moves each on by one paragraph and takes three times as long.
fn read(reader: &SegmentReader, field: Field, info: &TermInfo, bits: &mut Bits) -> Result<()> {
    let inverted = reader.inverted_index(field).map_err(|error| Error::storage("reading postings", error))?;
    let postings = inverted.read_block_postings_from_terminfo(info, IndexRecordOption::Basic);
    let mut postings: BlockSegmentPostings = postings.map_err(|error| Error::storage("reading postings", error))?;
    while !postings.docs().is_empty() {
        postings.docs().iter().for_each(|&doc| bits.insert(doc));
        postings.advance();
    }
    Ok(())
}
