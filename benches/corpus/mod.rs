//! The corpora of the benches.
//!
//! Generated: documents of ten paragraphs of 30 to 90 words from a vocabulary of 20,000 words whose
//! frequencies follow Zipf's law (exponent 1), every paragraph with one to four of 240 actors (Zipf too)
//! and one or two of 42 topics. The generator is SplitMix64 from a fixed seed, so every run and machine
//! sees the same text. The words are made of syllables, so stemming has little to do.
//!
//! `BENCH_CORPUS=FILE` takes real documents instead: JSON Lines with `id` and `text`.

#![allow(dead_code, unused_imports)] // each bench takes what it needs

mod random;

use std::sync::Arc;

use demarche::{ActorTag, Band, Document, FacetPath, Mention, MentionKind, Paragraph, Span, TopicCue, TopicTag};

pub(crate) use self::random::{Random, word};

/// The documents of `BENCH_CORPUS`, or about `paragraphs` generated ones.
pub(crate) fn documents(paragraphs: usize) -> Vec<Document> {
    let Some(file) = std::env::var_os("BENCH_CORPUS") else { return generate(paragraphs) };
    let read = demarche::Parser::new().documents(std::path::PathBuf::from(file)).expect("BENCH_CORPUS names a file");
    read.collect::<demarche::Result<_>>().expect("BENCH_CORPUS holds documents")
}

/// A corpus of about `paragraphs` paragraphs.
pub(crate) fn generate(paragraphs: usize) -> Vec<Document> {
    generated(paragraphs).collect()
}

/// The documents of [`generate`], each made when it is asked for.
pub(crate) fn generated(paragraphs: usize) -> impl Iterator<Item = Document> {
    let mut random = Random::new(7);
    let actors: Vec<FacetPath> = (0..240).map(|n| path(&format!("/state/S{n:03}"))).collect();
    let topics: Vec<FacetPath> = (0..42).map(|n| path(&format!("/topic/t{}/l{n}", n % 12))).collect();
    (0..paragraphs.div_ceil(10)).map(move |number| Document {
        id: format!("d{number:07}"),
        paragraphs: (1..=10).map(|ordinal| paragraph(&mut random, ordinal, &actors, &topics)).collect(),
        ..Document::default()
    })
}

fn path(text: &str) -> FacetPath {
    text.parse().expect("a path of letters and digits")
}

fn paragraph(random: &mut Random, ordinal: u32, actors: &[FacetPath], topics: &[FacetPath]) -> Paragraph {
    let mut text = String::new();
    for place in 0..30 + random.below(61) {
        if place > 0 {
            text.push(' ');
        }
        text.push_str(&word(random.zipf(20_000)));
    }
    text.push('.');
    let mut named: Vec<usize> = (0..1 + random.below(4)).map(|_| random.zipf(actors.len())).collect();
    named.sort_unstable();
    named.dedup();
    let mut treated: Vec<usize> = (0..1 + random.below(2)).map(|_| random.zipf(topics.len())).collect();
    treated.sort_unstable();
    treated.dedup();
    let span = Span::new(0, 5);
    Paragraph {
        ordinal,
        source: Span::new(0, text.len()).into(),
        text,
        actors: named
            .into_iter()
            .map(|actor| ActorTag {
                id: actors[actor].last_step().into(),
                path: actors[actor].clone(),
                mentions: vec![Mention { span, kind: MentionKind::Name, rule: Arc::from("alias"), confidence: 1.0 }],
            })
            .collect(),
        topics: treated
            .into_iter()
            .map(|topic| TopicTag {
                path: topics[topic].clone(),
                score: 0.9,
                band: Band::Strong,
                cues: vec![TopicCue { cue: Arc::from("cue"), span: Some(span), weight: 1.0 }],
            })
            .collect(),
        ..Paragraph::default()
    }
}
