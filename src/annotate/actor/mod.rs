//! Actors: who a paragraph names.
//!
//! In: a document's title, headings and paragraphs. Out: for each of them the actors it names, with every
//! naming, its kind, the rule that decided and how sure that rule is.
//!
//! A document is read twice. The first pass ([`scan`]) finds every place where a name of the gazetteer is
//! spelled, in one walk over the text, and gathers what the whole document tells: who is named in full,
//! which acronyms it defines ([`license`]). The second pass ([`resolve`]) takes or rejects each place by a
//! rule ([`rule`]): surnames and short acronyms count where a full name licenses them ([`surname`]), a
//! capital counts where it acts as a government ([`metonym`]), names that are also something else by their
//! cues ([`homograph`]), the parts of a state by composition ([`compose`]).
//!
//! # What counts as naming an actor
//!
//! - **Names, acronyms, peoples, adjectives.** "China", "the PRC", "Chinese", "U.S.-led", "anti-American",
//!   "non-EU" and both halves of "Sino-Russian" name their state or organisation. A territory of a
//!   constituent country counts for its state (Scotland and Northern Ireland for `GBR`; Gaza and the West
//!   Bank for `PSE`). Other places inside a state count for nobody: a city, a river, a province.
//! - **Institutions.** A ministry, parliament or army names itself, beside the state that stands next to it:
//!   "the Russian foreign ministry" is `RUS` ("Russian") and `RUS.MFA` ("foreign ministry"). The spans do
//!   not overlap. Words of an office ("the Russian president") name the holder in the year of the document,
//!   and the institution where there is no date, where the year saw a change, or where a name follows.
//!   "Japan and its prime minister", "Mali, whose army" are read alike.
//! - **Persons.** A full name counts anywhere. A surname counts where the document has the full name, also
//!   before it; behind a title of an office that the person held; owned by the state or organisation that the person
//!   serves ("Iran's Araghchi"); or alone where the table says that no one
//!   else is meant. Somebody else's first name before it, or a thing called after the person behind it,
//!   makes it nobody's. A person stands under the state or organisation served at the document's date.
//! - **Seats.** The seat of a head of state or government names the state (the Kremlin, the White House); the
//!   seat of a ministry, parliament or command names that institution (the Pentagon, Westminster). A capital
//!   names its government where it acts, owns a policy or is a party ([`metonym`]), and is a place otherwise.
//!   "Brussels" in such a role is the EU. Geneva, Vienna, The Hague and New York are never an organisation
//!   that sits there.
//! - **References.** "The Alliance", "the bloc", "the island" name the last actor named that fits.
//! - **Parts named once for several.** "French, German and Polish leaders", "the governments of Kenya and Uganda":
//!   the part counts for each of them, where its word is a plural or has none ("police").
//! - **Names inside longer names.** An airline, a ship, a paper, a university, a street, a lake, a cup, an animal, a
//!   sum of money or a person that is called after a state is not the state ([`longer_name`]): "Kenya Airways", "HMS
//!   Jamaica", "Norway spruce", "two million Swiss francs". A law keeps its state: "the Iran Sanctions Act".
//! - **Names that mean nobody.** Seas, wars, newspapers, teams, treaties named after a place, food, languages
//!   ("in Chinese"), and what calls itself after a state that is gone ("post-Soviet", "former Yugoslavia")
//!   are phrases of `blocks.txt`.
//!
//! ## Contested entities
//!
//! These are coding conventions of the field, not positions. Taiwan (`TWN`), Palestine (`PSE`) and Kosovo
//! (`XKX`) stand at state level, as does Western Sahara (`ESH`). Entities that govern themselves without wide
//! recognition stand under the state whose territory the United Nations counts them to: Abkhazia
//! `/state/GEO/ABK`, South Ossetia `/state/GEO/SOS`, Transnistria `/state/MDA/TRN`, Northern Cyprus
//! `/state/CYP/NCY`, Somaliland `/state/SOM/SML`, Nagorno-Karabakh `/state/AZE/NKR`; Crimea is
//! `/state/UKR/CRM`. An armed group or movement of one state stands under it, as CAMEO codes it: Hamas
//! `/state/PSE/REB/HAMAS`, Hezbollah `/state/LBN/REB/HEZBOLLAH`, the Taliban `/state/AFG/REB/TALIBAN`; those
//! of several states stand under `/org` (`ISIS`, `ALQAEDA`). Territories stand under their state (`/state/CHN/HKG`). Former states keep their own
//! place (`SUN`, `YUG`, `CSK`, `DDR`, `SCG`). "Congo" and "Congolese" alone are `COD` unless the document
//! names the other one; "Korea" is `KOR`; "Dominican" is `DOM` unless it names Dominica; "Macedonia" is
//! `MKD`; "Georgia" is the state unless a cue says it is the American one.
//!
//! All of it can be changed by a user's own gazetteer: an entry with another `parent` moves an actor, a name
//! in it is taken from whoever had it, `action = "remove"` takes an actor out ([`GazetteerBuilder`]).

mod builder;
mod choice;
mod compile;
mod compose;
mod context;
mod draft;
mod explain;
mod fingerprint;
mod gate;
mod gazetteer;
mod homograph;
mod language;
mod license;
mod load;
mod longer_name;
mod lookup;
mod metonym;
mod office;
mod period;
mod record;
mod resolve;
mod rule;
mod scan;
mod spelling;
mod surname;
mod surroundings;
mod table;
mod tag;
mod trie;
mod words;

pub(crate) use self::tag::{TagOptions, put, texts_of};
pub use self::{
    builder::GazetteerBuilder,
    explain::Decision,
    gazetteer::Gazetteer,
    record::{Actor, ActorCodes, ActorKind, Alias, Office},
};
