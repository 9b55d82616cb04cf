//! Parts of a state by composition: the state's name or adjective beside the words of `roles.tsv`.
//!
//! "Russian foreign minister", "Georgia's parliament", "the armed forces of Chad" are never listed: they
//! are read as a state and a part of it, two mentions side by side. Where the document has a date, the
//! words of an office name the person who held it in that year.

use super::context::{after_possessive, next_word, prev_word};
use super::gazetteer::{Gazetteer, RolePhrase};
use super::period::Period;
use super::words::{List, is_in};
use crate::document::Span;
use crate::text::Run;

/// How many words may stand between a state and its part ("Russia's new foreign minister").
const MAX_MODIFIERS: usize = 3;

/// A part found beside a state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) span: Span,
    pub(crate) role: RolePhrase,
    /// Whether a word beside it says that another than the present holder is meant.
    pub(crate) not_holder: bool,
}

impl Gazetteer {
    /// The longest role phrase that starts at a position.
    pub(super) fn role_at(&self, text: &str, at: usize) -> Option<(usize, RolePhrase)> {
        let mut longest = None;
        let found = |end: usize, value: u32| {
            if text[end..].chars().next().is_none_or(|c| !c.is_alphanumeric()) {
                longest = Some((end, self.role_phrases[value as usize]));
            }
        };
        self.roles.walk(text, at, |at| Run::at(text.as_bytes(), at), found);
        longest
    }

    /// The part that follows a state's name or adjective.
    pub(crate) fn part_after(&self, text: &str, state: Span) -> Option<Part> {
        let mut at = after_possessive(text, state.end);
        if at == state.end
            && let Some(owned) = behind_pronoun(text, at)
        {
            at = owned;
        }
        let before = prev_word(text, state.start);
        let mut not_holder = before.is_some_and(|word| is_in(List::NotHolding, &text[word.range()]));
        let mut of_a_creed = false;
        for _ in 0..=MAX_MODIFIERS {
            let word = next_word(text, at)?;
            if let Some((end, role)) = self.role_at(text, word.start) {
                // "Iraq's Shia militias" are its armed opposition; "Iraq's Shia leaders" are not its government.
                if of_a_creed && &*self.slots[role.slot as usize].id != "REB" {
                    return None;
                }
                // "Russia's opposition to enlargement" is no party: the noun has an object.
                let next = next_word(text, end);
                if next.is_some_and(|next| &text[next.range()] == "to")
                    && !role.office
                    && &text[word.start..end] == "opposition"
                {
                    return None;
                }
                return Some(Part { span: Span::new(word.start, end), role, not_holder });
            }
            let modifier = &text[word.range()];
            let creed = is_in(List::Creeds, modifier);
            if !creed && !is_in(List::Modifiers, modifier) {
                return None;
            }
            of_a_creed |= creed;
            not_holder |= is_in(List::NotHolding, modifier);
            at = word.end;
        }
        None
    }

    /// The part that is joined to another one by "and" or a comma.
    pub(crate) fn part_joined(&self, text: &str, part: Part) -> Option<Part> {
        let mut at = part.span.end;
        let comma = text[at..].starts_with(", ");
        at += usize::from(comma);
        let mut word = next_word(text, at)?;
        if matches!(&text[word.range()], "and" | "or") {
            word = next_word(text, word.end)?;
        } else if !comma {
            return None;
        }
        if matches!(&text[word.range()], "the" | "its" | "their") {
            word = next_word(text, word.end)?;
        }
        let (end, role) = self.role_at(text, word.start)?;
        // "the French foreign minister and the parliament of Georgia": this one has an owner of its own.
        if has_owner(text, end) {
            return None;
        }
        // A bare "officials" or "troops" behind a comma may be anybody's; an office is the state's, and so is what
        // stands inside a list of parts: "the Lithuanian president, parliament and government".
        let listed = || {
            let and = next_word(text, end).filter(|word| &text[word.range()] == "and");
            and.and_then(|and| next_word(text, and.end)).is_some_and(|word| self.role_at(text, word.start).is_some())
        };
        let own = role.office || !comma || text[word.start..].starts_with(char::is_uppercase) || listed();
        own.then_some(Part { span: Span::new(word.start, end), role, not_holder: false })
    }

