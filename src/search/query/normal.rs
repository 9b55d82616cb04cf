//! Any clause in, its normal form out: two ways to build or to type one thing become one value.
//!
//! In normal form no group is empty or has a single member, no group stands in a like one, words hold words,
//! and [`Clause::Near`] holds two operands or more of the sorts it can have.

use super::clause::{Clause, Distance, Field, Filter, Form};
use crate::facet::Dimension;
use crate::text::words;

pub(super) const MAX_BOOST: f32 = 1_000.0;

/// The most other words of phrases and windows: fewer than the positions that the index leaves between a
/// paragraph and its headings, so that none reaches across.
pub(super) const MAX_SLOP: u32 = 255;

/// The most words in one phrase, or parts in one word.
pub(super) const MAX_WORDS: usize = 256;

/// The most operands of a window.
pub(super) const MAX_OPERANDS: usize = 32;

/// The ranking part of a whole query, and the filters that stood at its top, after those given.
pub(super) fn top_with(clause: Clause, mut filters: Vec<Filter>) -> (Clause, Vec<Filter>) {
    let mut clause = normal(clause);
    loop {
        match clause {
            None => return (Clause::All, filters),
            Some(Clause::Filter(filter)) => {
                if !filters.contains(&filter) {
                    filters.push(filter);
                }
                return (Clause::All, filters);
            }
            Some(Clause::Bool { must, should, must_not }) => {
                if let Some(values) = only_filters(&must, &should, &must_not)
                    && values.first().is_some_and(|first| !filters.iter().any(|other| other.same_dimension(first)))
                {
                    filters.extend(values);
                    return (Clause::All, filters);
                }
                let movable = |filter: &Filter| {
                    let asked = must.iter().filter(|other| is_filter_like(other, filter)).count();
                    asked == 1 && !filters.iter().any(|other| other.same_dimension(filter))
                };
                let (moved, kept): (Vec<_>, Vec<_>) =
                    must.iter().cloned().partition(|part| matches!(part, Clause::Filter(filter) if movable(filter)));
                if moved.is_empty() {
                    return (Clause::Bool { must, should, must_not }, filters);
                }
                filters.extend(moved.into_iter().filter_map(|part| match part {
                    Clause::Filter(filter) => Some(filter),
                    _ => None,
                }));
                clause = gather(kept, should, must_not);
            }
            Some(other) => return (other, filters),
        }
    }
}

/// As [`top_with`], with no filters given.
pub(super) fn top(clause: Clause) -> (Clause, Vec<Filter>) {
    top_with(clause, Vec::new())
}

/// The filters of a group that asks for one of several values of one dimension.
pub(super) fn only_filters(must: &[Clause], should: &[Clause], must_not: &[Clause]) -> Option<Vec<Filter>> {
    if !must.is_empty() || !must_not.is_empty() {
        return None;
    }
    let mut values: Vec<Filter> = Vec::with_capacity(should.len());
    for part in should {
        let Clause::Filter(filter) = part else { return None };
        if values.first().is_some_and(|first| !first.same_dimension(filter)) {
            return None;
        }
        if !values.contains(filter) {
            values.push(filter.clone());
        }
    }
    Some(values)
}

fn is_filter_like(clause: &Clause, filter: &Filter) -> bool {
    matches!(clause, Clause::Filter(other) if other.same_dimension(filter))
}

pub(super) fn normal(clause: Clause) -> Option<Clause> {
    match clause {
        Clause::All => Some(Clause::All),
        Clause::Word { field, text, form } => word(field, text, form),
        Clause::Phrase { field, text, slop } => phrase(field, text, slop),
        Clause::Like(like) => (!like.as_str().trim().is_empty()).then_some(Clause::Like(like)),
        Clause::Filter(filter) => filter.checked().map(Clause::Filter),
        Clause::Near { operands, distance, ordered } => near(operands, distance, ordered),
        Clause::Bool { must, should, must_not } => {
            let normal_all = |clauses: Vec<Clause>| clauses.into_iter().filter_map(normal).collect();
            gather(normal_all(must), normal_all(should), normal_all(must_not))
        }
        Clause::Boost { clause, factor } => boost(normal(*clause)?, factor),
    }
}

