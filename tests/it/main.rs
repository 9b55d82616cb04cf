//! The one integration test binary; a module a stage.

mod actors;
mod deletion;
mod discovery;
mod documents;
mod facets;
mod formats;
mod hostile;
mod index;
mod made_documents;
mod pages;
mod parse;
mod provenance;
mod pruning;
mod query;
#[cfg(feature = "quickwit")]
mod quickwit;

mod random;
mod ranking;
mod search;
mod store;
mod text;
mod topics;
