//! How much one query may cost, so that none takes the searcher for itself.
//!
//! The limits are counted, not timed: a query has the same answer on every machine. Those on parts of a query
//! are far above what people type. Those on paragraphs grow with no index, so they only hold for parts after
//! the first few: one phrase of frequent words may read as much as it must.

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Prefixes, wildcards and fuzzy words.
    Patterns,
    /// Phrases and windows.
    Phrases,
    /// Conditions on facets inside groups.
    Conditions,
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
            Limit::Conditions => "the query has too many conditions in groups, the rest was left out",
            Limit::Likes => "the query asks for too many likenesses, the rest was left out",
        }
    }

    fn most(self) -> usize {
        match self {
            Limit::Patterns => 32,
            Limit::Phrases => 256,
            Limit::Conditions => 64,
            Limit::Likes => 4,
        }
    }
}

/// Words of the dictionary that all patterns together may look at.
const DICTIONARY: usize = 200_000;
/// Words that all patterns together may stand for; each is a list of paragraphs to be read.
const EXPANDED: usize = 1_024;
/// Phrases that are read however frequent their words are.
const FREE_PHRASES: usize = 8;
/// Paragraphs that the other phrases may look at together.
const PARAGRAPHS: u64 = 100_000;
/// Unknown names that are looked up among all names for one that is near, a few milliseconds each.
const GUESSES: usize = 3;

/// What a query has asked for so far.
#[derive(Debug)]
pub(crate) struct Effort {
    used: [usize; 4],
    told: [bool; 4],
    paragraphs: u64,
    guesses: usize,
    /// Words of the dictionary that may still be looked at.
    pub(crate) dictionary: usize,
    /// Words that patterns may still stand for.
    pub(crate) expanded: usize,
}

impl Effort {
    pub(crate) fn new() -> Effort {
        Effort { used: [0; 4], told: [false; 4], paragraphs: 0, guesses: 0, dictionary: DICTIONARY, expanded: EXPANDED }
    }

    /// Whether one more is within the limit.
    pub(crate) fn take(&mut self, limit: Limit) -> bool {
        self.used[limit.place()] += 1;
        self.used[limit.place()] <= limit.most()
    }

    /// Whether one more phrase is, that looks at so many paragraphs.
    pub(crate) fn take_phrase(&mut self, paragraphs: u64) -> bool {
        let within = self.take(Limit::Phrases);
        let free = self.used[Limit::Phrases.place()] <= FREE_PHRASES;
        if !free && self.paragraphs.saturating_add(paragraphs) > PARAGRAPHS {
            return false;
        }
        self.paragraphs = self.paragraphs.saturating_add(if free { 0 } else { paragraphs });
        within
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
