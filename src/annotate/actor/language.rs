//! Adjectives that name a language: "in French", "speaks Russian", "the Chinese text".
//!
//! Most peoples and their languages share a word. It names the language where a word of speaking, writing
//! or translating governs it and no noun follows that it could qualify ("in Russian hands" is the state),
//! where a word of texts or speakers follows ("the French version"), and where it is joined to a language
//! that is told so ("into Arabic and Portuguese").

use super::context::{char_at, is_hyphen, next_word, prev_word};
use super::words::{List, is_in};
use crate::document::Span;

/// How many languages of a list are walked back over to the word that governs them.
const MAX_LIST: usize = 6;

/// Whether the adjective at `span` names a language.
pub(crate) fn names_language(text: &str, span: Span) -> bool {
    if !is_in(List::Languages, &text[span.range()]) {
        return false;
    }
    if let Some(hyphen) = char_at(text, span.end).filter(|&c| is_hyphen(c)) {
        let rest = &text[span.end + hyphen.len_utf8()..];
        let length = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        return matches!(&rest[..length], "speaking" | "language" | "medium" | "speaker" | "speakers");
    }
    let end = end_of_list(text, span.end);
    let next = next_word(text, end).map(|word| &text[word.range()]);
    if next.is_some_and(|next| is_in(List::LanguageNoun, next)) {
        return true;
    }
    if next.is_some_and(|next| !is_in(List::LanguageEnd, next) && !next.ends_with("ly")) {
        return false;
    }
    let mut at = span.start;
    for _ in 0..MAX_LIST {
        let Some(before) = before_in_list(text, at) else { return governed(text, at) };
        if !is_in(List::Languages, &text[before.range()]) {
            return false;
        }
        at = before.start;
    }
    false
}

/// The end of the last language of a list that goes on at a position: "in French and German hands" is decided
/// by its noun.
fn end_of_list(text: &str, end: usize) -> usize {
    let mut end = end;
    for _ in 0..MAX_LIST {
        let after = text[end..].strip_prefix(',').map_or(end, |_| end + 1);
        let Some(mut word) = next_word(text, after) else { break };
        if matches!(&text[word.range()], "and" | "or") {
            let Some(joined) = next_word(text, word.end) else { break };
            word = joined;
        } else if after == end {
            break;
        }
        if !is_in(List::Languages, &text[word.range()]) {
            break;
        }
        end = word.end;
    }
    end
}

/// The word that "and", "or" or a comma joins to what starts at a position.
fn before_in_list(text: &str, at: usize) -> Option<Span> {
    let head = text[..at].trim_end();
    if let Some(head) = head.strip_suffix(',') {
        return prev_word(text, head.len() + 1).or_else(|| last_word(text, head.len()));
    }
    let link = prev_word(text, at)?;
    if !matches!(&text[link.range()], "and" | "or" | "nor") {
        return None;
    }
    let before = text[..link.start].trim_end();
    let before = before.strip_suffix(',').unwrap_or(before);
    let word = last_word(text, before.len())?;
    // "in English and in French": the second one has a word of its own before it.
    (!matches!(&text[word.range()], "in" | "into")).then_some(word)
}

fn last_word(text: &str, end: usize) -> Option<Span> {
    let start = text[..end].char_indices().rev().take_while(|(_, c)| c.is_alphanumeric()).take(64).last()?.0;
    Some(Span::new(start, end))
}

/// Whether the word before asks for a language.
fn governed(text: &str, at: usize) -> bool {
    let mut at = at;
    for _ in 0..3 {
        let Some(word) = prev_word(text, at) else { return false };
        let before = &text[word.range()];
        if matches!(before, "in" | "into" | "from") {
            // "from French" needs a word of translating; "in" and "into" do not.
            return before != "from"
                || prev_word(text, word.start).is_some_and(|verb| is_in(List::LanguageVerb, &text[verb.range()]));
        }
        if is_in(List::LanguageVerb, before) {
            return true;
        }
        if is_in(List::LanguagePossessive, before) {
            // "her Chinese is fluent", "his Japanese."; a people is not owned.
            let end = text[at..].find(|c: char| !c.is_alphanumeric()).map_or(text.len(), |length| at + length);
            return next_word(text, end).is_none_or(|next| matches!(&text[next.range()], "is" | "was"));
        }
        if !is_in(List::LanguageFiller, before) {
            return false;
        }
        at = word.start;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_language(text: &str, word: &str) -> bool {
        let start = text.rfind(word).unwrap_or_default();
        names_language(text, Span::new(start, start + word.len()))
    }

    #[test]
    fn languages_are_told_from_peoples() {
        for (text, word) in [
            ("written in English and in French.", "French"),
            ("He speaks Russian and Spanish fluently.", "Spanish"),
            ("translated into Arabic and Portuguese.", "Portuguese"),
            ("read out in German by an officer", "German"),
            ("Her Chinese is fluent", "Chinese"),
            ("the Arabic, Chinese and Russian texts", "Russian"),
            ("a Chinese-language paper", "Chinese"),
            ("they speak very little French", "French"),
            ("so is his Japanese.", "Japanese"),
        ] {
            assert!(is_language(text, word), "{text}");
        }
        for (text, word) in [
            ("in Russian hands", "Russian"),
            ("He met the French.", "French"),
            ("studied Chinese tactics", "Chinese"),
            ("in American and French waters", "French"),
            ("gas from Russian fields", "Russian"),
            ("their Chinese and Russian counterparts", "Chinese"),
            ("in French and German hands", "French"),
        ] {
            assert!(!is_language(text, word), "{text}");
        }
    }
}
