//! Stage 3: annotated documents become an index of their paragraphs.

mod actor_mention;
mod analyzers;
mod bits;
mod build_threads;
mod coded_text;
mod directory;
mod documents;
mod facet_arrays;
mod facet_file;
mod failure;
#[cfg(test)]
mod fault;
mod files;
mod frequent_nodes;
mod frequent_term;
mod frequent_terms;
mod known_words;
mod list_offsets;
mod load;
mod lock;
mod manifest;
mod memory;
mod nodes;
mod options;
mod packed_paragraph;
mod packed_tags;
mod packed_values;
mod paragraph;
mod payload;
mod posting_lists;
mod postings;
mod progress;
mod reannotate;
mod repair;
mod reparse;
mod replacement;
mod saturation;
pub(crate) mod schema;
mod segment;
mod segment_builder;
#[cfg(test)]
mod segment_oracle;
mod snapshot;
mod stats;
mod store;
pub(crate) mod stored;
mod tag_texts;
mod tally;
mod verify;
mod writer;

#[cfg(feature = "quickwit")]
pub(crate) use self::paragraph::{check, facets};
pub(crate) use self::{
    analyzers::AnalyzerPool,
    bits::{Bits, Block},
    documents::Documents,
    facet_arrays::{FacetArrays, date_of},
    frequent_term::{BestParagraphs, FrequentTerm, Impacts},
    nodes::Nodes,
    postings::Postings,
    saturation::Saturation,
    segment::{NONE, SegmentArrays, SegmentNodes, Texts},
    store::Inner,
    tally::Tally,
};
pub use self::{
    directory::Durability,
    load::Load,
    nodes::SchemeCodes,
    options::{Check, IndexOptions},
    progress::{LoadReport, Progress},
    reannotate::{Reannotation, TagDifference},
    repair::RepairReport,
    reparse::Reparse,
    stats::{IndexStats, PartSize},
    store::{Index, Outdated},
    verify::{Damage, Verification},
    writer::IndexWriter,
};
