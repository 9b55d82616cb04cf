//! Reads the built-in tables of `src/annotate/data/`.
//!
//! The tables are part of the crate and checked by its tests, so a mistake in them is a bug; it is still
//! reported with file and line.

use super::draft::{Draft, DraftActor, DraftBlock, DraftName, DraftOffice, DraftSlot, Guard, Sense};
use super::homograph::Homograph;
use super::period::Period;
use super::record::{ActorCodes, ActorKind};

type Mistake = String;

/// Reads every built-in table.
pub(crate) fn built_in() -> Result<Draft, Mistake> {
    let mut draft = Draft { slots: slots(include_str!("../data/roles.tsv"))?, ..Draft::default() };
    states(&mut draft, include_str!("../data/states.tsv"))?;
    organisations(&mut draft, include_str!("../data/organisations.tsv"))?;
    institutions(&mut draft, include_str!("../data/institutions.tsv"))?;
    persons(&mut draft, "persons.tsv", include_str!("../data/persons.tsv"), 0)?;
    persons(&mut draft, "officials.tsv", include_str!("../data/officials.tsv"), 1)?;
    let mut group = String::new();
    for line in include_str!("../data/blocks.txt").lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            group = name.to_owned();
        } else if !line.is_empty() && !line.starts_with('#') {
            draft.blocks.push(DraftBlock { text: line.to_owned(), group: group.clone(), layer: 0 });
        }
    }
    for (number, line) in lines(include_str!("../data/homographs.tsv")) {
        let homograph = Homograph::parse(line).map_err(|reason| format!("homographs.tsv: line {number}: {reason}"))?;
        draft.homographs.push(homograph);
    }
    Ok(draft)
}

