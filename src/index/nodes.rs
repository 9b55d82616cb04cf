//! The nodes of one dimension over all segments of a commit.

use std::sync::{Arc, OnceLock};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::facet_arrays::FacetArrays;
use super::segment::NONE;
use crate::annotate::{ActorKind, Annotator, Scheme};
use crate::facet::{Dimension, FacetPath};
use crate::mention_choice::MentionChoice;

/// Every node of a dimension in the order of the paths, with the way from each segment's numbers to these.
///
/// Counts of segments are added by number; strings are met once a commit, when this is made.
#[derive(Debug)]
pub(crate) struct Nodes {
    dimension: Dimension,
    /// Which mentions name the actors that are counted.
    choice: MentionChoice,
    annotator: Annotator,
    paths: Vec<FacetPath>,
    parents: Vec<u32>,
    /// Steps of every path. Those who choose by depth look at every node, and the paths lie all over the memory.
    depths: Vec<u32>,
    details: Vec<OnceLock<NodeDetails>>,
    of_segment: Vec<Vec<u32>>,
}

/// What is looked up for a node that is shown, once.
#[derive(Debug, Clone)]
pub(crate) struct NodeDetails {
    pub(crate) label: Arc<str>,
    pub(crate) crosswalk: SchemeCodes,
    pub(crate) kind: Option<ActorKind>,
}

/// Codes of the same actor or topic in other schemes.
///
/// As JSON, an object with the codes of each scheme: `{"iso-alpha2": ["RU"], "wikidata": ["Q159"]}`. The schemes
/// of actors are `cameo`, `iso-alpha2`, `iso-numeric`, `m49-region` and `wikidata`; those of topics are `cap`,
/// `eurovoc`, `iptc` and `plover`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchemeCodes(Arc<[(&'static str, Arc<str>)]>);

impl SchemeCodes {
    /// Every code with its scheme; those of one scheme stand together, the best first.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(scheme, code)| (*scheme, &**code))
    }

    /// The best code in one scheme.
    pub fn get(&self, scheme: &str) -> Option<&str> {
        self.iter().find(|(of, _)| *of == scheme).map(|(_, code)| code)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(annotator: &Annotator, dimension: Dimension, path: &FacetPath) -> SchemeCodes {
        let mut codes: Vec<(&'static str, Arc<str>)> = Vec::new();
        match dimension {
            Dimension::Actor => {
                let gazetteer = annotator.gazetteer();
                let Some(actor) = gazetteer.id_at(path).and_then(|id| gazetteer.actor(id)) else {
                    return SchemeCodes::default();
                };
                let of = actor.codes();
                let named = [
                    ("cameo", of.cameo),
                    ("iso-alpha2", of.iso_alpha2),
                    ("iso-numeric", of.iso_numeric),
                    ("m49-region", of.m49_region),
                    ("wikidata", of.wikidata),
                ];
                codes.extend(named.into_iter().filter_map(|(scheme, code)| Some((scheme, code?))));
            }
            Dimension::Topic => {
                let Some(topic) = annotator.taxonomy().topic(path) else { return SchemeCodes::default() };
                for scheme in Scheme::ALL {
                    codes.extend(topic.crosswalk().codes(scheme).map(|code| (scheme.as_str(), code.into())));
                }
            }
            _ => {}
        }
        SchemeCodes(codes.into())
    }
}

/// The depth of every node, from 1; a parent comes before its children.
fn depths(parents: &[u32]) -> Vec<u32> {
    let mut depths: Vec<u32> = Vec::with_capacity(parents.len());
    for &parent in parents {
        depths.push(depths.get(parent as usize).map_or(1, |depth| depth + 1));
    }
    depths
}

impl Serialize for SchemeCodes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for group in self.0.chunk_by(|a, b| a.0 == b.0) {
            let codes: Vec<&str> = group.iter().map(|(_, code)| &**code).collect();
            map.serialize_entry(group[0].0, &codes)?;
        }
        map.end()
    }
}

