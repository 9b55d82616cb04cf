//! A lower-cased word in, the same word without accents, ligatures and typographic widths out.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Appends `word` in lower case, compatibility forms (ligatures, full width, small forms) written plainly.
pub(super) fn lower(word: &str, into: &mut String) {
    for c in word.nfkc().flat_map(char::to_lowercase) {
        match c {
            '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => {}
            // A Turkish capital dotted I leaves a combining dot when lower-cased.
            '\u{307}' => {}
            'ё' => into.push('е'),
            'ς' => into.push('σ'),
            _ => into.push(c),
        }
    }
}

/// Appends the lower-cased `word` without the accents of Latin and Greek letters.
///
/// Cyrillic and other scripts keep their marks, because there they make another letter (й and и).
pub(super) fn fold(word: &str, into: &mut String) {
    for c in word.chars() {
        match c {
            '\0'..='\x7F' => into.push(c),
            'ß' => into.push_str("ss"),
            'æ' => into.push_str("ae"),
            'œ' => into.push_str("oe"),
            'ø' => into.push('o'),
            'ł' => into.push('l'),
            'đ' | 'ð' => into.push('d'),
            'þ' => into.push_str("th"),
            'ı' => into.push('i'),
            '\u{300}'..='\u{36F}' => {}
            '\u{80}'..='\u{3FF}' | '\u{1E00}'..='\u{1FFF}' => {
                into.extend(std::iter::once(c).nfd().filter(|&part| !is_combining_mark(part)));
            }
            _ => into.push(c),
        }
    }
}

/// A pattern (a prefix, a misspelt word, a word with `*` and `?`) in the form that exact forms have.
pub(crate) fn plain(pattern: &str) -> String {
    let (mut lowered, mut folded) = (String::new(), String::with_capacity(pattern.len()));
    lower(pattern, &mut lowered);
    lowered.retain(|c| c != '\'' && c != '’');
    fold(&lowered, &mut folded);
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_latin_and_greek_only() {
        let cases = [
            ("Élysée", "elysee"),
            ("STRAẞE", "strasse"),
            ("Łódź", "lodz"),
            ("ﬁnance", "finance"),
            ("ＮＡＴＯ", "nato"),
            ("Ελλάδα", "ελλαδα"),
            ("Йод", "йод"),
            ("Ёлка", "елка"),
            ("İzmir", "izmir"),
        ];
        for (given, expected) in cases {
            let (mut lowered, mut folded) = (String::new(), String::new());
            lower(given, &mut lowered);
            fold(&lowered, &mut folded);
            assert_eq!(folded, expected, "{given}");
        }
    }
}
