//! A snapshot of the index that answers requests.

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::schema::Facet;
use tantivy::{DocAddress, Term};

use super::compile::{Compiled, Compiler};
use super::count::{Matching, Pass, SegmentFilters};
use super::facet::{FacetCounts, Facets};
use super::filter::{self, DocumentFilter};
use super::page::Page;
use super::query::{Clause, Diagnostic};
use super::rank::{OtherNames, WordWeights};
use super::request::Request;
use super::resolve::values;
use super::results::{Counts, Results, Total};
use super::spelling::{Correction, Speller};
use super::statistics::{RowStatistics, Statistics};
use super::top::{Prepared, Scoring};
use crate::document::{Document, Language};
use crate::error::{Error, Result};
use crate::facet::Dimension;
use crate::index::stored::StoredParagraph;
use crate::index::{Bits, Index, Inner, Nodes, SegmentArrays, SegmentNodes};
use crate::mention_choice::MentionChoice;
use crate::text::Analyzer;

/// Answers requests from one commit of an index, however long it is kept.
///
/// # Examples
///
/// ```
/// use demarche::{Document, Index};
///
/// let index = Index::in_memory()?;
/// let mut writer = index.writer()?;
/// writer.add(&Document::parse("a", "The summit ended.\n\nNo statement was issued.")?)?;
/// writer.commit()?;
/// let results = index.searcher()?.search("statement")?;
/// assert_eq!((results.hits[0].document.as_str(), results.hits[0].ordinal), ("a", 2));
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Clone)]
pub struct Searcher {
    pub(super) index: Arc<Inner>,
    pub(super) tantivy: tantivy::Searcher,
    pub(super) arrays: Vec<Arc<SegmentArrays>>,
    nodes: Arc<SegmentNodes>,
    /// The languages that words of a query are read in, with their shares of the paragraphs: English, and those
    /// of the documents.
    languages: Arc<[(Language, f32)]>,
}

impl Index {
    /// A searcher of the newest commit made through this index or one of its clones.
    ///
    /// # Errors
    ///
    /// [`is_storage`](Error::is_storage) when the engine below fails.
    pub fn searcher(&self) -> Result<Searcher> {
        Searcher::of(&self.inner)
    }
}

/// The languages of an index with their shares of the paragraphs; one that does not say is taken for English.
fn languages(index: &Inner, searcher: &tantivy::Searcher) -> Result<Vec<(Language, f32)>> {
    let mut rest: u64 = searcher.segment_readers().iter().map(|reader| u64::from(reader.max_doc())).sum();
    let all = rest.max(1) as f32;
    let mut counts = BTreeMap::from([(Language::ENGLISH, 0)]);
    let Some(field) = index.fields.facet(Dimension::Language) else { return Ok(Vec::new()) };
    for code in values(searcher, Dimension::Language)? {
        let Some(language) = Language::new(&code) else { continue };
        let term = Term::from_facet(field, &Facet::from_path([code.as_str()]));
        let count = searcher.doc_freq(&term).map_err(|error| Error::storage("counting languages", error))?;
        *counts.entry(language).or_default() += count;
        rest = rest.saturating_sub(count);
    }
    *counts.entry(Language::ENGLISH).or_default() += rest;
    Ok(counts.into_iter().map(|(language, count)| (language, count as f32 / all)).collect())
}

impl Searcher {
    pub(super) fn of(index: &Arc<Inner>) -> Result<Searcher> {
        let tantivy = index.reader.searcher();
        let arrays = index.segments.of(&tantivy);
        let nodes = index.segments.nodes_of(&tantivy);
        let languages = languages(index, &tantivy)?;
        Ok(Searcher { index: index.clone(), tantivy, arrays, nodes, languages: languages.into() })
    }

    /// Answers a request, which may be as little as the text of a query.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the limit is not 1 to 10,000, or the cursor belongs to another
    /// request. No query is an error: what is odd in it comes back in the results' diagnostics. [`is_storage`](Error::is_storage) when the engine below fails.
    pub fn search(&self, request: impl Into<Request>) -> Result<Results> {
        let request = request.into();
        request.check()?;
        let compiled = self.compile(&request)?;
        let filters = self.filters(&compiled)?;
        let (Page { hits, groups, next }, prepared) = self.page(&request, &compiled, &filters)?;
        let counts = self.counts(&request, compiled, &filters, prepared)?;
        let Counts { query, mut diagnostics, total, facets, timeline } = counts;
        let did_you_mean = self.did_you_mean(&request, total, &mut diagnostics)?;
        Ok(Results { query, diagnostics, did_you_mean, total, hits, groups, next, facets, timeline })
    }

