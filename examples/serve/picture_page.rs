//! What is in a result as a whole: who stands with whom, and what sets it apart from everything else.

use demarche::{Contrast, Contrasted, Cooccurrence, Dimension, FacetSelection};
use maud::{Markup, html};

use crate::app::App;
use crate::layout;
use crate::pictures::{self, Cell, Matrix};
use crate::view::View;

/// How many values a side of the matrix has.
const SIDE: usize = 14;
/// How many values are listed as typical.
const TYPICAL: usize = 12;

/// The page for what an address asks for.
pub(crate) fn page(app: &App, address: &str) -> demarche::Result<Markup> {
    let (view, _) = View::read(address);
    let Some(searcher) = app.searcher() else {
        return Ok(layout::problem(
            "Pictures take an index on this machine: a cluster tells counts, not which paragraphs.",
        ));
    };
    let set = searcher.matches(view.query())?;
    let parties = FacetSelection::all().depth(2).top(SIDE);
    let matrix = set.cooccurrence((Dimension::Actor, &parties), (Dimension::Actor, &parties))?;
    let contrasts =
        [Dimension::Actor, Dimension::Topic].map(|dimension| Contrast::of(dimension).top(TYPICAL).with_the_rest(&set));
    let title = if view.query.is_empty() { "Pictures".to_owned() } else { format!("{} in pictures", view.query) };
    let content = html! {
        h1 { (title) }
        (layout::tabs(app, &view, "/pictures"))
        p class="total" { (layout::found(set.total())) }
        h2 { "Who stands with whom" }
        figure {
            (pictures::matrix(&squares(&view, &matrix)))
            figcaption { "Paragraphs that name both; the area of a square is their number. Choose one to read them." }
        }
        h2 { "What sets it apart from all other paragraphs" }
        div class="typical" {
            @for contrasts in contrasts {
                @let contrasts = contrasts?;
                (typical(&view, contrasts.dimension, &contrasts.first))
            }
        }
        p class="rest" {
            "z: how many standard deviations the log-odds, with an informative prior, are from no difference \
            (Monroe, Colaresi and Quinn 2008); above 2 is worth a look."
        }
    };
    Ok(layout::page(&title, &view, content))
}

/// The matrix without its diagonal and what is below something else in it, which are together by construction.
fn squares(view: &View, matrix: &Cooccurrence) -> Matrix {
    let cell = |row: usize, column: usize| {
        let (a, b) = (&matrix.rows[row].path, &matrix.columns[column].path);
        let is_nested = a.is_within(b) || b.is_within(a);
        let count = if is_nested { 0 } else { matrix.cell(row, column).paragraphs };
        // Two values of one filter widen it; both are needed here, so they go into the query.
        let mut both = view.first_page();
        both.query = format!("{} +actor:{a} +actor:{b}", view.query).trim_start().to_owned();
        Cell { count, link: Some(both.address("/")) }
    };
    Matrix {
        rows: matrix.rows.iter().map(|node| node.label.to_string()).collect(),
        columns: matrix.columns.iter().map(|node| node.label.to_string()).collect(),
        cells: (0..matrix.rows.len())
            .map(|row| (0..matrix.columns.len()).map(|column| cell(row, column)).collect())
            .collect(),
    }
}

fn typical(view: &View, dimension: Dimension, values: &[Contrasted]) -> Markup {
    html! {
        table {
            thead { tr { th { (dimension) } th { "here" } th { "elsewhere" } th { "z" } } }
            tbody {
                @for value in values {
                    tr {
                        td { a href=(view.toggled(dimension, value.path.as_str()).address("/")) title=(value.path) { (value.label) } }
                        td { (value.count) }
                        td { (value.other_count) }
                        td { (format!("{:.1}", value.z)) }
                    }
                }
            }
        }
    }
}
