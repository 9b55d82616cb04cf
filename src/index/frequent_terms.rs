//! The frequent terms of a segment, unpacked and kept for the next query that has them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::SegmentReader;
use tantivy::postings::TermInfo;
use tantivy::schema::Field;

use super::frequent_term::FrequentTerm;
use crate::error::Result;

/// A term that at least one paragraph in so many has is frequent: unpacking its postings takes some ten times as long as
/// going over its set.
const FREQUENT_SHARE: u32 = 32;

/// What the terms kept of a segment may take, in bytes: a language has some 250 words that are frequent, which take 25 MB
/// in a segment of 400,000 paragraphs.
const MOST_BYTES: usize = 24 << 20;

/// So many are kept however much they take: as many as one long query has.
const LEAST_KEPT: usize = 64;

/// The terms of one segment.
#[derive(Debug, Default)]
pub(crate) struct FrequentTerms(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    terms: HashMap<String, Vec<KeptTerm>>,
    count: usize,
    /// Goes up with every use.
    now: u64,
}

#[derive(Debug)]
struct KeptTerm {
    field: Field,
    term: Arc<FrequentTerm>,
    used: u64,
}

impl FrequentTerms {
    /// The term; `None` where it is not frequent. `info` is where its postings are.
    pub(crate) fn get(
        &self,
        reader: &SegmentReader,
        field: Field,
        text: &str,
        info: &TermInfo,
    ) -> Result<Option<Arc<FrequentTerm>>> {
        if info.doc_freq < reader.max_doc() / FREQUENT_SHARE {
            return Ok(None);
        }
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(term) = lock().get(field, text) {
            return Ok(Some(term));
        }
        let term = Arc::new(FrequentTerm::read(reader, field, info)?);
        lock().keep(field, text, term.clone());
        Ok(Some(term))
    }

    /// What is kept, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).bytes()
    }
}

impl Kept {
    fn get(&mut self, field: Field, text: &str) -> Option<Arc<FrequentTerm>> {
        self.now += 1;
        let found = self.terms.get_mut(text)?.iter_mut().find(|kept| kept.field == field)?;
        found.used = self.now;
        Some(found.term.clone())
    }

    fn keep(&mut self, field: Field, text: &str, term: Arc<FrequentTerm>) {
        if self.get(field, text).is_some() {
            return;
        }
        while self.count >= LEAST_KEPT && self.bytes() + term.bytes() > MOST_BYTES {
            self.drop_oldest();
        }
        self.terms.entry(text.to_owned()).or_default().push(KeptTerm { field, term, used: self.now });
        self.count += 1;
    }

    fn drop_oldest(&mut self) {
        let Some(oldest) = self.terms.values().flatten().map(|kept| kept.used).min() else { return };
        self.terms.retain(|_, kept| {
            kept.retain(|kept| kept.used != oldest);
            !kept.is_empty()
        });
        self.count = self.terms.values().map(Vec::len).sum();
    }

    fn bytes(&self) -> usize {
        self.terms.values().flatten().map(|kept| kept.term.bytes()).sum()
    }
}
