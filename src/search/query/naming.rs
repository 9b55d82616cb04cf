//! `as:` and `sure:`: which mentions name an actor, for the whole of a query.

use super::clause::Clause;
use super::diagnostic::Diagnostic;
use super::parse::{Parser, nothing};
use super::scope::Scope;
use crate::document::{MentionKind, Span};
use crate::mention_choice::MentionChoice;
use crate::text::slips;

/// What a query asked for so far.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Whether what is read stands behind an odd number of exclusions.
    pub(super) negated: bool,
    only: Vec<MentionKind>,
    without: Vec<MentionKind>,
    floor: Option<f32>,
}

impl Wanted {
    pub(super) fn choice(&self) -> MentionChoice {
        let mut choice = MentionChoice::all();
        if !self.only.is_empty() {
            choice = choice.only(self.only.iter().copied());
        }
        choice.without(self.without.iter().copied()).at_least(self.floor.unwrap_or_default())
    }
}

impl Parser<'_> {
    /// Reads the value of `as:` or `sure:`. The clause that is left has no meaning of its own, unless the value was
    /// none: then it is taken as words.
    pub(super) fn naming(&mut self, scope: Scope, value: &str, span: Span) -> Clause {
        let understood = if scope == Scope::Sure { self.sure(value, span) } else { self.kinds(value, span) };
        if understood { nothing() } else { Clause::word(value) }
    }

    fn kinds(&mut self, value: &str, span: Span) -> bool {
        let mut kinds = Vec::new();
        for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            match MentionKind::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(name)) {
                Some(kind) => kinds.push(kind),
                None => {
                    let lower = name.to_lowercase();
                    let close = MentionKind::ALL.into_iter().find(|kind| slips(kind.as_str(), &lower, 2).is_some());
                    let diagnostic = Diagnostic::new("no kind of mention is called that, it was taken as words", span);
                    self.report(match close {
                        Some(kind) => diagnostic.suggesting(kind.as_str()),
                        None => diagnostic,
                    });
                    return false;
                }
            }
        }
        let list = if self.mentions.negated { &mut self.mentions.without } else { &mut self.mentions.only };
        list.extend(kinds);
        true
    }

    fn sure(&mut self, value: &str, span: Span) -> bool {
        let floor = value.parse::<f32>().ok().filter(|floor| (0.0..=1.0).contains(floor));
        match floor {
            Some(floor) if !self.mentions.negated => {
                self.mentions.floor = Some(self.mentions.floor.map_or(floor, |other| other.max(floor)));
                true
            }
            Some(_) => {
                self.report(Diagnostic::new("a least confidence cannot be excluded, it was left out", span));
                true
            }
            None => {
                self.report(Diagnostic::new("expected a confidence from 0 to 1, taken as words", span));
                false
            }
        }
    }
}
