//! What is asked of a document before it is indexed, and what follows from it for each of its paragraphs.

use std::collections::BTreeSet;

use crate::document::{Document, Paragraph};
use crate::error::{Error, Result};
use crate::facet::{Dimension, FacetPath};

/// Whether a document can be indexed, replaced and deleted.
pub(crate) fn check(document: &Document) -> Result<()> {
    // Tantivy drops longer terms without a word, and a document that cannot be found cannot be replaced.
    const MAX_ID_BYTES: usize = 1_000;
    if document.id.trim().is_empty() {
        return Err(Error::source_text("document", "its id is blank"));
    }
    if document.id.len() > MAX_ID_BYTES {
        return Err(Error::value("document id", &document.id, "expected at most 1000 bytes"));
    }
    if document.paragraphs.is_empty() {
        return Err(Error::source_text(&document.id, "no paragraph in the document"));
    }
    for (index, paragraph) in document.paragraphs.iter().enumerate() {
        if paragraph.ordinal as usize != index + 1 {
            let reason = format!("expected paragraph ordinal {}, found {}", index + 1, paragraph.ordinal);
            return Err(Error::source_text(&document.id, reason));
        }
        if paragraph.text.trim().is_empty() {
            return Err(Error::source_text(&document.id, format!("paragraph {} is blank", paragraph.ordinal)));
        }
    }
    Ok(())
}

/// By section, whether a paragraph stands in it. With the headings of these alone a document as a whole holds a word where, and
/// only where, one of its paragraphs does, so that ranking may begin with documents.
pub(super) fn used_sections(document: &Document) -> Vec<bool> {
    let mut used = vec![false; document.sections.len()];
    for paragraph in &document.paragraphs {
        let mut next = paragraph.section.map(|section| section as usize);
        while let Some(section) = next.filter(|&section| used.get(section) == Some(&false)) {
            used[section] = true;
            let parent = document.sections[section].parent.map(|parent| parent as usize);
            next = parent.filter(|&parent| parent < section);
        }
    }
    used
}

/// The facets of a paragraph, each path once.
pub(crate) fn facets(document: &Document, paragraph: &Paragraph) -> BTreeSet<(Dimension, FacetPath)> {
    let mut facets = BTreeSet::new();
    for actor in &paragraph.actors {
        facets.insert((Dimension::Actor, actor.path.clone()));
        for mention in &actor.mentions {
            facets.extend(FacetPath::of_value(mention.kind.as_str()).map(|path| (Dimension::MentionKind, path)));
        }
    }
    facets.extend(paragraph.topics.iter().map(|topic| (Dimension::Topic, topic.path.clone())));
    let authors = document.byline.iter().map(|author| (Dimension::Author, author.as_str()));
    let source = document.source.iter().map(|source| (Dimension::Source, source.as_str()));
    let language = document.language.iter().map(|language| (Dimension::Language, language.as_str()));
    for (dimension, value) in authors.chain(source).chain(language) {
        facets.extend(FacetPath::of_value(value).map(|path| (dimension, path)));
    }
    facets
}
