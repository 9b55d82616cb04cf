//! The bytes of a stored paragraph: what repeats is written once, what follows from something else not at all.
//!
//! Written field by field, the tags of a paragraph took half as much room as its text, after compression as well: the
//! rule's name and its confidence again with every mention, the actor's id again as the last step of its path, every
//! cue as the taxonomy lists it and as the text has it, both ends of every span counted from the start, four bytes for
//! a score of three digits. Here a span is the distance from where it is expected, a cue is the place of its surface,
//! and a score is its thousandths. Paths, rules and cues that are frequent have [numbers](super::tag_texts); what the paragraphs of a
//! document have in common stands together at the start, so that the compressor finds it as one. What is in words is
//! [coded](super::coded_text).

use super::packed_values::{Reader, Writer};
use super::stored::{DocumentRecord, StoredParagraph};
use crate::document::{Document, Language, Link, Paragraph, ParagraphKind, Span, Spans};

/// Bits of the byte that says what there is of a paragraph; the lowest three are its kind.
const HAS_SECTION: u8 = 1 << 3;
const HAS_LINKS: u8 = 1 << 4;
const HAS_RECORD: u8 = 1 << 5;
/// The source is one range as long as the text: nothing was repaired.
const HAS_PLAIN_SOURCE: u8 = 1 << 6;

/// What a piece of an original begins with.
const IS_TEXT: u8 = 0;
const IS_BYTES: u8 = 1;

const KINDS: u8 = ParagraphKind::ALL.len() as u8;
const _: () = assert!(KINDS <= HAS_SECTION);

/// Appends the paragraph at `index` of a document.
pub(crate) fn pack(document: &Document, index: usize, into: &mut Vec<u8>) {
    let paragraph = &document.paragraphs[index];
    let mut writer = Writer { bytes: into };
    writer.text(&document.id);
    writer.number(u64::from(document.title.is_some()));
    document.title.iter().for_each(|title| writer.prose(title));
    writer.text(&document.date.map(|date| date.to_string()).unwrap_or_default());
    writer.text(document.language.as_ref().map_or("", Language::as_str));
    let headings = document.heading_path(paragraph);
    writer.number(headings.len() as u64);
    headings.into_iter().for_each(|heading| writer.prose(heading));
    writer.prose(&paragraph.text);

    let mut present = ParagraphKind::ALL.iter().position(|&kind| kind == paragraph.kind).unwrap_or_default() as u8;
    let plain_source = match paragraph.source[..] {
        [span] => span.end.wrapping_sub(span.start) == paragraph.text.len(),
        _ => false,
    };
    for (bit, is) in [
        (HAS_SECTION, paragraph.section.is_some()),
        (HAS_LINKS, !paragraph.links.is_empty()),
        (HAS_RECORD, index == 0),
        (HAS_PLAIN_SOURCE, plain_source),
    ] {
        present |= if is { bit } else { 0 };
    }
    writer.bytes.push(present);
    writer.number(u64::from(paragraph.ordinal));
    if let Some(section) = paragraph.section {
        writer.number(u64::from(section));
    }
    if !plain_source {
        writer.number(paragraph.source.len() as u64);
    }
    let mut expected = Span { start: 0, end: paragraph.text.len() };
    for &span in &paragraph.source {
        writer.number(span.start.wrapping_sub(expected.start) as u64);
        if !plain_source {
            writer.distance(span.end.wrapping_sub(span.start), expected.end.wrapping_sub(expected.start));
        }
        expected = Span { start: span.end, end: span.end };
    }
    if !paragraph.links.is_empty() {
        writer.number(paragraph.links.len() as u64);
        for link in &paragraph.links {
            writer.span(link.span, 0);
            writer.text(&link.target);
        }
    }
    writer.actors(&paragraph.actors);
    writer.topics(&paragraph.topics, &paragraph.text);
    if index == 0 {
        let record = postcard::to_stdvec(&DocumentRecord::of(document)).expect("a vector takes all that is written");
        writer.number(record.len() as u64);
        writer.bytes.extend_from_slice(&record);
    }
}

