//! What results are ordered by.

use serde::{Deserialize, Serialize};

use super::explanation::Explanation;
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
    /// The factor with what it comes from.
    pub(crate) fn explain(&self, day: Option<i32>) -> Explanation {
        let half_life = Explanation::figure("h, days of a half-life", self.half_life_days, Vec::new());
        let mut parts = vec![half_life];
        let what = match day {
            Some(day) => {
                let age = self.age(day) as f64;
                parts.insert(0, Explanation::figure(format!("d, days before {}", self.as_of), age, Vec::new()));
                "recency, 0.5 ^ (d / h)"
            }
            None => "recency of a document without a date",
        };
        Explanation::figure(what, self.factor(day), parts)
    }

    fn age(&self, day: i32) -> i64 {
        (i64::from(self.as_of.last_day().day_number()) - i64::from(day)).max(0)
    }

    /// What a score is multiplied by: ½ to the power of the age in half-lives, 1 for documents that are newer
    /// than the day counted from, ½ for those without a date.
    pub(crate) fn factor(&self, day: Option<i32>) -> f64 {
        let Some(day) = day else { return 0.5 };
        (-(self.age(day) as f64) / self.half_life_days).exp2()
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
