//! Phrases and windows of a query become operands, each the sequences of terms any of which will do.

use tantivy::Term;
use tantivy::schema::Field as TantivyField;

use super::Compiler;
use crate::error::{Error, Result};
use crate::facet::Dimension;
use crate::search::effort::Limit;
use crate::search::expand::ExpandedTerm;
use crate::search::filter;
use crate::search::plan::{Plan, Test};
use crate::search::positional::{Operand, PositionalQuery, Rule, Sequence};
use crate::search::query::{Clause, Distance, Field, Filter, Form};
use crate::text::{Alternative, TermKind};

impl Compiler<'_> {
    /// Whether a phrase or window of these operands may be looked for.
    fn afford_phrase(&mut self, operands: &[Operand]) -> Result<bool> {
        let mut frequencies: Vec<u64> = Vec::new();
        let mut least = u64::MAX;
        for operand in operands {
            let mut paragraphs = 0;
            for sequence in operand.sequences() {
                let mut rarest = u64::MAX;
                for (field, term) in sequence.terms() {
                    let frequency = self.searcher.doc_freq(&Term::from_field_text(*field, term));
                    let frequency = frequency.map_err(|error| Error::storage("reading the dictionary", error))?;
                    frequencies.push(frequency);
                    rarest = rarest.min(frequency);
                }
                paragraphs += rarest;
            }
            least = least.min(paragraphs);
        }
        // Only paragraphs with all operands are looked at, and in each the lists of the words that stand there.
        let looks: u64 = frequencies.iter().map(|&frequency| frequency.min(least)).sum();
        let within = self.effort.take_phrase(looks * 5 / 8);
        if !within {
            self.refuse(Limit::Phrases);
        }
        Ok(within)
    }

    pub(super) fn phrase(&mut self, field: Field, text: &str, slop: u32, boost: f32) -> Result<Plan> {
        let (stems, exact) = self.fields(field);
        let mut sequences = self.exact_sequences(text, stems, exact);
        if slop > 0 {
            sequences = sequences.into_iter().map(|sequence| sequence.loosened(slop)).collect();
        }
        if field == Field::Body {
            return self.within_body(vec![Operand::new(sequences)], boost);
        }
        if slop == 0 {
            if sequences.iter().any(|sequence| sequence.terms().len() > 1)
                && !self.afford_phrase(&[Operand::new(sequences.clone())])?
            {
                return Ok(Plan::nothing());
            }
            let mut alternatives: Vec<Plan> =
                sequences.iter().map(|sequence| Plan::sequence(sequence, stems, boost)).collect();
            if field == Field::Any {
                alternatives.extend(self.mentions(text, boost));
            }
            return Ok(Plan::any_of(alternatives));
        }
        self.positional(vec![Operand::new(sequences)], Rule::Window { slop: 0, ordered: true, body: false }, boost)
    }

    /// The words as written; in fields without written forms, their stems in every language.
    fn exact_sequences(&mut self, text: &str, stems: TantivyField, exact: TantivyField) -> Vec<Sequence> {
        let mut sequences: Vec<Sequence> = Vec::new();
        let written = self.index.fields;
        for analyzer in &mut self.analyzers {
            let mut sequence = Sequence::default();
            analyzer.analyze(text, |term| {
                if term.kind == TermKind::Word {
                    match stems == exact {
                        true => sequence.push(exact, term.text),
                        false => sequence.push(written.written(term.exact), term.exact),
                    }
                }
            });
            if !sequence.is_empty() && !sequences.contains(&sequence) {
                sequences.push(sequence);
            }
        }
        sequences
    }

    pub(super) fn within_body(&mut self, operands: Vec<Operand>, boost: f32) -> Result<Plan> {
        self.positional(operands, Rule::Window { slop: 0, ordered: true, body: true }, boost)
    }

    fn positional(&mut self, operands: Vec<Operand>, rule: Rule, boost: f32) -> Result<Plan> {
        if operands.is_empty() || operands.iter().any(Operand::is_empty) || !self.afford_phrase(&operands)? {
            return Ok(Plan::nothing());
        }
        Ok(Plan::Leaf { test: Test::Near(PositionalQuery::new(self.index.fields, operands, rule)), boost })
    }

    pub(super) fn near(&mut self, operands: &[Clause], distance: Distance, ordered: bool, boost: f32) -> Result<Plan> {
        let Some(field) = field_of(operands) else { return Ok(Plan::nothing()) };
        let mut compiled = Vec::with_capacity(operands.len());
        for operand in operands {
            compiled.push(Operand::new(self.near_operand(operand, field)?));
        }
        let rule = match distance {
            Distance::Words(slop) => Rule::Window { slop, ordered, body: field == Field::Body },
            Distance::Sentence if matches!(field, Field::Any | Field::Body) => Rule::Sentence { ordered },
            Distance::Sentence => return Ok(Plan::nothing()),
        };
        self.positional(compiled, rule, boost)
    }

    /// The sequences any of which is the operand.
    fn near_operand(&mut self, operand: &Clause, field: Field) -> Result<Vec<Sequence>> {
        Ok(match operand {
            Clause::Word { field, text, form } => {
                let (stems, exact) = self.fields(*field);
                match form {
                    Form::Word => {
                        let alternatives = self.alternatives(text).into_iter();
                        alternatives.map(|alternative| sequence(alternative, stems)).collect()
                    }
                    Form::Exact => self.exact_sequences(text, stems, exact),
                    Form::Prefix | Form::Fuzzy(_) | Form::Wildcard => {
                        let terms = self.expansion(exact, text, *form)?;
                        let sequence = |term: ExpandedTerm| Sequence::word(self.written(exact, &term.text), &term.text);
                        terms.into_iter().map(sequence).collect()
                    }
                }
            }
            Clause::Phrase { field, text, slop } => {
                let (stems, exact) = self.fields(*field);
                let sequences = self.exact_sequences(text, stems, exact);
                sequences.into_iter().map(|sequence| sequence.loosened(*slop)).collect()
            }
            Clause::Filter(Filter::Facet { dimension: Dimension::Actor, value }) => {
                if matches!(field, Field::Title | Field::Heading) {
                    return Ok(Vec::new());
                }
                let accepted = self.facet(Dimension::Actor, value)?;
                let ids = match accepted {
                    Some(accepted) => filter::actor_ids(self.index, self.searcher, self.arrays, &accepted)?,
                    None => Vec::new(),
                };
                ids.iter().map(|id| Sequence::word(self.index.fields.mention, id)).collect()
            }
            Clause::Bool { must, should, must_not } if must.is_empty() && must_not.is_empty() => {
                let mut sequences = Vec::new();
                for clause in should {
                    sequences.extend(self.near_operand(clause, field)?);
                }
                sequences
            }
            Clause::Boost { clause, .. } => self.near_operand(clause, field)?,
            _ => Vec::new(),
        })
    }
}

/// The one field that operands ask for; `None` when they ask for different ones.
fn field_of(operands: &[Clause]) -> Option<Field> {
    let mut asked = Field::Any;
    for operand in operands {
        let one = match operand {
            Clause::Word { field, .. } | Clause::Phrase { field, .. } => *field,
            Clause::Bool { should, .. } => field_of(should)?,
            _ => Field::Any,
        };
        if one != Field::Any {
            if asked != Field::Any && asked != one {
                return None;
            }
            asked = one;
        }
    }
    Some(asked)
}

pub(super) fn sequence(alternative: Alternative, field: TantivyField) -> Sequence {
    match alternative {
        Alternative::Words(words) => Sequence::of(field, &words),
        Alternative::Pair(pair) => Sequence::pair(field, &pair),
    }
}
