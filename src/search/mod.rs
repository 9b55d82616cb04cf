//! Stage 4: a query in, paragraphs with highlights and counts out.

#[cfg(test)]
mod agreement;
mod compile;
mod count;
mod evidence;
mod exclusion;
mod expand;
mod filter;
mod highlight;
mod near;
mod positional;
mod query;
mod request;
mod resolve;
mod results;
mod searcher;
mod top;

pub use self::{
    highlight::{Highlight, Highlighter},
    query::{Clause, DateRange, Diagnostic, Distance, Field, Filter, Form, Given, Operator, Query},
    request::Request,
    resolve::Resolved,
    results::{FacetCount, FacetCounts, Facets, Hit, Results, Total},
    searcher::Searcher,
};
