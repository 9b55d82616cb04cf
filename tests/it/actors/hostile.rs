//! Texts that are out to be slow, and any text at all: nothing panics, and every mention lies in its text.

use demarche::{Annotator, Document, Paragraph};
use proptest::prelude::*;

/// Big enough that work in the square of the length would not end in this lifetime of a test.
const BYTES: usize = if cfg!(debug_assertions) { 1 << 18 } else { 1 << 20 };

fn document(text: &str) -> Document {
    let paragraphs = vec![Paragraph { text: text.to_owned(), ..Paragraph::default() }];
    Document { id: "hostile".to_owned(), paragraphs, date: "2022-02-04".parse().ok(), ..Document::default() }
}

#[test]
fn a_long_row_of_anything_is_read_in_one_go() {
    let annotator = Annotator::new();
    for (piece, named) in [
        ("Republic of ", None),
        ("A", None),
        ("'", None),
        ("’s ", None),
        ("the ", None),
        ("U.S.", Some("USA")),
        ("US-", Some("USA")),
        ("Moscow, ", None),
        ("Moscow and ", None),
        ("in French and ", None),
        ("Georgia, ", Some("GEO")),
        ("President Xi ", Some("xi-jinping")),
        ("the Council of the ", None),
        ("Russian foreign minister and ", Some("RUS")),
        ("prime minister of ", None),
        ("(SDF) ", None),
        ("中国", None),
        ("\u{301}", None),
    ] {
        let text = piece.repeat(BYTES / piece.len());
        let annotated = annotator.annotate(document(&text));
        let ids: Vec<&str> = annotated.paragraphs[0].actors.iter().map(|actor| &*actor.id).collect();
        if let Some(named) = named {
            assert!(ids.contains(&named), "{piece:?}: {ids:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn mentions_lie_in_their_text(
        pieces in prop::collection::vec(
            prop_oneof![
                "\\PC{0,6}",
                prop::sample::select(vec![
                    "Russia", "U.S.", "the Alliance", "NATO", "Sino-", "Xi", "Putin", " ", "'", "’s ", "-", ". ",
                    "foreign minister", "of ", "and ", "Moscow", "Georgia", "(SDF)", "в", "中国", "\u{a0}", "Ⅷ", "ß",
                    "İstanbul", "SENATE", "former ", "the ", "French", "in ", ", ",
                ])
                .prop_map(str::to_owned),
            ],
            0..24,
        ),
    ) {
        let text = pieces.concat();
        let annotator = Annotator::new();
        let annotated = annotator.annotate(document(&text));
        let mut named = Vec::new();
        for actor in &annotated.paragraphs[0].actors {
            prop_assert!(!actor.mentions.is_empty());
            for mention in &actor.mentions {
                prop_assert!(text.get(mention.span.range()).is_some_and(|surface| !surface.is_empty()));
                prop_assert!(mention.confidence > 0.0 && mention.confidence <= 1.0);
                named.push((mention.span, actor.id.clone()));
            }
        }
        // Two mentions stand apart, or name several actors by the very same words.
        named.sort();
        for pair in named.windows(2) {
            prop_assert!(pair[0].0 == pair[1].0 || !pair[0].0.overlaps(pair[1].0), "{pair:?} in {text:?}");
        }
        let date = "2022-02-04".parse().ok();
        let mut explained: Vec<_> = annotator
            .explain(&text, date)
            .into_iter()
            .filter_map(|decision| decision.actor.map(|actor| (decision.span, actor)))
            .collect();
        explained.sort();
        explained.dedup();
        named.dedup();
        prop_assert_eq!(explained, named);
    }
}
