//! Values that stand together as a network, for programs that draw and measure networks.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use serde::Serialize;

use super::cooccurrence::{Cooccurrence, Together};
use crate::facet::{Dimension, FacetPath};

/// A value of a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NetworkNode {
    /// Its dimension.
    pub dimension: Dimension,
    /// The value.
    pub path: FacetPath,
    /// The name to show.
    pub label: Arc<str>,
    /// Paragraphs of the set at the path or below.
    pub count: u64,
}

/// Two values that stand together in at least one paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NetworkEdge {
    /// The place of the one among the nodes.
    pub from: usize,
    /// The place of the other.
    pub to: usize,
    /// How often they do.
    pub together: Together,
    /// How many times as often as chance would have it, as [`Cooccurrence::lift`].
    pub lift: f64,
}

/// The values of a co-occurrence matrix as the nodes of an undirected network.
///
/// # Examples
///
/// ```
/// use demarche::{Annotator, Dimension, Document, FacetSelection, Index};
///
/// let index = Index::in_memory()?;
/// let mut writer = index.writer()?;
/// writer.add(&Annotator::new().annotate(Document::parse("a", "Russia met China.\n\nJapan slept.")?))?;
/// writer.commit()?;
/// let states = FacetSelection::all().depth(2).top(30);
/// let set = index.searcher()?.matches("*")?;
/// let network = set.cooccurrence((Dimension::Actor, &states), (Dimension::Actor, &states))?.network(1);
/// assert_eq!((network.nodes.len(), network.edges.len()), (3, 1));
/// assert!(network.to_graphml().contains("<data key=\"label\">Russia</data>"));
/// assert!(network.to_dot().contains("[label=\"China\", count=1]"));
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Network {
    /// The values, in the order of the matrix: its rows, then those of its columns that are not among the rows.
    pub nodes: Vec<NetworkNode>,
    /// The pairs, by the places of their nodes.
    pub edges: Vec<NetworkEdge>,
}

impl Cooccurrence {
    /// The network of the pairs that stand together in at least so many paragraphs.
    ///
    /// A value and one below it make no pair, nor does a value with itself.
    pub fn network(&self, paragraphs: u64) -> Network {
        let mut nodes: Vec<NetworkNode> = Vec::with_capacity(self.rows.len() + self.columns.len());
        let (of_rows, of_columns) = self.dimensions;
        let mut known: HashMap<(Dimension, &FacetPath), usize> = HashMap::new();
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        for (dimension, values, places) in [(of_rows, &self.rows, &mut rows), (of_columns, &self.columns, &mut columns)]
        {
            for value in values {
                let place = *known.entry((dimension, &value.path)).or_insert_with(|| {
                    let (path, label) = (value.path.clone(), value.label.clone());
                    nodes.push(NetworkNode { dimension, path, label, count: value.count });
                    nodes.len() - 1
                });
                places.push(place);
            }
        }
        let mut edges: Vec<NetworkEdge> = Vec::new();
        for (row, &from) in rows.iter().enumerate() {
            for (column, &to) in columns.iter().enumerate() {
                let together = self.cell(row, column);
                let (a, b) = (&self.rows[row].path, &self.columns[column].path);
                let nested = of_rows == of_columns && (a.is_within(b) || b.is_within(a));
                if together.paragraphs < paragraphs.max(1) || nested {
                    continue;
                }
                let lift = self.lift(row, column).unwrap_or_default();
                edges.push(NetworkEdge { from: from.min(to), to: from.max(to), together, lift });
            }
        }
        edges.sort_by_key(|edge| (edge.from, edge.to));
        // A matrix of a dimension with itself has every pair twice.
        edges.dedup_by_key(|edge| (edge.from, edge.to));
        Network { nodes, edges }
    }
}

impl Network {
    /// The network as GraphML, which Gephi, Cytoscape, igraph and NetworkX read.
    ///
    /// A node has the data `label`, `dimension`, `path` and `count`; an edge `weight` (paragraphs), `documents`,
    /// `lift` and, where they were counted, `sentences`.
    ///
    /// Source of the format: <http://graphml.graphdrawing.org/specification.html>.
    pub fn to_graphml(&self) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.push_str("<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n");
        for (id, of, kind) in [
            ("label", "node", "string"),
            ("dimension", "node", "string"),
            ("path", "node", "string"),
            ("count", "node", "long"),
            ("weight", "edge", "long"),
            ("documents", "edge", "long"),
            ("lift", "edge", "double"),
            ("sentences", "edge", "long"),
        ] {
            let _ = writeln!(xml, "  <key id=\"{id}\" for=\"{of}\" attr.name=\"{id}\" attr.type=\"{kind}\"/>");
        }
        xml.push_str("  <graph edgedefault=\"undirected\">\n");
        for (place, node) in self.nodes.iter().enumerate() {
            let _ = write!(xml, "    <node id=\"n{place}\">");
            let _ = write!(xml, "<data key=\"label\">{}</data>", escaped(&node.label));
            let _ = write!(xml, "<data key=\"dimension\">{}</data>", node.dimension);
            let _ = write!(xml, "<data key=\"path\">{}</data>", escaped(node.path.as_str()));
            let _ = writeln!(xml, "<data key=\"count\">{}</data></node>", node.count);
        }
        for edge in &self.edges {
            let Together { paragraphs, documents, sentences } = edge.together;
            let _ = write!(xml, "    <edge source=\"n{}\" target=\"n{}\">", edge.from, edge.to);
            let _ = write!(xml, "<data key=\"weight\">{paragraphs}</data><data key=\"documents\">{documents}</data>");
            let _ = write!(xml, "<data key=\"lift\">{}</data>", edge.lift);
            if let Some(sentences) = sentences {
                let _ = write!(xml, "<data key=\"sentences\">{sentences}</data>");
            }
            xml.push_str("</edge>\n");
        }
        xml.push_str("  </graph>\n</graphml>\n");
        xml
    }

    /// The network in the DOT language of Graphviz; `weight` is the number of paragraphs.
    ///
    /// Source of the format: <https://graphviz.org/doc/info/lang.html>.
    pub fn to_dot(&self) -> String {
        let mut dot = String::from("graph {\n");
        for (place, node) in self.nodes.iter().enumerate() {
            let _ = writeln!(dot, "  n{place} [label={}, count={}];", quoted(&node.label), node.count);
        }
        for edge in &self.edges {
            let _ = writeln!(dot, "  n{} -- n{} [weight={}];", edge.from, edge.to, edge.together.paragraphs);
        }
        dot.push_str("}\n");
        dot
    }
}

/// Text of an XML element. Paths and labels hold no control characters, which XML could not express.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A quoted DOT string. A backslash is doubled, because labels read it as the start of an escape.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_marks_of_the_formats_are_kept_apart_from_them() {
        assert_eq!(escaped("A & <B>"), "A &amp; &lt;B&gt;");
        assert_eq!(quoted("a \"b\" \\c"), r#""a \"b\" \\c""#);
    }
}
