//! Prefixes, wildcards and fuzzy words become the words of the index that they stand for.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::query::{DfaWrapper, FuzzyTermQuery};
use tantivy::schema::{Field, Term};
use tantivy::{Searcher, SegmentReader};

use super::evidence::matches_wildcard;
use super::query::Form;
use crate::document::Language;
use crate::error::{Error, Result};
use crate::index::schema::Fields;
use crate::text::{Analyzer, TermKind, is_character, is_plain_word, plain_words, slips};

/// The most words that one pattern stands for. Enough for every inflection of a word; each is a term to
/// score, and past a hundred the query takes longer than its words are worth.
const MAX_TERMS: usize = 128;
/// The most words of one segment's dictionary that are looked at for one pattern.
const MAX_SEEN: usize = 50_000;
/// What a fuzzy word with one slip costs, in words of the dictionary: its automaton is made, and skips most of them. With
/// two slips it is eight times the work.
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

/// The words of a field's dictionary that a pattern stands for, nearest, then most frequent, first. Plain words are
/// among the written ones, wherever they are kept.
///
/// `dictionary` is how many words may be looked at, and is lowered by those that were.
pub(crate) fn expand(
    searcher: &Searcher,
    (fields, field): (&Fields, Field),
    text: &str,
    form: Form,
    dictionary: &mut usize,
) -> Result<Expansion> {
    let pattern = folded(text);
    if pattern.is_empty() {
        return Ok(Expansion::default());
    }
    let automaton = match form {
        Form::Fuzzy(distance) => {
            let query = FuzzyTermQuery::new(Term::from_field_text(field, &pattern), distance.min(2), true);
            Some(query.automaton().map_err(|error| Error::storage("preparing a fuzzy word", error))?)
        }
        _ => None,
    };
    let walk = Walk { pattern: &pattern, wildcard: pattern.chars().collect(), automaton, form };
    let mut found: HashMap<String, u64> = HashMap::new();
    for reader in searcher.segment_readers() {
        let words = dictionary_of(reader, field)?;
        walk.over(&words, dictionary, |_| true, &mut found)?;
        if field == fields.exact {
            let stems = dictionary_of(reader, fields.text)?;
            walk.over_plain_words(&stems, dictionary, &mut found)?;
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

fn dictionary_of(reader: &SegmentReader, field: Field) -> Result<Arc<InvertedIndexReader>> {
    reader.inverted_index(field).map_err(|error| Error::storage("reading the dictionary", error))
}

/// How the words of a pattern are looked for.
struct Walk<'a> {
    pattern: &'a str,
    /// Its characters.
    wildcard: Vec<char>,
    /// Of a fuzzy word.
    automaton: Option<DfaWrapper>,
    form: Form,
}

impl Walk<'_> {
    /// Adds the words of a dictionary that fit the pattern and are wanted.
    fn over(
        &self,
        inverted: &InvertedIndexReader,
        dictionary: &mut usize,
        wanted: impl Fn(&str) -> bool,
        found: &mut HashMap<String, u64>,
    ) -> Result<()> {
        let failed = |error: std::io::Error| Error::storage("reading the dictionary", error);
        let most = MAX_SEEN.min(*dictionary);
        let mut add = |word: &[u8], frequency| {
            if std::str::from_utf8(word).is_ok_and(&wanted) {
                add(found, word, frequency);
            }
        };
        if let Some(automaton) = &self.automaton {
            let mut stream = inverted.terms().search(automaton).into_stream().map_err(failed)?;
            let size = if self.form == Form::Fuzzy(2) { 8 } else { 1 };
            *dictionary = dictionary.saturating_sub(size * FUZZY);
            for _ in 0..most {
                if !stream.advance() {
                    break;
                }
                add(stream.key(), stream.value().doc_freq);
            }
            return Ok(());
        }
        let literal = self.literal();
        let mut stream = inverted.terms().range().ge(literal).into_stream().map_err(failed)?;
        for _ in 0..most {
            *dictionary = dictionary.saturating_sub(1);
            if !stream.advance() || !stream.key().starts_with(literal.as_bytes()) {
                break;
            }
            if std::str::from_utf8(stream.key()).is_ok_and(|word| self.fits(word)) {
                add(stream.key(), stream.value().doc_freq);
            }
        }
        Ok(())
    }

    /// Adds the plain words of the dictionary of stems that fit the pattern.
    fn over_plain_words(
        &self,
        inverted: &InvertedIndexReader,
        dictionary: &mut usize,
        found: &mut HashMap<String, u64>,
    ) -> Result<()> {
        let begins_with_a_letter = self
            .literal()
            .chars()
            .next()
            .is_some_and(|c| !c.is_ascii_digit() && !is_character(c.encode_utf8(&mut [0; 4])));
        if self.automaton.is_some() || !begins_with_a_letter {
            return self.over(inverted, dictionary, is_plain_word, found);
        }
        // All that can fit is in the list; among the stems there are many more words that begin like it.
        for word in plain_words().filter(|word| word.starts_with(self.literal()) && self.fits(word)) {
            let info = inverted.terms().get(word).map_err(|error| Error::storage("reading the dictionary", error))?;
            if let Some(info) = info {
                add(found, word.as_bytes(), info.doc_freq);
            }
        }
        Ok(())
    }

    /// What every word begins with.
    fn literal(&self) -> &str {
        match self.form {
            Form::Wildcard => self.pattern.split(['*', '?']).next().unwrap_or_default(),
            _ => self.pattern,
        }
    }

    /// Whether a word that begins with the literal fits the pattern.
    fn fits(&self, word: &str) -> bool {
        self.form != Form::Wildcard || matches_wildcard(&self.wildcard, word)
    }
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
