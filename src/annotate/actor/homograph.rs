//! Names that are also something else, and the cues that tell which is meant: the table `homographs.tsv`.

use super::context::{begins_sentence, next_word, prev_word};
use super::words::{List, is_in};
use crate::document::Span;

/// What to do when no cue speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Default_ {
    Actor,
    Nobody,
    /// This actor rather than the others that have the name.
    Prefer(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cue {
    /// A phrase that follows, in lower case.
    Next(Vec<String>),
    /// A phrase that follows, also behind a possessive: "Georgia's governor".
    Own(Vec<String>),
    /// A phrase that precedes.
    Prev(Vec<String>),
    /// A given name precedes.
    GivenBefore,
    /// A capitalised word follows that may be a surname.
    SurnameAfter,
    /// One of these, as written, stands within [`AROUND`] bytes on either side.
    Around(Vec<String>),
    /// A member of a block group stands beside it in the same list.
    Near(String),
    /// The document names one of these actors.
    Doc(Vec<String>),
    /// It is the first word of its sentence.
    Start,
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Homograph {
    pub(crate) surface: String,
    pub(crate) default: Default_,
    pub(crate) no: Vec<Cue>,
    pub(crate) yes: Vec<Cue>,
}

impl Homograph {
    /// Reads a line: surface, default, cues against, cues for, separated by tabs; the last two may be missing.
    pub(crate) fn parse(line: &str) -> Result<Homograph, String> {
        let mut cells = line.split('\t');
        let surface = cells.next().unwrap_or_default().trim().to_owned();
        let default = match cells.next().unwrap_or_default().trim() {
            "yes" => Default_::Actor,
            "no" => Default_::Nobody,
            "" => return Err(format!("{surface:?} has no default")),
            id => Default_::Prefer(id.to_owned()),
        };
        let no = cues(cells.next().unwrap_or_default())?;
        let yes = cues(cells.next().unwrap_or_default())?;
        Ok(Homograph { surface, default, no, yes })
    }

    /// Whether the name means its actor in all but a few fixed phrases.
    pub(crate) fn is_mostly_an_actor(&self) -> bool {
        let fixed = |cue: &Cue| matches!(cue, Cue::Next(_) | Cue::Own(_) | Cue::Prev(_));
        self.no.iter().all(fixed) && self.yes.is_empty()
    }
}

fn cues(cell: &str) -> Result<Vec<Cue>, String> {
    cell.split('|').map(str::trim).filter(|cue| !cue.is_empty()).map(cue).collect()
}

fn cue(text: &str) -> Result<Cue, String> {
    let (kind, words) = text.split_once(':').unwrap_or((text, ""));
    let words: Vec<String> =
        words.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect();
    Ok(match kind {
        "next" => Cue::Next(words),
        "own" => Cue::Own(words),
        "prev" => Cue::Prev(words),
        "prev-cap" => Cue::GivenBefore,
        "person" => Cue::SurnameAfter,
        "around" => Cue::Around(words),
        "near" => Cue::Near(words.concat()),
        "doc" => Cue::Doc(words),
        "start" => Cue::Start,
        _ => {
            return Err(format!(
                "cue {text:?}: expected next:, own:, prev:, prev-cap, person, around:, near:, doc: or start"
            ));
        }
    })
}

/// Whether one of the phrases follows a position, separated by white space.
pub(crate) fn follows(text: &str, at: usize, phrases: &[String]) -> bool {
    let Some(word) = next_word(text, at) else { return false };
    // Nearly every phrase is told apart by one letter; "General Assembly" alone has two dozen to be tried.
    let first = text.as_bytes()[word.start].to_ascii_lowercase();
    phrases.iter().filter(|phrase| phrase.as_bytes().first() == Some(&first)).any(|phrase| {
        let mut word = Some(word);
        phrase.split(' ').all(|part| {
            let Some(span) = word else { return false };
            word = next_word(text, span.end);
            eq_folded(&text[span.range()], part)
        })
    })
}

/// Whether one of the phrases ends right before a position.
pub(crate) fn precedes(text: &str, at: usize, phrases: &[String]) -> bool {
    let Some(word) = prev_word(text, at) else { return false };
    let last = text[word.range()].trim_end_matches('.').as_bytes().last().map(u8::to_ascii_lowercase);
    let ends_alike = |phrase: &&String| phrase.trim_end_matches('.').as_bytes().last() == last.as_ref();
    phrases.iter().filter(ends_alike).any(|phrase| {
        let mut word = Some(word);
        phrase.rsplit(' ').all(|part| {
            let Some(span) = word else { return false };
            word = prev_word(text, span.start);
            eq_folded(text[span.range()].trim_end_matches('.'), part.trim_end_matches('.'))
        })
    })
}

fn eq_folded(word: &str, lower: &str) -> bool {
    word.eq_ignore_ascii_case(lower) || !word.is_ascii() && word.replace('\u{2019}', "'").eq_ignore_ascii_case(lower)
}

/// How far a word that tells the place may stand from the name, in bytes: about two sentences of news. A bound, because
/// a text may repeat the name without end.
const AROUND: usize = 200;

/// Whether one of the words, as written, stands not far from a name.
pub(crate) fn around(text: &str, span: Span, words: &[String]) -> bool {
    let floor = |at: usize| (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
    let window = &text[floor(span.start.saturating_sub(AROUND))..floor((span.end + AROUND).min(text.len()))];
    words.iter().any(|word| window.contains(word.as_str()))
}

/// Whether a given name stands right before: one of the list, an initial ("B. Jordan"), or any behind "Mr",
/// "Senator" or the like.
pub(crate) fn given_before(text: &str, start: usize) -> bool {
    let Some(span) = prev_word(text, start) else { return false };
    let word = &text[span.range()];
    if !word.starts_with(char::is_uppercase) {
        return false;
    }
    is_in(List::Given, word)
        || word.len() == 2 && word.ends_with('.')
        || prev_word(text, span.start)
            .is_some_and(|title| is_in(List::Honorifics, text[title.range()].trim_end_matches('.')))
}

/// Whether a capitalised word follows that is no word of office or place: a surname, then.
pub(crate) fn surname_after(text: &str, span: Span, next_is_actor: bool) -> bool {
    // "In Jordan Islamists won": a place.
    let inside = prev_word(text, span.start).is_some_and(|word| is_in(List::Inside, &text[word.range()]));
    if next_is_actor || inside {
        return false;
    }
    next_word(text, span.end).is_some_and(|word| {
        let word = &text[word.range()];
        let mut chars = word.chars();
        chars.next().is_some_and(char::is_uppercase)
            && chars.next().is_some_and(char::is_lowercase)
            && !is_in(List::GivenGuardOk, word)
            && !is_in(List::Titles, word)
            && !is_in(List::Months, word)
            && !is_in(List::Agentive, word)
            && !title_case_around(text, span)
    })
}

/// Whether the text is set in title case, where capitals tell nothing: most words of four letters or more
/// around have one.
pub(crate) fn title_case_around(text: &str, span: Span) -> bool {
    let (mut capital, mut all) = (0, 0);
    let mut judge = |word: &str| {
        if word.len() >= 4 {
            all += 1;
            capital += usize::from(word.starts_with(char::is_uppercase));
        }
    };
    let mut at = span.start;
    for _ in 0..4 {
        let Some(word) = prev_word(text, at) else { break };
        judge(&text[word.range()]);
        at = word.start;
    }
    at = span.end;
    for _ in 0..5 {
        let Some(word) = next_word(text, at) else { break };
        judge(&text[word.range()]);
        at = word.end;
    }
    all >= 4 && capital == all
}

/// Whether it is the first word of its sentence.
pub(crate) fn at_start(text: &str, start: usize) -> bool {
    begins_sentence(text, start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_read_and_bad_cues_are_named() -> Result<(), String> {
        let row = Homograph::parse("Jordan\tyes\tprev-cap:given|person\tdoc:AMM,SYR")?;
        assert_eq!(row.no, [Cue::GivenBefore, Cue::SurnameAfter]);
        assert_eq!(row.yes, [Cue::Doc(vec!["AMM".into(), "SYR".into()])]);
        assert!(Homograph::parse("Jordan\tyes\tbehind:x").is_err_and(|reason| reason.contains("behind:x")));
        assert!(Homograph::parse("Jordan").is_err());
        Ok(())
    }

    #[test]
    fn words_not_far_off_are_seen() {
        let words = ["Atlanta".to_owned()];
        let text = "Atlanta grew. Georgia’s ports did, too.";
        assert!(around(text, Span::new(14, 21), &words));
        let far = format!("Atlanta{} Georgia", "é".repeat(AROUND));
        assert!(!around(&far, Span::new(far.len() - 7, far.len()), &words));
    }

    #[test]
    fn names_of_persons_are_seen() {
        assert!(given_before("by Michael Jordan", 11));
        assert!(!given_before("by Jordan", 3));
        assert!(surname_after("so Jordan Spieth won", Span::new(3, 9), false));
        assert!(!surname_after("so Jordan will win", Span::new(3, 9), false));
    }
}
