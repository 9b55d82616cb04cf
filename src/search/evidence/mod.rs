//! A query and a paragraph's texts in, whether they match and where out: the written meaning of the query
//! language, which the search on the index is tested against and highlights are drawn from.
//!
//! It reads the texts from end to end with the same analysis that the index was built with, so that it
//! needs no index. Words, phrases and windows are looked for in each field by itself, never across two.

mod look;
mod needle;
mod node;
mod reading;

use self::look::{Look, Marker};
use self::needle::Needles;
pub(crate) use self::needle::matches_wildcard;
use self::node::{Node, node};
use self::reading::Reading;
use super::near::Occurrence;
use super::query::{Filter, Given, Query};
use crate::document::Span;
use crate::text::{Analyzer, TermKind, sentences};

/// The texts of a paragraph that words are looked for in.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Texts<'a> {
    /// The document's title.
    pub(crate) title: &'a str,
    /// The headings above the paragraph.
    pub(crate) headings: &'a [String],
    /// The paragraph's text.
    pub(crate) body: &'a str,
    /// Whether it is the first paragraph of its document: only that one is found by the words of the title
    /// where no field is asked for, or a title would be found as often as the document has paragraphs.
    pub(crate) is_first: bool,
}

/// What is known of a paragraph besides its texts.
pub(crate) trait Facts {
    /// Whether a filter lets the paragraph through.
    fn holds(&self, filter: &Filter) -> bool;
    /// Where the body names the actor.
    fn mentions(&self, actor: &Given) -> Vec<Span>;
}

/// Where in the body a part of the query was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// In bytes of the body.
    pub(crate) span: Span,
    /// Which part; parts are numbered below [`Matcher::parts`].
    pub(crate) part: usize,
}

/// A query made ready to be held against paragraphs of one language.
#[derive(Debug)]
pub(crate) struct Matcher {
    root: Node,
    filters: Vec<Filter>,
    needles: Needles,
    parts: usize,
}

impl Matcher {
    /// Makes a query ready; its words are analyzed as the language has them.
    pub(crate) fn new(query: &Query, analyzer: &mut Analyzer) -> Matcher {
        let mut needles = Needles::default();
        let mut parts = 0;
        let root = node(query.clause(), analyzer, &mut needles, &mut parts);
        Matcher { root, filters: query.filters().to_vec(), needles, parts }
    }

    /// How many parts the marks are numbered by; the filters at the top come after them.
    pub(crate) fn parts(&self) -> usize {
        self.parts + self.filters.len()
    }

    /// Whether the paragraph matches, filters included; what the index is tested against.
    #[cfg(test)]
    pub(crate) fn matches(&self, texts: Texts<'_>, facts: &dyn Facts, analyzer: &mut Analyzer) -> bool {
        let passes = |filter: &Filter| {
            self.filters.iter().filter(|other| other.same_dimension(filter)).any(|filter| facts.holds(filter))
        };
        self.filters.iter().all(passes) && Look::new(self, texts, facts, analyzer).holds(&self.root)
    }

    /// Where the parts of the query stand in the body, by their place. Parts of alternatives that do not
    /// hold are left out, unless nothing holds at all.
    /// Mentions of actors that only filters ask for are marked with `actors`.
    pub(crate) fn marks(
        &self,
        texts: Texts<'_>,
        facts: &dyn Facts,
        analyzer: &mut Analyzer,
        actors: bool,
    ) -> Vec<Mark> {
        let look = Look::new(self, texts, facts, analyzer);
        let mut marker = Marker { look: &look, all: !look.holds(&self.root), actors, marks: Vec::new() };
        marker.mark(&self.root);
        for (filter, part) in self.filters.iter().zip(self.parts..) {
            marker.mark_filter(filter, part);
        }
        let mut marks = marker.marks;
        marks.sort_by_key(|mark| (mark.span, mark.part));
        marks.dedup();
        marks
    }

