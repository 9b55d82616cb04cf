//! Analyses the paragraphs that a query finds: what is significant in them, what stands together, and since when.
//!
//! ```text
//! cargo run --release --example analyse -- "sanctions"
//! cargo run --release --example analyse -- --docs FOLDER --against "author:Wilson" "author:Ahtisaari"
//! cargo run --release --example analyse -- --docs FOLDER --trend /state/CHN --interval quarter --graphml net.graphml "*"
//! ```

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{eprintln, println};
use anstyle::Style;
use clap::Parser as _;
use demarche::{
    Annotator, Contrast, Contrasted, Contrasts, Cooccurrence, Dimension, FacetPath, FacetSelection, Index, Interval,
    Matches, Parser, Trend,
};
use serde_json::json;

/// What is significant in the paragraphs that a query finds, what stands together, and since when.
#[derive(Debug, clap::Parser)]
struct Arguments {
    /// Analyse this index instead of documents.
    #[arg(long, value_name = "DIR", conflicts_with = "docs")]
    index: Option<PathBuf>,
    /// A file or directory to analyse, may be repeated; without any, the seed documents.
    #[arg(long, value_name = "PATH")]
    docs: Vec<PathBuf>,
    /// Compare with the paragraphs of this query instead of all the rest.
    #[arg(long, value_name = "QUERY")]
    against: Option<String>,
    /// Show how often this actor, or topic, was named over time (a path or any name).
    #[arg(long, value_name = "X")]
    trend: Option<String>,
    /// How long the periods of the trend are: day, month, quarter or year.
    #[arg(long, default_value = "year", value_parser = interval)]
    interval: Interval,
    /// How many values are shown of each list.
    #[arg(long, value_name = "N", default_value_t = 8)]
    top: usize,
    /// Write the network of the actors that stand together as GraphML.
    #[arg(long, value_name = "FILE")]
    graphml: Option<PathBuf>,
    /// Write the network for Graphviz.
    #[arg(long, value_name = "FILE")]
    dot: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// The query; `*` for everything.
    query: String,
}

fn interval(given: &str) -> Result<Interval, String> {
    let all =
        [("day", Interval::Day), ("month", Interval::Month), ("quarter", Interval::Quarter), ("year", Interval::Year)];
    let found = all.into_iter().find(|(name, _)| *name == given).map(|(_, interval)| interval);
    found.ok_or_else(|| "expected day, month, quarter or year".to_owned())
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let index = match &arguments.index {
        Some(directory) => Index::open(directory)?,
        None => build(&arguments.docs)?,
    };
    let searcher = index.searcher()?;
    let set = searcher.matches(arguments.query.as_str())?;
    let other = arguments.against.as_deref().map(|query| searcher.matches(query)).transpose()?;
    for diagnostic in set.diagnostics().iter().chain(other.iter().flat_map(|other| other.diagnostics())) {
        eprintln!("note: {}", diagnostic.message());
    }

    let mut contrasts = Vec::new();
    for dimension in [Dimension::Actor, Dimension::Topic] {
        let contrast = Contrast::of(dimension).top(arguments.top);
        contrasts.push(match &other {
            Some(other) => contrast.between(&set, other)?,
            None => contrast.with_the_rest(&set)?,
        });
    }
    let parties = FacetSelection::all().depth(2);
    let top = parties.clone().top(arguments.top);
    let matrix = set.cooccurrence_with_sentences((Dimension::Actor, &top), (Dimension::Actor, &top))?;
    let trend = match &arguments.trend {
        Some(value) => {
            let (dimension, path) = resolve(&index, value)?;
            Some(set.trend(dimension, &path, arguments.interval)?)
        }
        None => None,
    };
    if arguments.graphml.is_some() || arguments.dot.is_some() {
        let many = parties.top(200);
        let network = set.cooccurrence((Dimension::Actor, &many), (Dimension::Actor, &many))?.network(2);
        if let Some(path) = &arguments.graphml {
            std::fs::write(path, network.to_graphml())?;
        }
        if let Some(path) = &arguments.dot {
            std::fs::write(path, network.to_dot())?;
        }
    }
    if arguments.json {
        let answer = json!({
            "query": set.query(), "total": set.total(), "contrasts": contrasts, "cooccurrence": matrix, "trend": trend,
        });
        println!("{answer}");
    } else {
        print(&set, &contrasts, &matrix, trend.as_ref());
    }
    Ok(())
}

/// An actor, or else a topic.
fn resolve(index: &Index, value: &str) -> Result<(Dimension, FacetPath), demarche::Error> {
    match index.resolve(Dimension::Actor, value) {
        Ok(actor) => Ok((Dimension::Actor, actor.path)),
        Err(error) => {
            index.resolve(Dimension::Topic, value).map(|topic| (Dimension::Topic, topic.path)).map_err(|_| error)
        }
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

fn print(set: &Matches, contrasts: &[Contrasts], matrix: &Cooccurrence, trend: Option<&Trend>) {
    let total = set.total();
    println!("{} paragraphs in {} documents: {}\n", total.paragraphs, total.documents.unwrap_or_default(), set.query());
    for contrast in contrasts {
        let (here, there) = (contrast.paragraphs, contrast.other_paragraphs);
        println!("{BOLD}{} in these {here} paragraphs, against {there} others{BOLD:#}", contrast.dimension);
        contrast.first.iter().for_each(|value| print_value(value, here, there));
        println!("{BOLD}{} in the others{BOLD:#}", contrast.dimension);
        contrast.second.iter().for_each(|value| print_value(value, here, there));
        println!();
    }
    println!("{BOLD}named together{BOLD:#} {DIM}in paragraphs / in sentences{DIM:#}");
    let mut pairs = Vec::new();
    for row in 0..matrix.rows.len() {
        for column in row + 1..matrix.columns.len() {
            pairs.push((matrix.cell(row, column), row, column));
        }
    }
    pairs.sort_by_key(|(together, row, column)| (std::cmp::Reverse(together.paragraphs), *row, *column));
    for (together, row, column) in pairs.iter().filter(|(together, ..)| together.paragraphs > 0).take(12) {
        let (a, b) = (&matrix.rows[*row].label, &matrix.columns[*column].label);
        let lift = matrix.lift(*row, *column).unwrap_or_default();
        let sentences = together.sentences.unwrap_or_default();
        println!("  {:>5} / {sentences:<5} {a} and {b} {DIM}{lift:.2} times chance{DIM:#}", together.paragraphs);
    }
    if let Some(trend) = trend {
        println!("\n{BOLD}{} over time{BOLD:#} {DIM}{}{DIM:#}", trend.label, trend.path);
        for point in &trend.points {
            let share = point.share.unwrap_or_default();
            let bar = "█".repeat((share * 60.0).round() as usize);
            println!("  {:<10} {:>6} of {:<6} {:>5.1} % {bar}", point.label, point.count, point.of, share * 100.0);
        }
        if trend.undated > 0 {
            println!("  {DIM}and {} without a date as precise{DIM:#}", trend.undated);
        }
        if let Some(tau) = trend.tau {
            println!("  {DIM}Kendall's tau of the share with time: {tau:.2}{DIM:#}");
        }
    }
}

fn print_value(value: &Contrasted, of: u64, other_of: u64) {
    let Contrasted { path, label, count, other_count, z, .. } = value;
    println!("  z {z:>6.2}  {count:>5} of {of}, {other_count} of {other_of}  {label} {DIM}{path}{DIM:#}");
}
