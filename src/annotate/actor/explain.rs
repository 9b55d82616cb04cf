//! Why a name was taken for an actor, or was not.

use std::sync::Arc;

use super::record::Actor;
use super::rule::{Rule, interned};
use crate::document::{MentionKind, Span};

/// What was decided about one place of a text that may name an actor.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Decision {
    /// Where, in bytes of the text.
    pub span: Span,
    /// What stands there.
    pub text: String,
    /// The actor's id; `None` where the place was rejected.
    pub actor: Option<Arc<str>>,
    /// How the actor is named; `None` where the place was rejected.
    pub kind: Option<MentionKind>,
    /// The rule that decided, as mentions carry it.
    pub rule: Arc<str>,
    /// How sure the rule is, in (0, 1]; 0 where the place was rejected.
    pub confidence: f32,
    /// What the rule says.
    pub reason: &'static str,
}

impl Decision {
    /// Whether the place was taken for an actor.
    pub fn is_accepted(&self) -> bool {
        self.actor.is_some()
    }

    pub(crate) fn accepted(span: Span, text: &str, actor: &Actor, kind: MentionKind, rule: Rule) -> Decision {
        Decision {
            span,
            text: text.to_owned(),
            actor: Some(actor.id.clone()),
            kind: Some(kind),
            rule: interned(rule),
            confidence: rule.confidence(),
            reason: rule.says(),
        }
    }

    pub(crate) fn rejected(span: Span, text: &str, rule: Rule) -> Decision {
        Decision {
            span,
            text: text.to_owned(),
            actor: None,
            kind: None,
            rule: interned(rule),
            confidence: 0.0,
            reason: rule.says(),
        }
    }
}
