//! From a draft to the compiled gazetteer: ids to numbers, parents to paths, names to a trie.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::draft::{Draft, DraftActor, Guard, Sense};
use super::fingerprint::Digest;
use super::gate::Gate;
use super::gazetteer::{Claim, CompiledHomograph, Entry, Gazetteer, Holders, NOBODY, RolePhrase, Slot};
use super::homograph::{Default_, Homograph};
use super::period::Period;
use super::record::{Actor, ActorCodes, ActorKind, Office};
use super::spelling::{push, spell};
use super::trie::{Trie, fold};
use crate::facet::FacetPath;

impl Gazetteer {
    pub(crate) fn compile(draft: &Draft) -> Gazetteer {
        let mut compiler = Compiler::new(draft);
        compiler.actors(draft);
        compiler.parts(draft);
        compiler.offices(draft);
        compiler.finish(draft)
    }
}

struct Compiler {
    actors: Vec<Actor>,
    ids: HashMap<Box<str>, u32>,
    slots: Vec<Slot>,
    parts: HashMap<(u32, u16), u32>,
    holders: Holders,
    /// What [`FacetPath::new`] refused cannot happen for checked steps; such an actor stands at this path.
    nowhere: FacetPath,
}

impl Compiler {
    fn new(draft: &Draft) -> Compiler {
        let slots = draft
            .slots
            .iter()
            .map(|slot| Slot {
                id: slot.id.as_str().into(),
                sector: slot.sector.as_str().into(),
                step: slot.id.to_lowercase().into(),
                label: slot.label.as_str().into(),
                office: slot.office.as_deref().map(Into::into),
            })
            .collect();
        Compiler {
            actors: Vec::new(),
            ids: draft.actors.iter().enumerate().map(|(at, actor)| (actor.id.as_str().into(), at as u32)).collect(),
            slots,
            parts: HashMap::new(),
            holders: HashMap::new(),
            nowhere: FacetPath::new("/actor").expect("one plain step"),
        }
    }

    fn path(&self, text: &str) -> FacetPath {
        FacetPath::new(text).unwrap_or_else(|_| self.nowhere.clone())
    }

    /// The path of a state or organisation, through its parents; a loop of parents ends where it began.
    fn path_of(&self, draft: &Draft, actor: &DraftActor) -> String {
        if actor.kind == ActorKind::Institution {
            let above = actor.parent.as_deref().and_then(|parent| self.ids.get(parent));
            let above = above.map_or_else(String::new, |&parent| self.path_of(draft, &draft.actors[parent as usize]));
            let slug = actor.id.rsplit('.').next().unwrap_or(&actor.id).to_lowercase();
            let sector = actor.sector.as_deref().unwrap_or("GOV");
            return format!("{above}/{sector}/{slug}");
        }
        let mut steps = vec![actor.id.as_str()];
        let mut sector = actor.sector.as_deref();
        let mut next = actor.parent.as_deref();
        while let Some(&at) = next.and_then(|id| self.ids.get(id)) {
            let parent = &draft.actors[at as usize];
            if steps.len() > 8 || steps.contains(&parent.id.as_str()) {
                break;
            }
            // An armed group or movement of one state stands under the state, by its sector.
            if actor.kind == ActorKind::Organisation && parent.kind.is_country() {
                steps.push(sector.unwrap_or("NGO"));
                steps.reverse();
                return format!("{}/{}", self.path_of(draft, parent), steps.join("/"));
            }
            sector = parent.sector.as_deref().or(sector);
            steps.push(&parent.id);
            next = parent.parent.as_deref();
        }
        steps.reverse();
        let root = if actor.kind == ActorKind::Organisation { "/org" } else { "/state" };
        format!("{root}/{}", steps.join("/"))
    }

    fn actors(&mut self, draft: &Draft) {
        for (at, actor) in draft.actors.iter().enumerate() {
            let path = if actor.kind == ActorKind::Person { String::new() } else { self.path_of(draft, actor) };
            let above = actor.parent.as_deref().and_then(|parent| self.ids.get(parent)).copied();
            let home = above.filter(|_| actor.kind == ActorKind::Institution);
            let codes = (actor.codes != ActorCodes::default()).then(|| Box::new(actor.codes.clone()));
            self.actors.push(Actor {
                id: actor.id.as_str().into(),
                kind: actor.kind,
                name: actor.name.as_str().into(),
                path: if path.is_empty() { self.nowhere.clone() } else { self.path(&path) },
                period: actor.period,
                offices: Vec::new(),
                codes,
                home: home.unwrap_or(at as u32),
                above: above.unwrap_or(at as u32),
                rank: actor.rank,
            });
        }
    }

