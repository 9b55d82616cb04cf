//! The words of a query as terms, with what each weighs, for the evidence beyond their own scores.

use super::WordWeights;
use crate::search::query::{Clause, Field, Filter, Form};
use crate::text::{Analyzer, TermKind, is_character};

/// A term of the query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct QueryTerm {
    /// As the index has it.
    pub(crate) text: String,
    /// The sum over its occurrences in the query.
    pub(crate) weight: f32,
    /// Which word of the query it is; the readings of a word in several languages have the same number.
    pub(crate) word: usize,
    /// What it stands for in the query.
    pub(crate) role: Role,
}

/// What a term is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Carries the subject: it counts wherever it stands, more so near others.
    Subject,
    /// A function word: it counts, but it stands near everything.
    Grammar,
    /// Two neighbouring characters of a script without spaces, whose pairs always stand near each other.
    Pair,
    /// Not in the query: the best documents suggest it.
    Suggested,
    /// One of the characters of a pair: too common to find by, yet worth something where the pairs differ.
    Character,
}

/// Collects the terms of the words and phrases that a clause wants in the text, in their order.
pub(crate) fn query_terms(clause: &Clause, analyzers: &mut [Analyzer], weights: &WordWeights) -> Vec<QueryTerm> {
    let mut collected = Collector { analyzers, weights, terms: Vec::new(), words: 0 };
    collected.clause(clause, 1.0);
    collected.terms
}

struct Collector<'a> {
    analyzers: &'a mut [Analyzer],
    weights: &'a WordWeights,
    terms: Vec<QueryTerm>,
    words: usize,
}

impl Collector<'_> {
    fn clause(&mut self, clause: &Clause, boost: f32) {
        match clause {
            Clause::Word { field: Field::Any | Field::Body, text, form: Form::Word | Form::Exact }
            | Clause::Phrase { field: Field::Any | Field::Body, text, .. } => {
                for word in text.split_whitespace() {
                    self.word(word, boost);
                }
            }
            Clause::Near { operands, .. } => operands.iter().for_each(|operand| self.clause(operand, boost)),
            Clause::Bool { must, should, .. } => {
                must.iter().chain(should).for_each(|clause| self.clause(clause, boost));
            }
            Clause::Boost { clause, factor } => self.clause(clause, boost * factor),
            Clause::All
            | Clause::Like(_)
            | Clause::Word { .. }
            | Clause::Phrase { .. }
            | Clause::Filter(Filter::Facet { .. } | Filter::Document(_) | Filter::Date(_) | Filter::Kind(_)) => {}
        }
    }

    fn word(&mut self, word: &str, boost: f32) {
        let weight = self.weights.of(word);
        let spoken = if weight < 0.65 { Role::Grammar } else { Role::Subject };
        let first = self.terms.len();
        let Collector { analyzers, terms, words, .. } = self;
        for analyzer in &mut **analyzers {
            let mut part = 0;
            analyzer.analyze(word, |term| {
                let role = match term.kind {
                    TermKind::Pair => Role::Pair,
                    TermKind::Word if is_character(term.text) => Role::Character,
                    TermKind::Word => spoken,
                };
                let number = *words + part;
                part += 1;
                let known = terms[first..].iter().any(|known| known.text == term.text && known.word == number);
                if !known && boost > 0.0 {
                    let text = term.text.to_owned();
                    terms.push(QueryTerm { text, weight: boost * weight, word: number, role });
                }
            });
        }
        self.words = self.terms.iter().map(|term| term.word + 1).max().unwrap_or(0).max(self.words);
        self.merge(first);
    }

    /// A word said again adds to the weight of the first.
    fn merge(&mut self, first: usize) {
        let mut at = first;
        while at < self.terms.len() {
            let (before, after) = self.terms.split_at_mut(at);
            match before[..first].iter_mut().find(|earlier| earlier.text == after[0].text) {
                Some(earlier) => {
                    earlier.weight += after[0].weight;
                    self.terms.remove(at);
                }
                None => at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Language;
    use crate::search::query::Query;

    fn terms(query: &str) -> Vec<(String, f32, usize, Role)> {
        let languages = [(Language::ENGLISH, 1.0)];
        let query = Query::new(query);
        let weights = WordWeights::new(&query, &languages, 0.25);
        let mut analyzers = [Analyzer::new(Language::ENGLISH)];
        let terms = query_terms(query.clause(), &mut analyzers, &weights);
        terms.into_iter().map(|term| (term.text, term.weight, term.word, term.role)).collect()
    }

    #[test]
    fn terms_carry_the_weights_of_their_words() {
        let found = terms("what sanctions^2 \"gas exports\" -war cease-fire gas title:summit 北约东");
        let expected = [
            ("what", 0.25, 0, Role::Grammar),
            ("sanction", 2.0, 1, Role::Subject),
            ("gas", 2.0, 2, Role::Subject),
            ("export", 1.0, 3, Role::Subject),
            ("ceas", 1.0, 4, Role::Subject),
            ("fire", 1.0, 5, Role::Subject),
            ("北", 1.0, 7, Role::Character),
            ("北约", 1.0, 8, Role::Pair),
            ("约", 1.0, 9, Role::Character),
            ("约东", 1.0, 10, Role::Pair),
            ("东", 1.0, 11, Role::Character),
        ];
        assert_eq!(found, expected.map(|(text, weight, word, role)| (text.to_owned(), weight, word, role)));
    }
}
