//! Every number of the facets, timelines and analyses against a plain scan of the same paragraphs.
//!
//! The corpora are generated, from one seed each. `FACET_CASES=500` runs so many instead of a few.

mod case;
mod check;

use std::collections::{BTreeMap, BTreeSet};

use demarche::{
    ActorTag, Dimension, Document, FacetPath, FacetSelection, Index, Interval, Paragraph, Query, Ranking, Request, Span,
};

use self::case::{Asked, Case, Seen, choice, mention};
use self::check::{check_analyses, check_counts, check_timeline, nodes_of};
use crate::random::Random;

fn run(seed: u64) {
    let mut random = Random(seed);
    let mut case = Case::new(&mut random);
    let choice = choice(&mut random);
    case.seen = case.seen.into_iter().map(|seen| seen.under(choice)).collect();
    let mut before: Option<Asked> = None;
    for _ in 0..4 {
        let mut asked = Asked::new(&mut random, &case);
        asked.query = asked.query.mentions(choice);
        let context = format!("seed {seed}: {}", asked.query);
        let interval = *random.pick(&[Interval::Day, Interval::Month, Interval::Quarter, Interval::Year]);
        let request = Request::new(asked.query.clone()).count(Dimension::ALL).timeline(interval);
        let results = case.searcher.search(request.clone().limit(1_000)).expect("an answer");
        let counts = case.searcher.count(request.clone()).expect("counts");
        assert_eq!(results.facets, counts.facets, "{context}");
        assert_eq!((results.total, &results.timeline), (counts.total, &counts.timeline), "{context}");
        let within: Vec<&Seen> = case.seen.iter().filter(|seen| asked.matches(seen, None)).collect();
        assert_eq!(results.total.paragraphs as usize, within.len(), "{context}");
        assert_eq!(results.hits.len(), within.len(), "{context}");
        let documents: BTreeSet<usize> = within.iter().map(|seen| seen.document).collect();
        assert_eq!(results.total.documents, Some(documents.len() as u64), "{context}");
        let sideways = |dimension| -> Vec<&Seen> {
            case.seen.iter().filter(|seen| asked.matches(seen, Some(dimension))).collect()
        };
        for dimension in Dimension::ALL {
            let counts = results.facets.get(dimension).expect("asked for");
            check_counts(counts, &sideways(dimension), &context);
        }
        check_timeline(results.timeline.as_ref().expect("asked for"), &sideways(Dimension::Date), interval);
        let plain = case.searcher.count(request.sideways(false)).expect("counts");
        for (_, counts) in plain.facets.dimensions() {
            check_counts(counts, &within, &context);
        }
        if let Some(before) = &before {
            check_analyses(&case, &mut random, before, &asked);
        }
        before = Some(asked);
    }
}

#[test]
fn every_count_equals_a_plain_scan() {
    let cases = std::env::var("FACET_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12);
    for seed in 0..cases {
        run(seed);
    }
}

/// More nodes than two bytes can tell apart, in one segment and in three.
#[test]
fn twenty_thousand_actors_are_counted_exactly() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let mut random = Random(1);
    let mut expected: BTreeMap<FacetPath, (u64, BTreeSet<usize>)> = BTreeMap::new();
    for number in 0..1_000 {
        let mut document = Document { id: format!("d{number:04}"), ..Document::default() };
        for ordinal in 1..=2 {
            let mut paths = BTreeSet::new();
            for actor in 0..10 {
                let actor = number * 20 + (ordinal as usize - 1) * 10 + actor;
                paths.insert(FacetPath::new(format!("/s{}/g{}/p{actor}", actor % 7, actor % 4_003))?);
            }
            paths.insert(FacetPath::new(format!("/s{}", random.below(7)))?);
            for node in nodes_of(&paths) {
                let counts = expected.entry(node.parse()?).or_default();
                counts.0 += 1;
                counts.1.insert(number);
            }
            let tag = |path: &FacetPath| ActorTag {
                id: path.last_step().into(),
                path: path.clone(),
                mentions: vec![mention(&mut Random(0), Span::new(0, 5))],
            };
            document.paragraphs.push(Paragraph {
                ordinal,
                text: "Alpha.".to_owned(),
                source: Span::new(0, 6).into(),
                actors: paths.iter().map(tag).collect(),
                ..Paragraph::default()
            });
        }
        writer.add(&document)?;
        if number == 300 || number == 301 {
            writer.commit()?;
        }
    }
    writer.commit()?;
    for optimised in [false, true] {
        if optimised {
            writer.optimise()?;
        }
        let searcher = index.searcher()?;
        for query in ["alpha", "*"] {
            let counts = searcher.count(Request::new(query).count([Dimension::Actor]))?;
            let actors = counts.facets.get(Dimension::Actor).expect("asked for");
            assert!(actors.values() > 32_767);
            assert_eq!(actors.nodes().len(), expected.len());
            for node in actors.nodes() {
                let (count, documents) = &expected[&node.path];
                assert_eq!((node.count, node.documents), (*count, Some(documents.len() as u64)), "{}", node.path);
            }
        }
    }
    Ok(())
}

