//! How hits are ranked: a few named options that go together in any combination.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// How a search ranks: plain BM25, or BM25 with further evidence, each with its weight.
///
/// A weight of 0 turns an option off. [`Ranking::default`] is the one to use unless a measurement on the
/// documents at hand says otherwise.
///
/// Measured on four judged collections of English abstracts (MAP / nDCG@10 of 1,000 documents), with
/// `cargo run --release --example evaluate -- --collection DIR --ranking bm25 --ranking default --ranking expanded`:
///
/// | ranking | Cranfield | CISI | NPL | SciFact |
/// | --- | --- | --- | --- | --- |
/// | `bm25` | .304 / .368 | .203 / .361 | .283 / .436 | .647 / .686 |
/// | `default` | .323 / .388 | .228 / .400 | .300 / .456 | .655 / .697 |
/// | `expanded` | .354 / .416 | .251 / .423 | .316 / .469 | .656 / .700 |
///
/// The weights are one set for all collections. Of 27 sets of the first three weights, eight of nine judged collections
/// (these, and XQuAD questions in five languages) would be given this one by the eight others; SciFact would be given
/// `titles` of 0.5, and .650 / .694.
///
/// As text, a ranking is a name and changes to it: `bm25`, `default`, `expanded`, `default,function-words=0.5`.
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
    pub(crate) titles: f32,
    pub(crate) proximity: f32,
    pub(crate) context: f32,
    pub(crate) documents: f32,
    pub(crate) decay: f32,
    pub(crate) feedback: f32,
    pub(crate) actors: f32,
    pub(crate) window: usize,
}

impl Default for Ranking {
    /// The ranking chosen on evidence.
    fn default() -> Ranking {
        Ranking {
            function_words: 0.35,
            titles: 0.3,
            proximity: 0.5,
            context: 0.3,
            documents: 2.0,
            decay: 0.5,
            feedback: 0.0,
            actors: 0.0,
            window: 100,
        }
    }
}

/// A setting of a ranking, to be read or written by its name.
enum Setting<'a> {
    /// From 0 to a greatest value.
    Weight(&'a mut f32, f32),
    Count(&'a mut usize, usize),
}

impl Ranking {
    /// BM25 (k1 1.2, b 0.75) over the paragraph with its headings, and nothing else.
    pub fn bm25() -> Ranking {
        Ranking {
            function_words: 1.0,
            titles: 0.0,
            proximity: 0.0,
            context: 0.0,
            documents: 0.0,
            decay: 0.0,
            feedback: 0.0,
            actors: 0.0,
            window: 0,
        }
    }

    /// The default with [`feedback`](Ranking::feedback) and [`actors`](Ranking::actors): for research, where all of
    /// what bears on a subject is wanted. It costs several times as much, and gains nothing where one paragraph
    /// has the answer.
    pub fn expanded() -> Ranking {
        Ranking { feedback: 0.6, actors: 0.5, ..Ranking::default() }
    }

    /// The weight of function, question and request words of a query ("what", "about", "describe"), from 0
    /// to 1, where other words have 1. Default: 0.35.
    ///
    /// In a query that describes its answers ("Identify documents that mention …") the words of the description
    /// count as request words too.
    ///
    /// It is a matter of the query alone: the index holds all words, phrases find them, and a query
    /// of nothing but such words ranks as ever.
    pub fn function_words(mut self, weight: f32) -> Ranking {
        self.function_words = weight;
        self
    }

    /// The weight of the document's title, for each of its paragraphs, where the paragraph's own words have 1;
    /// from 0 to 10. Default: 0.3.
    pub fn titles(mut self, weight: f32) -> Ranking {
        self.titles = weight;
        self
    }

    /// The weight of the words of the query that stand together, from 0 to 10: it is multiplied with the sum of
    /// their rarity (idf) in the eight words of the paragraph where that is greatest. Function words do not
    /// count. Default: 0.5.
    pub fn proximity(mut self, weight: f32) -> Ranking {
        self.proximity = weight;
        self
    }

    /// The weight of a paragraph's document as evidence for it, from 0 to 10: BM25 of the whole document, with
    /// lengths and frequencies of documents. Default: 0.3.
    pub fn context(mut self, weight: f32) -> Ranking {
        self.context = weight;
        self
    }

    /// Where answers are [documents](crate::Request::group): the weight of the whole document where its best
    /// paragraph has 1, from 0 to 10. Default: 2.
    pub fn documents(mut self, weight: f32) -> Ranking {
        self.documents = weight;
        self
    }

    /// Where answers are [documents](crate::Request::group): what the second best paragraph counts where the best
    /// has 1, and each of the next seven or so against the one before it; from 0 (the best alone) to 1 (the sum).
    /// Default: 0.5.
    pub fn decay(mut self, factor: f32) -> Ranking {
        self.decay = factor;
        self
    }

    /// The weight of the terms that the best documents suggest, all together, where the words of the query have
    /// the sum of theirs; from 0 to 10. Default: 0, and 0.6 in [`Ranking::expanded`].
    pub fn feedback(mut self, weight: f32) -> Ranking {
        self.feedback = weight;
        self
    }

    /// The weight of an actor's other names where the query names it and that name has 1; from 0 to 10. Default: 0,
    /// and 0.5 in [`Ranking::expanded`].
    ///
    /// With it "Kremlin gas exports" also finds, counts and highlights what says "Moscow" or "the Russian
    /// government", as the documents were annotated; a diagnostic says which actors are meant. A name written small
    /// ("turkey") is taken for one when the paragraphs with the word mostly mean the actor.
    pub fn actors(mut self, weight: f32) -> Ranking {
        self.actors = weight;
        self
    }

    /// How many paragraphs, the best by their words alone, are ranked with all the evidence; of documents, ten
    /// times as many; from 0 to 10,000. What lies beyond stands behind them, in the order of its words alone.
    /// Default: 100.
    ///
    /// The window limits the cost, not the meaning: what a paragraph's score is made of depends on no filter. But a
    /// filter leaves room in the window for what lay beyond it, and that then has the fuller score.
    /// [Feedback](Ranking::feedback) learns from what passes the filters.
    pub fn window(mut self, paragraphs: usize) -> Ranking {
        self.window = paragraphs;
        self
    }

    /// Whether candidates are scored again.
    pub(crate) fn reranks(&self) -> bool {
        self.window > 0
    }

    /// The settings by name.
    fn settings(&mut self) -> [(&'static str, Setting<'_>); 9] {
        use Setting::{Count, Weight};
        [
            ("function-words", Weight(&mut self.function_words, 1.0)),
            ("titles", Weight(&mut self.titles, 10.0)),
            ("proximity", Weight(&mut self.proximity, 10.0)),
            ("context", Weight(&mut self.context, 10.0)),
            ("documents", Weight(&mut self.documents, 10.0)),
            ("decay", Weight(&mut self.decay, 1.0)),
            ("feedback", Weight(&mut self.feedback, 10.0)),
            ("actors", Weight(&mut self.actors, 10.0)),
            ("window", Count(&mut self.window, 10_000)),
        ]
    }

    pub(crate) fn check(&self) -> Result<()> {
        for (name, setting) in self.clone().settings() {
            let (fits, given, most) = match setting {
                Setting::Weight(value, most) => ((0.0..=most).contains(value), value.to_string(), most.to_string()),
                Setting::Count(value, most) => (*value <= most, value.to_string(), most.to_string()),
            };
            if !fits {
                return Err(Error::value("ranking", format!("{name}={given}"), format!("expected 0 to {most}")));
            }
        }
        Ok(())
    }
}

impl Setting<'_> {
    fn text(&self) -> String {
        match self {
            Setting::Weight(value, _) => value.to_string(),
            Setting::Count(value, _) => value.to_string(),
        }
    }

    /// `None` when the text is no number.
    fn set(&mut self, text: &str) -> Option<()> {
        match self {
            Setting::Weight(value, _) => **value = text.parse().ok()?,
            Setting::Count(value, _) => **value = text.parse().ok()?,
        }
        Some(())
    }
}

