//! Stage 1: bytes become a [`Document`].

use crate::document::{Document, Paragraph, Span};
use crate::error::{Error, Result};

/// Turns source texts into [`Document`]s.
#[derive(Debug, Clone, Default)]
pub struct Parser {}

impl Parser {
    /// A parser with every repair on.
    pub fn new() -> Parser {
        Parser::default()
    }

    /// Parses a plain text.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the id or the text is blank.
    pub fn parse(&self, id: &str, source: &str) -> Result<Document> {
        let mut document = Document { id: id.to_owned(), ..Document::default() };
        let mut start = 0;
        for block in source.split("\n\n") {
            let text = block.trim();
            if !text.is_empty() {
                let at = start + (block.len() - block.trim_start().len());
                document.paragraphs.push(Paragraph {
                    ordinal: document.paragraphs.len() as u32 + 1,
                    text: text.to_owned(),
                    source: vec![Span::new(at, at + text.len())],
                    ..Paragraph::default()
                });
            }
            start += block.len() + 2;
        }
        if id.trim().is_empty() {
            return Err(Error::source_text("document", "its id is blank"));
        }
        if document.paragraphs.is_empty() {
            return Err(Error::source_text(id, "no paragraph in the text"));
        }
        Ok(document)
    }
}

impl Document {
    /// Parses a plain text with the default [`Parser`].
    ///
    /// # Errors
    ///
    /// As [`Parser::parse`].
    pub fn parse(id: &str, source: &str) -> Result<Document> {
        Parser::new().parse(id, source)
    }
}
