//! Cases for `index`: creating, opening, replacing, and directories that are not ours.

use demarche::{Clause, Document, ErrorKind, Filter, Given, Index, Query};

fn add(index: &Index, id: &str, text: &str) -> demarche::Result<()> {
    let mut writer = index.writer()?;
    writer.add(&Document::parse(id, text)?)?;
    writer.commit()
}

#[test]
fn what_was_committed_is_there_after_opening_again() -> demarche::Result<()> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("index");
    add(&Index::create(&path)?, "a", "One treaty.\n\nTwo treaties.")?;
    let index = Index::open(&path)?;
    assert_eq!(index.searcher()?.search("treaty")?.total.paragraphs, 2);
    add(&index, "a", "No treaty.")?;
    assert_eq!(index.searcher()?.search("treaty")?.total.paragraphs, 1);
    Ok(())
}

#[test]
fn a_searcher_keeps_its_commit() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    add(&index, "a", "Old text.")?;
    let before = index.searcher()?;
    add(&index, "a", "New text.")?;
    assert_eq!(before.search("old")?.total.paragraphs, 1);
    assert_eq!(index.searcher()?.search("old")?.total.paragraphs, 0);
    Ok(())
}

#[test]
fn rollback_and_drop_forget() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    writer.add(&Document::parse("a", "Text.")?)?;
    writer.rollback()?;
    writer.commit()?;
    writer.add(&Document::parse("b", "Text.")?)?;
    drop(writer);
    index.writer()?.commit()?;
    assert_eq!(index.searcher()?.paragraphs(), 0);
    Ok(())
}

#[test]
fn a_second_writer_is_refused() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let _first = index.writer()?;
    let error = index.writer().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Locked { .. }), "{error}");
    Ok(())
}

#[test]
fn what_is_not_an_index_is_named() -> demarche::Result<()> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let open = |path: &std::path::Path| Index::open(path).unwrap_err();
    assert!(matches!(open(&directory.path().join("missing")).kind(), ErrorKind::Read { .. }));
    assert!(matches!(open(directory.path()).kind(), ErrorKind::NotAnIndex { .. }));
    std::fs::write(directory.path().join("meta.json"), "{}").expect("a file");
    assert!(open(directory.path()).is_storage());
    assert!(matches!(Index::create(directory.path()).unwrap_err().kind(), ErrorKind::Value { .. }));
    Ok(())
}

#[test]
fn a_document_that_cannot_be_indexed_leaves_the_index_as_it_was() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let good = Document::parse("a", "Text.")?;
    writer.add(&good)?;
    let mut blank = good.clone();
    blank.id = " ".to_owned();
    let mut empty = good.clone();
    empty.paragraphs.clear();
    let mut misnumbered = good.clone();
    misnumbered.paragraphs[0].ordinal = 2;
    for bad in [blank, empty, misnumbered] {
        assert!(writer.add(&bad).unwrap_err().is_input());
    }
    writer.commit()?;
    assert_eq!(index.searcher()?.paragraphs(), 1);
    Ok(())
}

#[test]
fn any_id_finds_its_document() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let ids = [
        "with space",
        " blanks around ",
        "a/b/c",
        "🦀",
        "tab\tid",
        "nul\0id",
        "q\"uote",
        "„low“",
        "back\\slash",
        "a#1",
        "id:with:colon",
        "日本",
        "..",
        "*",
        "NOT",
        "(x",
    ];
    let mut writer = index.writer()?;
    for id in ids {
        writer.add(&Document::parse(id, "The summit ended.\n\nAnother summit began.")?)?;
    }
    writer.commit()?;
    let searcher = index.searcher()?;
    for id in ids {
        assert_eq!(searcher.document(id)?.map(|document| document.id).as_deref(), Some(id));
        for query in [
            Query::all().filter(Filter::Document(Given::new(id))),
            Query::new("summit").filter(Filter::Document(Given::new(id))),
        ] {
            for query in [Query::new(&query.to_string()), query] {
                let found = searcher.search(&query)?;
                assert!(found.hits.iter().all(|hit| hit.document == id), "{query}");
                assert_eq!((found.total.paragraphs, found.diagnostics.len()), (2, 0), "{query}");
            }
        }
        let like = Query::from(Clause::Like(Given::new(id)));
        assert!(searcher.search(like)?.diagnostics.is_empty(), "{id:?}");
    }
    Ok(())
}

#[test]
fn an_id_that_cannot_be_kept_is_refused_in_few_words() -> demarche::Result<()> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let refused = writer.add(&Document::parse(&"x".repeat(10_000), "Text.")?).expect_err("an id of 10,000 bytes");
    assert!(refused.is_input() && refused.to_string().len() < 300, "{refused}");
    Ok(())
}