impl FromStr for Ranking {
    type Err = Error;

    fn from_str(text: &str) -> Result<Ranking> {
        let mut parts = text.split(',').map(str::trim);
        let mut ranking = match parts.next() {
            Some("default") => Ranking::default(),
            Some("bm25") => Ranking::bm25(),
            Some("expanded") => Ranking::expanded(),
            _ => {
                return Err(Error::value(
                    "ranking",
                    text,
                    "expected it to begin with \"default\", \"bm25\" or \"expanded\"",
                ));
            }
        };
        for part in parts {
            let reason = "expected an option and a number, as in \"function-words=0.5\"";
            let Some((name, value)) = part.split_once('=') else { return Err(Error::value("ranking", part, reason)) };
            let mut settings = ranking.settings();
            let Some((_, setting)) = settings.iter_mut().find(|(known, _)| *known == name.trim()) else {
                let known: Vec<&str> = settings.iter().map(|(name, _)| *name).collect();
                return Err(Error::value("ranking", name, format!("expected one of {}", known.join(", "))));
            };
            setting.set(value.trim()).ok_or_else(|| Error::value("ranking", part, reason))?;
        }
        ranking.check()?;
        Ok(ranking)
    }
}

impl fmt::Display for Ranking {
    /// The nearer name, and what differs from it; parses back to the same ranking.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changes = |mut base: Ranking, name: &str| {
            let mut own = self.clone();
            let mut text = name.to_owned();
            for ((name, value), (_, base)) in own.settings().into_iter().zip(base.settings()) {
                if value.text() != base.text() {
                    text.push_str(&format!(",{name}={}", value.text()));
                }
            }
            text
        };
        let names = [
            changes(Ranking::default(), "default"),
            changes(Ranking::bm25(), "bm25"),
            changes(Ranking::expanded(), "expanded"),
        ];
        let nearest = names.iter().min_by_key(|name| name.matches(',').count());
        f.write_str(nearest.map_or("default", String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rankings_are_written_and_read() -> Result<()> {
        for text in ["default", "bm25", "expanded", "default,function-words=0.5"] {
            assert_eq!(text.parse::<Ranking>()?.to_string(), text);
        }
        assert_eq!("bm25,window=100,titles=0.3".parse::<Ranking>()?, Ranking::bm25().window(100).titles(0.3));
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
            ("bm25,window=-1", "expected an option and a number"),
        ] {
            let message = text.parse::<Ranking>().map_err(|error| error.to_string());
            assert!(message.as_ref().is_err_and(|message| message.contains(expected)), "{text}: {message:?}");
        }
    }
}
