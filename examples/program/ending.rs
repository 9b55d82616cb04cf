//! How a program ends: quietly, or with one line that says what was wrong.

use std::error::Error;
use std::io;
use std::process::ExitCode;

/// The exit code of what a program did. An error is printed with its causes, in one line; a reader that has seen
/// enough and closed the pipe (`| head`) is none.
pub(crate) fn ending(done: Result<ExitCode, Box<dyn Error>>) -> ExitCode {
    match done {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", chain(&*error));
            ExitCode::FAILURE
        }
    }
}

/// An error with its causes.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        message.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    message
}

fn is_closed_pipe(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let io = error.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = error.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        if [io, json].contains(&Some(io::ErrorKind::BrokenPipe)) {
            return true;
        }
        next = error.source();
    }
    false
}
