//! The time in which something holds: an office, a name, a state.

use crate::date::Date;

/// A closed range of days; an open end is `i32::MIN` or `i32::MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Period {
    first: i32,
    last: i32,
}

impl Period {
    pub(crate) const ALWAYS: Period = Period { first: i32::MIN, last: i32::MAX };

    /// Every day that a date may mean.
    pub(crate) fn of(date: Date) -> Period {
        Period { first: date.day_number(), last: date.last_day().day_number() }
    }

    /// Reads years, `1949-1990`, or dates, `1990-10-03..2005-11`; either end may be missing.
    pub(crate) fn parse(text: &str) -> Option<Period> {
        let (from, to) = text.split_once("..").or_else(|| text.split_once('-'))?;
        let date = |side: &str| side.trim().parse::<Date>().ok();
        let first = if from.trim().is_empty() { i32::MIN } else { date(from)?.day_number() };
        let last = if to.trim().is_empty() { i32::MAX } else { date(to)?.last_day().day_number() };
        (first <= last).then_some(Period { first, last })
    }

    pub(crate) fn first(self) -> i32 {
        self.first
    }

    pub(crate) fn last(self) -> i32 {
        self.last
    }

    pub(crate) fn is_open(self) -> bool {
        self.last == i32::MAX
    }

    /// The first day, where there is one.
    pub(crate) fn first_day(self) -> Option<Date> {
        Date::from_day_number(self.first)
    }

    /// The last day, where there is one.
    pub(crate) fn last_day(self) -> Option<Date> {
        Date::from_day_number(self.last)
    }

    pub(crate) fn overlaps(self, other: Period) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether the time of a document, or any time where there is none, may fall in it.
    pub(crate) fn allows(self, when: Option<Period>) -> bool {
        when.is_none_or(|when| self.overlaps(when))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_and_dates_are_read() -> Result<(), crate::Error> {
        let period = |text: &str| Period::parse(text);
        let at = |text: &str| -> Result<Period, crate::Error> { Ok(Period::of(text.parse()?)) };
        assert_eq!(period("1949-1990"), period("1949-01-01..1990-12-31"));
        assert_eq!(period("-"), Some(Period::ALWAYS));
        for bad in ["", "1949", "1990-1949", "soon-", "1990-13..1991"] {
            assert_eq!(period(bad), None, "{bad}");
        }
        let term = period("1991-07-10..1999-12-31").unwrap_or(Period::ALWAYS);
        assert!(term.overlaps(at("1991")?) && term.overlaps(at("1991-07")?) && !term.overlaps(at("1991-07-09")?));
        assert_eq!(term.first_day().map(|day| day.to_string()).as_deref(), Some("1991-07-10"));
        assert_eq!(Period::ALWAYS.last_day(), None);
        Ok(())
    }
}
