//! What is compared.

use demarche::Document;

use super::class::{Ask, Class};

/// Takes paragraphs in.
pub(crate) trait Store {
    fn add(&mut self, document: &Document);
    fn finish(self: Box<Self>);
}

/// What an engine found.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Answer {
    /// Paragraphs in all.
    pub(crate) total: u64,
    /// How many of the best were ranked.
    pub(crate) ranked: usize,
    /// Bytes of the texts that were fetched.
    pub(crate) bytes: usize,
    /// Sums of the counts of actors and topics one level below their roots.
    pub(crate) counts: [u64; 2],
}

/// Answers queries.
pub(crate) trait Engine {
    fn name(&self) -> &'static str;

    /// Whether it takes part in a class.
    fn takes(&self, _class: Class) -> bool {
        true
    }

    /// How many rounds it sits out after each.
    fn rests(&self) -> usize {
        0
    }

    fn answer(&self, class: Class, ask: &Ask) -> Answer;

    /// Documents and ordinals of the best; not timed.
    fn best(&self, _class: Class, _ask: &Ask) -> Vec<(String, u32)> {
        Vec::new()
    }
}
