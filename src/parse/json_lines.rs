//! JSON Lines: one document an object and line.

use std::io::BufRead;
use std::sync::Arc;

use serde_json::{Map, Value};

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
    Line { parser, name, line }.document(bytes)
}

struct Line<'a> {
    parser: &'a Parser,
    name: &'a str,
    line: usize,
}

impl Line<'_> {
    fn refuse(&self, column: usize, reason: impl Into<String>) -> Error {
        Error::line(self.name, self.line, column, reason)
    }

    fn document(&self, mut bytes: &[u8]) -> Result<Document> {
        if self.line == 1 {
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| self.refuse(error.valid_up_to() + 1, "found a byte that is not UTF-8"))?;
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let said = error.to_string();
            let reason = said.split(" at line ").next().unwrap_or(&said);
            self.refuse(error.column().max(1), format!("not a JSON object: {reason}"))
        })?;
        let Value::Object(fields) = value else {
            return Err(self.refuse(1, "found JSON that is not an object, expected {\"id\", \"text\", …}"));
        };
        self.read(fields)
    }

    fn read(&self, mut fields: Map<String, Value>) -> Result<Document> {
        let id = match fields.remove("id") {
            Some(Value::String(id)) if !id.trim().is_empty() => id,
            Some(Value::Number(id)) => id.to_string(),
            Some(Value::String(_)) => return Err(self.refuse(1, "the field \"id\" is blank")),
            Some(_) => return Err(self.refuse(1, "the field \"id\" is not a string")),
            None => return Err(self.refuse(1, "no field \"id\"")),
        };
        let Some(text) = self.string(&mut fields, "text")? else {
            return Err(self.refuse(1, "no field \"text\""));
        };
        let title = self.string(&mut fields, "title")?;
        let date = match self.string(&mut fields, "date")? {
            Some(date) => Some(match date.parse::<Date>() {
                Ok(date) => date,
                Err(error) => written_date(&date).ok_or_else(|| self.refuse(1, error.to_string()))?,
            }),
            None => None,
        };
        let byline = match fields.remove("author") {
            Some(Value::String(author)) => vec![author],
            Some(Value::Array(authors)) => {
                let names = authors.into_iter().map(|author| match author {
                    Value::String(author) => Ok(author),
                    _ => Err(self.refuse(1, "the field \"author\" holds something that is not a string")),
                });
                names.collect::<Result<Vec<String>>>()?
            }
            Some(Value::Null) | None => Vec::new(),
            Some(_) => return Err(self.refuse(1, "the field \"author\" is not a string or a list of strings")),
        };
        let source = self.string(&mut fields, "source")?;
        let language = match self.string(&mut fields, "language")? {
            Some(code) => match Language::new(&code) {
                Some(language) => Some(language),
                None => {
                    return Err(self.refuse(1, format!("language {code:?}: expected an ISO 639 code such as \"en\"")));
                }
            },
            None => None,
        };
        let mut document = self.parser.parse_body(&id, &text).map_err(|error| self.refuse(1, error.to_string()))?;
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
            Some(_) => Err(self.refuse(1, format!("the field {key:?} is not a string"))),
        }
    }
}
