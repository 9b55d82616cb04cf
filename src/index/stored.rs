//! What is stored of a paragraph: all that a hit shows, and once a document the rest of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tantivy::schema::{Field, Value};
use tantivy::{DocAddress, Searcher, TantivyDocument};

use super::packed_paragraph::{pack, pack_original, unpack, unpack_original};
use crate::date::Date;
use crate::document::{ActorTag, Document, Format, Language, Original, Paragraph, Repair, Section, Spans};
use crate::error::{Error, ErrorKind, Result};

/// One paragraph with what a hit needs of its document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredParagraph {
    pub(crate) document: String,
    pub(crate) title: Option<String>,
    pub(crate) date: Option<Date>,
    pub(crate) language: Option<Language>,
    pub(crate) headings: Vec<String>,
    pub(crate) paragraph: Paragraph,
    /// On the first paragraph only.
    pub(crate) record: Option<DocumentRecord>,
    /// The piece of the document's original that ends with this paragraph, where it is kept; pieces follow each
    /// other without a gap. In its paragraph's block of the store it compresses to little, because the block
    /// holds nearly the same bytes already.
    #[serde(skip)]
    pub(crate) original: Vec<u8>,
}

/// The parts of a document that are not in its paragraphs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DocumentRecord {
    title_source: Spans,
    title_actors: Vec<ActorTag>,
    byline: Vec<String>,
    source: Option<String>,
    /// As JSON text, because the stored form does not describe itself and a JSON value has to.
    metadata: String,
    sections: Vec<Section>,
    repairs: Vec<Repair>,
    /// How the original is written, where it is kept.
    original: Option<Format>,
}

impl DocumentRecord {
    pub(crate) fn of(document: &Document) -> DocumentRecord {
        DocumentRecord {
            title_source: document.title_source.clone(),
            title_actors: document.title_actors.clone(),
            byline: document.byline.clone(),
            source: document.source.clone(),
            metadata: serde_json::to_string(&document.metadata).expect("a map of JSON values is JSON"),
            sections: document.sections.clone(),
            repairs: document.repairs.clone(),
            original: document.original.as_ref().map(|original| original.format),
        }
    }
}

impl StoredParagraph {
    /// The stored form of the paragraph at `index` of a document, without anything of the original, not even that
    /// there is one.
    #[cfg(feature = "quickwit")]
    pub(crate) fn without_original(document: &Document, index: usize) -> StoredParagraph {
        let paragraph = &document.paragraphs[index];
        let record = (index == 0).then(|| DocumentRecord { original: None, ..DocumentRecord::of(document) });
        StoredParagraph {
            document: document.id.clone(),
            title: document.title.clone(),
            date: document.date,
            language: document.language,
            headings: document.heading_path(paragraph).into_iter().map(str::to_owned).collect(),
            paragraph: paragraph.clone(),
            record,
            original: Vec::new(),
        }
    }

