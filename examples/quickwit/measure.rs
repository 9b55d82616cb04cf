//! What documents take, step by step: the figures that a cluster is planned with.
//!
//! No Quickwit is needed. What an index takes there is measured on a Tantivy index with the fields of the
//! configuration, which is what a split of Quickwit is inside, merged to one segment.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

use demarche::quickwit::{Lines, index_config};
use demarche::{Annotator, Document, Index};
use serde_json::Value;
use tantivy::TantivyDocument;
use tantivy::schema::{Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions};
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::tokenizer::{TextAnalyzer, WhitespaceTokenizer};

use super::{Documents, Done};

pub(crate) fn measure(documents: &Documents, at_most: usize) -> Done {
    let directory = tempfile::tempdir()?;
    let (ours, splits) = (directory.path().join("embedded"), directory.path().join("split"));
    let mut clock = Clock { paragraphs: 0, steps: Vec::new() };

    let mut parsed: Vec<Document> = Vec::new();
    clock.step("parse", || {
        documents.first(at_most, |document| {
            parsed.push(document);
            Ok(())
        })
    })?;
    let paragraphs = || parsed.iter().flat_map(|document| &document.paragraphs);
    clock.paragraphs = paragraphs().count();
    let text: usize = paragraphs().map(|paragraph| paragraph.text.len()).sum();
    let annotator = Annotator::new();
    let annotated: Vec<Document> =
        clock.step("annotate", || parsed.into_iter().map(|document| annotator.annotate(document)).collect());
    let mut ndjson = Vec::new();
    clock.step("write lines", || {
        let mut lines = Lines::new(1);
        annotated.iter().try_for_each(|document| lines.write(document, &mut ndjson).map(drop))
    })?;
    let compressed = clock.step("compress lines", || {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&ndjson).and_then(|()| gzip.finish())
    })?;
    clock.step("index lines, as Quickwit does", || -> Result<(), Box<dyn Error>> {
        let mut split = Split::create(&splits)?;
        split.add(&ndjson)?;
        Ok(split.finish()?)
    })?;
    clock.step("index embedded", || {
        let mut writer = Index::create(&ours)?.writer()?;
        annotated.iter().try_for_each(|document| writer.add(document))?;
        writer.optimise()
    })?;

    writeln!(io::stdout(), "{} documents, {} paragraphs\n\nbytes a paragraph", annotated.len(), clock.paragraphs)?;
    let each = |bytes: usize| bytes as f64 / clock.paragraphs.max(1) as f64;
    let show = |name: &str, bytes: usize| writeln!(io::stdout(), "  {name:<34} {:>8.0}", each(bytes));
    show("text", text)?;
    show("lines", ndjson.len())?;
    show("lines, compressed", compressed.len())?;
    for (name, path) in [("split", &splits), ("embedded index", &ours)] {
        let mut parts: BTreeMap<String, usize> = BTreeMap::new();
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            let extension = entry.path().extension().map(|extension| extension.to_string_lossy().into_owned());
            *parts.entry(extension.unwrap_or_default()).or_default() += entry.metadata()?.len() as usize;
        }
        show(name, parts.values().sum())?;
        for (part, &bytes) in parts.iter().filter(|(_, bytes)| each(**bytes) >= 1.0) {
            show(&format!("  {part}"), bytes)?;
        }
    }
    clock.print()?;
    Ok(ExitCode::SUCCESS)
}

/// Times steps by the processor time of the whole process where the system tells it, so that what else runs on the
/// machine does not count; by the wall elsewhere.
struct Clock {
    paragraphs: usize,
    steps: Vec<(&'static str, f64)>,
}

impl Clock {
    fn step<T>(&mut self, name: &'static str, run: impl FnOnce() -> T) -> T {
        let (started, used) = (Instant::now(), processor_seconds());
        let done = run();
        let seconds = match (used, processor_seconds()) {
            (Some(before), Some(after)) => after - before,
            _ => started.elapsed().as_secs_f64(),
        };
        self.steps.push((name, seconds));
        done
    }

