//! Full-text search over policy, diplomatic and news documents, paragraph by paragraph.
#![forbid(unsafe_code)]

mod annotate;
mod date;
mod document;
mod error;
mod facet;
mod index;
mod parse;
mod search;
mod text;

pub use crate::{
    annotate::{
        Annotator, Crosswalk, Gazetteer, Labelled, Learn, Profile, Scheme, Taxonomy, TaxonomyBuilder, Topic,
        TopicReason,
    },
    date::{Date, Precision},
    document::{
        ActorTag, Band, Document, Language, Link, Mention, MentionKind, Paragraph, ParagraphKind, Repair, RepairKind,
        Section, Span, TopicCue, TopicTag,
    },
    error::{Error, ErrorKind, Result, StorageError},
    facet::{Dimension, FacetPath},
    index::{Index, IndexWriter},
    parse::{Parser, ParserBuilder},
    search::{
        Clause, DateRange, Diagnostic, Distance, FacetCount, FacetCounts, Facets, Field, Filter, Form, Given,
        Highlight, Highlighter, Hit, Operator, Query, Request, Resolved, Results, Searcher, Total,
    },
};
