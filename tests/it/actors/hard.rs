//! The hard cases of `tests/data/actors/`: one sentence a line, with the actors it names and no others.

use demarche::{Annotator, Document, Result};

#[test]
fn placeholder() -> Result<()> {
    let document = Annotator::new().annotate(Document::parse("1", "Russia and China.")?);
    assert_eq!(super::ids(&document), ["RUS", "CHN"]);
    Ok(())
}
