//! Deleting by query: what it takes out, and what it refuses to guess.

use demarche::{
    Annotator, Clause, Date, DateRange, Dimension, Document, Filter, Given, Index, IndexWriter, Query, Result,
};

const TEXTS: [(&str, &str, &str); 4] = [
    ("c", "Reuters", "China sells gas, and the pipeline is old.\n\nIt rained."),
    ("b", "Agence Reuters Asie", "Beijing bought oil."),
    ("r", "TASS", "Russia sleeps."),
    ("g", "TASS", "Nothing happened in the harbour."),
];

fn index() -> Result<(Index, IndexWriter)> {
    let index = Index::in_memory()?;
    let annotator = Annotator::new();
    let mut writer = index.writer()?;
    for (id, source, text) in TEXTS {
        let mut document = annotator.annotate(Document::parse(id, text)?);
        document.source = Some(source.to_owned());
        writer.add(&document)?;
    }
    writer.commit()?;
    Ok((index, writer))
}

#[test]
fn whole_documents_go_that_a_query_finds() -> Result<()> {
    for (query, expected) in [
        (Query::new("rained"), vec!["c"]),
        (Query::new("actor:china"), vec!["b", "c"]),
        (Query::new("actor:/state/CHN oil"), vec!["b"]),
        // The other names of an actor are for searching.
        (Query::new("china"), vec!["c"]),
        (Query::new("source:TASS"), vec!["g", "r"]),
        (Query::new("doc:r OR doc:g"), vec!["g", "r"]),
        (Query::all().filter(Filter::Document(Given::new("r"))), vec!["r"]),
        (Query::new("absent"), vec![]),
        (Query::new("*"), vec!["b", "c", "g", "r"]),
        (Query::all(), vec!["b", "c", "g", "r"]),
        (Query::from(Clause::All), vec!["b", "c", "g", "r"]),
    ] {
        let (index, mut writer) = index()?;
        assert_eq!(writer.delete_matching(&query)?, expected, "{query}");
        writer.commit()?;
        let left: Vec<String> =
            index.searcher()?.documents().map(|one| one.map(|one| one.id)).collect::<Result<_>>()?;
        let kept: Vec<&str> = TEXTS.iter().map(|(id, ..)| *id).filter(|id| !expected.contains(id)).collect();
        assert_eq!(left, kept, "{query}");
    }
    Ok(())
}

#[test]
fn a_query_that_says_too_little_or_is_odd_deletes_nothing() -> Result<()> {
    let (index, mut writer) = index()?;
    for query in [
        Query::new(""),
        Query::new(" \n"),
        Query::new("???"),
        Query::new("\"gas"),
        Query::new("-gas"),
        Query::new("actor:nobody-of-this-name"),
        // Only a part of a source's name, and a source that has it.
        Query::new("source:agence"),
        // A cue of a topic.
        Query::new("topic:\"Nord Stream\""),
        Query::all().within(Dimension::Source, ""),
        Query::all().filter(Filter::Document(Given::new(" "))),
        Query::all().filter(Filter::Date(DateRange { from: None::<Date>, to: None })),
    ] {
        let refused = writer.delete_matching(&query).expect_err("nothing to go by");
        assert!(refused.is_input(), "{query}: {refused}");
    }
    writer.commit()?;
    assert_eq!(index.searcher()?.paragraphs(), 5);
    Ok(())
}
