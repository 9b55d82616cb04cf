//! Shows what parsing and annotation make of documents.
//!
//! ```text
//! cargo run --release --example annotate -- seeds/000_468284d11647a011.txt
//! cargo run --release --example annotate -- --json FILE…
//! ```

#[path = "program/mod.rs"]
mod program;

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::Parser as _;
use demarche::{Annotator, Document, Documents, Parser, Profile, Result, TopicCue, TopicReason};
use serde_json::{Value, json};

/// Shows the paragraphs of documents with the actors they name and the topics they treat.
#[derive(clap::Parser)]
struct Arguments {
    /// Write one JSON object a document and line.
    #[arg(long)]
    json: bool,
    /// How ready to be to tag a topic: `balanced`, or `precise` for fewer tags, more of them right.
    #[arg(long, default_value = "balanced", value_parser = profile)]
    profile: Profile,
    /// Say of every topic with a cue in a paragraph, also of those not tagged, what its cues weighed.
    #[arg(long)]
    explain: bool,
    /// Files (.txt, .md, .html, .jsonl), directories, or `-` for standard input (text or JSON Lines).
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
}

const HEAD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const ACTOR: Style = AnsiColor::Cyan.on_default();
const TOPIC: Style = AnsiColor::Green.on_default();

fn profile(name: &str) -> std::result::Result<Profile, String> {
    match name {
        "balanced" => Ok(Profile::Balanced),
        "precise" => Ok(Profile::Precise),
        _ => Err("expected balanced or precise".to_owned()),
    }
}

fn main() -> ExitCode {
    program::ending(run(&Arguments::parse()))
}

