//! Cases for `search`: hits, counts and order against a plain scan of the same paragraphs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use demarche::{
    ActorTag, Date, Dimension, Document, FacetPath, Hit, Index, Mention, MentionKind, Paragraph, Query, Ranking,
    Request, Results, Span, Spans,
};
use proptest::prelude::*;

pub(crate) const WORDS: [&str; 8] = ["alpha", "beta", "gamma", "delta", "omega", "sigma", "kappa", "zeta"];
const ACTORS: [&str; 6] =
    ["/state/AAA", "/state/AAA/GOV/mfa", "/state/AAA/person/ann-a", "/state/BBB", "/org/UN/UNX", "/org/CCC"];

/// A paragraph of a generated corpus: words and actors by number.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) words: Vec<usize>,
    pub(crate) actors: BTreeSet<usize>,
}

#[derive(Debug, Clone)]
pub(crate) struct MadeDocument {
    pub(crate) year: Option<i16>,
    pub(crate) paragraphs: Vec<Made>,
}

pub(crate) fn corpus() -> impl Strategy<Value = Vec<MadeDocument>> {
    let paragraph = (prop::collection::vec(0..WORDS.len(), 1..12), prop::collection::btree_set(0..ACTORS.len(), 0..4))
        .prop_map(|(words, actors)| Made { words, actors });
    let document = (prop::option::of(2000i16..2006), prop::collection::vec(paragraph, 1..5))
        .prop_map(|(year, paragraphs)| MadeDocument { year, paragraphs });
    prop::collection::vec(document, 1..12)
}

fn path(actor: usize) -> FacetPath {
    ACTORS[actor].parse().expect("a path")
}

pub(crate) fn document(id: usize, made: &MadeDocument) -> Document {
    let paragraph = |(index, paragraph): (usize, &Made)| {
        let words: Vec<&str> = paragraph.words.iter().map(|&word| WORDS[word]).collect();
        let text = words.join(" ");
        let mention =
            Mention { span: Span::new(0, 1), kind: MentionKind::Name, rule: Arc::from("alias"), confidence: 1.0 };
        Paragraph {
            ordinal: index as u32 + 1,
            source: Span::new(0, text.len()).into(),
            text,
            actors: paragraph
                .actors
                .iter()
                .map(|&actor| ActorTag {
                    id: path(actor).last_step().into(),
                    path: path(actor),
                    mentions: vec![mention.clone()],
                })
                .collect(),
            ..Paragraph::default()
        }
    };
    Document {
        id: format!("d{id:02}"),
        date: made.year.map(|year| Date::year_only(year).expect("a year")),
        paragraphs: made.paragraphs.iter().enumerate().map(paragraph).collect(),
        ..Document::default()
    }
}

/// Builds an index in `commits` segments or fewer, then deletes and replaces some documents.
pub(crate) fn index(corpus: &[MadeDocument], commits: usize, deleted: &BTreeSet<usize>) -> Index {
    // The engine clears tables as large as its memory at every commit; in a debug build that is most of the time.
    let index = Index::options().memory(32 << 20).in_memory().expect("an index in memory");
    let mut writer = index.writer().expect("the first writer");
    let batch = corpus.len().div_ceil(commits);
    for (id, made) in corpus.iter().enumerate() {
        // Every third document is first added in another form, to be replaced.
        if id % 3 == 0 {
            let old =
                MadeDocument { year: None, paragraphs: vec![Made { words: vec![0, 1, 2], actors: [0, 3].into() }] };
            writer.add(&document(id, &old)).expect("a document");
            writer.commit().expect("a commit");
        }
        writer.add(&document(id, made)).expect("a document");
        if (id + 1) % batch == 0 {
            writer.commit().expect("a commit");
        }
    }
    for id in deleted {
        writer.delete(&format!("d{id:02}")).expect("a deletion");
    }
    writer.commit().expect("a commit");
    index
}

/// What a plain scan counts: paragraphs and documents, and for each actor path count, direct, documents.
#[derive(Debug, Default, PartialEq, Eq)]
struct Scan {
    hits: BTreeSet<(String, u32)>,
    documents: u64,
    actors: BTreeMap<String, (u64, u64, u64)>,
}

