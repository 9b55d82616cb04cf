//! The report as one page.

use demarche::{
    Contrast, Cooccurrence, Dimension, FacetCounts, FacetSelection, Hit, Interval, Request, Results, Searcher,
};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::pictures::{self, Cell, Matrix};
use crate::program::many;

const STYLE: &str = include_str!("style.css");
/// How many values a table or a side of the matrix has.
const SHOWN: usize = 15;

/// The page for a query.
pub(crate) fn page(searcher: &Searcher, query: &str, limit: usize) -> demarche::Result<Markup> {
    let results = searcher.search(Request::new(query).limit(limit).timeline(Interval::Year))?;
    let set = searcher.matches(query)?;
    let parties = FacetSelection::all().depth(2).top(SHOWN);
    let matrix = set.cooccurrence((Dimension::Actor, &parties), (Dimension::Actor, &parties))?;
    let typical = Contrast::of(Dimension::Actor).top(SHOWN).with_the_rest(&set)?;
    Ok(html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (query) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (query) }
                p { (many(results.total.paragraphs, "paragraph")) @if let Some(documents) = results.total.documents { " in " (many(documents, "document")) } }
                @for diagnostic in &results.diagnostics { p class="faint" { "Note: " (diagnostic.message()) } }
                (over_time(&results))
                div class="tables" {
                    @for dimension in [Dimension::Actor, Dimension::Topic] {
                        @if let Some(counts) = results.facets.get(dimension) { (table(counts)) }
                    }
                }
                @if matrix.rows.len() > 1 {
                    h2 { "Who stands with whom" }
                    figure {
                        (pictures::matrix(&squares(&matrix)))
                        figcaption { "Paragraphs that name both; the area of a square is their number." }
                    }
                }
                @if !typical.first.is_empty() {
                    h2 { "Actors named here more than elsewhere" }
                    table {
                        thead { tr { th { "Actor" } th { "here" } th { "elsewhere" } th { "z" } } }
                        tbody {
                            @for value in &typical.first {
                                tr { td { (value.label) } td { (value.count) } td { (value.other_count) } td { (format!("{:.1}", value.z)) } }
                            }
                        }
                    }
                    p class="faint" { "z of the log-odds with an informative prior (Monroe, Colaresi and Quinn 2008)." }
                }
                h2 { "Passages" }
                ol { @for hit in &results.hits { (passage(hit)) } }
            }
        }
    })
}

fn over_time(results: &Results) -> Markup {
    html! {
        @if let Some(timeline) = results.timeline.as_ref().filter(|timeline| !timeline.periods.is_empty()) {
            h2 { "Over time" }
            figure { (pictures::timeline(timeline, |_| None, |_| false)) figcaption { "Paragraphs a year." } }
        }
    }
}

fn table(counts: &FacetCounts) -> Markup {
    let shown = counts.select(&FacetSelection::all().depth(2).top(SHOWN));
    html! {
        table {
            thead { tr { th { (counts.dimension()) } th { "paragraphs" } th { "documents" } } }
            tbody { @for node in &shown.nodes { tr { td { (node.label) } td { (node.count) } td { @if let Some(documents) = node.documents { (documents) } } } } }
        }
    }
}

/// The matrix without what is together by construction: a value with itself, and with what is below it.
fn squares(matrix: &Cooccurrence) -> Matrix {
    let count = |row: usize, column: usize| {
        let (a, b) = (&matrix.rows[row].path, &matrix.columns[column].path);
        if a.is_within(b) || b.is_within(a) { 0 } else { matrix.cell(row, column).paragraphs }
    };
    let row = |row| (0..matrix.columns.len()).map(|column| Cell { count: count(row, column), link: None }).collect();
    Matrix {
        rows: matrix.rows.iter().map(|node| node.label.to_string()).collect(),
        columns: matrix.columns.iter().map(|node| node.label.to_string()).collect(),
        cells: (0..matrix.rows.len()).map(row).collect(),
    }
}

fn passage(hit: &Hit) -> Markup {
    html! {
        li {
            blockquote { (PreEscaped(hit.highlight().to_html(&hit.text))) }
            p class="faint" {
                (hit.title.as_deref().unwrap_or(&hit.document))
                @if let Some(date) = hit.date { ", " (date) }
                @if let Some(heading) = &hit.heading { ", “" (heading) "”" }
                ", paragraph " (hit.ordinal) ". " (hit.document) ", bytes "
                @for (place, span) in hit.source.iter().enumerate() {
                    @if place > 0 { ", " }
                    (span.start) "–" (span.end)
                }
                "."
            }
        }
    }
}
