//! Surnames: whose they are, and when they are nobody's.

use super::context::{after_possessive, begins_sentence, char_at, char_before, is_hyphen, next_word, prev_word};
use super::draft::Guard;
use super::gazetteer::{Claim, Gazetteer};
use super::homograph::{given_before, title_case_around};
use super::license::Licences;
use super::period::Period;
use super::rule::Rule;
use super::words::{List, is_in};
use crate::document::Span;

/// What a surname is judged with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) gazetteer: &'a Gazetteer,
    pub(crate) licences: &'a Licences,
    pub(crate) when: Option<Period>,
    /// The person last named with this surname, if any.
    pub(crate) last: Option<u32>,
}

/// The person that a surname at `span` names, or the rule that rejects it.
pub(crate) fn holder(text: &str, span: Span, claims: &[Claim], setting: Setting<'_>) -> Result<(u32, Rule), Rule> {
    let title = title_before(text, span.start).or_else(|| title_after(text, span.end));
    if title.is_none()
        && let Some(person) =
            by_owner(text, span, claims, setting).or_else(|| by_country_ruled(text, span, claims, setting))
    {
        return Ok((person, Rule::SurnameTitle));
    }
    if title.is_none() && somebody_else(text, span, claims, setting.gazetteer) {
        return Err(Rule::OtherPerson);
    }
    if is_given_name(text, span) {
        return Err(Rule::OtherPerson);
    }
    let risky = claims.iter().any(|claim| claim.guard == Guard::Risky);
    if risky && title.is_none() && is_ordinary_use(text, span) {
        return Err(Rule::OrdinarySurname);
    }
    let licensed = |claim: &&Claim| setting.licences.names(claim.actor);
    let mut named = claims.iter().filter(licensed);
    match (named.next(), named.next()) {
        (Some(only), None) => return Ok((only.actor, Rule::SurnameLicensed)),
        (Some(_), Some(_)) => {
            // Two holders of one surname in a document: the office beside it, else the one named last.
            if let Some(title) = title {
                let mut fitting =
                    claims.iter().filter(licensed).filter(|claim| title.fits(setting.gazetteer, claim.actor, None));
                if let (Some(only), None) = (fitting.next(), fitting.next()) {
                    return Ok((only.actor, Rule::SurnameTitle));
                }
            }
            return match setting.last {
                Some(person) => Ok((person, Rule::SurnameNearest)),
                None => Err(Rule::NeedsLicence),
            };
        }
        (None, _) => {}
    }
    if let Some(title) = title
        && let Some(person) = by_title(claims, title, setting)
    {
        return Ok((person, Rule::SurnameTitle));
    }
    let mut alone = claims.iter().filter(|claim| claim.guard == Guard::Free);
    match (alone.next(), alone.next()) {
        (Some(only), None) => Ok((only.actor, Rule::SurnameAlone)),
        _ => Err(Rule::NeedsLicence),
    }
}

/// The longest name of an owner that is looked up before a surname, in characters.
const MAX_OWNER_CHARS: usize = 40;

/// A title beside a surname, as the roles it may stand for; none for "Mr" and the like.
#[derive(Debug, Clone, Copy)]
struct Title {
    roles: &'static [&'static str],
}

impl Title {
    /// Whether the person held such an office, at the date if there is one.
    fn fits(self, gazetteer: &Gazetteer, person: u32, when: Option<Period>) -> bool {
        gazetteer.actors[person as usize]
            .offices()
            .iter()
            .any(|office| self.roles.contains(&office.role()) && office.period.allows(when))
    }
}

const HEADS: &[&str] =
    &["head_of_state", "head_of_government", "leader", "paramount_leader", "supreme_leader", "monarch"];

