//! The measures of a ranking against human judgements, as `trec_eval` defines them.

use std::collections::HashMap;

/// The judgements of one query: the grade of every judged document; above zero is relevant.
pub(crate) type Judged = HashMap<String, i32>;

/// The measures of one query, or their means over several.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Measures {
    /// Average precision over the whole ranking.
    pub(crate) average_precision: f64,
    /// Discounted cumulative gain of the first 10, linear in the grade, over the best possible.
    pub(crate) ndcg_10: f64,
    /// Share of the first 10 places that hold a relevant document.
    pub(crate) precision_10: f64,
    /// Share of the relevant documents that the first 100 hold.
    pub(crate) recall_100: f64,
    /// One over the place of the first relevant document, zero when it is not among 10.
    pub(crate) reciprocal_rank_10: f64,
}

impl Measures {
    /// The measures of one ranking; `None` when nothing is judged relevant.
    pub(crate) fn of<D: AsRef<str>>(ranked: &[D], judged: &Judged) -> Option<Measures> {
        let mut best: Vec<i32> = judged.values().copied().filter(|&grade| grade > 0).collect();
        best.sort_unstable_by(|a, b| b.cmp(a));
        if best.is_empty() {
            return None;
        }
        let relevant = best.len() as f64;
        let discount = |place: usize| (place as f64 + 2.0).log2();
        let ideal: f64 =
            best.iter().take(10).enumerate().map(|(place, &grade)| f64::from(grade) / discount(place)).sum();
        let mut measures = Measures::default();
        let (mut found, mut gain) = (0.0, 0.0);
        for (place, document) in ranked.iter().enumerate() {
            let grade = judged.get(document.as_ref()).copied().unwrap_or(0);
            if grade <= 0 {
                continue;
            }
            found += 1.0;
            measures.average_precision += found / (place as f64 + 1.0);
            if place < 10 {
                gain += f64::from(grade) / discount(place);
                measures.precision_10 += 0.1;
                if found == 1.0 {
                    measures.reciprocal_rank_10 = 1.0 / (place as f64 + 1.0);
                }
            }
            if place < 100 {
                measures.recall_100 += 1.0 / relevant;
            }
        }
        measures.average_precision /= relevant;
        measures.ndcg_10 = gain / ideal;
        Some(measures)
    }

    /// The mean of several; zeros for none.
    pub(crate) fn mean(all: &[Measures]) -> Measures {
        let mean = |of: fn(&Measures) -> f64| all.iter().map(of).sum::<f64>() / all.len().max(1) as f64;
        Measures {
            average_precision: mean(|one| one.average_precision),
            ndcg_10: mean(|one| one.ndcg_10),
            precision_10: mean(|one| one.precision_10),
            recall_100: mean(|one| one.recall_100),
            reciprocal_rank_10: mean(|one| one.reciprocal_rank_10),
        }
    }

    /// The measures by the names they are known by.
    pub(crate) fn named(&self) -> [(&'static str, f64); 5] {
        [
            ("MAP", self.average_precision),
            ("nDCG@10", self.ndcg_10),
            ("P@10", self.precision_10),
            ("recall@100", self.recall_100),
            ("MRR@10", self.reciprocal_rank_10),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(grades: &[(&str, i32)]) -> Judged {
        grades.iter().map(|(id, grade)| ((*id).to_owned(), *grade)).collect()
    }

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    #[test]
    fn a_ranking_worked_by_hand() {
        // Relevant: a (grade 2), c and e (grade 1); e is never found, x is judged not relevant.
        let judged = judged(&[("a", 2), ("c", 1), ("e", 1), ("x", 0)]);
        let measures = Measures::of(&["x", "a", "b", "c"], &judged).expect("relevant documents");
        // Precision is 1/2 at place 2 and 2/4 at place 4.
        assert!(near(measures.average_precision, (0.5 + 0.5) / 3.0));
        // log2(3) for place 2, log2(5) for place 4; the best order is 2, 1, 1.
        let gain = 2.0 / 3f64.log2() + 1.0 / 5f64.log2();
        let ideal = 2.0 + 1.0 / 3f64.log2() + 0.5;
        assert!(near(measures.ndcg_10, gain / ideal));
        assert!(near(measures.precision_10, 0.2));
        assert!(near(measures.recall_100, 2.0 / 3.0));
        assert!(near(measures.reciprocal_rank_10, 0.5));
    }

    #[test]
    fn places_past_the_cut_do_not_count() {
        let ranked: Vec<String> = (1..=101).map(|place| place.to_string()).collect();
        let measures = Measures::of(&ranked, &judged(&[("11", 1), ("101", 1)])).expect("relevant documents");
        assert!(near(measures.average_precision, (1.0 / 11.0 + 2.0 / 101.0) / 2.0));
        assert_eq!((measures.ndcg_10, measures.precision_10, measures.reciprocal_rank_10), (0.0, 0.0, 0.0));
        assert!(near(measures.recall_100, 0.5));
    }

    #[test]
    fn a_perfect_ranking_is_one() {
        let measures = Measures::of(&["b", "a"], &judged(&[("a", 1), ("b", 3)])).expect("relevant documents");
        assert!(near(measures.average_precision, 1.0) && near(measures.ndcg_10, 1.0));
        assert!(near(measures.recall_100, 1.0) && near(measures.reciprocal_rank_10, 1.0));
        assert_eq!(Measures::of(&["a"], &judged(&[("a", 0), ("b", -1)])), None);
        assert_eq!(Measures::mean(&[]), Measures::default());
    }
}
