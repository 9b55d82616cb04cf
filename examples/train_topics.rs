//! Teaches a taxonomy from labelled paragraphs and shows what it learnt, on paragraphs it did not see.
//!
//! `train_topics [--empty] [--keep N] [--out TABLE] [FILE]`: FILE is JSON Lines of
//! `{"text": …, "topics": ["/topic/energy/gas", …]}`. Of every N paragraphs one is kept apart; the others
//! teach. Without FILE the subjects are fisheries and railways, 22 sentences each among 22 others.

#[path = "program/mod.rs"]
mod program;

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use demarche::{Labelled, Learn, Profile, Result, Taxonomy};

/// Teaches a taxonomy and says how well it did before and after.
#[derive(clap::Parser)]
struct Arguments {
    /// Labelled paragraphs, as JSON Lines.
    #[arg(default_value = "tests/data/topics/own-subjects.jsonl")]
    file: PathBuf,
    /// Start from nothing and learn the file's own subjects, not from the built-in taxonomy.
    #[arg(long)]
    empty: bool,
    /// Of so many paragraphs one is kept apart to score with.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(2..))]
    keep: u32,
    /// Where to write the taught taxonomy, as a table that `TaxonomyBuilder::add_table` reads.
    #[arg(long)]
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    program::ending(run(&Arguments::parse()).map(|()| ExitCode::SUCCESS))
}

fn run(arguments: &Arguments) -> std::result::Result<(), Box<dyn Error>> {
    let file = arguments.file.display().to_string();
    let lines = std::fs::read_to_string(&arguments.file).map_err(|error| format!("cannot read {file}: {error}"))?;
    let all = Labelled::read_json_lines(&file, &lines)?;
    let is_kept = |(at, example): (usize, Labelled)| (at % arguments.keep as usize == 0, example);
    let (kept, taught): (Vec<_>, Vec<_>) = all.into_iter().enumerate().map(is_kept).partition(|(kept, _)| *kept);
    let kept: Vec<Labelled> = kept.into_iter().map(|(_, example)| example).collect();
    let taught: Vec<Labelled> = taught.into_iter().map(|(_, example)| example).collect();
    writeln!(io::stdout(), "{} paragraphs teach, {} are scored", taught.len(), kept.len())?;

    let before = if arguments.empty { Taxonomy::empty() } else { Taxonomy::builder().build()? };
    score("before", &before, &kept)?;
    let weights = if arguments.empty { None } else { Some(before.train(&taught, Learn::Weights)?) };
    if let Some(weights) = &weights {
        score("weights learnt", weights, &kept)?;
    }
    let after = before.train(&taught, Learn::WeightsAndCues)?;
    score("weights and cues learnt", &after, &kept)?;
    // The same paragraphs teach the same, on every machine.
    assert_eq!(before.train(&taught, Learn::WeightsAndCues)?.fingerprint(), after.fingerprint());

    let table = after.to_table();
    writeln!(io::stdout(), "\nsome of what it learnt:")?;
    for line in table.lines().filter(|line| line.ends_with("learned")).take(12) {
        writeln!(io::stdout(), "  {line}")?;
    }
    if let Some(out) = &arguments.out {
        std::fs::write(out, &table).map_err(|error| format!("cannot write {}: {error}", out.display()))?;
        writeln!(io::stdout(), "wrote {}", out.display())?;
        read_back(&table, &after)?;
    }
    Ok(())
}

fn read_back(table: &str, taught: &Taxonomy) -> Result<()> {
    let mut builder = Taxonomy::builder();
    builder.clear().add_table("taught", table);
    assert_eq!(builder.build()?.fingerprint(), taught.fingerprint());
    Ok(())
}

/// The first two steps: `/topic/energy` of `/topic/energy/gas`.
fn top(path: &str) -> String {
    path.split('/').take(3).collect::<Vec<_>>().join("/")
}

/// Prints precision, recall and F1 over the tops of all paragraphs; tops that no paragraph of the file is
/// labelled with do not count.
fn score(name: &str, taxonomy: &Taxonomy, examples: &[Labelled]) -> io::Result<()> {
    let tops = |example: &Labelled| example.topics.iter().map(|path| top(path.as_str())).collect::<BTreeSet<_>>();
    let known: BTreeSet<String> = examples.iter().flat_map(tops).collect();
    let (mut right, mut tagged, mut wanted) = (0, 0, 0);
    for example in examples {
        let expected = tops(example);
        let tags = taxonomy.tags_of(&example.paragraph, Profile::Balanced);
        let found: BTreeSet<String> =
            tags.iter().map(|tag| top(tag.path.as_str())).filter(|top| known.contains(top)).collect();
        right += found.intersection(&expected).count();
        tagged += found.len();
        wanted += expected.len();
    }
    let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
    let (precision, recall) = (share(right, tagged), share(right, wanted));
    let f1 = share(2 * right, tagged + wanted);
    writeln!(io::stdout(), "{name:24} precision {precision:.3} recall {recall:.3} F1 {f1:.3}")
}
