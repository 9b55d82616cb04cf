//! Stage 4: a query in, paragraphs with highlights and counts out.

mod query;

pub use self::query::{Clause, DateRange, Diagnostic, Distance, Field, Filter, Form, Given, Operator, Query};
