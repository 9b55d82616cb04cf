//! More like this: a paragraph in, what is characteristic of it out.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, Searcher, TERMINATED, Term};

use super::filter::{self, FacetFilter};
use super::filter_query::FilterQuery;
use super::plan::{Plan, Test};
use super::query::Clause;
use crate::document::Language;
use crate::error::{Error, Result};
use crate::facet::{Dimension, FacetPath};
use crate::index::stored::StoredParagraph;
use crate::index::{Bits, Inner, SegmentArrays};
use crate::mention_choice::MentionChoice;
use crate::text::{Analyzer, TermKind, is_function_word};

/// How many words stand for a paragraph: enough for its subject, few enough to search fast.
const WORDS: usize = 20;
/// How many actors and topics, each.
const FACETS: usize = 8;
/// A word in more than this part of all paragraphs tells nothing about one.
const COMMON: f64 = 0.2;
/// What a shared actor or topic counts, beside a word of the same rarity that is found once. A topic is a
/// guess from words that may be shared already, so it counts for less.
const ACTOR_WEIGHT: f32 = 1.0;
const TOPIC_WEIGHT: f32 = 0.5;

/// What is characteristic of a paragraph, or of a document.
pub(crate) struct Likeness {
    pub(crate) plan: Plan,
    /// Its words as a clause, to be highlighted.
    pub(crate) words: Clause,
}

/// A characteristic word.
struct Word {
    surface: String,
    stem: String,
    times: u32,
    idf: f32,
}

/// Reads paragraphs of one commit.
pub(crate) struct Reader<'a> {
    pub(crate) index: &'a Inner,
    pub(crate) searcher: &'a Searcher,
    pub(crate) arrays: &'a [Arc<SegmentArrays>],
}

