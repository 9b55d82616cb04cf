//! Lines that belong to the page and not to the text: page numbers, markers, running heads and feet.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::line::{Line, Mark};

/// A running head is a short line; what is longer is text however often it comes.
const LONGEST_HEAD: u32 = 120;

/// Marks page numbers and page markers.
pub(super) fn mark_page_numbers(source: &str, lines: &mut [Line]) {
    let (mut bare, mut parts) = (Vec::new(), Vec::new());
    for at in 0..lines.len() {
        if lines[at].columns <= LONGEST_HEAD && is_job_line(lines[at].text(source)) {
            lines[at].mark = Mark::PageNumber;
        }
        if lines[at].columns > 40 {
            continue;
        }
        let text = lines[at].text(source);
        if is_page_marker(text) {
            lines[at].mark = Mark::PageNumber;
        } else if let Some(number) = bare_number(text)
            && stands_alone(lines, at)
        {
            bare.push((at, number));
        } else if let Some((part, of)) = part_of(text) {
            parts.push((at, part, of));
        }
    }
    // `1/3` is a page where there is a `2/3` as well.
    let seen: HashSet<(u32, u32)> = parts.iter().map(|&(_, part, of)| (part, of)).collect();
    for (at, part, of) in parts {
        if seen.contains(&(part + 1, of)) || part > 0 && seen.contains(&(part - 1, of)) {
            lines[at].mark = Mark::PageNumber;
        }
    }
    // A number alone on its line is a page number when it counts on from the one before or to the one
    // after, with text between: years and amounts in a table do not.
    let follows = |a: &(usize, u32), b: &(usize, u32)| b.1 > a.1 && b.1 - a.1 <= 2 && b.0 - a.0 > 2;
    for (place, number) in bare.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| bare.get(place)).is_some_and(|last| follows(last, number));
        let after = bare.get(place + 1).is_some_and(|next| follows(number, next));
        let at_feed = lines[number.0].page_before || lines.get(number.0 + 1).is_some_and(|line| line.page_before);
        // The text ends with its page.
        let at_end = number.0 > 0 && number.0 + 1 == lines.len() && number.1 < 1_000;
        if before || after || at_feed || at_end {
            lines[number.0].mark = Mark::PageNumber;
        }
    }
}

fn stands_alone(lines: &[Line], at: usize) -> bool {
    let free = |line: &Line| line.blank_before || line.page_before;
    free(&lines[at]) && lines.get(at + 1).is_none_or(free)
}

fn bare_number(text: &str) -> Option<u32> {
    (text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// `1/3`: a page and how many there are.
fn part_of(text: &str) -> Option<(u32, u32)> {
    let (part, of) = text.split_once('/').filter(|_| text.len() <= 7)?;
    let (part, of) = (part.trim(), of.trim());
    let (part, of): (u32, u32) = (part.parse().ok().filter(|_| is_number(part))?, of.parse().ok()?);
    (part <= of && of >= 2).then_some((part, of))
}

/// A line at the foot of a document of the United Nations: the number of the job (`31-01234 (E)`), its bar code
/// (`*3101234*`), the page beside one of them.
fn is_job_line(text: &str) -> bool {
    let is_digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_job = |cell: &str| {
        let number = cell.strip_suffix(')').and_then(|cell| cell.split_once(" (")).map_or(cell, |(number, _)| number);
        number.split_once('-').is_some_and(|(year, job)| is_digits(year, 2) && is_digits(job, 5))
            || cell.strip_prefix('*').and_then(|cell| cell.strip_suffix('*')).is_some_and(|job| is_digits(job, 7))
    };
    let cells = || text.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
    text.ends_with(|c: char| c.is_ascii_digit() || matches!(c, ')' | '*'))
        && text.bytes().filter(u8::is_ascii_digit).count() >= 7
        && cells().any(is_job)
        && cells().all(|cell| is_job(cell) || is_number(cell) || part_of(cell).is_some())
}

/// Whether a line is the symbol of a document of the United Nations and nothing else: `A/C.1/55/PV.3`,
/// `S/RES/2178 (2014)`.
fn is_symbol(text: &str) -> bool {
    let symbol = text.split_once(" (").filter(|(_, rest)| rest.ends_with(')')).map_or(text, |(symbol, _)| symbol);
    if symbol.len() > 40 {
        return false;
    }
    let parts = symbol.split('/').collect::<Vec<_>>();
    let is_part = |part: &&str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b".-".contains(&byte))
    };
    parts.len() >= 2
        && parts.iter().all(is_part)
        && parts[0].starts_with(|c: char| c.is_ascii_uppercase())
        && symbol.bytes().any(|byte| byte.is_ascii_digit())
}

