//! Cues: what speaks for a topic.

use std::sync::Arc;

/// What sort of cue it is, and with it how much it weighs unless a weight is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum CueKind {
    /// Enough for the topic even under the precise profile.
    Strong,
    /// Enough under the balanced profile.
    Normal,
    /// Speaks for the topic, and needs another cue.
    Weak,
    /// Counts only in company: where another cue of the same top that is not of this kind stands in the text.
    Company,
    /// Speaks against the topic.
    Against,
    /// Silences the cues of its top that stand inside it, and pairs of which a half does: "Nobel Peace Prize" is not
    /// about peace.
    Block,
}

impl CueKind {
    pub(super) const ALL: [CueKind; 6] =
        [CueKind::Strong, CueKind::Normal, CueKind::Weak, CueKind::Company, CueKind::Against, CueKind::Block];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            CueKind::Strong => "strong",
            CueKind::Normal => "normal",
            CueKind::Weak => "weak",
            CueKind::Company => "company",
            CueKind::Against => "against",
            CueKind::Block => "block",
        }
    }

    pub(super) fn of(name: &str) -> Option<CueKind> {
        CueKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// In log-odds. Strong, normal and weak are the precisions that hand-written cues of each sort had on
    /// policy abstracts.
    pub(super) fn weight(self) -> f32 {
        match self {
            CueKind::Strong => 2.6,
            CueKind::Normal => 1.7,
            CueKind::Weak => 0.8,
            CueKind::Company => 1.4,
            CueKind::Against => -1.5,
            CueKind::Block => 0.0,
        }
    }
}

/// A cue of one topic, as its table lists it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cue {
    /// Words, a pair or an actor, in the notation of [`Pattern`].
    pub(super) text: Arc<str>,
    pub(super) kind: CueKind,
    /// `None` for what the kind weighs.
    pub(super) weight: Option<f32>,
    pub(super) note: Arc<str>,
}

impl Cue {
    pub(super) fn weight(&self) -> f32 {
        self.weight.unwrap_or(self.kind.weight())
    }
}

/// What the text of a cue stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern<'a> {
    /// `arms control`: these words in this order. A word written in capitals (`AIDS`) must stand so.
    Words(&'a str),
    /// `withdraw|pullout ~4 troops|forces`: one of the left and one of the right in either order, with at
    /// most so many words between, in one sentence.
    Pair { left: Vec<&'a str>, right: Vec<&'a str>, within: u32 },
    /// `@OPEC`: the actor with this id, or anybody whose path goes through it.
    Actor(&'a str),
}

/// The most words that may stand between the halves of a pair.
const WIDEST: u32 = 12;

impl Pattern<'_> {
    pub(super) fn of(text: &str) -> Result<Pattern<'_>, String> {
        if let Some(id) = text.strip_prefix('@') {
            return match id.trim() {
                "" => Err("expected an actor id behind @".to_owned()),
                id => Ok(Pattern::Actor(id)),
            };
        }
        let Some((left, rest)) = text.split_once('~') else { return Ok(Pattern::Words(text)) };
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let within = rest[..digits].parse().ok().filter(|within| *within <= WIDEST);
        let Some(within) = within else {
            return Err(format!("expected a number of words up to {WIDEST} behind ~, as in \"withdraw ~4 troops\""));
        };
        let right = &rest[digits..];
        if right.contains('~') {
            return Err("found a second ~, expected one".to_owned());
        }
        let side = |words: &'_ str| words.trim().is_empty();
        if left.split('|').any(side) || right.split('|').any(side) {
            return Err("expected words on both sides of ~".to_owned());
        }
        Ok(Pattern::Pair {
            left: left.split('|').map(str::trim).collect(),
            right: right.split('|').map(str::trim).collect(),
            within,
        })
    }
}
