//! A test collection on disk: documents, queries and judgements.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::metric::Judged;

/// A directory with `docs.jsonl`, `queries.jsonl` and `qrels.tsv`.
pub(crate) struct Collection {
    directory: PathBuf,
    /// The queries, in their order.
    pub(crate) queries: Vec<Topic>,
    /// The judgements by query.
    pub(crate) judged: HashMap<String, Judged>,
}

/// A query with its id.
pub(crate) struct Topic {
    pub(crate) id: String,
    pub(crate) text: String,
}

#[derive(Deserialize)]
struct TopicLine {
    id: serde_json::Value,
    text: String,
}

impl Collection {
    pub(crate) fn open(directory: &Path) -> Result<Collection, Box<dyn Error>> {
        let lines = |name: &str| -> Result<_, Box<dyn Error>> {
            let path = directory.join(name);
            let file = File::open(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            Ok(BufReader::new(file).lines().enumerate().map(|(at, line)| (at + 1, line)))
        };
        let mut queries = Vec::new();
        for (number, line) in lines("queries.jsonl")? {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            let topic: TopicLine =
                serde_json::from_str(&line).map_err(|error| format!("queries.jsonl: line {number}: {error}"))?;
            let id = topic.id.as_str().map_or_else(|| topic.id.to_string(), str::to_owned);
            queries.push(Topic { id, text: topic.text });
        }
        let mut judged: HashMap<String, Judged> = HashMap::new();
        for (number, line) in lines("qrels.tsv")? {
            let line = line?;
            // Query, document, grade; TREC's own form has a column more, which is always 0.
            let columns: Vec<&str> = line.split_whitespace().collect();
            let (query, document, grade) = match columns.as_slice() {
                [] => continue,
                [query, document, grade] | [query, _, document, grade] => (query, document, grade),
                _ => return Err(format!("qrels.tsv: line {number}: expected query, document and grade").into()),
            };
            let Ok(grade) = grade.parse() else {
                if number == 1 {
                    continue;
                }
                return Err(format!("qrels.tsv: line {number}: expected a grade, found {grade:?}").into());
            };
            judged.entry((*query).to_owned()).or_default().insert((*document).to_owned(), grade);
        }
        Ok(Collection { directory: directory.to_owned(), queries, judged })
    }

    pub(crate) fn documents(&self) -> PathBuf {
        self.directory.join("docs.jsonl")
    }

    pub(crate) fn name(&self) -> String {
        let name = self.directory.canonicalize().ok().and_then(|path| path.file_name().map(ToOwned::to_owned));
        name.map_or_else(|| self.directory.display().to_string(), |name| name.to_string_lossy().into_owned())
    }
}

/// What was found for one query, the best first.
pub(crate) struct Run {
    pub(crate) query: String,
    pub(crate) ranked: Vec<(String, f32)>,
}

/// Writes a TREC run: `query Q0 document rank score tag`.
pub(crate) fn write_runs(path: &Path, tag: &str, runs: &[Run]) -> std::io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    for run in runs {
        for (place, (document, score)) in run.ranked.iter().enumerate() {
            writeln!(out, "{} Q0 {document} {} {score} {tag}", run.query, place + 1)?;
        }
    }
    out.flush()
}