impl Nodes {
    pub(crate) fn of(
        dimension: Dimension,
        choice: MentionChoice,
        annotator: &Annotator,
        segments: &[Arc<FacetArrays>],
    ) -> Nodes {
        // A path sorts after every path above it, so parents keep the lower numbers. The paths of a segment are nearly
        // in this order, which makes sorting them quicker than a tree.
        let mut all: Vec<(&FacetPath, usize, usize)> = Vec::new();
        let mut of_segment = Vec::with_capacity(segments.len());
        for (place, segment) in segments.iter().enumerate() {
            all.extend(segment.paths().iter().enumerate().map(|(local, path)| (path, place, local)));
            of_segment.push(vec![NONE; segment.paths().len()]);
        }
        all.sort_by_key(|(path, _, _)| *path);
        let mut paths: Vec<FacetPath> = Vec::with_capacity(all.len());
        for (path, place, local) in all {
            if paths.last() != Some(path) {
                paths.push(path.clone());
            }
            of_segment[place][local] = paths.len() as u32 - 1;
        }
        let mut parents = vec![NONE; paths.len()];
        for (segment, ours) in segments.iter().zip(&of_segment) {
            for (local, &parent) in segment.parents().iter().enumerate() {
                if parent != NONE {
                    parents[ours[local] as usize] = ours[parent as usize];
                }
            }
        }
        Nodes::with_parents(dimension, choice, annotator, (paths, parents), of_segment)
    }

    /// Nodes with the parent of each; `of_segment` are the numbers that each segment's own nodes have here.
    fn with_parents(
        dimension: Dimension,
        choice: MentionChoice,
        annotator: &Annotator,
        (paths, parents): (Vec<FacetPath>, Vec<u32>),
        of_segment: Vec<Vec<u32>>,
    ) -> Nodes {
        let details = std::iter::repeat_with(OnceLock::new).take(paths.len()).collect();
        let (depths, annotator) = (depths(&parents), annotator.clone());
        Nodes { dimension, choice, annotator, paths, depths, parents, details, of_segment }
    }

    /// The nodes of an index that is elsewhere, with all that stand above any of them.
    #[cfg(feature = "quickwit")]
    pub(crate) fn from_paths(
        dimension: Dimension,
        annotator: &Annotator,
        paths: impl IntoIterator<Item = FacetPath>,
    ) -> Nodes {
        let paths: std::collections::BTreeSet<FacetPath> = paths.into_iter().collect();
        let paths: Vec<FacetPath> = paths.into_iter().collect();
        let number_of = |path: FacetPath| paths.binary_search(&path).map_or(NONE, |number| number as u32);
        let parents: Vec<u32> = paths.iter().map(|path| path.parent().map_or(NONE, number_of)).collect();
        Nodes::with_parents(dimension, MentionChoice::all(), annotator, (paths, parents), Vec::new())
    }

    pub(crate) fn dimension(&self) -> Dimension {
        self.dimension
    }

    pub(crate) fn choice(&self) -> MentionChoice {
        self.choice
    }

    pub(crate) fn len(&self) -> usize {
        self.paths.len()
    }

    /// The numbers here of the nodes of a segment.
    pub(crate) fn of_segment(&self, segment: usize) -> &[u32] {
        &self.of_segment[segment]
    }

    pub(crate) fn parent(&self, node: u32) -> Option<u32> {
        Some(self.parents[node as usize]).filter(|&parent| parent != NONE)
    }

    /// How many steps the path of a node has.
    pub(crate) fn depth(&self, node: u32) -> usize {
        self.depths[node as usize] as usize
    }

    pub(crate) fn path(&self, node: u32) -> &FacetPath {
        &self.paths[node as usize]
    }

    pub(crate) fn find(&self, path: &FacetPath) -> Option<u32> {
        self.paths.binary_search(path).ok().map(|node| node as u32)
    }

    pub(crate) fn details(&self, node: u32) -> &NodeDetails {
        self.details[node as usize].get_or_init(|| {
            let path = self.path(node);
            let gazetteer = self.annotator.gazetteer();
            let known = match self.dimension {
                Dimension::Actor => gazetteer.label(path),
                Dimension::Topic => self.annotator.taxonomy().label(path),
                _ => None,
            };
            let kind = (self.dimension == Dimension::Actor)
                .then(|| gazetteer.actor(gazetteer.id_at(path)?).map(|actor| actor.kind()))
                .flatten();
            NodeDetails {
                label: known.unwrap_or_else(|| path.last_step().to_owned()).into(),
                crosswalk: SchemeCodes::of(&self.annotator, self.dimension, path),
                kind,
            }
        })
    }
}
