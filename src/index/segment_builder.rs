//! Documents in, the files of a segment out.
//!
//! It stands in the place of the engine's own writer of segments, for the speed of a load: a word is looked up in a hash
//! table when the analyzer learns it, not for each of its tokens in each field; what documents hold as a whole is counted on the way;
//! titles and headings are analysed once a document. The files are those that the engine writes, made by its own serializers.

use std::collections::HashMap;
use std::mem;
use std::ops::Range;

use tantivy::directory::TerminatingWrite;
use tantivy::fastfield::{FastFieldsWriter, write_alive_bitset};
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{Segment, SegmentComponent, SegmentMeta};
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::{Facet, Schema};
use tantivy::store::StoreWriter;
use tantivy::{BitSet, TantivyDocument, TantivyError};

use super::actor_mention::actor_mentions;
use super::facet_file;
use super::known_words::{KnownWords, Word, WordTerms};
use super::paragraph::{facets, used_sections};
use super::posting_lists::{Arena, Frequencies, NO_TERM, PostingLists};
use super::schema::{Fields, HEADING_GAP, HEADING_START, SENTENCE_START};
use super::stored::{StoredParagraph, pieces};
use crate::document::{Document, Language, Paragraph};
use crate::facet::Dimension;
use crate::text::sentences;

/// Builds one segment after the other.
#[derive(Debug)]
pub(super) struct SegmentBuilder {
    fields: Fields,
    words: HashMap<Language, KnownWords>,
    arena: Arena,
    text: PostingLists,
    exact: PostingLists,
    whole: Frequencies,
    heading: PostingLists,
    title: PostingLists,
    mention: PostingLists,
    sentence: PostingLists,
    document: PostingLists,
    kind: PostingLists,
    facets: Vec<(Dimension, PostingLists)>,
    /// The paragraphs of every document, by the number of its id.
    paragraphs: Vec<Range<u32>>,
    /// Those of documents that were replaced or deleted before the segment was written.
    deleted: Vec<Range<u32>>,
    /// The ids that were added or deleted.
    replaced: Vec<String>,
    open: Option<OpenSegment>,
    /// The words of a text.
    read: Vec<Word>,
    /// Start of every word of the paragraph, in bytes; its index is the word's position.
    word_starts: Vec<usize>,
}

/// What was built.
#[derive(Debug)]
pub(super) struct BuiltSegment {
    /// `None` when there is no document in it.
    pub(super) segment: Option<SegmentMeta>,
    /// The ids of documents that go out of all segments before, because they are in this one or were deleted.
    pub(super) replaced: Vec<String>,
}

/// A segment of which files are written.
struct OpenSegment {
    segment: Segment,
    schema: Schema,
    lengths: FieldNormsWriter,
    columns: FastFieldsWriter,
    store: StoreWriter,
    /// Paragraphs, which the engine calls documents.
    paragraphs: u32,
}

impl OpenSegment {
    fn create(index: &tantivy::Index) -> tantivy::Result<OpenSegment> {
        let segment = index.new_segment();
        let schema = segment.schema();
        let settings = index.settings();
        let store = StoreWriter::new(
            segment.open_write(SegmentComponent::Store)?,
            settings.docstore_compression,
            settings.docstore_blocksize,
            settings.docstore_compress_dedicated_thread,
        )?;
        let tokenizers = index.fast_field_tokenizer().clone();
        let columns = FastFieldsWriter::from_schema_and_tokenizer_manager(&schema, tokenizers)?;
        Ok(OpenSegment {
            lengths: FieldNormsWriter::for_schema(&schema),
            segment,
            schema,
            columns,
            store,
            paragraphs: 0,
        })
    }
}

/// A word of a title or a heading.
#[derive(Debug, Clone, Copy)]
struct ContextWord {
    terms: WordTerms,
    /// Its number in the field of titles or headings.
    own: u32,
    position: u32,
}

