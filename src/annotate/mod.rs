//! Stage 2: a [`Document`] learns which actors its paragraphs name and which topics they treat.

mod actor;
mod topic;

use std::sync::Arc;

use crate::document::Document;

pub use self::actor::Gazetteer;
pub use self::topic::{Crosswalk, Labelled, Learn, Profile, Scheme, Taxonomy, TaxonomyBuilder, Topic, TopicReason};

/// Tags every paragraph of a document with actors and topics.
#[derive(Debug, Clone)]
pub struct Annotator {
    gazetteer: Arc<Gazetteer>,
    taxonomy: Arc<Taxonomy>,
    profile: Profile,
}

impl Annotator {
    /// The built-in gazetteer and taxonomy.
    pub fn new() -> Annotator {
        Annotator { gazetteer: Gazetteer::built_in(), taxonomy: Taxonomy::built_in(), profile: Profile::default() }
    }

    /// The same with other topics. Default: the built-in ones.
    pub fn with_taxonomy(mut self, taxonomy: impl Into<Arc<Taxonomy>>) -> Annotator {
        self.taxonomy = taxonomy.into();
        self
    }

    /// The same with another readiness to tag topics. Default: [`Profile::Balanced`].
    pub fn with_profile(mut self, profile: Profile) -> Annotator {
        self.profile = profile;
        self
    }

    /// The actors it knows.
    pub fn gazetteer(&self) -> &Arc<Gazetteer> {
        &self.gazetteer
    }

    /// The topics it knows.
    pub fn taxonomy(&self) -> &Arc<Taxonomy> {
        &self.taxonomy
    }

    /// Replaces the document's actors and topics by what its text says.
    pub fn annotate(&self, mut document: Document) -> Document {
        self.gazetteer.tag(&mut document);
        self.taxonomy.tag(&mut document, self.profile);
        document
    }
}

impl Default for Annotator {
    fn default() -> Annotator {
        Annotator::new()
    }
}
