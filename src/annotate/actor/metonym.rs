//! Capitals: when a city stands for the government that sits there, and when it is a place.
//!
//! The policy is the same for every city of the `capitals` column: it counts as its government where it
//! acts ("Moscow rejected"), owns a policy ("Beijing's demands"), is a party ("between Tehran and
//! Washington", "pressure on Kyiv", "warned Minsk"), or is joined with a party ("Moscow-backed",
//! "pro-Beijing"). In every other case it is a place and adds nothing: "in Moscow", "the Paris Agreement",
//! "Washington Street", a dateline.

use super::context::{after_possessive, begins_sentence, char_at, char_before, is_hyphen, next_word, prev_word};
use super::rule::Rule;
use super::words::{List, is_in};
use crate::document::Span;

/// What stands beside a capital in its list: "Moscow and Beijing".
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Neighbours {
    /// The candidate before, and whether it was taken as an actor.
    pub(crate) before: Option<(Span, bool)>,
    /// The candidate after, where it is a capital or a state.
    pub(crate) after: Option<Span>,
    /// The last candidate of the list that it begins.
    pub(crate) last: Option<Span>,
    /// The candidate before, however far, where it was taken.
    pub(crate) earlier: Option<Span>,
}

/// Whether the city at `span` stands for its government, and by which rule.
pub(crate) fn stands_for_government(text: &str, span: Span, neighbours: Neighbours) -> Option<Rule> {
    if let Some(rule) = by_hyphen(text, span, neighbours) {
        return rule.ok();
    }
    let owned = after_possessive(text, span.end);
    if owned > span.end {
        return owns_policy(text, owned).then_some(Rule::SeatOwns);
    }
    // "satisfy both Athens and Ankara"
    let before = prev_word(text, span.start).and_then(|word| match &text[word.range()] {
        "both" => prev_word(text, word.start).or(Some(word)),
        _ => Some(word),
    });
    let before_text = before.map_or("", |word| &text[word.range()]);
    // "Moscow, Russia" and "Tripoli, Lebanon" are places.
    if let Some(after) = neighbours.after
        && text[span.end..after.start] == *", "
        && neighbours.last == neighbours.after
        && !acts(text, after.end)
    {
        return None;
    }
    // "Brussels bureaucrats", "the Pretoria regime"
    if next_word(text, span.end).is_some_and(|word| is_in(List::CapitalCircles, &text[word.range()])) {
        return Some(Rule::SeatOwns);
    }
    // "announced on Cairo radio"
    if followed_by(text, span.end, &["radio", "television", "Radio", "Television"]) {
        return None;
    }
    // "the London attacks were staged", "the recent Geneva talks": a modifier.
    if before_text.eq_ignore_ascii_case("the") {
        return None;
    }
    let is_place = is_in(List::PlacePrep, before_text) || before.is_some_and(|before| is_way(text, before));
    // "a State with Jerusalem as its capital"
    if followed_by(text, span.end, &["as"]) && is_made_capital(text, span.end) {
        return None;
    }
    if !is_place && is_in(List::RelationPrep, before_text) {
        return Some(Rule::SeatParty);
    }
    if !is_place && matches!(before_text, "keep" | "keeps" | "kept") && is_kept_so(text, span.end, neighbours.last) {
        return Some(Rule::SeatParty);
    }
    if !is_place
        && is_in(List::Transitive, before_text)
        && !begins_sentence(text, span.start)
        && ends_object(text, span.end)
    {
        return Some(Rule::SeatParty);
    }
    // "offered Moscow a list", "gave Kyiv its word": whom something is given.
    if is_in(List::Ditransitive, before_text)
        && next_word(text, span.end).is_some_and(|word| is_in(List::ObjectStart, &text[word.range()]))
    {
        return Some(Rule::SeatParty);
    }
    // "insisted that Washington lift the sanctions": a verb in its base form.
    if is_in(List::Subordinators, before_text)
        && next_word(text, span.end).is_some_and(|word| is_in(List::BaseVerbs, &text[word.range()]))
    {
        return Some(Rule::SeatActs);
    }
    if let Some(before) = before
        && is_in(List::PressurePrep, before_text)
    {
        let by = before_text.eq_ignore_ascii_case("by");
        let mut at = before.start;
        for _ in 0..2 {
            let Some(word) = prev_word(text, at) else { break };
            let lower = text[word.range()].to_lowercase();
            if is_in(List::PressureNoun, &lower)
                || is_in(List::PolicyNoun, &lower) && !matches!(&*before_text.to_lowercase(), "to" | "from")
                || by && (lower.ends_with("ed") || lower.ends_with("ion") || is_in(List::IrregularParticiples, &lower))
                || lower == "according"
            {
                return Some(Rule::SeatParty);
            }
            at = word.start;
        }
    }
    if is_place {
        return None;
    }
    if acts(text, span.end)
        || after_parenthesis(text, span.end).is_some_and(|at| acts(text, at))
        || after_companions(text, span.end).is_some_and(|at| acts(text, at))
    {
        return Some(Rule::SeatActs);
    }
    if shares_verb(text, span, neighbours.earlier) {
        return Some(Rule::SeatJoined);
    }
    joined(text, span, neighbours)
}

