//! The nodes of a dimension as links: choose, take back, drill down; siblings stay.

use demarche::{ActorKind, Dimension, FacetCount, FacetCounts, FacetPath, FacetSelection};
use maud::{Markup, html};

use crate::program::{digits, many};
use crate::view::View;

/// How many nodes a list shows.
const SHOWN: usize = 12;

/// The tree of a dimension: its first nodes, and below those that are chosen their children.
pub(crate) fn tree(view: &View, counts: &FacetCounts) -> Markup {
    let dimension = counts.dimension();
    let shown = counts.select(&FacetSelection::all().depth(2).top(SHOWN));
    // A chosen node stays in sight, whatever its count: it is the way back.
    let chosen: Vec<FacetPath> = view.chosen(dimension).iter().filter_map(|value| FacetPath::new(value).ok()).collect();
    let tops: Vec<FacetPath> = chosen.iter().filter_map(top_of).collect();
    let mut nodes = shown.nodes;
    for top in tops {
        if !nodes.iter().any(|node| node.path == top) {
            nodes.extend(counts.get(&top));
        }
    }
    let missing = counts.missing();
    html! {
        section class="facet" aria-labelledby={ "facet-" (dimension) } {
            h2 id={ "facet-" (dimension) } { (heading(dimension)) }
            ul {
                @for node in &nodes {
                    li {
                        (choice(view, dimension, node))
                        @if chosen.iter().any(|path| path.is_within(&node.path)) {
                            (children(view, counts, &node.path))
                        }
                    }
                }
            }
            @if shown.values > SHOWN as u64 {
                p class="rest" { (digits(shown.values - SHOWN as u64)) " more, " (many(missing, "paragraph")) " with none" }
            }
        }
    }
}

/// The persons named most, as a list of their own: in the tree they stand below many parties.
pub(crate) fn persons(view: &View, counts: &FacetCounts) -> Markup {
    let shown = counts.select(&FacetSelection::all().kind(ActorKind::Person).top(SHOWN));
    html! {
        @if !shown.nodes.is_empty() {
            section class="facet" aria-labelledby="facet-persons" {
                h2 id="facet-persons" { "Persons" }
                ul {
                    @for node in &shown.nodes { li { (choice(view, Dimension::Actor, node)) } }
                }
            }
        }
    }
}

fn children(view: &View, counts: &FacetCounts, path: &FacetPath) -> Markup {
    let below = counts.select(&FacetSelection::all().under(path).top(SHOWN));
    html! {
        @if !below.nodes.is_empty() {
            ul {
                @for node in &below.nodes {
                    li class={ "step-" (node.path.depth() - path.depth()) } { (choice(view, counts.dimension(), node)) }
                }
            }
        }
    }
}

fn choice(view: &View, dimension: Dimension, node: &FacetCount) -> Markup {
    let path = node.path.as_str();
    let is_chosen = view.chosen(dimension).iter().any(|value| value == path);
    html! {
        a href=(view.toggled(dimension, path).address("/")) class=[is_chosen.then_some("chosen")]
            aria-current=[is_chosen.then_some("true")] title=(path) {
            span { (node.label) } span class="count" { (digits(node.count)) }
        }
    }
}

/// The node of two steps that a path is in: a party, a top of the taxonomy.
fn top_of(path: &FacetPath) -> Option<FacetPath> {
    let mut path = path.clone();
    while path.depth() > 2 {
        path = path.parent()?;
    }
    (path.depth() == 2).then_some(path)
}

fn heading(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Actor => "Actors",
        Dimension::Topic => "Topics",
        _ => dimension.as_str(),
    }
}
