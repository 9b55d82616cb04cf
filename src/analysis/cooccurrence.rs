//! Which values stand together, in paragraphs and in sentences.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use crate::document::{Paragraph, Span};
use crate::error::{Error, Result};
use crate::facet::{Dimension, FacetPath};
use crate::index::NONE;
use crate::mention_choice::MentionChoice;
use crate::search::{FacetSelection, Matches};
use crate::text::sentences;

/// A value of a co-occurrence matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CooccurrenceNode {
    /// The value.
    pub path: FacetPath,
    /// The name to show.
    pub label: Arc<str>,
    /// Paragraphs of the set at the path or below.
    pub count: u64,
}

/// How often two values stand together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Together {
    /// Paragraphs that have both.
    pub paragraphs: u64,
    /// Documents of these.
    pub documents: u64,
    /// Sentences that have both, where they were counted: for an actor, those that a mention of it touches; for
    /// a topic, those with one of its cues; for the other dimensions, every sentence of the paragraph.
    pub sentences: Option<u64>,
}

/// How often the most frequent values of two dimensions stand together in a set of paragraphs.
///
/// A value is in a paragraph when it or something below it is. A node and one below it are therefore
/// together wherever the lower one is, and on the diagonal of a matrix of one dimension with itself stands the value's own
/// count; [`network`](Cooccurrence::network) leaves both out.
///
/// # Examples
///
/// ```
/// use demarche::{Annotator, Dimension, Document, FacetSelection, Index};
///
/// let index = Index::in_memory()?;
/// let mut writer = index.writer()?;
/// let text = "Russia met China. Japan slept.\n\nChina met Japan.";
/// writer.add(&Annotator::new().annotate(Document::parse("a", text)?))?;
/// writer.commit()?;
/// let states = FacetSelection::all().depth(2).top(3);
/// let set = index.searcher()?.matches("*")?;
/// let matrix = set.cooccurrence_with_sentences((Dimension::Actor, &states), (Dimension::Actor, &states))?;
/// let china = matrix.row(&"/state/CHN".parse()?).expect("in two paragraphs");
/// let japan = matrix.column(&"/state/JPN".parse()?).expect("in two paragraphs");
/// let both = matrix.cell(china, japan);
/// assert_eq!((both.paragraphs, both.sentences), (2, Some(1)));
/// assert_eq!(matrix.lift(china, japan), Some(1.0));
/// # Ok::<(), demarche::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Cooccurrence {
    /// The dimensions of the rows and of the columns.
    pub dimensions: (Dimension, Dimension),
    /// Paragraphs of the set.
    pub paragraphs: u64,
    /// The values of the rows, by count, then path.
    pub rows: Vec<CooccurrenceNode>,
    /// The values of the columns, by count, then path.
    pub columns: Vec<CooccurrenceNode>,
    /// Row by row: the cell of row `r` and column `c` is at `r * columns + c`.
    pub cells: Vec<Together>,
}

impl Cooccurrence {
    /// The place of a value among the rows.
    pub fn row(&self, path: &FacetPath) -> Option<usize> {
        self.rows.iter().position(|node| node.path == *path)
    }

    /// The place of a value among the columns.
    pub fn column(&self, path: &FacetPath) -> Option<usize> {
        self.columns.iter().position(|node| node.path == *path)
    }

    /// How often a row's and a column's value stand together; nothing outside the matrix.
    pub fn cell(&self, row: usize, column: usize) -> Together {
        if column >= self.columns.len() {
            return Together::default();
        }
        self.cells.get(row * self.columns.len() + column).copied().unwrap_or_default()
    }

    /// How many times as often as chance would have it the two stand together in a paragraph: their paragraphs together
    /// times all paragraphs, over the product of their own counts. Below 1 they avoid each other; `None` outside the matrix.
    pub fn lift(&self, row: usize, column: usize) -> Option<f64> {
        let (a, b) = (self.rows.get(row)?.count as f64, self.columns.get(column)?.count as f64);
        Some(self.cell(row, column).paragraphs as f64 * self.paragraphs as f64 / (a * b))
    }
}

