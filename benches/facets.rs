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

mod corpus;

use std::hint::black_box;
use std::time::{Duration, Instant};

use demarche::{Annotator, Dimension, Document, Index, Parser, Query, Request, Searcher};
use tantivy::collector::{Count, FacetCollector, TopDocs};
use tantivy::indexer::NoMergePolicy;
use tantivy::query::{AllQuery, BooleanQuery, EnableScoring, Occur, Query as _, TermQuery, Weight};
use tantivy::schema::{
    FAST, Facet, FacetOptions, Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, Term};

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

/// Frequent words, and values that are broad and narrow.
struct Words {
    or: [String; 3],
    actors: [String; 2],
    topic: String,
}

impl Words {
    fn of(documents: &[Document]) -> Words {
        let mut counts: [std::collections::HashMap<&str, usize>; 2] = Default::default();
        for paragraph in documents.iter().flat_map(|document| &document.paragraphs) {
            for tag in &paragraph.actors {
                *counts[0].entry(tag.path.as_str()).or_default() += 1;
            }
            for tag in &paragraph.topics {
                *counts[1].entry(tag.path.as_str()).or_default() += 1;
            }
        }
        let ranked = counts.map(|counts| {
            let mut ranked: Vec<_> = counts.into_iter().collect();
            ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            ranked
        });
        let or = match std::env::var_os("BENCH_CORPUS") {
            Some(_) => ["international", "economic", "peace"].map(str::to_owned),
            // In three of five paragraphs together, the first two in one of ten.
            None => [11, 20, 35].map(corpus::word),
        };
        let narrow = ranked[0].iter().rev().find(|(_, count)| *count > documents.len() / 100).unwrap_or(&ranked[0][0]);
        Words { or, actors: [ranked[0][0].0.to_owned(), narrow.0.to_owned()], topic: ranked[1][0].0.to_owned() }
    }
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
        let words = Words::of(documents);
        let (ours, ours_deleted) = ours(documents, segments);
        let (hand, hand_deleted) = ByHand::build(documents, segments);
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

/// Where a corpus is cut into segments: of three sizes, so that the merge policy, which takes four alike, leaves them.
fn cuts(documents: usize, segments: usize) -> Vec<usize> {
    let parts = |segment: usize| [16, 4, 1][segment % 3];
    let all: usize = (0..segments).map(parts).sum();
    let mut before = 0;
    let mut cuts: Vec<usize> = (0..segments)
        .map(|segment| {
            before += parts(segment);
            documents * before / all
        })
        .collect();
    cuts[segments - 1] = documents;
    cuts
}

fn id_deleted(number: usize) -> bool {
    number % 10 == 3
}

/// An index without deletions and one where every tenth document is deleted.
fn ours(documents: &[Document], segments: usize) -> (Searcher, Searcher) {
    let index = Index::in_memory().expect("an index in memory");
    let mut writer = index.writer().expect("the first writer");
    let mut start = 0;
    for end in cuts(documents.len(), segments) {
        for document in &documents[start..end] {
            writer.add(document).expect("a document");
        }
        if segments == 1 {
            writer.optimise().expect("a merge in memory");
        } else {
            writer.commit().expect("a commit in memory");
        }
        start = end;
    }
    let whole = index.searcher().expect("a searcher");
    // In test mode the segments are so small that the policy merges some all the same.
    let found = index.stats().expect("figures of an index in memory").segments;
    assert!(found == segments || (found > 1 && documents.len() < 10_000), "{found} segments, not {segments}");
    for (_, document) in documents.iter().enumerate().filter(|(number, _)| id_deleted(*number)) {
        writer.delete(&document.id).expect("a deletion");
    }
    writer.commit().expect("a commit in memory");
    (whole, index.searcher().expect("a searcher"))
}

/// Tantivy as an application would use it, and the values of every paragraph as plain arrays.
struct ByHand {
    searcher: tantivy::Searcher,
    text: Field,
    roots: [(&'static str, Vec<String>); 2],
    segments: Vec<[Csr; 2]>,
}

/// The values of paragraph `p` are `values[offsets[p]..offsets[p + 1]]`.
#[derive(Default)]
struct Csr {
    offsets: Vec<u32>,
    values: Vec<u32>,
}

impl ByHand {
    fn build(documents: &[Document], segments: usize) -> (ByHand, ByHand) {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("en_stem")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
        let id = schema.add_text_field("id", STRING | FAST);
        let fields = ["actor", "topic"].map(|name| schema.add_facet_field(name, FacetOptions::default()));
        let index = tantivy::Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 1 << 30).expect("a writer in memory");
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let mut start = 0;
        for end in cuts(documents.len(), segments) {
            for document in &documents[start..end] {
                for paragraph in &document.paragraphs {
                    let mut row = TantivyDocument::new();
                    row.add_text(text, &paragraph.text);
                    // A paragraph is found by its headings, the first one also by the title.
                    let title = document.title.as_deref().filter(|_| paragraph.ordinal == 1);
                    for heading in title.into_iter().chain(document.heading_path(paragraph)) {
                        row.add_text(text, heading);
                    }
                    row.add_text(id, &document.id);
                    for tag in &paragraph.actors {
                        row.add_facet(fields[0], Facet::from_path(tag.path.steps()));
                    }
                    for tag in &paragraph.topics {
                        row.add_facet(fields[1], Facet::from_path(tag.path.steps()));
                    }
                    writer.add_document(row).expect("a document");
                }
            }
            writer.commit().expect("a commit in memory");
            start = end;
        }
        let all = index.searchable_segment_ids().expect("segments");
        if segments == 1 && all.len() > 1 {
            writer.merge(&all).wait().expect("a merge in memory");
        }
        let reader = index.reader().expect("a reader");
        let whole = reader.searcher();
        for (_, document) in documents.iter().enumerate().filter(|(number, _)| id_deleted(*number)) {
            writer.delete_term(Term::from_field_text(id, &document.id));
        }
        writer.commit().expect("a commit in memory");
        reader.reload().expect("a reload");
        // FacetCollector counts the children of roots that are named; these are the ones there are.
        let mut roots = [("actor", Vec::new()), ("topic", Vec::new())];
        for paragraph in documents.iter().flat_map(|document| &document.paragraphs) {
            let actors = paragraph.actors.iter().map(|tag| (0, &tag.path));
            for (dimension, path) in actors.chain(paragraph.topics.iter().map(|tag| (1, &tag.path))) {
                let root = path.ancestors().last().unwrap_or_default().to_owned();
                if !roots[dimension].1.contains(&root) {
                    roots[dimension].1.push(root);
                }
            }
        }
        let hand = |searcher: tantivy::Searcher| {
            let segments = searcher.segment_readers().iter().map(|reader| {
                ["actor", "topic"].map(|name| {
                    let mut csr = Csr::default();
                    let column = reader.fast_fields().str(name).expect("a column");
                    for doc in 0..reader.max_doc() {
                        csr.offsets.push(csr.values.len() as u32);
                        csr.values.extend(column.iter().flat_map(|column| column.term_ords(doc)).map(|ord| ord as u32));
                    }
                    csr.offsets.push(csr.values.len() as u32);
                    csr
                })
            });
            ByHand { text, roots: roots.clone(), segments: segments.collect(), searcher }
        };
        (hand(whole), hand(reader.searcher()))
    }

    fn all(&self, occur: Occur, words: &[String]) -> BooleanQuery {
        let mut analyzer = self.searcher.index().tokenizers().get("en_stem").expect("a stemmer");
        let clauses = words.iter().map(|word| {
            let mut stream = analyzer.token_stream(word);
            let mut stem = String::new();
            while stream.advance() {
                stem.clone_from(&stream.token().text);
            }
            let term = Term::from_field_text(self.text, &stem);
            let query: Box<dyn tantivy::query::Query> = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
            (occur, query)
        });
        BooleanQuery::new(clauses.collect())
    }

    fn count(&self, query: &dyn tantivy::query::Query) -> usize {
        self.searcher.search(query, &Count).expect("a count")
    }

    fn collectors(&self) -> [FacetCollector; 2] {
        self.roots.each_ref().map(|(field, roots)| {
            let mut collector = FacetCollector::for_field(*field);
            for root in roots {
                collector.add_facet(root.as_str());
            }
            collector
        })
    }

    fn facets_of(&self, query: &dyn tantivy::query::Query) -> usize {
        let [actor, topic] = self.collectors();
        let (count, actors, topics) = self.searcher.search(query, &(Count, actor, topic)).expect("facet counts");
        let named = [(actors, &self.roots[0].1), (topics, &self.roots[1].1)]
            .into_iter()
            .map(|(counts, roots)| roots.iter().map(|root| counts.top_k(root.as_str(), 10).len()).sum::<usize>());
        count + named.sum::<usize>()
    }

    fn top_and_facets(&self, query: &dyn tantivy::query::Query) -> usize {
        self.searcher.search(query, &TopDocs::with_limit(10).order_by_score()).expect("a search").len()
            + self.facets_of(query)
    }

    /// The answers of both are equal.
    fn check(&self, ours: &Searcher, text: &str, query: &dyn tantivy::query::Query) {
        let answer = ours.count(Request::new(text)).expect("counts");
        assert_eq!(answer.total.paragraphs as usize, self.count(query), "{text}");
        let [actor, topic] = self.collectors();
        let (actors, topics) = self.searcher.search(query, &(actor, topic)).expect("facet counts");
        for ((counts, (_, roots)), dimension) in
            [actors, topics].into_iter().zip(&self.roots).zip([Dimension::Actor, Dimension::Topic])
        {
            let facets = answer.facets.get(dimension).expect("counted by default");
            for (facet, count) in roots.iter().flat_map(|root| counts.get(root.as_str())) {
                let path = facet.to_path_string().parse().expect("a path");
                assert_eq!(facets.get(&path).map(|node| node.count), Some(count), "{text}: {path}");
            }
        }
    }

    fn plain_loop(&self, weight: &dyn Weight, counters: &mut [Vec<u32>; 2]) -> usize {
        counters.iter_mut().for_each(|counters| counters.fill(0));
        for (segment, reader) in self.segments.iter().zip(self.searcher.segment_readers()) {
            weight.for_each_no_score(reader, &mut |docs| add(segment, docs, counters)).expect("a pass");
        }
        counters[0].iter().filter(|&&count| count > 0).count()
    }
}

fn add(segment: &[Csr; 2], docs: &[u32], counters: &mut [Vec<u32>; 2]) {
    for &doc in docs {
        for (csr, counters) in segment.iter().zip(counters.iter_mut()) {
            for &value in &csr.values[csr.offsets[doc as usize] as usize..csr.offsets[doc as usize + 1] as usize] {
                counters[value as usize] += 1;
            }
        }
    }
}