fn boost(clause: Clause, factor: f32) -> Option<Clause> {
    let factor = if factor.is_finite() && factor >= 0.0 { factor.min(MAX_BOOST) } else { 1.0 };
    match clause {
        Clause::All | Clause::Filter(_) => Some(clause),
        Clause::Boost { clause, factor: inner } => boost(*clause, inner * factor),
        _ if factor == 1.0 => Some(clause),
        _ => Some(Clause::Boost { clause: Box::new(clause), factor }),
    }
}

/// A group of parts that are in normal form.
fn gather(must: Vec<Clause>, should: Vec<Clause>, must_not: Vec<Clause>) -> Option<Clause> {
    let (mut all, mut any, mut none) = (Vec::new(), Vec::new(), Vec::new());
    for part in must {
        match part {
            Clause::Bool { must, should, must_not } if !must.is_empty() && should.is_empty() => {
                all.extend(must);
                none.extend(must_not);
            }
            part => all.push(part),
        }
    }
    for part in should {
        match part {
            Clause::Bool { must, should, must_not } if must.is_empty() && must_not.is_empty() => any.extend(should),
            part => any.push(part),
        }
    }
    none.extend(must_not);
    match (all.len(), any.len(), none.len()) {
        (0, 0, 0) => None,
        (1, 0, 0) => all.pop(),
        (0, 1, 0) => any.pop(),
        _ => Some(Clause::Bool { must: all, should: any, must_not: none }),
    }
}

fn word(field: Field, text: String, form: Form) -> Option<Clause> {
    let mut parts = words(&text);
    let first = parts.next()?;
    let several = parts.next().is_some();
    let make = |text: &str, form| Clause::Word { field, text: text.to_owned(), form };
    match form {
        Form::Word => Some(Clause::Word { field, text: shortened(text), form }),
        Form::Exact if several => phrase(field, text, 0),
        Form::Fuzzy(0) => word(field, text, Form::Exact),
        Form::Wildcard => wildcard(field, &text),
        Form::Exact | Form::Prefix | Form::Fuzzy(_) => {
            let form = if let Form::Fuzzy(slips) = form { Form::Fuzzy(slips.min(2)) } else { form };
            if !several {
                return Some(make(first.text, form));
            }
            // "cease-fi*": all but the last are plain words.
            let mut operands: Vec<Clause> = words(&text).map(|part| make(part.text, Form::Word)).collect();
            if let Some(Clause::Word { form: last, .. }) = operands.last_mut() {
                *last = form;
            }
            joined(operands)
        }
    }
}

fn wildcard(field: Field, pattern: &str) -> Option<Clause> {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '*' | '?' | '\'' | '’' | '\u{300}'..='\u{36F}');
    let mut operands = Vec::new();
    for piece in pattern.split(|c| !joins(c)) {
        let mut text = String::with_capacity(piece.len());
        for c in piece.chars() {
            // Indexed forms hold no apostrophes, and a mark needs its letter.
            let kept = match c {
                '*' => !text.ends_with('*'),
                '\'' | '’' => false,
                '?' => true,
                _ => c.is_alphanumeric() || !text.is_empty() && !text.ends_with(['*', '?']),
            };
            if kept {
                text.push(c);
            }
        }
        text.truncate(text.trim_end_matches('?').len());
        if words(&text).next().is_none() {
            continue;
        }
        let start = text.strip_suffix('*').unwrap_or(&text);
        if start.contains(['*', '?']) {
            operands.push(Clause::Word { field, text, form: Form::Wildcard });
        } else {
            let form = if start.len() < text.len() { Form::Prefix } else { Form::Word };
            if let Some(part) = word(field, start.to_owned(), form) {
                take_operand(part, &mut operands);
            }
        }
    }
    joined(operands)
}

