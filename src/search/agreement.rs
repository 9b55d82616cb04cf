//! The search on the index finds what the written meaning of the query says, paragraph by paragraph.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::evidence::{Facts, Matcher, Texts};
use super::highlight::Highlighter;
use super::query::{Filter, Given, Query};
use super::request::Request;
use super::results::Hit;
use crate::annotate::Annotator;
use crate::document::{ActorTag, Document, Language, Paragraph, Section, Span};
use crate::facet::Dimension;
use crate::index::Index;
use crate::text::Analyzer;

/// What the tags of a paragraph say, with actors given by their id.
struct Tagged<'a> {
    document: &'a Document,
    paragraph: &'a Paragraph,
}

fn is_meant(tag: &ActorTag, value: &str) -> bool {
    tag.id.eq_ignore_ascii_case(value) || tag.path.steps().any(|step| step.eq_ignore_ascii_case(value))
}

impl Facts for Tagged<'_> {
    fn holds(&self, filter: &Filter) -> bool {
        match filter {
            Filter::Facet { dimension: Dimension::Actor, value } => {
                self.paragraph.actors.iter().any(|tag| is_meant(tag, value.as_str()))
            }
            Filter::Facet { .. } => false,
            Filter::Document(id) => self.document.id == id.as_str(),
            Filter::Kind(kind) => self.paragraph.kind == *kind,
            Filter::Date(range) => self.document.date.is_some_and(|date| range.contains(date)),
        }
    }

    fn mentions(&self, actor: &Given) -> Vec<Span> {
        let meant = self.paragraph.actors.iter().filter(|tag| is_meant(tag, actor.as_str()));
        let mut spans: Vec<Span> = meant.flat_map(|tag| tag.mentions.iter().map(|mention| mention.span)).collect();
        spans.sort_unstable();
        spans
    }
}

const WORDS: &str = "(sanction|sanctions|gas|export|exports|deal|deals|U\\.S\\.|US|us|China|China’s|Russia|the Russian Federation|cease-fire|ceases|fire|北约东扩|北约)";

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec((WORDS, "( |\\. |, )"), 1..14).prop_map(|parts| {
        parts.into_iter().flat_map(|(word, mark)| [word, mark]).collect::<String>().trim_end().to_owned()
    })
}

fn document() -> impl Strategy<Value = Document> {
    let paragraphs = proptest::collection::vec((text(), 0u32..4), 1..4);
    (proptest::option::of("(Gas deals|China and the U\\.S\\.|cease-fire)"), paragraphs).prop_map(
        |(title, paragraphs)| {
            let mut document = Document { title, ..Document::default() };
            for heading in ["Exports of gas", "US sanctions"] {
                let (parent, source, actors) = (None, Span::new(0, 1).into(), Vec::new());
                document.sections.push(Section { heading: heading.to_owned(), level: 1, parent, source, actors });
            }
            for ((text, section), ordinal) in paragraphs.into_iter().zip(1..) {
                let section = (section < 2).then_some(section);
                let source = Span::new(0, text.len()).into();
                document.paragraphs.push(Paragraph { ordinal, section, text, source, ..Paragraph::default() });
            }
            document
        },
    )
}

