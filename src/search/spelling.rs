//! Did you mean: words of a query that the index does not have, and words that it has instead.

use tantivy::Term;

use super::expand::{Expansion, expand};
use super::query::{Clause, Form, Query};
use super::searcher::Searcher;
use crate::error::{Error, Result};
use crate::text::{Analyzer, TermKind, words};

/// How many unknown words of one query are looked up: reading the dictionary for each takes its time.
const LOOKED_UP: usize = 3;
/// How many words of the dictionary are tried for one.
const CANDIDATES: usize = 8;
/// Shorter words are near to too many others.
const SHORTEST: usize = 4;
/// Only words from this length on may differ by two slips.
const LONG: usize = 7;

/// A word that no paragraph has, with the nearest one that some have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Correction {
    pub(crate) word: String,
    pub(crate) meant: String,
}

/// Looks for misspelt words.
pub(crate) struct Speller<'a> {
    pub(crate) searcher: &'a Searcher,
    /// How many words of the dictionary may still be looked at.
    pub(crate) dictionary: usize,
    /// One a language of the index.
    pub(crate) analyzers: &'a mut [Analyzer],
}

impl Speller<'_> {
    /// The words of a query that no paragraph has, where the dictionary has one that is near.
    pub(crate) fn corrections(&mut self, query: &Query) -> Result<Vec<Correction>> {
        let mut asked = Vec::new();
        collect(query.clause(), &mut asked);
        asked.sort_unstable();
        asked.dedup();
        let mut unknown = Vec::new();
        for word in asked {
            if unknown.len() < LOOKED_UP && word.chars().count() >= SHORTEST && !self.is_known(word)? {
                unknown.push(word);
            }
        }
        let mut corrections = Vec::new();
        for word in unknown {
            let mut meant = self.nearest(word, 1)?;
            if meant.is_none() && word.chars().count() >= LONG {
                meant = self.nearest(word, 2)?;
            }
            if let Some(meant) = meant {
                corrections.push(Correction { word: word.to_owned(), meant });
            }
        }
        Ok(corrections)
    }

    /// Whether the word is in the index, as written or in any language's stem.
    fn is_known(&mut self, word: &str) -> Result<bool> {
        let fields = &self.searcher.index.fields;
        let mut terms = Vec::new();
        for analyzer in self.analyzers.iter_mut() {
            analyzer.analyze(word, |term| {
                if term.kind == TermKind::Word {
                    terms.push(Term::from_field_text(fields.text, term.text));
                    terms.push(Term::from_field_text(fields.written(term.exact), term.exact));
                }
            });
        }
        for term in &terms {
            if self.searcher.tantivy.doc_freq(term).map_err(|error| Error::storage("reading the dictionary", error))?
                > 0
            {
                return Ok(true);
            }
        }
        Ok(terms.is_empty())
    }

    /// The most frequent of the nearest words.
    fn nearest(&mut self, word: &str, slips: u8) -> Result<Option<String>> {
        let fields = &self.searcher.index.fields;
        let Expansion { terms, .. } =
            expand(&self.searcher.tantivy, (fields, fields.exact), word, Form::Fuzzy(slips), &mut self.dictionary)?;
        for term in terms.into_iter().take(CANDIDATES) {
            // The dictionary keeps words whose last paragraph was deleted.
            if self.searcher.count_of(&term.text)? > 0 {
                return Ok(Some(term.text));
            }
        }
        Ok(None)
    }
}

/// The plain words that a query asks for; what it excludes is not looked at.
fn collect<'a>(clause: &'a Clause, into: &mut Vec<&'a str>) {
    match clause {
        Clause::Word { text, form: Form::Word | Form::Exact, .. } | Clause::Phrase { text, .. } => {
            into.extend(words(text).map(|word| word.text).filter(|word| word.chars().all(char::is_alphabetic)));
        }
        Clause::Near { operands, .. } => operands.iter().for_each(|clause| collect(clause, into)),
        Clause::Bool { must, should, .. } => must.iter().chain(should).for_each(|clause| collect(clause, into)),
        Clause::Boost { clause, .. } => collect(clause, into),
        _ => {}
    }
}

/// The clause with the words written as they are meant.
pub(crate) fn corrected(clause: &Clause, corrections: &[Correction]) -> Clause {
    let all = |clauses: &[Clause]| clauses.iter().map(|clause| corrected(clause, corrections)).collect();
    let mend = |text: &str| {
        let mut mended = String::with_capacity(text.len());
        let mut at = 0;
        for word in words(text) {
            if let Some(correction) = corrections.iter().find(|correction| correction.word == word.text) {
                mended.push_str(&text[at..word.span.start]);
                mended.push_str(&correction.meant);
                at = word.span.end;
            }
        }
        mended.push_str(&text[at..]);
        mended
    };
    match clause {
        Clause::Word { field, text, form: form @ (Form::Word | Form::Exact) } => {
            Clause::Word { field: *field, text: mend(text), form: *form }
        }
        Clause::Phrase { field, text, slop } => Clause::Phrase { field: *field, text: mend(text), slop: *slop },
        Clause::Near { operands, distance, ordered } => {
            Clause::Near { operands: all(operands), distance: *distance, ordered: *ordered }
        }
        Clause::Bool { must, should, must_not } => {
            Clause::Bool { must: all(must), should: all(should), must_not: must_not.clone() }
        }
        Clause::Boost { clause, factor } => {
            Clause::Boost { clause: Box::new(corrected(clause, corrections)), factor: *factor }
        }
        other => other.clone(),
    }
}
