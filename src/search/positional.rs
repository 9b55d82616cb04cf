//! Loose phrases and NEAR, by the positions of the words.
//!
//! Tantivy's own sloppy phrases match too much when they are not scored and wrap at 256, so counts and hits
//! would disagree; this query decides in one place for both. Candidates come from the engine's own
//! conjunction of the words; their positions are read and the [`near`](super::near) rules decide.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{
    Bm25StatisticsProvider, Bm25Weight, BooleanQuery, EmptyScorer, EnableScoring, Explanation, Occur, Query, Scorer,
    TermQuery, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::near::{self, Occurrence, Order, Reach};
use crate::index::schema::{Fields, HEADING_START, SENTENCE_START};

/// Terms in their order, next to each other but for `slop` other words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sequence {
    terms: Vec<(Field, String)>,
    slop: u32,
    /// A pair of characters is one term but two words.
    is_pair: bool,
}

impl Sequence {
    pub(crate) fn word(field: Field, term: &str) -> Sequence {
        Sequence { terms: vec![(field, term.to_owned())], slop: 0, is_pair: false }
    }

    pub(crate) fn of(field: Field, terms: &[String]) -> Sequence {
        Sequence { terms: terms.iter().map(|term| (field, term.clone())).collect(), slop: 0, is_pair: false }
    }

    pub(crate) fn push(&mut self, field: Field, term: &str) {
        self.terms.push((field, term.to_owned()));
    }

    /// Two neighbouring characters of a script without spaces.
    pub(crate) fn pair(field: Field, term: &str) -> Sequence {
        Sequence { is_pair: true, ..Sequence::word(field, term) }
    }

    /// The same terms with `slop` other words among them.
    pub(crate) fn loosened(mut self, slop: u32) -> Sequence {
        self.slop = slop;
        self
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

    pub(crate) fn sequences(&self) -> &[Sequence] {
        &self.alternatives
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
    /// What was found; hits, counts and scores ask for the same.
    found: Arc<Mutex<HashMap<SegmentId, Arc<[Found]>>>>,
}

/// A paragraph, and how many windows of it satisfy the rule.
type Found = (DocId, u32);

impl PositionalQuery {
    pub(crate) fn new(fields: Fields, operands: Vec<Operand>, rule: Rule) -> PositionalQuery {
        PositionalQuery { fields, operands, rule, found: Arc::default() }
    }

    /// The paragraphs of a segment that satisfy the rule, ascending.
    fn found(&self, candidates: &dyn Weight, reader: &SegmentReader) -> tantivy::Result<Arc<[Found]>> {
        let mut known = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(&reader.segment_id()) {
            return Ok(found.clone());
        }
        let mut positions = Positions::open(self, reader)?;
        let mut candidates = candidates.scorer(reader, 1.0)?;
        let mut found = Vec::new();
        let mut doc = candidates.doc();
        while doc != TERMINATED {
            let windows = positions.windows(doc);
            if windows > 0 {
                found.push((doc, windows));
            }
            doc = candidates.advance();
        }
        let found: Arc<[Found]> = found.into();
        known.insert(reader.segment_id(), found.clone());
        Ok(found)
    }

    /// The terms whose rarity counts: one choice an operand, because the alternatives of a prefix would add up
    /// to more than any word.
    pub(crate) fn scored_terms(&self) -> Vec<(Field, String)> {
        let firsts = self.operands.iter().filter_map(|operand| operand.alternatives.first());
        firsts.flat_map(|sequence| sequence.terms.iter().cloned()).collect()
    }

    /// How many windows of a paragraph satisfy the rule, once the segment has been searched; else 0.
    pub(crate) fn times(&self, reader: &SegmentReader, doc: DocId) -> u32 {
        let known = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(&reader.segment_id());
        let place = found.and_then(|found| Some((found, found.binary_search_by_key(&doc, |&(doc, _)| doc).ok()?)));
        place.map_or(0, |(found, place)| found[place].1)
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
                let terms = self.scored_terms();
                let terms: Vec<Term> = terms.iter().map(|(field, text)| Term::from_field_text(*field, text)).collect();
                similarity(statistics_provider, &terms, self.fields.text)?
            }
            EnableScoring::Disabled { .. } => None,
        };
        let candidates = self.candidates().weight(EnableScoring::disabled_from_schema(scoring.schema()))?;
        Ok(Box::new(PositionalWeight { query: self.clone(), candidates, similarity }))
    }
}

/// The similarity of a phrase whose terms may stand in different fields (words and mentions of actors), which
/// the engine's own refuses: the sum of their idf, with the lengths of `field`.
pub(super) fn similarity(
    statistics: &dyn Bm25StatisticsProvider,
    terms: &[Term],
    field: Field,
) -> tantivy::Result<Option<Bm25Weight>> {
    let documents = statistics.total_num_docs()?;
    if documents == 0 {
        return Ok(None);
    }
    let average = statistics.total_num_tokens(field)? as Score / documents as Score;
    let mut frequencies = Vec::with_capacity(terms.len());
    for term in terms {
        frequencies.push(statistics.doc_freq(term)?.min(documents));
    }
    let Some(&first) = frequencies.first() else { return Ok(None) };
    let idf = |frequency: u64| (1.0 + ((documents - frequency) as Score + 0.5) / (frequency as Score + 0.5)).ln();
    let sum: Score = frequencies.iter().map(|&frequency| idf(frequency)).sum();
    Ok(Some(Bm25Weight::for_one_term(first, documents, average).boost_by(sum / idf(first))))
}

