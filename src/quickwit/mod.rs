//! Paragraphs on a Quickwit cluster: the same documents, requests and results, when one machine is not enough.
//!
//! [Quickwit](https://quickwit.io) is a distributed search engine on Tantivy and object storage. [`Client`] creates an
//! index there, [`Loader`] fills it with annotated documents, and [`Client::search`] answers the same
//! [`Request`](crate::Request) with the same [`Results`](crate::Results) as an embedded
//! [`Searcher`](crate::Searcher). An application that should run on either holds an [`Engine`](crate::Engine).
//! [`one_machine_is_not_enough`] says when, and what it takes.
//!
//! ```no_run
//! use demarche::quickwit::Client;
//! use demarche::{Annotator, Parser};
//!
//! let client = Client::new("http://127.0.0.1:7280/speeches")?;
//! client.create()?;
//! let annotator = Annotator::new();
//! let mut loader = client.loader()?;
//! for document in Parser::new().documents("seeds")? {
//!     loader.add(&annotator.annotate(document?))?;
//! }
//! let report = loader.finish()?;
//! assert_eq!(report.rejected_lines, 0);
//! let results = client.search("nato enlargement")?;
//! # Ok::<(), demarche::Error>(())
//! ```
//!
//! # What is the same
//!
//! What matches, the total of paragraphs, the counts of every node of every dimension (sideways, too: one more
//! request for each filtered dimension), the timeline, highlights (drawn here, from the stored text), documents. Where
//! Quickwit could only answer approximately, or other than the embedded index, there is no answer but a typed error.
//!
//! # What is different
//!
//! - **Scores** are made of figures of each part of the index by itself, and change when parts are merged: never
//!   compare them with others. Ties are in a fixed order, but not that of document ids. Where the order is by date
//!   there are no scores; they are 0. A [`Cursor`](crate::Cursor) goes on after the same hit, but when parts were merged
//!   in between, hits may have moved.
//! - **Distinct documents** are counted up to [`Client::COUNTED_PARAGRAPHS`] paragraphs found (one more request); over
//!   that `documents` is `None`.
//! - **Fuzzy words, loose phrases, NEAR and `like:`**, a choice of mentions (`as:`), grouping by document, recency and
//!   explanations are refused with [`ErrorKind::Unsupported`].
//! - **`did_you_mean`** is never offered, and what is being typed is not completed: Quickwit does not tell its words.
//!   Unknown actors and topics are answered with what was perhaps meant, as in the embedded index.
//! - **Sets of paragraphs** and the analyses made of them ([`Searcher::matches`](crate::Searcher::matches)) need an
//!   embedded index; so do rankings that weigh documents: of a [`Ranking`](crate::Ranking) only the weight of
//!   function words counts here.
//! - **Limits.** Prefixes and wildcards stand for every word that fits; in the embedded index for at most 128, which it
//!   says. Dimensions of more than 10,000 values are counted level by level, with more requests, and refused where more
//!   than that stand side by side. A query has at most 1,024 words and a request at most 10,000 hits, as there.
//! - **Ids, authors and sources** are at most 255 bytes long.
//! - **Replacing** is not atomic: until the engine has carried out a delete, minutes later, the old paragraphs are found
//!   beside the new ones. Where that matters, load into a new index and switch to it.
//! - There is **no authentication** between this client and Quickwit: keep it on a private network. Over `https` it
//!   is spoken to with the feature `quickwit-tls`.

mod answer;
mod client;
mod compile;
mod count;
mod facets;
mod http;
mod line;
mod loader;
mod mapping;
mod search;
mod vocabulary;

pub use self::{
    client::{Client, ClientBuilder},
    line::Lines,
    loader::{LoadReport, Loader, Rejected},
    mapping::index_config,
};

#[doc = include_str!("one-machine-is-not-enough.md")]
pub mod one_machine_is_not_enough {}

use crate::error::{Error, ErrorKind};

#[cold]
fn unsupported(what: impl Into<String>, reason: impl Into<String>) -> Error {
    ErrorKind::Unsupported { engine: "Quickwit", what: what.into(), reason: reason.into() }.into()
}