/// `[[Page H6118]]`, `[Page 3]`, `Page 3 of 12`, `- 3 -`, `– 3 –`, `3 / 12`, `p. 3`, `3 | Page`.
pub(super) fn is_page_marker(text: &str) -> bool {
    if let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        let inner = inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(inner).trim();
        return after_page_word(inner).is_some_and(|label| is_page_label(label.trim()));
    }
    if let Some(rest) = after_page_word(text) {
        let mut words = rest.split_ascii_whitespace();
        return match (words.next(), words.next(), words.next(), words.next()) {
            (Some(number), None, ..) => {
                is_number(number) || number.split_once('/').is_some_and(|(a, b)| is_number(a) && is_number(b))
            }
            (Some(number), Some("of" | "/" | "von" | "sur" | "de"), Some(total), None) => {
                is_number(number) && is_number(total)
            }
            _ => false,
        };
    }
    if let Some(number) = text.strip_suffix("| Page").or_else(|| text.strip_suffix("| P a g e")) {
        return is_number(number.trim());
    }
    let is_dash = |c: char| matches!(c, '-' | '–' | '—');
    text.strip_prefix(is_dash)
        .and_then(|text| text.strip_suffix(is_dash))
        .is_some_and(|inner| inner.len() <= 8 && is_page_label(inner.trim_matches(|c: char| c == ' ' || is_dash(c))))
}

fn after_page_word(text: &str) -> Option<&str> {
    ["Page ", "PAGE ", "page ", "p. ", "Seite "].into_iter().find_map(|word| text.strip_prefix(word))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits, or letters and digits ending in digits (`S6118`, `E12`), or a small roman numeral.
fn is_page_label(text: &str) -> bool {
    let plain = !text.is_empty() && text.len() <= 8 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let roman = || text.len() <= 6 && text.bytes().all(|byte| b"ivxlcIVXLC".contains(&byte));
    plain && (text.ends_with(|c: char| c.is_ascii_digit()) || roman())
}

fn is_small_roman(text: &str) -> bool {
    !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| b"ivxlc".contains(&byte))
}

/// Marks lines that come back at page edges. Numbers inside them may change from page to page.
pub(super) fn mark_running(source: &str, lines: &mut [Line]) {
    // A line by what it is without its numbers. Every line may have a text of its own, so the texts are not kept.
    let mut keys: Vec<(u64, usize)> = Vec::new();
    for at in 0..lines.len() {
        let line = &lines[at];
        // A head may have two lines.
        let below_edge = || at.checked_sub(1).is_some_and(|before| lines[before].page_before);
        if line.is_text()
            && line.columns <= LONGEST_HEAD
            && (stands_alone(lines, at) || at_page_edge(lines, at) || below_edge())
        {
            keys.push((key(line.text(source)), at));
        }
    }
    // What a page begins with stands at the start of the text too, there as its title.
    let opening: Vec<u64> = lines.iter().take(3).map(|line| key(line.text(source))).collect();
    // Repeated lines that stand next to each other (a head of two lines) make an edge for one another,
    // so marking goes on until nothing changes; each round marks a line or ends.
    keys.sort_unstable();
    let mut groups: Vec<(Vec<usize>, usize)> = Vec::new();
    for same in keys.chunk_by(|(a, _), (b, _)| a == b) {
        let (key, first) = same[0];
        let opening = usize::from(first >= 3 && opening.contains(&key));
        if same.len() + opening >= 2 || is_symbol(lines[first].text(source)) {
            groups.push((same.iter().map(|&(_, at)| at).collect(), opening));
        }
    }
    drop(keys);
    groups.sort_unstable();
    for _ in 0..3 {
        let mut changed = false;
        groups.retain(|(places, opening)| {
            let symbol = places[0] > 0 && is_symbol(lines[places[0]].text(source));
            let edges = places.iter().filter(|&&at| at_page_edge(lines, at)).count();
            let edges = edges + if edges > 0 { opening + usize::from(symbol) } else { 0 };
            let inside = places.iter().filter(|&&at| cuts_sentence(source, lines, at)).count();
            // Two meetings with a page edge, or three that cut a sentence, and at least half of all.
            let running = (edges.max(1) - 1 + inside >= 1) && 2 * (edges + inside) >= places.len()
                || counts_pages(source, lines, places);
            if running {
                for &at in places {
                    let foot = lines.get(at + 1).is_some_and(|next| next.page_before || next.mark == Mark::PageNumber);
                    lines[at].mark = if foot { Mark::RunningFoot } else { Mark::RunningHead };
                }
                changed = true;
            }
            !running
        });
        if !changed {
            break;
        }
    }
}

