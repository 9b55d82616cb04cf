//! Actors by name: for filters in a query, did-you-mean, completion and query expansion.

use std::collections::HashMap;

use super::draft::Sense;
use super::gazetteer::{Claim, Gazetteer, NOBODY};
use super::period::Period;
use super::record::{Actor, ActorKind, Alias};
use super::trie::fold;
use crate::date::Date;
use crate::facet::FacetPath;
use crate::text::slips;

/// How many names below a prefix are looked at before the best are chosen.
const COMPLETION_POOL: usize = 2_000;

impl Gazetteer {
    /// The actor with an id; the case of its letters counts.
    pub fn actor(&self, id: &str) -> Option<&Actor> {
        self.ids.get(id).map(|&at| &self.actors[at as usize])
    }

    /// Every actor, in a stable order. Institutions that every state has are among them.
    pub fn actors(&self) -> impl Iterator<Item = &Actor> {
        self.actors.iter()
    }

    /// Tells two gazetteers apart: equal content gives the same fingerprint, on every machine.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// The actors that a name, an id or a path may mean, in any case, the best first.
    ///
    /// Ids and paths mean exactly one actor. A name may mean several ("Congo"): those come first that it
    /// names without a licence, then states, organisations, institutions and persons, and persons in office
    /// at the date before others. A leading "the" and accents do not matter. Empty where nobody is meant;
    /// see [`Gazetteer::suggest`].
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::Gazetteer;
    ///
    /// let gazetteer = Gazetteer::built_in();
    /// for name in ["the Kremlin", "moscow", "RUS", "rus", "/state/RUS"] {
    ///     assert_eq!(gazetteer.lookup(name, None)[0].id(), "RUS", "{name}");
    /// }
    /// assert_eq!(gazetteer.lookup("xi", None)[0].id(), "xi-jinping");
    /// ```
    pub fn lookup(&self, name: &str, date: Option<Date>) -> Vec<&Actor> {
        let name = name.trim();
        if name.starts_with('/') {
            return self.by_path(name).into_iter().collect();
        }
        if let Some(actor) = self.actor(name) {
            return vec![actor];
        }
        let mut found = self.named(name);
        if found.is_empty()
            && let Some((article, rest)) = name.split_once(char::is_whitespace)
            && article.eq_ignore_ascii_case("the")
        {
            found = self.named(rest);
        }
        let mut ranked: Vec<(u32, u32)> =
            found.into_iter().map(|claim| (self.rank(claim, date), claim.actor)).collect();
        ranked.sort_unstable();
        let by_id = self.ids.get(name.to_uppercase().as_str()).or_else(|| self.ids.get(name.to_lowercase().as_str()));
        let mut actors: Vec<u32> = Vec::new();
        for actor in by_id.copied().into_iter().chain(ranked.into_iter().map(|(_, actor)| actor)) {
            if !actors.contains(&actor) {
                actors.push(actor);
            }
        }
        actors.into_iter().map(|at| &self.actors[at as usize]).collect()
    }

    /// The one actor at a path. A person is found at the path of every office held.
    fn by_path(&self, path: &str) -> Option<&Actor> {
        let path = FacetPath::new(path).ok()?;
        if let Some(&at) = self.paths.get(&path) {
            return Some(&self.actors[at as usize]);
        }
        let actor = self.actor(path.last_step())?;
        actor.offices().iter().any(|office| office.path == path).then_some(actor)
    }

    /// The id of the actor at a path; `None` for a path between actors.
    pub(crate) fn id_at(&self, path: &FacetPath) -> Option<&str> {
        self.by_path(path.as_str()).map(Actor::id)
    }

    /// Who claims a name, in any case, with or without accents.
    fn named(&self, name: &str) -> Vec<Claim> {
        let mut key = Vec::new();
        fold(name, &mut key);
        let bare: String = unicode_normalization::UnicodeNormalization::nfd(name)
            .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
            .collect();
        let mut claims = Vec::new();
        for _ in 0..2 {
            if let Some(value) = self.trie.get(&key) {
                for entry in self.entries_of(value) {
                    claims.extend(self.claims_of(entry).iter().filter(|claim| claim.actor != NOBODY).copied());
                }
            }
            if !claims.is_empty() {
                break;
            }
            fold(&bare, &mut key);
        }
        claims
    }

