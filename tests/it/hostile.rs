//! Strings that nobody should type: no panic, no hang, a query and an answer for each.
//!
//! `FUZZ_CASES` is how many random strings are tried (200 by default), `FUZZ_PARAGRAPHS` on how many paragraphs (300),
//! `FUZZ_CUT` by how many powers of two the strings that grow are cut (6; 0 for a megabyte), `FUZZ_SEED` the first case.
//! `FUZZ_LIMIT` is how many milliseconds an answer may take; none by default. One that takes longer is asked for again,
//! up to 40 times, because a busy machine is nobody's fault. On Linux it is the processor's time that counts, in steps of a
//! few milliseconds. The slowest strings are printed.
//!
//! ```text
//! FUZZ_CASES=1000000 FUZZ_CUT=0 cargo test --release --test it hostile::any -- --nocapture
//! FUZZ_CASES=20000 FUZZ_PARAGRAPHS=100000 FUZZ_LIMIT=50 cargo test --release --test it hostile::any -- --nocapture
//! ```

#[path = "../../benches/corpus/mod.rs"]
mod corpus;

use std::time::{Duration, Instant};

use corpus::Random;
use demarche::{Highlighter, Index, Language, Operator, Query, Request, Searcher};

fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn searcher(paragraphs: usize) -> Searcher {
    let index = Index::in_memory().expect("an index in memory");
    let mut writer = index.writer().expect("the first writer");
    for document in corpus::generate(paragraphs) {
        writer.add(&document).expect("a document");
    }
    writer.commit().expect("a commit");
    index.searcher().expect("a searcher")
}

/// The processor's time of this thread, where the system tells it.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_ascii_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// Answers a string, checks what must hold of any answer, and tells how long the search took.
fn answer(searcher: &Searcher, text: &str) -> Duration {
    let (started, before) = (Instant::now(), processor_time());
    let query = Query::new(text);
    let results = searcher.search(Request::new(&query)).expect("an answer");
    let took = match (before, processor_time()) {
        (Some(before), Some(after)) => after - before,
        _ => started.elapsed(),
    };
    for diagnostic in query.diagnostics().iter().chain(&results.diagnostics) {
        assert!(text.get(diagnostic.span().range()).is_some(), "{text:?}: {diagnostic:?}");
    }
    assert!(results.hits.len() as u64 <= results.total.paragraphs);
    for hit in &results.hits {
        assert!(!hit.passage.trim().is_empty(), "{text:?}");
        assert!(hit.highlights.iter().all(|span| hit.text.get(span.range()).is_some_and(|text| !text.is_empty())));
    }
    took
}

