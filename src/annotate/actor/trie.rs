//! The automaton: a byte trie over folded names, walked from one word start at a time.
//!
//! Names are folded before they go in and the text is folded while it is walked: ASCII and other letters
//! to lower case, every apostrophe to `'`, every hyphen and dash to `-`, a run of white space to one space.
//! Walking only from word starts makes the scan linear: a walk is no longer than the longest name, and
//! names are at most [`MAX_NAME_BYTES`] long. A general multi-pattern automaton was the other choice; over
//! 20,000 names it is either slower (sparse) or larger than 20 MB (dense), because it must also follow
//! matches that start inside words.

use super::gate::goes_on;
use crate::text::Run;

/// The longest name that a gazetteer may hold, folded, in bytes.
pub(crate) const MAX_NAME_BYTES: usize = 200;

const NONE: u32 = u32::MAX;

/// A trie from folded names to numbers.
#[derive(Debug)]
pub(crate) struct Trie {
    /// The byte that leads to a node; the children of a node stand side by side.
    labels: Vec<u8>,
    /// First child and value of a node, [`NONE`] for neither.
    nodes: Vec<(u32, u32)>,
    /// How many children a node has.
    widths: Vec<u16>,
    /// Where whole words lead: from the root over a first word, and from any node over a space and a word. Open
    /// addressing, a power of two of places, half of them free. Stepping letter by letter took a third of the time of a
    /// scan.
    jumps: Vec<Jump>,
}

/// The way from a node over a run of letters and digits, or the first [`Run::WHOLE`] of a longer one, and over the space
/// before it where the node is not the root.
#[derive(Debug, Clone, Copy)]
struct Jump {
    from: u32,
    to: u32,
    letters: [u64; 2],
}

impl Trie {
    /// Builds from folded keys, sorted and distinct; a key's value is its place in the list.
    pub(crate) fn new(keys: &[&[u8]]) -> Trie {
        debug_assert!(keys.is_sorted_by(|a, b| a < b), "keys are sorted and distinct");
        let mut trie = Trie { labels: vec![0], nodes: vec![(NONE, NONE)], widths: vec![0], jumps: Vec::new() };
        let mut queue = std::collections::VecDeque::from([(0usize, 0usize, keys.len(), 0usize)]);
        while let Some((node, mut low, high, depth)) = queue.pop_front() {
            if low < high && keys[low].len() == depth {
                trie.nodes[node].1 = low as u32;
                low += 1;
            }
            let first = trie.labels.len();
            let mut width = 0u16;
            while low < high {
                let label = keys[low][depth];
                let end = low + keys[low..high].partition_point(|key| key[depth] == label);
                queue.push_back((trie.labels.len(), low, end, depth + 1));
                trie.labels.push(label);
                trie.nodes.push((NONE, NONE));
                trie.widths.push(0);
                width += 1;
                low = end;
            }
            if width > 0 {
                trie.nodes[node].0 = first as u32;
                trie.widths[node] = width;
            }
        }
        trie.add_jumps(keys);
        trie
    }

    fn add_jumps(&mut self, keys: &[&[u8]]) {
        let free = Jump { from: NONE, to: NONE, letters: [0; 2] };
        let mut jumps: Vec<Jump> = Vec::new();
        for key in keys {
            let mut node = Some(0);
            for at in 0..key.len() {
                let over = if at == 0 { Run::at(key, 0) } else { Run::at(key, at + 1).filter(|_| key[at] == b' ') };
                if let Some((from, run)) = node.zip(over) {
                    let over = &key[at..run.start as usize + run.len().min(Run::WHOLE)];
                    let to = over.iter().try_fold(from, |node, &byte| self.step(node, byte));
                    jumps.extend(to.map(|to| Jump { from, to, letters: run.letters }));
                }
                node = node.and_then(|node| self.step(node, key[at]));
            }
        }
        // Keys are sorted, but those between two that begin alike are not beside each other at every word.
        jumps.sort_unstable_by_key(|jump| (jump.from, jump.to));
        jumps.dedup_by_key(|jump| (jump.from, jump.to));
        self.jumps = vec![free; (jumps.len() * 2).next_power_of_two()];
        for jump in jumps {
            let place = self.jump_place(jump.from, jump.letters);
            self.jumps[place] = jump;
        }
    }

