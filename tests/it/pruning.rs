//! The best of many paragraphs are the first of all of them: what is skipped on the way could not have been among them.

use demarche::{Annotator, Dimension, Document, Hit, Index, Query, Ranking, Request, Searcher};

use crate::random::Random;

/// Paragraphs to a document.
const PARAGRAPHS: usize = 12;

/// A word whose chance falls as its number rises: `aa` stands in most paragraphs, the last in few.
fn word(random: &mut Random) -> String {
    let number = (0..4).map(|_| random.below(400)).min().unwrap_or_default() * random.below(3) / 2;
    let letters = [number / 20, number % 20].map(|letter| (b'a' + letter as u8) as char);
    letters.iter().collect()
}

/// Some 9,600 short paragraphs, many of which score the same, in two or more segments.
fn index(random: &mut Random) -> demarche::Result<Index> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    for number in 0..800 {
        let paragraphs = (0..PARAGRAPHS).map(|_| {
            let words: Vec<String> = (0..3 + random.below(9)).map(|_| word(random)).collect();
            words.join(" ")
        });
        let text = paragraphs.collect::<Vec<_>>().join("\n\n");
        let mut document = Document::parse(&format!("d{}", number * 7919 % 800), &text)?;
        document.date = Some(format!("{}-{:02}", 2000 + number % 10, 1 + number % 12).parse()?);
        writer.add(&document)?;
        if number == 550 {
            writer.commit()?;
        }
    }
    writer.commit()?;
    Ok(index)
}

/// A query of any form.
fn query(random: &mut Random) -> String {
    let mut one = || match random.below(8) {
        0 => format!("\"{} {}\"", word(random), word(random)),
        1 => format!("{}^{}", word(random), 1 + random.below(3)),
        2 => format!("({} AND {})", word(random), word(random)),
        3 => format!("({} -{})", word(random), word(random)),
        _ => word(random),
    };
    let words: Vec<String> = (0..6).map(|_| one()).collect();
    let text = match random.below(8) {
        0 => words[0].clone(),
        1 => words[..2].join(" AND "),
        2 => format!("+{} {} {}", words[0], words[1], words[2]),
        3 => format!("{} {} -{}", words[0], words[1], words[2]),
        4 => format!("({} OR {}) AND ({} OR {})", words[0], words[1], words[2], words[3]),
        5 => words.join(" "),
        6 => (0..40).map(|_| word(random)).collect::<Vec<_>>().join(" "),
        _ => words[..2].join(" "),
    };
    match random.below(4) {
        0 => format!("{text} date:{}", 2000 + random.below(10)),
        1 => format!("{text} date:2001..2008"),
        _ => text,
    }
}

/// The first of all matches, however many are asked for, and as many as are counted.
fn check(searcher: &Searcher, text: &str, ranking: &Ranking) -> demarche::Result<()> {
    let request = |limit| Request::new(text).ranking(ranking.clone()).limit(limit).count([]);
    let (all, counts) = searcher.rank_and_count(request(10_000))?;
    assert_eq!(all.len() as u64, counts.total.paragraphs, "{text}");
    let ids: std::collections::BTreeSet<&str> = all.iter().map(|one| one.document.as_str()).collect();
    assert_eq!(Some(ids.len() as u64), counts.total.documents, "{text}");
    assert_eq!(searcher.count(request(1))?.total, counts.total, "{text}");
    let mut ordered = all.clone();
    ordered.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then_with(|| (&a.document, a.ordinal).cmp(&(&b.document, b.ordinal)))
    });
    assert_eq!(ordered, all, "{text}");
    for limit in [1, 10, 150] {
        let (best, fewer) = searcher.rank_and_count(request(limit))?;
        assert_eq!(best[..], all[..limit.min(all.len())], "{limit} of {text}");
        assert_eq!(fewer.total, counts.total, "{text}");
    }
    Ok(())
}

#[test]
fn the_best_are_the_first_of_all() -> demarche::Result<()> {
    let mut random = Random(11);
    let index = index(&mut random)?;
    let mut writer = index.writer()?;
    for round in 0..2 {
        let searcher = index.searcher()?;
        for number in 0..120 {
            for text in [word(&mut random), query(&mut random)] {
                check(&searcher, &text, &Ranking::bm25())?;
                // With one window for all, the default ranking has no second pass to differ by.
                if number % 8 == 0 {
                    let best = searcher.rank(Request::new(&*text).limit(10))?;
                    assert_eq!(best[..], searcher.rank(Request::new(&*text).limit(60))?[..best.len()], "{text}");
                }
            }
        }
        if round == 0 {
            for number in (0..800).step_by(9) {
                writer.delete(&format!("d{number}"))?;
            }
            writer.commit()?;
        }
    }
    Ok(())
}

#[test]
fn a_word_within_a_filter_is_answered_again_as_at_first() {
    let index = Index::in_memory().expect("an index in memory");
    let mut writer = index.writer().expect("the first writer");
    let annotator = Annotator::new();
    for number in 0..700usize {
        let country = ["China", "France", "Russia"][usize::from(number % 7 == 0) + usize::from(number % 70 == 0)];
        let text = format!("{country} buys {}and oil.\n\nIt rained.", "gas ".repeat(1 + number * 31 % 13));
        writer
            .add(&annotator.annotate(Document::parse(&format!("d{number:03}"), &text).expect("a document")))
            .expect("added");
    }
    writer.commit().expect("a commit");
    for round in 0..2 {
        let searcher = index.searcher().expect("a searcher");
        for country in ["CHN", "FRA", "RUS"] {
            let within = Query::new("gas").within(Dimension::Actor, country);
            for ranking in [Ranking::bm25(), Ranking::default()] {
                let request = Request::new(within.clone()).ranking(ranking.clone()).count([]).limit(20);
                // The same by a plan that is more than a word.
                let other = Query::new("gas OR zzz").within(Dimension::Actor, country);
                let other = Request::new(other).ranking(Ranking::bm25()).count([]).limit(20);
                let all = searcher.search(other).expect("an answer");
                assert!(all.total.paragraphs > 4, "{country}: {:?}", all.total);
                for _ in 0..2 {
                    let results = searcher.search(request.clone()).expect("an answer");
                    assert_eq!(results.total, all.total, "{country}, round {round}");
                    if ranking == Ranking::bm25() {
                        let places = |hits: &[Hit]| -> Vec<(String, f32)> {
                            hits.iter().map(|hit| (hit.document.clone(), hit.score)).collect()
                        };
                        assert_eq!(places(&results.hits), places(&all.hits), "{country}, round {round}");
                    }
                }
            }
        }
        for number in (0..700).filter(|number| number % 3 == 0) {
            writer.delete(&format!("d{number:03}")).expect("a deletion");
        }
        writer.commit().expect("a commit");
    }
}