    /// The bytes of the paragraph at `index` of a document: packed, then its [piece](pieces) of the original,
    /// then a checksum. A damaged store then gives back every paragraph that is sound, and none that is not.
    pub(crate) fn bytes_of(document: &Document, index: usize, original: &[u8]) -> Vec<u8> {
        // Tags take a few dozen bytes; a record grows the vector once.
        let mut bytes = Vec::with_capacity(document.paragraphs[index].text.len() + original.len() + 256);
        pack(document, index, &mut bytes);
        pack_original(original, &mut bytes);
        let crc = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Without the piece of the original, which no hit shows.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<StoredParagraph> {
        StoredParagraph::split(bytes).map(|(stored, _)| stored)
    }

    /// With the piece of the original.
    pub(crate) fn whole_from_bytes(bytes: &[u8]) -> Result<StoredParagraph> {
        let (stored, piece) = StoredParagraph::split(bytes)?;
        let original = unpack_original(piece).ok_or_else(not_a_paragraph)?;
        Ok(StoredParagraph { original, ..stored })
    }

    fn split(bytes: &[u8]) -> Result<(StoredParagraph, &[u8])> {
        let sound =
            bytes.split_last_chunk().filter(|(packed, crc)| crc32fast::hash(packed) == u32::from_le_bytes(**crc));
        let Some((packed, _)) = sound else {
            let reason = "the checksum of a stored paragraph does not fit".to_owned();
            return Err(ErrorKind::Damaged { file: "document store".to_owned(), reason }.into());
        };
        unpack(packed).ok_or_else(not_a_paragraph)
    }

    /// Reads a paragraph from the index, without its piece of the original; `field` is where it is stored.
    pub(crate) fn fetch(searcher: &Searcher, field: Field, address: DocAddress) -> Result<StoredParagraph> {
        StoredParagraph::fetch_as(searcher, field, address, StoredParagraph::from_bytes)
    }

    /// As [`fetch`](StoredParagraph::fetch), with its piece of the original.
    pub(crate) fn fetch_whole(searcher: &Searcher, field: Field, address: DocAddress) -> Result<StoredParagraph> {
        StoredParagraph::fetch_as(searcher, field, address, StoredParagraph::whole_from_bytes)
    }

    fn fetch_as(
        searcher: &Searcher,
        field: Field,
        address: DocAddress,
        read: impl FnOnce(&[u8]) -> Result<StoredParagraph>,
    ) -> Result<StoredParagraph> {
        let document: TantivyDocument =
            searcher.doc(address).map_err(|error| Error::storage("reading a stored paragraph", error))?;
        let Some(bytes) = document.get_first(field).and_then(|value| value.as_bytes()) else {
            let reason = "expected a stored paragraph".to_owned();
            return Err(ErrorKind::Damaged { file: "document store".to_owned(), reason }.into());
        };
        read(bytes)
    }

    /// The whole document again, from its paragraphs in their order.
    pub(crate) fn assemble(paragraphs: Vec<StoredParagraph>) -> Option<Document> {
        let mut document = Document::default();
        for (index, stored) in paragraphs.into_iter().enumerate() {
            if index == 0 {
                let record = stored.record?;
                let metadata: BTreeMap<_, _> = serde_json::from_str(&record.metadata).ok()?;
                document = Document {
                    id: stored.document,
                    title: stored.title,
                    title_source: record.title_source,
                    title_actors: record.title_actors,
                    byline: record.byline,
                    date: stored.date,
                    source: record.source,
                    language: stored.language,
                    metadata,
                    sections: record.sections,
                    paragraphs: Vec::new(),
                    repairs: record.repairs,
                    original: record.original.map(|format| Original { format, bytes: Vec::new() }),
                };
            }
            if let Some(original) = &mut document.original {
                original.bytes.extend_from_slice(&stored.original);
            }
            document.paragraphs.push(stored.paragraph);
        }
        (!document.paragraphs.is_empty()).then_some(document)
    }
}

fn not_a_paragraph() -> Error {
    let reason = "a stored paragraph is none, though its checksum fits".to_owned();
    ErrorKind::Damaged { file: "document store".to_owned(), reason }.into()
}

/// The pieces of a document's original, one a paragraph: from the end of the paragraph before to the end of
/// this one, the last one's to the end of all. Whatever the paragraphs' ranges are, together they are the original.
pub(crate) fn pieces(document: &Document) -> impl Iterator<Item = &[u8]> {
    let bytes = document.original.as_ref().map_or(&[][..], |original| &original.bytes);
    let last = document.paragraphs.len().saturating_sub(1);
    let mut from = 0;
    document.paragraphs.iter().enumerate().map(move |(index, paragraph)| {
        let end = paragraph.source.last().map_or(0, |span| span.end);
        let to = if index == last { bytes.len() } else { end.clamp(from, bytes.len()) };
        let piece = &bytes[from..to];
        from = to;
        piece
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Span;

    #[test]
    fn a_document_comes_back_whole() -> Result<()> {
        let mut document = Document::parse("a", "One.\n\nTwo.")?;
        document.title = Some("Title".to_owned());
        document.date = Some("2022-02".parse()?);
        document.language = Some(Language::ENGLISH);
        document.metadata.insert("n".to_owned(), serde_json::json!({"deep": [1, null]}));
        document.sections.push(Section {
            heading: "H".to_owned(),
            level: 1,
            parent: None,
            source: Span::new(0, 1).into(),
            actors: Vec::new(),
        });
        document.paragraphs[1].section = Some(0);
        let mut stored = Vec::new();
        for index in 0..document.paragraphs.len() {
            stored.push(StoredParagraph::from_bytes(&StoredParagraph::bytes_of(&document, index, &[]))?);
        }
        assert_eq!(stored[1].headings, ["H"]);
        assert_eq!(StoredParagraph::assemble(stored), Some(document));
        Ok(())
    }

    #[test]
    fn an_original_comes_back_whole_whatever_the_ranges() -> Result<()> {
        let text = "One.\n\nTwo.\n\nThree.\n\n[Page 4]\n";
        let parser = crate::Parser::builder().keep_original(true).build();
        let mut document = parser.parse("a", text)?;
        for ends in [None, Some([9, 2, 1_000]), Some([0, 0, 0])] {
            for (paragraph, end) in document.paragraphs.iter_mut().zip(ends.into_iter().flatten()) {
                paragraph.source = Span::new(0, end).into();
            }
            let stored = pieces(&document).enumerate().map(|(index, piece)| {
                StoredParagraph::whole_from_bytes(&StoredParagraph::bytes_of(&document, index, piece))
            });
            let assembled = StoredParagraph::assemble(stored.collect::<Result<_>>()?);
            assert_eq!(assembled.as_ref(), Some(&document));
        }
        Ok(())
    }
}
