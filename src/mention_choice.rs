//! Which mentions make a paragraph name an actor.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::document::{Mention, MentionKind};

/// Which mentions make a paragraph name an actor, in the filters and counts of a query.
///
/// An actor counts in a paragraph where one of its mentions is of a chosen kind and sure enough. By default every
/// mention will do.
///
/// In the query language it is written `as:name,acronym` (these kinds), `-as:metonym` (all but these) and
/// `sure:0.9` (of at least this confidence), which is also how it is displayed.
///
/// # Examples
///
/// ```
/// use demarche::{MentionChoice, MentionKind, Query};
///
/// let named = MentionChoice::all().only([MentionKind::Name, MentionKind::Acronym]).at_least(0.9);
/// assert_eq!(Query::new("gas actor:russia").mentions(named), Query::new("gas actor:russia as:name,acronym sure:0.9"));
/// assert!(!named.has(MentionKind::Metonym));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct MentionChoice {
    /// A bit a kind.
    kinds: u8,
    /// The least confidence, in hundredths.
    floor: u8,
}

/// As JSON: `{"kinds": ["name", "acronym"], "floor": 0.9}`.
#[derive(Serialize, Deserialize)]
struct Written {
    kinds: Vec<MentionKind>,
    floor: f32,
}

impl From<Written> for MentionChoice {
    fn from(written: Written) -> MentionChoice {
        MentionChoice::all().only(written.kinds).at_least(written.floor)
    }
}

impl From<MentionChoice> for Written {
    fn from(choice: MentionChoice) -> Written {
        let kinds = MentionKind::ALL.into_iter().filter(|&kind| choice.has(kind)).collect();
        Written { kinds, floor: choice.floor() }
    }
}

const ALL_KINDS: u8 = (1 << MentionKind::ALL.len()) - 1;

/// A confidence in hundredths, as it is indexed and compared.
pub(crate) fn hundredths(confidence: f32) -> u8 {
    // A confidence that is no number is none.
    (confidence * 100.0).round().clamp(0.0, 100.0) as u8
}

impl MentionChoice {
    /// Every mention.
    pub fn all() -> MentionChoice {
        MentionChoice { kinds: ALL_KINDS, floor: 0 }
    }

    /// Only mentions of these kinds; without any kind, no mention.
    pub fn only(self, kinds: impl IntoIterator<Item = MentionKind>) -> MentionChoice {
        MentionChoice { kinds: kinds.into_iter().fold(0, |bits, kind| bits | 1 << kind as u8), ..self }
    }

    /// Mentions of these kinds no more.
    pub fn without(self, kinds: impl IntoIterator<Item = MentionKind>) -> MentionChoice {
        MentionChoice { kinds: kinds.into_iter().fold(self.kinds, |bits, kind| bits & !(1 << kind as u8)), ..self }
    }

    /// Only mentions with this [confidence](Mention::confidence) or more, from 0 to 1. It is compared in hundredths.
    pub fn at_least(self, confidence: f32) -> MentionChoice {
        MentionChoice { floor: hundredths(confidence), ..self }
    }

    /// Whether mentions of a kind will do.
    pub fn has(self, kind: MentionKind) -> bool {
        self.kinds & 1 << kind as u8 != 0
    }

    /// The least confidence of a mention that will do.
    pub fn floor(self) -> f32 {
        f32::from(self.floor) / 100.0
    }

    /// Whether a mention will do.
    pub fn accepts(self, mention: &Mention) -> bool {
        self.accepts_sure(mention.kind, hundredths(mention.confidence))
    }

    pub(crate) fn accepts_sure(self, kind: MentionKind, hundredths: u8) -> bool {
        self.has(kind) && hundredths >= self.floor
    }

    /// Whether every mention will do.
    pub fn is_all(self) -> bool {
        self == MentionChoice::all()
    }
}

impl Default for MentionChoice {
    fn default() -> MentionChoice {
        MentionChoice::all()
    }
}

impl fmt::Debug for MentionChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MentionChoice").field(&self.to_string()).finish()
    }
}

/// As the query language has it; empty for all mentions.
impl fmt::Display for MentionChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |wanted: bool| {
            let kinds = MentionKind::ALL.into_iter().filter(|&kind| self.has(kind) == wanted);
            kinds.map(MentionKind::as_str).collect::<Vec<_>>().join(",")
        };
        let mut separator = "";
        if self.kinds != ALL_KINDS {
            // The shorter of the two lists; no kind at all has only one of them.
            if self.kinds != 0 && self.kinds.count_ones() <= ALL_KINDS.count_ones() / 2 {
                write!(f, "as:{}", named(true))?;
            } else {
                write!(f, "-as:{}", named(false))?;
            }
            separator = " ";
        }
        if self.floor > 0 {
            write!(f, "{separator}sure:{}", self.floor())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Span;

    #[test]
    fn kinds_and_floor_both_hold() {
        let mention = |kind, confidence| Mention { span: Span::new(0, 1), kind, rule: "alias".into(), confidence };
        let choice = MentionChoice::all().without([MentionKind::Metonym]).at_least(0.8);
        assert!(choice.accepts(&mention(MentionKind::Name, 0.8)));
        assert!(!choice.accepts(&mention(MentionKind::Name, 0.79)));
        assert!(!choice.accepts(&mention(MentionKind::Metonym, 1.0)));
        assert!(!choice.accepts(&mention(MentionKind::Name, f32::NAN)));
        assert!(MentionChoice::all().accepts(&mention(MentionKind::Metonym, f32::NAN)));
        assert_eq!(choice.to_string(), "-as:metonym sure:0.8");
        assert_eq!(MentionChoice::all().only([MentionKind::Name]).to_string(), "as:name");
        assert_eq!(MentionChoice::all().to_string(), "");
    }
}
