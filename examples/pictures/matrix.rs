//! How often two things stand together, as a matrix of squares.

use maud::{Markup, html};

use super::timeline::tenths;

const CELL: usize = 34;
const ROW_LABELS: usize = 190;
const COLUMN_LABELS: usize = 130;

/// What is in one square.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    pub(crate) count: u64,
    /// Where a click leads, if anywhere.
    pub(crate) link: Option<String>,
}

/// Rows and columns with their names, and `cells[row][column]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Matrix {
    pub(crate) rows: Vec<String>,
    pub(crate) columns: Vec<String>,
    pub(crate) cells: Vec<Vec<Cell>>,
}

/// Squares whose area is the count.
pub(crate) fn matrix(matrix: &Matrix) -> Markup {
    let most = matrix.cells.iter().flatten().map(|cell| cell.count).max().unwrap_or(0).max(1);
    let width = ROW_LABELS + matrix.columns.len() * CELL + 80;
    let height = COLUMN_LABELS + matrix.rows.len() * CELL;
    html! {
        svg class="matrix" viewBox={ "0 0 " (width) " " (height) } role="group" aria-label="what stands together" {
            @for (column, name) in matrix.columns.iter().enumerate() {
                @let x = ROW_LABELS + column * CELL + CELL / 2;
                text x=(x) y=(COLUMN_LABELS - 8) transform={ "rotate(-45 " (x) " " (COLUMN_LABELS - 8) ")" } { (short(name, 20)) }
            }
            @for (row, name) in matrix.rows.iter().enumerate() {
                @let y = COLUMN_LABELS + row * CELL + CELL / 2;
                text x=(ROW_LABELS - 8) y=(y + 4) text-anchor="end" { (short(name, 26)) }
                @for (column, cell) in matrix.cells[row].iter().enumerate() {
                    @let x = ROW_LABELS + column * CELL + CELL / 2;
                    @let side = (cell.count as f64 / most as f64).sqrt() * (CELL - 4) as f64;
                    @if cell.count > 0 {
                        @let square = html! {
                            title { (name) " and " (matrix.columns[column]) ": " (cell.count) " paragraphs" }
                            rect class="bar" x=(tenths(x as f64 - side / 2.0)) y=(tenths(y as f64 - side / 2.0))
                                width=(tenths(side)) height=(tenths(side)) {}
                        };
                        @match &cell.link {
                            Some(address) => { a href=(address) { (square) } },
                            None => { g { (square) } },
                        }
                    }
                }
            }
        }
    }
}

/// A name cut to so many characters.
fn short(name: &str, characters: usize) -> String {
    if name.chars().count() <= characters {
        return name.to_owned();
    }
    name.chars().take(characters - 1).chain(['…']).collect()
}
