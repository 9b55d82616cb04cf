//! The counts of the dimensions, and their JSON.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::selection::FacetSelection;
use super::timeline::{Periods, Timeline};
use crate::facet::{Dimension, FacetPath};
use crate::index::{Nodes, SchemeCodes};
use crate::search::count::DimensionCounts;

/// Counts of one node of a facet hierarchy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FacetCount {
    /// The node.
    pub path: FacetPath,
    /// The name to show.
    pub label: Arc<str>,
    /// Paragraphs in the node's subtree, each once.
    pub count: u64,
    /// Paragraphs at exactly this node.
    pub direct: u64,
    /// Distinct documents of `count`; `None` where the engine cannot tell (an [`Index`](crate::Index) always can).
    pub documents: Option<u64>,
    /// The same actor or topic in other schemes; left out of the JSON where there is none.
    #[serde(skip_serializing_if = "SchemeCodes::is_empty")]
    pub crosswalk: SchemeCodes,
}

/// The nodes of a selection that have a paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FacetList {
    /// The first of them, by count, then path.
    pub nodes: Vec<FacetCount>,
    /// How many there are, shown or not.
    pub values: u64,
    /// The counts of those that are not shown, added up; a paragraph that has several of them is in it several times.
    pub other: u64,
}

/// Counts of one dimension: of every node, whichever are shown.
///
/// They are exact, whatever was deleted and in however many segments the index is: nothing is estimated,
/// and nothing cut off before the segments are added up.
///
/// A dimension that is filtered is counted sideways: as if its own filter were off, so that the siblings of
/// what was chosen do not vanish.
///
/// As JSON, the list of [`FacetCount`]s that [`nodes`](FacetCounts::nodes) gives.
///
/// # Examples
///
/// ```
/// use demarche::{Annotator, Dimension, Document, FacetSelection, Index};
///
/// let index = Index::in_memory()?;
/// let mut writer = index.writer()?;
/// let document = Document::parse("a", "Russia met China.\n\nVladimir Putin met nobody.\n\nIt rained.")?;
/// writer.add(&Annotator::new().annotate(document))?;
/// writer.commit()?;
/// let results = index.searcher()?.search("met OR rained")?;
/// let actors = results.facets.get(Dimension::Actor).expect("actors are counted by default");
/// let russia = actors.get(&"/state/RUS".parse()?).expect("two paragraphs");
/// assert_eq!((russia.count, russia.direct, russia.documents), (2, 1, Some(1)));
/// assert_eq!(russia.crosswalk.get("iso-alpha2"), Some("RU"));
/// assert_eq!((actors.total(), actors.missing()), (3, 1));
/// let states = actors.select(&FacetSelection::all().depth(2).top(1));
/// assert_eq!((&*states.nodes[0].label, states.values, states.other), ("Russia", 2, 1));
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Clone)]
pub struct FacetCounts {
    nodes: Arc<Nodes>,
    counts: DimensionCounts,
    selection: FacetSelection,
    /// Whether documents are counted.
    documents: bool,
    shown: OnceLock<FacetList>,
}

impl FacetCounts {
    pub(crate) fn new(nodes: Arc<Nodes>, counts: DimensionCounts, selection: FacetSelection) -> FacetCounts {
        FacetCounts { nodes, counts, selection, documents: true, shown: OnceLock::new() }
    }

    /// The counts of an engine that cannot count distinct documents.
    #[cfg(feature = "quickwit")]
    pub(crate) fn without_documents(self) -> FacetCounts {
        FacetCounts { documents: false, ..self }
    }

    /// The dimension.
    pub fn dimension(&self) -> Dimension {
        self.nodes.dimension()
    }

    /// Paragraphs counted: all that match and pass the filters on other dimensions.
    pub fn total(&self) -> u64 {
        self.counts.paragraphs
    }

    /// Paragraphs of the total with no value in the dimension.
    pub fn missing(&self) -> u64 {
        self.counts.missing
    }

    /// Whether every number is exact; always `true`, as the type says.
    pub fn exact(&self) -> bool {
        true
    }

    /// The nodes that the request asked for (by default, every node with a paragraph), by count, then path.
    ///
    /// # Cost
    ///
    /// Names are looked up at the first call.
    pub fn nodes(&self) -> &[FacetCount] {
        &self.shown().nodes
    }

    /// How many nodes of those that the request asked for have a paragraph, shown or not.
    pub fn values(&self) -> u64 {
        self.shown().values
    }

