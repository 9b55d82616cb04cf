//! What is said more in one set of paragraphs than in another.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::facet::{Dimension, FacetPath};
use crate::search::{FacetCounts, FacetSelection, Matches};

/// Finds the values of a dimension that tell two sets of paragraphs apart.
///
/// The measure is the log-odds ratio with an informative Dirichlet prior, and its z-score (Burt L. Monroe,
/// Michael P. Colaresi and Kevin M. Quinn, "Fightin' Words: Lexical Feature Selection and Evaluation for
/// Identifying the Content of Political Conflict", Political Analysis 16(4), 2008, sections 3.3 to 3.5), with
/// paragraphs for words: a value is in a paragraph or it is not. With `y` of the `n` paragraphs of set 1, and
/// `y'` of the `n'` of set 2,
///
/// ```text
/// p  = (y + y') / (n + n')                 the share of the value in both sets
/// a  = k·p,   b = k·(1 − p)                the prior: k paragraphs that say what both sets say
/// δ  = ln((y + a) / (n − y + b)) − ln((y' + a) / (n' − y' + b))
/// σ² = 1/(y + a) + 1/(n − y + b) + 1/(y' + a) + 1/(n' − y' + b)
/// z  = δ / σ
/// ```
///
/// δ above 0 means more in set 1. |z| above 1.96 would come about by chance for one value in twenty that are
/// no more typical of one set than of the other; among hundreds of values some are. (The paper drops
/// the terms of `n − y` from σ², which are next to nothing for words; a topic may be in half of the paragraphs.) The
/// prior draws values towards no difference that were counted a few times only.
///
/// # Examples
///
/// ```
/// use demarche::{Annotator, Contrast, Dimension, Document, Index};
///
/// let index = Index::in_memory()?;
/// let mut writer = index.writer()?;
/// let text = "Russia spoke of gas.\n\nRussia sold gas.\n\nFrance bought gas.\n\nJapan waited.\n\nJapan slept.";
/// writer.add(&Annotator::new().annotate(Document::parse("a", text)?))?;
/// writer.commit()?;
/// let gas = index.searcher()?.matches("gas")?;
/// let actors = Contrast::of(Dimension::Actor).depth(2).at_least(1);
/// let contrasts = actors.with_the_rest(&gas)?;
/// let first = &contrasts.first[0];
/// assert_eq!((&*first.label, first.count, first.other_count), ("Russia", 2, 0));
/// assert_eq!(&*contrasts.second[0].label, "Japan");
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    dimension: Dimension,
    selection: FacetSelection,
    prior: f64,
    least: u64,
    limit: usize,
}

/// A value and how much more it is said in the first set than in the second.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Contrasted {
    /// The value.
    pub path: FacetPath,
    /// The name to show.
    pub label: std::sync::Arc<str>,
    /// Paragraphs of the first set at the path or below.
    pub count: u64,
    /// Documents of these.
    pub documents: u64,
    /// Paragraphs of the second set at the path or below.
    pub other_count: u64,
    /// Documents of these.
    pub other_documents: u64,
    /// δ, a difference of natural logarithms of odds; above 0 it is said more in the first set.
    pub log_odds: f64,
    /// z, how many standard deviations δ is from 0.
    pub z: f64,
}

/// What tells two sets apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Contrasts {
    /// What was compared.
    pub dimension: Dimension,
    /// Paragraphs of the first set (`n`).
    pub paragraphs: u64,
    /// Paragraphs of the second set (`n'`).
    pub other_paragraphs: u64,
    /// Paragraphs that are in both; they are in neither `n` nor `n'`.
    pub shared: u64,
    /// Values typical of the first set, the highest z first, then by path.
    pub first: Vec<Contrasted>,
    /// Values typical of the second set, the lowest z first, then by path.
    pub second: Vec<Contrasted>,
}

impl Contrast {
    /// Compares the values of a dimension.
    pub fn of(dimension: Dimension) -> Contrast {
        Contrast { dimension, selection: FacetSelection::all(), prior: 10.0, least: 3, limit: 20 }
    }

    /// Compares these values only; how many of them a selection shows is left aside. By default, all.
    pub fn values(mut self, selection: FacetSelection) -> Contrast {
        self.selection = selection;
        self
    }

    /// Compares values of so many steps only: the same as a selection by [`FacetSelection::depth`].
    pub fn depth(mut self, steps: usize) -> Contrast {
        self.selection = self.selection.depth(steps);
        self
    }

    /// How many paragraphs the prior is worth (`k`), above 0; by default 10.
    pub fn prior(mut self, paragraphs: f64) -> Contrast {
        self.prior = paragraphs;
        self
    }

    /// Leaves out values with fewer paragraphs in both sets together; by default 3.
    pub fn at_least(mut self, paragraphs: u64) -> Contrast {
        self.least = paragraphs;
        self
    }

