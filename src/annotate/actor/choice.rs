//! Of all who claim a name, the one that is meant.

use super::context::{after_possessive, char_at, in_capitals, next_word, prev_word};
use super::draft::{Guard, Sense};
use super::gazetteer::{Claim, Entry, NOBODY};
use super::homograph::{Cue, Default_, around, at_start, follows, given_before, precedes, surname_after};
use super::metonym::{Neighbours, is_only_like, links, stands_for_government};
use super::period::Period;
use super::record::ActorKind;
use super::resolve::Resolver;
use super::rule::Rule;
use super::scan::{Candidate, Fit};
use super::surname;
use super::words::{List, is_in};
use crate::document::Span;

/// The longest link between two members of a list, ", and ", in bytes.
const MAX_LINK: usize = 6;

/// How many further members of a list are looked at.
const MAX_LIST: usize = 6;

/// How many texts back a reference in lower case may point.
const REFERENCE_REACH: u32 = 3;

impl Resolver<'_> {
    /// Whether a name that is no mere surname follows right behind a candidate.
    pub(super) fn actor_follows(&self, text: &str, candidates: &[Candidate], at: usize) -> bool {
        let end = candidates[at].end as usize;
        candidates.get(at + 1).filter(|next| text[end..next.start as usize].trim().is_empty()).is_some_and(|next| {
            let claims = self.gazetteer.claims_of(&self.gazetteer.entries[next.entry as usize]);
            claims.iter().any(|claim| claim.sense != Sense::Surname)
        })
    }

    /// The homograph table: `Err` to reject, `Some` where a cue or the default spoke.
    pub(super) fn homograph(
        &self,
        text: &str,
        span: Span,
        candidates: &[Candidate],
        at: usize,
        entry: &Entry,
    ) -> Result<Option<Rule>, Rule> {
        if self.is_us_town(text, candidates, at) {
            return Err(Rule::CueAgainst);
        }
        let Some(homograph) = entry.homograph.checked_sub(1).map(|row| &self.gazetteer.homographs[row as usize]) else {
            return Ok(None);
        };
        let end = after_possessive(text, span.end);
        let next_is_actor = self.actor_follows(text, candidates, at);
        let speaks = |cue: &Cue| match cue {
            Cue::Next(phrases) => end == span.end && follows(text, span.end, phrases),
            Cue::Own(phrases) => follows(text, end, phrases),
            Cue::Prev(phrases) => precedes(text, span.start, phrases),
            Cue::GivenBefore => given_before(text, span.start),
            Cue::SurnameAfter => end == span.end && surname_after(text, span, next_is_actor),
            Cue::Around(words) => around(text, span, words),
            Cue::Near(group) => self.near(text, candidates, at, group),
            Cue::Start => at_start(text, span.start),
            Cue::Doc(_) => false,
        };
        // The words right beside a name know it better than what stands a sentence away.
        let is_far = |cue: &&Cue| matches!(cue, Cue::Around(_));
        if homograph.row.no.iter().filter(|cue| !is_far(cue)).any(speaks) {
            return Err(Rule::CueAgainst);
        }
        if homograph.row.yes.iter().any(speaks) {
            return Ok(Some(Rule::Cue));
        }
        if homograph.row.no.iter().filter(is_far).any(speaks) {
            return Err(Rule::CueAgainst);
        }
        if homograph.doc_yes.iter().any(|&actor| self.licences.speaks_of(actor)) {
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

    /// Whether an American state follows behind a comma and ends the list: "Lebanon, Ohio, acquitted him".
    fn is_us_town(&self, text: &str, candidates: &[Candidate], at: usize) -> bool {
        let this = candidates[at];
        if !self.us_state_follows(text, candidates, at) {
            return false;
        }
        let state = candidates[at + 1];
        // "Norway, Maine, and Poland, Maine"
        if self.us_state_follows(text, candidates, at + 2) {
            return true;
        }
        // "Mexico, Texas and Arizona" is a list of parties.
        let rest = &text[state.end as usize..];
        let listed = rest.starts_with(" and ") || rest.starts_with(" or ") || rest.starts_with(", and ");
        let in_list = candidates.get(at + 2).is_some_and(|next| links(&text[state.end as usize..next.start as usize]))
            && !self.georgia_follows(text, candidates, at + 2);
        let after_list =
            at.checked_sub(1).is_some_and(|before| text[candidates[before].end as usize..this.start as usize] == *", ");
        (!listed || self.georgia_follows(text, candidates, at + 2)) && !in_list && !after_list
    }

    /// Whether "Georgia" follows behind a comma: in a list of towns, the American one.
    fn georgia_follows(&self, text: &str, candidates: &[Candidate], at: usize) -> bool {
        let (Some(this), Some(next)) = (candidates.get(at), candidates.get(at + 1)) else { return false };
        text[this.end as usize..next.start as usize] == *", " && text[next.range()] == *"Georgia"
    }

    /// Whether the next candidate is an American state behind a comma.
    fn us_state_follows(&self, text: &str, candidates: &[Candidate], at: usize) -> bool {
        let (Some(this), Some(state)) = (candidates.get(at), candidates.get(at + 1)) else { return false };
        if state.start != this.end + 2 || !text[this.end as usize..].starts_with(", ") {
            return false;
        }
        let group = self.gazetteer.entries[state.entry as usize].group.checked_sub(1);
        group.is_some_and(|group| self.gazetteer.groups[group as usize] == "us-state")
    }

    /// Whether a member of a block group stands beside the candidate in a list.
    fn near(&self, text: &str, candidates: &[Candidate], at: usize, group: &str) -> bool {
        let links = |between: &str| links(between) || is_contest(between);
        let in_group = |other: &Candidate| {
            let group_of = self.gazetteer.entries[other.entry as usize].group;
            group_of.checked_sub(1).is_some_and(|index| self.gazetteer.groups[index as usize] == group)
        };
        let this = candidates[at];
        let back = |steps: usize| at.checked_sub(steps).map(|before| &candidates[before]);
        let linked = |one: &Candidate, other: &Candidate| {
            other.start >= one.end && links(&text[one.end as usize..other.start as usize])
        };
        // "Lebanon, Tennessee, and Cairo, Georgia": towns with their states.
        let town = |town: &Candidate| text[town.end as usize..].starts_with(", ") && linked(town, &this);
        back(1).is_some_and(|other| in_group(other) && linked(other, &this))
            || back(1).zip(back(2)).is_some_and(|(one, two)| town(one) && in_group(two) && linked(two, one))
            || candidates
                .get(at + 1)
                .is_some_and(|other| in_group(other) && links(&text[this.end as usize..other.start as usize]))
    }

    /// Picks the claim that holds, or says why none does.
    pub(super) fn choose(
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
            if !claim.period.allows(self.when) || claim.sense == Sense::Surname || claim.sense == Sense::Reference {
                continue;
            }
            if self.is_of_another_state(text, *claim, candidates, at) {
                refused = Rule::OtherOwner;
                continue;
            }
            let verdict = match claim.sense {
                // "Isaiah Berlin wrote"
                Sense::Capital if given_before(text, span.start) => Err(Rule::OtherPerson),
                Sense::Capital => {
                    let neighbours = self.neighbours(text, candidates, at, before);
                    stands_for_government(text, span, neighbours).ok_or(Rule::Place)
                }
                Sense::Combining => match char_at(text, span.end) {
                    Some(next) if next.is_alphabetic() => Ok(Rule::Combining),
                    _ => Err(Rule::Place),
                },
                Sense::Name
                    if self.gazetteer.actors[claim.actor as usize].kind == ActorKind::Person
                        && (surname::is_called_after(text, span.end) || surname::is_ship(text, span.start)) =>
                {
                    Err(Rule::OtherPerson)
                }
                Sense::Metonym if is_only_like(text, span.end) => Err(Rule::Place),
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

    /// Whether another state owns what has the name of an institution: "the State Council of Romania", "Cuba's
    /// Revolutionary Guards".
    fn is_of_another_state(&self, text: &str, claim: Claim, candidates: &[Candidate], at: usize) -> bool {
        if claim.actor == NOBODY || claim.sense != Sense::Name {
            return false;
        }
        let actor = &self.gazetteer.actors[claim.actor as usize];
        if actor.kind != ActorKind::Institution {
            return false;
        }
        let this = candidates[at];
        let owns = |other: &Candidate, sense: Sense| {
            let claims = self.gazetteer.claims_of(&self.gazetteer.entries[other.entry as usize]);
            let state =
                |claim: &&Claim| claim.actor != NOBODY && self.gazetteer.actors[claim.actor as usize].kind.is_country();
            let mut states = claims.iter().filter(state).filter(|claim| claim.sense == sense).peekable();
            // A former state had the institutions of the one that followed it: "the Soviet GRU".
            states.peek().is_some()
                && states.all(|claim| {
                    claim.actor != actor.home
                        && self.gazetteer.actors[claim.actor as usize].kind != ActorKind::FormerState
                })
        };
        let behind = candidates.get(at + 1).is_some_and(|next| {
            matches!(text.get(this.end as usize..next.start as usize), Some(" of " | " of the "))
                && owns(next, Sense::Name)
        });
        let before = at.checked_sub(1).map(|before| candidates[before]).is_some_and(|before| {
            match text.get(before.end as usize..this.start as usize) {
                Some("'s " | "\u{2019}s ") => owns(&before, Sense::Name),
                Some(" ") => owns(&before, Sense::Demonym),
                _ => false,
            }
        });
        behind || before
    }

    /// How well a claim fits beside others on the same name: the document's own names, then its date, then
    /// the table's order, which is by kind.
    fn score(&self, claim: Claim) -> u32 {
        let actor = &self.gazetteer.actors[claim.actor as usize];
        let named = self.licences.names(claim.actor);
        let in_office = self.when.is_some_and(|when| actor.offices().iter().any(|office| office.period.overlaps(when)));
        let exists = actor.period.allows(self.when);
        u32::from(named) * 8
            + u32::from(exists)
            + u32::from(self.dated(claim) || in_office) * 4
            + u32::from(actor.rank == 0) * 2
    }

    /// Whether the date lies in the years that the claim is limited to.
    fn dated(&self, claim: Claim) -> bool {
        self.when.is_some()
            && (claim.period != Period::ALWAYS || !self.gazetteer.actors[claim.actor as usize].offices().is_empty())
    }

    fn guarded(&self, text: &str, span: Span, claim: Claim) -> Result<Rule, Rule> {
        match claim.guard {
            Guard::Free => Ok(Rule::Alias),
            _ if self.licences.names(claim.actor) => Ok(Rule::LicensedName),
            Guard::The
                if prev_word(text, span.start)
                    .is_some_and(|word| matches!(&*text[word.range()].to_ascii_lowercase(), "the" | "an" | "a")) =>
            {
                Ok(Rule::ArticleAcronym)
            }
            // "CAR rebels": what belongs to a state.
            Guard::The
                if self.gazetteer.actors[claim.actor as usize].kind.is_country()
                    && self.gazetteer.part_after(text, span).is_some() =>
            {
                Ok(Rule::BesideOwner)
            }
            Guard::The | Guard::Beside
                if self.licences.speaks_of(self.gazetteer.actors[claim.actor as usize].above) =>
            {
                Ok(Rule::BesideOwner)
            }
            // "Turkey's MIT"
            Guard::Licensed if claim.sense == Sense::Acronym && self.is_owned(text, span, claim.actor) => {
                Ok(Rule::BesideOwner)
            }
            Guard::The => Err(Rule::NeedsArticle),
            Guard::Beside | Guard::Licensed | Guard::Risky => Err(Rule::NeedsLicence),
        }
    }

    /// Whether the possessive right before names who the actor belongs to.
    fn is_owned(&self, text: &str, span: Span, actor: u32) -> bool {
        let above = self.gazetteer.actors[actor as usize].above;
        above != actor
            && text[..span.start]
                .strip_suffix(' ')
                .and_then(|head| surname::owner_at_end(head, self.gazetteer))
                .is_some_and(|owner| owner == above)
    }

    fn neighbours(&self, text: &str, candidates: &[Candidate], at: usize, before: Option<(Span, bool)>) -> Neighbours {
        let party = |candidate: &Candidate| {
            let claims = self.gazetteer.claims_of(&self.gazetteer.entries[candidate.entry as usize]);
            claims.iter().any(|claim| matches!(claim.sense, Sense::Capital | Sense::Name | Sense::Acronym))
        };
        let span = |candidate: &Candidate| Span::new(candidate.start as usize, candidate.end as usize);
        let near = |end: usize, next: &&Candidate| next.start as usize <= end + MAX_LINK;
        let end = candidates[at].end as usize;
        let after = candidates.get(at + 1).filter(|next| near(end, next)).filter(|next| party(next)).map(span);
        let mut last = after;
        if let Some(mut end) = after.map(|after| after.end) {
            for next in candidates[at + 2..].iter().take(MAX_LIST) {
                if !near(end, &next) || !party(next) || !links(&text[end..next.start as usize]) {
                    break;
                }
                last = Some(span(next));
                end = next.end as usize;
            }
        }
        let earlier = before.filter(|(_, taken)| *taken).map(|(earlier, _)| earlier);
        let before = before.filter(|(before, _)| {
            before.end < candidates[at].start as usize && candidates[at].start as usize <= before.end + MAX_LINK
        });
        Neighbours { before, after, last, earlier }
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
        let claims: Vec<Claim> = claims.iter().copied().filter(|claim| claim.sense == Sense::Surname).collect();
        let setting = surname::Setting { gazetteer: self.gazetteer, licences: self.licences, when: self.when, last };
        let (person, rule) = surname::holder(text, span, &claims, setting)?;
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
        // "the Treaty on the Limitation of Strategic Arms", "the Convention against Torture", but "the Council on Monday"
        if capital && follows(text, span.end, &["on".into(), "against".into()]) && subject_follows(text, span.end) {
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
}

/// Whether the words between two names set one against the other, as of teams: "Georgia beat Florida".
fn is_contest(between: &str) -> bool {
    matches!(between, "-" | "\u{2013}")
        || between.strip_prefix(' ').and_then(|words| words.strip_suffix(' ')).is_some_and(|words| {
            is_in(List::Contests, words.strip_suffix(" at").unwrap_or(words).trim_end_matches('.'))
        })
}

/// Whether the word behind the next one, an article left out, is capitalised and no day or month.
fn subject_follows(text: &str, at: usize) -> bool {
    let subject = next_word(text, at).and_then(|word| next_word(text, word.end));
    let subject = subject.and_then(|word| match &text[word.range()] {
        "the" => next_word(text, word.end),
        _ => Some(word),
    });
    subject.is_some_and(|word| {
        let word = &text[word.range()];
        word.starts_with(char::is_uppercase) && !is_in(List::Months, word) && !word.ends_with("day")
    })
}
