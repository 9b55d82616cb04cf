//! Documents that keep what they were parsed from, and are parsed from it again.

use super::{Parser, decode};
use crate::document::{Document, Format, Original};
use crate::error::Result;

impl Parser {
    pub(super) fn with_original(&self, mut document: Document, format: Format, bytes: &[u8]) -> Document {
        if self.keep_original {
            document.original = Some(Original { format, bytes: bytes.to_vec() });
        }
        document
    }

    /// Parses a document again from its [original](Document::original), say with other repairs; `None` where
    /// none was kept.
    ///
    /// Title, byline, date, source and language that the text does not tell, and metadata, stay as they were; of
    /// JSON Lines they all do. The new document is not annotated, and has the same original.
    ///
    /// # Errors
    ///
    /// As [`Parser::parse`].
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Parser, RepairKind};
    ///
    /// let careless = Parser::builder().repair(RepairKind::Dehyphenated, false).keep_original(true).build();
    /// let document = careless.parse("a", "The minis-\nters met.")?;
    /// let again = Parser::new().parse_again(&document)?.expect("the original was kept");
    /// assert_eq!(again.paragraphs[0].text, "The ministers met.");
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn parse_again(&self, document: &Document) -> Result<Option<Document>> {
        let Some(Original { format, bytes }) = &document.original else { return Ok(None) };
        let old = document.clone();
        let decoded = decode::decode(&old.id, bytes)?;
        let mut new = match format {
            Format::JsonLines => {
                let body = self.parse_body(&old.id, &decoded.text)?;
                Document { title: old.title, byline: old.byline, date: old.date, source: old.source, ..body }
            }
            format => {
                let new = self.parse_decoded(&old.id, decoded, bytes, *format)?;
                Document {
                    title: new.title.or(old.title),
                    byline: if new.byline.is_empty() { old.byline } else { new.byline },
                    date: new.date.or(old.date),
                    source: new.source.or(old.source),
                    ..new
                }
            }
        };
        new.language = match format {
            Format::JsonLines => old.language.or(new.language),
            _ => new.language.or(old.language),
        };
        let told = std::mem::replace(&mut new.metadata, old.metadata);
        new.metadata.extend(told);
        new.original = old.original;
        Ok(Some(new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::RepairKind;

    #[test]
    fn the_original_is_kept_byte_for_byte_and_ranges_count_in_it() -> Result<()> {
        let keeping = Parser::builder().keep_original(true).build();
        let latin = b"Caf\xe9 talks.\n\n[Page 3]\n\nNo date.";
        for (name, bytes, format) in [
            ("a.txt", latin.as_slice(), Format::Text),
            ("a.md", b"# Gas\n\nText.".as_slice(), Format::Markdown),
            #[cfg(feature = "html")]
            ("a.html", b"<h1>Gas</h1><p>Text.".as_slice(), Format::Html),
        ] {
            let document = keeping.read(name, bytes).next().expect("a document")?;
            let original = document.original.as_ref().expect("it is kept");
            assert_eq!((original.bytes.as_slice(), original.format), (bytes, format));
            let last = document.paragraphs.last().and_then(|one| one.source.last()).expect("a paragraph");
            let tail = &original.bytes[last.range()];
            assert!(tail.ends_with(b"."), "{:?}", String::from_utf8_lossy(tail));
            assert_eq!(keeping.parse_again(&document)?.as_ref(), Some(&document), "{name}");
            let json = serde_json::to_string(&document).expect("JSON");
            assert_eq!(serde_json::from_str::<Document>(&json).expect("a document"), document);
        }
        assert_eq!(Parser::new().parse("a", "Text.")?.original, None);
        Ok(())
    }

    #[test]
    fn json_lines_keep_their_fields_when_parsed_again() -> Result<()> {
        let careless = Parser::builder().repair(RepairKind::PageNumber, false).keep_original(true).build();
        let line = r#"{"id": "a", "title": "Gas", "date": "2022-03", "author": "X", "n": 1, "text": "By Y\n\n[Page 3]\n\nIt fell."}"#;
        let document = careless.json_lines("lines", line.as_bytes()).next().expect("a line")?;
        let again = Parser::new().parse_again(&document)?.expect("the original was kept");
        let expected = Parser::new().json_lines("lines", line.as_bytes()).next().expect("a line")?;
        assert_ne!(again.paragraphs, document.paragraphs);
        assert_eq!(Document { original: None, ..again }, expected);
        Ok(())
    }
}
