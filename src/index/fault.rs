//! Faults for tests: a disk that is full, or gone read-only, from a chosen operation on until it is mended.

use std::io;
use std::sync::{Mutex, PoisonError};

use super::directory::Operation;

/// What fails: an operation, after it has gone well a number of times.
#[derive(Debug, Default)]
pub(crate) struct Fault(Mutex<Option<(Operation, usize, io::ErrorKind)>>);

impl Fault {
    pub(crate) fn set(&self, operation: Operation, after: usize, kind: io::ErrorKind) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((operation, after, kind));
    }

    pub(crate) fn mend(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) fn check(&self, operation: Operation) -> io::Result<()> {
        let mut fault = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *fault {
            Some((failing, 0, kind)) if *failing == operation => Err(io::Error::from(*kind)),
            Some((failing, after, _)) if *failing == operation => {
                *after -= 1;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use crate::document::Document;
    use crate::error::{ErrorKind, Result};
    use crate::index::Index;

    fn document(id: usize) -> Result<Document> {
        Document::parse(&format!("d{id:03}"), &format!("Note {id} of the ministry."))
    }

    fn ids(index: &Index) -> Result<Vec<String>> {
        let mut ids: Vec<_> = index.searcher()?.documents().map(|document| Ok(document?.id)).collect::<Result<_>>()?;
        ids.sort();
        Ok(ids)
    }

    fn expected(ids: std::ops::Range<usize>) -> Vec<String> {
        ids.map(|id| format!("d{id:03}")).collect()
    }

    const FAULTS: [(Operation, io::ErrorKind); 5] = [
        (Operation::Create, io::ErrorKind::PermissionDenied),
        (Operation::Create, io::ErrorKind::StorageFull),
        (Operation::Write, io::ErrorKind::StorageFull),
        (Operation::Sync, io::ErrorKind::StorageFull),
        (Operation::Publish, io::ErrorKind::StorageFull),
    ];

    #[test]
    fn a_failed_commit_says_why_loses_nothing_acknowledged_and_can_be_made_again() -> Result<()> {
        for (operation, kind) in FAULTS {
            for after in 0..4 {
                let folder = tempfile::tempdir().expect("a temporary directory");
                let path = folder.path().join("index");
                let index = Index::create(&path)?;
                let mut writer = index.writer()?;
                (0..5).try_for_each(|id| writer.add(&document(id)?))?;
                writer.commit()?;
                index.inner.directory.fault().set(operation, after, kind);
                let attempt = |writer: &mut crate::IndexWriter| -> Result<()> {
                    (5..10).try_for_each(|id| writer.add(&document(id)?))?;
                    writer.delete("d000")?;
                    writer.commit()
                };
                match attempt(&mut writer) {
                    // A commit has fewer operations of this kind than were let pass.
                    Ok(()) => assert_eq!(ids(&index)?, expected(1..10)),
                    Err(error) => {
                        let ErrorKind::Writing { forgotten, .. } = error.kind() else { panic!("{error}") };
                        assert!(error.is_storage() && (1..=6).contains(forgotten), "{error}");
                        let cause = error.source().and_then(|cause| cause.source()).expect("the system's error");
                        assert!(cause.to_string().contains(&io::Error::from(kind).to_string()), "{cause}");
                        assert_eq!(ids(&index)?, expected(0..5), "{operation:?} {after}");
                        assert!(Index::verify(&path)?.is_sound());
                        assert_eq!(ids(&Index::open(&path)?)?, expected(0..5));
                        index.inner.directory.fault().mend();
                        attempt(&mut writer)?;
                    }
                }
                index.inner.directory.fault().mend();
                writer.close()?;
                assert_eq!(ids(&Index::open(&path)?)?, expected(1..10), "{operation:?} {after}");
                assert!(Index::verify(&path)?.is_sound());
            }
        }
        Ok(())
    }

    #[test]
    fn a_failed_load_goes_on_when_the_cause_is_gone() -> Result<()> {
        for (operation, kind) in FAULTS {
            for after in [3, 17, 40] {
                let folder = tempfile::tempdir().expect("a temporary directory");
                let path = folder.path().join("index");
                let index = Index::create(&path)?;
                let load = || index.load().annotate(false).threads(2).batch(10).name("notes");
                index.inner.directory.fault().set(operation, after, kind);
                let failed = load().from_documents((0..60).map(document));
                index.inner.directory.fault().mend();
                if let Err(error) = failed {
                    assert!(matches!(error.kind(), ErrorKind::Writing { .. }), "{error}");
                    assert!(Index::verify(&path)?.is_sound());
                    let there = ids(&index)?.len();
                    assert_eq!(there % 10, 0, "whole batches");
                    let report = load().from_documents((0..60).map(document))?;
                    assert_eq!(report.resumed as usize, there);
                }
                assert_eq!(ids(&index)?, expected(0..60), "{operation:?} {after}");
            }
        }
        Ok(())
    }

    #[test]
    fn a_failed_merge_loses_nothing() -> Result<()> {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let path = folder.path().join("index");
        let index = Index::create(&path)?;
        let mut writer = index.writer()?;
        for id in 0..3 {
            writer.add(&document(id)?)?;
            writer.commit()?;
        }
        index.inner.directory.fault().set(Operation::Write, 2, io::ErrorKind::StorageFull);
        let error = writer.optimise().unwrap_err();
        assert!(error.is_storage(), "{error}");
        assert_eq!(ids(&index)?, expected(0..3));
        index.inner.directory.fault().mend();
        writer.optimise()?;
        assert_eq!((index.stats()?.segments, ids(&index)?), (1, expected(0..3)));
        Ok(())
    }
}
