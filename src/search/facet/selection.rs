//! Which nodes of a dimension are shown.

use crate::annotate::ActorKind;
use crate::facet::FacetPath;
use crate::index::Nodes;

/// Which nodes of a dimension are shown, and how many of them.
///
/// All conditions hold together; without any, every node with a paragraph is shown.
///
/// # Examples
///
/// ```
/// use demarche::{ActorKind, Dimension, FacetSelection, Request};
///
/// let parties = FacetSelection::all().depth(2).top(20);
/// let in_russia = FacetSelection::all().children_of(&"/state/RUS".parse()?);
/// let persons = FacetSelection::all().kind(ActorKind::Person).top(10);
/// let request = Request::new("gas transit").facet(Dimension::Actor, parties);
/// # let _ = (in_russia, persons, request);
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FacetSelection {
    under: Option<FacetPath>,
    depth: Option<usize>,
    kinds: Vec<ActorKind>,
    limit: Option<usize>,
}

impl FacetSelection {
    /// Every node with a paragraph.
    pub fn all() -> FacetSelection {
        FacetSelection::default()
    }

    /// Only nodes below a path, at any depth; not the path itself.
    pub fn under(mut self, path: &FacetPath) -> FacetSelection {
        self.under = Some(path.clone());
        self
    }

    /// Only nodes of so many steps, counted from 1 at the top: `/state/RUS` has 2.
    pub fn depth(mut self, steps: usize) -> FacetSelection {
        self.depth = Some(steps);
        self
    }

    /// Only nodes one step below a path.
    pub fn children_of(self, path: &FacetPath) -> FacetSelection {
        self.under(path).depth(path.depth() + 1)
    }

    /// Only actors of a kind, by the gazetteer of the index; said again, of any of the kinds.
    pub fn kind(mut self, kind: ActorKind) -> FacetSelection {
        self.kinds.push(kind);
        self
    }

    /// Only the first `nodes` by count, then path. By default, all.
    pub fn top(mut self, nodes: usize) -> FacetSelection {
        self.limit = Some(nodes);
        self
    }

    /// How many nodes are shown at most; `None` for all.
    pub(super) fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// Whether a node meets the conditions, whatever its count.
    pub(super) fn accepts(&self, nodes: &Nodes, node: u32) -> bool {
        let is_below = |under: &FacetPath| nodes.path(node) != under && nodes.path(node).is_within(under);
        self.depth.is_none_or(|depth| nodes.depth(node) == depth)
            && self.under.as_ref().is_none_or(is_below)
            && (self.kinds.is_empty() || nodes.details(node).kind.is_some_and(|kind| self.kinds.contains(&kind)))
    }
}
