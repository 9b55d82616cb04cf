//! Bulk loads: refusals, resuming, cancelling, and the same index whatever the threads.

use std::ops::ControlFlow;

use demarche::{Document, Error, ErrorKind, Index, Request};

use super::{contents, text};

/// JSON Lines of `count` documents; every seventh line is broken.
fn lines(count: usize) -> String {
    let mut lines = String::new();
    for number in 0..count {
        let text = text(number as u64).replace('\n', "\\n");
        match number % 7 {
            6 => lines.push_str("{\"id\": \"broken\"}\n"),
            _ => lines.push_str(&format!("{{\"id\": \"d{number:05}\", \"text\": \"{text}\"}}\n")),
        }
    }
    lines
}

#[test]
fn the_index_is_the_same_whatever_the_threads_and_batches() -> Result<(), Error> {
    let lines = lines(300);
    let mut expected: Option<(Vec<Document>, String)> = None;
    for (threads, batch) in [(1, 1_000), (2, 50), (7, 20)] {
        let index = Index::in_memory()?;
        let report = index.load().threads(threads).batch(batch).from_json_lines("made up", lines.as_bytes())?;
        assert_eq!((report.documents, report.refused, report.resumed), (258, 42, 0));
        assert_eq!(report.refusals.len(), 42);
        assert_eq!(report.refusals[0].to_string(), "made up: line 7, column 1: no field \"text\"");
        assert_eq!(report.bytes, lines.len() as u64);
        let mut results = index.searcher()?.search(Request::new("treaty gas").limit(100))?;
        results.hits.iter_mut().for_each(|hit| hit.score = (hit.score * 1e4).round());
        let answer = serde_json::to_string(&results.facets).expect("JSON");
        let found = (contents(&index)?, answer);
        assert_eq!(&found, expected.get_or_insert_with(|| found.clone()));
    }
    Ok(())
}

#[test]
fn a_cancelled_load_goes_on_where_it_was() -> Result<(), Error> {
    let lines = lines(200);
    let index = Index::in_memory()?;
    let cancel = |progress: &demarche::Progress| match progress.committed {
        50.. => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let load = || index.load().threads(1).batch(50);
    let first = load().progress(cancel).from_json_lines("lines", lines.as_bytes())?;
    assert!(first.cancelled && first.documents < 172, "{first:?}");
    let second = load().from_json_lines("lines", lines.as_bytes())?;
    assert_eq!(second.resumed, first.documents + first.refused);
    assert_eq!((first.documents + second.documents, first.refused + second.refused), (172, 28));
    let whole = Index::in_memory()?;
    whole.load().from_json_lines("lines", lines.as_bytes())?;
    assert_eq!(contents(&index)?, contents(&whole)?);
    // The load has ended: the next one is a new one.
    assert_eq!(load().from_json_lines("lines", lines.as_bytes())?.resumed, 0);
    Ok(())
}

#[test]
fn a_load_is_not_resumed_from_other_sources() -> Result<(), Error> {
    let index = Index::in_memory()?;
    let cancel = |_: &demarche::Progress| ControlFlow::Break(());
    index.load().batch(10).progress(cancel).from_json_lines("lines", lines(100).as_bytes())?;
    let changed = lines(100).replacen("d00000", "other", 1);
    let error = index.load().from_json_lines("lines", changed.as_bytes()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Resume { .. }) && error.is_input(), "{error}");
    let report = index.load().restart(true).from_json_lines("lines", changed.as_bytes())?;
    assert_eq!((report.resumed, report.documents), (0, 86));
    assert!(index.searcher()?.document("other")?.is_some());
    Ok(())
}

#[test]
fn refused_documents_are_told_one_by_one_and_paths_are_read_in_order() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("b.txt", "The second text.");
    write("a.txt", "The first text.");
    write("c.txt", " \n");
    write("d.jsonl", "{\"id\": \"x\", \"text\": \"The third text.\"}\nnot json\n");
    let index = Index::in_memory()?;
    let mut told = Vec::new();
    let report = index.load().refused(|error| told.push(error.to_string())).from_paths(&[folder.path()])?;
    assert_eq!((report.documents, report.refused), (3, 2));
    assert!(told[0].ends_with("c.txt: the file is empty") && told[1].contains("d.jsonl: line 2"), "{told:?}");
    let ids: Vec<_> = contents(&index)?.into_iter().map(|document| document.id).collect();
    assert_eq!(ids, ["a", "b", "x"]);
    let missing = index.load().from_paths(&[folder.path().join("nowhere")]).unwrap_err();
    assert!(missing.is_input());
    Ok(())
}

#[test]
fn documents_keep_their_tags_when_asked_to() -> Result<(), Error> {
    let document = Document::parse("a", "China and NATO.")?;
    let index = Index::in_memory()?;
    index.load().annotate(false).from_documents([Ok(document.clone())])?;
    assert_eq!(index.searcher()?.search("actor:china")?.total.paragraphs, 0);
    index.load().from_documents([Ok(document)])?;
    assert_eq!(index.searcher()?.search("actor:china")?.total.paragraphs, 1);
    Ok(())
}

#[test]
fn memory_out_of_bounds_is_refused() -> Result<(), Error> {
    let index = Index::in_memory()?;
    let error = index.load().memory(1_000).from_documents([]).unwrap_err();
    assert!(error.is_input(), "{error}");
    Ok(())
}
