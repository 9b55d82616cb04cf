//! How much waits to be indexed: documents on their way hold a share of a fixed number of bytes.
//!
//! Queues are bounded by documents, which for long ones is gigabytes.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

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

/// How long to wait before a document goes ahead without a share: a commit to a slow disk gives none back meanwhile, and
/// is no reason to wait for ever.
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
