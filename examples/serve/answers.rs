//! Pages that were made, kept to be given again: a commit of an index does not change, so neither do its pages.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;

/// A longer address is not kept: nobody else will ask for it.
const LONGEST_ADDRESS: usize = 1_024;

/// The newest pages by their address, at most so many.
#[derive(Debug)]
pub(crate) struct Answers {
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    pages: HashMap<String, Bytes>,
    /// Their addresses, the oldest first.
    order: VecDeque<String>,
}

impl Answers {
    pub(crate) fn new(most: usize) -> Answers {
        Answers { most, kept: Mutex::default() }
    }

    pub(crate) fn get(&self, address: &str) -> Option<Bytes> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).pages.get(address).cloned()
    }

    pub(crate) fn put(&self, address: String, page: Bytes) {
        if self.most == 0 || address.len() > LONGEST_ADDRESS {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.pages.insert(address.clone(), page).is_none() {
            kept.order.push_back(address);
        }
        while kept.order.len() > self.most {
            if let Some(oldest) = kept.order.pop_front() {
                kept.pages.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_page_goes_first() {
        let answers = Answers::new(2);
        for address in ["a", "b", "a", "c"] {
            answers.put(address.to_owned(), Bytes::from_static(b"page"));
        }
        assert_eq!(["a", "b", "c"].map(|address| answers.get(address).is_some()), [false, true, true]);
        answers.put("x".repeat(LONGEST_ADDRESS + 1), Bytes::new());
        assert!(answers.get("b").is_some());
    }
}