/// Strings that grow: each at a length that would hurt, or `1 >> cut` of it.
fn growing(cut: u32) -> Vec<String> {
    let [a, b, c] = [0, 1, 2].map(corpus::word);
    let words: Vec<String> = (0..20_000 >> cut).map(corpus::word).collect();
    let of_each =
        |make: &dyn Fn(&str) -> String| -> String { words.iter().map(|word| make(word)).collect::<Vec<_>>().join(" ") };
    vec![
        "(".repeat(1 << 20 >> cut),
        ")".repeat(1 << 20 >> cut),
        "()".repeat(1 << 19 >> cut),
        words.join(" ").repeat(5),
        words.join(" AND "),
        words.join(" OR "),
        format!("\"{}\"", words.join(" ")),
        format!("\"{}\"~255", [&*a, &b, &c].join(" ").repeat(85)),
        of_each(&|word| format!("+{word}")),
        of_each(&|word| format!("-{word}")),
        of_each(&|word| format!("{}*", &word[..1])),
        of_each(&|word| format!("*{}*", &word[..1])),
        of_each(&|word| format!("{word}~2")),
        of_each(&|word| format!("\"{word} {a}\"~9")),
        of_each(&|word| format!("NEAR/9({word} {a})")),
        of_each(&|word| format!("(+{word} -{a})")),
        of_each(&|word| format!("title:{word}")),
        of_each(&|word| format!("body:{word}")),
        of_each(&|word| format!("actor:{word}")),
        of_each(&|word| format!("(actor:{word} OR {a})")),
        of_each(&|word| format!("topic:{word}")),
        of_each(&|word| format!("doc:{word} OR like:{word}")),
        (0..2_000 >> cut).map(|number| format!("(like:d{number:07} {a})")).collect::<Vec<_>>().join(" OR "),
        (0..2_000 >> cut)
            .map(|number| format!("(actor:/state/S{:03} {a})", number % 240))
            .collect::<Vec<_>>()
            .join(" OR "),
        (0..2_000 >> cut).map(|day| format!("(date:{}..{} OR {a})", 1000 + day, 1001 + day)).collect(),
        format!("NEAR/255({})", words.join(" ")),
        format!("NEAR/255({})", (0..200 >> cut).map(|_| "a* ").collect::<String>()),
        format!("NEAR/s({})", (0..200 >> cut).map(|at| format!("({a} OR {b} OR {}) ", words[at])).collect::<String>()),
        "NEAR/9(".repeat(1 << 17 >> cut),
        format!("{}{a} {b}{}", "NEAR/5(".repeat(31), ")".repeat(31)),
        format!("{}{a}{}", "(-".repeat(31), ")".repeat(31)),
        "a*".to_owned(),
        "*".to_owned(),
        "*a".to_owned(),
        "*a*".to_owned(),
        "?".repeat(1 << 18 >> cut),
        "*?".repeat(1 << 18 >> cut),
        "a*b*c*d*e*f*g*h*".repeat(1 << 12 >> cut),
        "b*a*b*a*b*a*b*a*k".to_owned(),
        "*b*a*d*a*".to_owned(),
        ".*[a-z]+(x+x+)+y".repeat(1 << 12 >> cut),
        "^(([a-z])+.)+[A-Z]([a-z])+$".repeat(1 << 12 >> cut),
        "a".repeat(1 << 20 >> cut),
        format!("{}~2", "a".repeat(1 << 20 >> cut)),
        format!("{}*", "ab".repeat(1 << 19 >> cut)),
        "\u{301}".repeat(1 << 18 >> cut),
        "👨‍👩‍👧".repeat(1 << 14 >> cut),
        "北約".repeat(1 << 17 >> cut),
        "\u{202e}\u{0}\u{feff}".repeat(1 << 16 >> cut),
        "a-".repeat(1 << 19 >> cut),
        "a.b.".repeat(1 << 18 >> cut),
        "\\".repeat(1 << 20 >> cut),
        "\"".repeat(1 << 20 >> cut),
        "^9".repeat(1 << 19 >> cut),
        "~".repeat(1 << 20 >> cut),
        "title:".repeat(1 << 17 >> cut),
        "NOT ".repeat(1 << 18 >> cut),
        "x AND ".repeat(1 << 17 >> cut),
    ]
}

/// A random string of what the language is made of, and of what it is not.
fn random_query(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..1 + random.below(12) {
        let rank = random.zipf(20_000);
        let word = corpus::word(rank);
        let piece = match random.below(30) {
            0..=6 => word,
            7 => format!("\"{word} {}\"", corpus::word(random.zipf(20_000))),
            8 => format!("\"{word} {}\"~{}", corpus::word(random.zipf(50)), random.below(300)),
            9 => format!("{}*", &word[..1 + random.below(word.len())]),
            10 => format!("{word}~{}", random.below(4)),
            11 => format!("*{}", &word[random.below(word.len())..]),
            12 => format!("{}?{}*", &word[..1], &word[1..]),
            13 => format!("NEAR/{}(", random.below(300)),
            14 => "NEAR/s(".to_owned(),
            15 => "ONEAR/3(".to_owned(),
            16 => format!("actor:/state/S{:03}", random.below(260)),
            17 => ["actor:", "topic:", "title:", "heading:", "body:", "doc:", "like:", "date:", "year:", "kind:", "x:"]
                [random.below(11)]
            .to_owned(),
            18 => format!("like:d{:07}#{}", random.below(300), random.below(12)),
            19 => ["AND", "OR", "NOT", "+", "-", "^2", "^", "~", "\\", ".."][random.below(10)].to_owned(),
            20 | 21 => "(".to_owned(),
            22 | 23 => ")".to_owned(),
            24 => "\"".to_owned(),
            25 => char::from_u32(random.below(0x11_0000) as u32).map(String::from).unwrap_or_default(),
            26 => (0..random.below(9)).map(|_| (32 + random.below(95)) as u8 as char).collect(),
            27 => format!("date:{}..{}", random.below(3000), random.below(3000)),
            28 => ["北約東擴", "é\u{301}", "\u{200d}", "U.S.", "China’s", "ﬁ", "\u{0}", "\r\n"][random.below(8)]
                .to_owned(),
            _ => word.repeat(1 + random.below(40)),
        };
        text.push_str(&piece);
        if random.below(4) > 0 {
            text.push(' ');
        }
    }
    text
}

