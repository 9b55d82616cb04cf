//! Words in, the terms that are indexed, searched and highlighted out; one analysis for all three.
//!
//! A word becomes a term by these steps:
//!
//! 1. It is lower-cased; ligatures and full-width forms are written plainly; the possessive (`'s`, `’s`) is
//!    cut and other apostrophes are dropped (`don't` is `dont`). In French, Italian and Catalan an elided
//!    article or pronoun before an apostrophe is cut (`l'Europe` is `europe`).
//! 2. A dotted acronym loses its dots (`N.A.T.O.` is `nato`), unless it would then be an everyday word: `U.S.`
//!    stays `u.s.`, and `US` in capitals becomes `u.s.` too, so that neither meets the pronoun `us`. The same
//!    holds for `it`, `who` and `is`. In a line all in capitals (three words or more, no small letter) nobody can tell,
//!    and `US` is the plain `us`.
//! 3. That form without accents is the *exact* form. The other one goes through the stemmer of the
//!    language and loses its accents after it, because stemmers look at accents. A [plain word](super::plain_word)
//!    is its own stem, and no stem is spelled like one but its own.
//!
//! Chinese and other scripts without spaces give each character as a term and each pair of neighbours as
//! another at the position of its first character; a phrase asks for the pairs.

use rust_stemmers::{Algorithm, Stemmer};

use super::capitals::Capitals;
use super::fold;
use super::plain_word::{apart, is_plain_word};
use super::run::{Run, cut};
use super::stem::{Forms, LongStems, ShortWords};
use super::word::{is_word, other_word, words_from};
use crate::document::{Language, Span};

/// Longest term in bytes; longer words are cut there. Nobody searches for more, and the index could not
/// hold a word of a megabyte.
const MAX_TERM_BYTES: usize = 128;

/// Everyday words that an acronym in capitals must not be taken for.
const AMBIGUOUS: [(&str, &str); 4] = [("us", "u.s."), ("it", "i.t."), ("who", "w.h.o."), ("is", "i.s.")];

/// Articles, pronouns and prepositions that elide before a vowel.
const ELIDED: [&str; 32] = [
    "l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "un", "all", "dall", "dell",
    "nell", "sull", "coll", "gl", "agl", "dagl", "degl", "negl", "sugl", "v", "quell", "quest", "bell", "sant",
    "presqu",
];

/// What a term was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TermKind {
    /// A word, or one character of a script without spaces.
    Word,
    /// Two neighbouring characters of a script without spaces.
    Pair,
}

/// One term of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term<'a> {
    /// The stemmed form: what words of a query meet.
    pub text: &'a str,
    /// The form before stemming, in lower case and without accents: what quoted phrases and patterns meet.
    pub exact: &'a str,
    /// Where its word stands, in bytes of the text.
    pub span: Span,
    /// Which word of the text it is, from 0; never lower than that of the term before.
    pub position: u32,
    /// What it was made from.
    pub kind: TermKind,
    /// Whether its exact form is a [plain word](super::plain_word).
    pub(crate) is_plain: bool,
    /// A number that the analyzer gives to no word with other forms; `None` where it does not keep the word.
    pub(crate) number: Option<u32>,
}

/// Turns text of one language into the terms that an index has of it, and that a query asks for.
///
/// It shows why a word of a query meets a text, or does not, and makes the same terms for other uses. A word is
/// lower-cased and loses its possessive, its accents and the dots of an acronym; the stem is that of Snowball for
/// the language. `U.S.`, and `US` in capitals, stay apart from the pronoun. Chinese and other scripts without spaces give
/// each character and each pair of neighbours.
///
/// # Cost
///
/// Keep one for each thread and reuse it: it remembers the stems of the words that it has met, in four
/// megabytes at most after any ordinary text.
///
/// # Examples
///
/// ```
/// use demarche::{Analyzer, Language};
///
/// let mut terms = Vec::new();
/// Analyzer::new(Language::ENGLISH).analyze("China's élites", |term| {
///     terms.push((term.text.to_owned(), term.exact.to_owned(), term.span.start));
/// });
/// assert_eq!(terms, [("china".into(), "china".into(), 0), ("elite".into(), "elites".into(), 8)]);
/// ```
pub struct Analyzer {
    language: Language,
    stemmer: Option<Stemmer>,
    short: ShortWords,
    stems: LongStems,
    /// Of the text that is read, and by run where its forms stand.
    runs: Vec<Run>,
    forms: Vec<Option<Forms>>,
    lowered: String,
    exact: String,
    stem: String,
}