    /// Totals and counts of a request without any hit, which is faster; the limit is left aside.
    ///
    /// # Errors
    ///
    /// [`is_storage`](Error::is_storage) when the engine below fails.
    ///
    /// # Cost
    ///
    /// Counting everything (`"*"` without a filter) reads the paragraphs once a commit, then only the nodes.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Dimension, Document, Index, Interval, Request};
    ///
    /// let index = Index::in_memory()?;
    /// let mut writer = index.writer()?;
    /// for (id, date) in [("a", "2021-12-30"), ("b", "2022-02-04"), ("c", "2022")] {
    ///     let mut document = Document::parse(id, "The ministers met.")?;
    ///     document.date = Some(date.parse()?);
    ///     writer.add(&document)?;
    /// }
    /// writer.commit()?;
    /// let request = Request::new("ministers").count([Dimension::Date]).timeline(Interval::Month);
    /// let counts = index.searcher()?.count(request)?;
    /// let timeline = counts.timeline.expect("asked for");
    /// let months: Vec<_> = timeline.periods.iter().map(|period| (&*period.label, period.count)).collect();
    /// assert_eq!(months, [("2021-12", 1), ("2022-01", 0), ("2022-02", 1)]);
    /// assert_eq!(timeline.imprecise, 1);
    /// let dates = counts.facets.get(Dimension::Date).expect("asked for");
    /// assert_eq!(dates.get(&"/2022".parse()?).map(|year| (year.count, year.direct)), Some((2, 1)));
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn count(&self, request: impl Into<Request>) -> Result<Counts> {
        let request = request.into();
        let compiled = self.compile(&request)?;
        let filters = self.filters(&compiled)?;
        let prepared = Prepared::new(filters.len());
        self.counts(&request, compiled, &filters, prepared)
    }

