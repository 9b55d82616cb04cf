//! Completion: what a user is typing in, words, actors and topics of the index that begin so out.

use std::cell::LazyCell;
use std::collections::HashMap;

use serde::Serialize;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED, Term};

use super::expand::{Expansion, expand};
use super::facet::{FacetCounts, FacetSelection};
use super::query::{Form, Query};
use super::request::Request;
use super::searcher::Searcher;
use crate::annotate::Alias;
use crate::document::{MentionKind, Span};
use crate::error::{Error, Result};
use crate::facet::{Dimension, FacetPath};
use crate::text::words;

/// How many names and topics that begin as typed are looked at: more than there are with one letter, because the most
/// frequent are among them at any place, and those without a paragraph are not shown.
const LOOKED_AT: usize = 2_000;

/// The kinds of names that come first.
const NAMES: [MentionKind; 3] = [MentionKind::Name, MentionKind::Acronym, MentionKind::Surname];

/// A name of more words is not looked for.
const MOST_WORDS: usize = 6;

/// How many words of the dictionaries are looked at.
const DICTIONARY: usize = 200_000;

/// What a completion names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CompletionKind {
    /// An actor, by any of its names.
    Actor,
    /// A topic, by its label.
    Topic,
    /// A word, in lower case and without accents, as the index has it.
    Word,
}

/// A way to go on from what was typed.
///
/// As JSON: `{"kind", "text", "path"?, "count", "start", "end"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Completion {
    /// What it names.
    pub kind: CompletionKind,
    /// The name, the label or the word.
    pub text: String,
    /// The path to filter on; `None` for a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<FacetPath>,
    /// Paragraphs that name the actor, treat the topic (or one below) or hold the word, each once.
    pub count: u64,
    /// What of the typed text it stands for, in bytes: the last words, or a field with its value (`actor:chi`).
    #[serde(flatten)]
    pub replaces: Span,
}

impl Searcher {
    /// The actors, topics and words that begin as typed: at most `limit` of each kind, in this order, the most
    /// frequent first; actors by their names before those by a seat, a people or a word that stands for them. Only what
    /// a paragraph holds is offered, with exact counts.
    ///
    /// Actors and topics are looked up by as many of the last words as begin a name ("gas for european u"), words by
    /// the last one. Behind `actor:` or `topic:`, also with a quote, only their names are offered, and in an open
    /// phrase only words.
    ///
    /// # Errors
    ///
    /// [`is_storage`](Error::is_storage) when the engine below fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Annotator, Document, Index};
    ///
    /// let index = Index::in_memory()?;
    /// let mut writer = index.writer()?;
    /// let document = Document::parse("a", "NATO ministers met in Vilnius. Natural gas was one topic.")?;
    /// writer.add(&Annotator::new().annotate(document))?;
    /// writer.commit()?;
    /// let offered: Vec<String> =
    ///     index.searcher()?.complete("nat", 3)?.into_iter().map(|completion| completion.text).collect();
    /// assert_eq!(offered, ["NATO", "nato", "natural"]);
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn complete(&self, typed: &str, limit: usize) -> Result<Vec<Completion>> {
        let Typed { names, dimensions, has_words } = Typed::read(typed);
        let mut completions = Vec::new();
        if !names.is_empty() {
            let counts = self.count(Request::new(Query::default()).count(dimensions.iter().copied()))?;
            for &dimension in dimensions {
                let Some(counts) = counts.facets.get(dimension) else { continue };
                // The most words first: what begins with all of them is what is meant.
                let offered = names.iter().map(|name| self.named(dimension, name, counts));
                let found = offered.into_iter().find(|found| found.iter().any(|offer| offer.one.count > 0));
                add(&mut completions, found.unwrap_or_default(), limit);
            }
        }
        if let Some(last) = words(typed).last().filter(|word| has_words && word.span.end == typed.len()) {
            let (fields, mut dictionary) = (&self.index.fields, DICTIONARY);
            let Expansion { terms, .. } =
                expand(&self.tantivy, (fields, fields.exact), last.text, Form::Prefix, &mut dictionary)?;
            let mut found = Vec::with_capacity(terms.len());
            for term in terms {
                let count = self.count_of(&term.text)?;
                let (text, replaces) = (term.text, last.span);
                found.push(Offer::of(Completion { kind: CompletionKind::Word, text, path: None, count, replaces }));
            }
            add(&mut completions, found, limit);
        }
        Ok(completions)
    }