fn scan(
    corpus: &[MadeDocument],
    deleted: &BTreeSet<usize>,
    matches: impl Fn(&Made) -> bool,
    years: Option<(i16, i16)>,
    filter: Option<&FacetPath>,
) -> Scan {
    let mut scan = Scan::default();
    let mut seen: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let mut documents = BTreeSet::new();
    for (id, made) in corpus.iter().enumerate().filter(|(id, _)| !deleted.contains(id)) {
        if let Some((from, to)) = years
            && !made.year.is_some_and(|year| (from..=to).contains(&year))
        {
            continue;
        }
        for (index, paragraph) in made.paragraphs.iter().enumerate().filter(|(_, paragraph)| matches(paragraph)) {
            let paths: Vec<FacetPath> = paragraph.actors.iter().map(|&actor| path(actor)).collect();
            if filter.is_none_or(|filter| paths.iter().any(|path| path.is_within(filter))) {
                scan.hits.insert((format!("d{id:02}"), index as u32 + 1));
                documents.insert(id);
            }
            // Sideways: actors are counted as if the filter on actors were off.
            let nodes: BTreeSet<&str> = paths.iter().flat_map(|path| path.ancestors()).collect();
            for node in nodes {
                let counts = scan.actors.entry(node.to_owned()).or_default();
                counts.0 += 1;
                counts.1 += u64::from(paths.iter().any(|path| path.as_str() == node));
                if seen.entry(node.to_owned()).or_default().insert(id) {
                    counts.2 += 1;
                }
            }
        }
    }
    scan.documents = documents.len() as u64;
    scan
}

fn answered(results: &Results) -> Scan {
    let actors = results.facets.get(Dimension::Actor).expect("actors are counted");
    Scan {
        hits: results.hits.iter().map(|hit| (hit.document.clone(), hit.ordinal)).collect(),
        documents: results.total.documents.expect("an index counts documents"),
        actors: actors
            .nodes()
            .iter()
            .map(|node| (node.path.as_str().to_owned(), (node.count, node.direct, node.documents.unwrap_or_default())))
            .collect(),
    }
}

fn holds(paragraph: &Made, word: usize) -> bool {
    paragraph.words.contains(&word)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("CI").is_some() { 48 } else { 24 }))]

    #[test]
    fn hits_and_counts_equal_a_plain_scan(
        corpus in corpus(),
        commits in 1usize..5,
        deleted in prop::collection::btree_set(0usize..12, 0..4),
        (a, b) in (0..WORDS.len(), 0..WORDS.len()),
        filter in prop::option::of(prop::sample::select(vec!["/state", "/state/AAA", "/state/AAA/GOV", "/org/UN", "/org/CCC"])),
        years in prop::option::of((2000i16..2006, 2000i16..2006)),
    ) {
        let index = index(&corpus, commits, &deleted);
        let searcher = index.searcher()?;
        let filter: Option<FacetPath> = filter.map(|path| path.parse()).transpose()?;
        let years = years.map(|(from, to)| (from.min(to), from.max(to)));
        type Matches = Box<dyn Fn(&Made) -> bool>;
        let next_to = move |p: &Made| p.words.windows(2).any(|pair| pair == [a, b]);
        let (first, second) = (WORDS[a], WORDS[b]);
        let cases: Vec<(String, Matches)> = vec![
            (first.to_owned(), Box::new(move |p| holds(p, a))),
            (format!("{first} {second}"), Box::new(move |p| holds(p, a) || holds(p, b))),
            (format!("{first} AND {second}"), Box::new(move |p| holds(p, a) && holds(p, b))),
            (format!("+{first} -{second}"), Box::new(move |p| holds(p, a) && !holds(p, b))),
            (format!("\"{first} {second}\""), Box::new(next_to)),
            ("*".to_owned(), Box::new(|_| true)),
            (format!("{}*", &first[..2]), Box::new(move |p| p.words.iter().any(|&w| WORDS[w].starts_with(&first[..2])))),
        ];
        for (text, matches) in cases {
            let mut query = Query::new(&text);
            if let Some(path) = &filter {
                query = query.within(Dimension::Actor, path.as_str());
            }
            if let Some((from, to)) = years {
                let text = format!("{query} date:{from}..{to}");
                query = Query::new(&text);
            }
            let results = searcher.search(Request::new(query).limit(10_000))?;
            let known = filter.as_ref().filter(|filter| index.resolve(Dimension::Actor, filter.as_str()).is_ok());
            if filter.is_some() && known.is_none() {
                // No paragraph of this corpus has the path: the query says so and finds nothing.
                prop_assert!(!results.diagnostics.is_empty() && results.hits.is_empty());
                continue;
            }
            let expected = scan(&corpus, &deleted, matches, years, known);
            prop_assert_eq!(results.total.paragraphs as usize, expected.hits.len(), "{}", text);
            prop_assert_eq!(answered(&results), expected, "{}", text);
            let mut sorted = results.hits.clone();
            sorted.sort_by(|a, b| {
                b.score.total_cmp(&a.score).then_with(|| a.document.cmp(&b.document)).then(a.ordinal.cmp(&b.ordinal))
            });
            prop_assert_eq!(&sorted, &results.hits, "hits are in order");
            for limit in [1, 3] {
                let fewer = searcher.search(Request::new(&*text).limit(limit))?;
                let all = searcher.search(Request::new(&*text).limit(10_000))?;
                prop_assert_eq!(&fewer.hits[..], &all.hits[..limit.min(all.hits.len())]);
                prop_assert_eq!(fewer.total, all.total);
                // Without facets a word is counted from the dictionary, where nothing is deleted.
                let (ranked, counts) = searcher.rank_and_count(Request::new(&*text).limit(limit).count([]))?;
                prop_assert_eq!(counts.total, all.total, "{}", text);
                let named = |(one, hit): (&demarche::RankedParagraph, &Hit)| one.document == hit.document && one.ordinal == hit.ordinal;
                prop_assert!(ranked.len() == fewer.hits.len() && ranked.iter().zip(&fewer.hits).all(named));
            }
        }
    }
}

