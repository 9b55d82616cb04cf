//! Tantivy as an application would use it.

use std::hint::black_box;
use std::path::Path;
use std::sync::Mutex;

use demarche::Document;
use tantivy::collector::{Count, FacetCollector, TopDocs};
use tantivy::columnar::{Column, StrColumn};
use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, Occur, PhraseQuery, Query, QueryParser, TermQuery};
use tantivy::schema::{
    FAST, Facet, FacetOptions, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{DocAddress, IndexSettings, Searcher, TantivyDocument, Term};

use super::class::{Ask, Class};
use super::engine::{Answer, Engine, Store};

#[derive(Clone, Copy)]
struct Fields {
    /// English stems.
    text: Field,
    /// Words as written, for phrases.
    exact: Field,
    stored: Field,
    document: Field,
    ordinal: Field,
    actor: Field,
    topic: Field,
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let positions = |tokenizer| {
        let indexing = TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqsAndPositions);
        TextOptions::default().set_indexing_options(indexing.set_tokenizer(tokenizer))
    };
    let fields = Fields {
        text: builder.add_text_field("text", positions("en_stem")),
        exact: builder.add_text_field("exact", positions("default")),
        stored: builder.add_text_field("stored", STORED),
        document: builder.add_text_field("document", STRING | FAST),
        ordinal: builder.add_u64_field("ordinal", FAST),
        actor: builder.add_facet_field("actor", FacetOptions::default()),
        topic: builder.add_facet_field("topic", FacetOptions::default()),
    };
    (builder.build(), fields)
}

pub(crate) struct Build {
    writer: tantivy::IndexWriter,
    fields: Fields,
}

impl Build {
    pub(crate) fn new(directory: &Path) -> Build {
        std::fs::create_dir_all(directory).expect("a directory");
        let (schema, fields) = schema();
        // Stored as this crate stores.
        let docstore_compression = Compressor::Zstd(ZstdCompressor { compression_level: Some(3) });
        let index = tantivy::Index::builder()
            .schema(schema)
            .settings(IndexSettings { docstore_compression, ..IndexSettings::default() })
            .create_in_dir(directory)
            .expect("a new index");
        Build { writer: index.writer_with_num_threads(1, 1 << 30).expect("a writer"), fields }
    }
}

impl Store for Build {
    fn add(&mut self, document: &Document) {
        let fields = self.fields;
        for paragraph in &document.paragraphs {
            let mut row = TantivyDocument::new();
            // A paragraph is found by its headings, the first one also by the title.
            let title = document.title.as_deref().filter(|_| paragraph.ordinal == 1);
            for text in [&*paragraph.text].into_iter().chain(title).chain(document.heading_path(paragraph)) {
                row.add_text(fields.text, text);
                row.add_text(fields.exact, text);
            }
            row.add_text(fields.stored, &paragraph.text);
            row.add_text(fields.document, &document.id);
            row.add_u64(fields.ordinal, u64::from(paragraph.ordinal));
            for tag in &paragraph.actors {
                row.add_facet(fields.actor, Facet::from_path(tag.path.steps()));
            }
            for tag in &paragraph.topics {
                row.add_facet(fields.topic, Facet::from_path(tag.path.steps()));
            }
            self.writer.add_document(row).expect("a row");
        }
    }

    fn finish(mut self: Box<Self>) {
        self.writer.commit().expect("a commit");
        let segments = self.writer.index().searchable_segment_ids().expect("segments");
        if segments.len() > 1 {
            self.writer.merge(&segments).wait().expect("a merge");
        }
        self.writer.garbage_collect_files().wait().expect("a collection");
        self.writer.wait_merging_threads().expect("an end");
    }
}

pub(crate) struct ByHand {
    searcher: Searcher,
    fields: Fields,
    /// From the text of a query to the names of the best; otherwise from a built query to their addresses.
    from_text: Option<Whole>,
    stemmer: Mutex<TextAnalyzer>,
    /// `FacetCollector` counts the children of roots that are named; these are the ones there are.
    roots: [(&'static str, Vec<String>); 2],
}

/// What it takes beside the search.
struct Whole {
    parser: QueryParser,
    documents: StrColumn,
    ordinals: Column<u64>,
}

impl ByHand {
    pub(crate) fn open(directory: &Path, from_text: bool) -> ByHand {
        let index = tantivy::Index::open_in_dir(directory).expect("the index that was built");
        let searcher = index.reader().expect("a reader").searcher();
        let roots = ["actor", "topic"].map(|name| {
            let mut roots: Vec<String> = Vec::new();
            for reader in searcher.segment_readers() {
                let column = reader.fast_fields().str(name).expect("a column").expect("a column of facets");
                let mut terms = column.dictionary().stream().expect("a dictionary");
                while terms.advance() {
                    let path = String::from_utf8_lossy(terms.key());
                    let root = format!("/{}", path.split('\0').next().unwrap_or_default());
                    if !roots.contains(&root) {
                        roots.push(root);
                    }
                }
            }
            (name, roots)
        });
        let stemmer = index.tokenizers().get("en_stem").expect("a stemmer");
        let fields = schema().1;
        let columns = searcher.segment_reader(0).fast_fields();
        let from_text = from_text.then(|| Whole {
            parser: QueryParser::for_index(&index, vec![fields.text]),
            documents: columns.str("document").expect("a column").expect("a column of ids"),
            ordinals: columns.u64("ordinal").expect("a column"),
        });
        ByHand { searcher, fields, from_text, stemmer: Mutex::new(stemmer), roots }
    }

    /// The words of a query as a query.
    fn words(&self, class: Class, ask: &Ask) -> Box<dyn Query> {
        if let Some(Whole { parser, .. }) = &self.from_text {
            let text = match class {
                _ if class.is_phrase() => format!("exact:\"{}\"", ask.words.join(" ")),
                _ if class.is_and() => ask.words.join(" AND "),
                _ => ask.words.join(" "),
            };
            return parser.parse_query(&text).expect("a query of plain words");
        }
        if class.is_phrase() {
            let terms = ask.words.iter().map(|word| Term::from_field_text(self.fields.exact, word));
            return Box::new(PhraseQuery::new(terms.collect()));
        }
        let occur = if class.is_and() { Occur::Must } else { Occur::Should };
        let mut words: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut stemmer = self.stemmer.lock().expect("one thread");
        for word in &ask.words {
            let mut stream = stemmer.token_stream(word);
            while stream.advance() {
                let term = Term::from_field_text(self.fields.text, &stream.token().text);
                words.push((occur, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))));
            }
        }
        match words.len() {
            1 => words.remove(0).1,
            _ => Box::new(BooleanQuery::new(words)),
        }
    }

