//! A gazetteer before it is compiled: actors with their names as written, in layers.

use std::collections::HashMap;

use super::period::Period;
use super::record::{ActorCodes, ActorKind};
use crate::document::MentionKind;

/// How a name stands for its actor; decides which rule judges it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Sense {
    Name,
    Acronym,
    Demonym,
    /// A seat that always stands for who sits there: the Kremlin.
    Metonym,
    /// A city that is first of all a place: Moscow.
    Capital,
    /// `Sino-`, joined to another name.
    Combining,
    Surname,
    Reference,
    /// A phrase that names nobody.
    Block,
}

impl Sense {
    /// How a mention with this sense names its actor.
    pub(crate) fn kind(self) -> MentionKind {
        match self {
            Sense::Name => MentionKind::Name,
            Sense::Acronym => MentionKind::Acronym,
            Sense::Demonym | Sense::Combining => MentionKind::Demonym,
            Sense::Metonym | Sense::Capital => MentionKind::Metonym,
            Sense::Surname => MentionKind::Surname,
            Sense::Reference | Sense::Block => MentionKind::Reference,
        }
    }
}

/// What a name needs beside itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Guard {
    Free,
    /// "the" before it, or a licence.
    The,
    /// A full name of the actor in the document, or of the state or organisation it belongs to.
    Beside,
    /// A full name of the actor in the document.
    Licensed,
    /// As licensed, and the word is an ordinary one.
    Risky,
}

/// A name as written in a table or file.
#[derive(Debug, Clone)]
pub(crate) struct DraftName {
    pub(crate) text: String,
    pub(crate) sense: Sense,
    pub(crate) guard: Guard,
    pub(crate) period: Period,
    /// Whether every actor with this name is meant at once: "the two Koreas".
    pub(crate) both: bool,
    /// 0 for the built-in tables, then one more for each file that was added.
    pub(crate) layer: u16,
}

impl DraftName {
    pub(crate) fn new(text: impl Into<String>, sense: Sense, layer: u16) -> DraftName {
        DraftName { text: text.into(), sense, guard: Guard::Free, period: Period::ALWAYS, both: false, layer }
    }

    /// Reads a name with its marks: `Bonn [1949-1999]`, `PA [the]`, `PLA [beside]`, `GB [licensed]`, `Koreas [both]`.
    pub(crate) fn parse(written: &str, sense: Sense, layer: u16) -> Result<DraftName, String> {
        let mut rest = written.trim();
        let mut name = DraftName::new("", sense, layer);
        while let Some(open) = rest.rfind(" [").filter(|_| rest.ends_with(']')) {
            let mark = &rest[open + 2..rest.len() - 1];
            match mark {
                "the" => name.guard = Guard::The,
                "beside" => name.guard = Guard::Beside,
                "licensed" => name.guard = Guard::Licensed,
                "risky" => name.guard = Guard::Risky,
                "both" => name.both = true,
                _ => {
                    name.period = Period::parse(mark)
                        .ok_or_else(|| format!("mark [{mark}] of {rest:?}: expected [the], [beside], [licensed], [risky], [both] or years such as [1949-1990]"))?;
                }
            }
            rest = rest[..open].trim_end();
        }
        name.text = rest.to_owned();
        Ok(name)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct DraftOffice {
    pub(crate) at: String,
    pub(crate) role: String,
    pub(crate) period: Period,
    /// Whether the years are good enough to say who held the office at a date.
    pub(crate) vouched: bool,
}

/// An actor as written.
#[derive(Debug, Clone)]
pub(crate) struct DraftActor {
    pub(crate) id: String,
    pub(crate) kind: ActorKind,
    pub(crate) name: String,
    /// The state or organisation above it.
    pub(crate) parent: Option<String>,
    /// Sector step and the row of `roles.tsv` it fills, for institutions.
    pub(crate) sector: Option<String>,
    pub(crate) slot: Option<String>,
    pub(crate) period: Period,
    pub(crate) names: Vec<DraftName>,
    pub(crate) offices: Vec<DraftOffice>,
    pub(crate) codes: ActorCodes,
    pub(crate) rank: u8,
}

impl DraftActor {
    pub(crate) fn new(id: impl Into<String>, kind: ActorKind, name: impl Into<String>) -> DraftActor {
        DraftActor {
            id: id.into(),
            kind,
            name: name.into(),
            parent: None,
            sector: None,
            slot: None,
            period: Period::ALWAYS,
            names: Vec::new(),
            offices: Vec::new(),
            codes: ActorCodes::default(),
            rank: 0,
        }
    }
}

/// A part that every state has, and the words for it.
#[derive(Debug, Clone)]
pub(crate) struct DraftSlot {
    pub(crate) id: String,
    pub(crate) sector: String,
    pub(crate) label: String,
    pub(crate) institution: Vec<String>,
    pub(crate) office: Option<String>,
    pub(crate) office_words: Vec<String>,
}

/// A phrase that names nobody, and its group.
#[derive(Debug, Clone)]
pub(crate) struct DraftBlock {
    pub(crate) text: String,
    pub(crate) group: String,
    pub(crate) layer: u16,
}

/// Everything a gazetteer is compiled from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) actors: Vec<DraftActor>,
    pub(crate) places: HashMap<String, usize>,
    pub(crate) blocks: Vec<DraftBlock>,
    pub(crate) slots: Vec<DraftSlot>,
    pub(crate) homographs: Vec<super::homograph::Homograph>,
    pub(crate) layer: u16,
}

impl Draft {
    pub(crate) fn actor_mut(&mut self, id: &str) -> Option<&mut DraftActor> {
        self.places.get(id).map(|&place| &mut self.actors[place])
    }

    /// Adds an actor; the place of an id that was there is taken over.
    pub(crate) fn put(&mut self, actor: DraftActor) {
        match self.places.get(&actor.id) {
            Some(&place) => self.actors[place] = actor,
            None => {
                self.places.insert(actor.id.clone(), self.actors.len());
                self.actors.push(actor);
            }
        }
    }

    /// Takes an actor out.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        if !self.places.contains_key(id) {
            return false;
        }
        self.actors.retain(|actor| actor.id != id);
        self.places = self.actors.iter().enumerate().map(|(place, actor)| (actor.id.clone(), place)).collect();
        true
    }
}

/// Whether a text can be an id or a step of a path: ASCII letters and digits, `.`, `_`, `-`.
pub(crate) fn is_step(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}