#[test]
fn a_limit_of_zero_is_refused() {
    let index = Index::in_memory().expect("an index in memory");
    let error = index.searcher().and_then(|searcher| searcher.search(Request::new("a").limit(0))).unwrap_err();
    assert!(error.is_input());
    assert_eq!(error.to_string(), "limit \"0\": expected 1 to 10000");
}

#[test]
fn near_and_loose_phrases_keep_their_distance() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    writer.add(&Document::parse("a", "alpha x x beta x x gamma. Delta alone.")?)?;
    writer.commit()?;
    let searcher = index.searcher()?;
    for (query, expected) in [
        ("\"alpha beta gamma\"~3", 0),
        ("\"alpha beta gamma\"~4", 1),
        ("NEAR/4(gamma alpha beta)", 1),
        ("NEAR/3(gamma alpha beta)", 0),
        ("ONEAR/4(gamma alpha beta)", 0),
        ("NEAR/s(gamma alpha)", 1),
        ("NEAR/s(gamma delta)", 0),
        ("gama~", 1),
        ("al?ha", 1),
        ("body:alpha", 1),
        ("\"gamma delta\"", 1),
    ] {
        assert_eq!(searcher.search(query)?.total.paragraphs, expected, "{query}");
    }
    Ok(())
}

#[test]
fn headings_are_context_and_the_title_belongs_to_the_first_paragraph() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let mut document = Document::parse("a", "It contains topics.\n\nIt ends.")?;
    document.title = Some("Joint statement".to_owned());
    document.sections.push(demarche::Section {
        heading: "What is new?".to_owned(),
        level: 1,
        parent: None,
        source: Spans::new(),
        actors: Vec::new(),
    });
    document.paragraphs[1].section = Some(0);
    writer.add(&document)?;
    writer.commit()?;
    let searcher = index.searcher()?;
    let ordinals = |query: &str| -> demarche::Result<Vec<u32>> {
        Ok(searcher.search(query)?.hits.iter().map(|hit| hit.ordinal).collect())
    };
    assert_eq!(ordinals("statement")?, [1]);
    assert_eq!(ordinals("title:statement")?, [1, 2]);
    assert_eq!(ordinals("new")?, [2]);
    assert_eq!(ordinals("heading:new")?, [2]);
    assert_eq!(ordinals("body:new")?, [0u32; 0]);
    assert_eq!(ordinals("\"ends what\"")?, [0u32; 0]);
    assert_eq!(searcher.document("a")?, Some(document));
    assert_eq!(searcher.document("b")?, None);
    Ok(())
}

/// Plain words are not among the written ones; they count for the length of a paragraph all the same.
#[test]
fn phrases_are_scored_by_one_length_whatever_words_they_are_of() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let long = "It was of the and of the and of it and to it and of the and so it was, the sanctions regimes of it.";
    writer.add(&Document::parse("long", long)?)?;
    writer.add(&Document::parse("short", "Ministers praised sanctions regimes of neighbouring countries.")?)?;
    writer.add(&Document::parse("other", "Nothing was agreed.")?)?;
    writer.commit()?;
    let searcher = index.searcher()?;
    for query in ["\"sanctions regimes\"", "\"regimes of\"", "\"sanctions regimes of\""] {
        let results = searcher.search(Request::new(query).ranking(Ranking::bm25()).explain(true))?;
        let found: Vec<&str> = results.hits.iter().map(|hit| hit.document.as_str()).collect();
        assert_eq!(found, ["short", "long"], "{query}");
        for hit in &results.hits {
            let explained = hit.explanation.as_ref().map_or(0.0, |explanation| explanation.value());
            assert!((explained - f64::from(hit.score)).abs() <= 1e-5 * explained, "{query}: {explained} {}", hit.score);
        }
    }
    Ok(())
}
