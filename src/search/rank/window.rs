//! The order of a request's answers: the window with all the evidence, then the rest as the first pass has it.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{FeedbackTerm, Lesson, Reranker};
use crate::error::Result;
use crate::index::AnalyzerPool;
use crate::search::statistics::Statistics;
use crate::search::top::{self, Position, Selection, Top, Unit};

/// The last of the candidates that the window took in, as the first pass ordered them.
///
/// A cursor takes it along: what was in the window on the first page is in it on every page, however many
/// documents were added in between.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Edge {
    key: f32,
    document: String,
    ordinal: u32,
}

impl Window {
    /// Whether its end has a place in an order.
    pub(crate) fn is_sound(&self) -> bool {
        match self {
            Window::None | Window::All => true,
            Window::Through(edge) => edge.key.is_finite(),
        }
    }
}

impl Edge {
    fn position(&self) -> Position<'_> {
        Position { key: self.key, document: &self.document, ordinal: self.ordinal }
    }
}

/// Where the window of an order ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Window {
    /// There is none: the first pass is the order.
    None,
    /// Everything is in it.
    All,
    /// It ends with this candidate.
    Through(Edge),
}

/// What an order begins after.
#[derive(Debug)]
pub(crate) struct Start<'a> {
    pub(crate) after: Position<'a>,
    pub(crate) window: &'a Window,
    /// Whether the answer that it begins after is in the window.
    pub(crate) inside: bool,
    /// What the query was expanded with on the first page.
    pub(crate) expansion: &'a [FeedbackTerm],
}

/// A part of an order.
#[derive(Debug)]
pub(crate) struct Ordered {
    pub(crate) best: Vec<Top>,
    /// How many of `best` are in the window; they come first.
    pub(crate) inside: usize,
    pub(crate) window: Window,
    /// What the query was expanded with.
    pub(crate) expansion: Vec<FeedbackTerm>,
}

/// What a query is expanded from.
pub(crate) struct School<'a> {
    pub(crate) statistics: &'a Statistics<'a>,
    pub(crate) analyzers: &'a AnalyzerPool,
    pub(crate) texts: &'a dyn Fn(Top) -> Result<Lesson>,
}

/// The `limit` best of a selection, best first.
pub(crate) fn ordered(
    selection: &Selection<'_>,
    reranker: Option<&mut Reranker<'_>>,
    school: &School<'_>,
    unit: Unit,
    start: Option<&Start<'_>>,
    limit: usize,
) -> Result<Ordered> {
    let Some(reranker) = reranker else {
        let best = selection.top(unit, start.map(|start| &start.after), limit)?;
        return Ok(Ordered { best, inside: 0, window: Window::None, expansion: Vec::new() });
    };
    if let Some(start) = start.filter(|start| !start.inside) {
        let mut best = selection.top(unit, Some(&start.after), limit)?;
        selection.name_by_best(&mut best)?;
        return Ok(Ordered { best, inside: 0, window: start.window.clone(), expansion: start.expansion.to_vec() });
    }
    let mut expansion = Vec::new();
    let (mut best, window) = match start.map(|start| start.window) {
        None | Some(Window::None) => {
            let size = reranker.size(unit);
            let best = selection.top(unit, None, size)?;
            let window = match best.last() {
                Some(&last) if best.len() == size => Window::Through(edge(selection, last)?),
                _ => Window::All,
            };
            (best, window)
        }
        Some(Window::All) => (selection.top(unit, None, EVERYTHING)?, Window::All),
        Some(Window::Through(edge)) => {
            let best = selection.through(unit, &edge.position(), EVERYTHING)?;
            (best, Window::Through(edge.clone()))
        }
    };
    let first_pass = best.clone();
    reranker.rerank(unit, &mut best)?;
    if reranker.wants_expansion() {
        let terms = match start {
            Some(start) => start.expansion.to_vec(),
            None => reranker.learn(&best, school.statistics, school.analyzers, school.texts)?,
        };
        reranker.expand(&terms, school.statistics)?;
        best = first_pass;
        reranker.rerank(unit, &mut best)?;
        expansion = terms;
    }
    if let Some(start) = start {
        let mut after = Vec::with_capacity(best.len());
        for top in best {
            if is_after(selection, unit, top, &start.after)? {
                after.push(top);
            }
        }
        best = after;
    }
    best.truncate(limit);
    let inside = best.len();
    if inside < limit
        && let Window::Through(edge) = &window
    {
        best.extend(selection.top(unit, Some(&edge.position()), limit - inside)?);
        selection.name_by_best(&mut best[inside..])?;
    }
    Ok(Ordered { best, inside, window, expansion })
}

/// More than any index holds.
const EVERYTHING: usize = u32::MAX as usize;

fn edge(selection: &Selection<'_>, top: Top) -> Result<Edge> {
    let document = top::document_id(selection.searcher, selection.arrays, top)?;
    Ok(Edge { key: top.key, document: document.to_string(), ordinal: ordinal(selection, top)? })
}

fn ordinal(selection: &Selection<'_>, top: Top) -> Result<u32> {
    let reader = selection.searcher.segment_reader(top.segment);
    selection.arrays[top.segment as usize].ordinal(reader, top.doc)
}

fn is_after(selection: &Selection<'_>, unit: Unit, top: Top, position: &Position<'_>) -> Result<bool> {
    Ok(match position.key.total_cmp(&top.key) {
        Ordering::Greater => true,
        Ordering::Less => false,
        Ordering::Equal => {
            let document = top::document_id(selection.searcher, selection.arrays, top)?;
            match (*document).cmp(position.document) {
                Ordering::Greater => true,
                Ordering::Less => false,
                Ordering::Equal => unit == Unit::Paragraph && ordinal(selection, top)? > position.ordinal,
            }
        }
    })
}
