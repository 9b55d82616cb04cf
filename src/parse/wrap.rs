//! Where the paragraphs of hard-wrapped text end when nothing marks it.
//!
//! A program that wraps lines fills each as far as the next word lets it. So a line that had room for the
//! next word ended a paragraph, and where an extractor dropped the indentation of first lines, a first line
//! still shows by being short of the edge by just that much. Neither is sure alone: a last line can be full by
//! chance, and fonts of varying width blur the edge. All is therefore weighed together: the cheapest
//! sequence of states (Viterbi, 1967) over the lines of a run, where a cost is the negative logarithm of a
//! probability. The probabilities are round figures from the shape of English prose: five lines a paragraph,
//! two lines a sentence, twelve words a line.

use super::join;
use super::line::{Line, WIDEST_WRAP};
use crate::document::Span;
use crate::text::ends_abbreviated;

/// Right edges that one text can have: body, quotation, list and a spare.
const EDGES: usize = 4;
/// The mode of lines that belong together and fill no edge: addresses, verses, lists of names. The modes below
/// it stand for the edges.
const LOOSE: usize = EDGES;
const MODES: usize = EDGES + 1;

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Stop,
    Colon,
    Semicolon,
    Dash,
    Comma,
    /// `Mr.`, `Res.`, `J.`: a stop that ends no sentence.
    Short,
    Word,
}

/// How a line starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Item,
    Speaker,
    /// A word that opens paragraphs more often than other sentences: `Finally,`, `Mr. President,`.
    Opener,
    Large,
    Small,
}

/// What the search needs of a line.
#[derive(Debug, Clone, Copy)]
struct Fact {
    edge: i32,
    indent: i32,
    word: i32,
    end: End,
    start: Start,
    /// Whether a page or its furniture stands before it.
    over_page: bool,
}

/// The right edges of a text and how exactly it keeps to them.
#[derive(Debug, Clone, Default)]
pub(super) struct Wrap {
    /// Of each line of text.
    facts: Vec<Fact>,
    edges: Vec<i32>,
    /// Room that a line inside a paragraph may leave beyond the next word.
    slack: i32,
    /// Indentation of first lines that is no longer seen.
    indent: i32,
}

/// A paragraph that the search found, as a range of the lines of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) lines: Span,
    /// Whether it is wrapped text and not a stack of short lines.
    pub(super) wrapped: bool,
    /// Whether its last line ends a sentence.
    pub(super) ends: bool,
}

impl Wrap {
    /// Measures a text. `text` are its lines of text; `runs` are the stretches of these between which a paragraph
    /// surely ends.
    pub(super) fn new(source: &str, lines: &[Line], text: &[usize], runs: &[Span]) -> Wrap {
        let edges = edges(lines, text, runs);
        let mut wrap = Wrap { facts: facts(source, lines, text, runs), edges, slack: 0, indent: 0 };
        // Lines in the midst of a sentence surely do not end a paragraph: they show the slack. Those of them
        // that follow a sure end show the indentation.
        let (mut inside, mut first) = (Vec::new(), Vec::new());
        for run in runs {
            for three in wrap.facts[run.range()].windows(3) {
                let [before, line, next] = three else { continue };
                if line.end != End::Word || next.start != Start::Small || next.over_page || line.over_page {
                    continue;
                }
                let Some(edge) = wrap.edge_above(line.edge.max(next.edge)) else { continue };
                let room = edge - line.edge - 1 - next.word;
                match before.end {
                    End::Word | End::Comma => inside.push(room),
                    End::Stop if line.start != Start::Small && before.edge + 12 + line.word < edge => first.push(room),
                    _ => {}
                }
            }
        }
        wrap.slack = percentile(&mut inside, 92).unwrap_or(0).clamp(-1, 30);
        if let Some(room) = percentile(&mut first, 90).filter(|_| first.len() >= 4) {
            wrap.indent = (room - wrap.slack).clamp(0, 10);
        }
        wrap
    }

    fn edge_above(&self, edge: i32) -> Option<i32> {
        self.edges.iter().copied().filter(|&known| known >= edge).min()
    }

