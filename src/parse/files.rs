//! Documents from a file or from all files below a directory.

use std::fs::{self, File};
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};

use super::json_lines::Lines;
use super::source::Source;
use super::{Parser, decode};
use crate::document::{Document, Format};
use crate::error::{Error, Result};

/// A file and the id of the document in it.
#[derive(Debug)]
struct Found {
    path: PathBuf,
    id: String,
}

/// The sources below some paths, read one by one.
pub(super) struct Files {
    files: Vec<Found>,
    /// Bytes of all of them, as far as it can be known.
    pub(super) bytes: u64,
}

impl Files {
    /// Looks for the documents of files and directories.
    pub(super) fn find<P: AsRef<Path>>(paths: &[P]) -> Result<Files> {
        let mut files = Vec::new();
        for path in paths {
            let path = path.as_ref();
            let metadata = fs::metadata(path).map_err(|error| Error::read(path, error))?;
            if metadata.is_dir() {
                let found = below(path)?;
                if found.is_empty() {
                    let reason = "no .txt, .md, .html or .jsonl file in it";
                    return Err(Error::source_text(path.display().to_string(), reason));
                }
                files.extend(found);
            } else {
                let id = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
                files.push(Found { path: path.to_owned(), id });
            }
        }
        let bytes = files.iter().filter_map(|file| fs::metadata(&file.path).ok()).map(|metadata| metadata.len()).sum();
        Ok(Files { files, bytes })
    }

    pub(super) fn sources(self) -> impl Iterator<Item = Source> + Send {
        self.files.into_iter().flat_map(read)
    }
}

fn below(root: &Path) -> Result<Vec<Found>> {
    let mut files = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(directory) = open.pop() {
        let entries = fs::read_dir(&directory).map_err(|error| Error::read(&directory, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Error::read(&directory, error))?;
            let path = entry.path();
            // A link to a directory is not followed: it may lead back here.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path);
            } else if is_document(&path) && path.is_file() {
                let relative = path.strip_prefix(root).unwrap_or(&path).with_extension("");
                let steps: Vec<_> = relative.iter().map(|step| step.to_string_lossy()).collect();
                files.push(Found { id: steps.join("/"), path });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Whether the name is that of a document; a README tells of the folder and is not one of its documents.
fn is_document(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default();
    !stem.eq_ignore_ascii_case("readme") && Format::of_name(path).is_some()
}

fn read(file: Found) -> Box<dyn Iterator<Item = Source> + Send> {
    let name = file.path.display().to_string();
    let known = Format::of_name(&file.path);
    if known == Some(Format::JsonLines) {
        return match File::open(&file.path) {
            Ok(opened) => Box::new(Lines::new(&name, BufReader::new(opened))),
            Err(error) => Box::new(std::iter::once(Source::Unread(Error::read(&file.path, error)))),
        };
    }
    let bytes = match fs::read(&file.path) {
        Ok(bytes) => bytes,
        Err(error) => return Box::new(std::iter::once(Source::Unread(Error::read(&file.path, error)))),
    };
    let seen = known.is_none().then(|| decode::decode(&name, &bytes).map(|decoded| Format::of_text(&decoded.text)));
    if let Some(Ok(Format::JsonLines)) = seen {
        return Box::new(Lines::new(&name, Cursor::new(bytes)));
    }
    Box::new(std::iter::once(Source::File { path: file.path, id: file.id, bytes }))
}

/// The document of one file that is not JSON Lines.
pub(super) fn document(parser: &Parser, path: &Path, id: &str, bytes: &[u8]) -> Result<Document> {
    let name = path.display().to_string();
    if bytes.trim_ascii().is_empty() {
        return Err(Error::source_text(&name, "the file is empty"));
    }
    let document = parser.read_as(&name, id, bytes, Format::of_name(path))?;
    document.ok_or_else(|| Error::source_text(&name, "found JSON Lines, expected one document"))
}
