//! This crate, Tantivy written by hand and SQLite's FTS5: the same paragraphs, the same queries, in turns in one
//! process.
//!
//! What: twelve kinds of queries, twenty of each, drawn from the corpus with a fixed seed; a table of each kind
//! with p50, p95 and p99 of all samples in microseconds, and the ratios to Tantivy by hand. An engine is given words and
//! paths and answers with the ten best and the total; with counts, or with ten texts, where the kind says so. Only
//! queries on whose totals and counts all engines agree are asked, and how many had to be drawn for that is
//! printed. Tantivy by hand begins with a built query and ends with addresses of rows; another row of it parses the text of
//! the query and names documents and ordinals, as this crate does. Further rows are the price of the default ranking, of whole hits and of highlights.
//!
//! Corpus: 100,000 generated paragraphs (`BENCH_PARAGRAPHS` says another number; in test mode 4,000), or with
//! `BENCH_CORPUS=FILE` JSON Lines documents through this crate's parser and annotator. All engines get the same paragraphs
//! with the same tags; the files are on disk, in one segment. `BENCH_DIR=DIR` keeps them for the next run,
//! `BENCH_ROUNDS` is 15 unless it says otherwise, `BENCH_CLASSES=OR` takes the kinds with that in their
//! names, `BENCH_ENGINES=BM25` times the engines with that in theirs.
//!
//! Caveats: after the first round everything is in memory, and the sets that this crate keeps are made. Tantivy and
//! SQLite are given stemmed text and, for phrases, words as written, as this crate has them. SQLite sits out four
//! rounds of five. The kinds with a target are measured against it where they stand.

mod corpus;
mod latency;

fn main() {
    latency::run(true);
}
