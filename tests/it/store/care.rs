//! Looking after an index: verification, repair, snapshots, statistics, merging, tagging again.

use std::fs;
use std::path::{Path, PathBuf};

use demarche::{Annotator, AnnotatorBuilder, Document, Error, ErrorKind, Gazetteer, Index, Profile};
use tempfile::TempDir;

use super::{contents, text};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn add(index: &Index, ids: std::ops::Range<u64>, seed: u64) -> Result<(), Error> {
    let mut writer = index.writer()?;
    for id in ids {
        writer.add(&Document::parse(&format!("d{id:03}"), &text(seed + id))?)?;
    }
    writer.close()
}

/// Two segments, with documents replaced and deleted in the first.
fn two_segments(path: &Path) -> Result<Vec<Document>, Error> {
    let index = Index::create(path)?;
    add(&index, 0..40, 0)?;
    // Few enough replaced that the first segment is not rewritten.
    add(&index, 38..60, 100)?;
    let mut writer = index.writer()?;
    writer.delete("d005")?;
    writer.close()?;
    contents(&index)
}

fn files(path: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).expect("the index").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = entries.filter(|file| file.extension().is_some_and(|found| found == extension)).collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.metadata().expect("a file").len()));
    files
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).expect("a file");
    bytes[at] ^= 0x10;
    fs::write(path, bytes).expect("a file");
}

#[test]
fn a_sound_index_is_sound_and_a_repair_leaves_it_alone() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("index");
    let expected = two_segments(&path)?;
    let verification = Index::verify(&path)?;
    assert_eq!((verification.damage, verification.documents), (vec![], 59));
    let report = Index::repair(&path)?;
    assert_eq!((report.damage, report.rebuilt), (vec![], 0));
    assert_eq!(contents(&Index::open(&path)?)?, expected);
    Ok(())
}

#[test]
fn derived_data_is_rebuilt_from_the_stored_paragraphs() -> Result<(), Error> {
    for extension in ["idx", "pos", "term", "fast", "fieldnorm"] {
        let folder = folder();
        let path = folder.path().join("index");
        let expected = two_segments(&path)?;
        for file in files(&path, extension) {
            flip(&file, 7);
        }
        assert_eq!(Index::verify(&path)?.damage.len(), 2, "{extension}");
        let report = Index::repair(&path)?;
        assert_eq!((report.rebuilt, report.lost.len(), report.unnamed), (59, 0, 0), "{extension}");
        assert!(Index::verify(&path)?.is_sound());
        let index = Index::open(&path)?;
        assert_eq!(contents(&index)?, expected, "{extension}");
        // The damaged files go with the next commit.
        index.writer()?.commit()?;
        assert_eq!(Index::verify(&path)?.stray, Vec::<String>::new());
    }
    Ok(())
}

#[test]
fn what_is_lost_is_named_and_nothing_else_is() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("index");
    let expected = two_segments(&path)?;
    let store = &files(&path, "store")[0];
    flip(store, 20);
    let report = Index::repair(&path)?;
    assert!(!report.lost.is_empty(), "{report:?}");
    assert!(Index::verify(&path)?.is_sound());
    let left = contents(&Index::open(&path)?)?;
    let kept: Vec<_> = expected.iter().filter(|document| !report.lost.contains(&document.id)).cloned().collect();
    assert_eq!(left, kept);
    assert_eq!(left.len() + report.lost.len(), expected.len());
    Ok(())
}

#[test]
fn a_lost_deletion_record_brings_documents_back_and_says_which() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("index");
    let expected = two_segments(&path)?;
    for file in files(&path, "del") {
        fs::remove_file(file).expect("a deletion record");
    }
    let report = Index::repair(&path)?;
    assert!(report.lost.is_empty() && report.uncertain.contains(&"d005".to_owned()), "{report:?}");
    let mut left = contents(&Index::open(&path)?)?;
    left.retain(|document| document.id != "d005");
    assert_eq!(left, expected);
    Ok(())
}

