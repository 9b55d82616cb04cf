//! Stage 4: a query in, paragraphs with highlights and counts out.

mod compile;
mod count;
mod expand;
mod filter;
mod near;
mod passage;
mod positional;
mod query;
mod request;
mod resolve;
mod results;
mod searcher;
mod top;

pub use self::{
    query::{Clause, DateRange, Diagnostic, Distance, Field, Filter, Form, Given, Operator, Query},
    request::Request,
    resolve::Resolved,
    results::{FacetCount, FacetCounts, Facets, Hit, Results, Total},
    searcher::Searcher,
};
