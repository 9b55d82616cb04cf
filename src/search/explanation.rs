//! A score as a tree of numbers.

use std::fmt;

use serde::Serialize;

/// How a number comes from its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Relation {
    /// The parts added up.
    Sum,
    /// The parts multiplied.
    Product,
    /// A figure of the index or the paragraph, or a formula of its parts that `what` writes out.
    Figure,
}

/// Why a hit has its score: the root's value is the score, and every number says what it is and comes from its
/// parts by its [`Relation`].
///
/// Terms are written `field:term`, as they are indexed: `text:sanction` is any inflection in the text or the
/// headings above it, `exact:sanctions` the word as written; `title:` and `heading:` are those alone. A term scores by BM25 (Robertson and
/// Zaragoza, "The Probabilistic Relevance Framework", 2009) with k1 = 1.2 and b = 0.75. Lengths are rounded down to one of
/// 256 steps, as the index keeps them.
///
/// As JSON: `{"what", "value", "relation": "sum"|"product"|"figure", "parts": […]}`.
///
/// # Examples
///
/// ```
/// use demarche::{Document, Index, Request};
///
/// let index = Index::in_memory()?;
/// let mut writer = index.writer()?;
/// writer.add(&Document::parse("a", "New sanctions were announced.")?)?;
/// writer.commit()?;
/// let results = index.searcher()?.search(Request::new("new sanctions").explain(true))?;
/// let explanation = results.hits[0].explanation.as_ref().unwrap();
/// let words = &explanation.parts()[0];
/// assert_eq!(words.parts()[1].what(), "text:sanction");
/// assert_eq!(explanation.parts()[1].what(), "the words of the query that stand together");
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    what: String,
    value: f64,
    relation: Relation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Explanation>,
}

impl Explanation {
    pub(crate) fn sum(what: impl Into<String>, parts: Vec<Explanation>) -> Explanation {
        let value = parts.iter().map(|part| part.value).sum();
        Explanation { what: what.into(), value, relation: Relation::Sum, parts }
    }

    pub(crate) fn product(what: impl Into<String>, parts: Vec<Explanation>) -> Explanation {
        let value = parts.iter().map(|part| part.value).product();
        Explanation { what: what.into(), value, relation: Relation::Product, parts }
    }

    pub(crate) fn figure(what: impl Into<String>, value: f64, parts: Vec<Explanation>) -> Explanation {
        Explanation { what: what.into(), value, relation: Relation::Figure, parts }
    }

    /// What the number is.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The number.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// How it comes from its parts.
    pub fn relation(&self) -> Relation {
        self.relation
    }

    /// What it comes from.
    pub fn parts(&self) -> &[Explanation] {
        &self.parts
    }

    fn write(&self, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.relation {
            _ if self.parts.is_empty() => "",
            Relation::Sum => ", the sum of",
            Relation::Product => ", the product of",
            Relation::Figure => ", from",
        };
        // Counts are whole numbers.
        let decimals = if self.value.fract() == 0.0 { 0 } else { 4 };
        write!(f, "{:indent$}{:.decimals$} {}{sign}", "", self.value, self.what, indent = 2 * depth)?;
        for part in &self.parts {
            f.write_str("\n")?;
            part.write(depth + 1, f)?;
        }
        Ok(())
    }
}

/// One number a line, parts below and indented.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(0, f)
    }
}
