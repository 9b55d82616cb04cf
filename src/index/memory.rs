//! How much waits to be indexed: documents on their way hold a share of a fixed number of bytes.
//!
//! The engine's own queue is bounded by documents (10,000 batches), which for long documents is gigabytes.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tantivy::TantivyDocument;
use tantivy::schema::document::Document;

/// A number of bytes to share.
#[derive(Debug)]
pub(crate) struct Gauge {
    capacity: usize,
    free: Mutex<usize>,
    returned: Condvar,
}

/// A share, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    gauge: Arc<Gauge>,
    bytes: usize,
}

/// How long to wait for the engine before a document goes ahead without a share. A living engine gives
/// shares back all the time; one that has failed never does, and says so when it is given the document.
const PATIENCE: Duration = Duration::from_secs(20);

impl Gauge {
    pub(crate) fn new(capacity: usize) -> Arc<Gauge> {
        Arc::new(Gauge { capacity, free: Mutex::new(capacity), returned: Condvar::new() })
    }

    /// Takes a share, waiting for others to come back; what is larger than all waits for all.
    pub(crate) fn take(self: &Arc<Gauge>, bytes: usize) -> Share {
        let bytes = bytes.min(self.capacity);
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.returned.wait_timeout_while(free, PATIENCE, |free| *free < bytes);
        let (mut free, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            return Share { gauge: self.clone(), bytes: 0 };
        }
        *free -= bytes;
        Share { gauge: self.clone(), bytes }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut free = self.gauge.free.lock().unwrap_or_else(PoisonError::into_inner);
        *free += self.bytes;
        self.gauge.returned.notify_all();
    }
}

/// A paragraph for the engine, with the share that its document holds until the engine has indexed it.
#[derive(Debug)]
pub(crate) struct Metered {
    paragraph: TantivyDocument,
    _share: Arc<Share>,
}

impl Metered {
    pub(crate) fn new(paragraph: TantivyDocument, share: Arc<Share>) -> Metered {
        Metered { paragraph, _share: share }
    }
}

impl Document for Metered {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.paragraph.iter_fields_and_values()
    }

    fn into_tantivy_document(self) -> TantivyDocument {
        self.paragraph
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_share_waits_until_there_is_room() {
        let gauge = Gauge::new(10);
        let first = gauge.take(8);
        thread::scope(|scope| {
            let second = scope.spawn(|| gauge.take(50).bytes);
            thread::sleep(Duration::from_millis(20));
            assert!(!second.is_finished());
            drop(first);
            assert_eq!(second.join().expect("no panic"), 10);
        });
        assert_eq!(*gauge.free.lock().expect("no panic"), 10);
    }
}
