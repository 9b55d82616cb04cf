//! The two passes over a document.
//!
//! In: the texts of a document, one by one. Out: the actors of each.

use std::collections::HashMap;
use std::sync::PoisonError;

use super::context::is_word_char;
use super::explain::Decision;
use super::gazetteer::Gazetteer;
use super::license::Licences;
use super::period::Period;
use super::resolve::{Found, Resolver};
use super::rule::{Rule, interned};
use super::scan::Candidate;
use crate::date::Date;
use crate::document::{ActorTag, Document, Mention, MentionKind, Span};
use crate::text::{Run, cut};

/// What a caller may choose about tagging.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TagOptions {
    /// Whether titles and headings get actors of their own; they are read for licences in any case.
    pub(crate) headings: bool,
    /// Mentions less sure than this are left out.
    pub(crate) floor: f32,
}

impl Default for TagOptions {
    fn default() -> TagOptions {
        TagOptions { headings: true, floor: 0.0 }
    }
}

/// What the first pass over a document's texts gathers.
#[derive(Debug)]
pub(crate) struct FirstPass<'a> {
    gazetteer: &'a Gazetteer,
    when: Option<Period>,
    licences: Licences,
    room: Room,
}

/// Room that is used again for every document.
#[derive(Debug, Default)]
pub(crate) struct Room {
    runs: Vec<Run>,
    candidates: Vec<Candidate>,
    /// By text: where its candidates end.
    ends: Vec<usize>,
    /// By actor: its place in the tags of the last text that has it.
    places: Vec<u32>,
    found: Vec<Found>,
    /// Of one text: who is named, and how often.
    named: Vec<(u32, usize)>,
}

impl FirstPass<'_> {
    /// Takes in the next text of the document. Gives the runs that it is cut into, for others who read it.
    pub(crate) fn read(&mut self, text: &str) -> &[Run] {
        let Room { runs, candidates, ends, .. } = &mut self.room;
        cut(text, runs);
        let start = candidates.len();
        if !self.gazetteer.entries.is_empty() {
            self.gazetteer.scan(text, runs, candidates);
            self.licences.read(self.gazetteer, text, &candidates[start..], self.when);
        }
        ends.push(candidates.len());
        runs
    }

    /// The second pass: the actors of the same texts, text by text.
    pub(crate) fn resolve(self, texts: &[&str], floor: f32) -> Vec<Vec<ActorTag>> {
        let FirstPass { gazetteer, when, licences, mut room } = self;
        let own = gazetteer.own_acronyms(texts, &licences);
        let mut resolver = Resolver::new(gazetteer, &licences, when);
        let mut tags = Vec::with_capacity(texts.len());
        let Room { candidates, ends, places, found, named, .. } = &mut room;
        let mut start = 0;
        for (at, (text, &end)) in texts.iter().zip(ends.iter()).enumerate() {
            found.clear();
            resolver.resolve(text, &candidates[start..end], found);
            start = end;
            if let Some(own) = own.get(&at) {
                add_own(own, found);
            }
            found.retain(|found| found.rule.confidence() >= floor);
            tags.push(gazetteer.group(found, when, places, named));
        }
        gazetteer.idle.lock().unwrap_or_else(PoisonError::into_inner).push(room);
        tags
    }
}

/// Replaces the actors of a document's title, headings and paragraphs by those of its [`texts`](texts_of).
pub(crate) fn put(document: &mut Document, tags: Vec<Vec<ActorTag>>, options: TagOptions) {
    let mut tags = tags.into_iter();
    let mut next = || tags.next().unwrap_or_default();
    let of_heading = |actors| if options.headings { actors } else { Vec::new() };
    document.title_actors = if document.title.is_some() { of_heading(next()) } else { Vec::new() };
    document.sections.iter_mut().for_each(|section| section.actors = of_heading(next()));
    document.paragraphs.iter_mut().for_each(|paragraph| paragraph.actors = next());
}

/// The title, the headings and the paragraphs of a document.
pub(crate) fn texts_of(document: &Document) -> Vec<&str> {
    let title = document.title.as_deref();
    let headings = document.sections.iter().map(|section| section.heading.as_str());
    let paragraphs = document.paragraphs.iter().map(|paragraph| paragraph.text.as_str());
    title.into_iter().chain(headings).chain(paragraphs).collect()
}

