//! What the index counts against what a scan does.

use std::collections::{BTreeMap, BTreeSet};

use demarche::{Contrast, Date, Dimension, FacetCounts, FacetPath, FacetSelection, Interval, Timeline};

use super::case::{Asked, Case, Seen};
use crate::random::Random;

/// Paragraphs, direct, documents.
pub(super) type Numbers = (u64, u64, u64);

pub(super) fn nodes_of<'a>(values: impl IntoIterator<Item = &'a FacetPath>) -> BTreeSet<&'a str> {
    values.into_iter().flat_map(|path| path.ancestors()).collect()
}

pub(super) fn scan(dimension: Dimension, seen: &[&Seen]) -> BTreeMap<String, Numbers> {
    let mut nodes: BTreeMap<String, (u64, u64, BTreeSet<usize>)> = BTreeMap::new();
    for paragraph in seen {
        let empty = BTreeSet::new();
        let values = paragraph.values.get(&dimension).unwrap_or(&empty);
        for node in nodes_of(values) {
            let counts = nodes.entry(node.to_owned()).or_default();
            counts.0 += 1;
            counts.1 += u64::from(values.iter().any(|value| value.as_str() == node));
            counts.2.insert(paragraph.document);
        }
    }
    nodes.into_iter().map(|(path, (count, direct, of))| (path, (count, direct, of.len() as u64))).collect()
}

pub(super) fn check_counts(counts: &FacetCounts, seen: &[&Seen], context: &str) {
    let dimension = counts.dimension();
    let expected = scan(dimension, seen);
    let all = counts.select(&FacetSelection::all());
    let found: BTreeMap<String, Numbers> = all
        .nodes
        .iter()
        .map(|node| (node.path.as_str().to_owned(), (node.count, node.direct, node.documents.unwrap_or_default())))
        .collect();
    assert_eq!(found, expected, "{dimension}: {context}");
    assert_eq!(all.values as usize, expected.len());
    assert_eq!(all.other, 0);
    assert!(counts.exact());
    assert_eq!(counts.total() as usize, seen.len(), "{dimension}: {context}");
    let missing = seen.iter().filter(|seen| seen.values.get(&dimension).is_none_or(BTreeSet::is_empty)).count();
    assert_eq!(counts.missing() as usize, missing, "{dimension}: {context}");
    for (path, numbers) in &expected {
        let node = counts.get(&path.parse().expect("a path")).expect("a node with a paragraph");
        assert_eq!((node.count, node.direct, node.documents.unwrap_or_default()), *numbers);
    }
    assert!(counts.get(&"/nobody".parse().expect("a path")).is_none());

    // Selections: of each depth and below each node, cut at 2.
    let mut ranked: Vec<(&String, u64)> = expected.iter().map(|(path, numbers)| (path, numbers.0)).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let depth = |path: &str| path.bytes().filter(|&byte| byte == b'/').count();
    type Accepts<'a> = Box<dyn Fn(&str) -> bool + 'a>;
    let mut selections: Vec<(FacetSelection, Accepts)> = vec![(FacetSelection::all(), Box::new(|_| true))];
    for level in 1..=3 {
        selections.push((FacetSelection::all().depth(level), Box::new(move |path| depth(path) == level)));
    }
    for path in expected.keys() {
        let node: FacetPath = path.parse().expect("a path");
        let below = move |other: &str| other.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/'));
        selections.push((FacetSelection::all().under(&node), Box::new(below)));
        let child = move |other: &str| below(other) && depth(other) == depth(path) + 1;
        selections.push((FacetSelection::all().children_of(&node), Box::new(child)));
    }
    for (selection, accepts) in selections {
        let wanted: Vec<_> = ranked.iter().filter(|(path, _)| accepts(path)).collect();
        for limit in [0, 2, usize::MAX] {
            let list = counts.select(&selection.clone().top(limit));
            let shown: Vec<_> = list.nodes.iter().map(|node| (node.path.as_str(), node.count)).collect();
            let expected: Vec<_> = wanted.iter().take(limit).map(|(path, count)| (path.as_str(), *count)).collect();
            assert_eq!(shown, expected, "{dimension}: {context}: {selection:?}");
            assert_eq!(list.values as usize, wanted.len());
            assert_eq!(list.other, wanted.iter().skip(limit).map(|(_, count)| count).sum::<u64>());
        }
    }
}

