//! JSON Lines: one document an object and line.

use std::io::BufRead;
use std::sync::Arc;

use serde::de::IgnoredAny;
use serde_json::{Deserializer, Map, Value};

use super::source::Source;
use super::written_date::written_date;
use super::{Parser, decode};
use crate::date::Date;
use crate::document::{Document, Language};
use crate::error::{Error, Result};

/// The lines of a reader that are not blank, as sources.
#[derive(Debug)]
pub(super) struct Lines<R> {
    name: Arc<str>,
    reader: R,
    line: usize,
    ended: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(name: &str, reader: R) -> Lines<R> {
        Lines { name: name.into(), reader, line: 0, ended: false }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Source;

    fn next(&mut self) -> Option<Source> {
        while !self.ended {
            let mut buffer = Vec::new();
            match self.reader.read_until(b'\n', &mut buffer) {
                Ok(0) => self.ended = true,
                Ok(_) => {
                    self.line += 1;
                    if self.line == 1
                        && let Some(what) = decode::what_it_is(&buffer)
                    {
                        // Its other lines are no lines either.
                        self.ended = true;
                        let reason = format!("found {what}, expected text");
                        return Some(Source::Unread(Error::source_text(&*self.name, reason)));
                    }
                    if !buffer.trim_ascii().is_empty() {
                        return Some(Source::Line { name: self.name.clone(), line: self.line, bytes: buffer });
                    }
                }
                Err(error) => {
                    self.ended = true;
                    return Some(Source::Unread(Error::read(&*self.name, error)));
                }
            }
        }
        None
    }
}

/// The document of one line.
pub(super) fn document(parser: &Parser, name: &str, line: usize, bytes: &[u8]) -> Result<Document> {
    Line { parser, name, line, bytes }.document()
}

struct Line<'a> {
    parser: &'a Parser,
    name: &'a str,
    /// 1-based.
    line: usize,
    bytes: &'a [u8],
}

impl Line<'_> {
    fn refuse(&self, column: usize, reason: impl Into<String>) -> Error {
        Error::line(self.name, self.line, column, reason)
    }

    /// Refuses the value of a field, where it stands.
    fn refuse_value(&self, key: &str, reason: impl Into<String>) -> Error {
        let column = self.object().and_then(|(lead, text)| Some(lead + place_of(text, key)? + 1));
        self.refuse(column.unwrap_or(1), reason)
    }

    /// The line without the mark that a file may begin with, and how long that mark is.
    fn object(&self) -> Option<(usize, &str)> {
        let text = self.bytes.strip_prefix(b"\xef\xbb\xbf").filter(|_| self.line == 1).unwrap_or(self.bytes);
        Some((self.bytes.len() - text.len(), std::str::from_utf8(text).ok()?))
    }

    fn document(&self) -> Result<Document> {
        let Some((lead, text)) = self.object() else {
            let valid = self.bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
            return Err(self.refuse(valid + 1, "found a byte that is not UTF-8"));
        };
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let said = error.to_string();
            let reason = said.split(" at line ").next().unwrap_or(&said);
            self.refuse(lead + error.column().max(1), format!("not a JSON object: {reason}"))
        })?;
        let Value::Object(fields) = value else {
            return Err(self.refuse(lead + 1, "found JSON that is not an object, expected {\"id\", \"text\", …}"));
        };
        self.read(fields)
    }

    fn read(&self, mut fields: Map<String, Value>) -> Result<Document> {
        let id = match fields.remove("id") {
            Some(Value::String(id)) if !id.trim().is_empty() => id,
            Some(Value::Number(id)) => id.to_string(),
            Some(Value::String(_)) => return Err(self.refuse_value("id", "the field \"id\" is blank")),
            Some(_) => return Err(self.refuse_value("id", "the field \"id\" is not a string")),
            None => return Err(self.refuse(1, "no field \"id\"")),
        };
        let is_blank = fields.get("text").is_some_and(Value::is_string);
        let text = match self.string(&mut fields, "text")? {
            Some(text) => text,
            None if is_blank => return Err(self.refuse_value("text", "the field \"text\" is blank")),
            None => return Err(self.refuse(1, "no field \"text\"")),
        };
        let title = self.string(&mut fields, "title")?;
        // A year is often written as a number.
        if let Some(number @ Value::Number(_)) = fields.get_mut("date") {
            *number = Value::String(number.to_string());
        }
        let date = match self.string(&mut fields, "date")? {
            Some(date) => Some(match date.parse::<Date>() {
                Ok(date) => date,
                Err(error) => written_date(&date).ok_or_else(|| self.refuse_value("date", error.to_string()))?,
            }),
            None => None,
        };
        let byline = match fields.remove("author") {
            Some(Value::String(author)) => vec![author],
            Some(Value::Array(authors)) => {
                let names = authors.into_iter().map(|author| match author {
                    Value::String(author) => Ok(author),
                    _ => Err(self.refuse_value("author", "the field \"author\" holds something that is not a string")),
                });
                names.collect::<Result<Vec<String>>>()?
            }
            Some(Value::Null) | None => Vec::new(),
            Some(_) => {
                return Err(self.refuse_value("author", "the field \"author\" is not a string or a list of strings"));
            }
        };
        let source = self.string(&mut fields, "source")?;
        let language = match self.string(&mut fields, "language")? {
            Some(code) => match Language::new(&code) {
                Some(language) => Some(language),
                None => {
                    let reason = format!("language {code:?}: expected an ISO 639 code such as \"en\"");
                    return Err(self.refuse_value("language", reason));
                }
            },
            None => None,
        };
        let mut document =
            self.parser.parse_body(&id, &text).map_err(|error| self.refuse_value("text", error.to_string()))?;
        document.title = title;
        document.date = date;
        document.byline = byline.into_iter().filter(|name| !name.trim().is_empty()).collect();
        document.source = source;
        document.language = language.or(document.language);
        document.metadata = fields.into_iter().collect();
        Ok(document)
    }

    /// A string field; `None` where it is missing, null or blank.
    fn string(&self, fields: &mut Map<String, Value>, key: &str) -> Result<Option<String>> {
        match fields.remove(key) {
            Some(Value::String(value)) => Ok(Some(value).filter(|value| !value.trim().is_empty())),
            Some(Value::Null) | None => Ok(None),
            Some(_) => Err(self.refuse_value(key, format!("the field {key:?} is not a string"))),
        }
    }
}

