//! A paragraph by its name alone.

/// A paragraph and how well it answers.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct RankedParagraph {
    /// Comparable within one result only.
    pub score: f32,
    /// The document's id.
    pub document: String,
    /// Place in the document, from 1.
    pub ordinal: u32,
}
