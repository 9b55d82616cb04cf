//! What travels with every commit, atomic with the data.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::schema::SCHEMA_VERSION;
use crate::annotate::Annotator;

/// The commit payload, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// Layout of the index.
    pub(crate) schema: u32,
    /// What its paragraphs were tagged with: one entry, or several while documents that were added at
    /// different times have not been tagged again; none in an empty index.
    pub(crate) vocabularies: BTreeSet<Vocabulary>,
    /// How far the loads came that have not ended, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) loads: BTreeMap<String, Watermark>,
}

/// The fingerprints of a gazetteer and a taxonomy, in hexadecimal, and the annotator's other options.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Vocabulary {
    pub(crate) gazetteer: String,
    pub(crate) taxonomy: String,
    pub(crate) options: String,
}

/// How far a load has come: all of its first sources, and no other, are in this commit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watermark {
    /// Sources read, the refused ones included.
    pub(crate) sources: u64,
    /// Sources refused.
    pub(crate) refused: u64,
    /// A hash over the sources read, to know them again.
    pub(crate) fingerprint: u64,
}

impl Payload {
    pub(crate) fn empty() -> Payload {
        Payload { schema: SCHEMA_VERSION, vocabularies: BTreeSet::new(), loads: BTreeMap::new() }
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a struct of strings and numbers is JSON")
    }

    pub(crate) fn from_json(json: &str) -> Option<Payload> {
        serde_json::from_str(json).ok()
    }

    /// The schema version alone, which every version of this crate can read.
    pub(crate) fn schema_of(json: &str) -> Option<u32> {
        #[derive(Deserialize)]
        struct Schema {
            schema: u32,
        }
        serde_json::from_str::<Schema>(json).ok().map(|payload| payload.schema)
    }
}

impl Watermark {
    /// Goes past one source.
    pub(crate) fn pass(&mut self, fingerprint: u64) {
        // The step of FNV-1a, 64 bits at a time: order matters, and no source cancels another.
        self.fingerprint = (self.fingerprint ^ fingerprint).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(17);
        self.sources += 1;
    }
}

impl Vocabulary {
    pub(crate) fn of(annotator: &Annotator) -> Vocabulary {
        Vocabulary {
            gazetteer: format!("{:016x}", annotator.gazetteer().fingerprint()),
            taxonomy: format!("{:016x}", annotator.taxonomy().fingerprint()),
            options: annotator.options(),
        }
    }
}