    /// Cuts a run into paragraphs.
    pub(super) fn cut(&self, run: Span, pieces: &mut Vec<Piece>) {
        let facts = &self.facts[run.range()];
        let (trail, mut mode, mut first) = self.search(facts);
        let from = pieces.len();
        let mut upper = facts.len();
        for at in (0..facts.len()).rev() {
            if first {
                let ends = facts[upper - 1].end == End::Stop;
                let lines = Span::new(run.start + at, run.start + upper);
                pieces.push(Piece { lines, wrapped: mode != LOOSE, ends });
                upper = at;
                (mode, first) = (usize::from(trail[at].from[mode] >> 1), trail[at].from[mode] & 1 == 1);
            } else {
                first = trail[at].after_first >> mode & 1 == 1;
            }
        }
        pieces[from..].reverse();
    }

    /// The cheapest way through the lines: what led to each state, and the state of the last line.
    fn search(&self, facts: &[Fact]) -> (Vec<Step>, usize, bool) {
        let mut trail = Vec::with_capacity(facts.len());
        let mut first = [f32::INFINITY; MODES];
        let mut inside = [f32::INFINITY; MODES];
        for (mode, cost) in first.iter_mut().enumerate() {
            if mode < self.edges.len() || mode == LOOSE {
                *cost = if mode == LOOSE { TO_LOOSE } else { 0.0 };
            }
        }
        trail.push(Step::default());
        for pair in facts.windows(2) {
            let [line, next] = pair else { continue };
            let mut step = Step::default();
            let mut leave = [f32::INFINITY; MODES];
            for mode in 0..MODES {
                let (begun, within) = (first[mode], inside[mode]);
                if begun.min(within) == f32::INFINITY {
                    continue;
                }
                leave[mode] = begun.min(within) + self.last(line, mode);
                step.from[mode] = (mode as u8) << 1 | u8::from(begun <= within);
                let a = begun + self.goes_on(line, next, mode, true);
                let b = within + self.goes_on(line, next, mode, false);
                inside[mode] = a.min(b);
                step.after_first |= u8::from(a <= b) << mode;
            }
            let cheapest = (0..MODES).min_by(|&a, &b| leave[a].total_cmp(&leave[b])).unwrap_or(LOOSE);
            let from = step.from;
            let broken = break_cost(line, next);
            for mode in 0..MODES {
                let other = if mode == LOOSE { TO_LOOSE } else { OTHER_EDGE };
                first[mode] = broken + leave[mode].min(leave[cheapest] + other);
                if leave[cheapest] + other < leave[mode] {
                    step.from[mode] = from[cheapest];
                }
                if mode >= self.edges.len() && mode != LOOSE {
                    first[mode] = f32::INFINITY;
                }
            }
            trail.push(step);
        }
        let mut best = (f32::INFINITY, LOOSE, true);
        if let Some(line) = facts.last() {
            for mode in 0..MODES {
                for (cost, is_first) in [(first[mode], true), (inside[mode], false)] {
                    let cost = cost + self.last(line, mode);
                    if cost < best.0 {
                        best = (cost, mode, is_first);
                    }
                }
            }
        }
        (trail, best.1, best.2)
    }

    /// What a line costs as the last of its paragraph.
    fn last(&self, line: &Fact, mode: usize) -> f32 {
        match self.edges.get(mode).filter(|_| mode != LOOSE) {
            Some(&edge) => ANY_LENGTH + beyond(line.edge - edge),
            None => ANY_LENGTH,
        }
    }

    /// What a line costs that goes on in the next.
    fn goes_on(&self, line: &Fact, next: &Fact, mode: usize, first: bool) -> f32 {
        let Some(&edge) = self.edges.get(mode).filter(|_| mode != LOOSE) else {
            return ANY_LENGTH + loose_cost(line, next);
        };
        let hidden = if first && line.indent <= next.indent { self.indent } else { 0 };
        let length = line.edge + hidden;
        let room = edge - length - 1 - next.word;
        let fill = match () {
            // A page cut the line wherever it was.
            () if next.over_page => ANY_LENGTH + beyond(line.edge - edge),
            () if length > edge => FULL + beyond(length - edge),
            () if room > self.slack => FULL + 4.0 + (0.15 * (room - self.slack) as f32).min(8.0),
            () => FULL,
        };
        let moved = if !first && line.indent != next.indent { 4.0 } else { 0.0 };
        fill + moved + inside_cost(line, next)
    }
}

