//! Stage 2, actors: who a paragraph names.

use demarche::{Annotator, Document, Result};

mod hard;
mod hostile;
mod own;

/// The ids of the actors of a text's paragraphs, in order and without repeats.
fn ids(document: &Document) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for actor in document.paragraphs.iter().flat_map(|paragraph| &paragraph.actors) {
        if !ids.contains(&actor.id.to_string()) {
            ids.push(actor.id.to_string());
        }
    }
    ids
}

#[test]
fn explain_and_annotate_agree() -> Result<()> {
    let annotator = Annotator::new();
    let text = "Moscow and Beijing signed a deal in Geneva; the Alliance (NATO) objected, and so did Jordan.";
    let document = annotator.annotate(Document::parse("1", text)?);
    let mut explained: Vec<String> = annotator
        .explain(text, None)
        .into_iter()
        .filter_map(|decision| decision.actor)
        .map(|id| id.to_string())
        .collect();
    explained.dedup();
    assert_eq!(ids(&document), explained);
    Ok(())
}
