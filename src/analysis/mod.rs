//! Stage 5: what sets of paragraphs have in common, and what tells them apart.
//!
//! Every analysis starts from [`Matches`](crate::Matches), goes over counts that are exact, and gives the
//! counts along, so that a reader can check.

mod contrast;
mod cooccurrence;
mod network;
mod trend;

pub use self::{
    contrast::{Contrast, Contrasted, Contrasts},
    cooccurrence::{Cooccurrence, CooccurrenceNode, Together},
    network::{Network, NetworkEdge, NetworkNode},
    trend::{Trend, TrendPoint},
};
