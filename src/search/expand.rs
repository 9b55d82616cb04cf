//! Prefixes, wildcards and fuzzy words become the words of the index that they stand for.

use std::collections::HashMap;

use tantivy::Searcher;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::{Field, Term};

use super::evidence::matches_wildcard;
use super::query::Form;
use crate::document::Language;
use crate::error::{Error, Result};
use crate::text::{Analyzer, TermKind, slips};

/// The most words that one pattern stands for. Enough for every inflection of a word; each is a term to
/// score, and past a hundred the query takes longer than its words are worth.
const MAX_TERMS: usize = 128;
/// The most words of one segment's dictionary that are looked at for one pattern.
const MAX_SEEN: usize = 50_000;
/// What a fuzzy word costs, in words of the dictionary: its automaton is made, and skips most of them.
const FUZZY: usize = 4_000;

/// A word of the index.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ExpandedTerm {
    pub(crate) text: String,
    /// In (0, 1]; 1 for the word itself.
    pub(crate) closeness: f32,
}

/// What a pattern stands for.
#[derive(Debug, Default)]
pub(crate) struct Expansion {
    /// The nearest first.
    pub(crate) terms: Vec<ExpandedTerm>,
    /// How many more there are.
    pub(crate) dropped: usize,
}

/// The words of a field's dictionary that a pattern stands for, nearest, then most frequent, first.
///
/// `dictionary` is how many words may be looked at, and is lowered by those that were.
pub(crate) fn expand(
    searcher: &Searcher,
    field: Field,
    text: &str,
    form: Form,
    dictionary: &mut usize,
) -> Result<Expansion> {
    let failed = |error: std::io::Error| Error::storage("reading the dictionary", error);
    let pattern = folded(text);
    if pattern.is_empty() {
        return Ok(Expansion::default());
    }
    let literal: &str = match form {
        Form::Wildcard => pattern.split(['*', '?']).next().unwrap_or_default(),
        _ => &pattern,
    };
    let mut found: HashMap<String, u64> = HashMap::new();
    let wildcard: Vec<char> = pattern.chars().collect();
    for reader in searcher.segment_readers() {
        let most = MAX_SEEN.min(*dictionary);
        let inverted = reader.inverted_index(field).map_err(|error| Error::storage("reading the dictionary", error))?;
        match form {
            Form::Fuzzy(distance) => {
                let automaton = FuzzyTermQuery::new(Term::from_field_text(field, &pattern), distance.min(2), true)
                    .automaton()
                    .map_err(|error| Error::storage("preparing a fuzzy word", error))?;
                let mut stream = inverted.terms().search(automaton).into_stream().map_err(failed)?;
                *dictionary = dictionary.saturating_sub(FUZZY);
                for _ in 0..most {
                    if !stream.advance() {
                        break;
                    }
                    add(&mut found, stream.key(), stream.value().doc_freq);
                }
            }
            _ => {
                let mut stream = inverted.terms().range().ge(literal).into_stream().map_err(failed)?;
                for _ in 0..most {
                    *dictionary = dictionary.saturating_sub(1);
                    if !stream.advance() || !stream.key().starts_with(literal.as_bytes()) {
                        break;
                    }
                    let fits = |word| form != Form::Wildcard || matches_wildcard(&wildcard, word);
                    if std::str::from_utf8(stream.key()).is_ok_and(fits) {
                        add(&mut found, stream.key(), stream.value().doc_freq);
                    }
                }
            }
        }
    }
    let closeness = |term: &str| match form {
        Form::Fuzzy(_) => 1.0 / (1.0 + f32::from(slips(&pattern, term, 2).unwrap_or(2))),
        _ => 1.0,
    };
    let mut terms: Vec<(ExpandedTerm, u64)> = found
        .into_iter()
        .map(|(text, frequency)| (ExpandedTerm { closeness: closeness(&text), text }, frequency))
        .collect();
    terms.sort_unstable_by(|(a, a_frequency), (b, b_frequency)| {
        b.closeness.total_cmp(&a.closeness).then(b_frequency.cmp(a_frequency)).then_with(|| a.text.cmp(&b.text))
    });
    let dropped = terms.len().saturating_sub(MAX_TERMS);
    terms.truncate(MAX_TERMS);
    Ok(Expansion { terms: terms.into_iter().map(|(term, _)| term).collect(), dropped })
}

/// Adds what one segment knows of a word.
fn add(found: &mut HashMap<String, u64>, word: &[u8], frequency: u32) {
    if let Ok(word) = std::str::from_utf8(word) {
        *found.entry(word.to_owned()).or_default() += u64::from(frequency);
    }
}

/// The pattern in the written form of the index; `*` and `?` stay.
pub(crate) fn folded(text: &str) -> String {
    let mut analyzer = Analyzer::new(Language::ENGLISH);
    let mut folded = String::new();
    let mut literal = String::new();
    let mut flush = |literal: &mut String, folded: &mut String| {
        analyzer.analyze(literal, |term| {
            if term.kind == TermKind::Word {
                folded.push_str(term.exact);
            }
        });
        literal.clear();
    };
    for c in text.chars() {
        if c == '*' || c == '?' {
            flush(&mut literal, &mut folded);
            folded.push(c);
        } else {
            literal.push(c);
        }
    }
    flush(&mut literal, &mut folded);
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_folded_as_words_are() {
        assert_eq!(folded("Élys*"), "elys*");
        assert_eq!(folded("WOM?N"), "wom?n");
    }
}
