//! From hits to tags: sums of cue weights a top, thresholds, leaves, bands.

use super::cue::CueKind;
use super::matcher::{CueId, Hit};
use super::{Profile, Taxonomy};
use crate::document::{Band, Span, TopicCue, TopicTag};

/// A leaf is named when its own cues weigh at least this, a little less than one normal cue.
const LEAF: f32 = 1.2;

/// A leaf beside a heavier one is named when its cues weigh at least this share of the heavier one's, or
/// would be enough alone under the precise profile.
const LEAF_SHARE: f32 = 0.5;

/// A cue that stands in a paragraph, or in the headings above it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice {
    pub(super) cue: CueId,
    pub(super) span: Option<Span>,
    pub(super) weight: f32,
}

/// What the cues of a text say of one top.
#[derive(Debug, Clone)]
pub(super) struct Verdict {
    pub(super) top: u16,
    /// Bias and weights.
    pub(super) sum: f32,
    /// The cues that count, heaviest first.
    pub(super) voices: Vec<Voice>,
}

impl Taxonomy {
    /// Sums up a text's hits, each cue once, into one verdict for each top that has a cue there, in top
    /// order. `context` are hits in the headings above; they count a share, and only beside a hit.
    pub(super) fn weigh(&self, hits: &[Hit], context: &[Hit]) -> Vec<Verdict> {
        let voices = self.voices(hits, context);
        voices.chunk_by(|one, other| one.0 == other.0).filter_map(|group| self.sum_up(group)).collect()
    }

    /// The verdicts that may be accepted, and others; most tops of a text have one weak cue, and are not summed up.
    pub(super) fn weigh_likely(&self, hits: &[Hit], context: &[Hit], profile: Profile) -> Vec<Verdict> {
        /// More than adding in another order can change.
        const SLACK: f32 = 1e-3;
        let threshold = self.threshold(profile) - SLACK;
        let voices = self.voices(hits, context);
        let likely = |group: &&[(u16, Voice)]| {
            let most: f32 = group.iter().map(|(_, voice)| voice.weight.max(0.0)).sum();
            self.biases[group[0].0 as usize] + most >= threshold
        };
        let groups = voices.chunk_by(|one, other| one.0 == other.0);
        groups.filter(likely).filter_map(|group| self.sum_up(group)).collect()
    }

    /// What speaks in a text, each cue once, by top.
    fn voices(&self, hits: &[Hit], context: &[Hit]) -> Vec<(u16, Voice)> {
        let share = self.settings().context;
        let mut voices: Vec<(u16, Voice)> = Vec::with_capacity(hits.len());
        for hit in hits {
            let cue = &self.cues[hit.cue as usize];
            if cue.kind != CueKind::Block {
                voices.push((cue.top, Voice { cue: hit.cue, span: Some(hit.span), weight: cue.weight }));
            }
        }
        if share > 0.0 {
            for hit in context {
                let cue = &self.cues[hit.cue as usize];
                if cue.kind != CueKind::Block {
                    voices.push((cue.top, Voice { cue: hit.cue, span: None, weight: share * cue.weight }));
                }
            }
        }
        // The first place in the text stands for a cue; a place in a heading only where there is none.
        voices.sort_unstable_by_key(|(top, voice)| (*top, voice.cue, voice.span.is_none(), voice.span));
        voices.dedup_by_key(|(_, voice)| voice.cue);
        voices
    }

    /// The verdict of the voices of one top; `None` where none of them stands in the text.
    fn sum_up(&self, group: &[(u16, Voice)]) -> Option<Verdict> {
        if group.iter().all(|(_, voice)| voice.span.is_none()) {
            return None;
        }
        let company = group
            .iter()
            .any(|(_, voice)| !matches!(self.cues[voice.cue as usize].kind, CueKind::Company | CueKind::Against));
        let mut voices: Vec<Voice> = group
            .iter()
            .map(|(_, voice)| *voice)
            .filter(|voice| company || self.cues[voice.cue as usize].kind != CueKind::Company)
            .collect();
        voices.sort_by(|one, other| other.weight.total_cmp(&one.weight).then(one.cue.cmp(&other.cue)));
        let top = group[0].0;
        let sum = self.biases[top as usize] + voices.iter().map(|voice| voice.weight).sum::<f32>();
        Some(Verdict { top, sum, voices })
    }

