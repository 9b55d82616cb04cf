//! A stored index of the schema version that this build writes opens, is sound, and answers; a build that could not
//! read it any more would have to raise the version.
//!
//! `tests/data/index-v1` was written by the ignored test `write`, which writes it anew:
//!
//! ```text
//! cargo test --test it store::fixture::write -- --ignored
//! ```
//!
//! Once a version has been released, its fixture is never written again.

use std::fs;
use std::path::{Path, PathBuf};

use demarche::{Dimension, Document, Error, Index, Parser, Request};

use super::{contents, text};

fn stored() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/index-v1")
}

/// A copy that may be written.
fn copy(to: &Path) {
    fs::create_dir(to).expect("a directory");
    for entry in fs::read_dir(stored()).expect("the fixture") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
    }
}

/// Two segments: with and without originals, dates, titles, headings and tags, one document replaced and one deleted.
#[test]
#[ignore = "writes the fixture anew"]
fn write() -> Result<(), Error> {
    let index = Index::in_memory()?;
    let keeping = Parser::builder().keep_original(true).build();
    let mut lines = String::new();
    for number in 0..30 {
        let text = text(number).replace('\n', "\\n");
        let (year, month) = (1990 + number, number % 12 + 1);
        lines.push_str(&format!(
            "{{\"id\": \"line-{number:02}\", \"title\": \"Note {number}\", \"date\": \"{year}-{month:02}\", \
             \"author\": [\"A. Author\"], \"source\": \"Notes\", \"number\": {number}, \"text\": \"{text}\"}}\n"
        ));
    }
    index.load().parser(keeping.clone()).from_json_lines("lines", lines.as_bytes())?;
    let mut writer = index.writer()?;
    let markdown = "# Gas\n\n## Exports\n\nThe *ministers* of China and Lithuania [met](https://example.org).\n\n\
        > NATO enlargement was not named.\n\n## Café\n\nNothing else was said in Brussels.\n";
    writer.add(&index.annotator().annotate(keeping.markdown("markdown", markdown)?))?;
    writer.add(&index.annotator().annotate(Document::parse("plain", "Russia’s envoy left.\n\nHe said nothing.")?))?;
    writer.add(&index.annotator().annotate(Document::parse("line-07", "It was replaced by the United Nations.")?))?;
    writer.delete("line-11")?;
    writer.close()?;
    let path = stored();
    if path.exists() {
        fs::remove_dir_all(&path).expect("the old fixture");
    }
    // A snapshot holds what a commit needs and nothing of the machine it was made on.
    index.snapshot(&path)?;
    let expected = serde_json::to_string(&contents(&index)?).expect("JSON");
    fs::write(path.with_extension("json"), expected + "\n").expect("what is in it");
    Ok(())
}

#[test]
fn an_index_of_this_schema_version_is_sound_and_holds_what_was_put_in() -> Result<(), Error> {
    let verification = Index::verify(stored())?;
    assert_eq!(verification.damage, []);
    assert_eq!(verification.documents, 31);
    let expected = fs::read_to_string(stored().with_extension("json")).expect("what is in it");
    let expected: Vec<Document> = serde_json::from_str(&expected).expect("documents");
    let index = Index::options().read_only(true).open(stored())?;
    assert_eq!(contents(&index)?, expected);
    assert!(index.stats()?.segments == 2 && index.stats()?.deleted > 0);
    assert!(index.searcher()?.document("line-03")?.is_some_and(|document| document.original.is_some()));
    Ok(())
}

#[test]
fn an_index_of_this_schema_version_answers() -> Result<(), Error> {
    let searcher = Index::options().read_only(true).open(stored())?.searcher()?;
    for (query, expected) in [
        ("enlargement", vec![("markdown", 2)]),
        ("\"nato enlargement\" kind:quote", vec![("markdown", 2)]),
        ("heading:exports", vec![("markdown", 1), ("markdown", 2)]),
        ("title:gas cafe", vec![("markdown", 3)]),
        ("NEAR/s(actor:/state/RUS left)", vec![("plain", 1)]),
        ("actor:/state/LTU", vec![("markdown", 1)]),
        ("actor:/state/LTU as:name sure:0.5", vec![("markdown", 1)]),
        ("actor:/state/LTU as:metonym", vec![]),
        ("replac*", vec![("line-07", 1)]),
        ("minister~1", vec![("markdown", 1)]),
        ("date:1990 envoy OR treaty OR summit OR gas", vec![("line-00", 1)]),
        ("doc:line-11", vec![]),
        ("like:markdown#2 enlargement", vec![("markdown", 2)]),
    ] {
        let results = searcher.search(Request::new(query))?;
        let mut found: Vec<_> = results.hits.iter().map(|hit| (hit.document.as_str(), hit.ordinal)).collect();
        found.sort_unstable();
        assert!(expected.iter().all(|one| found.contains(one)), "{query}: {found:?}");
        assert!(!expected.is_empty() || found.is_empty(), "{query}: {found:?}");
    }
    let counts = searcher.count(Request::new("*").count([Dimension::Source, Dimension::Author]))?;
    let source = counts.facets.get(Dimension::Source).expect("asked for");
    assert_eq!(source.get(&"/Notes".parse()?).and_then(|node| node.documents), Some(28));
    Ok(())
}

#[test]
fn an_index_of_this_schema_version_can_be_written() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("index");
    copy(&path);
    let index = Index::open(&path)?;
    let mut writer = index.writer()?;
    writer.add(&Document::parse("new", "The newest note.")?)?;
    writer.delete("plain")?;
    writer.commit()?;
    assert_eq!(writer.reparse(&Parser::new())?.without_original, 2);
    writer.reannotate()?;
    writer.optimise()?;
    drop(writer);
    assert_eq!(Index::verify(&path)?.damage, []);
    assert_eq!(index.searcher()?.search("newest")?.total.paragraphs, 1);
    assert_eq!(contents(&index)?.len(), 31);
    Ok(())
}