/// Where the value of a field of a JSON object begins, in bytes: the last one, which is the one that counts. Looked
/// for when the value is refused, so that the lines that are not cost nothing.
fn place_of(object: &str, key: &str) -> Option<usize> {
    let blank = |at: usize| object[at..].len() - object[at..].trim_start().len();
    let mut at = blank(0);
    let mut found = None;
    // The sign before a member, `{` or `,`, the key, `:` and the value, until `}`.
    while object[at..].starts_with(['{', ',']) {
        let mut keys = Deserializer::from_str(&object[at + 1..]).into_iter::<String>();
        let name = keys.next()?.ok()?;
        at += 1 + keys.byte_offset();
        at += blank(at) + 1;
        at += blank(at);
        if name == key {
            found = Some(at);
        }
        let mut values = Deserializer::from_str(object.get(at..)?).into_iter::<IgnoredAny>();
        values.next()?.ok()?;
        at += values.byte_offset();
        at += blank(at);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_its_object() {
        for (object, key, place) in [
            (r#"{"id": "a", "date": 7}"#, "date", Some(20)),
            (r#" { "a" : {"date": [1, "}"]} , "date":"x" }"#, "date", Some(37)),
            (r#"{"d\u0061te": true, "date": 1, "n":1}"#, "date", Some(28)),
            (r#"{"é": "é", "n":1}"#, "n", Some(17)),
            (r#"{"id": "a"}"#, "date", None),
            ("{}", "date", None),
        ] {
            assert_eq!(place_of(object, key), place, "{object}");
        }
    }

    #[test]
    fn a_year_may_be_a_number() {
        let lines = r#"{"id": "a", "text": "One.", "date": 2022}
            {"id": "b", "text": "Two.", "date": 20.5}"#;
        let read: Vec<_> = Parser::new().json_lines("x", lines.as_bytes()).collect();
        assert_eq!(read[0].as_ref().ok().and_then(|document| document.date), "2022".parse().ok());
        assert!(read[1].as_ref().is_err_and(|error| error.to_string().contains("expected YYYY")), "{:?}", read[1]);
    }

    #[test]
    fn a_refused_value_is_named_with_its_column() {
        for (line, column) in [
            (r#"{"id": "a", "text": 7}"#, 21),
            (r#"{"text": "One.", "id": " "}"#, 24),
            (r#"{"id": "a", "text": "One.", "date": "soon"}"#, 37),
            (r#"{"id": "a", "text": "One.", "author": {}}"#, 39),
            (r#"{"id": "a", "text": "One.", "language": "English!"}"#, 41),
            (r#"{"id": "a", "text": "  "}"#, 21),
            (r#"{"id": "a"}"#, 1),
        ] {
            let lines = format!("\u{feff}{line}\n{line}\n");
            let errors: Vec<String> = Parser::new()
                .json_lines("x", lines.as_bytes())
                .map(|document| document.expect_err("refused").to_string())
                .collect();
            // The first line begins with a mark of three bytes; a field that is missing is nowhere.
            let first = if column == 1 { 1 } else { column + 3 };
            assert!(errors[0].starts_with(&format!("x: line 1, column {first}: ")), "{}", errors[0]);
            assert!(errors[1].starts_with(&format!("x: line 2, column {column}: ")), "{}", errors[1]);
        }
    }
}
