//! Pages, orders and groups against the whole list of hits, sorted by hand.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use demarche::{Cursor, Document, Explanation, Hit, Index, Ranking, Relation, Request, Searcher, Sort};
use proptest::prelude::*;

use crate::search::{Made, MadeDocument, WORDS, corpus, document, index};

/// Which paragraph a hit is.
fn place(hit: &Hit) -> (String, u32) {
    (hit.document.clone(), hit.ordinal)
}

fn all(searcher: &Searcher, request: Request) -> Vec<Hit> {
    searcher.search(request.limit(Request::MAX_LIMIT)).expect("a search").hits
}

/// The hits of all pages of `limit`, with their scores; cursors travel as text.
fn leaf_through(searcher: &Searcher, request: &Request, limit: usize) -> Vec<(String, u32, f32)> {
    let mut hits = Vec::new();
    let mut page = request.clone().limit(limit);
    for _ in 0..1_000 {
        let results = searcher.search(page.clone()).expect("a page");
        assert!(results.hits.len() <= limit || !results.groups.is_empty());
        hits.extend(results.hits.iter().map(|hit| (hit.document.clone(), hit.ordinal, hit.score)));
        match results.next {
            None => return hits,
            Some(next) => page = page.after(next.to_string().parse::<Cursor>().expect("a cursor's text")),
        }
    }
    panic!("the pages do not end");
}

fn queries() -> impl Strategy<Value = String> {
    let word = || (0..WORDS.len()).prop_map(|word| WORDS[word]);
    prop_oneof![
        3 => proptest::collection::vec(word(), 1..5).prop_map(|words| words.join(" ")),
        1 => (word(), word()).prop_map(|(a, b)| format!("{a} AND {b}")),
        1 => (word(), word()).prop_map(|(a, b)| format!("+{a} {b}^2")),
        1 => (word(), word()).prop_map(|(a, b)| format!("\"{a} {b}\" NEAR/2({a} {b})")),
        1 => (word(), word()).prop_map(|(a, b)| format!("({a} -{b}) OR al*")),
        1 => word().prop_map(|a| format!("{a} actor:AAA")),
        1 => Just("*".to_owned()),
    ]
}

