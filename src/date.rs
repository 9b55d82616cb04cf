//! Calendar dates that know how precise they are.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};

/// How much of a [`Date`] is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// The day.
    Day,
}

/// A date of the proleptic Gregorian calendar: a day, a month or a year.
///
/// Text form and JSON are ISO 8601: `2022-02-04`, `2022-02`, `2022`. Dates order by their first day, the
/// less precise first. Years run from 1 to 9999.
///
/// # Examples
///
/// ```
/// use demarche::Date;
///
/// let month: Date = "2022-02".parse()?;
/// assert_eq!(month.first_day(), "2022-02-01".parse()?);
/// assert_eq!(month.last_day(), "2022-02-28".parse()?);
/// assert!("2022-02-30".parse::<Date>().is_err());
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    first: civil::Date,
    precision: Precision,
}

impl Date {
    /// A year.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the year is not in 1 to 9999.
    pub fn year_only(year: i16) -> Result<Date> {
        Date::checked(year, 1, 1, Precision::Year, format!("{year:04}"))
    }

    /// A month, 1 to 12.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when there is no such month.
    pub fn year_month(year: i16, month: i8) -> Result<Date> {
        Date::checked(year, month, 1, Precision::Month, format!("{year:04}-{month:02}"))
    }

    /// A day; month and day count from 1.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when there is no such day.
    pub fn year_month_day(year: i16, month: i8, day: i8) -> Result<Date> {
        Date::checked(year, month, day, Precision::Day, format!("{year:04}-{month:02}-{day:02}"))
    }

    fn checked(year: i16, month: i8, day: i8, precision: Precision, given: impl Into<String>) -> Result<Date> {
        if !(1..=9999).contains(&year) {
            return Err(Error::value("date", given, "expected a year from 1 to 9999"));
        }
        let missing = if (1..=12).contains(&month) { "no such day" } else { "no such month" };
        let first = civil::Date::new(year, month, day).map_err(|_| Error::value("date", given, missing))?;
        Ok(Date { first, precision })
    }

    /// The year, 1 to 9999.
    pub fn year(self) -> i16 {
        self.first.year()
    }

    /// The month, 1 to 12, if it is known.
    pub fn month(self) -> Option<i8> {
        (self.precision >= Precision::Month).then(|| self.first.month())
    }

    /// The day of the month, 1 to 31, if it is known.
    pub fn day(self) -> Option<i8> {
        (self.precision == Precision::Day).then(|| self.first.day())
    }

    /// How much of the date is known.
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// The first day that the date may mean.
    pub fn first_day(self) -> Date {
        Date { first: self.first, precision: Precision::Day }
    }

    /// The last day that the date may mean.
    pub fn last_day(self) -> Date {
        let last = match self.precision {
            Precision::Year => self.first.last_of_year(),
            Precision::Month => self.first.last_of_month(),
            Precision::Day => self.first,
        };
        Date { first: last, precision: Precision::Day }
    }

    /// The date that may mean each day from one number to another, as [`Date::first_day`] and
    /// [`Date::last_day`] give them; `None` where that is no day, month or year.
    pub(crate) fn spanning(first: i32, last: i32) -> Option<Date> {
        let day = Date::from_day_number(first)?;
        [Precision::Day, Precision::Month, Precision::Year]
            .into_iter()
            .map(|precision| Date { first: day.first, precision })
            .find(|date| date.first_day().day_number() == first && date.last_day().day_number() == last)
    }

    /// Days from 1 January 1970 to the first day; negative before it.
    pub fn day_number(self) -> i32 {
        let epoch = civil::date(1970, 1, 1);
        (self.first - epoch).get_days()
    }

    /// The day that is `number` days after 1 January 1970; `None` outside the years 1 to 9999.
    pub fn from_day_number(number: i32) -> Option<Date> {
        let span = jiff::Span::new().try_days(number).ok()?;
        let first = civil::date(1970, 1, 1).checked_add(span).ok()?;
        (first.year() >= 1).then_some(Date { first, precision: Precision::Day })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.first.year(), self.first.month(), self.first.day());
        match self.precision {
            Precision::Year => write!(f, "{year:04}"),
            Precision::Month => write!(f, "{year:04}-{month:02}"),
            Precision::Day => write!(f, "{year:04}-{month:02}-{day:02}"),
        }
    }
}

impl FromStr for Date {
    type Err = Error;

    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; a time of the day behind the last, after `T` or a space, is left aside.
    fn from_str(given: &str) -> Result<Date> {
        let refuse = || Error::value("date", given, "expected YYYY, YYYY-MM or YYYY-MM-DD");
        let trimmed = given.trim();
        let (day, time) = trimmed.split_once(['T', ' ']).unwrap_or((trimmed, ""));
        let is_time = time.starts_with(|c: char| c.is_ascii_digit()) && day.len() == "YYYY-MM-DD".len();
        if day.len() < trimmed.len() && !is_time {
            return Err(refuse());
        }
        let mut numbers = [0i16; 3];
        let mut count = 0;
        for part in day.split('-') {
            let width = if count == 0 { 4 } else { 2 };
            if count == 3 || part.len() != width || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(refuse());
            }
            numbers[count] = part.parse().map_err(|_| refuse())?;
            count += 1;
        }
        let [year, month, day] = numbers;
        match count {
            1 => Date::checked(year, 1, 1, Precision::Year, given),
            2 => Date::checked(year, month as i8, 1, Precision::Month, given),
            _ => Date::checked(year, month as i8, day as i8, Precision::Day, given),
        }
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Date, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_nonsense_is_refused() -> Result<()> {
        for text in ["1648-10-24", "2022-02", "0800", "9999-12-31"] {
            assert_eq!(text.parse::<Date>()?.to_string(), text);
        }
        for bad in ["", "2022-13", "2022-02-30", "0000", "22-02-04", "2022-2-4", "2022-02-04-01", "+2022"] {
            assert!(bad.parse::<Date>().is_err_and(|error| error.to_string().contains(&format!("{bad:?}"))), "{bad}");
        }
        Ok(())
    }

    #[test]
    fn only_a_time_of_the_day_may_follow_and_only_a_day() -> Result<()> {
        for text in ["2022-02-04T10:00:00Z", "2022-02-04 10:00", " 2022-02-04 "] {
            assert_eq!(text.parse::<Date>()?.to_string(), "2022-02-04");
        }
        for bad in ["2022 budget", "2022T", "2022-02 10:00", "2022-02-04T", "2022-02-04 or later"] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        Ok(())
    }

    #[test]
    fn day_numbers_round_trip_over_the_whole_range() -> Result<()> {
        for text in ["0001-01-01", "1648-10-24", "1970-01-01", "2024-02-29", "9999-12-31"] {
            let date: Date = text.parse()?;
            assert_eq!(Date::from_day_number(date.day_number()), Some(date));
        }
        assert_eq!(Date::from_day_number(i32::MIN), None);
        Ok(())
    }
}
