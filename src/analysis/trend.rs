//! How often a value is named over time.

use std::sync::Arc;

use serde::Serialize;

use crate::date::Date;
use crate::error::Result;
use crate::facet::{Dimension, FacetPath};
use crate::search::{Interval, Matches, Periods};

/// One period of a [`Trend`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TrendPoint {
    /// The period's name, as in [`Period`](crate::Period).
    pub label: String,
    /// The day, the month or the year; of a quarter, its first month.
    pub start: Date,
    /// Paragraphs of the set at the path or below.
    pub count: u64,
    /// Documents of these.
    pub documents: u64,
    /// All paragraphs of the set in the period.
    pub of: u64,
    /// `count` of `of`, from 0 to 1; `None` for a period without a paragraph.
    pub share: Option<f64>,
}

/// How often a value is named over time, in a set of paragraphs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Trend {
    /// The value.
    pub path: FacetPath,
    /// The name to show.
    pub label: Arc<str>,
    /// How long the periods are, as in [`Timeline`](crate::Timeline).
    pub interval: Interval,
    /// Every period from the set's first to its last, also those in which the value is not named.
    pub points: Vec<TrendPoint>,
    /// Paragraphs of the value without a date, or with one less precise than a period.
    pub undated: u64,
    /// Kendall's τ-b of the share with time, from −1 (falls all the time) to 1 (rises all the time), over the
    /// periods with a paragraph; `None` where there are fewer than three or the share never changes.
    ///
    /// Source: Maurice G. Kendall, "The Treatment of Ties in Ranking Problems", Biometrika 33(3), 1945.
    pub tau: Option<f64>,
}

impl Matches {
    /// How often a value is named over time.
    ///
    /// # Errors
    ///
    /// [`is_storage`](crate::Error::is_storage) when the engine below fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Annotator, Dimension, Document, Index, Interval};
    ///
    /// let index = Index::in_memory()?;
    /// let mut writer = index.writer()?;
    /// for (year, text) in [("2019", "It rained."), ("2021", "Japan met Peru.\n\nIt rained."), ("2022", "Japan met Fiji.")] {
    ///     let mut document = Document::parse(year, text)?;
    ///     document.date = Some(year.parse()?);
    ///     writer.add(&Annotator::new().annotate(document))?;
    /// }
    /// writer.commit()?;
    /// let trend = index.searcher()?.matches("*")?.trend(Dimension::Actor, &"/state/JPN".parse()?, Interval::Year)?;
    /// let shares: Vec<_> = trend.points.iter().map(|point| (&*point.label, point.share)).collect();
    /// assert_eq!(shares, [("2019", Some(0.0)), ("2020", None), ("2021", Some(0.5)), ("2022", Some(1.0))]);
    /// assert_eq!(trend.tau, Some(1.0));
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn trend(&self, dimension: Dimension, path: &FacetPath, interval: Interval) -> Result<Trend> {
        let all = self.counts(Dimension::Date)?.timeline(Periods::Of(interval));
        let within = self.within(dimension, path)?;
        // The set's own periods decide; those of the value lie among them.
        let named = within.counts(Dimension::Date)?.timeline(Periods::Of(all.interval));
        let ahead = named.periods.first().and_then(|first| all.periods.iter().position(|of| of.start == first.start));
        let mut points = Vec::with_capacity(all.periods.len());
        for (place, of) in all.periods.into_iter().enumerate() {
            let period = ahead.and_then(|ahead| named.periods.get(place.checked_sub(ahead)?));
            // An embedded index always counts documents.
            let (count, documents) =
                period.map_or((0, 0), |period| (period.count, period.documents.unwrap_or_default()));
            let share = (of.count > 0).then(|| count as f64 / of.count as f64);
            points.push(TrendPoint { label: of.label, start: of.start, count, documents, of: of.count, share });
        }
        let label = self.searcher().label(dimension, path);
        let shares: Vec<f64> = points.iter().filter_map(|point| point.share).collect();
        let undated = named.imprecise + named.undated;
        Ok(Trend { path: path.clone(), label, interval: all.interval, points, undated, tau: tau(&shares) })
    }
}

/// Kendall's τ-b of a row of values with their places, which have no ties.
fn tau(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    let falling = inversions(&mut sorted);
    let pairs = |n: usize| (n * n.saturating_sub(1) / 2) as f64;
    let tied: f64 = sorted.chunk_by(|a, b| a == b).map(|run| pairs(run.len())).sum();
    let all = pairs(values.len());
    if values.len() < 3 || all == tied {
        return None;
    }
    Some((all - tied - 2.0 * falling as f64) / (all * (all - tied)).sqrt())
}

/// Sorts values and counts the pairs that fall, by merging (William R. Knight, "A Computer Method for
/// Calculating Kendall's Tau with Ungrouped Data", JASA 61, 1966).
fn inversions(values: &mut [f64]) -> u64 {
    if values.len() < 2 {
        return 0;
    }
    let (left, right) = values.split_at_mut(values.len() / 2);
    let mut falling = inversions(left) + inversions(right);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (&*left, &*right);
    while let (Some((&first, after)), Some((&second, rest))) = (left.split_first(), right.split_first()) {
        if second < first {
            falling += left.len() as u64;
            merged.push(second);
            right = rest;
        } else {
            merged.push(first);
            left = after;
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    values.copy_from_slice(&merged);
    falling
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tau_is_kendalls() {
        assert_eq!(tau(&[0.1, 0.2]), None);
        assert_eq!(tau(&[0.5, 0.5, 0.5]), None);
        assert_eq!(tau(&[0.3, 0.2, 0.1]), Some(-1.0));
        // One of six pairs is tied, four agree and one does not: 3 / sqrt(6 * 5).
        let value = tau(&[1.0, 1.0, 3.0, 2.0]).expect("four values");
        assert!((value - 3.0 / 30.0f64.sqrt()).abs() < 1e-12);
    }
}