    /// What a name that is being typed could become.
    fn named(&self, dimension: Dimension, name: &Name<'_>, counts: &FacetCounts) -> Vec<Offer> {
        let Name { text: typed, replaces } = *name;
        let annotator = &self.index.annotator;
        if dimension == Dimension::Topic {
            let found = annotator.taxonomy().complete(typed, LOOKED_AT).into_iter().map(|topic| {
                let path = topic.path().clone();
                let count = counts.get(&path).map_or(0, |node| node.count);
                let text = topic.label().to_owned();
                Offer::of(Completion { kind: CompletionKind::Topic, text, path: Some(path), count, replaces })
            });
            return found.collect();
        }
        let persons = LazyCell::new(|| counts_of_persons(counts));
        let gazetteer = annotator.gazetteer();
        let found = gazetteer.complete(typed, LOOKED_AT).into_iter().map(|(text, actor)| {
            let path = actor.path().clone();
            let count = match actor.offices() {
                [] => counts.get(&path).map_or(0, |node| node.count),
                // A person stands at the path of the office held then.
                _ => persons.get(path.last_step()).copied().unwrap_or_default(),
            };
            Completion { kind: CompletionKind::Actor, text, path: Some(path), count, replaces }
        });
        // "Mos" is a name before it is the seat of a state that is named more often.
        let is_name = |one: &Completion| {
            let actor = one.path.as_ref().and_then(|path| gazetteer.lookup(path.as_str(), None).into_iter().next());
            let is_own = |alias: &Alias| alias.text == one.text && NAMES.contains(&alias.kind);
            actor.is_some_and(|actor| gazetteer.aliases(actor.id()).iter().any(is_own))
        };
        found.filter(|one| one.count > 0).map(|one| Offer { comes_after: !is_name(&one), one }).collect()
    }

    /// How many paragraphs hold a word as written.
    pub(super) fn count_of(&self, word: &str) -> Result<u64> {
        let field = self.index.fields.written(word);
        let term = Term::from_field_text(field, word);
        let mut count = 0;
        for reader in self.tantivy.segment_readers() {
            let inverted = reader.inverted_index(field).map_err(|error| Error::storage("counting a word", error))?;
            let Some(alive) = reader.alive_bitset() else {
                count += u64::from(inverted.doc_freq(&term).map_err(|error| Error::storage("counting a word", error))?);
                continue;
            };
            let postings = inverted
                .read_postings(&term, IndexRecordOption::Basic)
                .map_err(|error| Error::storage("counting a word", error))?;
            let Some(mut postings) = postings else { continue };
            while postings.doc() != TERMINATED {
                count += u64::from(alive.is_alive(postings.doc()));
                postings.advance();
            }
        }
        Ok(count)
    }
}

/// The end of a text that is being typed, as what it could be the beginning of.
#[derive(Debug, PartialEq)]
struct Typed<'a> {
    /// Names, the longest first.
    names: Vec<Name<'a>>,
    /// The dimensions that these can be of.
    dimensions: &'static [Dimension],
    /// Whether the last word can be a word.
    has_words: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Name<'a> {
    text: &'a str,
    replaces: Span,
}

