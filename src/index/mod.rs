//! Stage 3: annotated documents become an index of their paragraphs.

mod analyzers;
mod bits;
mod packed;
mod paragraph;
mod payload;
pub(crate) mod schema;
mod segment;
mod store;
pub(crate) mod stored;
mod writer;

pub(crate) use self::{
    bits::Bits,
    segment::{FacetArrays, NONE, SegmentArrays},
    store::Inner,
};
pub use self::{store::Index, writer::IndexWriter};
