//! What a highlight must mark, found by trying everything; highlights are tested against it.
//!
//! It shares the words of a text with the search (they are what the index was built from) and nothing else: phrases,
//! windows, patterns and distances follow their definitions in the query language, however slowly.

use proptest::prelude::*;

use super::highlight::Highlighter;
use super::query::{Clause, Distance, Filter, Form, Query};
use crate::annotate::Annotator;
use crate::document::{Document, Language, Paragraph, Span};
use crate::facet::Dimension;
use crate::text::{Analyzer, TermKind, sentences};

/// A range of words, half-open.
type Range = (usize, usize);

struct Word {
    stem: String,
    exact: String,
    span: Span,
    sentence: usize,
}

struct Oracle<'a> {
    paragraph: &'a Paragraph,
    words: Vec<Word>,
}

fn analyzed(text: &str) -> Vec<(String, String, Span)> {
    let mut found = Vec::new();
    Analyzer::new(Language::ENGLISH).analyze(text, |term| {
        if term.kind == TermKind::Word {
            found.push((term.text.to_owned(), term.exact.to_owned(), term.span));
        }
    });
    found
}

/// Whether a pattern of `*` and `?` is the word, by trying every length of every star.
fn is_like(pattern: &[char], word: &[char]) -> bool {
    match pattern.split_first() {
        None => word.is_empty(),
        Some(('*', rest)) => (0..=word.len()).any(|taken| is_like(rest, &word[taken..])),
        Some((&c, rest)) => word.split_first().is_some_and(|(&w, after)| (c == '?' || c == w) && is_like(rest, after)),
    }
}

/// Whether at most so many slips make one word of the other, by trying every slip.
fn is_within(left: &[char], right: &[char], slips: u8) -> bool {
    if left == right {
        return true;
    }
    match (left, right) {
        ([a, left @ ..], [b, right @ ..]) if a == b && is_within(left, right, slips) => true,
        _ if slips == 0 => false,
        ([a, c, left @ ..], [b, d, right @ ..]) if a == d && c == b && is_within(left, right, slips - 1) => true,
        ([_, left_rest @ ..], [_, right_rest @ ..]) => {
            is_within(left_rest, right_rest, slips - 1)
                || is_within(left_rest, right, slips - 1)
                || is_within(left, right_rest, slips - 1)
        }
        ([_, rest @ ..], []) => is_within(rest, right, slips - 1),
        ([], [_, rest @ ..]) => is_within(left, rest, slips - 1),
        ([], []) => true,
    }
}