/// Whether "as its capital", "as the eternal capital" or the like follows.
fn is_made_capital(text: &str, at: usize) -> bool {
    let mut word = next_word(text, at);
    for _ in 0..3 {
        word = word.and_then(|before| next_word(text, before.end));
        if word.is_some_and(|word| matches!(&text[word.range()], "capital" | "seat")) {
            return true;
        }
    }
    false
}

/// Whether the verb was said of another party before: "Brussels threatened to freeze it, Budapest to veto it".
fn shares_verb(text: &str, span: Span, earlier: Option<Span>) -> bool {
    let head = &text[..span.start];
    earlier.is_some_and(|earlier| {
        ["; ", ", ", " and "].iter().any(|mark| head.ends_with(mark))
            && acts(text, earlier.end)
            && !text[earlier.end..span.start].contains(". ")
            && text[span.end..].starts_with(" to ")
            && next_word(text, span.end + 3).is_some_and(|verb| is_in(List::BaseVerbs, &text[verb.range()]))
    })
}

/// Whether the words behind an object say in what state it is kept: "keeps Washington and Beijing guessing".
fn is_kept_so(text: &str, end: usize, last: Option<Span>) -> bool {
    next_word(text, last.map_or(end, |last| last.end)).is_some_and(|word| {
        let so = &text[word.range()];
        so.len() > 4 && so.ends_with("ing") || is_in(List::KeptSo, so)
    })
}

/// Whether an object ends at a position: "angered Paris by it", not "angered Paris residents".
fn ends_object(text: &str, at: usize) -> bool {
    next_word(text, at).is_none_or(|word| {
        let next = &text[word.range()];
        is_in(List::LanguageEnd, next)
            || matches!(next, "into" | "over" | "about" | "against" | "not" | "even" | "enough")
    })
}

/// The longest aside between a subject and its verb, in words.
const MAX_ASIDE: usize = 8;

/// Where the sentence goes on behind an aside between commas: "Moscow, for its part, denied it".
fn after_parenthesis(text: &str, end: usize) -> Option<usize> {
    let start = end + text[end..].strip_prefix(", ").map(|_| 1)?;
    let mut at = start;
    for _ in 0..MAX_ASIDE {
        let word = next_word(text, at)?;
        // "Doha, Qatar, said"; names may stand further in: "Havana, with Moscow's blessing, sent troops".
        if at == start && text[word.range()].starts_with(char::is_uppercase) {
            return None;
        }
        at = after_possessive(text, word.end);
        if let Some(hyphen) = char_at(text, at).filter(|&c| is_hyphen(c)) {
            at += hyphen.len_utf8();
        }
        if text[at..].starts_with(", ") {
            return Some(at + 1);
        }
    }
    None
}

/// `Err` where a hyphen says it is a place.
fn by_hyphen(text: &str, span: Span, neighbours: Neighbours) -> Option<Result<Rule, ()>> {
    if char_at(text, span.end).is_some_and(is_hyphen) {
        let rest = &text[span.end..];
        let mark = rest.chars().next().map_or(1, char::len_utf8);
        if neighbours.after.is_some_and(|after| after.start == span.end + mark) {
            return Some(Ok(Rule::SeatJoined));
        }
        let suffix = &rest[mark..];
        let length = suffix.find(|c: char| !c.is_alphanumeric()).unwrap_or(suffix.len());
        return Some(if is_in(List::MetonymSuffix, &suffix[..length]) { Ok(Rule::SeatJoined) } else { Err(()) });
    }
    if char_before(text, span.start).is_some_and(is_hyphen) {
        let head = text[..span.start].trim_end_matches(is_hyphen);
        if neighbours.before.is_some_and(|(before, taken)| taken && before.end == head.len()) {
            return Some(Ok(Rule::SeatJoined));
        }
        let start = head.rfind(|c: char| !c.is_alphanumeric()).map_or(0, |at| at + 1);
        let start = if head.is_char_boundary(start) { start } else { head.len() };
        return Some(if is_in(List::MetonymPrefix, &head[start..]) { Ok(Rule::SeatJoined) } else { Err(()) });
    }
    None
}

