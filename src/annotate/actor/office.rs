//! Parts of a state and heads of an organisation, read beside its name.

use super::compose::Part;
use super::context::{after_possessive, char_at, char_before, is_hyphen, next_word, prev_word};
use super::draft::Sense;
use super::gazetteer::Claim;
use super::record::ActorKind;
use super::resolve::{Found, Resolver};
use super::rule::Rule;
use super::scan::Candidate;
use super::words::is_in;
use crate::document::{MentionKind, Span};

impl Resolver<'_> {
    /// Adds the part of a state beside its name. Returns the end of a part that follows, whose words no
    /// other candidate may use.
    pub(super) fn parts(
        &mut self,
        text: &str,
        span: Span,
        claim: Claim,
        next: Option<Candidate>,
        first: usize,
        found: &mut Vec<Found>,
    ) -> Option<usize> {
        if !matches!(claim.sense, Sense::Name | Sense::Acronym | Sense::Demonym) {
            return None;
        }
        let kind = self.gazetteer.actors[claim.actor as usize].kind;
        if kind == ActorKind::Organisation {
            return self.organisation_head(text, span, claim, found);
        }
        if !kind.is_country() {
            return None;
        }
        // "pro-Russian officials", "non-Chinese firms": the prefix makes them somebody else's.
        if char_before(text, span.start).is_some_and(is_hyphen) {
            return None;
        }
        if claim.sense != Sense::Demonym
            && let Some(part) = self.gazetteer.part_before(text, span)
        {
            found.truncate_overlapping(first, part.span);
            self.add_part(text, claim.actor, part, None, found);
        }
        let part = self.gazetteer.part_after(text, span)?;
        self.add_part(text, claim.actor, part, next, found);
        Some(part.span.end)
    }

    fn add_part(&mut self, text: &str, state: u32, part: Part, next: Option<Candidate>, found: &mut Vec<Found>) {
        let slot = &self.gazetteer.slots[part.role.slot as usize];
        if part.role.office
            && !part.not_holder
            && !self.is_named_behind(text, part.span, next)
            && let (Some(date), Some(role)) = (self.date, slot.office.as_deref())
        {
            let person = self.gazetteer.holder(state, role, date).or_else(|| {
                // Monarchs and most "heads of state" stand in the same column of the sources.
                (role == "monarch").then(|| self.gazetteer.holder(state, "head_of_state", date)).flatten()
            });
            if let Some(actor) = person {
                self.push(text, Found { actor, span: part.span, kind: MentionKind::Office, rule: Rule::Holder }, found);
                return;
            }
        }
        if let Some(&actor) = self.gazetteer.parts.get(&(state, part.role.slot)) {
            let kind = if part.role.office { MentionKind::Office } else { MentionKind::Name };
            self.push(text, Found { actor, span: part.span, kind, rule: Rule::Composed }, found);
        }
    }

    /// Whether the office is an apposition to a name that follows: "Russian President Vladimir Putin".
    fn is_named_behind(&self, text: &str, office: Span, next: Option<Candidate>) -> bool {
        let _ = next;
        let end = text[office.end..].strip_prefix(", ").map_or(office.end, |_| office.end + 2);
        let start = if end > office.end { Some(end) } else { next_word(text, end).map(|word| word.start) };
        start.is_some_and(|start| text[start..].starts_with(char::is_uppercase))
    }

    /// "UN Secretary-General": the person who held the office in the year of the document.
    fn organisation_head(&mut self, text: &str, span: Span, claim: Claim, found: &mut Vec<Found>) -> Option<usize> {
        let date = self.date?;
        let after = after_possessive(text, span.end);
        let mut word = next_word(text, after)?;
        let rest = &text[word.start..];
        let phrase = [
            "secretary-general",
            "secretary general",
            "director-general",
            "director general",
            "chief",
            "head",
            "president",
        ]
        .into_iter()
        .find(|phrase| rest.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase)))?;
        word = Span::new(word.start, word.start + phrase.len());
        if char_at(text, word.end).is_some_and(char::is_alphanumeric) || self.is_named_behind(text, word, None) {
            return None;
        }
        if prev_word(text, span.start).is_some_and(|word| is_in("not-holding", &text[word.range()])) {
            return None;
        }
        let actor = ["secretary_general", "head"]
            .into_iter()
            .find_map(|role| self.gazetteer.holder(claim.actor, role, date))?;
        self.push(text, Found { actor, span: word, kind: MentionKind::Office, rule: Rule::Holder }, found);
        Some(word.end)
    }
}

/// Takes back mentions that a longer reading overlaps.
trait TruncateOverlapping {
    fn truncate_overlapping(&mut self, first: usize, span: Span);
}

impl TruncateOverlapping for Vec<Found> {
    fn truncate_overlapping(&mut self, first: usize, span: Span) {
        // The state itself is the last one found; only what stands right before it can overlap its part.
        let Some(state) = self.pop() else { return };
        while self.len() > first && self.last().is_some_and(|found| found.span.overlaps(span)) {
            self.pop();
        }
        self.push(state);
    }
}
