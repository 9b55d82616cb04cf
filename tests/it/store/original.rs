//! Documents that keep their originals in the index.

use demarche::{Document, Error, Index, Parser, RepairKind};

use super::contents;

/// A text whose page furniture breaks a paragraph, and one that the parser refuses.
const TEXT: &str = "The talks broke off over\n\n[Page 3]\n\nthe price of gas.\n\nNo date was set.\n";

fn parser(repairs: bool) -> Parser {
    Parser::builder().repair(RepairKind::PageNumber, repairs).keep_original(true).build()
}

fn index_of(parser: &Parser) -> Result<Index, Error> {
    let index = Index::in_memory()?;
    let lines = format!("{{\"id\": \"line\", \"title\": \"Gas\", \"date\": \"2022-03\", \"text\": {TEXT:?}}}\n");
    index.load().parser(parser.clone()).from_json_lines("lines", lines.as_bytes())?;
    let latin = b"Caf\xe9 talks of China.\n\n[Page 3]\n\nNo date.".as_slice();
    index.load().parser(parser.clone()).from_documents(parser.read("latin.txt", latin))?;
    index.load().from_documents([Document::parse("none", TEXT)])?;
    Ok(index)
}

#[test]
fn originals_come_back_and_survive_everything_that_rewrites_documents() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("index");
    index_of(&parser(true))?.snapshot(&path)?;
    let index = Index::open(&path)?;
    let original = |id: &str| -> Result<Option<Vec<u8>>, Error> {
        let document = index.searcher()?.document(id)?.expect("the document");
        Ok(document.original.map(|original| original.bytes))
    };
    let expected = contents(&index)?;
    assert_eq!(original("line")?.as_deref(), Some(TEXT.as_bytes()));
    assert_eq!(original("latin")?.map(|bytes| bytes[3]), Some(0xe9));
    assert_eq!(original("none")?, None);
    index.writer()?.optimise()?;
    index.writer()?.reannotate()?;
    assert_eq!(contents(&index)?, expected);
    // What was dropped can be shown where it stood.
    let document = index.searcher()?.document("line")?.expect("the document");
    let dropped = document.repairs.iter().find(|repair| repair.kind == RepairKind::PageNumber).expect("a page number");
    assert_eq!(&TEXT[dropped.span.range()].trim(), &"[Page 3]");
    // Damage to what is derived is repaired, with the originals.
    for entry in std::fs::read_dir(&path).expect("the index") {
        let file = entry.expect("an entry").path();
        if file.extension().is_some_and(|extension| extension == "idx") {
            std::fs::write(file, "damaged").expect("a file");
        }
    }
    assert_eq!(Index::repair(&path)?.rebuilt, 3);
    assert_eq!(contents(&Index::open(&path)?)?, expected);
    Ok(())
}

#[test]
fn documents_are_parsed_again_from_their_originals() -> Result<(), Error> {
    let index = index_of(&parser(false))?;
    let before = index.searcher()?;
    let mut writer = index.writer()?;
    let outcome = writer.reparse(&parser(true))?;
    assert_eq!((outcome.documents, outcome.without_original, outcome.failures.len()), (3, 1, 0));
    assert_eq!(outcome.changed, ["latin", "line"]);
    // The same as if they had been parsed so in the first place, and tagged.
    assert_eq!(contents(&index)?, contents(&index_of(&parser(true))?)?);
    assert_eq!(index.searcher()?.search("actor:china")?.total.paragraphs, 1);
    assert_eq!(before.search("\"page 3\"")?.total.paragraphs, 2);
    assert_eq!(index.searcher()?.search("\"page 3\"")?.total.paragraphs, 0);
    assert_eq!(writer.reparse(&parser(true))?.changed, [""; 0]);
    Ok(())
}

#[test]
fn a_document_that_the_parser_refuses_stays_as_it_is() -> Result<(), Error> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let mut document = parser(true).parse("a", TEXT)?;
    document.original.as_mut().expect("an original").bytes = b"%PDF-1.4".to_vec();
    writer.add(&document)?;
    writer.commit()?;
    let outcome = writer.reparse(&Parser::new())?;
    assert!(outcome.changed.is_empty() && outcome.failures.len() == 1, "{outcome:?}");
    assert!(outcome.failures[0].to_string().contains("a PDF file"), "{}", outcome.failures[0]);
    assert_eq!(index.searcher()?.document("a")?, Some(document));
    Ok(())
}
