//! Who wrote a text and who publishes it, as lines of its head say.

use super::join;

/// Words of headings that are capitalised like names.
const NO_NAMES: [&str; 47] = [
    "abstract",
    "affairs",
    "agency",
    "analysis",
    "annex",
    "appendix",
    "assembly",
    "background",
    "brief",
    "briefing",
    "centre",
    "commentary",
    "commission",
    "committee",
    "conclusion",
    "conclusions",
    "conference",
    "congress",
    "contents",
    "council",
    "department",
    "executive",
    "findings",
    "foreword",
    "foundation",
    "institute",
    "introduction",
    "issue",
    "key",
    "ministry",
    "nations",
    "note",
    "office",
    "overview",
    "paper",
    "parliament",
    "points",
    "policy",
    "preface",
    "press",
    "recommendations",
    "records",
    "report",
    "session",
    "statement",
    "summary",
    "university",
];

/// The publisher or series that a line names: behind a label, or as a kind of paper with its number.
pub(super) fn publisher(text: &str) -> Option<String> {
    const LABELS: [&str; 5] = ["Source: ", "Publisher: ", "Published by ", "Series: ", "Issued by "];
    const PAPERS: [&str; 10] =
        ["Brief", "Briefing", "Bulletin", "Commentary", "Memo", "Note", "Paper", "Policy", "Report", "Spotlight"];
    if let Some(name) = LABELS.iter().find_map(|label| text.strip_prefix(label)) {
        return (name.len() <= 120 && !join::ends_sentence(name)).then(|| name.trim().to_owned());
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let number =
        words.iter().position(|word| word.trim_start_matches('#').starts_with(|c: char| c.is_ascii_digit()))?;
    let named = words[..number].iter().any(|word| PAPERS.contains(&word.trim_end_matches([',', ':', '|'])));
    let counted = number > 0 && matches!(words[number - 1], "No." | "no." | "Nr." | "Number" | "Issue" | "Vol." | "|");
    (named && counted && words.len() <= 10 && !join::ends_sentence(text)).then(|| text.to_owned())
}

/// The names in a byline: behind "By", or, below a title, names alone on a line.
pub(super) fn byline(text: &str, titled: bool) -> Option<Vec<String>> {
    let text = text.trim();
    let names =
        ["By ", "by ", "BY ", "Author: ", "Authors: ", "Written by "].iter().find_map(|by| text.strip_prefix(by));
    if names.is_none() && (!titled || text.len() > 80) || text.len() > 200 {
        return None;
    }
    if names.is_none() && text.contains("   ") {
        return None;
    }
    let list = names.unwrap_or(text).replace(" and ", ",").replace(" & ", ",").replace(';', ",");
    let names: Vec<String> =
        list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    (!names.is_empty() && names.iter().all(|name| is_name(name))).then_some(names)
}

fn is_name(text: &str) -> bool {
    let mut words = 0;
    for word in text.split_whitespace() {
        let particle = matches!(
            word,
            "de" | "da"
                | "di"
                | "del"
                | "der"
                | "den"
                | "van"
                | "von"
                | "la"
                | "le"
                | "al"
                | "bin"
                | "dos"
                | "du"
                | "el"
        );
        let letters = word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'));
        let small = word.to_lowercase();
        if !letters || NO_NAMES.contains(&small.as_str()) {
            return false;
        }
        if !particle {
            let starts = word.starts_with(char::is_uppercase);
            let shouts = word.len() > 3 && join::is_capitals(word);
            if !starts || shouts || crate::text::is_function_word(crate::document::Language::ENGLISH, &small) {
                return false;
            }
        }
        words += 1;
    }
    (2..=5).contains(&words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_make_a_byline_and_headings_do_not() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(byline("Justyna Szczudlik", true), names(&["Justyna Szczudlik"]));
        assert_eq!(byline("By Ada de Vries and J. R. Smith", false), names(&["Ada de Vries", "J. R. Smith"]));
        for text in ["Executive Summary", "The Way Out", "KEY FIGURES", "Gas", "By the end of the year"] {
            assert_eq!(byline(text, true), None, "{text}");
        }
    }
}
