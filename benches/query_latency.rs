//! Latency by kinds of queries, beside Tantivy written by hand: the bench `peers` without SQLite.
//!
//! What, corpus and caveats: see `peers.rs`.

mod corpus;
mod latency;

fn main() {
    latency::run(false);
}
