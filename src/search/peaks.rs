//! A threshold to begin with: what the best paragraphs are known to score at least, before any is read.
//!
//! Block-max pruning skips little until it has met enough good paragraphs. But the k-th best score of any one word
//! of a union is a lower bound of the k-th best score of the union, and for frequent words it can be kept. (Mallia,
//! Siedlaczek and Suel, "A comparison of top-k threshold estimation techniques for disjunctive query
//! processing", 2020, find the k-th highest impact of a term to be the best of the bounds that are never too high.)

use std::sync::Arc;

use tantivy::query::{Bm25StatisticsProvider, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, SegmentReader, Term};

use super::plan::{Plan, Test};
use super::statistics::{Figured, Statistics};
use crate::error::{Error, Result};
use crate::index::SegmentArrays;

/// How many of the best scores of a word are kept: enough for a page, or a window of the default ranking.
const KEPT: usize = 128;

/// A word that at least one paragraph in so many has is frequent: with a rarer one little is to be skipped.
const FREQUENT_SHARE: u64 = 64;

/// What the `limit`-th best paragraph of a segment scores at least; `None` where that is not known.
///
/// It holds for a segment without deletions, all of whose paragraphs are wanted.
pub(super) fn least_score(
    plan: &Plan,
    reader: &SegmentReader,
    arrays: &SegmentArrays,
    statistics: &Statistics<'_>,
    limit: usize,
) -> Result<Option<Score>> {
    let leaves = match plan {
        Plan::Leaf { .. } => std::slice::from_ref(plan),
        Plan::Bool { must, should, must_not } if must.is_empty() && must_not.is_empty() => &should[..],
        Plan::Bool { .. } => return Ok(None),
    };
    if limit == 0 || limit > KEPT || !plan.prunes() {
        return Ok(None);
    }
    let mut least = None;
    for leaf in leaves {
        let Plan::Leaf { test: Test::Term(field, text), boost } = leaf else { return Ok(None) };
        let peaks = peaks(*field, text, reader, arrays, statistics)?;
        if let Some(score) = peaks.as_deref().and_then(|peaks| peaks.get(limit - 1)) {
            // A boost is multiplied in before the rest, so the last bits differ.
            let score = score * boost * (1.0 - 1e-5);
            least = Some(least.map_or(score, |least: Score| least.max(score)));
        }
    }
    Ok(least)
}

/// The best scores of a frequent word in a segment, the best first.
fn peaks(
    field: Field,
    text: &str,
    reader: &SegmentReader,
    arrays: &SegmentArrays,
    statistics: &Statistics<'_>,
) -> Result<Option<Arc<[Score]>>> {
    let failed = |error| Error::storage("searching", error);
    let term = Term::from_field_text(field, text);
    let frequency = statistics.doc_freq(&term).map_err(failed)?;
    let paragraphs = statistics.total_num_docs().map_err(failed)?;
    if frequency * FREQUENT_SHARE < paragraphs {
        return Ok(None);
    }
    // Scores depend on these.
    let figures = [paragraphs, statistics.total_num_tokens(field).map_err(failed)?, frequency];
    if let Some(known) = arrays.peaks(field, text, figures) {
        return Ok(Some(known));
    }
    let weight = statistics.weight(&TermQuery::new(term, IndexRecordOption::WithFreqs))?;
    let mut best: Vec<Score> = Vec::with_capacity(2 * KEPT);
    let keep = |best: &mut Vec<Score>| {
        best.sort_unstable_by(|a, b| b.total_cmp(a));
        best.truncate(KEPT);
    };
    let mut threshold = Score::MIN;
    weight
        .for_each_pruning(threshold, reader, &mut |_, score| {
            best.push(score);
            if best.len() == 2 * KEPT {
                keep(&mut best);
                threshold = best[KEPT - 1];
            }
            threshold
        })
        .map_err(failed)?;
    keep(&mut best);
    let best: Arc<[Score]> = best.into();
    arrays.keep_peaks(field, text, figures, best.clone());
    Ok(Some(best))
}
