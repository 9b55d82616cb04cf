//! Every number of the facets, timelines and analyses against a plain scan of the same paragraphs.
//!
//! The corpora are generated, from one seed each. `FACET_CASES=500` runs so many instead of a few.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use demarche::{
    ActorTag, Band, Contrast, Date, DateRange, Dimension, Document, FacetCounts, FacetPath, FacetSelection, Filter,
    Index, Interval, Mention, MentionChoice, MentionKind, Paragraph, Query, Ranking, Request, Searcher, Span, Timeline,
    TopicCue, TopicTag,
};

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "omega", "sigma"];
const CONFIDENCES: [f32; 4] = [0.6, 0.75, 0.9, 0.97];
const AUTHORS: [&str; 3] = ["Ann", "Bea", "Cy"];

/// A paragraph as the scan sees it.
#[derive(Debug, Clone)]
struct Seen {
    document: usize,
    words: BTreeSet<usize>,
    /// The values of each dimension.
    values: BTreeMap<Dimension, BTreeSet<FacetPath>>,
    /// The values of each sentence.
    sentences: Vec<BTreeMap<Dimension, BTreeSet<FacetPath>>>,
    date: Option<Date>,
    /// The actors named, each with its sentence.
    mentions: Vec<(usize, FacetPath, Mention)>,
}

impl Seen {
    /// The paragraph with the actors alone that chosen mentions name.
    fn under(mut self, choice: MentionChoice) -> Seen {
        for values in self.sentences.iter_mut().chain([&mut self.values]) {
            values.remove(&Dimension::Actor);
        }
        for (sentence, path, _) in self.mentions.iter().filter(|(.., mention)| choice.accepts(mention)) {
            for values in [&mut self.sentences[*sentence], &mut self.values] {
                values.entry(Dimension::Actor).or_default().insert(path.clone());
            }
        }
        self
    }
}

/// Every mention, or some kinds of them and a least confidence.
fn choice(random: &mut Random) -> MentionChoice {
    let mut choice = MentionChoice::all();
    if random.one_in(2) {
        choice = choice.without(MentionKind::ALL.into_iter().filter(|_| random.one_in(3)));
    }
    if random.one_in(3) { choice.at_least(*random.pick(&CONFIDENCES)) } else { choice }
}

/// A hierarchy of up to twelve levels whose steps sort unlike their paths.
fn hierarchy(random: &mut Random, nodes: usize) -> Vec<FacetPath> {
    const STEPS: [&str; 6] = ["a", "a-b", "a.b", "B", "z", "a b"];
    let mut paths: Vec<FacetPath> = vec!["/a".parse().expect("a path")];
    while paths.len() < nodes {
        let step = *random.pick(&STEPS);
        let base = random.pick(&paths).clone();
        let path = if random.one_in(6) || base.depth() == 12 {
            FacetPath::new(format!("/{step}")).expect("a path")
        } else {
            base.child(step).expect("a path")
        };
        paths.push(path);
    }
    // One branch goes all the way down.
    let mut deep = String::new();
    for level in 0..12 {
        deep.push_str(&format!("/{level}"));
    }
    paths.push(deep.parse().expect("a path"));
    paths
}

fn date(random: &mut Random) -> Option<Date> {
    let (year, month, day) = (2019 + random.below(4) as i16, 1 + random.below(12) as i8, 1 + random.below(28) as i8);
    match random.below(5) {
        0 => None,
        1 => Date::year_only(year).ok(),
        2 => Date::year_month(year, month).ok(),
        _ => Date::year_month_day(year, month, day).ok(),
    }
}

fn mention(random: &mut Random, span: Span) -> Mention {
    let kind = *random.pick(&MentionKind::ALL);
    Mention { span, kind, rule: Arc::from("alias"), confidence: *random.pick(&CONFIDENCES) }
}

