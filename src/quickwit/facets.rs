//! Counts as they stand in results.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::count::Counted;
use crate::annotate::Annotator;
use crate::facet::Dimension;
use crate::index::Nodes;
use crate::search::{DimensionCounts, FacetCounts, Facets, Request, Timeline};

/// The counts that a request asks for, and its timeline.
pub(super) fn facets(
    annotator: &Annotator,
    request: &Request,
    counted: BTreeMap<Dimension, Counted>,
) -> (Facets, Option<Timeline>) {
    let mut facets = Facets::default();
    for (dimension, counted) in counted {
        let nodes = Nodes::from_paths(dimension, annotator, counted.nodes.keys().cloned());
        let Counted { paragraphs, missing, documents, .. } = counted;
        // The nodes are in the order of their paths here, too.
        let counts = DimensionCounts { nodes: counted.nodes.into_values().collect(), paragraphs, missing };
        let shown = request.selections.get(&dimension).cloned().unwrap_or_default();
        let counts = FacetCounts::new(Arc::new(nodes), counts, shown);
        facets.0.insert(dimension, if documents { counts } else { counts.without_documents() });
    }
    let dates = facets.get(Dimension::Date);
    let timeline = request.timeline.and_then(|interval| Some(dates?.timeline(interval)));
    if !request.dimensions.contains(&Dimension::Date) {
        facets.0.remove(&Dimension::Date);
    }
    (facets, timeline)
}
