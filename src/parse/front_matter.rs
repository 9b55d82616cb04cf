//! Front matter: the block of `key: value` lines (YAML) or `key = "value"` lines (TOML) above a Markdown text.

use serde_json::Value;

use super::written_date::written_date;
use crate::date::Date;
use crate::document::{Document, Language};

/// Reads front matter into the fields of a document. What is too nested for a line stays unread; the ledger has
/// the whole block.
pub(super) fn read(text: &str, document: &mut Document) {
    for (key, values) in fields(text) {
        put(document, &key, values);
    }
}

/// Puts what a source says of itself into the field it is meant for; a field that is set stays.
pub(super) fn put(document: &mut Document, key: &str, values: Vec<String>) {
    let Some(first) = values.first() else { return };
    match key {
        "title" if document.title.is_none() => document.title = Some(first.clone()),
        "author" | "authors" | "byline" | "by" if document.byline.is_empty() => document.byline = values,
        "date" | "published" | "pubdate" if document.date.is_none() && date(first).is_some() => {
            document.date = date(first);
        }
        "source" | "publisher" | "series" | "site" if document.source.is_none() => {
            document.source = Some(first.clone());
        }
        "language" | "lang" if document.language.is_none() && Language::new(first).is_some() => {
            document.language = Language::new(first);
        }
        _ => {
            let value = match values.len() {
                1 => Value::String(first.clone()),
                _ => Value::Array(values.into_iter().map(Value::String).collect()),
            };
            document.metadata.entry(key.to_owned()).or_insert(value);
        }
    }
}

/// A date, of which a time behind it is left aside: `2022-02-04T12:00:00Z`.
pub(super) fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    let day = text.get(..10).filter(|_| text.len() > 10 && matches!(text.as_bytes()[10], b'T' | b't' | b' '));
    day.and_then(|day| day.parse().ok()).or_else(|| text.parse().ok()).or_else(|| written_date(text))
}

fn fields(text: &str) -> Vec<(String, Vec<String>)> {
    let mut fields: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines() {
        if let Some(item) = line.trim_start().strip_prefix("- ") {
            if let Some((_, values)) = fields.last_mut() {
                values.push(unquoted(item));
            }
            continue;
        }
        let nested = line.starts_with([' ', '\t']) || line.starts_with('#');
        let Some(at) = line.find([':', '=']).filter(|_| !nested) else { continue };
        let (key, value) = (line[..at].trim().to_lowercase(), line[at + 1..].trim());
        if key.is_empty() {
            continue;
        }
        let values = match value.strip_prefix('[').and_then(|value| value.strip_suffix(']')) {
            Some(list) => list.split(',').map(unquoted).collect(),
            None => vec![unquoted(value)],
        };
        fields.push((key, values.into_iter().filter(|value: &String| !value.is_empty()).collect()));
    }
    fields
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    let inner = ['"', '\''].iter().find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote));
    inner.unwrap_or(value).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_keys_become_fields_and_others_metadata() {
        let mut document = Document::default();
        read(
            "title: \"Gas: a summary\"\nauthors:\n  - Ada Berg\n  - 'Jo Low'\ndate: 2022-02-04T10:00:00Z\ntags: [a, b]\n",
            &mut document,
        );
        assert_eq!(document.title.as_deref(), Some("Gas: a summary"));
        assert_eq!(document.byline, ["Ada Berg", "Jo Low"]);
        assert_eq!(document.date.map(|date| date.to_string()).as_deref(), Some("2022-02-04"));
        assert_eq!(document.metadata["tags"], serde_json::json!(["a", "b"]));
    }
}
