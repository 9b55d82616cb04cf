//! The bytes of a stored paragraph: what repeats is written once, what follows from something else not at all.
//!
//! Written field by field, the tags of a paragraph took half as much room as its text, after compression as well: the
//! rule's name and its confidence again with every mention, the actor's id again as the last step of its path, both
//! ends of every span counted from the start. Numbers of neighbours are small and compress; names are left as they
//! are, because the compressor finds them in the paragraphs before.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::stored::{DocumentRecord, StoredParagraph};
use crate::date::Date;
use crate::document::{
    ActorTag, Band, Language, Link, Mention, MentionKind, Paragraph, ParagraphKind, Span, TopicCue, TopicTag,
};
use crate::facet::FacetPath;

/// A [`StoredParagraph`] as it is written, but for its piece of the original.
#[derive(Serialize, Deserialize)]
pub(crate) struct PackedParagraph<'a> {
    document: Cow<'a, str>,
    title: Option<Cow<'a, str>>,
    date: Option<Date>,
    language: Option<Language>,
    headings: Cow<'a, [String]>,
    ordinal: u32,
    kind: ParagraphKind,
    section: Option<u32>,
    text: Cow<'a, str>,
    source: Vec<PackedSpan>,
    links: Cow<'a, [Link]>,
    manners: Vec<Manner>,
    actors: Vec<PackedActor>,
    topics: Vec<PackedTopic>,
    record: Option<Cow<'a, DocumentRecord>>,
}

/// How far a span starts behind where it is expected, and by how much it is longer than expected. Differences wrap,
/// so that any two numbers come back, also those that make no span.
#[derive(Serialize, Deserialize)]
struct PackedSpan(isize, isize);

impl PackedSpan {
    fn of(span: Span, start: usize, len: usize) -> PackedSpan {
        let behind = span.start.wrapping_sub(start) as isize;
        PackedSpan(behind, span.end.wrapping_sub(span.start).wrapping_sub(len) as isize)
    }

    fn span(&self, start: usize, len: usize) -> Span {
        let start = start.wrapping_add(self.0 as usize);
        Span { start, end: start.wrapping_add(len).wrapping_add(self.1 as usize) }
    }
}

/// What mentions have in common.
#[derive(PartialEq, Serialize, Deserialize)]
struct Manner {
    kind: MentionKind,
    rule: Arc<str>,
    confidence: f32,
}

#[derive(Serialize, Deserialize)]
struct PackedActor {
    path: FacetPath,
    /// `None` where it is the last step of the path.
    id: Option<Arc<str>>,
    /// The manner's number; the span counts from the mention before.
    mentions: Vec<(usize, PackedSpan)>,
}

#[derive(Serialize, Deserialize)]
struct PackedTopic {
    path: FacetPath,
    score: f32,
    band: Band,
    cues: Vec<PackedCue>,
}

#[derive(Serialize, Deserialize)]
struct PackedCue {
    cue: Arc<str>,
    weight: f32,
    /// As long as the cue, unless it is inflected.
    span: Option<PackedSpan>,
}