    /// Whether a word, as written, is a name of the gazetteer.
    pub(crate) fn lookup_exact(&self, word: &str) -> Option<&Actor> {
        let mut key = Vec::new();
        fold(word, &mut key);
        let entries = self.entries_of(self.trie.get(&key)?);
        let entry = entries.iter().find(|entry| &*entry.text == word)?;
        let claim = self.claims_of(entry).iter().find(|claim| claim.sense != Sense::Surname)?;
        self.actors.get(claim.actor as usize)
    }

    /// The entry of a name as written.
    pub(crate) fn entry_of(&self, name: &str) -> Option<u32> {
        let mut key = Vec::new();
        fold(name, &mut key);
        let key = self.trie.get(&key)?;
        let place = self.entries_of(key).iter().position(|entry| &*entry.text == name)?;
        Some(self.first_entry(key) + place as u32)
    }

    /// Whether a name, folded, is in the gazetteer at all.
    pub(crate) fn knows(&self, name: &str) -> bool {
        let mut key = Vec::new();
        fold(name, &mut key);
        self.trie.get(&key).is_some()
    }

    /// Lower is better.
    fn rank(&self, claim: Claim, date: Option<Date>) -> u32 {
        let actor = &self.actors[claim.actor as usize];
        let sense = match claim.sense {
            Sense::Name | Sense::Acronym => 0,
            Sense::Demonym | Sense::Metonym | Sense::Combining => 1,
            Sense::Capital => 2,
            Sense::Surname => 3,
            Sense::Reference => 5,
            Sense::Block => 9,
        };
        let kind = match actor.kind {
            ActorKind::State => 0,
            ActorKind::Organisation => 1,
            ActorKind::Territory | ActorKind::DeFacto => 2,
            ActorKind::Institution => 3,
            ActorKind::Person => 4,
            ActorKind::FormerState => 5,
        };
        // The well-known first: those whose surname alone is enough, then those in office longest.
        let latest = actor.offices().last();
        let person = match latest {
            None => 0,
            Some(office) => {
                let in_office = date.map_or(office.last_day().is_none(), |date| {
                    actor.offices().iter().any(|office| office.period.overlaps(Period::of(date)))
                });
                let head = actor.offices().iter().any(|office| office.role().starts_with("head_of"));
                1 + 4 * u32::from(actor.rank) + 2 * u32::from(!in_office) + u32::from(!head)
            }
        };
        let guard = u32::from(claim.guard != super::draft::Guard::Free);
        let valid = u32::from(!claim.period.allows(date.map(Period::of)));
        ((valid * 10 + sense) * 10 + kind) * 40 + person * 2 + guard
    }

    /// The names closest to a misspelt one, the closest first, at most `limit`, each with its actor.
    ///
    /// Closest by slips of the keyboard, in lower case: a character more, less or other, or two neighbours swapped (optimal string
    /// alignment); at most 1 for a name of up to five characters, else at most 2, or 3 from twelve on. One name an actor.
    ///
    /// # Cost
    ///
    /// Compares with every name of about the same length: a few milliseconds with the built-in gazetteer.
    pub fn suggest(&self, name: &str, limit: usize) -> Vec<(String, &Actor)> {
        let wanted: String = name.trim().to_lowercase().chars().take(100).collect();
        let length = wanted.chars().count();
        let reach = match length {
            0 => return Vec::new(),
            1..=5 => 1,
            6..=11 => 2,
            _ => 3,
        };
        let mut best: HashMap<u32, (u8, u32, &str)> = HashMap::new();
        for entry in &self.entries {
            if entry.text.chars().count().abs_diff(length) > usize::from(reach) {
                continue;
            }
            let Some(slips) = slips(&entry.text.to_lowercase(), &wanted, reach) else { continue };
            for claim in self.claims_of(entry).iter().filter(|claim| claim.actor != NOBODY) {
                let candidate = (slips, self.rank(*claim, None), &*entry.text);
                let known = best.entry(claim.actor).or_insert(candidate);
                *known = candidate.min(*known);
            }
        }
        let mut ranked: Vec<((u8, u32, &str), u32)> = best.into_iter().map(|(actor, found)| (found, actor)).collect();
        ranked.sort_unstable();
        ranked.truncate(limit);
        ranked.into_iter().map(|((_, _, text), actor)| (text.to_owned(), &self.actors[actor as usize])).collect()
    }

