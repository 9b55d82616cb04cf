//! Cutting a corpus into segments.

use demarche::{Document, Index, Searcher};

/// Where a corpus is cut into segments: of three sizes, so that the merge policy, which takes four alike, leaves them.
pub(crate) fn cuts(documents: usize, segments: usize) -> Vec<usize> {
    let parts = |segment: usize| [16, 4, 1][segment % 3];
    let all: usize = (0..segments).map(parts).sum();
    let mut before = 0;
    let mut cuts: Vec<usize> = (0..segments)
        .map(|segment| {
            before += parts(segment);
            documents * before / all
        })
        .collect();
    cuts[segments - 1] = documents;
    cuts
}

pub(crate) fn id_deleted(number: usize) -> bool {
    number % 10 == 3
}

/// An index without deletions and one where every tenth document is deleted.
pub(crate) fn ours(documents: &[Document], segments: usize) -> (Searcher, Searcher) {
    let index = Index::in_memory().expect("an index in memory");
    let mut writer = index.writer().expect("the first writer");
    let mut start = 0;
    for end in cuts(documents.len(), segments) {
        for document in &documents[start..end] {
            writer.add(document).expect("a document");
        }
        if segments == 1 {
            writer.optimise().expect("a merge in memory");
        } else {
            writer.commit().expect("a commit in memory");
        }
        start = end;
    }
    let whole = index.searcher().expect("a searcher");
    // In test mode the segments are so small that the policy merges some all the same, and a part of a real corpus may be more
    // than the memory of the writer holds.
    let found = index.stats().expect("figures of an index in memory").segments;
    let differs = documents.len() < 10_000 || std::env::var_os("BENCH_CORPUS").is_some();
    assert!(found == segments || (found > 1 && differs), "{found} segments, not {segments}");
    if found != segments {
        println!("{found} segments of this crate's");
    }
    for (_, document) in documents.iter().enumerate().filter(|(number, _)| id_deleted(*number)) {
        writer.delete(&document.id).expect("a deletion");
    }
    writer.commit().expect("a commit in memory");
    (whole, index.searcher().expect("a searcher"))
}
