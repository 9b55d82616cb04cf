//! A place in an order of results, as a text that can travel through a URL.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::rank::{FeedbackTerm, Window};
use super::statistics::Figures;
use crate::error::{Error, Result};

/// Where a page of results ends, so that the next one can begin there: [`Results::next`] gives it,
/// [`Request::after`] takes it.
///
/// It does not count hits, it names the last one's place in the order, and remembers the figures (how many
/// paragraphs hold a word) that the scores were made of. So the pages of one query repeat and leave out
/// nothing, although documents were added or deleted between them: a document that was there from the
/// first page on keeps its place. Those that come later are shown where they belong, when that lies ahead.
///
/// As text it is letters, digits, `-` and `_`. It belongs to its query, filters and order; with others it is refused.
///
/// [`Results::next`]: crate::Results::next
/// [`Request::after`]: crate::Request::after
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor(pub(crate) Box<Place>);

/// What a cursor holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Which request it belongs to.
    pub(crate) request: u64,
    /// What the last hit was ordered by.
    pub(crate) key: f32,
    pub(crate) document: String,
    pub(crate) ordinal: u32,
    /// Where the window of the ranking ends.
    pub(crate) window: Window,
    /// Whether the last hit is in it.
    pub(crate) inside: bool,
    /// What the query was expanded with.
    pub(crate) expansion: Vec<FeedbackTerm>,
    pub(crate) figures: Figures,
}

impl Place {
    /// Whether all its numbers are such as an order has; a text from outside may hold any.
    fn is_sound(&self) -> bool {
        self.key.is_finite()
            && self.figures.is_sound()
            && self.window.is_sound()
            && self.expansion.iter().all(|term| term.weight.is_finite())
    }
}

/// Changes whenever the meaning of the bytes does.
const VERSION: u8 = 1;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![VERSION];
        bytes.extend(postcard::to_stdvec(&self.0).map_err(|_| fmt::Error)?);
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Cursor {
    type Err = Error;

    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the text is not one that a cursor was written as.
    fn from_str(text: &str) -> Result<Cursor> {
        let refused = || {
            let shown: String = text.chars().take(24).collect();
            Error::value("cursor", shown, "expected the text of the cursor that came with a page of results")
        };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| refused())?;
        let place: Place = match bytes.split_first() {
            Some((&VERSION, rest)) => postcard::from_bytes(rest).map_err(|_| refused())?,
            _ => return Err(refused()),
        };
        if place.is_sound() { Ok(Cursor(Box::new(place))) } else { Err(refused()) }
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Cursor, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_from_its_text() -> Result<()> {
        let place = Place {
            request: u64::MAX,
            key: 1.5,
            document: "Ünïcode/1".to_owned(),
            ordinal: 7,
            window: Window::All,
            inside: true,
            expansion: Vec::new(),
            figures: Figures::of(1),
        };
        let cursor = Cursor(Box::new(place));
        assert_eq!(cursor.to_string().parse::<Cursor>()?, cursor);
        for wrong in ["", "x", "AQ", "é", "AAAA"] {
            assert!(wrong.parse::<Cursor>().is_err_and(|error| error.is_input()), "{wrong}");
        }
        Ok(())
    }
}
