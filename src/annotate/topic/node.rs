//! A node of the taxonomy and its codes in other schemes.

use std::sync::Arc;

use crate::facet::FacetPath;

/// A topic: a top such as `/topic/energy`, or a leaf such as `/topic/energy/gas`.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    pub(super) path: FacetPath,
    pub(super) label: Arc<str>,
    pub(super) crosswalk: Crosswalk,
}

impl Topic {
    /// Where it stands: two steps for a top, three for a leaf.
    pub fn path(&self) -> &FacetPath {
        &self.path
    }

    /// The name to show.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Its codes in other schemes.
    pub fn crosswalk(&self) -> &Crosswalk {
        &self.crosswalk
    }

    /// Whether it is a top, the level that decides whether a paragraph is tagged.
    pub fn is_top(&self) -> bool {
        self.path.depth() == 2
    }
}

/// The codes of a topic in other schemes: what stands there is near to the topic, not equal to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Crosswalk {
    pub(super) codes: Vec<(Scheme, Arc<str>)>,
}

impl Crosswalk {
    /// The codes in one scheme, the best first; none where no fitting one was found.
    pub fn codes(&self, scheme: Scheme) -> impl Iterator<Item = &str> {
        self.codes.iter().filter(move |(of, _)| *of == scheme).map(|(_, code)| &**code)
    }
}

/// A scheme that the taxonomy is crossed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// Comparative Agendas Project, master codebook: major topics as `1600`, a subtopic as `1927`.
    Cap,
    /// EuroVoc microthesauri, as four digits: `0816`.
    EuroVoc,
    /// IPTC Media Topics, as `medtop:20000056`.
    Iptc,
    /// Contexts of PLOVER, the event coding scheme: `military`.
    Plover,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Scheme; 4] = [Scheme::Cap, Scheme::EuroVoc, Scheme::Iptc, Scheme::Plover];

    /// The name used in tables: `cap`, `eurovoc`, `iptc`, `plover`.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Cap => "cap",
            Scheme::EuroVoc => "eurovoc",
            Scheme::Iptc => "iptc",
            Scheme::Plover => "plover",
        }
    }

    pub(super) fn of(name: &str) -> Option<Scheme> {
        Scheme::ALL.into_iter().find(|scheme| scheme.as_str() == name)
    }
}
