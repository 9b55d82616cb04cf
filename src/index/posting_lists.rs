//! The postings of a segment that is being built: who holds which term where, in memory.
//!
//! The engine's own writer looks up the bytes of every token in a hash table. Here a term has a number, found once for each
//! word that the analyzer remembers, and a token is two or three bytes behind those that its term has already. What is
//! written in the end is what the engine writes, by its serializer.
//!
//! A list of postings is a row of numbers in LEB128. An odd number begins a document: half of it is the distance from
//! the one before. Half of an even one is the distance of a position from the one before in its document, or how often a document
//! as a whole holds the term.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{FieldSerializer, InvertedIndexSerializer};
use tantivy::schema::Field;

/// No term.
pub(super) const NO_TERM: u32 = u32::MAX;

/// The memory of all lists: chunks that each end in the place of the next.
#[derive(Debug)]
pub(super) struct Arena {
    bytes: Vec<u8>,
    /// Whether there was no room for more, since places have 32 bits; what was written then is lost.
    is_full: bool,
}

/// Where the bytes of a list stand.
#[derive(Debug, Clone, Copy, Default)]
struct Chunks {
    first: u32,
    /// The next byte.
    at: u32,
    /// Behind the last byte of the last chunk.
    end: u32,
    /// Bytes of the last chunk.
    size: u32,
}

/// Bytes of a list's first chunk. Most terms of a segment occur once or twice.
const FIRST_CHUNK: u32 = 8;
/// Each chunk is twice as large as the one before, up to this.
const LARGEST_CHUNK: u32 = 2_048;
/// Bytes that say where the next chunk is.
const LINK: u32 = 4;

impl Arena {
    pub(super) fn new() -> Arena {
        Arena { bytes: Vec::new(), is_full: false }
    }

    /// Bytes in use.
    pub(super) fn memory(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.is_full = false;
    }

    #[inline]
    fn push(&mut self, chunks: &mut Chunks, mut number: u64) {
        while number >= 0x80 {
            self.push_byte(chunks, number as u8 | 0x80);
            number >>= 7;
        }
        self.push_byte(chunks, number as u8);
    }

    #[inline]
    fn push_byte(&mut self, chunks: &mut Chunks, byte: u8) {
        if chunks.at == chunks.end {
            self.extend(chunks);
        }
        self.bytes[chunks.at as usize] = byte;
        chunks.at += 1;
    }

    #[cold]
    fn extend(&mut self, chunks: &mut Chunks) {
        let size = (chunks.size * 2).clamp(FIRST_CHUNK, LARGEST_CHUNK);
        let start = self.bytes.len();
        let Ok(end) = u32::try_from(start + (size + LINK) as usize) else {
            // Any list may be written over now; the first one has a chunk.
            self.is_full = true;
            (chunks.at, chunks.end) = (0, FIRST_CHUNK);
            return;
        };
        self.bytes.resize(end as usize, 0);
        let start = start as u32;
        match chunks.size {
            0 => chunks.first = start,
            _ => self.bytes[chunks.end as usize..][..LINK as usize].copy_from_slice(&start.to_le_bytes()),
        }
        *chunks = Chunks { first: chunks.first, at: start, end: end - LINK, size };
    }

    /// Puts the bytes of a list together.
    fn read(&self, chunks: &Chunks, into: &mut Vec<u8>) {
        into.clear();
        let (mut start, mut size) = (chunks.first as usize, FIRST_CHUNK);
        let last = (chunks.end - chunks.size) as usize;
        while start != last {
            let end = start + size as usize;
            into.extend_from_slice(&self.bytes[start..end]);
            let (link, _) = self.bytes[end..].split_first_chunk().expect("every chunk has a link");
            start = u32::from_le_bytes(*link) as usize;
            size = (size * 2).min(LARGEST_CHUNK);
        }
        into.extend_from_slice(&self.bytes[start..chunks.at as usize]);
    }
}

/// The numbers of a list.
struct Numbers<'a>(&'a [u8]);

impl Iterator for Numbers<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        let (mut number, mut byte, mut shift) = (u64::from(first & 0x7F), first, 7);
        while byte >= 0x80 {
            let (&next, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(next & 0x7F) << shift;
            (byte, shift) = (next, shift + 7);
        }
        Some(number)
    }
}

/// The terms of a field and their numbers, in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    /// Terms are the words of strangers, so where they fall is not to be foreseen.
    hasher: RandomState,
    /// An open table of a power of two places, half full at most.
    places: Vec<u32>,
    bytes: Vec<u8>,
    /// Where each term ends in `bytes`.
    ends: Vec<usize>,
}

