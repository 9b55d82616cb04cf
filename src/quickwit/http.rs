//! One HTTP request and its answer, and when to try again.

use std::time::Duration;

use serde_json::Value;
use ureq::http::Method;

use crate::error::{Error, ErrorKind};

/// The longest answer that is read; 10,000 hits of long paragraphs are about a tenth of it.
const MAX_ANSWER_BYTES: u64 = 512 * 1024 * 1024;
/// The wait before the second attempt; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Sends requests to one server.
#[derive(Debug, Clone)]
pub(super) struct Http {
    agent: ureq::Agent,
    attempts: u32,
}

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Body<'a> {
    Nothing,
    Json(&'a Value),
    /// Lines of JSON, compressed with gzip.
    Lines(&'a [u8]),
}

/// Why a request was not answered as it should be.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) kind: FailureKind,
    pub(super) status: Option<u16>,
    reason: String,
    /// How long the server asks to wait.
    wait: Option<Duration>,
}

/// What is known of a request that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FailureKind {
    /// It did not arrive, or the server said that it did nothing for now.
    NotDone,
    /// It may have been carried out or not.
    Unknown,
    /// As [`Unknown`](FailureKind::Unknown), after the whole time for an answer.
    TimedOut,
    /// It was answered with an error that will be the same again.
    Refused,
}

impl Http {
    pub(super) fn new(timeout: Duration, attempts: u32) -> Http {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(timeout.min(Duration::from_secs(10))))
            .timeout_global(Some(timeout))
            .user_agent(concat!("demarche/", env!("CARGO_PKG_VERSION")))
            .build();
        Http { agent: config.into(), attempts: attempts.max(1) }
    }

    pub(super) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Sends a request that may be sent again without harm, until it is answered.
    pub(super) fn call(&self, doing: &'static str, method: Method, url: &str, body: Body<'_>) -> Result<String, Error> {
        self.attempt(method, url, body).map_err(|failure| failure.into_error(doing, url))
    }

    /// As [`call`](Http::call), with what is known of the failure.
    pub(super) fn attempt(&self, method: Method, url: &str, body: Body<'_>) -> Result<String, Failure> {
        let mut attempt = 1;
        loop {
            match self.once(method.clone(), url, body) {
                Ok(answer) => return Ok(answer),
                Err(failure) => {
                    // What took the whole time once will take it again.
                    let again = matches!(failure.kind, FailureKind::NotDone | FailureKind::Unknown);
                    if !again || attempt >= self.attempts {
                        return Err(failure);
                    }
                    std::thread::sleep(failure.wait_before(attempt));
                    attempt += 1;
                }
            }
        }
    }

    /// Sends a request once.
    pub(super) fn once(&self, method: Method, url: &str, body: Body<'_>) -> Result<String, Failure> {
        let request = ureq::http::Request::builder().method(method).uri(url);
        let invalid = |error: ureq::http::Error| Failure {
            kind: FailureKind::Refused,
            status: None,
            reason: error.to_string(),
            wait: None,
        };
        let answer = match body {
            Body::Nothing => self.agent.run(request.body(()).map_err(invalid)?),
            Body::Json(json) => {
                let request = request.header("content-type", "application/json");
                self.agent.run(request.body(json.to_string()).map_err(invalid)?)
            }
            Body::Lines(lines) => {
                let request = request.header("content-type", "application/x-ndjson").header("content-encoding", "gzip");
                self.agent.run(request.body(lines).map_err(invalid)?)
            }
        };
        let answer = answer.map_err(Failure::of)?;
        let status = answer.status();
        let wait = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let text = answer.into_body().into_with_config().limit(MAX_ANSWER_BYTES).read_to_string();
        if status.is_success() {
            return text.map_err(Failure::of);
        }
        let kind = match status.as_u16() {
            429 | 503 => FailureKind::NotDone,
            500 | 502 | 504 => FailureKind::Unknown,
            _ => FailureKind::Refused,
        };
        let wait = wait.map(Duration::from_secs);
        Err(Failure { kind, status: Some(status.as_u16()), reason: said(&text.unwrap_or_default()), wait })
    }
}

/// What an answer that is an error says.
fn said(text: &str) -> String {
    let json: Value = serde_json::from_str(text).unwrap_or_default();
    let places = ["/message", "/error/reason", "/error/caused_by/reason", "/error"];
    match places.into_iter().find_map(|place| json.pointer(place)?.as_str()) {
        Some(message) => message.to_owned(),
        None => text.trim().chars().take(300).collect(),
    }
}

impl Failure {
    fn of(error: ureq::Error) -> Failure {
        use std::io::ErrorKind as Io;
        use ureq::{Error as Ureq, Timeout};
        let kind = match &error {
            Ureq::HostNotFound | Ureq::ConnectionFailed | Ureq::Timeout(Timeout::Resolve | Timeout::Connect) => {
                FailureKind::NotDone
            }
            Ureq::Timeout(_) => FailureKind::TimedOut,
            Ureq::Io(io) if io.kind() == Io::ConnectionRefused => FailureKind::NotDone,
            Ureq::Io(_) | Ureq::Protocol(_) | Ureq::Decompress(..) => FailureKind::Unknown,
            _ => FailureKind::Refused,
        };
        Failure { kind, status: None, reason: error.to_string(), wait: None }
    }

    /// An answer that came whole but cannot be used.
    pub(super) fn unusable(reason: impl Into<String>) -> Failure {
        Failure { kind: FailureKind::Unknown, status: None, reason: reason.into(), wait: None }
    }

    pub(super) fn wait_before(&self, attempt: u32) -> Duration {
        let doubled = FIRST_WAIT.saturating_mul(1 << attempt.saturating_sub(1).min(10));
        self.wait.unwrap_or(doubled).min(LONGEST_WAIT)
    }

    pub(super) fn into_error(self, doing: &'static str, url: &str) -> Error {
        let url = url.split('?').next().unwrap_or(url).to_owned();
        ErrorKind::Service { doing, url, status: self.status, reason: self.reason }.into()
    }
}
