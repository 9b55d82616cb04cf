//! Puts a taxonomy together from the built-in tables and a user's own.

use std::ops::Range;

use serde::Deserialize;

use super::Taxonomy;
use super::cue::{Cue, Pattern};
use super::lexicon::Lexicon;
use super::node::Scheme;
use super::table;
use crate::error::{Error, Result};
use crate::facet::FacetPath;

const TOPICS: &str = include_str!("../data/topics.tsv");
const CUES: &str = include_str!("../data/topic-cues.tsv");

pub(super) fn built_in_lexicon() -> Result<Lexicon> {
    let mut lexicon = Lexicon::default();
    table::read(&mut lexicon, "topics.tsv", TOPICS)?;
    table::read(&mut lexicon, "topic-cues.tsv", CUES)?;
    Ok(lexicon)
}

/// Puts a [`Taxonomy`] together: the built-in one, and what the user adds, overrides or takes out.
///
/// # Records
///
/// JSON Lines have one record a line; TOML has `[[topic]]` tables with the same fields:
///
/// | field | meaning |
/// | --- | --- |
/// | `path` | `/topic/<top>` or `/topic/<top>/<leaf>`; needed |
/// | `label` | the name to show; a new topic without one is named after its last step |
/// | `cues` | texts, or records of `cue`, `kind` and `weight`; a text counts as `strong`; one that the topic has already is overridden |
/// | `remove` | texts of cues to take out |
/// | `codes` | codes in other schemes, as `"iptc:medtop:20000256"` |
/// | `replace` | `true` drops the topic's cues and codes before the others are added |
/// | `drop` | `true` takes the topic out, and what is below it |
///
/// A cue is a phrase (`arms control`), a pair of phrases near each other in one sentence
/// (`withdraw|pull out ~4 troops|forces`: at most four words between, in either order) or an actor
/// (`@OPEC`: the id, or anybody below it). A word written in capitals (`AIDS`) must stand so. The kinds are
/// `strong` (enough alone), `normal` (enough under the balanced profile), `weak` (needs another cue),
/// `company` (counts only beside a cue of another kind), `against` (speaks against the topic) and `block`
/// (silences the cues inside it).
///
/// # Examples
///
/// ```
/// use demarche::{Annotator, Document, Taxonomy};
///
/// let mut builder = Taxonomy::builder();
/// builder.add_json_lines("mine.jsonl", r#"{"path": "/topic/energy/hydrogen", "cues": ["electrolyser"]}"#)?;
/// let taxonomy = builder.build()?;
/// assert_eq!(taxonomy.lookup("hydrogen")[0].label(), "Hydrogen");
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TaxonomyBuilder {
    lexicon: Lexicon,
}

/// Some editors begin a file with it; it is no part of the text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A user's record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    path: String,
    label: Option<String>,
    #[serde(default)]
    cues: Vec<CueRecord>,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    replace: bool,
    #[serde(default)]
    drop: bool,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a cue's text, or a record of cue, kind and weight")]