fn query() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        4 => WORDS,
        1 => "(sanct\\*|dael~|g?s|e*t|exp?rt|fir*)",
        2 => (WORDS, WORDS).prop_map(|(a, b)| format!("\"{a} {b}\"")),
        2 => (WORDS, WORDS, WORDS, 0u8..6).prop_map(|(a, b, c, slop)| format!("\"{a} {b} {c}\"~{slop}")),
        2 => ("(title|heading|body):", WORDS).prop_map(|(field, word)| format!("{field}{word}")),
        2 => "actor:(CHN|RUS)",
        1 => "doc:(d0|d1)",
    ];
    let near = (
        "O?NEAR/(0|1|3|8|s)",
        proptest::collection::vec(
            prop_oneof![WORDS, "actor:(CHN|RUS|USA)", "\"gas deals\"", "(export*|deal~)", "(gas OR fire)", "body:gas"],
            2..4,
        ),
    )
        .prop_map(|(name, operands)| {
            let operands: Vec<String> =
                operands.into_iter().map(|one| if one.contains(" OR ") { format!("({one})") } else { one }).collect();
            format!("{name}({})", operands.join(" "))
        });
    let part = (
        prop_oneof![4 => Just(""), 1 => Just("+"), 1 => Just("-"), 1 => Just("NOT ")],
        prop_oneof![3 => atom, 2 => near],
        prop_oneof![4 => Just(" "), 1 => Just(" AND "), 1 => Just(" OR ")],
    );
    (proptest::collection::vec(part, 1..5), any::<bool>()).prop_map(|(parts, group)| {
        let text: String = parts.into_iter().map(|(sign, atom, joint)| format!("{sign}{atom}{joint}")).collect();
        if group { format!("({text}) gas") } else { text }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_index_finds_what_the_query_means(
        documents in proptest::collection::vec((document(), any::<bool>()), 1..6),
        deleted in proptest::option::of(document()),
        queries in proptest::collection::vec(query(), 6),
    ) {
        let index = Index::options().memory(32 << 20).in_memory()?;
        let annotator = Annotator::new();
        let mut writer = index.writer()?;
        let mut tagged = Vec::new();
        if let Some(document) = &deleted {
            writer.add(&annotator.annotate(Document { id: "gone".to_owned(), ..document.clone() }))?;
        }
        for ((document, commit), number) in documents.into_iter().zip(0..) {
            let document = annotator.annotate(Document { id: format!("d{number}"), ..document });
            writer.add(&document)?;
            tagged.push(document);
            if commit {
                writer.commit()?;
            }
        }
        writer.delete("gone")?;
        writer.commit()?;
        let searcher = index.searcher()?;
        let mut analyzer = Analyzer::new(Language::ENGLISH);
        for text in queries {
            let query = Query::new(&text);
            let matcher = Matcher::new(&query, &mut analyzer);
            let mut expected = BTreeSet::new();
            for document in &tagged {
                for paragraph in &document.paragraphs {
                    let headings: Vec<String> = document.heading_path(paragraph).into_iter().map(str::to_owned).collect();
                    let texts = Texts {
                        title: document.title.as_deref().unwrap_or_default(),
                        headings: &headings,
                        body: &paragraph.text,
                        is_first: paragraph.ordinal == 1,
                    };
                    if matcher.matches(texts, &Tagged { document, paragraph }, &mut analyzer) {
                        expected.insert((document.id.clone(), paragraph.ordinal));
                    }
                }
            }
            let results = searcher.search(Request::new(&query).limit(100))?;
            let found: BTreeSet<_> = results.hits.iter().map(|hit| (hit.document.clone(), hit.ordinal)).collect();
            prop_assert_eq!(results.total.paragraphs, found.len() as u64);
            prop_assert_eq!(&found, &expected, "{} = {}", text, query);
            for hit in &results.hits {
                prop_assert!(!hit.passage.trim().is_empty());
            }
            let place = |hit: &Hit| (hit.document.clone(), hit.ordinal);
            let better = |a: &Hit, b: &Hit| a.score > b.score || (a.score == b.score && place(a) < place(b));
            prop_assert!(results.hits.is_sorted_by(better), "{}", text);
            // Pages and groups are of the same paragraphs.
            let mut leafed = Vec::new();
            let mut page = searcher.search(Request::new(&query).limit(2))?;
            leafed.extend(page.hits.iter().map(place));
            while let Some(next) = page.next {
                page = searcher.search(Request::new(&query).limit(2).after(next))?;
                leafed.extend(page.hits.iter().map(place));
            }
            prop_assert_eq!(leafed, results.hits.iter().map(place).collect::<Vec<_>>(), "{}", text);
            let grouped = searcher.search(Request::new(&query).limit(100).group(100))?;
            prop_assert_eq!(grouped.hits.iter().map(place).collect::<BTreeSet<_>>(), expected, "{}", text);
            prop_assert_eq!(Some(grouped.groups.len() as u64), results.total.documents);
        }
    }
}

proptest! {
    #[test]
    fn marks_are_the_words_that_the_query_asks_for(text in text(), asked in proptest::collection::vec(WORDS, 1..4)) {
        // Words without a hyphen and of a script with spaces: each is one term of the text, or it is not marked.
        let asked: Vec<&String> = asked.iter().filter(|word| word.is_ascii() && !word.contains(['-', ' '])).collect();
        prop_assume!(!asked.is_empty());
        let mut analyzer = Analyzer::new(Language::ENGLISH);
        let mut stems = BTreeSet::new();
        for word in &asked {
            analyzer.analyze(word, |term| { stems.insert(term.text.to_owned()); });
        }
        let mut expected = Vec::new();
        analyzer.analyze(&text, |term| {
            if stems.contains(term.text) {
                expected.push(term.span);
            }
        });
        let query = asked.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(" ");
        let paragraph = Paragraph { text, ..Paragraph::default() };
        let highlight = Highlighter::new(&Query::new(&query), Language::ENGLISH).highlight(&paragraph);
        prop_assert_eq!(highlight.ranges(), expected.as_slice());
    }
}
