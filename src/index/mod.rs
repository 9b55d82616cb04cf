//! Stage 3: annotated documents become an index of their paragraphs.

mod analyzers;
mod bits;
mod facet_arrays;
mod nodes;
mod packed;
mod paragraph;
mod payload;
pub(crate) mod schema;
mod segment;
mod store;
pub(crate) mod stored;
mod tally;
mod writer;

pub(crate) use self::{
    bits::Bits,
    facet_arrays::{FacetArrays, date_of},
    nodes::Nodes,
    segment::{NONE, SegmentArrays, SegmentNodes},
    store::Inner,
    tally::Tally,
};
pub use self::{nodes::SchemeCodes, store::Index, writer::IndexWriter};