    /// How many values are given for each set; by default 20.
    pub fn top(mut self, values: usize) -> Contrast {
        self.limit = values;
        self
    }

    /// Compares a set with all other paragraphs of the commit: what is significant in it.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the prior is not above 0; [`is_storage`](Error::is_storage) when the engine below
    /// fails.
    pub fn with_the_rest(&self, set: &Matches) -> Result<Contrasts> {
        let everything = set.searcher().matches("*")?;
        self.between(set, &everything.without(set)?)
    }

    /// Compares two sets: two periods, two authors, two words.
    ///
    /// # Errors
    ///
    /// As [`Contrast::with_the_rest`], and [`is_input`](Error::is_input) when the sets come from different commits.
    pub fn between(&self, first: &Matches, second: &Matches) -> Result<Contrasts> {
        if !(self.prior > 0.0 && self.prior.is_finite()) {
            return Err(Error::value("prior", self.prior.to_string(), "expected a number of paragraphs above 0"));
        }
        let shared = first.and(second)?;
        let (only_first, only_second) = (first.without(&shared)?, second.without(&shared)?);
        let (counts, others) = (only_first.counts(self.dimension)?, only_second.counts(self.dimension)?);
        let (n, m) = (counts.total(), others.total());
        let mut contrasts = Contrasts {
            dimension: self.dimension,
            paragraphs: n,
            other_paragraphs: m,
            shared: shared.total().paragraphs,
            first: Vec::new(),
            second: Vec::new(),
        };
        // Every value of either set, once.
        let selection = self.selection.clone().top(usize::MAX);
        let mut values = counts.select(&selection).nodes;
        values.extend(others.select(&selection).nodes.into_iter().filter(|node| counts.get(&node.path).is_none()));
        for value in values {
            // An embedded index always counts documents.
            let of = |counts: &FacetCounts| {
                counts.get(&value.path).map_or((0, 0), |node| (node.count, node.documents.unwrap_or_default()))
            };
            let (one, other) = (of(&counts), of(&others));
            if one.0 + other.0 < self.least {
                continue;
            }
            let (log_odds, z) = log_odds((one.0, n), (other.0, m), self.prior);
            let contrasted = Contrasted {
                path: value.path,
                label: value.label,
                count: one.0,
                documents: one.1,
                other_count: other.0,
                other_documents: other.1,
                log_odds,
                z,
            };
            if z > 0.0 {
                contrasts.first.push(contrasted);
            } else if z < 0.0 {
                contrasts.second.push(contrasted);
            }
        }
        for (values, sign) in [(&mut contrasts.first, 1.0), (&mut contrasts.second, -1.0)] {
            values.sort_by(|a, b| (sign * b.z).total_cmp(&(sign * a.z)).then_with(|| a.path.cmp(&b.path)));
            values.truncate(self.limit);
        }
        Ok(contrasts)
    }
}

/// δ and z of a value in `count` of `of` paragraphs of each set.
fn log_odds(one: (u64, u64), other: (u64, u64), prior: f64) -> (f64, f64) {
    let share = (one.0 + other.0) as f64 / (one.1 + other.1).max(1) as f64;
    let (with, without) = (prior * share, prior * (1.0 - share));
    let side = |(count, of): (u64, u64)| (count as f64 + with, (of - count) as f64 + without);
    let ((y, rest), (other_y, other_rest)) = (side(one), side(other));
    // Equal shares tell nothing apart; said here because logarithms would differ in the last digit.
    if u128::from(one.0) * u128::from(other.1) == u128::from(other.0) * u128::from(one.1) {
        return (0.0, 0.0);
    }
    let log_odds = (y / rest).ln() - (other_y / other_rest).ln();
    (log_odds, log_odds / (1.0 / y + 1.0 / rest + 1.0 / other_y + 1.0 / other_rest).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_by_hand() {
        // y = 6 of 10, y' = 2 of 30, k = 10: p = 0.2, a = 2, b = 8.
        let (delta, z) = log_odds((6, 10), (2, 30), 10.0);
        let expected = (8.0f64 / 12.0).ln() - (4.0f64 / 36.0).ln();
        assert!((delta - expected).abs() < 1e-12);
        assert!((z - expected / (1.0f64 / 8.0 + 1.0 / 12.0 + 1.0 / 4.0 + 1.0 / 36.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn turned_round_only_the_sign_changes() {
        let (one, other) = (log_odds((3, 7), (5, 90), 4.0), log_odds((5, 90), (3, 7), 4.0));
        assert!((one.0 + other.0).abs() < 1e-12 && (one.1 + other.1).abs() < 1e-12);
        assert_eq!(log_odds((0, 0), (4, 4), 1.0), (0.0, 0.0));
        assert_eq!(log_odds((1, 3), (2, 6), 1.0), (0.0, 0.0));
    }
}
