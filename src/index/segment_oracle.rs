//! Segments held against what is in their documents, word by word.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, SegmentReader, TERMINATED, postings::Postings as _};

use super::paragraph::used_sections;
use super::schema::HEADING_GAP;
use super::segment_builder::SegmentBuilder;
use crate::Index;
use crate::document::{Document, Language, Paragraph, Section, Span};
use crate::text::{Analyzer, TermKind};

/// By term, the paragraphs that hold it and where.
type Expected = BTreeMap<String, BTreeMap<u32, Vec<u32>>>;

fn document(id: u8, title: &str, headings: &[String], texts: &[String]) -> Document {
    let section = |(index, heading): (usize, &String)| Section {
        heading: heading.clone(),
        level: 1,
        // Each lies in the one before, so that paths grow.
        parent: index.checked_sub(1).map(|parent| parent as u32),
        source: Vec::new().into(),
        actors: Vec::new(),
    };
    let paragraph = |(index, text): (usize, &String)| Paragraph {
        ordinal: index as u32 + 1,
        section: index.checked_sub(1).filter(|&section| section < headings.len()).map(|section| section as u32),
        text: text.clone(),
        source: vec![Span::new(0, text.len())].into(),
        ..Paragraph::default()
    };
    Document {
        id: format!("d{id}"),
        title: (!title.is_empty()).then(|| title.to_owned()),
        language: Language::new(if id < 2 { "en" } else { "ru" }),
        sections: headings.iter().enumerate().map(section).collect(),
        paragraphs: texts.iter().enumerate().map(paragraph).collect(),
        ..Document::default()
    }
}

/// The stems or the written words of `text` and of `exact`, word by word.
fn add_text(into: &mut Expected, document: &Document, doc: u32, text: &str, base: u32, is_exact: bool) -> u32 {
    let mut end = base;
    Analyzer::new(document.language.unwrap_or(Language::ENGLISH)).analyze(text, |term| {
        let at = base + term.position;
        end = at + 1;
        if !is_exact || term.kind == TermKind::Word && !term.is_plain {
            let word = if is_exact { term.exact } else { term.text };
            into.entry(word.to_owned()).or_default().entry(doc).or_default().push(at);
        }
    });
    end
}

fn expected(documents: &[Document], is_exact: bool) -> Expected {
    let (mut all, mut doc) = (Expected::new(), 0);
    for document in documents {
        for (index, paragraph) in document.paragraphs.iter().enumerate() {
            let end = add_text(&mut all, document, doc, &paragraph.text, 0, is_exact);
            let title = document.title.as_deref().filter(|_| index == 0);
            let mut base = end + HEADING_GAP;
            for heading in title.into_iter().chain(document.heading_path(paragraph)) {
                base = add_text(&mut all, document, doc, heading, base, is_exact) + HEADING_GAP;
            }
            doc += 1;
        }
    }
    all
}

/// By term, how often the document that begins with a paragraph holds it.
fn expected_whole(documents: &[Document]) -> Expected {
    let (mut all, mut doc) = (Expected::new(), 0);
    for document in documents {
        let mut one = Expected::new();
        let used = used_sections(document);
        let headings =
            document.sections.iter().zip(used).filter(|(_, used)| *used).map(|(section, _)| &section.heading);
        let texts = document.paragraphs.iter().map(|paragraph| &paragraph.text);
        for text in document.title.iter().chain(headings).chain(texts) {
            add_text(&mut one, document, doc, text, 0, false);
        }
        for (term, held) in one {
            all.entry(term).or_default().extend(held.into_iter().map(|(doc, at)| (doc, vec![0; at.len()])));
        }
        doc += document.paragraphs.len() as u32;
    }
    all
}

