//! The bytes of a stored paragraph: what repeats is written once, what follows from something else not at all.
//!
//! Written field by field, the tags of a paragraph took half as much room as its text, after compression as well: the
//! rule's name and its confidence again with every mention, the actor's id again as the last step of its path, every
//! cue as the taxonomy lists it and as the text has it, both ends of every span counted from the start, four bytes for
//! a score of three digits. Here a span is the distance from where it is expected, a cue is the place of its surface,
//! and a score is its thousandths. Paths and rules are left as they are, because the compressor finds them in the
//! paragraphs before; what the paragraphs of a document have in common stands together at the start, so that it finds
//! that as one.
//!
//! Numbers are LEB128, signed ones in zigzag before. Texts are their length and their bytes.

use std::sync::Arc;

use super::stored::{DocumentRecord, StoredParagraph};
use crate::document::{
    ActorTag, Band, Document, Language, Link, Mention, MentionKind, Paragraph, ParagraphKind, Span, Spans, TopicCue,
    TopicTag,
};
use crate::facet::FacetPath;

/// Bits of the byte that says what there is of a paragraph; the lowest three are its kind.
const HAS_SECTION: u8 = 1 << 3;
const HAS_LINKS: u8 = 1 << 4;
const HAS_RECORD: u8 = 1 << 5;
/// The source is one range as long as the text: nothing was repaired.
const HAS_PLAIN_SOURCE: u8 = 1 << 6;

const KINDS: u8 = ParagraphKind::ALL.len() as u8;
const _: () = assert!(KINDS <= HAS_SECTION);

/// How a cue is written: with its text and span, with its text alone, or, from 2 on, by its place in the paragraph, where
/// it stands but for the case, and perhaps inflected: 2, its length, and 64 times how much longer it is there.
const SPELLED: u64 = 0;
const SPELLED_ELSEWHERE: u64 = 1;
const FOUND: u64 = 2;
/// Longer cues are spelled.
const MOST_FOUND: usize = 63;

const BANDS: [Band; 3] = [Band::Weak, Band::Fair, Band::Strong];

/// Appends the paragraph at `index` of a document.
pub(crate) fn pack(document: &Document, index: usize, into: &mut Vec<u8>) {
    let paragraph = &document.paragraphs[index];
    let mut writer = Writer { bytes: into };
    writer.text(&document.id);
    writer.optional_text(document.title.as_deref());
    writer.text(&document.date.map(|date| date.to_string()).unwrap_or_default());
    writer.text(document.language.as_ref().map_or("", Language::as_str));
    let headings = document.heading_path(paragraph);
    writer.number(headings.len() as u64);
    headings.into_iter().for_each(|heading| writer.text(heading));
    writer.text(&paragraph.text);

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
    let title = reader.optional_text()?.map(str::to_owned);
    let date = match reader.text()? {
        "" => None,
        date => Some(date.parse().ok()?),
    };
    let language = match reader.text()? {
        "" => None,
        code => Some(Language::new(code)?),
    };
    let headings = reader.list(|reader| reader.text().map(str::to_owned))?;
    let text = reader.text()?.to_owned();
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

/// What mentions have in common.
#[derive(Clone, PartialEq)]
struct Manner {
    kind: MentionKind,
    rule: Arc<str>,
    confidence: f32,
}

struct Writer<'a> {
    bytes: &'a mut Vec<u8>,
}

impl Writer<'_> {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// A number by its distance from the one that is expected; the difference wraps, so that any number comes back.
    fn distance(&mut self, number: usize, expected: usize) {
        self.number(zigzag(number.wrapping_sub(expected) as i64));
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// A text by its length plus one, nothing by 0.
    fn optional_text(&mut self, text: Option<&str>) {
        self.number(text.map_or(0, |text| text.len() as u64 + 1));
        self.bytes.extend_from_slice(text.unwrap_or_default().as_bytes());
    }

    /// A span by its distance from the end of the one before, and its length.
    fn span(&mut self, span: Span, before: usize) {
        self.distance(span.start, before);
        self.distance(span.end.wrapping_sub(span.start), 0);
    }

    /// Thousandths where it is a number of them, and all of its bits where it is not.
    fn decimal(&mut self, value: f32) {
        let thousandths = (value * 1_000.0).round();
        // Through the integer that is written, which has one zero.
        let is_whole = thousandths.abs() < 1e6 && (thousandths as i64 as f32 / 1_000.0).to_bits() == value.to_bits();
        self.number(match is_whole {
            true => zigzag(thousandths as i64) << 1,
            false => u64::from(value.to_bits()) << 1 | 1,
        });
    }

    fn actors(&mut self, actors: &[ActorTag]) {
        let mut manners: Vec<&Mention> = Vec::new();
        self.number(actors.len() as u64);
        for actor in actors {
            self.text(actor.path.as_str());
            let is_last_step = *actor.id == *actor.path.last_step();
            self.number((actor.mentions.len() as u64) << 1 | u64::from(!is_last_step));
            if !is_last_step {
                self.text(&actor.id);
            }
            let mut before = 0;
            for mention in &actor.mentions {
                let same = |other: &&Mention| {
                    other.kind == mention.kind
                        && other.rule == mention.rule
                        && other.confidence.to_bits() == mention.confidence.to_bits()
                };
                let known = manners.iter().position(same);
                self.number(known.unwrap_or(manners.len()) as u64);
                if known.is_none() {
                    let kind = MentionKind::ALL.iter().position(|&kind| kind == mention.kind).unwrap_or_default();
                    self.bytes.push(kind as u8);
                    self.text(&mention.rule);
                    self.decimal(mention.confidence);
                    manners.push(mention);
                }
                self.span(mention.span, before);
                before = mention.span.end;
            }
        }
    }

    fn topics(&mut self, topics: &[TopicTag], text: &str) {
        self.number(topics.len() as u64);
        for topic in topics {
            self.text(topic.path.as_str());
            self.decimal(topic.score);
            let band = BANDS.iter().position(|&band| band == topic.band).unwrap_or_default();
            self.number((topic.cues.len() * BANDS.len() + band) as u64);
            for cue in &topic.cues {
                match (cue.span, cue.span.and_then(|span| how_much_longer(span, text, &cue.cue))) {
                    (Some(span), Some(longer)) => {
                        self.number(FOUND + ((longer << 6 | cue.cue.len()) as u64));
                        self.number(span.start as u64);
                    }
                    (Some(span), None) => {
                        self.number(SPELLED);
                        self.text(&cue.cue);
                        self.span(span, 0);
                    }
                    (None, _) => {
                        self.number(SPELLED_ELSEWHERE);
                        self.text(&cue.cue);
                    }
                }
                self.decimal(cue.weight);
            }
        }
    }
}

