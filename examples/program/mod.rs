//! What the examples share as programs: what they search, how they end, how they write.
#![allow(dead_code)] // no example uses all of it

mod ending;
pub(crate) mod searched;

pub(crate) use self::ending::{chain, ending};

/// A count with its noun: `1 paragraph`, `12,345 paragraphs`.
pub(crate) fn many(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", digits(count), if count == 1 { "" } else { "s" })
}

/// A count with commas: `12,345`.
pub(crate) fn digits(count: u64) -> String {
    let digits = count.to_string();
    let mut spaced = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            spaced.push(',');
        }
        spaced.push(digit);
    }
    spaced
}

/// A text without the control characters that a terminal would obey.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
