//! The postings of a term that is not frequent, unpacked for one query.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::query::Bm25Weight;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, SegmentReader};

use super::saturation::Saturation;
use crate::error::{Error, Result};

/// How many postings the engine packs together; only the last block of a term has fewer.
const PACKED: usize = 128;

/// The bounds are worked out in single precision, by some ten roundings.
const ROUNDING: f32 = 1.0 + 16.0 * f32::EPSILON;

/// The paragraphs that have a term, deleted ones too, and how often.
#[derive(Debug, Default)]
pub(crate) struct Postings {
    /// Ascending.
    pub(crate) docs: Vec<DocId>,
    /// The frequency in each.
    pub(crate) frequencies: Vec<u32>,
    /// Of each stretch of [`PACKED`] paragraphs the most that the saturation can be; 1 where nothing is known.
    bounds: Vec<f32>,
}

impl Postings {
    /// `info` is where they are; `average_length` is that of the field's texts in the whole index.
    pub(crate) fn read(
        reader: &SegmentReader,
        inverted: &InvertedIndexReader,
        info: &TermInfo,
        average_length: f32,
    ) -> Result<Postings> {
        let postings = inverted.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs);
        let mut postings = postings.map_err(|error| Error::storage("reading postings", error))?;
        let count = info.doc_freq as usize;
        let (docs, frequencies) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut read = Postings { docs, frequencies, bounds: Vec::with_capacity(count.div_ceil(PACKED)) };
        let greatest = (count >= PACKED).then(|| Greatest::of(reader, inverted, average_length));
        while !postings.docs().is_empty() {
            let len = postings.docs().len();
            read.docs.extend_from_slice(postings.docs());
            // Where a field keeps no frequencies there are none to copy.
            match postings.freqs().get(..len) {
                Some(frequencies) => read.frequencies.extend_from_slice(frequencies),
                None => read.frequencies.resize(read.docs.len(), 1),
            }
            let greatest = greatest.as_ref().filter(|_| len == PACKED);
            read.bounds.push(greatest.map_or(1.0, |greatest| greatest.saturation(&mut postings)));
            postings.advance();
        }
        Ok(read)
    }

    /// The stretches that have a bound of their own, as places in `docs`, each with the most that the saturation in it can
    /// be.
    pub(crate) fn stretches(&self) -> impl Iterator<Item = (f32, std::ops::Range<usize>)> {
        let end = |start: usize| self.docs.len().min(start + PACKED);
        self.bounds.iter().enumerate().map(move |(at, &bound)| (bound, PACKED * at..end(PACKED * at)))
    }
}

/// What the greatest saturation of a stretch can be, from the pair of frequency and length that the engine stores of it.
///
/// It is the pair that is worth most under the average length of the segment when it was written, `a`, and under
/// another average, `b`, another pair may be worth more. What a frequency is set against, a saturation of `s` being `1 / (1 +
/// x)`, falls by at most `a / b` when the average grows to `b`, and does not fall when it shrinks. So no saturation
/// is above `1 / (1 + x · min(1, a / b))`.
struct Greatest {
    weight: Bm25Weight,
    /// What the weight multiplies the saturation with.
    factor: f32,
    /// The part that remains, at least, of what a frequency is set against.
    remains: f32,
    /// Lengths that are not asked for: a full block has its pair.
    lengths: FieldNormReader,
}

impl Greatest {
    fn of(reader: &SegmentReader, inverted: &InvertedIndexReader, average_length: f32) -> Greatest {
        let written = inverted.total_num_tokens() as f32 / reader.max_doc() as f32;
        Greatest {
            weight: Bm25Weight::for_one_term_without_explain(1, 2, written),
            factor: Saturation::weight(1, 2),
            remains: (written / average_length).min(1.0),
            lengths: FieldNormReader::constant(0, 1),
        }
    }

    /// Of the full block that was read last.
    fn saturation(&self, postings: &mut BlockSegmentPostings) -> f32 {
        let saturation = postings.block_max_score(&self.lengths, &self.weight) / self.factor;
        // A field that keeps no lengths has no pair, which is as nothing.
        if saturation > 0.0 && saturation < 1.0 {
            let bound = saturation / (saturation + self.remains * (1.0 - saturation));
            (bound * ROUNDING).min(1.0)
        } else {
            1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use tantivy::Term;

    use super::*;
    use crate::index::saturation::Lengths;
    use crate::{Document, Index};

    /// Paragraphs of 1 to 90 words, some of which are "gas", in a segment of few long ones and one of many.
    fn index() -> Result<Index> {
        let index = Index::in_memory()?;
        let mut writer = index.writer()?;
        for (commit, paragraphs) in [400, 1_500].into_iter().enumerate() {
            let texts: Vec<String> = (0..paragraphs)
                .map(|number: usize| {
                    let (gas, others) = (number * 7 % 11 % 4 + 1, number * 31 % 67 * (2 - commit));
                    format!("{}{}", "Gas ".repeat(gas), "flows ".repeat(others))
                })
                .collect();
            writer.add(&Document::parse(&format!("d{commit}"), &texts.join("\n\n"))?)?;
            writer.commit()?;
        }
        Ok(index)
    }

    #[test]
    fn no_saturation_is_above_its_bound() -> Result<()> {
        let index = index()?;
        let field = index.inner.fields.text;
        let mut below = 0;
        for reader in index.inner.reader.searcher().segment_readers() {
            let inverted = reader.inverted_index(field).expect("terms");
            let info = inverted.get_term_info(&Term::from_field_text(field, "gas")).expect("terms").expect("gas");
            let lengths = Lengths::read(reader, field).expect("lengths");
            let own = inverted.total_num_tokens() as f32 / reader.max_doc() as f32;
            for average in [own / 7.0, own, own * 1.01, own * 5.0] {
                let (postings, saturation) =
                    (Postings::read(reader, &inverted, &info, average)?, Saturation::new(average));
                assert_eq!(postings.docs.len(), info.doc_freq as usize);
                assert_eq!(postings.stretches().map(|(_, stretch)| stretch.len()).sum::<usize>(), postings.docs.len());
                for (bound, stretch) in postings.stretches() {
                    let worth = |place| saturation.of(postings.frequencies[place], lengths.of(postings.docs[place]));
                    let most = stretch.clone().map(worth).fold(0.0, f32::max);
                    assert!(most <= bound, "{most} {bound}");
                    // Where the average is that of the segment, a full block's bound is what one of it has.
                    if average == own && stretch.len() == PACKED {
                        assert!(bound <= most * 1.001, "{most} {bound}");
                        below += 1;
                    }
                }
            }
        }
        assert!(below > 5, "{below} full blocks");
        Ok(())
    }
}
