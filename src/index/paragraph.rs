//! A document in, the Tantivy documents of its paragraphs out.

use std::collections::{BTreeSet, HashMap};

use tantivy::TantivyDocument;
use tantivy::schema::Facet;

use super::actor_mention::actor_mentions;
use super::packed::PackedTerms;
use super::schema::{Fields, HEADING_GAP, HEADING_START, SENTENCE_START};
use super::stored::{StoredParagraph, pieces};
use crate::document::{Document, Language, Paragraph};
use crate::error::{Error, Result};
use crate::facet::{Dimension, FacetPath};
use crate::text::{Analyzer, Term, TermKind, sentences};

/// Makes Tantivy documents; keep one a thread, it remembers stems.
#[derive(Debug)]
pub(crate) struct ParagraphEncoder {
    fields: Fields,
    analyzers: HashMap<Language, Analyzer>,
    text: PackedTerms,
    exact: PackedTerms,
    heading: PackedTerms,
    title: PackedTerms,
    whole: PackedTerms,
    mention: PackedTerms,
    sentence: PackedTerms,
    /// Start of every word of the paragraph, in bytes; its index is the word's position.
    word_starts: Vec<usize>,
}

impl ParagraphEncoder {
    pub(crate) fn new(fields: Fields) -> ParagraphEncoder {
        ParagraphEncoder {
            fields,
            analyzers: HashMap::new(),
            text: PackedTerms::default(),
            exact: PackedTerms::default(),
            heading: PackedTerms::default(),
            title: PackedTerms::default(),
            whole: PackedTerms::default(),
            mention: PackedTerms::default(),
            sentence: PackedTerms::default(),
            word_starts: Vec::new(),
        }
    }

    /// The Tantivy documents of a document's paragraphs, in their order.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the id is blank or too long, when there is no paragraph, when
    /// one is blank, or when ordinals do not count from 1.
    pub(crate) fn encode(&mut self, document: &Document) -> Result<Vec<TantivyDocument>> {
        check(document)?;
        let language = document.language.unwrap_or(Language::ENGLISH);
        let mut analyzer = self.analyzers.remove(&language).unwrap_or_else(|| Analyzer::new(language));
        let encoded = self.encode_with(document, &mut analyzer);
        self.analyzers.insert(language, analyzer);
        encoded
    }

    fn encode_with(&mut self, document: &Document, analyzer: &mut Analyzer) -> Result<Vec<TantivyDocument>> {
        self.title.clear();
        self.whole.clear();
        if let Some(title) = &document.title {
            analyzer.analyze(title, |term| {
                self.title.push(term.text, term.position);
                self.whole.append(term.text);
            });
        }
        for heading in headings(document) {
            analyzer.analyze(heading, |term| self.whole.append(term.text));
        }
        let mut encoded = Vec::with_capacity(document.paragraphs.len());
        for (index, original) in pieces(document).enumerate() {
            let mut paragraph = self.encode_paragraph(document, index, analyzer);
            paragraph.add_bytes(self.fields.stored, &StoredParagraph::bytes_of(document, index, original));
            encoded.push(paragraph);
        }
        if let Some(first) = encoded.first_mut() {
            first.add_text(self.fields.whole, self.whole.as_str());
        }
        Ok(encoded)
    }

    fn encode_paragraph(&mut self, document: &Document, index: usize, analyzer: &mut Analyzer) -> TantivyDocument {
        let paragraph = &document.paragraphs[index];
        let fields = self.fields;
        self.text.clear();
        self.exact.clear();
        self.word_starts.clear();
        let (text, exact, whole) = (&mut self.text, &mut self.exact, &mut self.whole);
        let word_starts = &mut self.word_starts;
        analyzer.analyze(&paragraph.text, |term: Term<'_>| {
            text.push(term.text, term.position);
            whole.append(term.text);
            if term.kind == TermKind::Word && !term.is_plain {
                exact.push(term.exact, term.position);
            }
            if term.position as usize == word_starts.len() {
                word_starts.push(term.span.start);
            }
        });
        let words = self.word_starts.len() as u32;

        self.heading.clear();
        let mut heading_position = 0;
        for heading in document.heading_path(paragraph) {
            append(&mut self.heading, &mut heading_position, analyzer, heading);
        }
        let context_start = words.saturating_add(HEADING_GAP);
        let mut position = context_start;
        let title = document.title.as_deref().filter(|_| index == 0);
        for heading in title.into_iter().chain(document.heading_path(paragraph)) {
            let base = position;
            analyzer.analyze(heading, |term| {
                let at = base.saturating_add(term.position);
                self.text.push(term.text, at);
                if term.kind == TermKind::Word && !term.is_plain {
                    self.exact.push(term.exact, at);
                }
                position = at.saturating_add(1);
            });
            // No phrase reaches from one heading into the next.
            position = position.saturating_add(HEADING_GAP);
        }
        self.encode_positions(paragraph);
        if position > context_start {
            self.sentence.push(HEADING_START, context_start);
        }

