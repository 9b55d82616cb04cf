//! Topics by name: what a user types, misspells or begins to type.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::cue::CueKind;
use super::{Taxonomy, Topic};
use crate::text::slips;

/// How well a name fits; the first is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Path,
    Step,
    Label,
    Cue,
    PartOfLabel,
}

impl Taxonomy {
    /// The topics a name stands for, the best first; none for an unknown name.
    ///
    /// A name is a path (`/topic/energy`), its last step (`nato-enlargement`, `NATO enlargement`), a label,
    /// a strong cue (`Nord Stream`), or words that all stand in a label. Case, accents and hyphens do not
    /// matter. Where one name fits several topics alike, a top comes before a leaf.
    pub fn lookup(&self, name: &str) -> Vec<&Topic> {
        let given = name.trim();
        let words = simplify(given);
        let mut found: Vec<(Fit, usize, &Topic)> = Vec::new();
        if words.is_empty() {
            return Vec::new();
        }
        let names = self.names.get_or_init(|| Names::of(self));
        let named = names.cues.get(&words).map_or(&[][..], Vec::as_slice);
        for (place, (topic, shown)) in self.topics.iter().zip(&names.shown).enumerate() {
            if let Some(fit) = shown.fit(topic, named.contains(&(place as u16)), given, &words) {
                found.push((fit, topic.path.depth(), topic));
            }
        }
        found.sort_by(|one, other| (one.0, one.1).cmp(&(other.0, other.1)).then(one.2.path.cmp(&other.2.path)));
        found.into_iter().map(|(_, _, topic)| topic).collect()
    }

    /// Whether a topic is called so, by its path, its last step or its label; not by a cue or a part of the label.
    pub(crate) fn is_called(&self, topic: &Topic, name: &str) -> bool {
        let fit = Shown::of(topic).fit(topic, false, name.trim(), &simplify(name));
        matches!(fit, Some(Fit::Path | Fit::Step | Fit::Label))
    }

    /// Topics whose name is near to a misspelt one, the nearest first, at most `n`.
    pub fn suggest(&self, text: &str, n: usize) -> Vec<&Topic> {
        let words = simplify(text.trim().trim_start_matches("/topic/"));
        // Nobody misspells a name of this length.
        if words.is_empty() || words.len() > 60 {
            return Vec::new();
        }
        let furthest = 1 + (words.chars().count() / 5) as u8;
        let mut found: Vec<(u8, &Topic)> = Vec::new();
        for topic in &self.topics {
            let cues = self.lexicon.entries.get(&topic.path).map(|entry| &entry.cues);
            let strong = cues.into_iter().flat_map(|cues| cues.values()).filter(|cue| cue.kind == CueKind::Strong);
            let names = [topic.path.last_step(), &topic.label].into_iter().map(|name| (0, name));
            // A name of the topic comes before a cue that is as near.
            let near = names
                .chain(strong.map(|cue| (1, &*cue.text)))
                .filter(|(_, name)| name.len().abs_diff(words.len()) <= usize::from(furthest) + 4)
                .filter_map(|(rank, name)| Some(2 * slips(&simplify(name), &words, furthest)? + rank))
                .min();
            if let Some(near) = near {
                found.push((near, topic));
            }
        }
        found.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.path.cmp(&other.1.path)));
        found.into_iter().take(n).map(|(_, topic)| topic).collect()
    }

    /// Topics with a step or a word of the label that begins as given, tops first, at most `n`.
    pub fn complete(&self, prefix: &str, n: usize) -> Vec<&Topic> {
        let words = simplify(prefix.trim().trim_start_matches("/topic/"));
        let begins = |name: &str| {
            let name = simplify(name);
            name.match_indices(&words).any(|(at, _)| at == 0 || name.as_bytes()[at - 1] == b' ')
        };
        let whole = |topic: &&Topic| {
            words.is_empty()
                || topic.path.as_str().starts_with(prefix.trim())
                || begins(topic.path.last_step())
                || begins(&topic.label)
        };
        let mut found: Vec<&Topic> = self.topics.iter().filter(whole).collect();
        found.sort_by_key(|topic| (!simplify(topic.path.last_step()).starts_with(&words), topic.path.depth()));
        found.truncate(n);
        found
    }
}

/// The simplified names of all topics: simplifying thousands of cues at every look-up took 9 ms.
#[derive(Debug)]
pub(super) struct Names {
    /// By the simplified text of a cue that is a name, the places of its topics.
    cues: HashMap<String, Vec<u16>>,
    /// By the place of a topic.
    shown: Vec<Shown>,
}

/// The simplified names of one topic.
#[derive(Debug)]
struct Shown {
    step: String,
    label: String,
}

impl Names {
    fn of(taxonomy: &Taxonomy) -> Names {
        let mut cues: HashMap<String, Vec<u16>> = HashMap::new();
        for (place, topic) in taxonomy.topics.iter().enumerate() {
            let Some(entry) = taxonomy.lexicon.entries.get(&topic.path) else { continue };
            for cue in entry.cues.values().filter(|cue| matches!(cue.kind, CueKind::Strong | CueKind::Normal)) {
                cues.entry(simplify(&cue.text)).or_default().push(place as u16);
            }
        }
        Names { cues, shown: taxonomy.topics.iter().map(Shown::of).collect() }
    }
}

impl Shown {
    fn of(topic: &Topic) -> Shown {
        Shown { step: simplify(topic.path.last_step()), label: simplify(&topic.label) }
    }

    /// How well a name fits the topic; `is_cue` where one of its cues is the name.
    fn fit(&self, topic: &Topic, is_cue: bool, given: &str, words: &str) -> Option<Fit> {
        let path = topic.path.as_str();
        if path == given || path.trim_start_matches('/') == given || path.strip_prefix("/topic/") == Some(given) {
            return Some(Fit::Path);
        }
        if self.step == words {
            return Some(Fit::Step);
        }
        if self.label == words {
            return Some(Fit::Label);
        }
        if is_cue {
            return Some(Fit::Cue);
        }
        let in_label = |word: &str| self.label.split(' ').any(|other| other == word);
        words.split(' ').all(in_label).then_some(Fit::PartOfLabel)
    }
}

/// Lower case, accents off, one space between words, nothing else.
fn simplify(name: &str) -> String {
    let mut simple = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.nfd().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            if gap && !simple.is_empty() {
                simple.push(' ');
            }
            gap = false;
            simple.push(c);
        } else {
            // A combining mark is no gap.
            gap |= !('\u{300}'..='\u{36f}').contains(&c);
        }
    }
    simple
}
