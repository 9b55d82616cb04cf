//! How a listed name may be spelled, and which first letters that gives.

use unicode_normalization::UnicodeNormalization;

use super::draft::{DraftName, Guard, Sense};
use super::gazetteer::Claim;
use super::record::ActorKind;
use super::trie::fold;

/// A claim before the names are sorted.
pub(super) struct Spelling {
    pub(super) key: Vec<u8>,
    pub(super) text: String,
    pub(super) claim: Claim,
    pub(super) layer: u16,
    pub(super) group: u16,
}

pub(super) fn push(text: &str, claim: Claim, layer: u16, group: u16, out: &mut Vec<Spelling>) {
    let mut key = Vec::new();
    fold(text, &mut key);
    if !key.is_empty() {
        out.push(Spelling { key, text: text.to_owned(), claim, layer, group });
    }
}

/// Adds a name and the spellings that come of themselves: without accents, an acronym with dots.
pub(super) fn spell(name: &DraftName, kind: ActorKind, actor: u32, out: &mut Vec<Spelling>) {
    let claim = Claim { actor, sense: name.sense, guard: name.guard, period: name.period, both: name.both };
    push(&name.text, claim, name.layer, 0, out);
    let bare = without_accents(&name.text);
    if bare != name.text {
        push(&bare, claim, name.layer, 0, out);
    }
    if name.sense == Sense::Name && kind == ActorKind::Person {
        given_names(&name.text, |text| push(text, claim, name.layer, 0, out));
    }
    if name.sense == Sense::Acronym
        && (2..=6).contains(&name.text.len())
        && name.text.bytes().all(|byte| byte.is_ascii_uppercase())
    {
        let mut dotted = String::new();
        for letter in name.text.chars() {
            dotted.push(letter);
            dotted.push('.');
        }
        // A dotted acronym is no ordinary word, whatever its letters spell.
        let free = Claim { guard: if name.guard == Guard::Risky { Guard::Licensed } else { name.guard }, ..claim };
        push(&dotted, free, name.layer, 0, out);
        push(dotted.trim_end_matches('.'), free, name.layer, 0, out);
        if name.text.len() == 2 {
            push(&dotted.replacen('.', ". ", 1), free, name.layer, 0, out);
        }
    }
}

/// The spellings of a given name of two syllables: "Kim Jong-un", "Kim Jong Un" and "Ban Ki Moon" each
/// give the other one. A European name of three short words gets a spelling that nobody uses.
fn given_names(name: &str, mut push: impl FnMut(&str)) {
    let short = |part: &str| (2..=6).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let words: Vec<&str> = name.split(' ').collect();
    match words[..] {
        [family, given] if family.len() <= 5 => {
            if let Some((first, second)) = given.split_once('-')
                && short(first)
                && short(second)
            {
                let mut initial = second[..1].to_ascii_uppercase();
                initial.push_str(&second[1..]);
                push(&format!("{family} {first} {initial}"));
            }
        }
        [family, first, second] if short(family) && short(first) && short(second) => {
            push(&format!("{family} {first}-{second}"));
        }
        _ => {}
    }
}

/// A Latin text without its accents; other scripts stay as they are, where marks make other letters.
fn without_accents(text: &str) -> String {
    let latin =
        text.chars().all(|c| (c as u32) < 0x250 || !c.is_alphabetic() || ('\u{1e00}'..='\u{1eff}').contains(&c));
    if text.is_ascii() || !latin {
        return text.to_owned();
    }
    let mut bare = String::with_capacity(text.len());
    for c in text.nfd() {
        match c {
            '\u{300}'..='\u{36f}' => {}
            'ı' => bare.push('i'),
            'ł' => bare.push('l'),
            'Ł' => bare.push('L'),
            'ø' => bare.push('o'),
            'Ø' => bare.push('O'),
            'đ' => bare.push('d'),
            'Đ' => bare.push('D'),
            'ß' => bare.push_str("ss"),
            'æ' => bare.push_str("ae"),
            _ => bare.push(c),
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_go_and_other_scripts_stay() {
        assert_eq!(without_accents("Côte d'Ivoire"), "Cote d'Ivoire");
        assert_eq!(without_accents("Wałęsa"), "Walesa");
        assert_eq!(without_accents("Россия й"), "Россия й");
    }
}