#[test]
fn a_lost_meta_file_is_restored_from_its_copy() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("index");
    let expected = two_segments(&path)?;
    let meta = path.join("meta.json");
    fs::remove_file(&meta).expect("meta.json");
    assert!(matches!(Index::open(&path).unwrap_err().kind(), ErrorKind::Damaged { .. }));
    assert_eq!(Index::verify(&path)?.damage[0].file, "meta.json");
    Index::repair(&path)?;
    assert_eq!(contents(&Index::open(&path)?)?, expected);
    flip(&meta, 100);
    flip(&path.join(".meta.json.copy"), 100);
    let error = Index::repair(&path).unwrap_err();
    assert!(error.to_string().contains("snapshot"), "{error}");
    Ok(())
}

#[test]
fn a_snapshot_is_an_index_of_its_own() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("index");
    let expected = two_segments(&path)?;
    let index = Index::open(&path)?;
    let snapshot = folder.path().join("snapshot");
    let _writer = index.writer()?;
    index.snapshot(&snapshot)?;
    drop(_writer);
    assert!(matches!(index.snapshot(&snapshot).unwrap_err().kind(), ErrorKind::Value { .. }));
    add(&index, 0..60, 500)?;
    index.writer()?.optimise()?;
    assert!(Index::verify(&snapshot)?.is_sound());
    let copy = Index::open(&snapshot)?;
    assert_eq!(contents(&copy)?, expected);
    add(&copy, 60..61, 0)?;
    assert_eq!(copy.searcher()?.documents().count(), 60);
    assert!(Index::verify(&path)?.is_sound());
    let names: Vec<_> =
        fs::read_dir(folder.path()).expect("entries").map(|entry| entry.expect("one").file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    Ok(())
}

#[test]
fn statistics_add_up_and_merging_reclaims() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("index");
    let expected = two_segments(&path)?;
    let index = Index::open(&path)?;
    let before = index.stats()?;
    let paragraphs: usize = expected.iter().map(|document| document.paragraphs.len()).sum();
    assert_eq!((before.documents, before.paragraphs), (59, paragraphs as u64));
    assert!(before.deleted > 0 && before.reclaimable > 0 && before.segments == 2, "{before:?}");
    assert_eq!(before.bytes, before.parts.iter().map(|part| part.bytes).sum::<u64>());
    index.writer()?.optimise()?;
    let after = index.stats()?;
    assert_eq!((after.documents, after.paragraphs, after.deleted, after.segments), (59, paragraphs as u64, 0, 1));
    assert!(after.bytes < before.bytes && after.reclaimable == 0, "{after:?}");
    assert_eq!(contents(&index)?, expected);
    Ok(())
}

#[test]
fn a_single_segment_loses_its_deleted_paragraphs() -> Result<(), Error> {
    let index = Index::in_memory()?;
    add(&index, 0..30, 0)?;
    let mut writer = index.writer()?;
    writer.delete("d001")?;
    writer.commit()?;
    assert!(index.stats()?.deleted > 0);
    writer.optimise()?;
    assert_eq!(index.stats()?.deleted, 0);
    Ok(())
}

#[test]
fn another_gazetteer_is_noticed_and_documents_are_tagged_again() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("index");
    let index = Index::create(&path)?;
    index.load().from_documents([Document::parse("a", "The Zubrowkan envoy met China.\n\nNobody came.")])?;
    assert!(!index.outdated()?.any());
    drop(index);
    let mut builder = Gazetteer::builder();
    builder.add_json_lines(
        "own",
        "{\"id\": \"ZUB\", \"kind\": \"state\", \"name\": \"Zubrowka\", \"demonyms\": [\"Zubrowkan\"]}",
    );
    let annotator = Annotator::builder().gazetteer(builder.build()?).build();
    let index = Index::options().annotator(annotator).open(&path)?;
    let outdated = index.outdated()?;
    assert!(outdated.gazetteer && !outdated.taxonomy && !outdated.options);
    let before = index.searcher()?;
    let outcome = index.writer()?.reannotate()?;
    assert_eq!((outcome.documents, outcome.changed, outcome.differences.len()), (1, 1, 1));
    let difference = &outcome.differences[0];
    assert_eq!((difference.document.as_str(), difference.ordinal, difference.lost.len()), ("a", 1, 0));
    assert_eq!(difference.gained[0].as_str(), "/state/ZUB");
    assert_eq!(before.search("actor:ZUB")?.total.paragraphs, 0);
    assert_eq!(index.searcher()?.search("actor:ZUB")?.total.paragraphs, 1);
    assert!(!index.outdated()?.any());
    assert!(Index::open(&path)?.outdated()?.gazetteer);
    Ok(())
}

