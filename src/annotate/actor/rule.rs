//! The rules by name, with what each means; a mention and an explanation carry them.

use std::sync::{Arc, LazyLock};

macro_rules! rules {
    ($($variant:ident $name:literal $confidence:literal $says:literal)*) => {
        /// A rule that decides about a candidate.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Rule { $($variant),* }

        impl Rule {
            const ALL: &[Rule] = &[$(Rule::$variant),*];

            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Rule::$variant => $name),* }
            }

            /// What the rule says, as the reason in an explanation.
            pub(crate) fn says(self) -> &'static str {
                match self { $(Rule::$variant => $says),* }
            }

            /// How sure a mention by this rule is; 0 for the rules that reject.
            pub(crate) fn confidence(self) -> f32 {
                match self { $(Rule::$variant => $confidence),* }
            }
        }
    };
}

rules! {
    Alias "alias" 0.97 "a listed name"
    LooseCapitals "loose-capitals" 0.8 "a listed name with lower case where it has capitals"
    CapitalsLine "capitals-line" 0.85 "a listed name in a line of capitals"
    Cue "homograph-cue" 0.9 "also something else, and a word near by or another actor of the document decides"
    Default "homograph-default" 0.75 "also something else, and no cue speaks; the table's default"
    Namesake "namesake" 0.8 "several actors have the name; the document or the table's order decides"
    Dated "dated" 0.9 "several actors had the name; the document's date decides"
    ArticleAcronym "article-acronym" 0.85 "a short acronym behind \"the\""
    BesideOwner "beside-owner" 0.85 "a short acronym in a document that names the state or organisation it belongs to"
    LicensedName "licensed-name" 0.9 "a name that counts because the document names the actor in full"
    Defined "defined-acronym" 0.97 "an acronym that the document itself defines"
    Combining "combining-form" 0.95 "the first half of a compound adjective"
    Seat "metonym" 0.9 "a seat that stands for who sits there"
    SeatActs "metonym-acts" 0.8 "a capital that does what a government does"
    SeatOwns "metonym-owns" 0.8 "a capital with a policy, a demand or the like of its own"
    SeatParty "metonym-party" 0.75 "a capital that something is between, with or against"
    SeatJoined "metonym-joined" 0.8 "a capital in a compound or list with another party"
    SurnameAlone "surname" 0.9 "a surname that names one person without a first name"
    SurnameLicensed "licensed-surname" 0.95 "a surname of a person whom the document names in full"
    SurnameNearest "nearest-surname" 0.7 "several persons of the document have the surname; the last one named"
    SurnameTitle "title-surname" 0.85 "a surname behind the title of an office the person held"
    Reference "reference" 0.8 "points back to the last actor named that fits"
    ReferenceAhead "reference-ahead" 0.6 "points to the only fitting actor of the document"
    Composed "composition" 0.9 "a part that every state has, beside the state's name"
    Holder "office-holder" 0.75 "who held the office in the year of the document"
    Block "block-phrase" 0.0 "a phrase that holds a name and does not mean it"
    NeedsArticle "needs-article" 0.0 "a short acronym without \"the\" or a full name in the document"
    NeedsLicence "needs-full-name" 0.0 "counts only where the document names the actor in full"
    DefinedOtherwise "defined-otherwise" 0.0 "the document defines the acronym as something else"
    OrdinaryWord "ordinary-word" 0.0 "an ordinary word in a line of capitals"
    Currency "currency" 0.0 "a sum of money"
    CueAgainst "homograph-cue-against" 0.0 "also something else, and a word near by or the document says it is that"
    DefaultNobody "homograph-default-nobody" 0.0 "also something else, and no cue speaks; the table's default is nobody"
    Place "place" 0.0 "a city as a place, not as a government"
    NotThen "not-at-that-date" 0.0 "nobody had the name in the year of the document"
    OtherPerson "other-person" 0.0 "the surname of somebody else, or a thing called after the person"
    OrdinarySurname "ordinary-surname" 0.0 "a surname that is an ordinary word, used as one"
    NoAntecedent "no-antecedent" 0.0 "points back, and nothing fitting was named before"
    Consumed "part-of-longer" 0.0 "stands inside a longer reading"
    BelowFloor "below-floor" 0.0 "less sure than the confidence floor"
    Address "address" 0.0 "stands in a web or mail address, or in the symbol of a document"
    OtherOwner "of-another-state" 0.0 "the name of an institution, here owned by another state"
    LongerName "part-of-name" 0.0 "part of the name of something else"
    Language "language" 0.0 "names a language, not a state"
}

/// The rule's name as a mention holds it; shared, so that a mention costs no allocation for it.
pub(crate) fn interned(rule: Rule) -> Arc<str> {
    static NAMES: LazyLock<Vec<Arc<str>>> =
        LazyLock::new(|| Rule::ALL.iter().map(|rule| rule.as_str().into()).collect());
    NAMES[rule as usize].clone()
}
