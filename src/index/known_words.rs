//! Words whose terms in the segment are known.

use super::posting_lists::{NO_TERM, PostingLists};
use crate::document::Language;
use crate::text::{Analyzer, TermKind};

/// An analyzer with the terms of the words that it has numbered.
#[derive(Debug)]
pub(super) struct KnownWords {
    analyzer: Analyzer,
    terms: Vec<WordTerms>,
}

/// The numbers of a word's terms in the segment.
#[derive(Debug, Clone, Copy)]
pub(super) struct WordTerms {
    pub(super) text: u32,
    /// [`NO_TERM`] for a word that is not in `exact`.
    pub(super) exact: u32,
}

/// A word of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub(super) terms: WordTerms,
    pub(super) position: u32,
    /// Its first byte.
    pub(super) start: usize,
}

impl KnownWords {
    /// Words that are learned again and again get ever new numbers; after so many the analyzer begins anew.
    const MOST_NUMBERS: u32 = 1 << 20;

    pub(super) fn new(language: Language) -> KnownWords {
        KnownWords { analyzer: Analyzer::new(language), terms: Vec::new() }
    }

    /// Forgets the terms of a segment.
    pub(super) fn clear(&mut self) {
        self.terms.clear();
        if self.analyzer.numbers() > KnownWords::MOST_NUMBERS {
            self.analyzer = Analyzer::new(self.analyzer.language());
        }
    }

    /// Puts the words of a text, with the numbers of their terms in `text` and `exact`, in the place of those in `into`.
    pub(super) fn read(
        &mut self,
        source: &str,
        (text, exact): (&mut PostingLists, &mut PostingLists),
        into: &mut Vec<Word>,
    ) {
        const UNKNOWN: WordTerms = WordTerms { text: NO_TERM, exact: NO_TERM };
        let known = &mut self.terms;
        into.clear();
        self.analyzer.analyze(source, |term| {
            let mut find = || WordTerms {
                text: text.term(term.text.as_bytes()),
                exact: match term.kind == TermKind::Word && !term.is_plain {
                    true => exact.term(term.exact.as_bytes()),
                    false => NO_TERM,
                },
            };
            let terms = match term.number.map(|number| number as usize) {
                Some(number) => {
                    if number >= known.len() {
                        known.resize(number + 1, UNKNOWN);
                    }
                    if known[number].text == NO_TERM {
                        known[number] = find();
                    }
                    known[number]
                }
                None => find(),
            };
            into.push(Word { terms, position: term.position, start: term.span.start });
        });
    }

    /// What they take beside the analyzer, in bytes.
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.terms)
    }
}
