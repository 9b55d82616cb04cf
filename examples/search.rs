//! Searches documents, or an index made before, and shows what was found, where, and whom it names.
//!
//! ```text
//! cargo run --release --example search -- "NATO enlargement"
//! cargo run --release --example search -- --actor LTU --json "sanctions"
//! cargo run --release --example search -- --sort newest --group 2 --explain "energy security"
//! ```

#[path = "program/mod.rs"]
mod program;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

use anstyle::{AnsiColor, Color, Style};
use clap::{Parser as _, ValueEnum};
use demarche::{
    Clause, Cursor, Date, DateRange, Dimension, Engine, FacetCounts, Filter, Given, Hit, MentionChoice, MentionKind,
    Operator, Query, Request, Results, Sort,
};

use program::searched::Searched;
use program::{many, visible};

/// Full-text search over documents, paragraph by paragraph.
#[derive(Debug, clap::Parser)]
struct Arguments {
    #[command(flatten)]
    searched: Searched,
    /// Search this index on Quickwit, http://HOST:PORT/INDEX, instead of documents.
    #[cfg(feature = "quickwit")]
    #[arg(long, value_name = "URL", conflicts_with_all = ["index", "docs"])]
    quickwit: Option<String>,
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
    program::ending(run(&Arguments::parse()).map(|()| ExitCode::SUCCESS))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut out = io::BufWriter::new(anstream::stdout());
    let from = arguments.from.as_deref().map(str::parse::<Date>).transpose()?;
    let to = arguments.to.as_deref().map(str::parse::<Date>).transpose()?;
    if let Some(typed) = &arguments.complete {
        #[cfg(feature = "quickwit")]
        if arguments.quickwit.is_some() {
            return Err("--complete reads the words of an index, which Quickwit does not tell".into());
        }
        for one in arguments.searched.open()?.searcher()?.complete(typed, arguments.limit)? {
            writeln!(out, "{:>5}  {} {DIM}{:?}{DIM:#}", one.count, one.text, one.kind)?;
        }
        return Ok(out.flush()?);
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
        writeln!(out, "{json}")?;
    } else {
        print(&mut out, &results, took_ms)?;
    }
    Ok(out.flush()?)
}

/// What is searched.
fn engine(arguments: &Arguments) -> Result<Box<dyn Engine>, Box<dyn Error>> {
    #[cfg(feature = "quickwit")]
    if let Some(url) = &arguments.quickwit {
        return Ok(Box::new(demarche::quickwit::Client::new(url)?));
    }
    Ok(Box::new(arguments.searched.open()?))
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const NAME: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Cyan)));

fn print(out: &mut impl Write, results: &Results, took_ms: f64) -> io::Result<()> {
    for diagnostic in &results.diagnostics {
        let meant = diagnostic.suggestion().map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        writeln!(out, "{DIM}note: {}{meant}{DIM:#}", diagnostic.message())?;
    }
    if let Some(meant) = &results.did_you_mean {
        writeln!(out, "did you mean: {BOLD}{meant}{BOLD:#}")?;
    }
    let total = results.total;
    let documents = total.documents.map(|documents| format!(" in {}", many(documents, "document")));
    writeln!(out, "{}{}, {took_ms:.1} ms\n", many(total.paragraphs, "paragraph"), documents.unwrap_or_default())?;
    for (place, hit) in results.hits.iter().enumerate() {
        print_hit(out, place + 1, hit)?;
    }
    if let Some(next) = &results.next {
        writeln!(out, "{DIM}more: --after {next}{DIM:#}\n")?;
    }
    for (dimension, counts) in results.facets.dimensions() {
        print_facets(out, dimension, counts)?;
    }
    Ok(())
}

fn print_hit(out: &mut impl Write, place: usize, hit: &Hit) -> io::Result<()> {
    let document = visible(&hit.document);
    writeln!(out, "{BOLD}{place}. {}{BOLD:#}", hit.title.as_deref().map_or(document.clone(), visible))?;
    let date = hit.date.map(|date| format!(" · {date}")).unwrap_or_default();
    let heading = hit.heading.as_deref().map(|heading| format!(" · {}", visible(heading))).unwrap_or_default();
    writeln!(out, "   {DIM}{document} ¶{}{date}{heading} · score {:.2}{DIM:#}", hit.ordinal, hit.score)?;
    // On lines of its own an address or a verse would lose its place in the list.
    let passage = hit.highlight().to_ansi(&hit.text).replace('\n', " / ");
    writeln!(out, "   “{passage}”")?;
    let actors: Vec<&str> = hit.actors.iter().map(|actor| &*actor.id).collect();
    if !actors.is_empty() {
        writeln!(out, "   {NAME}{}{NAME:#}", actors.join(" · "))?;
    }
    let topics: Vec<&str> = hit.topics.iter().map(|topic| topic.path.as_str()).collect();
    if !topics.is_empty() {
        writeln!(out, "   {DIM}{}{DIM:#}", topics.join(" · "))?;
    }
    if let Some(explanation) = &hit.explanation {
        for line in explanation.to_string().lines() {
            writeln!(out, "   {line}")?;
        }
    }
    writeln!(out)
}

/// The first nodes of a dimension, without those that only group others ("Persons" of a state); the tops stay, as a state of
/// which only a person is named.
fn print_facets(out: &mut impl Write, dimension: Dimension, counts: &FacetCounts) -> io::Result<()> {
    const SHOWN: usize = 12;
    writeln!(out, "{BOLD}{dimension}{BOLD:#}")?;
    let nodes = counts.nodes().iter().filter(|node| node.path.depth() == 2 || node.path.depth() > 2 && node.direct > 0);
    for node in nodes.take(SHOWN) {
        writeln!(out, "  {:>5}  {} {DIM}{}{DIM:#}", node.count, node.label, node.path)?;
    }
    writeln!(out)
}
