//! Totals and facet counts: one unscored pass over the matched paragraphs.

use std::sync::Arc;

use tantivy::query::Weight;
use tantivy::{Searcher, SegmentReader};

use super::plan::Weights;
use crate::error::{Error, Result};
use crate::facet::Dimension;
use crate::index::{Bits, NONE, Nodes, SegmentArrays, Tally};

/// The filters of one segment: one set for every dimension that is filtered, one for all the rest.
#[derive(Debug, Default)]
pub(crate) struct SegmentFilters {
    /// Documents, kinds: filters with no sideways counts.
    pub(crate) plain: Option<Arc<Bits>>,
    /// The filtered dimensions, each once.
    pub(crate) dimensions: Vec<(Dimension, Arc<Bits>)>,
}

impl SegmentFilters {
    /// All filters as one set; `None` when nothing is filtered.
    pub(crate) fn all(&self) -> Option<Arc<Bits>> {
        SegmentFilters::intersection(self.plain.iter().chain(self.dimensions.iter().map(|(_, bits)| bits)).cloned())
    }

    /// What is in all of the sets; `None` for no set.
    pub(crate) fn intersection(sets: impl IntoIterator<Item = Arc<Bits>>) -> Option<Arc<Bits>> {
        sets.into_iter().reduce(|mut all, bits| {
            Arc::make_mut(&mut all).intersect(&bits);
            all
        })
    }

    /// Filters a dimension, along with what filters it already.
    pub(crate) fn add(&mut self, dimension: Dimension, bits: Arc<Bits>) {
        match self.dimensions.iter_mut().find(|(of, _)| *of == dimension) {
            Some((_, filtered)) => Arc::make_mut(filtered).intersect(&bits),
            None => self.dimensions.push((dimension, bits)),
        }
    }

    /// What is not deleted and passes every filter but that of `open`; `None` for all paragraphs.
    fn but(&self, open: Option<Dimension>, alive: Option<Arc<Bits>>) -> Option<Arc<Bits>> {
        let dimensions = self.dimensions.iter().filter(|(dimension, _)| Some(*dimension) != open);
        let filters = self.plain.iter().chain(dimensions.map(|(_, bits)| bits)).cloned();
        SegmentFilters::intersection(filters.chain(alive))
    }

    fn is_empty(&self) -> bool {
        self.plain.is_none() && self.dimensions.is_empty()
    }
}

/// Counts of one node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct NodeCounts {
    pub(crate) count: u64,
    pub(crate) direct: u64,
    pub(crate) documents: u64,
}

/// Counts of one dimension, a node each in the order of [`Nodes`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DimensionCounts {
    pub(crate) nodes: Vec<NodeCounts>,
    /// Paragraphs counted.
    pub(crate) paragraphs: u64,
    /// Those of them that have no value in the dimension.
    pub(crate) missing: u64,
}

/// What the pass yields.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) paragraphs: u64,
    pub(crate) documents: u64,
    /// In the order of the dimensions asked for.
    pub(crate) dimensions: Vec<DimensionCounts>,
}

/// Which paragraphs a pass goes over.
#[derive(Clone, Copy)]
pub(crate) enum Matching<'a> {
    /// All that are not deleted.
    Everything,
    /// Those that a query matches: in one go, or asked one by one.
    Query { all: &'a dyn Weight, single: &'a Weights },
    /// Those of a set a segment, none of which is deleted.
    Set(&'a [Bits]),
}

/// What a pass over one commit needs to know.
pub(crate) struct Pass<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) arrays: &'a [Arc<SegmentArrays>],
    pub(crate) filters: &'a [SegmentFilters],
    /// The dimensions to count.
    pub(crate) nodes: &'a [Arc<Nodes>],
    /// Whether a filtered dimension is counted as if its own filter were off.
    pub(crate) sideways: bool,
}

/// A paragraph of the filters is asked whether it matches, rather than every match whether it passes, where that
/// is at least so many times fewer: moving the postings on to it costs about as much as reading so many.
pub(super) const SEEK_COST: u64 = 64;

