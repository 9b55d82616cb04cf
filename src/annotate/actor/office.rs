//! Parts of a state and heads of an organisation, read beside its name.

use super::compose::Part;
use super::context::{after_possessive, char_before, is_hyphen, next_word, prev_word};
use super::draft::Sense;
use super::gazetteer::Claim;
use super::metonym::links;
use super::record::ActorKind;
use super::resolve::{Found, Resolver};
use super::rule::Rule;
use super::words::{List, is_in};
use crate::document::{MentionKind, Span};

impl Resolver<'_> {
    /// Adds the part of a state beside its name. Returns the end of a part that follows, whose words no
    /// other candidate may use.
    pub(super) fn parts(
        &mut self,
        text: &str,
        span: Span,
        claim: Claim,
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
        let row = std::mem::take(&mut self.row).reaching(text, span.start);
        // "pro-Russian officials", "non-Chinese firms": the prefix makes them somebody else's.
        if char_before(text, span.start).is_some_and(is_hyphen) {
            return None;
        }
        let mut shared = None;
        if claim.sense != Sense::Demonym {
            // "the African National Congress of South Africa": a longer name keeps its words.
            let named = |part: &Part| {
                found[first..].iter().rev().take(2).any(|named| {
                    named.span.overlaps(part.span)
                        && named.span.end - named.span.start > part.span.end - part.span.start
                })
            };
            if let Some(part) = self.gazetteer.part_before(text, span).filter(|part| !named(part)) {
                found.truncate_overlapping(first, part.span);
                self.add_part(text, claim.actor, part, found);
                shared = Some(part).filter(|part| is_shared(&text[part.span.range()]));
            } else if let Some(part) = row.owned {
                self.add_part(text, claim.actor, part, found);
                shared = row.owned;
            }
        }
        let Some(mut part) = self.gazetteer.part_after(text, span) else {
            let mut states = row.states;
            let end = after_possessive(text, span.end);
            // "Iran and Russian officials": what is no adjective is a party by itself; "Egypt's and Jordan's
            // ministers" are of both.
            if claim.sense == Sense::Name && !text[span.range()].contains(' ') && end == span.end {
                states.clear();
            } else {
                states.push(claim.actor);
            }
            self.row = Row { states, owned: shared, end };
            return None;
        };
        self.add_part(text, claim.actor, part, found);
        // "French, German and Polish leaders": the part of each.
        if is_shared(&text[part.span.range()]) {
            for &state in row.states.iter().filter(|&&state| state != claim.actor) {
                self.add_part(text, state, part, found);
            }
        }
        // "the Polish president and prime minister", "the US Senate and the House of Representatives"
        while let Some(joined) = self.gazetteer.part_joined(text, part) {
            part = joined;
            self.add_part(text, claim.actor, part, found);
        }
        Some(part.span.end)
    }

    fn add_part(&mut self, text: &str, state: u32, part: Part, found: &mut Vec<Found>) {
        let slot = &self.gazetteer.slots[part.role.slot as usize];
        if part.role.office
            && !part.not_holder
            && !is_named_behind(text, part.span)
            && let (Some(when), Some(role)) = (self.when, slot.office.as_deref())
        {
            let person = self.gazetteer.holder(state, role, when).or_else(|| {
                // Monarchs and most "heads of state" stand in the same column of the sources.
                (role == "monarch").then(|| self.gazetteer.holder(state, "head_of_state", when)).flatten()
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

    /// "UN Secretary-General", "the president of the European Commission": the person who held the office then.
    fn organisation_head(&mut self, text: &str, span: Span, claim: Claim, found: &mut Vec<Found>) -> Option<usize> {
        let when = self.when?;
        let (office, owner) = match head_after(text, span) {
            Some(office) => (office, span.start),
            None => {
                let office = head_before(text, span)?;
                (office, office.start)
            }
        };
        if office.start > span.start && is_named_behind(text, office)
            || prev_word(text, owner).is_some_and(|word| is_in(List::NotHolding, &text[word.range()]))
        {
            return None;
        }
        let actor = ["secretary_general", "head"]
            .into_iter()
            .find_map(|role| self.gazetteer.holder(claim.actor, role, when))?;
        self.push(text, Found { actor, span: office, kind: MentionKind::Office, rule: Rule::Holder }, found);
        (office.start > span.start).then_some(office.end)
    }
}

/// The states of a list that is being read, whose parts may be named once for all of them.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Those that have no part of their own yet: "French, German and …".
    states: Vec<u32>,
    /// The part that the states of the list own: "the governments of Kenya, …".
    owned: Option<Part>,
    /// Where the last of them ends.
    end: usize,
}

impl Row {
    /// The list, if it goes on at a position; a new one otherwise.
    fn reaching(self, text: &str, start: usize) -> Row {
        let goes_on = self.end > 0 && text.get(self.end..start).is_some_and(links);
        if goes_on { self } else { Row::default() }
    }
}

/// Whether words for a part may speak of several states at once: a plural, or a word that has none.
fn is_shared(words: &str) -> bool {
    let last = words.rsplit(' ').next().unwrap_or(words);
    last.ends_with('s') && !last.ends_with("ss")
        || matches!(last, "military" | "police" | "intelligence" | "media" | "leadership" | "militia")
}

/// Words for the head of an organisation.
const HEADS: [&str; 9] = [
    "secretary-general",
    "secretary general",
    "director-general",
    "director general",
    "managing director",
    "chief",
    "head",
    "president",
    "chairman",
];

fn head_at(text: &str, start: usize) -> Option<Span> {
    let rest = &text[start..];
    let phrase = HEADS.iter().find(|phrase| {
        rest.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase))
            && !rest[phrase.len()..].starts_with(char::is_alphanumeric)
    })?;
    Some(Span::new(start, start + phrase.len()))
}

fn head_after(text: &str, organisation: Span) -> Option<Span> {
    let word = next_word(text, after_possessive(text, organisation.end))?;
    head_at(text, word.start)
}

fn head_before(text: &str, organisation: Span) -> Option<Span> {
    let mut of = prev_word(text, organisation.start)?;
    if text[of.range()].eq_ignore_ascii_case("the") {
        of = prev_word(text, of.start)?;
    }
    if &text[of.range()] != "of" {
        return None;
    }
    let end = text[..of.start].trim_end().len();
    let last = prev_word(text, of.start)?;
    let two = prev_word(text, last.start).and_then(|first| head_at(text, first.start));
    two.or_else(|| head_at(text, last.start)).filter(|office| office.end == end)
}

/// Whether the office is an apposition to a name that follows: "Russian President Vladimir Putin".
fn is_named_behind(text: &str, office: Span) -> bool {
    let start = match text[office.end..].strip_prefix(", ") {
        Some(_) => Some(office.end + 2),
        None => next_word(text, office.end).map(|word| word.start),
    };
    start.is_some_and(|start| text[start..].starts_with(char::is_uppercase))
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
