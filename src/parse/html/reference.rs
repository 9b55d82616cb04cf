//! Character references: `&amp;`, `&#8217;`.

use html5gum::{Token, Tokenizer};

/// A character reference is no longer than this: the longest name of the standard has 33 bytes.
const LONGEST: usize = 34;

/// The length of the character reference that a text starts with, and the character.
pub(super) fn reference(text: &str) -> Option<(usize, String)> {
    let name = text[1..].bytes().take(LONGEST).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
    let length = 1 + name + usize::from(text.as_bytes().get(1 + name) == Some(&b';'));
    let written = &text[..length];
    let read = resolved(written);
    (name > 0 && read != written).then_some((length, read))
}

/// A text with its character references resolved.
pub(super) fn resolved(text: &str) -> String {
    if !text.contains('&') {
        return text.trim().to_owned();
    }
    let mut read = String::new();
    for token in Tokenizer::new(text) {
        match token {
            Ok(Token::String(string)) => read.push_str(&String::from_utf8_lossy(&string)),
            Ok(_) => {}
            Err(never) => match never {},
        }
    }
    read
}
