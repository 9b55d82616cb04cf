//! Candidates in, candidates with further evidence out.
//!
//! The first pass ranks by the words of the paragraph alone, because only that can be pruned. Its best, the
//! *window*, are scored again with what lies outside the paragraph or costs more to read. All of it is added
//! and none of it is negative, so that the order within the window never falls below what comes after it.
//!
//! What is added depends on the query, the paragraph, its document and the figures of the index, not on
//! filters or on the other candidates. The window is a limit of cost: a hit beyond it shows the score of
//! the first pass.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, Term};

use super::feedback::{self, Feedback, FeedbackTerm};
use super::proximity::Proximity;
use super::query_term::{QueryTerm, Role};
use super::ranking::Ranking;
use crate::document::Language;
use crate::error::{Error, Result};
use crate::index::AnalyzerPool;
use crate::index::schema::Fields;
use crate::search::explanation::Explanation;
use crate::search::statistics::Statistics;
use crate::search::top::{self, Selection, Top, Unit};

/// What is added to the score of the first pass, by where it comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Bonus {
    pub(crate) title: f64,
    pub(crate) proximity: f64,
    /// The document as a whole.
    pub(crate) document: f64,
    /// Single characters of scripts without spaces, and terms that the query was expanded with.
    pub(crate) further_terms: f64,
    /// The other paragraphs of a document that is ranked as one.
    pub(crate) paragraphs: f64,
}

impl Bonus {
    pub(crate) fn total(&self) -> f64 {
        self.title + self.proximity + self.document + self.further_terms + self.paragraphs
    }

    /// A score with what was added to it.
    pub(crate) fn explain(&self, score: Explanation) -> Explanation {
        let parts = [
            ("the words of the query in the title", self.title),
            ("the words of the query that stand together", self.proximity),
            ("the words of the query in the whole document", self.document),
            ("characters, and words of the best documents", self.further_terms),
            ("the other paragraphs of the document", self.paragraphs),
        ];
        let mut added: Vec<Explanation> = Vec::new();
        for (what, value) in parts {
            if value != 0.0 {
                added.push(Explanation::figure(what, value, Vec::new()));
            }
        }
        if added.is_empty() {
            return score;
        }
        added.insert(0, score);
        Explanation::sum("score", added)
    }
}

/// BM25 with the engine's constants, for a field whose length is not that of its rows.
#[derive(Debug, Clone, Copy)]
struct Similarity {
    average_length: f64,
}

impl Similarity {
    fn saturation(&self, frequency: u32, length: u32) -> f64 {
        let frequency = f64::from(frequency);
        let length = f64::from(length) / self.average_length;
        2.2 * frequency / (frequency + 1.2 * (0.25 + 0.75 * length))
    }
}

/// A term with how rare it is among paragraphs and among documents.
#[derive(Debug)]
struct Weighed {
    term: QueryTerm,
    paragraph_idf: f64,
    document_idf: f64,
}

/// Adds the further evidence of one query to candidates.
pub(crate) struct Reranker<'a> {
    selection: &'a Selection<'a>,
    ranking: &'a Ranking,
    fields: Fields,
    terms: Vec<Weighed>,
    /// Terms that the query was expanded with.
    expansion: Vec<Weighed>,
    text: Similarity,
    title: Similarity,
    whole: Similarity,
}

/// The texts of a document, to learn from.
pub(crate) struct Lesson {
    pub(crate) language: Language,
    pub(crate) texts: Vec<String>,
}

fn storage(error: tantivy::TantivyError) -> Error {
    Error::storage("ranking", error)
}

