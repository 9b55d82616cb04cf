//! What holds of every parsed text: its ranges, its ledger, and that nothing is lost between the two.

use std::fs::File;
use std::io::{BufRead, BufReader};

use demarche::{Document, Format, Parser, RepairKind, Span};
use proptest::prelude::*;

/// Kinds whose entries name what was dropped.
const DROPS: [RepairKind; 9] = [
    RepairKind::RunningHead,
    RepairKind::RunningFoot,
    RepairKind::PageNumber,
    RepairKind::Dehyphenated,
    RepairKind::SoftHyphen,
    RepairKind::ZeroWidth,
    RepairKind::Markup,
    RepairKind::Metadata,
    RepairKind::Navigation,
];

/// Every kind that an option switches off.
const OPTIONS: [RepairKind; 12] = [
    RepairKind::RunningHead,
    RepairKind::RunningFoot,
    RepairKind::PageNumber,
    RepairKind::Joined,
    RepairKind::Dehyphenated,
    RepairKind::Unwrapped,
    RepairKind::Ligature,
    RepairKind::SoftHyphen,
    RepairKind::ZeroWidth,
    RepairKind::Spacing,
    RepairKind::Markup,
    RepairKind::Navigation,
];

fn parse(parser: &Parser, format: Format, source: &str) -> Option<Document> {
    let name = format!("text.{}", format.extensions()[0]);
    parser.read(&name, source.as_bytes()).next()?.ok()
}

/// The ranges of title, headings and paragraphs.
fn kept(document: &Document) -> Vec<&[Span]> {
    let mut kept = vec![&document.title_source[..]];
    kept.extend(document.sections.iter().map(|section| &section.source[..]));
    kept.extend(document.paragraphs.iter().map(|paragraph| &paragraph.source[..]));
    kept
}

fn is_seen(c: char) -> bool {
    let unseen = ['\u{ad}', '\u{200b}', '\u{feff}', '\u{2060}', '\u{180e}', '\u{200e}', '\u{200f}'];
    !c.is_whitespace() && !unseen.contains(&c)
}

/// A text as its visible characters, ligatures written out.
fn visible(text: &str) -> String {
    let ligatures = [("ﬀ", "ff"), ("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬃ", "ffi"), ("ﬄ", "ffl"), ("ﬅ", "st"), ("ﬆ", "st")];
    let mut seen: String = text.chars().filter(|c| is_seen(*c)).collect();
    for (from, to) in ligatures {
        seen = seen.replace(from, to);
    }
    seen
}

/// Checks everything that must hold of a document and its source in any format.
fn check(source: &str, document: &Document) -> Result<(), TestCaseError> {
    let mut all: Vec<Span> = Vec::new();
    for spans in kept(document) {
        for span in spans {
            prop_assert!(span.start < span.end && source.get(span.range()).is_some(), "{span:?} of {source:?}");
        }
        prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{spans:?}");
        all.extend(spans);
    }
    all.sort_unstable();
    prop_assert!(all.windows(2).all(|pair| pair[0].end <= pair[1].start), "overlap in {all:?}");
    for (place, paragraph) in document.paragraphs.iter().enumerate() {
        prop_assert_eq!(paragraph.ordinal as usize, place + 1);
        prop_assert!(!paragraph.text.trim().is_empty() && !paragraph.source.is_empty());
        for link in &paragraph.links {
            prop_assert!(paragraph.text.get(link.span.range()).is_some_and(|words| !words.trim().is_empty()));
        }
    }
    for section in &document.sections {
        prop_assert!(section.parent.is_none_or(|parent| document.sections[parent as usize].level < section.level));
    }
    for repair in &document.repairs {
        prop_assert!(source.get(repair.span.range()).is_some(), "{repair:?}");
        if DROPS.contains(&repair.kind) {
            prop_assert_eq!(&source[repair.span.range()], &repair.text);
        }
    }
    let starts = |pair: &[demarche::Repair]| pair[0].span.start <= pair[1].span.start;
    prop_assert!(document.repairs.windows(2).all(starts));
    Ok(())
}

