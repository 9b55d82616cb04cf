//! Pass 2: every candidate is taken as an actor or rejected, by a rule that says why.

use std::collections::HashMap;

use super::compose::Part;
use super::context::{begins_sentence, char_at, char_before, in_capitals, next_word, prev_word};
use super::draft::{Guard, Sense};
use super::explain::Decision;
use super::gazetteer::{Claim, Entry, Gazetteer, NOBODY};
use super::homograph::{Cue, Default_, at_start, follows, given_before, precedes, surname_after};
use super::license::Licences;
use super::metonym::{Neighbours, stands_for_government};
use super::record::ActorKind;
use super::rule::Rule;
use super::scan::{Candidate, Fit};
use super::surname;
use super::words::is_in;
use crate::date::Date;
use crate::document::{MentionKind, Span};

/// An actor found in a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) actor: u32,
    pub(crate) span: Span,
    pub(crate) kind: MentionKind,
    pub(crate) rule: Rule,
}

/// What pass 2 keeps from text to text of a document.
#[derive(Debug)]
pub(crate) struct Resolver<'a> {
    pub(crate) gazetteer: &'a Gazetteer,
    pub(crate) licences: &'a Licences,
    pub(crate) date: Option<Date>,
    /// When an actor that can be referred back to was last named, by a running count of texts and mentions.
    last_named: HashMap<u32, (u32, u32)>,
    /// Who was last named with a surname that several have.
    last_person: HashMap<u32, u32>,
    texts: u32,
    mentions: u32,
    /// Decisions, where somebody asked for them.
    pub(crate) trace: Option<Vec<Decision>>,
}

/// How many texts back a reference in lower case may point.
const REFERENCE_REACH: u32 = 3;

