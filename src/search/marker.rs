//! A stored paragraph becomes a hit with its highlights.

use std::cell::RefCell;
use std::collections::HashMap;

use super::evidence::Texts;
use super::filter::FacetFilter;
use super::highlight::{Highlight, Highlighter};
use super::query::Query;
use super::resolve::resolve_actor;
use super::results::Hit;
use crate::annotate::Annotator;
use crate::document::{ActorTag, Language};
use crate::index::AnalyzerPool;
use crate::index::stored::StoredParagraph;

/// Draws the highlights of one result.
pub(crate) struct HitMarker<'a> {
    annotator: &'a Annotator,
    analyzers: &'a AnalyzerPool,
    query: &'a Query,
    passage_characters: usize,
    highlight: bool,
    /// Actors whose mentions are marked as words of the query are, by their ids.
    also: Vec<String>,
    highlighters: HashMap<Language, Highlighter>,
    /// What names of the query mean, looked up once.
    names: RefCell<HashMap<String, Option<FacetFilter>>>,
}

impl<'a> HitMarker<'a> {
    pub(crate) fn new(
        annotator: &'a Annotator,
        analyzers: &'a AnalyzerPool,
        query: &'a Query,
        passage_characters: usize,
    ) -> HitMarker<'a> {
        let (highlighters, names) = (HashMap::new(), RefCell::default());
        HitMarker {
            annotator,
            analyzers,
            query,
            passage_characters,
            highlight: true,
            also: Vec::new(),
            highlighters,
            names,
        }
    }

    /// Whether anything is marked.
    pub(crate) fn highlight(mut self, yes: bool) -> HitMarker<'a> {
        self.highlight = yes;
        self
    }

    /// Marks the mentions of some actors, too, by their ids.
    pub(crate) fn also_mark<'i>(mut self, ids: impl Iterator<Item = &'i str>) -> HitMarker<'a> {
        self.also = ids.map(str::to_owned).collect();
        self
    }

    pub(crate) fn hit(&mut self, score: f32, stored: StoredParagraph) -> Hit {
        if !self.highlight {
            let beginning = Highlight::beginning(&stored.paragraph.text, self.passage_characters);
            return Hit::new(score, stored, beginning);
        }
        let language = stored.language.unwrap_or(Language::ENGLISH);
        let highlighter = self.highlighters.entry(language).or_insert_with(|| {
            let analyzer = self.analyzers.take(language);
            let highlighter = Highlighter::with_analyzer(self.query, analyzer).budget(self.passage_characters);
            highlighter.actors(self.also.clone())
        });
        let names = &self.names;
        let means = |name: &str, tag: &ActorTag| {
            let mut names = names.borrow_mut();
            if !names.contains_key(name) {
                let meant = resolve_actor(self.annotator, name).map(|resolved| resolved.filter);
                names.insert(name.to_owned(), meant);
            }
            names.get(name).is_some_and(|meant| meant.as_ref().is_some_and(|meant| meant.accepts(tag.path.as_str())))
        };
        let texts = Texts {
            title: stored.title.as_deref().unwrap_or_default(),
            headings: &stored.headings,
            body: &stored.paragraph.text,
            is_first: stored.record.is_some(),
        };
        let highlight = highlighter.highlight_with(texts, &stored.paragraph, &means);
        Hit::new(score, stored, highlight)
    }
}

impl Drop for HitMarker<'_> {
    fn drop(&mut self) {
        for (_, highlighter) in self.highlighters.drain() {
            self.analyzers.put(highlighter.into_analyzer());
        }
    }
}
