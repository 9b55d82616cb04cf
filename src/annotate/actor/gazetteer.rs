//! The compiled gazetteer.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use super::draft::{Draft, Guard, Sense};
use super::gate::Gate;
use super::homograph::Homograph;
use super::period::Period;
use super::record::Actor;
use super::table;
use super::tag::Room;
use super::trie::Trie;
use crate::facet::FacetPath;

/// No actor, in a claim of a block phrase.
pub(crate) const NOBODY: u32 = u32::MAX;

/// One actor's claim on a name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) actor: u32,
    pub(crate) sense: Sense,
    pub(crate) guard: Guard,
    pub(crate) period: Period,
    pub(crate) both: bool,
}

/// A name with everybody who claims it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) text: Box<str>,
    pub(super) claims: (u32, u32),
    /// Row of the homograph table, as index + 1; 0 for none.
    pub(crate) homograph: u16,
    /// Block group, as index + 1; 0 for none.
    pub(crate) group: u16,
    /// Whether it does no more than point back: "the Council".
    pub(crate) points_back: bool,
}

/// A phrase for a part that every state has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RolePhrase {
    pub(crate) slot: u16,
    /// Whether the words name the holder of the office, not the institution.
    pub(crate) office: bool,
}

#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) id: Box<str>,
    pub(crate) sector: Box<str>,
    pub(crate) step: Box<str>,
    pub(crate) label: Arc<str>,
    pub(crate) office: Option<Box<str>>,
}

/// Who held an office and when, by country or organisation, role by role.
pub(super) type Holders = HashMap<u32, Vec<(Arc<str>, Vec<(Period, u32)>)>>;

/// The actors that can be recognised: states, organisations, institutions and persons.
///
/// The built-in one covers every state and territory, some 800 organisations, 800 institutions with a name
/// of their own, the ministries, parliaments and armies that every state has, and 3,300 persons with the
/// offices they held. [`Gazetteer::builder`] adds to it, overrides or replaces it.
///
/// # Cost
///
/// A gazetteer is built once and then only read; cloning the `Arc` is cheap.
pub struct Gazetteer {
    pub(crate) actors: Vec<Actor>,
    pub(crate) trie: Trie,
    pub(crate) gate: Gate,
    pub(crate) entries: Vec<Entry>,
    /// First entry of a key of the trie; one more at the end.
    pub(crate) firsts: Vec<u32>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) ids: HashMap<Box<str>, u32>,
    pub(crate) paths: HashMap<FacetPath, u32>,
    pub(crate) homographs: Vec<CompiledHomograph>,
    pub(crate) groups: Vec<String>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) roles: Trie,
    pub(crate) role_phrases: Vec<RolePhrase>,
    /// The institution that fills a slot of a country, by country and slot.
    pub(crate) parts: HashMap<(u32, u16), u32>,
    /// Who held an office: country or organisation and role.
    pub(crate) holders: Holders,
    /// Whether an actor has names that point back to it.
    pub(crate) referable: Vec<bool>,
    /// Actor and entry of every claim, sorted.
    pub(crate) names: Vec<(u32, u32)>,
    pub(crate) fingerprint: u64,
    /// Room that is used again: one for each thread that ever tagged at the same time.
    pub(super) idle: Mutex<Vec<Room>>,
}

impl std::fmt::Debug for Gazetteer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gazetteer")
            .field("actors", &self.actors.len())
            .field("names", &self.entries.len())
            .field("fingerprint", &self.fingerprint)
            .finish()
    }
}

/// A row of the homograph table with its actors looked up.
#[derive(Debug)]
pub(crate) struct CompiledHomograph {
    pub(crate) row: Homograph,
    pub(crate) prefer: Option<u32>,
    /// The actors of `doc:` cues against and for.
    pub(crate) doc_no: Vec<u32>,
    pub(crate) doc_yes: Vec<u32>,
}

impl Gazetteer {
    /// The one that comes with the crate.
    pub fn built_in() -> Arc<Gazetteer> {
        static BUILT_IN: LazyLock<Arc<Gazetteer>> = LazyLock::new(|| {
            let draft = table::built_in().expect("the built-in tables are checked by the crate's tests");
            Arc::new(Gazetteer::compile(&draft))
        });
        BUILT_IN.clone()
    }

    /// One that knows nobody; paragraphs get no actors.
    pub fn empty() -> Arc<Gazetteer> {
        Arc::new(Gazetteer::compile(&Draft::default()))
    }

    pub(crate) fn entries_of(&self, key: u32) -> &[Entry] {
        &self.entries[self.firsts[key as usize] as usize..self.firsts[key as usize + 1] as usize]
    }

    pub(crate) fn first_entry(&self, key: u32) -> u32 {
        self.firsts[key as usize]
    }

    pub(crate) fn claims_of(&self, entry: &Entry) -> &[Claim] {
        &self.claims[entry.claims.0 as usize..entry.claims.1 as usize]
    }

    /// How many bytes it holds in memory, estimated from its tables.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.trie.bytes()
            + self.gate.bytes()
            + self.roles.bytes()
            + self.entries.len() * size_of::<Entry>()
            + self.entries.iter().map(|entry| entry.text.len()).sum::<usize>()
            + self.claims.len() * size_of::<Claim>()
            + self.names.len() * 8
            + self.actors.len() * (size_of::<Actor>() + 96)
            + self.actors.iter().map(|actor| actor.offices.len()).sum::<usize>()
                * (size_of::<super::record::Office>() + 64)
            + (self.ids.len() + self.paths.len() + self.parts.len() + self.holders.len()) * 64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_is_small_and_its_fingerprint_is_stable() {
        let gazetteer = Gazetteer::built_in();
        assert!(gazetteer.bytes() < 20 << 20, "{} bytes", gazetteer.bytes());
        let again = Gazetteer::compile(&table::built_in().unwrap());
        assert_eq!(gazetteer.fingerprint, again.fingerprint);
        assert_ne!(gazetteer.fingerprint, Gazetteer::empty().fingerprint);
    }
}
