//! Actors: who a paragraph names.

use std::sync::{Arc, LazyLock};

use crate::document::Document;
use crate::facet::FacetPath;

/// The actors that can be recognised: states, organisations, institutions and persons.
#[derive(Debug)]
pub struct Gazetteer {}

impl Gazetteer {
    /// The one that comes with the crate.
    pub fn built_in() -> Arc<Gazetteer> {
        static BUILT_IN: LazyLock<Arc<Gazetteer>> = LazyLock::new(|| Arc::new(Gazetteer {}));
        BUILT_IN.clone()
    }

    /// Replaces the actors of the document's title, headings and paragraphs.
    pub(crate) fn tag(&self, _document: &mut Document) {}

    /// The name to show for a path; `None` for a path the gazetteer does not know.
    pub fn label(&self, _path: &FacetPath) -> Option<String> {
        None
    }

    pub(crate) fn lookup(&self, _alias: &str) -> Vec<&Actor> {
        Vec::new()
    }
    pub(crate) fn suggest(&self, _alias: &str, _n: usize) -> Vec<String> {
        Vec::new()
    }
    pub(crate) fn id_at(&self, path: &FacetPath) -> Option<String> {
        Some(path.last_step().to_owned())
    }

    /// Tells two gazetteers apart: equal content gives the same fingerprint, on every machine.
    pub fn fingerprint(&self) -> u64 {
        0
    }
}

pub(crate) struct Actor {
    path: FacetPath,
    name: String,
}
impl Actor {
    pub(crate) fn path(&self) -> &FacetPath {
        &self.path
    }
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}