enum CueRecord {
    Text(String),
    Full(FullCue),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FullCue {
    cue: String,
    kind: Option<String>,
    weight: Option<f32>,
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TomlFile {
    #[serde(default)]
    topic: Vec<toml::Spanned<Record>>,
}

impl TaxonomyBuilder {
    pub(super) fn new() -> TaxonomyBuilder {
        TaxonomyBuilder { lexicon: Taxonomy::built_in().lexicon.clone() }
    }

    /// Drops every topic, also the built-in ones.
    pub fn clear(&mut self) -> &mut TaxonomyBuilder {
        self.lexicon = Lexicon::default();
        self
    }

    /// Adds records of JSON Lines; `name` stands in error messages. Blank lines are left aside.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) with line and reason, at the first record that cannot be used; the
    /// builder is then as it was before.
    pub fn add_json_lines(&mut self, name: &str, lines: &str) -> Result<&mut TaxonomyBuilder> {
        let mut lexicon = self.lexicon.clone();
        let lines = lines.strip_prefix(BYTE_ORDER_MARK).unwrap_or(lines);
        for (at, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let record: Record = serde_json::from_str(line)
                .map_err(|error| Error::line(name, at + 1, error.column().max(1), json_reason(&error)))?;
            add_record(&mut lexicon, record).map_err(|reason| Error::line(name, at + 1, 1, reason))?;
        }
        self.lexicon = lexicon;
        Ok(self)
    }

    /// Adds the `[[topic]]` tables of a TOML text; `name` stands in error messages.
    ///
    /// # Errors
    ///
    /// As [`add_json_lines`](TaxonomyBuilder::add_json_lines).
    pub fn add_toml(&mut self, name: &str, text: &str) -> Result<&mut TaxonomyBuilder> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let refuse = |span: Option<Range<usize>>, reason: String| {
            let before = text.get(..span.map_or(0, |span| span.start)).unwrap_or_default();
            let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
            Error::line(name, before.matches('\n').count() + 1, column, reason)
        };
        let file: TomlFile = toml::from_str(text).map_err(|error| refuse(error.span(), error.message().to_owned()))?;
        let mut lexicon = self.lexicon.clone();
        for record in file.topic {
            let span = record.span();
            add_record(&mut lexicon, record.into_inner()).map_err(|reason| refuse(Some(span), reason))?;
        }
        self.lexicon = lexicon;
        Ok(self)
    }

    /// Adds a table as [`Taxonomy::to_table`] writes it, its settings included; `name` stands in error
    /// messages.
    ///
    /// # Errors
    ///
    /// As [`add_json_lines`](TaxonomyBuilder::add_json_lines).
    pub fn add_table(&mut self, name: &str, table: &str) -> Result<&mut TaxonomyBuilder> {
        let mut lexicon = self.lexicon.clone();
        table::read(&mut lexicon, name, table)?;
        self.lexicon = lexicon;
        Ok(self)
    }

    /// The taxonomy.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when there are more topics than 65,535, or a cue cannot be matched.
    pub fn build(&self) -> Result<Taxonomy> {
        Taxonomy::compile(self.lexicon.clone())
    }
}

/// The message without the place, which the error carries.
pub(super) fn json_reason(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.clone(), |(reason, _)| reason.to_owned())
}

fn add_record(lexicon: &mut Lexicon, record: Record) -> Result<(), String> {
    let path = Lexicon::check_path(&record.path)?;
    if record.drop {
        return drop_topic(lexicon, &path, &record);
    }
    let entry = lexicon.entry(&path);
    if record.replace {
        entry.cues.clear();
        entry.crosswalk.codes.clear();
    }
    if let Some(label) = &record.label {
        let label = label.trim();
        if label.is_empty() || label.contains(['\t', '\n']) {
            return Err(format!("label {label:?}: expected a name on one line"));
        }
        entry.label = label.into();
    }
    for text in &record.remove {
        if entry.cues.remove(text.as_str()).is_none() {
            return Err(format!("cannot remove the cue {text:?}: {path} has none of that text"));
        }
    }
    for code in &record.codes {
        let scheme = code.split_once(':').and_then(|(scheme, code)| Some((Scheme::of(scheme)?, code.trim())));
        let Some((scheme, code)) = scheme.filter(|(_, code)| !code.is_empty() && !code.contains(['\t', '\n'])) else {
            return Err(format!("code {code:?}: expected one like \"iptc:medtop:20000256\""));
        };
        entry.crosswalk.codes.push((scheme, code.into()));
    }
    let mut seen = std::collections::HashSet::new();
    for cue in record.cues {
        let cue = read_cue(cue)?;
        if !seen.insert(cue.text.clone()) {
            return Err(format!("found the cue {:?} a second time", cue.text));
        }
        entry.cues.insert(cue.text.clone(), cue);
    }
    Ok(())
}

fn drop_topic(lexicon: &mut Lexicon, path: &FacetPath, record: &Record) -> Result<(), String> {
    if record.label.is_some() || !record.cues.is_empty() || !record.remove.is_empty() || !record.codes.is_empty() {
        return Err("found drop together with other fields, expected it alone".to_owned());
    }
    match lexicon.remove(path) {
        true => Ok(()),
        false => Err(format!("cannot drop {path}: there is no such topic")),
    }
}

fn read_cue(record: CueRecord) -> Result<Cue, String> {
    let full = match record {
        CueRecord::Text(cue) => FullCue { cue, kind: None, weight: None, note: None },
        CueRecord::Full(full) => full,
    };
    let text = full.cue.trim();
    if text.contains(['\t', '\n']) {
        return Err(format!("cue {text:?}: expected it on one line"));
    }
    super::matcher::check(text).map_err(|reason| format!("cue {text:?}: {reason}"))?;
    let kind = table::cue_kind(full.kind.as_deref().unwrap_or("strong"))?;
    if let Some(weight) = full.weight {
        table::parse_weight(&weight.to_string())?;
    }
    let note = full.note.unwrap_or_default().replace(['\t', '\n'], " ");
    debug_assert!(Pattern::of(text).is_ok());
    Ok(Cue::new(text, kind, full.weight, note.trim()))
}