    fn read(&self, text: &str, analyzer: &mut Analyzer) -> Reading {
        let mut reading = Reading { found: vec![Vec::new(); self.needles.count], ..Reading::default() };
        let needles = &self.needles;
        let mut sentence_ends = sentences(text).map(|span| span.end);
        let mut sentence_end = if needles.sentences { 0 } else { usize::MAX };
        analyzer.analyze(text, |term| {
            let length = match term.kind {
                TermKind::Word => {
                    if term.span.start >= sentence_end {
                        reading.sentences.push(term.position);
                        sentence_end = sentence_ends.find(|&end| end > term.span.start).unwrap_or(usize::MAX);
                    }
                    reading.words.push(term.span);
                    1
                }
                TermKind::Pair => 2,
            };
            let occurrence = Occurrence { start: term.position, end: term.position + length };
            if needles.may_hold(term.text)
                && let Some(&needle) = needles.stems.get(term.text)
            {
                reading.found[needle].push(occurrence);
            }
            if term.kind == TermKind::Word {
                if !needles.exact.is_empty()
                    && needles.may_hold(term.exact)
                    && let Some(&needle) = needles.exact.get(term.exact)
                {
                    reading.found[needle].push(occurrence);
                }
                for (pattern, needle) in &needles.patterns {
                    if pattern.matches(term.exact) {
                        reading.found[*needle].push(occurrence);
                    }
                }
            }
        });
        reading
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Language;

    struct Known;

    impl Facts for Known {
        fn holds(&self, filter: &Filter) -> bool {
            matches!(filter, Filter::Facet { value, .. } if value.as_str() == "china")
        }

        fn mentions(&self, actor: &Given) -> Vec<Span> {
            if actor.as_str() == "china" { vec![Span::new(0, 7)] } else { Vec::new() }
        }
    }

    const BODY: &str = "Beijing imposed new sanctions on U.S. exports of gas. The U.S. state-owned firms were not asked. \
        NATO’s eastern enlargement, and the enlargement of NATO, followed.";

    fn found(query: &str) -> Option<Vec<&'static str>> {
        let mut analyzer = Analyzer::new(Language::ENGLISH);
        let matcher = Matcher::new(&Query::new(query), &mut analyzer);
        let headings = ["Outlook".to_owned()];
        let texts = Texts { title: "A study of tariffs", headings: &headings, body: BODY, is_first: true };
        let marks = matcher.marks(texts, &Known, &mut analyzer, true);
        matcher
            .matches(texts, &Known, &mut analyzer)
            .then(|| marks.into_iter().map(|mark| &BODY[mark.span.range()]).collect())
    }

    #[test]
    fn queries_mean_what_the_language_says() {
        let cases: &[(&str, Option<&[&str]>)] = &[
            ("sanction", Some(&["sanctions"])),
            ("\"sanction\"", None),
            ("\"new sanctions\"", Some(&["new sanctions"])),
            ("\"new exports\"~3", Some(&["new sanctions on U.S. exports"])),
            ("\"new exports\"~2", None),
            ("state-owned", Some(&["state-owned"])),
            ("U.S.", Some(&["U.S.", "U.S."])),
            ("us", None),
            ("export* AND sanktions~1", Some(&["sanctions", "exports"])),
            ("e?port*", Some(&["exports"])),
            ("tariff", Some(&[])),
            ("body:tariff", None),
            ("title:tariff gas", Some(&["gas"])),
            ("+gas -nato", None),
            ("NEAR/1(nato enlargement)", Some(&["NATO’s", "enlargement", "enlargement", "NATO"])),
            ("ONEAR/1(nato enlargement)", Some(&["NATO’s", "enlargement"])),
            ("ONEAR/0(nato enlargement)", None),
            ("NEAR/s(actor:china sanctions)", Some(&["Beijing", "sanctions"])),
            ("NEAR/s(actor:china firms)", None),
            ("NEAR/s((actor:china OR gas) (firms OR exports))", Some(&["Beijing", "exports", "gas"])),
            ("(gas AND firms) OR (nato AND absent)", Some(&["gas", "firms"])),
            ("gas actor:china", Some(&["Beijing", "gas"])),
            ("gas actor:france actor:china", Some(&["Beijing", "gas"])),
            ("gas actor:france", None),
            ("-absent", Some(&[])),
        ];
        for (query, expected) in cases {
            assert_eq!(found(query).as_deref(), *expected, "{query}");
        }
    }

    #[test]
    fn unspaced_scripts_are_found_by_pairs() {
        let language = Language::new("zh").unwrap_or(Language::ENGLISH);
        let mut analyzer = Analyzer::new(language);
        let body = "北约的东扩引起俄罗斯的反对";
        for (query, expected) in [
            ("北约东扩", vec!["北约", "东扩"]),
            ("\"北约的东扩\"", vec!["北约的东扩"]),
            ("\"北约东扩\"", vec![]),
            ("\"北约东扩\"~1", vec!["北约的东扩"]),
            ("东", vec!["东"]),
        ] {
            let matcher = Matcher::new(&Query::new(query), &mut analyzer);
            let marks = matcher.marks(Texts { body, ..Texts::default() }, &Known, &mut analyzer, true);
            assert_eq!(marks.into_iter().map(|mark| &body[mark.span.range()]).collect::<Vec<_>>(), expected, "{query}");
        }
    }
}
