//! Loose phrases and NEAR, by the positions of the words.
//!
//! Tantivy's own sloppy phrases match too much when they are not scored and wrap at 256, so counts and hits
//! would disagree; this query decides in one place for both. Candidates come from the engine's own
//! conjunction of the words; their positions are read and the [`near`](super::near) rules decide.

use std::collections::HashMap;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{
    Bm25Weight, BooleanQuery, EmptyScorer, EnableScoring, Explanation, Occur, Query, Scorer, TermQuery, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::near::{Interval, Near};
use crate::index::schema::{Fields, HEADING_START, SENTENCE_START};

/// Consecutive terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sequence {
    terms: Vec<(Field, String)>,
}

impl Sequence {
    pub(crate) fn word(field: Field, term: &str) -> Sequence {
        Sequence { terms: vec![(field, term.to_owned())] }
    }

    pub(crate) fn of(field: Field, terms: &[String]) -> Sequence {
        Sequence { terms: terms.iter().map(|term| (field, term.clone())).collect() }
    }

    pub(crate) fn push(&mut self, field: Field, term: &str) {
        self.terms.push((field, term.to_owned()));
    }

    pub(crate) fn terms(&self) -> &[(Field, String)] {
        &self.terms
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

/// Sequences any of which will do.
#[derive(Debug, Clone)]
pub(crate) struct Operand {
    alternatives: Vec<Sequence>,
}

impl Operand {
    pub(crate) fn new(mut alternatives: Vec<Sequence>) -> Operand {
        alternatives.retain(|sequence| !sequence.is_empty());
        Operand { alternatives }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.alternatives.is_empty()
    }
}

/// How the operands must stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// With at most `slop` other words among them.
    Window {
        /// Other words, all told.
        slop: u32,
        /// In the order of the operands.
        ordered: bool,
        /// In the paragraph's own text, not its headings.
        body: bool,
    },
    /// In one sentence of the paragraph's own text.
    Sentence {
        /// In the order of the operands.
        ordered: bool,
    },
}

/// Finds operands near each other; scores as a phrase does: the terms' idf and the number of windows.
#[derive(Debug, Clone)]
pub(crate) struct PositionalQuery {
    fields: Fields,
    operands: Vec<Operand>,
    rule: Rule,
}

impl PositionalQuery {
    pub(crate) fn new(fields: Fields, operands: Vec<Operand>, rule: Rule) -> PositionalQuery {
        PositionalQuery { fields, operands, rule }
    }

    /// A query of the engine for the paragraphs that hold all operands, near or not.
    fn candidates(&self) -> BooleanQuery {
        let term = |(field, text): &(Field, String)| -> Box<dyn Query> {
            Box::new(TermQuery::new(Term::from_field_text(*field, text), IndexRecordOption::Basic))
        };
        let operands = self.operands.iter().map(|operand| -> (Occur, Box<dyn Query>) {
            let alternatives = operand.alternatives.iter().map(|sequence| -> (Occur, Box<dyn Query>) {
                let terms = sequence.terms.iter().map(|part| (Occur::Must, term(part))).collect();
                (Occur::Should, Box::new(BooleanQuery::new(terms)))
            });
            (Occur::Must, Box::new(BooleanQuery::new(alternatives.collect())))
        });
        BooleanQuery::new(operands.collect())
    }
}

impl Query for PositionalQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let similarity = match scoring {
            EnableScoring::Enabled { statistics_provider, .. } => {
                // One term an operand: the alternatives of a prefix would add up to more than any word.
                let terms: Vec<Term> = self
                    .operands
                    .iter()
                    .filter_map(|operand| operand.alternatives.first())
                    .flat_map(|sequence| &sequence.terms)
                    .map(|(field, text)| Term::from_field_text(*field, text))
                    .collect();
                Some(Bm25Weight::for_terms(statistics_provider, &terms)?)
            }
            EnableScoring::Disabled { .. } => None,
        };
        let candidates = self.candidates().weight(EnableScoring::disabled_from_schema(scoring.schema()))?;
        Ok(Box::new(PositionalWeight { query: self.clone(), candidates, similarity }))
    }
}

struct PositionalWeight {
    query: PositionalQuery,
    candidates: Box<dyn Weight>,
    similarity: Option<Bm25Weight>,
}

impl Weight for PositionalWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut positions = Positions::open(&self.query, reader)?;
        let mut candidates = self.candidates.scorer(reader, 1.0)?;
        let mut found = Vec::new();
        let mut doc = candidates.doc();
        while doc != TERMINATED {
            let windows = positions.windows(doc);
            if windows > 0 {
                found.push((doc, windows));
            }
            doc = candidates.advance();
        }
        if found.is_empty() {
            return Ok(Box::new(EmptyScorer));
        }
        Ok(Box::new(PositionalScorer {
            found,
            at: 0,
            similarity: self.similarity.as_ref().map(|similarity| similarity.boost_by(boost)),
            norms: reader.get_fieldnorms_reader(self.query.fields.text)?,
        }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        let score = if scorer.seek(doc) == doc { scorer.score() } else { 0.0 };
        Ok(Explanation::new("near each other", score))
    }
}

