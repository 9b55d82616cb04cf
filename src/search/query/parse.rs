//! Any string in, a query with diagnostics out; one pass, nothing is read twice but a word's end.

use std::borrow::Cow;

use super::clause::{Clause, DateRange, Distance, Field, Filter, Form, Given};
use super::diagnostic::Diagnostic;
use super::{Operator, Query, normal};
use crate::date::Date;
use crate::document::{ParagraphKind, Span};
use crate::facet::Dimension;
use crate::text::{slips, words};

/// `NEAR(…)` without a number.
const NEAR_WORDS: u32 = 10;

/// More diagnostics than anybody reads are not kept.
const MAX_DIAGNOSTICS: usize = 32;

pub(super) fn parse(text: &str, operator: Operator) -> Query {
    let mut parser =
        Parser { text, at: 0, operator, clauses: 0, ignored_brackets: 0, deep: false, diagnostics: Vec::new() };
    let (items, _) = parser.items(0, Scope::Field(Field::Any), false);
    let (clause, filters) = parser.whole(items);
    let mut diagnostics = parser.diagnostics;
    if clause == Clause::All && filters.is_empty() && !matches!(text.trim(), "" | "*") {
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
    Query { clause, filters, diagnostics, text: Some(text.into()) }
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

/// What stands before a colon.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Field(Field),
    Facet(Dimension),
    Document,
    Date,
    Kind,
    Like,
}

/// Every name that may stand before a colon.
const NAMES: [(&str, Scope); 21] = [
    ("title", Scope::Field(Field::Title)),
    ("heading", Scope::Field(Field::Heading)),
    ("body", Scope::Field(Field::Body)),
    ("text", Scope::Field(Field::Body)),
    ("actor", Scope::Facet(Dimension::Actor)),
    ("actors", Scope::Facet(Dimension::Actor)),
    ("topic", Scope::Facet(Dimension::Topic)),
    ("topics", Scope::Facet(Dimension::Topic)),
    ("author", Scope::Facet(Dimension::Author)),
    ("source", Scope::Facet(Dimension::Source)),
    ("language", Scope::Facet(Dimension::Language)),
    ("lang", Scope::Facet(Dimension::Language)),
    ("mention", Scope::Facet(Dimension::MentionKind)),
    ("mention-kind", Scope::Facet(Dimension::MentionKind)),
    ("doc", Scope::Document),
    ("document", Scope::Document),
    ("date", Scope::Date),
    ("year", Scope::Date),
    ("kind", Scope::Kind),
    ("id", Scope::Document),
    ("like", Scope::Like),
];

fn scope_of(name: &str) -> Option<Scope> {
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, scope)| scope)
}

/// A part of a sequence.
struct Item {
    clause: Clause,
    needed: bool,
    negated: bool,
    /// Its parts were joined by `AND`.
    joined: bool,
}

impl Item {
    fn plain(clause: Clause) -> Item {
        Item { clause, needed: false, negated: false, joined: false }
    }

