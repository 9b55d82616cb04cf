//! The readable table of a taxonomy: tab-separated lines of topic, text, kind, weight and note.
//!
//! | kind | text | weight |
//! | --- | --- | --- |
//! | `label` | the name to show | |
//! | `cap` `eurovoc` `iptc` `plover` | a code in that scheme | |
//! | `strong` `normal` `weak` `company` `against` `block` | a cue | in log-odds; blank for the kind's own |
//! | `bias` | `-` | where the sum of a top starts |
//! | `setting` (topic `-`) | a name of [`Settings`] | its value |
//!
//! Lines that are blank or start with `#` are left aside.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::cue::{Cue, CueKind, Pattern};
use super::lexicon::{Lexicon, Settings};
use super::node::Scheme;

/// The heaviest weight a table may give; far above what one cue can need.
pub(super) const HEAVIEST: f32 = 20.0;

/// Reads a table on top of what the lexicon holds, and gives what could not be read: lines, counted from 1, and reasons.
pub(super) fn read(lexicon: &mut Lexicon, table: &str) -> Vec<(usize, String)> {
    let mut cues = HashSet::new();
    let mut mistakes = Vec::new();
    for (at, line) in table.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Err(reason) = read_line(lexicon, line, &mut cues) {
            mistakes.push((at + 1, reason));
        }
    }
    mistakes
}

/// Reads one line; `cues` are the topics and texts of the cues before it.
fn read_line(lexicon: &mut Lexicon, line: &str, cues: &mut HashSet<(String, String)>) -> Result<(), String> {
    let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
    let &[topic, text, kind, ..] = fields.as_slice() else {
        return Err(format!("found {} fields, expected topic, text, kind, weight, note", fields.len()));
    };
    let weight = match fields.get(3).copied().unwrap_or_default() {
        "" => None,
        number => Some(parse_weight(number)?),
    };
    let note = fields.get(4).copied().unwrap_or_default();
    read_row(lexicon, Row { topic, text, kind, weight, note })?;
    if CueKind::of(kind).is_some() && !cues.insert((topic.to_owned(), text.to_owned())) {
        return Err(format!("found the cue {text:?} of {topic} a second time"));
    }
    Ok(())
}

/// A weight that is a finite number of sane size.
pub(super) fn parse_weight(number: &str) -> Result<f32, String> {
    match number.parse::<f32>() {
        Ok(weight) if weight.is_finite() && weight.abs() <= HEAVIEST => Ok(weight),
        _ => Err(format!("weight {number:?}: expected a number from -{HEAVIEST} to {HEAVIEST}")),
    }
}

struct Row<'a> {
    topic: &'a str,
    text: &'a str,
    kind: &'a str,
    weight: Option<f32>,
    note: &'a str,
}

fn read_row(lexicon: &mut Lexicon, row: Row<'_>) -> Result<(), String> {
    let Row { topic, text, kind, weight, note } = row;
    if kind == "setting" {
        let value = weight.ok_or("a setting without a value")?;
        let setting = lexicon.settings.get_mut(text);
        *setting.ok_or_else(|| format!("setting {text:?}: expected one of {}", Settings::NAMES.join(", ")))? = value;
        return Ok(());
    }
    let path = Lexicon::check_path(topic)?;
    if text.is_empty() {
        return Err("found no text in the second field".to_owned());
    }
    match kind {
        "label" => lexicon.entry(&path).label = text.into(),
        "bias" if path.depth() == 2 => lexicon.entry(&path).bias = Some(weight.ok_or("a bias without a weight")?),
        "bias" => return Err("found a bias of a leaf; only tops have one".to_owned()),
        _ => {
            if let Some(scheme) = Scheme::of(kind) {
                lexicon.entry(&path).crosswalk.codes.push((scheme, text.into()));
            } else {
                let kind = cue_kind(kind)?;
                Pattern::of(text).map_err(|reason| format!("cue {text:?}: {reason}"))?;
                lexicon.put_cue(&path, Cue::new(text, kind, weight, note));
            }
        }
    }
    Ok(())
}

/// The kind of that name.
pub(super) fn cue_kind(name: &str) -> Result<CueKind, String> {
    CueKind::of(name).ok_or_else(|| format!("kind {name:?}: expected {}", CueKind::ALL.map(CueKind::as_str).join(", ")))
}

/// Writes the whole lexicon as a table that [`read`] reads back.
pub(super) fn write(lexicon: &Lexicon) -> String {
    let mut table = String::from("# topic\ttext\tkind\tweight\tnote\n");
    for name in Settings::NAMES {
        let value = lexicon.settings.get(name).unwrap_or_default();
        line(&mut table, ["-", name, "setting", &value.to_string(), ""]);
    }
    for (path, entry) in &lexicon.entries {
        line(&mut table, [path.as_str(), &entry.label, "label", "", ""]);
        for (scheme, code) in &entry.crosswalk.codes {
            line(&mut table, [path.as_str(), code, scheme.as_str(), "", ""]);
        }
        if let Some(bias) = entry.bias {
            line(&mut table, [path.as_str(), "-", "bias", &bias.to_string(), ""]);
        }
        for cue in entry.cues.values() {
            let weight = cue.weight.map(|weight| weight.to_string()).unwrap_or_default();
            line(&mut table, [path.as_str(), &cue.text, cue.kind.as_str(), &weight, &cue.note]);
        }
    }
    table
}

fn line(table: &mut String, fields: [&str; 5]) {
    let [topic, text, kind, weight, note] = fields;
    // Writing to a string does not fail.
    let _ = writeln!(table, "{topic}\t{text}\t{kind}\t{weight}\t{note}");
}
