//! A clause in, what to look for in a text out.

use super::needle::{Needles, Pattern};
use crate::search::near::Order;
use crate::search::query::{Clause, Distance, Field, Filter, Form, Given};
use crate::text::{Alternative, Analyzer, TermKind, plain};

#[derive(Debug)]
pub(super) enum Node {
    All,
    Leaf(Leaf),
    Near { part: usize, operands: Vec<Vec<Operand>>, distance: Distance, order: Order },
    Filter { part: usize, filter: Filter },
    Bool { must: Vec<Node>, should: Vec<Node>, must_not: Vec<Node> },
}

/// A word or phrase: one of several sequences of words.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) part: usize,
    pub(super) field: Field,
    pub(super) choices: Vec<Sequence>,
}

#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) needles: Vec<usize>,
    pub(super) slop: u32,
}

#[derive(Debug)]
pub(super) enum Operand {
    Leaf(Leaf),
    Actor(Given),
}

pub(super) fn node(clause: &Clause, analyzer: &mut Analyzer, needles: &mut Needles, parts: &mut usize) -> Node {
    match clause {
        // What it stands for is not known here.
        Clause::All | Clause::Like(_) => Node::All,
        Clause::Word { .. } | Clause::Phrase { .. } => Node::Leaf(leaf(clause, analyzer, needles, parts)),
        Clause::Filter(filter) => {
            *parts += 1;
            Node::Filter { part: *parts - 1, filter: filter.clone() }
        }
        Clause::Near { operands, distance, ordered } => {
            needles.sentences |= *distance == Distance::Sentence;
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

pub(super) fn leaf(clause: &Clause, analyzer: &mut Analyzer, needles: &mut Needles, parts: &mut usize) -> Leaf {
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

pub(super) fn word_choices(text: &str, form: Form, analyzer: &mut Analyzer, needles: &mut Needles) -> Vec<Sequence> {
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
            let alternatives = analyzer.alternatives(text).into_iter();
            let choices = alternatives.map(|alternative| {
                let needles = match alternative {
                    Alternative::Words(words) => words.iter().map(|word| needles.stem(word)).collect(),
                    Alternative::Pair(pair) => vec![needles.stem(&pair)],
                };
                Sequence { needles, slop: 0 }
            });
            choices.collect()
        }
    }
}