/// A document and its paragraphs as the scan sees them.
fn document(random: &mut Random, number: usize, actors: &[FacetPath], topics: &[FacetPath]) -> (Document, Vec<Seen>) {
    let byline: Vec<String> = AUTHORS.iter().filter(|_| random.one_in(3)).map(|&name| name.to_owned()).collect();
    let source = random.one_in(2).then(|| format!("source {}", random.below(2)));
    let date = date(random);
    let mut document = Document { id: format!("d{number:02}"), byline, source, date, ..Document::default() };
    let mut seen = Vec::new();
    for ordinal in 1..=1 + random.below(5) as u32 {
        let mut words = BTreeSet::new();
        let mut text = String::new();
        let mut spans: Vec<(usize, Span)> = Vec::new();
        for sentence in 0..1 + random.below(3) {
            for place in 0..1 + random.below(4) {
                let word = random.below(WORDS.len());
                words.insert(word);
                let start = text.len();
                if place == 0 {
                    text.push_str(&WORDS[word][..1].to_uppercase());
                    text.push_str(&WORDS[word][1..]);
                } else {
                    text.push_str(WORDS[word]);
                }
                spans.push((sentence, Span::new(start, text.len())));
                text.push(' ');
            }
            text.pop();
            text.push_str(". ");
        }
        text.pop();
        let sentences = spans.last().map_or(0, |(sentence, _)| sentence + 1);
        let mut tags: BTreeMap<FacetPath, Vec<Mention>> = BTreeMap::new();
        let mut cues: BTreeMap<FacetPath, Vec<Option<Span>>> = BTreeMap::new();
        let mut by_sentence = vec![BTreeMap::<Dimension, BTreeSet<FacetPath>>::new(); sentences];
        let mut values: BTreeMap<Dimension, BTreeSet<FacetPath>> = BTreeMap::new();
        let mut named = Vec::new();
        let mentions = if random.one_in(20) { 50 } else { random.below(5) };
        for _ in 0..mentions {
            let &(sentence, span) = random.pick(&spans);
            let path = random.pick(actors).clone();
            let mention = mention(random, span);
            let kind = FacetPath::of_value(mention.kind.as_str()).expect("a kind");
            for (dimension, path) in [(Dimension::Actor, path.clone()), (Dimension::MentionKind, kind)] {
                values.entry(dimension).or_default().insert(path.clone());
                by_sentence[sentence].entry(dimension).or_default().insert(path);
            }
            named.push((sentence, path.clone(), mention.clone()));
            tags.entry(path).or_default().push(mention);
        }
        for _ in 0..random.below(3) {
            let &(sentence, span) = random.pick(&spans);
            let path = random.pick(topics).clone();
            values.entry(Dimension::Topic).or_default().insert(path.clone());
            let in_heading = random.one_in(4);
            if !in_heading {
                by_sentence[sentence].entry(Dimension::Topic).or_default().insert(path.clone());
            }
            cues.entry(path).or_default().push((!in_heading).then_some(span));
        }
        let names = document.byline.iter().map(|name| (Dimension::Author, name));
        for (dimension, value) in names.chain(document.source.iter().map(|source| (Dimension::Source, source))) {
            values.entry(dimension).or_default().insert(FacetPath::of_value(value).expect("a value"));
        }
        if let Some(date) = date {
            let path = format!("/{}", date.to_string().replace('-', "/")).parse().expect("a path");
            values.entry(Dimension::Date).or_default().insert(path);
        }
        for sentence in &mut by_sentence {
            for dimension in [Dimension::Author, Dimension::Source, Dimension::Date] {
                if let Some(values) = values.get(&dimension) {
                    sentence.insert(dimension, values.clone());
                }
            }
        }
        let cue = |span| TopicCue { cue: Arc::from("cue"), span, weight: 1.0 };
        document.paragraphs.push(Paragraph {
            ordinal,
            source: vec![Span::new(0, text.len())],
            text,
            actors: tags
                .into_iter()
                .map(|(path, mentions)| ActorTag { id: path.last_step().into(), path, mentions })
                .collect(),
            topics: cues
                .into_iter()
                .map(|(path, spans)| TopicTag {
                    path,
                    score: 0.9,
                    band: Band::Strong,
                    cues: spans.into_iter().map(cue).collect(),
                })
                .collect(),
            ..Paragraph::default()
        });
        seen.push(Seen { document: number, words, values, sentences: by_sentence, date, mentions: named });
    }
    (document, seen)
}

struct Case {
    searcher: Searcher,
    seen: Vec<Seen>,
    actors: Vec<FacetPath>,
    topics: Vec<FacetPath>,
}

impl Case {
    /// An index in several segments, with documents that were replaced and some that were deleted.
    fn new(random: &mut Random) -> Case {
        let actors = hierarchy(random, 25);
        let topics = hierarchy(random, 8);
        let index = Index::in_memory().expect("an index in memory");
        let mut writer = index.writer().expect("the first writer");
        let documents = 1 + random.below(24);
        let commits = 1 + random.below(8);
        let mut seen: BTreeMap<usize, Vec<Seen>> = BTreeMap::new();
        for number in 0..documents {
            for _ in 0..1 + usize::from(random.one_in(4)) {
                let (document, paragraphs) = document(random, number, &actors, &topics);
                writer.add(&document).expect("a document");
                seen.insert(number, paragraphs);
                if random.one_in(9) {
                    writer.commit().expect("a commit");
                }
            }
            if (number + 1) % documents.div_ceil(commits) == 0 {
                writer.commit().expect("a commit");
            }
        }
        for number in 0..documents {
            if random.one_in(5) {
                writer.delete(&format!("d{number:02}")).expect("a deletion");
                seen.remove(&number);
            }
        }
        writer.commit().expect("a commit");
        let searcher = index.searcher().expect("a searcher");
        Case { searcher, seen: seen.into_values().flatten().collect(), actors, topics }
    }
}

