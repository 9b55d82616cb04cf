//! A query and a paragraph in, the passage to show and the ranges to mark out.

mod passage;
mod render;

use unicode_segmentation::GraphemeCursor;

use super::evidence::{Facts, Mark, Matcher, Texts};
use super::query::{Filter, Given, Query};
use crate::document::{ActorTag, Language, Paragraph, Span};
use crate::facet::Dimension;
use crate::text::Analyzer;

/// Why a paragraph matched, drawn on its text: a passage to show, and what to mark.
///
/// Spans count in bytes of the paragraph's text, of the whole one, not of the passage. They never begin or
/// end inside a character as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Highlight {
    passage: Span,
    ranges: Vec<Span>,
}

impl Highlight {
    pub(super) fn new(passage: Span, ranges: Vec<Span>) -> Highlight {
        Highlight { passage, ranges }
    }

    /// How a paragraph begins, with nothing marked.
    pub(crate) fn beginning(text: &str, budget: usize) -> Highlight {
        let passage = passage::choose(text, &[], 0, budget);
        Highlight { passage: on_graphemes(text, passage), ranges: Vec::new() }
    }

    /// The part worth showing: whole sentences, up to the budget; a sentence over the budget is cut
    /// between words. Never empty.
    pub fn passage(&self) -> Span {
        self.passage
    }

    /// Everything that matched in the paragraph, ascending and disjoint: a phrase is one range. Empty when
    /// only the title, a heading or a filter matched.
    pub fn ranges(&self) -> &[Span] {
        &self.ranges
    }
}

/// Finds the passages and ranges of a query in the paragraphs of one language; keep it for all hits.
///
/// # Examples
///
/// ```
/// use demarche::{Document, Highlighter, Language, Query};
///
/// let document = Document::parse("n", "The U.S. left. NATO’s open door stays open, said Mr. Stoltenberg.")?;
/// let paragraph = &document.paragraphs[0];
/// let mut highlighter = Highlighter::new(&Query::new("\"open door\" nato"), Language::ENGLISH).budget(60);
/// let highlight = highlighter.highlight(paragraph);
/// assert_eq!(
///     highlight.to_html(&paragraph.text),
///     "… <mark>NATO’s</mark> <mark>open door</mark> stays open, said Mr. Stoltenberg.",
/// );
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug)]
pub struct Highlighter {
    matcher: Matcher,
    analyzer: Analyzer,
    budget: usize,
    mark_actors: bool,
    /// Ids of actors whose mentions are marked as words of the query are.
    actors: Vec<String>,
}

impl Highlighter {
    /// A highlighter for a query; its words are analyzed as the language has them.
    pub fn new(query: &Query, language: Language) -> Highlighter {
        Highlighter::with_analyzer(query, Analyzer::new(language))
    }

    /// As [`new`](Highlighter::new), with the analyzer of the language given.
    pub(crate) fn with_analyzer(query: &Query, mut analyzer: Analyzer) -> Highlighter {
        let matcher = Matcher::new(query, &mut analyzer);
        Highlighter { matcher, analyzer, budget: 300, mark_actors: false, actors: Vec::new() }
    }

    /// The analyzer, to be used again.
    pub(crate) fn into_analyzer(self) -> Analyzer {
        self.analyzer
    }

    /// How long a passage may be, in characters (code points). Default: 300.
    pub fn budget(mut self, characters: usize) -> Highlighter {
        self.budget = characters.max(1);
        self
    }

    /// Marks the mentions of some actors, by their ids, as if the query had said them. Default: none.
    pub(crate) fn actors(mut self, ids: Vec<String>) -> Highlighter {
        self.actors = ids;
        self
    }

    /// Whether the mentions of actors that the query filters on are marked, too. Default: no.
    pub fn mark_actors(mut self, mark: bool) -> Highlighter {
        self.mark_actors = mark;
        self
    }

    /// The highlight of a paragraph that matches the query. Actors of the query are those whose id, or a path
    /// above or at their own, the query gives.
    pub fn highlight(&mut self, paragraph: &Paragraph) -> Highlight {
        self.highlight_with(Texts::default(), paragraph, &|_, _| false)
    }