/// Operands in normal form, next to each other.
fn joined(mut operands: Vec<Clause>) -> Option<Clause> {
    if operands.len() < 2 {
        return operands.pop();
    }
    operands.truncate(MAX_OPERANDS);
    Some(Clause::Near { operands, distance: Distance::Words(0), ordered: true })
}

fn phrase(field: Field, text: String, slop: u32) -> Option<Clause> {
    let mut parts = words(&text);
    let first = parts.next()?;
    if parts.next().is_some() {
        return Some(Clause::Phrase { field, text: shortened(text), slop: slop.min(MAX_SLOP) });
    }
    Some(Clause::Word { field, text: first.text.to_owned(), form: Form::Exact })
}

/// The text without the words that are too many.
fn shortened(mut text: String) -> String {
    // Most texts have not even as many bytes.
    if text.len() > MAX_WORDS
        && let Some(last) = words(&text).nth(MAX_WORDS - 1)
    {
        let end = last.span.end;
        if words(&text[end..]).next().is_some() {
            text.truncate(end);
        }
    }
    text
}

fn near(operands: Vec<Clause>, distance: Distance, ordered: bool) -> Option<Clause> {
    let mut kept = Vec::with_capacity(operands.len());
    for operand in operands.into_iter().filter_map(normal) {
        take_operand(operand, &mut kept);
    }
    kept.truncate(MAX_OPERANDS);
    if kept.len() < 2 {
        return kept.pop();
    }
    let distance = match distance {
        Distance::Words(words) => Distance::Words(words.min(MAX_SLOP)),
        Distance::Sentence => Distance::Sentence,
    };
    // Windows lie in one field: a field asked for by one operand is asked for by all.
    let mut fields = kept.iter().filter_map(field_of).filter(|&field| field != Field::Any);
    if let Some(field) = fields.next()
        && fields.all(|other| other == field)
    {
        kept.iter_mut().for_each(|operand| set_field(operand, field));
    }
    Some(Clause::Near { operands: kept, distance, ordered })
}

fn field_of(clause: &Clause) -> Option<Field> {
    match clause {
        Clause::Word { field, .. } | Clause::Phrase { field, .. } => Some(*field),
        Clause::Bool { should, .. } => should.iter().filter_map(field_of).find(|&field| field != Field::Any),
        _ => None,
    }
}

fn set_field(clause: &mut Clause, to: Field) {
    match clause {
        Clause::Word { field, .. } | Clause::Phrase { field, .. } if *field == Field::Any => *field = to,
        Clause::Bool { should, .. } => should.iter_mut().for_each(|choice| set_field(choice, to)),
        _ => {}
    }
}

/// Whether a clause in normal form can be found at positions of a text.
fn has_positions(clause: &Clause) -> bool {
    matches!(
        clause,
        Clause::Word { .. } | Clause::Phrase { .. } | Clause::Filter(Filter::Facet { dimension: Dimension::Actor, .. })
    )
}

/// Adds what a clause in normal form gives as operands of a [`Clause::Near`].
fn take_operand(clause: Clause, kept: &mut Vec<Clause>) {
    match clause {
        Clause::Near { operands, .. } => kept.extend(operands),
        Clause::Boost { clause, .. } => take_operand(*clause, kept),
        Clause::Bool { must, should, .. } if must.is_empty() => {
            let mut choices = Vec::new();
            for choice in should {
                take_operand(choice, &mut choices);
            }
            kept.extend(gather(Vec::new(), choices, Vec::new()));
        }
        Clause::Bool { must, should, .. } => {
            for part in must.into_iter().chain(should) {
                take_operand(part, kept);
            }
        }
        other if has_positions(&other) => kept.push(other),
        _ => {}
    }
}