/// Checks that text and ranges say the same, and that text and ledger hold every visible character once.
fn check_whole(source: &str, document: &Document) -> Result<(), TestCaseError> {
    let texts = document.title.iter().filter(|_| !document.title_source.is_empty());
    let texts = texts.chain(document.sections.iter().map(|section| &section.heading));
    let texts = texts.chain(document.paragraphs.iter().map(|paragraph| &paragraph.text));
    for (text, spans) in texts.zip(kept(document).into_iter().filter(|spans| !spans.is_empty())) {
        let rebuilt: String = spans.iter().map(|span| &source[span.range()]).collect();
        prop_assert_eq!(visible(text), visible(&rebuilt), "of {:?}", source);
    }
    let mut times = vec![0u8; source.len()];
    for span in kept(document).into_iter().flatten() {
        times[span.range()].iter_mut().for_each(|count| *count += 1);
    }
    for repair in document.repairs.iter().filter(|repair| DROPS.contains(&repair.kind)) {
        times[repair.span.range()].iter_mut().for_each(|count| *count += 1);
    }
    for (at, c) in source.char_indices().filter(|(_, c)| is_seen(*c)) {
        prop_assert_eq!(times[at], 1, "{:?} at {} of {:?}: {:?}", c, at, source, document.repairs);
    }
    Ok(())
}

/// Stretches that texts from extractors are made of, and some that are nothing.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[a-zà-ü]{1,9}",
        3 => "[A-Z][a-z]{2,8}",
        2 => "[A-Z]{3,9}",
        1 => "\\PC{0,5}",
        1 => "[0-9]{1,4}",
        6 => Just(" ".to_owned()),
        3 => proptest::sample::select(vec![". ", ", ", "; ", ": ", "? ", "-", "—", " – ", "--", "”", "“", "’", "(", ")"])
            .prop_map(str::to_owned),
        3 => proptest::sample::select(vec!["\n", "\n\n", "\r\n", "\u{c}", "-\n", "\n  ", "\n\n\n\n", "\n    ", "\t", "   "])
            .prop_map(str::to_owned),
        2 => proptest::sample::select(vec![
            "\n\n[[Page S12]]\n\n", "\nPage 3 of 9\n", "\n– 7 –\n", "\n* * *\n", "\n______\n", "\n- ", "\n• ", "\n(a) ",
            "\n1. ", "\n[1] ", "\n> ", "\n# ", "\n## ", "\nA HEAD IN CAPITALS\n", "\nWhy is this so?\n\n", "By Ada Berg\n",
            "4 February 2022\n", "[a](b)", "[", "](", "\u{ad}", "\u{200b}", "\u{a0}", "ﬁ", "ﬃ", "\n\nMr. SMITH. ", "|", "`",
            "\n```\n", "\n---\n", "*", "_", "<b>", "</", "<!--", "&amp;", "&", "\\", "[^1]", "\n[^1]: ", "\n| a | b |\n|---|---|\n",
        ]).prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Well-formed pages: whole elements of every kind with words in them.