    fn into_clause(self) -> Clause {
        if self.negated { Clause::except(self.clause) } else { self.clause }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    operator: Operator,
    clauses: usize,
    /// Brackets opened below the deepest level and not yet closed.
    ignored_brackets: usize,
    /// The depth has been complained about.
    deep: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    fn odd(&mut self, message: &'static str, start: usize, end: usize) {
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
        let clause = self.atom(depth, scope)?;
        let clause = self.boosted(clause);
        Some(Item { clause, needed, negated, joined: false })
    }

    fn boosted(&mut self, mut clause: Clause) -> Clause {
        while let Some(length) = boost_length(self.rest()) {
            let factor = self.rest()[1..length].parse().unwrap_or(1.0);
            self.at += length;
            clause = Clause::Boost { clause: Box::new(clause), factor };
        }
        clause
    }

    fn atom(&mut self, depth: usize, scope: Scope) -> Option<Clause> {
        if self.clauses >= Query::MAX_CLAUSES {
            self.odd("the query is too long, the rest was left out", self.at, self.text.len());
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
    fn bracketed(&mut self, depth: usize, scope: Scope, start: usize) -> Option<Vec<Item>> {
        if depth >= Query::MAX_DEPTH {
            if !self.deep {
                self.odd("the brackets are nested too deep and were left out", start, self.at);
                self.deep = true;
            }
            self.ignored_brackets += 1;
            return None;
        }
        let (items, closed) = self.items(depth + 1, scope, true);
        if !closed {
            self.odd("the bracket is not closed", start, start + 1);
        }
        Some(items)
    }

    fn group(&self, items: Vec<Item>) -> Clause {
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

    fn quoted(&mut self, open: char, scope: Scope) -> Option<Clause> {
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
                }
                words(&text).next()?;
                self.check_length(&text, from, end);
                Some(Clause::Phrase { field, text, slop })
            }
            _ => self.filter(scope, Cow::Owned(text), Span::new(from, end)),
        }
    }

    /// `NEAR/5(…)` and the like, if one stands here.
    fn near(&mut self, depth: usize, scope: Scope) -> Option<Option<Clause>> {
        let start = self.at;
        let (ordered, after) = match self.rest().strip_prefix("ONEAR") {
            Some(after) => (true, after),
            None => (false, self.rest().strip_prefix("NEAR")?),
        };
        let (distance, after) = match after.strip_prefix('/') {
            None => (Distance::Words(NEAR_WORDS), after),
            Some(after) => match after.strip_prefix(['s', 'S']) {
                Some(after) => (Distance::Sentence, after),
                None => {
                    let count = after.bytes().take_while(u8::is_ascii_digit).count();
                    if count == 0 {
                        return None;
                    }
                    let words = after[..count].parse::<u32>().unwrap_or(u32::MAX).min(100_000);
                    (Distance::Words(words), &after[count..])
                }
            },
        };
        let named_end = self.text.len() - after.len();
        if !after.starts_with('(') {
            // "a NEAR/5 b"; but "NEAR" alone, or "NEAR/5x", is a word.
            let alone = after.chars().next().is_none_or(|c| c.is_whitespace() || c == ')');
            if !self.text[start..named_end].contains('/') || !alone {
                return None;
            }
            let name = &self.text[start..named_end];
            let diagnostic =
                Diagnostic::new("NEAR takes its words in brackets, this was left out", Span::new(start, named_end));
            self.report(diagnostic.suggesting(format!("{name}(… …)")));
            self.at = named_end;
            return Some(None);
        }
        self.at = named_end + 1;
        let scope = if matches!(scope, Scope::Field(_)) { scope } else { Scope::Field(Field::Any) };
        let Some(items) = self.bracketed(depth, scope, named_end) else { return Some(None) };
        if items.iter().any(|item| item.negated) {
            self.odd("NEAR cannot exclude, the exclusion was left out", start, self.at);
        }
        let operands: Vec<Clause> = items.into_iter().filter(|item| !item.negated).map(|item| item.clause).collect();
        if operands.len() < 2 {
            self.odd("NEAR needs two words or more", start, self.at);
        }
        Some(Some(Clause::Near { operands, distance, ordered }))
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

    fn check_length(&mut self, text: &str, start: usize, end: usize) {
        if text.len() > normal::MAX_WORDS && words(text).nth(normal::MAX_WORDS).is_some() {
            self.odd("too many words in one, the last were left out", start, end);
        }
    }

    /// Reads a bare word, up to a space, quote or bracket, or a `~` or `^` that ends it; returns its end.
    fn scan(&mut self, scan: &mut Scan, names: bool) -> usize {
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

    /// What follows `name:`.
    fn value(&mut self, depth: usize, scope: Scope, start: usize) -> Option<Clause> {
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
    fn bare_value(&mut self, scope: Scope) -> Option<Clause> {
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
                    Some((slips, _)) => Form::Fuzzy(slips),
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

    fn filter(&mut self, scope: Scope, text: Cow<'_, str>, span: Span) -> Option<Clause> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            self.odd("the field has no value and was left out", span.start, span.end);
            return None;
        }
        let given = || Given::at(trimmed, span);
        let filter = match scope {
            Scope::Field(_) => return None,
            Scope::Facet(dimension) => Filter::Facet { dimension, value: given() },
            Scope::Document => Filter::Document(given()),
            Scope::Like => return Some(Clause::Like(given())),
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

    fn dates(&mut self, text: &str, span: Span) -> Option<DateRange> {
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

    fn unknown_field(&mut self, start: usize, colon: usize, end: usize) {
        let name = &self.text[start..colon];
        let value = &self.text[colon + 1..end];
        let is_name =
            (2..=12).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
        if !is_name || value.is_empty() && self.peek().is_none_or(char::is_whitespace) || value.starts_with("//") {
            return;
        }
        let lower = name.to_ascii_lowercase();
        let most = if name.len() <= 4 { 1 } else { 2 };
        let close = NAMES.iter().min_by_key(|(known, _)| slips(known, &lower, most).unwrap_or(u8::MAX));
        let close = close.filter(|(known, _)| slips(known, &lower, most).is_some());
        let diagnostic = Diagnostic::new(format!("no field is called {name}, taken as words"), Span::new(start, colon));
        self.report(match close {
            Some((known, _)) => diagnostic.suggesting(*known),
            None => diagnostic,
        });
    }
}

/// What a bare word turned out to hold.
#[derive(Default)]
struct Scan {
    /// It is the name of a field, and a colon follows.
    name: Option<Scope>,
    /// Where its first colon stands.
    colon: Option<usize>,
    escaped: bool,
    escaped_wild: bool,
    wild: bool,
    fuzzy: Option<u8>,
}

fn ends_word(c: Option<char>) -> bool {
    c.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | '^'))
}

/// The length of `^2.5` at the start of `text`.
fn boost_length(text: &str) -> Option<usize> {
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
fn fuzzy(text: &str) -> Option<(u8, usize)> {
    let after = text.strip_prefix('~')?;
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 2 || !ends_word(after[digits..].chars().next()) {
        return None;
    }
    let slips = if digits == 0 { 1 } else { after[..digits].parse::<u8>().unwrap_or(2).min(2) };
    Some((slips, digits + 1))
}

/// As [`fuzzy`], at the end of `text`.
fn fuzzy_tail(text: &str) -> Option<(u8, usize)> {
    let tilde = text.rfind('~').filter(|&tilde| !text[..tilde].ends_with('\\'))?;
    fuzzy(&text[tilde..]).filter(|(_, length)| tilde + length == text.len())
}

/// A word with `*` or `?` in it.
fn pattern_of(field: Field, text: &str) -> Clause {
    match text.strip_suffix('*') {
        Some(start) if !start.contains(['*', '?']) => {
            Clause::Word { field, text: start.to_owned(), form: Form::Prefix }
        }
        _ => Clause::Word { field, text: text.to_owned(), form: Form::Wildcard },
    }
}

fn unescape(raw: &str) -> Cow<'_, str> {
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
