//! What stands behind a colon: words of a field, or the value of a filter.

use std::borrow::Cow;

use super::clause::{Clause, DateRange, Filter, Form, Given};
use super::diagnostic::Diagnostic;
use super::parse::{Parser, is_quote};
use super::scan::{Scan, fuzzy_tail, pattern_of, unescape};
use super::scope::{Scope, nearest_name};
use crate::date::Date;
use crate::document::{ParagraphKind, Span};
use crate::text::{slips, words};

impl Parser<'_> {
    /// What follows `name:`.
    pub(super) fn value(&mut self, depth: usize, scope: Scope, start: usize) -> Option<Clause> {
        let colon = self.at;
        self.skip_space();
        match self.peek() {
            None | Some(')') => {
                self.odd("the field has no value and was left out", start, colon);
                None
            }
            Some('(') => {
                let open = self.at;
                self.at += 1;
                let items = self.bracketed(depth, scope, open)?;
                Some(self.group(items))
            }
            Some(quote) if is_quote(quote) => self.quoted(quote, scope),
            Some(_) => self.bare_value(scope),
        }
    }

    /// A bare value; a name in front of it (`title:actor:x`) is part of it.
    pub(super) fn bare_value(&mut self, scope: Scope) -> Option<Clause> {
        match scope {
            Scope::Field(field) => {
                // "title:+nato": the sign says nothing here.
                self.at += self.rest().len() - self.rest().trim_start_matches(['+', '-']).len();
                let start = self.at;
                let mut scan = Scan::default();
                // Names are not looked for, so that a chain of them cannot nest.
                let end = self.scan(&mut scan, false);
                let tail = fuzzy_tail(&self.text[start..end]);
                let raw = &self.text[start..end - tail.map_or(0, |(_, length)| length)];
                let text = if scan.escaped { unescape(raw) } else { Cow::Borrowed(raw) };
                words(&text).next()?;
                let wild = scan.wild && !scan.escaped_wild && !raw.contains(['/', ':']);
                self.check_length(&text, start, end);
                let form = match tail {
                    Some((slips, length)) => {
                        self.check_slips(end - length, start);
                        Form::Fuzzy(slips)
                    }
                    None if wild => return Some(pattern_of(field, &text)),
                    None => Form::Word,
                };
                Some(Clause::Word { field, text: text.into_owned(), form })
            }
            _ => {
                let start = self.at;
                let mut scan = Scan::default();
                let end = self.scan(&mut scan, false);
                let raw = &self.text[start..end];
                let text = if scan.escaped { unescape(raw) } else { Cow::Borrowed(raw) };
                self.filter(scope, text, Span::new(start, end))
            }
        }
    }

    pub(super) fn filter(&mut self, scope: Scope, text: Cow<'_, str>, span: Span) -> Option<Clause> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            self.odd("the field has no value and was left out", span.start, span.end);
            return None;
        }
        let given = || Given::at(trimmed, span);
        // In quotes an id may begin or end in a blank.
        let id = || Given::at(&*text, span);
        let filter = match scope {
            Scope::Field(_) => return None,
            Scope::Facet(dimension) => Filter::Facet { dimension, value: given() },
            Scope::Document => Filter::Document(id()),
            Scope::Like => return Some(Clause::Like(id())),
            Scope::Kind => {
                match ParagraphKind::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(trimmed)) {
                    Some(kind) => Filter::Kind(kind),
                    None => {
                        let message = "no kind of paragraph is called that, it was taken as words";
                        let diagnostic = Diagnostic::new(message, span);
                        let close =
                            ParagraphKind::ALL.into_iter().find(|kind| slips(kind.as_str(), trimmed, 2).is_some());
                        self.report(match close {
                            Some(kind) => diagnostic.suggesting(kind.as_str()),
                            None => diagnostic,
                        });
                        return Some(Clause::word(trimmed));
                    }
                }
            }
            Scope::As | Scope::Sure => return Some(self.naming(scope, trimmed, span)),
            Scope::Date => match self.dates(trimmed, span) {
                Some(range) => Filter::Date(range),
                None => {
                    let message = "expected a date such as 2022, 2022-02 or 2022-02-01..2022-03-31, taken as words";
                    self.report(Diagnostic::new(message, span));
                    return words(trimmed).next().map(|_| Clause::word(trimmed));
                }
            },
        };
        Some(Clause::Filter(filter))
    }

    pub(super) fn dates(&mut self, text: &str, span: Span) -> Option<DateRange> {
        let read = |part: &str| -> Option<Option<Date>> {
            let part = part.trim();
            if part.is_empty() { Some(None) } else { part.parse().ok().map(Some) }
        };
        let (from, to) = match text.split_once("..") {
            Some((from, to)) => (read(from)?, read(to.trim_start_matches('.'))?),
            None => (read(text)?, read(text)?),
        };
        let range = match (from, to) {
            (None, None) => return None,
            (Some(first), Some(last)) if first.first_day() > last.last_day() => {
                let message = "the range ends before it starts, its ends were swapped";
                self.report(Diagnostic::new(message, span).suggesting(format!("{last}..{first}")));
                DateRange { from: to, to: from }
            }
            (from, to) => DateRange { from, to },
        };
        Some(range)
    }

    pub(super) fn unknown_field(&mut self, start: usize, colon: usize, end: usize) {
        let name = &self.text[start..colon];
        let value = &self.text[colon + 1..end];
        let is_name =
            (2..=12).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
        if !is_name || value.is_empty() && self.peek().is_none_or(char::is_whitespace) || value.starts_with("//") {
            return;
        }
        let diagnostic = Diagnostic::new(format!("no field is called {name}, taken as words"), Span::new(start, colon));
        self.report(match nearest_name(name) {
            Some(known) => diagnostic.suggesting(known),
            None => diagnostic,
        });
    }
}
