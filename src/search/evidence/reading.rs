//! One text, read: which needles it holds where.

use super::node::Leaf;
use crate::document::Span;
use crate::search::near::{self, Occurrence};

/// One text, read: which needles it holds where.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The occurrences of each needle, ascending.
    pub(super) found: Vec<Vec<Occurrence>>,
    /// The words by position.
    pub(super) words: Vec<Span>,
    /// The positions at which sentences start.
    pub(super) sentences: Vec<u32>,
}

impl Reading {
    /// The bytes of an occurrence.
    pub(super) fn bytes(&self, occurrence: Occurrence) -> Span {
        let at = |position: u32| self.words[(position as usize).min(self.words.len() - 1)];
        Span::new(at(occurrence.start).start, at(occurrence.end - 1).end)
    }

    /// The words that a range of bytes touches.
    pub(super) fn words_of(&self, span: Span) -> impl Iterator<Item = Occurrence> + use<> {
        let start = self.words.partition_point(|word| word.end <= span.start) as u32;
        let end = self.words.partition_point(|word| word.start < span.end) as u32;
        (start..end).map(|start| Occurrence { start, end: start + 1 })
    }
}

/// Where a word or phrase stands in a text, ascending by start.
pub(super) fn occurrences(leaf: &Leaf, reading: &Reading) -> Vec<Occurrence> {
    let mut all: Vec<Occurrence> = Vec::new();
    for choice in &leaf.choices {
        match choice.needles.as_slice() {
            [] => {}
            [needle] => all.extend(&reading.found[*needle]),
            several => {
                if several.iter().any(|&needle| reading.found[needle].is_empty()) {
                    continue;
                }
                let lists: Vec<Vec<u32>> = several
                    .iter()
                    .map(|&needle| reading.found[needle].iter().map(|occurrence| occurrence.start).collect())
                    .collect();
                let borrowed: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
                all.extend(near::phrase(&borrowed, choice.slop));
            }
        }
    }
    if leaf.choices.len() > 1 {
        all.sort_unstable();
    }
    all
}