impl std::fmt::Debug for Analyzer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Analyzer").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Analyzer {
    /// An analyzer for a language; one without a stemmer leaves words as they are.
    pub fn new(language: Language) -> Analyzer {
        let algorithm = match language.as_str() {
            "ar" => Some(Algorithm::Arabic),
            "da" => Some(Algorithm::Danish),
            "de" => Some(Algorithm::German),
            "el" => Some(Algorithm::Greek),
            "en" => Some(Algorithm::English),
            "es" => Some(Algorithm::Spanish),
            "fi" => Some(Algorithm::Finnish),
            "fr" => Some(Algorithm::French),
            "hu" => Some(Algorithm::Hungarian),
            "it" => Some(Algorithm::Italian),
            "nl" => Some(Algorithm::Dutch),
            "no" | "nb" | "nn" => Some(Algorithm::Norwegian),
            "pt" => Some(Algorithm::Portuguese),
            "ro" => Some(Algorithm::Romanian),
            "ru" => Some(Algorithm::Russian),
            "sv" => Some(Algorithm::Swedish),
            "ta" => Some(Algorithm::Tamil),
            "tr" => Some(Algorithm::Turkish),
            _ => None,
        };
        Analyzer {
            language,
            stemmer: algorithm.map(Stemmer::create),
            short: ShortWords::new(),
            stems: LongStems::new(),
            runs: Vec::new(),
            forms: Vec::new(),
            lowered: String::new(),
            exact: String::new(),
            stem: String::new(),
        }
    }

    /// The language it was made for.
    pub fn language(&self) -> Language {
        self.language
    }

    /// How many numbers were given to [terms](Term::number).
    pub(crate) fn numbers(&self) -> u32 {
        self.short.learned()
    }

    /// Gives `emit` every term of the text, in the order of the words.
    pub fn analyze(&mut self, text: &str, mut emit: impl FnMut(Term<'_>)) {
        let mut runs = std::mem::take(&mut self.runs);
        let mut forms = std::mem::take(&mut self.forms);
        cut(text, &mut runs);
        // Nearly every word of an English text is a run, and its forms are known. They are looked up by themselves, so
        // that the many look-ups that miss the first cache are under way together.
        self.short.make_room();
        forms.clear();
        forms.extend(runs.iter().map(|run| {
            self.short.find(&text[run.range()], run, |word, into| append_stem(&self.stemmer, word, word, into))
        }));
        let mut reading = Reading { text, capitals: Capitals::new(text), position: 0 };
        let mut at = 0;
        while runs.is_empty() && at < text.len() {
            // Nothing to read, no word in ASCII, or a text too long to be cut.
            at = self.read_on(&mut reading, at, &mut emit);
        }
        for (run, forms) in runs.iter().zip(&forms) {
            let start = run.start as usize;
            while let Some(other) = other_word(text, at..start) {
                at = self.read_on(&mut reading, other, &mut emit);
            }
            if at > start {
                continue;
            }
            match forms.filter(|_| is_word(text, run) && !reading.is_ambiguous(run)) {
                Some(forms) => {
                    let (exact, stem) = self.short.forms(forms);
                    at = run.end as usize;
                    let span = Span::new(start, at);
                    let term = Known { stem, exact, is_plain: forms.is_plain(), number: Some(forms.number()) };
                    reading.emit(term, span, &mut emit);
                }
                None => at = self.read_on(&mut reading, start, &mut emit),
            }
        }
        while let Some(other) = other_word(text, at..text.len()) {
            at = self.read_on(&mut reading, other, &mut emit);
        }
        self.runs = runs;
        self.forms = forms;
    }

    /// Gives the terms of the word at a position, and of those that cannot be told from it without it, and where the
    /// text goes on.
    fn read_on(&mut self, reading: &mut Reading<'_>, at: usize, emit: &mut impl FnMut(Term<'_>)) -> usize {
        let text = reading.text;
        let mut words = words_from(text, at);
        let mut next = words.next();
        while let Some(word) = next.take() {
            self.normalize(word.text, || reading.capitals.line_at(word.span.start));
            if word.unspaced {
                next = words.next();
            }
            if !self.exact.is_empty() {
                let position = reading.position;
                let (stem, exact) = (&*self.stem, &*self.exact);
                let known = Known { stem, exact, is_plain: is_plain_word(exact), number: None };
                reading.emit(known, word.span, emit);
                if let Some(second) = next.filter(|next| next.unspaced && next.span.start == word.span.end) {
                    let span = Span::new(word.span.start, second.span.end);
                    self.exact.clear();
                    fold::lower(&text[span.range()], &mut self.exact);
                    let pair = &self.exact;
                    let kind = TermKind::Pair;
                    emit(Term { text: pair, exact: pair, span, position, kind, is_plain: false, number: None });
                }
            }
            if next.is_none() {
                if let Some(rest) = words.rest_start() {
                    return rest;
                }
                next = words.next();
            }
        }
        text.len()
    }

    /// Fills `exact` and `stem` with the forms of one word; both empty when nothing of it is left.
    fn normalize(&mut self, word: &str, mut in_capitals: impl FnMut() -> bool) {
        self.lowered.clear();
        self.exact.clear();
        self.stem.clear();
        let word = cut_to(word, MAX_TERM_BYTES);
        let ascii = word.is_ascii();
        if ascii {
            self.lowered.push_str(word);
            self.lowered.make_ascii_lowercase();
        } else {
            fold::lower(word, &mut self.lowered);
        }
        let whole = !self.lowered.bytes().any(|byte| byte == b'\'' || byte == b'.' || byte == 0xE2);
        if !whole {
            self.trim_apostrophes();
            if self.lowered.contains('.') && !self.lowered.starts_with(|c: char| c.is_numeric()) {
                let dotted = self.undot();
                if dotted {
                    return;
                }
            }
        } else if ascii && word.len() <= 3 && word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let meant = AMBIGUOUS.iter().find(|(plain, _)| *plain == self.lowered);
            if let Some((_, dotted)) = meant
                && !in_capitals()
            {
                self.exact.push_str(dotted);
                self.stem.push_str(dotted);
                return;
            }
        }
        if ascii {
            self.exact.push_str(&self.lowered);
        } else {
            fold::fold(&self.lowered, &mut self.exact);
        }
        let find = |word: &str, into: &mut String| append_stem(&self.stemmer, word, word, into);
        let run = Run::at(self.lowered.as_bytes(), 0).filter(|run| run.len() == self.lowered.len());
        if let Some(forms) = run.and_then(|run| self.short.find(&self.lowered, &run, find)) {
            self.stem.push_str(self.short.forms(forms).1);
            return;
        }
        if let Some(stem) = self.stems.get(&self.lowered) {
            self.stem.push_str(stem);
            return;
        }
        append_stem(&self.stemmer, &self.lowered, &self.exact, &mut self.stem);
        self.stems.put(&self.lowered, &self.stem);
    }

    /// Cuts possessives and elided words off the lowered word and drops what apostrophes are left.
    fn trim_apostrophes(&mut self) {
        let word = &mut self.lowered;
        for possessive in ["'s", "’s"] {
            if word.ends_with(possessive) && word.len() > possessive.len() {
                word.truncate(word.len() - possessive.len());
                break;
            }
        }
        if matches!(self.language.as_str(), "fr" | "it" | "ca")
            && let Some((before, after)) = word.split_once(['\'', '’'])
            && ELIDED.contains(&before)
            && !after.is_empty()
        {
            let cut = word.len() - after.len();
            word.drain(..cut);
        }
        word.retain(|c| c != '\'' && c != '’');
    }

    /// Drops the dots of an acronym; true when it must keep them and both forms are filled in.
    fn undot(&mut self) -> bool {
        self.lowered.retain(|c| c != '.');
        let meant = AMBIGUOUS.iter().find(|(plain, _)| *plain == self.lowered);
        if let Some((_, dotted)) = meant {
            self.exact.push_str(dotted);
            self.stem.push_str(dotted);
        }
        meant.is_some()
    }
}

