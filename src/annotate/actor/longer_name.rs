//! Names of states inside the names of something else: "Kenya Airways", "HMS Jamaica", "the University of Zambia",
//! "Norway spruce", "two million Swiss francs".
//!
//! `blocks.txt` lists such names one by one where no rule can tell ("Air Jordan", "Bank of Ireland"). The rules
//! here go by the word that makes the whole a thing: what the longer name ends in, or what it begins with. None
//! is applied behind a possessive ("Kenya's Airways Act" owns), nor in a headline in title case, where a capital says
//! nothing about where a name ends ("Japan Open to Talks").

use super::context::{char_at, char_before, is_hyphen, next_word, prev_word};
use super::draft::Sense;
use super::gazetteer::{Claim, Gazetteer};
use super::homograph::title_case_around;
use super::trie::fold;
use super::words::{List, is_in};
use crate::document::Span;

/// How many words of a longer name may stand between a state and the word that says what it is ("Hong Kong Baptist
/// and Science University" has none that is longer).
const MAX_INSIDE: usize = 3;

impl Gazetteer {
    /// Whether the name or adjective of a state is part of a longer name that is not the state's.
    pub(super) fn is_in_longer_name(&self, text: &str, span: Span, sense: Sense, actor_follows: bool) -> bool {
        let is_name = sense == Sense::Name;
        let is_adjective = sense == Sense::Demonym;
        let next = next_word(text, span.end);
        let before = prev_word(text, span.start);
        let follows = match next {
            Some(next) if starts_lower(text, next) => {
                names_species(text, next) || is_sum(text, before, next, is_adjective)
            }
            Some(next) => {
                ends_in_thing(text, next, is_name)
                    || is_adjective && is_american_people(text, next)
                    || &text[span.range()] == "American" && ends_in_association(text, next)
                    || is_name && !actor_follows && self.is_somebody(text, span, before, next)
            }
            None => is_partner(text, span.end),
        };
        (follows || self.begins_as_thing(text, span, before, next, sense)) && !title_case_around(text, span)
    }

    /// Whether what stands before says that it is no state.
    fn begins_as_thing(&self, text: &str, span: Span, before: Option<Span>, next: Option<Span>, sense: Sense) -> bool {
        let Some(before) = before else {
            // "the US-China Business Council": the second half.
            return char_before(text, span.start).is_some_and(is_hyphen)
                && next.is_some_and(|next| is_in(List::Partnership, &text[next.range()]) && !starts_lower(text, next));
        };
        let word = &text[before.range()];
        if sense == Sense::Name {
            if matches!(word, "USS" | "USNS" | "HMS" | "HMAS" | "HMCS" | "HMNZS" | "SS" | "MV" | "MT" | "RMS" | "RFA") {
                return true;
            }
            // "Mr. Chad", "Congresswoman Jordan"
            if is_in(List::StyledSurname, word.trim_end_matches('.')) && word.starts_with(char::is_uppercase) {
                return true;
            }
            // "Professor Lynn Malta"; a given name alone may be a word: "Will Russia agree?"
            if is_in(List::Given, word)
                && prev_word(text, before.start).is_some_and(|title| {
                    let title = text[title.range()].trim_end_matches('.');
                    is_in(List::Honorifics, title) || is_in(List::PersonNoun, title) || is_in(List::Titles, title)
                })
            {
                return true;
            }
            let capital = word.starts_with(char::is_uppercase);
            if capital && is_in(List::ThingBefore, word) {
                return true;
            }
            let link = if word == "the" { prev_word(text, before.start) } else { Some(before) };
            return link.is_some_and(|link| is_linked_to(text, link, List::ThingOf, &["of"]));
        }
        if sense != Sense::Demonym {
            return false;
        }
        // "Cuban Americans": the second half.
        if text[span.range()].starts_with("American")
            && is_american_people(text, span)
            && word.starts_with(char::is_uppercase)
            && self.is_people(word)
        {
            return true;
        }
        // "Federation of American Scientists", "Council on American-Islamic Relations".
        let goes_on = match next {
            Some(next) => !starts_lower(text, next) && self.role_at(text, next.start).is_none(),
            None => {
                let mut chars = text[span.end..].chars();
                chars.next().is_some_and(is_hyphen) && chars.next().is_some_and(char::is_uppercase)
            }
        };
        goes_on && is_linked_to(text, before, List::Association, &["of", "on", "for"])
    }