/// Paragraphs gathered before they are counted; a filtered dimension is then read in stretches, not one by one.
const GATHERED: usize = 1_024;

impl Pass<'_> {
    /// Counts the paragraphs that match and pass the filters.
    pub(crate) fn count(&self, matching: Matching<'_>) -> Result<Counts> {
        let mut counts = Counts::default();
        let mut sums: Vec<_> = self.nodes.iter().map(|nodes| DimensionCounts::zero(nodes.len())).collect();
        let mut tallies: Vec<Tally> = self.nodes.iter().map(|_| Tally::default()).collect();
        for (segment, reader) in self.searcher.segment_readers().iter().enumerate() {
            match matching {
                Matching::Everything
                    if self.filters[segment].is_empty() && self.nodes.iter().all(|nodes| nodes.choice().is_all()) =>
                {
                    self.count_all(segment, reader, &mut counts, &mut sums)?;
                }
                _ => self.count_segment(segment, reader, matching, (&mut counts, &mut sums, &mut tallies))?,
            }
        }
        counts.dimensions = sums;
        Ok(counts)
    }

    /// Everything, from the counts that are kept for it.
    fn count_all(
        &self,
        segment: usize,
        reader: &SegmentReader,
        counts: &mut Counts,
        sums: &mut [DimensionCounts],
    ) -> Result<()> {
        let arrays = &self.arrays[segment];
        let paragraphs = u64::from(reader.num_docs());
        counts.paragraphs += paragraphs;
        counts.documents += arrays.document_total(reader)?;
        for (sum, nodes) in sums.iter_mut().zip(self.nodes) {
            sum.add(&*arrays.totals(nodes.dimension(), reader)?, nodes.of_segment(segment), paragraphs);
        }
        Ok(())
    }

    fn count_segment(
        &self,
        segment: usize,
        reader: &SegmentReader,
        matching: Matching<'_>,
        (counts, sums, tallies): (&mut Counts, &mut [DimensionCounts], &mut [Tally]),
    ) -> Result<()> {
        let arrays = &self.arrays[segment];
        let documents = arrays.documents(reader)?;
        let mut facets = Vec::with_capacity(self.nodes.len());
        for (nodes, tally) in self.nodes.iter().zip(tallies.iter_mut()) {
            let of_dimension = arrays.facets(nodes.dimension(), nodes.choice(), reader)?;
            tally.reset(&of_dimension);
            facets.push(of_dimension);
        }
        // The first sieve lets through what passes every filter, another one what a filtered dimension is counted
        // from sideways.
        let filters = &self.filters[segment];
        let alive = arrays.alive(reader);
        let mut sieves = vec![Sieve::new(filters.but(None, alive.clone()))];
        let mut sieve_of = Vec::with_capacity(self.nodes.len());
        for nodes in self.nodes {
            let dimension = nodes.dimension();
            if self.sideways && filters.dimensions.iter().any(|(filtered, _)| *filtered == dimension) {
                sieve_of.push(sieves.len());
                sieves.push(Sieve::new(filters.but(Some(dimension), alive.clone())));
            } else {
                sieve_of.push(0);
            }
        }
        let mut counted = vec![0u64; sums.len()];
        let (mut distinct, mut last_document) = (0u64, NONE);
        let mut flush = |sieves: &mut [Sieve]| {
            for (at, tally) in tallies.iter_mut().enumerate() {
                let passed = &sieves[sieve_of[at]].passed;
                counted[at] += passed.len() as u64;
                tally.add(&facets[at], passed, documents);
            }
            for &doc in &sieves[0].passed {
                let document = documents[doc as usize];
                distinct += u64::from(document != last_document);
                last_document = document;
            }
            counts.paragraphs += sieves[0].passed.len() as u64;
            sieves.iter_mut().for_each(|sieve| sieve.passed.clear());
        };
        let candidates = Sieve::union(&sieves).map(Arc::new);
        // What no sieve lets through is taken out first, once for all of them.
        let mut coarse = Sieve::new(candidates.clone().filter(|_| sieves.len() > 1));
        let mut gathered = 0;
        let mut gather = |docs: &[u32]| {
            coarse.push(docs);
            sieves.iter_mut().for_each(|sieve| sieve.push(&coarse.passed));
            gathered += docs.len();
            coarse.passed.clear();
            if gathered >= GATHERED {
                gathered = 0;
                flush(&mut sieves);
            }
        };
        match matching {
            Matching::Query { all, single } => {
                let few = match candidates {
                    Some(candidates) => {
                        let scorer = single.scorer(reader)?;
                        (u64::from(candidates.len()) * SEEK_COST < scorer.cost()).then_some((candidates, scorer))
                    }
                    None => None,
                };
                match few {
                    Some((candidates, mut scorer)) => {
                        for doc in candidates.iter().filter(|&doc| scorer.score(doc).is_some()) {
                            gather(&[doc]);
                        }
                    }
                    None => {
                        all.for_each_no_score(reader, &mut gather).map_err(|error| Error::storage("counting", error))?
                    }
                }
            }
            Matching::Set(sets) => {
                let mut block = Vec::with_capacity(GATHERED);
                for doc in sets[segment].iter() {
                    block.push(doc);
                    if block.len() == GATHERED {
                        gather(&block);
                        block.clear();
                    }
                }
                gather(&block);
            }
            Matching::Everything => {
                let mut block = Vec::with_capacity(GATHERED);
                for start in (0..reader.max_doc()).step_by(GATHERED) {
                    block.clear();
                    block.extend(start..reader.max_doc().min(start + GATHERED as u32));
                    gather(&block);
                }
            }
        }
        flush(&mut sieves);
        counts.documents += distinct;
        for (at, sum) in sums.iter_mut().enumerate() {
            sum.add(&tallies[at], self.nodes[at].of_segment(segment), counted[at]);
        }
        Ok(())
    }
}