impl Oracle<'_> {
    fn of(paragraph: &Paragraph) -> Oracle<'_> {
        let ends: Vec<usize> = sentences(&paragraph.text).map(|sentence| sentence.end).collect();
        let words = analyzed(&paragraph.text).into_iter().map(|(stem, exact, span)| Word {
            sentence: ends.iter().filter(|&&end| end <= span.start).count(),
            stem,
            exact,
            span,
        });
        Oracle { words: words.collect(), paragraph }
    }

    fn ranges(&self) -> impl Iterator<Item = Range> + use<> {
        let count = self.words.len();
        (0..count).flat_map(move |start| (start + 1..=count).map(move |end| (start, end)))
    }

    /// Where a word or phrase stands.
    fn occurrences(&self, clause: &Clause) -> Vec<Range> {
        match clause {
            Clause::Word { text, form: Form::Word, .. } => {
                let asked = analyzed(text);
                let is = |(start, end): &Range| {
                    end - start == asked.len()
                        && self.words[*start..*end].iter().zip(&asked).all(|(word, (stem, ..))| word.stem == *stem)
                };
                self.ranges().filter(is).collect()
            }
            Clause::Word { text, form: Form::Exact, .. } => self.phrase(text, 0),
            Clause::Phrase { text, slop, .. } => self.phrase(text, *slop as usize),
            Clause::Word { text, form, .. } => {
                let pattern: Vec<char> = text.to_lowercase().chars().collect();
                let is = |word: &Word| {
                    let word: Vec<char> = word.exact.chars().collect();
                    match form {
                        Form::Prefix => word.starts_with(&pattern),
                        Form::Fuzzy(slips) => is_within(&pattern, &word, *slips),
                        _ => is_like(&pattern, &word),
                    }
                };
                let found = self.words.iter().enumerate().filter(|(_, word)| is(word));
                found.map(|(at, _)| (at, at + 1)).collect()
            }
            Clause::Filter(Filter::Facet { dimension: Dimension::Actor, value }) => {
                let touched = |word: &Word| self.mentions(value.as_str()).iter().any(|span| span.overlaps(word.span));
                let found = self.words.iter().enumerate().filter(|(_, word)| touched(word));
                found.map(|(at, _)| (at, at + 1)).collect()
            }
            Clause::Bool { should, .. } => should.iter().flat_map(|choice| self.occurrences(choice)).collect(),
            other => panic!("{other:?} stands nowhere"),
        }
    }

    fn mentions(&self, id: &str) -> Vec<Span> {
        let meant = self.paragraph.actors.iter().filter(|tag| *tag.id == *id);
        meant.flat_map(|tag| tag.mentions.iter().map(|mention| mention.span)).collect()
    }

    /// The least ranges that hold the words in order with at most `slop` others.
    fn phrase(&self, text: &str, slop: usize) -> Vec<Range> {
        let asked = analyzed(text);
        let holds = |(start, end): &Range| {
            let mut left = asked.iter().peekable();
            for word in &self.words[*start..*end] {
                left.next_if(|(_, exact, _)| *exact == word.exact);
            }
            left.peek().is_none()
        };
        least(self.ranges().filter(|range| range.1 - range.0 <= asked.len() + slop && holds(range)).collect())
    }

    /// The least ranges that answer a NEAR, by trying every choice of one occurrence an operand.
    fn windows(&self, operands: &[Clause], distance: Distance, ordered: bool) -> Vec<Range> {
        let lists: Vec<Vec<Range>> = operands.iter().map(|operand| self.occurrences(operand)).collect();
        let covered = |at: usize| lists.iter().flatten().any(|range| (range.0..range.1).contains(&at));
        let mut choices: Vec<Vec<Range>> = vec![Vec::new()];
        for list in &lists {
            let longer = |choice: &Vec<Range>| list.iter().map(|&next| [choice.as_slice(), &[next]].concat()).collect();
            choices = choices.iter().flat_map(|choice| -> Vec<Vec<Range>> { longer(choice) }).collect();
        }
        let mut windows = Vec::new();
        for choice in choices {
            if ordered && !choice.windows(2).all(|pair| pair[0].1 <= pair[1].0) {
                continue;
            }
            let start = choice.iter().map(|range| range.0).min().unwrap_or(0);
            let end = choice.iter().map(|range| range.1).max().unwrap_or(0);
            let answers = match distance {
                Distance::Words(most) => (start..end).filter(|&at| !covered(at)).count() <= most as usize,
                Distance::Sentence => self.words[start].sentence == self.words[end - 1].sentence,
            };
            if answers {
                windows.push((start, end));
            }
        }
        least(windows)
    }

    fn holds(&self, clause: &Clause) -> bool {
        match clause {
            Clause::Near { operands, distance, ordered } => !self.windows(operands, *distance, *ordered).is_empty(),
            Clause::Bool { must, should, must_not } => {
                must.iter().all(|part| self.holds(part))
                    && !must_not.iter().any(|part| self.holds(part))
                    && (!must.is_empty() || should.is_empty() || should.iter().any(|part| self.holds(part)))
            }
            leaf => !self.occurrences(leaf).is_empty(),
        }
    }

    /// The bytes that a clause which holds marks.
    fn marks(&self, clause: &Clause, into: &mut Vec<Span>) {
        let bytes = |range: &Range| Span::new(self.words[range.0].span.start, self.words[range.1 - 1].span.end);
        match clause {
            Clause::Near { operands, distance, ordered } => {
                let windows = self.windows(operands, *distance, *ordered);
                let inside = |range: &Range| windows.iter().any(|window| window.0 <= range.0 && range.1 <= window.1);
                for operand in operands {
                    let actors: Vec<Span> = actors_of(operand).iter().flat_map(|id| self.mentions(id)).collect();
                    for range in self.occurrences(operand).iter().filter(|range| inside(range)) {
                        // A word of a mention stands for the mention.
                        into.push(bytes(range));
                        into.extend(actors.iter().copied().filter(|span| span.overlaps(bytes(range))));
                    }
                }
            }
            Clause::Bool { must, should, .. } => {
                for part in must.iter().chain(should).filter(|part| self.holds(part)) {
                    self.marks(part, into);
                }
            }
            Clause::Filter(_) => {}
            leaf => into.extend(self.occurrences(leaf).iter().map(bytes)),
        }
    }
}

