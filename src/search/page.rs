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
use super::plan::Plan;
use super::rank::{Bonus, Lesson, Ordered, RankedParagraph, Reranker, School, ordered};
use super::request::Request;
use super::results::{Counts, Group, Hit};
use super::searcher::Searcher;
use super::statistics::{RowStatistics, Statistics};
use super::top::{self, Prepared, Scored, Scoring, Selection, Top, Unit};
use crate::document::Language;
use crate::error::Result;
use crate::index::Bits;

/// The hits of a result.
#[derive(Default)]
pub(super) struct Page {
    pub(super) hits: Vec<Hit>,
    pub(super) groups: Vec<Group>,
    pub(super) next: Option<Cursor>,
}

/// What one request is answered with.
struct Ready<'a> {
    plan: &'a Plan,
    statistics: Statistics<'a>,
    paragraphs: Prepared,
    /// Where documents are ordered as wholes.
    wholes: Option<(Plan, Prepared)>,
    filters: Vec<Option<Arc<Bits>>>,
}

impl Ready<'_> {
    fn selection<'a>(&'a self, searcher: &'a Searcher, request: &Request) -> Result<Selection<'a>> {
        let paragraphs = Scoring {
            plan: self.plan,
            statistics: RowStatistics::of_paragraphs(&self.statistics),
            prepared: &self.paragraphs,
        };
        let mut wholes = None;
        if let Some((plan, prepared)) = &self.wholes {
            let statistics = RowStatistics::of_documents(&self.statistics, searcher.index.fields.document)?;
            wholes = Some(Scoring { plan, statistics, prepared });
        }
        Ok(Selection {
            searcher: &searcher.tantivy,
            arrays: &searcher.arrays,
            filters: &self.filters,
            paragraphs,
            wholes,
            sort: request.sort,
            recency: request.recency,
        })
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
        Ok(self.ranked(&request, &compiled, &filters)?.0)
    }

    /// The best paragraphs as [`rank`](Searcher::rank) has them, and the totals and counts as
    /// [`count`](Searcher::count) has them: the whole answer but for what is stored of the hits.
    ///
    /// # Errors
    ///
    /// As [`search`](Searcher::search).
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Document, Index};
    ///
    /// let index = Index::in_memory()?;
    /// let mut writer = index.writer()?;
    /// writer.add(&Document::parse("a", "Gas flows.\n\nGas burns.\n\nOil burns.")?)?;
    /// writer.commit()?;
    /// let (ranked, counts) = index.searcher()?.rank_and_count("gas")?;
    /// assert_eq!((ranked[0].document.as_str(), ranked[0].ordinal), ("a", 1));
    /// assert_eq!((counts.total.paragraphs, counts.total.documents), (2, Some(1)));
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn rank_and_count(&self, request: impl Into<Request>) -> Result<(Vec<RankedParagraph>, Counts)> {
        let request = request.into();
        request.check()?;
        let compiled = self.compile(&request)?;
        let filters = self.filters(&compiled)?;
        let (ranked, prepared) = self.ranked(&request, &compiled, &filters)?;
        Ok((ranked, self.counts(&request, compiled, &filters, prepared)?))
    }

    fn ranked(
        &self,
        request: &Request,
        compiled: &Compiled,
        filters: &[SegmentFilters],
    ) -> Result<(Vec<RankedParagraph>, Prepared)> {
        let ready = self.prepare(request, compiled, filters);
        let selection = ready.selection(self, request)?;
        let mut reranker = self.reranker(request, compiled, &ready, &selection)?;
        let ordered = self.ordered(request, &ready, &selection, reranker.as_mut(), request.limit)?;
        // What is at hand nowhere near is fetched one kind after the other, so that the processor waits for all of a
        // kind together.
        let mut ordinals = Vec::with_capacity(ordered.best.len());
        for top in &ordered.best {
            let reader = self.tantivy.segment_reader(top.segment);
            ordinals.push(self.arrays[top.segment as usize].ordinal(reader, top.doc)?);
        }
        let mut documents = Vec::with_capacity(ordered.best.len());
        for &top in &ordered.best {
            documents.push(top::document_id(&self.tantivy, &self.arrays, top)?);
        }
        let names = documents.into_iter().zip(ordinals).zip(&ordered.best);
        let ranked = names
            .map(|((document, ordinal), top)| RankedParagraph { score: top.key, document: (*document).into(), ordinal })
            .collect();
        Ok((ranked, ready.paragraphs))
    }

    /// Makes a compiled request ready.
    fn prepare<'a>(&'a self, request: &Request, compiled: &'a Compiled, filters: &[SegmentFilters]) -> Ready<'a> {
        let known = request.after.as_ref().map(|cursor| cursor.0.figures.clone());
        let statistics = Statistics::new(&self.tantivy, known);
        let segments = filters.len();
        let filters: Vec<_> = filters.iter().zip(&self.arrays).map(|(filters, arrays)| filters.all(arrays)).collect();
        // A filter is asked of a paragraph that matches, which the whole document does not know.
        let wholes = self.plan_of_wholes(request, compiled).filter(|_| filters.iter().all(Option::is_none));
        Ready {
            plan: &compiled.plan,
            statistics,
            paragraphs: Prepared::new(segments),
            wholes: wholes.map(|plan| (plan, Prepared::new(segments))),
            filters,
        }
    }

    /// The plan that documents are ordered by before all evidence is read, where the query allows it: the whole
    /// document is the better part of it. Ordered by their best paragraphs, good documents are missed.
    fn plan_of_wholes(&self, request: &Request, compiled: &Compiled) -> Option<Plan> {
        let fields = &self.index.fields;
        let weight = request.ranking.documents;
        let wanted = request.unit() == Unit::Document
            && request.sort == Sort::Relevance
            && request.ranking.reranks()
            && weight > 0.0;
        wanted.then(|| compiled.plan.of_documents(fields.text, fields.whole, weight)).flatten()
    }

    /// What adds further evidence; `None` where the ranking has none.
    fn reranker<'a>(
        &self,
        request: &'a Request,
        compiled: &Compiled,
        ready: &Ready<'_>,
        selection: &'a Selection<'a>,
    ) -> Result<Option<Reranker<'a>>> {
        if !request.ranking.reranks() {
            return Ok(None);
        }
        let terms = compiled.terms.clone();
        Reranker::new(selection, &request.ranking, self.index.fields, terms, &ready.statistics).map(Some)
    }

    fn ordered(
        &self,
        request: &Request,
        ready: &Ready<'_>,
        selection: &Selection<'_>,
        reranker: Option<&mut Reranker<'_>>,
        limit: usize,
    ) -> Result<Ordered> {
        let reranker = reranker.filter(|_| request.sort == Sort::Relevance);
        let texts = |top| self.lesson(selection, top);
        let school = School { statistics: &ready.statistics, analyzers: &self.index.analyzers, texts: &texts };
        ordered(selection, reranker, &school, request.unit(), request.start().as_ref(), limit)
    }

    /// The texts of a paragraph's document, of a long one those around the paragraph.
    fn lesson(&self, selection: &Selection<'_>, top: Top) -> Result<Lesson> {
        /// Paragraphs on either side; beyond them a document speaks of something else, and reading them costs.
        const AROUND: u32 = 10;
        let range = selection.document_of(top)?;
        let near = top.doc.saturating_sub(AROUND).max(range.start)..(top.doc + AROUND + 1).min(range.end);
        let mut texts = Vec::with_capacity(near.len() + 1);
        let mut language = Language::ENGLISH;
        for doc in near {
            let stored = self.stored(DocAddress::new(top.segment, doc))?;
            if texts.is_empty() {
                language = stored.language.unwrap_or(language);
                texts.extend(stored.title);
            }
            texts.push(stored.paragraph.text);
        }
        Ok(Lesson { language, texts })
    }

    /// The page that a request asks for.
    pub(super) fn page(
        &self,
        request: &Request,
        compiled: &Compiled,
        filters: &[SegmentFilters],
    ) -> Result<(Page, Prepared)> {
        let ready = self.prepare(request, compiled, filters);
        let selection = ready.selection(self, request)?;
        // One more than asked for tells whether there is a next page.
        let mut reranker = self.reranker(request, compiled, &ready, &selection)?;
        let Ordered { mut best, inside, window, expansion } =
            self.ordered(request, &ready, &selection, reranker.as_mut(), request.limit + 1)?;
        let more = best.len() > request.limit;
        best.truncate(request.limit);
        let mut page = Page::default();
        let shown = if compiled.likes.is_empty() {
            Cow::Borrowed(&request.query)
        } else {
            Cow::Owned(request.query.replacing_likes(&compiled.likes))
        };
        let mut marker =
            HitMarker::new(&self.index.annotator, &self.index.analyzers, &shown, request.passage_characters)
                .highlight(request.highlight)
                .also_mark(compiled.other_names.ids());
        let mut show = |top: Top, bonus: Bonus| -> Result<Hit> {
            let mut hit = marker.hit(top.key, self.stored(DocAddress::new(top.segment, top.doc))?);
            if request.explain {
                hit.explanation = self.explain(request, &selection, &ready, top, bonus)?;
            }
            Ok(hit)
        };
        let evidence = |shown: &mut [Top]| match &reranker {
            Some(reranker) => reranker.add_to(Unit::Paragraph, shown),
            None => Ok(vec![Bonus::default(); shown.len()]),
        };
        match request.per_document {
            Some(paragraphs) => {
                for &top in &best {
                    let matching = selection.of_documents(&[top])?.pop().unwrap_or_default();
                    let mut found = Vec::with_capacity(matching.len());
                    for Scored { score, doc } in matching {
                        let one = Top { doc, ..top };
                        found.push(Top { key: selection.faded(score, one)?, ..one });
                    }
                    let bonuses = evidence(&mut found)?;
                    let mut found: Vec<(Top, Bonus)> = found.into_iter().zip(bonuses).collect();
                    found.sort_by(|(a, _), (b, _)| b.key.total_cmp(&a.key).then(a.doc.cmp(&b.doc)));
                    let first = page.hits.len();
                    for &(one, bonus) in found.iter().take(paragraphs) {
                        page.hits.push(show(one, bonus)?);
                    }
                    let hits = page.hits.len() - first;
                    let document = page.hits.last().map(|hit| hit.document.clone()).unwrap_or_default();
                    page.groups.push(Group { document, paragraphs: found.len() as u64, hits });
                }
            }
            None => {
                let mut shown = best.clone();
                let bonuses = if request.sort != Sort::Relevance {
                    for (top, score) in shown.iter_mut().zip(selection.scores(&best)?) {
                        top.key = score;
                    }
                    evidence(&mut shown)?
                } else if request.explain {
                    // The scores are there; only what they come from is not.
                    let mut bonuses = evidence(&mut best.clone()[..inside.min(best.len())])?;
                    bonuses.resize(best.len(), Bonus::default());
                    bonuses
                } else {
                    vec![Bonus::default(); best.len()]
                };
                for (top, bonus) in shown.into_iter().zip(bonuses) {
                    page.hits.push(show(top, bonus)?);
                }
            }
        }
        if more && let (Some(last), Some(hit)) = (best.last(), page.hits.last()) {
            let place = Place {
                request: request.fingerprint(),
                key: last.key,
                document: hit.document.clone(),
                ordinal: hit.ordinal,
                window,
                inside: inside >= best.len(),
                expansion,
                figures: ready.statistics.figures().clone(),
            };
            page.next = Some(Cursor(Box::new(place)));
        }
        Ok((page, ready.paragraphs))
    }

    fn explain(
        &self,
        request: &Request,
        selection: &Selection<'_>,
        ready: &Ready<'_>,
        top: Top,
        bonus: Bonus,
    ) -> Result<Option<Explanation>> {
        let reader = self.tantivy.segment_reader(top.segment);
        let explainer = Explainer {
            fields: self.index.fields,
            schema: self.tantivy.schema(),
            statistics: &ready.statistics,
            reader,
        };
        let mut scorer = selection.paragraphs.weights()?.scorer(reader)?;
        let Some(mut explanation) = explainer.explain(selection.paragraphs.plan, &mut scorer, top.doc)? else {
            return Ok(None);
        };
        explanation = bonus.explain(explanation);
        if let Some(recency) = request.recency {
            let days = self.arrays[top.segment as usize].days(reader)?[top.doc as usize];
            let factor = recency.explain(days.map(|(first, _)| first));
            explanation = Explanation::product("score", vec![explanation, factor]);
        }
        Ok(Some(explanation))
    }
}
