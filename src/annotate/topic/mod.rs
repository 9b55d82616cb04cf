//! Topics: what a paragraph is about.
//!
//! A taxonomy is a [`Lexicon`](lexicon::Lexicon) read from tables, compiled into a matcher over stemmed
//! words. A paragraph's cues are found in one pass, summed up for each top on the scale of log-odds, and
//! tagged where the sum reaches one threshold for all tops.

mod builder;
mod calibrate;
mod candidates;
mod cue;
mod explain;
mod find;
mod fit;
mod lexicon;
mod matcher;
mod node;
mod pairs;
mod score;
mod surfaces;
mod table;
mod train;
mod trie;
mod words;

use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

pub use self::builder::TaxonomyBuilder;
pub use self::explain::TopicReason;
pub use self::node::{Crosswalk, Scheme, Topic};
pub use self::train::{Labelled, Learn};

use self::cue::CueKind;
use self::find::Names;
use self::lexicon::{Lexicon, Settings};
use self::matcher::{Hit, Matcher, MatcherBuilder, Scratch, Target};
use crate::document::{ActorTag, Document, TopicTag};
use crate::error::{Error, Result};
use crate::facet::FacetPath;
use crate::text::Run;

/// How readily a paragraph is tagged with a topic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Misses and false tags weigh the same. For browsing and counting.
    #[default]
    Balanced,
    /// Fewer tags, more of them right. For alerts and for figures that are quoted.
    Precise,
}

/// A cue as scoring needs it.
#[derive(Debug)]
struct Compiled {
    text: Arc<str>,
    kind: CueKind,
    weight: f32,
    topic: u16,
    top: u16,
}

/// The topics that can be recognised, with the cues that speak for them.
///
/// The built-in one has 26 tops, such as *Energy security*, and some 110 leaves below them, such as *Gas
/// supplies and pipelines*, each with English cues. The top decides: a paragraph is tagged where the cues
/// of a top and its leaves weigh enough together. The tag's path is then the leaf, or the leaves, that most
/// of that weight belongs to, and the top itself where no leaf stands out. [`Taxonomy::builder`] adds to the
/// built-in one, overrides or replaces it.
///
/// # Examples
///
/// ```
/// use demarche::Taxonomy;
///
/// let taxonomy = Taxonomy::built_in();
/// let found = taxonomy.lookup("NATO enlargement");
/// assert_eq!(found[0].path().as_str(), "/topic/alliances/nato-enlargement");
/// ```
#[derive(Debug)]
pub struct Taxonomy {
    lexicon: Lexicon,
    matcher: Matcher,
    /// In path order.
    topics: Vec<Topic>,
    cues: Vec<Compiled>,
    /// By the number of a top: its place in `topics`.
    tops: Vec<u16>,
    /// By the number of a top.
    biases: Vec<f32>,
    /// Made when a topic is first looked up.
    names: OnceLock<Names>,
    /// Room that is used again, with the words it remembers: one for each thread that ever tagged at the same time.
    idle: Mutex<Vec<Room>>,
}

impl Taxonomy {
    /// The one that comes with the crate.
    pub fn built_in() -> Arc<Taxonomy> {
        static BUILT_IN: LazyLock<Arc<Taxonomy>> = LazyLock::new(|| {
            let lexicon = builder::built_in_lexicon().expect("the tables compiled in are checked by a test");
            Arc::new(Taxonomy::compile(lexicon).expect("the tables compiled in are checked by a test"))
        });
        BUILT_IN.clone()
    }

    /// One without a topic; it tags nothing.
    pub fn empty() -> Taxonomy {
        Taxonomy::compile(Lexicon::default()).expect("no topic has no cue that could be refused")
    }

    /// A builder that starts from the built-in taxonomy.
    pub fn builder() -> TaxonomyBuilder {
        TaxonomyBuilder::new()
    }

    fn compile(mut lexicon: Lexicon) -> Result<Taxonomy> {
        lexicon.add_missing_tops();
        let tops = lexicon.entries.keys().filter(|path| path.depth() == 2).count();
        let mut matcher = MatcherBuilder::new();
        let mut taxonomy = Taxonomy {
            matcher: MatcherBuilder::new().finish(tops),
            topics: Vec::new(),
            cues: Vec::new(),
            tops: Vec::new(),
            biases: Vec::new(),
            names: OnceLock::new(),
            idle: Mutex::default(),
            lexicon,
        };
        if taxonomy.lexicon.entries.len() > usize::from(u16::MAX) {
            let found = taxonomy.lexicon.entries.len().to_string();
            return Err(Error::value("number of topics", found, "expected at most 65535"));
        }
        for (path, entry) in &taxonomy.lexicon.entries {
            let topic = taxonomy.topics.len() as u16;
            taxonomy.topics.push(Topic {
                path: path.clone(),
                label: entry.label.clone(),
                crosswalk: entry.crosswalk.clone(),
            });
            // In path order a leaf comes somewhere behind its top, with other tops never between, unless
            // a step sorts below '/': so the top is looked up.
            let top_path = if path.depth() == 2 { Some(path.clone()) } else { path.parent() };
            let top = taxonomy
                .tops
                .iter()
                .position(|&top| Some(taxonomy.topics[top as usize].path()) == top_path.as_ref())
                .unwrap_or(taxonomy.tops.len());
            if top == taxonomy.tops.len() {
                taxonomy.tops.push(topic);
                taxonomy.biases.push(entry.bias.unwrap_or(taxonomy.lexicon.settings.bias));
            }
            for cue in entry.cues.values() {
                let target = Target { top: top as u16, weight: cue.weight(), blocks: cue.kind == CueKind::Block };
                let id = matcher.add(&cue.text, target);
                id.map_err(|reason| Error::value("cue", &*cue.text, format!("{reason}, in {path}")))?;
                taxonomy.cues.push(Compiled {
                    text: cue.text.clone(),
                    kind: cue.kind,
                    weight: cue.weight(),
                    topic,
                    top: top as u16,
                });
            }
        }
        taxonomy.matcher = matcher.finish(tops);
        Ok(taxonomy)
    }

