//! Stage 2: a [`Document`] learns which actors its paragraphs name and which topics they treat.

mod actor;
mod filter;
mod problem;
mod topic;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::date::Date;
use crate::document::Document;

use self::actor::TagOptions;
pub use self::actor::{Actor, ActorCodes, ActorKind, Alias, Decision, Gazetteer, GazetteerBuilder, Office};
pub use self::problem::{Problem, Severity};
pub use self::topic::{Crosswalk, Labelled, Learn, Profile, Scheme, Taxonomy, TaxonomyBuilder, Topic, TopicReason};

/// Tags every paragraph of a document with actors and topics.
///
/// Cloning is cheap, and one annotator serves any number of threads.
#[derive(Debug, Clone)]
pub struct Annotator {
    gazetteer: Arc<Gazetteer>,
    taxonomy: Arc<Taxonomy>,
    profile: Profile,
    options: TagOptions,
}

impl Annotator {
    /// The built-in gazetteer and taxonomy.
    pub fn new() -> Annotator {
        Annotator::builder().build()
    }

    /// Starts from the built-in gazetteer and taxonomy and the default options.
    pub fn builder() -> AnnotatorBuilder {
        AnnotatorBuilder {
            gazetteer: None,
            taxonomy: None,
            profile: Profile::default(),
            options: TagOptions::default(),
        }
    }

    /// The actors it knows.
    pub fn gazetteer(&self) -> &Arc<Gazetteer> {
        &self.gazetteer
    }

    /// The topics it knows.
    pub fn taxonomy(&self) -> &Arc<Taxonomy> {
        &self.taxonomy
    }

    /// What decides about tags beside the gazetteer and the taxonomy, the same text for the same options.
    pub(crate) fn options(&self) -> String {
        let TagOptions { headings, floor } = self.options;
        format!("{:?}, headings {headings}, floor {floor}", self.profile)
    }

    /// Replaces the document's actors and topics by what its text says.
    pub fn annotate(&self, mut document: Document) -> Document {
        let texts = actor::texts_of(&document);
        let mut actors = self.gazetteer.first_pass(document.date);
        let mut topics = self.taxonomy.first_pass(texts.len() - document.paragraphs.len());
        // Each text is cut into its words once, and read for both while they are at hand.
        for text in &texts {
            topics.read(text, actors.read(text));
        }
        let actors = actors.resolve(&texts, self.options.floor);
        actor::put(&mut document, actors, self.options);
        topics.tag(&mut document, self.profile);
        document
    }

    /// Annotates many documents by so many threads, each as [`annotate`](Annotator::annotate) does. 0 threads count as 1.
    ///
    /// Documents that come one by one are taken by chunks, a few hundred at a time. Loading an index tags by several
    /// threads of itself, see [`Index::load`](crate::Index::load).
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Annotator, Document};
    ///
    /// let mut documents = Vec::new();
    /// for (number, text) in ["Russia and China met.", "Kenya did not."].iter().enumerate() {
    ///     documents.push(Document::parse(&format!("note-{number}"), text)?);
    /// }
    /// let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    /// Annotator::new().annotate_all(&mut documents, threads);
    /// assert_eq!(&*documents[1].paragraphs[0].actors[0].id, "KEN");
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn annotate_all(&self, documents: &mut [Document], threads: usize) {
        let threads = threads.clamp(1, documents.len().max(1));
        let waiting = Mutex::new(documents.iter_mut());
        // The next one is taken when a thread is free, so that one long document holds up no other.
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || {
            while let Some(document) = next() {
                *document = self.annotate(std::mem::take(document));
            }
        };
        thread::scope(|scope| {
            (1..threads).for_each(|_| _ = scope.spawn(work));
            work();
        });
    }

    /// Lists every place of a text that may name an actor, with what was decided and why, also the rejected
    /// ones, in the order of the text.
    ///
    /// The text is judged by itself, as a document of one paragraph: a surname whose full name stands
    /// elsewhere in a document is rejected here.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::Annotator;
    ///
    /// let decisions = Annotator::new().explain("Moscow rejected the terms of the Paris Club.", None);
    /// let said: Vec<_> = decisions.iter().map(|d| (&*d.text, d.actor.as_deref(), &*d.rule)).collect();
    /// assert_eq!(said, [("Moscow", Some("RUS"), "metonym-acts"), ("Paris Club", None, "block-phrase")]);
    /// ```
    pub fn explain(&self, text: &str, date: Option<Date>) -> Vec<Decision> {
        self.gazetteer.explain(text, date, self.options.floor)
    }
}

impl Default for Annotator {
    fn default() -> Annotator {
        Annotator::new()
    }
}

/// Sets up an [`Annotator`].
#[derive(Debug, Clone)]
pub struct AnnotatorBuilder {
    gazetteer: Option<Arc<Gazetteer>>,
    taxonomy: Option<Arc<Taxonomy>>,
    profile: Profile,
    options: TagOptions,
}

impl AnnotatorBuilder {
    /// The actors to recognise. By default, the built-in ones.
    pub fn gazetteer(&mut self, gazetteer: Arc<Gazetteer>) -> &mut AnnotatorBuilder {
        self.gazetteer = Some(gazetteer);
        self
    }

    /// The topics to recognise. By default, the built-in ones.
    pub fn taxonomy(&mut self, taxonomy: impl Into<Arc<Taxonomy>>) -> &mut AnnotatorBuilder {
        self.taxonomy = Some(taxonomy.into());
        self
    }

    /// How ready it is to tag a topic. By default, [`Profile::Balanced`].
    pub fn profile(&mut self, profile: Profile) -> &mut AnnotatorBuilder {
        self.profile = profile;
        self
    }

    /// Whether titles and headings get actors of their own. They are read in any case: a full name in a
    /// title licenses a surname in a paragraph. By default, they do; a paragraph's actors are only those
    /// that its own text names.
    pub fn headings(&mut self, yes: bool) -> &mut AnnotatorBuilder {
        self.options.headings = yes;
        self
    }

    /// Leaves out mentions less sure than this, from 0 to 1. By default 0: none is left out.
    pub fn confidence_floor(&mut self, floor: f32) -> &mut AnnotatorBuilder {
        self.options.floor = floor;
        self
    }

    /// Builds the annotator.
    pub fn build(&self) -> Annotator {
        Annotator {
            gazetteer: self.gazetteer.clone().unwrap_or_else(Gazetteer::built_in),
            taxonomy: self.taxonomy.clone().unwrap_or_else(Taxonomy::built_in),
            profile: self.profile,
            options: self.options,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_at_once_are_annotated_like_one() {
        let text = |number: usize| format!("{}\n\nNATO enlargement.", "Moscow warned Kenya. ".repeat(number % 7 + 1));
        let parse = |number: usize| Document::parse(&number.to_string(), &text(number)).unwrap();
        let annotator = Annotator::new();
        let expected: Vec<Document> = (0..50).map(|number| annotator.annotate(parse(number))).collect();
        assert!(expected.iter().all(|document| document.paragraphs[0].actors.len() == 2));
        for threads in [0, 1, 3, 100] {
            let mut documents: Vec<Document> = (0..50).map(parse).collect();
            annotator.annotate_all(&mut documents, threads);
            assert_eq!(documents, expected, "{threads} threads");
        }
        annotator.annotate_all(&mut [], 4);
    }
}