fn day(hit: &Hit) -> Option<i32> {
    hit.date.map(|date| date.day_number())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("CI").is_some() { 48 } else { 24 }))]

    #[test]
    fn pages_add_up_to_the_sorted_list(
        corpus in corpus(),
        commits in 1usize..5,
        deleted in prop::collection::btree_set(0usize..12, 0..3),
        query in queries(),
        limit in 1usize..7,
        recent in any::<bool>(),
    ) {
        let searcher = index(&corpus, commits, &deleted).searcher()?;
        let as_of = demarche::Date::year_only(2003)?;
        for sort in [Sort::Relevance, Sort::Newest, Sort::Oldest] {
            let mut request = Request::new(&query).sort(sort);
            if recent {
                request = request.recency(500.0, as_of);
            }
            let whole = all(&searcher, request.clone());
            let mut sorted = whole.clone();
            sorted.sort_by(|a, b| {
                let by_date = match sort {
                    Sort::Newest => day(b).cmp(&day(a)),
                    Sort::Oldest => day(a).is_none().cmp(&day(b).is_none()).then(day(a).cmp(&day(b))),
                    _ => b.score.total_cmp(&a.score),
                };
                by_date.then_with(|| place(a).cmp(&place(b)))
            });
            prop_assert_eq!(&whole, &sorted);
            let listed: Vec<_> = whole.iter().map(|hit| (hit.document.clone(), hit.ordinal, hit.score)).collect();
            prop_assert_eq!(&leaf_through(&searcher, &request, limit), &listed, "{} {:?}", query, sort);

            // Every paragraph has the same score in every order.
            let plain = all(&searcher, request.clone().sort(Sort::Relevance));
            for hit in &whole {
                let same = plain.iter().find(|other| place(other) == place(hit)).map(|other| other.score);
                prop_assert_eq!(same, Some(hit.score));
            }
        }
    }

    #[test]
    fn recency_halves_scores(corpus in corpus(), query in queries()) {
        let searcher = index(&corpus, 2, &BTreeSet::new()).searcher()?;
        let as_of = demarche::Date::year_only(2003)?.last_day();
        let plain = all(&searcher, Request::new(&query));
        for hit in all(&searcher, Request::new(&query).recency(100.0, as_of)) {
            let base = plain.iter().find(|other| place(other) == place(&hit)).map_or(f32::NAN, |other| other.score);
            let age = day(&hit).map_or(100, |day| (as_of.day_number() - day).max(0));
            let expected = f64::from(base) * 0.5f64.powf(f64::from(age) / 100.0);
            prop_assert!((f64::from(hit.score) - expected).abs() <= expected * 1e-6, "{} {}", hit.score, expected);
        }
    }

    #[test]
    fn groups_are_the_best_paragraphs_of_the_best_documents(
        corpus in corpus(),
        commits in 1usize..5,
        query in queries(),
        limit in 1usize..6,
        paragraphs in 1usize..4,
    ) {
        let searcher = index(&corpus, commits, &BTreeSet::new()).searcher()?;
        for sort in [Sort::Relevance, Sort::Newest] {
            // The ranking under which a document is as good as its best paragraph.
            let request = Request::new(&query).ranking(Ranking::bm25()).sort(sort);
            let mut documents: Vec<String> = Vec::new();
            let listed = all(&searcher, request.clone());
            for hit in &listed {
                if !documents.contains(&hit.document) {
                    documents.push(hit.document.clone());
                }
            }
            let scored = all(&searcher, Request::new(&query).ranking(Ranking::bm25()));
            let results = searcher.search(request.clone().limit(limit).group(paragraphs))?;
            prop_assert_eq!(results.groups.len(), documents.len().min(limit));
            let mut expected = Vec::new();
            for ((group, hits), document) in results.grouped().zip(&documents) {
                let of_document: Vec<_> = scored.iter().filter(|hit| hit.document == *document).collect();
                prop_assert_eq!(&group.document, document);
                prop_assert_eq!(group.paragraphs, of_document.len() as u64);
                let best: Vec<_> = of_document.iter().take(paragraphs).map(|hit| place(hit)).collect();
                prop_assert_eq!(hits.iter().map(place).collect::<Vec<_>>(), best.clone());
                expected.extend(best);
            }
            prop_assert_eq!(results.hits.iter().map(place).collect::<Vec<_>>(), expected);
            let leafed: Vec<String> =
                leaf_through(&searcher, &request.group(1), limit).into_iter().map(|(document, ..)| document).collect();
            prop_assert_eq!(leafed, documents);
        }
    }

    #[test]
    fn pages_stay_stable_while_documents_are_added(
        corpus in corpus(),
        added in corpus(),
        query in queries(),
        limit in 1usize..4,
        sort in prop_oneof![3 => Just(Sort::Relevance), 1 => Just(Sort::Newest)],
    ) {
        let index = index(&corpus, 2, &BTreeSet::new());
        let request = Request::new(&query).sort(sort).limit(limit);
        let before: Vec<_> = all(&index.searcher()?, request.clone()).iter().map(place).collect();
        let mut writer = index.writer()?;
        let mut added = added.iter();
        let mut seen = Vec::new();
        let mut page = request;
        loop {
            let results = index.searcher()?.search(page.clone())?;
            seen.extend(results.hits.iter().map(place));
            let Some(next) = results.next else { break };
            page = page.after(next);
            for _ in 0..3 {
                if let Some(made) = added.next() {
                    let id = format!("new {}", seen.len() + added.len());
                    writer.add(&Document { id, ..document(0, made) })?;
                }
            }
            writer.commit()?;
        }
        let old: Vec<_> = seen.into_iter().filter(|(document, _)| !document.starts_with("new")).collect();
        prop_assert_eq!(old, before);
    }
}

fn adds_up(explanation: &Explanation) -> bool {
    let parts = explanation.parts().iter().map(Explanation::value);
    let expected = match explanation.relation() {
        _ if explanation.parts().is_empty() => explanation.value(),
        Relation::Sum => parts.sum(),
        Relation::Product => parts.product(),
        _ => explanation.value(),
    };
    (expected - explanation.value()).abs() <= 1e-9 && explanation.parts().iter().all(adds_up)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn explanations_add_up_to_the_score(corpus in corpus(), query in queries(), recent in any::<bool>()) {
        let searcher = index(&corpus, 3, &BTreeSet::new()).searcher()?;
        let mut request = Request::new(&query).explain(true);
        if recent {
            request = request.recency(300.0, demarche::Date::year_only(2004)?);
        }
        for hit in all(&searcher, request) {
            let explanation = hit.explanation.expect("an explanation");
            prop_assert!(adds_up(&explanation), "{}", explanation);
            let score = f64::from(hit.score);
            prop_assert!((explanation.value() - score).abs() <= score * 1e-5, "{} {}", score, explanation);
        }
    }
}