    /// Where the jump from a node over letters stands, or the free place where it would.
    #[inline]
    fn jump_place(&self, from: u32, letters: [u64; 2]) -> usize {
        let mask = self.jumps.len() - 1;
        // Multiplicative hashing (Knuth).
        let mixed = letters[0] ^ letters[1].rotate_left(29) ^ u64::from(from).rotate_left(40);
        let mut place = ((mixed ^ mixed >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask;
        loop {
            let jump = &self.jumps[place];
            if jump.from == NONE || jump.from == from && jump.letters == letters {
                return place;
            }
            place = (place + 1) & mask;
        }
    }

    /// The node behind a word; `None` where no key goes on with it.
    #[inline]
    fn jump(&self, from: u32, run: &Run) -> Option<u32> {
        Some(self.jumps[self.jump_place(from, run.letters)].to).filter(|&to| to != NONE)
    }

    fn step(&self, node: u32, label: u8) -> Option<u32> {
        let (first, _) = self.nodes[node as usize];
        if first == NONE {
            return None;
        }
        let children = &self.labels[first as usize..first as usize + usize::from(self.widths[node as usize])];
        let place = children.iter().position(|&child| child == label)?;
        Some(first + place as u32)
    }

    /// Calls `found` with the end and the value of every key that the text spells from `start` on, the shortest first;
    /// some may end inside a word of the text. `run_at` gives the run that starts at a position; it is asked for
    /// ascending ones.
    pub(crate) fn walk(
        &self,
        text: &str,
        start: usize,
        mut run_at: impl FnMut(usize) -> Option<Run>,
        mut found: impl FnMut(usize, u32),
    ) {
        let bytes = text.as_bytes();
        let (mut node, mut at) = (0, start);
        while at < bytes.len() {
            let spaced = at > start && bytes[at] == b' ';
            let word = if spaced { run_at(at + 1) } else { run_at(at).filter(|_| at == start) };
            // A run that goes on outside ASCII may be spelled with letters that are folded to ASCII.
            let next = match word.filter(|run| !goes_on(bytes, run)) {
                Some(run) => {
                    at += usize::from(spaced) + run.len().min(Run::WHOLE);
                    self.jump(node, &run)
                }
                None => self.step_over(text, &mut at, node),
            };
            let Some(next) = next else { return };
            node = next;
            let (children, value) = self.nodes[node as usize];
            if value != NONE {
                found(at, value);
            }
            if children == NONE {
                return;
            }
        }
    }

    /// The node behind the character at a position, all of the white space there if it is some. Moves the position
    /// behind it.
    fn step_over(&self, text: &str, at: &mut usize, node: u32) -> Option<u32> {
        let c = text[*at..].chars().next()?;
        *at += c.len_utf8();
        let folded = if c.is_ascii() { Folded::Ascii(fold_ascii(c as u8)) } else { fold_other(c) };
        match folded {
            Folded::Ascii(byte) => {
                if byte == b' ' {
                    *at = skip_space(text, *at);
                }
                self.step(node, byte)
            }
            Folded::Letters(letters) => {
                let mut buffer = [0; 4];
                let mut next = Some(node);
                for letter in letters {
                    for &byte in letter.encode_utf8(&mut buffer).as_bytes() {
                        next = next.and_then(|node| self.step(node, byte));
                    }
                }
                next
            }
        }
    }

    /// The end of a run and the value of the key that it spells alone.
    pub(crate) fn word(&self, run: &Run) -> Option<(usize, u32)> {
        if run.len() > Run::WHOLE {
            return None;
        }
        let (_, value) = self.nodes[self.jump(0, run)? as usize];
        (value != NONE).then_some((run.end as usize, value))
    }

    /// The value of exactly this folded key.
    pub(crate) fn get(&self, key: &[u8]) -> Option<u32> {
        let mut node = 0;
        for &byte in key {
            node = self.step(node, byte)?;
        }
        Some(self.nodes[node as usize].1).filter(|&value| value != NONE)
    }

    /// The values below a folded prefix, the shortest keys first, at most `limit`.
    pub(crate) fn below(&self, prefix: &[u8], limit: usize) -> Vec<u32> {
        let mut node = 0;
        for &byte in prefix {
            match self.step(node, byte) {
                Some(next) => node = next,
                None => return Vec::new(),
            }
        }
        let mut values = Vec::new();
        let mut queue = std::collections::VecDeque::from([node]);
        while let Some(node) = queue.pop_front() {
            let (first, value) = self.nodes[node as usize];
            if value != NONE {
                values.push(value);
                if values.len() == limit {
                    break;
                }
            }
            if first != NONE {
                queue.extend(first..first + u32::from(self.widths[node as usize]));
            }
        }
        values
    }

    /// How many bytes it holds in memory.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.labels.capacity()
            + self.nodes.capacity() * 8
            + self.widths.capacity() * 2
            + self.jumps.capacity() * size_of::<Jump>()
    }
}

enum Folded {
    Ascii(u8),
    Letters(std::char::ToLowercase),
}

fn fold_ascii(byte: u8) -> u8 {
    match byte {
        b'\t' | b'\n' | b'\r' => b' ',
        b'`' => b'\'',
        _ => byte.to_ascii_lowercase(),
    }
}

fn fold_other(c: char) -> Folded {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{02bc}' | '\u{00b4}' | '\u{ff07}' => Folded::Ascii(b'\''),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' => Folded::Ascii(b'-'),
        c if c.is_whitespace() => Folded::Ascii(b' '),
        c => match without_accent(c) {
            Some(letter) => Folded::Ascii(letter),
            None => Folded::Letters(c.to_lowercase()),
        },
    }
}

