//! Totals and facet counts: one unscored pass over the matched paragraphs.

use std::sync::Arc;

use tantivy::query::Weight;
use tantivy::{Searcher, SegmentReader};

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
    /// Those that a query matches.
    Query(&'a dyn Weight),
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

/// Paragraphs gathered before they are counted; a filtered dimension is then read in stretches, not one by one.
const GATHERED: usize = 1_024;

impl Pass<'_> {
    /// Counts the paragraphs that match and pass the filters.
    pub(crate) fn count(&self, matching: Matching<'_>) -> Result<Counts> {
        let mut counts = Counts::default();
        let mut sums: Vec<Sum> = self.nodes.iter().map(|nodes| Sum::new(nodes.len())).collect();
        let mut tallies: Vec<Tally> = self.nodes.iter().map(|_| Tally::default()).collect();
        for (segment, reader) in self.searcher.segment_readers().iter().enumerate() {
            match matching {
                Matching::Everything if self.filters[segment].is_empty() => {
                    self.count_all(segment, reader, &mut counts, &mut sums)?;
                }
                _ => self.count_segment(segment, reader, matching, (&mut counts, &mut sums, &mut tallies))?,
            }
        }
        counts.dimensions = sums.into_iter().zip(self.nodes).map(|(sum, nodes)| sum.roll_up(nodes)).collect();
        Ok(counts)
    }

    /// Everything, from the counts that are kept for it.
    fn count_all(&self, segment: usize, reader: &SegmentReader, counts: &mut Counts, sums: &mut [Sum]) -> Result<()> {
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
        (counts, sums, tallies): (&mut Counts, &mut [Sum], &mut [Tally]),
    ) -> Result<()> {
        let arrays = &self.arrays[segment];
        let documents = arrays.documents(reader)?;
        let mut facets = Vec::with_capacity(self.nodes.len());
        for (nodes, tally) in self.nodes.iter().zip(tallies.iter_mut()) {
            let of_dimension = arrays.facets(nodes.dimension(), reader)?;
            tally.reset(of_dimension);
            facets.push(of_dimension);
        }
        let mut sieve = Sieve::new(reader, &self.filters[segment]);
        // Which of the sieve's sets a dimension is counted from: that without its own filter.
        let sets: Vec<usize> = self
            .nodes
            .iter()
            .map(|nodes| {
                let filtered = self.filters[segment].dimensions.iter().filter(|_| self.sideways);
                filtered.map(|(dimension, _)| *dimension).position(|of| of == nodes.dimension()).map_or(0, |at| at + 1)
            })
            .collect();
        let mut counted = vec![0u64; sums.len()];
        let (mut distinct, mut last_document) = (0u64, NONE);
        let mut flush = |sieve: &mut Sieve<'_>| {
            for (at, tally) in tallies.iter_mut().enumerate() {
                let paragraphs = sieve.passed(sets[at]);
                counted[at] += paragraphs.len() as u64;
                tally.add(facets[at], paragraphs, documents);
            }
            let passed = sieve.passed(0);
            for &doc in passed {
                let document = documents[doc as usize];
                distinct += u64::from(document != last_document);
                last_document = document;
            }
            counts.paragraphs += passed.len() as u64;
            sieve.clear();
        };
        let mut gather = |docs: &[u32]| {
            sieve.push(docs);
            if sieve.gathered >= GATHERED {
                flush(&mut sieve);
            }
        };
        match matching {
            Matching::Query(weight) => {
                weight.for_each_no_score(reader, &mut gather).map_err(|error| Error::storage("counting", error))?
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
        flush(&mut sieve);
        counts.documents += distinct;
        for (at, sum) in sums.iter_mut().enumerate() {
            sum.add(&tallies[at], self.nodes[at].of_segment(segment), counted[at]);
        }
        Ok(())
    }
}

/// Sorts paragraphs by the filters that they pass.
struct Sieve<'a> {
    reader: &'a SegmentReader,
    filters: &'a SegmentFilters,
    /// First those that pass every filter, then for each filtered dimension those that pass every other filter.
    sets: Vec<Vec<u32>>,
    /// How many were pushed since the last [`Sieve::clear`].
    gathered: usize,
}

impl<'a> Sieve<'a> {
    fn new(reader: &'a SegmentReader, filters: &'a SegmentFilters) -> Sieve<'a> {
        let sets = vec![Vec::with_capacity(2 * GATHERED); filters.dimensions.len() + 1];
        Sieve { reader, filters, sets, gathered: 0 }
    }

    fn push(&mut self, docs: &[u32]) {
        self.gathered += docs.len();
        let alive = self.reader.alive_bitset();
        if alive.is_none() && self.filters.is_empty() {
            self.sets[0].extend_from_slice(docs);
            return;
        }
        let (all, sideways) = self.sets.split_at_mut(1);
        for &doc in docs {
            if alive.is_some_and(|alive| alive.is_deleted(doc))
                || self.filters.plain.as_ref().is_some_and(|plain| !plain.contains(doc))
            {
                continue;
            }
            let failed = self.filters.dimensions.iter().filter(|(_, bits)| !bits.contains(doc)).count();
            if failed == 0 {
                all[0].push(doc);
            }
            if failed > 1 {
                continue;
            }
            for ((_, bits), set) in self.filters.dimensions.iter().zip(sideways.iter_mut()) {
                if failed == 0 || !bits.contains(doc) {
                    set.push(doc);
                }
            }
        }
    }

    fn passed(&self, set: usize) -> &[u32] {
        &self.sets[set]
    }

    fn clear(&mut self) {
        self.gathered = 0;
        self.sets.iter_mut().for_each(Vec::clear);
    }
}

/// Counts of one dimension over the segments.
struct Sum {
    /// `count` holds what is at the node itself until [`Sum::roll_up`].
    nodes: Vec<NodeCounts>,
    joint: Vec<u64>,
    paragraphs: u64,
    missing: u64,
}

impl Sum {
    fn new(nodes: usize) -> Sum {
        Sum { nodes: vec![NodeCounts::default(); nodes], joint: vec![0; nodes], paragraphs: 0, missing: 0 }
    }

    /// Adds a segment whose node `n` is node `numbers[n]` here.
    fn add(&mut self, tally: &Tally, numbers: &[u32], paragraphs: u64) {
        for (local, &number) in numbers.iter().enumerate() {
            let node = &mut self.nodes[number as usize];
            node.direct += u64::from(tally.direct(local));
            node.documents += u64::from(tally.documents(local));
            self.joint[number as usize] += u64::from(tally.joint(local));
        }
        self.paragraphs += paragraphs;
        self.missing += u64::from(tally.missing());
    }

    fn roll_up(mut self, nodes: &Nodes) -> DimensionCounts {
        for node in (0..self.nodes.len() as u32).rev() {
            let counts = &mut self.nodes[node as usize];
            // What is below was added already, and holds all that is joint here.
            counts.count = counts.count + counts.direct - self.joint[node as usize];
            let count = counts.count;
            if let Some(parent) = nodes.parent(node) {
                self.nodes[parent as usize].count += count;
            }
        }
        DimensionCounts { nodes: self.nodes, paragraphs: self.paragraphs, missing: self.missing }
    }
}
