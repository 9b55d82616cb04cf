//! Between the passes: what the whole document tells about its names.
//!
//! In: the candidates of every text of a document. Out: who is named in full, and which acronyms the
//! document defines, so that surnames, short acronyms and references are judged with all of it in view,
//! also those that stand before the full name.

use std::collections::HashMap;

use super::context::{char_before, prev_word};
use super::draft::{Guard, Sense};
use super::gazetteer::{Gazetteer, NOBODY};
use super::homograph::Default_;
use super::period::Period;
use super::record::ActorKind;
use super::scan::{Candidate, Fit};
use crate::document::{MentionKind, Span};

/// The longest words between a state and the acronym of its part, in bytes.
const LONGEST_PART: usize = 80;

/// How many acronyms of its own a document may define; more is no document but an attack or a glossary.
const MAX_DEFINITIONS: usize = 256;

/// What a document tells about its names.
#[derive(Debug)]
pub(crate) struct Licences {
    named: Vec<u64>,
    /// Actors of which the document mentions a part, or a capital, whether as a party or as a place.
    spoken_of: Vec<u64>,
    /// Acronyms of the gazetteer that the document defines, by entry; [`NOBODY`] where it means somebody
    /// the gazetteer does not know.
    pub(crate) defined: HashMap<u32, u32>,
    /// Acronyms the gazetteer does not have, with the actor that the document gives them to.
    pub(crate) own: HashMap<Box<str>, u32>,
}

impl Licences {
    pub(crate) fn new(actors: usize) -> Licences {
        let none = vec![0; actors.div_ceil(64)];
        Licences { named: none.clone(), spoken_of: none, defined: HashMap::new(), own: HashMap::new() }
    }

    /// Whether the document names the actor in full, or by an acronym that nothing else can mean.
    pub(crate) fn names(&self, actor: u32) -> bool {
        self.named.get(actor as usize / 64).is_some_and(|word| word & 1 << (actor % 64) != 0)
    }

    /// Whether the document speaks of the actor: names it, a part of it, or a capital of it.
    pub(crate) fn speaks_of(&self, actor: u32) -> bool {
        self.names(actor) || self.spoken_of.get(actor as usize / 64).is_some_and(|word| word & 1 << (actor % 64) != 0)
    }

    fn add(&mut self, gazetteer: &Gazetteer, actor: u32) {
        set(&mut self.named, actor);
        let record = &gazetteer.actors[actor as usize];
        if record.kind != ActorKind::Person {
            set(&mut self.spoken_of, record.home);
            set(&mut self.spoken_of, record.above);
        }
    }

    /// Takes in the candidates of one text.
    pub(crate) fn read(&mut self, gazetteer: &Gazetteer, text: &str, candidates: &[Candidate], when: Option<Period>) {
        for (at, candidate) in candidates.iter().enumerate() {
            let entry = &gazetteer.entries[candidate.entry as usize];
            let claims = gazetteer.claims_of(entry);
            let full = |sense: Sense| matches!(sense, Sense::Name | Sense::Acronym | Sense::Metonym | Sense::Demonym);
            let unsure = entry.homograph != 0
                && gazetteer.homographs[entry.homograph as usize - 1].row.default == Default_::Nobody;
            let mut fitting = claims.iter().filter(|claim| claim.period.allows(when) && full(claim.sense));
            if let (Some(claim), None) = (fitting.next(), fitting.next())
                && claim.guard == Guard::Free
                && claim.actor != NOBODY
                && candidate.fit != Fit::Capitals
                && !unsure
            {
                self.add(gazetteer, claim.actor);
            }
            for claim in claims.iter().filter(|claim| claim.sense == Sense::Capital && claim.period.allows(when)) {
                set(&mut self.spoken_of, claim.actor);
            }
            // Namesakes by full name ("George Bush") license each of them; the date decides later.
            if claims.len() > 1 && claims.iter().all(|claim| claim.sense == Sense::Name && claim.guard == Guard::Free) {
                let persons = claims.iter().filter(|claim| !gazetteer.actors[claim.actor as usize].offices.is_empty());
                persons.for_each(|claim| self.add(gazetteer, claim.actor));
            }
            let before = at.checked_sub(1).map(|before| candidates[before]);
            self.read_definition(gazetteer, text, *candidate, before);
            self.read_own(gazetteer, text, *candidate);
        }
        self.read_parts(gazetteer, text, candidates);
    }