/// The slowest answers of a run.
struct Slowest {
    limit: Option<Duration>,
    slowest: Vec<(Duration, String)>,
    over: usize,
    cases: u32,
    total: Duration,
}

impl Slowest {
    fn new() -> Slowest {
        let limit = std::env::var("FUZZ_LIMIT").ok().and_then(|text| text.parse().ok()).map(Duration::from_millis);
        Slowest { limit, slowest: Vec::new(), over: 0, cases: 0, total: Duration::ZERO }
    }

    fn answer(&mut self, searcher: &Searcher, text: &str) {
        let mut took = answer(searcher, text);
        self.cases += 1;
        self.total += took;
        if let Some(limit) = self.limit {
            for _ in 0..40 {
                if took <= limit {
                    break;
                }
                took = took.min(answer(searcher, text));
            }
            if took > limit {
                self.over += 1;
                println!("over the limit: {took:.1?} {:?}", text.chars().take(200).collect::<String>());
            }
        }
        if self.slowest.len() < 20 || self.slowest.last().is_some_and(|(least, _)| took > *least) {
            self.slowest.push((took, text.chars().take(120).collect()));
            self.slowest.sort_by_key(|(took, _)| std::cmp::Reverse(*took));
            self.slowest.truncate(20);
        }
    }

    fn finish(self, what: &str) {
        println!("{} {what}, {:.1?} on average; the slowest:", self.cases, self.total / self.cases.max(1));
        for (took, text) in &self.slowest {
            println!("{took:>12.1?} {text:?}");
        }
        assert_eq!(self.over, 0, "answers over the limit");
    }
}

#[test]
fn any_string_is_answered() {
    let searcher = searcher(number("FUZZ_PARAGRAPHS", 300));
    // Reading columns for the first time is not what is measured.
    answer(&searcher, "a actor:/state/S001 topic:x date:2020");
    let mut slowest = Slowest::new();
    for text in growing(number("FUZZ_CUT", 6) as u32) {
        slowest.answer(&searcher, &text);
    }
    slowest.finish("strings that grow");
    let mut slowest = Slowest::new();
    let mut random = Random::new(number("FUZZ_SEED", 1) as u64);
    let cases = number("FUZZ_CASES", 200);
    for case in 0..cases {
        let text = random_query(&mut random);
        slowest.answer(&searcher, &text);
        if case % 4 == 0 {
            let query = Query::with_operator(&text, if case % 8 == 0 { Operator::All } else { Operator::Any });
            assert_eq!(Query::new(&query.to_string()), query, "{text:?}");
            if let Ok(document) = demarche::Document::parse("d", &text) {
                for paragraph in &document.paragraphs {
                    let _ = Highlighter::new(&query, Language::ENGLISH)
                        .budget(20)
                        .highlight(paragraph)
                        .to_html(&paragraph.text);
                }
            }
        }
        if case % 10_000 == 9_999 {
            println!("{} cases", case + 1);
        }
    }
    slowest.finish("random strings");
}