fn facts(source: &str, lines: &[Line], text: &[usize], runs: &[Span]) -> Vec<Fact> {
    let mut facts = Vec::with_capacity(text.len());
    for run in runs {
        let run = &text[run.range()];
        let mut here = run.first().map_or("", |&at| lines[at].text(source));
        for (place, &at) in run.iter().enumerate() {
            let line = &lines[at];
            let next = run.get(place + 1).map_or("", |&at| lines[at].text(source));
            let word = here.split(' ').next().unwrap_or_default();
            facts.push(Fact {
                edge: line.edge() as i32,
                indent: line.indent as i32,
                word: if line.plain { word.len() } else { word.chars().take(200).count() } as i32,
                end: end(here, next),
                start: start(here),
                over_page: place > 0 && at > run[place - 1] + 1 || line.page_before,
            });
            here = next;
        }
    }
    facts
}

/// What led to the states of a line.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    /// For each mode of a first line: the mode of the line before, shifted, and whether that was a first one.
    from: [u8; MODES],
    /// For each mode of a later line, as a bit: whether the line before was a first one.
    after_first: u8,
}

/// A last line has any length up to the edge: one in seventy.
const ANY_LENGTH: f32 = 4.25;
/// A line inside a paragraph has one of the eight lengths that the next word allows.
const FULL: f32 = 2.1;
/// A paragraph seldom has another edge than the one before it.
const OTHER_EDGE: f32 = 3.0;
/// Stacks of short lines are seldom.
const TO_LOOSE: f32 = 3.0;
/// One line in five starts a paragraph.
const BREAK: f32 = 1.6;
const NO_BREAK: f32 = 0.22;

/// What it costs to stand out over the edge.
fn beyond(columns: i32) -> f32 {
    if columns > 0 { (4.0 + 0.3 * columns as f32).min(16.0) } else { 0.0 }
}

/// The price of a paragraph's end between two lines, by what stands at the ends.
fn break_cost(line: &Fact, next: &Fact) -> f32 {
    let end = match line.end {
        End::Stop => 0.22,
        End::Colon => 2.8,
        End::Semicolon => 3.0,
        End::Dash => 3.5,
        End::Comma => 4.6,
        End::Short => 5.5,
        End::Word => 3.5,
    };
    let start = match next.start {
        Start::Item | Start::Speaker => 1.9,
        Start::Opener => 2.3,
        Start::Large => 0.45,
        Start::Small => 3.9,
    };
    BREAK + end + start
}

/// The price of two lines of one paragraph, by what stands at the ends.
fn inside_cost(line: &Fact, next: &Fact) -> f32 {
    let end = match line.end {
        End::Stop => 2.9,
        End::Colon => 5.5,
        End::Semicolon => 5.1,
        End::Dash => 5.1,
        End::Comma => 2.5,
        End::Short => 4.2,
        End::Word => 0.22,
    };
    let start = match (next.start, line.end) {
        (Start::Item, _) => 4.5,
        (Start::Speaker, _) => 6.0,
        (Start::Opener, End::Stop) => 3.3,
        (Start::Opener, _) => 4.5,
        (Start::Large, End::Stop) => 0.05,
        (Start::Small, End::Stop) => 3.2,
        (Start::Large, _) => 1.8,
        (Start::Small, _) => 0.2,
    };
    NO_BREAK + end + start
}

/// The price of two lines of one stack.
fn loose_cost(line: &Fact, next: &Fact) -> f32 {
    let end = match line.end {
        End::Stop => 2.5,
        End::Colon => 3.2,
        End::Semicolon | End::Dash => 3.5,
        End::Comma => 1.4,
        End::Short => 3.2,
        End::Word => 0.6,
    };
    let start = match next.start {
        Start::Item => 3.0,
        Start::Speaker => 6.0,
        Start::Opener | Start::Large => 0.15,
        Start::Small => 2.5,
    };
    0.1 + end + start
}

fn end(text: &str, next: &str) -> End {
    // Most lines end in the midst of a sentence.
    if text.ends_with(|c: char| c.is_ascii_alphanumeric()) && !text.ends_with("and") && !text.ends_with("or") {
        return End::Word;
    }
    let text = text.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']']);
    if text.ends_with("; and") || text.ends_with("; or") {
        return End::Semicolon;
    }
    match text.chars().next_back() {
        // An ellipsis of spaced stops.
        Some('.') if text.ends_with(" .") => End::Word,
        Some('.') if ends_abbreviated(text, next) => End::Short,
        Some('.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟' | '۔') => End::Stop,
        Some(':') => End::Colon,
        Some(';') => End::Semicolon,
        Some('—' | '–') => End::Dash,
        Some('-') if text.ends_with("--") => End::Dash,
        Some(',') => End::Comma,
        _ => End::Word,
    }
}