    /// Gives every country the parts of `roles.tsv`: an institution of the tables, or one made up.
    fn parts(&mut self, draft: &Draft) {
        for (at, actor) in draft.actors.iter().enumerate() {
            let (Some(slot), Some(parent)) = (&actor.slot, &actor.parent) else { continue };
            let Some(&state) = self.ids.get(parent.as_str()) else { continue };
            if let Some(slot) = draft.slots.iter().position(|known| known.id == *slot) {
                self.parts.entry((state, slot as u16)).or_insert(at as u32);
            }
        }
        let countries: Vec<u32> =
            (0..self.actors.len() as u32).filter(|&at| self.actors[at as usize].kind.is_country()).collect();
        for state in countries {
            let (state_id, state_path) = {
                let actor = &self.actors[state as usize];
                (actor.id.clone(), actor.path.clone())
            };
            for slot in 0..self.slots.len() {
                let at = self.actors.len() as u32;
                if self.parts.contains_key(&(state, slot as u16)) {
                    continue;
                }
                let id: Arc<str> = format!("{state_id}.{}", self.slots[slot].id).into();
                let named = self.ids.get(&*id).copied();
                let part = named.unwrap_or(at);
                self.parts.insert((state, slot as u16), part);
                if named.is_some() {
                    continue;
                }
                let path = self.path(&format!("{state_path}/{}/{}", self.slots[slot].sector, self.slots[slot].step));
                self.ids.insert((&*id).into(), at);
                self.actors.push(Actor {
                    id,
                    kind: ActorKind::Institution,
                    name: self.slots[slot].label.clone(),
                    path,
                    period: Period::ALWAYS,
                    offices: Vec::new(),
                    codes: None,
                    home: state,
                    above: state,
                    rank: 1,
                });
            }
        }
    }

    fn offices(&mut self, draft: &Draft) {
        let mut roles: HashMap<&str, Arc<str>> = HashMap::new();
        for (at, actor) in draft.actors.iter().enumerate().filter(|(_, actor)| actor.kind == ActorKind::Person) {
            let mut offices: Vec<Office> = Vec::with_capacity(actor.offices.len());
            for office in &actor.offices {
                let Some(&place) = self.ids.get(office.at.as_str()) else { continue };
                let role = roles.entry(&office.role).or_insert_with(|| office.role.as_str().into()).clone();
                let path = self.path(&format!("{}/person/{}", self.actors[place as usize].path, actor.id));
                if office.vouched {
                    let roles_held = self.holders.entry(place).or_default();
                    let known = roles_held.iter().position(|(known, _)| *known == role).unwrap_or_else(|| {
                        roles_held.push((role.clone(), Vec::new()));
                        roles_held.len() - 1
                    });
                    roles_held[known].1.push((office.period, at as u32));
                }
                offices.push(Office { at: place, role, period: office.period, path });
            }
            offices.sort_by_key(|office| office.period);
            let person = &mut self.actors[at];
            person.path = match offices.last() {
                Some(latest) => latest.path.clone(),
                None => FacetPath::new(format!("/person/{}", actor.id)).unwrap_or_else(|_| self.nowhere.clone()),
            };
            person.home = offices.last().map_or(at as u32, |latest| latest.at);
            person.offices = offices;
        }
        for (_, held) in self.holders.values_mut().flatten() {
            held.sort();
        }
    }

