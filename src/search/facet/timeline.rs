//! Counts over time.

use serde::{Deserialize, Serialize};

use crate::date::{Date, Precision};
use crate::index::{Nodes, date_of};
use crate::search::count::DimensionCounts;

/// How long the periods of a timeline are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interval {
    /// A day.
    Day,
    /// A calendar month.
    Month,
    /// Three months from January, April, July or October.
    Quarter,
    /// A calendar year.
    Year,
}

impl Interval {
    /// The number of the period that a date lies in, counted from 1 January 1970; `None` for a date that is
    /// less precise than a period.
    pub(crate) fn number(self, date: Date) -> Option<i32> {
        let month = || Some((i32::from(date.year()) - 1970) * 12 + i32::from(date.month()?) - 1);
        match self {
            Interval::Day => (date.precision() == Precision::Day).then(|| date.day_number()),
            Interval::Month => month(),
            Interval::Quarter => month().map(|month| month.div_euclid(3)),
            Interval::Year => Some(i32::from(date.year()) - 1970),
        }
    }

    /// The first month or day of a period, or the year.
    pub(crate) fn start(self, number: i32) -> Option<Date> {
        let year_of = |months: i32| i16::try_from(months.div_euclid(12) + 1970).ok();
        let month = |months: i32| Date::year_month(year_of(months)?, months.rem_euclid(12) as i8 + 1).ok();
        match self {
            Interval::Day => Date::from_day_number(number),
            Interval::Month => month(number),
            Interval::Quarter => month(number.checked_mul(3)?),
            Interval::Year => Date::year_only(i16::try_from(number + 1970).ok()?).ok(),
        }
    }

    fn label(self, start: Date) -> String {
        match (self, start.month()) {
            (Interval::Quarter, Some(month)) => format!("{:04}-Q{}", start.year(), (month + 2) / 3),
            _ => start.to_string(),
        }
    }

    fn coarser(self) -> Interval {
        match self {
            Interval::Day => Interval::Month,
            Interval::Month => Interval::Quarter,
            Interval::Quarter | Interval::Year => Interval::Year,
        }
    }
}

/// The periods that a timeline is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Periods {
    /// Of this length, as long as there are not too many.
    Of(Interval),
    /// At most so many, the shortest that do.
    AtMost(usize),
}

/// Counts of one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Period {
    /// Its name: `2022-02-04`, `2022-02`, `2022-Q1`, `2022`.
    pub label: String,
    /// The day, the month or the year; of a quarter, its first month.
    pub start: Date,
    /// Paragraphs.
    pub count: u64,
    /// Documents; `None` where the engine cannot tell (an [`Index`](crate::Index) always can).
    pub documents: Option<u64>,
}

/// Counts over time: a row of periods without gaps, from the first with a paragraph to the last.
///
/// A filter on dates is off here, as a filter on any dimension is for its own counts; the periods that it
/// leaves out can be left out of the row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Timeline {
    /// How long the periods are: as asked for, or longer where that would be more than
    /// [`Timeline::MAX_PERIODS`].
    pub interval: Interval,
    /// The periods, in their order; those without a paragraph count 0.
    pub periods: Vec<Period>,
    /// Paragraphs whose date is less precise than a period: a year on a timeline of months.
    pub imprecise: u64,
    /// Paragraphs without a date.
    pub undated: u64,
}

impl Timeline {
    /// The most periods a timeline has: the months of the years 1 to 9999.
    pub const MAX_PERIODS: usize = 119_988;

    /// Adds up the counts of the date dimension; `distinct` when documents are counted.
    pub(crate) fn new(nodes: &Nodes, counts: &DimensionCounts, distinct: bool, asked: Periods) -> Timeline {
        let mut dated = Vec::new();
        for (node, counts) in counts.nodes.iter().enumerate().filter(|(_, counts)| counts.direct > 0) {
            // A document has one date, so what is at a node itself adds up to any period, documents too.
            let date = date_of(nodes.path(node as u32));
            dated.extend(date.map(|date| (date, counts.direct)).map(|(date, direct)| (date, direct, node)));
        }
        let documents_at = documents_at(nodes, counts);
        let (mut interval, most) = match asked {
            Periods::Of(interval) => (interval, Timeline::MAX_PERIODS),
            Periods::AtMost(most) => (Interval::Day, most.min(Timeline::MAX_PERIODS)),
        };
        let all: u64 = dated.iter().map(|(_, direct, _)| direct).sum();
        loop {
            // Who did not choose a length wants to see the dates that there are.
            if matches!(asked, Periods::AtMost(_))
                && interval != Interval::Year
                && 2 * imprecise(&dated, interval) > all
            {
                interval = interval.coarser();
                continue;
            }
            let numbered = dated.iter().filter_map(|&(date, direct, node)| {
                interval.number(date).map(|number| (number, direct, documents_at[node]))
            });
            let numbers = numbered.clone().map(|(number, ..)| number);
            let (Some(first), Some(last)) = (numbers.clone().min(), numbers.max()) else {
                return Timeline {
                    interval,
                    periods: Vec::new(),
                    imprecise: imprecise(&dated, interval),
                    undated: counts.missing,
                };
            };
            if interval != Interval::Year && (last - first) as usize >= most {
                interval = interval.coarser();
                continue;
            }
            let mut periods: Vec<Period> = (first..=last)
                .filter_map(|number| interval.start(number))
                .map(|start| Period { label: interval.label(start), start, count: 0, documents: distinct.then_some(0) })
                .collect();
            for (number, count, documents) in numbered {
                let period = &mut periods[(number - first) as usize];
                period.count += count;
                period.documents = period.documents.map(|before| before + documents);
            }
            return Timeline { interval, periods, imprecise: imprecise(&dated, interval), undated: counts.missing };
        }
    }
}

fn imprecise(dated: &[(Date, u64, usize)], interval: Interval) -> u64 {
    dated.iter().filter(|(date, ..)| interval.number(*date).is_none()).map(|(_, direct, _)| direct).sum()
}

/// The documents at exactly each node: those of its subtree less those of its children's, which have other dates.
fn documents_at(nodes: &Nodes, counts: &DimensionCounts) -> Vec<u64> {
    let mut at: Vec<u64> = counts.nodes.iter().map(|counts| counts.documents).collect();
    for node in 0..at.len() as u32 {
        if let Some(parent) = nodes.parent(node) {
            at[parent as usize] -= counts.nodes[node as usize].documents;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;

    #[test]
    fn periods_are_numbered_across_the_epoch() -> Result<()> {
        for (interval, date, label, start) in [
            (Interval::Quarter, "1969-12-31", "1969-Q4", "1969-10"),
            (Interval::Quarter, "1970-01", "1970-Q1", "1970-01"),
            (Interval::Month, "0001-02-03", "0001-02", "0001-02"),
            (Interval::Year, "9999", "9999", "9999"),
            (Interval::Day, "1648-10-24", "1648-10-24", "1648-10-24"),
        ] {
            let number = interval.number(date.parse()?).expect("precise enough");
            let back = interval.start(number).expect("a period");
            assert_eq!((interval.label(back), back), (label.to_owned(), start.parse()?));
        }
        assert_eq!(Interval::Month.number("2022".parse()?), None);
        assert_eq!(Interval::Quarter.number("2022".parse()?), None);
        assert_eq!(Interval::Day.number("2022-02".parse()?), None);
        Ok(())
    }
}
