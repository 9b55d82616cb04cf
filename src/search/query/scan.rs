//! Where a bare word ends, and what it holds: wildcards, slips, a name before a colon.

use std::borrow::Cow;

use super::clause::{Clause, Field, Form};
use super::parse::{Parser, is_quote};
use super::scope::{Scope, scope_of};

impl Parser<'_> {
    /// Reads a bare word, up to a space, quote or bracket, or a `~` or `^` that ends it; returns its end.
    pub(super) fn scan(&mut self, scan: &mut Scan, names: bool) -> usize {
        let start = self.at;
        let mut chars = self.rest().char_indices().peekable();
        while let Some((offset, c)) = chars.next() {
            let here = start + offset;
            match c {
                '\\' => {
                    scan.escaped = true;
                    if let Some((_, next)) = chars.next() {
                        scan.escaped_wild |= matches!(next, '*' | '?');
                    }
                }
                '(' | ')' => {
                    self.at = here;
                    return here;
                }
                ':' if names && scan.colon.is_none() && !scan.escaped => {
                    if let Some(name) = scope_of(&self.text[start..here]) {
                        let space = chars.peek().is_none_or(|&(_, c)| c.is_whitespace());
                        // "Source: Reuters" is prose, "source: Reuters" is not.
                        if !space || !self.text[start..here].contains(char::is_uppercase) {
                            scan.name = Some(name);
                            self.at = here + 1;
                            return here;
                        }
                    }
                    scan.colon = Some(here);
                }
                '^' if boost_length(&self.text[here..]).is_some() => {
                    self.at = here;
                    return here;
                }
                '~' if names => {
                    if let Some((slips, length)) = fuzzy(&self.text[here..]) {
                        scan.fuzzy = Some(slips);
                        self.at = here + length;
                        return here;
                    }
                }
                '*' => scan.wild = true,
                '?' => scan.wild |= chars.peek().is_some_and(|&(_, c)| c.is_alphanumeric()),
                _ if c.is_whitespace() || is_quote(c) => {
                    self.at = here;
                    return here;
                }
                _ => {}
            }
        }
        self.at = self.text.len();
        self.at
    }
}

/// What a bare word turned out to hold.
#[derive(Default)]
pub(super) struct Scan {
    /// It is the name of a field, and a colon follows.
    pub(super) name: Option<Scope>,
    /// Where its first colon stands.
    pub(super) colon: Option<usize>,
    pub(super) escaped: bool,
    pub(super) escaped_wild: bool,
    pub(super) wild: bool,
    pub(super) fuzzy: Option<u8>,
}

pub(super) fn ends_word(c: Option<char>) -> bool {
    c.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | '^'))
}

/// The length of `^2.5` at the start of `text`.
pub(super) fn boost_length(text: &str) -> Option<usize> {
    let number = text.strip_prefix('^')?;
    let whole = number.bytes().take_while(u8::is_ascii_digit).count();
    let point = number[whole..].strip_prefix('.').map_or(0, |part| {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 { digits + 1 } else { 0 }
    });
    let length = whole + point;
    (length > 0 && ends_word(number[length..].chars().next())).then_some(length + 1)
}

/// The slips and the length of `~`, `~1` or `~2` at the start of `text`.
pub(super) fn fuzzy(text: &str) -> Option<(u8, usize)> {
    let after = text.strip_prefix('~')?;
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 2 || !ends_word(after[digits..].chars().next()) {
        return None;
    }
    let slips = if digits == 0 { 1 } else { after[..digits].parse::<u8>().unwrap_or(2).min(2) };
    Some((slips, digits + 1))
}

/// As [`fuzzy`], at the end of `text`.
pub(super) fn fuzzy_tail(text: &str) -> Option<(u8, usize)> {
    let tilde = text.rfind('~').filter(|&tilde| !text[..tilde].ends_with('\\'))?;
    fuzzy(&text[tilde..]).filter(|(_, length)| tilde + length == text.len())
}

/// A word with `*` or `?` in it.
pub(super) fn pattern_of(field: Field, text: &str) -> Clause {
    match text.strip_suffix('*') {
        Some(start) if !start.contains(['*', '?']) => {
            Clause::Word { field, text: start.to_owned(), form: Form::Prefix }
        }
        _ => Clause::Word { field, text: text.to_owned(), form: Form::Wildcard },
    }
}

pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
        } else if let Some(next) = chars.next() {
            text.push(next);
        }
    }
    Cow::Owned(text)
}