/// Where a filter lets few of many matches through, its paragraphs are asked one by one.
#[test]
fn narrow_filters_count_and_rank_like_wide_ones() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let mut random = Random(3);
    let tag = |path: &str| -> demarche::Result<ActorTag> {
        let mentions = vec![mention(&mut Random(0), Span::new(0, 5))];
        Ok(ActorTag { id: "x".into(), path: path.parse()?, mentions })
    };
    // Paragraph, and whether each of the two actors is in it.
    let mut seen: Vec<(String, u32, bool, bool, bool)> = Vec::new();
    for number in 0..300 {
        let mut document = Document { id: format!("d{number:03}"), ..Document::default() };
        for ordinal in 1..=10 {
            let (rare, broad, beta) = (random.one_in(400), random.one_in(3), random.one_in(2));
            let mut actors = Vec::new();
            actors.extend(rare.then(|| tag("/x/rare")).transpose()?);
            actors.extend(broad.then(|| tag("/x/broad")).transpose()?);
            document.paragraphs.push(Paragraph {
                ordinal,
                text: format!("Alpha{}.", if beta { " beta" } else { "" }.repeat(1 + random.below(3))),
                source: Span::new(0, 6).into(),
                actors,
                ..Paragraph::default()
            });
            if number % 10 != 7 {
                seen.push((document.id.clone(), ordinal, rare, broad, beta));
            }
        }
        writer.add(&document)?;
        if number == 150 {
            writer.commit()?;
        }
    }
    writer.commit()?;
    for number in (7..300).step_by(10) {
        writer.delete(&format!("d{number:03}"))?;
    }
    writer.commit()?;
    let searcher = index.searcher()?;
    for (text, needs_beta) in [("alpha beta", false), ("alpha AND beta", true), ("beta", true)] {
        let matching: Vec<_> = seen.iter().filter(|(_, _, rare, _, beta)| *rare && (*beta || !needs_beta)).collect();
        assert!(matching.len() > 2, "the case is no case");
        // A window that takes in everything, or its edge would lie elsewhere with the filter than without.
        let ranking = Ranking::default().window(10_000);
        let query = Query::new(text).within(Dimension::Actor, "/x/rare");
        let request = Request::new(query).ranking(ranking.clone()).limit(1_000);
        let within = searcher.search(request.clone().sideways(false))?;
        assert_eq!(within.total.paragraphs as usize, matching.len(), "{text}");
        let documents: BTreeSet<&String> = matching.iter().map(|(document, ..)| document).collect();
        assert_eq!(within.total.documents, Some(documents.len() as u64), "{text}");
        let broad = matching.iter().filter(|(_, _, _, broad, _)| *broad).count();
        let actors = within.facets.get(Dimension::Actor).expect("counted by default");
        assert_eq!(actors.get(&"/x/broad".parse()?).map_or(0, |node| node.count) as usize, broad, "{text}");
        // The same paragraphs in the same order, with the same scores, as in the unfiltered list.
        let everything = searcher.search(Request::new(text).ranking(ranking).limit(10_000))?;
        let names = |hits: &[demarche::Hit]| -> Vec<(String, u32, f32)> {
            hits.iter().map(|hit| (hit.document.clone(), hit.ordinal, hit.score)).collect()
        };
        let wanted: BTreeSet<(&String, u32)> = matching.iter().map(|(id, ordinal, ..)| (id, *ordinal)).collect();
        let expected: Vec<_> = names(&everything.hits)
            .into_iter()
            .filter(|(document, ordinal, _)| wanted.contains(&(document, *ordinal)))
            .collect();
        assert_eq!(names(&within.hits), expected, "{text}");
        assert_eq!(names(&searcher.search(request.clone().limit(2))?.hits), expected[..2], "{text}");
        let sideways = searcher.search(request)?;
        assert_eq!(sideways.total, within.total, "{text}");
        let all = seen.iter().filter(|(_, _, _, broad, beta)| *broad && (*beta || !needs_beta)).count();
        let actors = sideways.facets.get(Dimension::Actor).expect("counted by default");
        assert_eq!(actors.get(&"/x/broad".parse()?).map_or(0, |node| node.count) as usize, all, "{text}");
    }
    Ok(())
}

/// Kinds of actors, codes of other schemes and labels come from the gazetteer of the index.
#[test]
fn nodes_are_selected_by_kind_and_carry_their_codes() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let text = "Vladimir Putin met Xi Jinping.\n\nVladimir Putin spoke of gas.\n\nNATO and Russia did not meet.";
    writer.add(&demarche::Annotator::new().annotate(Document::parse("a", text)?))?;
    writer.commit()?;
    let counts = index.searcher()?.count("*")?;
    let actors = counts.facets.get(Dimension::Actor).expect("counted by default");
    let of_kind = |kinds: &[demarche::ActorKind]| -> Vec<(String, u64)> {
        let selection = kinds.iter().fold(FacetSelection::all(), |selection, &kind| selection.kind(kind));
        actors.select(&selection).nodes.iter().map(|node| (node.label.to_string(), node.count)).collect()
    };
    use demarche::ActorKind::{Organisation, Person, State};
    assert_eq!(of_kind(&[Person]), [("Vladimir Putin".to_owned(), 2), ("Xi Jinping".to_owned(), 1)]);
    assert_eq!(of_kind(&[State])[0], ("Russia".to_owned(), 3));
    assert_eq!(of_kind(&[Person, Organisation]).len(), 3);
    let russia = actors.get(&"/state/RUS".parse()?).expect("named");
    assert_eq!((russia.crosswalk.get("iso-alpha2"), russia.crosswalk.get("wikidata")), (Some("RU"), Some("Q159")));
    let json = serde_json::to_value(&counts).expect("counts are JSON");
    assert_eq!(json["facet_totals"]["actor"]["total"], 3);
    assert_eq!(json["facet_totals"]["actor"]["exact"], true);
    let first = &json["facets"]["actor"][0];
    for field in ["path", "label", "count", "direct", "documents"] {
        assert!(!first[field].is_null(), "{field}");
    }
    Ok(())
}
