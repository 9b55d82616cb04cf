//! How much one query may cost, so that none takes the searcher for itself.
//!
//! The limits are counted, not timed: a query has the same answer on every machine. Those on parts of a query
//! are far above what people type. Phrases and windows together look at no more paragraphs than an index has, which
//! is many times what people ask for, because only the paragraphs with all of the words are looked at; the first one
//! may look at four times as many: "of the" does at one.

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Prefixes, wildcards and fuzzy words.
    Patterns,
    /// Phrases and windows.
    Phrases,
    /// Conditions on facets inside groups.
    Conditions,
    /// Groups inside others that need or exclude something; each is read by itself.
    Groups,
    /// Paragraphs that others shall be like.
    Likes,
}

impl Limit {
    fn place(self) -> usize {
        self as usize
    }

    /// What is said when there are too many.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Limit::Patterns => "the query has too many patterns, the rest was left out",
            Limit::Phrases => "the query has too many phrases of frequent words, the rest was left out",
            Limit::Groups => "the query has too many groups with + or -, the rest was left out",
            Limit::Conditions => "the query has too many conditions in groups, the rest was left out",
            Limit::Likes => "the query asks for too many likenesses, the rest was left out",
        }
    }

    fn most(self) -> usize {
        match self {
            Limit::Patterns => 32,
            Limit::Phrases => 128,
            Limit::Conditions | Limit::Groups => 64,
            Limit::Likes => 4,
        }
    }
}

/// Words of the dictionary that all patterns together may look at.
const DICTIONARY: usize = 100_000;
/// Words that all patterns together may stand for; each is a list of paragraphs to be read.
const EXPANDED: usize = 512;
/// Paragraphs that phrases may look at together in any index; in a larger one, as many as it has.
const PARAGRAPHS: u64 = 100_000;
/// How many times as many the first one may look at.
const FIRST_PHRASE: u64 = 4;
/// Unknown names that are looked up among all names for one that is near, a few milliseconds each.
const GUESSES: usize = 3;

/// What a query has asked for so far.
#[derive(Debug)]
pub(crate) struct Effort {
    used: [usize; 5],
    told: [bool; 5],
    /// Paragraphs that phrases may still look at.
    paragraphs: u64,
    guesses: usize,
    /// Words of the dictionary that may still be looked at.
    pub(crate) dictionary: usize,
    /// Words that patterns may still stand for.
    pub(crate) expanded: usize,
}

impl Effort {
    /// For an index of so many paragraphs.
    pub(crate) fn new(paragraphs: u64) -> Effort {
        Effort {
            used: [0; 5],
            told: [false; 5],
            paragraphs: paragraphs.max(PARAGRAPHS),
            guesses: 0,
            dictionary: DICTIONARY,
            expanded: EXPANDED,
        }
    }

    /// Whether one more is within the limit.
    pub(crate) fn take(&mut self, limit: Limit) -> bool {
        self.used[limit.place()] += 1;
        self.used[limit.place()] <= limit.most()
    }

    /// Whether one more phrase is, that looks at so many paragraphs; of every eight looks five are counted.
    pub(crate) fn take_phrase(&mut self, paragraphs: u64) -> bool {
        let is_first = self.used[Limit::Phrases.place()] == 0;
        let affordable = if is_first { FIRST_PHRASE * self.paragraphs } else { self.paragraphs };
        if !self.take(Limit::Phrases) || paragraphs > affordable {
            return false;
        }
        self.paragraphs = self.paragraphs.saturating_sub(paragraphs);
        true
    }

    /// Whether a name that was perhaps meant may be looked for.
    pub(crate) fn take_guess(&mut self) -> bool {
        self.guesses += 1;
        self.guesses <= GUESSES
    }

    /// Whether this is the first time that the limit is told of.
    pub(crate) fn tell(&mut self, limit: Limit) -> bool {
        !std::mem::replace(&mut self.told[limit.place()], true)
    }
}
