//! Documents that a program made rather than the parser: whatever their fields hold, nothing panics, and what can be
//! searched is.

use std::sync::Arc;

use demarche::{
    ActorTag, Annotator, Band, Dimension, Document, FacetSelection, Highlighter, Index, Interval, Language, Link,
    Mention, MentionKind, Paragraph, Query, Request, Result, Section, Span, Spans, TopicCue, TopicTag,
};

const TEXT: &str = "Élan: China met Россия. Gas 北京 flows.";

/// Spans beside the text, inside characters, turned round.
fn spans() -> Spans {
    [(0, 1), (1, 2), (0, 0), (9, 3), (0, 9_999), (9_999, 10_000), (usize::MAX, usize::MAX), (2, 5), (0, TEXT.len())]
        .map(|(start, end)| Span { start, end })
        .into_iter()
        .collect()
}

fn tags(id: &str, path: &str, spans: &[Span], confidence: f32) -> Vec<ActorTag> {
    let mention = |&span: &Span| Mention { span, kind: MentionKind::Name, rule: Arc::from("alias"), confidence };
    let path = path.parse().expect("a path");
    let tag = |mentions: Vec<Mention>| ActorTag { id: Arc::from(id), path, mentions };
    vec![tag(spans.iter().map(mention).collect())]
}

fn documents() -> Vec<Document> {
    let paragraph = |ordinal| Paragraph { ordinal, text: TEXT.to_owned(), ..Paragraph::default() };
    let document = |id: &str, paragraphs| Document { id: id.to_owned(), paragraphs, ..Document::default() };
    let cue = |span| TopicCue { cue: Arc::from("gas"), span: Some(span), weight: f32::NAN };
    let topic = TopicTag {
        path: "/topic/energy".parse().expect("a path"),
        score: f32::NAN,
        band: Band::Strong,
        cues: spans().iter().copied().map(cue).collect(),
    };
    let section = |parent| Section {
        heading: "Gas".to_owned(),
        level: 255,
        parent,
        source: spans(),
        actors: tags("odd id\0\n", "/state/CHN", &spans(), 1.0),
    };
    let mut odd = document("spans", vec![paragraph(1), paragraph(2)]);
    odd.paragraphs[0].actors = tags("CHN", "/state/CHN", &spans(), 1.0);
    odd.paragraphs[0].source = spans();
    odd.paragraphs[0].links = spans().iter().copied().map(|span| Link { span, target: String::new() }).collect();
    odd.paragraphs[1].topics = vec![topic];
    odd.paragraphs[1].actors = tags("odd id\0\n", "/state/CHN/GOV", &[], f32::NAN);
    odd.title = Some(" ".to_owned());
    odd.title_actors = tags("", "/state/CHN", &spans(), f32::INFINITY);
    odd.title_source = spans();
    let mut nested = document("sections", vec![paragraph(1), paragraph(2), paragraph(3)]);
    nested.sections = vec![section(Some(1)), section(Some(0)), section(Some(u32::MAX)), section(Some(3))];
    for (paragraph, section) in nested.paragraphs.iter_mut().zip([0, 3, u32::MAX]) {
        paragraph.section = Some(section);
    }
    let mut blank = document("blank", vec![paragraph(1)]);
    blank.paragraphs[0].text = " ".to_owned();
    let counts_from_0 = document("counts from 0", vec![paragraph(0)]);
    let counts_twice = document("counts twice", vec![paragraph(1), paragraph(1)]);
    vec![odd, nested, blank, counts_from_0, counts_twice, document("nothing", Vec::new())]
}

#[test]
fn any_fields_are_indexed_and_searched_or_refused() -> Result<()> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let mut kept = Vec::new();
    for document in documents() {
        match writer.add(&document) {
            Ok(()) => kept.push(document),
            Err(refused) => assert!(refused.is_input(), "{refused}"),
        }
    }
    writer.commit()?;
    let ids: Vec<&str> = kept.iter().map(|document| document.id.as_str()).collect();
    assert_eq!(ids, ["spans", "sections"]);
    let searcher = index.searcher()?;
    for query in [
        "gas",
        "NEAR/s(actor:china gas)",
        "NEAR/5(actor:china met)",
        "actor:china",
        "china",
        "like:spans",
        "heading:gas",
        "*",
    ] {
        let results = searcher.search(Request::new(query).explain(true).timeline(Interval::Day))?;
        assert!(results.total.paragraphs > 0, "{query}");
        for hit in &results.hits {
            assert!(!hit.highlight().to_html(&hit.text).is_empty());
        }
    }
    let all = FacetSelection::all();
    let set = searcher.matches("*")?;
    for one in Dimension::ALL {
        set.cooccurrence_with_sentences((one, &all), (Dimension::Topic, &all))?;
        set.cooccurrence_with_sentences((Dimension::Actor, &all), (one, &all))?;
    }
    let mut highlighter = Highlighter::new(&Query::new("actor:china gas"), Language::ENGLISH).mark_actors(true);
    for document in &kept {
        assert_eq!(
            searcher.document(&document.id)?.map(|found| found.paragraphs.len()),
            Some(document.paragraphs.len())
        );
        for paragraph in &document.paragraphs {
            assert!(!highlighter.highlight(paragraph).to_ansi(&paragraph.text).is_empty());
            assert!(document.heading_path(paragraph).len() <= document.sections.len());
        }
        Annotator::new().annotate(document.clone());
    }
    writer.reannotate()?;
    assert!(!index.searcher()?.search("actor:china")?.hits.is_empty());
    Ok(())
}

#[test]
fn a_span_that_is_turned_round_is_empty() {
    let turned = Span { start: 9, end: 3 };
    assert!(turned.is_empty());
    assert_eq!((turned.len(), turned.overlaps(Span::new(0, 20))), (0, false));
}
