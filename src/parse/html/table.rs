//! Tables: rows of cells, or the layout of a page.

use crate::document::ParagraphKind;
use crate::parse::leaf::{Leaf, LeafKind, Piece};

/// A table's cells hold less than this on average, in bytes; where they hold more, the table lays out a page.
const WIDEST_CELL: usize = 200;

/// The cells of a table, each the pieces of its text. Tables inside it are read as part of their cell.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<Vec<Piece>>>,
    /// How many tables are open inside this one.
    depth: u32,
}

impl Table {
    /// A tag inside the table that is neither row nor cell, nor a table, begins nothing.
    pub(super) fn begin(&mut self, name: &str) {
        match name {
            "table" => self.depth += 1,
            "tr" => self.rows.push(Vec::new()),
            "td" | "th" => {
                if self.rows.is_empty() {
                    self.rows.push(Vec::new());
                }
                if let Some(row) = self.rows.last_mut() {
                    row.push(Vec::new());
                }
            }
            _ => {}
        }
    }

    /// Whether a cell is open; what stands in a table and in no cell is a caption most often.
    pub(super) fn has_cell(&self) -> bool {
        self.rows.last().is_some_and(|row| !row.is_empty())
    }

    pub(super) fn push(&mut self, piece: Piece) {
        // A row is one line of the text.
        let piece = if piece == Piece::Line { Piece::Break } else { piece };
        if let Some(cell) = self.rows.last_mut().and_then(|row| row.last_mut()) {
            cell.push(piece);
        }
    }

    /// Whether the tag that ends a table ends this one and none inside it.
    pub(super) fn end(&mut self) -> bool {
        let is_outer = self.depth == 0;
        self.depth = self.depth.saturating_sub(1);
        is_outer
    }

    /// The whole table as one paragraph, or each cell as one where the table lays out a page.
    pub(super) fn leaves(self, found: &mut Vec<Leaf>) {
        let rows: Vec<Vec<Vec<Piece>>> = self.rows.into_iter().filter(|row| !row.is_empty()).collect();
        let cells = rows.iter().map(Vec::len).sum::<usize>();
        let characters: usize = rows.iter().flatten().flatten().map(Piece::length).sum();
        let is_table = rows.iter().any(|row| row.len() > 1) && characters <= WIDEST_CELL * cells;
        let mut whole = Vec::new();
        for row in rows {
            for (place, cell) in row.into_iter().enumerate() {
                if is_table {
                    let mark = if place > 0 { '\t' } else { '\n' };
                    if !whole.is_empty() {
                        whole.push(Piece::Mark(mark));
                    }
                    whole.extend(cell);
                } else {
                    found.extend(Leaf::with(LeafKind::Paragraph(ParagraphKind::Body), cell));
                }
            }
        }
        found.extend(Leaf::with(LeafKind::Paragraph(ParagraphKind::Table), whole));
    }
}
