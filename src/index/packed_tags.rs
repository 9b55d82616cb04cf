//! The bytes of a stored paragraph's tags.

use std::borrow::Cow;
use std::sync::Arc;

use super::packed_values::{Reader, Writer};
use super::tag_texts;
use crate::document::{ActorTag, Band, Mention, MentionKind, Span, TopicCue, TopicTag};
use crate::facet::FacetPath;

/// How a cue is written: with its text and span, with its text alone, or, from 2 on, by its place in the paragraph, where
/// it stands but for the case, and perhaps inflected: 2, its length, and 64 times how much longer it is there.
const SPELLED: u64 = 0;
const SPELLED_ELSEWHERE: u64 = 1;
const FOUND: u64 = 2;
/// Longer cues are spelled.
const MOST_FOUND: usize = 63;

const BANDS: [Band; 3] = [Band::Weak, Band::Fair, Band::Strong];

/// What mentions have in common.
#[derive(Clone, PartialEq)]
struct Manner {
    kind: MentionKind,
    rule: Arc<str>,
    confidence: f32,
}

impl Writer<'_> {
    /// A text by its number in the list plus one, or 0 and the text.
    fn tag_text(&mut self, text: &str) {
        let number = tag_texts::number(text);
        self.number(number.map_or(0, |number| number as u64 + 1));
        if number.is_none() {
            self.prose(text);
        }
    }

    pub(super) fn actors(&mut self, actors: &[ActorTag]) {
        let mut manners: Vec<&Mention> = Vec::new();
        self.number(actors.len() as u64);
        for actor in actors {
            self.tag_text(actor.path.as_str());
            let is_last_step = *actor.id == *actor.path.last_step();
            self.number((actor.mentions.len() as u64) << 1 | u64::from(!is_last_step));
            if !is_last_step {
                self.tag_text(&actor.id);
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
                    self.tag_text(&mention.rule);
                    self.decimal(mention.confidence);
                    manners.push(mention);
                }
                self.span(mention.span, before);
                before = mention.span.end;
            }
        }
    }

    pub(super) fn topics(&mut self, topics: &[TopicTag], text: &str) {
        self.number(topics.len() as u64);
        for topic in topics {
            self.tag_text(topic.path.as_str());
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
                        self.tag_text(&cue.cue);
                        self.span(span, 0);
                    }
                    (None, _) => {
                        self.number(SPELLED_ELSEWHERE);
                        self.tag_text(&cue.cue);
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

impl Reader<'_> {
    fn tag_text(&mut self) -> Option<Cow<'static, str>> {
        Some(match usize::try_from(self.number()?).ok()?.checked_sub(1) {
            Some(number) => tag_texts::text(number)?.into(),
            None => self.prose()?.into(),
        })
    }

    pub(super) fn actors(&mut self) -> Option<Vec<ActorTag>> {
        let mut manners: Vec<Manner> = Vec::new();
        self.list(|reader| {
            let path: FacetPath = reader.tag_text()?.parse().ok()?;
            let number = reader.number()?;
            let id = if number & 1 == 1 { Some(reader.tag_text()?) } else { None };
            let mut before = 0;
            let mentions = reader.many(number >> 1, |reader| {
                let place = usize::try_from(reader.number()?).ok()?;
                if place == manners.len() {
                    let kind = *MentionKind::ALL.get(usize::from(reader.byte()?))?;
                    manners.push(Manner { kind, rule: reader.tag_text()?.into(), confidence: reader.decimal()? });
                }
                let Manner { kind, rule, confidence } = manners.get(place)?.clone();
                let span = reader.span(before)?;
                before = span.end;
                Some(Mention { span, kind, rule, confidence })
            })?;
            let id = id.as_deref().unwrap_or_else(|| path.last_step()).into();
            Some(ActorTag { id, path, mentions })
        })
    }

    pub(super) fn topics(&mut self, text: &str) -> Option<Vec<TopicTag>> {
        self.list(|reader| {
            let path = reader.tag_text()?.parse().ok()?;
            let score = reader.decimal()?;
            let number = reader.number()?;
            let cues = number / BANDS.len() as u64;
            let band = BANDS[(number % BANDS.len() as u64) as usize];
            let cues = reader.many(cues, |reader| {
                let (cue, span) = match reader.number()? {
                    SPELLED => (reader.tag_text()?.into(), Some(reader.span(0)?)),
                    SPELLED_ELSEWHERE => (reader.tag_text()?.into(), None),
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
