//! What results are ordered by.

use serde::{Deserialize, Serialize};

use crate::date::Date;

/// What comes first. Ties are ordered by document id, then by the paragraph's ordinal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Sort {
    /// The best first, by score.
    #[default]
    Relevance,
    /// The newest document first, by the first day that its date may mean; those without a date come last.
    Newest,
    /// The oldest document first; those without a date come last.
    Oldest,
}

/// How scores fall with a document's age.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Recency {
    pub(crate) half_life_days: f64,
    pub(crate) as_of: Date,
}

impl Recency {
    /// What a score is multiplied by: ½ to the power of the age in half-lives, 1 for documents that are newer
    /// than the day counted from, ½ for those without a date.
    pub(crate) fn factor(&self, day: Option<i32>) -> f64 {
        let Some(day) = day else { return 0.5 };
        let age = (i64::from(self.as_of.last_day().day_number()) - i64::from(day)).max(0);
        (-(age as f64) / self.half_life_days).exp2()
    }
}

/// The key of paragraphs without a date: after every day there is.
const UNDATED: f32 = -16_777_216.0;

impl Sort {
    /// What a document is ordered by, the greatest first; days are whole numbers that a `f32` holds exactly.
    pub(crate) fn day_key(self, day: Option<i32>) -> f32 {
        match (self, day) {
            (_, None) => UNDATED,
            (Sort::Oldest, Some(day)) => -day as f32,
            (_, Some(day)) => day as f32,
        }
    }
}