/// A dimension and which of its values are asked for.
type Side<'a> = (Dimension, &'a FacetSelection);

/// The most cells a matrix may have.
const MOST_CELLS: usize = 1 << 22;

impl Matches {
    /// How often values of two dimensions, or of one with itself, stand together in a paragraph.
    ///
    /// # Errors
    ///
    /// [`is_input`](Error::is_input) when the selections have more than 4,194,304 cells together: let them end in
    /// [`top`](FacetSelection::top). [`is_storage`](Error::is_storage) when the engine below fails.
    pub fn cooccurrence(&self, rows: Side<'_>, columns: Side<'_>) -> Result<Cooccurrence> {
        let mut matrix = self.matrix(rows, columns)?;
        self.fill(&mut matrix, |_, _, _| Ok(()))?;
        Ok(matrix)
    }

    /// The same, and in a sentence.
    ///
    /// # Errors
    ///
    /// As [`cooccurrence`](Matches::cooccurrence).
    ///
    /// # Cost
    ///
    /// Reads the text of every paragraph in which two of the values stand together.
    pub fn cooccurrence_with_sentences(&self, rows: Side<'_>, columns: Side<'_>) -> Result<Cooccurrence> {
        let mut matrix = self.matrix(rows, columns)?;
        for cell in &mut matrix.cells {
            cell.sentences = Some(0);
        }
        let sides = [(rows.0, paths(&matrix.rows)), (columns.0, paths(&matrix.columns))];
        let width = matrix.columns.len();
        self.fill(&mut matrix, |(segment, doc), [rows, columns], cells| {
            let paragraph = self.searcher().paragraph(segment, doc)?;
            let sentences: Vec<Span> = sentences(&paragraph.text).collect();
            let named = self.mention_choice();
            let rows = by_sentence((sides[0].0, &sides[0].1), rows, (&paragraph, &sentences), named);
            let columns = by_sentence((sides[1].0, &sides[1].1), columns, (&paragraph, &sentences), named);
            for (rows, columns) in rows.iter().zip(&columns) {
                for &row in rows {
                    for &column in columns {
                        let count = &mut cells[row as usize * width + column as usize].sentences;
                        *count = count.map(|count| count + 1);
                    }
                }
            }
            Ok(())
        })?;
        Ok(matrix)
    }

    fn matrix(&self, rows: Side<'_>, columns: Side<'_>) -> Result<Cooccurrence> {
        let nodes = |(dimension, selection): Side<'_>| -> Result<Vec<CooccurrenceNode>> {
            let list = self.counts(dimension)?.select(selection);
            let node = |node: crate::search::FacetCount| CooccurrenceNode {
                path: node.path,
                label: node.label,
                count: node.count,
            };
            Ok(list.nodes.into_iter().map(node).collect())
        };
        let dimensions = (rows.0, columns.0);
        let (rows, columns) = (nodes(rows)?, nodes(columns)?);
        let cells = rows.len().saturating_mul(columns.len());
        if cells > MOST_CELLS {
            return Err(Error::value("matrix", format!("{} × {}", rows.len(), columns.len()), "expected fewer cells"));
        }
        let cells = vec![Together::default(); cells];
        Ok(Cooccurrence { dimensions, paragraphs: self.total().paragraphs, rows, columns, cells })
    }

    /// Counts paragraphs and documents, and calls `each` with the segment and number of every paragraph that has a
    /// value of the rows and one of the columns, with the places of these.
    fn fill(
        &self,
        matrix: &mut Cooccurrence,
        mut each: impl FnMut((usize, u32), [&[u32]; 2], &mut [Together]) -> Result<()>,
    ) -> Result<()> {
        let (dimensions, width) = (matrix.dimensions, matrix.columns.len());
        let (rows, columns) = (paths(&matrix.rows), paths(&matrix.columns));
        for (segment, bits) in self.segments() {
            let (reader, arrays) = self.searcher().segment(segment);
            let documents = arrays.documents(reader)?;
            let sides = [(dimensions.0, &rows), (dimensions.1, &columns)];
            let mut facets = Vec::with_capacity(2);
            for (dimension, wanted) in sides {
                let arrays = arrays.facets(dimension, self.mention_choice(), reader)?;
                let above = above(arrays.paths(), wanted);
                facets.push((arrays, above));
            }
            let mut last = vec![NONE; matrix.cells.len()];
            let (mut found_rows, mut found_columns) = (Vec::new(), Vec::new());
            for doc in bits.iter() {
                for ((arrays, above), found) in facets.iter().zip([&mut found_rows, &mut found_columns]) {
                    found.clear();
                    for leaf in arrays.leaves_of(doc) {
                        found.extend_from_slice(&above[leaf as usize]);
                    }
                    found.sort_unstable();
                    found.dedup();
                }
                for &row in &found_rows {
                    for &column in &found_columns {
                        let place = row as usize * width + column as usize;
                        let cell = &mut matrix.cells[place];
                        cell.paragraphs += 1;
                        let document = documents[doc as usize];
                        cell.documents += u64::from(last[place] != document);
                        last[place] = document;
                    }
                }
                if !found_rows.is_empty() && !found_columns.is_empty() {
                    each((segment, doc), [&found_rows, &found_columns], &mut matrix.cells)?;
                }
            }
        }
        Ok(())
    }
}

