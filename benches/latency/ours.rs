//! This crate.

use std::path::Path;

use demarche::{Dimension, Document, FacetSelection, Index, IndexWriter, Query, Ranking, Request, Searcher};

use super::class::{Ask, Class};
use super::engine::{Answer, Engine, Store};

/// The way that the targets are about.
pub(crate) const MAIN: &str = "demarche, BM25";

pub(crate) struct Build {
    writer: IndexWriter,
}

impl Build {
    pub(crate) fn new(directory: &Path) -> Build {
        let index = Index::options().memory(1 << 30).create(directory).expect("a new index");
        Build { writer: index.writer().expect("the first writer") }
    }
}

impl Store for Build {
    fn add(&mut self, document: &Document) {
        self.writer.add(document).expect("a document");
    }

    fn finish(mut self: Box<Self>) {
        self.writer.optimise().expect("a merge");
        self.writer.close().expect("an end");
    }
}

/// How much is asked of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Way {
    /// Scores and names of the best, and the total: what the engines beside it do.
    Plain,
    /// The same with the default ranking.
    Default,
    /// With BM25, whole hits with their texts, mentions and topics.
    Texts,
    /// With BM25, whole hits with highlights and passages.
    Highlights,
}

impl Way {
    pub(crate) const ALL: [Way; 4] = [Way::Plain, Way::Default, Way::Texts, Way::Highlights];
}

pub(crate) struct Ours {
    searcher: Searcher,
    way: Way,
}

impl Ours {
    pub(crate) fn open(directory: &Path, way: Way) -> Ours {
        let index = Index::options().read_only(true).open(directory).expect("the index that was built");
        Ours { searcher: index.searcher().expect("a searcher"), way }
    }

    fn request(&self, class: Class, ask: &Ask) -> Request {
        let text = match class {
            Class::Everything => "*".to_owned(),
            _ if class.is_phrase() => format!("\"{}\"", ask.words.join(" ")),
            _ if class.is_and() => ask.words.join(" AND "),
            _ => ask.words.join(" "),
        };
        let mut query = Query::new(&text);
        if let Some(actor) = &ask.actor {
            query = query.within(Dimension::Actor, actor);
        }
        if let Some(topic) = &ask.topic {
            query = query.within(Dimension::Topic, topic);
        }
        let mut request = Request::new(query).highlight(self.way == Way::Highlights);
        if self.way != Way::Default {
            request = request.ranking(Ranking::bm25());
        }
        if class.counts_facets() { request } else { request.count([]) }
    }
}

impl Engine for Ours {
    fn name(&self) -> &'static str {
        match self.way {
            Way::Plain => MAIN,
            Way::Default => "demarche, default ranking",
            Way::Texts => "demarche, whole hits",
            Way::Highlights => "demarche, hits with highlights",
        }
    }

    fn takes(&self, class: Class) -> bool {
        match (self.way, class) {
            (Way::Plain, _) => true,
            (_, Class::Everything) => false,
            _ => true,
        }
    }

    fn answer(&self, class: Class, ask: &Ask) -> Answer {
        let request = self.request(class, ask);
        if class == Class::Everything {
            let counts = self.searcher.count(request).expect("counts");
            return Answer { total: counts.total.paragraphs, counts: below_roots(&counts.facets), ..Answer::default() };
        }
        if class.fetches() || matches!(self.way, Way::Texts | Way::Highlights) {
            let results = self.searcher.search(request).expect("an answer");
            let bytes = results.hits.iter().map(|hit| hit.text.len()).sum();
            let (total, ranked) = (results.total.paragraphs, results.hits.len());
            return Answer { total, ranked, bytes, counts: below_roots(&results.facets) };
        }
        let (ranked, counts) = self.searcher.rank_and_count(request).expect("an answer");
        let (total, ranked) = (counts.total.paragraphs, ranked.len());
        Answer { total, ranked, bytes: 0, counts: below_roots(&counts.facets) }
    }

    fn best(&self, class: Class, ask: &Ask) -> Vec<(String, u32)> {
        let ranked = self.searcher.rank(self.request(class, ask)).expect("an answer");
        ranked.into_iter().map(|one| (one.document, one.ordinal)).collect()
    }
}

/// The sums of the counts one level below the roots; their names are looked up, as those of the engine by hand are.
fn below_roots(facets: &demarche::Facets) -> [u64; 2] {
    [Dimension::Actor, Dimension::Topic].map(|dimension| {
        let Some(counts) = facets.get(dimension) else { return 0 };
        counts.select(&FacetSelection::all().depth(2)).nodes.iter().map(|node| node.count).sum()
    })
}