/// The paragraph again, and what follows it; `None` where the bytes are none.
pub(crate) fn unpack(bytes: &[u8]) -> Option<(StoredParagraph, &[u8])> {
    let mut reader = Reader { bytes };
    let document = reader.text()?.to_owned();
    let title = match reader.number()? {
        0 => None,
        _ => Some(reader.prose()?),
    };
    let date = match reader.text()? {
        "" => None,
        date => Some(date.parse().ok()?),
    };
    let language = match reader.text()? {
        "" => None,
        code => Some(Language::new(code)?),
    };
    let headings = reader.list(Reader::prose)?;
    let text = reader.prose()?;
    let present = reader.byte()?;
    let kind = *ParagraphKind::ALL.get(usize::from(present % HAS_SECTION))?;
    let has = |bit: u8| present & bit != 0;
    let ordinal = u32::try_from(reader.number()?).ok()?;
    let section = if has(HAS_SECTION) { Some(u32::try_from(reader.number()?).ok()?) } else { None };
    let mut expected = Span { start: 0, end: text.len() };
    let mut span = |reader: &mut Reader<'_>| {
        let start = expected.start.wrapping_add(reader.number()? as usize);
        let usual = expected.end.wrapping_sub(expected.start);
        let len = if has(HAS_PLAIN_SOURCE) { usual } else { reader.distance(usual)? };
        let span = Span { start, end: start.wrapping_add(len) };
        expected = Span { start: span.end, end: span.end };
        Some(span)
    };
    let source: Spans = match has(HAS_PLAIN_SOURCE) {
        true => span(&mut reader)?.into(),
        false => reader.list(span)?.into(),
    };
    let links = match has(HAS_LINKS) {
        true => reader.list(|reader| Some(Link { span: reader.span(0)?, target: reader.text()?.to_owned() }))?,
        false => Vec::new(),
    };
    let actors = reader.actors()?;
    let topics = reader.topics(&text)?;
    let record = match has(HAS_RECORD) {
        true => {
            let len = usize::try_from(reader.number()?).ok()?;
            Some(postcard::from_bytes(reader.take(len)?).ok()?)
        }
        false => None,
    };
    let paragraph = Paragraph { ordinal, kind, section, text, source, links, actors, topics };
    Some((
        StoredParagraph { document, title, date, language, headings, paragraph, record, original: Vec::new() },
        reader.bytes,
    ))
}

/// Appends a piece of a document's original, if there is anything in it.
pub(crate) fn pack_original(piece: &[u8], into: &mut Vec<u8>) {
    match std::str::from_utf8(piece) {
        Ok("") => {}
        // Coded as the paragraph's text is, so that the compressor finds it there.
        Ok(text) => {
            into.push(IS_TEXT);
            Writer { bytes: into }.prose(text);
        }
        Err(_) => {
            into.push(IS_BYTES);
            into.extend_from_slice(piece);
        }
    }
}

