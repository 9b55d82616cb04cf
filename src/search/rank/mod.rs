//! Ranking: what a query's words weigh, and what else speaks for a paragraph.

mod feedback;
mod other_name;
mod paragraph;
mod proximity;
mod query_term;
mod ranking;
mod reranker;
mod window;
mod word_weight;

pub(crate) use self::{
    feedback::FeedbackTerm,
    other_name::OtherNames,
    query_term::{QueryTerm, query_terms},
    reranker::{Bonus, Lesson, Reranker},
    window::{Ordered, School, Start, Window, ordered},
    word_weight::WordWeights,
};
pub use self::{paragraph::RankedParagraph, ranking::Ranking};
