//! Documents as they come out of extractors, ten kinds of them, read whole: each `.txt` in `tests/data/documents` beside
//! what a reader would make of it, in `.expected`: title, byline and date, then every paragraph with its kind, its
//! headings and its text. All ten were written for this test.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use demarche::{Document, Result};

fn shown(document: &Document) -> String {
    let mut shown = String::new();
    let date = document.date.map(|date| date.to_string()).unwrap_or_default();
    let title = document.title.as_deref().unwrap_or_default();
    writeln!(shown, "{title} | {} | {date}", document.byline.join(", ")).expect("memory");
    for paragraph in &document.paragraphs {
        let path = document.heading_path(paragraph).join(" › ");
        writeln!(shown, "{} | {path} | {:?}", paragraph.kind.as_str(), paragraph.text).expect("memory");
    }
    shown
}

#[test]
fn documents_come_out_as_they_were_written() -> Result<()> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/documents");
    let mut read = 0;
    for entry in fs::read_dir(&directory).expect("the directory is there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let document = Document::parse("a", &fs::read_to_string(&path).expect("text"))?;
        let expected = path.with_extension("expected");
        // Whoever changes what is right writes the files anew, and reads them.
        if std::env::var_os("WRITE_EXPECTED").is_some() {
            fs::write(&expected, shown(&document)).expect("written");
        }
        let expected = fs::read_to_string(&expected).expect("what is expected");
        assert_eq!(shown(&document), expected, "{}", path.display());
        read += 1;
    }
    assert_eq!(read, 10);
    Ok(())
}
