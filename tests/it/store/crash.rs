//! A process that writes is killed at any moment; what it was told is done must be there.
//!
//! A plan is a row of commits whose effect is known: bulk loads in batches, replacement, deletion, rollback,
//! merging, snapshots. A child process works on it and notes every commit that it was told is done. The test
//! kills it at a random moment, and demands: the index is sound, and holds exactly what the plan says after
//! the last noted commit, or after the one that was being made; snapshots are whole or not there. The child
//! then goes on from there, until the plan is done and the index is that of an undisturbed run.
//!
//! `STORE_CRASHES=200` kills that often; by default, 8 times.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use demarche::{Annotator, Document, Durability, Error, Gazetteer, Index};

use super::{contents, number_from, text};
use crate::random::Random;

/// Sources of a load between two commits.
const BATCH: u64 = 7;

/// One step of the plan; `seed` is what a document's text is made from.
enum Step {
    /// A load of documents `ids`; every eleventh source is refused.
    Load {
        name: &'static str,
        ids: std::ops::Range<u64>,
        seed: u64,
    },
    /// One commit: documents replaced or added, and deleted.
    Change {
        add: std::ops::Range<u64>,
        seed: u64,
        delete: std::ops::Range<u64>,
    },
    /// The same as `Change`, but taken back, and an empty commit.
    Rollback {
        add: std::ops::Range<u64>,
    },
    Snapshot,
    Optimise,
}

fn plan() -> Vec<Step> {
    vec![
        Step::Load { name: "first", ids: 0..60, seed: 0 },
        Step::Change { add: 20..30, seed: 1_000, delete: 40..45 },
        Step::Snapshot,
        Step::Change { add: 70..72, seed: 2_000, delete: 0..1 },
        Step::Optimise,
        Step::Load { name: "second", ids: 30..90, seed: 3_000 },
        Step::Rollback { add: 0..10 },
        Step::Snapshot,
        Step::Change { add: 0..0, seed: 0, delete: 10..25 },
        Step::Optimise,
        Step::Change { add: 100..103, seed: 4_000, delete: 0..0 },
    ]
}

/// What an index holds: the seed of every document's text, by number.
type State = BTreeMap<u64, u64>;

/// The state after every commit, the empty index first, each with its step and, in a load, the sources in it.
fn states() -> Vec<(usize, u64, State)> {
    let mut state = State::new();
    let mut states = vec![(0, 0, State::new())];
    for (number, step) in plan().into_iter().enumerate() {
        match step {
            Step::Load { ids, seed, .. } => {
                let (mut sources, mut uncommitted) = (0, 0);
                for id in ids {
                    sources += 1;
                    if !is_refused(id) {
                        state.insert(id, seed);
                        uncommitted += 1;
                    }
                    if uncommitted == BATCH {
                        states.push((number, sources, state.clone()));
                        uncommitted = 0;
                    }
                }
            }
            Step::Change { add, seed, delete } => {
                state.extend(add.map(|id| (id, seed)));
                state.retain(|id, _| !delete.contains(id));
            }
            Step::Rollback { .. } | Step::Snapshot | Step::Optimise => {}
        }
        states.push((number + 1, 0, state.clone()));
    }
    states
}

fn is_refused(id: u64) -> bool {
    id % 11 == 10
}

fn id_of(number: u64) -> String {
    format!("d{number:03}")
}

fn document(number: u64, seed: u64) -> Document {
    Document::parse(&id_of(number), &text(seed + number)).expect("a document")
}

fn of_state(state: &State) -> Vec<Document> {
    state.iter().map(|(&number, &seed)| document(number, seed)).collect()
}

/// Works on the plan from a state on, and notes each one it has come to.
fn work(folder: &Path, from: usize) -> Result<(), Error> {
    let states = states();
    let mut notes = OpenOptions::new().append(true).create(true).open(folder.join("notes")).expect("notes");
    let mut note = |state: usize| notes.write_all(format!("{state}\n").as_bytes()).expect("a note");
    let path = folder.join("index");
    let mut options = Index::options();
    // Nothing here is about tagging.
    options.annotator(Annotator::builder().gazetteer(Gazetteer::empty()).build());
    options.durability(if from.is_multiple_of(2) { Durability::Full } else { Durability::Fast });
    let index = if path.join("meta.json").exists() { options.open(&path)? } else { options.create(&path)? };
    note(from);
    let (first_step, mut done, _) = states[from];
    for (number, step) in plan().into_iter().enumerate().skip(first_step) {
        let after = |sources: u64| {
            states.iter().position(|state| state.0 == number && state.1 == sources).expect("a state of the load")
        };
        let end = states.iter().position(|state| state.0 == number + 1 && state.1 == 0).expect("the step's end");
        match step {
            Step::Load { name, ids, seed } => {
                let sources = ids.map(|id| match is_refused(id) {
                    true => Document::parse("", "refused"),
                    false => Ok(document(id, seed)),
                });
                let mut committed = 0;
                let report = index
                    .load()
                    .name(name)
                    .annotate(false)
                    .threads(2)
                    .batch(BATCH as usize)
                    .progress(|progress| {
                        if progress.committed > committed && progress.committed.is_multiple_of(BATCH) {
                            note(after(progress.resumed + progress.documents + progress.refused));
                        }
                        committed = progress.committed;
                        ControlFlow::Continue(())
                    })
                    .from_documents(sources)?;
                assert_eq!(report.resumed, done, "a load goes on where it was");
                done = 0;
            }
            Step::Change { add, seed, delete } => {
                let mut writer = index.writer()?;
                for id in add {
                    writer.add(&document(id, seed))?;
                }
                for id in delete {
                    writer.delete(&id_of(id))?;
                }
                writer.commit()?;
                note(end);
                writer.close()?;
            }
            Step::Rollback { add } => {
                let mut writer = index.writer()?;
                for id in add {
                    writer.add(&document(id, 9_000))?;
                }
                writer.rollback()?;
                writer.close()?;
            }
            Step::Snapshot => {
                let snapshot = folder.join(format!("snapshot-{number}"));
                if !snapshot.exists() {
                    index.snapshot(snapshot)?;
                }
            }
            Step::Optimise => index.writer()?.optimise()?,
        }
        note(end);
    }
    Ok(())
}

