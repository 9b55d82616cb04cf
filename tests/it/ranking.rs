//! Rankings: what each option changes, and what none may change.

use demarche::{Annotator, Cursor, Dimension, Document, Hit, Index, Query, Ranking, Request, Searcher};
use proptest::prelude::*;

use crate::search::{WORDS, corpus, document};

fn searcher(documents: &[(&str, Option<&str>, &str)]) -> demarche::Result<Searcher> {
    let index = Index::in_memory()?;
    let annotator = Annotator::new();
    let mut writer = index.writer()?;
    for (id, title, text) in documents {
        let mut document = Document::parse(id, text)?;
        document.title = title.map(str::to_owned).or(document.title);
        writer.add(&annotator.annotate(document))?;
    }
    writer.commit()?;
    index.searcher()
}

fn places(hits: &[Hit]) -> Vec<(String, u32)> {
    hits.iter().map(|hit| (hit.document.clone(), hit.ordinal)).collect()
}

fn best(searcher: &Searcher, query: &str, ranking: &str) -> demarche::Result<Vec<(String, u32)>> {
    Ok(places(&searcher.search(Request::new(query).ranking(ranking.parse()?))?.hits))
}

fn named(id: &str, ordinal: u32) -> (String, u32) {
    (id.to_owned(), ordinal)
}

#[test]
fn function_words_weigh_little() -> demarche::Result<()> {
    let searcher = searcher(&[
        ("grammar", None, "What is it that they say about whom, and what about the others?"),
        ("subject", None, "The tariffs rose. Nobody knew by how much or when they would stop rising again."),
        ("other", None, "A lake in the north, and a river in the south of the country."),
    ])?;
    let query = "what do they say about tariffs";
    assert_eq!(best(&searcher, query, "bm25")?[0].0, "grammar");
    assert_eq!(best(&searcher, query, "default")?[0].0, "subject");
    assert_eq!(best(&searcher, "what about the", "default")?[0].0, "grammar");
    Ok(())
}

#[test]
fn words_that_stand_together_rank_higher() -> demarche::Result<()> {
    let far = "Gas was cheap that year, as everybody in the ministry had hoped it would be, and so exports rose.";
    let near = "That year, as everybody in the ministry had hoped it would be, gas exports rose, and it was cheap so.";
    let searcher = searcher(&[("a", None, far), ("b", None, near), ("c", None, "Wheat was dear.")])?;
    assert_eq!(best(&searcher, "gas exports", "bm25")?, [named("a", 1), named("b", 1)]);
    assert_eq!(best(&searcher, "gas exports", "default")?, [named("b", 1), named("a", 1)]);
    Ok(())
}

#[test]
fn a_title_speaks_for_every_paragraph_of_its_document() -> demarche::Result<()> {
    let text = "The talks began on Monday.\n\nThe talks went on for a week.";
    let searcher =
        searcher(&[("a", Some("Wheat prices"), text), ("b", Some("Nuclear talks"), text), ("c", None, "Rain.")])?;
    let found = best(&searcher, "nuclear talks", "bm25,titles=0.3,window=200")?;
    assert_eq!(found[..2], [named("b", 1), named("b", 2)]);
    Ok(())
}

#[test]
fn a_paragraph_without_a_subject_is_found_by_its_heading() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let source = std::fs::read_to_string("seeds/000_468284d11647a011.txt").expect("the seed document");
    writer.add(&Annotator::new().annotate(Document::parse("seed", &source)?))?;
    writer.commit()?;
    let searcher = index.searcher()?;
    // The paragraph itself never says "joint statement".
    for query in ["What is new in the joint statement?", "what topics does the joint statement contain"] {
        let results = searcher.search(Request::new(query))?;
        let found = results.hits.iter().position(|hit| hit.text.contains("wide range of topics"));
        assert!(found.is_some_and(|place| place < 2), "{query}: {found:?}");
    }
    Ok(())
}

