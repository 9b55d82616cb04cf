//! Terms with positions, packed into one string on the way into Tantivy.
//!
//! Tantivy takes tokens either from a tokenizer or as a vector with one allocation a token. Our terms are
//! made once and go to several fields, so they travel packed: each term ends in NUL, and an advance of the
//! position other than one stands before its term as U+0001, the decimal number, NUL.

use std::fmt::Write;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

const END: char = '\0';
const ADVANCE: char = '\u{1}';

/// The longest term, in bytes; the rest of a longer word is not looked at, in the index or in a query.
pub(crate) const MAX_TERM_BYTES: usize = 200;

/// A term cut to [`MAX_TERM_BYTES`] on a character border.
pub(crate) fn bounded(term: &str) -> &str {
    if term.len() <= MAX_TERM_BYTES {
        return term;
    }
    let mut end = MAX_TERM_BYTES;
    while !term.is_char_boundary(end) {
        end -= 1;
    }
    &term[..end]
}

/// Terms of one field of one paragraph.
#[derive(Debug, Default)]
pub(crate) struct PackedTerms {
    packed: String,
    /// The position that the next term has without an advance.
    next: u32,
}

impl PackedTerms {
    pub(crate) fn clear(&mut self) {
        self.packed.clear();
        self.next = 0;
    }

    /// Adds a term; positions must not fall.
    pub(crate) fn push(&mut self, term: &str, position: u32) {
        debug_assert!(position + 1 >= self.next, "positions do not fall");
        if position != self.next {
            let advance = i64::from(position) - i64::from(self.next) + 1;
            self.packed.push(ADVANCE);
            // Half of the words of `exact` stand behind a gap, and formatting its number took longer than all else.
            match u8::try_from(advance) {
                Ok(digit @ 0..=9) => self.packed.push(char::from(b'0' + digit)),
                _ => _ = write!(self.packed, "{advance}"),
            }
            self.packed.push(END);
        }
        let term = bounded(term);
        // Control characters never come out of the analyzer; an id could hold one.
        if term.bytes().all(|byte| byte > ADVANCE as u8) {
            self.packed.push_str(term);
        } else {
            self.packed.extend(term.chars().filter(|&c| c != END && c != ADVANCE));
        }
        self.packed.push(END);
        self.next = position + 1;
    }

    /// Adds a term at the next position, for a field without positions.
    pub(crate) fn append(&mut self, term: &str) {
        self.push(term, self.next);
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.packed
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }
}

/// Unpacks [`PackedTerms`] for Tantivy.
#[derive(Debug, Clone, Default)]
pub(crate) struct PackedTokenizer {
    token: Token,
}

impl Tokenizer for PackedTokenizer {
    type TokenStream<'a> = PackedTokenStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PackedTokenStream<'a> {
        self.token.reset();
        PackedTokenStream { rest: text, token: &mut self.token }
    }
}

#[derive(Debug)]
pub(crate) struct PackedTokenStream<'a> {
    rest: &'a str,
    token: &'a mut Token,
}

/// What stands before the end of a term, and what behind it.
#[inline]
fn split(text: &str) -> Option<(&str, &str)> {
    // Terms are short: going over their bytes is quicker than any search that has to be set up.
    let end = text.bytes().position(|byte| byte == END as u8)?;
    Some((&text[..end], &text[end + 1..]))
}

impl TokenStream for PackedTokenStream<'_> {
    fn advance(&mut self) -> bool {
        let mut advance = 1;
        let Some((mut part, mut rest)) = split(self.rest) else { return false };
        if let Some(number) = part.strip_prefix(ADVANCE) {
            advance = number.parse::<usize>().unwrap_or(1);
            match split(rest) {
                Some(next) => (part, rest) = next,
                None => return false,
            }
        }
        // Tantivy's reset token stands one before position 0.
        self.token.position = self.token.position.wrapping_add(advance);
        self.token.text.clear();
        self.token.text.push_str(part);
        self.rest = rest;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacks_what_was_packed() {
        let mut terms = PackedTerms::default();
        let given = [("nato", 0), ("is", 1), ("欧洲", 1), ("far", 300), ("", 301), ("x\0\u{1}y", 302)];
        for (term, position) in given {
            terms.push(term, position);
        }
        let mut tokenizer = PackedTokenizer::default();
        let mut stream = tokenizer.token_stream(terms.as_str());
        let mut seen = Vec::new();
        while stream.advance() {
            seen.push((stream.token().text.clone(), stream.token().position as u32));
        }
        let expected = [("nato", 0), ("is", 1), ("欧洲", 1), ("far", 300), ("", 301), ("xy", 302)];
        assert_eq!(seen, expected.map(|(term, position)| (term.to_owned(), position)));
    }

    #[test]
    fn long_terms_are_cut_on_a_character_border() {
        let long = "é".repeat(150);
        assert_eq!(bounded(&long).len(), 200);
        assert_eq!(bounded("short"), "short");
    }
}