fn lines(table: &'static str) -> impl Iterator<Item = (usize, &'static str)> {
    table
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The cells of a line; there must be as many as asked for.
fn cells<const N: usize>(file: &str, number: usize, line: &'static str) -> Result<[&'static str; N], Mistake> {
    let cells: Vec<&str> = line.split('\t').collect();
    let found = cells.len();
    cells.try_into().map_err(|_| format!("{file}: line {number}: {found} cells, expected {N}"))
}

fn some(cell: &str) -> Option<std::sync::Arc<str>> {
    (!cell.is_empty()).then(|| cell.into())
}

fn add_names(actor: &mut DraftActor, cell: &str, sense: Sense) -> Result<(), Mistake> {
    for written in cell.split('|').filter(|written| !written.is_empty()) {
        actor.names.push(DraftName::parse(written, sense, 0)?);
    }
    Ok(())
}

fn years(cell: &str) -> Result<Period, Mistake> {
    if cell.is_empty() {
        return Ok(Period::ALWAYS);
    }
    Period::parse(cell).ok_or_else(|| format!("{cell:?} is no range of years"))
}

fn slots(table: &'static str) -> Result<Vec<DraftSlot>, Mistake> {
    let words = |cell: &str| cell.split('|').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let mut slots = Vec::new();
    for (number, line) in lines(table) {
        let [id, sector, label, institution, office] = cells("roles.tsv", number, line)?;
        let (role, office_words) = office.split_once(':').unwrap_or(("", ""));
        slots.push(DraftSlot {
            id: id.into(),
            sector: sector.into(),
            label: label.into(),
            institution: words(institution),
            office: (!role.is_empty()).then(|| role.to_owned()),
            office_words: words(office_words),
        });
    }
    Ok(slots)
}

fn states(draft: &mut Draft, table: &'static str) -> Result<(), Mistake> {
    for (number, line) in lines(table) {
        let [
            id,
            kind,
            parent,
            iso2,
            numeric,
            m49,
            wikidata,
            valid,
            names,
            acronyms,
            demonyms,
            capitals,
            metonyms,
            combining,
            references,
        ] = cells("states.tsv", number, line)?;
        let say = |reason: String| format!("states.tsv: line {number}: {reason}");
        let kind = ActorKind::parse(kind).ok_or_else(|| say(format!("{kind:?} is no kind")))?;
        let name = names.split('|').next().unwrap_or(id);
        let mut actor = DraftActor::new(id, kind, name);
        actor.parent = some(parent).map(|parent| parent.to_string());
        actor.period = years(valid).map_err(say)?;
        actor.codes = ActorCodes {
            cameo: some(id).filter(|_| kind != ActorKind::DeFacto),
            iso_alpha2: some(iso2),
            iso_numeric: some(numeric),
            m49_region: some(m49),
            wikidata: some(wikidata),
        };
        let listed = [
            (names, Sense::Name),
            (acronyms, Sense::Acronym),
            (demonyms, Sense::Demonym),
            (capitals, Sense::Capital),
            (combining, Sense::Combining),
            (references, Sense::Reference),
        ];
        for (cell, sense) in listed {
            add_names(&mut actor, cell, sense).map_err(say)?;
        }
        add_names(&mut actor, metonyms, Sense::Metonym).map_err(say)?;
        draft.put(actor);
    }
    Ok(())
}

fn organisations(draft: &mut Draft, table: &'static str) -> Result<(), Mistake> {
    for (number, line) in lines(table) {
        let [id, sort, parent, valid, cameo, name, names, acronyms, capitals, metonyms, references] =
            cells("organisations.tsv", number, line)?;
        let say = |reason: String| format!("organisations.tsv: line {number}: {reason}");
        let mut actor = DraftActor::new(id, ActorKind::Organisation, name);
        actor.parent = some(parent).map(|parent| parent.to_string());
        actor.period = years(valid).map_err(say)?;
        actor.codes.cameo = some(cameo);
        actor.sector = match sort {
            "armed-group" => Some("REB".to_owned()),
            "movement" => Some("OPP".to_owned()),
            _ => None,
        };
        let listed = [
            (name, Sense::Name),
            (names, Sense::Name),
            (acronyms, Sense::Acronym),
            (capitals, Sense::Capital),
            (metonyms, Sense::Metonym),
            (references, Sense::Reference),
        ];
        for (cell, sense) in listed {
            add_names(&mut actor, cell, sense).map_err(say)?;
        }
        let acronyms: Vec<String> =
            actor.names.iter().filter(|name| name.sense == Sense::Acronym).map(|name| name.text.clone()).collect();
        // An organisation whose name is its acronym ("AUKUS") stands in both columns; the acronym's rules are meant.
        actor.names.retain(|name| name.sense != Sense::Name || !acronyms.contains(&name.text));
        draft.put(actor);
    }
    Ok(())
}

fn institutions(draft: &mut Draft, table: &'static str) -> Result<(), Mistake> {
    for (number, line) in lines(table) {
        let [id, sector, slot, name, names, acronyms, metonyms, references] = cells("institutions.tsv", number, line)?;
        let say = |reason: String| format!("institutions.tsv: line {number}: {reason}");
        let mut actor = DraftActor::new(id, ActorKind::Institution, name);
        let Some((state, _)) = id.split_once('.') else { return Err(say(format!("{id:?} has no state before a dot"))) };
        actor.parent = Some(state.to_owned());
        actor.sector = Some(sector.to_owned());
        actor.slot = some(slot).map(|slot| slot.to_string());
        actor.codes.cameo = some(&format!("{state}{sector}"));
        let listed = [
            (names, Sense::Name),
            (acronyms, Sense::Acronym),
            (metonyms, Sense::Metonym),
            (references, Sense::Reference),
        ];
        for (cell, sense) in listed {
            add_names(&mut actor, cell, sense).map_err(say)?;
        }
        draft.put(actor);
    }
    Ok(())
}

fn persons(draft: &mut Draft, file: &str, table: &'static str, rank: u8) -> Result<(), Mistake> {
    for (number, line) in lines(table) {
        let [id, name, names, surnames, rule, wikidata, offices] = cells(file, number, line)?;
        let say = |reason: String| format!("{file}: line {number}: {reason}");
        let mut actor = DraftActor::new(id, ActorKind::Person, name);
        actor.rank = rank;
        actor.codes.wikidata = some(wikidata);
        add_names(&mut actor, name, Sense::Name).map_err(say)?;
        add_names(&mut actor, names, Sense::Name).map_err(say)?;
        let guard = match rule {
            "alone" => Guard::Free,
            "licensed" => Guard::Licensed,
            "risky" => Guard::Risky,
            _ => return Err(say(format!("{rule:?} is no rule for surnames"))),
        };
        for surname in surnames.split('|').filter(|surname| !surname.is_empty()) {
            actor.names.push(DraftName { guard, ..DraftName::new(surname, Sense::Surname, 0) });
        }
        for office in offices.split("; ") {
            let mut parts = office.split(' ');
            let (Some(at), Some(role), Some(range)) = (parts.next(), parts.next(), parts.next()) else {
                return Err(say(format!("office {office:?}: expected a state or organisation, a role and years")));
            };
            let (range, vouched) = range.strip_prefix('~').map_or((range, true), |range| (range, false));
            let period = years(range).map_err(say)?;
            actor.offices.push(DraftOffice { at: at.into(), role: role.into(), period, vouched });
        }
        draft.put(actor);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::draft::is_step;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn built_in_tables_read_without_a_mistake() -> Result<(), Mistake> {
        let draft = built_in()?;
        let count = |kind: ActorKind| draft.actors.iter().filter(|actor| actor.kind == kind).count();
        assert!(count(ActorKind::State) >= 198, "{}", count(ActorKind::State));
        assert!(count(ActorKind::Organisation) >= 300);
        assert!(count(ActorKind::Institution) >= 250);
        assert!(count(ActorKind::Person) >= 450);
        Ok(())
    }

    #[test]
    fn ids_parents_and_offices_hold_together() -> Result<(), Mistake> {
        let draft = built_in()?;
        let slots: BTreeSet<&str> = draft.slots.iter().map(|slot| slot.id.as_str()).collect();
        for actor in &draft.actors {
            assert!(is_step(&actor.id), "{}", actor.id);
            if let Some(parent) = &actor.parent {
                assert!(draft.places.contains_key(parent), "{}: parent {parent}", actor.id);
            }
            for office in &actor.offices {
                assert!(draft.places.contains_key(&office.at), "{}: office at {}", actor.id, office.at);
            }
            if let Some(slot) = &actor.slot {
                assert!(slots.contains(slot.as_str()), "{}: slot {slot}", actor.id);
            }
            assert!(actor.kind != ActorKind::Person || !actor.offices.is_empty(), "{} holds no office", actor.id);
        }
        Ok(())
    }
}