    fn print(&self) -> io::Result<()> {
        let clock = if processor_seconds().is_some() { "processor" } else { "wall" };
        writeln!(io::stdout(), "\nparagraphs a second of {clock} time")?;
        for (name, seconds) in &self.steps {
            writeln!(io::stdout(), "  {name:<34} {:>8.0}", self.paragraphs as f64 / seconds.max(0.01))?;
        }
        Ok(())
    }
}

/// The processor time that this process has used, from Linux's /proc, which counts in hundredths of a second.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the command, in brackets, may hold spaces.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(ticks as f64 / 100.0)
}

/// A Tantivy index with the fields of the configuration.
struct Split {
    index: tantivy::Index,
    writer: tantivy::IndexWriter,
    fields: BTreeMap<String, Field>,
}

impl Split {
    fn create(path: &std::path::Path) -> tantivy::Result<Split> {
        std::fs::create_dir_all(path)?;
        let config = index_config("measured");
        let mut builder = Schema::builder();
        let mut fields = BTreeMap::new();
        for mapping in config["doc_mapping"]["field_mappings"].as_array().into_iter().flatten() {
            let name = mapping["name"].as_str().unwrap_or_default();
            let is_stored = mapping["stored"] != false;
            let field = if mapping["type"] == "u64" {
                let options = NumericOptions::default().set_indexed().set_fast();
                builder.add_u64_field(name, if is_stored { options.set_stored() } else { options })
            } else {
                let mut options = TextOptions::default();
                if mapping["indexed"] != false {
                    let has_positions = mapping["record"] == "position";
                    let record =
                        if has_positions { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::Basic };
                    let tokenizer = mapping["tokenizer"].as_str().unwrap_or("raw");
                    let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record);
                    options = options.set_indexing_options(indexing.set_fieldnorms(mapping["fieldnorms"] == true));
                }
                if mapping["fast"] == true {
                    options = options.set_fast("raw");
                }
                builder.add_text_field(name, if is_stored { options.set_stored() } else { options })
            };
            fields.insert(name.to_owned(), field);
        }
        // Quickwit's own settings of the document store.
        let settings = tantivy::IndexSettings {
            docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(8) }),
            docstore_blocksize: 1_000_000,
            ..tantivy::IndexSettings::default()
        };
        let index = tantivy::Index::builder().schema(builder.build()).settings(settings).create_in_dir(path)?;
        index.tokenizers().register("whitespace", TextAnalyzer::from(WhitespaceTokenizer::default()));
        let writer = index.writer_with_num_threads(1, 256 * 1024 * 1024)?;
        Ok(Split { index, writer, fields })
    }

    fn add(&mut self, lines: &[u8]) -> Result<(), Box<dyn Error>> {
        for line in lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            let mut document = TantivyDocument::new();
            for (name, value) in serde_json::from_slice::<serde_json::Map<String, Value>>(line)? {
                let field = *self.fields.get(&name).ok_or("a field of the configuration")?;
                match value {
                    Value::String(text) => document.add_text(field, text),
                    Value::Number(number) => document.add_u64(field, number.as_u64().ok_or("a whole number")?),
                    Value::Array(values) => {
                        values.iter().filter_map(Value::as_str).for_each(|text| document.add_text(field, text));
                    }
                    other => return Err(format!("not expected: {other}").into()),
                }
            }
            self.writer.add_document(document)?;
        }
        Ok(())
    }

    fn finish(&mut self) -> tantivy::Result<()> {
        self.writer.commit()?;
        let segments = self.index.searchable_segment_ids()?;
        if segments.len() > 1 {
            self.writer.merge(&segments).wait()?;
        }
        self.writer.garbage_collect_files().wait()?;
        Ok(())
    }
}