struct PositionalWeight {
    query: PositionalQuery,
    candidates: Box<dyn Weight>,
    similarity: Option<Bm25Weight>,
}

impl Weight for PositionalWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let found = self.query.found(&*self.candidates, reader)?;
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

/// Where to find the alternatives of an operand: the places of their terms in the postings.
struct OperandPostings {
    /// Alternatives of one term, with how many positions it covers.
    words: Vec<(usize, u32)>,
    /// Alternatives of several terms, with the other words among them.
    phrases: Vec<(Vec<usize>, u32)>,
}

/// Reads the positions of all terms of a query.
struct Positions {
    postings: Vec<Option<SegmentPostings>>,
    /// The paragraph that each of the postings stands at, side by side: an operand may have a hundred alternatives,
    /// most of which stand further on.
    docs: Vec<DocId>,
    operands: Vec<OperandPostings>,
    sentences: Option<SegmentPostings>,
    headings: Option<SegmentPostings>,
    rule: Rule,
    scratch: Vec<u32>,
    /// The positions of a phrase's words.
    lists: Vec<Vec<u32>>,
    bounds: Vec<u32>,
    occurrences: Vec<Vec<Occurrence>>,
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
            let mut words = Vec::new();
            let mut phrases = Vec::new();
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
                match terms.as_slice() {
                    [word] => words.push((*word, 1 + u32::from(sequence.is_pair))),
                    _ => phrases.push((terms, sequence.slop)),
                }
            }
            operands.push(OperandPostings { words, phrases });
        }
        let markers = query.fields.sentence;
        let (sentences, body) = match query.rule {
            Rule::Window { body, .. } => (false, body),
            Rule::Sentence { .. } => (true, true),
        };
        Ok(Positions {
            occurrences: vec![Vec::new(); operands.len()],
            docs: postings.iter().map(|one| one.as_ref().map_or(TERMINATED, |postings| postings.doc())).collect(),
            postings,
            operands,
            lists: Vec::new(),
            sentences: if sentences { open(markers, SENTENCE_START)? } else { None },
            headings: if body { open(markers, HEADING_START)? } else { None },
            rule: query.rule,
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
        for (operand, occurrences) in self.operands.iter().zip(&mut self.occurrences) {
            occurrences.clear();
            for &(place, width) in &operand.words {
                if at(&mut self.docs, &mut self.postings, place, doc) {
                    let Some(postings) = &mut self.postings[place] else { continue };
                    postings.positions(&mut self.scratch);
                    occurrences.extend(self.scratch.iter().map(|&start| Occurrence { start, end: start + width }));
                }
            }
            for (places, slop) in &operand.phrases {
                if !places.iter().all(|&place| at(&mut self.docs, &mut self.postings, place, doc)) {
                    continue;
                }
                self.lists.resize_with(places.len().max(self.lists.len()), Vec::new);
                for (&place, list) in places.iter().zip(&mut self.lists) {
                    if let Some(postings) = &mut self.postings[place] {
                        postings.positions(list);
                    }
                }
                let lists: Vec<&[u32]> = self.lists[..places.len()].iter().map(Vec::as_slice).collect();
                occurrences.extend(near::phrase(&lists, *slop));
            }
            occurrences.retain(|occurrence| occurrence.end <= end);
            occurrences.sort_unstable();
            occurrences.dedup();
            if occurrences.is_empty() {
                return 0;
            }
        }
        if let [only] = self.operands.as_slice()
            && only.phrases.is_empty()
            && only.words.iter().all(|&(_, width)| width == 1)
        {
            // Single words are windows, none inside another.
            return self.occurrences[0].len() as u32;
        }
        self.bounds.clear();
        if let Some(sentences) = &mut self.sentences
            && seek(sentences, doc)
        {
            sentences.positions(&mut self.bounds);
        }
        let operands: Vec<&[Occurrence]> = self.occurrences.iter().map(Vec::as_slice).collect();
        let (ordered, reach) = match self.rule {
            Rule::Window { slop, ordered, .. } => (ordered, Reach::Words(slop)),
            Rule::Sentence { ordered } => (ordered, Reach::Sentence(&self.bounds)),
        };
        let order = if ordered { Order::Given } else { Order::Free };
        near::near(&operands, order, reach).len() as u32
    }
}

/// Moves one of the postings on to a paragraph; whether the paragraph is in it.
fn at(docs: &mut [DocId], postings: &mut [Option<SegmentPostings>], place: usize, doc: DocId) -> bool {
    if docs[place] < doc
        && let Some(postings) = &mut postings[place]
    {
        docs[place] = postings.seek(doc);
    }
    docs[place] == doc
}

fn seek(postings: &mut SegmentPostings, doc: DocId) -> bool {
    postings.doc() == doc || (postings.doc() < doc && postings.seek(doc) == doc)
}

struct PositionalScorer {
    found: Arc<[Found]>,
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