fn actors_of(operand: &Clause) -> Vec<&str> {
    match operand {
        Clause::Filter(Filter::Facet { value, .. }) => vec![value.as_str()],
        Clause::Bool { should, .. } => should.iter().flat_map(actors_of).collect(),
        _ => Vec::new(),
    }
}

/// The ranges that hold no other one.
fn least(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable();
    ranges.dedup();
    let all = ranges.clone();
    ranges.retain(|range| !all.iter().any(|other| other != range && range.0 <= other.0 && other.1 <= range.1));
    ranges
}

/// The spans as ranges of a highlight: in order, those that overlap as one.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut ranges: Vec<Span> = Vec::new();
    for span in spans {
        match ranges.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => ranges.push(span),
        }
    }
    ranges
}

const WORDS: &str = "(sanction|sanctions|gas|export|exports|deal|deals|U\\.S\\.|China|Chinese|Beijing|Russia|the Russian Federation|fire|fires)";

fn text() -> impl Strategy<Value = String> {
    let parts = proptest::collection::vec((WORDS, "( | |\\. |, )"), 1..13);
    parts
        .prop_map(|parts| parts.into_iter().flat_map(|(word, mark)| [word, mark]).collect::<String>().trim().to_owned())
}

fn query() -> impl Strategy<Value = String> {
    let pattern = || "(sanct\\*|exp\\*|\\*ort|d?al\\*|g?s|dael~|expotr~2|sanctoin~|fir*)";
    let phrase = || (WORDS, WORDS).prop_map(|(a, b)| format!("\"{a} {b}\""));
    let loose = || (WORDS, WORDS, WORDS, 1u8..6).prop_map(|(a, b, c, slop)| format!("\"{a} {b} {c}\"~{slop}"));
    let operand = prop_oneof![
        3 => WORDS,
        2 => "actor:(CHN|RUS|USA)",
        1 => pattern(),
        1 => phrase(),
        1 => loose(),
        1 => (WORDS, pattern()).prop_map(|(a, b)| format!("({a} OR {b} OR actor:CHN)")),
    ];
    let near = ("O?NEAR/(0|1|2|4|8|s)", proptest::collection::vec(operand, 2..4))
        .prop_map(|(name, operands)| format!("{name}({})", operands.join(" ")));
    let atom = prop_oneof![2 => WORDS, 1 => pattern(), 1 => phrase(), 1 => loose(), 3 => near];
    let sign = prop_oneof![4 => Just(""), 1 => Just("+"), 1 => Just("-")];
    proptest::collection::vec((sign, atom), 1..4)
        .prop_map(|parts| parts.into_iter().map(|(sign, atom)| format!("{sign}{atom} ")).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("CI").is_some() { 1_000 } else { 256 }))]

    #[test]
    fn highlights_are_what_trying_everything_finds(text in text(), queries in proptest::collection::vec(query(), 8)) {
        let document = Document::parse("a", &text)?;
        prop_assume!(document.paragraphs.len() == 1);
        let document = Annotator::new().annotate(document);
        let paragraph = &document.paragraphs[0];
        let oracle = Oracle::of(paragraph);
        for text in queries {
            let query = Query::new(&text);
            if !oracle.holds(query.clause()) {
                continue;
            }
            let mut marks = Vec::new();
            oracle.marks(query.clause(), &mut marks);
            let highlight = Highlighter::new(&query, Language::ENGLISH).highlight(paragraph);
            prop_assert_eq!(highlight.ranges(), merged(marks), "{} on {}", query, &paragraph.text);
        }
    }
}