fn title_roles(word: &str) -> Option<&'static [&'static str]> {
    Some(match &*word.trim_end_matches('.').to_lowercase() {
        "president" | "ex-president" | "dictator" | "strongman" => &["head_of_state", "head"],
        "premier" | "chancellor" | "ex-premier" | "taoiseach" => &["head_of_government"],
        "minister" | "pm" => {
            &["head_of_government", "foreign_minister", "defence_minister", "finance_minister", "interior_minister"]
        }
        "speaker" => &["speaker"],
        "ambassador" => &["ambassador"],
        "commissioner" => &["commissioner"],
        "envoy" => &["special_envoy"],
        "secretary" => &["foreign_minister", "defence_minister", "finance_minister", "interior_minister"],
        "king" | "queen" | "emperor" | "emir" | "sultan" => &["monarch", "head_of_state"],
        "secretary-general" | "general" => &["secretary_general", "head_of_state", "chief_of_staff", "military"],
        "leader" | "ayatollah" | "chairman" | "marshal" => HEADS,
        "mr" | "mrs" | "ms" | "dr" | "sir" | "madame" | "comrade" | "sheikh" => &[],
        _ => return None,
    })
}

fn title_before(text: &str, start: usize) -> Option<Title> {
    let word = prev_word(text, start)?;
    let title = &text[word.range()];
    let deputy = |title: &str| title.eq_ignore_ascii_case("vice") || title.eq_ignore_ascii_case("deputy");
    if title.eq_ignore_ascii_case("vice-president")
        || title.eq_ignore_ascii_case("president")
            && prev_word(text, word.start).is_some_and(|before| deputy(&text[before.range()]))
    {
        return Some(Title { roles: &["vice_president"] });
    }
    title_roles(title).map(|roles| Title { roles })
}

/// "the Bush administration", "the Merkel government".
fn title_after(text: &str, end: usize) -> Option<Title> {
    let word = next_word(text, end)?;
    matches!(
        &text[word.range()],
        "administration" | "Administration" | "government" | "regime" | "cabinet" | "presidency"
    )
    .then_some(Title { roles: HEADS })
}

/// The only person with this surname that fits a title, or the only leading one.
fn by_title(claims: &[Claim], title: Title, setting: Setting<'_>) -> Option<u32> {
    if title.roles.is_empty() {
        return None;
    }
    let fitting = |when: Option<Period>, rank: u8| -> Option<u32> {
        let mut fitting = claims.iter().filter(|claim| {
            setting.gazetteer.actors[claim.actor as usize].rank <= rank
                && title.fits(setting.gazetteer, claim.actor, when)
        });
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some(only.actor),
            _ => None,
        }
    };
    if setting.when.is_some()
        && let Some(person) = fitting(setting.when, u8::MAX)
    {
        return Some(person);
    }
    // A state that the document names decides between the rest.
    let mut at_home = claims.iter().filter(|claim| {
        title.fits(setting.gazetteer, claim.actor, None)
            && setting.gazetteer.actors[claim.actor as usize]
                .offices()
                .iter()
                .any(|office| setting.licences.names(office.at))
    });
    if let (Some(only), None) = (at_home.next(), at_home.next()) {
        return Some(only.actor);
    }
    fitting(None, u8::MAX).or_else(|| fitting(None, 0))
}

/// The only person with this surname who serves the state or organisation that owns it: "Iran's Araghchi",
/// "the EU's Kallas". Where there are several, the one in office.
fn by_owner(text: &str, span: Span, claims: &[Claim], setting: Setting<'_>) -> Option<u32> {
    let Setting { gazetteer, when, .. } = setting;
    let head = text[..span.start].strip_suffix(' ')?;
    let owner = owner_at_end(before_first_of_two(head).unwrap_or(head), gazetteer)?;
    let risky = claims.iter().any(|claim| claim.guard == Guard::Risky);
    let goes_on = |next: &str| {
        next == "and"
            || is_in(List::Agentive, next)
            || is_in(List::IrregularPasts, next)
            || next.len() > 4 && next.ends_with("ed")
    };
    if risky && next_word(text, span.end).is_some_and(|word| !goes_on(&text[word.range()])) {
        return None;
    }
    the_one(claims, |person, only_now| {
        gazetteer.actors[person as usize].offices().iter().any(|office| {
            let at = &gazetteer.actors[office.at as usize];
            (office.at == owner || at.home == owner || at.above == owner)
                && office.period.allows(when)
                && (!only_now || office.period.is_open())
        })
    })
}

