//! Stage 2: a [`Document`] learns which actors its paragraphs name and which topics they treat.

mod actor;
mod filter;
mod problem;
mod topic;

use std::sync::Arc;

use crate::date::Date;
use crate::document::Document;
use crate::text::cut;

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
        let mut runs = Vec::new();
        for text in &texts {
            cut(text, &mut runs);
            actors.read(text, &runs);
            topics.read(text, &runs);
        }
        let actors = actors.resolve(&texts, self.options.floor);
        actor::put(&mut document, actors, self.options);
        topics.tag(&mut document, self.profile);
        document
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