    /// The query with its unknown words spelt as the index has them, where that finds more.
    fn did_you_mean(
        &self,
        request: &Request,
        total: Total,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Option<String>> {
        let mut analyzers: Vec<Analyzer> =
            self.languages.iter().map(|&(language, _)| self.index.analyzers.take(language)).collect();
        let mut speller = Speller { searcher: self, dictionary: 50_000, analyzers: &mut analyzers };
        let corrections = speller.corrections(&request.query);
        analyzers.into_iter().for_each(|analyzer| self.index.analyzers.put(analyzer));
        let corrections = corrections?;
        if corrections.is_empty() {
            return Ok(None);
        }
        let query = request.query.corrected(&corrections);
        let found = self.count(Request { query: query.clone(), ..request.clone() }.count([]))?;
        if found.total.paragraphs <= total.paragraphs {
            return Ok(None);
        }
        for Correction { word, meant } in corrections {
            let message = format!("no paragraph has the word {word}");
            diagnostics.push(Diagnostic::new(message, request.query.span_of(&word)).suggesting(meant));
        }
        diagnostics.sort_by_key(Diagnostic::span);
        Ok(Some(query.to_string()))
    }

    pub(super) fn compile(&self, request: &Request) -> Result<Compiled> {
        let weights = WordWeights::new(&request.query, &self.languages, request.ranking.function_words);
        let languages = self.languages.iter().map(|&(language, _)| language);
        let frequency = |field, text: &str| self.tantivy.doc_freq(&Term::from_field_text(field, text)).unwrap_or(0);
        let fields = &self.index.fields;
        let mut is_name =
            |word: &str, id: &str| 2 * frequency(fields.mention, id) > frequency(fields.written(word), word);
        let annotator = &self.index.annotator;
        let names = OtherNames::new(&request.query, annotator, request.ranking.actors, &mut is_name);
        Compiler::new(&self.index, &self.tantivy, &self.arrays, languages, weights, &request.query)
            .with_other_names(names)
            .compile()
    }

    pub(super) fn counts(
        &self,
        request: &Request,
        compiled: Compiled,
        filters: &[SegmentFilters],
        prepared: Prepared,
    ) -> Result<Counts> {
        let mut dimensions = request.dimensions.clone();
        if request.timeline.is_some() && !dimensions.contains(&Dimension::Date) {
            dimensions.push(Dimension::Date);
        }
        let mut nodes = Vec::with_capacity(dimensions.len());
        for &dimension in &dimensions {
            nodes.push(self.nodes(dimension, request.query.mention_choice())?);
        }
        let pass = Pass { sideways: request.sideways, ..self.pass(filters, &nodes) };
        let counts = if *request.query.clause() == Clause::All {
            pass.count(Matching::Everything)?
        } else {
            let statistics = Statistics::new(&self.tantivy, None);
            let statistics = RowStatistics::of_paragraphs(&statistics);
            pass.count(Matching::Query(Scoring { plan: &compiled.plan, statistics, prepared: &prepared }))?
        };
        let mut facets = Facets::default();
        for (nodes, counts) in nodes.into_iter().zip(counts.dimensions) {
            let dimension = nodes.dimension();
            let shown = request.selections.get(&dimension).cloned().unwrap_or_default();
            facets.0.insert(dimension, FacetCounts::new(nodes, counts, shown));
        }
        let dates = facets.get(Dimension::Date);
        let timeline = request.timeline.and_then(|interval| Some(dates?.timeline(interval)));
        if !request.dimensions.contains(&Dimension::Date) {
            facets.0.remove(&Dimension::Date);
        }
        let total = Total { paragraphs: counts.paragraphs, documents: Some(counts.documents) };
        let Compiled { diagnostics, .. } = compiled;
        Ok(Counts { query: request.query.to_string(), diagnostics, total, facets, timeline })
    }

    /// A pass over this commit.
    pub(crate) fn pass<'a>(&'a self, filters: &'a [SegmentFilters], nodes: &'a [Arc<Nodes>]) -> Pass<'a> {
        Pass {
            searcher: &self.tantivy,
            fields: self.index.fields,
            arrays: &self.arrays,
            filters,
            nodes,
            sideways: true,
        }
    }

    /// The nodes of a dimension.
    pub(crate) fn nodes(&self, dimension: Dimension, choice: MentionChoice) -> Result<Arc<Nodes>> {
        self.nodes.of(dimension, choice, (&self.tantivy, &self.arrays), &self.index.annotator)
    }

    pub(super) fn filters(&self, compiled: &Compiled) -> Result<Vec<SegmentFilters>> {
        let choice = compiled.mention_choice;
        let mut filters = Vec::with_capacity(self.arrays.len());
        for (reader, arrays) in self.tantivy.segment_readers().iter().zip(&self.arrays) {
            let mut segment = SegmentFilters::default();
            for (dimension, values) in &compiled.dimensions {
                segment.dimensions.push((*dimension, filter::facet_bits(reader, arrays, *dimension, choice, values)?));
            }
            let mut plain: Vec<Arc<Bits>> = Vec::with_capacity(compiled.others.len());
            for other in &compiled.others {
                let bits = other.bits(reader, arrays)?;
                match other {
                    // A range of dates filters the dimension of dates, so its counts are sideways, too.
                    DocumentFilter::Dates(_) => segment.add(Dimension::Date, bits),
                    DocumentFilter::Terms(..) => plain.push(bits),
                }
            }
            segment.plain = arrays.intersection(plain);
            filters.push(segment);
        }
        Ok(filters)
    }

    pub(super) fn stored(&self, address: DocAddress) -> Result<StoredParagraph> {
        StoredParagraph::fetch(&self.tantivy, self.index.fields.stored, address)
    }

    /// The document with this id as it was added, with its sections, its repair ledger and, where it was kept,
    /// its original; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`is_storage`](Error::is_storage) when the engine below fails.
    pub fn document(&self, id: &str) -> Result<Option<Document>> {
        let failed = |error| Error::storage("looking a document up", error);
        let term = Term::from_field_text(self.index.fields.document, id);
        for (segment, reader) in self.tantivy.segment_readers().iter().enumerate() {
            let inverted = reader.inverted_index(self.index.fields.document).map_err(failed)?;
            let postings = inverted
                .read_postings(&term, tantivy::schema::IndexRecordOption::Basic)
                .map_err(|error| Error::storage("looking a document up", error))?;
            let Some(mut postings) = postings else { continue };
            let mut paragraphs = Vec::new();
            let mut doc = tantivy::DocSet::doc(&postings);
            while doc != tantivy::TERMINATED {
                if !reader.is_deleted(doc) {
                    let address = DocAddress::new(segment as u32, doc);
                    paragraphs.push(StoredParagraph::fetch_whole(&self.tantivy, self.index.fields.stored, address)?);
                }
                doc = tantivy::DocSet::advance(&mut postings);
            }
            if !paragraphs.is_empty() {
                return Ok(StoredParagraph::assemble(paragraphs));
            }
        }
        Ok(None)
    }

    /// Memory that is kept to count and filter faster, in bytes: the facets of every dimension counted so
    /// far, the document of every paragraph, and the filters used last.
    ///
    /// Counting actors and topics takes 12 bytes a paragraph: their codes lie in a file of the segment, what else there is
    /// in memory.
    pub fn memory(&self) -> usize {
        self.arrays.iter().map(|arrays| arrays.bytes()).sum()
    }

    /// How many paragraphs the commit holds.
    pub fn paragraphs(&self) -> u64 {
        self.tantivy.num_docs()
    }
}

impl std::fmt::Debug for Searcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Searcher").field("segments", &self.arrays.len()).finish_non_exhaustive()
    }
}