/// Whether the words are a comparison: "a Kremlin-like wall".
pub(crate) fn is_only_like(text: &str, end: usize) -> bool {
    char_at(text, end).filter(|&c| is_hyphen(c)).is_some_and(|hyphen| {
        let rest = &text[end + hyphen.len_utf8()..];
        ["like", "style", "esque"].iter().any(|suffix| rest.starts_with(suffix))
    })
}

/// Whether the word is the "between" of a way: "a highway between Belgrade and Sarajevo".
fn is_way(text: &str, between: Span) -> bool {
    text[between.range()].eq_ignore_ascii_case("between")
        && prev_word(text, between.start).is_some_and(|way| is_in(List::Ways, &text[way.range()]))
}

/// Whether a policy noun follows, at most two words on ("Beijing's growing influence").
fn owns_policy(text: &str, at: usize) -> bool {
    let mut at = at;
    for _ in 0..3 {
        let Some(word) = next_word(text, at) else { return false };
        if is_in(List::PolicyNoun, &text[word.range()]) {
            return true;
        }
        at = word.end;
    }
    false
}

/// Whether what follows is what a government does.
fn acts(text: &str, at: usize) -> bool {
    let mut at = at;
    for _ in 0..3 {
        let Some(word) = next_word(text, at) else { return false };
        let verb = &text[word.range()];
        if is_in(List::Adverbs, verb) || verb.ends_with("ly") {
            at = word.end;
            continue;
        }
        if verb.starts_with(char::is_uppercase) {
            return false;
        }
        if !is_in(List::Agentive, verb) {
            return did_to_another(text, verb, word.end);
        }
        return match verb {
            // "Paris has museums", "Moscow is cold": an auxiliary alone says nothing.
            "has" | "had" => participle_follows(text, word.end) || has_policy(text, word.end),
            "is" | "was" => intention_follows(text, word.end),
            "did" | "can" | "could" | "may" | "might" | "should" | "must" | "will" | "would" => {
                !followed_by(text, word.end, &["be", "have", "host", "see"])
            }
            // "London attacks were staged": a noun, whose verb follows.
            noun if noun.ends_with('s')
                && followed_by(text, word.end, &["were", "was", "are", "have", "had", "will", "would"]) =>
            {
                false
            }
            // "Geneva hosted", "Vienna held": what a venue does.
            "hosted" | "held" | "holds" | "saw" | "stands" | "lost" | "won" => false,
            // "The Hague ruled that": a court.
            "ruled" | "rules" => followed_by(text, word.end, &["out"]),
            _ => true,
        };
    }
    false
}

/// Whether a regular past tense with an object says what a government did: "Taipei thanked Lithuania",
/// "Brussels fined the company"; not what befalls a city or what it is full of ("Paris suffered a blackout").
fn did_to_another(text: &str, verb: &str, at: usize) -> bool {
    verb.len() > 4
        && verb.ends_with("ed")
        && !is_in(List::VenueVerbs, verb)
        && next_word(text, at).is_some_and(|word| {
            let object = &text[word.range()];
            text[at..word.start] == *" " && (object.starts_with(char::is_uppercase) || is_in(List::ObjectStart, object))
        })
}

fn followed_by(text: &str, at: usize, words: &[&str]) -> bool {
    next_word(text, at).is_some_and(|word| words.contains(&&text[word.range()]))
}

fn participle_follows(text: &str, at: usize) -> bool {
    let mut at = at;
    for _ in 0..3 {
        let Some(word) = next_word(text, at) else { return false };
        let next = &text[word.range()];
        if is_in(List::Adverbs, next) || matches!(next, "not" | "yet") || next.ends_with("ly") {
            at = word.end;
            continue;
        }
        return next.ends_with("ed")
            || is_in(List::Agentive, next)
            || matches!(
                next,
                "made" | "begun" | "given" | "taken" | "sought" | "become" | "been" | "chosen" | "shown"
            );
    }
    false
}

/// Whether it has, or lacks, what a government has: "Brussels has no plan", "Berlin had little appetite".
fn has_policy(text: &str, at: usize) -> bool {
    next_word(text, at).is_some_and(|word| {
        matches!(&text[word.range()], "no" | "little" | "its" | "a" | "every" | "neither")
            && owns_policy(text, word.end)
    })
}

fn intention_follows(text: &str, at: usize) -> bool {
    let mut at = at;
    for _ in 0..3 {
        let Some(word) = next_word(text, at) else { return false };
        let next = &text[word.range()];
        if is_in(List::Adverbs, next) || next == "not" || next.ends_with("ly") && !matches!(next, "likely" | "unlikely")
        {
            at = word.end;
            continue;
        }
        return next.ends_with("ing") || is_in(List::Disposed, next);
    }
    false
}

