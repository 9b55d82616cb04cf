//! Disks that are full or become read-only: real ones, in a mount namespace of a child process's own.
//!
//! Where such a namespace may not be made (other systems than Linux, some containers), the tests say that they were
//! skipped. The same faults are injected in the unit tests of `index::fault`, on every system.

use std::error::Error as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use demarche::{Document, Error, ErrorKind, Index, IndexWriter};

use super::{contents, text};

/// Runs an ignored test of this module in a namespace after a mount command, in which `$1` is the folder.
fn in_a_namespace(mount: &str, test: &str) {
    let namespace = |command: &str, folder: &Path| {
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", command, "sh"]).arg(folder);
        unshare
    };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let probe = namespace("mount -t tmpfs -o size=1m tmpfs \"$1\"", folder.path()).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        println!("skipped: no mount namespace can be made here");
        return;
    }
    let command = format!("{mount} && exec \"$2\" --exact store::disk::{test} --ignored --nocapture");
    let mut child = namespace(&command, folder.path());
    child.arg(std::env::current_exe().expect("this program")).env("STORE_FOLDER", folder.path());
    let output = child.output().expect("a child process");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn folder() -> PathBuf {
    std::env::var_os("STORE_FOLDER").expect("the folder to work in").into()
}

/// Mounts the folder again, with these options.
fn remount(options: &str) {
    let status = Command::new("mount").args(["-o", options]).arg(folder()).status();
    assert!(status.is_ok_and(|status| status.success()), "mounted again with {options}");
}

/// Adds and commits `count` documents from `first` on.
fn add(writer: &mut IndexWriter, first: usize, count: usize) -> Result<(), Error> {
    for id in first..first + count {
        writer.add(&Document::parse(&format!("d{id:05}"), &text(id as u64))?)?;
    }
    writer.commit()
}

fn expect_documents(path: &Path, count: usize) -> Result<(), Error> {
    let verification = Index::verify(path)?;
    assert_eq!(verification.damage, []);
    let ids: Vec<String> = contents(&Index::open(path)?)?.into_iter().map(|document| document.id).collect();
    assert_eq!(ids, (0..count).map(|id| format!("d{id:05}")).collect::<Vec<_>>());
    Ok(())
}

/// What the system said.
fn cause(error: &Error) -> String {
    let mut cause = error.source();
    let mut said = String::new();
    while let Some(inner) = cause {
        said = inner.to_string();
        cause = inner.source();
    }
    said
}

#[test]
fn a_full_disk_loses_nothing_acknowledged() {
    in_a_namespace("mount -t tmpfs -o size=3m tmpfs \"$1\"", "on_a_full_disk");
}

#[test]
#[ignore = "run by a_full_disk_loses_nothing_acknowledged, in a process of its own"]
fn on_a_full_disk() -> Result<(), Error> {
    let ballast = folder().join("ballast");
    fs::write(&ballast, vec![1; 5 << 19]).expect("room for the ballast");
    let path = folder().join("index");
    let index = Index::create(&path)?;
    let mut writer = index.writer()?;
    let mut committed = 0;
    let error = loop {
        match add(&mut writer, committed, 50) {
            Ok(()) => committed += 50,
            Err(error) => break error,
        }
        assert!(committed < 50_000, "the disk is full at some time");
    };
    assert!(matches!(error.kind(), ErrorKind::Writing { .. }) && error.is_storage(), "{error}");
    assert!(cause(&error).contains("No space left on device"), "{}", cause(&error));
    assert!(committed >= 50, "something was committed before");
    expect_documents(&path, committed)?;
    // It fails again while the disk is full, and goes on when there is room.
    assert!(add(&mut writer, committed, 400).is_err());
    expect_documents(&path, committed)?;
    fs::remove_file(ballast).expect("the ballast");
    add(&mut writer, committed, 50)?;
    writer.optimise()?;
    expect_documents(&path, committed + 50)
}

#[test]
fn a_read_only_disk_can_be_searched() {
    in_a_namespace("mount -t tmpfs -o size=8m tmpfs \"$1\"", "on_a_read_only_disk");
}

