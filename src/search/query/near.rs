//! `NEAR/5(…)` and its like.

use super::clause::{Clause, Distance, Field, Filter};
use super::diagnostic::Diagnostic;
use super::normal;
use super::parse::{Item, Parser};
use super::scope::Scope;
use crate::document::Span;
use crate::facet::Dimension;

/// `NEAR(…)` without a number.
const NEAR_WORDS: u32 = 10;

impl Parser<'_> {
    /// `NEAR/5(…)` and the like, if one stands here.
    pub(super) fn near(&mut self, depth: usize, scope: Scope) -> Option<Option<Clause>> {
        let start = self.at;
        let (ordered, after) = match self.rest().strip_prefix("ONEAR") {
            Some(after) => (true, after),
            None => (false, self.rest().strip_prefix("NEAR")?),
        };
        let (distance, after) = match after.strip_prefix('/') {
            None => (Distance::Words(NEAR_WORDS), after),
            Some(after) => match after.strip_prefix(['s', 'S']) {
                Some(after) => (Distance::Sentence, after),
                None => {
                    let count = after.bytes().take_while(u8::is_ascii_digit).count();
                    if count == 0 {
                        return None;
                    }
                    let words = after[..count].parse::<u32>().unwrap_or(u32::MAX).min(100_000);
                    (Distance::Words(words), &after[count..])
                }
            },
        };
        let named_end = self.text.len() - after.len();
        if !after.starts_with('(') {
            // "a NEAR/5 b"; but "NEAR" alone, or "NEAR/5x", is a word.
            let alone = after.chars().next().is_none_or(|c| c.is_whitespace() || c == ')');
            if !self.text[start..named_end].contains('/') || !alone {
                return None;
            }
            let name = &self.text[start..named_end];
            let diagnostic =
                Diagnostic::new("NEAR takes its words in brackets, this was left out", Span::new(start, named_end));
            self.report(diagnostic.suggesting(format!("{name}(… …)")));
            self.at = named_end;
            return Some(None);
        }
        self.at = named_end + 1;
        let scope = if matches!(scope, Scope::Field(_)) { scope } else { Scope::Field(Field::Any) };
        let Some(items) = self.bracketed(depth, scope, named_end) else { return Some(None) };
        if let Distance::Words(words) = distance {
            self.check_distance(words, start);
        }
        let mut odd = Oddities { excludes: items.iter().any(|item| item.negated), ..Oddities::default() };
        let operands: Vec<Clause> = items.into_iter().filter(|item| !item.negated).map(Item::into_clause).collect();
        operands.iter().for_each(|operand| odd.look_at(operand));
        for message in odd.messages(distance) {
            self.odd(message, start, self.at);
        }
        match operands.len() {
            0 | 1 => self.odd("NEAR needs two words or more", start, self.at),
            2..=normal::MAX_OPERANDS => {}
            _ => self.odd("NEAR takes at most 32 words, the rest was left out", start, self.at),
        }
        Some(Some(Clause::Near { operands, distance, ordered }))
    }
}

/// What the operands of a NEAR ask for that it cannot do.
#[derive(Default)]
struct Oddities {
    excludes: bool,
    /// A filter, a likeness, everything: nothing that stands at a place of a text.
    placeless: bool,
    boosts: bool,
    nests: bool,
    actors: bool,
    /// The fields that are asked for by name.
    fields: Vec<Field>,
}

impl Oddities {
    fn look_at(&mut self, operand: &Clause) {
        match operand {
            Clause::Word { field, .. } | Clause::Phrase { field, .. } => {
                if *field != Field::Any && !self.fields.contains(field) {
                    self.fields.push(*field);
                }
            }
            Clause::Filter(Filter::Facet { dimension: Dimension::Actor, .. }) => self.actors = true,
            Clause::All | Clause::Like(_) | Clause::Filter(_) => self.placeless = true,
            Clause::Near { operands, .. } => {
                self.nests = true;
                operands.iter().for_each(|operand| self.look_at(operand));
            }
            Clause::Bool { must, should, must_not } => {
                self.excludes |= !must_not.is_empty();
                must.iter().chain(should).for_each(|part| self.look_at(part));
            }
            Clause::Boost { clause, .. } => {
                self.boosts = true;
                self.look_at(clause);
            }
        }
    }

    fn messages(&self, distance: Distance) -> impl Iterator<Item = &'static str> {
        let outside = self.fields.iter().any(|field| matches!(field, Field::Title | Field::Heading));
        let told = [
            (self.excludes, "NEAR cannot exclude, the exclusion was left out"),
            (self.placeless, "NEAR takes words, phrases, patterns and actors, the rest was left out"),
            (self.boosts, "in NEAR no word counts more than another, the factor was left out"),
            (self.nests, "in NEAR another NEAR is taken as its words"),
            (self.fields.len() > 1, "NEAR looks in one field, so nothing matches several"),
            (outside && self.actors, "actors are told in a paragraph's text, so NEAR finds none in a title or heading"),
            (
                outside && distance == Distance::Sentence,
                "sentences are told in a paragraph's text, so NEAR/s finds none in a title or heading",
            ),
        ];
        told.into_iter().filter(|(is_so, _)| *is_so).map(|(_, message)| message)
    }
}