pub(super) fn period(interval: Interval, date: Date) -> Option<String> {
    let (year, month) = (date.year(), date.month());
    match interval {
        Interval::Year => Some(format!("{year:04}")),
        Interval::Quarter => month.map(|month| format!("{year:04}-Q{}", (month - 1) / 3 + 1)),
        Interval::Month => month.map(|month| format!("{year:04}-{month:02}")),
        Interval::Day => date.day().map(|_| date.to_string()),
    }
}

pub(super) fn check_timeline(timeline: &Timeline, seen: &[&Seen], interval: Interval) {
    assert_eq!(timeline.interval, interval);
    let mut expected: BTreeMap<String, (u64, BTreeSet<usize>)> = BTreeMap::new();
    let (mut imprecise, mut undated) = (0, 0);
    for paragraph in seen {
        match paragraph.date.map(|date| period(interval, date)) {
            Some(Some(label)) => {
                let counts = expected.entry(label).or_default();
                counts.0 += 1;
                counts.1.insert(paragraph.document);
            }
            Some(None) => imprecise += 1,
            None => undated += 1,
        }
    }
    assert_eq!((timeline.imprecise, timeline.undated), (imprecise, undated));
    let filled: BTreeMap<String, (u64, u64)> = timeline
        .periods
        .iter()
        .filter(|period| period.count > 0)
        .map(|period| (period.label.clone(), (period.count, period.documents.unwrap_or_default())))
        .collect();
    let expected: BTreeMap<String, (u64, u64)> =
        expected.into_iter().map(|(label, (count, of))| (label, (count, of.len() as u64))).collect();
    assert_eq!(filled, expected);
    // No gaps: each period begins the day after the one before ends.
    for pair in timeline.periods.windows(2) {
        let months = if interval == Interval::Quarter { 3 } else { 1 };
        let mut end = pair[0].start.last_day();
        for _ in 1..months {
            let next = Date::from_day_number(end.day_number() + 1).expect("a day");
            end = Date::year_month(next.year(), next.month().expect("a day")).expect("a month").last_day();
        }
        assert_eq!(pair[1].start.first_day().day_number(), end.day_number() + 1, "{pair:?}");
    }
    assert_eq!(timeline.periods.first().map(|period| &period.label), expected.keys().next());
    assert_eq!(timeline.periods.last().map(|period| &period.label), expected.keys().last());
}