    fn query(&self, class: Class, ask: &Ask) -> Box<dyn Query> {
        if class == Class::Everything {
            return Box::new(AllQuery);
        }
        let words = self.words(class, ask);
        let filters = [(self.fields.actor, &ask.actor), (self.fields.topic, &ask.topic)];
        let filters: Vec<(Occur, Box<dyn Query>)> = filters
            .into_iter()
            .filter_map(|(field, path)| {
                let term = Term::from_facet(field, &Facet::from_text(path.as_ref()?).expect("a path"));
                let filter = TermQuery::new(term, IndexRecordOption::Basic);
                // At 0, because a filter is not to change a score.
                Some((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(filter), 0.0)) as Box<dyn Query>))
            })
            .collect();
        if filters.is_empty() {
            return words;
        }
        Box::new(BooleanQuery::new(std::iter::once((Occur::Must, words)).chain(filters).collect()))
    }

    fn top(&self, query: &dyn Query) -> Vec<(f32, DocAddress)> {
        self.searcher.search(query, &TopDocs::with_limit(10).order_by_score()).expect("a search")
    }

    fn name_of(&self, address: DocAddress) -> (String, u32) {
        let columns = self.searcher.segment_reader(address.segment_ord).fast_fields();
        let documents = columns.str("document").expect("a column").expect("a column of ids");
        let mut id = String::new();
        let ordinal = documents.ords().first(address.doc_id).expect("an id");
        documents.ord_to_str(ordinal, &mut id).expect("an id");
        let ordinal = columns.u64("ordinal").expect("a column").first(address.doc_id).expect("an ordinal");
        (id, ordinal as u32)
    }

    fn facets(&self, query: &dyn Query) -> (u64, [u64; 2]) {
        let [actor, topic] = self.roots.each_ref().map(|(field, roots)| {
            let mut collector = FacetCollector::for_field(*field);
            for root in roots {
                collector.add_facet(root.as_str());
            }
            collector
        });
        let (total, actors, topics) = self.searcher.search(query, &(Count, actor, topic)).expect("facet counts");
        let sum = |counts: &tantivy::collector::FacetCounts, roots: &[String]| {
            roots.iter().flat_map(|root| counts.get(root.as_str())).map(|(_, count)| count).sum()
        };
        (total as u64, [sum(&actors, &self.roots[0].1), sum(&topics, &self.roots[1].1)])
    }
}

impl Engine for ByHand {
    fn name(&self) -> &'static str {
        if self.from_text.is_some() { "tantivy by hand, from text to names" } else { "tantivy by hand" }
    }

    fn answer(&self, class: Class, ask: &Ask) -> Answer {
        let query = self.query(class, ask);
        let mut answer = Answer::default();
        if class != Class::Everything {
            // Two searches: in one with a tuple of collectors the pruning is off, and it takes five times as long.
            let best = self.top(&*query);
            if class.fetches() {
                for (_, address) in &best {
                    let row: TantivyDocument = self.searcher.doc(*address).expect("a stored text");
                    let text = row.get_first(self.fields.stored).and_then(|value| value.as_str().map(str::len));
                    answer.bytes += text.expect("a stored text");
                }
            }
            answer.ranked = best.len();
            if let Some(Whole { documents, ordinals, .. }) = &self.from_text {
                let mut id = String::new();
                for (_, address) in &best {
                    let document = documents.ords().first(address.doc_id).expect("an id");
                    id.clear();
                    documents.ord_to_str(document, &mut id).expect("an id");
                    black_box((&id, ordinals.first(address.doc_id)));
                }
            }
        }
        if class.counts_facets() {
            (answer.total, answer.counts) = self.facets(&*query);
        } else {
            answer.total = self.searcher.search(&*query, &Count).expect("a count") as u64;
        }
        answer
    }

    fn best(&self, class: Class, ask: &Ask) -> Vec<(String, u32)> {
        self.top(&*self.query(class, ask)).into_iter().map(|(_, address)| self.name_of(address)).collect()
    }
}