/// Appends the stem of a word that is lowered and, in its exact form, without accents; without a stemmer, the exact form.
fn append_stem(stemmer: &Option<Stemmer>, lowered: &str, exact: &str, into: &mut String) {
    let from = into.len();
    match stemmer {
        Some(stemmer) if !is_plain_word(exact) => fold::fold(&stemmer.stem(lowered), into),
        _ => return into.push_str(exact),
    }
    if into.len() == from {
        into.push_str(exact);
    } else if is_plain_word(&into[from..]) {
        apart(into);
    }
}

/// A word with its forms.
struct Known<'a> {
    stem: &'a str,
    exact: &'a str,
    is_plain: bool,
    number: Option<u32>,
}

/// What is known while a text is read.
struct Reading<'a> {
    text: &'a str,
    capitals: Capitals<'a>,
    /// Of the next word.
    position: u32,
}

impl Reading<'_> {
    /// Gives the term of the next word.
    #[inline]
    fn emit(&mut self, word: Known<'_>, span: Span, emit: &mut impl FnMut(Term<'_>)) {
        let (position, kind) = (self.position, TermKind::Word);
        let Known { stem, exact, is_plain, number } = word;
        emit(Term { text: stem, exact, span, position, kind, is_plain, number });
        self.position = self.position.saturating_add(1);
    }

    /// Whether a run may be an acronym that must not be taken for an everyday word.
    #[inline]
    fn is_ambiguous(&self, run: &Run) -> bool {
        const WORDS: [u64; 4] = [letters("us"), letters("it"), letters("who"), letters("is")];
        run.has_capital && !run.has_small && WORDS.contains(&run.letters[0])
    }
}

