//! Texts that tags have again and again, by number.
//!
//! A path, a rule or a cue that relates words to words is up to some hundred bytes long, and most paragraphs have some of the same
//! few. As they are, tags leave .147 of the text of UN speeches in compressed blocks; with the numbers of those that are listed .066,
//! with a list of half as many .073.
//!
//! The list is a part of the layout and does not follow the vocabularies: a text that it does not have is written down.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Paths, ids and rules of actors, paths of topics, and cues other than what the paragraph has in so many letters: those that 1,375 tagged
/// speeches of the UN General Debate, none of which sizes are measured on, have most often, in this order.
const LIST: &str = include_str!("data/tag-texts.txt");

struct TagTexts {
    texts: Vec<&'static str>,
    numbers: HashMap<&'static str, usize>,
}

static TEXTS: LazyLock<TagTexts> = LazyLock::new(|| {
    let texts: Vec<_> = LIST.lines().collect();
    let numbers = texts.iter().enumerate().map(|(number, &text)| (text, number)).collect();
    TagTexts { texts, numbers }
});

/// The number of a text, if it is listed.
pub(super) fn number(text: &str) -> Option<usize> {
    TEXTS.numbers.get(text).copied()
}

/// The text of a number.
pub(super) fn text(number: usize) -> Option<&'static str> {
    TEXTS.texts.get(number).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_listed_once() {
        assert_eq!(TEXTS.texts.len(), 2_000);
        for (expected, listed) in TEXTS.texts.iter().enumerate() {
            assert_eq!((number(listed), text(expected)), (Some(expected), Some(*listed)));
        }
        assert_eq!((number("/state/nowhere"), text(2_000)), (None, None));
    }
}