/// "Moscow and Beijing agreed", "between Moscow and Kyiv": one party of a list makes parties of the others.
fn joined(text: &str, span: Span, neighbours: Neighbours) -> Option<Rule> {
    if let Some((before, true)) = neighbours.before
        && links(&text[before.end..span.start])
    {
        return Some(Rule::SeatJoined);
    }
    if let (Some(after), Some(last)) = (neighbours.after, neighbours.last)
        && links(&text[span.end..after.start])
        && (acts(text, last.end) || act_together(text, last.end) || acts_behind_clause(text, last.end))
    {
        return Some(Rule::SeatJoined);
    }
    None
}

/// Whether the words between two names make a list of them.
pub(crate) fn links(between: &str) -> bool {
    matches!(between, " and " | ", " | ", and " | " or " | ", or " | " & " | "/" | " nor ")
}

/// Whether a verb stands behind an aside: "Doha and Cairo, which mediate, blamed neither side".
fn acts_behind_clause(text: &str, end: usize) -> bool {
    after_parenthesis(text, end).is_some_and(|at| acts(text, at))
}

/// Where the sentence goes on behind those who act with a government: "Kyiv and its partners agreed".
fn after_companions(text: &str, end: usize) -> Option<usize> {
    let at = end + text[end..].strip_prefix(" and its").map(|_| " and its".len())?;
    let mut word = next_word(text, at)?;
    if text[word.range()].ends_with("an") || text[word.range()].starts_with(char::is_uppercase) {
        word = next_word(text, word.end)?;
    }
    text[word.range()].ends_with('s').then_some(word.end)
}

/// Whether a verb of several subjects follows: "Kinshasa and Kigali accuse each other".
fn act_together(text: &str, at: usize) -> bool {
    let mut word = next_word(text, at);
    for _ in 0..2 {
        let adverb = |word: &Span| {
            let word = &text[word.range()];
            word.ends_with("ly") || is_in(List::Adverbs, word)
        };
        let Some(adverb) = word.filter(adverb) else { break };
        word = next_word(text, adverb.end);
    }
    word.is_some_and(|word| is_in(List::BaseVerbs, &text[word.range()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str, city: &str) -> Option<Rule> {
        let start = text.find(city).unwrap_or_default();
        stands_for_government(text, Span::new(start, start + city.len()), Neighbours::default())
    }

    #[test]
    fn a_city_acts_owns_or_is_a_party() {
        assert_eq!(rule("But Moscow flatly rejected it.", "Moscow"), Some(Rule::SeatActs));
        assert_eq!(rule("Paris has criticised it.", "Paris"), Some(Rule::SeatActs));
        assert_eq!(rule("Beijing’s growing influence", "Beijing"), Some(Rule::SeatOwns));
        assert_eq!(rule("Taipei thanked Lithuania", "Taipei"), Some(Rule::SeatActs));
        assert_eq!(rule("Brussels fined the company", "Brussels"), Some(Rule::SeatActs));
        assert_eq!(rule("talks with Tehran", "Tehran"), Some(Rule::SeatParty));
        assert_eq!(rule("they offered Moscow a list", "Moscow"), Some(Rule::SeatParty));
        assert_eq!(rule("says that Brussels has no plan", "Brussels"), Some(Rule::SeatActs));
        assert_eq!(rule("pressure on Kyiv", "Kyiv"), Some(Rule::SeatParty));
        assert_eq!(rule("a Moscow-backed militia", "Moscow"), Some(Rule::SeatJoined));
        assert_eq!(rule("the pro-Beijing camp", "Beijing"), Some(Rule::SeatJoined));
    }

    #[test]
    fn a_city_is_a_place() {
        for (text, city) in [
            ("They met in Moscow on Monday.", "Moscow"),
            ("the Paris Agreement", "Paris"),
            ("Paris has many museums.", "Paris"),
            ("London's streets", "London"),
            ("a Berlin-based group", "Berlin"),
            ("Vienna hosted the talks", "Vienna"),
            ("Paris suffered a blackout", "Paris"),
            ("London experienced its hottest day", "London"),
            ("Paris based firms", "Paris"),
            ("that London attacks were staged", "London"),
            ("the Geneva talks failed", "Geneva"),
            ("a highway between Belgrade and Sarajevo", "Belgrade"),
            ("a flight from Rome", "Rome"),
        ] {
            assert_eq!(rule(text, city), None, "{text}");
        }
    }
}
