//! The one integration test binary; a module a stage.

mod actors;
mod discovery;
mod facets;
mod formats;
mod index;
mod pages;
mod parse;
mod provenance;
mod query;
mod search;
mod store;
mod text;
mod topics;
