//! Documents from a file or from all files below a directory.

use std::fs::{self, File};
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};

use super::{Documents, Format, Parser};
use crate::document::Document;
use crate::error::{Error, Result};

/// A file and the id of the document in it.
#[derive(Debug)]
struct Found {
    path: PathBuf,
    id: String,
}

/// The documents of a file or directory, read one by one.
pub(super) fn documents(parser: &Parser, path: &Path) -> Result<Documents<'static>> {
    let metadata = fs::metadata(path).map_err(|error| Error::read(path, error))?;
    let files = if metadata.is_dir() {
        let files = below(path)?;
        if files.is_empty() {
            return Err(Error::source_text(path.display().to_string(), "no .txt, .md, .html or .jsonl file in it"));
        }
        files
    } else {
        let id = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        vec![Found { path: path.to_owned(), id }]
    };
    let parser = parser.clone();
    Ok(Documents::new(files.into_iter().flat_map(move |file| read(&parser, file))))
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

fn read(parser: &Parser, file: Found) -> Box<dyn Iterator<Item = Result<Document>> + Send> {
    let name = file.path.display().to_string();
    let known = Format::of_name(&file.path);
    if known == Some(Format::JsonLines) {
        return match File::open(&file.path) {
            Ok(opened) => Box::new(parser.json_lines(&name, BufReader::new(opened))),
            Err(error) => Box::new(std::iter::once(Err(Error::read(&file.path, error)))),
        };
    }
    let bytes = match fs::read(&file.path) {
        Ok(bytes) => bytes,
        Err(error) => return Box::new(std::iter::once(Err(Error::read(&file.path, error)))),
    };
    if bytes.trim_ascii().is_empty() {
        return Box::new(std::iter::once(Err(Error::source_text(&name, "the file is empty"))));
    }
    match parser.read_as(&name, &file.id, &bytes, known) {
        Ok(Some(document)) => Box::new(std::iter::once(Ok(document))),
        Ok(None) => Box::new(parser.json_lines(&name, Cursor::new(bytes))),
        Err(error) => Box::new(std::iter::once(Err(error))),
    }
}