    fn settings(&self) -> &Settings {
        &self.lexicon.settings
    }

    /// Begins to read a document whose first so many texts are its title and headings.
    pub(crate) fn first_pass(&self, headings: usize) -> FirstPass<'_> {
        let mut room = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        room.found.clear();
        room.ends.clear();
        let skipped = if self.settings().context > 0.0 { 0 } else { headings };
        FirstPass { taxonomy: self, skipped, room }
    }

    fn tags(&self, hits: &[Hit], context: &[Hit], profile: Profile) -> Vec<TopicTag> {
        if hits.is_empty() {
            return Vec::new();
        }
        self.decide(&self.weigh_likely(hits, context, profile), profile)
    }

    /// The hits in the title and the headings, unless they weigh nothing. `find` is asked for those of each text, in
    /// the order of the document.
    fn contexts(&self, document: &Document, mut find: impl FnMut(&str, &[ActorTag], &mut Vec<Hit>)) -> Contexts {
        let mut contexts = Contexts::default();
        if self.settings().context <= 0.0 {
            return contexts;
        }
        if let Some(title) = &document.title {
            find(title, &document.title_actors, &mut contexts.title);
        }
        for section in &document.sections {
            let mut hits = Vec::new();
            find(&section.heading, &section.actors, &mut hits);
            hits.extend_from_slice(&contexts.title);
            contexts.sections.push(hits);
        }
        contexts
    }

    /// Every topic, in path order.
    pub fn topics(&self) -> impl ExactSizeIterator<Item = &Topic> {
        self.topics.iter()
    }

    /// The topic at a path; `None` for a path the taxonomy does not know.
    pub fn topic(&self, path: &FacetPath) -> Option<&Topic> {
        let at = self.topics.binary_search_by(|topic| topic.path.cmp(path)).ok()?;
        Some(&self.topics[at])
    }

    /// The name to show for a path; `None` for a path the taxonomy does not know.
    pub fn label(&self, path: &FacetPath) -> Option<String> {
        self.topic(path).map(|topic| topic.label().to_owned())
    }

    /// Tells two taxonomies apart: equal content gives the same fingerprint, on every machine.
    pub fn fingerprint(&self) -> u64 {
        self.lexicon.fingerprint()
    }

    /// The whole taxonomy as a readable table, which [`TaxonomyBuilder::add_table`] reads back.
    pub fn to_table(&self) -> String {
        table::write(&self.lexicon)
    }
}

/// The cues of words in the texts of a document, gathered before its actors are known.
#[derive(Debug)]
pub(crate) struct FirstPass<'a> {
    taxonomy: &'a Taxonomy,
    /// How many texts are not read, because headings weigh nothing.
    skipped: usize,
    room: Room,
}

/// Room that is used again for every document.
#[derive(Debug, Default)]
struct Room {
    scratch: Scratch,
    found: Vec<Hit>,
    /// By text that is read: where its hits end.
    ends: Vec<usize>,
    /// Of one paragraph.
    hits: Vec<Hit>,
}

impl FirstPass<'_> {
    /// Takes in the next text of the document, which is cut into `runs`.
    pub(crate) fn read(&mut self, text: &str, runs: &[Run]) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        if !self.taxonomy.cues.is_empty() {
            self.room.found.extend_from_slice(self.taxonomy.matcher.find_words(text, runs, &mut self.room.scratch));
        }
        self.room.ends.push(self.room.found.len());
    }

    /// Replaces the topics of the document's paragraphs, whose actors are known by now.
    pub(crate) fn tag(self, document: &mut Document, profile: Profile) {
        let FirstPass { taxonomy, mut room, .. } = self;
        let Room { scratch, found, ends, hits } = &mut room;
        let (mut start, mut ends) = (0, ends.iter());
        let mut choose = |text: &str, actors: &[ActorTag], hits: &mut Vec<Hit>| {
            let end = ends.next().copied().unwrap_or(start);
            taxonomy.matcher.choose(&found[start..end], text, actors, scratch, hits);
            start = end;
        };
        let contexts = taxonomy.contexts(document, &mut choose);
        for paragraph in &mut document.paragraphs {
            choose(&paragraph.text, &paragraph.actors, hits);
            paragraph.topics = taxonomy.tags(hits, contexts.of(paragraph.section), profile);
        }
        taxonomy.idle.lock().unwrap_or_else(PoisonError::into_inner).push(room);
    }
}

/// The hits that paragraphs below a heading have from above.
#[derive(Debug, Default)]
struct Contexts {
    title: Vec<Hit>,
    /// By section, the title's included.
    sections: Vec<Vec<Hit>>,
}

impl Contexts {
    fn of(&self, section: Option<u32>) -> &[Hit] {
        section.and_then(|section| self.sections.get(section as usize)).unwrap_or(&self.title)
    }
}
