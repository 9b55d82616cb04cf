//! Menus that no element declares as such: runs of short links.

use crate::document::{ParagraphKind, RepairKind};
use crate::parse::leaf::{Leaf, LeafKind, Leaves, Piece};

/// A link in a menu is shorter than this, in bytes.
const LONGEST_ENTRY: usize = 60;
/// Fewer entries in a row are no menu.
const FEWEST_ENTRIES: usize = 3;

/// So many links in one paragraph, and nothing else, are a menu; with marks of a path between them, two.
const FEWEST_LINKS: usize = 3;

/// Leaves out runs of short entries that are links and nothing else, and paragraphs of links.
pub(super) fn drop_menus(source: &str, found: &mut Leaves) {
    let mut kept = Vec::with_capacity(found.leaves.len());
    let mut run: Vec<Leaf> = Vec::new();
    for leaf in std::mem::take(&mut found.leaves) {
        if is_bar(source, &leaf) {
            found.dropped.extend(leaf.spans().map(|span| (span, RepairKind::Navigation)));
        } else if is_entry(source, &leaf) {
            run.push(leaf);
        } else {
            settle(&mut run, &mut kept, found);
            kept.push(leaf);
        }
    }
    settle(&mut run, &mut kept, found);
    found.leaves = kept;
}

/// Keeps a run that is too short for a menu, and puts down a longer one as dropped.
fn settle(run: &mut Vec<Leaf>, kept: &mut Vec<Leaf>, found: &mut Leaves) {
    if run.len() < FEWEST_ENTRIES {
        return kept.append(run);
    }
    for leaf in run.drain(..) {
        found.dropped.extend(leaf.spans().map(|span| (span, RepairKind::Navigation)));
    }
}

/// Whether a paragraph is a row of links, or the path to the page (`Home » News » Statement`).
fn is_bar(source: &str, leaf: &Leaf) -> bool {
    let (mut links, mut linked, mut inside) = (0, 0, false);
    let mut outside = String::new();
    for piece in &leaf.pieces {
        match piece {
            Piece::LinkStart(_) => (links, inside) = (links + 1, true),
            Piece::LinkEnd => inside = false,
            _ if inside => linked += piece.length(),
            Piece::Source(span) => outside.push_str(&source[span.range()]),
            Piece::Written(_, text) => outside.push_str(text),
            _ => {}
        }
        if outside.len() > LONGEST_ENTRY {
            return false;
        }
    }
    let kinds = [ParagraphKind::List, ParagraphKind::Body].map(LeafKind::Paragraph);
    if !kinds.contains(&leaf.kind) || links < 2 || linked > links * LONGEST_ENTRY {
        return false;
    }
    let is_path = outside.trim_start().starts_with(['»', '›', '>', '→', '/']);
    is_path || links >= FEWEST_LINKS && !outside.contains(char::is_alphanumeric)
}

fn is_entry(source: &str, leaf: &Leaf) -> bool {
    let (mut text, mut outside, mut inside) = (0, 0, false);
    for piece in &leaf.pieces {
        text += piece.length();
        match piece {
            Piece::LinkStart(_) => inside = true,
            Piece::LinkEnd => inside = false,
            Piece::Source(span) if !inside => outside += source[span.range()].trim().len(),
            _ => {}
        }
    }
    let kinds = [ParagraphKind::List, ParagraphKind::Body].map(LeafKind::Paragraph);
    kinds.contains(&leaf.kind) && outside <= 2 && text > 0 && text <= LONGEST_ENTRY
}
