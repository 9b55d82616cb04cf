//! Names in a query become paths of the index.

use tantivy::Searcher;

use super::filter::FacetFilter;
use super::query::{Diagnostic, Given};
use crate::annotate::Annotator;
use crate::date::Date;
use crate::document::Span;
use crate::error::{Error, Result};
use crate::facet::{Dimension, FacetPath};
use crate::index::schema::facet_column;
use crate::index::{Index, Inner, date_of};

/// What a name of an actor, a topic or another facet value stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolved {
    /// The name to show.
    pub label: String,
    /// The path it filters on; for a person, whose path moves with the offices held, the newest one.
    pub path: FacetPath,
    /// Whether it could mean something else: several actors have the name, or it is a topic's cue or a part of its
    /// label, or a part of another value.
    pub guessed: bool,
    pub(crate) filter: FacetFilter,
}

/// How many names a did-you-mean offers.
const SUGGESTIONS: usize = 3;

impl Index {
    /// Looks up what a value of a dimension stands for, as a query does: a path, an id or any name of it.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when neither the gazetteer or taxonomy nor the index knows it; the message
    /// says what was perhaps meant.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Dimension, Index};
    ///
    /// let index = Index::in_memory()?;
    /// assert_eq!(index.resolve(Dimension::Topic, "energy")?.path.as_str(), "/topic/energy");
    /// assert!(index.resolve(Dimension::Topic, "beekeeping on Mars").is_err());
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn resolve(&self, dimension: Dimension, given: &str) -> Result<Resolved> {
        meant(&self.inner, &self.inner.reader.searcher(), dimension, given)
    }
}

/// What a value stands for in one commit of an index.
pub(super) fn meant(
    index: &Inner,
    searcher: &tantivy::Searcher,
    dimension: Dimension,
    given: &str,
) -> Result<Resolved> {
    let resolved = resolve(&Indexed { index, searcher }, dimension, given)?;
    resolved.ok_or_else(|| unknown(dimension, given, &suggestions(&index.annotator, dimension, given)))
}

/// The names and values that a query can mean.
pub(crate) trait Vocabulary {
    /// The actors and topics that are known.
    fn annotator(&self) -> &Annotator;

    /// Whether a paragraph is indexed at a path or below it.
    fn is_indexed(&self, dimension: Dimension, path: &FacetPath) -> Result<bool>;

    /// Every value of a plain dimension, in any order.
    fn values(&self, dimension: Dimension) -> Result<Vec<String>>;
}

/// The vocabulary of one commit.
pub(crate) struct Indexed<'a> {
    pub(crate) index: &'a Inner,
    pub(crate) searcher: &'a Searcher,
}

impl Vocabulary for Indexed<'_> {
    fn annotator(&self) -> &Annotator {
        &self.index.annotator
    }

    fn is_indexed(&self, dimension: Dimension, path: &FacetPath) -> Result<bool> {
        is_indexed(self.searcher, dimension, path)
    }

    fn values(&self, dimension: Dimension) -> Result<Vec<String>> {
        values(self.searcher, dimension)
    }
}

pub(crate) fn unknown(dimension: Dimension, given: &str, suggestions: &[String]) -> Error {
    let what = match dimension {
        Dimension::Actor => "actor",
        Dimension::Topic => "topic",
        Dimension::Author => "author",
        Dimension::Source => "source",
        Dimension::Language => "language",
        Dimension::Date => "date",
        Dimension::MentionKind => "mention kind",
    };
    Error::value(what, given, not_known(suggestions))
}

/// The message for a name that nothing is known by.
pub(crate) fn not_known(suggestions: &[String]) -> String {
    match suggestions {
        [] => "not known".to_owned(),
        [only] => format!("not known; did you mean {only:?}?"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|name| format!("{name:?}")).collect();
            format!("not known; did you mean {} or {last:?}?", first.join(", "))
        }
    }
}

/// Names that were perhaps meant by one that nothing is known by. It is compared with every name.
pub(crate) fn suggestions(annotator: &Annotator, dimension: Dimension, given: &str) -> Vec<String> {
    match dimension {
        Dimension::Actor => {
            annotator.gazetteer().suggest(given, SUGGESTIONS).into_iter().map(|(name, _)| name).collect()
        }
        Dimension::Topic => {
            let topics = annotator.taxonomy().suggest(given, SUGGESTIONS);
            topics.into_iter().map(|topic| topic.label().to_owned()).collect()
        }
        _ => Vec::new(),
    }
}

/// What a value stands for; `None` when nothing is known by it.
pub(crate) fn resolve(vocabulary: &dyn Vocabulary, dimension: Dimension, given: &str) -> Result<Option<Resolved>> {
    let annotator = vocabulary.annotator();
    if let Ok(path) = FacetPath::new(given) {
        let known = match dimension {
            Dimension::Actor => annotator.gazetteer().label(&path).is_some(),
            Dimension::Topic => annotator.taxonomy().label(&path).is_some(),
            Dimension::Date => date_of(&path).is_some(),
            _ => false,
        };
        if known || vocabulary.is_indexed(dimension, &path)? {
            let label = label(annotator, dimension, &path);
            return Ok(Some(Resolved { label, guessed: false, filter: FacetFilter::Within(path.clone()), path }));
        }
    }
    match dimension {
        Dimension::Actor => Ok(resolve_actor(annotator, given)),
        Dimension::Topic => Ok(resolve_topic(annotator, given)),
        Dimension::Date => Ok(resolve_date(given)),
        _ => resolve_value(vocabulary, dimension, given),
    }
}