#[test]
#[ignore = "run by a_read_only_disk_can_be_searched, in a process of its own"]
fn on_a_read_only_disk() -> Result<(), Error> {
    let path = folder().join("index");
    let index = Index::create(&path)?;
    add(&mut index.writer()?, 0, 20)?;
    remount("remount,ro");
    expect_documents(&path, 20)?;
    // One that was open before goes on answering, too.
    assert!(index.searcher()?.search("treaty OR envoy OR gas")?.total.paragraphs > 0);
    let index = Index::open(&path)?;
    assert!(index.searcher()?.search("treaty OR envoy OR gas")?.total.paragraphs > 0);
    index.reload()?;
    for error in [index.writer().expect_err("a writer"), Index::repair(&path).expect_err("a repair")] {
        assert!(matches!(error.kind(), ErrorKind::ReadOnly { .. }) && error.is_input(), "{error}");
    }
    // And writable again.
    remount("remount,rw");
    add(&mut index.writer()?, 20, 20)?;
    expect_documents(&path, 40)
}

#[test]
fn a_lock_of_another_process_is_told_with_its_holder() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("index");
    let index = Index::create(&path)?;
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "store::disk::holding_the_lock", "--ignored", "--nocapture"])
        .env("STORE_FOLDER", folder.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("a child process");
    while !folder.path().join("held").exists() {
        assert!(child.try_wait().expect("a child").is_none(), "the child holds the lock");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let refused = index.writer().map(drop);
    // Searching needs no lock.
    let searcher = index.searcher();
    child.kill().and_then(|()| child.wait()).expect("a killed child");
    assert_eq!(searcher?.paragraphs(), 0);
    let error = refused.expect_err("the lock is held");
    let ErrorKind::Locked { holder } = error.kind() else { panic!("{error}") };
    assert!(holder.starts_with(&format!("process {} (", child.id())), "{holder}");
    // The lock goes with its process.
    index.writer().map(drop)
}

#[test]
#[ignore = "run by a_lock_of_another_process_is_told_with_its_holder, in a process of its own"]
fn holding_the_lock() -> Result<(), Error> {
    let _writer = Index::open(folder().join("index"))?.writer()?;
    fs::write(folder().join("held"), "").expect("a sign");
    std::thread::sleep(std::time::Duration::from_secs(600));
    Ok(())
}

/// Nothing is decided by a clock: neither by the times of files nor by the one in a writer's note.
#[test]
fn clocks_that_are_wrong_change_nothing() -> Result<(), Error> {
    use std::time::{Duration, SystemTime};
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("index");
    let index = Index::create(&path)?;
    add(&mut index.writer()?, 0, 10)?;
    let watching = Index::options().watch(true).open(&path)?;
    let century = Duration::from_secs(100 * 365 * 24 * 3_600);
    let mut committed = 10;
    for time in [SystemTime::UNIX_EPOCH, SystemTime::now() + century, SystemTime::UNIX_EPOCH + Duration::from_secs(1)] {
        for entry in fs::read_dir(&path).expect("the index") {
            let file = fs::File::open(entry.expect("an entry").path()).expect("a file");
            file.set_modified(time).expect("a time");
        }
        for since in [0, u64::MAX, 253_402_300_800] {
            let note = format!("{{\"process\": 1, \"host\": \"h\", \"program\": \"p\", \"since\": {since}}}");
            let mut writer = index.writer()?;
            fs::write(path.join(".writer.json"), note).expect("a note");
            let error = Index::open(&path)?.writer().expect_err("a second writer");
            let ErrorKind::Locked { holder } = error.kind() else { panic!("{error}") };
            assert!(holder.starts_with("process 1 (p) on h"), "{holder}");
            add(&mut writer, committed, 5)?;
            committed += 5;
        }
        expect_documents(&path, committed)?;
        let started = std::time::Instant::now();
        while watching.searcher()?.documents().count() < committed {
            assert!(started.elapsed().as_secs() < 60, "a watched index sees the commit");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    Ok(())
}