impl Gazetteer {
    /// Begins to read a document of a date.
    pub(crate) fn first_pass(&self, date: Option<Date>) -> FirstPass<'_> {
        let mut room = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        room.candidates.clear();
        room.ends.clear();
        // What stands there from other documents does no harm, see `group`.
        room.places.resize(self.actors.len(), 0);
        let licences = Licences::new(self.actors.len());
        FirstPass { gazetteer: self, when: date.map(Period::of), licences, room }
    }

    /// What was decided about every candidate of one text.
    pub(crate) fn explain(&self, text: &str, date: Option<Date>, floor: f32) -> Vec<Decision> {
        let mut first = self.first_pass(date);
        first.read(text);
        let FirstPass { when, licences, room: Room { candidates, .. }, .. } = first;
        let mut resolver = Resolver::new(self, &licences, when);
        resolver.trace = Some(Vec::new());
        let mut found = Vec::new();
        resolver.resolve(text, &candidates, &mut found);
        let mut decisions = resolver.trace.take().unwrap_or_default();
        // A mention that a longer reading took back is not in the result.
        for decision in decisions.iter_mut().filter(|decision| decision.is_accepted()) {
            let kept = found.iter().any(|found| {
                found.span == decision.span && Some(&self.actors[found.actor as usize].id) == decision.actor.as_ref()
            });
            if !kept {
                *decision = Decision::rejected(decision.span, &decision.text, Rule::Consumed);
            } else if decision.confidence < floor {
                *decision = Decision::rejected(decision.span, &decision.text, Rule::BelowFloor);
            }
        }
        if let Some(own) = self.own_acronyms(&[text], &licences).get(&0) {
            for found in own {
                let actor = &self.actors[found.actor as usize];
                decisions.push(Decision::accepted(
                    found.span,
                    &text[found.span.range()],
                    actor,
                    found.kind,
                    found.rule,
                ));
            }
        }
        decisions.sort_by_key(|decision| (decision.span.start, decision.span.end));
        decisions
    }

    /// The places of acronyms that only the document defines, by text.
    fn own_acronyms(&self, texts: &[&str], licences: &Licences) -> HashMap<usize, Vec<Found>> {
        let mut places: HashMap<usize, Vec<Found>> = HashMap::new();
        if licences.own.is_empty() {
            return places;
        }
        for (at, text) in texts.iter().enumerate() {
            let mut start = None;
            for (offset, c) in text.char_indices().chain([(text.len(), ' ')]) {
                match (is_word_char(c), start) {
                    (true, None) => start = Some(offset),
                    (false, Some(from)) => {
                        start = None;
                        if let Some(&actor) = licences.own.get(&text[from..offset]) {
                            let span = Span::new(from, offset);
                            let found = Found { actor, span, kind: MentionKind::Acronym, rule: Rule::Defined };
                            places.entry(at).or_default().push(found);
                        }
                    }
                    _ => {}
                }
            }
        }
        places
    }

    /// Gathers what was found by actor, in the order of the first mention. `places` has an actor's last place
    /// in any text's tags, so that finding it again costs nothing; `named` is room to be used again.
    fn group(
        &self,
        found: &[Found],
        when: Option<Period>,
        places: &mut [u32],
        named: &mut Vec<(u32, usize)>,
    ) -> Vec<ActorTag> {
        // Counted first, so that no list grows: most actors are named once, and a list that grows begins with room for four.
        named.clear();
        for found in found {
            let place = &mut places[found.actor as usize];
            if named.get(*place as usize).is_none_or(|&(actor, _)| actor != found.actor) {
                *place = named.len() as u32;
                named.push((found.actor, 0));
            }
            named[*place as usize].1 += 1;
        }
        let tag = |&(actor, count): &(u32, usize)| {
            let actor = &self.actors[actor as usize];
            ActorTag { id: actor.id.clone(), path: actor.path_in(when).clone(), mentions: Vec::with_capacity(count) }
        };
        let mut tags: Vec<ActorTag> = named.iter().map(tag).collect();
        for found in found {
            tags[places[found.actor as usize] as usize].mentions.push(Mention {
                span: found.span,
                kind: found.kind,
                rule: interned(found.rule),
                confidence: found.rule.confidence(),
            });
        }
        tags
    }
}

/// Adds acronyms of the document's own where nothing else was found.
fn add_own(own: &[Found], found: &mut Vec<Found>) {
    let known = found.len();
    for mention in own {
        let place = found[..known].partition_point(|found| found.span.end <= mention.span.start);
        if found[..known].get(place).is_none_or(|found| !found.span.overlaps(mention.span)) {
            found.push(*mention);
        }
    }
    found.sort_by_key(|found| (found.span.start, found.span.end));
}