/// Reads the positions of all terms of a query.
struct Positions {
    postings: Vec<Option<SegmentPostings>>,
    /// For every operand its alternatives, each as the places of its terms in `postings`.
    operands: Vec<Vec<Vec<usize>>>,
    sentences: Option<SegmentPostings>,
    headings: Option<SegmentPostings>,
    near: Near,
    scratch: Vec<u32>,
    bounds: Vec<u32>,
    intervals: Vec<Vec<Interval>>,
}

impl Positions {
    fn open(query: &PositionalQuery, reader: &SegmentReader) -> tantivy::Result<Positions> {
        let open = |field: Field, text: &str| -> tantivy::Result<Option<SegmentPostings>> {
            let term = Term::from_field_text(field, text);
            Ok(reader.inverted_index(field)?.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?)
        };
        let mut postings = Vec::new();
        let mut places: HashMap<&(Field, String), usize> = HashMap::new();
        let mut operands = Vec::with_capacity(query.operands.len());
        for operand in &query.operands {
            let mut alternatives = Vec::with_capacity(operand.alternatives.len());
            for sequence in &operand.alternatives {
                let mut terms = Vec::with_capacity(sequence.terms.len());
                for part in &sequence.terms {
                    let place = match places.get(part) {
                        Some(&place) => place,
                        None => {
                            postings.push(open(part.0, &part.1)?);
                            places.insert(part, postings.len() - 1);
                            postings.len() - 1
                        }
                    };
                    terms.push(place);
                }
                alternatives.push(terms);
            }
            operands.push(alternatives);
        }
        let markers = query.fields.sentence;
        let (near, sentences, body) = match query.rule {
            Rule::Window { slop, ordered, body } => (Near::words(slop, ordered), false, body),
            Rule::Sentence { ordered } => (Near::sentence(ordered), true, true),
        };
        Ok(Positions {
            intervals: vec![Vec::new(); operands.len()],
            postings,
            operands,
            sentences: if sentences { open(markers, SENTENCE_START)? } else { None },
            headings: if body { open(markers, HEADING_START)? } else { None },
            near,
            scratch: Vec::new(),
            bounds: Vec::new(),
        })
    }

    /// How many windows of a paragraph satisfy the rule.
    fn windows(&mut self, doc: DocId) -> u32 {
        let mut end = u32::MAX;
        if let Some(headings) = &mut self.headings
            && seek(headings, doc)
        {
            headings.positions(&mut self.scratch);
            end = self.scratch.first().copied().unwrap_or(u32::MAX);
        }
        let mut words = Vec::new();
        for (alternatives, intervals) in self.operands.iter().zip(&mut self.intervals) {
            intervals.clear();
            for terms in alternatives {
                words.clear();
                for (offset, &place) in terms.iter().enumerate() {
                    let Some(postings) = &mut self.postings[place] else {
                        words.clear();
                        break;
                    };
                    if !seek(postings, doc) {
                        words.clear();
                        break;
                    }
                    postings.positions(&mut self.scratch);
                    let here = self.scratch.iter().map(|&position| position.wrapping_sub(offset as u32));
                    if offset == 0 {
                        words.extend(here);
                    } else {
                        let here: Vec<u32> = here.collect();
                        words.retain(|start| here.binary_search(start).is_ok());
                    }
                }
                let length = terms.len() as u32;
                intervals.extend(
                    words
                        .iter()
                        .map(|&start| Interval { start, end: start + length })
                        .filter(|interval| interval.end <= end),
                );
            }
            intervals.sort_unstable();
            intervals.dedup();
            if intervals.is_empty() {
                return 0;
            }
        }
        self.bounds.clear();
        if let Some(sentences) = &mut self.sentences
            && seek(sentences, doc)
        {
            sentences.positions(&mut self.bounds);
        }
        self.near.count(&self.intervals, &self.bounds)
    }
}

fn seek(postings: &mut SegmentPostings, doc: DocId) -> bool {
    postings.doc() == doc || (postings.doc() < doc && postings.seek(doc) == doc)
}

struct PositionalScorer {
    found: Vec<(DocId, u32)>,
    at: usize,
    similarity: Option<Bm25Weight>,
    norms: FieldNormReader,
}

impl DocSet for PositionalScorer {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.at += self.found[self.at.min(self.found.len())..].partition_point(|&(doc, _)| doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.found.get(self.at).map_or(TERMINATED, |&(doc, _)| doc)
    }

    fn size_hint(&self) -> u32 {
        self.found.len() as u32
    }
}

impl Scorer for PositionalScorer {
    fn score(&mut self) -> Score {
        let Some(&(doc, windows)) = self.found.get(self.at) else { return 0.0 };
        match &self.similarity {
            Some(similarity) => similarity.score(self.norms.fieldnorm_id(doc), windows),
            None => 1.0,
        }
    }
}