fn start(text: &str) -> Start {
    // Most lines start with a small word, and no mark of a list has three letters in a row.
    if text.len() >= 3
        && text.as_bytes()[..3].iter().all(u8::is_ascii_lowercase)
        && !text.starts_with(['i', 'v', 'x', 'l', 'c'])
    {
        return Start::Small;
    }
    if join::is_list_item(text) || join::is_label(text) {
        return Start::Item;
    }
    if super::block::is_speaker(text) {
        return Start::Speaker;
    }
    match () {
        () if join::is_opener(text) => Start::Opener,
        () if join::begins_large(text) => Start::Large,
        () => Start::Small,
    }
}

/// The right edges that stretches of five lines come up to again and again.
fn edges(lines: &[Line], text: &[usize], runs: &[Span]) -> Vec<i32> {
    let mut seen = vec![0u32; WIDEST_WRAP as usize + 1];
    let mut all = 0u32;
    let mut count = |window: &[usize]| {
        if let Some(edge) = window.iter().map(|&at| lines[at].edge()).max()
            && let Some(seen) = seen.get_mut(edge as usize)
        {
            *seen += 1;
            all += 1;
        }
    };
    for run in runs.iter().filter(|run| run.len() >= 2) {
        let run = &text[run.range()];
        if run.len() < 5 {
            count(run);
        }
        run.windows(5).for_each(&mut count);
    }
    let mut found: Vec<(u32, i32)> = Vec::new();
    let mut edge = seen.len();
    let near = |at: usize| seen[at.saturating_sub(2)..=at].iter().sum::<u32>();
    while edge > 0 {
        edge -= 1;
        let above = seen.iter().skip(edge + 1).take(2).max().copied().unwrap_or(0);
        let mass = near(edge);
        if 25 * mass >= all && seen[edge] > 0 && 2 * above < seen[edge] {
            found.push((mass, edge as i32));
            edge = edge.saturating_sub(3);
        }
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.truncate(EDGES);
    let mut edges: Vec<i32> = found.into_iter().map(|(_, edge)| edge).collect();
    edges.sort_unstable();
    edges
}

fn percentile(values: &mut [i32], percent: usize) -> Option<i32> {
    if values.is_empty() {
        return None;
    }
    let place = (values.len() * percent / 100).min(values.len() - 1);
    Some(*values.select_nth_unstable(place).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wraps at 60 columns, the first line short by an indentation of two that is not written.
    fn wrap(paragraph: &str) -> String {
        let mut text = String::new();
        let mut room = 58;
        for word in paragraph.split(' ') {
            if word.len() > room {
                text.truncate(text.trim_end().len());
                text.push('\n');
                room = 60;
            }
            text.push_str(word);
            text.push(' ');
            room = room.saturating_sub(word.len() + 1);
        }
        text.trim_end().to_owned() + "\n"
    }

    fn cut(text: &str) -> Vec<String> {
        let lines = crate::parse::line::lines(text);
        let all: Vec<usize> = (0..lines.len()).collect();
        let run = Span::new(0, all.len());
        let mut pieces = Vec::new();
        Wrap::new(text, &lines, &all, &[run]).cut(run, &mut pieces);
        let join = |piece: &Piece| piece.lines.range().map(|at| lines[at].text(text)).collect::<Vec<_>>().join(" ");
        pieces.iter().map(join).collect()
    }

    #[test]
    fn paragraphs_end_where_a_line_had_room() {
        let paragraphs = [
            "The ministers met in Geneva for the third time this year and spoke for two hours. They agreed on little, and \
             the communiqué that followed says as much. No date was set.",
            "Mr. Smith of the delegation said that the gas would flow again. Others were not so sure of that, and the \
             markets in London and in Frankfurt took the same view.",
            "What follows is a matter of months. The treaty runs out in May, the talks on a new one have not begun, and \
             neither side wants to be the first to ask for them.",
        ];
        let text: String = paragraphs.iter().map(|paragraph| wrap(paragraph)).collect();
        assert_eq!(cut(&text), paragraphs);
    }

    #[test]
    fn short_lines_stay_together() {
        let names = "Anna Berg, of Norway\nJohn Smith, of Maine\nPaul Weber, of Bonn\nJane Doe, of Texas";
        assert_eq!(cut(names), [names.replace('\n', " ")]);
    }
}