    fn finish(self, draft: &Draft) -> Gazetteer {
        let mut groups: Vec<String> = Vec::new();
        let mut spellings = Vec::new();
        for (at, actor) in draft.actors.iter().enumerate() {
            for name in &actor.names {
                spell(name, actor.kind, at as u32, &mut spellings);
            }
        }
        for block in &draft.blocks {
            let group = groups.iter().position(|group| *group == block.group).unwrap_or_else(|| {
                groups.push(block.group.clone());
                groups.len() - 1
            });
            let claim =
                Claim { actor: NOBODY, sense: Sense::Block, guard: Guard::Free, period: Period::ALWAYS, both: false };
            push(&block.text, claim, block.layer, group as u16 + 1, &mut spellings);
        }
        spellings.sort_by(|a, b| (&a.key, &a.text, a.claim.actor).cmp(&(&b.key, &b.text, b.claim.actor)));

        let homographs: Vec<CompiledHomograph> =
            draft.homographs.iter().map(|row| compile_homograph(row, &self.ids)).collect();
        let homograph_rows: HashMap<&str, u16> =
            draft.homographs.iter().enumerate().map(|(at, row)| (row.surface.as_str(), at as u16 + 1)).collect();

        let mut referable = vec![false; self.actors.len()];
        let (mut entries, mut firsts, mut claims): (Vec<Entry>, Vec<u32>, Vec<Claim>) = Default::default();
        let mut keys: Vec<&[u8]> = Vec::new();
        let mut digest = Digest::default();
        for actor in &self.actors {
            digest.add(actor.id.as_bytes());
            digest.add(actor.path.as_str().as_bytes());
            digest.add(actor.name.as_bytes());
            for office in &actor.offices {
                digest.add(office.path.as_str().as_bytes());
                digest.add(office.role.as_bytes());
                digest.add(&office.period.first().to_le_bytes());
                digest.add(&office.period.last().to_le_bytes());
            }
        }
        for same_key in spellings.chunk_by(|a, b| a.key == b.key) {
            // A later file takes a name from an earlier one.
            let layer = same_key.iter().map(|spelling| spelling.layer).max().unwrap_or(0);
            keys.push(&same_key[0].key);
            firsts.push(entries.len() as u32);
            for same_text in same_key.chunk_by(|a, b| a.text == b.text) {
                let first = claims.len() as u32;
                let mut group = 0;
                for spelling in same_text.iter().filter(|spelling| spelling.layer == layer) {
                    let claim = spelling.claim;
                    let repeats = claims[first as usize..]
                        .iter()
                        .any(|known: &Claim| known.actor == claim.actor && known.sense == claim.sense);
                    if repeats {
                        continue;
                    }
                    group = group.max(spelling.group);
                    if claim.sense == Sense::Reference
                        && let Some(flag) = referable.get_mut(claim.actor as usize)
                    {
                        *flag = true;
                    }
                    digest.add(spelling.text.as_bytes());
                    digest.add(&claim.actor.to_le_bytes());
                    digest.add(&[claim.sense as u8, claim.guard as u8, u8::from(claim.both)]);
                    digest.add(&claim.period.first().to_le_bytes());
                    digest.add(&claim.period.last().to_le_bytes());
                    claims.push(claim);
                }
                if claims.len() as u32 == first {
                    continue;
                }
                let text = same_text[0].text.as_str();
                let homograph = if layer == 0 { homograph_rows.get(text).copied().unwrap_or(0) } else { 0 };
                let points_back = claims[first as usize..].iter().all(|claim| claim.sense == Sense::Reference);
                let claims = (first, claims.len() as u32);
                entries.push(Entry { text: text.into(), claims, homograph, group, points_back });
            }
        }
        firsts.push(entries.len() as u32);
        let trie = Trie::new(&keys);
        let named = keys.iter().zip(firsts.windows(2)).flat_map(|(key, range)| {
            entries[range[0] as usize..range[1] as usize].iter().map(move |entry| (&*entry.text, *key))
        });
        let gate = Gate::new(named);
        let (roles, role_phrases) = compile_roles(draft);
        for row in &draft.homographs {
            digest.add(format!("{row:?}").as_bytes());
        }
        for slot in &draft.slots {
            digest.add(format!("{slot:?}").as_bytes());
        }
        let mut names: Vec<(u32, u32)> = entries
            .iter()
            .enumerate()
            .flat_map(|(at, entry)| {
                claims[entry.claims.0 as usize..entry.claims.1 as usize]
                    .iter()
                    .map(move |claim| (claim.actor, at as u32))
            })
            .filter(|(actor, _)| *actor != NOBODY)
            .collect();
        names.sort_unstable();
        let paths = self.actors.iter().enumerate().rev().map(|(at, actor)| (actor.path.clone(), at as u32)).collect();
        Gazetteer {
            actors: self.actors,
            trie,
            gate,
            entries,
            firsts,
            claims,
            ids: self.ids,
            paths,
            homographs,
            groups,
            slots: self.slots,
            roles,
            role_phrases,
            parts: self.parts,
            holders: self.holders,
            referable,
            names,
            fingerprint: digest.0,
            idle: Mutex::default(),
        }
    }
}

fn compile_homograph(row: &Homograph, ids: &HashMap<Box<str>, u32>) -> CompiledHomograph {
    let actors = |cues: &[super::homograph::Cue]| -> Vec<u32> {
        cues.iter()
            .filter_map(|cue| match cue {
                super::homograph::Cue::Doc(named) => Some(named),
                _ => None,
            })
            .flatten()
            .filter_map(|id| ids.get(id.as_str()).copied())
            .collect()
    };
    CompiledHomograph {
        prefer: match &row.default {
            Default_::Prefer(id) => ids.get(id.as_str()).copied(),
            _ => None,
        },
        doc_no: actors(&row.no),
        doc_yes: actors(&row.yes),
        row: row.clone(),
    }
}

fn compile_roles(draft: &Draft) -> (Trie, Vec<RolePhrase>) {
    let mut phrases: Vec<(Vec<u8>, RolePhrase)> = Vec::new();
    for (at, slot) in draft.slots.iter().enumerate() {
        for (words, office) in [(&slot.institution, false), (&slot.office_words, true)] {
            for phrase in words {
                let mut key = Vec::new();
                fold(phrase, &mut key);
                phrases.push((key, RolePhrase { slot: at as u16, office }));
            }
        }
    }
    phrases.sort_by(|a, b| a.0.cmp(&b.0));
    phrases.dedup_by(|a, b| a.0 == b.0);
    let keys: Vec<&[u8]> = phrases.iter().map(|(key, _)| key.as_slice()).collect();
    (Trie::new(&keys), phrases.iter().map(|(_, phrase)| *phrase).collect())
}
