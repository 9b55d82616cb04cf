//! More like this, did you mean, and completion.

use std::collections::BTreeSet;

use demarche::{Annotator, CompletionKind, Document, Index, IndexWriter, Request};

const TEXTS: [(&str, &str); 6] = [
    (
        "sanctions-1",
        "The European Union imposed sanctions on Russian oil exports.\n\nThe weather in Vilnius was mild for the season.",
    ),
    ("sanctions-2", "New sanctions of the European Union will hit exports of oil from Russia by sea."),
    ("sanctions-3", "Oil exports fell, said Moscow, and called the sanctions unlawful."),
    ("nato", "NATO ministers met in Brussels and spoke of enlargement and of the open door."),
    ("weather", "The season was mild, and the harvest in Lithuania was good."),
    ("china", "China and Lithuania closed their embassies after a quarrel over Taiwan."),
];

fn add(writer: &mut IndexWriter, annotator: &Annotator, id: &str, text: &str) {
    let document = Document::parse(id, text).expect("a document");
    writer.add(&annotator.annotate(document)).expect("an annotated document");
}

/// Two segments and a deleted document.
fn index() -> Index {
    let index = Index::in_memory().expect("an index in memory");
    let annotator = Annotator::new();
    let mut writer = index.writer().expect("the first writer");
    for (number, (id, text)) in TEXTS.into_iter().enumerate() {
        add(&mut writer, &annotator, id, text);
        if number == 2 {
            add(&mut writer, &annotator, "gone", "Sanctions, sanctions, sanctionism and NATO.");
            writer.commit().expect("a commit");
        }
    }
    writer.delete("gone").expect("a deletion");
    writer.commit().expect("a commit");
    index
}

#[test]
fn like_finds_what_shares_words_and_actors() -> demarche::Result<()> {
    let searcher = index().searcher()?;
    let results = searcher.search(Request::new("like:sanctions-1#1").explain(true))?;
    let found: Vec<(&str, u32)> = results.hits.iter().map(|hit| (&*hit.document, hit.ordinal)).collect();
    assert_eq!(found, [("sanctions-2", 1), ("sanctions-3", 1)]);
    let marked: Vec<&str> = results.hits[0].highlights.iter().map(|span| &results.hits[0].text[span.range()]).collect();
    assert!(marked.contains(&"sanctions") && marked.contains(&"oil"), "{marked:?}");
    let explanation = results.hits[0].explanation.as_ref().expect("asked for").to_string();
    assert!(explanation.contains("shares /org/EU") && explanation.contains("text:sanction"), "{explanation}");

    let whole = searcher.search("like:sanctions-1 -doc:sanctions-3")?;
    let found: BTreeSet<&str> = whole.hits.iter().map(|hit| &*hit.document).collect();
    assert_eq!(found, BTreeSet::from(["sanctions-2", "weather"]));
    assert_eq!(whole.query, "like:sanctions-1 -doc:sanctions-3");

    let unknown = searcher.search("like:gone#1")?;
    assert_eq!((unknown.total.paragraphs, unknown.diagnostics.len()), (0, 1));
    assert_eq!(&"like:gone#1"[unknown.diagnostics[0].span().range()], "gone#1");
    Ok(())
}

#[test]
fn did_you_mean_speaks_only_where_it_finds_more() -> demarche::Result<()> {
    let searcher = index().searcher()?;
    for (query, expected) in [
        ("sanktions", Some("sanctions")),
        ("oil AND sanktions", Some("+oil +sanctions")),
        ("\"oil exprots\"", Some("\"oil exports\"")),
        ("NEAR/9(ministrs nato)", Some("NEAR/9(ministers nato)")),
        ("sanction", None),
        ("exports oil", None),
        ("-sanktions oil", None),
        ("xqzw", None),
        // The word is known; that it finds nothing here is no mistake of spelling.
        ("nato AND harvest", None),
        ("sanktions AND nato", None),
        ("sanctionist", Some("sanctions")),
        ("sanktion~1", None),
    ] {
        let results = searcher.search(query)?;
        assert_eq!(results.did_you_mean.as_deref(), expected, "{query}");
        let suggested =
            results.diagnostics.iter().filter(|diagnostic| diagnostic.message().starts_with("no paragraph"));
        assert_eq!(suggested.count(), usize::from(expected.is_some()), "{query}");
    }
    let results = searcher.search("oil AND sanktions")?;
    let diagnostic = &results.diagnostics[0];
    assert_eq!(&"oil AND sanktions"[diagnostic.span().range()], "sanktions");
    assert_eq!(diagnostic.suggestion(), Some("sanctions"));
    for (query, meant) in [("actor:chnia", "China"), ("actor:lithaunia", "Lithuania"), ("topic:snactions", "Sanctions")]
    {
        let message = searcher.search(query)?.diagnostics[0].message().to_owned();
        assert!(message.contains(meant), "{message}");
    }
    Ok(())
}

#[test]
fn completions_count_what_is_there() -> demarche::Result<()> {
    let searcher = index().searcher()?;
    let complete = |typed: &str| -> Vec<(CompletionKind, String, u64)> {
        let found = searcher.complete(typed, 5).expect("completions");
        found.into_iter().map(|one| (one.kind, one.text, one.count)).collect()
    };
    use CompletionKind::{Actor, Word};
    assert!(complete("sanct").contains(&(Word, "sanctions".to_owned(), 3)));
    assert!(complete("oil exp").contains(&(Word, "exports".to_owned(), 3)));
    let lithuania = complete("lithua");
    assert!(lithuania.contains(&(Actor, "Lithuania".to_owned(), 2)), "{lithuania:?}");
    assert!(
        complete("european u")
            .iter()
            .any(|(kind, text, count)| *kind == Actor && text == "European Union" && *count == 2)
    );
    assert_eq!(complete("gas for the european u")[..2], complete("european u")[..2]);
    assert!(
        complete("(actor:\"lithua").iter().all(|(kind, ..)| *kind == Actor) && !complete("-actor:lithua").is_empty()
    );
    assert!(complete("\"oil exp").iter().all(|(kind, ..)| *kind == Word));
    assert!(complete("").is_empty() && complete("  ").is_empty() && complete("xqzw").is_empty());
    for one in searcher.complete("oil e", 9)? {
        assert_eq!(
            (one.replaces.start, one.replaces.end),
            (if one.kind == Word { 4 } else { one.replaces.start.min(4) }, 5)
        );
    }
    Ok(())
}

#[test]
fn the_most_frequent_of_many_names_are_offered() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let annotator = Annotator::new();
    let mut writer = index.writer()?;
    add(&mut writer, &annotator, "many", &["Zimbabwe met Zambia."; 9].join("\n\n"));
    // The seat of its leaders begins so, too, but a name comes first.
    add(&mut writer, &annotator, "most", &["China waited."; 20].join("\n\n"));
    add(&mut writer, &annotator, "some", &["Volodymyr Zelenskyy, President of Ukraine, spoke."; 12].join("\n\n"));
    writer.commit()?;
    let found = index.searcher()?.complete("z", 4)?;
    let actors: Vec<(&str, u64)> = found
        .iter()
        .filter(|one| one.kind == CompletionKind::Actor)
        .map(|one| (one.path.as_ref().expect("an actor has a path").last_step(), one.count))
        .collect();
    assert_eq!(actors, [("volodymyr-zelenskyy", 12), ("ZMB", 9), ("ZWE", 9), ("CHN", 20)]);
    Ok(())
}