impl<'a> PackedParagraph<'a> {
    pub(crate) fn of(stored: &'a StoredParagraph) -> PackedParagraph<'a> {
        let paragraph = &stored.paragraph;
        let mut manners = Vec::new();
        let mut end = 0;
        let source = paragraph.source.iter().enumerate().map(|(at, &span)| {
            let len = if at == 0 { paragraph.text.len() } else { 0 };
            let packed = PackedSpan::of(span, end, len);
            end = span.end;
            packed
        });
        PackedParagraph {
            document: Cow::Borrowed(&stored.document),
            title: stored.title.as_deref().map(Cow::Borrowed),
            date: stored.date,
            language: stored.language,
            headings: Cow::Borrowed(&stored.headings),
            ordinal: paragraph.ordinal,
            kind: paragraph.kind,
            section: paragraph.section,
            text: Cow::Borrowed(&paragraph.text),
            source: source.collect(),
            links: Cow::Borrowed(&paragraph.links),
            actors: paragraph.actors.iter().map(|actor| PackedActor::of(actor, &mut manners)).collect(),
            manners,
            topics: paragraph.topics.iter().map(PackedTopic::of).collect(),
            record: stored.record.as_ref().map(Cow::Borrowed),
        }
    }

    /// The paragraph again; `None` where it refers to a manner that it does not have.
    pub(crate) fn unpack(self) -> Option<StoredParagraph> {
        let mut end = 0;
        let source = self.source.iter().enumerate().map(|(at, packed)| {
            let span = packed.span(end, if at == 0 { self.text.len() } else { 0 });
            end = span.end;
            span
        });
        let source = source.collect();
        let actors: Option<Vec<ActorTag>> = self.actors.into_iter().map(|actor| actor.unpack(&self.manners)).collect();
        Some(StoredParagraph {
            document: self.document.into_owned(),
            title: self.title.map(Cow::into_owned),
            date: self.date,
            language: self.language,
            headings: self.headings.into_owned(),
            paragraph: Paragraph {
                ordinal: self.ordinal,
                kind: self.kind,
                section: self.section,
                text: self.text.into_owned(),
                source,
                links: self.links.into_owned(),
                actors: actors?,
                topics: self.topics.into_iter().map(PackedTopic::unpack).collect(),
            },
            record: self.record.map(Cow::into_owned),
            original: Vec::new(),
        })
    }
}

impl PackedActor {
    fn of(actor: &ActorTag, manners: &mut Vec<Manner>) -> PackedActor {
        let mut end = 0;
        let mentions = actor.mentions.iter().map(|mention| {
            let Mention { span, kind, rule, confidence } = mention;
            let same = |manner: &Manner| {
                manner.kind == *kind && manner.rule == *rule && manner.confidence.to_bits() == confidence.to_bits()
            };
            let manner = manners.iter().position(same).unwrap_or_else(|| {
                manners.push(Manner { kind: *kind, rule: rule.clone(), confidence: *confidence });
                manners.len() - 1
            });
            let packed = PackedSpan::of(*span, end, 0);
            end = span.end;
            (manner, packed)
        });
        PackedActor {
            mentions: mentions.collect(),
            id: (*actor.id != *actor.path.last_step()).then(|| actor.id.clone()),
            path: actor.path.clone(),
        }
    }

    fn unpack(self, manners: &[Manner]) -> Option<ActorTag> {
        let mut end = 0;
        let mentions = self.mentions.iter().map(|(manner, packed)| {
            let manner = manners.get(*manner)?;
            let span = packed.span(end, 0);
            end = span.end;
            Some(Mention { span, kind: manner.kind, rule: manner.rule.clone(), confidence: manner.confidence })
        });
        let mentions: Option<Vec<Mention>> = mentions.collect();
        Some(ActorTag {
            id: self.id.unwrap_or_else(|| self.path.last_step().into()),
            mentions: mentions?,
            path: self.path,
        })
    }
}

impl PackedTopic {
    fn of(topic: &TopicTag) -> PackedTopic {
        let cue = |cue: &TopicCue| PackedCue {
            cue: cue.cue.clone(),
            weight: cue.weight,
            span: cue.span.map(|span| PackedSpan::of(span, 0, cue.cue.len())),
        };
        PackedTopic {
            path: topic.path.clone(),
            score: topic.score,
            band: topic.band,
            cues: topic.cues.iter().map(cue).collect(),
        }
    }

    fn unpack(self) -> TopicTag {
        let cue = |packed: PackedCue| TopicCue {
            span: packed.span.map(|span| span.span(0, packed.cue.len())),
            cue: packed.cue,
            weight: packed.weight,
        };
        TopicTag { path: self.path, score: self.score, band: self.band, cues: self.cues.into_iter().map(cue).collect() }
    }
}
