//! How a paragraph names an actor, as a value of a column: `name/097/state/RUS` says that it names the actor at
//! `/state/RUS` by its name, and that the surest of these mentions has a confidence of 0.97.
//!
//! There is a value for every actor and kind, so that any choice of kinds and of a least confidence is exact. The
//! values stand beside the actors, not in their place: a search that takes every mention need not read them.

use std::collections::BTreeMap;

use crate::document::{MentionKind, Paragraph};
use crate::facet::FacetPath;
use crate::mention_choice::{MentionChoice, hundredths};

/// The values of a paragraph, each once.
pub(crate) fn actor_mentions(paragraph: &Paragraph) -> impl Iterator<Item = String> {
    let mut surest: BTreeMap<(MentionKind, &FacetPath), u8> = BTreeMap::new();
    for actor in &paragraph.actors {
        for mention in &actor.mentions {
            let confidence = surest.entry((mention.kind, &actor.path)).or_default();
            *confidence = hundredths(mention.confidence).max(*confidence);
        }
    }
    surest.into_iter().map(|((kind, path), confidence)| format!("{}/{confidence:03}{path}", kind.as_str()))
}

/// The path of the actor that a value names, without its first `/`, where the choice has the mention.
pub(super) fn chosen(value: &str, choice: MentionChoice) -> Option<&str> {
    let mut parts = value.splitn(3, '/');
    let (kind, confidence, path) = (parts.next()?, parts.next()?, parts.next()?);
    let kind = MentionKind::ALL.into_iter().find(|known| known.as_str() == kind)?;
    choice.accepts_sure(kind, confidence.parse().ok()?).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{ActorTag, Mention, Span};
    use crate::error::Result;

    #[test]
    fn values_say_kind_confidence_and_path() -> Result<()> {
        let mention = |kind, confidence| Mention { span: Span::new(0, 1), kind, rule: "alias".into(), confidence };
        let russia = ActorTag {
            id: "RUS".into(),
            path: "/state/RUS".parse()?,
            mentions: vec![
                mention(MentionKind::Metonym, 0.8),
                mention(MentionKind::Name, 0.75),
                mention(MentionKind::Name, 0.97),
            ],
        };
        let paragraph = Paragraph { actors: vec![russia], ..Paragraph::default() };
        let values: Vec<String> = actor_mentions(&paragraph).collect();
        assert_eq!(values, ["name/097/state/RUS", "metonym/080/state/RUS"]);
        let sure = MentionChoice::all().at_least(0.9);
        assert_eq!(values.iter().map(|value| chosen(value, sure)).collect::<Vec<_>>(), [Some("state/RUS"), None]);
        assert_eq!(chosen("nonsense", sure), None);
        Ok(())
    }
}