fn page() -> impl Strategy<Value = String> {
    let words = proptest::collection::vec("[a-zA-Zà-ü]{1,9}[.,?]?", 1..12).prop_map(|words| words.join(" "));
    let element = (
        proptest::sample::select(vec![
            ("<p>", "</p>"),
            ("<p>", ""),
            ("<h1>", "</h1>"),
            ("<h2>", "</h2>"),
            ("<h3 class='x'>", "</h3>"),
            ("<div>", "</div>"),
            ("<ul><li>", "</ul>"),
            ("<li>", ""),
            ("<blockquote>", "</blockquote>"),
            ("<table><tr><td>a<td>", "</table>"),
            ("<nav>", "</nav>"),
            ("<aside>", "</aside>"),
            ("<footer>", "</footer>"),
            ("<pre>", "</pre>"),
            ("", "<br><br>"),
            ("<a href='/x'>", "</a>"),
            ("<b>", "</b>"),
            ("<sup><a href='#fn1'>", "</a></sup>"),
            ("<p id=fn1>", "</p>"),
            ("<article>", "</article>"),
            ("<header>", "</header>"),
            ("<table><caption>", "</caption></table>"),
        ]),
        words,
    );
    proptest::collection::vec(element, 1..12).prop_map(|elements| {
        elements.into_iter().map(|((open, close), words)| format!("{open}{words}{close}\n")).collect()
    })
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(192);
    ProptestConfig { cases, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn plain_text_is_whole(source in text()) {
        if let Some(document) = parse(&Parser::new(), Format::Text, &source) {
            check(&source, &document)?;
            check_whole(&source, &document)?;
        }
    }

    #[test]
    fn markdown_is_whole(source in text()) {
        if let Some(document) = parse(&Parser::new(), Format::Markdown, &source) {
            check(&source, &document)?;
        }
        // Character references are written otherwise in the text, which the comparison does not undo.
        let source = source.replace(['&', '\\'], "+");
        if let Some(document) = parse(&Parser::new(), Format::Markdown, &source) {
            check_whole(&source, &document)?;
        }
    }

    #[test]
    #[cfg(feature = "html")]
    fn any_text_is_read_as_html(source in text()) {
        if let Some(document) = parse(&Parser::new(), Format::Html, &source) {
            check(&source, &document)?;
        }
    }

    #[test]
    #[cfg(feature = "html")]
    fn every_word_of_a_page_is_in_the_text_or_in_the_ledger(source in page()) {
        if let Some(document) = parse(&Parser::new(), Format::Html, &source) {
            check(&source, &document)?;
            let mut rest: Vec<char> = Vec::new();
            let mut inside = false;
            for c in source.chars() {
                match c {
                    '<' => inside = true,
                    '>' => inside = false,
                    c if !inside && is_seen(c) => rest.push(c),
                    _ => {}
                }
            }
            let mut spans: Vec<Span> = kept(&document).into_iter().flatten().copied().collect();
            spans.extend(document.repairs.iter().filter(|repair| DROPS.contains(&repair.kind)).map(|repair| repair.span));
            spans.sort_unstable();
            let mut seen: Vec<char> = Vec::new();
            for span in spans {
                let mut inside = false;
                for c in source[span.range()].chars() {
                    match c {
                        '<' => inside = true,
                        '>' => inside = false,
                        c if !inside && is_seen(c) => seen.push(c),
                        _ => {}
                    }
                }
            }
            prop_assert_eq!(seen.iter().collect::<String>(), rest.iter().collect::<String>(), "{:?}", source);
        }
    }

    #[test]
    fn what_is_switched_off_is_not_done(source in text(), off in 0u16..4096) {
        let off: Vec<RepairKind> = (0..12).filter(|bit| off >> bit & 1 == 1).map(|bit| OPTIONS[bit]).collect();
        let parser = off.iter().fold(Parser::builder(), |builder, &kind| builder.repair(kind, false)).build();
        for format in [Format::Text, Format::Markdown, Format::Html] {
            // With the marks in it the text of Markdown is that of the source, references and all.
            let as_written = format == Format::Markdown && off.contains(&RepairKind::Markup);
            let source = if as_written || format == Format::Html { source.clone() } else { source.replace(['&', '\\'], "+") };
            let Some(document) = parse(&parser, format, &source) else { continue };
            check(&source, &document)?;
            if format != Format::Html {
                check_whole(&source, &document)?;
            }
            for repair in &document.repairs {
                prop_assert!(!off.contains(&repair.kind), "{:?} is off", repair);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for name in ["a", "a.txt", "a.md", "a.html", "a.jsonl"] {
            for document in Parser::new().read(name, &bytes).flatten() {
                for span in kept(&document).into_iter().flatten() {
                    prop_assert!(span.start <= span.end && span.end <= bytes.len());
                }
            }
        }
    }
}

#[test]
fn the_seed_and_a_corpus_are_whole() {
    let seed = include_str!("../../seeds/000_468284d11647a011.txt");
    check_all("seed", seed);
    // A corpus of JSON Lines named by the variable is held to the same.
    let Some(path) = std::env::var_os("BENCH_CORPUS") else { return };
    let corpus = BufReader::new(File::open(path).expect("BENCH_CORPUS names a file"));
    for line in corpus.lines() {
        let line: serde_json::Value = serde_json::from_str(&line.expect("a line")).expect("a JSON object");
        check_all(&line["id"].to_string(), line["text"].as_str().expect("a text"));
    }
}

fn check_all(id: &str, source: &str) {
    for format in [Format::Text, Format::Markdown] {
        let Some(document) = parse(&Parser::new(), format, source) else { panic!("{id} is refused") };
        check(source, &document).unwrap_or_else(|error| panic!("{id} as {format:?}: {error}"));
        if format == Format::Text || !source.contains(['&', '\\']) {
            check_whole(source, &document).unwrap_or_else(|error| panic!("{id} as {format:?}: {error}"));
        }
    }
}

#[test]
fn a_kind_of_repair_has_one_name() {
    for kind in DROPS.into_iter().chain(OPTIONS) {
        assert_eq!(serde_json::to_value(kind).expect("a name"), kind.as_str());
    }
}
