//! A query and a paragraph's texts in, whether they match and where out: the written meaning of the query
//! language, which the search on the index is tested against and highlights are drawn from.
//!
//! It reads the texts from end to end with the same analysis that the index was built with, so that it
//! needs no index. Words, phrases and windows are looked for in each field by itself, never across two.

use std::collections::HashMap;

use super::near::{self, Occurrence, Order, Reach};
use super::query::{Clause, Distance, Field, Filter, Form, Given, Query};
use crate::document::Span;
use crate::facet::Dimension;
use crate::text::{Analyzer, TermKind, plain, sentences, slips};

/// The texts of a paragraph that words are looked for in.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Texts<'a> {
    /// The document's title.
    pub(crate) title: &'a str,
    /// The headings above the paragraph.
    pub(crate) headings: &'a [String],
    /// The paragraph's text.
    pub(crate) body: &'a str,
    /// Whether it is the first paragraph of its document: only that one is found by the words of the title
    /// where no field is asked for, or a title would be found as often as the document has paragraphs.
    pub(crate) is_first: bool,
}

/// What is known of a paragraph besides its texts.
pub(crate) trait Facts {
    /// Whether a filter lets the paragraph through.
    fn holds(&self, filter: &Filter) -> bool;
    /// Where the body names the actor.
    fn mentions(&self, actor: &Given) -> Vec<Span>;
}

/// Where in the body a part of the query was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// In bytes of the body.
    pub(crate) span: Span,
    /// Which part; parts are numbered below [`Matcher::parts`].
    pub(crate) part: usize,
}

/// A query made ready to be held against paragraphs of one language.
#[derive(Debug)]
pub(crate) struct Matcher {
    root: Node,
    filters: Vec<Filter>,
    needles: Needles,
    parts: usize,
}

#[derive(Debug)]
enum Node {
    All,
    Leaf(Leaf),
    Near { part: usize, operands: Vec<Vec<Operand>>, distance: Distance, order: Order },
    Filter { part: usize, filter: Filter },
    Bool { must: Vec<Node>, should: Vec<Node>, must_not: Vec<Node> },
}

/// A word or phrase: one of several sequences of words.
#[derive(Debug)]
struct Leaf {
    part: usize,
    field: Field,
    choices: Vec<Sequence>,
}

#[derive(Debug)]
struct Sequence {
    needles: Vec<usize>,
    slop: u32,
}

#[derive(Debug)]
enum Operand {
    Leaf(Leaf),
    Actor(Given),
}

/// Which terms of a text are looked for, each distinct test once.
#[derive(Debug, Default)]
struct Needles {
    stems: HashMap<String, usize>,
    exact: HashMap<String, usize>,
    patterns: Vec<(Pattern, usize)>,
    count: usize,
}

#[derive(Debug, PartialEq)]
enum Pattern {
    Prefix(String),
    Fuzzy(String, u8),
    Wildcard(Vec<char>),
}

impl Pattern {
    fn matches(&self, exact: &str) -> bool {
        match self {
            Pattern::Prefix(start) => exact.starts_with(start.as_str()),
            Pattern::Fuzzy(word, most) => slips(word, exact, *most).is_some(),
            Pattern::Wildcard(pattern) => matches_wildcard(pattern, exact),
        }
    }
}

