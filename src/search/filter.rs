//! Drill-down filters as sets of paragraphs.

use std::collections::BTreeSet;
use std::sync::Arc;

use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, Searcher, SegmentReader, TERMINATED, Term};

use super::query::DateRange;
use crate::error::{Error, Result};
use crate::facet::{Dimension, FacetPath};
use crate::index::{Bits, FacetArrays, Inner, NONE, SegmentArrays, date_of};
use crate::mention_choice::MentionChoice;

/// A value of a dimension, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FacetFilter {
    /// The node and all below it.
    Within(FacetPath),
    /// Every node whose last step this is: a person, who stands at the path of the office held then.
    LastStep(String),
}

impl FacetFilter {
    pub(crate) fn accepts(&self, path: &str) -> bool {
        match self {
            FacetFilter::Within(node) => {
                path.strip_prefix(node.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            FacetFilter::LastStep(step) => path.rsplit('/').next() == Some(step),
        }
    }

    fn key(&self) -> String {
        match self {
            FacetFilter::Within(node) => node.to_string(),
            FacetFilter::LastStep(step) => format!("*/{step}"),
        }
    }
}

/// The paragraphs of a segment that have any of the values; of actors, those that the chosen mentions name.
pub(crate) fn facet_bits(
    reader: &SegmentReader,
    arrays: &SegmentArrays,
    dimension: Dimension,
    choice: MentionChoice,
    values: &[FacetFilter],
) -> Result<Arc<Bits>> {
    let mut keys: Vec<String> = values.iter().map(FacetFilter::key).collect();
    keys.sort_unstable();
    let choice = if dimension == Dimension::Actor { choice } else { MentionChoice::all() };
    let key = format!("{dimension} {choice}\n{}", keys.join("\n"));
    arrays.filter(&key, || {
        let facets = arrays.facets(dimension, choice, reader)?;
        let mut accepted = vec![false; facets.nodes()];
        for (node, (path, &parent)) in facets.paths().iter().zip(facets.parents()).enumerate() {
            accepted[node] = (parent != NONE && accepted[parent as usize])
                || values.iter().any(|value| value.accepts(path.as_str()));
        }
        Ok(having(reader, &facets, &accepted))
    })
}

/// The paragraphs that have an accepted value.
fn having(reader: &SegmentReader, facets: &FacetArrays, accepted: &[bool]) -> Bits {
    let mut bits = Bits::empty(reader.max_doc());
    for doc in 0..reader.max_doc() {
        if facets.leaves_of(doc).any(|leaf| accepted[leaf as usize]) {
            bits.insert(doc);
        }
    }
    bits
}

/// A filter on something else than a facet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DocumentFilter {
    /// The document's date lies in one of the ranges.
    Dates(Vec<DateRange>),
    /// A raw field holds one of the terms.
    Terms(Field, Vec<String>),
}

impl DocumentFilter {
    /// The paragraphs of a segment that pass.
    pub(crate) fn bits(&self, reader: &SegmentReader, arrays: &SegmentArrays) -> Result<Arc<Bits>> {
        match self {
            DocumentFilter::Dates(ranges) => date_bits(reader, arrays, ranges),
            DocumentFilter::Terms(field, terms) => term_bits(reader, arrays, *field, terms),
        }
    }
}

/// A document's date lies in a range when every day that it may mean does.
fn date_bits(reader: &SegmentReader, arrays: &SegmentArrays, ranges: &[DateRange]) -> Result<Arc<Bits>> {
    let mut bounds: Vec<(i32, i32)> = ranges
        .iter()
        .map(|range| {
            let from = range.from.map_or(i32::MIN, |date| date.first_day().day_number());
            (from, range.to.map_or(i32::MAX, |date| date.last_day().day_number()))
        })
        .collect();
    bounds.sort_unstable();
    arrays.filter(&format!("dates {bounds:?}"), || {
        let facets = arrays.facets(Dimension::Date, MentionChoice::all(), reader)?;
        let accepted: Vec<bool> = facets
            .paths()
            .iter()
            .map(|path| {
                date_of(path).is_some_and(|date| {
                    let (first, last) = (date.first_day().day_number(), date.last_day().day_number());
                    bounds.iter().any(|&(from, to)| from <= first && last <= to)
                })
            })
            .collect();
        Ok(having(reader, &facets, &accepted))
    })
}

/// The paragraphs of a segment with any of the terms in a raw field.
fn term_bits(reader: &SegmentReader, arrays: &SegmentArrays, field: Field, terms: &[String]) -> Result<Arc<Bits>> {
    let mut keys = terms.to_vec();
    keys.sort_unstable();
    arrays.filter(&format!("field {} {keys:?}", field.field_id()), || {
        let failed = |error: std::io::Error| Error::storage("reading a filter", error);
        let mut bits = Bits::empty(reader.max_doc());
        let inverted = reader.inverted_index(field).map_err(|error| Error::storage("reading a filter", error))?;
        for term in terms {
            let term = Term::from_field_text(field, term);
            let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic).map_err(failed)? else {
                continue;
            };
            let mut doc = postings.doc();
            while doc != TERMINATED {
                bits.insert(doc);
                doc = postings.advance();
            }
        }
        Ok(bits)
    })
}

/// The ids of the actors of an index whose paths pass, in their order.
pub(crate) fn actor_ids(
    index: &Inner,
    searcher: &Searcher,
    arrays: &[Arc<SegmentArrays>],
    accepted: &FacetFilter,
) -> Result<Vec<String>> {
    let mut ids = BTreeSet::new();
    for (reader, arrays) in searcher.segment_readers().iter().zip(arrays) {
        for path in arrays.facets(Dimension::Actor, MentionChoice::all(), reader)?.paths() {
            if accepted.accepts(path.as_str()) {
                ids.extend(index.annotator.gazetteer().id_at(path).map(str::to_owned));
            }
        }
    }
    Ok(ids.into_iter().collect())
}
