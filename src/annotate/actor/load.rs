//! Reads a user's file, entry by entry, and reports every conflict and mistake.

use std::collections::HashMap;

use serde::Deserialize;

use super::draft::{Draft, DraftActor, DraftBlock, DraftName, DraftOffice, Guard, Sense, is_step};
use super::period::Period;
use super::record::ActorKind;
use super::trie::{MAX_NAME_BYTES, fold};
use crate::annotate::problem::{Problem, Severity};

/// An actor as a user writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Record {
    id: String,
    action: Option<String>,
    kind: Option<String>,
    name: Option<String>,
    parent: Option<String>,
    sector: Option<String>,
    slot: Option<String>,
    years: Option<String>,
    names: Vec<String>,
    acronyms: Vec<String>,
    demonyms: Vec<String>,
    capitals: Vec<String>,
    metonyms: Vec<String>,
    combining: Vec<String>,
    surnames: Vec<String>,
    references: Vec<String>,
    drop: Vec<String>,
    offices: Vec<OfficeRecord>,
    wikidata: Option<String>,
    cameo: Option<String>,
    iso2: Option<String>,
    numeric: Option<String>,
    block: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficeRecord {
    at: String,
    role: String,
    #[serde(default)]
    years: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TomlFile {
    #[serde(default)]
    actor: Vec<toml::Spanned<toml::Table>>,
    #[serde(default)]
    block: Vec<toml::Spanned<String>>,
}

pub(super) struct Loader {
    draft: Draft,
    problems: Vec<Problem>,
    /// Who has a folded name.
    claimed: HashMap<Vec<u8>, Vec<String>>,
}

/// Where an entry stands.
#[derive(Clone, Copy)]
struct At<'a> {
    file: &'a str,
    line: usize,
}

impl Loader {
    /// Lays files over a draft.
    pub(super) fn new(draft: Draft) -> Loader {
        let mut claimed: HashMap<Vec<u8>, Vec<String>> = HashMap::new();
        let mut key = Vec::new();
        for actor in &draft.actors {
            for name in &actor.names {
                fold(&name.text, &mut key);
                let owners = claimed.entry(key.clone()).or_default();
                if !owners.contains(&actor.id) {
                    owners.push(actor.id.clone());
                }
            }
        }
        Loader { draft, problems: Vec::new(), claimed }
    }

    /// The draft with every file laid over it, and what was wrong with them.
    pub(super) fn finish(self) -> (Draft, Vec<Problem>) {
        (self.draft, self.problems)
    }

    fn problem(&mut self, at: At<'_>, severity: Severity, reason: impl Into<String>) {
        self.problems.push(Problem { file: at.file.to_owned(), line: at.line, severity, reason: reason.into() });
    }

