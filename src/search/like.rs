//! More like this: a paragraph in, what is characteristic of it out.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, Searcher, TERMINATED, Term};

use super::filter_query::FilterQuery;
use super::plan::{Plan, Test};
use super::query::Clause;
use crate::document::Language;
use crate::error::{Error, Result};
use crate::facet::{Dimension, FacetPath};
use crate::index::stored::StoredParagraph;
use crate::index::{Bits, FacetArrays, Inner, NONE, SegmentArrays};
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
            // A long document has hundreds; only the rarest become sets.
            let paths: Vec<FacetPath> = paths.into_iter().collect();
            let mut sizes = vec![0; paths.len()];
            for (place, some) in paths.chunks(Members::MOST).enumerate() {
                for segment in self.members(dimension, some)? {
                    segment.each(|_, node| sizes[place * Members::MOST + node] += 1);
                }
            }
            let mut ranked: Vec<(f32, FacetPath)> =
                sizes.into_iter().zip(paths).map(|(size, path)| (idf(size, all) * weight, path)).collect();
            ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            ranked.truncate(FACETS);
            let (boosts, paths): (Vec<f32>, Vec<FacetPath>) = ranked.into_iter().unzip();
            let mut sets: Vec<Vec<(SegmentId, Arc<Bits>)>> = vec![Vec::new(); paths.len()];
            for (segment, reader) in self.members(dimension, &paths)?.iter().zip(self.searcher.segment_readers()) {
                let mut bits: Vec<Bits> = paths.iter().map(|_| Bits::empty(reader.max_doc())).collect();
                segment.each(|doc, node| bits[node].insert(doc));
                for (set, bits) in sets.iter_mut().zip(bits) {
                    set.push((reader.segment_id(), Arc::new(bits)));
                }
            }
            for ((boost, path), segments) in boosts.into_iter().zip(paths).zip(sets) {
                plans.push(Plan::Leaf { test: Test::Shared(FilterQuery::new(segments), path), boost });
            }
        }
        Ok(plans)
    }

    /// The paragraphs of each segment by some nodes of a dimension, of which there are no more than can be told apart.
    fn members(&self, dimension: Dimension, nodes: &[FacetPath]) -> Result<Vec<Members>> {
        let segments = self.searcher.segment_readers().iter().zip(self.arrays);
        segments
            .map(|(reader, arrays)| {
                let facets = arrays.facets(dimension, MentionChoice::all(), reader)?;
                Ok(Members::new(facets, reader.max_doc(), nodes))
            })
            .collect()
    }
}

/// Which of some nodes the paragraphs of a segment have, or something below them; all of them in one pass, because a pass
/// for each was most of the time of a query that asks for several likenesses.
struct Members {
    facets: Arc<FacetArrays>,
    paragraphs: u32,
    /// A bit for each of the nodes, by the node of the segment that is at or below it.
    above: Vec<u64>,
}

impl Members {
    /// The most nodes at once.
    const MOST: usize = u64::BITS as usize;

    fn new(facets: Arc<FacetArrays>, paragraphs: u32, nodes: &[FacetPath]) -> Members {
        debug_assert!(nodes.len() <= Members::MOST);
        let bits: HashMap<&str, u64> = nodes.iter().map(FacetPath::as_str).zip((0..).map(|place| 1 << place)).collect();
        let mut above = vec![0; facets.nodes()];
        for (node, (path, &parent)) in facets.paths().iter().zip(facets.parents()).enumerate() {
            let parents = if parent == NONE { 0 } else { above[parent as usize] };
            above[node] = parents | bits.get(path.as_str()).copied().unwrap_or(0);
        }
        Members { facets, paragraphs, above }
    }

    /// Every paragraph with every node that it has, by its place among the nodes.
    fn each(&self, mut has: impl FnMut(u32, usize)) {
        for doc in 0..self.paragraphs {
            let mut nodes = self.facets.leaves_of(doc).fold(0, |nodes, leaf| nodes | self.above[leaf as usize]);
            while nodes != 0 {
                has(doc, nodes.trailing_zeros() as usize);
                nodes &= nodes - 1;
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{ActorTag, Document, Mention, MentionKind, Span};
    use crate::index::Index;
    use crate::search::filter::{self, FacetFilter};

    #[test]
    fn members_are_the_paragraphs_that_filters_find() -> Result<()> {
        const PATHS: [&str; 6] =
            ["/state/CHN", "/state/CHN/GOV", "/state/CHN/GOV/mfa", "/state/RUS", "/org/UN", "/org/UN/UNSC"];
        let tag = |path: &str| -> Result<ActorTag> {
            let span = Span::new(0, 3);
            let mention = Mention { span, kind: MentionKind::Name, rule: "alias".into(), confidence: 1.0 };
            let path: FacetPath = path.parse()?;
            Ok(ActorTag { id: path.last_step().into(), path, mentions: vec![mention] })
        };
        let index = Index::in_memory()?;
        let mut writer = index.writer()?;
        for number in 0..64 {
            let mut document = Document::parse(&format!("d{number:02}"), "Gas flows.\n\nGas burns.")?;
            for (paragraph, bits) in document.paragraphs.iter_mut().zip([number, number * 5]) {
                let has = PATHS.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1);
                paragraph.actors = has.map(|(_, path)| tag(path)).collect::<Result<_>>()?;
            }
            writer.add(&document)?;
            if number == 40 {
                writer.commit()?;
            }
        }
        writer.commit()?;
        let searcher = index.searcher()?;
        let reader = Reader { index: &searcher.index, searcher: &searcher.tantivy, arrays: &searcher.arrays };
        let mut nodes = Vec::new();
        for path in PATHS.into_iter().chain(["/state", "/org", "/state/FRA"]) {
            nodes.push(path.parse::<FacetPath>()?);
        }
        for (segment, members) in reader.members(Dimension::Actor, &nodes)?.iter().enumerate() {
            let mut found = vec![Vec::new(); nodes.len()];
            members.each(|doc, node| found[node].push(doc));
            let tantivy = searcher.tantivy.segment_reader(segment as u32);
            for (node, found) in nodes.iter().zip(found) {
                let value = [FacetFilter::Within(node.clone())];
                let (arrays, choice) = (&reader.arrays[segment], MentionChoice::all());
                let expected = filter::facet_bits(tantivy, arrays, Dimension::Actor, choice, &value)?;
                assert_eq!(found, expected.iter().collect::<Vec<_>>(), "{node}");
            }
        }
        Ok(())
    }
}