    /// "the Central Bank of Kenya (CBK)", "the Chilean Ministry of Finance (MoF)", where the part is composed.
    fn read_parts(&mut self, gazetteer: &Gazetteer, text: &str, candidates: &[Candidate]) {
        for parenthesis in memchr::memchr_iter(b'(', text.as_bytes()) {
            let Some(open) = parenthesis.checked_sub(1).filter(|&open| text.as_bytes()[open] == b' ') else { continue };
            let inside = &text[open + 2..];
            let length = inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len());
            let acronym = &inside[..length];
            if self.own.len() + self.defined.len() >= MAX_DEFINITIONS
                || !is_acronym(acronym)
                || !inside[length..].starts_with([')', ',', ';'])
            {
                continue;
            }
            let ended = candidates.partition_point(|candidate| candidate.end as usize <= open);
            let near = candidates[..ended].iter().rev().take(2);
            for state in near.filter(|state| open - state.end as usize <= LONGEST_PART) {
                let Some(part) = part_of(gazetteer, text, *state, open, acronym) else { continue };
                match gazetteer.entry_of(acronym) {
                    Some(entry) => _ = self.defined.insert(entry, part),
                    None => _ = self.own.insert(acronym.into(), part),
                }
                self.add(gazetteer, part);
                break;
            }
        }
    }

    /// "Syrian Democratic Forces (SDF)", where SDF is in the gazetteer.
    fn read_definition(&mut self, gazetteer: &Gazetteer, text: &str, acronym: Candidate, before: Option<Candidate>) {
        if self.defined.len() >= MAX_DEFINITIONS || self.defined.contains_key(&acronym.entry) {
            return;
        }
        // "(SAMOA)" may be spelled like a state and is no name of it.
        if acronym.fit == Fit::Capitals {
            return;
        }
        let range = acronym.range();
        let surface = &text[range.clone()];
        if char_before(text, range.start) != Some('(')
            || !text[range.end..].starts_with([')', ',', ';'])
            || !is_acronym(surface)
        {
            return;
        }
        let open = range.start - 1;
        let phrase_end =
            text[..open].trim_end_matches(|c: char| c.is_whitespace() || "\"'\u{201d}\u{2019}".contains(c)).len();
        let claims = gazetteer.claims_of(&gazetteer.entries[acronym.entry as usize]);
        if let Some(before) = before.filter(|before| before.end as usize == phrase_end) {
            let named = gazetteer.claims_of(&gazetteer.entries[before.entry as usize]);
            let spelled_out = named.iter().find(|claim| claim.sense == Sense::Name && claim.actor != NOBODY);
            if let Some(name) = spelled_out {
                let same = claims.iter().any(|claim| claim.actor == name.actor);
                if same || spells(&text[before.range()], surface) {
                    self.add(gazetteer, name.actor);
                    self.defined.insert(acronym.entry, name.actor);
                    return;
                }
            }
        }
        let Some(phrase) = spelled_before(text, phrase_end, surface) else { return };
        let phrase = &text[phrase.range()];
        let kin = claims.iter().filter(|claim| claim.actor != NOBODY).find(|claim| {
            let names = gazetteer.aliases_of(claim.actor);
            names.iter().any(|alias| alias.kind == MentionKind::Name && alike(&alias.text, phrase))
        });
        let actor = kin.map_or(NOBODY, |claim| claim.actor);
        if actor != NOBODY {
            self.add(gazetteer, actor);
        }
        self.defined.entry(acronym.entry).or_insert(actor);
    }

    /// "Polish Institute of World Affairs (PIWA)", where only the name is in the gazetteer.
    fn read_own(&mut self, gazetteer: &Gazetteer, text: &str, name: Candidate) {
        if self.own.len() >= MAX_DEFINITIONS {
            return;
        }
        let range = name.range();
        let claims = gazetteer.claims_of(&gazetteer.entries[name.entry as usize]);
        let Some(claim) = claims.iter().find(|claim| claim.sense == Sense::Name && claim.actor != NOBODY) else {
            return;
        };
        let rest = text[range.end..].trim_start();
        let Some(inside) = rest.strip_prefix('(') else { return };
        let length = inside.find(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit()).unwrap_or(inside.len());
        let acronym = &inside[..length];
        if inside[length..].starts_with([')', ',', ';'])
            && is_acronym(acronym)
            && spells(&text[range], acronym)
            && !gazetteer.knows(acronym)
        {
            self.own.insert(acronym.into(), claim.actor);
        }
    }
}

fn set(bits: &mut [u64], at: u32) {
    if let Some(word) = bits.get_mut(at as usize / 64) {
        *word |= 1 << (at % 64);
    }
}

