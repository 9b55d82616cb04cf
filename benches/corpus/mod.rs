//! The corpora of the benches.
//!
//! Generated: documents of ten paragraphs of 30 to 90 words from a vocabulary of 20,000 words whose
//! frequencies follow Zipf's law (exponent 1), every paragraph with one to four of 240 actors (Zipf too)
//! and one or two of 42 topics. The generator is SplitMix64 from a fixed seed, so every run and machine
//! sees the same text. The words are made of syllables, so stemming has little to do.
//!
//! `BENCH_CORPUS=FILE` takes real documents instead: JSON Lines with `id` and `text`.

use std::sync::Arc;

use demarche::{ActorTag, Band, Document, FacetPath, Mention, MentionKind, Paragraph, Span, TopicCue, TopicTag};

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A rank from 0 up to `end` whose chance falls as one over the rank.
    pub(crate) fn zipf(&mut self, end: usize) -> usize {
        let uniform = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        // The inverse of the continuous distribution function ln(1 + r) / ln(1 + n).
        (((end as f64 + 1.0).powf(uniform) - 1.0) as usize).min(end - 1)
    }
}

/// The word of a rank: rank in base 60, a syllable a digit.
pub(crate) fn word(rank: usize) -> String {
    const ONSETS: &[u8] = b"bdfgklmnprtv";
    const VOWELS: &[u8] = b"aeiou";
    let mut word = String::new();
    let mut rest = rank + 60;
    while rest > 0 {
        word.push(ONSETS[rest % 60 / 5] as char);
        word.push(VOWELS[rest % 5] as char);
        rest /= 60;
    }
    word.push('k');
    word
}

/// A corpus of about `paragraphs` paragraphs.
pub(crate) fn generate(paragraphs: usize) -> Vec<Document> {
    let mut random = Random::new(7);
    let actors: Vec<FacetPath> = (0..240).map(|n| path(&format!("/state/S{n:03}"))).collect();
    let topics: Vec<FacetPath> = (0..42).map(|n| path(&format!("/topic/t{}/l{n}", n % 12))).collect();
    (0..paragraphs.div_ceil(10))
        .map(|number| Document {
            id: format!("d{number:07}"),
            paragraphs: (1..=10).map(|ordinal| paragraph(&mut random, ordinal, &actors, &topics)).collect(),
            ..Document::default()
        })
        .collect()
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
        source: vec![Span::new(0, text.len())],
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
