//! Stage 0: words, sentences and terms, what every later stage reads text with.
//!
//! [`words`] cuts a text into words, [`Analyzer`] turns the words into the terms that are indexed,
//! searched and highlighted, [`sentences`] cuts it into sentences. All spans count in bytes of the text.

mod alternative;
mod capitals;
mod closeness;
mod fold;
mod function_word;
mod plain_word;
mod run;
mod sentence;
mod stem;
mod term;
mod word;

pub use self::term::{Analyzer, Term, TermKind};
pub(crate) use self::{
    alternative::{Alternative, is_character},
    closeness::slips,
    fold::plain,
    function_word::{is_function_word, is_request_word},
    plain_word::{is_plain_word, plain_words},
    run::{Run, cut},
    sentence::{ends_abbreviated, sentences},
    word::words,
};
