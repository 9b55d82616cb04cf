//! The ten lines of the README, with what they find asserted.
//!
//! ```text
//! cargo run --release --example quickstart
//! ```

use demarche::{Annotator, Dimension, Index, Parser, Request};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let annotator = Annotator::new(); // built-in actors and topics
    let index = Index::in_memory()?; // or Index::create(dir)?, Index::open(dir)?
    let mut writer = index.writer()?;
    for document in Parser::new().documents("seeds")? {
        writer.add(&annotator.annotate(document?))?; // parse, annotate, index
    }
    writer.commit()?;
    let results = index.searcher()?.search(Request::new("nato enlargement").limit(3))?;
    for hit in &results.hits {
        println!("{:.2} {} ¶{}: {}", hit.score, hit.document, hit.ordinal, hit.passage);
    }

    let first = results.hits.first().ok_or("nothing found")?;
    assert_eq!(first.ordinal, 3);
    assert!(first.text.contains("further enlargement of NATO"));
    let topics = results.facets.get(Dimension::Topic).ok_or("no topic counts")?;
    assert!(topics.get(&"/topic/alliances/nato-enlargement".parse()?).is_some());
    Ok(())
}