#[test]
fn a_document_is_evidence_for_its_paragraphs() -> demarche::Result<()> {
    let about = "The treaty bans mines. The ban is wide.\n\nInspectors report to the treaty office on mines every \
        year.\n\nThe office is small.";
    let aside = "The shop sells bread.\n\nThe office is small.\n\nThe baker is old.";
    let searcher = searcher(&[("aside", None, aside), ("treaty", None, about)])?;
    let found = best(&searcher, "office mines", "bm25,context=1,window=200")?;
    let place = |wanted| found.iter().position(|one| *one == wanted);
    assert!(place(named("treaty", 3)) < place(named("aside", 2)), "{found:?}");
    Ok(())
}

#[test]
fn documents_are_ranked_by_more_than_their_best_paragraph() -> demarche::Result<()> {
    let once = "Drones drones drones.\n\nWheat fell.\n\nRain fell.\n\nSnow fell.";
    let often =
        "Drones came at night, they said.\n\nMore drones came in the morning.\n\nThe drones left.\n\nSnow fell.";
    let searcher = searcher(&[("often", None, often), ("once", None, once), ("none", None, "Rain.\n\nSnow.")])?;
    let order = |ranking: &str| -> demarche::Result<Vec<String>> {
        let request = Request::new("drones").ranking(ranking.parse()?).group(1);
        Ok(searcher.rank(request)?.into_iter().map(|one| one.document).collect())
    };
    assert_eq!(order("bm25")?, ["once", "often"]);
    assert_eq!(order("bm25,decay=1,window=200")?, ["often", "once"]);
    Ok(())
}

#[test]
fn an_actor_is_found_by_its_other_names() -> demarche::Result<()> {
    let searcher = searcher(&[
        ("a", None, "The Kremlin spoke of gas."),
        ("b", None, "Moscow cut its exports of gas to Europe."),
        ("c", None, "Russian ships left the port."),
        ("d", None, "Norway sold gas."),
    ])?;
    let request = Request::new("Kremlin AND gas");
    assert_eq!(searcher.search(request.clone())?.total.paragraphs, 1);
    let results = searcher.search(request.ranking(Ranking::default().actors(0.5)))?;
    assert_eq!(places(&results.hits), [named("a", 1), named("b", 1)]);
    assert_eq!(results.total.paragraphs, 2);
    let marked: Vec<&str> = results.hits[1].highlights.iter().map(|span| &results.hits[1].text[span.range()]).collect();
    assert_eq!(marked, ["Moscow", "gas"]);
    assert_eq!(results.diagnostics[0].message(), "\"Kremlin\" also finds Russia (RUS) by its other names");
    let small = searcher.search(Request::new("kremlin").ranking(Ranking::expanded()))?;
    assert_eq!(small.total.paragraphs, 3);
    Ok(())
}

#[test]
fn feedback_brings_up_what_the_best_documents_speak_of() -> demarche::Result<()> {
    let searcher = searcher(&[
        ("a", None, "The pipeline leaked. Engineers closed the compressor of the pipeline and its valves."),
        ("b", None, "The pipeline ran dry when the compressor failed and the valves froze."),
        ("c", None, "A pipeline of films was shown at a festival."),
        ("d", None, "They said that the pipeline, near its compressor and valves, was guarded by many soldiers."),
        ("e", None, "Wheat."),
    ])?;
    let place = |ranking: &str, id: &str| -> demarche::Result<Option<usize>> {
        Ok(best(&searcher, "pipeline", ranking)?.iter().position(|(found, _)| found == id))
    };
    assert!(place("default", "c")? < place("default", "d")?);
    assert!(place("default,feedback=1", "c")? > place("default,feedback=1", "d")?);
    Ok(())
}

#[test]
fn chinese_is_ranked_by_pairs_and_characters() -> demarche::Result<()> {
    let searcher = searcher(&[
        ("a", None, "外交部长会见了北约秘书长。"),
        ("b", None, "外交部发言人谈贸易。"),
        ("c", None, "今天下雨。"),
    ])?;
    assert_eq!(best(&searcher, "北约秘书长", "default")?, [named("a", 1)]);
    assert_eq!(best(&searcher, "外交部长", "default")?, [named("a", 1), named("b", 1)]);
    Ok(())
}