    /// The part that a state's name is the owner of: "parliament of Georgia".
    pub(crate) fn part_before(&self, text: &str, state: Span) -> Option<Part> {
        let mut of = prev_word(text, state.start)?;
        if text[of.range()].eq_ignore_ascii_case("the") {
            of = prev_word(text, of.start)?;
        }
        if &text[of.range()] != "of" {
            return None;
        }
        let end = text[..of.start].trim_end().len();
        let mut starts = [0usize; 4];
        let mut count = 0;
        let mut at = of.start;
        while count < starts.len() {
            let Some(word) = prev_word(text, at) else { break };
            starts[count] = word.start;
            count += 1;
            at = word.start;
        }
        for &start in starts[..count].iter().rev() {
            if let Some((role_end, role)) = self.role_at(text, start)
                && role_end == end
            {
                let before = prev_word(text, start);
                let not_holder = before.is_some_and(|word| is_in(List::NotHolding, &text[word.range()]));
                return Some(Part { span: Span::new(start, end), role, not_holder });
            }
        }
        None
    }

    /// Who held an office of a state or organisation at a time; `None` where nobody or more than one is known
    /// to, as in the year of a change where the day is not known.
    pub(crate) fn holder(&self, at: u32, role: &str, when: Period) -> Option<u32> {
        let (_, held) = self.holders.get(&at)?.iter().find(|(known, _)| **known == *role)?;
        let mut holder = None;
        for &(period, person) in held {
            if !period.overlaps(when) || self.is_followed(held, period, person, when) {
                continue;
            }
            if holder.is_some_and(|other| other != person) {
                return None;
            }
            holder = Some(person);
        }
        holder
    }

    /// Whether somebody else took an office over before a time from a person whose end in it is not known:
    /// an open end is often one the source did not know.
    fn is_followed(&self, held: &[(Period, u32)], period: Period, person: u32, when: Period) -> bool {
        period.is_open()
            && held.iter().any(|&(later, other)| {
                other != person && later.first() > period.first() && later.first() < when.first()
            })
    }
}

/// Whether words for a part go on with "of" and a name.
fn has_owner(text: &str, end: usize) -> bool {
    let Some(of) = next_word(text, end).filter(|word| &text[word.range()] == "of") else { return false };
    let owner = match next_word(text, of.end) {
        Some(word) if &text[word.range()] == "the" => next_word(text, word.end),
        word => word,
    };
    owner.is_some_and(|owner| text[owner.start..].starts_with(char::is_uppercase))
}

/// Where what a state owns goes on behind a pronoun: "Japan and its prime minister", "Mali, whose army".
fn behind_pronoun(text: &str, end: usize) -> Option<usize> {
    let rest = &text[end..];
    [" and its", ", whose", ", its", " or its"].iter().find(|words| rest.starts_with(**words)).and_then(|words| {
        let at = end + words.len();
        text[at..].starts_with(' ').then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;

    fn part(text: &str, state: &str) -> Option<(String, String)> {
        let gazetteer = Gazetteer::built_in();
        let start = text.find(state)?;
        let state = Span::new(start, start + state.len());
        let part = gazetteer.part_after(text, state).or_else(|| gazetteer.part_before(text, state))?;
        Some((text[part.span.range()].to_owned(), gazetteer.slots[part.role.slot as usize].id.to_string()))
    }

    #[test]
    fn parts_stand_on_both_sides_of_a_state() {
        let expect = |words: &str, slot: &str| Some((words.to_owned(), slot.to_owned()));
        assert_eq!(part("the Russian foreign minister said", "Russian"), expect("foreign minister", "MFA"));
        assert_eq!(part("Russia’s newly elected president", "Russia"), expect("president", "PRES"));
        assert_eq!(
            part("the Parliament of the Republic of Moldova", "Republic of Moldova"),
            expect("Parliament", "PARL")
        );
        assert_eq!(part("Ministry of Foreign Affairs of Peru", "Peru"), expect("Ministry of Foreign Affairs", "MFA"));
        assert_eq!(part("Russian gas", "Russian"), None);
        assert_eq!(part("the history of Peru", "Peru"), None);
    }

    #[test]
    fn the_year_decides_who_held_an_office() -> Result<()> {
        let gazetteer = Gazetteer::built_in();
        let russia = gazetteer.ids["RUS"];
        let held = |date: &str| -> Result<Option<String>> {
            let person = gazetteer.holder(russia, "head_of_state", Period::of(date.parse()?));
            Ok(person.map(|person| gazetteer.actors[person as usize].id().to_owned()))
        };
        assert_eq!(held("1997-05-27")?.as_deref(), Some("boris-yeltsin"));
        assert_eq!(held("2022-02-04")?.as_deref(), Some("vladimir-putin"));
        assert_eq!(held("2010")?.as_deref(), Some("dmitry-medvedev"));
        assert_eq!(held("2008")?, None);
        assert_eq!(held("2008-05-06")?.as_deref(), Some("vladimir-putin"));
        Ok(())
    }
}
