//! Whole documents: taking all of them out, deleting those that a query finds.

use std::collections::BTreeSet;

use super::query::{Diagnostic, Query};
use super::rank::Ranking;
use super::request::Request;
use super::searcher::Searcher;
use crate::document::Document;
use crate::error::{Error, Result};
use crate::index::{Documents, IndexWriter};

impl IndexWriter {
    /// Deletes every document of which a paragraph matches, and returns their ids in order.
    ///
    /// The query sees the newest commit; what was added since is not looked at. Documents go whole, so that
    /// none is ever half there. A word finds what holds the word, not the other names of an actor that it names; `*`
    /// finds every document.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the query is blank, a filter has no value, or anything else is odd about it, be it
    /// that a name is not known or only guessed: what a search may shrug at, a deletion must not guess. [`ErrorKind::Writing`](crate::ErrorKind::Writing) when the engine below fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Document, Index};
    ///
    /// let index = Index::in_memory()?;
    /// let mut writer = index.writer()?;
    /// writer.add(&Document::parse("a", "An embargoed text.\n\nMore of it.")?)?;
    /// writer.add(&Document::parse("b", "A public text.")?)?;
    /// writer.commit()?;
    /// assert_eq!(writer.delete_matching("embargoed")?, ["a"]);
    /// writer.commit()?;
    /// assert_eq!(index.searcher()?.paragraphs(), 1);
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn delete_matching(&mut self, query: impl Into<Query>) -> Result<Vec<String>> {
        let query = query.into();
        let searcher = Searcher::of(self.index())?;
        let documents: BTreeSet<String> = searcher.matching_documents(&query)?;
        for id in &documents {
            self.delete(id)?;
        }
        Ok(documents.into_iter().collect())
    }
}

impl Searcher {
    /// All documents as they were added, each read when it is asked for, in no particular order: the way to
    /// take everything out of an index, or into another.
    ///
    /// # Errors
    ///
    /// An entry [`is_storage`](Error::is_storage) when a document cannot be read; it is the last.
    pub fn documents(&self) -> impl Iterator<Item = Result<Document>> + use<> {
        Documents::new(self.tantivy.clone(), self.index.fields)
    }

    /// The ids of all documents of which a paragraph matches a query that has nothing odd about it.
    fn matching_documents(&self, query: &Query) -> Result<BTreeSet<String>> {
        let as_written = Request::new(query.clone()).ranking(Ranking::bm25());
        let compiled = self.compile(&as_written)?;
        expect_plain(query, &compiled.diagnostics)?;
        let mut matching = BTreeSet::new();
        for (segment, found) in self.find_all(&compiled)?.iter().enumerate() {
            let (reader, arrays) = self.segment(segment);
            let documents = arrays.documents(reader)?;
            let numbers: BTreeSet<u32> = found.iter().map(|doc| documents[doc as usize]).collect();
            for number in numbers {
                matching.insert(arrays.id(reader, number)?.to_string());
            }
        }
        Ok(matching)
    }
}

/// Refuses a query that says nothing, or with something odd about it.
fn expect_plain(query: &Query, diagnostics: &[Diagnostic]) -> Result<()> {
    if query.says_too_little() {
        let reason = "it is blank or a filter has no value; \"*\" alone is every document";
        return Err(Error::value("query", query.to_string(), reason));
    }
    match diagnostics.iter().find(|diagnostic| !diagnostic.is_note()) {
        Some(odd) => Err(Error::value("query", query.to_string(), odd.message().to_owned())),
        None => Ok(()),
    }
}
