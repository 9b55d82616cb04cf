//! Facet dimensions and validated facet paths, shared by all stages.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};

/// A facet hierarchy, or a plain list of values, that paragraphs are counted by.
///
/// The name of a dimension is the first word of a filter in the query language (`actor:`, `topic:`) and
/// the key of its counts in a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Dimension {
    /// States, organisations, institutions and persons named in the paragraph.
    Actor,
    /// What the paragraph is about.
    Topic,
    /// Who wrote the document; a plain list.
    Author,
    /// Publisher or series of the document; a plain list.
    Source,
    /// Language of the document, as an ISO 639-1 code; a plain list.
    Language,
    /// Date of the document, `/2022/02/04`: year, month, day.
    Date,
    /// How the paragraph names its actors ([`MentionKind`](crate::MentionKind)); a plain list.
    MentionKind,
}

impl Dimension {
    /// Every dimension, in the order results list them.
    pub const ALL: [Dimension; 7] = [
        Dimension::Actor,
        Dimension::Topic,
        Dimension::Author,
        Dimension::Source,
        Dimension::Language,
        Dimension::Date,
        Dimension::MentionKind,
    ];

    /// The name used in queries and results: `"actor"`, `"topic"`, …
    pub fn as_str(self) -> &'static str {
        match self {
            Dimension::Actor => "actor",
            Dimension::Topic => "topic",
            Dimension::Author => "author",
            Dimension::Source => "source",
            Dimension::Language => "language",
            Dimension::Date => "date",
            Dimension::MentionKind => "mention-kind",
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Dimension {
    type Err = Error;

    fn from_str(given: &str) -> Result<Dimension> {
        Dimension::ALL.into_iter().find(|dimension| dimension.as_str() == given).ok_or_else(|| {
            Error::value("dimension", given, "expected actor, topic, author, source, language, date or mention-kind")
        })
    }
}

/// A node of a facet hierarchy: `/state/RUS/GOV/mfa`, `/topic/energy`, `/2022/02`.
///
/// A path starts with `/` and has one or more steps separated by `/`. A step is not empty and holds no
/// `/`, no `\` and no control character; a path is at most [`FacetPath::MAX_BYTES`] long. The root of a
/// dimension has no path. Cloning is cheap.
///
/// # Examples
///
/// ```
/// use demarche::FacetPath;
///
/// let path: FacetPath = "/state/RUS/GOV/mfa".parse()?;
/// assert_eq!(path.depth(), 4);
/// assert_eq!(path.last_step(), "mfa");
/// assert_eq!(path.parent().unwrap().as_str(), "/state/RUS/GOV");
/// assert!(path.is_within(&"/state/RUS".parse()?));
/// assert!("state/RUS".parse::<FacetPath>().is_err());
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FacetPath(Arc<str>);

impl FacetPath {
    /// The longest path, in bytes.
    pub const MAX_BYTES: usize = 1_000;

    /// Checks and wraps a path.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the text is not a path as described at the type.
    pub fn new(path: impl AsRef<str>) -> Result<FacetPath> {
        let path = path.as_ref();
        let refuse = |reason: &str| Err(Error::value("facet path", path, reason));
        if !path.starts_with('/') {
            return refuse("expected a leading '/'");
        }
        if path.len() > FacetPath::MAX_BYTES {
            return refuse("expected at most 1000 bytes");
        }
        for step in path[1..].split('/') {
            if step.is_empty() {
                return refuse("expected no empty step");
            }
            if step.chars().any(|c| c.is_control() || c == '\\') {
                return refuse("expected no backslash and no control character");
            }
        }
        Ok(FacetPath(path.into()))
    }

    /// A path of one step, for a plain value such as an author's name.
    ///
    /// Characters a step cannot hold become spaces, and what is too long is cut, so that every
    /// non-blank value has a path. `None` for a blank value.
    pub fn of_value(value: &str) -> Option<FacetPath> {
        let mut path = String::with_capacity(value.len() + 1);
        path.push('/');
        for c in value.trim().chars() {
            if path.len() + c.len_utf8() > FacetPath::MAX_BYTES {
                break;
            }
            path.push(if c == '/' || c == '\\' || c.is_control() { ' ' } else { c });
        }
        (!path[1..].trim().is_empty()).then(|| FacetPath(path.trim_end().into()))
    }

    /// The whole path, with its leading `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many steps the path has; 1 or more.
    pub fn depth(&self) -> usize {
        self.0.bytes().filter(|&byte| byte == b'/').count()
    }

    /// The steps from the root down.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0[1..].split('/')
    }

    /// The last step.
    pub fn last_step(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The path one step up; `None` at depth 1.
    pub fn parent(&self) -> Option<FacetPath> {
        match self.0.rfind('/') {
            Some(0) | None => None,
            Some(end) => Some(FacetPath(self.0[..end].into())),
        }
    }

    /// The path itself and every path above it, as text, longest first.
    pub fn ancestors(&self) -> impl Iterator<Item = &str> {
        let mut rest = Some(&*self.0);
        std::iter::from_fn(move || {
            let path = rest?;
            rest = path.rfind('/').filter(|&end| end > 0).map(|end| &path[..end]);
            Some(path)
        })
    }

    /// Whether the path is `node` or below it.
    pub fn is_within(&self, node: &FacetPath) -> bool {
        self.0.strip_prefix(&*node.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The path one step down.
    ///
    /// # Errors
    ///
    /// As [`FacetPath::new`].
    pub fn child(&self, step: &str) -> Result<FacetPath> {
        FacetPath::new(format!("{}/{step}", self.0))
    }
}

impl fmt::Display for FacetPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FacetPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl AsRef<str> for FacetPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for FacetPath {
    type Err = Error;

    fn from_str(path: &str) -> Result<FacetPath> {
        FacetPath::new(path)
    }
}

impl TryFrom<&str> for FacetPath {
    type Error = Error;

    fn try_from(path: &str) -> Result<FacetPath> {
        FacetPath::new(path)
    }
}

impl Serialize for FacetPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for FacetPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<FacetPath, D::Error> {
        let path = String::deserialize(deserializer)?;
        FacetPath::new(path).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_not_a_path() {
        for bad in ["", "/", "a", "/a//b", "/a/", "/a\\b", "/a\u{0}b"] {
            assert!(FacetPath::new(bad).is_err(), "{bad:?}");
        }
        assert!(FacetPath::new("/".to_owned() + &"x".repeat(1_000)).is_err());
    }

    #[test]
    fn ancestors_start_at_the_path_itself() -> Result<()> {
        let path = FacetPath::new("/state/RUS/GOV")?;
        assert_eq!(path.ancestors().collect::<Vec<_>>(), ["/state/RUS/GOV", "/state/RUS", "/state"]);
        assert!(!FacetPath::new("/state/RUSSIA")?.is_within(&FacetPath::new("/state/RUS")?));
        Ok(())
    }

    #[test]
    fn every_value_but_a_blank_one_has_a_path() {
        assert_eq!(FacetPath::of_value(" A/B\\C\n").as_ref().map(FacetPath::as_str), Some("/A B C"));
        assert_eq!(FacetPath::of_value(" / "), None);
        let long = FacetPath::of_value(&"é".repeat(2_000)).map(|path| path.as_str().len());
        assert!(long.is_some_and(|bytes| bytes <= FacetPath::MAX_BYTES));
    }
}
