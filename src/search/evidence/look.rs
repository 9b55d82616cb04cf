//! One paragraph held against a query: whether it matches, and where.

use std::cell::{OnceCell, RefCell};

use super::node::{Leaf, Node, Operand};
use super::reading::{Reading, occurrences};
use super::{Facts, Mark, Matcher, Texts};
use crate::document::Span;
use crate::facet::Dimension;
use crate::search::near::{self, Occurrence, Order, Reach};
use crate::search::query::{Distance, Field, Filter};
use crate::text::Analyzer;

/// One paragraph held against a query.
pub(super) struct Look<'a> {
    matcher: &'a Matcher,
    texts: Texts<'a>,
    facts: &'a dyn Facts,
    analyzer: RefCell<&'a mut Analyzer>,
    pub(super) body: Reading,
    /// The title, then the headings; read when the body is not enough, which is seldom.
    context: OnceCell<Vec<(Field, Reading)>>,
}

impl<'a> Look<'a> {
    pub(super) fn new(
        matcher: &'a Matcher,
        texts: Texts<'a>,
        facts: &'a dyn Facts,
        analyzer: &'a mut Analyzer,
    ) -> Look<'a> {
        let body = matcher.read(texts.body, analyzer);
        Look { matcher, texts, facts, analyzer: RefCell::new(analyzer), body, context: OnceCell::new() }
    }

    fn readings(&self) -> impl Iterator<Item = (Field, &Reading)> {
        let context = std::iter::once_with(|| self.context()).flatten();
        std::iter::once((Field::Body, &self.body)).chain(context.map(|(field, reading)| (*field, reading)))
    }

    fn context(&self) -> &[(Field, Reading)] {
        self.context.get_or_init(|| {
            let mut analyzer = self.analyzer.borrow_mut();
            let headings = self.texts.headings.iter().map(|heading| (Field::Heading, heading.as_str()));
            let texts = std::iter::once((Field::Title, self.texts.title)).chain(headings);
            texts.map(|(field, text)| (field, self.matcher.read(text, &mut analyzer))).collect()
        })
    }

    pub(super) fn occurrences(&self, leaf: &Leaf, field: Field, reading: &Reading) -> Vec<Occurrence> {
        let asked = match leaf.field {
            Field::Any => field != Field::Title || self.texts.is_first,
            one => one == field,
        };
        if asked { occurrences(leaf, reading) } else { Vec::new() }
    }

    pub(super) fn holds(&self, node: &Node) -> bool {
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
    pub(super) fn windows(
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
pub(super) struct Marker<'a> {
    pub(super) look: &'a Look<'a>,
    /// Alternatives that do not hold are marked, too.
    pub(super) all: bool,
    /// Mentions are marked that only a filter asks for.
    pub(super) actors: bool,
    pub(super) marks: Vec<Mark>,
}

impl Marker<'_> {
    pub(super) fn mark(&mut self, node: &Node) {
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
                for &occurrence in lists.iter().flatten() {
                    // Windows ascend at both ends, so only the last that starts in time can hold it.
                    let after = windows.partition_point(|window| window.start <= occurrence.start);
                    if windows[..after].last().is_some_and(|window| occurrence.end <= window.end) {
                        // Any word of a mention answers, but the mention is marked whole, too.
                        let span = look.body.bytes(occurrence);
                        let whole = mentions.iter().copied().filter(|mention| mention.overlaps(span));
                        self.marks.extend(whole.chain([span]).map(|span| Mark { span, part: *part }));
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

    pub(super) fn mark_filter(&mut self, filter: &Filter, part: usize) {
        if let Filter::Facet { dimension: Dimension::Actor, value } = filter
            && self.actors
        {
            self.marks.extend(self.look.facts.mentions(value).into_iter().map(|span| Mark { span, part }));
        }
    }
}