    /// The names that begin with a prefix, in any case, the best first, at most `limit`, each with its actor.
    pub fn complete(&self, prefix: &str, limit: usize) -> Vec<(String, &Actor)> {
        let mut key = Vec::new();
        fold(prefix, &mut key);
        if key.is_empty() {
            return Vec::new();
        }
        let mut best: HashMap<u32, (u32, usize, &str)> = HashMap::new();
        for value in self.trie.below(&key, COMPLETION_POOL) {
            for entry in self.entries_of(value) {
                for claim in self.claims_of(entry).iter().filter(|claim| claim.actor != NOBODY) {
                    let found = (self.rank(*claim, None), entry.text.len(), &*entry.text);
                    let known = best.entry(claim.actor).or_insert(found);
                    *known = found.min(*known);
                }
            }
        }
        let mut ranked: Vec<((u32, usize, &str), u32)> =
            best.into_iter().map(|(actor, found)| (found, actor)).collect();
        ranked.sort_unstable();
        ranked.truncate(limit);
        ranked.into_iter().map(|((_, _, text), actor)| (text.to_owned(), &self.actors[actor as usize])).collect()
    }

    /// Every way to name an actor, in alphabetical order; empty for an id that is not known.
    ///
    /// Parts that are read by composition ("Russian foreign minister") have no names of their own.
    pub fn aliases(&self, id: &str) -> Vec<Alias> {
        self.ids.get(id).map(|&at| self.aliases_of(at)).unwrap_or_default()
    }

    pub(crate) fn aliases_of(&self, actor: u32) -> Vec<Alias> {
        let mut aliases = Vec::new();
        let first = self.names.partition_point(|(named, _)| *named < actor);
        for &(_, entry) in self.names[first..].iter().take_while(|(named, _)| *named == actor) {
            let entry = &self.entries[entry as usize];
            for claim in self.claims_of(entry).iter().filter(|claim| claim.actor == actor) {
                aliases.push(Alias { text: entry.text.to_string(), kind: claim.sense.kind() });
            }
        }
        aliases.sort();
        aliases.dedup();
        aliases
    }

    /// The name to show for a path; `None` for a path the gazetteer does not know.
    ///
    /// Every node above an actor has one: `/state` is "States", `/state/RUS/GOV` is "Government",
    /// `/state/RUS/person` is "Persons".
    pub fn label(&self, path: &FacetPath) -> Option<String> {
        if let Some(&at) = self.paths.get(path) {
            return Some(self.actors[at as usize].name.to_string());
        }
        let last = path.last_step();
        let Some(parent) = path.parent() else {
            return match last {
                "state" => Some("States".to_owned()),
                "org" => Some("Organisations".to_owned()),
                "person" => Some("Persons".to_owned()),
                _ => None,
            };
        };
        if let Some(actor) = self.by_path(path.as_str()) {
            return Some(actor.name.to_string());
        }
        let above = self.paths.get(&parent)?;
        if last == "person" {
            return Some("Persons".to_owned());
        }
        if !self.actors[*above as usize].kind.is_country() {
            return None;
        }
        sector_label(last).map(str::to_owned)
    }
}

/// What a sector step stands for: the sector codes of CAMEO and PLOVER.
fn sector_label(code: &str) -> Option<&'static str> {
    Some(match code {
        "GOV" => "Government",
        "MIL" => "Military",
        "LEG" => "Legislature",
        "JUD" => "Judiciary",
        "SPY" => "Intelligence",
        "COP" => "Police",
        "PTY" => "Parties",
        "OPP" => "Opposition",
        "REB" => "Rebels",
        "MED" => "Media",
        "BUS" => "Business",
        "NGO" => "Non-governmental organisations",
        "EDU" => "Education and research",
        "REL" => "Religious bodies",
        "INT" => "International bodies",
        _ => return None,
    })
}