impl Reader<'_> {
    /// What is characteristic of the paragraph that `id#ordinal` names, or of the document `id`; `None` when there
    /// is none. The paragraphs themselves are not like themselves.
    pub(crate) fn likeness(&self, name: &str) -> Result<Option<Likeness>> {
        let mut found = self.paragraphs(name, None)?;
        if found.is_empty()
            && let Some((id, ordinal)) = name.rsplit_once('#')
            && let Ok(ordinal) = ordinal.trim().parse()
        {
            found = self.paragraphs(id, Some(ordinal))?;
        }
        if found.is_empty() {
            return Ok(None);
        }
        let paragraphs: Vec<StoredParagraph> = found.iter().map(|(_, stored)| stored.clone()).collect();
        let words = self.words(&paragraphs)?;
        let most = words.iter().map(Word::weight).fold(f32::MIN_POSITIVE, f32::max);
        let boost = |word: &Word| word.repetition() * (word.weight() / most).max(0.1);
        let text = self.index.fields.text;
        let terms = words.iter().map(|word| Plan::term(text, &word.stem, boost(word))).collect();
        let clauses = words.iter().map(|word| Clause::word(word.surface.as_str()));
        let clause = Clause::any_of(clauses);
        let itself = Plan::Leaf { test: Test::Filter(self.itself(&found)), boost: 1.0 };
        let plan = Plan::combination(vec![Plan::any_of(terms)], self.shared(&paragraphs)?, vec![itself]);
        Ok(Some(Likeness { plan, words: clause }))
    }

    /// The paragraphs of a document, or one of them.
    fn paragraphs(&self, id: &str, ordinal: Option<u32>) -> Result<Vec<(DocAddress, StoredParagraph)>> {
        let term = Term::from_field_text(self.index.fields.document, id);
        let mut found = Vec::new();
        for (segment, reader) in self.searcher.segment_readers().iter().enumerate() {
            let inverted = reader
                .inverted_index(self.index.fields.document)
                .map_err(|error| Error::storage("looking a document up", error))?;
            let postings = inverted
                .read_postings(&term, IndexRecordOption::Basic)
                .map_err(|error| Error::storage("looking a document up", error))?;
            let Some(mut postings) = postings else { continue };
            while postings.doc() != TERMINATED {
                let doc = postings.doc();
                if !reader.is_deleted(doc)
                    && (ordinal.is_none() || ordinal == Some(self.arrays[segment].ordinal(reader, doc)?))
                {
                    let address = DocAddress::new(segment as u32, doc);
                    found.push((address, StoredParagraph::fetch(self.searcher, self.index.fields.stored, address)?));
                }
                postings.advance();
            }
        }
        Ok(found)
    }

    fn itself(&self, found: &[(DocAddress, StoredParagraph)]) -> FilterQuery {
        let segments = self.searcher.segment_readers().iter().enumerate().map(|(segment, reader)| {
            let mut bits = Bits::empty(reader.max_doc());
            for (address, _) in found.iter().filter(|(address, _)| address.segment_ord as usize == segment) {
                bits.insert(address.doc_id);
            }
            (reader.segment_id(), Arc::new(bits))
        });
        FilterQuery::new(segments.collect())
    }

    /// The most characteristic words of the texts, by how often they stand there and how rare they are.
    fn words(&self, paragraphs: &[StoredParagraph]) -> Result<Vec<Word>> {
        let mut counts: HashMap<String, (String, u32)> = HashMap::new();
        for stored in paragraphs {
            let language = stored.language.unwrap_or(Language::ENGLISH);
            let mut analyzer: Analyzer = self.index.analyzers.take(language);
            let text = &stored.paragraph.text;
            analyzer.analyze(text, |term| {
                let surface = &text[term.span.range()];
                let tells = term.kind == TermKind::Word
                    && surface.chars().any(char::is_alphabetic)
                    && term.exact.chars().count() > 1
                    && !is_function_word(language, term.exact);
                if tells {
                    counts.entry(term.text.to_owned()).or_insert_with(|| (surface.to_owned(), 0)).1 += 1;
                }
            });
            self.index.analyzers.put(analyzer);
        }
        let failed = |error| Error::storage("reading statistics", error);
        let all = Bm25StatisticsProvider::total_num_docs(self.searcher).map_err(failed)?;
        let mut words = Vec::with_capacity(counts.len());
        for (stem, (surface, times)) in counts {
            let frequency =
                self.searcher.doc_freq(&Term::from_field_text(self.index.fields.text, &stem)).map_err(failed)?;
            // A word that nobody else has finds nothing.
            let alone = frequency <= paragraphs.len() as u64 && frequency <= u64::from(times);
            let common = all > 50 && frequency as f64 > all as f64 * COMMON;
            if !alone && !common {
                words.push(Word { surface, stem, times, idf: idf(frequency, all) });
            }
        }
        words.sort_by(|a, b| b.weight().total_cmp(&a.weight()).then_with(|| a.stem.cmp(&b.stem)));
        words.truncate(WORDS);
        Ok(words)
    }

    /// The actors and topics of the paragraphs, each as a set that adds to the score by its rarity.
    fn shared(&self, paragraphs: &[StoredParagraph]) -> Result<Vec<Plan>> {
        let tags = paragraphs.iter().map(|stored| &stored.paragraph);
        let actors: BTreeSet<FacetPath> =
            tags.clone().flat_map(|one| one.actors.iter().map(|tag| tag.path.clone())).collect();
        let topics: BTreeSet<FacetPath> = tags.flat_map(|one| one.topics.iter().map(|tag| tag.path.clone())).collect();
        let all = self.searcher.segment_readers().iter().map(|reader| u64::from(reader.max_doc())).sum();
        let mut plans = Vec::new();
        for (dimension, paths, weight) in
            [(Dimension::Actor, actors, ACTOR_WEIGHT), (Dimension::Topic, topics, TOPIC_WEIGHT)]
        {
            let mut sets = Vec::with_capacity(paths.len());
            for path in paths {
                let value = [FacetFilter::Within(path.clone())];
                let mut segments = Vec::with_capacity(self.arrays.len());
                let mut size = 0;
                for (reader, arrays) in self.searcher.segment_readers().iter().zip(self.arrays) {
                    let bits = filter::facet_bits(reader, arrays, dimension, MentionChoice::all(), &value)?;
                    size += u64::from(bits.len());
                    segments.push((reader.segment_id(), bits));
                }
                sets.push((idf(size, all) * weight, path, segments));
            }
            sets.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            for (boost, path, segments) in sets.into_iter().take(FACETS) {
                plans.push(Plan::Leaf { test: Test::Shared(FilterQuery::new(segments), path), boost });
            }
        }
        Ok(plans)
    }
}

impl Word {
    /// Each further time counts for less.
    fn repetition(&self) -> f32 {
        1.0 + (self.times as f32).ln()
    }

    fn weight(&self) -> f32 {
        self.repetition() * self.idf
    }
}

/// As BM25 has it.
fn idf(frequency: u64, all: u64) -> f32 {
    let (frequency, all) = (frequency.min(all) as f32, all as f32);
    (1.0 + (all - frequency + 0.5) / (frequency + 0.5)).ln()
}
