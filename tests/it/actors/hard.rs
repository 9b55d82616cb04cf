//! The hard cases of `tests/data/actors/`: texts with the mentions they hold and no others.

use std::fmt::Write as _;

use demarche::{Annotator, Document, Paragraph};

/// A text with what is expected of it.
struct Case<'a> {
    line: usize,
    date: Option<&'a str>,
    paragraphs: Vec<&'a str>,
    expected: &'a str,
}

/// Reads `== category`, texts, and `= expectation`; the form is told at the top of `phrases.txt`.
fn cases(file: &str) -> Vec<Case<'_>> {
    let mut cases = Vec::new();
    let mut date = None;
    let mut paragraphs = Vec::new();
    for (index, line) in file.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') || line.starts_with("== ") {
            assert!(paragraphs.is_empty(), "line {index}: a text without an expectation");
        } else if let Some(expected) = line.strip_prefix("= ") {
            assert!(!paragraphs.is_empty(), "line {}: an expectation without a text", index + 1);
            let paragraphs = std::mem::take(&mut paragraphs);
            cases.push(Case { line: index + 1, date: date.take(), paragraphs, expected });
        } else if let Some(dated) = line.strip_prefix('@') {
            let (day, text) = dated.split_once(' ').expect("a text behind the date");
            date = Some(day);
            paragraphs.push(text);
        } else {
            paragraphs.push(line);
        }
    }
    cases
}

/// The mentions of a text, as a case writes them.
fn mentions(annotator: &Annotator, case: &Case<'_>) -> String {
    let document = Document {
        id: "case".to_owned(),
        date: case.date.map(|date| date.parse().expect("a date")),
        paragraphs: case
            .paragraphs
            .iter()
            .map(|&text| Paragraph { text: text.to_owned(), ..Paragraph::default() })
            .collect(),
        ..Document::default()
    };
    let mut found = Vec::new();
    for (at, paragraph) in annotator.annotate(document).paragraphs.iter().enumerate() {
        for actor in &paragraph.actors {
            for mention in &actor.mentions {
                let surface = &paragraph.text[mention.span.range()];
                found.push((at, mention.span, format!("{} {} {surface}", actor.id, mention.kind.as_str())));
            }
        }
    }
    // Who is named by the same words at once stands in the order of the tags.
    found.sort_by_key(|(at, span, _)| (*at, *span));
    if found.is_empty() {
        return "-".to_owned();
    }
    found.into_iter().map(|(.., mention)| mention).collect::<Vec<_>>().join(" | ")
}

fn check(name: &str, file: &str) -> (usize, String) {
    let annotator = Annotator::new();
    let cases = cases(file);
    let mut failed = String::new();
    for case in &cases {
        let found = mentions(&annotator, case);
        if found != case.expected {
            let text = case.paragraphs.join(" ¶ ");
            let _ = writeln!(failed, "{name}:{}: {text}\n  expected {}\n  found    {found}", case.line, case.expected);
        }
    }
    (cases.len(), failed)
}

#[test]
fn every_hard_case_is_read_as_it_should_be() {
    let mut count = 0;
    let mut failed = String::new();
    for (name, file) in [
        ("phrases", include_str!("../../data/actors/phrases.txt")),
        ("names", include_str!("../../data/actors/names.txt")),
        ("homographs", include_str!("../../data/actors/homographs.txt")),
        ("persons", include_str!("../../data/actors/persons.txt")),
        ("seats", include_str!("../../data/actors/seats.txt")),
        ("organisations", include_str!("../../data/actors/organisations.txt")),
        ("compounds", include_str!("../../data/actors/compounds.txt")),
        ("blind", include_str!("../../data/actors/blind.txt")),
        ("field", include_str!("../../data/actors/field.txt")),
        ("rounds", include_str!("../../data/actors/rounds.txt")),
    ] {
        let (cases, failures) = check(name, file);
        count += cases;
        failed += &failures;
    }
    assert!(failed.is_empty(), "{} of {count} cases:\n{failed}", failed.matches("  found ").count());
    assert!(count >= 1950, "{count}");
}
