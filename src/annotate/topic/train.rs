//! Learns weights, and cues, from labelled paragraphs.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::calibrate::{Judged, calibrate, round};
use super::candidates;
use super::cue::{Cue, CueKind};
use super::fit::{Coordinate, Row, fit};
use super::lexicon::Lexicon;
use super::matcher::Scratch;
use super::{Profile, Taxonomy};
use crate::document::{Paragraph, TopicTag};
use crate::error::{Error, Result};
use crate::facet::FacetPath;

/// A paragraph with the topics that somebody gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    /// The paragraph; only its text and its actors are looked at.
    pub paragraph: Paragraph,
    /// The topics it treats: tops or leaves, also ones that are new to the taxonomy.
    pub topics: Vec<FacetPath>,
}

/// What training may change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Learn {
    /// The weights of the cues there are.
    Weights,
    /// The weights, and new cues: words, pairs of words and actors of the paragraphs.
    #[default]
    WeightsAndCues,
}

/// A line of labelled paragraphs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: String,
    topics: Vec<String>,
}

impl Labelled {
    /// A paragraph without actors.
    pub fn new(text: impl Into<String>, topics: Vec<FacetPath>) -> Labelled {
        Labelled { paragraph: Paragraph { text: text.into(), ..Paragraph::default() }, topics }
    }

    /// Reads JSON Lines of `{"text": …, "topics": ["/topic/energy/gas", …]}`; `name` stands in messages.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) with line and reason, at the first line that cannot be used.
    pub fn read_json_lines(name: &str, lines: &str) -> Result<Vec<Labelled>> {
        let mut examples = Vec::new();
        for (at, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let line: Line = serde_json::from_str(line).map_err(|error| {
                Error::line(name, at + 1, error.column().max(1), super::builder::json_reason(&error))
            })?;
            let topics: Result<Vec<FacetPath>, String> =
                line.topics.iter().map(|topic| Lexicon::check_path(topic)).collect();
            let topics = topics.map_err(|reason| Error::line(name, at + 1, 1, reason))?;
            examples.push(Labelled::new(line.text, topics));
        }
        Ok(examples)
    }
}

/// How strongly a written cue's weight is pulled to what its author gave it.
const PULL_WRITTEN: f32 = 2.0;

/// How strongly a found cue's weight is pulled to nothing, before its telling is looked at ([`loosened`]).
const PULL_FOUND: f32 = 6.0;

/// Squares of log-ratios below this count as this: what tells nothing need not be held any faster.
const LEAST_TOLD: f32 = 0.01;

/// The most that a weak cue comes to weigh: as much as a normal one, but it never tags alone.
const MOST_WEAK: f32 = 1.7;

/// A found cue that weighs less than this is left out of the table.
const LIGHTEST: f32 = 0.15;

/// How many parts the paragraphs are cut into, to calibrate on what was not fitted.
const FOLDS: usize = 5;

impl Taxonomy {
    /// Learns from labelled paragraphs: a linear model for each top that has labels, over the cues it has
    /// and, unless told otherwise, over words, pairs of words and actors of the paragraphs.
    ///
    /// Weights of written cues stay near what was written, so a few hundred paragraphs do not undo what an
    /// author knew; found cues must earn their weight, and those that tell labels apart earn it sooner.
    /// Thresholds, bands and scores are set from a five-fold cross-validation. Nothing is random: the same
    /// paragraphs in the same order give the same taxonomy. Tops without a label stay as they are. Save the
    /// result with [`Taxonomy::to_table`].
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when there is no label, or a label that cannot be a topic's path.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::{Labelled, Learn, Profile, Taxonomy};
    ///
    /// let cod = || "/topic/fish/cod".parse();
    /// let mut examples = Vec::new();
    /// for boat in ["trawler", "cutter", "ketch", "smack"] {
    ///     examples.push(Labelled::new(format!("The {boat} landed codling at dawn."), vec![cod()?]));
    ///     examples.push(Labelled::new(format!("The {boat} was painted at dawn."), vec![]));
    /// }
    /// let taxonomy = Taxonomy::empty().train(&examples, Learn::WeightsAndCues)?;
    /// assert!(taxonomy.to_table().contains("codling"));
    /// # Ok::<(), demarche::Error>(())
    /// ```
    pub fn train(&self, examples: &[Labelled], learn: Learn) -> Result<Taxonomy> {
        let mut lexicon = self.lexicon.clone();
        for topic in examples.iter().flat_map(|example| &example.topics) {
            let topic =
                Lexicon::check_path(topic.as_str()).map_err(|reason| Error::value("label", topic.as_str(), reason))?;
            lexicon.entry(&topic);
        }
        lexicon.add_missing_tops();
        let labels = label_rows(&lexicon, examples);
        if labels.is_empty() {
            return Err(Error::value("labelled paragraphs", "", "found no label in them"));
        }
        let written = Taxonomy::compile(lexicon.clone())?;
        if learn == Learn::WeightsAndCues {
            add_candidates(&mut lexicon, &written, examples);
        }
        let wide = Taxonomy::compile(lexicon.clone())?;
        let features = wide.features(examples);
        let mut judged = Vec::new();
        let mut total = 0;
        for (top, labels) in &labels {
            let problem = wide.problem(top, labels, &features, &written);
            for fold in 0..FOLDS {
                let kept: Vec<&Row> =
                    problem.rows.iter().enumerate().filter(|(at, _)| at % FOLDS != fold).map(|(_, row)| row).collect();
                let (weights, bias) = fit(&kept, &loosened(&problem.coordinates, &kept), problem.bias);
                for row in problem.rows.iter().skip(fold).step_by(FOLDS) {
                    if !row.cues.is_empty() {
                        let sum = bias + row.cues.iter().map(|&cue| weights[cue as usize]).sum::<f32>();
                        judged.push(Judged { sum, right: row.label });
                    }
                    total += usize::from(row.label);
                }
            }
            let rows: Vec<&Row> = problem.rows.iter().collect();
            let (weights, bias) = fit(&rows, &loosened(&problem.coordinates, &rows), problem.bias);
            write_back(&mut lexicon, &wide, &problem, &weights, top);
            lexicon.entry(top).bias = Some(round(bias));
        }
        calibrate(&mut lexicon.settings, judged, total);
        Taxonomy::compile(lexicon)
    }