/// A query in both forms: for the index, and for the scan.
#[derive(Debug, Clone)]
struct Asked {
    query: Query,
    words: Words,
    /// Values by dimension; any of them will do. A range of dates is one of the dimension of dates.
    filters: BTreeMap<Dimension, Vec<FacetPath>>,
    dates: Vec<DateRange>,
}

#[derive(Debug, Clone)]
enum Words {
    All,
    Any(Vec<usize>),
    Each(Vec<usize>),
    Not(usize, usize),
}

impl Asked {
    fn new(random: &mut Random, case: &Case) -> Asked {
        let mut word = || random.below(WORDS.len());
        let (a, b) = (word(), word());
        let (text, words) = match random.below(5) {
            0 => ("*".to_owned(), Words::All),
            1 => (WORDS[a].to_owned(), Words::Any(vec![a])),
            2 => (format!("{} {}", WORDS[a], WORDS[b]), Words::Any(vec![a, b])),
            3 => (format!("+{} +{}", WORDS[a], WORDS[b]), Words::Each(vec![a, b])),
            _ => (format!("+{} -{}", WORDS[a], WORDS[b]), Words::Not(a, b)),
        };
        let mut asked = Asked { query: Query::new(&text), words, filters: BTreeMap::new(), dates: Vec::new() };
        for (dimension, values) in [(Dimension::Actor, &case.actors), (Dimension::Topic, &case.topics)] {
            if random.one_in(3) {
                for _ in 0..1 + random.below(2) {
                    let value = random.pick(values);
                    // Half of the time a node above.
                    let above: Vec<&str> = value.ancestors().collect();
                    let value: FacetPath = random.pick(&above).parse().expect("a path");
                    asked.query = asked.query.within(dimension, value.as_str());
                    asked.filters.entry(dimension).or_default().push(value);
                }
            }
        }
        if random.one_in(4) {
            let author = FacetPath::of_value(AUTHORS[random.below(AUTHORS.len())]).expect("a name");
            asked.query = asked.query.within(Dimension::Author, author.as_str());
            asked.filters.insert(Dimension::Author, vec![author]);
        }
        if random.one_in(4) {
            let (from, to) = (date(random), date(random));
            // A range that is open at both ends filters nothing.
            if from.is_some() || to.is_some() {
                let range = DateRange { from, to };
                asked.query = asked.query.filter(Filter::Date(range));
                asked.dates.push(range);
            }
        }
        asked
    }

    /// Whether the words are there and all filters pass but perhaps that of `open`.
    fn matches(&self, seen: &Seen, open: Option<Dimension>) -> bool {
        let has = |word: &usize| seen.words.contains(word);
        let words = match &self.words {
            Words::All => true,
            Words::Any(words) => words.iter().any(has),
            Words::Each(words) => words.iter().all(has),
            Words::Not(a, b) => has(a) && !has(b),
        };
        let filters = self.filters.iter().filter(|(dimension, _)| Some(**dimension) != open).all(|(dimension, any)| {
            let values = seen.values.get(dimension).into_iter().flatten();
            values.into_iter().any(|value| any.iter().any(|node| value.is_within(node)))
        });
        let dated = self.dates.is_empty()
            || open == Some(Dimension::Date)
            || seen.date.is_some_and(|date| self.dates.iter().any(|range| range.contains(date)));
        words && filters && dated
    }
}

/// Paragraphs, direct, documents.
type Numbers = (u64, u64, u64);

fn nodes_of<'a>(values: impl IntoIterator<Item = &'a FacetPath>) -> BTreeSet<&'a str> {
    values.into_iter().flat_map(|path| path.ancestors()).collect()
}

fn scan(dimension: Dimension, seen: &[&Seen]) -> BTreeMap<String, Numbers> {
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

fn check_counts(counts: &FacetCounts, seen: &[&Seen], context: &str) {
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

fn period(interval: Interval, date: Date) -> Option<String> {
    let (year, month) = (date.year(), date.month());
    match interval {
        Interval::Year => Some(format!("{year:04}")),
        Interval::Quarter => month.map(|month| format!("{year:04}-Q{}", (month - 1) / 3 + 1)),
        Interval::Month => month.map(|month| format!("{year:04}-{month:02}")),
        Interval::Day => date.day().map(|_| date.to_string()),
    }
}

fn check_timeline(timeline: &Timeline, seen: &[&Seen], interval: Interval) {
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

fn check_analyses(case: &Case, random: &mut Random, first: &Asked, second: &Asked) {
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
                source: vec![Span::new(0, 6)],
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
                source: vec![Span::new(0, 6)],
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
