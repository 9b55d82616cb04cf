//! Words, word pairs and actors of labelled paragraphs that could become cues.

use std::collections::{BTreeMap, HashMap};

use super::Labelled;
use super::words::each_word;

/// A candidate must stand in at least so many paragraphs.
const SEEN: usize = 3;

/// At most so many candidates a label, those that tell most.
const MOST: usize = 400;

/// Words that say nothing alone and do not begin or end a phrase.
const EMPTY: &str = "a about above after against all also although am an and another any are as at be became because \
    been before being between both but by came can could did do does doing done during each either for from further \
    had has have having he her here him his how however i if in into is it its itself just less made make many may \
    me might more most much must my neither no nor not now of off on once one only or other our out over own s same \
    she should since so some such t than that the their them then there these they this those through to too two \
    under until up upon us very was we well were what when where whether which while who whom whose why will with \
    within without would yet you your said say says";

/// What stands in one paragraph: the numbers of its candidates, each once, in order.
pub(super) struct Found {
    /// The cue's text, as a table would list it.
    pub(super) texts: Vec<String>,
    /// By paragraph.
    pub(super) rows: Vec<Vec<u32>>,
}

/// Lists the candidates of the paragraphs.
pub(super) fn find(examples: &[Labelled]) -> Found {
    let mut empty: Vec<u64> = Vec::new();
    each_word(EMPTY, |word| empty.push(word.hash));
    empty.sort_unstable();
    let is_empty = |hash: u64| empty.binary_search(&hash).is_ok();
    // In the order of first sight, so that the numbers do not depend on a hash map's order.
    let mut numbers: HashMap<(u64, u64), u32> = HashMap::new();
    let mut actors: HashMap<String, u32> = HashMap::new();
    let mut texts: Vec<BTreeMap<String, usize>> = Vec::new();
    let mut rows: Vec<Vec<u32>> = Vec::new();
    for example in examples {
        let mut row = Vec::new();
        let mut words = Vec::new();
        each_word(&example.paragraph.text, |word| words.push(word));
        for (at, word) in words.iter().enumerate() {
            let surface = |last: usize| {
                let text = &example.paragraph.text[word.start as usize..words[last].end as usize];
                text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
            };
            let numeric = |at: usize| {
                example.paragraph.text[words[at].start as usize..words[at].end as usize]
                    .bytes()
                    .all(|byte| !byte.is_ascii_alphabetic() && byte.is_ascii())
            };
            let mut add = |key: (u64, u64), last: usize| {
                let next = texts.len() as u32;
                let number = *numbers.entry(key).or_insert(next);
                if number == next {
                    texts.push(BTreeMap::new());
                }
                *texts[number as usize].entry(surface(last)).or_default() += 1;
                row.push(number);
            };
            if is_empty(word.hash) || numeric(at) || word.end - word.start < 2 {
                continue;
            }
            add((word.hash, 0), at);
            if let Some(next) = words.get(at + 1).filter(|next| next.sentence == word.sentence)
                && !is_empty(next.hash)
                && !numeric(at + 1)
            {
                add((word.hash, next.hash), at + 1);
            }
        }
        for actor in &example.paragraph.actors {
            let next = texts.len() as u32;
            let number = *actors.entry(actor.id.to_string()).or_insert(next);
            if number == next {
                texts.push(BTreeMap::from([(format!("@{}", actor.id), 1)]));
            }
            row.push(number);
        }
        row.sort_unstable();
        row.dedup();
        rows.push(row);
    }
    // A candidate is shown as it is most often written, the first in the alphabet where two are alike.
    let texts = texts
        .into_iter()
        .map(|forms| {
            let best = forms.into_iter().max_by(|one, other| one.1.cmp(&other.1).then(other.0.cmp(&one.0)));
            best.map(|(text, _)| text).unwrap_or_default()
        })
        .collect();
    Found { texts, rows }
}

impl Found {
    /// The candidates that tell most about a label, by the likelihood ratio (Dunning 1993) of standing in
    /// its paragraphs and in the others.
    pub(super) fn best(&self, labels: &[bool]) -> Vec<&str> {
        let mut seen = vec![(0_usize, 0_usize); self.texts.len()];
        for (row, label) in self.rows.iter().zip(labels) {
            for &number in row {
                let (with, total) = &mut seen[number as usize];
                *with += usize::from(*label);
                *total += 1;
            }
        }
        let labelled = labels.iter().filter(|label| **label).count();
        let mut ranked: Vec<(f64, u32)> = seen
            .iter()
            .enumerate()
            .filter(|(_, (_, total))| *total >= SEEN)
            .map(|(at, (with, total))| (tell(*with, *total, labelled, labels.len()), at as u32))
            .filter(|(told, _)| *told > 3.0)
            .collect();
        ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        ranked.truncate(MOST);
        ranked.into_iter().map(|(_, at)| &*self.texts[at as usize]).collect()
    }
}

/// Twice the log-likelihood ratio of two shares: `with` of `total`, and the rest of `labelled` of the rest.
fn tell(with: usize, total: usize, labelled: usize, all: usize) -> f64 {
    let part = |hits: usize, of: usize, share: f64| {
        let (hits, of) = (hits as f64, of as f64);
        let term = |count: f64, share: f64| if count > 0.0 { count * share.max(1e-12).ln() } else { 0.0 };
        term(hits, share) + term(of - hits, 1.0 - share)
    };
    let share = |hits: usize, of: usize| hits as f64 / of.max(1) as f64;
    let (rest_with, rest) = (labelled - with, all - total);
    2.0 * (part(with, total, share(with, total)) + part(rest_with, rest, share(rest_with, rest))
        - part(with, total, share(labelled, all))
        - part(rest_with, rest, share(labelled, all)))
}