fn at_page_edge(lines: &[Line], at: usize) -> bool {
    let number = |line: Option<&Line>| line.is_some_and(|line| !line.is_text());
    lines[at].page_before
        || lines.get(at + 1).is_none_or(|next| next.page_before)
        || number(at.checked_sub(1).and_then(|before| lines.get(before)))
        || number(lines.get(at + 1))
}

/// Whether lines that are the same but for a number at their side count pages by it. Headings count too, but are
/// shorter: `Recommendation 3`.
fn counts_pages(source: &str, lines: &[Line], places: &[usize]) -> bool {
    const LONGEST_COUNTED: usize = 25;
    let letters = |at: usize| lines[at].text(source).chars().filter(|c| c.is_alphabetic()).count();
    let numbers = places.iter().filter_map(|&at| {
        let text = lines[at].text(source);
        let sides = [text.split_once(' ').map(|(first, _)| first), text.rsplit_once(' ').map(|(_, last)| last)];
        sides.into_iter().flatten().find(|side| is_number(side))?.parse::<u32>().ok()
    });
    let numbers: Vec<u32> = numbers.collect();
    numbers.len() >= 2
        && letters(places[0]) > LONGEST_COUNTED
        && numbers.windows(2).all(|pair| pair[1] > pair[0] && pair[1] - pair[0] <= 2)
}

/// Whether the text breaks off before the line and goes on after it.
fn cuts_sentence(source: &str, lines: &[Line], at: usize) -> bool {
    let before = lines[..at].iter().rev().take(4).find(|line| line.is_text());
    let after = lines[at + 1..].iter().take(4).find(|line| line.is_text());
    let (Some(before), Some(after)) = (before, after) else { return false };
    super::join::goes_on(before.text(source), after.text(source))
}

/// Stands for a line without its numbers.
fn key(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    without_numbers(text).hash(&mut hasher);
    hasher.finish()
}

/// A line with every number in it made the same, and without one at its start or end: left and right pages have
/// theirs on different sides.
pub(super) fn without_numbers(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let is_page = |word: &str| is_number(word) || is_small_roman(word);
    let inner = text.split_once(' ').filter(|(first, _)| is_page(first)).map_or(text, |(_, rest)| rest).trim();
    let inner = inner.rsplit_once(' ').filter(|(_, last)| is_page(last)).map_or(inner, |(rest, _)| rest).trim();
    let text = if inner.chars().filter(|c| c.is_alphabetic()).count() >= 3 { inner } else { text };
    for c in text.chars() {
        let c = if c.is_ascii_digit() { '0' } else { c };
        if !(c == '0' && key.ends_with('0')) {
            key.push(c);
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_markers_are_told_from_text() {
        for marker in ["[[Page H6118]]", "[Page 3]", "Page 3 of 12", "– 3 –", "- iv -", "Page 7", "p. 12", "12 | Page"]
        {
            assert!(is_page_marker(marker), "{marker}");
        }
        for text in ["Page turner", "[Page]", "- a point -", "2022", "–", "Page 3 says so", "[[Sidenote]]"] {
            assert!(!is_page_marker(text), "{text}");
        }
    }
}