/// How many bytes a surface has more than its cue, if it begins with the cue but for the case.
fn how_much_longer(span: Span, text: &str, cue: &str) -> Option<usize> {
    let surface = text.get(span.start..span.end)?;
    let start = surface.get(..cue.len()).filter(|start| start.len() <= MOST_FOUND)?;
    let is_same = start.bytes().map(|byte| byte.to_ascii_lowercase()).eq(cue.bytes());
    is_same.then_some(surface.len() - cue.len())
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(byte)
    }

    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn distance(&mut self, expected: usize) -> Option<usize> {
        Some(expected.wrapping_add(unzigzag(self.number()?) as usize))
    }

    fn text(&mut self) -> Option<&'a str> {
        let len = usize::try_from(self.number()?).ok()?;
        std::str::from_utf8(self.take(len)?).ok()
    }

    fn optional_text(&mut self) -> Option<Option<&'a str>> {
        Some(match usize::try_from(self.number()?).ok()?.checked_sub(1) {
            None => None,
            Some(len) => Some(std::str::from_utf8(self.take(len)?).ok()?),
        })
    }

    fn span(&mut self, before: usize) -> Option<Span> {
        let start = self.distance(before)?;
        let len = self.distance(0)?;
        Some(Span { start, end: start.wrapping_add(len) })
    }

    fn decimal(&mut self) -> Option<f32> {
        let number = self.number()?;
        Some(match number & 1 {
            0 => unzigzag(number >> 1) as f32 / 1_000.0,
            _ => f32::from_bits(u32::try_from(number >> 1).ok()?),
        })
    }

    /// So many of a thing, as the number before says.
    fn list<T>(&mut self, one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let many = self.number()?;
        self.many(many, one)
    }

    fn many<T>(&mut self, many: u64, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        // Each takes a byte or more, so that a damaged number asks for no more memory than there are bytes.
        let mut all = Vec::with_capacity(usize::try_from(many).ok().filter(|&many| many <= self.bytes.len())?);
        for _ in 0..many {
            all.push(one(self)?);
        }
        Some(all)
    }

    fn actors(&mut self) -> Option<Vec<ActorTag>> {
        let mut manners: Vec<Manner> = Vec::new();
        self.list(|reader| {
            let path: FacetPath = reader.text()?.parse().ok()?;
            let number = reader.number()?;
            let id = if number & 1 == 1 { Some(reader.text()?) } else { None };
            let mut before = 0;
            let mentions = reader.many(number >> 1, |reader| {
                let place = usize::try_from(reader.number()?).ok()?;
                if place == manners.len() {
                    let kind = *MentionKind::ALL.get(usize::from(reader.byte()?))?;
                    manners.push(Manner { kind, rule: reader.text()?.into(), confidence: reader.decimal()? });
                }
                let Manner { kind, rule, confidence } = manners.get(place)?.clone();
                let span = reader.span(before)?;
                before = span.end;
                Some(Mention { span, kind, rule, confidence })
            })?;
            let id = id.unwrap_or_else(|| path.last_step()).into();
            Some(ActorTag { id, path, mentions })
        })
    }

    fn topics(&mut self, text: &str) -> Option<Vec<TopicTag>> {
        self.list(|reader| {
            let path = reader.text()?.parse().ok()?;
            let score = reader.decimal()?;
            let number = reader.number()?;
            let cues = number / BANDS.len() as u64;
            let band = BANDS[(number % BANDS.len() as u64) as usize];
            let cues = reader.many(cues, |reader| {
                let (cue, span) = match reader.number()? {
                    SPELLED => (reader.text()?.into(), Some(reader.span(0)?)),
                    SPELLED_ELSEWHERE => (reader.text()?.into(), None),
                    number => {
                        let (len, longer) = ((number - FOUND) as usize % 64, (number - FOUND) as usize / 64);
                        let start = usize::try_from(reader.number()?).ok()?;
                        let cue = text.get(start..start.checked_add(len)?)?.to_ascii_lowercase();
                        (cue.into(), Some(Span { start, end: start + len + longer.min(text.len()) }))
                    }
                };
                Some(TopicCue { cue, span, weight: reader.decimal()? })
            })?;
            Some(TopicTag { path, score, band, cues })
        })
    }
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Section;
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
    fn a_plain_paragraph_takes_little_more_than_its_text() {
        let document = Document::parse("a", "The ministers met.").expect("a document");
        let bytes = Document { paragraphs: vec![document.paragraphs[0].clone(); 2], ..document };
        // Id 2, length 1, what there is 1, ordinal 1, source 1; title, date, language, headings, actors and topics are none.
        assert_eq!(packed(&bytes, 1).len(), bytes.paragraphs[1].text.len() + 12);
    }

    proptest! {
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
