//! The page of hits that a request asks for: the best paragraphs, fetched, highlighted and explained.

use std::borrow::Cow;
use std::sync::Arc;

use tantivy::DocAddress;

use super::compile::Compiled;
use super::count::SegmentFilters;
use super::cursor::{Cursor, Place};
use super::explain::Explainer;
use super::explanation::Explanation;
use super::marker::HitMarker;
use super::order::Sort;
use super::plan::{Plan, Weights};
use super::rank::RankedParagraph;
use super::request::Request;
use super::results::{Group, Hit};
use super::searcher::Searcher;
use super::statistics::Statistics;
use super::top::{self, Selection, Top};
use crate::error::Result;
use crate::index::Bits;

/// The hits of a result.
#[derive(Default)]
pub(super) struct Page {
    pub(super) hits: Vec<Hit>,
    pub(super) groups: Vec<Group>,
    pub(super) next: Option<Cursor>,
}

/// The weights and filters of one request.
struct Ready<'a> {
    statistics: Statistics<'a>,
    weight: Box<dyn tantivy::query::Weight>,
    exact: Weights,
    filters: Vec<Option<Arc<Bits>>>,
    scores: usize,
}

impl Ready<'_> {
    fn selection<'a>(&'a self, searcher: &'a Searcher, request: &Request) -> Selection<'a> {
        Selection {
            searcher: &searcher.tantivy,
            arrays: &searcher.arrays,
            filters: &self.filters,
            weight: &*self.weight,
            exact: &self.exact,
            scores: self.scores,
            sort: request.sort,
            recency: request.recency,
        }
    }
}

impl Searcher {
    /// The best paragraphs of a request without their texts, highlights or counts: the same ones in the same order
    /// as the hits of [`search`](Searcher::search); of a [grouped](Request::group) one, the best paragraph of
    /// each document.
    ///
    /// This is for callers who go on with the ranking, say to measure it or to merge it with another.
    ///
    /// # Errors
    ///
    /// As [`search`](Searcher::search).
    pub fn rank(&self, request: impl Into<Request>) -> Result<Vec<RankedParagraph>> {
        let request = request.into();
        request.check()?;
        let compiled = self.compile(&request)?;
        let filters = self.filters(&compiled)?;
        let ready = self.prepare(&request, &compiled, &filters)?;
        let best = ready.selection(self, &request).top(request.unit(), request.position().as_ref(), request.limit)?;
        let mut ranked = Vec::with_capacity(best.len());
        for top in best {
            let document = top::document_id(&self.tantivy, &self.arrays, top)?;
            let reader = self.tantivy.segment_reader(top.segment);
            let ordinal = self.arrays[top.segment as usize].ordinal(reader, top.doc)?;
            ranked.push(RankedParagraph { score: top.key, document, ordinal });
        }
        Ok(ranked)
    }

    /// Makes the weights of a compiled request.
    fn prepare(&self, request: &Request, compiled: &Compiled, filters: &[SegmentFilters]) -> Result<Ready<'_>> {
        let known = request.after.as_ref().map(|cursor| cursor.0.figures.clone());
        let statistics = Statistics::new(&self.tantivy, known);
        let query = compiled.plan.query();
        let weight = match request.sort {
            Sort::Relevance => statistics.weight(&*query)?,
            _ => self.unscored(&*query)?,
        };
        let exact = compiled.plan.weights(&statistics)?;
        let filters = filters.iter().map(SegmentFilters::all).collect();
        Ok(Ready { statistics, weight, exact, filters, scores: compiled.plan.scores() })
    }

    /// The page that a request asks for.
    pub(super) fn page(&self, request: &Request, compiled: &Compiled, filters: &[SegmentFilters]) -> Result<Page> {
        let ready = self.prepare(request, compiled, filters)?;
        let selection = ready.selection(self, request);
        // One more than asked for tells whether there is a next page.
        let mut best = selection.top(request.unit(), request.position().as_ref(), request.limit + 1)?;
        let more = best.len() > request.limit;
        best.truncate(request.limit);
        let mut page = Page::default();
        let shown = if compiled.likes.is_empty() {
            Cow::Borrowed(&request.query)
        } else {
            Cow::Owned(request.query.replacing_likes(&compiled.likes))
        };
        let mut marker =
            HitMarker::new(&self.index.annotator, &self.index.analyzers, &shown, request.passage_characters);
        let mut show = |top: Top, score: f32| -> Result<Hit> {
            let mut hit = marker.hit(score, self.stored(DocAddress::new(top.segment, top.doc))?);
            if request.explain {
                hit.explanation = self.explain(request, &compiled.plan, &ready, top)?;
            }
            Ok(hit)
        };
        match request.per_document {
            Some(paragraphs) => {
                for &top in &best {
                    let found = selection.of_document(top)?;
                    let first = page.hits.len();
                    for &one in found.iter().take(paragraphs) {
                        page.hits.push(show(one, one.key)?);
                    }
                    let hits = page.hits.len() - first;
                    let document = page.hits.last().map(|hit| hit.document.clone()).unwrap_or_default();
                    page.groups.push(Group { document, paragraphs: found.len() as u64, hits });
                }
            }
            None => {
                let scores = match request.sort {
                    Sort::Relevance => best.iter().map(|top| top.key).collect(),
                    _ => selection.scores(&best)?,
                };
                for (&top, score) in best.iter().zip(scores) {
                    page.hits.push(show(top, score)?);
                }
            }
        }
        if more && let (Some(last), Some(hit)) = (best.last(), page.hits.last()) {
            let place = Place {
                request: request.fingerprint(),
                key: last.key,
                document: hit.document.clone(),
                ordinal: hit.ordinal,
                figures: ready.statistics.into_figures(),
            };
            page.next = Some(Cursor(Box::new(place)));
        }
        Ok(page)
    }

    fn explain(&self, request: &Request, plan: &Plan, ready: &Ready<'_>, top: Top) -> Result<Option<Explanation>> {
        let reader = self.tantivy.segment_reader(top.segment);
        let explainer = Explainer {
            fields: self.index.fields,
            schema: self.tantivy.schema(),
            statistics: &ready.statistics,
            reader,
        };
        let Some(mut explanation) = explainer.explain(plan, &mut ready.exact.scorer(reader)?, top.doc)? else {
            return Ok(None);
        };
        if let Some(recency) = request.recency {
            let days = self.arrays[top.segment as usize].days(reader)?[top.doc as usize];
            let factor = recency.explain(days.map(|(first, _)| first));
            explanation = Explanation::product("score", vec![explanation, factor]);
        }
        Ok(Some(explanation))
    }
}
