//! Throughput of parsing, one thread, in bytes of source a second.
//!
//! What: `Parser` from text to `Document` (page repair, structure, ledger, language), nothing annotated or
//! indexed. Plain text in the three layouts that the parser tells apart, Markdown and HTML.
//!
//! Corpus: 8 MB a case, in texts of about 100 kB, from a fixed seed: paragraphs of 30 to 150 words from a
//! vocabulary of 20,000 words under Zipf's law, ASCII, sentences of about 15 words, a heading every tenth paragraph.
//! The most frequent words are those of English, so that the language is plain to see, as it is of most texts; of
//! others, trigrams tell it, 130 µs a document.
//! `wrapped` is wrapped at 72 columns with a page number and a running head every fifty lines. With
//! `BENCH_CORPUS=FILE` the texts of those JSON Lines are parsed as well.
//! Caveat: generated words are shorter and more regular than English ones.
//!
//! On Linux the memory at the peak of parsing one text is printed as well, as a multiple of the text: of the wrapped
//! case as one text, of a million headings of 16 bytes, and of a million paragraphs of 16 bytes.

#[path = "corpus/random.rs"]
mod random;

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::process::Command;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use demarche::{Document, Parser};

use random::{Random, word};

/// Bytes of a case.
const SIZE: usize = 8 << 20;
/// Bytes of a text.
const TEXT: usize = 100_000;
/// The words of the first ranks.
const FREQUENT: [&str; 12] = ["the", "of", "and", "to", "in", "a", "that", "for", "is", "on", "with", "by"];

fn paragraph(random: &mut Random) -> String {
    let mut text = String::new();
    for place in 0..30 + random.below(121) {
        let rank = random.zipf(20_000);
        let mut next = FREQUENT.get(rank).map_or_else(|| word(rank), |&word| word.to_owned());
        if text.is_empty() || text.ends_with('.') {
            next[..1].make_ascii_uppercase();
        }
        if place > 0 {
            text.push(' ');
        }
        text += &next;
        if random.below(15) == 0 {
            text.push('.');
        }
    }
    text + "."
}

/// The texts of a case; `write` puts a paragraph, or a heading, behind the text so far.
fn texts(mut write: impl FnMut(&mut String, &str, bool)) -> Vec<String> {
    let mut random = Random::new(11);
    let mut texts: Vec<String> = Vec::new();
    while texts.iter().map(String::len).sum::<usize>() < SIZE {
        let mut text = String::new();
        let mut place = 0;
        while text.len() < TEXT {
            if place % 10 == 0 {
                let heading = format!("The {} of {}", word(random.below(900)), word(random.below(900)));
                write(&mut text, &heading, true);
            }
            write(&mut text, &paragraph(&mut random), false);
            place += 1;
        }
        texts.push(text);
    }
    texts
}

