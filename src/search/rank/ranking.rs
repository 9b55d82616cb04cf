//! How hits are ranked: a few named options that go together in any combination.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// How a search ranks: plain BM25, or BM25 with further evidence, each with its weight.
///
/// A weight of 0 turns an option off. [`Ranking::default`] is the one to use unless a measurement on the
/// documents at hand says otherwise.
///
/// As text, a ranking is a name and changes to it: `bm25`, `default`, `default,function-words=0.5`.
///
/// # Examples
///
/// ```
/// use demarche::{Ranking, Request};
///
/// let plain = Request::new("what did China say about NATO").ranking(Ranking::bm25());
/// assert_eq!("default,function-words=1".parse::<Ranking>()?, Ranking::default().function_words(1.0));
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    pub(crate) function_words: f32,
}

impl Default for Ranking {
    /// The ranking chosen on evidence.
    fn default() -> Ranking {
        Ranking { function_words: 0.3 }
    }
}

impl Ranking {
    /// BM25 (k1 1.2, b 0.75) over the paragraph with its headings, and nothing else.
    pub fn bm25() -> Ranking {
        Ranking { function_words: 1.0 }
    }

    /// The weight of function, question and request words of a query ("what", "about", "describe"), from 0
    /// to 1, where other words have 1. Default: 0.3.
    ///
    /// It is a matter of the query alone: the index holds all words, phrases find them, and a query
    /// of nothing but such words ranks as ever.
    pub fn function_words(mut self, weight: f32) -> Ranking {
        self.function_words = weight;
        self
    }

    /// The options by name, each with its greatest value.
    fn options(&mut self) -> [(&'static str, &mut f32, f32); 1] {
        [("function-words", &mut self.function_words, 1.0)]
    }

    pub(crate) fn check(&self) -> Result<()> {
        for (name, &mut value, most) in self.clone().options() {
            if !(0.0..=most).contains(&value) {
                return Err(Error::value("ranking", format!("{name}={value}"), format!("expected 0 to {most}")));
            }
        }
        Ok(())
    }
}

impl FromStr for Ranking {
    type Err = Error;

    fn from_str(text: &str) -> Result<Ranking> {
        let mut parts = text.split(',').map(str::trim);
        let mut ranking = match parts.next() {
            Some("default") => Ranking::default(),
            Some("bm25") => Ranking::bm25(),
            _ => return Err(Error::value("ranking", text, "expected it to begin with \"default\" or \"bm25\"")),
        };
        for part in parts {
            let changed =
                part.split_once('=').and_then(|(name, value)| Some((name.trim(), value.trim().parse().ok()?)));
            let Some((name, value)) = changed else {
                return Err(Error::value(
                    "ranking",
                    part,
                    "expected an option and a number, as in \"function-words=0.5\"",
                ));
            };
            let mut options = ranking.options();
            let Some(option) = options.iter_mut().find(|option| option.0 == name) else {
                let known: Vec<&str> = options.iter().map(|option| option.0).collect();
                return Err(Error::value("ranking", name, format!("expected one of {}", known.join(", "))));
            };
            *option.1 = value;
        }
        ranking.check()?;
        Ok(ranking)
    }
}

impl fmt::Display for Ranking {
    /// The nearer name, and what differs from it; parses back to the same ranking.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changes = |mut base: Ranking, name: &str| {
            let mut text = name.to_owned();
            for ((name, value, _), (_, base, _)) in self.clone().options().into_iter().zip(base.options()) {
                if value != base {
                    text.push_str(&format!(",{name}={value}"));
                }
            }
            text
        };
        let (default, bm25) = (changes(Ranking::default(), "default"), changes(Ranking::bm25(), "bm25"));
        f.write_str(if bm25.matches(',').count() < default.matches(',').count() { &bm25 } else { &default })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rankings_are_written_and_read() -> Result<()> {
        for text in ["default", "bm25", "default,function-words=0.5"] {
            assert_eq!(text.parse::<Ranking>()?.to_string(), text);
        }
        assert_eq!("bm25,function-words=0.3".parse::<Ranking>()?, Ranking::default());
        Ok(())
    }

    #[test]
    fn what_is_no_ranking_is_refused() {
        for (text, expected) in [
            ("best", "expected it to begin with"),
            ("default,function-words", "expected an option and a number"),
            ("default,shine=1", "expected one of function-words"),
            ("default,function-words=7", "expected 0 to 1"),
            ("default,function-words=NaN", "expected 0 to 1"),
        ] {
            let message = text.parse::<Ranking>().map_err(|error| error.to_string());
            assert!(message.as_ref().is_err_and(|message| message.contains(expected)), "{text}: {message:?}");
        }
    }
}