/// Lets paragraphs of a set through.
struct Sieve {
    /// `None` lets all through.
    bits: Option<Arc<Bits>>,
    /// Those that went through and are not counted yet.
    passed: Vec<u32>,
}

impl Sieve {
    fn new(bits: Option<Arc<Bits>>) -> Sieve {
        Sieve { bits, passed: Vec::with_capacity(2 * GATHERED) }
    }

    fn push(&mut self, docs: &[u32]) {
        let Some(bits) = &self.bits else {
            self.passed.extend_from_slice(docs);
            return;
        };
        // Every paragraph is written and the end moved on for those that pass: half of the branches would be
        // guessed wrong where half of them do.
        let mut end = self.passed.len();
        self.passed.resize(end + docs.len(), 0);
        for &doc in docs {
            self.passed[end] = doc;
            end += usize::from(bits.contains(doc));
        }
        self.passed.truncate(end);
    }

    /// What any of the sieves lets through; `None` for all paragraphs.
    fn union(sieves: &[Sieve]) -> Option<Bits> {
        let mut all: Option<Bits> = None;
        for sieve in sieves {
            let bits = sieve.bits.as_deref()?;
            match &mut all {
                Some(all) => all.unite(bits),
                None => all = Some(bits.clone()),
            }
        }
        all
    }
}

impl DimensionCounts {
    fn zero(nodes: usize) -> DimensionCounts {
        DimensionCounts { nodes: vec![NodeCounts::default(); nodes], paragraphs: 0, missing: 0 }
    }

    /// Adds a segment whose node `n` is node `numbers[n]` here.
    fn add(&mut self, tally: &Tally, numbers: &[u32], paragraphs: u64) {
        for (local, &number) in numbers.iter().enumerate() {
            let node = &mut self.nodes[number as usize];
            node.count += u64::from(tally.count(local));
            node.direct += u64::from(tally.direct(local));
            node.documents += u64::from(tally.documents(local));
        }
        self.paragraphs += paragraphs;
        self.missing += u64::from(tally.missing());
    }
}
