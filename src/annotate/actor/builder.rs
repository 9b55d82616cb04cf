//! A user's own gazetteer: TOML or JSON Lines laid over the built-in tables.

use std::path::Path;
use std::sync::Arc;

use super::draft::Draft;
use super::gazetteer::Gazetteer;
use super::load::Loader;
use super::table;
use crate::annotate::problem::{Problem, refuse_mistakes};
use crate::error::{Error, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Toml,
    JsonLines,
}

const BYTE_ORDER_MARK: char = '\u{feff}';

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
/// `[beside]` (where the document names the actor, or what is its `parent`), `[licensed]` (where it names the
/// actor in full), `[risky]` (a surname that is an ordinary word), `[1949-1990]` (years in which it means this
/// actor), `[both]` (every actor with the name at once). Inflected forms are names of their own. Scripts without spaces between words need no word borders.
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
        self.source(name.into(), text.into(), Format::Toml)
    }

    /// Lays a JSON Lines text over what was added before; `name` is what problems call it.
    pub fn add_json_lines(&mut self, name: impl Into<String>, text: impl Into<String>) -> &mut GazetteerBuilder {
        self.source(name.into(), text.into(), Format::JsonLines)
    }

    fn source(&mut self, name: String, mut text: String, format: Format) -> &mut GazetteerBuilder {
        // Some editors begin a file with a mark that is no part of it.
        if text.starts_with(BYTE_ORDER_MARK) {
            text.remove(0);
        }
        self.sources.push(Source { name, text, format });
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
        refuse_mistakes(&problems)?;
        Ok(Arc::new(Gazetteer::compile(&draft)))
    }

    fn read(&self) -> (Draft, Vec<Problem>) {
        let mut draft = table::built_in().expect("the built-in tables are checked by the crate's tests");
        if !self.built_in {
            draft.actors.clear();
            draft.places.clear();
            draft.blocks.clear();
            draft.homographs.clear();
        }
        let mut loader = Loader::new(draft);
        for source in &self.sources {
            match source.format {
                Format::Toml => loader.toml(&source.name, &source.text),
                Format::JsonLines => loader.json_lines(&source.name, &source.text),
            }
        }
        loader.finish()
    }
}
