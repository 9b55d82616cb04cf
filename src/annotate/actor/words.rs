//! The word lists that the rules read, from `cues.tsv` and `given-names.txt`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Word lists by name.
#[derive(Debug)]
pub(crate) struct Words {
    lists: HashMap<&'static str, HashSet<&'static str>>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut lists = HashMap::new();
    for line in include_str!("../data/cues.tsv").lines() {
        if let Some((name, words)) = line.split_once('\t')
            && !line.starts_with('#')
        {
            lists.insert(name, words.split_whitespace().collect());
        }
    }
    lists.insert("given", include_str!("../data/given-names.txt").split_whitespace().collect());
    Words { lists }
});

/// Whether a word, in any case, is in the list.
pub(crate) fn is_in(list: &str, word: &str) -> bool {
    let Some(words) = WORDS.lists.get(list) else {
        debug_assert!(false, "no word list is called {list}");
        return false;
    };
    if word.bytes().any(|byte| !byte.is_ascii_lowercase()) {
        return words.contains(word.to_lowercase().as_str());
    }
    words.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_hold_lower_case_words_only() {
        for (name, words) in &WORDS.lists {
            assert!(!words.is_empty(), "{name}");
            for word in words {
                assert_eq!(*word, word.to_lowercase(), "{name}");
            }
        }
        assert!(is_in("agentive", "Said") && is_in("given", "Denzel"));
    }
}
