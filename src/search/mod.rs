//! Stage 4: a query in, paragraphs with highlights and counts out.

#[cfg(test)]
mod agreement;
mod compile;
mod count;
mod cursor;
mod delete;
mod evidence;
mod exclusion;
mod expand;
mod explain;
mod explanation;
mod facet;
mod filter;
mod highlight;
mod matches;
mod near;
mod order;
mod page;
mod plan;
mod positional;
mod query;
mod rank;
mod request;
mod resolve;
mod results;
mod searcher;
mod statistics;
mod top;

pub use self::{
    cursor::Cursor,
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
