//! Pass 2: every candidate is taken as an actor or rejected, by a rule that says why.

use std::collections::HashMap;

use super::draft::Sense;
use super::explain::Decision;
use super::gazetteer::{Claim, Gazetteer, NOBODY};
use super::language::names_language;
use super::license::Licences;
use super::office::Row;
use super::period::Period;
use super::rule::Rule;
use super::scan::{Candidate, Fit};
use super::surroundings::rules_out;
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
    pub(crate) when: Option<Period>,
    /// When an actor that can be referred back to was last named, by a running count of texts and mentions.
    pub(super) last_named: HashMap<u32, (u32, u32)>,
    /// Who was last named with a surname that several have.
    pub(super) last_person: HashMap<u32, u32>,
    pub(super) texts: u32,
    pub(super) mentions: u32,
    /// The list of states that is being read.
    pub(super) row: Row,
    /// Decisions, where somebody asked for them.
    pub(crate) trace: Option<Vec<Decision>>,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(gazetteer: &'a Gazetteer, licences: &'a Licences, when: Option<Period>) -> Resolver<'a> {
        Resolver {
            gazetteer,
            licences,
            when,
            last_named: HashMap::new(),
            last_person: HashMap::new(),
            texts: 0,
            mentions: 0,
            row: Row::default(),
            trace: None,
        }
    }

    /// Appends the actors of one text, in its order.
    pub(crate) fn resolve(&mut self, text: &str, candidates: &[Candidate], found: &mut Vec<Found>) {
        let first = found.len();
        self.texts += 1;
        self.row = Row::default();
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
                    if let [Some(claim), None] = claims
                        && let Some(end) = self.parts(text, span, claim, first, found)
                    {
                        consumed = end;
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
        let kind = claim.sense.kind();
        self.push(text, Found { actor: claim.actor, span, kind, rule }, found);
    }

    pub(super) fn push(&mut self, text: &str, mention: Found, found: &mut Vec<Found>) {
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
        rules_out(text, span, candidate, entry)?;
        if claims[0].sense == Sense::Demonym && names_language(text, span) {
            return Err(Rule::Language);
        }
        if claims[0].actor != NOBODY
            && gazetteer.actors[claims[0].actor as usize].kind.is_country()
            && gazetteer.is_in_longer_name(text, span, claims[0].sense, self.actor_follows(text, candidates, at))
        {
            return Err(Rule::LongerName);
        }
        let cue = self.homograph(text, span, candidates, at, entry)?;
        let mut both = claims.iter().filter(|claim| claim.both && claim.period.allows(self.when));
        if let (Some(first), Some(second)) = (both.next(), both.next()) {
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
}
