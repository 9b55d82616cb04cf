//! Completion: what a user is typing in, words, actors and topics of the index that begin so out.

use serde::Serialize;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED, Term};

use super::expand::{Expansion, expand};
use super::facet::{FacetCounts, FacetSelection};
use super::query::{Form, Query};
use super::request::Request;
use super::searcher::Searcher;
use crate::document::Span;
use crate::error::{Error, Result};
use crate::facet::{Dimension, FacetPath};
use crate::text::words;

/// How many names and topics that begin as typed are looked at; those without a paragraph are not shown.
const LOOKED_AT: usize = 200;

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
    /// What of the typed text it stands for, in bytes: all of it, or the last word.
    #[serde(flatten)]
    pub replaces: Span,
}

impl Searcher {
    /// The actors, topics and words that begin as typed: at most `limit` of each kind, in this order, the most
    /// frequent first. Only what a paragraph holds is offered, with exact counts.
    ///
    /// Actors and topics are looked up by all that was typed ("european u"), words by the last word.
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
        let start = typed.len() - typed.trim_start().len();
        let replaces = Span::new(start, typed.len());
        let name = &typed[start..];
        if name.is_empty() {
            return Ok(Vec::new());
        }
        let counts = self.count(Request::new(Query::default()).count([Dimension::Actor, Dimension::Topic]))?;
        let mut completions = Vec::new();
        if let Some(actors) = counts.facets.get(Dimension::Actor) {
            let named = self.index.annotator.gazetteer().complete(name, LOOKED_AT);
            let found = named.into_iter().map(|(text, actor)| {
                let path = actor.path().clone();
                let count = match actor.offices() {
                    [] => actors.get(&path).map_or(0, |node| node.count),
                    // A person stands at the path of the office held then.
                    _ => count_ending_in(actors, path.last_step()),
                };
                Completion { kind: CompletionKind::Actor, text, path: Some(path), count, replaces }
            });
            add(&mut completions, found.collect(), limit);
        }
        if let Some(topics) = counts.facets.get(Dimension::Topic) {
            let found = self.index.annotator.taxonomy().complete(name, LOOKED_AT).into_iter().map(|topic| {
                let path = topic.path().clone();
                let count = topics.get(&path).map_or(0, |node| node.count);
                let text = topic.label().to_owned();
                Completion { kind: CompletionKind::Topic, text, path: Some(path), count, replaces }
            });
            add(&mut completions, found.collect(), limit);
        }
        if let Some(last) = words(typed).last().filter(|word| word.span.end == typed.len()) {
            let mut dictionary = DICTIONARY;
            let Expansion { terms, .. } =
                expand(&self.tantivy, self.index.fields.exact, last.text, Form::Prefix, &mut dictionary)?;
            let mut found = Vec::with_capacity(terms.len());
            for term in terms {
                let count = self.count_of(&term.text)?;
                let (text, replaces) = (term.text, last.span);
                found.push(Completion { kind: CompletionKind::Word, text, path: None, count, replaces });
            }
            add(&mut completions, found, limit);
        }
        Ok(completions)
    }

    /// How many paragraphs hold a word as written.
    pub(super) fn count_of(&self, word: &str) -> Result<u64> {
        let term = Term::from_field_text(self.index.fields.exact, word);
        let mut count = 0;
        for reader in self.tantivy.segment_readers() {
            let inverted = reader
                .inverted_index(self.index.fields.exact)
                .map_err(|error| Error::storage("counting a word", error))?;
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

/// The most frequent of what was found, after what is there.
fn add(completions: &mut Vec<Completion>, mut found: Vec<Completion>, limit: usize) {
    found.retain(|one| one.count > 0);
    found.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
    found.truncate(limit);
    completions.extend(found);
}

/// The paragraphs at paths that end in a step.
fn count_ending_in(counts: &FacetCounts, step: &str) -> u64 {
    let all = counts.select(&FacetSelection::all());
    all.nodes.iter().filter(|node| node.path.last_step() == step).map(|node| node.count).sum()
}
