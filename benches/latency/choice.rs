//! Which queries are asked.

use std::collections::HashMap;
use std::path::PathBuf;

use super::class::{Ask, Class};
use super::engine::{Answer, Engine};
use crate::corpus::{self, Random};

/// Words of the corpus by how many paragraphs have them, and pairs of neighbours.
pub(crate) struct Choice {
    paragraphs: usize,
    rare: Vec<String>,
    medium: Vec<String>,
    frequent: Vec<String>,
    pairs: Vec<[String; 2]>,
}

/// The queries of a class.
pub(crate) struct Chosen {
    pub(crate) queries: Vec<Ask>,
    /// How many were tried.
    pub(crate) drawn: usize,
    /// How many of its ten best the first engine shares with the second, on average.
    pub(crate) same_best: f64,
}

const QUERIES: usize = 20;

impl Choice {
    pub(crate) fn new(paragraphs: usize, ours: &dyn Engine) -> Choice {
        let mut frequencies: HashMap<String, u32> = HashMap::new();
        let mut pairs: HashMap<[String; 2], u32> = HashMap::new();
        let mut random = Random::new(5);
        let mut count = 0;
        each_text(paragraphs, |text| {
            count += 1;
            let words: Vec<String> = text.split_whitespace().filter_map(plain_word).collect();
            if random.below(50) == 0 {
                for pair in words.windows(2) {
                    *pairs.entry([pair[0].clone(), pair[1].clone()]).or_default() += 1;
                }
            }
            let mut words = words;
            words.sort_unstable();
            words.dedup();
            for word in words {
                *frequencies.entry(word).or_default() += 1;
            }
        });
        let mut words: Vec<(String, u32)> = frequencies.into_iter().collect();
        words.sort_unstable();
        let between = |low: f64, high: f64| -> Vec<String> {
            let share = |frequency: u32| f64::from(frequency) / f64::from(count);
            let within = words.iter().filter(|(_, frequency)| (low..high).contains(&share(*frequency)));
            within.map(|(word, _)| word.clone()).collect()
        };
        let mut rare = between(20.0 / f64::from(count), 100.0 / f64::from(count));
        if rare.is_empty() {
            // In a large generated corpus no word is so rare.
            let mut ascending = words.clone();
            ascending.sort_by_key(|(_, frequency)| *frequency);
            rare = ascending.into_iter().take(50).map(|(word, _)| word).collect();
        }
        let mut pairs: Vec<([String; 2], u32)> = pairs.into_iter().filter(|(_, count)| *count >= 3).collect();
        pairs.sort_unstable();
        let total = ours.answer(Class::Everything, &Ask::default()).total;
        Choice {
            paragraphs: total as usize,
            rare,
            medium: between(0.002, 0.02),
            frequent: between(0.04, 0.4),
            pairs: pairs.into_iter().map(|(pair, _)| pair).collect(),
        }
    }

    pub(crate) fn paragraphs(&self) -> usize {
        self.paragraphs
    }

    /// Queries on whose counts all engines agree: they cut and stem words differently in rare cases ("UN's"), and
    /// a query that means something else to one of them compares nothing.
    pub(crate) fn queries(&self, class: Class, engines: &[Box<dyn Engine>]) -> Chosen {
        let wanted = if class == Class::Everything { 1 } else { QUERIES };
        let mut random = Random::new(11);
        let mut chosen = Chosen { queries: Vec::new(), drawn: 0, same_best: 0.0 };
        while chosen.queries.len() < wanted {
            assert!(chosen.drawn < 40 * wanted, "{}: the engines hardly ever agree", class.name());
            chosen.drawn += 1;
            let ask = self.draw(class, &mut random);
            let engines: Vec<_> = engines.iter().filter(|engine| engine.takes(class)).collect();
            let answers: Vec<Answer> = engines.iter().map(|engine| engine.answer(class, &ask)).collect();
            let first = &answers[0];
            let agrees = |answer: &Answer| (answer.total, answer.counts) == (first.total, first.counts);
            if first.total == 0 || !answers.iter().all(agrees) {
                continue;
            }
            let (ours, by_hand) = (engines[0].best(class, &ask), engines[1].best(class, &ask));
            let same = by_hand.iter().filter(|one| ours.contains(one)).count();
            chosen.same_best += same as f64 * 10.0 / by_hand.len().max(1) as f64;
            chosen.queries.push(ask);
        }
        chosen.same_best /= wanted as f64;
        chosen
    }

    fn draw(&self, class: Class, random: &mut Random) -> Ask {
        let mut of = |words: &[String]| words[random.below(words.len())].clone();
        let words = match class {
            Class::Everything => Vec::new(),
            Class::TermRare => vec![of(&self.rare)],
            Class::TermMedium => vec![of(&self.medium)],
            Class::TermFrequent => vec![of(&self.frequent)],
            Class::Phrase => self.pairs[random.below(self.pairs.len())].to_vec(),
            _ => {
                let mut words = vec![of(&self.frequent), of(&self.medium)];
                if random.below(2) == 0 {
                    words.push(self.frequent[random.below(self.frequent.len())].clone());
                }
                words
            }
        };
        let (actors, topics): (&[&str], &[&str]) = match std::env::var_os("BENCH_CORPUS") {
            Some(_) => {
                (&["/state/USA", "/org/UN", "/state/ISR", "/state/FRA"], &["/topic/human-rights", "/topic/security"])
            }
            None => (&["/state/S001", "/state/S004", "/state/S017"], &["/topic/t1", "/topic/t5"]),
        };
        let mut filter = |paths: &[&str]| Some(paths[random.below(paths.len())].to_owned());
        match class {
            Class::OrActor => Ask { words, actor: filter(actors), topic: None },
            Class::OrActorTopic => Ask { words, actor: filter(actors), topic: filter(topics) },
            _ => Ask { words, ..Ask::default() },
        }
    }
}

/// A word of ASCII letters, in lower case, without what stands around it.
fn plain_word(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
    let plain = word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    plain.then(|| word.to_ascii_lowercase()).filter(|word| !["and", "not", "near"].contains(&&**word))
}

fn each_text(paragraphs: usize, mut visit: impl FnMut(&str)) {
    let mut each = |document: &demarche::Document| document.paragraphs.iter().for_each(|one| visit(&one.text));
    match std::env::var_os("BENCH_CORPUS") {
        Some(file) => {
            let documents = demarche::Parser::new().documents(PathBuf::from(file)).expect("BENCH_CORPUS names a file");
            documents.for_each(|document| each(&document.expect("BENCH_CORPUS holds documents")));
        }
        None => corpus::generated(paragraphs).for_each(|document| each(&document)),
    }
}
