//! Totals and facet counts: one unscored pass over the matched paragraphs.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::query::Weight;
use tantivy::{Searcher, SegmentReader};

use crate::error::{Error, Result};
use crate::facet::Dimension;
use crate::index::{Bits, FacetArrays, NONE, SegmentArrays};

/// The filters of one segment: one set for every dimension that is filtered, one for all the rest.
#[derive(Debug, Default)]
pub(crate) struct SegmentFilters {
    /// Dates, documents, kinds: filters with no sideways counts.
    pub(crate) plain: Option<Arc<Bits>>,
    /// The filtered dimensions.
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
}

/// Counts of one node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct NodeCounts {
    pub(crate) count: u64,
    pub(crate) direct: u64,
    pub(crate) documents: u64,
}

/// Counts of one dimension.
#[derive(Debug, Default)]
pub(crate) struct DimensionCounts {
    pub(crate) nodes: HashMap<Box<str>, NodeCounts>,
    /// Paragraphs counted that have no value in the dimension.
    pub(crate) missing: u64,
}

/// What the pass yields.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) paragraphs: u64,
    pub(crate) documents: u64,
    pub(crate) dimensions: HashMap<Dimension, DimensionCounts>,
}

/// Counts the paragraphs that match and pass the filters. A filtered dimension is counted sideways: as if
/// its own filter were off.
pub(crate) fn count(
    searcher: &Searcher,
    arrays: &[Arc<SegmentArrays>],
    weight: &dyn Weight,
    filters: &[SegmentFilters],
    dimensions: &[Dimension],
) -> Result<Counts> {
    let mut counts = Counts::default();
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        count_segment(reader, &arrays[segment], weight, &filters[segment], dimensions, &mut counts)?;
    }
    Ok(counts)
}

fn count_segment(
    reader: &SegmentReader,
    arrays: &SegmentArrays,
    weight: &dyn Weight,
    filters: &SegmentFilters,
    dimensions: &[Dimension],
    counts: &mut Counts,
) -> Result<()> {
    let documents = arrays.documents(reader)?;
    let mut tallies = Vec::with_capacity(dimensions.len());
    for &dimension in dimensions {
        tallies.push(Tally::new(dimension, arrays.facets(dimension, reader)?));
    }
    let alive = reader.alive_bitset();
    let (mut paragraphs, mut distinct, mut last_document) = (0u64, 0u64, NONE);
    weight
        .for_each_no_score(reader, &mut |docs| {
            for &doc in docs {
                if alive.is_some_and(|alive| alive.is_deleted(doc))
                    || filters.plain.as_ref().is_some_and(|plain| !plain.contains(doc))
                {
                    continue;
                }
                let document = documents[doc as usize];
                let mut failed = filters.dimensions.iter().filter(|(_, bits)| !bits.contains(doc));
                match (failed.next(), failed.next()) {
                    (None, _) => {
                        paragraphs += 1;
                        distinct += u64::from(document != last_document);
                        last_document = document;
                        for tally in &mut tallies {
                            tally.add(doc, document);
                        }
                    }
                    (Some(&(only, _)), None) => {
                        for tally in tallies.iter_mut().filter(|tally| tally.dimension == only) {
                            tally.add(doc, document);
                        }
                    }
                    _ => {}
                }
            }
        })
        .map_err(|error| Error::storage("counting", error))?;
    counts.paragraphs += paragraphs;
    counts.documents += distinct;
    for tally in tallies {
        tally.merge_into(counts.dimensions.entry(tally.dimension).or_default());
    }
    Ok(())
}

/// Counters of one node while a segment is read.
#[derive(Debug, Clone, Copy)]
struct Counter {
    /// The last paragraph that was counted here; a paragraph counts once however many leaves it has below.
    paragraph: u32,
    /// The last document; those of one document stand together, so this is enough to count each once.
    document: u32,
    count: u32,
    direct: u32,
    documents: u32,
}

const UNTOUCHED: Counter = Counter { paragraph: NONE, document: NONE, count: 0, direct: 0, documents: 0 };

struct Tally<'a> {
    dimension: Dimension,
    facets: &'a FacetArrays,
    counters: Vec<Counter>,
    missing: u64,
}

impl<'a> Tally<'a> {
    fn new(dimension: Dimension, facets: &'a FacetArrays) -> Tally<'a> {
        Tally { dimension, facets, counters: vec![UNTOUCHED; facets.paths.len()], missing: 0 }
    }

    /// Counts one paragraph: up from each leaf until a node that has seen it, whose ancestors have too.
    fn add(&mut self, doc: u32, document: u32) {
        let leaves = self.facets.leaves_of(doc);
        self.missing += u64::from(leaves.is_empty());
        for &leaf in leaves {
            self.counters[leaf as usize].direct += 1;
            let mut node = leaf;
            while node != NONE {
                let counter = &mut self.counters[node as usize];
                if counter.paragraph == doc {
                    break;
                }
                counter.paragraph = doc;
                counter.count += 1;
                if counter.document != document {
                    counter.document = document;
                    counter.documents += 1;
                }
                node = self.facets.parents[node as usize];
            }
        }
    }

    fn merge_into(&self, counts: &mut DimensionCounts) {
        counts.missing += self.missing;
        for (counter, path) in self.counters.iter().zip(&self.facets.paths) {
            if counter.count > 0 {
                let node = counts.nodes.entry(path.clone()).or_default();
                node.count += u64::from(counter.count);
                node.direct += u64::from(counter.direct);
                node.documents += u64::from(counter.documents);
            }
        }
    }
}
