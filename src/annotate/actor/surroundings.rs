//! What stands around a candidate and rules it out, whoever is meant: addresses, sums of money, ordinary
//! words in a line of capitals.

use super::context::{begins_sentence, char_at, char_before, in_capitals, is_hyphen, next_word, prev_word};
use super::gazetteer::Entry;
use super::rule::Rule;
use super::scan::{Candidate, Fit};
use super::words::{List, is_in};
use crate::document::Span;

/// What the marks and capitals around a candidate rule out.
pub(crate) fn rules_out(text: &str, span: Span, candidate: Candidate, entry: &Entry) -> Result<(), Rule> {
    let surface = &text[span.range()];
    let next = char_at(text, span.end);
    // "www.china.org", "@Russia": an address; "NATO.The" is only a missing space.
    if char_before(text, span.start) == Some('@')
        || next == Some('@')
        || next == Some('.') && text[span.end + 1..].starts_with(|c: char| c.is_lowercase())
    {
        return Err(Rule::Address);
    }
    // "A/HRC/36/54": the symbol of a document.
    if next == Some('/') && text[span.end + 1..].starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Rule::Address);
    }
    // "US $5", "HK$5"; "lent Nepal $90 million" is no currency.
    let short = !surface.bytes().any(|byte| byte.is_ascii_lowercase());
    if next == Some('$') || short && text[span.end..].starts_with(" $") {
        return Err(Rule::Currency);
    }
    let letters = || surface.bytes().filter(u8::is_ascii_alphabetic).count();
    let acronym_as_word =
        !surface.bytes().any(|byte| byte.is_ascii_lowercase()) && letters() <= 5 && !surface.contains('.');
    if acronym_as_word
        && is_in(List::CapsWords, surface)
        && match in_capitals(text, span) {
            true => !is_party_in_capitals(text, span),
            false => surface == "WHO" && goes_on_in_capitals(text, span),
        }
    {
        return Err(Rule::OrdinaryWord);
    }
    if candidate.fit == Fit::Capitals
        && entry.homograph != 0
        && letters() <= 6
        && !in_capitals(text, span)
        && next_word(text, span.end).is_some()
    {
        return Err(Rule::OrdinaryWord);
    }
    Ok(())
}

/// Whether two words in capitals follow: "and WHO IS TO pay", said loudly inside a sentence.
fn goes_on_in_capitals(text: &str, span: Span) -> bool {
    let mut at = span.end;
    (0..2).all(|_| {
        let Some(word) = next_word(text, at) else { return false };
        at = word.end;
        word.len() > 1 && text[word.range()].bytes().all(|byte| byte.is_ascii_uppercase())
    })
}

/// Whether an acronym in a line of capitals is beside what only an actor can be beside.
fn is_party_in_capitals(text: &str, span: Span) -> bool {
    let before = prev_word(text, span.start).map(|word| text[word.range()].to_lowercase());
    if before.as_deref().is_some_and(|word| matches!(word, "the" | "with" | "against" | "between")) {
        return true;
    }
    if char_at(text, span.end).is_some_and(is_hyphen) {
        return true;
    }
    let link = |word: &str| word == "and";
    if before.as_deref().is_some_and(link) {
        return true;
    }
    // "CHINA WARNS US": the verb has its subject; "TELL US" has none.
    if before.as_deref().is_some_and(|word| is_in(List::CapsVerbs, word)) {
        return true;
    }
    let next = next_word(text, span.end).map(|word| text[word.range()].to_lowercase());
    let begins = begins_sentence(text, span.start);
    // "US, UK STRIKE": the pronoun begins no list.
    if begins && &text[span.range()] == "US" && text[span.end..].starts_with(", ") {
        return true;
    }
    // "US TO HOST TALKS": no sentence begins with the pronoun.
    if begins && &text[span.range()] == "US" && next.is_some() {
        return true;
    }
    // "WHO CHIEF SAYS": the pronoun has no noun.
    if &text[span.range()] == "WHO"
        && next.as_deref().is_some_and(|word| matches!(word, "chief" | "head" | "boss" | "experts" | "report" | "team"))
    {
        return true;
    }
    begins
        && next.as_deref().is_some_and(|word| link(word) || is_in(List::Agentive, word) && &text[span.range()] != "WHO")
        || next.as_deref().is_some_and(|word| {
            matches!(
                word,
                "president"
                    | "troops"
                    | "army"
                    | "sanctions"
                    | "forces"
                    | "government"
                    | "congress"
                    | "senate"
                    | "officials"
                    | "warns"
                    | "declares"
            )
        })
}
