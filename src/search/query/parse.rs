//! Any string in, a query with diagnostics out; one pass, nothing is read twice but a word's end.

use std::borrow::Cow;

use super::clause::{Clause, Field, Filter, Form};
use super::diagnostic::Diagnostic;
use super::naming::Wanted;
use super::scan::{Scan, boost_length, pattern_of, unescape};
use super::scope::Scope;
use super::{Operator, Query, normal};
use crate::document::Span;
use crate::text::words;

const TOO_LONG: &str = "the query is too long, the rest was left out";

/// More diagnostics than anybody reads are not kept.
const MAX_DIAGNOSTICS: usize = 32;

pub(super) fn parse(whole: &str, operator: Operator) -> Query {
    let text = start_of(whole, Query::MAX_LENGTH);
    let mut parser = Parser { text, at: 0, length: whole.len(), operator, ..Parser::default() };
    let (items, _) = parser.items(0, Scope::Field(Field::Any), false);
    let (clause, filters) = parser.whole(items);
    let mentions = parser.mentions.choice();
    let mut diagnostics = parser.diagnostics;
    if text.len() < whole.len() && parser.clauses < Query::MAX_CLAUSES {
        diagnostics.push(Diagnostic::new(TOO_LONG, Span::new(text.len(), whole.len())));
    }
    if clause == Clause::All && filters.is_empty() && mentions.is_all() && !matches!(text.trim(), "" | "*") {
        let span = Span::new(0, text.len());
        diagnostics.push(Diagnostic::new("there is no word to search for, so every paragraph matches", span));
    } else if let Clause::Bool { must, should, must_not } = &clause
        && must.is_empty()
        && should.is_empty()
        && !must_not.is_empty()
        && filters.is_empty()
    {
        let span = Span::new(0, text.len());
        diagnostics.push(Diagnostic::new("only exclusions, so every other paragraph matches", span));
    }
    diagnostics.sort_by_key(Diagnostic::span);
    Query { clause, filters, mentions, diagnostics, text: Some(text.into()), left_out: false }
}

/// The start of a text, at most so many bytes of it.
fn start_of(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Quotation marks that open and close phrases.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '＂')
}

fn closes(open: char, c: char) -> bool {
    match open {
        '"' | '＂' => matches!(c, '"' | '＂'),
        '«' => c == '»',
        '»' => matches!(c, '«' | '»'),
        _ => matches!(c, '“' | '”' | '"'),
    }
}

/// A group of nothing, which normal form drops.
pub(super) fn nothing() -> Clause {
    Clause::Bool { must: Vec::new(), should: Vec::new(), must_not: Vec::new() }
}

/// A part of a sequence.
pub(super) struct Item {
    pub(super) clause: Clause,
    needed: bool,
    pub(super) negated: bool,
    /// Its parts were joined by `AND`.
    joined: bool,
}

impl Item {
    fn plain(clause: Clause) -> Item {
        Item { clause, needed: false, negated: false, joined: false }
    }

    pub(super) fn into_clause(self) -> Clause {
        if self.negated { Clause::except(self.clause) } else { self.clause }
    }
}

