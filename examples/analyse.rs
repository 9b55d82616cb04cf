//! Analyses the paragraphs that a query finds: what is significant in them, what stands together, and since when.
//!
//! ```text
//! cargo run --release --example analyse -- "sanctions"
//! cargo run --release --example analyse -- --docs FOLDER --against "author:Wilson" "author:Ahtisaari"
//! cargo run --release --example analyse -- --docs FOLDER --trend /state/CHN --interval quarter --graphml net.graphml "*"
//! ```

#[path = "program/mod.rs"]
mod program;

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::Style;
use clap::Parser as _;
use demarche::{
    Contrast, Contrasted, Contrasts, Cooccurrence, Dimension, FacetPath, FacetSelection, Index, Interval, Matches,
    Trend,
};
use serde_json::json;

use program::many;
use program::searched::Searched;

/// What is significant in the paragraphs that a query finds, what stands together, and since when.
#[derive(Debug, clap::Parser)]
struct Arguments {
    #[command(flatten)]
    searched: Searched,
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
    program::ending(run(&Arguments::parse()).map(|()| ExitCode::SUCCESS))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut out = io::BufWriter::new(anstream::stdout());
    let index = arguments.searched.open()?;
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
            write(path, &network.to_graphml())?;
        }
        if let Some(path) = &arguments.dot {
            write(path, &network.to_dot())?;
        }
    }
    if arguments.json {
        let answer = json!({
            "query": set.query(), "total": set.total(), "contrasts": contrasts, "cooccurrence": matrix, "trend": trend,
        });
        writeln!(out, "{answer}")?;
    } else {
        print(&mut out, &set, &contrasts, &matrix, trend.as_ref())?;
    }
    Ok(out.flush()?)
}

fn write(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    std::fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()).into())
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

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

fn print(
    out: &mut impl Write,
    set: &Matches,
    contrasts: &[Contrasts],
    matrix: &Cooccurrence,
    trend: Option<&Trend>,
) -> io::Result<()> {
    let total = set.total();
    let documents = many(total.documents.unwrap_or_default(), "document");
    writeln!(out, "{} in {documents}: {}\n", many(total.paragraphs, "paragraph"), set.query())?;
    for contrast in contrasts {
        let (here, there) = (contrast.paragraphs, contrast.other_paragraphs);
        writeln!(out, "{BOLD}{} in these {here} paragraphs, against {there} others{BOLD:#}", contrast.dimension)?;
        contrast.first.iter().try_for_each(|value| print_value(out, value, here, there))?;
        writeln!(out, "{BOLD}{} in the others{BOLD:#}", contrast.dimension)?;
        contrast.second.iter().try_for_each(|value| print_value(out, value, here, there))?;
        writeln!(out)?;
    }
    writeln!(out, "{BOLD}named together{BOLD:#} {DIM}in paragraphs / in sentences{DIM:#}")?;
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
        writeln!(out, "  {:>5} / {sentences:<5} {a} and {b} {DIM}{lift:.2} times chance{DIM:#}", together.paragraphs)?;
    }
    if let Some(trend) = trend {
        writeln!(out, "\n{BOLD}{} over time{BOLD:#} {DIM}{}{DIM:#}", trend.label, trend.path)?;
        for point in &trend.points {
            let share = point.share.unwrap_or_default();
            let bar = "█".repeat((share * 60.0).round() as usize);
            writeln!(
                out,
                "  {:<10} {:>6} of {:<6} {:>5.1} % {bar}",
                point.label,
                point.count,
                point.of,
                share * 100.0
            )?;
        }
        if trend.undated > 0 {
            writeln!(out, "  {DIM}and {} without a date as precise{DIM:#}", trend.undated)?;
        }
        if let Some(tau) = trend.tau {
            writeln!(out, "  {DIM}Kendall's tau of the share with time: {tau:.2}{DIM:#}")?;
        }
    }
    Ok(())
}

fn print_value(out: &mut impl Write, value: &Contrasted, of: u64, other_of: u64) -> io::Result<()> {
    let Contrasted { path, label, count, other_count, z, .. } = value;
    writeln!(out, "  z {z:>6.2}  {count:>5} of {of}, {other_count} of {other_of}  {label} {DIM}{path}{DIM:#}")
}
