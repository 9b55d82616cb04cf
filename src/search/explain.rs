//! A plan and a paragraph that matches in, the explanation of its score out.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, IndexRecordOption, Schema};
use tantivy::{DocId, DocSet, SegmentReader, Term};

use super::explanation::Explanation;
use super::near;
use super::plan::{ExactScorer, Plan, Test};
use super::positional::PositionalQuery;
use super::statistics::Statistics;
use crate::error::{Error, Result};
use crate::index::schema::{Fields, HEADING_START};

/// The constants of BM25; the engine has the same.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// Explains the scores of one segment's paragraphs.
pub(crate) struct Explainer<'a> {
    pub(crate) fields: Fields,
    pub(crate) schema: &'a Schema,
    pub(crate) statistics: &'a Statistics<'a>,
    pub(crate) reader: &'a SegmentReader,
}

impl Explainer<'_> {
    /// The score of a paragraph by the parts of the plan that match it; `None` when it does not match.
    /// `scorer` is the plan's and has not gone past the paragraph.
    pub(crate) fn explain(&self, plan: &Plan, scorer: &mut ExactScorer, doc: DocId) -> Result<Option<Explanation>> {
        match (plan, scorer) {
            (Plan::Leaf { test, boost }, scorer @ ExactScorer::Leaf(_)) => {
                if scorer.score(doc).is_none() {
                    return Ok(None);
                }
                self.leaf(test, f64::from(*boost), doc).map(Some)
            }
            (Plan::Bool { must, should, .. }, scorer) => {
                if scorer.score(doc).is_none() {
                    return Ok(None);
                }
                let ExactScorer::Bool { must: must_scorers, should: should_scorers, .. } = scorer else {
                    return Ok(None);
                };
                let mut parts = Vec::new();
                for (part, scorer) in must.iter().zip(must_scorers).chain(should.iter().zip(should_scorers)) {
                    parts.extend(self.explain(part, scorer, doc)?);
                }
                Ok(Some(Explanation::sum("the parts of the query that match", parts)))
            }
            _ => Ok(None),
        }
    }

    fn leaf(&self, test: &Test, boost: f64, doc: DocId) -> Result<Explanation> {
        let boosted = |what: String, mut factors: Vec<Explanation>| {
            if boost != 1.0 {
                factors.push(Explanation::figure("boost", boost, Vec::new()));
            }
            Explanation::product(what, factors)
        };
        Ok(match test {
            Test::Nothing => Explanation::figure("nothing", 0.0, Vec::new()),
            Test::All => Explanation::figure("every paragraph", boost, Vec::new()),
            Test::Filter(_) => Explanation::figure("a filter", 0.0, Vec::new()),
            Test::Shared(_, path) => Explanation::figure(format!("shares {path}, by its rarity"), boost, Vec::new()),
            Test::Term(field, text) => {
                let term = (*field, text.clone());
                let name = self.name(&term);
                let idf = self.idf(&term)?;
                let places = self.places(&term, doc)?;
                boosted(name, vec![idf, self.frequency(*field, places, doc)?])
            }
            Test::Phrase { terms, lengths } => {
                let mut lists = Vec::with_capacity(terms.len());
                for term in terms {
                    lists.push(self.positions(term, doc)?);
                }
                let borrowed: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
                let times = near::phrase(&borrowed, 0).len();
                let words: Vec<&str> = terms.iter().map(|(_, word)| word.as_str()).collect();
                let name = format!("{}:\"{}\"", self.schema.get_field_name(terms[0].0), words.join(" "));
                let times = vec![Explanation::figure("times", times as f64, Vec::new())];
                boosted(name, vec![self.idfs(terms)?, self.frequency(*lengths, times, doc)?])
            }
            Test::Near(near) => {
                let times = vec![Explanation::figure("times", f64::from(near.times(self.reader, doc)), Vec::new())];
                let terms = near.scored_terms();
                boosted(near_name(near), vec![self.idfs(&terms)?, self.frequency(self.fields.text, times, doc)?])
            }
        })
    }

    fn name(&self, (field, text): &(Field, String)) -> String {
        format!("{}:{text}", self.schema.get_field_name(*field))
    }

    fn idfs(&self, terms: &[(Field, String)]) -> Result<Explanation> {
        let mut parts = Vec::with_capacity(terms.len());
        for term in terms {
            parts.push(self.idf(term)?);
        }
        Ok(Explanation::sum("rarity of the words", parts))
    }

    fn idf(&self, term: &(Field, String)) -> Result<Explanation> {
        let failed = |error| Error::storage("reading statistics", error);
        let all = self.statistics.total_num_docs().map_err(failed)?;
        let with = self.statistics.doc_freq(&Term::from_field_text(term.0, &term.1)).map_err(failed)?.min(all);
        let value = (1.0 + ((all - with) as f64 + 0.5) / (with as f64 + 0.5)).ln();
        let parts = vec![
            Explanation::figure("N, paragraphs", all as f64, Vec::new()),
            Explanation::figure("n, those with the term", with as f64, Vec::new()),
        ];
        let what = format!("rarity of {}, ln(1 + (N - n + 0.5) / (n + 0.5))", self.name(term));
        Ok(Explanation::figure(what, value, parts))
    }

    /// What repetition is worth in a paragraph of this length; `times` add up.
    fn frequency(&self, field: Field, times: Vec<Explanation>, doc: DocId) -> Result<Explanation> {
        let failed = |error| Error::storage("reading statistics", error);
        let length = f64::from(self.reader.get_fieldnorms_reader(field).map_err(failed)?.fieldnorm(doc));
        let all = self.statistics.total_num_docs().map_err(failed)?;
        let average = self.statistics.total_num_tokens(field).map_err(failed)? as f64 / all.max(1) as f64;
        let times = Explanation::sum("f, times", times);
        let norm = K1 * (1.0 - B + B * length / average);
        let value = times.value() * (K1 + 1.0) / (times.value() + norm);
        let counted = match field == self.fields.exact {
            true => "l, words of the paragraph and its headings but for plain ones (the, of, …)",
            false => "l, words of the paragraph and its headings",
        };
        let parts = vec![
            times,
            Explanation::figure(counted, length, Vec::new()),
            Explanation::figure("a, on average", average, Vec::new()),
        ];
        Ok(Explanation::figure("frequency, 2.2 f / (f + 1.2 (0.25 + 0.75 l / a))", value, parts))
    }

    /// How often a term stands in the paragraph and in what stands above it.
    fn places(&self, term: &(Field, String), doc: DocId) -> Result<Vec<Explanation>> {
        let positions = self.positions(term, doc)?;
        if term.0 != self.fields.text && term.0 != self.fields.exact {
            return Ok(vec![Explanation::figure("times", positions.len() as f64, Vec::new())]);
        }
        let heading = self.positions(&(self.fields.sentence, HEADING_START.to_owned()), doc)?;
        let start = heading.first().copied().unwrap_or(u32::MAX);
        let inside = positions.iter().filter(|&&position| position < start).count();
        let above = positions.len() - inside;
        Ok(vec![
            Explanation::figure("times in the text", inside as f64, Vec::new()),
            Explanation::figure("times in the headings above it", above as f64, Vec::new()),
        ])
    }

    fn positions(&self, (field, text): &(Field, String), doc: DocId) -> Result<Vec<u32>> {
        let term = Term::from_field_text(*field, text);
        let inverted =
            self.reader.inverted_index(*field).map_err(|error| Error::storage("reading positions", error))?;
        let postings: Option<SegmentPostings> = inverted
            .read_postings(&term, IndexRecordOption::WithFreqsAndPositions)
            .map_err(|error| Error::storage("reading positions", error))?;
        let mut positions = Vec::new();
        if let Some(mut postings) = postings
            && (postings.doc() == doc || postings.doc() < doc && postings.seek(doc) == doc)
        {
            postings.positions(&mut positions);
        }
        Ok(positions)
    }
}

fn near_name(near: &PositionalQuery) -> String {
    let words: Vec<String> = near.scored_terms().into_iter().map(|(_, text)| text).collect();
    format!("near each other: {}", words.join(" "))
}
