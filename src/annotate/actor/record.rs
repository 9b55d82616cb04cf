//! What the gazetteer knows of one actor.

use std::sync::Arc;

use super::period::Period;
use crate::date::Date;
use crate::document::MentionKind;
use crate::facet::FacetPath;

/// What sort of party an actor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ActorKind {
    /// A state.
    State,
    /// A territory of a state, or an area that is claimed as one.
    Territory,
    /// An entity that governs itself and is not counted as a state here.
    DeFacto,
    /// A state that no longer exists.
    FormerState,
    /// An international or non-state organisation, an armed group, or a treaty with a name of its own.
    Organisation,
    /// A part of a state: a ministry, a parliament, an army, a party, a state company.
    Institution,
    /// A person.
    Person,
}

impl ActorKind {
    /// The word used in a user's gazetteer.
    pub fn as_str(self) -> &'static str {
        match self {
            ActorKind::State => "state",
            ActorKind::Territory => "territory",
            ActorKind::DeFacto => "de-facto",
            ActorKind::FormerState => "former",
            ActorKind::Organisation => "organisation",
            ActorKind::Institution => "institution",
            ActorKind::Person => "person",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<ActorKind> {
        Some(match word {
            "state" => ActorKind::State,
            "territory" | "area" => ActorKind::Territory,
            "de-facto" => ActorKind::DeFacto,
            "former" => ActorKind::FormerState,
            "organisation" | "organization" => ActorKind::Organisation,
            "institution" => ActorKind::Institution,
            "person" => ActorKind::Person,
            _ => return None,
        })
    }

    /// Whether it has a government: a state, a territory, a de facto entity or a former state.
    pub fn is_country(self) -> bool {
        matches!(self, ActorKind::State | ActorKind::Territory | ActorKind::DeFacto | ActorKind::FormerState)
    }
}

/// An office that a person holds or held.
#[derive(Debug, Clone)]
pub struct Office {
    /// The state or organisation it belongs to, as an index into the gazetteer's actors.
    pub(crate) at: u32,
    pub(crate) role: Arc<str>,
    pub(crate) period: Period,
    /// Where the person stands while holding it.
    pub(crate) path: FacetPath,
}

impl Office {
    /// What the office is: `head_of_state`, `head_of_government`, `foreign_minister`, `secretary_general`, …
    pub fn role(&self) -> &str {
        &self.role
    }

    /// The first day, if it is known; 1 January where the source knows the year alone.
    pub fn first_day(&self) -> Option<Date> {
        self.period.first_day()
    }

    /// The last day, 31 December where the source knows the year alone; `None` while the office is held, or
    /// where the end is not known.
    pub fn last_day(&self) -> Option<Date> {
        self.period.last_day()
    }

    /// Where the person stands in the hierarchy while holding it.
    pub fn path(&self) -> &FacetPath {
        &self.path
    }
}

/// The same actor in other code lists; each field is empty where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActorCodes {
    /// CAMEO or PLOVER actor code: `RUSGOV`, `IGOUNO`.
    pub cameo: Option<Arc<str>>,
    /// ISO 3166-1 alpha-2.
    pub iso_alpha2: Option<Arc<str>>,
    /// ISO 3166-1 numeric, three digits; UN M49 uses the same number.
    pub iso_numeric: Option<Arc<str>>,
    /// UN M49 code of the sub-region, three digits.
    pub m49_region: Option<Arc<str>>,
    /// Wikidata item.
    pub wikidata: Option<Arc<str>>,
}

/// An entry of the gazetteer.
#[derive(Debug, Clone)]
pub struct Actor {
    pub(crate) id: Arc<str>,
    pub(crate) kind: ActorKind,
    pub(crate) name: Arc<str>,
    pub(crate) path: FacetPath,
    pub(crate) period: Period,
    pub(crate) offices: Vec<Office>,
    pub(crate) codes: Option<Box<ActorCodes>>,
    /// The state, organisation or person it belongs to first, as an index; itself where there is none.
    pub(crate) home: u32,
    /// Its parent, as an index; itself where there is none.
    pub(crate) above: u32,
    /// 0 for what every gazetteer should have, 1 for the rest; decides between namesakes.
    pub(crate) rank: u8,
}

impl Actor {
    /// The stable id: `RUS`, `NATO`, `RUS.MFA`, `vladimir-putin`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What sort of party it is.
    pub fn kind(&self) -> ActorKind {
        self.kind
    }

    /// The name to show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it stands in the hierarchy; for a person, in the latest office. See [`Actor::path_at`].
    pub fn path(&self) -> &FacetPath {
        &self.path
    }

    /// Where it stands at a date: a person stands where the office held at that date belongs.
    ///
    /// A person who holds no office then stands at the last one before it, or at the first one of all.
    /// Without a date the latest office counts.
    pub fn path_at(&self, date: Option<Date>) -> &FacetPath {
        self.path_in(date.map(Period::of))
    }

    pub(crate) fn path_in(&self, when: Option<Period>) -> &FacetPath {
        let Some(when) = when else { return &self.path };
        // The offices stand by their beginning; of those held at once the later one is nearer.
        let held = self.offices.iter().rev().find(|office| office.period.overlaps(when));
        let before = || self.offices.iter().rev().find(|office| office.period.first() <= when.first());
        held.or_else(before).or(self.offices.first()).map_or(&self.path, |office| &office.path)
    }

    /// The offices of a person, the earliest first.
    pub fn offices(&self) -> &[Office] {
        &self.offices
    }

    /// The same actor in other code lists.
    pub fn codes(&self) -> ActorCodes {
        self.codes.as_deref().cloned().unwrap_or_default()
    }
}

/// A way to name an actor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alias {
    /// As it is written.
    pub text: String,
    /// How it names the actor.
    pub kind: MentionKind,
}
