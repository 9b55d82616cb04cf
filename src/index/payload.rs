//! What travels with every commit, atomic with the data.

use serde::{Deserialize, Serialize};

use super::schema::SCHEMA_VERSION;
use crate::annotate::Annotator;

/// The commit payload, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// Layout of the index.
    pub(crate) schema: u32,
    /// Fingerprint of the gazetteer the paragraphs were tagged with, in hexadecimal.
    pub(crate) gazetteer: String,
    /// Fingerprint of the taxonomy, in hexadecimal.
    pub(crate) taxonomy: String,
}

impl Payload {
    pub(crate) fn of(annotator: &Annotator) -> Payload {
        Payload {
            schema: SCHEMA_VERSION,
            gazetteer: format!("{:016x}", annotator.gazetteer().fingerprint()),
            taxonomy: format!("{:016x}", annotator.taxonomy().fingerprint()),
        }
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a struct of strings and numbers is JSON")
    }

    pub(crate) fn from_json(json: &str) -> Option<Payload> {
        serde_json::from_str(json).ok()
    }
}
