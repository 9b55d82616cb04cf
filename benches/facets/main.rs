//! Counting facets, beside Tantivy written by hand and beside a plain loop, in one run.
//!
//! What: the targets below, each as a ratio of medians (and of minima) of rounds in which both sides take turns.
//! `FacetCollector` counts one level of each hierarchy, which is what an application would write; ours counts
//! every level, and documents. The plain loop goes over the same matches and adds 1 to a counter for every
//! value of both hierarchies: no ancestors, no documents, no names, no totals.
//!
//! Corpus: 400,000 generated paragraphs (see `corpus/mod.rs`; `BENCH_PARAGRAPHS` says another number), or with
//! `BENCH_CORPUS=FILE` the paragraphs of JSON Lines documents through this crate's parser and annotator; in 1
//! segment and in 8. The answers are compared before anything is timed.
//! Caveat: the generated hierarchies are two and three levels deep and have 240 and 54 nodes.

#[path = "../corpus/mod.rs"]
mod corpus;

mod by_hand;
mod segments;
mod words;

use std::hint::black_box;
use std::time::{Duration, Instant};

use demarche::{Annotator, Dimension, Document, Parser, Query, Request, Searcher};
use tantivy::query::{AllQuery, EnableScoring, Occur, Query as _};

use self::by_hand::ByHand;
use self::words::Words;

fn main() {
    let testing = std::env::args().any(|argument| argument == "--test");
    let documents = documents(testing);
    let paragraphs: usize = documents.iter().map(|document| document.paragraphs.len()).sum();
    println!("{paragraphs} paragraphs of {} documents", documents.len());
    for segments in [1, 8] {
        println!("\n== {segments} segment{}", if segments == 1 { "" } else { "s" });
        Bench::build(&documents, segments, if testing { 1 } else { 31 }).run();
    }
}

fn documents(testing: bool) -> Vec<Document> {
    if let Some(path) = std::env::var_os("BENCH_CORPUS") {
        let annotator = Annotator::new();
        let documents = Parser::new().documents(path).expect("BENCH_CORPUS is a file of JSON Lines");
        let mut annotated = Vec::new();
        for document in documents {
            annotated.push(annotator.annotate(document.expect("a document")));
        }
        return annotated;
    }
    let asked = std::env::var("BENCH_PARAGRAPHS").ok().and_then(|number| number.parse().ok());
    corpus::generate(if testing { 4_000 } else { asked.unwrap_or(400_000) })
}

struct Bench {
    rounds: usize,
    ours: Searcher,
    ours_deleted: Searcher,
    hand: ByHand,
    hand_deleted: ByHand,
    words: Words,
    opened: Duration,
}

impl Bench {
    fn build(documents: &[Document], segments: usize, rounds: usize) -> Bench {
        let (ours, ours_deleted) = segments::ours(documents, segments);
        let (hand, hand_deleted) = ByHand::build(documents, segments);
        let words = Words::of(documents, &ours, &hand);
        let everything = Request::new("*");
        let started = Instant::now();
        ours.count(everything.clone()).expect("counts");
        let first = started.elapsed();
        let started = Instant::now();
        ours.count(everything).expect("counts");
        Bench { rounds, ours, ours_deleted, hand, hand_deleted, words, opened: first - started.elapsed() }
    }

