//! A query in, the actors it names out, to be found by their other names too.

use std::collections::HashMap;

use crate::annotate::{ActorKind, Annotator};
use crate::document::{Language, Span};
use crate::search::query::{Clause, Diagnostic, Field, Form, Query};
use crate::text::{is_function_word, plain};

/// The longest name that is looked for, in words.
const LONGEST: usize = 5;

/// An actor that a query names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedActor {
    pub(crate) id: String,
    /// The words of the query that name it.
    pub(crate) words: Vec<String>,
    label: String,
}

/// The actors that a query names, by the words that name them.
#[derive(Debug, Default)]
pub(crate) struct OtherNames {
    actors: Vec<NamedActor>,
    weight: f32,
    of_word: HashMap<String, Vec<usize>>,
}

impl OtherNames {
    /// Finds the actors in a query. `is_name` says whether a word written small stands for an actor with this id where
    /// the index has it: nothing in "turkey" or "who" itself tells.
    pub(crate) fn new(
        query: &Query,
        annotator: &Annotator,
        weight: f32,
        is_name: &mut dyn FnMut(&str, &str) -> bool,
    ) -> OtherNames {
        let mut found = OtherNames { weight, ..OtherNames::default() };
        if weight > 0.0 {
            found.clause(query.clause(), annotator, is_name);
        }
        found
    }

    fn clause(&mut self, clause: &Clause, annotator: &Annotator, is_name: &mut dyn FnMut(&str, &str) -> bool) {
        match clause {
            Clause::Word { field: Field::Any, text, form: Form::Word } => self.words(&[text], annotator, is_name),
            Clause::Phrase { field: Field::Any, text, slop: 0 } => self.words(&[text], annotator, is_name),
            Clause::Bool { must, should, .. } => {
                for group in [must, should] {
                    let mut words: Vec<&str> = Vec::new();
                    for part in group {
                        match part {
                            Clause::Word { field: Field::Any, text, form: Form::Word } => words.push(text),
                            other => {
                                self.words(&std::mem::take(&mut words), annotator, is_name);
                                self.clause(other, annotator, is_name);
                            }
                        }
                    }
                    self.words(&words, annotator, is_name);
                }
            }
            Clause::Boost { clause, .. } => self.clause(clause, annotator, is_name),
            _ => {}
        }
    }

    /// Finds names in neighbouring words, the longest first.
    fn words(&mut self, words: &[&str], annotator: &Annotator, is_name: &mut dyn FnMut(&str, &str) -> bool) {
        let mut start = 0;
        while start < words.len() {
            let longest = LONGEST.min(words.len() - start);
            let found = (1..=longest).rev().find_map(|count| {
                let named = named(&words[start..start + count], annotator, is_name)?;
                Some((count, named))
            });
            let Some((count, (id, label))) = found else {
                start += 1;
                continue;
            };
            let words: Vec<String> = words[start..start + count].iter().map(|&word| word.to_owned()).collect();
            start += count;
            if self.actors.iter().any(|actor| actor.id == id) {
                continue;
            }
            for word in &words {
                self.of_word.entry(word.clone()).or_default().push(self.actors.len());
            }
            self.actors.push(NamedActor { id, words, label });
        }
    }

    /// The actors that a word of the query takes part in naming, each with the weight of its part.
    pub(crate) fn of(&self, word: &str) -> impl Iterator<Item = (&str, f32)> {
        let places = self.of_word.get(word).map(Vec::as_slice).unwrap_or_default();
        places.iter().map(|&place| {
            let actor = &self.actors[place];
            (actor.id.as_str(), self.weight / actor.words.len() as f32)
        })
    }

    /// The ids of all of them.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.actors.iter().map(|actor| actor.id.as_str())
    }

    /// Says what else the query finds.
    pub(crate) fn diagnostics(&self) -> impl Iterator<Item = Diagnostic> {
        self.actors.iter().map(|actor| {
            let name = actor.words.join(" ");
            Diagnostic::note(
                format!("{name:?} also finds {} ({}) by its other names", actor.label, actor.id),
                Span::new(0, 0),
            )
        })
    }
}

/// The actor that some words name, with its label.
fn named(
    words: &[&str],
    annotator: &Annotator,
    is_name: &mut dyn FnMut(&str, &str) -> bool,
) -> Option<(String, String)> {
    let gazetteer = annotator.gazetteer();
    let name = words.join(" ");
    let is_small = !name.chars().any(char::is_uppercase);
    let is_word = !name.contains(char::is_whitespace);
    if is_word && is_function_word(Language::ENGLISH, &plain(&name)) {
        return None;
    }
    let actor = if is_small {
        gazetteer.lookup(&name, None).into_iter().next()?
    } else {
        // As written, because case tells "Turkey" and "US" from words.
        match gazetteer.lookup_exact(&name) {
            Some(actor) => actor,
            None if is_word => return None,
            None => gazetteer.lookup(&name, None).into_iter().next()?,
        }
    };
    // A surname written small is a word like others.
    if is_small && is_word && (actor.kind() == ActorKind::Person || !is_name(&plain(&name), actor.id())) {
        return None;
    }
    Some((actor.id().to_owned(), actor.name().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(query: &str) -> Vec<(String, String)> {
        let found = OtherNames::new(&Query::new(query), &Annotator::new(), 0.5, &mut |word, _| word != "turkey");
        found.actors.iter().map(|actor| (actor.words.join(" "), actor.id.clone())).collect()
    }

    #[test]
    fn actors_are_found_in_queries() {
        for (query, expected) in [
            ("Kremlin gas exports", vec![("Kremlin", "RUS")]),
            ("kremlin gas exports", vec![("kremlin", "RUS")]),
            ("sanctions South Korea", vec![("South Korea", "KOR")]),
            ("\"Xi Jinping\" turkey who", vec![("Xi Jinping", "xi-jinping")]),
            ("title:Kremlin -China body:Moscow", vec![]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(word, id)| (word.to_owned(), id.to_owned())).collect();
            assert_eq!(named(query), expected, "{query}");
        }
        let found = OtherNames::new(&Query::new("South Korea"), &Annotator::new(), 0.5, &mut |_, _| true);
        assert_eq!(found.of("South").collect::<Vec<_>>(), [("KOR", 0.25)]);
        assert_eq!(found.of("sanctions").count(), 0);
    }
}