    /// Whether a word is the adjective of a state or of a people.
    fn is_people(&self, word: &str) -> bool {
        let mut key = Vec::new();
        fold(word, &mut key);
        let demonym = |claim: &Claim| claim.sense == Sense::Demonym;
        matches!(word, "Asian" | "Arab" | "Jewish" | "Muslim" | "Latino" | "Hispanic")
            || self
                .trie
                .get(&key)
                .is_some_and(|key| self.entries_of(key).iter().any(|entry| self.claims_of(entry).iter().any(demonym)))
    }

    /// Whether a person is called like the state: another capitalised word follows, and either a word for a person
    /// precedes ("the novelist China Miéville"), or the state's name is also a given name and both together do
    /// something ("Kenya Moore laughed").
    ///
    /// That any two capitalised words that do something are a person was tried: in speeches of diplomats it was
    /// "Gabon Republic was", "Palestine Arabs had".
    fn is_somebody(&self, text: &str, span: Span, before: Option<Span>, next: Span) -> bool {
        let word = &text[next.range()];
        let mut chars = word.chars();
        let capitalised = chars.next().is_some_and(char::is_uppercase) && chars.next().is_some_and(char::is_lowercase);
        let mine = is_in(List::Titles, word)
            || is_in(List::GivenGuardOk, word)
            || is_in(List::Months, word)
            || is_in(List::Agentive, word)
            || self.role_at(text, next.start).is_some();
        if !capitalised || mine || text[span.range()].contains(' ') {
            return false;
        }
        let before = before.map_or("", |before| text[before.range()].trim_end_matches('.'));
        if is_in(List::Honorifics, before) || is_in(List::PersonNoun, before) {
            return true;
        }
        let beside = [List::Inside, List::PressurePrep, List::RelationPrep];
        if !is_in(List::StateGiven, &text[span.range()]) || beside.into_iter().any(|list| is_in(list, before)) {
            return false;
        }
        next_word(text, next.end).is_some_and(|verb| {
            let verb = &text[verb.range()];
            let past = is_in(List::Agentive, verb)
                || is_in(List::IrregularPasts, verb)
                || matches!(verb, "had" | "will")
                || verb.len() > 4 && verb.ends_with("ed");
            // "India Sikhs rejected it": a group inside the state.
            verb.starts_with(char::is_lowercase)
                && (matches!(verb, "is" | "was" | "has") || past && !word.ends_with('s'))
        })
    }
}

fn starts_lower(text: &str, word: Span) -> bool {
    !text[word.range()].starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
}

/// Whether a position is the end of a name: no capitalised word goes on with it.
fn ends_name(text: &str, at: usize) -> bool {
    next_word(text, at).is_none_or(|word| starts_lower(text, word))
}

/// Whether the capitalised words that follow end in a word for a thing: "Airways", "Financial Review", "Grand Prix".
fn ends_in_thing(text: &str, next: Span, is_name: bool) -> bool {
    let mut word = next;
    for place in 0..MAX_INSIDE {
        let surface = &text[word.range()];
        // "the United States House of Representatives" is none.
        let owns = || next_word(text, word.end).is_some_and(|of| &text[of.range()] == "of");
        let thing = is_in(List::ThingAfter, surface)
            || place == 0 && is_in(List::ThingBeside, surface)
            || place == 0 && is_name && is_in(List::ThingBesideName, surface) && !owns();
        if thing && ends_name(text, word.end) {
            return true;
        }
        match next_word(text, word.end) {
            Some(after) if !starts_lower(text, after) => word = after,
            _ => return false,
        }
    }
    false
}

/// Whether the words that follow make the name of a society: "American Psychological Association".
fn ends_in_association(text: &str, next: Span) -> bool {
    let mut word = next;
    for _ in 0..=MAX_INSIDE {
        if is_in(List::Association, &text[word.range()]) {
            return true;
        }
        match next_word(text, word.end) {
            Some(after) if !starts_lower(text, after) => word = after,
            _ => return false,
        }
    }
    false
}