impl<'a> Typed<'a> {
    fn read(typed: &'a str) -> Typed<'a> {
        let quote = typed.rfind('"').filter(|_| !typed.matches('"').count().is_multiple_of(2));
        let field = |before: &'a str| {
            let fields: [(&str, &'static [Dimension]); 2] =
                [("actor:", &[Dimension::Actor]), ("topic:", &[Dimension::Topic])];
            fields.into_iter().find(|(field, _)| before.ends_with(field))
        };
        // `actor:"european u`, `actor:chi`, `"european u`, `european u`.
        let value = quote.map_or_else(|| typed.rfind(':'), Some).map_or(0, |at| at + 1);
        let before = &typed[..quote.unwrap_or(value)];
        let is_whole = quote.is_some() || !typed[value..].contains(char::is_whitespace);
        if let Some((field, dimensions)) = field(before).filter(|_| is_whole) {
            let name = Name { text: &typed[value..], replaces: Span::new(before.len() - field.len(), typed.len()) };
            let names = if name.text.trim().is_empty() { Vec::new() } else { vec![name] };
            return Typed { names, dimensions, has_words: false };
        }
        let mut names = Vec::new();
        if quote.is_none() {
            // What stands behind a closed phrase or a bracket begins anew.
            let open = typed.rfind(['"', '(', ')']).map_or(0, |at| at + 1);
            let starts: Vec<usize> = words(&typed[open..]).map(|word| open + word.span.start).collect();
            let starts = &starts[starts.len().saturating_sub(MOST_WORDS)..];
            let name = |&start: &usize| Name { text: &typed[start..], replaces: Span::new(start, typed.len()) };
            names.extend(starts.iter().map(name));
        }
        Typed { names, dimensions: &[Dimension::Actor, Dimension::Topic], has_words: true }
    }
}

/// A completion and its rank.
struct Offer {
    comes_after: bool,
    one: Completion,
}

impl Offer {
    fn of(one: Completion) -> Offer {
        Offer { comes_after: false, one }
    }
}

/// The most frequent of what was found, after what is there.
fn add(completions: &mut Vec<Completion>, mut found: Vec<Offer>, limit: usize) {
    found.retain(|offer| offer.one.count > 0);
    found.sort_by(|Offer { comes_after, one }, Offer { comes_after: other_after, one: other }| {
        let by_count = other.count.cmp(&one.count).then_with(|| one.text.cmp(&other.text));
        comes_after.cmp(other_after).then(by_count)
    });
    found.truncate(limit);
    completions.extend(found.into_iter().map(|offer| offer.one));
}

/// The paragraphs that name each person, by the last step of the paths: a paragraph has one date, so each is counted once.
fn counts_of_persons(counts: &FacetCounts) -> HashMap<String, u64> {
    let mut persons = HashMap::new();
    for node in counts.select(&FacetSelection::all()).nodes {
        if node.path.steps().rev().nth(1) == Some("person") {
            *persons.entry(node.path.last_step().to_owned()).or_default() += node.count;
        }
    }
    persons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_what_is_typed_is_what_is_completed() {
        let shown = |typed: &'static str| {
            let Typed { names, dimensions, has_words } = Typed::read(typed);
            let names: Vec<(&str, usize)> = names.iter().map(|name| (name.text, name.replaces.start)).collect();
            (names, dimensions.len(), has_words)
        };
        assert_eq!(shown("gas european u"), (vec![("gas european u", 0), ("european u", 4), ("u", 13)], 2, true));
        assert_eq!(shown("gas +actor:chi"), (vec![("chi", 5)], 1, false));
        assert_eq!(shown("(actor:\"european u"), (vec![("european u", 1)], 1, false));
        assert_eq!(shown("topic:"), (vec![], 1, false));
        assert_eq!(shown("actor:china gas"), (vec![("actor:china gas", 0), ("china gas", 6), ("gas", 12)], 2, true));
        assert_eq!(shown("\"price of g"), (vec![], 2, true));
        assert_eq!(shown("\"price of gas\" pol"), (vec![("pol", 15)], 2, true));
        assert_eq!(shown(""), (vec![], 2, true));
    }
}
