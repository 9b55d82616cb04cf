//! A generated corpus and queries to it, in two forms: for the index, and for a scan.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use demarche::{
    ActorTag, Band, Date, DateRange, Dimension, Document, FacetPath, Filter, Index, Mention, MentionChoice,
    MentionKind, Paragraph, Query, Searcher, Span, TopicCue, TopicTag,
};

use crate::random::Random;

pub(super) const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "omega", "sigma"];
pub(super) const CONFIDENCES: [f32; 4] = [0.6, 0.75, 0.9, 0.97];
pub(super) const AUTHORS: [&str; 3] = ["Ann", "Bea", "Cy"];

/// A paragraph as the scan sees it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) document: usize,
    pub(super) words: BTreeSet<usize>,
    /// The values of each dimension.
    pub(super) values: BTreeMap<Dimension, BTreeSet<FacetPath>>,
    /// The values of each sentence.
    pub(super) sentences: Vec<BTreeMap<Dimension, BTreeSet<FacetPath>>>,
    pub(super) date: Option<Date>,
    /// The actors named, each with its sentence.
    pub(super) mentions: Vec<(usize, FacetPath, Mention)>,
}

impl Seen {
    /// The paragraph with the actors alone that chosen mentions name.
    pub(super) fn under(mut self, choice: MentionChoice) -> Seen {
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
pub(super) fn choice(random: &mut Random) -> MentionChoice {
    let mut choice = MentionChoice::all();
    if random.one_in(2) {
        choice = choice.without(MentionKind::ALL.into_iter().filter(|_| random.one_in(3)));
    }
    if random.one_in(3) { choice.at_least(*random.pick(&CONFIDENCES)) } else { choice }
}

/// A hierarchy of up to twelve levels whose steps sort unlike their paths.
pub(super) fn hierarchy(random: &mut Random, nodes: usize) -> Vec<FacetPath> {
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

pub(super) fn date(random: &mut Random) -> Option<Date> {
    let (year, month, day) = (2019 + random.below(4) as i16, 1 + random.below(12) as i8, 1 + random.below(28) as i8);
    match random.below(5) {
        0 => None,
        1 => Date::year_only(year).ok(),
        2 => Date::year_month(year, month).ok(),
        _ => Date::year_month_day(year, month, day).ok(),
    }
}

pub(super) fn mention(random: &mut Random, span: Span) -> Mention {
    let kind = *random.pick(&MentionKind::ALL);
    Mention { span, kind, rule: Arc::from("alias"), confidence: *random.pick(&CONFIDENCES) }
}

/// A document and its paragraphs as the scan sees them.
pub(super) fn document(
    random: &mut Random,
    number: usize,
    actors: &[FacetPath],
    topics: &[FacetPath],
) -> (Document, Vec<Seen>) {
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
            source: Span::new(0, text.len()).into(),
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

pub(super) struct Case {
    pub(super) searcher: Searcher,
    pub(super) seen: Vec<Seen>,
    pub(super) actors: Vec<FacetPath>,
    pub(super) topics: Vec<FacetPath>,
}

impl Case {
    /// An index in several segments, with documents that were replaced and some that were deleted.
    pub(super) fn new(random: &mut Random) -> Case {
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
pub(super) struct Asked {
    pub(super) query: Query,
    pub(super) words: Words,
    /// Values by dimension; any of them will do. A range of dates is one of the dimension of dates.
    pub(super) filters: BTreeMap<Dimension, Vec<FacetPath>>,
    pub(super) dates: Vec<DateRange>,
}

#[derive(Debug, Clone)]
pub(super) enum Words {
    All,
    Any(Vec<usize>),
    Each(Vec<usize>),
    Not(usize, usize),
}

impl Asked {
    pub(super) fn new(random: &mut Random, case: &Case) -> Asked {
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
    pub(super) fn matches(&self, seen: &Seen, open: Option<Dimension>) -> bool {
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
