//! Searches documents, or an index made before, and shows what was found, where, and whom it names.
//!
//! ```text
//! cargo run --release --example search -- "NATO enlargement"
//! cargo run --release --example search -- --actor LTU --json "sanctions"
//! cargo run --release --example search -- --sort newest --group 2 --explain "energy security"
//! ```

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anstream::{eprintln, println};
use anstyle::{AnsiColor, Color, Style};
use clap::{Parser as _, ValueEnum};
use demarche::{
    Annotator, Clause, Cursor, Date, DateRange, Dimension, Engine, FacetCounts, Filter, Given, Hit, Index,
    MentionChoice, MentionKind, Operator, Parser, Query, Request, Results, Sort,
};

/// Full-text search over documents, paragraph by paragraph.
#[derive(Debug, clap::Parser)]
struct Arguments {
    /// Search this index instead of documents.
    #[arg(long, value_name = "DIR", conflicts_with = "docs")]
    index: Option<PathBuf>,
    /// Search this index on Quickwit, http://HOST:PORT/INDEX, instead of documents.
    #[cfg(feature = "quickwit")]
    #[arg(long, value_name = "URL", conflicts_with_all = ["index", "docs"])]
    quickwit: Option<String>,
    /// A file or directory to search, may be repeated; without any, the seed documents.
    #[arg(long, value_name = "PATH")]
    docs: Vec<PathBuf>,
    /// Only paragraphs that name this actor (an id, a path or any name); repeated: any of them.
    #[arg(long, value_name = "X")]
    actor: Vec<String>,
    /// Of the mentions of actors, only these kinds count (name, acronym, demonym, metonym, office, surname,
    /// reference), for --actor and for the counts.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    mentions: Vec<String>,
    /// Only paragraphs on this topic (a path or a name); repeated: any of them.
    #[arg(long, value_name = "X")]
    topic: Vec<String>,
    /// Only documents of this date or later (YYYY, YYYY-MM or YYYY-MM-DD).
    #[arg(long, value_name = "D")]
    from: Option<String>,
    /// Only documents of this date or earlier.
    #[arg(long, value_name = "D")]
    to: Option<String>,
    /// How many paragraphs to show.
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// What comes first.
    #[arg(long, value_enum, default_value_t = Order::Relevance)]
    sort: Order,
    /// Halve scores for every so many days of age, counted from the date of --to.
    #[arg(long, value_name = "DAYS")]
    half_life: Option<f64>,
    /// Group by document, with at most so many paragraphs of each.
    #[arg(long, value_name = "N")]
    group: Option<usize>,
    /// Go on after a page: the cursor that was printed at its end.
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    /// What is like this paragraph (document#ordinal, or a document's id), rather than what a query finds.
    #[arg(long, value_name = "ID#N", conflicts_with = "query")]
    like: Option<String>,
    /// Offer what a query that begins like this could go on with, rather than search.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["query", "like"])]
    complete: Option<String>,
    /// A paragraph needs all words of the query, not any.
    #[arg(long)]
    all: bool,
    /// Show where the scores come from.
    #[arg(long)]
    explain: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// The query.
    #[arg(required_unless_present_any = ["like", "complete"], default_value = "")]
    query: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Order {
    /// The best first.
    Relevance,
    /// The newest document first.
    Newest,
    /// The oldest document first.
    Oldest,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut message = error.to_string();
            let mut cause = error.source();
            while let Some(inner) = cause {
                message.push_str(&format!(": {inner}"));
                cause = inner.source();
            }
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let from = arguments.from.as_deref().map(str::parse::<Date>).transpose()?;
    let to = arguments.to.as_deref().map(str::parse::<Date>).transpose()?;
    if let Some(typed) = &arguments.complete {
        for one in index(arguments)?.searcher()?.complete(typed, arguments.limit)? {
            println!("{:>5}  {} {DIM}{:?}{DIM:#}", one.count, one.text, one.kind);
        }
        return Ok(());
    }
    let engine = engine(arguments)?;
    let started = Instant::now();
    let operator = if arguments.all { Operator::All } else { Operator::Any };
    let mut query = match &arguments.like {
        Some(paragraph) => Query::from(Clause::Like(Given::new(paragraph))),
        None => Query::with_operator(&arguments.query, operator),
    };
    for (dimension, given) in [(Dimension::Actor, &arguments.actor), (Dimension::Topic, &arguments.topic)] {
        for value in given {
            // In a query an unknown name is a diagnostic; on the command line it is a mistake.
            engine.resolve(dimension, value)?;
            query = query.within(dimension, value);
        }
    }
    if from.is_some() || to.is_some() {
        query = query.filter(Filter::Date(DateRange { from, to }));
    }
    if !arguments.mentions.is_empty() {
        let kinds = arguments.mentions.iter().map(|kind| kind.parse()).collect::<Result<Vec<MentionKind>, _>>()?;
        query = query.mentions(MentionChoice::all().only(kinds));
    }
    let sort = match arguments.sort {
        Order::Relevance => Sort::Relevance,
        Order::Newest => Sort::Newest,
        Order::Oldest => Sort::Oldest,
    };
    let mut request = Request::new(query).limit(arguments.limit).sort(sort).explain(arguments.explain);
    if let Some(days) = arguments.half_life {
        request = request.recency(days, to.ok_or("--half-life counts from the date that --to gives")?);
    }
    if let Some(paragraphs) = arguments.group {
        request = request.group(paragraphs);
    }
    if let Some(cursor) = &arguments.after {
        request = request.after(cursor.parse::<Cursor>()?);
    }
    let results = engine.search(request)?;
    let took_ms = started.elapsed().as_secs_f64() * 1_000.0;
    if arguments.json {
        let mut json = serde_json::to_value(&results)?;
        json["query"] = arguments.query.clone().into();
        json["took_ms"] = took_ms.into();
        println!("{json}");
    } else {
        print(&results, took_ms);
    }
    Ok(())
}

/// What is searched.
fn engine(arguments: &Arguments) -> demarche::Result<Box<dyn Engine>> {
    #[cfg(feature = "quickwit")]
    if let Some(url) = &arguments.quickwit {
        return Ok(Box::new(demarche::quickwit::Client::new(url)?));
    }
    Ok(Box::new(index(arguments)?))
}

fn index(arguments: &Arguments) -> demarche::Result<Index> {
    match &arguments.index {
        Some(directory) => Index::options().read_only(true).open(directory),
        None => build(&arguments.docs),
    }
}

fn build(paths: &[PathBuf]) -> Result<Index, demarche::Error> {
    let seeds = [PathBuf::from("seeds")];
    let paths = if paths.is_empty() { &seeds[..] } else { paths };
    let annotator = Annotator::new();
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    let parser = Parser::new();
    for path in paths {
        for document in parser.documents(path)? {
            writer.add(&annotator.annotate(document?))?;
        }
    }
    writer.commit()?;
    Ok(index)
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const HIGHLIGHT: Style = Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));
const NAME: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Cyan)));

