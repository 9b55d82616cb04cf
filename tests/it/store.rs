//! Cases for the store: loading, faults, damage, crashes, and what a reader sees meanwhile.

mod care;
mod crash;
mod damage;
mod disk;
mod fixture;
mod load;
mod original;
mod readers;

use demarche::{Document, Error, Index};

use crate::random::Random;

/// A text of one to four paragraphs that is the same for the same seed.
fn text(seed: u64) -> String {
    const WORDS: [&str; 10] =
        ["envoy", "treaty", "gas", "summit", "China", "NATO", "sanctions", "ceasefire", "Moscow", "border"];
    let mut random = Random(seed);
    let mut paragraphs = Vec::new();
    for _ in 0..1 + random.below(4) {
        let picked: Vec<_> = (0..8).map(|_| WORDS[random.below(WORDS.len())]).collect();
        paragraphs.push(format!("The {}.", picked.join(" and ")));
    }
    paragraphs.join("\n\n")
}

/// A number from the environment.
fn number_from(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// All that an index holds, by id.
fn contents(index: &Index) -> Result<Vec<Document>, Error> {
    let mut documents: Vec<Document> = index.searcher()?.documents().collect::<Result<_, _>>()?;
    documents.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(documents)
}
