//! All paragraphs that a query matches.

use std::sync::Arc;

use tantivy::{DocAddress, SegmentReader};

use super::compile::Compiled;
use super::count::{Matching, SegmentFilters};
use super::facet::{FacetCounts, FacetSelection};
use super::filter::{self, FacetFilter};
use super::query::{Diagnostic, Query};
use super::request::Request;
use super::resolve::label;
use super::results::Total;
use super::score_tree::Found;
use super::searcher::Searcher;
use super::statistics::{RowStatistics, Statistics};
use super::top::{Prepared, Scoring};
use crate::document::Paragraph;
use crate::error::{Error, Result};
use crate::facet::{Dimension, FacetPath};
use crate::index::{Bits, NONE, Nodes, SegmentArrays};
use crate::mention_choice::MentionChoice;

/// All paragraphs that a query matches in one commit, to be counted and compared.
///
/// Every filter holds, also for the counts of its own dimension: what is counted here is this set and nothing else.
/// Where the query [chooses among mentions](Query::mentions), so do the counts of actors; of a combination, those of
/// the first query.
///
/// # Examples
///
/// ```
/// use demarche::{Dimension, Document, Index};
///
/// let index = Index::in_memory()?;
/// let mut writer = index.writer()?;
/// writer.add(&Document::parse("a", "Gas flows.\n\nGas and oil flow.\n\nOil burns.")?)?;
/// writer.commit()?;
/// let searcher = index.searcher()?;
/// let (gas, oil) = (searcher.matches("gas")?, searcher.matches("oil")?);
/// assert_eq!(gas.total().paragraphs, 2);
/// assert_eq!(gas.and(&oil)?.total().paragraphs, 1);
/// assert_eq!(gas.or(&oil)?.total().paragraphs, 3);
/// assert_eq!(gas.without(&oil)?.total().paragraphs, 1);
/// assert_eq!(searcher.matches("*")?.without(&gas)?.total().paragraphs, 1);
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Matches {
    searcher: Searcher,
    query: String,
    diagnostics: Vec<Diagnostic>,
    choice: MentionChoice,
    segments: Vec<Bits>,
    total: Total,
}

impl Searcher {
    /// All paragraphs that a query matches.
    ///
    /// # Errors
    ///
    /// [`is_storage`](Error::is_storage) when the engine below fails.
    pub fn matches(&self, query: impl Into<Query>) -> Result<Matches> {
        let query = query.into();
        let compiled = self.compile(&Request::new(query.clone()))?;
        let found = self.find_all(&compiled)?;
        Matches::new(self.clone(), query.to_string(), compiled.diagnostics, query.mention_choice(), found)
    }

    /// Every paragraph of each segment that matches a query and passes its filters, and is not deleted.
    pub(super) fn find_all(&self, compiled: &Compiled) -> Result<Vec<Bits>> {
        let filters = self.filters(compiled)?;
        let statistics = Statistics::new(&self.tantivy, None);
        let statistics = RowStatistics::of_paragraphs(&statistics);
        let prepared = Prepared::new(filters.len());
        let scoring = Scoring { plan: &compiled.plan, statistics, prepared: &prepared };
        let mut segments = Vec::with_capacity(self.arrays.len());
        for (segment, filters) in filters.iter().enumerate() {
            let (reader, arrays) = self.segment(segment);
            let candidates = filters.but(None, (reader, arrays));
            let mut bits = match scoring.found(segment, (reader, arrays), candidates.as_deref())? {
                Found::Set(bits) => bits.into_owned(),
                Found::List(list) => Bits::of(reader.max_doc(), &list),
            };
            if let Some(candidates) = candidates {
                bits.intersect(&candidates);
            }
            segments.push(bits);
        }
        Ok(segments)
    }

    /// The paragraphs of a segment at a path or below it, deleted ones too.
    fn facet_bits(
        &self,
        segment: usize,
        dimension: Dimension,
        choice: MentionChoice,
        path: &FacetPath,
    ) -> Result<Arc<Bits>> {
        let (reader, arrays) = self.segment(segment);
        filter::facet_bits(reader, arrays, dimension, choice, &[FacetFilter::Within(path.clone())])
    }

    /// A segment and what is known of it.
    pub(crate) fn segment(&self, segment: usize) -> (&SegmentReader, &SegmentArrays) {
        (self.tantivy.segment_reader(segment as u32), &self.arrays[segment])
    }

    /// A stored paragraph.
    pub(crate) fn paragraph(&self, segment: usize, doc: u32) -> Result<Paragraph> {
        Ok(self.stored(DocAddress::new(segment as u32, doc))?.paragraph)
    }