    pub(super) fn toml(&mut self, name: &str, text: &str) {
        self.draft.layer += 1;
        let ends: Vec<usize> = text.match_indices('\n').map(|(end, _)| end).collect();
        let line_of = |offset: usize| ends.partition_point(|&end| end < offset) + 1;
        let file: TomlFile = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => {
                let line = error.span().map_or(1, |span| line_of(span.start));
                return self.problem(At { file: name, line }, Severity::Mistake, error.message().to_owned());
            }
        };
        for table in file.actor {
            let at = At { file: name, line: line_of(table.span().start) };
            match table.into_inner().try_into::<Record>() {
                Ok(record) => self.record(at, record),
                Err(error) => self.problem(at, Severity::Mistake, error.message().to_owned()),
            }
        }
        for block in file.block {
            let at = At { file: name, line: line_of(block.span().start) };
            self.block(at, block.into_inner());
        }
    }

    pub(super) fn json_lines(&mut self, name: &str, text: &str) {
        self.draft.layer += 1;
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let at = At { file: name, line: index + 1 };
            match serde_json::from_str::<Record>(line) {
                Ok(record) => self.record(at, record),
                Err(error) => {
                    let reason = error.to_string();
                    let reason = reason.split(" at line ").next().unwrap_or(&reason).to_owned();
                    self.problem(at, Severity::Mistake, format!("{reason} (column {})", error.column()));
                }
            }
        }
    }

    fn block(&mut self, at: At<'_>, text: String) {
        if let Err(reason) = check_name(&text) {
            return self.problem(at, Severity::Mistake, format!("block {reason}"));
        }
        let layer = self.draft.layer;
        self.draft.blocks.push(DraftBlock { text, group: "user".to_owned(), layer });
    }

    fn record(&mut self, at: At<'_>, record: Record) {
        if let Err(reason) = self.apply(at, record) {
            self.problem(at, Severity::Mistake, reason);
        }
    }

    fn apply(&mut self, at: At<'_>, mut record: Record) -> std::result::Result<(), String> {
        for block in std::mem::take(&mut record.block) {
            self.block(at, block);
        }
        let id = record.id.trim().to_owned();
        if id.is_empty() {
            return Err("no id".to_owned());
        }
        if !is_step(&id) {
            return Err(format!("id {id:?}: expected ASCII letters, digits, '.', '_' or '-'"));
        }
        let known = self.draft.places.contains_key(&id);
        match record.action.as_deref().unwrap_or("add") {
            "remove" if known => {
                self.draft.remove(&id);
                for owners in self.claimed.values_mut() {
                    owners.retain(|owner| *owner != id);
                }
                return Ok(());
            }
            "remove" => return Err(format!("actor {id:?} to be removed is not known")),
            "replace" if !known => return Err(format!("actor {id:?} to be replaced is not known")),
            "add" | "replace" => {}
            other => return Err(format!("action {other:?}: expected add, replace or remove")),
        }
        let replace = record.action.as_deref() == Some("replace");
        let kind = match record.kind.as_deref() {
            Some(word) => Some(ActorKind::parse(word).ok_or_else(|| {
                format!(
                    "kind {word:?}: expected state, territory, de-facto, former, organisation, institution or person"
                )
            })?),
            None => None,
        };
        if let Some(parent) = record.parent.as_deref() {
            if !self.draft.places.contains_key(parent) {
                return Err(format!("parent {parent:?} is not known"));
            }
            if self.is_above(&id, parent) {
                return Err(format!("parent {parent:?} is {id:?} itself or below it"));
            }
        }
        if let Some(sector) = record.sector.as_deref().filter(|sector| !is_step(sector)) {
            return Err(format!("sector {sector:?}: expected ASCII letters, digits, '.', '_' or '-'"));
        }
        if let Some(slot) = record.slot.as_deref()
            && !self.draft.slots.iter().any(|known| known.id == slot)
        {
            return Err(format!("slot {slot:?} is no row of roles.tsv"));
        }
        let names = self.names(&record)?;
        let offices = self.offices(&record)?;
        let mut actor = match self.draft.actor_mut(&id).filter(|_| !replace) {
            Some(actor) => actor.clone(),
            None => {
                let kind = kind.ok_or_else(|| format!("actor {id:?} is new: expected a kind"))?;
                let shown = record.name.clone().or_else(|| names.first().map(|name| name.text.clone()));
                DraftActor::new(&id, kind, shown.unwrap_or_else(|| id.clone()))
            }
        };
        if let Some(kind) = kind {
            actor.kind = kind;
        }
        if let Some(name) = &record.name {
            actor.name.clone_from(name);
        }
        if let Some(years) = record.years.as_deref() {
            actor.period =
                Period::parse(years).ok_or_else(|| format!("years {years:?}: expected a range such as 1949-1990"))?;
        }
        actor.parent = record.parent.clone().or(actor.parent);
        actor.sector = record.sector.clone().or(actor.sector);
        actor.slot = record.slot.clone().or(actor.slot);
        let codes = &mut actor.codes;
        for (field, value) in [
            (&mut codes.wikidata, &record.wikidata),
            (&mut codes.cameo, &record.cameo),
            (&mut codes.iso_alpha2, &record.iso2),
            (&mut codes.iso_numeric, &record.numeric),
        ] {
            if let Some(value) = value {
                *field = Some(value.as_str().into());
            }
        }
        for dropped in &record.drop {
            let before = actor.names.len();
            actor.names.retain(|name| name.text != *dropped);
            if actor.names.len() == before {
                self.problem(at, Severity::Mistake, format!("name {dropped:?} to be dropped is no name of {id:?}"));
            }
        }
        for name in &names {
            self.claim(at, &id, name);
        }
        actor.names.extend(names);
        actor.offices.extend(offices);
        self.draft.put(actor);
        Ok(())
    }

    /// Whether an actor is another, or above it.
    fn is_above(&self, above: &str, below: &str) -> bool {
        let mut next = Some(below);
        while let Some(id) = next {
            if id == above {
                return true;
            }
            let place = self.draft.places.get(id);
            next = place.and_then(|&place| self.draft.actors[place].parent.as_deref());
        }
        false
    }

    fn names(&self, record: &Record) -> std::result::Result<Vec<DraftName>, String> {
        let layer = self.draft.layer;
        let mut names = Vec::new();
        for (list, sense) in [
            (&record.names, Sense::Name),
            (&record.acronyms, Sense::Acronym),
            (&record.demonyms, Sense::Demonym),
            (&record.capitals, Sense::Capital),
            (&record.metonyms, Sense::Metonym),
            (&record.combining, Sense::Combining),
            (&record.surnames, Sense::Surname),
            (&record.references, Sense::Reference),
        ] {
            for written in list {
                let mut name = DraftName::parse(written, sense, layer)?;
                check_name(&name.text).map_err(|reason| format!("name {reason}"))?;
                if sense == Sense::Surname && !written.ends_with(']') {
                    name.guard = Guard::Licensed;
                }
                names.push(name);
            }
        }
        Ok(names)
    }

    fn offices(&self, record: &Record) -> std::result::Result<Vec<DraftOffice>, String> {
        let mut offices = Vec::new();
        for office in &record.offices {
            if !self.draft.places.contains_key(&office.at) {
                return Err(format!("office at {:?}: no such state or organisation", office.at));
            }
            let years = match office.years.as_deref() {
                None => Period::ALWAYS,
                Some(years) => Period::parse(years)
                    .ok_or_else(|| format!("years {years:?}: expected a range such as 2000-2008"))?,
            };
            offices.push(DraftOffice {
                at: office.at.clone(),
                role: office.role.clone(),
                period: years,
                vouched: true,
            });
        }
        Ok(offices)
    }

    /// Gives a name to an actor, and says from whom it is taken.
    fn claim(&mut self, at: At<'_>, id: &str, name: &DraftName) {
        let mut key = Vec::new();
        fold(&name.text, &mut key);
        let owners = self.claimed.entry(key).or_default();
        let others: Vec<String> = owners.iter().filter(|owner| *owner != id).cloned().collect();
        if !owners.iter().any(|owner| owner == id) {
            owners.push(id.to_owned());
        }
        if !others.is_empty() && !name.both {
            let reason = format!("name {:?} is also a name of {}", name.text, others.join(", "));
            self.problem(at, Severity::Conflict, reason);
        }
    }
}

/// Checks a name: not blank, not one Latin letter, not too long.
fn check_name(name: &str) -> std::result::Result<(), String> {
    let name = name.trim();
    let mut key = Vec::new();
    fold(name, &mut key);
    if key.len() > MAX_NAME_BYTES {
        return Err(format!(
            "{:?}… has {} bytes, expected at most {MAX_NAME_BYTES}",
            &name.chars().take(40).collect::<String>(),
            key.len()
        ));
    }
    if key.len() < 2 {
        return Err(format!("{name:?}: expected two letters or more"));
    }
    if !name.chars().any(char::is_alphanumeric) {
        return Err(format!("{name:?}: expected a letter or a digit"));
    }
    if !name.starts_with(char::is_alphanumeric) {
        return Err(format!("{name:?}: expected it to start with a letter or a digit"));
    }
    Ok(())
}
