//! Documents made again from the originals that an index keeps.

use super::documents::{Documents, in_threads};
use super::writer::IndexWriter;
use crate::document::Document;
use crate::error::{Error, Result};
use crate::parse::Parser;

/// What parsing again has changed.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Reparse {
    /// Documents read.
    pub documents: u64,
    /// The ids of documents that have changed, in order: a paragraph, a heading, a field, a repair or a tag.
    pub changed: Vec<String>,
    /// Documents that came without an original, and are as they were.
    pub without_original: u64,
    /// What the parser said of documents that it could not use, which are as they were; each names the document.
    pub failures: Vec<Error>,
}

/// Documents that are parsed at once.
const CHUNK: usize = 64;

impl IndexWriter {
    /// Parses every document again from its [original](Document::original), as [`Parser::parse_again`] does, tags it
    /// with the index's annotator, and commits.
    ///
    /// It is one commit: readers see all documents as they were or all as they are now. Only those that have
    /// changed are written.
    ///
    /// # Errors
    ///
    /// As [`commit`](IndexWriter::commit); the index is then as at its last commit.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Index, Parser, RepairKind};
    ///
    /// let index = Index::in_memory()?;
    /// let careless = Parser::builder().repair(RepairKind::Dehyphenated, false).keep_original(true).build();
    /// let mut writer = index.writer()?;
    /// writer.add(&careless.parse("a", "The minis-\nters met.")?)?;
    /// writer.commit()?;
    /// assert_eq!(index.searcher()?.count("ministers")?.total.paragraphs, 0);
    /// assert_eq!(writer.reparse(&Parser::new())?.changed, ["a"]);
    /// assert_eq!(index.searcher()?.count("ministers")?.total.paragraphs, 1);
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn reparse(&mut self, parser: &Parser) -> Result<Reparse> {
        self.commit()?;
        let annotator = self.index().annotator.clone();
        let mut documents = Documents::new(self.index().reader.searcher(), self.index().fields);
        let mut outcome = Reparse::default();
        loop {
            let chunk = documents.by_ref().take(CHUNK).collect::<Result<Vec<Document>>>();
            let chunk = chunk.or_else(|error| self.rollback().and(Err(error)))?;
            if chunk.is_empty() {
                break;
            }
            let again = in_threads(&chunk, |old| {
                let parsed = parser.parse_again(old).transpose()?;
                Some(parsed.map(|new| annotator.annotate(new)))
            });
            for (old, new) in chunk.iter().zip(again) {
                outcome.documents += 1;
                match new {
                    None => outcome.without_original += 1,
                    Some(Err(error)) => outcome.failures.push(error),
                    Some(Ok(new)) if new == *old => {}
                    Some(Ok(new)) => {
                        self.add(&new)?;
                        outcome.changed.push(new.id);
                    }
                }
            }
        }
        self.commit()?;
        outcome.changed.sort();
        Ok(outcome)
    }
}