pub(super) fn check_analyses(case: &Case, random: &mut Random, first: &Asked, second: &Asked) {
    let select = |asked: &Asked| -> BTreeSet<usize> {
        (0..case.seen.len()).filter(|&at| asked.matches(&case.seen[at], None)).collect()
    };
    let paragraphs = |set: &BTreeSet<usize>| set.iter().map(|&at| &case.seen[at]).collect::<Vec<_>>();
    let (a, b) = (select(first), select(second));
    let sets = (
        case.searcher.matches(first.query.clone()).expect("matches"),
        case.searcher.matches(second.query.clone()).expect("matches"),
    );
    for (found, expected) in [
        (sets.0.clone(), a.clone()),
        (sets.0.and(&sets.1).expect("one commit"), &a & &b),
        (sets.0.or(&sets.1).expect("one commit"), &a | &b),
        (sets.0.without(&sets.1).expect("one commit"), &a - &b),
    ] {
        let expected = paragraphs(&expected);
        assert_eq!(found.total().paragraphs as usize, expected.len());
        let documents: BTreeSet<usize> = expected.iter().map(|seen| seen.document).collect();
        assert_eq!(found.total().documents, Some(documents.len() as u64));
        for dimension in Dimension::ALL {
            check_counts(&found.counts(dimension).expect("counts"), &expected, found.query());
        }
    }

    // Co-occurrence of two dimensions.
    let (rows, columns) = (*random.pick(&Dimension::ALL), *random.pick(&Dimension::ALL));
    let (some, few) = (FacetSelection::all().top(6), FacetSelection::all().depth(1).top(4));
    let matrix = sets.0.cooccurrence_with_sentences((rows, &some), (columns, &few)).expect("a matrix");
    let without = sets.0.cooccurrence((rows, &some), (columns, &few)).expect("a matrix");
    let inside = paragraphs(&a);
    for (at, row) in matrix.rows.iter().enumerate() {
        for (across, column) in matrix.columns.iter().enumerate() {
            let has = |values: &BTreeMap<Dimension, BTreeSet<FacetPath>>| {
                let under = |dimension, node: &FacetPath| {
                    values.get(&dimension).is_some_and(|values| values.iter().any(|value| value.is_within(node)))
                };
                under(rows, &row.path) && under(columns, &column.path)
            };
            let both: Vec<_> = inside.iter().filter(|seen| has(&seen.values)).collect();
            let cell = matrix.cell(at, across);
            assert_eq!(cell.paragraphs as usize, both.len(), "{rows} {} {columns} {}", row.path, column.path);
            assert_eq!(cell.documents as usize, both.iter().map(|seen| seen.document).collect::<BTreeSet<_>>().len());
            let sentences = both.iter().flat_map(|seen| &seen.sentences).filter(|values| has(values)).count();
            assert_eq!(cell.sentences, Some(sentences as u64), "{rows} {} {columns} {}", row.path, column.path);
            assert_eq!(without.cell(at, across).paragraphs, cell.paragraphs);
            assert_eq!(without.cell(at, across).sentences, None);
        }
    }
    let network = matrix.network(1);
    for edge in &network.edges {
        let (from, to) = (&network.nodes[edge.from], &network.nodes[edge.to]);
        assert!(edge.from < edge.to && edge.together.paragraphs > 0);
        assert!(from.dimension != to.dimension || !from.path.is_within(&to.path) && !to.path.is_within(&from.path));
    }

    // Contrast: the counts that the measure is made from.
    let dimension = *random.pick(&Dimension::ALL);
    let contrasts = Contrast::of(dimension).at_least(1).top(usize::MAX).between(&sets.0, &sets.1).expect("contrasts");
    let (only_a, only_b) = (paragraphs(&(&a - &b)), paragraphs(&(&b - &a)));
    assert_eq!((contrasts.paragraphs as usize, contrasts.other_paragraphs as usize), (only_a.len(), only_b.len()));
    assert_eq!(contrasts.shared as usize, (&a & &b).len());
    let (of_a, of_b) = (scan(dimension, &only_a), scan(dimension, &only_b));
    let count =
        |of: &BTreeMap<String, Numbers>, path: &str| of.get(path).map_or((0, 0), |numbers| (numbers.0, numbers.2));
    for value in contrasts.first.iter().chain(&contrasts.second) {
        assert_eq!((value.count, value.documents), count(&of_a, value.path.as_str()));
        assert_eq!((value.other_count, value.other_documents), count(&of_b, value.path.as_str()));
    }
    for path in of_a.keys().chain(of_b.keys()) {
        let share = |of: &BTreeMap<String, Numbers>, all: usize| count(of, path).0 as f64 / all.max(1) as f64;
        let (here, there) = (share(&of_a, only_a.len()), share(&of_b, only_b.len()));
        let named = |values: &[demarche::Contrasted]| values.iter().any(|value| value.path.as_str() == path);
        if !only_a.is_empty() && !only_b.is_empty() {
            assert_eq!(named(&contrasts.first), here > there, "{path}: {here} {there}");
            assert_eq!(named(&contrasts.second), here < there, "{path}: {here} {there}");
        }
    }

    // Trend of a value.
    let path = random.pick(&case.actors).clone();
    let interval = *random.pick(&[Interval::Year, Interval::Month]);
    let trend = sets.0.trend(Dimension::Actor, &path, interval).expect("a trend");
    let named = |seen: &&&Seen| {
        seen.values.get(&Dimension::Actor).is_some_and(|values| values.iter().any(|value| value.is_within(&path)))
    };
    let mut counted = 0;
    for point in &trend.points {
        let of: Vec<_> = inside
            .iter()
            .filter(|seen| seen.date.and_then(|date| period(interval, date)).as_ref() == Some(&point.label))
            .collect();
        assert_eq!(point.of as usize, of.len());
        let with: Vec<_> = of.into_iter().filter(|seen| named(seen)).collect();
        assert_eq!(point.count as usize, with.len());
        assert_eq!(point.documents as usize, with.iter().map(|seen| seen.document).collect::<BTreeSet<_>>().len());
        counted += point.count;
    }
    assert_eq!((counted + trend.undated) as usize, inside.iter().filter(named).count());
}
