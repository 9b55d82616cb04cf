//! The content of a taxonomy before it is compiled: topics, their cues, and the numbers that scoring uses.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cue::{Cue, CueKind};
use super::node::Crosswalk;
use crate::facet::FacetPath;

/// The numbers that scoring uses, all of them on the log-odds scale of the cue weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Settings {
    /// Least sum that tags under the balanced profile.
    pub(super) balanced: f32,
    /// Least sum that tags under the precise profile.
    pub(super) precise: f32,
    /// Least sum of the band fair.
    pub(super) fair: f32,
    /// Least sum of the band strong.
    pub(super) strong: f32,
    /// The score shown is the logistic of `slope * sum + offset`.
    pub(super) slope: f32,
    pub(super) offset: f32,
    /// The bias of a top that has none of its own.
    pub(super) bias: f32,
    /// What a cue in the heading or the title weighs, as a share of its weight.
    pub(super) context: f32,
}

impl Settings {
    pub(super) const NAMES: [&'static str; 8] =
        ["balanced", "precise", "fair", "strong", "slope", "offset", "bias", "context"];

    pub(super) fn get(&self, name: &str) -> Option<f32> {
        let mut copy = *self;
        copy.get_mut(name).copied()
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut f32> {
        Some(match name {
            "balanced" => &mut self.balanced,
            "precise" => &mut self.precise,
            "fair" => &mut self.fair,
            "strong" => &mut self.strong,
            "slope" => &mut self.slope,
            "offset" => &mut self.offset,
            "bias" => &mut self.bias,
            "context" => &mut self.context,
            _ => return None,
        })
    }
}

impl Default for Settings {
    /// For weights nobody fitted: a normal cue alone tags under the balanced profile, a strong one alone
    /// under the precise.
    fn default() -> Settings {
        Settings {
            balanced: -0.9,
            precise: -0.12,
            fair: 0.0,
            strong: 2.0,
            slope: 0.7,
            offset: 0.5,
            bias: -2.3,
            context: 0.0,
        }
    }
}

/// A topic with what belongs to it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Entry {
    pub(super) label: Arc<str>,
    pub(super) crosswalk: Crosswalk,
    /// By the cue's text.
    pub(super) cues: BTreeMap<Arc<str>, Cue>,
    /// Of a top: its own bias.
    pub(super) bias: Option<f32>,
}

/// Topics by path, in path order, so that equal content has one order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lexicon {
    pub(super) entries: BTreeMap<FacetPath, Entry>,
    pub(super) settings: Settings,
}

/// The first step of every topic's path.
pub(super) const ROOT: &str = "topic";

impl Lexicon {
    /// Checks that a path can be a topic's: `/topic/<top>` or `/topic/<top>/<leaf>`.
    pub(super) fn check_path(path: &str) -> Result<FacetPath, String> {
        let path = FacetPath::new(path).map_err(|error| error.to_string())?;
        if path.steps().next() != Some(ROOT) || !(2..=3).contains(&path.depth()) {
            return Err(format!("topic {:?}: expected /{ROOT}/<top> or /{ROOT}/<top>/<leaf>", path.as_str()));
        }
        Ok(path)
    }

    /// The topic at the path, made with a label from its last step if it is new.
    pub(super) fn entry(&mut self, path: &FacetPath) -> &mut Entry {
        self.entries.entry(path.clone()).or_insert_with(|| {
            let step = path.last_step().replace(['-', '_'], " ");
            let mut letters = step.chars();
            let label: String = letters.next().map(char::to_uppercase).into_iter().flatten().chain(letters).collect();
            Entry { label: label.into(), ..Entry::default() }
        })
    }

    /// Adds a cue or puts it in the place of the one with the same text.
    pub(super) fn put_cue(&mut self, path: &FacetPath, cue: Cue) {
        self.entry(path).cues.insert(cue.text.clone(), cue);
    }

    /// Takes a topic out, and what is below it. Whether there was one.
    pub(super) fn remove(&mut self, path: &FacetPath) -> bool {
        let before = self.entries.len();
        self.entries.retain(|topic, _| !topic.is_within(path));
        self.entries.len() != before
    }

    /// Makes sure that every leaf has its top.
    pub(super) fn add_missing_tops(&mut self) {
        let tops: Vec<FacetPath> =
            self.entries.keys().filter(|path| path.depth() == 3).filter_map(FacetPath::parent).collect();
        for top in tops {
            self.entry(&top);
        }
    }

    /// FNV-1a over the content in path order; the same on every machine.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut feed = |bytes: &[u8]| {
            for &byte in bytes.iter().chain(b"\n") {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        };
        for name in Settings::NAMES {
            feed(&self.settings.get(name).unwrap_or_default().to_bits().to_le_bytes());
        }
        for (path, entry) in &self.entries {
            feed(path.as_str().as_bytes());
            feed(entry.label.as_bytes());
            feed(&entry.bias.unwrap_or(f32::MIN).to_bits().to_le_bytes());
            for (scheme, code) in &entry.crosswalk.codes {
                feed(scheme.as_str().as_bytes());
                feed(code.as_bytes());
            }
            for cue in entry.cues.values() {
                feed(cue.text.as_bytes());
                feed(cue.kind.as_str().as_bytes());
                feed(&cue.weight().to_bits().to_le_bytes());
            }
        }
        hash
    }
}

impl Cue {
    pub(super) fn new(text: &str, kind: CueKind, weight: Option<f32>, note: &str) -> Cue {
        Cue { text: text.into(), kind, weight, note: note.into() }
    }
}
