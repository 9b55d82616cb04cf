//! Words, sentences and terms: what every later stage reads text with.
