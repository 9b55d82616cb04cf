//! A user's own gazetteer: TOML or JSON Lines laid over the built-in tables.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::draft::{Draft, DraftActor, DraftBlock, DraftName, DraftOffice, Guard, Sense, is_step};
use super::gazetteer::Gazetteer;
use super::record::{ActorKind, Years};
use super::table;
use super::trie::{MAX_NAME_BYTES, fold};
use crate::error::{Error, Result};

/// How bad a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Severity {
    /// Two actors claim one name; the later one has it now.
    Conflict,
    /// The entry cannot be used; [`GazetteerBuilder::build`] fails.
    Mistake,
}

/// Something the loader found in a user's gazetteer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The file, as it was named to the builder.
    pub file: String,
    /// Where the entry begins, 1-based.
    pub line: usize,
    /// How bad it is.
    pub severity: Severity,
    /// What was found and what was expected.
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Toml,
    JsonLines,
}

#[derive(Debug, Clone)]
struct Source {
    name: String,
    text: String,
    format: Format,
}

/// Builds a [`Gazetteer`] from the built-in tables and a user's files.
///
/// A file is TOML with `[[actor]]` tables, or JSON Lines with one actor a line; both have these keys:
///
/// | key | meaning |
/// | --- | --- |
/// | `id` | required; ASCII letters, digits, `.`, `_`, `-` |
/// | `action` | `add` (the default: a new actor, or more names for a known one), `replace`, `remove` |
/// | `kind` | `state`, `territory`, `de-facto`, `former`, `organisation`, `institution`, `person` |
/// | `name` | the name to show |
/// | `parent` | id of the state or organisation above it |
/// | `sector`, `slot` | for institutions: the sector step of the path, and the row of `roles.tsv` it fills |
/// | `names`, `acronyms`, `demonyms`, `capitals`, `metonyms`, `combining`, `surnames`, `references` | how it is named |
/// | `drop` | names to take away from a known actor |
/// | `offices` | for persons: `{ at = "RUS", role = "head_of_state", years = "2000-2008" }` |
/// | `wikidata`, `cameo`, `iso2`, `numeric` | the actor in other code lists |
///
/// A name may end in a mark: `[the]` (counts behind "the", or where the document names the actor in full),
/// `[licensed]` (only the latter), `[risky]` (a surname that is an ordinary word), `[1949-1990]` (years in
/// which it means this actor), `[both]` (every actor with the name at once). Inflected forms are names of
/// their own. Scripts without spaces between words need no word borders.
///
/// `block = ["White House Farm"]` lists phrases that hold a name and mean nobody.
///
/// A name in a later file belongs to that file's actor; whoever had it loses it, and
/// [`GazetteerBuilder::check`] says so.
///
/// # Examples
///
/// ```
/// use demarche::{Annotator, Document, Gazetteer};
///
/// let mut builder = Gazetteer::builder();
/// builder.add_toml(
///     "ours.toml",
///     r#"
///     [[actor]]
///     id = "TWN"
///     names = ["Chinese Taipei", "Тайвань", "台灣"]
///
///     [[actor]]
///     id = "ACME"
///     kind = "organisation"
///     name = "Acme Institute"
///     names = ["Acme Institute"]
///     "#,
/// );
/// assert!(builder.check().is_empty());
/// let annotator = Annotator::builder().gazetteer(builder.build()?).build();
/// let document = annotator.annotate(Document::parse("1", "The Acme Institute wrote on 台灣.")?);
/// let actors: Vec<&str> = document.paragraphs[0].actors.iter().map(|actor| &*actor.id).collect();
/// assert_eq!(actors, ["ACME", "TWN"]);
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GazetteerBuilder {
    built_in: bool,
    sources: Vec<Source>,
}

impl Gazetteer {
    /// Starts from the built-in tables.
    pub fn builder() -> GazetteerBuilder {
        GazetteerBuilder { built_in: true, sources: Vec::new() }
    }
}

impl GazetteerBuilder {
    /// Whether the built-in states, organisations, institutions and persons are there. The words for the
    /// parts of a state stay in any case. By default, they are.
    pub fn built_in(&mut self, yes: bool) -> &mut GazetteerBuilder {
        self.built_in = yes;
        self
    }

    /// Lays a TOML text over what was added before; `name` is what problems call it.
    pub fn add_toml(&mut self, name: impl Into<String>, text: impl Into<String>) -> &mut GazetteerBuilder {
        self.sources.push(Source { name: name.into(), text: text.into(), format: Format::Toml });
        self
    }