#[derive(Default)]
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// How long the text was before it was cut.
    length: usize,
    pub(super) operator: Operator,
    pub(super) clauses: usize,
    /// Brackets opened below the deepest level and not yet closed.
    pub(super) ignored_brackets: usize,
    /// The depth has been complained about.
    pub(super) deep: bool,
    /// What `as:` and `sure:` asked for.
    pub(super) mentions: Wanted,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Parser<'a> {
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    pub(super) fn odd(&mut self, message: &'static str, start: usize, end: usize) {
        self.report(Diagnostic::new(message, Span::new(start, end)));
    }

    /// Whether the operator stands here as a word of its own.
    fn at_operator(&self, operator: &str) -> bool {
        let after =
            |rest: &str| rest.chars().next().is_none_or(|c| c.is_whitespace() || is_quote(c) || matches!(c, '(' | ')'));
        self.rest().strip_prefix(operator).is_some_and(after)
    }

    fn take_operator(&mut self, operator: &str) -> bool {
        self.skip_space();
        let here = self.at_operator(operator);
        if here {
            self.at += operator.len();
        }
        here
    }

    /// The items up to the end or the closing bracket; whether that bracket was there.
    fn items(&mut self, depth: usize, scope: Scope, in_group: bool) -> (Vec<Item>, bool) {
        let mut items = Vec::new();
        loop {
            self.skip_space();
            let Some(c) = self.peek() else { return (items, false) };
            if c == ')' {
                self.at += 1;
                if self.ignored_brackets > 0 {
                    self.ignored_brackets -= 1;
                } else if in_group {
                    return (items, true);
                } else {
                    self.odd("the bracket closes nothing and was left out", self.at - 1, self.at);
                }
                continue;
            }
            if let Some(operator) = ["AND", "OR"].into_iter().find(|operator| self.at_operator(operator)) {
                self.odd("the operator has nothing before it and was left out", self.at, self.at + operator.len());
                self.at += operator.len();
                continue;
            }
            items.extend(self.alternatives(depth, scope));
        }
    }

    fn alternatives(&mut self, depth: usize, scope: Scope) -> Option<Item> {
        let first = self.conjunction(depth, scope);
        let mut choices = Vec::new();
        let mut last = first;
        while self.take_operator("OR") {
            let end = self.at;
            let next = self.conjunction(depth, scope);
            if next.is_none() {
                self.odd("OR has nothing after it and was left out", end - 2, end);
                continue;
            }
            choices.extend(last.map(Item::into_clause));
            last = next;
        }
        if choices.is_empty() {
            return last;
        }
        choices.extend(last.map(Item::into_clause));
        Some(Item::plain(Clause::any_of(choices)))
    }

    fn conjunction(&mut self, depth: usize, scope: Scope) -> Option<Item> {
        let first = self.unary(depth, scope);
        let mut parts = Vec::new();
        let mut last = first;
        while self.take_operator("AND") {
            let end = self.at;
            let next = self.unary(depth, scope);
            if next.is_none() {
                self.odd("AND has nothing after it and was left out", end - 3, end);
                continue;
            }
            parts.extend(last);
            last = next;
        }
        if parts.is_empty() {
            return last;
        }
        parts.extend(last);
        let (not, must): (Vec<Item>, Vec<Item>) = parts.into_iter().partition(|part| part.negated);
        let inner = |items: Vec<Item>| items.into_iter().map(|item| item.clause).collect();
        let clause = Clause::Bool { must: inner(must), should: Vec::new(), must_not: inner(not) };
        Some(Item { clause, needed: false, negated: false, joined: true })
    }

    /// An atom with the signs before it; `None` when there is none, be it for the end, a closing bracket,
    /// an operator, or something that was left out.
    fn unary(&mut self, depth: usize, scope: Scope) -> Option<Item> {
        let (mut needed, mut negated) = (false, false);
        loop {
            self.skip_space();
            let start = self.at;
            match self.peek()? {
                sign @ ('+' | '-') => {
                    self.at += 1;
                    // "--" and "- " are dashes, "-only" is a sign.
                    if self.peek().is_none_or(|c| c.is_whitespace() || matches!(c, ')' | '-' | '+')) {
                        let rest = self.rest();
                        self.at += rest.len() - rest.trim_start_matches(['-', '+']).len();
                        self.odd("the sign belongs to nothing and was left out", start, self.at);
                    } else if sign == '+' {
                        needed = true;
                    } else {
                        negated = !negated;
                    }
                }
                'N' if self.at_operator("NOT") => {
                    self.at += 3;
                    negated = !negated;
                    self.skip_space();
                    if self.peek().is_none_or(|c| c == ')') || self.at_operator("AND") || self.at_operator("OR") {
                        self.odd("NOT has nothing after it and was left out", start, start + 3);
                        return None;
                    }
                }
                ')' => return None,
                'A' if self.at_operator("AND") => return None,
                'O' if self.at_operator("OR") => return None,
                _ => break,
            }
        }
        let start = self.at;
        let outside = self.mentions.negated;
        self.mentions.negated ^= negated;
        let clause = self.atom(depth, scope);
        self.mentions.negated = outside;
        let clause = self.boosted(clause?, start);
        Some(Item { clause, needed, negated, joined: false })
    }

    fn boosted(&mut self, mut clause: Clause, start: usize) -> Clause {
        while let Some(length) = boost_length(self.rest()) {
            let factor = self.rest()[1..length].parse().unwrap_or(1.0);
            if factor > normal::MAX_BOOST {
                self.odd("a factor is at most 1000", start, self.at + length);
            }
            self.at += length;
            clause = Clause::Boost { clause: Box::new(clause), factor };
        }
        clause
    }

    fn atom(&mut self, depth: usize, scope: Scope) -> Option<Clause> {
        if self.clauses >= Query::MAX_CLAUSES {
            self.odd(TOO_LONG, self.at, self.length);
            self.at = self.text.len();
            return None;
        }
        let c = self.peek()?;
        if c == '(' {
            let start = self.at;
            self.at += 1;
            let items = self.bracketed(depth, scope, start)?;
            return Some(self.group(items));
        }
        if is_quote(c) {
            self.clauses += 1;
            return self.quoted(c, scope);
        }
        if let Some(clause) = self.near(depth, scope) {
            return clause;
        }
        self.clauses += 1;
        self.token(depth, scope)
    }

    /// The items behind an opening bracket; `None` where it is too deep.
    pub(super) fn bracketed(&mut self, depth: usize, scope: Scope, start: usize) -> Option<Vec<Item>> {
        if depth >= Query::MAX_DEPTH {
            if !self.deep {
                self.odd("the brackets are nested too deep and were left out", start, self.at);
                self.deep = true;
            }
            self.clauses += 1;
            self.ignored_brackets += 1;
            return None;
        }
        let (items, closed) = self.items(depth + 1, scope, true);
        if !closed {
            self.odd("the bracket is not closed", start, start + 1);
        }
        // What is in a group has been counted; a group of nothing has to be counted itself.
        self.clauses += usize::from(items.is_empty());
        Some(items)
    }

    pub(super) fn group(&self, items: Vec<Item>) -> Clause {
        let (mut must, mut should, mut must_not) = (Vec::new(), Vec::new(), Vec::new());
        for item in items {
            let list = match (item.negated, item.needed || self.operator == Operator::All) {
                (true, _) => &mut must_not,
                (false, true) => &mut must,
                (false, false) => &mut should,
            };
            list.push(item.clause);
        }
        Clause::Bool { must, should, must_not }
    }

    /// The query of the items at the top, where filters come out.
    fn whole(&self, mut items: Vec<Item>) -> (Clause, Vec<Filter>) {
        // What `as:` leaves.
        items.retain(|item| item.clause != nothing());
        let is_filter = |item: &Item| matches!(item.clause, Clause::Filter(_)) && !item.negated;
        // "nato AND actor:china" narrows like "nato actor:china".
        if items.iter().filter(|item| !item.negated && !is_filter(item)).count() == 1
            && let Some(at) = items.iter().position(|item| item.joined)
            && let Clause::Bool { must, must_not, .. } = std::mem::take(&mut items[at].clause)
        {
            let part = |negated| move |clause| Item { clause, needed: true, negated, joined: false };
            let parts: Vec<Item> =
                must.into_iter().map(part(false)).chain(must_not.into_iter().map(part(true))).collect();
            items.splice(at..=at, parts);
        }
        let mut kept: Vec<Filter> = Vec::new();
        let mut others = Vec::with_capacity(items.len());
        for mut item in items {
            if matches!(item.clause, Clause::Bool { .. }) {
                let Some(clause) = normal::normal(item.clause) else { continue };
                item.clause = clause;
            }
            let values = match &item.clause {
                _ if item.needed || item.negated => None,
                Clause::Filter(filter) => Some(vec![filter.clone()]),
                // "actor:(china russia)" and "(actor:china OR actor:russia)" are one filter.
                Clause::Bool { must, should, must_not } => normal::only_filters(must, should, must_not),
                _ => None,
            };
            match values {
                None => others.push(item),
                Some(values) => {
                    for filter in values.into_iter().filter_map(Filter::checked) {
                        if !kept.contains(&filter) {
                            kept.push(filter);
                        }
                    }
                }
            }
        }
        normal::top_with(self.group(others), kept)
    }

    pub(super) fn quoted(&mut self, open: char, scope: Scope) -> Option<Clause> {
        let start = self.at;
        self.at += open.len_utf8();
        let from = self.at;
        let mut text: Option<String> = None;
        let mut copied = from;
        let mut closed = false;
        let mut chars = self.rest().char_indices();
        let mut end = self.text.len();
        while let Some((offset, c)) = chars.next() {
            if c == '\\' {
                if let Some((next, _)) = chars.next() {
                    let text = text.get_or_insert_default();
                    text.push_str(&self.text[copied..from + offset]);
                    copied = from + next;
                }
            } else if closes(open, c) {
                end = from + offset;
                self.at = end + c.len_utf8();
                closed = true;
                break;
            }
        }
        if !closed {
            self.at = self.text.len();
            let suggestion = format!("{}\"", &self.text[start..]);
            let span = Span::new(start, start + open.len_utf8());
            let diagnostic = Diagnostic::new("the quote is not closed", span);
            // A very long suggestion helps nobody.
            self.report(if suggestion.len() <= 200 { diagnostic.suggesting(suggestion) } else { diagnostic });
        }
        let text = match text {
            Some(mut text) => {
                text.push_str(&self.text[copied..end]);
                text
            }
            None => self.text[from..end].to_owned(),
        };
        match scope {
            Scope::Field(field) => {
                let mut slop = 0;
                if let Some(digits) = self.rest().strip_prefix('~') {
                    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
                    if count > 0 {
                        slop = digits[..count].parse().unwrap_or(u32::MAX);
                        self.at += 1 + count;
                    }
                    self.check_distance(slop, start);
                }
                words(&text).next()?;
                self.check_length(&text, from, end);
                Some(Clause::Phrase { field, text, slop })
            }
            _ => self.filter(scope, Cow::Owned(text), Span::new(from, end)),
        }
    }

    fn token(&mut self, depth: usize, scope: Scope) -> Option<Clause> {
        let start = self.at;
        let mut scan = Scan::default();
        let end = self.scan(&mut scan, matches!(scope, Scope::Field(_)));
        if let Some(name) = scan.name {
            return self.value(depth, name, start);
        }
        let raw = &self.text[start..end];
        let text = if scan.escaped { unescape(raw) } else { Cow::Borrowed(raw) };
        let Scope::Field(field) = scope else {
            return self.filter(scope, text, Span::new(start, end));
        };
        if raw == "*" {
            return Some(Clause::All);
        }
        if let Some(colon) = scan.colon.filter(|_| !scan.escaped) {
            self.unknown_field(start, colon, end);
        }
        if let Some(slips) = scan.fuzzy {
            words(&text).next()?;
            self.check_slips(end, start);
            return Some(Clause::Word { field, text: text.into_owned(), form: Form::Fuzzy(slips) });
        }
        let pattern = scan.wild && !scan.escaped_wild && !raw.contains(['/', ':']);
        if !text.contains(char::is_alphanumeric) {
            if pattern {
                self.odd("the pattern holds no letter and was left out", start, end);
            }
            return None;
        }
        self.check_length(&text, start, end);
        Some(if pattern {
            pattern_of(field, &text)
        } else {
            Clause::Word { field, text: text.into_owned(), form: Form::Word }
        })
    }

    /// Says that a distance is too long.
    pub(super) fn check_distance(&mut self, words: u32, start: usize) {
        if words > normal::MAX_SLOP {
            self.odd("at most 255 words can stand between, so 255 are taken", start, self.at);
        }
    }

    /// Says that the number of slips between a `~` and here is too high.
    pub(super) fn check_slips(&mut self, tilde: usize, start: usize) {
        if self.text[tilde + 1..self.at].parse::<u32>().is_ok_and(|slips| slips > 2) {
            self.odd("at most 2 slips are looked for", start, self.at);
        }
    }

    pub(super) fn check_length(&mut self, text: &str, start: usize, end: usize) {
        if text.len() > normal::MAX_WORDS && words(text).nth(normal::MAX_WORDS).is_some() {
            self.odd("too many words in one, the last were left out", start, end);
        }
    }
}
