//! The figures that scores are made of: how many paragraphs there are, how long, and how many hold a term.
//!
//! A search notes the figures that it asked the index for, and a cursor takes them along: the next page is
//! scored with the same ones, so that paragraphs keep their scores, and with them their order, when documents have
//! been added in between.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use tantivy::query::{Bm25StatisticsProvider, EnableScoring, Query, Weight};
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use crate::error::{Error, Result};

/// Figures of one commit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Figures {
    paragraphs: u64,
    documents: u64,
    /// Words of each field, by its number.
    words: BTreeMap<u32, u64>,
    /// Paragraphs with each term, by a hash of it.
    frequencies: BTreeMap<u32, u64>,
}

impl Figures {
    /// Those of so many paragraphs, before anything else is asked.
    pub(crate) fn of(paragraphs: u64) -> Figures {
        Figures { paragraphs, ..Figures::default() }
    }

    /// Whether scores can be made of them: there is something to be rare among.
    pub(crate) fn is_sound(&self) -> bool {
        self.paragraphs > 0
    }
}

/// Answers the engine's questions, from the index or as they were answered before.
pub(crate) struct Statistics<'a> {
    searcher: &'a Searcher,
    // The engine asks for a provider that can be shared between threads.
    figures: Mutex<Figures>,
}

impl<'a> Statistics<'a> {
    /// The figures of the searcher's commit, but for those that are `known`.
    pub(crate) fn new(searcher: &'a Searcher, known: Option<Figures>) -> Statistics<'a> {
        let figures = known.unwrap_or_else(|| {
            let paragraphs = searcher.segment_readers().iter().map(|reader| u64::from(reader.max_doc())).sum();
            Figures::of(paragraphs)
        });
        Statistics { searcher, figures: Mutex::new(figures) }
    }

    /// How many documents there are; `field` holds their ids.
    pub(crate) fn documents(&self, field: Field) -> Result<u64> {
        let mut figures = self.figures();
        if figures.documents == 0 {
            for reader in self.searcher.segment_readers() {
                let ids = reader.inverted_index(field).map_err(|error| Error::storage("counting documents", error))?;
                figures.documents += ids.terms().num_terms() as u64;
            }
        }
        Ok(figures.documents)
    }

    /// In how many paragraphs a term is that is in `here` of one segment, which is not asked again.
    fn frequency(&self, term: &Term, here: u32) -> tantivy::Result<u64> {
        match self.searcher.segment_readers() {
            [_] => self.known_or(term, || Ok(u64::from(here))),
            _ => self.doc_freq(term),
        }
    }

    /// In how many paragraphs a term is; `ask` is asked where it was not before.
    fn known_or(&self, term: &Term, ask: impl FnOnce() -> tantivy::Result<u64>) -> tantivy::Result<u64> {
        let hash = hash(term.serialized_value_bytes(), term.field().field_id());
        let mut figures = self.figures();
        if let Some(&frequency) = figures.frequencies.get(&hash) {
            // The engine takes it for a bug when a word is in more paragraphs than there are.
            return Ok(frequency.min(figures.paragraphs));
        }
        // A term that came later may be in more paragraphs than there were.
        let frequency = ask()?.min(figures.paragraphs);
        figures.frequencies.insert(hash, frequency);
        Ok(frequency)
    }

    /// What has been asked for.
    pub(crate) fn figures(&self) -> std::sync::MutexGuard<'_, Figures> {
        self.figures.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The figures of a search as they are of one kind of rows.
#[derive(Clone, Copy)]
pub(crate) struct RowStatistics<'a> {
    statistics: &'a Statistics<'a>,
    /// How many rows there are where each stands for a document.
    documents: Option<u64>,
}

impl<'a> RowStatistics<'a> {
    /// Rows are paragraphs.
    pub(crate) fn of_paragraphs(statistics: &'a Statistics<'a>) -> RowStatistics<'a> {
        RowStatistics { statistics, documents: None }
    }

    /// Rows are documents; `field` holds their ids.
    pub(crate) fn of_documents(statistics: &'a Statistics<'a>, field: Field) -> Result<RowStatistics<'a>> {
        Ok(RowStatistics { statistics, documents: Some(statistics.documents(field)?) })
    }

    /// In how many rows a term is that is in `here` of one segment.
    pub(crate) fn frequency(&self, term: &Term, here: u32) -> tantivy::Result<u64> {
        // As for the engine, see below.
        Ok(self.statistics.frequency(term, here)?.min(self.documents.unwrap_or(u64::MAX)))
    }

    /// The weight of a query that scores.
    pub(crate) fn weight(&self, query: &dyn Query) -> Result<Box<dyn Weight>> {
        let scoring = EnableScoring::enabled_from_statistics_provider(self, self.statistics.searcher);
        query.weight(scoring).map_err(|error| Error::storage("preparing a query", error))
    }
}

impl Bm25StatisticsProvider for RowStatistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.statistics.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        self.documents.map_or_else(|| self.statistics.total_num_docs(), Ok)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        // A document that was replaced before it was committed is there twice under one id.
        Ok(self.statistics.doc_freq(term)?.min(self.documents.unwrap_or(u64::MAX)))
    }
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        let mut figures = self.figures();
        if let Some(&words) = figures.words.get(&field.field_id()) {
            return Ok(words);
        }
        let words = Bm25StatisticsProvider::total_num_tokens(self.searcher, field)?;
        figures.words.insert(field.field_id(), words);
        Ok(words)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.figures().paragraphs)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.known_or(term, || self.searcher.doc_freq(term))
    }
}

/// FNV-1a (Fowler, Noll and Vo), folded to 32 bits: the same on every machine and in every version.
fn hash(bytes: &[u8], seed: u32) -> u32 {
    let hash = fnv1a(seed.to_le_bytes().into_iter().chain(bytes.iter().copied()));
    (hash ^ (hash >> 32)) as u32
}

/// FNV-1a over 64 bits.
pub(crate) fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3))
}
