//! The words of a query in, what each weighs out.

use crate::document::Language;
use crate::search::query::{Clause, Form, Query};
use crate::text::{is_function_word, is_request_word, plain};

/// How much likelier a function word of a language is in a query of that language than in one of another.
/// A word in five of a sentence is one, and a short word of one language is a word of another by chance.
const TELLING: f32 = 8.0;

/// What a query asks for when it describes its answers, and the words that ask for it. Both together make a request, as
/// analysts write them to each other and as TREC's topics are written: "Identify documents that discuss …", "A
/// relevant report must mention …".
const ANSWERS: &str = "document documents article articles report reports story stories item items text texts";
const ASKING: &str = "identify relevant find retrieve discuss discusses discussing describe describes describing mention \
    mentions mentioning";

/// What the words of one query weigh: those that carry grammar less than the others.
///
/// Which words do depends on the language of the query, which nobody states. It is weighed up from the
/// languages of the documents and the function words in the query (naive Bayes): "die" is a verb in an index of
/// English and an article in one of German, and in an index of both it depends on the words around it.
#[derive(Debug)]
pub(crate) struct WordWeights {
    function_words: f32,
    languages: Vec<(Language, f32)>,
    /// Whether it describes its answers.
    request: bool,
}

impl WordWeights {
    /// `languages` are those of the index with their shares of the paragraphs; a function word weighs
    /// `function_words`.
    pub(crate) fn new(query: &Query, languages: &[(Language, f32)], function_words: f32) -> WordWeights {
        let mut languages = languages.to_vec();
        let (mut answers, mut asking) = (false, false);
        if function_words != 1.0 {
            let is_in = |list: &str, word: &str| list.split_ascii_whitespace().any(|known| known == word);
            each_word(query.clause(), &mut |word| {
                let word = plain(word);
                answers |= is_in(ANSWERS, &word);
                asking |= is_in(ASKING, &word);
                for (language, likelihood) in &mut languages {
                    if is_function_word(*language, &word) {
                        *likelihood *= TELLING;
                    }
                }
            });
            // Keeps a long query within the range of the number.
            let sum: f32 = languages.iter().map(|(_, likelihood)| likelihood).sum();
            languages.iter_mut().for_each(|(_, likelihood)| *likelihood /= sum.max(f32::MIN_POSITIVE));
        }
        WordWeights { function_words, languages, request: answers && asking }
    }

    /// What a word of the query weighs.
    pub(crate) fn of(&self, word: &str) -> f32 {
        if self.function_words == 1.0 {
            return 1.0;
        }
        let word = plain(word);
        let is_one = |&&(language, _): &&(Language, f32)| {
            is_function_word(language, &word) || self.request && is_request_word(language, &word)
        };
        let grammar: f32 = self.languages.iter().filter(is_one).map(|(_, share)| share).sum();
        1.0 - grammar.min(1.0) * (1.0 - self.function_words)
    }
}

/// Every word of a clause that is looked for in any inflection.
fn each_word(clause: &Clause, visit: &mut impl FnMut(&str)) {
    match clause {
        Clause::Word { text, form: Form::Word, .. } => visit(text),
        Clause::Bool { must, should, .. } => must.iter().chain(should).for_each(|clause| each_word(clause, visit)),
        Clause::Boost { clause, .. } => each_word(clause, visit),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(query: &str, languages: &[(&str, f32)]) -> WordWeights {
        let languages: Vec<_> =
            languages.iter().filter_map(|&(code, share)| Some((Language::new(code)?, share))).collect();
        WordWeights::new(&Query::new(query), &languages, 0.3)
    }

    #[test]
    fn grammar_weighs_less() {
        let english = weights("what did China say about die hard", &[("en", 1.0)]);
        for (word, expected) in [("what", 0.3), ("about", 0.3), ("China", 1.0), ("die", 1.0)] {
            assert!((english.of(word) - expected).abs() < 1e-6, "{word}");
        }
        assert_eq!(WordWeights::new(&Query::new("the"), &[(Language::ENGLISH, 1.0)], 1.0).of("the"), 1.0);
    }

    #[test]
    fn the_wording_of_a_request_weighs_less() {
        let topic = "Clearance of minefields in Angola. Identify documents that discuss it. Relevant documents \
            must mention a specific programme; a report on casualties alone is not relevant.";
        let request = weights(topic, &[("en", 1.0)]);
        for word in ["Identify", "documents", "discuss", "must", "mention", "specific", "report", "relevant"] {
            assert!((request.of(word) - 0.3).abs() < 1e-6, "{word}");
        }
        for word in ["Clearance", "minefields", "Angola", "programme", "casualties"] {
            assert!((request.of(word) - 1.0).abs() < 1e-6, "{word}");
        }
        // Words of a subject, where nothing is asked of the answers.
        let subject = weights("leaked documents of the report on article 5", &[("en", 1.0)]);
        for word in ["documents", "report", "article"] {
            assert!((subject.of(word) - 1.0).abs() < 1e-6, "{word}");
        }
    }

    #[test]
    fn the_words_around_tell_the_language() {
        let languages = [("en", 0.5), ("de", 0.5)];
        assert!(weights("die Verhandlungen mit der NATO", &languages).of("die") < 0.32);
        assert!(weights("what did they do to die hard", &languages).of("die") > 0.98);
    }
}