fn found(reader: &SegmentReader, field: Field, has_positions: bool) -> Expected {
    let record = if has_positions { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::WithFreqs };
    let inverted = reader.inverted_index(field).expect("a field");
    let mut terms = inverted.terms().stream().expect("terms");
    let mut all = Expected::new();
    while terms.advance() {
        let mut postings = inverted.read_postings_from_terminfo(terms.value(), record).expect("postings");
        let held = all.entry(String::from_utf8(terms.key().to_vec()).expect("UTF-8")).or_default();
        assert_eq!(terms.value().doc_freq, postings.size_hint());
        while postings.doc() != TERMINATED {
            let mut positions = vec![0; postings.term_freq() as usize];
            if has_positions {
                postings.positions(&mut positions);
            }
            held.insert(postings.doc(), positions);
            postings.advance();
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_segment_holds_every_word_where_it_stands(
        given in proptest::collection::vec(
            (
                0u8..4,
                "(|[a-c]{1,2}( sanctions|, the){0,2})",
                proptest::collection::vec("[a-c]{1,2}( word){0,2}", 0..3),
                proptest::collection::vec("(The |b |sanctions |sanctioned |N.A.T.O. |Ёлки |中国人 |internationalisations |[a-z]{1,3} ){1,200}", 1..4),
            ),
            1..6,
        ),
    ) {
        let documents: Vec<Document> =
            given.iter().map(|(id, title, headings, texts)| document(*id, title, headings, texts)).collect();
        let index = Index::in_memory().expect("an index");
        // Not by a writer, which may merge a segment that has deletions before it is looked at.
        let mut builder = SegmentBuilder::new(index.inner.fields);
        documents.iter().for_each(|document| builder.add(&index.inner.tantivy, document).expect("a document"));
        let built = builder.finish().expect("a segment");
        let segment = index.inner.tantivy.segment(built.segment.expect("a segment"));
        let reader = &SegmentReader::open(&segment).expect("a reader");
        let fields = index.inner.fields;
        prop_assert_eq!(found(reader, fields.text, true), expected(&documents, false));
        prop_assert_eq!(found(reader, fields.exact, true), expected(&documents, true));
        prop_assert_eq!(found(reader, fields.whole, false), expected_whole(&documents));
        // The last of each id is alive.
        let alive: Vec<u32> = reader.doc_ids_alive().collect();
        let (mut last, mut doc) = (Vec::new(), 0);
        for (at, document) in documents.iter().enumerate() {
            let paragraphs = doc..doc + document.paragraphs.len() as u32;
            doc = paragraphs.end;
            if documents[at + 1..].iter().all(|later| later.id != document.id) {
                last.extend(paragraphs);
            }
        }
        prop_assert_eq!(alive, last);
    }
}

#[test]
fn what_is_replaced_or_deleted_goes_from_all_segments_before_and_none_after() -> crate::Result<()> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let document = |id: u8, text: &str| document(id, "", &[], &[text.to_owned()]);
    for round in 0..6 {
        for id in 0..3 {
            writer.add(&document(id, &format!("word{round} by{id}")))?;
            if round == 2 {
                writer.delete("d1")?;
            }
            if round % 2 == 0 {
                writer.end_segment().expect("a segment");
            }
        }
        writer.delete(&format!("d{}", round % 3))?;
        writer.add(&document(3, "always"))?;
        if round % 3 == 2 {
            writer.commit()?;
            let searcher = index.searcher()?;
            let mut ids: Vec<String> = searcher.documents().map(|found| Ok(found?.id)).collect::<crate::Result<_>>()?;
            ids.sort();
            let gone = format!("d{}", round % 3);
            // In round 2 d1 was deleted before d2 was, and not added again.
            let left = ["d0", "d1", "d2", "d3"].into_iter().filter(|id| *id != gone && (round != 2 || *id != "d1"));
            assert_eq!(ids, left.collect::<Vec<_>>());
            assert_eq!(searcher.search(format!("word{round}").as_str())?.total.paragraphs, ids.len() as u64 - 1);
        }
    }
    Ok(())
}