/// Who is named in the possessive at the end of a text: "Iran's", "the Philippines'".
pub(super) fn owner_at_end(head: &str, gazetteer: &Gazetteer) -> Option<u32> {
    let head = ["'s", "\u{2019}s"].into_iter().find_map(|mark| head.strip_suffix(mark)).or_else(|| {
        let plural = head.strip_suffix(['\'', '\u{2019}'])?;
        plural.ends_with('s').then_some(plural)
    })?;
    let mut starts = head.char_indices().rev().take(MAX_OWNER_CHARS).filter(|(_, c)| *c == ' ').map(|(at, _)| at + 1);
    let starts = [starts.next(), starts.next(), starts.next()];
    let begin = (head.len() <= MAX_OWNER_CHARS).then_some(0);
    let mut names = starts.into_iter().rev().flatten().chain(begin).map(|at| &head[at..]);
    let owner = names.find_map(|name| gazetteer.lookup_exact(name))?;
    gazetteer.ids.get(owner.id()).copied()
}

/// What stands before the first of two surnames that one owner has: "Poland's Tusk and".
fn before_first_of_two(head: &str) -> Option<&str> {
    let first = head.strip_suffix(" and")?;
    let start = first.rfind(' ')?;
    first[start + 1..].starts_with(char::is_uppercase).then(|| &head[..start])
}

/// The only person with this surname who led the state that is called theirs: "Assad's Syria", "Deby's Chad".
fn by_country_ruled(text: &str, span: Span, claims: &[Claim], setting: Setting<'_>) -> Option<u32> {
    let Setting { gazetteer, when, .. } = setting;
    let end = after_possessive(text, span.end);
    let first =
        next_word(text, end).filter(|word| end > span.end && text[word.start..].starts_with(char::is_uppercase))?;
    let second = next_word(text, first.end);
    let names = [second.map(|second| &text[first.start..second.end]), Some(&text[first.range()])];
    let state = names.into_iter().flatten().find_map(|name| gazetteer.lookup_exact(name))?;
    let state = *gazetteer.ids.get(state.id())?;
    the_one(claims, |person, only_now| {
        gazetteer.actors[person as usize].offices().iter().any(|office| {
            office.at == state
                && HEADS.contains(&office.role())
                && office.period.allows(when)
                && (!only_now || office.period.is_open())
        })
    })
}

/// The only one of the claims that fits, or the only one that does and is still in office.
fn the_one(claims: &[Claim], fits: impl Fn(u32, bool) -> bool) -> Option<u32> {
    [false, true].into_iter().find_map(|only_now| {
        let mut fitting = claims.iter().filter(|claim| fits(claim.actor, only_now));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some(only.actor),
            _ => None,
        }
    })
}

/// Whether a thing follows that is called after the person: "Clinton Foundation", "Charles de Gaulle airport".
pub(crate) fn is_called_after(text: &str, end: usize) -> bool {
    next_word(text, end).is_some_and(|word| {
        let next = &text[word.range()];
        let capital = next.starts_with(char::is_uppercase);
        // "Zelensky Rejects Trump Plan": in title case a plan may be anybody's.
        let headline = matches!(next, "Plan" | "Act" | "Doctrine" | "Prize" | "Award")
            && title_case_around(text, Span::new(word.start, word.start));
        is_in(List::SurnameThing, next)
            && !headline
            && (capital || matches!(next, "airport" | "stadium" | "street" | "avenue"))
    })
}

