//! Tantivy written by hand, and a plain loop.

use demarche::{Dimension, Document, Request, Searcher};
use tantivy::collector::{Count, FacetCollector, TopDocs};
use tantivy::indexer::NoMergePolicy;
use tantivy::query::{BooleanQuery, Occur, TermQuery, Weight};
use tantivy::schema::{
    FAST, Facet, FacetOptions, Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, Term};

use crate::segments::{cuts, id_deleted};

/// Tantivy as an application would use it, and the values of every paragraph as plain arrays.
pub(crate) struct ByHand {
    pub(crate) searcher: tantivy::Searcher,
    text: Field,
    roots: [(&'static str, Vec<String>); 2],
    segments: Vec<[Csr; 2]>,
}

/// The values of paragraph `p` are `values[offsets[p]..offsets[p + 1]]`.
#[derive(Default)]
struct Csr {
    offsets: Vec<u32>,
    values: Vec<u32>,
}

impl ByHand {
    pub(crate) fn build(documents: &[Document], segments: usize) -> (ByHand, ByHand) {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("en_stem")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
        let id = schema.add_text_field("id", STRING | FAST);
        let fields = ["actor", "topic"].map(|name| schema.add_facet_field(name, FacetOptions::default()));
        let index = tantivy::Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 1 << 30).expect("a writer in memory");
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let mut start = 0;
        for end in cuts(documents.len(), segments) {
            for document in &documents[start..end] {
                for paragraph in &document.paragraphs {
                    let mut row = TantivyDocument::new();
                    row.add_text(text, &paragraph.text);
                    // A paragraph is found by its headings, the first one also by the title.
                    let title = document.title.as_deref().filter(|_| paragraph.ordinal == 1);
                    for heading in title.into_iter().chain(document.heading_path(paragraph)) {
                        row.add_text(text, heading);
                    }
                    row.add_text(id, &document.id);
                    for tag in &paragraph.actors {
                        row.add_facet(fields[0], Facet::from_path(tag.path.steps()));
                    }
                    for tag in &paragraph.topics {
                        row.add_facet(fields[1], Facet::from_path(tag.path.steps()));
                    }
                    writer.add_document(row).expect("a document");
                }
            }
            writer.commit().expect("a commit in memory");
            start = end;
        }
        let all = index.searchable_segment_ids().expect("segments");
        if segments == 1 && all.len() > 1 {
            writer.merge(&all).wait().expect("a merge in memory");
        }
        let reader = index.reader().expect("a reader");
        let whole = reader.searcher();
        for (_, document) in documents.iter().enumerate().filter(|(number, _)| id_deleted(*number)) {
            writer.delete_term(Term::from_field_text(id, &document.id));
        }
        writer.commit().expect("a commit in memory");
        reader.reload().expect("a reload");
        // FacetCollector counts the children of roots that are named; these are the ones there are.
        let mut roots = [("actor", Vec::new()), ("topic", Vec::new())];
        for paragraph in documents.iter().flat_map(|document| &document.paragraphs) {
            let actors = paragraph.actors.iter().map(|tag| (0, &tag.path));
            for (dimension, path) in actors.chain(paragraph.topics.iter().map(|tag| (1, &tag.path))) {
                let root = path.ancestors().last().unwrap_or_default().to_owned();
                if !roots[dimension].1.contains(&root) {
                    roots[dimension].1.push(root);
                }
            }
        }
        let hand = |searcher: tantivy::Searcher| {
            let segments = searcher.segment_readers().iter().map(|reader| {
                ["actor", "topic"].map(|name| {
                    let mut csr = Csr::default();
                    let column = reader.fast_fields().str(name).expect("a column");
                    for doc in 0..reader.max_doc() {
                        csr.offsets.push(csr.values.len() as u32);
                        csr.values.extend(column.iter().flat_map(|column| column.term_ords(doc)).map(|ord| ord as u32));
                    }
                    csr.offsets.push(csr.values.len() as u32);
                    csr
                })
            });
            ByHand { text, roots: roots.clone(), segments: segments.collect(), searcher }
        };
        (hand(whole), hand(reader.searcher()))
    }

    pub(crate) fn all(&self, occur: Occur, words: &[String]) -> BooleanQuery {
        let mut analyzer = self.searcher.index().tokenizers().get("en_stem").expect("a stemmer");
        let clauses = words.iter().map(|word| {
            let mut stream = analyzer.token_stream(word);
            let mut stem = String::new();
            while stream.advance() {
                stem.clone_from(&stream.token().text);
            }
            let term = Term::from_field_text(self.text, &stem);
            let query: Box<dyn tantivy::query::Query> = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
            (occur, query)
        });
        BooleanQuery::new(clauses.collect())
    }

    pub(crate) fn count(&self, query: &dyn tantivy::query::Query) -> usize {
        self.searcher.search(query, &Count).expect("a count")
    }

    fn collectors(&self) -> [FacetCollector; 2] {
        self.roots.each_ref().map(|(field, roots)| {
            let mut collector = FacetCollector::for_field(*field);
            for root in roots {
                collector.add_facet(root.as_str());
            }
            collector
        })
    }

    pub(crate) fn facets_of(&self, query: &dyn tantivy::query::Query) -> usize {
        let [actor, topic] = self.collectors();
        let (count, actors, topics) = self.searcher.search(query, &(Count, actor, topic)).expect("facet counts");
        let named = [(actors, &self.roots[0].1), (topics, &self.roots[1].1)]
            .into_iter()
            .map(|(counts, roots)| roots.iter().map(|root| counts.top_k(root.as_str(), 10).len()).sum::<usize>());
        count + named.sum::<usize>()
    }

    pub(crate) fn top_and_facets(&self, query: &dyn tantivy::query::Query) -> usize {
        self.searcher.search(query, &TopDocs::with_limit(10).order_by_score()).expect("a search").len()
            + self.facets_of(query)
    }

    /// The answers of both are equal.
    pub(crate) fn check(&self, ours: &Searcher, text: &str, query: &dyn tantivy::query::Query) {
        let answer = ours.count(Request::new(text)).expect("counts");
        assert_eq!(answer.total.paragraphs as usize, self.count(query), "{text}");
        let [actor, topic] = self.collectors();
        let (actors, topics) = self.searcher.search(query, &(actor, topic)).expect("facet counts");
        for ((counts, (_, roots)), dimension) in
            [actors, topics].into_iter().zip(&self.roots).zip([Dimension::Actor, Dimension::Topic])
        {
            let facets = answer.facets.get(dimension).expect("counted by default");
            for (facet, count) in roots.iter().flat_map(|root| counts.get(root.as_str())) {
                let path = facet.to_path_string().parse().expect("a path");
                assert_eq!(facets.get(&path).map(|node| node.count), Some(count), "{text}: {path}");
            }
        }
    }

    pub(crate) fn plain_loop(&self, weight: &dyn Weight, counters: &mut [Vec<u32>; 2]) -> usize {
        counters.iter_mut().for_each(|counters| counters.fill(0));
        for (segment, reader) in self.segments.iter().zip(self.searcher.segment_readers()) {
            weight.for_each_no_score(reader, &mut |docs| add(segment, docs, counters)).expect("a pass");
        }
        counters[0].iter().filter(|&&count| count > 0).count()
    }
}

fn add(segment: &[Csr; 2], docs: &[u32], counters: &mut [Vec<u32>; 2]) {
    for &doc in docs {
        for (csr, counters) in segment.iter().zip(counters.iter_mut()) {
            for &value in &csr.values[csr.offsets[doc as usize] as usize..csr.offsets[doc as usize + 1] as usize] {
                counters[value as usize] += 1;
            }
        }
    }
}
