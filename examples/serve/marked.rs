//! Text with what matched and whom it names marked in it.

use demarche::{ActorTag, Span};
use maud::{Markup, html};

/// What is marked in a text; spans count in bytes of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Marks<'a> {
    pub(crate) highlights: &'a [Span],
    pub(crate) actors: &'a [ActorTag],
}

/// The part of a text within `shown`, marked.
///
/// Highlights and mentions may overlap: the text is cut at every border, and each piece says all that it is.
pub(crate) fn marked(text: &str, shown: Span, marks: Marks<'_>) -> Markup {
    let mentions: Vec<(Span, &ActorTag)> =
        marks.actors.iter().flat_map(|actor| actor.mentions.iter().map(move |mention| (mention.span, actor))).collect();
    let mut cuts = vec![shown.start, shown.end];
    let spans = marks.highlights.iter().copied().chain(mentions.iter().map(|&(span, _)| span));
    cuts.extend(spans.flat_map(|span| [span.start, span.end]).filter(|cut| (shown.start..shown.end).contains(cut)));
    cuts.sort_unstable();
    cuts.dedup();
    html! {
        @for pair in cuts.windows(2) {
            @let piece = Span::new(pair[0], pair[1]);
            @let is_match = marks.highlights.iter().any(|span| span.overlaps(piece));
            @let named = mentions.iter().find(|(span, _)| span.overlaps(piece)).map(|&(_, actor)| actor);
            @let words = &text[piece.range()];
            @match (is_match, named) {
                (true, Some(actor)) => { mark class={ "actor " (group(actor)) } title=(actor.id) { (words) } },
                (true, None) => { mark { (words) } },
                (false, Some(actor)) => { span class={ "actor " (group(actor)) } title=(actor.id) { (words) } },
                (false, None) => { (words) },
            }
        }
    }
}

/// The class that an actor is coloured by: a state, an organisation, a person, an institution.
fn group(actor: &ActorTag) -> &'static str {
    let steps: Vec<&str> = actor.path.steps().collect();
    match steps[..] {
        [.., "person", _] => "person",
        ["state", _] => "state",
        ["state", ..] => "institution",
        _ => "organisation",
    }
}