/// Whether a ship is called after the person: "USS Ronald Reagan", "the carrier Charles de Gaulle".
pub(crate) fn is_ship(text: &str, start: usize) -> bool {
    prev_word(text, start).is_some_and(|word| {
        matches!(
            &text[word.range()],
            "USS" | "USNS" | "HMS" | "HMCS" | "HMAS" | "carrier" | "frigate" | "destroyer" | "cruiser" | "submarine"
        )
    })
}

/// Whether a first name of somebody else stands before ("Hunter Biden"), or a thing called after the
/// person behind ("Clinton Foundation").
fn somebody_else(text: &str, span: Span, claims: &[Claim], gazetteer: &Gazetteer) -> bool {
    if char_before(text, span.start).is_some_and(is_hyphen) && !text[..span.start].ends_with(' ') {
        // "Xi-Putin" joins two persons; "Jean-Trump" does not occur.
        return false;
    }
    if is_called_after(text, span.end) {
        return true;
    }
    if char_at(text, span.end).is_some_and(is_hyphen)
        && text[span.end..].chars().nth(1).is_some_and(char::is_uppercase)
        && text[..span.start].is_empty()
    {
        return false;
    }
    let Some(word) = prev_word(text, span.start) else { return false };
    let before = text[word.range()].trim_end_matches('.');
    if !before.starts_with(char::is_uppercase) || before.chars().all(|c| !c.is_lowercase()) && before.len() > 2 {
        return false;
    }
    // The person's own first name or its initial is no other person's.
    let own = claims.iter().any(|claim| {
        gazetteer.actors[claim.actor as usize].name().split([' ', '-']).any(|part| {
            part == before || before.chars().count() <= 2 && part.starts_with(before.chars().next().unwrap_or(' '))
        })
    });
    if own {
        return false;
    }
    // A single letter is an initial where it has its full stop; "У Путина" begins with a preposition.
    let initial = before.len() < word.len() && before.chars().count() == 1 || before.len() == 1;
    if initial || given_before(text, span.start) {
        return true;
    }
    // Any other capitalised word inside a sentence reads as a first name, unless it is a title, a country
    // ("Russia Putin" does not occur, "Russian Putin" may) or the start of the sentence.
    !begins_sentence(text, word.start)
        && !is_in(List::Titles, before)
        && !is_in(List::Agentive, before)
        && !is_in(List::Months, before)
        && gazetteer.lookup_exact(before).is_none()
}

/// Whether the surname is the given name of somebody whose own surname follows: "President Charles Taylor".
fn is_given_name(text: &str, span: Span) -> bool {
    is_in(List::Given, &text[span.range()])
        && text[span.end..].strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_uppercase))
        && next_word(text, span.end).is_some_and(|word| {
            let next = &text[word.range()];
            next.len() > 1 && !is_in(List::Titles, next) && !is_in(List::Agentive, next) && !is_in(List::Months, next)
        })
}

/// Whether a surname that is an ordinary word is used as one: "May 2017", "in May", "Ban on imports".
fn is_ordinary_use(text: &str, span: Span) -> bool {
    let surface = &text[span.range()];
    let owned = after_possessive(text, span.end) > span.end;
    if is_in(List::Months, surface) {
        let number =
            |word: Option<Span>| word.is_some_and(|word| text[word.range()].starts_with(|c: char| c.is_ascii_digit()));
        let before = prev_word(text, span.start);
        if number(before)
            || number(next_word(text, span.end))
            || before.is_some_and(|word| is_in(List::MonthsPrep, &text[word.range()]))
            || before.is_some_and(|word| is_in(List::Months, &text[word.range()]))
        {
            return true;
        }
    }
    if owned || !begins_sentence(text, span.start) {
        return false;
    }
    // At the start of a sentence the capital proves nothing; a verb of speaking behind it does.
    !next_word(text, span.end).is_some_and(|word| {
        let next = &text[word.range()];
        is_in(List::Agentive, next)
            || is_in(List::Adverbs, next)
            || is_in(List::IrregularPasts, next)
            || next == "and"
            || next.len() > 4 && next.ends_with("ed")
    })
}