    /// The tags of one paragraph, outside a document: its text and its actors are looked at.
    pub fn tags_of(&self, paragraph: &Paragraph, profile: Profile) -> Vec<TopicTag> {
        let mut hits = Vec::new();
        self.matcher.find(&paragraph.text, &paragraph.actors, &mut Scratch::default(), &mut hits);
        self.tags(&hits, &[], profile)
    }

    /// By paragraph: the cues that count there, as places in `self.cues`.
    fn features(&self, examples: &[Labelled]) -> Vec<Vec<u32>> {
        let mut scratch = Scratch::default();
        let mut hits = Vec::new();
        examples
            .iter()
            .map(|example| {
                self.matcher.find(&example.paragraph.text, &example.paragraph.actors, &mut scratch, &mut hits);
                let verdicts = self.weigh(&hits, &[]);
                verdicts.iter().flat_map(|verdict| verdict.voices.iter().map(|voice| voice.cue)).collect()
            })
            .collect()
    }

    /// What is fitted for one top.
    fn problem(&self, top: &FacetPath, labels: &[bool], features: &[Vec<u32>], written: &Taxonomy) -> Problem {
        let number = self.tops.iter().position(|&at| self.topics[at as usize].path() == top).unwrap_or_default();
        let mut cues = Vec::new();
        let mut coordinates = Vec::new();
        let mut places = BTreeMap::new();
        for (at, cue) in self.cues.iter().enumerate().filter(|(_, cue)| cue.top as usize == number) {
            let path = self.topics[cue.topic as usize].path();
            let entry = written.lexicon.entries.get(path);
            let is_written = entry.is_some_and(|entry| entry.cues.contains_key(&cue.text));
            places.insert(at as u32, cues.len() as u32);
            cues.push(at as u32);
            coordinates.push(coordinate(cue.kind, cue.weight, is_written));
        }
        let rows = features
            .iter()
            .zip(labels)
            .map(|(row, &label)| Row { cues: row.iter().filter_map(|cue| places.get(cue).copied()).collect(), label })
            .collect();
        Problem { cues, coordinates, rows, bias: self.biases[number] }
    }
}

/// How far a cue's weight may go from where it starts.
fn coordinate(kind: CueKind, weight: f32, is_written: bool) -> Coordinate {
    let (least, most) = match kind {
        _ if !is_written => return Coordinate { prior: 0.0, pull: PULL_FOUND, least: -6.0, most: 6.0 },
        // A written cue keeps its sign: its author knew what it speaks for.
        _ if weight < 0.0 => (-6.0, 0.0),
        // One that was written to need another does not come to do without.
        CueKind::Weak | CueKind::Company => (0.0, MOST_WEAK.max(weight)),
        _ => (0.0, 6.0),
    };
    Coordinate { prior: weight, pull: PULL_WRITTEN, least, most }
}

/// The coordinates with found cues pulled the less, the more they tell: by one over the square of the log-ratio of
/// their shares in the texts with the label and in the others, which is how a linear classifier over counts scaled by
/// that ratio is regularised (Wang and Manning, "Baselines and Bigrams", 2012).
fn loosened(coordinates: &[Coordinate], rows: &[&Row]) -> Vec<Coordinate> {
    let mut seen = vec![[0.0_f32; 2]; coordinates.len()];
    let mut texts = [0.0_f32; 2];
    for row in rows {
        let side = usize::from(row.label);
        texts[side] += 1.0;
        row.cues.iter().for_each(|&cue| seen[cue as usize][side] += 1.0);
    }
    let share = |count: f32, of: f32| (count + 1.0) / (of + 2.0);
    let loosen = |(coordinate, seen): (&Coordinate, &[f32; 2])| {
        if coordinate.pull != PULL_FOUND {
            return *coordinate;
        }
        let ratio = (share(seen[1], texts[1]) / share(seen[0], texts[0])).ln();
        Coordinate { pull: PULL_FOUND / ratio.powi(2).max(LEAST_TOLD), ..*coordinate }
    };
    coordinates.iter().zip(&seen).map(loosen).collect()
}

