//! A phrase of words as written, in two fields of the same positions: plain words stand among the stems.
//!
//! The engine's own phrase takes one field, and its lengths. Those of written words do not count plain ones, so that of two
//! paragraphs the longer may have fewer; every phrase takes the lengths of stems. This one goes from paragraph to paragraph by the rarest word and reads
//! positions only where all words are.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::positional::similarity;

/// Terms next to each other, of whatever fields; two or more.
#[derive(Debug, Clone)]
pub(crate) struct MixedPhrase {
    terms: Vec<Term>,
    /// The field that paragraphs have their lengths in.
    lengths: Field,
}

impl MixedPhrase {
    pub(crate) fn new(terms: Vec<Term>, lengths: Field) -> MixedPhrase {
        MixedPhrase { terms, lengths }
    }
}

impl Query for MixedPhrase {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let similarity = match scoring {
            EnableScoring::Enabled { statistics_provider, .. } => {
                similarity(statistics_provider, &self.terms, self.lengths)?
            }
            EnableScoring::Disabled { .. } => None,
        };
        Ok(Box::new(MixedPhraseWeight { phrase: self.clone(), similarity }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.terms.iter().for_each(|term| visitor(term, true));
    }
}

struct MixedPhraseWeight {
    phrase: MixedPhrase,
    similarity: Option<Bm25Weight>,
}

impl Weight for MixedPhraseWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut words = Vec::with_capacity(self.phrase.terms.len());
        for (place, term) in self.phrase.terms.iter().enumerate() {
            let inverted = reader.inverted_index(term.field())?;
            let Some(postings) = inverted.read_postings(term, IndexRecordOption::WithFreqsAndPositions)? else {
                return Ok(Box::new(EmptyScorer));
            };
            words.push(Word { place: place as u32, postings });
        }
        words.sort_by_key(|word| word.postings.size_hint());
        let norms = match &self.similarity {
            Some(_) => reader.get_fieldnorms_reader(self.phrase.lengths)?,
            None => FieldNormReader::constant(reader.max_doc(), 1),
        };
        let similarity = self.similarity.as_ref().map(|similarity| similarity.boost_by(boost));
        let mut scorer = MixedPhraseScorer { words, starts: Vec::new(), positions: Vec::new(), similarity, norms };
        let first = scorer.words[0].postings.doc();
        scorer.settle(first);
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        let score = if scorer.doc() <= doc && scorer.seek(doc) == doc { scorer.score() } else { 0.0 };
        Ok(Explanation::new("a phrase in two fields", score))
    }
}

/// A word of the phrase.
struct Word {
    /// Which word of the phrase it is, from 0.
    place: u32,
    postings: SegmentPostings,
}

struct MixedPhraseScorer {
    /// The rarest first; it stands at the paragraph that the scorer is at.
    words: Vec<Word>,
    /// Where the phrase begins in that paragraph.
    starts: Vec<u32>,
    positions: Vec<u32>,
    similarity: Option<Bm25Weight>,
    norms: FieldNormReader,
}

impl MixedPhraseScorer {
    /// Moves on from a paragraph of the rarest word to the first one that holds the phrase, itself or later.
    fn settle(&mut self, mut doc: DocId) -> DocId {
        'paragraphs: while doc != TERMINATED {
            for at in 1..self.words.len() {
                let postings = &mut self.words[at].postings;
                let there = if postings.doc() < doc { postings.seek(doc) } else { postings.doc() };
                if there != doc {
                    doc = self.words[0].postings.seek(there);
                    continue 'paragraphs;
                }
            }
            if self.find_starts() {
                break;
            }
            doc = self.words[0].postings.advance();
        }
        doc
    }

    /// Whether the words, which are all in the paragraph, stand next to each other in it.
    fn find_starts(&mut self) -> bool {
        let (rarest, others) = self.words.split_first_mut().expect("a phrase has two words or more");
        rarest.postings.positions(&mut self.positions);
        self.starts.clear();
        self.starts.extend(self.positions.iter().filter_map(|position| position.checked_sub(rarest.place)));
        for word in others {
            if self.starts.is_empty() {
                return false;
            }
            word.postings.positions(&mut self.positions);
            let mut rest = self.positions.iter().copied().peekable();
            self.starts.retain(|&start| {
                let wanted = start.saturating_add(word.place);
                while rest.next_if(|&position| position < wanted).is_some() {}
                rest.peek() == Some(&wanted)
            });
        }
        !self.starts.is_empty()
    }
}

impl DocSet for MixedPhraseScorer {
    fn advance(&mut self) -> DocId {
        let next = self.words[0].postings.advance();
        self.settle(next)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc() >= target {
            return self.doc();
        }
        let next = self.words[0].postings.seek(target);
        self.settle(next)
    }

    fn doc(&self) -> DocId {
        self.words[0].postings.doc()
    }

    fn size_hint(&self) -> u32 {
        // As the engine guesses for its own: one of ten paragraphs with all the words.
        self.words[0].postings.size_hint() / (10 * self.words.len() as u32)
    }
}

impl Scorer for MixedPhraseScorer {
    fn score(&mut self) -> Score {
        match &self.similarity {
            Some(similarity) => similarity.score(self.norms.fieldnorm_id(self.doc()), self.starts.len() as u32),
            None => 1.0,
        }
    }
}
