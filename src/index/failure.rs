//! Errors of the engine, in this crate's words.

use std::io;

use tantivy::TantivyError;
use tantivy::directory::error::OpenReadError;

use super::directory::{MetaDamaged, StoreDirectory};
use super::manifest::META;
use crate::error::{Error, ErrorKind};

/// What an error of the engine means: a damaged file by its name, a failed write with its cause.
pub(crate) fn engine_error(doing: &'static str, error: TantivyError, directory: &StoreDirectory) -> Error {
    let damaged = |file: String, reason: String| ErrorKind::Damaged { file, reason }.into();
    match &error {
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(path)) => {
            let name = path.file_name().unwrap_or(path.as_os_str());
            return damaged(name.to_string_lossy().into_owned(), "the file is missing".to_owned());
        }
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath }) if is_content(io_error) => {
            let inner = io_error.get_ref().and_then(|inner| inner.downcast_ref::<MetaDamaged>());
            return match inner {
                Some(MetaDamaged(reason)) => damaged(META.to_owned(), reason.clone()),
                None => damaged(filepath.display().to_string(), io_error.to_string()),
            };
        }
        _ => {}
    }
    match directory.take_failure() {
        Some(failure) => Error::write(failure.path, failure.error),
        None => Error::storage(doing, error),
    }
}

/// Whether an error is of what was read, not of reading.
fn is_content(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}
