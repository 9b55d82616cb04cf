//! The language of a text that does not say.

use crate::document::{Document, Language};

/// Below this many bytes trigrams guess.
const LEAST: usize = 200;
/// More text does not change the answer.
const ENOUGH: usize = 2_000;

/// The language of a document's paragraphs; `None` for short or doubtful text.
pub(super) fn detect(document: &Document) -> Option<Language> {
    let mut sample = String::new();
    for paragraph in &document.paragraphs {
        for word in paragraph.text.split_inclusive(' ') {
            if sample.len() > ENOUGH {
                break;
            }
            // A word longer than this is no word of a language that puts spaces between words, and in
            // others a piece will do.
            sample.extend(word.chars().take(200));
        }
        sample.push('\n');
        if sample.len() > ENOUGH {
            break;
        }
    }
    if sample.len() < LEAST {
        return None;
    }
    if is_plainly_english(&sample) {
        return Some(Language::ENGLISH);
    }
    let info = whatlang::detect(&sample).filter(whatlang::Info::is_reliable)?;
    let code = info.lang().code();
    Language::new(short(code).unwrap_or(code))
}

/// Whether a text is English beyond doubt, which spares it the trigrams: they take as long as all other parsing of
/// a page. The words counted make about a fifth of any English text; no other language has "the" and half of these.
fn is_plainly_english(text: &str) -> bool {
    const WORDS: [&str; 10] = ["the", "of", "and", "to", "that", "for", "with", "this", "has", "which"];
    let (mut words, mut known, mut articles, mut seen) = (0u32, 0u32, 0u32, 0u32);
    for word in text.split_ascii_whitespace() {
        words += 1;
        articles += u32::from(word == "the");
        if let Some(place) = WORDS.iter().position(|known| *known == word) {
            known += 1;
            seen |= 1 << place;
        }
    }
    words >= 30 && 100 * articles >= 3 * words && 100 * known >= 12 * words && seen.count_ones() >= 4
}

/// ISO 639-1 for 639-3, for the languages that detection knows.
fn short(code: &str) -> Option<&'static str> {
    const CODES: &str = "eng en rus ru cmn zh spa es por pt ita it ben bn fra fr deu de ukr uk kat ka ara ar hin hi jpn ja \
        heb he yid yi pol pl amh am jav jv kor ko nob nb dan da swe sv fin fi tur tr nld nl hun hu ces cs ell el bul bg \
        bel be mar mr kan kn ron ro slv sl hrv hr srp sr mkd mk lit lt lav lv est et tam ta vie vi urd ur tha th guj gu \
        uzb uz pan pa aze az ind id tel te pes fa mal ml ori or mya my nep ne sin si khm km tuk tk aka ak zul zu sna sn \
        afr af lat la slk sk cat ca tgl tl hye hy cym cy epo eo";
    let mut words = CODES.split_ascii_whitespace();
    while let (Some(long), Some(short)) = (words.next(), words.next()) {
        if long == code {
            return Some(short);
        }
    }
    None
}
