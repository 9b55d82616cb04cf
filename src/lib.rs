//! Full-text search over policy, diplomatic and news documents, paragraph by paragraph.
//!
//! Documents are parsed (what PDF extraction broke is mended), every paragraph is tagged with the actors it
//! names and the topics it treats, and a search answers with ranked paragraphs, exact counts of both
//! hierarchies and passages that can be quoted. Every hit cites itself: document, heading, ordinal and the
//! byte ranges of its source.
//!
//! ```
//! use demarche::{Annotator, Index, Parser, Request};
//!
//! let annotator = Annotator::new();
//! let index = Index::in_memory()?;
//! let mut writer = index.writer()?;
//! for document in Parser::new().documents("seeds")? {
//!     writer.add(&annotator.annotate(document?))?;
//! }
//! writer.commit()?;
//!
//! let results = index.searcher()?.search(Request::new("nato enlargement").limit(3))?;
//! assert_eq!(results.hits[0].ordinal, 3);
//! # Ok::<(), demarche::Error>(())
//! ```
//!
//! # Overview
//!
//! The data goes one way, and each step is one type:
//!
//! 1. [`Parser`] turns source texts into [`Document`]s of [`Paragraph`]s, with a ledger of what it repaired.
//! 2. [`Annotator`] tags the paragraphs with the actors of a [`Gazetteer`] and the topics of a [`Taxonomy`].
//! 3. [`Index`] keeps them, in memory or on disk; its [`IndexWriter`] adds, replaces and deletes documents.
//! 4. [`Searcher`] answers a [`Request`], which holds a [`Query`], with [`Results`].
//! 5. [`Matches`], all paragraphs of a query, are analysed: [`Contrast`], [`Cooccurrence`], [`Trend`].
//!
//! Everything that can fail returns an [`Error`] that says whose fault it is; no text and no query panics.
//!
//! # Where to find what
//!
//! | for | see |
//! | --- | --- |
//! | plain text, Markdown, HTML, JSON Lines and what is repaired in them | [`Parser`], [`Repair`] |
//! | many documents: in parallel, with progress, to be cancelled and gone on with | [`Index::load`] |
//! | actors and topics of one's own, in TOML or JSON Lines | [`GazetteerBuilder`], [`TaxonomyBuilder`] |
//! | why a word was tagged, or was not | [`Annotator::explain`] |
//! | tags without an index, by several threads | [`Annotator::annotate_all`] |
//! | which terms a text is found by | [`Analyzer`] |
//! | the query language, which takes any string | [`Query`] |
//! | queries made by a program, from values a user chose | [`Clause`], [`Query::within`], [`Query::filter`] |
//! | filters that keep their siblings in view, counts of any level, over time | [`Facets`], [`FacetSelection`], [`Timeline`] |
//! | pages that stay the same while documents come and go | [`Cursor`] |
//! | passages as HTML or for a terminal | [`Hit::highlight`] |
//! | how scores are made, and why a hit has its own | [`Ranking`], [`Explanation`] |
//! | did you mean, completion, more like this | [`Results::did_you_mean`], [`Searcher::complete`], [`Clause::Like`] |
//! | who stands with whom, what is typical, what rises | [`Cooccurrence`], [`Contrast`], [`Trend`] |
//! | replacing, deleting, crashes, checks, copies | [`IndexWriter`], [`Durability`], [`Index::verify`], [`Index::snapshot`] |
//! | new tables for old documents | [`IndexWriter::reannotate`] |
//!
//! An [`Index`], a [`Searcher`], an [`Annotator`] and a [`Parser`] are shared between threads as they are; a [`Searcher`] is
//! one commit, cheap to take for each request, and never waits for the writer.
//!
//! # What it costs
//!
//! The 10,952 speeches of the UN General Debate Corpus, 202 MB of JSON Lines, become some 402,000 paragraphs and an index of
//! 270 MB, 120 MB of which are the paragraphs as they are given back; `example store -- stats` prints this of any
//! index. A writer takes the memory it is told to ([`IndexOptions::memory`], 128 MiB unless said otherwise), a reader that of
//! [`Searcher::memory`] and what the system caches of the files. `cargo bench` times every stage on a corpus it makes, or with
//! `BENCH_CORPUS=FILE.jsonl` on one's own, beside Tantivy written by hand.
//!
//! # What it does not do
//!
//! - It finds words and names, not meanings: there is no embedding, and no model to download.
//! - The built-in gazetteer and taxonomy are English; others can be loaded. Words are stemmed in 18 languages, by
//!   that of the document; Chinese, Japanese and other scripts without spaces are found by pairs of characters.
//! - It reads text, not PDF or Word files: the extraction comes from elsewhere, and its breaks are what is mended.
//! - Dates are those of the years 1 to 9999, an id has at most 1,000 bytes, a page at most [`Request::MAX_LIMIT`] hits, and
//!   a query the limits that [`Query`] lists; what is over is refused or said, never dropped in silence.
//! - One index is one machine and one writer at a time. When that is not enough, the feature `quickwit` takes the same
//!   documents and requests to a cluster; an application that should run on either holds an [`Engine`].
//!
//! # Crate features
//!
//! - `html`, on by default: reads HTML; without it an HTML file is refused by name.
//! - `quickwit`: the module `quickwit`, paragraphs on a [Quickwit](https://quickwit.io) cluster, spoken to over plain HTTP.
//! - `quickwit-tls`: the same over HTTPS.
#![forbid(unsafe_code)]

mod analysis;
mod annotate;
mod date;
mod document;
mod error;
mod facet;
mod index;
mod mention_choice;
mod parse;
#[cfg(feature = "quickwit")]
pub mod quickwit;
mod search;
mod span;
mod text;

pub use crate::{
    analysis::{
        Contrast, Contrasted, Contrasts, Cooccurrence, CooccurrenceNode, Network, NetworkEdge, NetworkNode, Together,
        Trend, TrendPoint,
    },
    annotate::{
        Actor, ActorCodes, ActorKind, Alias, Annotator, AnnotatorBuilder, Crosswalk, Decision, Gazetteer,
        GazetteerBuilder, Labelled, Learn, Office, Problem, Profile, Scheme, Severity, Taxonomy, TaxonomyBuilder,
        Topic, TopicReason,
    },
    date::{Date, Precision},
    document::{
        ActorTag, Band, Document, Format, Language, Link, Mention, MentionKind, Original, Paragraph, ParagraphKind,
        Repair, RepairKind, Section, Span, Spans, TopicCue, TopicTag,
    },
    error::{Error, ErrorKind, Result, StorageError},
    facet::{Dimension, FacetPath},
    index::{
        Check, Damage, Durability, Index, IndexOptions, IndexStats, IndexWriter, Load, LoadReport, Outdated, PartSize,
        Progress, Reannotation, RepairReport, Reparse, SchemeCodes, TagDifference, Verification,
    },
    mention_choice::MentionChoice,
    parse::{Documents, Parser, ParserBuilder, Report},
    search::{
        Clause, Completion, CompletionKind, Counts, Cursor, DateRange, Diagnostic, Distance, Engine, Explanation,
        FacetCount, FacetCounts, FacetList, FacetSelection, Facets, Field, Filter, Form, Given, Group, Highlight,
        Highlighter, Hit, Interval, Matches, Operator, Period, Query, RankedParagraph, Ranking, Relation, Request,
        Resolved, Results, Searcher, Sort, Timeline, Total,
    },
    text::{Analyzer, Term, TermKind},
};
