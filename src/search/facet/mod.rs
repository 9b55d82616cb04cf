//! Counts of the values of a dimension, and what of them is shown.
//!
//! A pass ([`count`](super::count)) leaves a number for every node; names are looked up for the nodes that are shown.

mod counts;
mod selection;
mod timeline;

pub(crate) use self::timeline::Periods;
pub use self::{
    counts::{FacetCount, FacetCounts, FacetList, Facets},
    selection::FacetSelection,
    timeline::{Interval, Period, Timeline},
};