    /// Whether both see the same commit of the same index.
    fn is_same_commit(&self, other: &Searcher) -> bool {
        Arc::ptr_eq(&self.index, &other.index)
            && self.tantivy.generation().generation_id() == other.tantivy.generation().generation_id()
    }

    /// The name to show for a path.
    pub fn label(&self, dimension: Dimension, path: &FacetPath) -> Arc<str> {
        label(&self.index.annotator, dimension, path).into()
    }
}

impl Matches {
    fn new(
        searcher: Searcher,
        query: String,
        diagnostics: Vec<Diagnostic>,
        choice: MentionChoice,
        segments: Vec<Bits>,
    ) -> Result<Matches> {
        let (mut paragraphs, mut distinct) = (0, 0);
        for (segment, bits) in segments.iter().enumerate() {
            let (reader, arrays) = searcher.segment(segment);
            let documents = arrays.documents(reader)?;
            let mut last = NONE;
            for doc in bits.iter() {
                paragraphs += 1;
                distinct += u64::from(documents[doc as usize] != last);
                last = documents[doc as usize];
            }
        }
        let total = Total { paragraphs, documents: Some(distinct) };
        Ok(Matches { searcher, query, diagnostics, choice, segments, total })
    }

    /// The query, or the combination of queries, in the query language.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// What was odd in the query, and what names in it were resolved to.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// How many there are.
    pub fn total(&self) -> Total {
        self.total
    }

    /// Where they were found.
    pub fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// Those that are in both.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the two come from different commits.
    pub fn and(&self, other: &Matches) -> Result<Matches> {
        self.combine(other, "AND", Bits::intersect)
    }

    /// Those that are in one or in both.
    ///
    /// # Errors
    ///
    /// As [`Matches::and`].
    pub fn or(&self, other: &Matches) -> Result<Matches> {
        self.combine(other, "OR", Bits::unite)
    }

    /// Those that are not in the other.
    ///
    /// # Errors
    ///
    /// As [`Matches::and`].
    pub fn without(&self, other: &Matches) -> Result<Matches> {
        self.combine(other, "AND NOT", Bits::subtract)
    }

    fn combine(&self, other: &Matches, word: &str, combine: fn(&mut Bits, &Bits)) -> Result<Matches> {
        if !self.searcher.is_same_commit(&other.searcher) {
            return Err(Error::value("matches", &other.query, "expected those of the same searcher"));
        }
        let mut segments = self.segments.clone();
        for (bits, other) in segments.iter_mut().zip(&other.segments) {
            combine(bits, other);
        }
        let query = format!("({}) {word} ({})", self.query, other.query);
        let diagnostics = self.diagnostics.iter().chain(&other.diagnostics).cloned().collect();
        Matches::new(self.searcher.clone(), query, diagnostics, self.choice, segments)
    }

    /// Those at a path or below it.
    ///
    /// # Errors
    ///
    /// [`is_storage`](Error::is_storage) when the engine below fails.
    pub fn within(&self, dimension: Dimension, path: &FacetPath) -> Result<Matches> {
        let mut segments = self.segments.clone();
        for (segment, bits) in segments.iter_mut().enumerate() {
            bits.intersect(&*self.searcher.facet_bits(segment, dimension, self.choice, path)?);
        }
        let query = format!("({}) {dimension}:{path}", self.query);
        Matches::new(self.searcher.clone(), query, self.diagnostics.clone(), self.choice, segments)
    }

    /// The counts of a dimension.
    ///
    /// # Errors
    ///
    /// [`is_storage`](Error::is_storage) when the engine below fails.
    pub fn counts(&self, dimension: Dimension) -> Result<FacetCounts> {
        let nodes = [self.nodes(dimension)?];
        let filters: Vec<SegmentFilters> = self.segments.iter().map(|_| SegmentFilters::default()).collect();
        let pass = self.searcher.pass(&filters, &nodes);
        let counts = pass.count(Matching::Set(&self.segments))?.dimensions.pop().unwrap_or_default();
        let [nodes] = nodes;
        Ok(FacetCounts::new(nodes, counts, FacetSelection::all()))
    }

    pub(crate) fn nodes(&self, dimension: Dimension) -> Result<Arc<Nodes>> {
        self.searcher.nodes(dimension, self.choice)
    }

    /// Which mentions name the actors that are counted.
    pub(crate) fn mention_choice(&self) -> MentionChoice {
        self.choice
    }

    /// The paragraphs of each segment, with what is known of it.
    pub(crate) fn segments(&self) -> impl Iterator<Item = (usize, &Bits)> {
        self.segments.iter().enumerate()
    }
}