    /// Lays a JSON Lines text over what was added before; `name` is what problems call it.
    pub fn add_json_lines(&mut self, name: impl Into<String>, text: impl Into<String>) -> &mut GazetteerBuilder {
        self.sources.push(Source { name: name.into(), text: text.into(), format: Format::JsonLines });
        self
    }

    /// Reads a file: TOML where its name ends in `.toml`, else JSON Lines.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the file cannot be read or is not UTF-8. What is in it is checked
    /// later.
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<&mut GazetteerBuilder> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|source| Error::read(path, source))?;
        let name = path.display().to_string();
        let is_toml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
        Ok(if is_toml { self.add_toml(name, text) } else { self.add_json_lines(name, text) })
    }

    /// Every conflict and mistake of the files that were added, in their order.
    pub fn check(&self) -> Vec<Problem> {
        self.read().1
    }

    /// Compiles the gazetteer.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when there is a mistake; the error is about the first one and says how
    /// many there are. Conflicts are no errors.
    pub fn build(&self) -> Result<Arc<Gazetteer>> {
        let (draft, problems) = self.read();
        let mut mistakes = problems.into_iter().filter(|problem| problem.severity == Severity::Mistake);
        match mistakes.next() {
            None => Ok(Arc::new(Gazetteer::compile(&draft))),
            Some(first) => {
                let more = match mistakes.count() {
                    0 => String::new(),
                    count => format!(" (and {count} more)"),
                };
                Err(Error::line(first.file, first.line, 1, first.reason + &more))
            }
        }
    }

    fn read(&self) -> (Draft, Vec<Problem>) {
        let mut draft = table::built_in().expect("the built-in tables are checked by the crate's tests");
        if !self.built_in {
            draft.actors.clear();
            draft.places.clear();
            draft.blocks.clear();
            draft.homographs.clear();
        }
        let mut loader = Loader { draft, problems: Vec::new(), claimed: HashMap::new() };
        loader.claim_all();
        for source in &self.sources {
            loader.draft.layer += 1;
            match source.format {
                Format::Toml => loader.toml(source),
                Format::JsonLines => loader.json_lines(source),
            }
        }
        (loader.draft, loader.problems)
    }
}

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

struct Loader {
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
    fn claim_all(&mut self) {
        let mut key = Vec::new();
        for actor in &self.draft.actors {
            for name in &actor.names {
                fold(&name.text, &mut key);
                let owners = self.claimed.entry(key.clone()).or_default();
                if !owners.contains(&actor.id) {
                    owners.push(actor.id.clone());
                }
            }
        }
    }

    fn problem(&mut self, at: At<'_>, severity: Severity, reason: impl Into<String>) {
        self.problems.push(Problem { file: at.file.to_owned(), line: at.line, severity, reason: reason.into() });
    }

    fn toml(&mut self, source: &Source) {
        let line_of = |offset: usize| source.text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1;
        let file: TomlFile = match toml::from_str(&source.text) {
            Ok(file) => file,
            Err(error) => {
                let line = error.span().map_or(1, |span| line_of(span.start));
                return self.problem(At { file: &source.name, line }, Severity::Mistake, error.message().to_owned());
            }
        };
        for table in file.actor {
            let at = At { file: &source.name, line: line_of(table.span().start) };
            match table.into_inner().try_into::<Record>() {
                Ok(record) => self.record(at, record),
                Err(error) => self.problem(at, Severity::Mistake, error.message().to_owned()),
            }
        }
        for block in file.block {
            let at = At { file: &source.name, line: line_of(block.span().start) };
            self.block(at, block.into_inner());
        }
    }

    fn json_lines(&mut self, source: &Source) {
        for (index, line) in source.text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let at = At { file: &source.name, line: index + 1 };
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
        for (what, id) in
            [("parent", &record.parent)].into_iter().chain(record.offices.iter().map(|_| ("parent", &None)))
        {
            if let Some(id) = id
                && !self.draft.places.contains_key(id.as_str())
            {
                return Err(format!("{what} {id:?} is not known"));
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
            actor.years =
                Years::parse(years).ok_or_else(|| format!("years {years:?}: expected a range such as 1949-1990"))?;
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
                None => Years::ALWAYS,
                Some(years) => {
                    Years::parse(years).ok_or_else(|| format!("years {years:?}: expected a range such as 2000-2008"))?
                }
            };
            offices.push(DraftOffice { at: office.at.clone(), role: office.role.clone(), years });
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
