//! The lines and blocks of a text in stretches, each of which is let go when it is written.
//!
//! Of a text of nothing but headings, lines and blocks take four times the text and the document that grows from them
//! takes eight times: one goes as the other comes.

use super::block::Block;
use super::line::Line;
use super::structure::Role;

/// About so many blocks make a stretch.
const BLOCKS: usize = 1 << 14;

/// Lines that follow each other, and the blocks in them.
pub(super) struct Stretch {
    pub(super) lines: Vec<Line>,
    /// Their lines count from the first one of the stretch.
    pub(super) blocks: Vec<(Block, Role)>,
}

/// Hands out a text stretch by stretch, cut where no block lies on both sides.
pub(super) struct Stretches {
    /// The first one last, so that what is written is taken from the end.
    lines: Vec<Line>,
    blocks: Vec<(Block, Role)>,
    /// How many lines are gone.
    written: usize,
    size: usize,
}

impl Stretches {
    pub(super) fn new(lines: Vec<Line>, blocks: Vec<(Block, Role)>) -> Stretches {
        Stretches::of_size(lines, blocks, BLOCKS)
    }

    fn of_size(mut lines: Vec<Line>, mut blocks: Vec<(Block, Role)>, size: usize) -> Stretches {
        lines.reverse();
        blocks.reverse();
        Stretches { lines, blocks, written: 0, size }
    }
}

impl Iterator for Stretches {
    type Item = Stretch;

    fn next(&mut self) -> Option<Stretch> {
        // One past the last line of the blocks so far: a note may stand inside of another block.
        let mut reached = self.written;
        let mut end = None;
        for (place, (block, _)) in self.blocks.iter().rev().enumerate() {
            if place >= self.size && block.first >= reached {
                end = Some((place, block.first - self.written));
                break;
            }
            reached = reached.max(block.last + 1);
        }
        let (blocks, lines) = end.unwrap_or((self.blocks.len(), self.lines.len()));
        let mut stretch =
            Stretch { lines: take_last(&mut self.lines, lines), blocks: take_last(&mut self.blocks, blocks) };
        for (block, _) in &mut stretch.blocks {
            block.first -= self.written;
            block.last -= self.written;
        }
        self.written += lines;
        (!stretch.lines.is_empty()).then_some(stretch)
    }
}

/// Takes so many from the end of a list, the last one first, and gives their room back now and then.
fn take_last<T>(list: &mut Vec<T>, count: usize) -> Vec<T> {
    let mut taken = list.split_off(list.len() - count);
    taken.reverse();
    if 4 * list.len() <= 3 * list.capacity() {
        list.shrink_to_fit();
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::ParagraphKind;
    use crate::parse::line;

    #[test]
    fn no_block_is_cut_and_none_is_lost() {
        let source: String = (0..40).map(|number| format!("Line {number}.\n\n")).collect();
        let lines = line::lines(&source);
        let block = |first, last| {
            let block = Block { first, last, ..Block::new(&lines, &[first]) };
            (block, Role::Paragraph(ParagraphKind::Body))
        };
        // Line 0 is furniture; two notes stand inside of a paragraph of eight lines.
        let mut blocks = vec![block(1, 3), block(4, 12), block(6, 6), block(8, 9)];
        blocks.extend((13..40).map(|at| block(at, at)));
        let text = |lines: &[Line], block: &Block| {
            lines[block.first..=block.last].iter().map(|line| line.text(&source)).collect::<Vec<_>>()
        };
        let all: Vec<_> = blocks.iter().map(|(block, _)| text(&lines, block)).collect();
        for size in [1, 2, 3, 7, 100] {
            let stretches: Vec<Stretch> = Stretches::of_size(lines.clone(), blocks.clone(), size).collect();
            assert_eq!(stretches.len() == 1, size == 100);
            assert_eq!(stretches.iter().map(|stretch| stretch.lines.len()).sum::<usize>(), lines.len());
            let blocks = stretches
                .iter()
                .flat_map(|stretch| stretch.blocks.iter().map(|(block, _)| text(&stretch.lines, block)));
            assert_eq!(blocks.collect::<Vec<_>>(), all, "{size}");
        }
    }
}
