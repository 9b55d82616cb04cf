//! Totals and facet counts: one unscored pass over the matched paragraphs.

use std::borrow::Cow;
use std::sync::Arc;

use tantivy::{Searcher, SegmentReader, Term};

use super::plan::{Plan, Test};
use super::score_tree::Found;
use super::top::Scoring;
use crate::error::{Error, Result};
use crate::facet::Dimension;
use crate::index::schema::Fields;
use crate::index::{Bits, Nodes, SegmentArrays, Tally};

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
    pub(crate) fn all(&self, arrays: &SegmentArrays) -> Option<Arc<Bits>> {
        arrays.intersection(self.plain.iter().chain(self.dimensions.iter().map(|(_, bits)| bits)).cloned())
    }

    /// Filters a dimension, along with what filters it already.
    pub(crate) fn add(&mut self, dimension: Dimension, bits: Arc<Bits>) {
        match self.dimensions.iter_mut().find(|(of, _)| *of == dimension) {
            Some((_, filtered)) => Arc::make_mut(filtered).intersect(&bits),
            None => self.dimensions.push((dimension, bits)),
        }
    }

    /// What is not deleted and passes every filter but that of `open`; `None` for all paragraphs.
    pub(crate) fn but(
        &self,
        open: Option<Dimension>,
        (reader, arrays): (&SegmentReader, &SegmentArrays),
    ) -> Option<Arc<Bits>> {
        let dimensions = self.dimensions.iter().filter(|(dimension, _)| Some(*dimension) != open);
        let filters = self.plain.iter().chain(dimensions.map(|(_, bits)| bits)).cloned();
        arrays.intersection(filters.chain(arrays.alive(reader)))
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
    Query(Scoring<'a>),
    /// Those of a set a segment, none of which is deleted.
    Set(&'a [Bits]),
}

/// What a pass over one commit needs to know.
pub(crate) struct Pass<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) fields: Fields,
    pub(crate) arrays: &'a [Arc<SegmentArrays>],
    pub(crate) filters: &'a [SegmentFilters],
    /// The dimensions to count.
    pub(crate) nodes: &'a [Arc<Nodes>],
    /// Whether a filtered dimension is counted as if its own filter were off.
    pub(crate) sideways: bool,
}