/// Whether a pattern with `*` and `?` matches the whole of a word; linear but for the stars.
pub(crate) fn matches_wildcard(pattern: &[char], word: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < word.len() {
        match pattern.get(from) {
            Some('*') => {
                star = Some((from + 1, at));
                from += 1;
            }
            Some(&c) if c == '?' || c == word[at] => {
                at += 1;
                from += 1;
            }
            _ => match star {
                // Let the last star take one character more.
                Some((after, taken)) => {
                    star = Some((after, taken + 1));
                    (from, at) = (after, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[from.min(pattern.len())..].iter().all(|&c| c == '*')
}

impl Needles {
    fn stem(&mut self, text: &str) -> usize {
        if let Some(&needle) = self.stems.get(text) {
            return needle;
        }
        self.stems.insert(text.to_owned(), self.count);
        self.count += 1;
        self.count - 1
    }

    fn exact(&mut self, text: &str) -> usize {
        if let Some(&needle) = self.exact.get(text) {
            return needle;
        }
        self.exact.insert(text.to_owned(), self.count);
        self.count += 1;
        self.count - 1
    }

    fn pattern(&mut self, pattern: Pattern) -> usize {
        if let Some((_, needle)) = self.patterns.iter().find(|(known, _)| *known == pattern) {
            return *needle;
        }
        self.patterns.push((pattern, self.count));
        self.count += 1;
        self.count - 1
    }
}

/// One text, read: which needles it holds where.
#[derive(Debug, Default)]
struct Reading {
    /// The occurrences of each needle, ascending.
    found: Vec<Vec<Occurrence>>,
    /// The words by position.
    words: Vec<Span>,
    /// The positions at which sentences start.
    sentences: Vec<u32>,
}

impl Reading {
    /// The bytes of an occurrence.
    fn bytes(&self, occurrence: Occurrence) -> Span {
        let at = |position: u32| self.words[(position as usize).min(self.words.len() - 1)];
        Span::new(at(occurrence.start).start, at(occurrence.end - 1).end)
    }

    /// The words that a range of bytes touches.
    fn words_of(&self, span: Span) -> impl Iterator<Item = Occurrence> + use<> {
        let start = self.words.partition_point(|word| word.end <= span.start) as u32;
        let end = self.words.partition_point(|word| word.start < span.end) as u32;
        (start..end).map(|start| Occurrence { start, end: start + 1 })
    }
}

impl Matcher {
    /// Makes a query ready; its words are analyzed as the language has them.
    pub(crate) fn new(query: &Query, analyzer: &mut Analyzer) -> Matcher {
        let mut needles = Needles::default();
        let mut parts = 0;
        let root = node(query.clause(), analyzer, &mut needles, &mut parts);
        Matcher { root, filters: query.filters().to_vec(), needles, parts }
    }

    /// How many parts the marks are numbered by; the filters at the top come after them.
    pub(crate) fn parts(&self) -> usize {
        self.parts + self.filters.len()
    }

    /// Whether the paragraph matches, filters included; what the index is tested against.
    #[cfg(test)]
    pub(crate) fn matches(&self, texts: Texts<'_>, facts: &dyn Facts, analyzer: &mut Analyzer) -> bool {
        let passes = |filter: &Filter| {
            self.filters.iter().filter(|other| other.same_dimension(filter)).any(|filter| facts.holds(filter))
        };
        self.filters.iter().all(passes) && Look::new(self, texts, facts, analyzer).holds(&self.root)
    }

    /// Where the parts of the query stand in the body, by their place. Parts of alternatives that do not
    /// hold are left out, unless nothing holds at all.
    /// Mentions of actors that only filters ask for are marked with `actors`.
    pub(crate) fn marks(
        &self,
        texts: Texts<'_>,
        facts: &dyn Facts,
        analyzer: &mut Analyzer,
        actors: bool,
    ) -> Vec<Mark> {
        let look = Look::new(self, texts, facts, analyzer);
        let mut marker = Marker { look: &look, all: !look.holds(&self.root), actors, marks: Vec::new() };
        marker.mark(&self.root);
        for (filter, part) in self.filters.iter().zip(self.parts..) {
            marker.mark_filter(filter, part);
        }
        let mut marks = marker.marks;
        marks.sort_by_key(|mark| (mark.span, mark.part));
        marks.dedup();
        marks
    }

    fn read(&self, text: &str, analyzer: &mut Analyzer) -> Reading {
        let mut reading = Reading { found: vec![Vec::new(); self.needles.count], ..Reading::default() };
        let mut sentence_ends = sentences(text).map(|span| span.end);
        let mut sentence_end = 0;
        let needles = &self.needles;
        analyzer.analyze(text, |term| {
            let length = match term.kind {
                TermKind::Word => {
                    if term.span.start >= sentence_end {
                        reading.sentences.push(term.position);
                        sentence_end = sentence_ends.find(|&end| end > term.span.start).unwrap_or(usize::MAX);
                    }
                    reading.words.push(term.span);
                    1
                }
                TermKind::Pair => 2,
            };
            let occurrence = Occurrence { start: term.position, end: term.position + length };
            if let Some(&needle) = needles.stems.get(term.text) {
                reading.found[needle].push(occurrence);
            }
            if term.kind == TermKind::Word {
                if !needles.exact.is_empty()
                    && let Some(&needle) = needles.exact.get(term.exact)
                {
                    reading.found[needle].push(occurrence);
                }
                for (pattern, needle) in &needles.patterns {
                    if pattern.matches(term.exact) {
                        reading.found[*needle].push(occurrence);
                    }
                }
            }
        });
        reading
    }
}

fn node(clause: &Clause, analyzer: &mut Analyzer, needles: &mut Needles, parts: &mut usize) -> Node {
    match clause {
        // What it stands for is not known here.
        Clause::All | Clause::Like(_) => Node::All,
        Clause::Word { .. } | Clause::Phrase { .. } => Node::Leaf(leaf(clause, analyzer, needles, parts)),
        Clause::Filter(filter) => {
            *parts += 1;
            Node::Filter { part: *parts - 1, filter: filter.clone() }
        }
        Clause::Near { operands, distance, ordered } => {
            let mut made = Vec::with_capacity(operands.len());
            for operand in operands {
                let choices = match operand {
                    Clause::Bool { should, .. } => should.as_slice(),
                    one => std::slice::from_ref(one),
                };
                let choice = |choice: &Clause| match choice {
                    Clause::Filter(Filter::Facet { value, .. }) => Some(Operand::Actor(value.clone())),
                    Clause::Word { .. } | Clause::Phrase { .. } => {
                        Some(Operand::Leaf(leaf(choice, analyzer, needles, parts)))
                    }
                    _ => None,
                };
                made.push(choices.iter().filter_map(choice).collect());
            }
            *parts += 1;
            let order = if *ordered { Order::Given } else { Order::Free };
            Node::Near { part: *parts - 1, operands: made, distance: *distance, order }
        }
        Clause::Bool { must, should, must_not } => {
            let mut all = |clauses: &[Clause]| clauses.iter().map(|one| node(one, analyzer, needles, parts)).collect();
            Node::Bool { must: all(must), should: all(should), must_not: all(must_not) }
        }
        Clause::Boost { clause, .. } => node(clause, analyzer, needles, parts),
    }
}

fn leaf(clause: &Clause, analyzer: &mut Analyzer, needles: &mut Needles, parts: &mut usize) -> Leaf {
    let (field, choices) = match clause {
        Clause::Phrase { field, text, slop } => {
            let mut found = Vec::new();
            analyzer.analyze(text, |term| {
                if term.kind == TermKind::Word {
                    found.push(needles.exact(term.exact));
                }
            });
            (*field, vec![Sequence { needles: found, slop: *slop }])
        }
        Clause::Word { field, text, form } => (*field, word_choices(text, *form, analyzer, needles)),
        _ => (Field::Any, Vec::new()),
    };
    *parts += 1;
    Leaf { part: *parts - 1, field, choices }
}

fn word_choices(text: &str, form: Form, analyzer: &mut Analyzer, needles: &mut Needles) -> Vec<Sequence> {
    let one = |needle| vec![Sequence { needles: vec![needle], slop: 0 }];
    match form {
        Form::Exact => {
            let mut found = Vec::new();
            analyzer.analyze(text, |term| {
                if term.kind == TermKind::Word {
                    found.push(needles.exact(term.exact));
                }
            });
            vec![Sequence { needles: found, slop: 0 }]
        }
        Form::Prefix => one(needles.pattern(Pattern::Prefix(plain(text)))),
        Form::Fuzzy(most) => one(needles.pattern(Pattern::Fuzzy(plain(text), most))),
        Form::Wildcard => one(needles.pattern(Pattern::Wildcard(plain(text).chars().collect()))),
        Form::Word => {
            let mut choices: Vec<Sequence> = Vec::new();
            // A run of spaced words is one sequence; each pair of an unspaced run is a choice of its own.
            let mut run: Vec<usize> = Vec::new();
            // The last character of an unspaced run, until a pair takes it in.
            let mut alone: Option<usize> = None;
            let mut paired_until = 0;
            analyzer.analyze(text, |term| match term.kind {
                TermKind::Pair => {
                    alone = None;
                    paired_until = term.position + 2;
                    choices.push(Sequence { needles: vec![needles.stem(term.text)], slop: 0 });
                }
                TermKind::Word => {
                    choices.extend(alone.take().map(|needle| Sequence { needles: vec![needle], slop: 0 }));
                    if term.position < paired_until {
                        return;
                    }
                    let needle = needles.stem(term.text);
                    if is_single(term.text) {
                        if !run.is_empty() {
                            choices.push(Sequence { needles: std::mem::take(&mut run), slop: 0 });
                        }
                        alone = Some(needle);
                    } else {
                        run.push(needle);
                    }
                }
            });
            choices.extend(alone.map(|needle| Sequence { needles: vec![needle], slop: 0 }));
            if !run.is_empty() {
                choices.push(Sequence { needles: run, slop: 0 });
            }
            choices
        }
    }
}

/// Whether a term is one character of a script without spaces.
fn is_single(term: &str) -> bool {
    crate::text::words(term).next().is_some_and(|word| word.unspaced)
}

/// One paragraph held against a query.
struct Look<'a> {
    title: Reading,
    headings: Vec<Reading>,
    body: Reading,
    is_first: bool,
    facts: &'a dyn Facts,
}

impl<'a> Look<'a> {
    fn new(matcher: &Matcher, texts: Texts<'_>, facts: &'a dyn Facts, analyzer: &mut Analyzer) -> Look<'a> {
        Look {
            title: matcher.read(texts.title, analyzer),
            headings: texts.headings.iter().map(|heading| matcher.read(heading, analyzer)).collect(),
            body: matcher.read(texts.body, analyzer),
            is_first: texts.is_first,
            facts,
        }
    }

    fn readings(&self) -> impl Iterator<Item = (Field, &Reading)> {
        let headings = self.headings.iter().map(|heading| (Field::Heading, heading));
        [(Field::Body, &self.body), (Field::Title, &self.title)].into_iter().chain(headings)
    }

    fn occurrences(&self, leaf: &Leaf, field: Field, reading: &Reading) -> Vec<Occurrence> {
        let asked = match leaf.field {
            Field::Any => field != Field::Title || self.is_first,
            one => one == field,
        };
        if asked { occurrences(leaf, reading) } else { Vec::new() }
    }

    fn holds(&self, node: &Node) -> bool {
        match node {
            Node::All => true,
            Node::Filter { filter, .. } => self.facts.holds(filter),
            Node::Leaf(leaf) => {
                self.readings().any(|(field, reading)| !self.occurrences(leaf, field, reading).is_empty())
            }
            Node::Near { operands, distance, order, .. } => self
                .readings()
                .any(|(field, reading)| !self.windows(operands, *distance, *order, field, reading).1.is_empty()),
            Node::Bool { must, should, must_not } => {
                must.iter().all(|node| self.holds(node))
                    && !must_not.iter().any(|node| self.holds(node))
                    && (!must.is_empty() || should.is_empty() || should.iter().any(|node| self.holds(node)))
            }
        }
    }

    /// The occurrences of each operand, and the least windows that answer.
    fn windows(
        &self,
        operands: &[Vec<Operand>],
        distance: Distance,
        order: Order,
        field: Field,
        reading: &Reading,
    ) -> (Vec<Vec<Occurrence>>, Vec<Occurrence>) {
        let mut lists = Vec::with_capacity(operands.len());
        if distance == Distance::Sentence && field != Field::Body {
            return (Vec::new(), Vec::new());
        }
        for operand in operands {
            let mut list: Vec<Occurrence> = Vec::new();
            for choice in operand {
                match choice {
                    Operand::Leaf(leaf) => list.extend(self.occurrences(leaf, field, reading)),
                    Operand::Actor(actor) if field == Field::Body => {
                        let mentions = self.facts.mentions(actor);
                        list.extend(mentions.into_iter().flat_map(|span| reading.words_of(span)));
                    }
                    Operand::Actor(_) => {}
                }
            }
            if list.is_empty() {
                return (Vec::new(), Vec::new());
            }
            list.sort_unstable();
            list.dedup();
            lists.push(list);
        }
        let reach = match distance {
            Distance::Words(words) => Reach::Words(words),
            Distance::Sentence => Reach::Sentence(&reading.sentences),
        };
        let borrowed: Vec<&[Occurrence]> = lists.iter().map(Vec::as_slice).collect();
        let windows = near::near(&borrowed, order, reach);
        (lists, windows)
    }
}

/// Collects the marks of what holds.
struct Marker<'a> {
    look: &'a Look<'a>,
    /// Alternatives that do not hold are marked, too.
    all: bool,
    /// Mentions are marked that only a filter asks for.
    actors: bool,
    marks: Vec<Mark>,
}

impl Marker<'_> {
    fn mark(&mut self, node: &Node) {
        let look = self.look;
        match node {
            Node::All => {}
            Node::Filter { part, filter } => self.mark_filter(filter, *part),
            Node::Leaf(leaf) => {
                let found = look.occurrences(leaf, Field::Body, &look.body);
                let mark = |occurrence| Mark { span: look.body.bytes(occurrence), part: leaf.part };
                self.marks.extend(found.into_iter().map(mark));
            }
            Node::Near { part, operands, distance, order } => {
                let (lists, windows) = look.windows(operands, *distance, *order, Field::Body, &look.body);
                let actors = operands.iter().flatten().filter_map(|operand| match operand {
                    Operand::Actor(actor) => Some(actor),
                    Operand::Leaf(_) => None,
                });
                let mentions: Vec<Span> = actors.flat_map(|actor| look.facts.mentions(actor)).collect();
                // Any word of a mention answers, but the mention is marked whole.
                let whole = |span: Span| mentions.iter().copied().find(|one| one.overlaps(span)).unwrap_or(span);
                for &occurrence in lists.iter().flatten() {
                    // Windows ascend at both ends, so only the last that starts in time can hold it.
                    let after = windows.partition_point(|window| window.start <= occurrence.start);
                    if windows[..after].last().is_some_and(|window| occurrence.end <= window.end) {
                        self.marks.push(Mark { span: whole(look.body.bytes(occurrence)), part: *part });
                    }
                }
            }
            Node::Bool { must, should, .. } => {
                for node in must.iter().chain(should) {
                    if self.all || look.holds(node) {
                        self.mark(node);
                    }
                }
            }
        }
    }

    fn mark_filter(&mut self, filter: &Filter, part: usize) {
        if let Filter::Facet { dimension: Dimension::Actor, value } = filter
            && self.actors
        {
            self.marks.extend(self.look.facts.mentions(value).into_iter().map(|span| Mark { span, part }));
        }
    }
}

/// Where a word or phrase stands in a text, ascending by start.
fn occurrences(leaf: &Leaf, reading: &Reading) -> Vec<Occurrence> {
    let mut all: Vec<Occurrence> = Vec::new();
    for choice in &leaf.choices {
        match choice.needles.as_slice() {
            [] => {}
            [needle] => all.extend(&reading.found[*needle]),
            several => {
                if several.iter().any(|&needle| reading.found[needle].is_empty()) {
                    continue;
                }
                let lists: Vec<Vec<u32>> = several
                    .iter()
                    .map(|&needle| reading.found[needle].iter().map(|occurrence| occurrence.start).collect())
                    .collect();
                let borrowed: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
                all.extend(near::phrase(&borrowed, choice.slop));
            }
        }
    }
    if leaf.choices.len() > 1 {
        all.sort_unstable();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Language;

    struct Known;

    impl Facts for Known {
        fn holds(&self, filter: &Filter) -> bool {
            matches!(filter, Filter::Facet { value, .. } if value.as_str() == "china")
        }

        fn mentions(&self, actor: &Given) -> Vec<Span> {
            if actor.as_str() == "china" { vec![Span::new(0, 7)] } else { Vec::new() }
        }
    }

    const BODY: &str = "Beijing imposed new sanctions on U.S. exports of gas. The U.S. state-owned firms were not asked. \
        NATO’s eastern enlargement, and the enlargement of NATO, followed.";

    fn found(query: &str) -> Option<Vec<&'static str>> {
        let mut analyzer = Analyzer::new(Language::ENGLISH);
        let matcher = Matcher::new(&Query::new(query), &mut analyzer);
        let headings = ["Outlook".to_owned()];
        let texts = Texts { title: "A study of tariffs", headings: &headings, body: BODY, is_first: true };
        let marks = matcher.marks(texts, &Known, &mut analyzer, true);
        matcher
            .matches(texts, &Known, &mut analyzer)
            .then(|| marks.into_iter().map(|mark| &BODY[mark.span.range()]).collect())
    }

    #[test]
    fn queries_mean_what_the_language_says() {
        let cases: &[(&str, Option<&[&str]>)] = &[
            ("sanction", Some(&["sanctions"])),
            ("\"sanction\"", None),
            ("\"new sanctions\"", Some(&["new sanctions"])),
            ("\"new exports\"~3", Some(&["new sanctions on U.S. exports"])),
            ("\"new exports\"~2", None),
            ("state-owned", Some(&["state-owned"])),
            ("U.S.", Some(&["U.S.", "U.S."])),
            ("us", None),
            ("export* AND sanktions~1", Some(&["sanctions", "exports"])),
            ("e?port*", Some(&["exports"])),
            ("tariff", Some(&[])),
            ("body:tariff", None),
            ("title:tariff gas", Some(&["gas"])),
            ("+gas -nato", None),
            ("NEAR/1(nato enlargement)", Some(&["NATO’s", "enlargement", "enlargement", "NATO"])),
            ("ONEAR/1(nato enlargement)", Some(&["NATO’s", "enlargement"])),
            ("ONEAR/0(nato enlargement)", None),
            ("NEAR/s(actor:china sanctions)", Some(&["Beijing", "sanctions"])),
            ("NEAR/s(actor:china firms)", None),
            ("NEAR/s((actor:china OR gas) (firms OR exports))", Some(&["Beijing", "exports", "gas"])),
            ("(gas AND firms) OR (nato AND absent)", Some(&["gas", "firms"])),
            ("gas actor:china", Some(&["Beijing", "gas"])),
            ("gas actor:france actor:china", Some(&["Beijing", "gas"])),
            ("gas actor:france", None),
            ("-absent", Some(&[])),
        ];
        for (query, expected) in cases {
            assert_eq!(found(query).as_deref(), *expected, "{query}");
        }
    }

    #[test]
    fn unspaced_scripts_are_found_by_pairs() {
        let language = Language::new("zh").unwrap_or(Language::ENGLISH);
        let mut analyzer = Analyzer::new(language);
        let body = "北约的东扩引起俄罗斯的反对";
        for (query, expected) in [
            ("北约东扩", vec!["北约", "东扩"]),
            ("\"北约的东扩\"", vec!["北约的东扩"]),
            ("\"北约东扩\"", vec![]),
            ("\"北约东扩\"~1", vec!["北约的东扩"]),
            ("东", vec!["东"]),
        ] {
            let matcher = Matcher::new(&Query::new(query), &mut analyzer);
            let marks = matcher.marks(Texts { body, ..Texts::default() }, &Known, &mut analyzer, true);
            assert_eq!(marks.into_iter().map(|mark| &body[mark.span.range()]).collect::<Vec<_>>(), expected, "{query}");
        }
    }

    #[test]
    fn wildcards_match_whole_words() {
        for (pattern, word, expected) in [
            ("*patriot*", "expatriots", true),
            ("a*b*c", "aXbXbXc", true),
            ("a*b", "abc", false),
            ("?", "é", true),
            ("a?", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(matches_wildcard(&pattern.chars().collect::<Vec<_>>(), word), expected, "{pattern} {word}");
        }
    }
}
