//! Stage 4: a query in, paragraphs with highlights and counts out.

#[cfg(test)]
mod agreement;
mod compile;
mod complete;
mod count;
mod cursor;
mod delete;
mod effort;
mod engine;
mod evidence;
mod expand;
mod explain;
mod explanation;
mod facet;
mod filter;
mod filter_query;
mod highlight;
mod like;
mod marker;
mod matches;
mod mixed_phrase;
mod near;
#[cfg(test)]
mod oracle;
mod order;
mod page;
mod plan;
mod positional;
mod query;
mod rank;
mod request;
mod resolve;
mod results;
mod score_tree;
mod searcher;
mod spelling;
mod statistics;
mod thinning;
mod top;

pub(crate) use self::facet::Periods;
pub use self::{
    complete::{Completion, CompletionKind},
    cursor::Cursor,
    engine::Engine,
    explanation::{Explanation, Relation},
    facet::{FacetCount, FacetCounts, FacetList, FacetSelection, Facets, Interval, Period, Timeline},
    highlight::{Highlight, Highlighter},
    matches::Matches,
    order::Sort,
    query::{Clause, DateRange, Diagnostic, Distance, Field, Filter, Form, Given, Operator, Query},
    rank::{RankedParagraph, Ranking},
    request::Request,
    resolve::Resolved,
    results::{Counts, Group, Hit, Results, Total},
    searcher::Searcher,
};
#[cfg(feature = "quickwit")]
pub(crate) use self::{
    count::{DimensionCounts, NodeCounts},
    cursor::Place,
    effort::Effort,
    expand::folded,
    filter::FacetFilter,
    marker::HitMarker,
    rank::{Window, WordWeights},
    resolve::{Vocabulary, noted, resolve, suggestions, unknown},
    statistics::Figures,
};