fn wrap(text: &mut String, paragraph: &str) {
    let mut column = 0;
    for word in paragraph.split(' ') {
        if column > 0 && column + 1 + word.len() > 72 {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        *text += word;
        column += word.len();
    }
    *text += "\n";
}

fn benches(criterion: &mut Criterion) {
    let lines = texts(|text, paragraph, _| *text += &format!("{paragraph}\n\n"));
    let blank = texts(|text, paragraph, _| {
        wrap(text, paragraph);
        text.push('\n');
    });
    let mut page = 0;
    let wrapped = texts(|text, paragraph, heading| {
        wrap(text, paragraph);
        if heading {
            page += 1;
            *text += &format!("\n\u{c}Annual Report {page}\n\n- {page} -\n\n");
        }
    });
    let markdown = texts(|text, paragraph, heading| {
        *text += &format!("{}{paragraph}\n\n", if heading { "## " } else { "" });
    });
    let html = texts(|text, paragraph, heading| {
        let tag = if heading { "h2" } else { "p" };
        *text += &format!("<{tag}>{paragraph}</{tag}>\n");
    });
    type Parse = fn(&Parser, &str) -> demarche::Result<Document>;
    let plain: Parse = |parser, text| parser.parse("text", text);
    let mut cases: Vec<(&str, Vec<String>, Parse)> = vec![
        ("lines", lines, plain),
        ("blank", blank, plain),
        ("wrapped", wrapped, plain),
        ("markdown", markdown, |parser, text| parser.markdown("text", text)),
    ];
    #[cfg(feature = "html")]
    cases.push(("html", html, |parser, text| parser.html("text", text)));
    #[cfg(not(feature = "html"))]
    drop(html);
    if let Some(path) = std::env::var_os("BENCH_CORPUS") {
        let corpus = BufReader::new(File::open(path).expect("BENCH_CORPUS names a file"));
        let text = |line: std::io::Result<String>| -> String {
            let line: serde_json::Value = serde_json::from_str(&line.expect("a line")).expect("a JSON object");
            line["text"].as_str().expect("a text").to_owned()
        };
        cases.push(("corpus", corpus.lines().take(2_000).map(text).collect(), plain));
    }
    let parser = Parser::new();
    for (name, texts, parse) in &cases {
        // What is timed must be right: no word is lost between text and paragraphs.
        let document = parse(&parser, &texts[0]).expect("a text");
        assert!(document.paragraphs.len() > 10, "{name}: {} paragraphs", document.paragraphs.len());
        let kept: usize =
            document.paragraphs.iter().flat_map(|paragraph| &paragraph.source).map(|span| span.len()).sum();
        assert!(10 * kept >= 8 * texts[0].len(), "{name}: {kept} of {} bytes", texts[0].len());
        let mut group = criterion.benchmark_group("parse");
        group.throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
        group.sample_size(10);
        group.bench_function(*name, |bencher| {
            bencher.iter(|| {
                texts
                    .iter()
                    .map(|text| parse(&parser, black_box(text)).map_or(0, |d| d.paragraphs.len()))
                    .sum::<usize>()
            });
        });
        group.finish();
    }
}

/// The most memory that parsing a text takes beyond what there was, in bytes; `None` where the system does not tell.
fn peak(parser: &Parser, text: &str) -> Option<usize> {
    let status = |field: &str| {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(field))?;
        line.trim_start_matches(':')
            .trim()
            .trim_end_matches(" kB")
            .parse::<usize>()
            .ok()
            .map(|kilobytes| kilobytes << 10)
    };
    // The peak starts again at what is there now.
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    let before = status("VmRSS")?;
    let document = parser.parse("text", black_box(text)).expect("a text");
    let peak = status("VmHWM")?.saturating_sub(before);
    assert!(!document.paragraphs.is_empty());
    Some(peak)
}

/// The text of a case of memory.
fn memory_text(case: &str, size: usize) -> String {
    // Short lines in no other letters than a list has are a list, not headings.
    let word = match case {
        "headings" => "HEADING",
        "paragraphs" => "Station",
        _ => {
            let mut random = Random::new(12);
            let mut wrapped = String::new();
            while wrapped.len() < size {
                wrap(&mut wrapped, &paragraph(&mut random));
                wrapped.push('\n');
            }
            return wrapped;
        }
    };
    (0..size / 16).map(|number| format!("{word} {number:06}\n\n")).collect::<String>() + "The end."
}

fn memory(_: &mut Criterion) {
    const CASE: &str = "BENCH_MEMORY_CASE";
    let size = if std::env::args().any(|argument| argument == "--test") { 1 << 20 } else { 16 << 20 };
    let Ok(case) = std::env::var(CASE) else {
        // Each in a process of its own: memory that one has left behind would not be counted for the next.
        for case in ["wrapped", "headings", "paragraphs"] {
            let mut child = Command::new(std::env::current_exe().expect("the path of this program"));
            let status = child.args(std::env::args().skip(1)).env(CASE, case).status().expect("a child");
            assert!(status.success(), "{case}: {status}");
        }
        return;
    };
    let (text, parser) = (memory_text(&case, size), Parser::new());
    if let Some(peak) = peak(&parser, &text) {
        println!("parse/memory/{case}: {:.1} bytes a byte of {}", peak as f64 / text.len() as f64, text.len());
    }
    let document = parser.parse("text", &text).expect("a text");
    let counts = (document.sections.len(), document.paragraphs.len());
    match case.as_str() {
        // A heading over nothing is none.
        "headings" => assert_eq!(counts, (size / 16 - 1, 1)),
        "paragraphs" => assert_eq!(counts, (0, size / 16)),
        _ => assert!(counts.1 > 10),
    }
    std::process::exit(0);
}

criterion_group!(parse, memory, benches);
criterion_main!(parse);
