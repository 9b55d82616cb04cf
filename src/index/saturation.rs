//! What the frequency of a term in a text is worth, by BM25.

use std::sync::Arc;

use tantivy::SegmentReader;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::Field;

/// The constants of the engine (Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009).
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// The rounded length of every text of a field in one segment.
#[derive(Debug, Clone)]
pub(crate) enum Lengths {
    Each(Arc<[u8]>),
    /// The field does not keep them.
    Same(u8),
}

impl Lengths {
    pub(crate) fn read(reader: &SegmentReader, field: Field) -> tantivy::Result<Lengths> {
        Ok(match reader.fieldnorms_readers().get_field(field)? {
            Some(lengths) => Lengths::Each((0..reader.max_doc()).map(|doc| lengths.fieldnorm_id(doc)).collect()),
            None => Lengths::Same(FieldNormReader::fieldnorm_to_id(1)),
        })
    }

    /// The number of the rounded length.
    #[inline]
    pub(crate) fn of(&self, doc: u32) -> u8 {
        match self {
            Lengths::Each(lengths) => lengths[doc as usize],
            Lengths::Same(length) => *length,
        }
    }

    /// What they take, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Lengths::Each(lengths) => lengths.len(),
            Lengths::Same(_) => 0,
        }
    }
}

/// What frequencies are worth in the texts of one field, by their lengths; the same to the last bit as the engine has it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Saturation {
    average_length: f32,
    /// For every length that a text may be rounded to, what the frequency is set against.
    against: Box<[f32; 256]>,
}

impl Saturation {
    /// For texts of so many words on average.
    pub(crate) fn new(average_length: f32) -> Saturation {
        let mut against = Box::new([0.0; 256]);
        for (length, against) in against.iter_mut().enumerate() {
            let length = FieldNormReader::id_to_fieldnorm(length as u8) as f32;
            *against = K1 * (1.0 - B + B * length / average_length);
        }
        Saturation { average_length, against }
    }

    pub(crate) fn average_length(&self) -> f32 {
        self.average_length
    }

    /// In (0, 1); `length` is the number of the rounded length.
    #[inline]
    pub(crate) fn of(&self, frequency: u32, length: u8) -> f32 {
        let frequency = frequency as f32;
        frequency / (frequency + self.against[usize::from(length)])
    }

    /// What a term's saturation is multiplied by, when it stands in so many of all texts.
    pub(crate) fn weight(frequency: u64, all: u64) -> f32 {
        let frequency = frequency.min(all);
        let odds = ((all - frequency) as f32 + 0.5) / (frequency as f32 + 0.5);
        (1.0 + odds).ln() * (1.0 + K1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::query::Bm25Weight;

    use super::*;

    proptest! {
        #[test]
        fn is_the_engine_s(
            all in 1u64..1_000_000,
            share in 0.0f64..1.0,
            average in 0.5f32..300.0,
            frequency in 1u32..2_000,
            length in any::<u8>(),
            boost in 0.1f32..4.0,
        ) {
            let with_term = ((all as f64 * share) as u64).max(1);
            let engine = Bm25Weight::for_one_term(with_term, all, average).boost_by(boost);
            let score = Saturation::weight(with_term, all) * boost * Saturation::new(average).of(frequency, length);
            prop_assert_eq!(score.to_bits(), engine.score(length, frequency).to_bits());
        }
    }
}