/// Not a test: what the child process runs.
#[test]
#[ignore = "run by kills_lose_nothing_that_was_acknowledged, in a process of its own"]
fn child() -> Result<(), Error> {
    let folder = std::env::var("STORE_FOLDER").expect("the folder to work in");
    work(Path::new(&folder), number_from("STORE_FROM", 0))
}

fn spawn(folder: &Path, from: usize) -> Child {
    let log = File::create(folder.join("log")).expect("a log");
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "store::crash::child", "--ignored", "--nocapture"])
        .env("STORE_FOLDER", folder)
        .env("STORE_FROM", from.to_string())
        .stdout(Stdio::from(log.try_clone().expect("a handle")))
        .stderr(Stdio::from(log))
        .spawn()
        .expect("a child process")
}

fn noted(folder: &Path) -> Option<usize> {
    let notes = fs::read_to_string(folder.join("notes")).ok()?;
    // A note that was cut off has no line end.
    notes.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')?.parse().ok()).next_back()
}

/// The state that the index is in after a kill.
fn check(folder: &Path, states: &[(usize, u64, State)]) -> Result<usize, Error> {
    let path: PathBuf = folder.join("index");
    let Some(noted) = noted(folder) else { return Ok(0) };
    let verification = Index::verify(&path)?;
    assert_eq!(verification.damage, []);
    let found = contents(&Index::options().read_only(true).open(&path)?)?;
    // The commit that was being made may stand without having been acknowledged.
    let last = (noted + 1).min(states.len() - 1);
    let state = (noted..=last).rev().find(|&state| found == of_state(&states[state].2));
    let Some(state) = state else {
        let ids: Vec<_> = found.iter().map(|document| document.id.as_str()).collect();
        panic!("after {noted} noted commits of {}, the index holds {ids:?}", states.len() - 1);
    };
    for (number, _) in plan().iter().enumerate().filter(|(_, step)| matches!(step, Step::Snapshot)) {
        let snapshot = folder.join(format!("snapshot-{number}"));
        if snapshot.exists() {
            assert!(Index::verify(&snapshot)?.is_sound());
            let end = states.iter().find(|state| state.0 == number + 1).expect("the state after");
            assert_eq!(contents(&Index::options().read_only(true).open(&snapshot)?)?, of_state(&end.2));
        }
    }
    Ok(state)
}

#[test]
fn kills_lose_nothing_that_was_acknowledged() -> Result<(), Error> {
    let states = states();
    let undisturbed = tempfile::tempdir().expect("a temporary directory");
    let started = Instant::now();
    assert!(spawn(undisturbed.path(), 0).wait().expect("a child").success());
    let duration = started.elapsed();
    assert_eq!(check(undisturbed.path(), &states)?, states.len() - 1);
    let expected = contents(&Index::open(undisturbed.path().join("index"))?)?;

    let mut random = Random(number_from("STORE_SEED", 1) as u64);
    let kills = number_from("STORE_CRASHES", 8);
    let mut killed = 0;
    while killed < kills {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let mut state = 0;
        loop {
            let mut child = spawn(folder.path(), state);
            // The wait before is for the start of the process, in which nothing happens.
            let wait = duration / 20 + duration.mul_f64(random.below(1_000) as f64 / 1_000.0);
            let deadline = Instant::now() + if killed < kills { wait } else { Duration::from_secs(600) };
            let ended = loop {
                match child.try_wait().expect("a child") {
                    Some(status) => break Some(status),
                    None if Instant::now() >= deadline => break None,
                    None => std::thread::sleep(Duration::from_micros(500)),
                }
            };
            match ended {
                Some(status) => {
                    let log = || fs::read_to_string(folder.path().join("log")).unwrap_or_default();
                    assert!(status.success(), "{}", log());
                    break;
                }
                None => {
                    child.kill().and_then(|()| child.wait()).expect("a killed child");
                    killed += 1;
                }
            }
            state = check(folder.path(), &states)?;
        }
        assert_eq!(check(folder.path(), &states)?, states.len() - 1);
        let path = folder.path().join("index");
        assert_eq!(contents(&Index::open(&path)?)?, expected);
        assert_eq!(Index::verify(&path)?.stray, Vec::<String>::new(), "what the kills left is collected");
    }
    Ok(())
}
