//! The document that grows as titles, headings and paragraphs come in, in the order of the text.

use super::compose::Composed;
use crate::document::{Document, Paragraph, ParagraphKind, Section};

/// Puts paragraphs under the headings above them.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) document: Document,
    /// The sections a next heading could stand in, the outermost first.
    open: Vec<u32>,
}

impl Outline {
    pub(super) fn new(id: &str) -> Outline {
        Outline { document: Document { id: id.to_owned(), ..Document::default() }, open: Vec::new() }
    }

    /// Takes the room for what will come in, so that none is left behind while the lists grow.
    pub(super) fn reserve(&mut self, sections: usize, paragraphs: usize) {
        self.document.sections.reserve_exact(sections);
        self.document.paragraphs.reserve_exact(paragraphs);
    }

    pub(super) fn title(&mut self, composed: Composed) {
        self.document.title = Some(composed.text);
        self.document.title_source = composed.source;
    }

    pub(super) fn heading(&mut self, level: u8, composed: Composed) {
        let sections = &mut self.document.sections;
        while self.open.last().is_some_and(|&last| sections[last as usize].level >= level) {
            self.open.pop();
        }
        let parent = self.open.last().copied();
        self.open.push(sections.len() as u32);
        let (heading, source) = (composed.text, composed.source);
        sections.push(Section { heading, level, parent, source, actors: Vec::new() });
    }

    /// A blank text is no paragraph.
    pub(super) fn paragraph(&mut self, kind: ParagraphKind, composed: Composed) {
        if composed.text.trim().is_empty() {
            return;
        }
        self.document.paragraphs.push(Paragraph {
            ordinal: self.document.paragraphs.len() as u32 + 1,
            kind,
            section: self.open.last().copied(),
            text: composed.text,
            source: composed.source,
            links: composed.links,
            ..Paragraph::default()
        });
    }
}
