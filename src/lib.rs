//! Full-text search over policy, diplomatic and news documents, paragraph by paragraph.
#![forbid(unsafe_code)]

mod annotate;
mod date;
mod document;
mod error;
mod facet;
mod parse;
mod search;
mod text;

pub use crate::{
    annotate::{Annotator, Crosswalk, Gazetteer, Profile, Scheme, Taxonomy, TaxonomyBuilder, Topic, TopicReason},
    date::{Date, Precision},
    document::{
        ActorTag, Band, Document, Language, Link, Mention, MentionKind, Paragraph, ParagraphKind, Repair, RepairKind,
        Section, Span, TopicCue, TopicTag,
    },
    error::{Error, ErrorKind, Result, StorageError},
    facet::{Dimension, FacetPath},
    parse::Parser,
    search::{Clause, DateRange, Diagnostic, Distance, Field, Filter, Form, Given, Operator, Query},
};
