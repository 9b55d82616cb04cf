//! Puts a taxonomy together from the built-in tables and a user's own.

use serde::Deserialize;

use super::Taxonomy;
use super::cue::{Cue, Pattern};
use super::lexicon::Lexicon;
use super::node::Scheme;
use super::table;
use crate::annotate::problem::{Problem, refuse_mistakes};
use crate::error::Result;
use crate::facet::FacetPath;

const TOPICS: &str = include_str!("../data/topics.tsv");
const CUES: &str = include_str!("../data/topic-cues.tsv");

pub(super) fn built_in_lexicon() -> Result<Lexicon> {
    let mut builder = TaxonomyBuilder { lexicon: Lexicon::default(), problems: Vec::new() };
    builder.add_table("topics.tsv", TOPICS).add_table("topic-cues.tsv", CUES);
    refuse_mistakes(&builder.problems)?;
    Ok(builder.lexicon)
}

/// Puts a [`Taxonomy`] together: the built-in one, and what the user adds, overrides or takes out.
///
/// What cannot be used is collected, with file, line and reason ([`TaxonomyBuilder::check`]), so that all of it can be
/// mended at once; as long as there is a mistake, [`TaxonomyBuilder::build`] fails.
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
/// (silences the cues inside it, and pairs of which a half stands there).
///
/// # Examples
///
/// ```
/// use demarche::{Annotator, Document, Taxonomy};
///
/// let mut builder = Taxonomy::builder();
/// builder.add_json_lines("mine.jsonl", r#"{"path": "/topic/energy/hydrogen", "cues": ["electrolyser"]}"#);
/// assert!(builder.check().is_empty());
/// let taxonomy = builder.build()?;
/// assert_eq!(taxonomy.lookup("hydrogen")[0].label(), "Hydrogen");
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TaxonomyBuilder {
    lexicon: Lexicon,
    problems: Vec<Problem>,
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
    topic: Vec<toml::Spanned<toml::Table>>,
}

impl TaxonomyBuilder {
    pub(super) fn new() -> TaxonomyBuilder {
        TaxonomyBuilder { lexicon: Taxonomy::built_in().lexicon.clone(), problems: Vec::new() }
    }

    /// Drops every topic, also the built-in ones.
    pub fn clear(&mut self) -> &mut TaxonomyBuilder {
        self.lexicon = Lexicon::default();
        self.problems.clear();
        self
    }

    /// Lays records of JSON Lines over what was added before; `name` is what problems call them. Blank lines are left
    /// aside.
    pub fn add_json_lines(&mut self, name: &str, lines: &str) -> &mut TaxonomyBuilder {
        let lines = lines.strip_prefix(BYTE_ORDER_MARK).unwrap_or(lines);
        for (at, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let record = serde_json::from_str::<Record>(line)
                .map_err(|error| format!("{} (column {})", json_reason(&error), error.column().max(1)));
            self.add_record(name, at + 1, record);
        }
        self
    }

    /// Lays the `[[topic]]` tables of a TOML text over what was added before; `name` is what problems call it.
    pub fn add_toml(&mut self, name: &str, text: &str) -> &mut TaxonomyBuilder {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let ends: Vec<usize> = text.match_indices('\n').map(|(end, _)| end).collect();
        let line_of = |offset: usize| ends.partition_point(|&end| end < offset) + 1;
        match toml::from_str::<TomlFile>(text) {
            Ok(file) => {
                for table in file.topic {
                    let line = line_of(table.span().start);
                    let record = table.into_inner().try_into::<Record>().map_err(|error| error.message().to_owned());
                    self.add_record(name, line, record);
                }
            }
            Err(error) => {
                let line = error.span().map_or(1, |span| line_of(span.start));
                self.problems.push(Problem::mistake(name, line, error.message()));
            }
        }
        self
    }

    /// Lays a table, as [`Taxonomy::to_table`] writes it, over what was added before, its settings included; `name` is
    /// what problems call it.
    pub fn add_table(&mut self, name: &str, table: &str) -> &mut TaxonomyBuilder {
        let mistakes = table::read(&mut self.lexicon, table);
        self.problems.extend(mistakes.into_iter().map(|(line, reason)| Problem::mistake(name, line, reason)));
        self
    }

    fn add_record(&mut self, name: &str, line: usize, record: Result<Record, String>) {
        if let Err(reason) = record.and_then(|record| add_record(&mut self.lexicon, record)) {
            self.problems.push(Problem::mistake(name, line, reason));
        }
    }

    /// Every mistake of what was added, in its order.
    pub fn check(&self) -> &[Problem] {
        &self.problems
    }

    /// The taxonomy.
    ///
    /// # Errors
    ///
    /// [`is_input`](crate::Error::is_input) when there is a mistake, and then about the first one, with how many more
    /// there are; when there are more topics than 65,535; or when a cue cannot be matched.
    pub fn build(&self) -> Result<Taxonomy> {
        refuse_mistakes(&self.problems)?;
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