/// What a value given in a query stands for, said in a diagnostic; an unknown one accepts nothing, and `guess` gives
/// names that were perhaps meant.
pub(crate) fn noted(
    resolved: Option<Resolved>,
    guess: impl FnOnce() -> Vec<String>,
    dimension: Dimension,
    value: &Given,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<FacetFilter> {
    let given = value.as_str();
    let span = value.span().unwrap_or(Span::new(0, 0));
    match resolved {
        Some(Resolved { label, path, guessed, filter }) => {
            if guessed {
                let message = format!("{dimension} {given:?} was taken for {label} ({path})");
                diagnostics.push(Diagnostic::new(message, span));
            } else if given != path.as_str() {
                diagnostics.push(Diagnostic::note(format!("{dimension} {given:?} is {label} ({path})"), span));
            }
            Some(filter)
        }
        None => {
            let suggestions = guess();
            let message = format!("{dimension} {given:?} is {}", not_known(&suggestions));
            let mut diagnostic = Diagnostic::new(message, span);
            if let Some(first) = suggestions.into_iter().next() {
                diagnostic = diagnostic.suggesting(first);
            }
            diagnostics.push(diagnostic);
            None
        }
    }
}

/// What a name or id of an actor stands for.
pub(crate) fn resolve_actor(annotator: &Annotator, given: &str) -> Option<Resolved> {
    let gazetteer = annotator.gazetteer();
    let found = gazetteer.lookup(given, None);
    let actor = found.first()?;
    let path = actor.path().clone();
    let filter = if path.steps().any(|step| step == "person") {
        FacetFilter::LastStep(path.last_step().to_owned())
    } else {
        FacetFilter::Within(path.clone())
    };
    Some(Resolved { label: actor.name().to_owned(), path, guessed: found.len() > 1, filter })
}

fn resolve_topic(annotator: &Annotator, given: &str) -> Option<Resolved> {
    let taxonomy = annotator.taxonomy();
    let found = taxonomy.lookup(given);
    let topic = found.first()?;
    let path = topic.path().clone();
    let label = topic.label().to_owned();
    Some(Resolved {
        label,
        guessed: !taxonomy.is_called(topic, given),
        filter: FacetFilter::Within(path.clone()),
        path,
    })
}

fn resolve_date(given: &str) -> Option<Resolved> {
    let date = given.parse::<Date>().ok()?;
    let label = date.to_string();
    let path = FacetPath::new(format!("/{}", label.replace('-', "/"))).ok()?;
    Some(Resolved { label, guessed: false, filter: FacetFilter::Within(path.clone()), path })
}

/// Looks a plain value up in the index: the value itself, or the first that holds it, whatever the case.
fn resolve_value(vocabulary: &dyn Vocabulary, dimension: Dimension, given: &str) -> Result<Option<Resolved>> {
    let wanted = given.trim().to_lowercase();
    let mut holding: Option<String> = None;
    for value in vocabulary.values(dimension)? {
        let lowered = value.to_lowercase();
        if lowered == wanted {
            holding = Some(value);
            break;
        }
        if lowered.contains(&wanted) && holding.as_ref().is_none_or(|held| value < *held) {
            holding = Some(value);
        }
    }
    let path = holding.as_deref().and_then(FacetPath::of_value);
    Ok(path.map(|path| Resolved {
        label: path.last_step().to_owned(),
        guessed: holding.as_ref().is_some_and(|value| value.to_lowercase() != wanted),
        filter: FacetFilter::Within(path.clone()),
        path,
    }))
}

/// Every value of a plain dimension, in any order.
pub(crate) fn values(searcher: &Searcher, dimension: Dimension) -> Result<Vec<String>> {
    let mut values = Vec::new();
    let Some(name) = facet_column(dimension) else { return Ok(values) };
    for reader in searcher.segment_readers() {
        let column = reader.fast_fields().str(name).map_err(|error| Error::storage("reading facets", error))?;
        let Some(column) = column else { continue };
        let mut terms = column.dictionary().stream().map_err(|error| Error::storage("reading facets", error))?;
        while terms.advance() {
            values.push(String::from_utf8_lossy(terms.key()).into_owned());
        }
    }
    values.sort_unstable();
    values.dedup();
    Ok(values)
}

fn is_indexed(searcher: &Searcher, dimension: Dimension, path: &FacetPath) -> Result<bool> {
    let below = path.steps().collect::<Vec<_>>().join("\0");
    let Some(name) = facet_column(dimension) else { return Ok(false) };
    for reader in searcher.segment_readers() {
        let column = reader.fast_fields().str(name).map_err(|error| Error::storage("reading facets", error))?;
        let Some(column) = column else { continue };
        let mut terms = column
            .dictionary()
            .range()
            .ge(below.as_bytes())
            .into_stream()
            .map_err(|error| Error::storage("reading facets", error))?;
        if terms.advance() {
            let key = terms.key();
            if key == below.as_bytes() || (key.starts_with(below.as_bytes()) && key.get(below.len()) == Some(&0)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The name to show for a path.
pub(crate) fn label(annotator: &Annotator, dimension: Dimension, path: &FacetPath) -> String {
    let known = match dimension {
        Dimension::Actor => annotator.gazetteer().label(path),
        Dimension::Topic => annotator.taxonomy().label(path),
        _ => None,
    };
    known.unwrap_or_else(|| path.last_step().to_owned())
}