/// The letter of ASCII below the accents of a Latin letter, small: "Fernández" is read where the name is "Fernandez".
///
/// [`fit`](super::scan::fit) has the last word, so that "male" is not read where the name is "Malé".
pub(crate) fn without_accent(c: char) -> Option<u8> {
    if !matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}') {
        return None;
    }
    let mut base = None;
    match c {
        'ø' | 'Ø' => base = Some('o'),
        'ł' | 'Ł' => base = Some('l'),
        'đ' | 'Đ' => base = Some('d'),
        'ı' => base = Some('i'),
        c => unicode_normalization::char::decompose_canonical(c, |part| base = base.or(Some(part))),
    }
    base.filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase() as u8)
}

fn skip_space(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    while at < bytes.len() {
        if bytes[at].is_ascii_whitespace() {
            at += 1;
        } else if bytes[at] < 0x80 {
            break;
        } else {
            match text[at..].chars().next() {
                Some(c) if c.is_whitespace() => at += c.len_utf8(),
                _ => break,
            }
        }
    }
    at
}

/// Folds a name the way the text is folded.
pub(crate) fn fold(name: &str, folded: &mut Vec<u8>) {
    folded.clear();
    let mut buffer = [0; 4];
    for c in name.trim().chars() {
        if c.is_ascii() {
            let byte = fold_ascii(c as u8);
            if byte != b' ' || folded.last() != Some(&b' ') {
                folded.push(byte);
            }
            continue;
        }
        match fold_other(c) {
            Folded::Ascii(b' ') if folded.last() == Some(&b' ') => {}
            Folded::Ascii(byte) => folded.push(byte),
            Folded::Letters(letters) => {
                for letter in letters {
                    folded.extend_from_slice(letter.encode_utf8(&mut buffer).as_bytes());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spelled(names: &[&str], text: &str) -> Vec<(usize, u32)> {
        let mut keys: Vec<Vec<u8>> = names
            .iter()
            .map(|name| {
                let mut key = Vec::new();
                fold(name, &mut key);
                key
            })
            .collect();
        keys.sort();
        let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
        let mut found = Vec::new();
        Trie::new(&keys).walk(text, 0, |at| Run::at(text.as_bytes(), at), |end, value| found.push((end, value)));
        found
    }

    #[test]
    fn every_key_on_the_way_is_found() {
        assert_eq!(spelled(&["us", "US Army", "usa"], "US  Army"), [(2, 0), (8, 1)]);
        assert_eq!(spelled(&["Côte d'Ivoire"], "CÔTE D\u{2019}IVOIRE!"), [("CÔTE D\u{2019}IVOIRE".len(), 0)]);
        assert_eq!(spelled(&["中国"], "中国人"), [(6, 0)]);
        assert_eq!(spelled(&["New Tokyo", "new york"], "New To\u{212a}yo"), [("New To\u{212a}yo".len(), 0)]);
        assert_eq!(spelled(&["the intergovernmentalists"], "the\u{a0}Intergovernmentalists"), [(26, 0)]);
        assert_eq!(spelled(&["the intergovernmentalists"], "the intergovernmentalist"), []);
        assert_eq!(spelled(&["ab"], "a"), []);
    }

    proptest! {
        #[test]
        fn keys_are_found_where_the_folded_text_begins_with_them(
            names in proptest::collection::vec("[abK]{1,2}([ '-]{0,2}[abké]{1,2}){0,3}|[a]{14,18}( b)?", 1..8),
            text in "[abK]{1,2}([ '’–\n-]{0,2}[abKé\u{212a}]{1,2}){0,4}|[aA]{14,18}( b)?",
        ) {
            let mut keys: Vec<Vec<u8>> = Vec::new();
            for name in &names {
                let mut key = Vec::new();
                fold(name, &mut key);
                keys.push(key);
            }
            keys.sort();
            keys.dedup();
            let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
            // What ends inside a word is nobody's name, and may be left out.
            let ends_word = |end: usize| !text[end..].starts_with(|c: char| c.is_ascii_alphanumeric());
            let mut expected = Vec::new();
            for end in (1..=text.len()).filter(|&end| text.is_char_boundary(end) && ends_word(end)) {
                let mut folded = Vec::new();
                fold(&text[..end], &mut folded);
                if !text[..end].ends_with(char::is_whitespace)
                    && let Ok(value) = keys.binary_search(&folded.as_slice())
                {
                    expected.push((end, value as u32));
                }
            }
            let mut found = Vec::new();
            let run_at = |at| Run::at(text.as_bytes(), at);
            Trie::new(&keys).walk(&text, 0, run_at, |end, value| found.push((end, value)));
            found.retain(|&(end, _)| ends_word(end));
            prop_assert_eq!(found, expected);
        }
    }
}
