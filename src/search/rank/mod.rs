//! Ranking: what a query's words weigh, and what else speaks for a paragraph.

mod paragraph;
mod ranking;
mod word_weight;

pub(crate) use self::word_weight::WordWeights;
pub use self::{paragraph::RankedParagraph, ranking::Ranking};
