//! What is asked for.

use std::collections::HashMap;

use demarche::{Document, Request, Searcher};
use tantivy::query::Occur;

use crate::by_hand::ByHand;
use crate::corpus;

/// Frequent words, and values that are broad and narrow.
pub(crate) struct Words {
    pub(crate) or: [String; 3],
    pub(crate) actors: [String; 2],
    pub(crate) topic: String,
}

impl Words {
    pub(crate) fn of(documents: &[Document], ours: &Searcher, hand: &ByHand) -> Words {
        let mut counts: [HashMap<&str, usize>; 2] = Default::default();
        for paragraph in documents.iter().flat_map(|document| &document.paragraphs) {
            for tag in &paragraph.actors {
                *counts[0].entry(tag.path.as_str()).or_default() += 1;
            }
            for tag in &paragraph.topics {
                *counts[1].entry(tag.path.as_str()).or_default() += 1;
            }
        }
        let ranked = counts.map(|counts| {
            let mut ranked: Vec<_> = counts.into_iter().collect();
            ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            ranked
        });
        let or = match std::env::var_os("BENCH_CORPUS") {
            Some(_) => alike(documents, ours, hand),
            // In three of five paragraphs together, the first two in one of ten.
            None => [11, 20, 35].map(corpus::word),
        };
        let narrow = ranked[0].iter().rev().find(|(_, count)| *count > documents.len() / 100).unwrap_or(&ranked[0][0]);
        Words { or, actors: [ranked[0][0].0.to_owned(), narrow.0.to_owned()], topic: ranked[1][0].0.to_owned() }
    }
}

/// Three frequent words that both engines find in as many paragraphs: they cut and stem words differently in rare cases,
/// and then there is nothing to compare.
fn alike(documents: &[Document], ours: &Searcher, hand: &ByHand) -> [String; 3] {
    let mut frequencies: HashMap<&str, usize> = HashMap::new();
    let paragraphs = documents.iter().flat_map(|document| &document.paragraphs);
    for paragraph in paragraphs {
        let plain = |word: &&str| word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        for word in paragraph.text.split_whitespace().filter(plain) {
            *frequencies.entry(word).or_default() += 1;
        }
    }
    let mut words: Vec<(&str, usize)> = frequencies.into_iter().collect();
    words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let all = ours.paragraphs() as f64;
    let is_alike = |word: &str| {
        let ours = ours.count(Request::new(word)).expect("counts").total.paragraphs as usize;
        let share = ours as f64 / all;
        (0.05..0.3).contains(&share) && ours == hand.count(&hand.all(Occur::Should, &[word.to_owned()]))
    };
    let mut alike = words.iter().map(|&(word, _)| word.to_owned()).filter(|word| is_alike(word));
    std::array::from_fn(|_| alike.next().expect("three frequent words on which the engines agree"))
}