impl<'a> Resolver<'a> {
    pub(crate) fn new(gazetteer: &'a Gazetteer, licences: &'a Licences, date: Option<Date>) -> Resolver<'a> {
        Resolver {
            gazetteer,
            licences,
            date,
            last_named: HashMap::new(),
            last_person: HashMap::new(),
            texts: 0,
            mentions: 0,
            trace: None,
        }
    }

    /// Appends the actors of one text, in its order.
    pub(crate) fn resolve(&mut self, text: &str, candidates: &[Candidate], found: &mut Vec<Found>) {
        let first = found.len();
        self.texts += 1;
        let mut consumed = 0;
        let mut before: Option<(Span, bool)> = None;
        for at in 0..candidates.len() {
            let candidate = candidates[at];
            let span = Span::new(candidate.start as usize, candidate.end as usize);
            if span.start < consumed {
                self.reject(text, span, Rule::Consumed);
                continue;
            }
            let outcome = self.decide(text, candidates, at, before);
            before = Some((span, outcome.is_ok()));
            match outcome {
                Err(rule) => self.reject(text, span, rule),
                Ok((claims, rule)) => {
                    for claim in claims.iter().flatten() {
                        self.take(text, span, *claim, rule, found);
                    }
                    if let [Some(claim), None] = claims {
                        let next = candidates.get(at + 1).copied();
                        if let Some(end) = self.parts(text, span, claim, next, first, found) {
                            consumed = end;
                        }
                    }
                }
            }
        }
        found[first..].sort_by_key(|found| (found.span.start, found.span.end));
    }

    fn reject(&mut self, text: &str, span: Span, rule: Rule) {
        if let Some(trace) = &mut self.trace {
            trace.push(Decision::rejected(span, &text[span.range()], rule));
        }
    }

    fn take(&mut self, text: &str, span: Span, claim: Claim, rule: Rule, found: &mut Vec<Found>) {
        let kind = match claim.sense {
            Sense::Name => MentionKind::Name,
            Sense::Acronym => MentionKind::Acronym,
            Sense::Demonym | Sense::Combining => MentionKind::Demonym,
            Sense::Metonym | Sense::Capital => MentionKind::Metonym,
            Sense::Surname => MentionKind::Surname,
            Sense::Reference | Sense::Block => MentionKind::Reference,
        };
        self.push(text, Found { actor: claim.actor, span, kind, rule }, found);
    }

    fn push(&mut self, text: &str, mention: Found, found: &mut Vec<Found>) {
        self.mentions += 1;
        if self.gazetteer.referable[mention.actor as usize] {
            self.last_named.insert(mention.actor, (self.texts, self.mentions));
        }
        if let Some(trace) = &mut self.trace {
            let actor = &self.gazetteer.actors[mention.actor as usize];
            trace.push(Decision::accepted(
                mention.span,
                &text[mention.span.range()],
                actor,
                mention.kind,
                mention.rule,
            ));
        }
        found.push(mention);
    }

    /// Decides one candidate: one claim, or two that are meant at once.
    fn decide(
        &mut self,
        text: &str,
        candidates: &[Candidate],
        at: usize,
        before: Option<(Span, bool)>,
    ) -> Result<([Option<Claim>; 2], Rule), Rule> {
        let gazetteer = self.gazetteer;
        let candidate = candidates[at];
        let entry = &gazetteer.entries[candidate.entry as usize];
        let claims = gazetteer.claims_of(entry);
        let span = Span::new(candidate.start as usize, candidate.end as usize);
        if claims.iter().any(|claim| claim.sense == Sense::Block) {
            return Err(Rule::Block);
        }
        if let Some(&actor) = self.licences.defined.get(&candidate.entry)
            && claims.iter().any(|claim| claim.sense == Sense::Acronym || claim.sense == Sense::Name)
        {
            if actor == NOBODY {
                return Err(Rule::DefinedOtherwise);
            }
            let claim = Claim { actor, sense: Sense::Acronym, ..claims[0] };
            return Ok(([Some(claim), None], Rule::Defined));
        }
        self.surroundings(text, span, candidate, entry)?;
        let cue = self.homograph(text, span, candidates, at, entry)?;
        if let [first, second, ..] = claims
            && first.both
            && second.both
        {
            return Ok(([Some(*first), Some(*second)], Rule::Alias));
        }
        let (claim, rule) = self.choose(text, span, claims, candidates, at, before)?;
        let plain = rule == Rule::Alias;
        let rule = match (plain, cue, candidate.fit) {
            (true, Some(cue), _) => cue,
            (true, None, Fit::Loose) => Rule::LooseCapitals,
            (true, None, Fit::Capitals) => Rule::CapitalsLine,
            _ => rule,
        };
        Ok(([Some(claim), None], rule))
    }

    /// What the marks and capitals around a candidate rule out.
    fn surroundings(&self, text: &str, span: Span, candidate: Candidate, entry: &Entry) -> Result<(), Rule> {
        let surface = &text[span.range()];
        let next = char_at(text, span.end);
        // "www.china.org", "@Russia": an address; "NATO.The" is only a missing space.
        if char_before(text, span.start) == Some('@')
            || next == Some('@')
            || next == Some('.') && text[span.end + 1..].starts_with(|c: char| c.is_lowercase())
        {
            return Err(Rule::Address);
        }
        if next == Some('$') || next == Some(' ') && text[span.end + 1..].starts_with('$') {
            return Err(Rule::Currency);
        }
        let letters = surface.bytes().filter(u8::is_ascii_alphabetic).count();
        let acronym_as_word =
            letters <= 5 && !surface.contains('.') && !surface.bytes().any(|byte| byte.is_ascii_lowercase());
        if acronym_as_word
            && is_in("caps-words", surface)
            && in_capitals(text, span)
            && !self.is_party_in_capitals(text, span)
        {
            return Err(Rule::OrdinaryWord);
        }
        if candidate.fit == Fit::Capitals
            && entry.homograph != 0
            && letters <= 6
            && !in_capitals(text, span)
            && next_word(text, span.end).is_some()
        {
            return Err(Rule::OrdinaryWord);
        }
        Ok(())
    }

    /// Whether an acronym in a line of capitals is beside what only an actor can be beside.
    fn is_party_in_capitals(&self, text: &str, span: Span) -> bool {
        let before = prev_word(text, span.start).map(|word| text[word.range()].to_lowercase());
        if before.as_deref().is_some_and(|word| matches!(word, "the" | "with" | "against" | "between")) {
            return true;
        }
        if char_at(text, span.end).is_some_and(super::context::is_hyphen) {
            return true;
        }
        let link = |word: &str| word == "and";
        if before.as_deref().is_some_and(link) {
            return true;
        }
        let next = next_word(text, span.end).map(|word| text[word.range()].to_lowercase());
        begins_sentence(text, span.start)
            && next.as_deref().is_some_and(|word| link(word) || is_in("agentive", word) && &text[span.range()] != "WHO")
            || next.as_deref().is_some_and(|word| {
                matches!(
                    word,
                    "president"
                        | "troops"
                        | "army"
                        | "sanctions"
                        | "forces"
                        | "government"
                        | "congress"
                        | "senate"
                        | "officials"
                        | "warns"
                        | "declares"
                )
            })
    }

    /// The homograph table: `Err` to reject, `Some` where a cue or the default spoke.
    fn homograph(
        &self,
        text: &str,
        span: Span,
        candidates: &[Candidate],
        at: usize,
        entry: &Entry,
    ) -> Result<Option<Rule>, Rule> {
        let Some(homograph) = entry.homograph.checked_sub(1).map(|row| &self.gazetteer.homographs[row as usize]) else {
            return Ok(None);
        };
        let end = super::context::after_possessive(text, span.end);
        let next = candidates.get(at + 1).filter(|next| text[span.end..next.start as usize].trim().is_empty());
        let next_is_actor = next.is_some();
        let speaks = |cue: &Cue| match cue {
            Cue::Next(phrases) => end == span.end && follows(text, span.end, phrases),
            Cue::Prev(phrases) => precedes(text, span.start, phrases),
            Cue::GivenBefore => given_before(text, span.start),
            Cue::SurnameAfter => end == span.end && surname_after(text, span, next_is_actor),
            Cue::Near(group) => self.near(text, candidates, at, group),
            Cue::Start => at_start(text, span.start),
            Cue::Doc(_) => false,
        };
        if homograph.row.no.iter().any(speaks) {
            return Err(Rule::CueAgainst);
        }
        if homograph.row.yes.iter().any(speaks) || homograph.doc_yes.iter().any(|&actor| self.licences.names(actor)) {
            return Ok(Some(Rule::Cue));
        }
        if homograph.doc_no.iter().any(|&actor| self.licences.names(actor)) {
            return Err(Rule::CueAgainst);
        }
        match homograph.row.default {
            Default_::Nobody => Err(Rule::DefaultNobody),
            // Where only words right beside it could speak against the name, their absence speaks for it.
            _ if homograph.row.is_mostly_an_actor() => Ok(None),
            _ => Ok(Some(Rule::Default)),
        }
    }

    /// Whether a member of a block group stands beside the candidate in a list.
    fn near(&self, text: &str, candidates: &[Candidate], at: usize, group: &str) -> bool {
        let in_group = |other: &Candidate| {
            let group_of = self.gazetteer.entries[other.entry as usize].group;
            group_of.checked_sub(1).is_some_and(|index| self.gazetteer.groups[index as usize] == group)
        };
        let link = |between: &str| matches!(between, ", " | " and " | ", and " | " or " | ", or ");
        let this = candidates[at];
        let before = at.checked_sub(1).map(|before| &candidates[before]);
        before.is_some_and(|other| in_group(other) && link(&text[other.end as usize..this.start as usize]))
            || candidates
                .get(at + 1)
                .is_some_and(|other| in_group(other) && link(&text[this.end as usize..other.start as usize]))
    }

    /// Picks the claim that holds, or says why none does.
    fn choose(
        &mut self,
        text: &str,
        span: Span,
        claims: &[Claim],
        candidates: &[Candidate],
        at: usize,
        before: Option<(Span, bool)>,
    ) -> Result<(Claim, Rule), Rule> {
        let candidate = candidates[at];
        let mut best: Option<(u32, Claim, Rule)> = None;
        let mut refused = Rule::NotThen;
        let mut holding = 0;
        let surnames = claims.iter().any(|claim| claim.sense == Sense::Surname);
        let entry = &self.gazetteer.entries[candidate.entry as usize];
        let prefer = entry.homograph.checked_sub(1).and_then(|row| self.gazetteer.homographs[row as usize].prefer);
        for claim in claims {
            if !claim.years.allow(self.date) || claim.sense == Sense::Surname || claim.sense == Sense::Reference {
                continue;
            }
            let verdict = match claim.sense {
                Sense::Capital => {
                    let neighbours = self.neighbours(text, candidates, at, before);
                    stands_for_government(text, span, neighbours).ok_or(Rule::Place)
                }
                Sense::Combining => match char_at(text, span.end) {
                    Some(next) if next.is_alphabetic() => Ok(Rule::Combining),
                    _ => Err(Rule::Place),
                },
                Sense::Metonym => {
                    self.guarded(text, span, *claim).map(|rule| if rule == Rule::Alias { Rule::Seat } else { rule })
                }
                _ => self.guarded(text, span, *claim),
            };
            match verdict {
                Err(rule) => refused = rule,
                Ok(rule) => {
                    holding += 1;
                    let score = self.score(*claim) + u32::from(Some(claim.actor) == prefer) * 7;
                    if best.is_none_or(|(least, ..)| score > least) {
                        best = Some((score, *claim, rule));
                    }
                }
            }
        }
        if let Some((_, claim, rule)) = best {
            let rule = match rule {
                Rule::Alias if holding > 1 && self.dated(claim) => Rule::Dated,
                Rule::Alias if holding > 1 => Rule::Namesake,
                rule => rule,
            };
            if self.gazetteer.actors[claim.actor as usize].kind == ActorKind::Person {
                self.remember(claim.actor);
            }
            return Ok((claim, rule));
        }
        if surnames {
            return self.surname(text, span, claims, candidate);
        }
        if claims.iter().any(|claim| claim.sense == Sense::Reference) {
            return self.reference(text, span, claims);
        }
        Err(refused)
    }

    /// How well a claim fits beside others on the same name: the document's own names, then its date, then
    /// the table's order, which is by kind.
    fn score(&self, claim: Claim) -> u32 {
        let actor = &self.gazetteer.actors[claim.actor as usize];
        let named = self.licences.names(claim.actor);
        let in_office =
            self.date.is_some_and(|date| actor.offices().iter().any(|office| office.years.contains(date.year())));
        let exists = actor.years.allow(self.date);
        u32::from(named) * 8
            + u32::from(exists)
            + u32::from(self.dated(claim) || in_office) * 4
            + u32::from(actor.rank == 0) * 2
    }

    /// Whether the date lies in the years that the claim is limited to.
    fn dated(&self, claim: Claim) -> bool {
        self.date.is_some()
            && (claim.years != super::record::Years::ALWAYS
                || !self.gazetteer.actors[claim.actor as usize].offices().is_empty())
    }

    fn guarded(&self, text: &str, span: Span, claim: Claim) -> Result<Rule, Rule> {
        match claim.guard {
            Guard::Free => Ok(Rule::Alias),
            _ if self.licences.names(claim.actor) => Ok(Rule::LicensedName),
            Guard::The => {
                let article =
                    prev_word(text, span.start).is_some_and(|word| text[word.range()].eq_ignore_ascii_case("the"));
                if article { Ok(Rule::ArticleAcronym) } else { Err(Rule::NeedsArticle) }
            }
            Guard::Licensed | Guard::Risky => Err(Rule::NeedsLicence),
        }
    }

    fn neighbours(&self, text: &str, candidates: &[Candidate], at: usize, before: Option<(Span, bool)>) -> Neighbours {
        let end = candidates[at].end as usize;
        let after = candidates.get(at + 1).filter(|next| next.start as usize <= end + 6).and_then(|next| {
            let claims = self.gazetteer.claims_of(&self.gazetteer.entries[next.entry as usize]);
            let party = claims.iter().any(|claim| matches!(claim.sense, Sense::Capital | Sense::Name | Sense::Acronym));
            party.then(|| Span::new(next.start as usize, next.end as usize))
        });
        let before = before.filter(|(before, _)| {
            before.end < candidates[at].start as usize
                && candidates[at].start as usize <= before.end + 6
                && !text.is_empty()
        });
        Neighbours { before, after }
    }

    fn remember(&mut self, person: u32) {
        self.last_person.insert(person, self.mentions);
    }

    fn surname(
        &mut self,
        text: &str,
        span: Span,
        claims: &[Claim],
        candidate: Candidate,
    ) -> Result<(Claim, Rule), Rule> {
        if candidate.fit == Fit::Capitals && !in_capitals(text, span) {
            return Err(Rule::OrdinarySurname);
        }
        let last = claims
            .iter()
            .filter_map(|claim| self.last_person.get(&claim.actor).map(|when| (*when, claim.actor)))
            .max()
            .map(|(_, person)| person);
        let setting = surname::Setting { gazetteer: self.gazetteer, licences: self.licences, date: self.date, last };
        let (person, rule) = surname::holder(text, span, claims, setting)?;
        let claim = claims.iter().find(|claim| claim.actor == person).copied().ok_or(Rule::NeedsLicence)?;
        self.remember(person);
        Ok((claim, rule))
    }

    /// "the Alliance", "the island": the last one named of those that have the reference.
    fn reference(&self, text: &str, span: Span, claims: &[Claim]) -> Result<(Claim, Rule), Rule> {
        let surface = &text[span.range()];
        let capital = surface.split(' ').nth(1).is_some_and(|word| word.starts_with(char::is_uppercase));
        // "the island of Hainan", "the Council of Ministers": a name of its own.
        if follows(text, span.end, &["of".into(), "for".into()]) {
            return Err(Rule::NoAntecedent);
        }
        if capital && next_word(text, span.end).is_some_and(|word| text[word.range()].starts_with(char::is_uppercase)) {
            return Err(Rule::NoAntecedent);
        }
        let references = claims.iter().filter(|claim| claim.sense == Sense::Reference);
        let nearest = references
            .clone()
            .filter_map(|claim| self.last_named.get(&claim.actor).map(|when| (*when, claim)))
            .filter(|((said_in, _), _)| capital || self.texts - said_in <= REFERENCE_REACH)
            .max_by_key(|(when, _)| *when);
        if let Some((_, claim)) = nearest {
            return Ok((*claim, Rule::Reference));
        }
        let mut ahead = references.filter(|claim| self.licences.names(claim.actor));
        match (ahead.next(), ahead.next()) {
            (Some(only), None) if capital => Ok((*only, Rule::ReferenceAhead)),
            _ => Err(Rule::NoAntecedent),
        }
    }

    /// Adds the part of a state beside its name. Returns the end of a part that follows, whose words no
    /// other candidate may use.
    fn parts(
        &mut self,
        text: &str,
        span: Span,
        claim: Claim,
        next: Option<Candidate>,
        first: usize,
        found: &mut Vec<Found>,
    ) -> Option<usize> {
        if !matches!(claim.sense, Sense::Name | Sense::Acronym | Sense::Demonym) {
            return None;
        }
        let kind = self.gazetteer.actors[claim.actor as usize].kind;
        if kind == ActorKind::Organisation {
            return self.organisation_head(text, span, claim, found);
        }
        if !kind.is_country() {
            return None;
        }
        if claim.sense != Sense::Demonym
            && let Some(part) = self.gazetteer.part_before(text, span)
        {
            found.truncate_overlapping(first, part.span);
            self.add_part(text, claim.actor, part, None, found);
        }
        let part = self.gazetteer.part_after(text, span)?;
        self.add_part(text, claim.actor, part, next, found);
        Some(part.span.end)
    }

    fn add_part(&mut self, text: &str, state: u32, part: Part, next: Option<Candidate>, found: &mut Vec<Found>) {
        let slot = &self.gazetteer.slots[part.role.slot as usize];
        if part.role.office
            && !part.not_holder
            && !self.is_named_behind(text, part.span, next)
            && let (Some(date), Some(role)) = (self.date, slot.office.as_deref())
        {
            let person = self.gazetteer.holder(state, role, date).or_else(|| {
                // Monarchs and most "heads of state" stand in the same column of the sources.
                (role == "monarch").then(|| self.gazetteer.holder(state, "head_of_state", date)).flatten()
            });
            if let Some(actor) = person {
                self.push(text, Found { actor, span: part.span, kind: MentionKind::Office, rule: Rule::Holder }, found);
                return;
            }
        }
        if let Some(&actor) = self.gazetteer.parts.get(&(state, part.role.slot)) {
            let kind = if part.role.office { MentionKind::Office } else { MentionKind::Name };
            self.push(text, Found { actor, span: part.span, kind, rule: Rule::Composed }, found);
        }
    }

    /// Whether the office is an apposition to a name that follows: "Russian President Vladimir Putin".
    fn is_named_behind(&self, text: &str, office: Span, next: Option<Candidate>) -> bool {
        let _ = next;
        let end = text[office.end..].strip_prefix(", ").map_or(office.end, |_| office.end + 2);
        let start = if end > office.end { Some(end) } else { next_word(text, end).map(|word| word.start) };
        start.is_some_and(|start| text[start..].starts_with(char::is_uppercase))
    }

    /// "UN Secretary-General": the person who held the office in the year of the document.
    fn organisation_head(&mut self, text: &str, span: Span, claim: Claim, found: &mut Vec<Found>) -> Option<usize> {
        let date = self.date?;
        let after = super::context::after_possessive(text, span.end);
        let mut word = next_word(text, after)?;
        let rest = &text[word.start..];
        let phrase = [
            "secretary-general",
            "secretary general",
            "director-general",
            "director general",
            "chief",
            "head",
            "president",
        ]
        .into_iter()
        .find(|phrase| rest.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase)))?;
        word = Span::new(word.start, word.start + phrase.len());
        if char_at(text, word.end).is_some_and(char::is_alphanumeric) || self.is_named_behind(text, word, None) {
            return None;
        }
        if prev_word(text, span.start).is_some_and(|word| is_in("not-holding", &text[word.range()])) {
            return None;
        }
        let actor = ["secretary_general", "head"]
            .into_iter()
            .find_map(|role| self.gazetteer.holder(claim.actor, role, date))?;
        self.push(text, Found { actor, span: word, kind: MentionKind::Office, rule: Rule::Holder }, found);
        Some(word.end)
    }
}

/// Takes back mentions that a longer reading overlaps.
trait TruncateOverlapping {
    fn truncate_overlapping(&mut self, first: usize, span: Span);
}

impl TruncateOverlapping for Vec<Found> {
    fn truncate_overlapping(&mut self, first: usize, span: Span) {
        // The state itself is the last one found; only what stands right before it can overlap its part.
        let Some(state) = self.pop() else { return };
        while self.len() > first && self.last().is_some_and(|found| found.span.overlaps(span)) {
            self.pop();
        }
        self.push(state);
    }
}