#[test]
fn scripts_without_spaces_are_searched_by_pairs() -> demarche::Result<()> {
    for (query, about, aside) in [
        // The talks: Thai, Lao, Khmer and Burmese run sentences together, Japanese does too; Korean joins particles.
        ("การเจรจา", "รัฐมนตรีเริ่มการเจรจาสันติภาพ", "วันนี้ฝนตกในกรุงเทพ"),
        ("ການເຈລະຈາ", "ລັດຖະມົນຕີເລີ່ມການເຈລະຈາສັນຕິພາບ", "ມື້ນີ້ຝົນຕົກ"),
        ("ការចរចា", "រដ្ឋមន្ត្រីចាប់ផ្តើមការចរចាសន្តិភាព", "ថ្ងៃនេះភ្លៀង"),
        ("平和交渉", "大臣は平和交渉を始めた。", "今日は雨が降った。"),
        ("북한", "북한은 회담을 거부했다.", "오늘 비가 왔다."),
        ("회담", "북한은 회담을 거부했다.", "오늘 비가 왔다."),
    ] {
        let searcher = searcher(&[("about", None, about), ("aside", None, aside)])?;
        assert_eq!(best(&searcher, query, "default")?.first(), Some(&named("about", 1)), "{query}");
        let hits = searcher.search(query)?.hits;
        let marked: String = hits[0].highlights.iter().map(|at| &hits[0].text[at.range()]).collect();
        assert!(query.contains(&marked) && !marked.is_empty(), "{query}: {marked}");
        assert_eq!(best(&searcher, &format!("\"{query}\""), "default")?, [named("about", 1)], "{query}");
    }
    Ok(())
}

#[test]
fn words_of_two_scripts_without_a_space_are_both_found() -> demarche::Result<()> {
    let searcher =
        searcher(&[("a", None, "NATO 会议今天开始。"), ("b", None, "北约东扩。"), ("c", None, "今天下雨。")])?;
    assert_eq!(best(&searcher, "NATO东扩", "default")?.len(), 2);
    let hits = searcher.search("NATO东扩")?.hits;
    let marked: Vec<&str> = hits.iter().flat_map(|hit| hit.highlights.iter().map(|at| &hit.text[at.range()])).collect();
    assert!(marked.contains(&"NATO") && marked.contains(&"东扩"), "{marked:?}");
    Ok(())
}

#[test]
fn a_wrong_ranking_is_refused() -> demarche::Result<()> {
    let searcher = searcher(&[("a", None, "Rain.")])?;
    let error = searcher.search(Request::new("rain").ranking(Ranking::default().titles(f32::NAN))).map(|_| ());
    assert!(error.is_err_and(|error| error.is_input()));
    Ok(())
}

