//! Why a paragraph has a topic, or why it has not.

use super::matcher::Scratch;
use super::{Profile, Taxonomy};
use crate::document::{Document, TopicCue};
use crate::facet::FacetPath;

/// What the cues of a paragraph say of one top, tagged or not.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TopicReason {
    /// The top.
    pub path: FacetPath,
    /// The top's bias and the weights of the cues, in log-odds.
    pub sum: f32,
    /// What the sum had to reach.
    pub threshold: f32,
    /// The cues that count, heaviest first; one or more.
    pub cues: Vec<TopicCue>,
    tagged: bool,
}

impl TopicReason {
    /// Whether the paragraph is tagged: the sum reached the threshold, and not by one weak cue alone.
    pub fn is_tagged(&self) -> bool {
        self.tagged
    }
}

impl Taxonomy {
    /// Lists every top that has a cue in a paragraph, the highest sum first: those tagged, and below them
    /// the near misses. A top that is not listed has no cue there.
    ///
    /// `paragraph` is the paragraph's index in [`Document::paragraphs`]; there is nothing to list where
    /// there is none. Cues that are actors are seen where the document is annotated.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Document, Profile, Taxonomy};
    ///
    /// let document = Document::parse("note", "The prime minister spoke of wages.\n\nThe ceasefire holds.")?;
    /// let reasons = Taxonomy::built_in().explain(&document, 1, Profile::Balanced);
    /// assert_eq!(reasons[0].path.as_str(), "/topic/war");
    /// assert!(reasons[0].is_tagged());
    /// assert_eq!(&*reasons[0].cues[0].cue, "ceasefire");
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn explain(&self, document: &Document, paragraph: usize, profile: Profile) -> Vec<TopicReason> {
        let Some(paragraph) = document.paragraphs.get(paragraph) else { return Vec::new() };
        let mut scratch = Scratch::default();
        let mut hits = Vec::new();
        let contexts =
            self.contexts(document, |text, actors, hits| self.matcher.find(text, actors, &mut scratch, hits));
        self.matcher.find(&paragraph.text, &paragraph.actors, &mut scratch, &mut hits);
        let mut reasons: Vec<TopicReason> = self
            .weigh(&hits, contexts.of(paragraph.section))
            .iter()
            .filter(|verdict| !verdict.voices.is_empty())
            .map(|verdict| TopicReason {
                path: self.topics[self.tops[verdict.top as usize] as usize].path().clone(),
                sum: verdict.sum,
                threshold: self.threshold(profile),
                tagged: self.is_accepted(verdict, profile),
                cues: verdict.voices.iter().map(|voice| self.topic_cue(voice)).collect(),
            })
            .collect();
        reasons.sort_by(|one, other| other.sum.total_cmp(&one.sum).then_with(|| one.path.cmp(&other.path)));
        reasons
    }
}