impl Pass<'_> {
    /// Counts the paragraphs that match and pass the filters.
    pub(crate) fn count(&self, matching: Matching<'_>) -> Result<Counts> {
        let mut counts = Counts::default();
        let mut sums: Vec<_> = self.nodes.iter().map(|nodes| DimensionCounts::zero(nodes.len())).collect();
        let mut tallies: Vec<Tally> = self.nodes.iter().map(|_| Tally::default()).collect();
        for (segment, reader) in self.searcher.segment_readers().iter().enumerate() {
            let is_whole = self.filters[segment].is_empty();
            match matching {
                Matching::Everything if is_whole && self.nodes.iter().all(|nodes| nodes.choice().is_all()) => {
                    self.count_all(segment, reader, &mut counts, &mut sums)?;
                }
                Matching::Query(query)
                    if is_whole && self.nodes.is_empty() && self.count_one(query.plan, reader, &mut counts)? => {}
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
        let filters = &self.filters[segment];
        let passing = filters.but(None, (reader, arrays));
        if let (Matching::Query(query), [], Some(passing)) = (matching, self.nodes, &passing)
            && let Some((paragraphs, documents)) = query.totals_of_term(segment, (reader, arrays), passing)?
        {
            counts.paragraphs += u64::from(paragraphs);
            counts.documents += u64::from(documents);
            return Ok(());
        }
        let documents = arrays.documents(reader)?;
        let mut facets = Vec::with_capacity(self.nodes.len());
        for (nodes, tally) in self.nodes.iter().zip(tallies.iter_mut()) {
            let of_dimension = arrays.facets(nodes.dimension(), nodes.choice(), reader)?;
            tally.reset(&of_dimension);
            facets.push(of_dimension);
        }
        // The first sieve lets through what passes every filter, another one what a filtered dimension is counted
        // from sideways.
        let mut sieves = vec![Sieve(passing)];
        let mut sieve_of = Vec::with_capacity(self.nodes.len());
        for nodes in self.nodes {
            let dimension = nodes.dimension();
            if self.sideways && filters.dimensions.iter().any(|(filtered, _)| *filtered == dimension) {
                sieve_of.push(sieves.len());
                sieves.push(Sieve(filters.but(Some(dimension), (reader, arrays))));
            } else {
                sieve_of.push(0);
            }
        }
        let mut counted = vec![0u64; sums.len()];
        let candidates = Sieve::union(&sieves);
        let found = match matching {
            Matching::Everything => Found::Set(Cow::Owned(Bits::full(reader.max_doc()))),
            Matching::Set(sets) => Found::Set(Cow::Borrowed(&sets[segment])),
            Matching::Query(scoring) => scoring.found(segment, (reader, arrays), candidates.as_deref())?,
        };
        for (at, sieve) in sieves.iter().enumerate() {
            let of_sieve: Vec<_> = (0..sieve_of.len()).filter(|&one| sieve_of[one] == at).collect();
            let paragraphs = match &found {
                // Only totals are wanted, so that what passes need not be kept.
                Found::Set(set) if of_sieve.is_empty() && at == 0 => {
                    let (paragraphs, documents) = set.totals(sieve.0.as_deref(), arrays.document_ends(reader)?);
                    counts.documents += u64::from(documents);
                    u64::from(paragraphs)
                }
                Found::Set(set) => {
                    let passed = sieve.of(set);
                    let ends = arrays.document_ends(reader)?;
                    of_sieve.iter().for_each(|&one| tallies[one].add_set(&facets[one], &passed, (documents, ends)));
                    match at {
                        0 => {
                            let (paragraphs, documents) = passed.totals(None, arrays.document_ends(reader)?);
                            counts.documents += u64::from(documents);
                            u64::from(paragraphs)
                        }
                        _ => u64::from(passed.len()),
                    }
                }
                Found::List(list) => {
                    let passed = sieve.of_list(list);
                    if at == 0 {
                        counts.documents +=
                            passed.chunk_by(|&a, &b| documents[a as usize] == documents[b as usize]).count() as u64;
                    }
                    of_sieve.iter().for_each(|&one| tallies[one].add(&facets[one], &passed, documents));
                    passed.len() as u64
                }
            };
            if at == 0 {
                counts.paragraphs += paragraphs;
            }
            of_sieve.iter().for_each(|&one| counted[one] = paragraphs);
        }
        for (at, sum) in sums.iter_mut().enumerate() {
            sum.add(&tallies[at], self.nodes[at].of_segment(segment), counted[at]);
        }
        Ok(())
    }

    /// Counts a single word from the dictionaries alone, where that is exact; says whether it did.
    fn count_one(&self, plan: &Plan, reader: &SegmentReader, counts: &mut Counts) -> Result<bool> {
        let Plan::Leaf { test: Test::Term(field, text), .. } = plan else { return Ok(false) };
        let fields = self.fields;
        if *field != fields.text || reader.has_deletes() {
            return Ok(false);
        }
        // Every term of a document's paragraphs stands in `whole` once, where the document begins.
        for (field, sum) in [(fields.text, &mut counts.paragraphs), (fields.whole, &mut counts.documents)] {
            let inverted = reader.inverted_index(field).map_err(|error| Error::storage("counting", error))?;
            let frequency = inverted.doc_freq(&Term::from_field_text(field, text));
            *sum += u64::from(frequency.map_err(|error| Error::storage("counting", error))?);
        }
        Ok(true)
    }
}

/// Lets paragraphs of a set through; without one, all.
struct Sieve(Option<Arc<Bits>>);

impl Sieve {
    /// What of a set passes.
    fn of<'s>(&self, set: &'s Bits) -> Cow<'s, Bits> {
        let mut passed = Cow::Borrowed(set);
        if let Some(bits) = &self.0 {
            passed.to_mut().intersect(bits);
        }
        passed
    }

    /// What of a list passes.
    fn of_list<'s>(&self, list: &'s [u32]) -> Cow<'s, [u32]> {
        match &self.0 {
            Some(bits) => list.iter().copied().filter(|&doc| bits.contains(doc)).collect(),
            None => Cow::Borrowed(list),
        }
    }

    /// What any of the sieves lets through; `None` for all paragraphs.
    fn union(sieves: &[Sieve]) -> Option<Cow<'_, Bits>> {
        let mut all: Option<Cow<'_, Bits>> = None;
        for sieve in sieves {
            let bits = sieve.0.as_deref()?;
            match &mut all {
                Some(all) => all.to_mut().unite(bits),
                None => all = Some(Cow::Borrowed(bits)),
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