/// The letters of a short word, as a [`Run`] has them.
const fn letters(word: &str) -> u64 {
    let (mut letters, mut at) = (0, word.len());
    while at > 0 {
        at -= 1;
        letters = letters << 8 | word.as_bytes()[at] as u64;
    }
    letters
}

/// The longest start of `text` within `bytes`, cut between characters.
fn cut_to(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words;
    use proptest::prelude::*;

    fn terms(language: &str, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let language = Language::new(language).unwrap_or(Language::ENGLISH);
        Analyzer::new(language).analyze(text, |term| found.push(term.text.to_owned()));
        found
    }

    #[test]
    fn english_terms() {
        let cases: &[(&str, &[&str])] = &[
            ("China's sanctions", &["china", "sanction"]),
            ("Putin’s, ministers' O'Brien don't", &["putin", "minist", "obrien", "dont"]),
            ("U.S. and US told us", &["u.s.", "and", "u.s.", "told", "us"]),
            ("THE US AND NATO", &["the", "us", "and", "nato"]),
            ("US SANCTIONS", &["u.s.", "sanction"]),
            ("U.S.'s N.A.T.O. e.g. WHO who", &["u.s.", "nato", "eg", "w.h.o.", "who"]),
            ("U.N. UN", &["un", "un"]),
            ("Élysée ﬁnance ＮＡＴＯ 3.5", &["elyse", "financ", "nato", "3.5"]),
        ];
        for (text, expected) in cases {
            assert_eq!(terms("en", text), *expected, "{text}");
        }
    }

    #[test]
    fn terms_of_other_languages() {
        assert_eq!(terms("fr", "l’Europe déclaré d'Ukraine"), terms("fr", "Europe declare Ukraine"));
        assert_eq!(terms("de", "Verhandlungen"), terms("de", "Verhandlung"));
        assert_eq!(terms("ru", "переговоры"), terms("ru", "переговоров"));
        assert_eq!(terms("pl", "Łódź rozmowy"), ["lodz", "rozmowy"]);
        assert_eq!(terms("zh", "北约东 扩"), ["北", "北约", "约", "约东", "东", "扩"]);
    }

    #[test]
    fn exact_forms_are_not_stemmed_and_keep_their_place() {
        let mut found = Vec::new();
        Analyzer::new(Language::ENGLISH).analyze("Sino-Russian élites", |term| {
            found.push((term.exact.to_owned(), term.span, term.position));
        });
        let expected = [("sino", (0, 4), 0), ("russian", (5, 12), 1), ("elites", (13, 20), 2)];
        assert_eq!(found, expected.map(|(text, (start, end), at)| (text.to_owned(), Span::new(start, end), at)));
    }

    /// Text, exact form, span, position, kind, whether plain.
    type Owned = (String, String, Span, u32, TermKind, bool);

    fn owned(term: Term<'_>) -> Owned {
        (term.text.to_owned(), term.exact.to_owned(), term.span, term.position, term.kind, term.is_plain)
    }

    /// The terms by the definition: word by word.
    fn word_by_word(analyzer: &mut Analyzer, text: &str) -> Vec<Owned> {
        let mut found = Vec::new();
        let mut capitals = Capitals::new(text);
        let mut words = words(text).peekable();
        let mut position = 0;
        while let Some(word) = words.next() {
            analyzer.normalize(word.text, || capitals.line_at(word.span.start));
            let (stem, exact, span) = (&*analyzer.stem, &*analyzer.exact, word.span);
            if exact.is_empty() {
                continue;
            }
            let (kind, is_plain, number) = (TermKind::Word, is_plain_word(exact), None);
            found.push(owned(Term { text: stem, exact, span, position, kind, is_plain, number }));
            if let Some(next) =
                words.peek().filter(|next| word.unspaced && next.unspaced && next.span.start == span.end)
            {
                let span = Span::new(span.start, next.span.end);
                let mut pair = String::new();
                fold::lower(&text[span.range()], &mut pair);
                let (kind, is_plain, number) = (TermKind::Pair, false, None);
                found.push(owned(Term { text: &pair, exact: &pair, span, position, kind, is_plain, number }));
            }
            position += 1;
        }
        found
    }

    proptest! {
        #[test]
        fn terms_are_those_of_the_words_one_by_one(
            text in "([a-zA-Z]{0,20}|[uUsS]{2}|[0-9.,']{0,5}|[ .,;'’“—\n-]{1,2}|[éßøΩжЁё中国한かアกข\u{301}\u{AD}]{0,3}|3.5|U.S.|'s|’s){0,40}",
            language in "(en|fr|de|ru|zh|tr|el|pl)",
        ) {
            let language = Language::new(&language).unwrap_or(Language::ENGLISH);
            let mut analyzer = Analyzer::new(language);
            let expected = word_by_word(&mut Analyzer::new(language), &text);
            // The second time every word is known.
            for _ in 0..2 {
                let mut found = Vec::new();
                analyzer.analyze(&text, |term| found.push(owned(term)));
                prop_assert_eq!(&found, &expected);
            }
        }

        #[test]
        fn any_text_gives_ordered_terms(text in any::<String>(), language in "(en|fr|de|ru|zh|tr|el|ar)") {
            let language = Language::new(&language).unwrap_or(Language::ENGLISH);
            let mut analyzer = Analyzer::new(language);
            let (mut first, mut position) = (Vec::new(), 0);
            let mut fine = true;
            analyzer.analyze(&text, |term| {
                fine &= term.position >= position && !term.text.is_empty() && !term.exact.is_empty();
                fine &= text.get(term.span.range()).is_some();
                position = term.position;
                first.push(term.text.to_owned());
            });
            prop_assert!(fine);
            // A remembered stem is the stem.
            let mut second = Vec::new();
            analyzer.analyze(&text, |term| second.push(term.text.to_owned()));
            prop_assert_eq!(first, second);
        }
    }
}
