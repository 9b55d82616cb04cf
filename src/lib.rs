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
//! # What it does not do
//!
//! - It finds words and names, not meanings: there is no embedding, and no model to download.
//! - The built-in gazetteer and taxonomy are English; others can be loaded.
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
        Repair, RepairKind, Section, Span, TopicCue, TopicTag,
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
};