/// The piece again; `None` where the bytes are none.
pub(crate) fn unpack_original(bytes: &[u8]) -> Option<Vec<u8>> {
    match bytes.split_first() {
        None => Some(Vec::new()),
        Some((&IS_TEXT, rest)) => {
            let mut reader = Reader { bytes: rest };
            let text = reader.prose()?;
            reader.bytes.is_empty().then(|| text.into_bytes())
        }
        Some((&IS_BYTES, rest)) => Some(rest.to_vec()),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FacetPath;
    use crate::document::{ActorTag, Band, Mention, MentionKind, Section, TopicCue, TopicTag};
    use proptest::prelude::*;

    fn packed(document: &Document, index: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        pack(document, index, &mut bytes);
        bytes
    }

    /// Paragraphs with tags that no annotator makes.
    fn hostile() -> Document {
        let span = |start, end| Span { start, end };
        let mention = |start, end, rule: &str, confidence| Mention {
            span: span(start, end),
            kind: MentionKind::Office,
            rule: rule.into(),
            confidence,
        };
        let cue = |cue: &str, span, weight| TopicCue { cue: cue.into(), span, weight };
        let path = |path: &str| path.parse::<FacetPath>().expect("a path");
        let paragraph = Paragraph {
            ordinal: 1,
            kind: ParagraphKind::Table,
            section: Some(0),
            text: "Russia and NATO on Russia's Gas prices, É.".to_owned(),
            source: vec![span(3, 20), span(25, 40), span(9, 2), span(usize::MAX, 0)].into(),
            links: vec![Link { span: span(0, 6), target: String::new() }],
            actors: vec![
                ActorTag {
                    id: "RUS".into(),
                    path: path("/state/RUS"),
                    mentions: vec![
                        mention(19, 25, "alias", 0.97),
                        mention(0, 6, "alias", 0.97),
                        mention(9, 2, "own", f32::NAN),
                    ],
                },
                ActorTag {
                    id: "other".into(),
                    path: path("/org/NATO"),
                    mentions: vec![mention(11, usize::MAX, "alias", 1.0 / 3.0)],
                },
            ],
            topics: vec![TopicTag {
                path: path("/topic/energy/gas"),
                score: 0.7,
                band: Band::Strong,
                cues: vec![
                    cue("gas price", Some(span(28, 38)), 1.5),
                    cue("gas", Some(span(28, 31)), -0.001),
                    cue("Gas", Some(span(28, 31)), f32::INFINITY),
                    cue("", Some(span(5, 9)), -0.0),
                    cue("oil", None, 2e9),
                    cue("longer than what is there", Some(span(28, 31)), 0.0),
                    cue("out of the text", Some(span(90, 7)), 1e-9),
                ],
            }],
        };
        let section = Section {
            heading: "Gas".to_owned(),
            level: 1,
            parent: None,
            source: span(1, 2).into(),
            actors: Vec::new(),
        };
        Document {
            id: "a".to_owned(),
            title: Some(String::new()),
            date: "2022-02".parse().ok(),
            language: Language::new("pap"),
            sections: vec![section],
            paragraphs: vec![paragraph.clone(), Paragraph { ordinal: 2, source: Spans::new(), ..paragraph }],
            ..Document::default()
        }
    }

    #[test]
    fn any_tags_and_spans_come_back() {
        let document = hostile();
        for index in 0..2 {
            let bytes = packed(&document, index);
            let (stored, rest) = unpack(&bytes).expect("a paragraph");
            assert_eq!((rest, &stored.headings[..]), (&[][..], &["Gas".to_owned()][..]));
            // Not a number equals nothing, so the two are held against each other as they print.
            assert_eq!(format!("{:?}", stored.paragraph), format!("{:?}", document.paragraphs[index]));
            assert_eq!(
                (stored.title, stored.date, stored.language),
                (Some(String::new()), document.date, document.language)
            );
            assert_eq!(stored.record, (index == 0).then(|| DocumentRecord::of(&document)));
        }
    }

    #[test]
    fn a_text_in_words_that_are_not_listed_stands_as_it_is() {
        for (text, is_coded) in [("Die Minister haben in Brüssel beraten.", false), ("The ministers have met.", true)]
        {
            let document = Document::parse("a", text).expect("a document");
            let bytes = packed(&document, 0);
            assert_eq!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), is_coded, "{text}");
            let (stored, _) = unpack(&bytes).expect("a paragraph");
            assert_eq!(stored.paragraph.text, text);
        }
    }

    #[test]
    fn a_plain_paragraph_takes_little_more_than_its_text() {
        let document = Document::parse("a", "The ministers met.").expect("a document");
        let bytes = Document { paragraphs: vec![document.paragraphs[0].clone(); 2], ..document };
        // Id 2, length 1, what there is 1, ordinal 1, source 1; title, date, language, headings, actors and topics are none.
        // The text is a point and three words, of which the first takes one byte, and two are written in the other case.
        assert_eq!(packed(&bytes, 1).len(), (1 + 1 + 2 + 2 + 2) + 12);
    }

    proptest! {
        #[test]
        fn any_piece_of_an_original_comes_back(bytes: Vec<u8>, text: String) {
            for piece in [&bytes[..], text.as_bytes()] {
                let mut packed = Vec::new();
                pack_original(piece, &mut packed);
                prop_assert_eq!(unpack_original(&packed), Some(piece.to_vec()));
            }
            let _ = unpack_original(&bytes);
        }

        #[test]
        fn no_bytes_are_a_panic(at in 0..10_000usize, with: u8, cut in 0..10_000usize, any: Vec<u8>) {
            let mut bytes = packed(&hostile(), 0);
            let len = bytes.len();
            bytes[at % len] = with;
            let _ = unpack(&bytes);
            let _ = unpack(&bytes[..cut % len]);
            let _ = unpack(&any);
        }
    }
}
