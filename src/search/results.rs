//! What a search answers.

use serde::Serialize;

use super::cursor::Cursor;
use super::explanation::Explanation;
use super::facet::{Facets, Timeline};
use super::highlight::Highlight;
use super::query::Diagnostic;
use crate::date::Date;
use crate::document::{ActorTag, ParagraphKind, Span, Spans, TopicTag};
use crate::index::stored::StoredParagraph;

/// The answer to a request.
///
/// As JSON: `{"query", "diagnostics": [{"message", "start", "end", "note", …}], "total": {"paragraphs",
/// "documents"}, "hits": […], "next", "facets": {"actor": […], "topic": […], …}, "facet_totals": {…}}`; the fields of
/// a hit are those of [`Hit`], and [`Facets`] says the rest. A timeline that was asked for is `"timeline"`.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Results {
    /// The query as it was understood, in the query language.
    pub query: String,
    /// What was odd in the query, and what names in it were resolved to; spans count in bytes of the query.
    pub diagnostics: Vec<Diagnostic>,
    /// The query with the words that no paragraph has spelt as the index has them; only where that finds more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did_you_mean: Option<String>,
    /// How much matched, whatever the limit.
    pub total: Total,
    /// The best paragraphs, in the order of the request; ties by document id, then ordinal.
    pub hits: Vec<Hit>,
    /// The documents of the hits, where the request groups by document; in the order of the hits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// Where the next page begins; `None` when this is the last.
    pub next: Option<Cursor>,
    /// The counts of the dimensions asked for.
    #[serde(flatten)]
    pub facets: Facets,
    /// The counts over time, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Timeline>,
}

/// The totals and counts of a request, without hits.
///
/// As JSON, that of [`Results`] without the hits.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// The query as it was understood, in the query language.
    pub query: String,
    /// What was odd in the query, as in [`Results`].
    pub diagnostics: Vec<Diagnostic>,
    /// How much matched.
    pub total: Total,
    /// The counts of the dimensions asked for.
    #[serde(flatten)]
    pub facets: Facets,
    /// The counts over time, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Timeline>,
}

/// How much matched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Total {
    /// Paragraphs.
    pub paragraphs: u64,
    /// Documents with at least one of them; `None` where the engine cannot tell (an [`Index`](crate::Index) always can).
    pub documents: Option<u64>,
}

impl Results {
    /// The groups, each with its hits; empty where the request does not group.
    pub fn grouped(&self) -> impl Iterator<Item = (&Group, &[Hit])> {
        let mut rest = self.hits.as_slice();
        self.groups.iter().map(move |group| {
            let (hits, after) = rest.split_at(group.hits.min(rest.len()));
            rest = after;
            (group, hits)
        })
    }
}

/// A document with hits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Group {
    /// The document's id.
    pub document: String,
    /// How many of its paragraphs matched.
    pub paragraphs: u64,
    /// How many of the [`hits`](Results::hits) are its; they follow those of the groups before.
    pub hits: usize,
}

/// A paragraph found, with all it takes to cite it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Hit {
    /// Comparable within one result only.
    pub score: f32,
    /// The document's id.
    pub document: String,
    /// The document's title.
    pub title: Option<String>,
    /// The document's date.
    pub date: Option<Date>,
    /// The heading right above the paragraph.
    pub heading: Option<String>,
    /// All headings above it, the outermost first.
    pub headings: Vec<String>,
    /// Place in the document, from 1.
    pub ordinal: u32,
    /// What sort of paragraph it is.
    pub kind: ParagraphKind,
    /// The paragraph.
    pub text: String,
    /// What matched, in bytes of `text`, in order and disjoint; empty when only a heading or a filter did.
    pub highlights: Vec<Span>,
    /// Whole sentences around the best of what matched; never blank.
    pub passage: String,
    /// Where the passage stands, in bytes of `text`.
    pub passage_span: Span,
    /// Actors named.
    pub actors: Vec<ActorTag>,
    /// Topics treated.
    pub topics: Vec<TopicTag>,
    /// Where the paragraph stands in its source, in bytes.
    pub source: Spans,
    /// Where the score comes from; only when it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
}

impl Hit {
    /// The passage and what matched in it, to be marked up with the hit's `text`.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Document, Index};
    ///
    /// let index = Index::in_memory()?;
    /// let mut writer = index.writer()?;
    /// writer.add(&Document::parse("a", "Gas & oil flow <again>.")?)?;
    /// writer.commit()?;
    /// let hit = &index.searcher()?.search("oil")?.hits[0];
    /// assert_eq!(hit.highlight().to_html(&hit.text), "Gas &amp; <mark>oil</mark> flow &lt;again&gt;.");
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn highlight(&self) -> Highlight {
        Highlight::new(self.passage_span, self.highlights.clone())
    }

    pub(crate) fn new(score: f32, stored: StoredParagraph, highlight: Highlight) -> Hit {
        let StoredParagraph { document, title, date, headings, paragraph, .. } = stored;
        Hit {
            score,
            document,
            title,
            date,
            heading: headings.last().cloned(),
            headings,
            ordinal: paragraph.ordinal,
            kind: paragraph.kind,
            highlights: highlight.ranges().to_vec(),
            passage: paragraph.text[highlight.passage().range()].to_owned(),
            passage_span: highlight.passage(),
            text: paragraph.text,
            actors: paragraph.actors,
            topics: paragraph.topics,
            source: paragraph.source,
            explanation: None,
        }
    }
}