fn print(results: &Results, took_ms: f64) {
    for diagnostic in &results.diagnostics {
        println!("{DIM}note: {}{DIM:#}", diagnostic.message());
    }
    if let Some(meant) = &results.did_you_mean {
        println!("did you mean: {BOLD}{meant}{BOLD:#}");
    }
    let total = results.total;
    let documents = total.documents.map(|documents| format!(" in {}", many(documents, "document")));
    println!("{}{}, {took_ms:.1} ms\n", many(total.paragraphs, "paragraph"), documents.unwrap_or_default());
    for (place, hit) in results.hits.iter().enumerate() {
        print_hit(place + 1, hit);
    }
    if let Some(next) = &results.next {
        println!("{DIM}more: --after {next}{DIM:#}\n");
    }
    for (dimension, counts) in results.facets.dimensions() {
        print_facets(dimension, counts);
    }
}

fn many(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn print_hit(place: usize, hit: &Hit) {
    println!("{BOLD}{place}. {}{BOLD:#}", hit.title.as_deref().unwrap_or(&hit.document));
    let date = hit.date.map(|date| format!(" · {date}")).unwrap_or_default();
    let heading = hit.heading.as_deref().map(|heading| format!(" · {heading}")).unwrap_or_default();
    println!("   {DIM}{} ¶{}{date}{heading} · score {:.2}{DIM:#}", hit.document, hit.ordinal, hit.score);
    println!("   “{}”", marked(hit));
    let actors: Vec<&str> = hit.actors.iter().map(|actor| &*actor.id).collect();
    if !actors.is_empty() {
        println!("   {NAME}{}{NAME:#}", actors.join(" · "));
    }
    let topics: Vec<&str> = hit.topics.iter().map(|topic| topic.path.as_str()).collect();
    if !topics.is_empty() {
        println!("   {DIM}{}{DIM:#}", topics.join(" · "));
    }
    if let Some(explanation) = &hit.explanation {
        for line in explanation.to_string().lines() {
            println!("   {line}");
        }
    }
    println!();
}

/// The passage with what matched in colour.
fn marked(hit: &Hit) -> String {
    let mut marked = String::new();
    let mut at = hit.passage_span.start;
    for span in &hit.highlights {
        if span.start < at || span.end > hit.passage_span.end {
            continue;
        }
        marked.push_str(&hit.text[at..span.start]);
        marked.push_str(&format!("{HIGHLIGHT}{}{HIGHLIGHT:#}", &hit.text[span.range()]));
        at = span.end;
    }
    marked.push_str(&hit.text[at..hit.passage_span.end]);
    marked
}

/// The first nodes of a dimension; the roots of the hierarchies, which only group, are left out.
fn print_facets(dimension: Dimension, counts: &FacetCounts) {
    const SHOWN: usize = 12;
    println!("{BOLD}{dimension}{BOLD:#}");
    let nodes = counts.nodes().iter().filter(|node| node.path.depth() > 1);
    for node in nodes.take(SHOWN) {
        println!("  {:>5}  {} {DIM}{}{DIM:#}", node.count, node.label, node.path);
    }
    println!();
}
