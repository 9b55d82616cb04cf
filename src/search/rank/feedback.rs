//! The best documents of a query in, terms that the query should have had out.
//!
//! Rocchio's relevance feedback ("Relevance feedback in information retrieval", 1971) without a user: the best
//! documents are taken for relevant. Two things keep it from drifting off: documents count by a high
//! power of their score, so that it is few where a few stand out; and terms are weighed as BM25
//! weighs them, with saturation and rarity, not by their share of the text.

use std::collections::HashMap;

use crate::text::{Analyzer, TermKind, is_function_word};

/// How many documents are read.
pub(crate) const DOCUMENTS: usize = 10;
/// How many terms are kept.
const TERMS: usize = 30;
/// How many terms are looked up in the index before the best are kept.
const LOOKED_UP: usize = 300;
/// The power of a document's score. It tells easy queries from hard ones: where one document stands out, the terms are
/// its own, and what it says is what was asked for. Powers from 4 to 8 gain on every collection, most on questions with
/// one answer; a threshold on the scores, or less weight for such queries, gave less for both kinds.
const SHARPNESS: i32 = 8;

/// Collects the terms of documents.
#[derive(Debug, Default)]
pub(crate) struct Feedback {
    values: HashMap<String, f64>,
}

/// A term with its weight.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct FeedbackTerm {
    pub(crate) text: String,
    pub(crate) weight: f32,
}

impl Feedback {
    /// Adds a document: its texts, and its score as a part of the best one's.
    pub(crate) fn add<'t>(
        &mut self,
        texts: impl Iterator<Item = &'t str>,
        analyzer: &mut Analyzer,
        score: f64,
        saturation: impl Fn(u32, u32) -> f64,
    ) {
        let mut counts: HashMap<String, u32> = HashMap::new();
        let mut length = 0;
        let language = analyzer.language();
        for text in texts {
            let mut unspaced_until = 0;
            analyzer.analyze(text, |term| {
                length += 1;
                if term.kind == TermKind::Pair {
                    unspaced_until = term.position + 2;
                }
                let is_letter = |c: char| c.is_alphabetic();
                let useful = match term.kind {
                    TermKind::Pair => true,
                    TermKind::Word if term.position < unspaced_until => false,
                    TermKind::Word => {
                        term.text.chars().filter(|&c| is_letter(c)).count() >= 3
                            && !term.text.chars().any(char::is_numeric)
                    }
                };
                if useful {
                    match counts.get_mut(term.text) {
                        Some(count) => *count += 1,
                        None if is_function_word(language, term.exact) => {}
                        None => {
                            counts.insert(term.text.to_owned(), 1);
                        }
                    }
                }
            });
        }
        let weight = score.powi(SHARPNESS);
        for (term, count) in counts {
            *self.values.entry(term).or_default() += weight * saturation(count, length);
        }
    }

    /// The best terms, whose weights sum up to `weight`. `rarity` is the idf of a term, `None` for one that is in
    /// one document alone and finds no other.
    pub(crate) fn terms(self, weight: f64, mut rarity: impl FnMut(&str) -> Option<f64>) -> Vec<FeedbackTerm> {
        let best = |values: &mut Vec<(String, f64)>, count: usize| {
            values.sort_unstable_by(|(a, a_value), (b, b_value)| b_value.total_cmp(a_value).then_with(|| a.cmp(b)));
            values.truncate(count);
        };
        let mut values: Vec<(String, f64)> = self.values.into_iter().collect();
        best(&mut values, LOOKED_UP);
        let mut values: Vec<(String, f64)> = values
            .into_iter()
            .filter_map(|(term, value)| {
                let rarity = rarity(&term)?;
                Some((term, value * rarity))
            })
            .collect();
        best(&mut values, TERMS);
        let sum: f64 = values.iter().map(|(_, value)| value).sum();
        let share = |value: f64| (weight * value / sum.max(f64::MIN_POSITIVE)) as f32;
        values.into_iter().map(|(text, value)| FeedbackTerm { text, weight: share(value) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Language;

    #[test]
    fn terms_of_good_documents_weigh_most() {
        let mut analyzer = Analyzer::new(Language::ENGLISH);
        let mut feedback = Feedback::default();
        let saturation = |count: u32, _| f64::from(count).min(2.0);
        feedback.add(
            ["The pipeline carried gas in 2021.", "A pipeline of it."].into_iter(),
            &mut analyzer,
            1.0,
            saturation,
        );
        feedback.add(["Wheat and gas."].into_iter(), &mut analyzer, 0.5, saturation);
        let terms = feedback.terms(0.5, |term| (term != "carri").then_some(1.0));
        let names: Vec<&str> = terms.iter().map(|term| term.text.as_str()).collect();
        assert_eq!(names, ["pipelin", "gas", "wheat"]);
        assert!((terms.iter().map(|term| term.weight).sum::<f32>() - 0.5).abs() < 1e-6);
        assert!((terms[0].weight / terms[2].weight - 512.0).abs() < 1e-1);
        assert_eq!(Feedback::default().terms(0.5, |_| Some(1.0)), []);
    }
}
