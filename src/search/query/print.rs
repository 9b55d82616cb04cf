//! A query in, a text that parses back to it out.

use std::fmt::{self, Write as _};

use super::Query;
use super::clause::{Clause, DateRange, Distance, Field, Filter, Form};
use super::normal;
use super::parse::is_quote;

pub(super) fn query(query: &Query, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let filters = query.filters();
    let mut written = false;
    match query.clause() {
        Clause::All if !filters.is_empty() => {}
        // A filter in the open would narrow the whole query.
        clause @ Clause::Bool { must, should, must_not }
            if should.iter().any(|part| matches!(part, Clause::Filter(_))) =>
        {
            // Values of a dimension that the filters ask about, too: a plain group would widen those.
            if normal::only_filters(must, should, must_not).is_some() {
                f.write_char('+')?;
            }
            atom(clause, f)?;
            written = true;
        }
        Clause::Bool { must, should, must_not } => {
            parts(must, should, must_not, f)?;
            written = true;
        }
        clause => {
            atom(clause, f)?;
            written = true;
        }
    }
    for one in filters {
        if written {
            f.write_char(' ')?;
        }
        filter(one, f)?;
        written = true;
    }
    let mentions = query.mention_choice();
    if !mentions.is_all() {
        write!(f, "{}{mentions}", if written { " " } else { "" })?;
    }
    Ok(())
}

fn parts(must: &[Clause], should: &[Clause], must_not: &[Clause], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut separator = "";
    for (mark, clauses) in [("+", must), ("", should), ("-", must_not)] {
        for clause in clauses {
            f.write_str(separator)?;
            f.write_str(mark)?;
            atom(clause, f)?;
            separator = " ";
        }
    }
    Ok(())
}

fn atom(clause: &Clause, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match clause {
        Clause::All => f.write_char('*'),
        Clause::Word { field, text, form } => {
            prefix(*field, f)?;
            match form {
                Form::Exact => quoted(text, f),
                Form::Wildcard => f.write_str(text),
                Form::Word | Form::Prefix | Form::Fuzzy(_) => {
                    let mut escaped = String::with_capacity(text.len());
                    escape_word(text, &mut escaped);
                    f.write_str(&escaped)?;
                    match form {
                        Form::Prefix => f.write_char('*'),
                        Form::Fuzzy(slips) => write!(f, "~{slips}"),
                        _ => Ok(()),
                    }
                }
            }
        }
        Clause::Phrase { field, text, slop } => {
            prefix(*field, f)?;
            quoted(text, f)?;
            if *slop > 0 { write!(f, "~{slop}") } else { Ok(()) }
        }
        Clause::Near { operands, distance, ordered } => {
            f.write_str(if *ordered { "ONEAR/" } else { "NEAR/" })?;
            match distance {
                Distance::Words(words) => write!(f, "{words}(")?,
                Distance::Sentence => f.write_str("s(")?,
            }
            parts(&[], operands, &[], f)?;
            f.write_char(')')
        }
        Clause::Like(like) => {
            f.write_str("like:")?;
            value_of(like.as_str(), f)
        }
        Clause::Filter(one) => filter(one, f),
        Clause::Bool { must, should, must_not } => {
            f.write_char('(')?;
            parts(must, should, must_not, f)?;
            f.write_char(')')
        }
        Clause::Boost { clause, factor } => {
            atom(clause, f)?;
            write!(f, "^{factor}")
        }
    }
}

fn prefix(field: Field, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if field == Field::Any { Ok(()) } else { write!(f, "{}:", field.as_str()) }
}

fn filter(filter: &Filter, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match filter {
        Filter::Facet { dimension, value } => {
            write!(f, "{dimension}:")?;
            value_of(value.as_str(), f)
        }
        Filter::Document(id) => {
            f.write_str("doc:")?;
            value_of(id.as_str(), f)
        }
        Filter::Date(DateRange { from: Some(from), to: Some(to) }) if from == to => write!(f, "date:{from}"),
        Filter::Date(DateRange { from, to }) => {
            f.write_str("date:")?;
            from.iter().try_for_each(|date| write!(f, "{date}"))?;
            f.write_str("..")?;
            to.iter().try_for_each(|date| write!(f, "{date}"))
        }
        Filter::Kind(kind) => write!(f, "kind:{}", kind.as_str()),
    }
}

fn value_of(value: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = value.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '#'));
    if plain { f.write_str(value) } else { quoted(value, f) }
}

fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        if c == '\\' || is_quote(c) {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}

/// Appends `word` with its special characters escaped.
pub(super) fn escape_word(word: &str, into: &mut String) {
    if matches!(word, "AND" | "OR" | "NOT")
        || word.starts_with(['+', '-'])
        || word.starts_with("NEAR")
        || word.starts_with("ONEAR")
    {
        into.push('\\');
    }
    for c in word.chars() {
        if c.is_whitespace() || is_quote(c) || matches!(c, '(' | ')' | ':' | '^' | '~' | '*' | '?' | '\\') {
            into.push('\\');
        }
        into.push(c);
    }
}