    /// As [`highlight`](Highlighter::highlight), where title and headings may have matched, and
    /// `means` says whether a name given in the query means an actor of the paragraph.
    pub(crate) fn highlight_with(
        &mut self,
        context: Texts<'_>,
        paragraph: &Paragraph,
        means: &dyn Fn(&str, &ActorTag) -> bool,
    ) -> Highlight {
        let text = paragraph.text.as_str();
        let facts = OfParagraph { paragraph, means };
        let texts = Texts { body: text, ..context };
        let mut marks = self.matcher.marks(texts, &facts, &mut self.analyzer, self.mark_actors);
        let mut parts = self.matcher.parts();
        for id in &self.actors {
            let inside = |span: &Span| !span.is_empty() && text.get(span.range()).is_some();
            let meant = paragraph.actors.iter().filter(|tag| *tag.id == **id).flat_map(|tag| &tag.mentions);
            marks.extend(meant.map(|mention| mention.span).filter(inside).map(|span| Mark { span, part: parts }));
            parts += 1;
        }
        if !self.actors.is_empty() {
            marks.sort_by_key(|mark| (mark.span, mark.part));
        }
        for mark in &mut marks {
            mark.span = on_graphemes(text, mark.span);
        }
        let passage = passage::choose(text, &marks, parts, self.budget);
        Highlight { passage: on_graphemes(text, passage), ranges: merged(&marks) }
    }
}

/// What a paragraph with its tags says about filters; those on its document hold, or it were no hit.
struct OfParagraph<'a> {
    paragraph: &'a Paragraph,
    means: &'a dyn Fn(&str, &ActorTag) -> bool,
}

impl OfParagraph<'_> {
    fn is_meant(&self, value: &str, tag: &ActorTag) -> bool {
        let below = |path: &str| {
            path.strip_prefix(value)
                .is_some_and(|rest| value.starts_with('/') && (rest.is_empty() || rest.starts_with('/')))
        };
        tag.id.eq_ignore_ascii_case(value) || below(tag.path.as_str()) || (self.means)(value, tag)
    }
}

impl Facts for OfParagraph<'_> {
    fn holds(&self, filter: &Filter) -> bool {
        match filter {
            Filter::Facet { dimension: Dimension::Actor, value } => {
                self.paragraph.actors.iter().any(|tag| self.is_meant(value.as_str(), tag))
            }
            Filter::Kind(kind) => self.paragraph.kind == *kind,
            _ => true,
        }
    }

    fn mentions(&self, actor: &Given) -> Vec<Span> {
        let text = self.paragraph.text.as_str();
        let meant = self.paragraph.actors.iter().filter(|tag| self.is_meant(actor.as_str(), tag));
        // A mention that does not lie in the text comes from another version of it.
        let inside = |span: &Span| !span.is_empty() && text.get(span.range()).is_some();
        let mut spans: Vec<Span> =
            meant.flat_map(|tag| tag.mentions.iter().map(|mention| mention.span)).filter(inside).collect();
        spans.sort_unstable();
        spans.dedup();
        spans
    }
}

/// The span widened to the bounds of characters as a reader sees them.
fn on_graphemes(text: &str, span: Span) -> Span {
    let is_plain = |at: usize| {
        let near = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_none_or(u8::is_ascii);
        near(at.checked_sub(1)) && near(Some(at))
    };
    let (mut start, mut end) = (span.start, span.end);
    // Between two ASCII characters there is always a bound, but for a line's \r\n, which no span ends in.
    if !is_plain(start) {
        let mut cursor = GraphemeCursor::new(start, text.len(), true);
        if !cursor.is_boundary(text, 0).unwrap_or(true) {
            start = cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0);
        }
    }
    if !is_plain(end) {
        let mut cursor = GraphemeCursor::new(end, text.len(), true);
        if !cursor.is_boundary(text, 0).unwrap_or(true) {
            end = cursor.next_boundary(text, 0).ok().flatten().unwrap_or(text.len());
        }
    }
    Span::new(start, end)
}

