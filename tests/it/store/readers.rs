//! One writer and many readers, in threads and in processes: every answer is of some commit.
//!
//! `STORE_SECONDS=60` goes on that long; by default, 3 seconds.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use demarche::{Annotator, Document, Error, Gazetteer, Index, Request};

use super::number_from;

const DOCUMENTS: usize = 20;

fn annotator() -> Annotator {
    Annotator::builder().gazetteer(Gazetteer::empty()).build()
}

/// Every document says the same version, in both of its paragraphs.
fn document(number: usize, version: u64) -> Document {
    let text = format!("Version {version} of the draft.\n\nThe draft is version {version}.");
    Document::parse(&format!("d{number:02}"), &text).expect("a document")
}

/// Checks that an answer is of one commit, and returns its version.
fn version(index: &Index) -> Result<u64, Error> {
    let searcher = index.searcher()?;
    let results = searcher.search(Request::new("draft").limit(100))?;
    assert_eq!(results.total.paragraphs, 2 * DOCUMENTS as u64);
    assert_eq!(results.total.documents, Some(DOCUMENTS as u64));
    assert_eq!(results.hits.len(), 2 * DOCUMENTS);
    let of = |text: &str| text.split(|c: char| !c.is_ascii_digit()).find_map(|word| word.parse::<u64>().ok());
    let version = of(&results.hits[0].text).expect("a version");
    for hit in &results.hits {
        assert_eq!(of(&hit.text), Some(version), "{} ¶{}", hit.document, hit.ordinal);
    }
    // The same searcher, later: still the same commit.
    assert_eq!(searcher.search(&*format!("\"version {version}\""))?.total.paragraphs, 2 * DOCUMENTS as u64);
    Ok(version)
}

/// Reads until told to stop, and once in any case, however late it begins; versions never go back.
fn read(index: &Index, reload: bool, stop: impl Fn() -> bool) -> Result<(), Error> {
    let mut last = 0;
    loop {
        if reload {
            index.reload()?;
        }
        let found = version(index)?;
        assert!(found >= last, "version {found} after {last}");
        last = found;
        if stop() {
            return Ok(());
        }
    }
}

/// Not a test: what a reading process runs.
#[test]
#[ignore = "run by readers_see_commits_while_a_writer_works, in a process of its own"]
fn reader() -> Result<(), Error> {
    let path = std::env::var("STORE_FOLDER").expect("the index to read");
    let index = Index::options().read_only(true).annotator(annotator()).open(&path)?;
    read(&index, true, || Path::new(&path).with_extension("done").exists())
}

#[test]
fn readers_see_commits_while_a_writer_works() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("index");
    let index = Index::options().annotator(annotator()).create(&path)?;
    let mut writer = index.writer()?;
    let mut commit = |version: u64| -> Result<(), Error> {
        for number in 0..DOCUMENTS {
            writer.add(&document(number, version))?;
        }
        writer.commit()
    };
    commit(1)?;
    let children: Vec<_> = (0..2)
        .map(|_| {
            Command::new(std::env::current_exe().expect("this program"))
                .args(["--exact", "store::readers::reader", "--ignored"])
                .env("STORE_FOLDER", &path)
                .stdout(Stdio::null())
                .spawn()
                .expect("a child process")
        })
        .collect();
    let stop = AtomicBool::new(false);
    let commits = thread::scope(|scope| -> Result<u64, Error> {
        let stopped = || stop.load(Ordering::Relaxed);
        let mut readers = Vec::new();
        for number in 0..8 {
            // Half of them share the writer's handle, half have one of their own.
            let own = match number % 2 {
                0 => None,
                _ => Some(Index::options().annotator(annotator()).open(&path)?),
            };
            let shared = index.clone();
            readers.push(scope.spawn(move || match own {
                Some(own) => read(&own, true, stopped),
                None => read(&shared, false, stopped),
            }));
        }
        let started = Instant::now();
        let mut version = 1;
        let mut written = Ok(());
        while written.is_ok() && started.elapsed() < Duration::from_secs(number_from("STORE_SECONDS", 3) as u64) {
            version += 1;
            written = commit(version);
        }
        stop.store(true, Ordering::Relaxed);
        written?;
        for reader in readers {
            reader.join().expect("a reader")?;
        }
        Ok(version)
    })?;
    assert_eq!(version(&index)?, commits);
    fs::write(path.with_extension("done"), "").expect("a file");
    for mut child in children {
        assert!(child.wait().expect("a child process").success());
    }
    Ok(())
}