impl<'a> Reranker<'a> {
    pub(crate) fn new(
        selection: &'a Selection<'a>,
        ranking: &'a Ranking,
        fields: Fields,
        terms: Vec<QueryTerm>,
        statistics: &Statistics<'_>,
    ) -> Result<Reranker<'a>> {
        let paragraphs = statistics.total_num_docs().map_err(storage)?;
        let documents = statistics.documents(fields.document)?;
        let average = |field, rows: u64| -> Result<Similarity> {
            let words = statistics.total_num_tokens(field).map_err(storage)?;
            Ok(Similarity { average_length: (words as f64 / rows.max(1) as f64).max(1.0) })
        };
        let mut weighed = Vec::with_capacity(terms.len());
        for term in terms {
            weighed.push(weigh(term, fields, statistics)?);
        }
        Ok(Reranker {
            selection,
            ranking,
            fields,
            terms: weighed,
            expansion: Vec::new(),
            text: average(fields.text, paragraphs)?,
            title: average(fields.title, paragraphs)?,
            whole: average(fields.whole, documents)?,
        })
    }

    /// How many candidates are scored again.
    pub(crate) fn size(&self, unit: Unit) -> usize {
        match unit {
            Unit::Paragraph => self.ranking.window,
            Unit::Document => self.ranking.window * DOCUMENTS,
        }
    }

    /// Adds the evidence to the scores of candidates, and orders them by the sum.
    pub(crate) fn rerank(&self, unit: Unit, candidates: &mut [Top]) -> Result<()> {
        self.add_to(unit, candidates)?;
        top::sort(self.selection.searcher, self.selection.arrays, candidates)
    }

    /// Adds the evidence to the scores of candidates; recency has its part in it as in them.
    pub(crate) fn add_to(&self, unit: Unit, candidates: &mut [Top]) -> Result<Vec<Bonus>> {
        let bonuses = match unit {
            Unit::Paragraph => self.of_paragraphs(candidates)?,
            Unit::Document => self.of_documents(candidates)?,
        };
        for (candidate, bonus) in candidates.iter_mut().zip(&bonuses) {
            candidate.key += self.selection.faded(bonus.total(), *candidate)?;
        }
        Ok(bonuses)
    }

    /// Whether the query is to be expanded and is not yet.
    pub(crate) fn wants_expansion(&self) -> bool {
        self.ranking.feedback > 0.0 && self.expansion.is_empty()
    }

    /// Learns terms from the documents of the best candidates, which are ordered.
    pub(crate) fn learn(
        &self,
        best: &[Top],
        statistics: &Statistics<'_>,
        analyzers: &AnalyzerPool,
        texts_of: &dyn Fn(Top) -> Result<Lesson>,
    ) -> Result<Vec<FeedbackTerm>> {
        let mut feedback = Feedback::default();
        let mut seen: Vec<(u32, DocId)> = Vec::new();
        let most = best.first().map_or(0.0, |top| f64::from(top.key));
        for &top in best {
            let document = (top.segment, self.selection.document_of(top)?.start);
            if seen.contains(&document) || top.key <= 0.0 {
                continue;
            }
            seen.push(document);
            let Lesson { language, texts } = texts_of(top)?;
            let mut analyzer = analyzers.take(language);
            let saturation = |frequency, length| self.whole.saturation(frequency, length);
            feedback.add(texts.iter().map(String::as_str), &mut analyzer, f64::from(top.key) / most, saturation);
            analyzers.put(analyzer);
            if seen.len() == feedback::DOCUMENTS {
                break;
            }
        }
        let documents = statistics.documents(self.fields.document)?;
        let said: f64 = self.terms.iter().map(|one| f64::from(one.term.weight)).sum();
        Ok(feedback.terms(said * f64::from(self.ranking.feedback), |term| {
            // Not through the statistics, which remember what they are asked for.
            let term = Term::from_field_text(self.fields.whole, term);
            let frequency = self.selection.searcher.doc_freq(&term).unwrap_or(0);
            (frequency >= 2).then(|| idf(frequency, documents))
        }))
    }

    /// Expands the query with terms.
    pub(crate) fn expand(&mut self, terms: &[FeedbackTerm], statistics: &Statistics<'_>) -> Result<()> {
        for (term, word) in terms.iter().zip(self.terms.len()..) {
            let term = QueryTerm { text: term.text.clone(), weight: term.weight, word, role: Role::Suggested };
            self.expansion.push(weigh(term, self.fields, statistics)?);
        }
        Ok(())
    }

    /// What speaks for each of some paragraphs, in their order.
    fn of_paragraphs(&self, candidates: &[Top]) -> Result<Vec<Bonus>> {
        self.evidence(Unit::Paragraph, candidates)
    }

    /// What speaks for some documents; each is named by its best paragraph from here on.
    fn of_documents(&self, candidates: &mut [Top]) -> Result<Vec<Bonus>> {
        let paragraphs = self.selection.of_documents(candidates)?;
        for (candidate, paragraphs) in candidates.iter_mut().zip(&paragraphs) {
            candidate.doc = paragraphs.first().map_or(candidate.doc, |best| best.doc);
        }
        let mut bonuses = self.evidence(Unit::Document, candidates)?;
        // Ordered as wholes, documents have no paragraph in their scores yet, otherwise the best one.
        let counted = usize::from(self.selection.wholes.is_none());
        let decay = f64::from(self.ranking.decay);
        for (paragraphs, bonus) in paragraphs.iter().zip(&mut bonuses) {
            let mut share = if counted > 0 { decay } else { 1.0 };
            for paragraph in paragraphs.iter().take(PARAGRAPHS).skip(counted) {
                bonus.paragraphs += share * paragraph.score;
                share *= decay;
            }
        }
        Ok(bonuses)
    }

    fn evidence(&self, unit: Unit, candidates: &[Top]) -> Result<Vec<Bonus>> {
        let documents = match unit {
            Unit::Paragraph => self.ranking.context,
            Unit::Document => self.ranking.documents,
        };
        // Documents that are ordered as wholes have the words of the query in their scores.
        let counted = unit == Unit::Document && self.selection.wholes.is_some();
        let spoken = if counted { &[] } else { self.terms.as_slice() };
        let of_document: Vec<&Weighed> = spoken.iter().chain(&self.expansion).collect();
        let mut bonuses = vec![Bonus::default(); candidates.len()];
        self.further_terms(candidates, &mut bonuses)?;
        self.proximity(candidates, &mut bonuses)?;
        self.context(candidates, documents, &of_document, &mut bonuses)?;
        // The rest is weighed against the paragraph and its document together, so that the balance is the
        // same for a document of one paragraph whatever part the two have in it.
        let scale = 1.0 + f64::from(documents);
        for bonus in &mut bonuses {
            bonus.title *= scale;
            bonus.proximity *= scale;
        }
        Ok(bonuses)
    }

    /// Title and document, which are indexed where the document begins.
    fn context(
        &self,
        candidates: &[Top],
        documents: f32,
        of_document: &[&Weighed],
        bonuses: &mut [Bonus],
    ) -> Result<()> {
        let (titles, documents) = (f64::from(self.ranking.titles), f64::from(documents));
        if titles == 0.0 && documents == 0.0 {
            return Ok(());
        }
        let said: Vec<&Weighed> = self.terms.iter().collect();
        let weight = |one: &Weighed| f64::from(one.term.weight) * one.document_idf * share(&one.term);
        self.each_segment(candidates, |segment, reader, places| {
            let ordinals = self.selection.arrays[segment].ordinals(reader)?;
            let first = |doc: DocId| doc - (ordinals.first(doc).unwrap_or(1) as DocId - 1).min(doc);
            let rows: Vec<(usize, DocId)> = places.iter().map(|&(place, doc)| (place, first(doc))).collect();
            if titles > 0.0 {
                self.frequencies(reader, self.fields.title, self.title, &said, &rows, |place, one, saturation| {
                    bonuses[place].title += titles * weight(one) * saturation;
                })?;
            }
            if documents > 0.0 {
                self.frequencies(
                    reader,
                    self.fields.whole,
                    self.whole,
                    of_document,
                    &rows,
                    |place, one, saturation| {
                        bonuses[place].document += documents * weight(one) * saturation;
                    },
                )?;
            }
            Ok(())
        })
    }

    /// Terms that the first pass does not look for.
    fn further_terms(&self, candidates: &[Top], bonuses: &mut [Bonus]) -> Result<()> {
        let characters = self.terms.iter().filter(|one| one.term.role == Role::Character);
        let further: Vec<&Weighed> = characters.chain(&self.expansion).collect();
        if further.is_empty() {
            return Ok(());
        }
        self.each_segment(candidates, |_, reader, places| {
            self.frequencies(reader, self.fields.text, self.text, &further, places, |place, one, saturation| {
                let weight = f64::from(one.term.weight) * one.paragraph_idf * share(&one.term);
                bonuses[place].further_terms += weight * saturation;
            })
        })
    }

    fn proximity(&self, candidates: &[Top], bonuses: &mut [Bonus]) -> Result<()> {
        let weight = f64::from(self.ranking.proximity);
        let subjects: Vec<&Weighed> = self.terms.iter().filter(|one| one.term.role == Role::Subject).collect();
        if weight == 0.0 || subjects.is_empty() {
            return Ok(());
        }
        let mut proximity = Proximity::default();
        self.each_segment(candidates, |_, reader, places| {
            let mut open = Vec::with_capacity(subjects.len());
            for one in &subjects {
                let positions = IndexRecordOption::WithFreqsAndPositions;
                if let Some(postings) = postings(reader, self.fields.text, &one.term.text, positions)? {
                    open.push((*one, postings));
                }
            }
            let mut positions = Vec::new();
            for &(place, doc) in places {
                proximity.clear();
                for (one, postings) in &mut open {
                    if seek(postings, doc) {
                        postings.positions(&mut positions);
                        proximity.add(one.term.word, one.paragraph_idf, &positions);
                    }
                }
                bonuses[place].proximity = weight * proximity.best();
            }
            Ok(())
        })
    }

    /// Gives `visit` the saturated frequency of every term that stands in a row; rows ascend.
    fn frequencies(
        &self,
        reader: &SegmentReader,
        field: Field,
        similarity: Similarity,
        terms: &[&Weighed],
        rows: &[(usize, DocId)],
        mut visit: impl FnMut(usize, &Weighed, f64),
    ) -> Result<()> {
        let lengths: FieldNormReader = reader.get_fieldnorms_reader(field).map_err(storage)?;
        for &one in terms {
            let Some(mut postings) = postings(reader, field, &one.term.text, IndexRecordOption::WithFreqs)? else {
                continue;
            };
            for &(place, row) in rows {
                if seek(&mut postings, row) {
                    visit(place, one, similarity.saturation(postings.term_freq(), lengths.fieldnorm(row)));
                }
            }
        }
        Ok(())
    }

    /// Gives `visit` the candidates of each segment, by their place among all, in ascending order.
    fn each_segment(
        &self,
        candidates: &[Top],
        mut visit: impl FnMut(usize, &SegmentReader, &[(usize, DocId)]) -> Result<()>,
    ) -> Result<()> {
        let mut places: Vec<(u32, DocId, usize)> =
            candidates.iter().enumerate().map(|(place, top)| (top.segment, top.doc, place)).collect();
        places.sort_unstable();
        for run in places.chunk_by(|a, b| a.0 == b.0) {
            let docs: Vec<(usize, DocId)> = run.iter().map(|&(_, doc, place)| (place, doc)).collect();
            visit(run[0].0 as usize, self.selection.searcher.segment_reader(run[0].0), &docs)?;
        }
        Ok(())
    }
}