fn paths(nodes: &[CooccurrenceNode]) -> Vec<FacetPath> {
    nodes.iter().map(|node| node.path.clone()).collect()
}

/// For every node of a segment, which of the wanted ones it is at or below.
fn above(nodes: &[FacetPath], wanted: &[FacetPath]) -> Vec<Vec<u32>> {
    let places: HashMap<&str, u32> =
        wanted.iter().enumerate().map(|(place, wanted)| (wanted.as_str(), place as u32)).collect();
    nodes.iter().map(|node| node.ancestors().filter_map(|above| places.get(above).copied()).collect()).collect()
}

/// For every sentence of a paragraph, the places of the values in it; `found` are those in the paragraph. Actors are
/// in a sentence where a mention of it that is chosen names them.
fn by_sentence(
    (dimension, wanted): (Dimension, &[FacetPath]),
    found: &[u32],
    (paragraph, sentences): (&Paragraph, &[Span]),
    named: MentionChoice,
) -> Vec<Vec<u32>> {
    let mut by_sentence: Vec<Vec<u32>> = vec![Vec::new(); sentences.len()];
    let mut put = |accepts: &dyn Fn(&FacetPath) -> bool, span: Span| {
        let first = sentences.partition_point(|sentence| sentence.end <= span.start);
        for (sentence, values) in sentences.iter().zip(&mut by_sentence).skip(first) {
            if !sentence.overlaps(span) {
                break;
            }
            values.extend(found.iter().filter(|&&place| accepts(&wanted[place as usize])));
        }
    };
    match dimension {
        Dimension::Actor => {
            for tag in &paragraph.actors {
                for mention in tag.mentions.iter().filter(|mention| named.accepts(mention)) {
                    put(&|wanted| tag.path.is_within(wanted), mention.span);
                }
            }
        }
        Dimension::Topic => {
            for tag in &paragraph.topics {
                for span in tag.cues.iter().filter_map(|cue| cue.span) {
                    put(&|wanted| tag.path.is_within(wanted), span);
                }
            }
        }
        Dimension::MentionKind => {
            for mention in paragraph.actors.iter().flat_map(|tag| &tag.mentions) {
                put(&|wanted| wanted.last_step() == mention.kind.as_str(), mention.span);
            }
        }
        _ => by_sentence.iter_mut().for_each(|values| values.extend_from_slice(found)),
    }
    for values in &mut by_sentence {
        values.sort_unstable();
        values.dedup();
    }
    by_sentence
}
