//! Puts the marks of a format back into the text, for a parser that is not to drop them.

use super::leaf::{Leaf, LeafKind, Leaves, Piece};
use crate::document::{ParagraphKind, Span};

/// Writes what stands between the pieces of each leaf as it stands in the source. Where marks are entered into the
/// ledger, those between the leaves are text as well: on the line of a leaf they belong to it, and a line of nothing
/// but marks is a paragraph of its own.
pub(super) fn keep(source: &str, found: &mut Leaves) {
    for leaf in &mut found.leaves {
        leaf.pieces = with_gaps(source, std::mem::take(&mut leaf.pieces));
    }
    if found.note_marks {
        found.leaves = with_lines(source, std::mem::take(&mut found.leaves), &found.dropped);
    }
}

/// The pieces of a leaf and the stretches between them. The ends of lines and cells stay where they are, with the
/// marks of the line before in front of them and those of the next line behind.
fn with_gaps(source: &str, pieces: Vec<Piece>) -> Vec<Piece> {
    let mut whole: Vec<Piece> = Vec::with_capacity(pieces.len());
    let mut end = None;
    let mut between: Vec<Piece> = Vec::new();
    for piece in pieces {
        let Some(span) = piece.span() else {
            if !matches!(piece, Piece::LinkStart(_) | Piece::LinkEnd) {
                between.push(piece);
            }
            continue;
        };
        let gap = Span::new(end.unwrap_or(span.start).min(span.start), span.start);
        let line = source[gap.range()].rfind('\n').map_or(gap.start, |at| gap.start + at + 1);
        let before = if between.is_empty() { gap.start } else { line };
        push(source, &mut whole, gap.start, before);
        whole.append(&mut between);
        push(source, &mut whole, before, span.start);
        push(source, &mut whole, span.start, span.end);
        end = Some(span.end);
    }
    whole
}

/// The leaves and the stretches between them and what was dropped.
fn with_lines(source: &str, leaves: Vec<Leaf>, dropped: &[(Span, crate::document::RepairKind)]) -> Vec<Leaf> {
    let mut whole: Vec<Leaf> = Vec::with_capacity(leaves.len());
    let mut dropped = dropped.iter().map(|(span, _)| *span).peekable();
    // Where what was taken last ends, and whether that was a leaf.
    let (mut at, mut after_leaf) = (0, false);
    for mut leaf in leaves {
        let Some(span) = leaf.whole() else { continue };
        while let Some(gone) = dropped.next_if(|gone| gone.start < span.start) {
            between(source, &mut whole, Span::new(at.min(gone.start), gone.start), after_leaf);
            (at, after_leaf) = (gone.end.max(at), false);
        }
        let gap = Span::new(at.min(span.start), span.start);
        let line = source[gap.range()].rfind('\n').map_or(gap.start, |end| gap.start + end + 1);
        between(source, &mut whole, Span::new(gap.start, line), after_leaf);
        let mut marks = Vec::new();
        push(source, &mut marks, line, span.start);
        leaf.pieces.splice(0..0, marks);
        whole.push(leaf);
        (at, after_leaf) = (span.end.max(at), true);
    }
    for gone in dropped {
        between(source, &mut whole, Span::new(at.min(gone.start), gone.start), after_leaf);
        (at, after_leaf) = (gone.end.max(at), false);
    }
    between(source, &mut whole, Span::new(at, source.len()), after_leaf);
    whole
}

/// The rest of the line behind a leaf belongs to it; further lines are a paragraph.
fn between(source: &str, whole: &mut Vec<Leaf>, gap: Span, after_leaf: bool) {
    let mut start = gap.start;
    if let Some(leaf) = whole.last_mut().filter(|_| after_leaf) {
        let text = &source[gap.range()];
        start += text.find('\n').unwrap_or(text.len());
        push(source, &mut leaf.pieces, gap.start, start);
    }
    let mut marks = Vec::new();
    push(source, &mut marks, start, gap.end);
    whole.extend(Leaf::with(LeafKind::Paragraph(ParagraphKind::Body), marks));
}

/// A stretch of the source as a piece, joined to the one before it; white space alone between pieces is one too, for
/// it parts words.
fn push(source: &str, pieces: &mut Vec<Piece>, start: usize, end: usize) {
    if start >= end {
        return;
    }
    match pieces.last_mut() {
        Some(Piece::Source(last)) if last.end == start => last.end = end,
        None if source[start..end].trim().is_empty() => {}
        _ => pieces.push(Piece::Source(Span::new(start, end))),
    }
}
