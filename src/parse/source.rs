//! A source text that was read and not parsed yet, so that parsing can happen in another thread.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Parser;
use super::files::{self, Files};
use super::json_lines::{self, Lines};
use crate::document::Document;
use crate::error::{Error, Result};

/// What one document is made from.
#[derive(Debug)]
pub(crate) enum Source {
    /// A file of one document.
    File { path: PathBuf, id: String, bytes: Vec<u8> },
    /// A line of JSON Lines.
    Line {
        /// What the lines are.
        name: Arc<str>,
        /// 1-based.
        line: usize,
        bytes: Vec<u8>,
    },
    /// A document that the caller made.
    Parsed(Box<Document>),
    /// A source that could not be read.
    Unread(Error),
}

impl Source {
    /// The sources of some paths, in their order, and how many bytes they are.
    pub(crate) fn below<P: AsRef<Path>>(paths: &[P]) -> Result<(impl Iterator<Item = Source> + Send + use<P>, u64)> {
        let files = Files::find(paths)?;
        let bytes = files.bytes;
        Ok((files.sources(), bytes))
    }

    /// The lines of JSON Lines that are not blank.
    pub(crate) fn lines<R: BufRead>(name: &str, reader: R) -> impl Iterator<Item = Source> + use<R> {
        Lines::new(name, reader)
    }

    /// The document.
    pub(crate) fn parse(self, parser: &Parser) -> Result<Document> {
        match self {
            Source::File { path, id, bytes } => files::document(parser, &path, &id, &bytes),
            Source::Line { name, line, bytes } => json_lines::document(parser, &name, line, &bytes),
            Source::Parsed(document) => Ok(*document),
            Source::Unread(error) => Err(error),
        }
    }

    /// How long it is, in bytes.
    pub(crate) fn len(&self) -> usize {
        match self {
            Source::File { bytes, .. } | Source::Line { bytes, .. } => bytes.len(),
            Source::Parsed(document) => document.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum(),
            Source::Unread(_) => 0,
        }
    }

    /// A hash by which the same source is known again.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = crc32fast::Hasher::new();
        let mut len = 0;
        let mut add = |bytes: &[u8]| {
            hasher.update(bytes);
            len += bytes.len() as u64;
        };
        match self {
            Source::File { id, bytes, .. } => {
                add(id.as_bytes());
                add(bytes);
            }
            Source::Line { bytes, .. } => add(bytes),
            Source::Parsed(document) => {
                add(document.id.as_bytes());
                document.paragraphs.iter().for_each(|paragraph| add(paragraph.text.as_bytes()));
            }
            Source::Unread(error) => add(error.to_string().as_bytes()),
        }
        len << 32 | u64::from(hasher.finalize())
    }
}