#[test]
fn other_options_of_the_annotator_are_noticed() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("index");
    let document = Document::parse("a", "China sent an envoy.")?;
    Index::create(&path)?.load().from_documents([Ok(document)])?;
    let open = |change: &dyn Fn(&mut AnnotatorBuilder)| {
        let mut builder = Annotator::builder();
        change(&mut builder);
        Index::options().annotator(builder.build()).open(&path)
    };
    let changes: [&dyn Fn(&mut AnnotatorBuilder); 3] =
        [&|builder| _ = builder.profile(Profile::Precise), &|builder| _ = builder.headings(false), &|builder| {
            _ = builder.confidence_floor(0.5)
        }];
    for change in changes {
        let outdated = open(change)?.outdated()?;
        assert!(outdated.options && !outdated.gazetteer && !outdated.taxonomy, "{outdated:?}");
    }
    let index = open(changes[2])?;
    index.writer()?.reannotate()?;
    assert!(!index.outdated()?.any());
    assert!(Index::open(&path)?.outdated()?.options);
    Ok(())
}

#[test]
fn a_read_only_index_writes_nothing() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("index");
    two_segments(&path)?;
    for name in [".tantivy-meta.lock", ".tantivy-writer.lock", ".writer.json"] {
        fs::remove_file(path.join(name)).expect("a lock file");
    }
    let names = || fs::read_dir(&path).expect("the index").count();
    let before = names();
    let index = Index::options().read_only(true).open(&path)?;
    index.searcher()?.search("treaty")?;
    index.reload()?;
    index.snapshot(folder.path().join("copy"))?;
    assert!(Index::verify(&path)?.is_sound());
    assert_eq!(names(), before);
    let error = index.writer().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ReadOnly { .. }) && error.is_input(), "{error}");
    Ok(())
}

#[test]
fn other_handles_see_a_commit_when_they_reload_or_watch() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("index");
    let index = Index::create(&path)?;
    let asking = Index::open(&path)?;
    let watching = Index::options().watch(true).open(&path)?;
    add(&index, 0..3, 0)?;
    assert_eq!(index.searcher()?.documents().count(), 3);
    assert_eq!(asking.searcher()?.documents().count(), 0);
    asking.reload()?;
    assert_eq!(asking.searcher()?.documents().count(), 3);
    let started = std::time::Instant::now();
    while watching.searcher()?.documents().count() < 3 {
        assert!(started.elapsed().as_secs() < 60, "a watched index sees the commit");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn files_get_the_mode_of_any_new_file() -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let path = folder.path().join("index");
    two_segments(&path)?;
    let plain = folder.path().join("plain");
    fs::write(&plain, "").expect("a file");
    let mode = |file: &Path| fs::metadata(file).expect("a file").permissions().mode();
    for entry in fs::read_dir(&path).expect("the index") {
        let file = entry.expect("an entry").path();
        assert_eq!(mode(&file), mode(&plain), "{}", file.display());
    }
    Ok(())
}

#[test]
fn the_second_writer_is_told_who_the_first_is() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("index");
    let index = Index::create(&path)?;
    let _writer = index.writer()?;
    let error = Index::open(&path)?.writer().unwrap_err();
    let ErrorKind::Locked { holder } = error.kind() else { panic!("{error}") };
    assert!(holder.starts_with("this process, since "), "{holder}");
    assert!(matches!(Index::repair(&path).unwrap_err().kind(), ErrorKind::Locked { .. }));
    Ok(())
}