#[test]
fn equal_paragraphs_stand_in_the_order_of_their_documents() -> demarche::Result<()> {
    // Enough of them that the engine prunes, and that it adds the scores in more than one order.
    let corpus: Vec<MadeDocument> = (0..600)
        .map(|number| MadeDocument {
            year: None,
            paragraphs: vec![
                Made { words: vec![0, 1, 2, 3 + number % 5], actors: BTreeSet::new() },
                Made { words: (0..1 + number % 7).map(|word| word % 3).collect(), actors: BTreeSet::new() },
            ],
        })
        .collect();
    let searcher = index(&corpus, 3, &BTreeSet::new()).searcher()?;
    for query in
        ["alpha beta gamma delta", "alpha^0.3 beta^0.7 gamma^1.1", "alpha beta^3 OR omega", "+alpha +beta +gamma"]
    {
        let whole = all(&searcher, Request::new(query));
        assert!(whole.len() > 500);
        assert!(whole.is_sorted_by(|a, b| a.score > b.score || (a.score == b.score && place(a) < place(b))), "{query}");
        for limit in [1, 10, 99] {
            let mut page = Request::new(query).limit(limit);
            let mut seen = Vec::new();
            for _ in 0..8 {
                let results = searcher.search(page.clone())?;
                seen.extend(results.hits.iter().map(place));
                let Some(next) = results.next else { break };
                page = page.after(next);
            }
            assert_eq!(seen, whole[..seen.len()].iter().map(place).collect::<Vec<_>>(), "{query} by {limit}");
        }
    }
    Ok(())
}

#[test]
fn a_cursor_belongs_to_its_request() -> demarche::Result<()> {
    let corpus =
        vec![MadeDocument { year: None, paragraphs: vec![Made { words: vec![0], actors: BTreeSet::new() }; 3] }];
    let searcher = index(&corpus, 1, &BTreeSet::new()).searcher()?;
    let next = searcher.search(Request::new("alpha").limit(1))?.next.expect("a second page");
    assert!(searcher.search(Request::new("alpha").limit(2).after(next.clone())).is_ok());
    for other in [Request::new("beta"), Request::new("alpha").sort(Sort::Newest), Request::new("alpha actor:x")] {
        assert!(searcher.search(other.after(next.clone())).is_err_and(|error| error.is_input()));
    }
    assert!(searcher.search(Request::new("alpha").group(0)).is_err_and(|error| error.is_input()));
    Ok(())
}

/// A cursor comes back through an address, which anybody can write.
#[test]
fn a_cursor_that_somebody_changed_is_refused_or_answers() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    for number in 0..40 {
        writer.add(&Document::parse(&format!("d{number}"), "Gas and oil.\n\nGas, and gas again.\n\nOil alone.")?)?;
    }
    writer.commit()?;
    let searcher = index.searcher()?;
    for ranking in [Ranking::default(), Ranking::bm25(), Ranking::expanded()] {
        let request = || Request::new("gas oil").limit(3).ranking(ranking.clone());
        let cursor = searcher.search(request())?.next.expect("more than three").to_string();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&cursor).expect("a cursor is base64");
        let mut answered = 0;
        for place in 0..bytes.len() {
            for byte in [0, 1, bytes[place] ^ 0x80, bytes[place].wrapping_add(1), 0x7f, 0xff] {
                let mut changed = bytes.clone();
                changed[place] = byte;
                let Ok(cursor) = BASE64_URL_SAFE_NO_PAD.encode(changed).parse::<Cursor>() else { continue };
                match searcher.search(request().after(cursor)) {
                    Ok(results) => answered += usize::from(results.hits.iter().all(|hit| !hit.score.is_nan())),
                    Err(refused) => assert!(refused.is_input(), "{refused}"),
                }
            }
        }
        assert!(answered > 0);
    }
    Ok(())
}
