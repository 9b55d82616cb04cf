//! A text and its marks in, the span of the passage to show out.

use crate::document::Span;
use crate::search::evidence::Mark;
use crate::text::{sentences, words};

/// The passage of at most `budget` characters that covers most of the query: the most distinct parts, then the
/// most marks, then the earliest. `parts` is over each mark's part.
pub(super) fn choose(text: &str, marks: &[Mark], parts: usize, budget: usize) -> Span {
    let shown = text.trim();
    let start = text.len() - text.trim_start().len();
    let whole = Span::new(start, start + shown.len());
    if whole.is_empty() || fits(text, whole, budget) {
        return if whole.is_empty() { Span::new(0, text.len()) } else { whole };
    }
    let sentences: Vec<Span> = sentences(text).collect();
    let (first, last) = match best_run(text, &sentences, marks, parts, budget) {
        Some(run) => run,
        None => return whole,
    };
    let passage = Span::new(sentences[first].start, sentences[last].end);
    if first == last && !fits(text, passage, budget) {
        return cut(text, passage, marks, budget);
    }
    passage
}

fn fits(text: &str, span: Span, budget: usize) -> bool {
    span.len() <= budget || text[span.range()].chars().nth(budget).is_none()
}

/// The first and last sentence of the best run.
fn best_run(text: &str, sentences: &[Span], marks: &[Mark], parts: usize, budget: usize) -> Option<(usize, usize)> {
    // The marks of each sentence; one that reaches into the next belongs to the first.
    let mut firsts = Vec::with_capacity(sentences.len() + 1);
    for sentence in sentences {
        firsts.push(marks.partition_point(|mark| mark.span.start < sentence.start));
    }
    firsts.push(marks.len());
    let lengths: Vec<usize> = sentences.iter().map(|span| text[span.range()].chars().count()).collect();
    let mut seen = vec![0u32; parts];
    let (mut distinct, mut count, mut length) = (0usize, 0usize, 0usize);
    let mut end = 0;
    let mut best: Option<((usize, usize), usize, usize)> = None;
    for start in 0..sentences.len() {
        // Each sentence enters and leaves the window once.
        while end < sentences.len() && (end == start || length + 1 + lengths[end] <= budget) {
            length += lengths[end] + usize::from(end > start);
            for mark in &marks[firsts[end]..firsts[end + 1]] {
                distinct += usize::from(seen[mark.part] == 0);
                seen[mark.part] += 1;
                count += 1;
            }
            end += 1;
        }
        let has_marks = firsts[start] < firsts[start + 1];
        if (has_marks || best.is_none()) && best.is_none_or(|(score, ..)| (distinct, count) > score) {
            best = Some(((distinct, count), start, end));
        }
        length -= lengths[start] + usize::from(end > start + 1);
        for mark in &marks[firsts[start]..firsts[start + 1]] {
            seen[mark.part] -= 1;
            distinct -= usize::from(seen[mark.part] == 0);
            count -= 1;
        }
    }
    let (_, mut first, end) = best?;
    let last = end - 1;
    // What is left of the budget goes to what stands before.
    let span = |first: usize| Span::new(sentences[first].start, sentences[last].end);
    while first > 0 && fits(text, span(first - 1), budget) {
        first -= 1;
    }
    Some((first, last))
}

/// The part of one sentence around its marks, cut between words where it can be.
fn cut(text: &str, sentence: Span, marks: &[Mark], budget: usize) -> Span {
    let first = marks.iter().map(|mark| mark.span).find(|span| sentence.overlaps(*span));
    let Some(first) = first else { return cut_from(text, sentence, sentence.start, budget) };
    // A phrase may begin in the sentence before.
    let first = Span::new(first.start.max(sentence.start), first.end);
    let length = text[first.range()].chars().count();
    // A quarter of what is left stands before the first mark.
    let lead = budget.saturating_sub(length) / 4;
    let earliest = text[sentence.start..first.start]
        .char_indices()
        .rev()
        .take(lead)
        .last()
        .map_or(first.start, |(offset, _)| sentence.start + offset);
    let start = if earliest == sentence.start {
        earliest
    } else {
        let next = words(&text[earliest..first.start]).next().map_or(first.start, |word| earliest + word.span.start);
        // The first word may have lost its start.
        let inside = text[..next].chars().next_back().is_some_and(char::is_alphanumeric);
        if inside {
            words(&text[next..first.start]).nth(1).map_or(first.start, |word| next + word.span.start)
        } else {
            next
        }
    };
    let passage = cut_from(text, sentence, start, budget);
    Span::new(passage.start, passage.end.max(first.end))
}

fn cut_from(text: &str, sentence: Span, start: usize, budget: usize) -> Span {
    let rest = &text[start..sentence.end];
    let Some((hard, _)) = rest.char_indices().nth(budget) else { return Span::new(start, sentence.end) };
    let end = words(rest).map(|word| word.span.end).take_while(|&end| end <= hard).last().unwrap_or(hard);
    Span::new(start, start + end.max(1).max(rest.chars().next().map_or(1, char::len_utf8)))
}