impl Dictionary {
    const LEAST_PLACES: usize = 64;

    pub(super) fn term(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[number]]
    }

    fn find(&self, term: &[u8]) -> Option<u32> {
        (!self.places.is_empty()).then(|| self.places[self.place(term)]).filter(|&found| found != NO_TERM)
    }

    /// The number of a term, the next one if it is new.
    fn find_or_add(&mut self, term: &[u8]) -> u32 {
        if 2 * self.ends.len() >= self.places.len() {
            self.grow();
        }
        let place = self.place(term);
        if self.places[place] == NO_TERM {
            self.places[place] = self.ends.len() as u32;
            self.bytes.extend_from_slice(term);
            self.ends.push(self.bytes.len());
        }
        self.places[place]
    }

    /// Where a term stands, or would.
    fn place(&self, term: &[u8]) -> usize {
        let mut place = self.hasher.hash_one(term) as usize & (self.places.len() - 1);
        while self.places[place] != NO_TERM && self.term(self.places[place]) != term {
            place = (place + 1) & (self.places.len() - 1);
        }
        place
    }

    #[cold]
    fn grow(&mut self) {
        let places = (2 * self.places.len()).max(Dictionary::LEAST_PLACES);
        self.places = vec![NO_TERM; places];
        for number in 0..self.ends.len() as u32 {
            let place = self.place(self.term(number));
            self.places[place] = number;
        }
    }

    /// The numbers of all terms, in the order of the terms.
    fn sorted(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = (0..self.ends.len() as u32).collect();
        numbers.sort_unstable_by(|&a, &b| self.term(a).cmp(self.term(b)));
        numbers
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.places) + self.bytes.len() + size_of_val(&*self.ends)
    }

    fn clear(&mut self) {
        *self = Dictionary::default();
    }
}

/// Who holds a term.
#[derive(Debug, Clone, Copy, Default)]
struct List {
    chunks: Chunks,
    /// How many documents hold it.
    documents: u32,
    /// The last of them, and the last position there.
    document: u32,
    position: u32,
}

impl List {
    /// Begins a document, unless it is the last one.
    #[inline]
    fn begin(&mut self, document: u32, arena: &mut Arena) -> bool {
        let is_new = self.documents == 0 || self.document != document;
        if is_new {
            arena.push(&mut self.chunks, u64::from(document - self.document) << 1 | 1);
            self.document = document;
            self.documents += 1;
            self.position = 0;
        }
        is_new
    }
}

/// The postings of one field, by positions or by documents alone.
#[derive(Debug)]
pub(super) struct PostingLists {
    field: Field,
    has_positions: bool,
    dictionary: Dictionary,
    lists: Vec<List>,
    tokens: u64,
}

impl PostingLists {
    pub(super) fn with_positions(field: Field) -> PostingLists {
        PostingLists { field, has_positions: true, dictionary: Dictionary::default(), lists: Vec::new(), tokens: 0 }
    }

    pub(super) fn of_documents(field: Field) -> PostingLists {
        PostingLists { has_positions: false, ..PostingLists::with_positions(field) }
    }

    pub(super) fn field(&self) -> Field {
        self.field
    }

    pub(super) fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// The number of a term, if it has one.
    pub(super) fn find(&self, term: &[u8]) -> Option<u32> {
        self.dictionary.find(term)
    }

    /// The number of a term.
    pub(super) fn term(&mut self, term: &[u8]) -> u32 {
        let number = self.dictionary.find_or_add(term);
        if number as usize == self.lists.len() {
            self.lists.push(List::default());
        }
        number
    }

    /// Adds a token; documents must not fall, and neither the positions of a term in a document.
    #[inline]
    pub(super) fn add(&mut self, term: u32, document: u32, position: u32, arena: &mut Arena) {
        let list = &mut self.lists[term as usize];
        list.begin(document, arena);
        if self.has_positions {
            debug_assert!(position >= list.position, "positions do not fall");
            arena.push(&mut list.chunks, u64::from(position.saturating_sub(list.position)) << 1);
            list.position = position;
        }
        self.tokens += 1;
    }

    pub(super) fn memory(&self) -> usize {
        self.dictionary.memory() + size_of_val(&*self.lists)
    }

    pub(super) fn clear(&mut self) {
        self.dictionary.clear();
        self.lists.clear();
        self.tokens = 0;
    }

