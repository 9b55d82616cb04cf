//! What may stand before a colon.

use super::clause::Field;
use crate::facet::Dimension;
use crate::text::slips;

/// What stands before a colon.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Field(Field),
    Facet(Dimension),
    Document,
    Date,
    Kind,
    Like,
    /// How an actor is named.
    As,
    /// How surely.
    Sure,
}

/// Every name that may stand before a colon.
pub(super) const NAMES: [(&str, Scope); 23] = [
    ("title", Scope::Field(Field::Title)),
    ("heading", Scope::Field(Field::Heading)),
    ("body", Scope::Field(Field::Body)),
    ("text", Scope::Field(Field::Body)),
    ("actor", Scope::Facet(Dimension::Actor)),
    ("actors", Scope::Facet(Dimension::Actor)),
    ("topic", Scope::Facet(Dimension::Topic)),
    ("topics", Scope::Facet(Dimension::Topic)),
    ("author", Scope::Facet(Dimension::Author)),
    ("source", Scope::Facet(Dimension::Source)),
    ("language", Scope::Facet(Dimension::Language)),
    ("lang", Scope::Facet(Dimension::Language)),
    ("mention", Scope::Facet(Dimension::MentionKind)),
    ("mention-kind", Scope::Facet(Dimension::MentionKind)),
    ("doc", Scope::Document),
    ("document", Scope::Document),
    ("date", Scope::Date),
    ("year", Scope::Date),
    ("kind", Scope::Kind),
    ("id", Scope::Document),
    ("like", Scope::Like),
    ("as", Scope::As),
    ("sure", Scope::Sure),
];

pub(super) fn scope_of(name: &str) -> Option<Scope> {
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, scope)| scope)
}

/// The name that was perhaps meant.
pub(super) fn nearest_name(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let most = if name.len() <= 4 { 1 } else { 2 };
    let slips = |known: &str| slips(known, &lower, most);
    NAMES.iter().map(|&(known, _)| known).filter(|known| slips(known).is_some()).min_by_key(|known| slips(known))
}