/// Whether a word means Americans of some descent: "Cuban Americans", "Korean American voters".
fn is_american_people(text: &str, word: Span) -> bool {
    match &text[word.range()] {
        "Americans" => true,
        "American" => next_word(text, word.end).is_some_and(|word| is_in(List::Community, &text[word.range()])),
        _ => false,
    }
}

/// "French-American Foundation": the second half and the word behind it.
fn is_partner(text: &str, end: usize) -> bool {
    let Some(hyphen) = char_at(text, end).filter(|&c| is_hyphen(c)) else { return false };
    let start = end + hyphen.len_utf8();
    if !text[start..].starts_with(char::is_uppercase) {
        return false;
    }
    let length = text[start..].find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len() - start);
    next_word(text, start + length).is_some_and(|word| is_in(List::Partnership, &text[word.range()]))
}

/// Whether a word of a list stands before a link that is one of these: "University of", "Council on".
fn is_linked_to(text: &str, link: Span, list: List, links: &[&str]) -> bool {
    links.contains(&&text[link.range()])
        && prev_word(text, link.start).is_some_and(|head| {
            let head = &text[head.range()];
            head.starts_with(char::is_uppercase) && is_in(list, head)
        })
}

/// "Norway spruce", "Cuban tree frog".
fn names_species(text: &str, next: Span) -> bool {
    is_in(List::Species, &text[next.range()])
        || is_in(List::SpeciesKind, &text[next.range()])
            && next_word(text, next.end).is_some_and(|word| is_in(List::Species, &text[word.range()]))
}

/// "two million Swiss francs", "300 Canadian dollars"; the currency itself is the state's ("the Swiss franc rose").
///
/// Only dollars are called by a state's name ("Singapore dollars"); "In 1958 Romania won" is no sum.
fn is_sum(text: &str, before: Option<Span>, next: Span, is_adjective: bool) -> bool {
    let currency = &text[next.range()];
    is_in(List::Currency, currency)
        && (is_adjective || currency == "dollars")
        && before.is_some_and(|number| {
            let number = &text[number.range()];
            number.starts_with(|c: char| c.is_ascii_digit()) && !number.ends_with('.')
                || matches!(number, "hundred" | "thousand" | "million" | "billion" | "trillion")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_inside(text: &str, name: &str, sense: Sense) -> bool {
        let start = text.find(name).unwrap_or_default();
        Gazetteer::built_in().is_in_longer_name(text, Span::new(start, start + name.len()), sense, false)
    }

    #[test]
    fn a_state_in_the_name_of_a_thing_is_not_meant() {
        for (text, name, sense) in [
            ("He flew with Kenya Airways.", "Kenya", Sense::Name),
            ("the Australian Financial Times wrote", "Australian", Sense::Demonym),
            ("at the University of Zambia", "Zambia", Sense::Name),
            ("HMS Jamaica sank", "Jamaica", Sense::Name),
            ("ten million Swiss francs", "Swiss", Sense::Demonym),
            ("a Norway spruce", "Norway", Sense::Name),
            ("the novelist China Miéville", "China", Sense::Name),
            ("Kenya Moore laughed", "Kenya", Sense::Name),
            ("the American Dental Association", "American", Sense::Demonym),
            ("the Federation of American Scientists", "American", Sense::Demonym),
            ("Cuban Americans voted", "Cuban", Sense::Demonym),
            ("Cuban Americans voted", "Americans", Sense::Demonym),
        ] {
            assert!(is_inside(text, name, sense), "{text}");
        }
    }

    #[test]
    fn a_state_beside_its_own_words_is_meant() {
        for (text, name, sense) in [
            ("Kenya's Airways Act", "Kenya", Sense::Name),
            ("Chinese airlines cut flights", "Chinese", Sense::Demonym),
            ("Japan Open to Talks With North Korea", "Japan", Sense::Name),
            ("the Swiss franc rose", "Swiss", Sense::Demonym),
            ("the Turkish Post Office Ministry", "Turkish", Sense::Demonym),
            ("Iraq Sunnis rejected it", "Iraq", Sense::Name),
            ("In Kenya Odinga said no", "Kenya", Sense::Name),
            ("the Republic of Zambia", "Zambia", Sense::Name),
            ("American troops", "American", Sense::Demonym),
        ] {
            assert!(!is_inside(text, name, sense), "{text}");
        }
    }
}
