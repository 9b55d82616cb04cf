//! Dates as people write them.

use crate::date::Date;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The date of a line that holds a date and nothing else but words such as "Published" or a weekday.
///
/// Reads `2022-02-04`, `4 February 2022`, `4th Feb. 2022`, `February 4, 2022`, `February 2022`,
/// `04.02.2022`. A date in figures with slashes is read only where a day above 12 decides the order.
pub(crate) fn written_date(line: &str) -> Option<Date> {
    if line.len() > 60 || !line.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut words: Vec<&str> = line.split([' ', ',', '\u{a0}']).filter(|word| !word.is_empty()).collect();
    while let Some(first) = words.first()
        && is_lead(first)
    {
        words.remove(0);
    }
    if words.len() > 3 {
        while words.last().is_some_and(|last| is_time(last)) {
            words.pop();
        }
    }
    match words[..] {
        [one] => one.parse().ok().filter(|date: &Date| date.day().is_some()).or_else(|| figures(one)),
        [month, year] => Date::year_month(year_number(year)?, month_number(month)?).ok(),
        [a, b, year] => {
            let year = year_number(year)?;
            let (day, month) = match (month_number(b), month_number(a)) {
                (Some(month), _) => (day_number(a)?, month),
                (None, Some(month)) => (day_number(b)?, month),
                _ => return None,
            };
            Date::year_month_day(year, month, day).ok()
        }
        _ => None,
    }
}

fn is_lead(word: &str) -> bool {
    let word = word.trim_end_matches([':', '.']).to_ascii_lowercase();
    matches!(word.as_str(), "published" | "date" | "dated" | "released" | "posted" | "on" | "issued")
        || ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].contains(&word.as_str())
}

/// A part of a time of day: `14:30`, `10.10`, `10`, `a.m.`, `CET`.
fn is_time(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let clock =
        (1..=4).contains(&digits) && word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
    let is_year = digits == 4 && word.len() == 4;
    let word = word.to_ascii_lowercase().replace('.', "");
    clock && !is_year
        || matches!(
            &*word,
            "at" | "am" | "pm" | "h" | "hrs" | "cet" | "cest" | "gmt" | "utc" | "bst" | "est" | "edt" | "et"
        )
}

fn month_number(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let known = |month: &str| *month == word || (word.len() >= 3 && word.len() <= 4 && month.starts_with(&word));
    MONTHS.iter().position(|month| known(month)).map(|place| place as i8 + 1)
}

fn year_number(word: &str) -> Option<i16> {
    (word.len() == 4).then(|| word.parse().ok()).flatten().filter(|year| (1000..=9999).contains(year))
}

fn day_number(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
    let suffix = &word[digits.len()..];
    matches!(suffix, "" | "." | "st" | "nd" | "rd" | "th").then(|| digits.parse().ok()).flatten()
}

fn figures(word: &str) -> Option<Date> {
    let sign = word.chars().find(|c| !c.is_ascii_digit())?;
    let mut parts = word.split(sign);
    let (a, b, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (a, b, year): (i8, i8, i16) = (a.parse().ok()?, b.parse().ok()?, year_number(year)?);
    match sign {
        '.' => Date::year_month_day(year, b, a).ok(),
        '/' if a > 12 || a == b => Date::year_month_day(year, b, a).ok(),
        '/' if b > 12 => Date::year_month_day(year, a, b).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_forms_are_read_and_sentences_are_not() {
        for form in [
            "2022-02-04",
            "4 February 2022",
            "4th Feb. 2022",
            "February 4, 2022",
            "Friday, 4 February 2022",
            "Published: Feb 4, 2022",
            "04.02.2022",
            "Friday, 4 February 2022, 10.10 a.m.",
            "4 February 2022, 14:30 CET",
            "February 4, 2022 at 9 am",
        ] {
            assert_eq!(written_date(form).map(|date| date.to_string()).as_deref(), Some("2022-02-04"), "{form}");
        }
        assert_eq!(written_date("February 2022").map(|date| date.to_string()).as_deref(), Some("2022-02"));
        for text in ["In February 2022", "2022", "04/02/2022", "30 February 2022", "On 4 February, Putin", "12"] {
            assert_eq!(written_date(text), None, "{text}");
        }
    }
}