impl SegmentBuilder {
    pub(super) fn new(fields: Fields) -> SegmentBuilder {
        let facet = |dimension| Some((dimension, PostingLists::of_documents(fields.facet(dimension)?)));
        SegmentBuilder {
            fields,
            words: HashMap::new(),
            arena: Arena::new(),
            text: PostingLists::with_positions(fields.text),
            exact: PostingLists::with_positions(fields.exact),
            whole: Frequencies::new(fields.whole),
            heading: PostingLists::with_positions(fields.heading),
            title: PostingLists::with_positions(fields.title),
            mention: PostingLists::with_positions(fields.mention),
            sentence: PostingLists::with_positions(fields.sentence),
            document: PostingLists::of_documents(fields.document),
            kind: PostingLists::of_documents(fields.kind),
            facets: Dimension::ALL.into_iter().filter_map(facet).collect(),
            paragraphs: Vec::new(),
            deleted: Vec::new(),
            replaced: Vec::new(),
            open: None,
            read: Vec::new(),
            word_starts: Vec::new(),
        }
    }

    /// All fields but that of whole documents, in the order of the schema.
    fn postings(&self) -> impl Iterator<Item = &PostingLists> {
        let before = [&self.document, &self.text, &self.heading, &self.title];
        let after = [&self.exact, &self.mention, &self.sentence, &self.kind];
        before.into_iter().chain(after).chain(self.facets.iter().map(|(_, postings)| postings))
    }

