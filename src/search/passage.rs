//! The part of a paragraph that a hit quotes.

use crate::document::Span;
use crate::text::sentences;

/// The first sentences up to a number of characters, at least one; the whole text where it has none.
pub(crate) fn opening(text: &str, characters: usize) -> Span {
    let mut passage: Option<Span> = None;
    for sentence in sentences(text) {
        let longer = Span::new(passage.map_or(sentence.start, |passage| passage.start), sentence.end);
        if passage.is_some() && text[longer.range()].chars().count() > characters {
            break;
        }
        passage = Some(longer);
    }
    passage.unwrap_or(Span::new(0, text.len()))
}