/// How many documents are scored again for each paragraph that would be. The best paragraph alone says less of a
/// document than of itself, so that its good documents lie deeper.
const DOCUMENTS: usize = 10;

/// How many paragraphs of a document count when it is ranked as one.
const PARAGRAPHS: usize = 10;

/// What a single character weighs where its pairs weigh 1.
const CHARACTER: f64 = 0.3;

fn share(term: &QueryTerm) -> f64 {
    if term.role == Role::Character { CHARACTER } else { 1.0 }
}

fn weigh(term: QueryTerm, fields: Fields, statistics: &Statistics<'_>) -> Result<Weighed> {
    let frequency = |field| statistics.doc_freq(&Term::from_field_text(field, &term.text)).map_err(storage);
    let paragraph_idf = idf(frequency(fields.text)?, statistics.total_num_docs().map_err(storage)?);
    let document_idf = idf(frequency(fields.whole)?, statistics.documents(fields.document)?);
    Ok(Weighed { term, paragraph_idf, document_idf })
}

/// As the engine has it.
fn idf(frequency: u64, all: u64) -> f64 {
    let (frequency, all) = (frequency.min(all) as f64, all as f64);
    (1.0 + (all - frequency + 0.5) / (frequency + 0.5)).ln()
}

fn postings(
    reader: &SegmentReader,
    field: Field,
    text: &str,
    option: IndexRecordOption,
) -> Result<Option<SegmentPostings>> {
    let inverted = reader.inverted_index(field).map_err(storage)?;
    let found = inverted.read_postings(&Term::from_field_text(field, text), option);
    found.map_err(|error| Error::storage("ranking", error))
}

fn seek(postings: &mut SegmentPostings, doc: DocId) -> bool {
    postings.doc() == doc || (postings.doc() < doc && postings.seek(doc) == doc)
}