        let mut encoded = TantivyDocument::new();
        encoded.add_text(fields.document, &document.id);
        encoded.add_u64(fields.ordinal, u64::from(paragraph.ordinal));
        if let Some(date) = document.date {
            encoded.add_i64(fields.day, i64::from(date.day_number()));
            encoded.add_i64(fields.last_day, i64::from(date.last_day().day_number()));
        }
        encoded.add_text(fields.kind, paragraph.kind.as_str());
        for (field, terms) in [
            (fields.text, &self.text),
            (fields.exact, &self.exact),
            (fields.heading, &self.heading),
            (fields.title, &self.title),
            (fields.mention, &self.mention),
            (fields.sentence, &self.sentence),
        ] {
            if !terms.is_empty() {
                encoded.add_text(field, terms.as_str());
            }
        }
        for (dimension, path) in facets(document, paragraph) {
            if let Some(field) = fields.facet(dimension) {
                encoded.add_facet(field, tantivy_facet(&path));
            }
        }
        for mention in actor_mentions(paragraph) {
            encoded.add_text(fields.actor_mention, mention);
        }
        encoded
    }

    /// Fills `mention` and `sentence` from the words' places.
    fn encode_positions(&mut self, paragraph: &Paragraph) {
        let position_at = |byte: usize| self.word_starts.partition_point(|&start| start < byte) as u32;
        self.mention.clear();
        let mut places = Vec::new();
        for actor in &paragraph.actors {
            for mention in &actor.mentions {
                // A mention inside a word ("Sino-Russian" is two words, "Eurocrats" one) counts as that word.
                let first = position_at(mention.span.start.saturating_add(1)).saturating_sub(1);
                let last = position_at(mention.span.end).max(first + 1);
                places.extend((first..last).map(|position| (position, &*actor.id)));
            }
        }
        places.sort_unstable();
        places.dedup();
        for (position, id) in places {
            self.mention.push(id, position);
        }
        self.sentence.clear();
        let mut last = None;
        for sentence in sentences(&paragraph.text) {
            let position = position_at(sentence.start);
            if last != Some(position) {
                self.sentence.push(SENTENCE_START, position);
                last = Some(position);
            }
        }
    }
}

/// Adds the terms of a text after those that are there, and moves `position` to where the next one may start.
fn append(terms: &mut PackedTerms, position: &mut u32, analyzer: &mut Analyzer, text: &str) {
    let base = *position;
    let mut end = base;
    analyzer.analyze(text, |term| {
        let at = base.saturating_add(term.position);
        terms.push(term.text, at);
        end = at.saturating_add(1);
    });
    *position = end.saturating_add(HEADING_GAP);
}

/// The headings that paragraphs stand under, each once. With them alone a document holds a word where, and only
/// where, one of its paragraphs does, so that ranking may begin with documents.
fn headings(document: &Document) -> impl Iterator<Item = &str> {
    let mut used = vec![false; document.sections.len()];
    for paragraph in &document.paragraphs {
        let mut next = paragraph.section.map(|section| section as usize);
        while let Some(section) = next.filter(|&section| used.get(section) == Some(&false)) {
            used[section] = true;
            let parent = document.sections[section].parent.map(|parent| parent as usize);
            next = parent.filter(|&parent| parent < section);
        }
    }
    document.sections.iter().zip(used).filter(|(_, used)| *used).map(|(section, _)| section.heading.as_str())
}

/// The facets of a paragraph, each path once.
pub(crate) fn facets(document: &Document, paragraph: &Paragraph) -> BTreeSet<(Dimension, FacetPath)> {
    let mut facets = BTreeSet::new();
    for actor in &paragraph.actors {
        facets.insert((Dimension::Actor, actor.path.clone()));
        for mention in &actor.mentions {
            facets.extend(FacetPath::of_value(mention.kind.as_str()).map(|path| (Dimension::MentionKind, path)));
        }
    }
    facets.extend(paragraph.topics.iter().map(|topic| (Dimension::Topic, topic.path.clone())));
    let authors = document.byline.iter().map(|author| (Dimension::Author, author.as_str()));
    let source = document.source.iter().map(|source| (Dimension::Source, source.as_str()));
    let language = document.language.iter().map(|language| (Dimension::Language, language.as_str()));
    for (dimension, value) in authors.chain(source).chain(language) {
        facets.extend(FacetPath::of_value(value).map(|path| (dimension, path)));
    }
    facets
}

/// The engine's form of a path; total, because a path's steps hold no NUL and none is empty.
fn tantivy_facet(path: &FacetPath) -> Facet {
    Facet::from_path(path.steps())
}

/// Whether a document can be indexed, replaced and deleted.
pub(crate) fn check(document: &Document) -> Result<()> {
    // Tantivy drops longer terms without a word, and a document that cannot be found cannot be replaced.
    const MAX_ID_BYTES: usize = 1_000;
    if document.id.trim().is_empty() {
        return Err(Error::source_text("document", "its id is blank"));
    }
    if document.id.len() > MAX_ID_BYTES {
        return Err(Error::value("document id", &document.id, "expected at most 1000 bytes"));
    }
    if document.paragraphs.is_empty() {
        return Err(Error::source_text(&document.id, "no paragraph in the document"));
    }
    for (index, paragraph) in document.paragraphs.iter().enumerate() {
        if paragraph.ordinal as usize != index + 1 {
            let reason = format!("expected paragraph ordinal {}, found {}", index + 1, paragraph.ordinal);
            return Err(Error::source_text(&document.id, reason));
        }
        if paragraph.text.trim().is_empty() {
            return Err(Error::source_text(&document.id, format!("paragraph {} is blank", paragraph.ordinal)));
        }
    }
    Ok(())
}
