//! Byte ranges, one and several.

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A half-open byte range. What it counts in (source, paragraph text, query) is said where one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// A span from `start` up to, not including, `end`, which is no earlier; a debug build panics where it is.
    pub fn new(start: usize, end: usize) -> Span {
        debug_assert!(start <= end, "a span ends at or after its start");
        Span { start, end }
    }

    /// How many bytes it covers; none where it ends before it starts.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers nothing.
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The span as a standard range, to slice with.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start..self.end
    }

    /// Whether the two share at least one byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start.max(other.start) < self.end.min(other.end)
    }
}

/// Where a text stands in its source: one range as a rule, several where something between them was dropped.
///
/// Reads as a slice of [`Span`]s and is made from one, from a vector, or by collecting. One range is kept in place, so
/// that a paragraph that nothing was done to costs no allocation. Written by serde as a list.
///
/// # Examples
///
/// ```
/// use demarche::{Span, Spans};
///
/// let mut source = Spans::from(Span::new(0, 12));
/// source.push(Span::new(20, 31));
/// assert_eq!(source.iter().map(|span| span.len()).sum::<usize>(), 23);
/// assert_eq!(source, Spans::from(vec![Span::new(0, 12), Span::new(20, 31)]));
/// ```
#[derive(Clone)]
pub struct Spans(Kept);

#[derive(Clone)]
enum Kept {
    One(Span),
    Any(Vec<Span>),
}

impl Spans {
    /// No range.
    pub fn new() -> Spans {
        Spans(Kept::Any(Vec::new()))
    }

    /// Adds a range behind the others.
    pub fn push(&mut self, span: Span) {
        match &mut self.0 {
            Kept::Any(spans) if spans.is_empty() => self.0 = Kept::One(span),
            Kept::Any(spans) => spans.push(span),
            Kept::One(first) => self.0 = Kept::Any(vec![*first, span]),
        }
    }
}

impl Default for Spans {
    fn default() -> Spans {
        Spans::new()
    }
}

impl Deref for Spans {
    type Target = [Span];

    fn deref(&self) -> &[Span] {
        match &self.0 {
            Kept::One(span) => std::slice::from_ref(span),
            Kept::Any(spans) => spans,
        }
    }
}

impl DerefMut for Spans {
    fn deref_mut(&mut self) -> &mut [Span] {
        match &mut self.0 {
            Kept::One(span) => std::slice::from_mut(span),
            Kept::Any(spans) => spans,
        }
    }
}

impl From<Span> for Spans {
    fn from(span: Span) -> Spans {
        Spans(Kept::One(span))
    }
}

impl From<Vec<Span>> for Spans {
    fn from(spans: Vec<Span>) -> Spans {
        match spans[..] {
            [span] => Spans::from(span),
            _ => Spans(Kept::Any(spans)),
        }
    }
}

impl From<&[Span]> for Spans {
    fn from(spans: &[Span]) -> Spans {
        match *spans {
            [span] => Spans::from(span),
            _ => Spans(Kept::Any(spans.to_vec())),
        }
    }
}

impl FromIterator<Span> for Spans {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Spans {
        let mut all = Spans::new();
        spans.into_iter().for_each(|span| all.push(span));
        all
    }
}

impl<'a> IntoIterator for &'a Spans {
    type Item = &'a Span;
    type IntoIter = std::slice::Iter<'a, Span>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> IntoIterator for &'a mut Spans {
    type Item = &'a mut Span;
    type IntoIter = std::slice::IterMut<'a, Span>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl PartialEq for Spans {
    fn eq(&self, other: &Spans) -> bool {
        self[..] == other[..]
    }
}

impl Eq for Spans {}

impl fmt::Debug for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl Serialize for Spans {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self[..].serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Spans {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Spans, D::Error> {
        Vec::deserialize(deserializer).map(Spans::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_they_come_in_they_are_the_same_list() {
        assert_eq!(size_of::<Spans>(), size_of::<Vec<Span>>());
        for count in 0..4 {
            let list: Vec<Span> = (0..count).map(|at| Span::new(10 * at, 10 * at + 3)).collect();
            let mut moved = Spans::from(&list[..]);
            moved.iter_mut().for_each(|span| span.end += 1);
            for spans in [Spans::from(list.clone()), list.iter().copied().collect(), Spans::from(&list[..])] {
                assert_eq!(spans[..], list);
                assert_eq!(spans == moved, count == 0);
                let (json, stored) = (serde_json::to_string(&spans), postcard::to_stdvec(&spans));
                assert_eq!(json.as_ref().ok(), serde_json::to_string(&list).as_ref().ok());
                assert_eq!(stored.as_ref().ok(), postcard::to_stdvec(&list).as_ref().ok());
                assert_eq!(serde_json::from_str::<Spans>(&json.unwrap_or_default()).ok(), Some(spans.clone()));
                assert_eq!(postcard::from_bytes(&stored.unwrap_or_default()).ok(), Some(spans));
            }
        }
    }
}