/// The part of a state that ends at a position and whose words an acronym spells, with or without the state's.
fn part_of(gazetteer: &Gazetteer, text: &str, state: Candidate, end: usize, acronym: &str) -> Option<u32> {
    let claims = gazetteer.claims_of(&gazetteer.entries[state.entry as usize]);
    let claim = claims.iter().find(|claim| {
        matches!(claim.sense, Sense::Name | Sense::Demonym | Sense::Acronym)
            && gazetteer.actors.get(claim.actor as usize).is_some_and(|actor| actor.kind.is_country())
    })?;
    let span = Span::new(state.start as usize, state.end as usize);
    let part = if span.end == end {
        gazetteer.part_before(text, span)
    } else {
        gazetteer.part_after(text, span).filter(|part| part.span.end == end)
    }?;
    let whole = &text[part.span.start.min(span.start)..end];
    (spells(&text[part.span.range()], acronym) || spells(whole, acronym))
        .then(|| gazetteer.parts.get(&(claim.actor, part.role.slot)).copied())?
}

fn is_acronym(text: &str) -> bool {
    let capitals = text.bytes().filter(u8::is_ascii_uppercase).count();
    (2..=10).contains(&text.len()) && capitals >= 2 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether the letters of an acronym are those of a name's words, in order and the first one leading.
fn spells(name: &str, acronym: &str) -> bool {
    let mut initials = name
        .split(|c: char| !c.is_alphanumeric())
        .filter_map(|word| word.chars().next())
        .map(|c| c.to_ascii_uppercase());
    acronym.chars().all(|letter| initials.by_ref().any(|initial| initial == letter.to_ascii_uppercase()))
}

/// The words before a position whose initials are the acronym, small words left out.
fn spelled_before(text: &str, end: usize, acronym: &str) -> Option<Span> {
    let mut start = end;
    let mut at = end;
    let mut letters = acronym.chars().rev().filter(|c| c.is_alphabetic()).peekable();
    // `prev_word` wants white space before the position; the phrase ends right at it.
    let mut word = last_word(text, at);
    for _ in 0..12 {
        let Some(span) = word else { break };
        let initial = text[span.range()].chars().next()?;
        let hyphened = text[span.range()].split('-').count() > 1;
        if letters.peek().is_some_and(|letter| letter.eq_ignore_ascii_case(&initial)) {
            letters.next();
            start = span.start;
        } else if hyphened && initial.is_uppercase() {
            for part in text[span.range()].split('-').rev() {
                if part
                    .chars()
                    .next()
                    .is_some_and(|c| letters.peek().is_some_and(|letter| letter.eq_ignore_ascii_case(&c)))
                {
                    letters.next();
                }
            }
            start = span.start;
        } else if initial.is_uppercase() && !matches!(&text[span.range()], "The" | "Of" | "And" | "For") {
            return None;
        }
        if letters.peek().is_none() {
            return Some(Span::new(start, end));
        }
        at = span.start;
        word = prev_word(text, at);
    }
    None
}

fn last_word(text: &str, end: usize) -> Option<Span> {
    let start = text[..end]
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric() || *c == '-')
        .take(64)
        .last()
        .map(|(at, _)| at)?;
    Some(Span::new(start, end))
}

/// Whether half of the words of two names begin alike: "Palestine Liberation Organization" and
/// "Palestinian Liberation Organisation".
fn alike(a: &str, b: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.chars().count() > 3)
            .map(|word| word.chars().take(5).collect::<String>().to_lowercase())
            .collect()
    };
    let (a, b) = (words(a), words(b));
    let shared = a.iter().filter(|word| b.contains(word)).count();
    shared > 0 && shared * 2 >= a.len().max(b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acronyms_are_spelled_by_initials() {
        assert!(spells("Syrian Democratic Forces", "SDF"));
        assert!(spells("Democratic Republic of the Congo", "DRC"));
        assert!(!spells("Human Rights Watch", "HWR"));
        let text = "the Inflation Reduction Act (IRA)";
        assert_eq!(spelled_before(text, 27, "IRA").map(|span| &text[span.range()]), Some("Inflation Reduction Act"));
        assert_eq!(spelled_before("he joined it (IRA)", 12, "IRA"), None);
        assert!(alike("Palestine Liberation Organization", "Palestinian Liberation Organisation"));
        assert!(!alike("Irish Republican Army", "Inflation Reduction Act"));
    }
}