    /// Writes the field, if there is anything in it.
    pub(super) fn write(
        &self,
        arena: &Arena,
        serializer: &mut InvertedIndexSerializer,
        lengths: Option<FieldNormReader>,
    ) -> io::Result<()> {
        if self.tokens == 0 {
            return Ok(());
        }
        let field = serializer.new_field(self.field, self.tokens, lengths)?;
        let mut positions = Vec::new();
        write_lists((&self.dictionary, &self.lists), arena, field, self.has_positions, |bytes, field| {
            write_positions(bytes, &mut positions, field);
        })
    }
}

/// Writes the lists of the terms of a dictionary; `write_list` writes one, given its bytes.
fn write_lists(
    (dictionary, lists): (&Dictionary, &[List]),
    arena: &Arena,
    mut field: FieldSerializer<'_>,
    has_frequencies: bool,
    mut write_list: impl FnMut(&[u8], &mut FieldSerializer<'_>),
) -> io::Result<()> {
    let mut bytes = Vec::new();
    for term in dictionary.sorted() {
        let Some(list) = lists.get(term as usize).filter(|list| list.documents > 0) else { continue };
        arena.read(&list.chunks, &mut bytes);
        field.new_term(dictionary.term(term), list.documents, has_frequencies)?;
        write_list(&bytes, &mut field);
        field.close_term()?;
    }
    field.close()
}

fn write_positions(bytes: &[u8], positions: &mut Vec<u32>, field: &mut FieldSerializer<'_>) {
    let (mut document, mut is_first) = (0, true);
    positions.clear();
    for number in Numbers(bytes) {
        let distance = (number >> 1) as u32;
        if number & 1 == 0 {
            positions.push(distance);
            continue;
        }
        if !is_first {
            field.write_doc(document, positions.len() as u32, positions);
        }
        document += distance;
        positions.clear();
        is_first = false;
    }
    field.write_doc(document, positions.len() as u32, positions);
}

/// How often every document as a whole holds the terms of another field's dictionary.
#[derive(Debug)]
pub(super) struct Frequencies {
    field: Field,
    lists: Vec<List>,
    /// By term, how often the document that is read holds it.
    counts: Vec<u32>,
    /// Its terms.
    met: Vec<u32>,
    tokens: u64,
}

impl Frequencies {
    pub(super) fn new(field: Field) -> Frequencies {
        Frequencies { field, lists: Vec::new(), counts: Vec::new(), met: Vec::new(), tokens: 0 }
    }

    #[inline]
    pub(super) fn count(&mut self, term: u32) {
        if term as usize >= self.counts.len() {
            self.counts.resize(term as usize + 1, 0);
        }
        let count = &mut self.counts[term as usize];
        if *count == 0 {
            self.met.push(term);
        }
        *count = count.saturating_add(1);
    }

    /// Writes down what was counted, for a document; how many tokens it has.
    pub(super) fn end(&mut self, document: u32, arena: &mut Arena) -> u32 {
        self.lists.resize(self.counts.len(), List::default());
        let mut tokens = 0u32;
        for term in self.met.drain(..) {
            let count = std::mem::take(&mut self.counts[term as usize]);
            let list = &mut self.lists[term as usize];
            list.begin(document, arena);
            arena.push(&mut list.chunks, u64::from(count) << 1);
            tokens = tokens.saturating_add(count);
        }
        self.tokens += u64::from(tokens);
        tokens
    }

    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.lists) + size_of_val(&*self.counts)
    }

    pub(super) fn clear(&mut self) {
        self.lists.clear();
        self.counts.clear();
        self.met.clear();
        self.tokens = 0;
    }

    /// Writes the field, if there is anything in it.
    pub(super) fn write(
        &self,
        dictionary: &Dictionary,
        arena: &Arena,
        serializer: &mut InvertedIndexSerializer,
        lengths: Option<FieldNormReader>,
    ) -> io::Result<()> {
        if self.tokens == 0 {
            return Ok(());
        }
        let field = serializer.new_field(self.field, self.tokens, lengths)?;
        write_lists((dictionary, &self.lists), arena, field, true, |bytes, field| {
            let (mut numbers, mut document) = (Numbers(bytes), 0);
            while let (Some(distance), Some(count)) = (numbers.next(), numbers.next()) {
                document += (distance >> 1) as u32;
                field.write_doc(document, (count >> 1) as u32, &[]);
            }
        })
    }
}
