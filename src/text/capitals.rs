//! A place in a text in, whether its line is set in capitals out.

use super::word::words;
use crate::document::Span;

/// Which lines of a text are all in capitals; looks at each line once.
pub(super) struct Capitals<'a> {
    text: &'a str,
    line: Span,
    answer: bool,
}

impl<'a> Capitals<'a> {
    pub(super) fn new(text: &'a str) -> Capitals<'a> {
        Capitals { text, line: Span::new(0, 0), answer: false }
    }

    /// Whether the line at a position has three words or more and no small letter.
    pub(super) fn line_at(&mut self, at: usize) -> bool {
        if !self.line.range().contains(&at) {
            let start = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
            let end = self.text[at..].find('\n').map_or(self.text.len(), |newline| at + newline);
            let line = &self.text[start..end];
            self.line = Span::new(start, end);
            self.answer = !line.chars().any(char::is_lowercase)
                && words(line).filter(|word| word.text.chars().any(char::is_alphabetic)).nth(2).is_some();
        }
        self.answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_in_capitals_by_itself() {
        let text = "US AND NATO MEET\nThe US won\nUS WON";
        let mut capitals = Capitals::new(text);
        assert!(capitals.line_at(3) && capitals.line_at(0));
        assert!(!capitals.line_at(21), "a small letter");
        assert!(!capitals.line_at(28), "two words");
    }
}
