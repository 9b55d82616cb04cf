//! Bytes that change, files that are cut or go: a full check finds every one that matters.
//!
//! `STORE_DAMAGES=all` tries every byte of every file, every length and every removal; a number tries that
//! many at random; by default, 600. `STORE_REPAIRS` says how many of them are repaired too; by default, 40.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use demarche::{Check, Document, Error, ErrorKind, Index};

use super::{contents, number_from, text};
use crate::random::Random;

/// What is done to a file.
#[derive(Debug, Clone, Copy)]
enum Harm {
    Flip(usize),
    Cut(usize),
    Remove,
}

impl Harm {
    /// The damaged bytes; `None` for none at all.
    fn apply(self, bytes: &[u8], random: &mut Random) -> Option<Vec<u8>> {
        match self {
            Harm::Flip(at) => {
                let mut bytes = bytes.to_vec();
                bytes[at] ^= 1 << random.below(8);
                Some(bytes)
            }
            Harm::Cut(len) => Some(bytes[..len].to_vec()),
            Harm::Remove => None,
        }
    }
}

/// Two segments, with documents replaced and deleted.
fn build(path: &Path) -> Result<Vec<Document>, Error> {
    let index = Index::create(path)?;
    for (ids, seed) in [(0..30, 0), (28..40, 100)] {
        let mut writer = index.writer()?;
        for id in ids {
            writer.add(&Document::parse(&format!("d{id:03}"), &text(seed + id))?)?;
        }
        writer.close()?;
    }
    let mut writer = index.writer()?;
    writer.delete("d005")?;
    writer.close()?;
    assert_eq!(index.stats()?.segments, 2);
    contents(&index)
}

fn restore(path: &Path, files: &BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(path).expect("the index") {
        fs::remove_file(entry.expect("an entry").path()).expect("a file");
    }
    for (name, bytes) in files {
        fs::write(path.join(name), bytes).expect("a file");
    }
}

#[test]
fn every_damage_is_found_or_harmless() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("index");
    let expected = build(&path)?;
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(&path).expect("the index") {
        let entry = entry.expect("an entry");
        files.insert(entry.file_name().into_string().expect("a name"), fs::read(entry.path()).expect("a file"));
    }
    let mut harms: Vec<(&String, Harm)> = Vec::new();
    for (name, bytes) in &files {
        harms.push((name, Harm::Remove));
        harms.extend((0..bytes.len()).flat_map(|at| [(name, Harm::Flip(at)), (name, Harm::Cut(at))]));
    }
    let mut random = Random(number_from("STORE_SEED", 1) as u64);
    if std::env::var("STORE_DAMAGES").as_deref() != Ok("all") {
        let wanted = number_from("STORE_DAMAGES", 600);
        harms = (0..wanted).map(|_| harms[random.below(harms.len())]).collect();
        harms.extend(files.keys().map(|name| (name, Harm::Remove)));
    }
    let repairs = number_from("STORE_REPAIRS", 40);
    let mut found = 0;
    for (number, &(name, harm)) in harms.iter().enumerate() {
        let file = path.join(name);
        match harm.apply(&files[name], &mut random) {
            Some(bytes) => fs::write(&file, bytes).expect("a file"),
            None => fs::remove_file(&file).expect("a file"),
        }
        let verification = Index::verify(&path)?;
        if verification.is_sound() {
            // Nothing that is read: a lock, a note, the copy.
            assert!(name.starts_with('.'), "{harm:?} of {name} was not found");
            assert_eq!(contents(&Index::open(&path)?)?, expected, "{harm:?} of {name}");
        } else {
            found += 1;
            assert_eq!(verification.damage[0].file, *name, "{harm:?}");
            let opened = Index::options().check(Check::Full).open(&path);
            let error = opened.expect_err("a damaged index");
            assert!(matches!(error.kind(), ErrorKind::Damaged { file, .. } if file == name), "{error}");
        }
        if number * repairs / harms.len() != (number + 1) * repairs / harms.len() {
            repair(&path, &expected, (name, harm))?;
            restore(&path, &files);
        } else {
            fs::write(&file, &files[name]).expect("a file");
        }
    }
    assert!(found > harms.len() / 2, "most of the bytes matter");
    assert!(Index::verify(&path)?.is_sound());
    Ok(())
}

/// A repair leaves a sound index, invents nothing, and names what is lost.
fn repair(path: &Path, expected: &[Document], harm: (&String, Harm)) -> Result<(), Error> {
    let report = Index::repair(path)?;
    assert_eq!(Index::verify(path)?.damage, [], "{harm:?}");
    let left = contents(&Index::open(path)?)?;
    let is_uncertain = |document: &&Document| report.uncertain.contains(&document.id);
    let known: Vec<_> = left.iter().filter(|document| expected.contains(document)).collect();
    assert!(left.iter().filter(|document| !expected.contains(document)).all(|document| is_uncertain(&document)));
    let lost = expected.len() - known.len();
    assert!(report.lost.len() >= lost || report.unnamed > 0, "{harm:?}: {lost} lost, {report:?}");
    for id in &report.lost {
        assert!(!left.iter().any(|document| document.id == *id), "{harm:?}: {id} is not lost");
    }
    Ok(())
}
