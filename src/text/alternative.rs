//! A word of a query in, what of it a text must hold out.

use super::term::{Analyzer, TermKind};
use super::word::words;

/// One of the ways in which a text can hold a word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Alternative {
    /// All of these terms, next to each other: what the query's word is cut into, mostly one.
    Words(Vec<String>),
    /// Two neighbouring characters of a script without spaces.
    Pair(String),
}

impl Analyzer {
    /// The ways in which a text can hold a word of a query, any of which will do.
    ///
    /// What a script without spaces runs together is cut into pairs, each a way of its own, and so is a
    /// character that stands alone between other scripts. The words around them ("GDP增长") stand together.
    pub(crate) fn alternatives(&mut self, word: &str) -> Vec<Alternative> {
        let mut alternatives = Vec::new();
        // Words in between which no other script stands.
        let mut run: Vec<String> = Vec::new();
        // The last character of an unspaced run, until a pair takes it in.
        let mut alone: Option<String> = None;
        let mut paired_until = 0;
        self.analyze(word, |term| match term.kind {
            TermKind::Pair => {
                alone = None;
                paired_until = term.position + 2;
                alternatives.push(Alternative::Pair(term.text.to_owned()));
            }
            TermKind::Word => {
                alternatives.extend(alone.take().map(|character| Alternative::Words(vec![character])));
                if term.position < paired_until {
                    return;
                }
                if is_character(term.text) {
                    if !run.is_empty() {
                        alternatives.push(Alternative::Words(std::mem::take(&mut run)));
                    }
                    alone = Some(term.text.to_owned());
                } else {
                    run.push(term.text.to_owned());
                }
            }
        });
        alternatives.extend(alone.map(|character| Alternative::Words(vec![character])));
        if !run.is_empty() {
            alternatives.push(Alternative::Words(run));
        }
        alternatives
    }
}

/// Whether a term is one character of a script without spaces.
pub(crate) fn is_character(term: &str) -> bool {
    words(term).next().is_some_and(|word| word.unspaced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Language;

    #[test]
    fn scripts_without_spaces_are_cut_into_pairs() {
        let words = |words: &[&str]| Alternative::Words(words.iter().map(|&word| word.to_owned()).collect());
        let pair = |text: &str| Alternative::Pair(text.to_owned());
        for (word, expected) in [
            ("sanctions", vec![words(&["sanction"])]),
            ("cease-fire", vec![words(&["ceas", "fire"])]),
            ("北约东", vec![pair("北约"), pair("约东")]),
            ("核", vec![words(&["核"])]),
            ("GDP增长NATO", vec![words(&["gdp"]), pair("增长"), words(&["nato"])]),
            ("美GDP", vec![words(&["美"]), words(&["gdp"])]),
            ("", vec![]),
        ] {
            assert_eq!(Analyzer::new(Language::ENGLISH).alternatives(word), expected, "{word}");
        }
    }
}
