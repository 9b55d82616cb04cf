//! Tagging again what is in the index, without its sources.

use std::collections::BTreeSet;

use super::documents::{Documents, in_threads};
use super::writer::IndexWriter;
use crate::document::{Document, Paragraph};
use crate::error::Result;
use crate::facet::FacetPath;

/// What tagging again has changed.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Reannotation {
    /// Documents read.
    pub documents: u64,
    /// Documents of which anything changed: a tag, a mention's place or rule, a topic's score.
    pub changed: u64,
    /// Every paragraph that gained or lost an actor or a topic, in the order of documents and ordinals.
    pub differences: Vec<TagDifference>,
}

/// What one paragraph has gained and lost.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct TagDifference {
    /// The document's id.
    pub document: String,
    /// The paragraph's ordinal, from 1.
    pub ordinal: u32,
    /// Paths of actors and topics that it has now.
    pub gained: Vec<FacetPath>,
    /// Paths of actors and topics that it had before.
    pub lost: Vec<FacetPath>,
}

/// Documents that are tagged at once.
const CHUNK: usize = 256;

impl IndexWriter {
    /// Tags every document again with the index's annotator, from the stored paragraphs, and commits.
    ///
    /// It is one commit: readers see all of the old tags or all of the new ones, and what was written before
    /// it, which is committed too. Only documents that have changed are written.
    ///
    /// # Errors
    ///
    /// As [`commit`](IndexWriter::commit); the index is then as at its last commit.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Document, Index};
    ///
    /// let index = Index::in_memory()?;
    /// let mut writer = index.writer()?;
    /// writer.add(&Document::parse("a", "China sent an envoy.")?)?; // not tagged
    /// writer.commit()?;
    /// let changes = writer.reannotate()?;
    /// assert_eq!(changes.differences[0].gained[0].as_str(), "/state/CHN");
    /// assert_eq!(index.searcher()?.search("actor:china")?.total.paragraphs, 1);
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn reannotate(&mut self) -> Result<Reannotation> {
        self.commit()?;
        let annotator = self.index().annotator.clone();
        let mut documents = Documents::new(self.index().reader.searcher(), self.index().fields);
        let mut outcome = Reannotation::default();
        loop {
            let chunk = documents.by_ref().take(CHUNK).collect::<Result<Vec<Document>>>();
            let chunk = chunk.or_else(|error| self.rollback().and(Err(error)))?;
            if chunk.is_empty() {
                break;
            }
            let tagged = in_threads(&chunk, |document| annotator.annotate(document.clone()));
            for (old, new) in chunk.iter().zip(tagged) {
                outcome.documents += 1;
                if *old != new {
                    outcome.changed += 1;
                    outcome.differences.extend(differences(old, &new));
                    self.add(&new)?;
                }
            }
        }
        self.tagged_anew();
        self.commit()?;
        outcome.differences.sort();
        Ok(outcome)
    }
}

fn differences(old: &Document, new: &Document) -> Vec<TagDifference> {
    let paragraphs = old.paragraphs.iter().zip(&new.paragraphs);
    let differences = paragraphs.map(|(before, after)| {
        let (had, has) = (paths(before), paths(after));
        TagDifference {
            document: old.id.clone(),
            ordinal: before.ordinal,
            gained: has.difference(&had).map(|&path| path.clone()).collect(),
            lost: had.difference(&has).map(|&path| path.clone()).collect(),
        }
    });
    differences.filter(|difference| !difference.gained.is_empty() || !difference.lost.is_empty()).collect()
}

fn paths(paragraph: &Paragraph) -> BTreeSet<&FacetPath> {
    let actors = paragraph.actors.iter().map(|tag| &tag.path);
    actors.chain(paragraph.topics.iter().map(|tag| &tag.path)).collect()
}