    /// The counts of those that are not shown, added up, as [`FacetList::other`].
    pub fn other(&self) -> u64 {
        self.shown().other
    }

    fn shown(&self) -> &FacetList {
        self.shown.get_or_init(|| self.select(&self.selection))
    }

    /// The node of a path, shown or not; `None` where nothing is counted.
    pub fn get(&self, path: &FacetPath) -> Option<FacetCount> {
        let node = self.nodes.find(path)?;
        (self.counts.nodes[node as usize].count > 0).then(|| self.count_of(node))
    }

    /// The nodes of any selection, by count, then path.
    ///
    /// # Cost
    ///
    /// Looks at every node of the dimension and names those that it returns; the paragraphs are not read again.
    pub fn select(&self, selection: &FacetSelection) -> FacetList {
        let counts = &self.counts.nodes;
        // A lower number is an earlier path.
        let mut found: Vec<(Reverse<u64>, u32)> = (0..counts.len() as u32)
            .filter(|&node| counts[node as usize].count > 0 && selection.accepts(&self.nodes, node))
            .map(|node| (Reverse(counts[node as usize].count), node))
            .collect();
        let values = found.len() as u64;
        let shown = selection.limit().unwrap_or(usize::MAX);
        let mut other = 0;
        if shown < found.len() {
            if shown > 0 {
                found.select_nth_unstable(shown - 1);
            }
            other = found[shown..].iter().map(|(Reverse(count), _)| count).sum();
            found.truncate(shown);
        }
        found.sort_unstable();
        FacetList { nodes: found.into_iter().map(|(_, node)| self.count_of(node)).collect(), values, other }
    }

    fn count_of(&self, node: u32) -> FacetCount {
        let counts = self.counts.nodes[node as usize];
        let details = self.nodes.details(node);
        FacetCount {
            path: self.nodes.path(node).clone(),
            label: details.label.clone(),
            count: counts.count,
            direct: counts.direct,
            documents: self.documents.then_some(counts.documents),
            crosswalk: details.crosswalk.clone(),
        }
    }

    /// The counts of the date dimension as a row of periods.
    pub(crate) fn timeline(&self, periods: Periods) -> Timeline {
        Timeline::new(&self.nodes, &self.counts, self.documents, periods)
    }
}

impl PartialEq for FacetCounts {
    /// Whether the same nodes are shown with the same counts, and the totals are the same.
    fn eq(&self, other: &FacetCounts) -> bool {
        self.dimension() == other.dimension()
            && (self.total(), self.missing()) == (other.total(), other.missing())
            && self.shown() == other.shown()
    }
}

impl Eq for FacetCounts {}

impl fmt::Debug for FacetCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FacetCounts")
            .field("dimension", &self.dimension())
            .field("total", &self.total())
            .field("missing", &self.missing())
            .field("shown", self.shown())
            .finish_non_exhaustive()
    }
}

impl Serialize for FacetCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.nodes().serialize(serializer)
    }
}

/// The counts of every dimension asked for, by dimension.
///
/// As JSON, two objects by dimension: `{"facets": {"actor": [FacetCount, …], …}, "facet_totals": {"actor": {"total",
/// "missing", "values", "other", "exact"}, …}}`, whose numbers are those of [`FacetCounts`]'s methods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets(pub(crate) BTreeMap<Dimension, FacetCounts>);

impl Facets {
    /// The counts of a dimension; `None` when they were not asked for.
    pub fn get(&self, dimension: Dimension) -> Option<&FacetCounts> {
        self.0.get(&dimension)
    }

    /// The dimensions counted.
    pub fn dimensions(&self) -> impl Iterator<Item = (Dimension, &FacetCounts)> {
        self.0.iter().map(|(&dimension, counts)| (dimension, counts))
    }
}

impl Serialize for Facets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Totals {
            total: u64,
            missing: u64,
            values: u64,
            other: u64,
            exact: bool,
        }
        let totals = |counts: &FacetCounts| Totals {
            total: counts.total(),
            missing: counts.missing(),
            values: counts.values(),
            other: counts.other(),
            exact: counts.exact(),
        };
        let totals: BTreeMap<Dimension, Totals> = self.0.iter().map(|(&of, counts)| (of, totals(counts))).collect();
        let mut facets = serializer.serialize_struct("Facets", 2)?;
        facets.serialize_field("facets", &self.0)?;
        facets.serialize_field("facet_totals", &totals)?;
        facets.end()
    }
}