    /// The tags of a text, highest score first.
    pub(super) fn decide(&self, verdicts: &[Verdict], profile: Profile) -> Vec<TopicTag> {
        let mut tags = Vec::new();
        for verdict in verdicts {
            if self.is_accepted(verdict, profile) {
                self.name_leaves(verdict, profile, &mut tags);
            }
        }
        tags.sort_by(|one: &TopicTag, other| other.score.total_cmp(&one.score).then_with(|| one.path.cmp(&other.path)));
        tags
    }

    /// Whether the sum is high enough, by a cue that may speak for the top alone, or by two that may not.
    pub(super) fn is_accepted(&self, verdict: &Verdict, profile: Profile) -> bool {
        if verdict.sum < self.threshold(profile) {
            return false;
        }
        let mut speaking = verdict.voices.iter().filter(|voice| voice.weight > 0.0);
        let Some(first) = speaking.next() else { return false };
        self.cues[first.cue as usize].kind != CueKind::Weak || speaking.next().is_some()
    }

    /// Tags the leaves that an accepted top's cues decide for, or the top where they decide for none.
    fn name_leaves(&self, verdict: &Verdict, profile: Profile, tags: &mut Vec<TopicTag>) {
        let top = self.tops[verdict.top as usize];
        let topic = |voice: &Voice| self.cues[voice.cue as usize].topic;
        let mut leaves: Vec<(u16, f32)> = Vec::new();
        for voice in verdict.voices.iter().filter(|voice| topic(voice) != top) {
            match leaves.iter_mut().find(|(leaf, _)| *leaf == topic(voice)) {
                Some((_, weight)) => *weight += voice.weight,
                None => leaves.push((topic(voice), voice.weight)),
            }
        }
        let general: f32 = verdict.voices.iter().filter(|voice| topic(voice) == top).map(|voice| voice.weight).sum();
        let heaviest = leaves.iter().map(|(_, weight)| *weight).fold(0.0, f32::max);
        let alone = self.threshold(Profile::Precise) - self.biases[verdict.top as usize];
        leaves.retain(|(_, weight)| *weight >= LEAF && *weight >= alone.min(LEAF_SHARE * heaviest));
        // The heaviest speaks for the top as a whole; another needs enough of its own.
        let rest = |weight: f32| self.biases[verdict.top as usize] + general.max(0.0) + weight;
        leaves.retain(|(_, weight)| *weight >= heaviest || rest(*weight) >= self.threshold(profile));
        if leaves.is_empty() {
            tags.push(self.make_tag(top, verdict.sum, verdict.voices.iter()));
        }
        for (leaf, weight) in &leaves {
            let sum = if *weight >= heaviest { verdict.sum } else { rest(*weight).min(verdict.sum) };
            let own = verdict.voices.iter().filter(|voice| {
                topic(voice) == *leaf || topic(voice) == top || leaves.iter().all(|(other, _)| *other != topic(voice))
            });
            tags.push(self.make_tag(*leaf, sum, own));
        }
    }

    fn make_tag<'a>(&self, topic: u16, sum: f32, voices: impl Iterator<Item = &'a Voice>) -> TopicTag {
        TopicTag {
            path: self.topics[topic as usize].path().clone(),
            score: self.score(sum),
            band: self.band(sum),
            cues: voices.map(|voice| self.topic_cue(voice)).collect(),
        }
    }

    pub(super) fn topic_cue(&self, voice: &Voice) -> TopicCue {
        TopicCue {
            cue: self.cues[voice.cue as usize].text.clone(),
            span: voice.span,
            weight: in_thousandths(voice.weight),
        }
    }

    /// The score shown for a sum: how often a tag with such a sum was right where that was measured.
    pub(super) fn score(&self, sum: f32) -> f32 {
        let settings = self.settings();
        let score = 1.0 / (1.0 + (-(settings.slope * sum + settings.offset)).exp());
        in_thousandths(score).clamp(0.001, 1.0)
    }

    pub(super) fn band(&self, sum: f32) -> Band {
        let settings = self.settings();
        if sum >= settings.strong {
            Band::Strong
        } else if sum >= settings.fair {
            Band::Fair
        } else {
            Band::Weak
        }
    }

    pub(super) fn threshold(&self, profile: Profile) -> f32 {
        match profile {
            Profile::Balanced => self.settings().balanced,
            Profile::Precise => self.settings().precise,
        }
    }
}

/// A figure as it is shown: nobody can vouch for more digits, and in an index three take half the room of seven.
fn in_thousandths(figure: f32) -> f32 {
    (figure * 1_000.0).round() / 1_000.0
}