/// The ranges of the marks; where some overlap, one that covers them all.
fn merged(marks: &[Mark]) -> Vec<Span> {
    let mut ranges: Vec<Span> = Vec::with_capacity(marks.len());
    for mark in marks {
        match ranges.last_mut() {
            Some(last) if mark.span.start < last.end => last.end = last.end.max(mark.span.end),
            _ => ranges.push(mark.span),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    fn paragraph(text: &str) -> Paragraph {
        Paragraph { text: text.to_owned(), ..Paragraph::default() }
    }

    fn html(query: &str, budget: usize, text: &str) -> String {
        let mut highlighter = Highlighter::new(&Query::new(query), Language::ENGLISH).budget(budget);
        highlighter.highlight(&paragraph(text)).to_html(text)
    }

    const TEXT: &str = "The first sentence says little. Mr. Smith of the U.S. spoke of gas & oil. \
        Gas exports fell, and “gas” was the word. Oil was not.";

    #[test]
    fn passages_are_the_sentences_that_cover_most() {
        let cases = [
            (
                "gas",
                300,
                "The first sentence says little. Mr. Smith of the U.S. spoke of <mark>gas</mark> &amp; oil. <mark>Gas</mark> exports fell, and “<mark>gas</mark>” was the word. Oil was not.",
            ),
            ("gas oil", 45, "… Mr. Smith of the U.S. spoke of <mark>gas</mark> &amp; <mark>oil</mark>. …"),
            ("\"gas exports\"", 45, "… <mark>Gas exports</mark> fell, and “gas” was the word. …"),
            ("\"gas exports\" gas", 45, "… <mark>Gas exports</mark> fell, and “<mark>gas</mark>” was the word. …"),
            ("ONEAR/4(gas fell)", 45, "… <mark>Gas</mark> exports <mark>fell</mark>, and “gas” was the word. …"),
            ("absent", 40, "The first sentence says little. …"),
            ("sentence", 10, "… <mark>sentence</mark> …"),
        ];
        for (query, budget, expected) in cases {
            assert_eq!(html(query, budget, TEXT), expected, "{query}");
        }
    }

    #[test]
    fn a_passage_is_cut_behind_the_start_of_a_phrase_over_two_sentences() {
        let found = html("\"gas exports\" fell again", 12, "Gas! Exports fell, and fell, and fell again.");
        assert_eq!(found, "… <mark>Exports</mark> <mark>fell</mark> …");
    }

    #[test]
    fn overlapping_matches_are_one_range() {
        let found = html("\"gas exports\" \"exports fell\"", 300, "Gas exports fell.");
        assert_eq!(found, "<mark>Gas exports fell</mark>.");
    }

    proptest! {
        #[test]
        fn any_highlight_can_be_cut_out(
            text in "([a-c]{1,3}|北|約|é|e\u{301}|👨‍👩‍👧|नि|\u{600}|[ .,’\"!?\r\n-]{1,3}|\\PC){1,40}",
            query in "([+-]?[a-c]{1,3}[*~]?|\"[a-c ]{2,5}\"(~2)?|NEAR/3\\(a b\\)|北|नि| OR | ){1,6}",
            budget in 1usize..60,
        ) {
            prop_assume!(!text.trim().is_empty());
            let highlight = Highlighter::new(&Query::new(&query), Language::ENGLISH).budget(budget).highlight(&paragraph(&text));
            let bounds: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
            let mut end = 0;
            for range in highlight.ranges() {
                prop_assert!(range.start >= end && !range.is_empty());
                prop_assert!(bounds.contains(&range.start) && bounds.contains(&range.end), "{:?}", range);
                end = range.end;
            }
            let passage = highlight.passage();
            prop_assert!(!passage.is_empty() && bounds.contains(&passage.start) && bounds.contains(&passage.end));
            prop_assert!(highlight.ranges().is_empty() || highlight.ranges().iter().any(|range| passage.overlaps(*range)));
            let unmarked = highlight.to_html(&text).replace("<mark>", "").replace("</mark>", "");
            prop_assert!(!unmarked.trim().is_empty());
        }
    }
}
