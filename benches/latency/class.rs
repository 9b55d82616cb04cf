//! Kinds of queries.

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ask {
    /// Lower-case words.
    pub(crate) words: Vec<String>,
    /// A path that an actor of the paragraph is at or below.
    pub(crate) actor: Option<String>,
    /// A path that a topic of the paragraph is at or below.
    pub(crate) topic: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    TermRare,
    TermMedium,
    TermFrequent,
    Or,
    And,
    Phrase,
    OrActor,
    OrActorTopic,
    OrFacets,
    AndFacets,
    Everything,
    OrTexts,
}

impl Class {
    pub(crate) const ALL: [Class; 12] = [
        Class::TermRare,
        Class::TermMedium,
        Class::TermFrequent,
        Class::Or,
        Class::And,
        Class::Phrase,
        Class::OrActor,
        Class::OrActorTopic,
        Class::OrFacets,
        Class::AndFacets,
        Class::Everything,
        Class::OrTexts,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Class::TermRare => "term, rare",
            Class::TermMedium => "term, medium",
            Class::TermFrequent => "term, frequent",
            Class::Or => "OR of 2 or 3",
            Class::And => "AND of 2 or 3",
            Class::Phrase => "phrase of 2",
            Class::OrActor => "OR + actor filter",
            Class::OrActorTopic => "OR + actor and topic filters",
            Class::OrFacets => "OR + counts of both facets",
            Class::AndFacets => "AND + counts of both facets",
            Class::Everything => "counts over everything",
            Class::OrTexts => "OR, ten texts fetched",
        }
    }

    /// The most that this crate with BM25 may take where Tantivy by hand takes 1.
    pub(crate) fn target(self) -> Option<f64> {
        match self {
            Class::OrActor | Class::OrActorTopic => Some(0.9),
            Class::OrFacets | Class::AndFacets => Some(0.45),
            Class::Everything => Some(0.02),
            Class::OrTexts => None,
            _ => Some(1.05),
        }
    }

    pub(crate) fn is_and(self) -> bool {
        matches!(self, Class::And | Class::AndFacets)
    }

    pub(crate) fn is_phrase(self) -> bool {
        self == Class::Phrase
    }

    pub(crate) fn counts_facets(self) -> bool {
        matches!(self, Class::OrFacets | Class::AndFacets | Class::Everything)
    }

    pub(crate) fn fetches(self) -> bool {
        self == Class::OrTexts
    }
}