    /// What the segment takes in memory so far, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.arena.memory()
            + self.postings().map(PostingLists::memory).sum::<usize>()
            + self.whole.memory()
            + self.words.values().map(KnownWords::memory).sum::<usize>()
            + self.open.as_ref().map_or(0, |open| open.columns.mem_usage() + open.lengths.mem_usage())
    }

    /// Deletes a document, here and in the segments before.
    pub(super) fn delete(&mut self, id: &str) {
        self.replaced.push(id.to_owned());
        let Some(term) = self.document.find(id.as_bytes()) else { return };
        if let Some(paragraphs) = self.paragraphs.get_mut(term as usize).map(mem::take) {
            self.deleted.push(paragraphs);
        }
    }

    /// Adds a document, in place of the one of the same id in the segment.
    ///
    /// # Errors
    ///
    /// When a file cannot be written; the segment is then to be [forgotten](SegmentBuilder::clear).
    pub(super) fn add(&mut self, index: &tantivy::Index, document: &Document) -> tantivy::Result<()> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => OpenSegment::create(index)?,
        };
        let language = document.language.unwrap_or(Language::ENGLISH);
        let mut words = self.words.remove(&language).unwrap_or_else(|| KnownWords::new(language));
        let added = self.add_to(&mut open, &mut words, document);
        self.words.insert(language, words);
        self.open = Some(open);
        added
    }

    fn add_to(&mut self, open: &mut OpenSegment, words: &mut KnownWords, document: &Document) -> tantivy::Result<()> {
        self.delete(&document.id);
        let id = self.document.term(document.id.as_bytes());
        let first = open.paragraphs;
        let title = document.title.as_deref().map(|title| {
            words.read(title, (&mut self.text, &mut self.exact), &mut self.read);
            context(&self.read, &mut self.title, &self.text, &mut self.whole)
        });
        let mut headings = Vec::with_capacity(document.sections.len());
        for (section, is_used) in document.sections.iter().zip(used_sections(document)) {
            let heading = if is_used { section.heading.as_str() } else { "" };
            words.read(heading, (&mut self.text, &mut self.exact), &mut self.read);
            headings.push(context(&self.read, &mut self.heading, &self.text, &mut self.whole));
        }
        for (index, original) in pieces(document).enumerate() {
            let paragraph = &document.paragraphs[index];
            let sections = document.section_path(paragraph);
            let path: Vec<&[ContextWord]> = sections.iter().map(|&section| &*headings[section]).collect();
            self.document.add(id, open.paragraphs, 0, &mut self.arena);
            words.read(&paragraph.text, (&mut self.text, &mut self.exact), &mut self.read);
            self.add_words(open, index == 0, title.as_deref(), &path);
            self.add_places(open.paragraphs, paragraph);
            let mut row = self.add_tags(open.paragraphs, document, paragraph);
            row.add_bytes(self.fields.stored, &StoredParagraph::bytes_of(document, index, original));
            open.columns.add_document(&row)?;
            open.store.store(&row, &open.schema)?;
            open.paragraphs += 1;
        }
        let tokens = self.whole.end(first, &mut self.arena);
        open.lengths.record(first, self.fields.whole, tokens);
        if self.paragraphs.len() <= id as usize {
            self.paragraphs.resize(id as usize + 1, 0..0);
        }
        self.paragraphs[id as usize] = first..open.paragraphs;
        match self.arena.is_full() {
            true => Err(TantivyError::InvalidArgument("more than 4 GiB of postings in a segment".to_owned())),
            false => Ok(()),
        }
    }

    /// Adds the words of the paragraph that was read, of its headings, and of the title, which is a heading of the first one.
    fn add_words(
        &mut self,
        open: &mut OpenSegment,
        is_first: bool,
        title: Option<&[ContextWord]>,
        headings: &[&[ContextWord]],
    ) {
        let doc = open.paragraphs;
        let (mut texts, mut exacts) = (0u32, 0u32);
        let mut add = |terms: WordTerms, position: u32| {
            self.text.add(terms.text, doc, position, &mut self.arena);
            texts = texts.saturating_add(1);
            if terms.exact != NO_TERM {
                self.exact.add(terms.exact, doc, position, &mut self.arena);
                exacts = exacts.saturating_add(1);
            }
        };
        self.word_starts.clear();
        for word in &self.read {
            add(word.terms, word.position);
            self.whole.count(word.terms.text);
            if word.position as usize == self.word_starts.len() {
                self.word_starts.push(word.start);
            }
        }
        let context_start = (self.word_starts.len() as u32).saturating_add(HEADING_GAP);
        let mut position = context_start;
        for &words in title.iter().filter(|_| is_first).chain(headings) {
            let base = position;
            for word in words {
                let at = base.saturating_add(word.position);
                add(word.terms, at);
                position = at.saturating_add(1);
            }
            // No phrase reaches from one heading into the next.
            position = position.saturating_add(HEADING_GAP);
        }
        if position > context_start {
            let term = self.sentence.term(HEADING_START.as_bytes());
            self.sentence.add(term, doc, context_start, &mut self.arena);
        }
        let (mut position, mut heading_words) = (0u32, 0u32);
        for &words in headings {
            let base = position;
            for word in words {
                let at = base.saturating_add(word.position);
                self.heading.add(word.own, doc, at, &mut self.arena);
                position = at.saturating_add(1);
                heading_words = heading_words.saturating_add(1);
            }
            position = position.saturating_add(HEADING_GAP);
        }
        let title = title.unwrap_or_default();
        for word in title {
            self.title.add(word.own, doc, word.position, &mut self.arena);
        }
        let fields = &self.fields;
        for (field, tokens) in [
            (fields.text, texts),
            (fields.exact, exacts),
            (fields.heading, heading_words),
            (fields.title, title.len() as u32),
        ] {
            open.lengths.record(doc, field, tokens);
        }
    }

    /// Adds mentions and sentences at the places of the words.
    fn add_places(&mut self, doc: u32, paragraph: &Paragraph) {
        let position_at = |byte: usize| self.word_starts.partition_point(|&start| start < byte) as u32;
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
            let term = self.mention.term(id.as_bytes());
            self.mention.add(term, doc, position, &mut self.arena);
        }
        let term = self.sentence.term(SENTENCE_START.as_bytes());
        let mut last = None;
        for sentence in sentences(&paragraph.text) {
            let position = position_at(sentence.start);
            if last != Some(position) {
                self.sentence.add(term, doc, position, &mut self.arena);
                last = Some(position);
            }
        }
    }

    /// Adds the kind and the facets; returns what goes into columns.
    fn add_tags(&mut self, doc: u32, document: &Document, paragraph: &Paragraph) -> TantivyDocument {
        let fields = self.fields;
        let mut row = TantivyDocument::new();
        row.add_text(fields.document, &document.id);
        row.add_u64(fields.ordinal, u64::from(paragraph.ordinal));
        if let Some(date) = document.date {
            row.add_i64(fields.day, i64::from(date.day_number()));
            row.add_i64(fields.last_day, i64::from(date.last_day().day_number()));
        }
        let kind = self.kind.term(paragraph.kind.as_str().as_bytes());
        self.kind.add(kind, doc, 0, &mut self.arena);
        for (dimension, path) in facets(document, paragraph) {
            let Some((_, postings)) = self.facets.iter_mut().find(|(of, _)| *of == dimension) else { continue };
            // Total, because a path's steps hold no NUL and none is empty.
            let facet = Facet::from_path(path.steps());
            let steps = facet.encoded_str();
            // As the engine does: the facet, all that it lies in, and the root.
            let ends = steps.bytes().enumerate().filter(|(_, byte)| *byte == 0).map(|(at, _)| at);
            for end in [0].into_iter().chain(ends).chain([steps.len()]) {
                let term = postings.term(&steps.as_bytes()[..end]);
                postings.add(term, doc, 0, &mut self.arena);
            }
            row.add_facet(postings.field(), facet);
        }
        for mention in actor_mentions(paragraph) {
            row.add_text(fields.actor_mention, mention);
        }
        row
    }

    /// Writes the segment and begins a new one.
    ///
    /// # Errors
    ///
    /// When a file cannot be written; the segment is forgotten.
    pub(super) fn finish(&mut self) -> tantivy::Result<BuiltSegment> {
        let replaced = mem::take(&mut self.replaced);
        let deleted: usize = self.deleted.iter().map(Range::len).sum();
        let segment = match self.open.take() {
            Some(open) if deleted < open.paragraphs as usize => self.write(open, deleted as u32).map(Some),
            _ => Ok(None),
        };
        self.clear();
        Ok(BuiltSegment { segment: segment?, replaced })
    }

    fn write(&self, open: OpenSegment, deleted: u32) -> tantivy::Result<SegmentMeta> {
        let OpenSegment { segment, mut lengths, mut columns, store, paragraphs, .. } = open;
        lengths.fill_up_to_max_doc(paragraphs);
        let file = segment.open_write(SegmentComponent::FieldNorms)?;
        lengths.serialize(FieldNormsSerializer::from_write(file)?, None)?;
        let lengths = FieldNormReaders::open(segment.open_read(SegmentComponent::FieldNorms)?)?;
        let mut serializer = InvertedIndexSerializer::open(&segment)?;
        for postings in self.postings() {
            postings.write(&self.arena, &mut serializer, lengths.get_field(postings.field())?)?;
        }
        let of_whole = lengths.get_field(self.fields.whole)?;
        self.whole.write(self.text.dictionary(), &self.arena, &mut serializer, of_whole)?;
        serializer.close()?;
        let mut file = segment.open_write(SegmentComponent::FastFields)?;
        columns.serialize(&mut file, None)?;
        file.terminate()?;
        store.close()?;
        facet_file::write(&segment)?;
        let mut segment = segment.with_max_doc(paragraphs);
        if deleted > 0 {
            // The engine names such a file by the operation that made it; all of its own come later.
            segment = segment.with_delete_meta(deleted, 0);
            let mut alive = BitSet::with_max_value_and_full(paragraphs);
            self.deleted.iter().cloned().flatten().for_each(|doc| alive.remove(doc));
            let mut file = segment.open_write(SegmentComponent::Delete)?;
            write_alive_bitset(&alive, &mut file)?;
            file.terminate()?;
        }
        segment.meta().untrack_temp_docstore();
        Ok(segment.meta().clone())
    }

    /// Forgets the segment.
    pub(super) fn clear(&mut self) {
        self.open = None;
        self.arena.clear();
        for postings in [&mut self.document, &mut self.text, &mut self.heading, &mut self.title] {
            postings.clear();
        }
        for postings in [&mut self.exact, &mut self.mention, &mut self.sentence, &mut self.kind] {
            postings.clear();
        }
        self.facets.iter_mut().for_each(|(_, postings)| postings.clear());
        self.whole.clear();
        self.words.values_mut().for_each(KnownWords::clear);
        self.paragraphs.clear();
        self.deleted.clear();
        self.replaced.clear();
    }
}

/// The words of a title or a heading with their numbers in its field; the document as a whole has them too.
fn context(words: &[Word], field: &mut PostingLists, text: &PostingLists, whole: &mut Frequencies) -> Vec<ContextWord> {
    let word = |word: &Word| {
        whole.count(word.terms.text);
        let own = field.term(text.dictionary().term(word.terms.text));
        ContextWord { terms: word.terms, own, position: word.position }
    };
    words.iter().map(word).collect()
}

impl std::fmt::Debug for OpenSegment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenSegment").field("paragraphs", &self.paragraphs).finish_non_exhaustive()
    }
}