    fn run(&self) {
        let or = self.words.or.join(" ");
        let and = format!("{} AND {}", self.words.or[0], self.words.or[1]);
        let [broad, narrow] = &self.words.actors;
        let hand_or = self.hand.all(Occur::Should, &self.words.or);
        let hand_and = self.hand.all(Occur::Must, &self.words.or[..2]);
        for (deleted, ours, hand) in
            [("no deletes", &self.ours, &self.hand), ("10 % deleted", &self.ours_deleted, &self.hand_deleted)]
        {
            hand.check(ours, "*", &AllQuery);
            hand.check(ours, &or, &hand.all(Occur::Should, &self.words.or));
            hand.check(ours, &and, &hand.all(Occur::Must, &self.words.or[..2]));
            println!(
                "{deleted}: {} paragraphs, {} match the OR, {} the AND; the arrays take {:.1} MB a million paragraphs",
                hand.searcher.num_docs(),
                hand.count(&hand_or),
                hand.count(&hand_and),
                ours.memory() as f64 / ours.paragraphs() as f64
            );
        }
        println!("arrays of both hierarchies made and everything counted in {:.1} ms", self.opened.as_secs_f64() * 1e3);
        // What it would take to keep the arrays in a file beside the segment instead.
        let path = std::env::temp_dir().join(format!("demarche-facets-{}", std::process::id()));
        std::fs::write(&path, vec![1u8; self.ours.memory()]).expect("a temporary file");
        let started = Instant::now();
        black_box(std::fs::read(&path).expect("the file"));
        println!("as many bytes read from a file in the cache in {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
        std::fs::remove_file(&path).expect("the file");

        for (class, text, query) in [("OR", &or, &hand_or), ("AND", &and, &hand_and)] {
            let request = Request::new(text.as_str());
            self.compare(
                &format!("{class}: top 10 + counts of both, to FacetCollector of one level"),
                0.45,
                || self.named(request.clone()),
                || self.hand.top_and_facets(query),
            );
            let counts =
                || self.ours.count(request.clone()).expect("counts").total.documents.unwrap_or_default() as usize;
            let weight = query.weight(EnableScoring::disabled_from_searcher(&self.hand.searcher)).expect("a weight");
            let mut counters = [vec![0u32; 1 << 17], vec![0u32; 1 << 17]];
            self.compare(&format!("{class}: counting, to a plain loop in the same iteration"), 1.4, counts, || {
                self.hand.plain_loop(&*weight, &mut counters)
            });
        }

        let everything = Request::new("*");
        for (name, target, ours, hand) in [
            ("everything, no deletes", 0.02, &self.ours, &self.hand),
            ("everything, 10 % deleted", 0.3, &self.ours_deleted, &self.hand_deleted),
        ] {
            self.compare(
                &format!("{name}, to FacetCollector"),
                target,
                || ours.count(everything.clone()).expect("counts").total.documents.unwrap_or_default() as usize,
                || hand.facets_of(&AllQuery),
            );
        }

        let filtered = Query::new(&or).within(Dimension::Actor, broad).within(Dimension::Topic, &self.words.topic);
        let request = Request::new(filtered);
        let sideways = self.ours.search(request.clone()).expect("an answer");
        let within = self.ours.search(request.clone().sideways(false)).expect("an answer");
        assert_eq!((sideways.total, &sideways.hits), (within.total, &within.hits));
        self.compare(
            "OR, top 10, counts of both, 2 filtered dimensions: sideways, to the same without",
            1.3,
            || self.named(request.clone()),
            || self.named(request.clone().sideways(false)),
        );

        for (class, text) in [("OR", &or), ("AND", &and), ("term", &self.words.or[0])] {
            for (which, actor) in [("broad", broad), ("narrow", narrow)] {
                let plain = Request::new(text.as_str()).count([]);
                let filtered = Request::new(Query::new(text).within(Dimension::Actor, actor)).count([]);
                let share = self.ours.search(filtered.clone()).expect("an answer").total.paragraphs as f64
                    / self.ours.search(plain.clone()).expect("an answer").total.paragraphs as f64;
                self.compare(
                    &format!("{class}: top 10 with a {which} filter ({:.1} % pass), to no filter", share * 100.0),
                    1.1,
                    || self.ours.search(filtered.clone()).expect("an answer").hits.len(),
                    || self.ours.search(plain.clone()).expect("an answer").hits.len(),
                );
            }
        }
    }

    /// A whole search, with the names of every node.
    fn named(&self, request: Request) -> usize {
        let results = self.ours.search(request).expect("an answer");
        results.hits.len() + results.facets.dimensions().map(|(_, counts)| counts.nodes().len()).sum::<usize>()
    }

    fn compare(&self, name: &str, target: f64, mut ours: impl FnMut() -> usize, mut theirs: impl FnMut() -> usize) {
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..self.rounds + 2 {
            let started = Instant::now();
            black_box(ours());
            let between = Instant::now();
            black_box(theirs());
            let ended = Instant::now();
            // The first two rounds fill the caches.
            if round >= 2 {
                times[0].push((between - started).as_secs_f64() * 1e6);
                times[1].push((ended - between).as_secs_f64() * 1e6);
            }
        }
        let [ours, theirs] = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            (times[times.len() / 2], times[0])
        });
        let ratio = ours.0 / theirs.0;
        println!(
            "{} {ratio:7.3} (minima {:.3}, target {target})  {:9.1} to {:9.1} µs  {name}",
            if ratio <= target { "  ok" } else { "OVER" },
            ours.1 / theirs.1,
            ours.0,
            theirs.0,
        );
    }
}