/// One top's fit.
struct Problem {
    /// By coordinate: the place in the taxonomy's cues.
    cues: Vec<u32>,
    coordinates: Vec<Coordinate>,
    rows: Vec<Row>,
    bias: f32,
}

/// By top that some paragraph is labelled with: which ones are.
fn label_rows(lexicon: &Lexicon, examples: &[Labelled]) -> BTreeMap<FacetPath, Vec<bool>> {
    let mut rows = BTreeMap::new();
    for top in lexicon.entries.keys().filter(|path| path.depth() == 2) {
        let row: Vec<bool> =
            examples.iter().map(|example| example.topics.iter().any(|topic| topic.is_within(top))).collect();
        if row.contains(&true) {
            rows.insert(top.clone(), row);
        }
    }
    rows
}

/// Puts the candidates of every label into the lexicon, at the label's own path.
fn add_candidates(lexicon: &mut Lexicon, written: &Taxonomy, examples: &[Labelled]) {
    let found = candidates::find(examples);
    let mut paths: Vec<&FacetPath> = examples.iter().flat_map(|example| &example.topics).collect();
    paths.sort();
    paths.dedup();
    for path in paths {
        let labels: Vec<bool> =
            examples.iter().map(|example| example.topics.iter().any(|topic| topic.is_within(path))).collect();
        for text in found.best(&labels) {
            let fits = super::matcher::check(text).is_ok() && !text.contains('~');
            if fits && !is_known(written, path, text) {
                lexicon.put_cue(path, Cue::new(text, CueKind::Normal, Some(0.0), "learned"));
            }
        }
    }
}

/// Whether the top of the path has a cue already that matches exactly these words or this actor.
fn is_known(written: &Taxonomy, path: &FacetPath, text: &str) -> bool {
    let mut paragraph = Paragraph { text: text.to_owned(), ..Paragraph::default() };
    if text.starts_with('@') {
        paragraph.text.clear();
        let top = path.ancestors().nth(path.depth() - 2).unwrap_or(path.as_str());
        let within = |other: &FacetPath| other.as_str() == top || other.as_str().starts_with(&format!("{top}/"));
        return written.lexicon.entries.iter().any(|(other, entry)| within(other) && entry.cues.contains_key(text));
    }
    let mut hits = Vec::new();
    written.matcher.find(text, &[], &mut Scratch::default(), &mut hits);
    hits.iter().any(|hit| {
        let topic = &written.topics[written.cues[hit.cue as usize].topic as usize];
        let top = |path: &FacetPath| path.steps().nth(1).map(str::to_owned);
        hit.span.len() == text.len() && top(topic.path()) == top(path)
    })
}

fn write_back(lexicon: &mut Lexicon, wide: &Taxonomy, problem: &Problem, weights: &[f32], top: &FacetPath) {
    debug_assert!(top.depth() == 2);
    for ((&cue, coordinate), &weight) in problem.cues.iter().zip(&problem.coordinates).zip(weights) {
        let compiled = &wide.cues[cue as usize];
        let entry = lexicon.entry(wide.topics[compiled.topic as usize].path());
        let learned = coordinate.pull == PULL_FOUND;
        if learned && weight.abs() < LIGHTEST {
            entry.cues.remove(&compiled.text);
        } else if let Some(cue) = entry.cues.get_mut(&compiled.text)
            && (learned || (weight - coordinate.prior).abs() >= 0.005)
        {
            cue.weight = Some(round(weight));
            if learned && weight < 0.0 {
                cue.kind = CueKind::Against;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_labels_apart_is_held_less_and_what_was_written_as_before() {
        let found = Coordinate { prior: 0.0, pull: PULL_FOUND, least: -6.0, most: 6.0 };
        let written = Coordinate { prior: 1.0, pull: PULL_WRITTEN, least: 0.0, most: 6.0 };
        // Cue 0 stands with the label alone, cue 1 everywhere, cue 2 was written.
        let rows: Vec<Row> = (0..20)
            .map(|at| Row { cues: if at % 2 == 0 { vec![0, 1, 2] } else { vec![1, 2] }, label: at % 2 == 0 })
            .collect();
        let rows: Vec<&Row> = rows.iter().collect();
        let pulls: Vec<f32> = loosened(&[found, found, written], &rows).iter().map(|one| one.pull).collect();
        let ratio = (11.0_f32 / 1.0).ln();
        assert!((pulls[0] - PULL_FOUND / ratio.powi(2)).abs() < 1e-4, "{pulls:?}");
        assert_eq!(pulls[1], PULL_FOUND / LEAST_TOLD);
        assert_eq!(pulls[2], PULL_WRITTEN);
    }
}