fn rankings() -> impl Strategy<Value = Ranking> {
    let names = ["bm25", "default", "expanded", "default,window=3", "expanded,window=2", "bm25,window=4,context=1"];
    proptest::sample::select(names.to_vec()).prop_map(|name| name.parse().expect("a ranking"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("CI").is_some() { 64 } else { 24 }))]

    /// However wide the window, the pages are the list, the list falls, and documents that come in between
    /// move nothing that was there.
    #[test]
    fn pages_of_any_ranking_add_up(
        corpus in corpus(),
        words in prop::collection::vec(0..WORDS.len(), 1..4),
        ranking in rankings(),
        group in any::<bool>(),
        limit in 1usize..4,
    ) {
        let index = Index::in_memory()?;
        let mut writer = index.writer()?;
        for (id, made) in corpus.iter().enumerate() {
            writer.add(&document(id, made))?;
            if id % 3 == 0 {
                writer.commit()?;
            }
        }
        writer.commit()?;
        let query: Vec<&str> = words.iter().map(|&word| WORDS[word]).collect();
        let mut request = Request::new(query.join(" ")).ranking(ranking);
        if group {
            request = request.group(1);
        }
        let searcher = index.searcher()?;
        let all = searcher.search(request.clone().limit(1_000))?.hits;
        if !group {
            prop_assert!(all.windows(2).all(|pair| pair[0].score >= pair[1].score));
            let ranked = searcher.rank(request.clone().limit(1_000))?;
            let ranked: Vec<_> = ranked.into_iter().map(|one| (one.document, one.ordinal, one.score)).collect();
            let hits: Vec<_> = all.iter().map(|hit| (hit.document.clone(), hit.ordinal, hit.score)).collect();
            prop_assert_eq!(ranked, hits);
        }
        let mut pages: Vec<Hit> = Vec::new();
        let mut page = request.clone().limit(limit);
        for round in 0.. {
            let results = index.searcher()?.search(page.clone())?;
            pages.extend(results.hits);
            let Some(next) = results.next else { break };
            page = page.after(next.to_string().parse::<Cursor>()?);
            if round == 1 {
                for (id, made) in corpus.iter().enumerate().take(3) {
                    writer.add(&Document { id: format!("new{id}"), ..document(id, made) })?;
                }
                writer.commit()?;
            }
        }
        pages.retain(|hit| !hit.document.starts_with("new"));
        prop_assert_eq!(places(&pages), places(&all));
        let scores = |hits: &[Hit]| hits.iter().map(|hit| hit.score).collect::<Vec<_>>();
        prop_assert_eq!(scores(&pages), scores(&all));
    }

    /// Ranked as wholes, documents are those of the paragraphs that match, each named by the best of them, in
    /// any window and after documents were replaced and deleted.
    #[test]
    fn documents_are_those_of_the_paragraphs(
        corpus in corpus(),
        words in prop::collection::vec(0..WORDS.len(), 1..4),
        window in 0usize..3,
        gone in 0usize..4,
    ) {
        let index = Index::in_memory()?;
        let mut writer = index.writer()?;
        for (id, made) in corpus.iter().enumerate() {
            writer.add(&document(id, made))?;
            if id % 2 == 0 {
                writer.commit()?;
                writer.add(&document(id, made))?;
            }
        }
        writer.delete(&document(gone, &corpus[gone % corpus.len()]).id)?;
        writer.commit()?;
        let query: Vec<&str> = words.iter().map(|&word| WORDS[word]).collect();
        let query = query.join(" ");
        let searcher = index.searcher()?;
        // By their words alone, as the paragraphs of a document are told apart.
        let paragraphs = searcher.rank(Request::new(&*query).ranking("default,window=0".parse()?).limit(1_000))?;
        let mut expected: Vec<(String, u32)> = Vec::new();
        for one in &paragraphs {
            if !expected.iter().any(|(document, _)| *document == one.document) {
                expected.push((one.document.clone(), one.ordinal));
            }
        }
        let ranking = Ranking::default().window(if window == 0 { 100 } else { window });
        let ranked = searcher.rank(Request::new(&*query).ranking(ranking).group(1).limit(1_000))?;
        let mut found: Vec<(String, u32)> = ranked.into_iter().map(|one| (one.document, one.ordinal)).collect();
        expected.sort_unstable();
        found.sort_unstable();
        prop_assert_eq!(found, expected);
    }

    /// Within the window a filter changes no score, whatever the ranking; feedback learns from what it sees.
    #[test]
    fn filters_change_no_score(corpus in corpus(), word in 0..WORDS.len(), other in 0..WORDS.len()) {
        let index = Index::in_memory()?;
        let mut writer = index.writer()?;
        for (id, made) in corpus.iter().enumerate() {
            writer.add(&document(id, made))?;
        }
        writer.commit()?;
        let searcher = index.searcher()?;
        let query = Query::new(&format!("{} {}", WORDS[word], WORDS[other]));
        let all = searcher.search(Request::new(&query).limit(1_000))?.hits;
        let filtered = searcher.search(Request::new(query.within(Dimension::Actor, "/state/AAA")).limit(1_000))?.hits;
        for hit in &filtered {
            let same = all.iter().find(|other| other.document == hit.document && other.ordinal == hit.ordinal);
            prop_assert_eq!(same.map(|same| same.score), Some(hit.score));
        }
    }
}