/// What cannot be read is named and left out; it makes the program fail in the end.
fn run(arguments: &Arguments) -> std::result::Result<ExitCode, Box<dyn Error>> {
    let annotator = Annotator::builder().profile(arguments.profile).build();
    let mut out = io::BufWriter::new(anstream::stdout());
    let mut failed = false;
    let mut complain = |error: &demarche::Error| {
        eprintln!("error: {}", program::chain(error));
        failed = true;
    };
    for file in &arguments.files {
        let mut documents = match documents(file)? {
            Ok(documents) => documents,
            Err(error) => {
                complain(&error);
                continue;
            }
        };
        for document in documents.by_ref() {
            match document {
                Ok(document) => show(&mut out, &annotator, document, arguments)?,
                Err(error) => complain(&error),
            }
        }
        if documents.report().failed > 0 {
            eprintln!("{file}: {}", documents.report());
        }
    }
    out.flush()?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The documents of a file, of a directory, or of standard input, which may be text or JSON Lines.
fn documents(file: &str) -> io::Result<Result<Documents<'static>>> {
    let parser = Parser::new();
    if file != "-" {
        return Ok(parser.documents(file));
    }
    let mut input = BufReader::new(io::stdin());
    if input.fill_buf()?.trim_ascii_start().starts_with(b"{") {
        return Ok(Ok(parser.json_lines("standard input", input)));
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    Ok(Ok(parser.read("standard input", bytes)))
}

fn show(out: &mut impl Write, annotator: &Annotator, document: Document, arguments: &Arguments) -> io::Result<()> {
    let document = &annotator.annotate(document);
    // By paragraph; empty where nobody asked.
    let reasons: Vec<Vec<TopicReason>> = match arguments.explain {
        true => (0..document.paragraphs.len())
            .map(|at| annotator.taxonomy().explain(document, at, arguments.profile))
            .collect(),
        false => Vec::new(),
    };
    if arguments.json {
        serde_json::to_writer(&mut *out, &to_json(document, &reasons))?;
        return writeln!(out);
    }
    let title = document.title.as_deref().unwrap_or(&document.id);
    writeln!(out, "{HEAD}{title}{HEAD:#}")?;
    let date = document.date.map(|date| date.to_string());
    let facts: Vec<&str> = document.byline.iter().map(String::as_str).chain(date.as_deref()).collect();
    if !facts.is_empty() {
        writeln!(out, "{FAINT}{}{FAINT:#}", facts.join(", "))?;
    }
    let mut section = None;
    for (at, paragraph) in document.paragraphs.iter().enumerate() {
        if paragraph.section != section {
            section = paragraph.section;
            writeln!(out, "\n{HEAD}{}{HEAD:#}", document.heading_path(paragraph).join(" › "))?;
        }
        writeln!(out, "\n{FAINT}{}{FAINT:#} {}", paragraph.ordinal, paragraph.text)?;
        for actor in &paragraph.actors {
            let names: Vec<&str> = actor.mentions.iter().map(|mention| &paragraph.text[mention.span.range()]).collect();
            writeln!(out, "  {ACTOR}{}{ACTOR:#} {} {FAINT}{}{FAINT:#}", actor.id, actor.path, names.join(" | "))?;
        }
        for topic in &paragraph.topics {
            let cues: Vec<&str> = topic.cues.iter().map(|cue| &*cue.cue).collect();
            writeln!(out, "  {TOPIC}{}{TOPIC:#} {:.2} {FAINT}{}{FAINT:#}", topic.path, topic.score, cues.join(" | "))?;
        }
        for reason in reasons.get(at).into_iter().flatten() {
            let verdict = if reason.is_tagged() { "tagged" } else { "not tagged" };
            let cues: Vec<String> = reason.cues.iter().map(|cue| format!("{} {:+.1}", cue.cue, cue.weight)).collect();
            let (sum, threshold) = (reason.sum, reason.threshold);
            writeln!(
                out,
                "    {FAINT}{verdict} {} {sum:.1} of {threshold:.1}: {}{FAINT:#}",
                reason.path,
                cues.join(" | ")
            )?;
        }
    }
    if !document.repairs.is_empty() {
        writeln!(out, "\n{HEAD}Repairs{HEAD:#}")?;
        for repair in &document.repairs {
            let (start, end) = (repair.span.start, repair.span.end);
            writeln!(out, "  {start}..{end} {} {:?}", repair.kind.as_str(), repair.text)?;
        }
    }
    writeln!(out)
}

/// A cue with its place in the paragraph; one in a heading above has none.
fn cue_to_json(cue: &TopicCue) -> Value {
    let (start, end) = (cue.span.map(|span| span.start), cue.span.map(|span| span.end));
    json!({ "cue": cue.cue, "weight": cue.weight, "start": start, "end": end })
}

fn to_json(document: &Document, reasons: &[Vec<TopicReason>]) -> Value {
    let mut paragraphs = Vec::new();
    for (at, paragraph) in document.paragraphs.iter().enumerate() {
        let mut actors = Vec::new();
        for actor in &paragraph.actors {
            let mention = |mention: &demarche::Mention| {
                json!({
                    "start": mention.span.start,
                    "end": mention.span.end,
                    "text": &paragraph.text[mention.span.range()],
                    "kind": mention.kind,
                    "rule": mention.rule,
                })
            };
            let mentions: Vec<Value> = actor.mentions.iter().map(mention).collect();
            actors.push(json!({ "id": actor.id, "path": actor.path, "mentions": mentions }));
        }
        let mut topics = Vec::new();
        for topic in &paragraph.topics {
            let cues: Vec<&str> = topic.cues.iter().map(|cue| &*cue.cue).collect();
            let reasons: Vec<Value> = topic.cues.iter().map(cue_to_json).collect();
            let (path, score, band) = (&topic.path, topic.score, topic.band);
            topics.push(json!({ "path": path, "score": score, "band": band, "cues": cues, "reasons": reasons }));
        }
        let mut entry = json!({
            "ordinal": paragraph.ordinal,
            "kind": paragraph.kind,
            "heading": document.heading(paragraph),
            "text": paragraph.text,
            "source": paragraph.source,
            "links": paragraph.links,
            "actors": actors,
            "topics": topics,
        });
        if let Some(reasons) = reasons.get(at) {
            let reason = |reason: &TopicReason| {
                json!({
                    "path": reason.path,
                    "tagged": reason.is_tagged(),
                    "sum": reason.sum,
                    "threshold": reason.threshold,
                    "cues": reason.cues.iter().map(cue_to_json).collect::<Vec<_>>(),
                })
            };
            entry["explain"] = reasons.iter().map(reason).collect();
        }
        paragraphs.push(entry);
    }
    let mut repairs = Vec::new();
    for repair in &document.repairs {
        let (start, end) = (repair.span.start, repair.span.end);
        repairs.push(json!({ "kind": repair.kind, "start": start, "end": end, "text": repair.text }));
    }
    let mut sections = Vec::new();
    for section in &document.sections {
        let (level, parent, source) = (section.level, section.parent, &section.source);
        sections.push(json!({ "heading": section.heading, "level": level, "parent": parent, "source": source }));
    }
    json!({
        "id": document.id,
        "title": document.title,
        "byline": document.byline,
        "date": document.date,
        "source": document.source,
        "language": document.language,
        "sections": sections,
        "repairs": repairs,
        "paragraphs": paragraphs,
    })
}
