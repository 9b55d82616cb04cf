//! What was odd about a query text.

use serde::Serialize;

use crate::document::Span;

/// Something odd about a query, or worth knowing: the search went on all the same.
///
/// As JSON: `{"message", "start", "end", "note", "suggestion"?}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    message: String,
    #[serde(flatten)]
    span: Span,
    note: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
}

impl Diagnostic {
    pub(crate) fn new(message: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic { message: message.into(), span, note: false, suggestion: None }
    }

    /// Says what a name was taken for, which is nothing odd.
    pub(crate) fn note(message: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic { note: true, ..Diagnostic::new(message, span) }
    }

    pub(crate) fn suggesting(mut self, suggestion: impl Into<String>) -> Diagnostic {
        self.suggestion = Some(suggestion.into());
        self
    }

    /// What was found and what was made of it, in lower case.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where, in bytes of the query text.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Whether it only says what a name in the query stands for. Otherwise something was odd, and the query perhaps
    /// not answered as it was meant.
    pub fn is_note(&self) -> bool {
        self.note
    }

    /// What could be written there instead.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}
