//! Analyzers that are kept between queries.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::document::Language;
use crate::text::Analyzer;

/// Analyzers by language. Making one takes longer than a query of a rare word, because it comes with an
/// empty table of stems; one that has served already knows the stems of common words.
#[derive(Debug, Default)]
pub(crate) struct AnalyzerPool {
    idle: Mutex<HashMap<Language, Vec<Analyzer>>>,
}

/// Kept a language: as many as threads are likely to search at once.
const IDLE_KEPT: usize = 16;

impl AnalyzerPool {
    pub(crate) fn take(&self, language: Language) -> Analyzer {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.get_mut(&language).and_then(Vec::pop).unwrap_or_else(|| Analyzer::new(language))
    }

    pub(crate) fn put(&self, analyzer: Analyzer) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.entry(analyzer.language()).or_default();
        if kept.len() < IDLE_KEPT {
            kept.push(analyzer);
        }
    }
}
