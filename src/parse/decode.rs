//! Bytes become text: encodings, and what is no text at all.

use std::borrow::Cow;

use crate::document::{Document, Repair, RepairKind, Span};
use crate::error::{Error, Result};

/// A text and how it stands to its bytes.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    /// Where in the bytes each character of the text starts, or `None` where the two are the same.
    map: Option<OffsetMap>,
    repairs: Vec<Repair>,
}

/// Offsets of text and of bytes, side by side, at every point where they may drift apart.
struct OffsetMap {
    /// Text offset, byte offset, and how a text character counts from there on.
    points: Vec<(usize, usize)>,
    unit: Unit,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// As in UTF-8: byte for byte.
    Same,
    /// One byte a character.
    Single,
    /// UTF-16 code units.
    Double,
}

/// Decodes bytes to text, or says what they are instead.
pub(super) fn decode<'a>(name: &str, bytes: &'a [u8]) -> Result<Decoded<'a>> {
    if let Some(what) = what_it_is(bytes) {
        return Err(Error::source_text(name, format!("found {what}, expected text")));
    }
    let utf16 = match bytes {
        [0xff, 0xfe, ..] => Some((encoding_rs::UTF_16LE, 2)),
        [0xfe, 0xff, ..] => Some((encoding_rs::UTF_16BE, 2)),
        _ => unmarked_utf16(bytes).map(|encoding| (encoding, 0)),
    };
    if let Some((encoding, mark)) = utf16 {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        let map = OffsetMap { points: vec![(0, mark)], unit: Unit::Double };
        return Ok(Decoded { text, map: Some(map), repairs: vec![said(encoding, bytes)] });
    }
    if bytes.contains(&0) {
        return Err(Error::source_text(name, "found binary data (zero bytes), expected text"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Decoded { text: Cow::Borrowed(text), map: None, repairs: Vec::new() }),
        Err(_) if is_mostly_utf8(bytes) => Ok(lossy(bytes)),
        Err(_) => {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            let map = OffsetMap { points: vec![(0, 0)], unit: Unit::Single };
            Ok(Decoded { text, map: Some(map), repairs: vec![said(encoding_rs::WINDOWS_1252, bytes)] })
        }
    }
}

fn said(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> Repair {
    Repair { kind: RepairKind::Decoded, span: Span::new(0, bytes.len()), text: encoding.name().to_owned() }
}

/// Names a file format by its first bytes.
pub(super) fn what_it_is(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 16] = [
        (b"%PDF-", "a PDF file"),
        (b"PK\x03\x04", "a ZIP archive (docx, odt, epub and xlsx are such)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office file"),
        (b"{\\rtf", "an RTF file"),
        (b"%!PS", "a PostScript file"),
        (b"\x1f\x8b", "gzip-compressed data"),
        (b"\x28\xb5\x2f\xfd", "zstd-compressed data"),
        (b"\xfd7zXZ\x00", "xz-compressed data"),
        (b"BZh", "bzip2-compressed data"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"\x89PNG\r\n", "a PNG image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"\x7fELF", "an executable"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"II*\x00", "a TIFF image"),
    ];
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, what)| *what)
}

/// UTF-16 without its mark: in Western text every second byte is zero.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let sample = &bytes[..bytes.len().min(1_000) & !1];
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let half = sample.len() / 2;
    match (zeros(0), zeros(1)) {
        _ if half < 4 => None,
        (0, odd) if 2 * odd > half => Some(encoding_rs::UTF_16LE),
        (even, 0) if 2 * even > half => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// Whether bad bytes are slips in a UTF-8 text and not the accents of another encoding: more characters
/// beyond ASCII are right than wrong.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right > wrong
}

fn lossy(bytes: &[u8]) -> Decoded<'_> {
    let mut text = String::with_capacity(bytes.len());
    let mut points = vec![(0, 0)];
    let mut repairs = Vec::new();
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            points.push((text.len(), at));
            text.push(char::REPLACEMENT_CHARACTER);
            let end = at + chunk.invalid().len();
            let was: Vec<String> = chunk.invalid().iter().map(|byte| format!("{byte:02x}")).collect();
            repairs.push(Repair { kind: RepairKind::Replaced, span: Span::new(at, end), text: was.join(" ") });
            at = end;
            points.push((text.len(), at));
        }
    }
    Decoded { text: Cow::Owned(text), map: Some(OffsetMap { points, unit: Unit::Same }), repairs }
}

impl Decoded<'_> {
    /// Turns the ranges of a document parsed from the text into ranges of the bytes, and adds what
    /// decoding changed to its ledger.
    pub(super) fn settle(mut self, document: &mut Document, bytes: usize) {
        if let Some(map) = &self.map {
            map.apply(&self.text, document, bytes);
        }
        if !self.repairs.is_empty() {
            self.repairs.append(&mut document.repairs);
            self.repairs.sort_by_key(|repair| repair.span.start);
            document.repairs = self.repairs;
        }
    }
}

impl OffsetMap {
    fn apply(&self, text: &str, document: &mut Document, bytes: usize) {
        let mut spans: Vec<&mut Span> = document.title_source.iter_mut().collect();
        spans.extend(document.sections.iter_mut().flat_map(|section| &mut section.source));
        spans.extend(document.paragraphs.iter_mut().flat_map(|paragraph| &mut paragraph.source));
        spans.extend(document.repairs.iter_mut().map(|repair| &mut repair.span));
        let mut ends: Vec<&mut usize> = spans.into_iter().flat_map(|span| [&mut span.start, &mut span.end]).collect();
        ends.sort_unstable();
        let mut points = self.points.iter().copied().peekable();
        let (mut at, mut byte) = points.next().unwrap_or_default();
        for end in ends {
            while let Some(&(next, there)) = points.peek()
                && next <= *end
            {
                (at, byte) = (next, there);
                points.next();
            }
            let stretch = text.get(at..*end).unwrap_or_default();
            byte += match self.unit {
                Unit::Same => stretch.len(),
                Unit::Single => stretch.chars().count(),
                Unit::Double => 2 * stretch.chars().map(char::len_utf16).sum::<usize>(),
            };
            at = *end;
            *end = byte.min(bytes);
        }
    }
}
