//! What a query of plain terms matches, from the postings alone: no scores, no positions.

use std::sync::Arc;

use tantivy::postings::TermInfo;
use tantivy::schema::Field;
use tantivy::{SegmentReader, Term};

use super::plan::{Plan, Test};
use crate::error::{Error, Result};
use crate::index::{Bits, SegmentArrays};

/// Below one match in so many paragraphs the engine's way of going from match to match is the faster one.
const SPARSE: u64 = 64;

/// A plan of terms and sets, as it stands in one segment.
pub(crate) enum TermPlan<'p> {
    Nothing,
    Everything,
    Set(Arc<Bits>),
    Term(Field, &'p str, TermInfo),
    Bool { must: Vec<TermPlan<'p>>, should: Vec<TermPlan<'p>>, must_not: Vec<TermPlan<'p>> },
}

impl<'p> TermPlan<'p> {
    /// The plan, with its terms looked up; `None` for one that depends on positions.
    pub(crate) fn of(plan: &'p Plan, reader: &SegmentReader) -> Result<Option<TermPlan<'p>>> {
        Ok(Some(match plan {
            Plan::Leaf { test: Test::Nothing, .. } => TermPlan::Nothing,
            Plan::Leaf { test: Test::All, .. } => TermPlan::Everything,
            Plan::Leaf { test: Test::Filter(filter) | Test::Shared(filter, _), .. } => {
                filter.bits(reader.segment_id()).cloned().map_or(TermPlan::Nothing, TermPlan::Set)
            }
            Plan::Leaf { test: Test::Term(field, text), .. } => {
                let inverted = reader.inverted_index(*field).map_err(|error| Error::storage("counting", error))?;
                let found = inverted.get_term_info(&Term::from_field_text(*field, text));
                match found.map_err(|error| Error::storage("counting", error))? {
                    Some(info) => TermPlan::Term(*field, text, info),
                    None => TermPlan::Nothing,
                }
            }
            Plan::Leaf { test: Test::Phrase(..) | Test::Near(_), .. } => return Ok(None),
            Plan::Bool { must, should, must_not } => {
                let of = |parts: &'p [Plan]| -> Result<Option<Vec<TermPlan<'p>>>> {
                    parts.iter().map(|part| TermPlan::of(part, reader)).collect()
                };
                // What only adds to the score is left out.
                let should = if must.is_empty() { of(should)? } else { Some(Vec::new()) };
                let (Some(must), Some(should), Some(must_not)) = (of(must)?, should, of(must_not)?) else {
                    return Ok(None);
                };
                TermPlan::Bool { must, should, must_not }
            }
        }))
    }

    /// The paragraphs of the segment that match, deleted ones too; `None` where they are better read one by one.
    pub(crate) fn set(&self, reader: &SegmentReader, arrays: &SegmentArrays) -> Result<Option<Arc<Bits>>> {
        if self.most(reader) * SPARSE < u64::from(reader.max_doc()) {
            return Ok(None);
        }
        self.bits(reader, arrays).map(Some)
    }

    /// About how many postings there are to read.
    pub(crate) fn cost(&self, reader: &SegmentReader) -> u64 {
        self.most(reader)
    }

    /// How many paragraphs can match, at most.
    fn most(&self, reader: &SegmentReader) -> u64 {
        let all = u64::from(reader.max_doc());
        let most = match self {
            TermPlan::Nothing => 0,
            TermPlan::Everything => all,
            TermPlan::Set(bits) => u64::from(bits.len()),
            TermPlan::Term(_, _, info) => u64::from(info.doc_freq),
            TermPlan::Bool { must, should, .. } => match must.iter().map(|part| part.most(reader)).min() {
                Some(least) => least,
                None => should.iter().map(|part| part.most(reader)).sum(),
            },
        };
        most.min(all)
    }

    fn bits(&self, reader: &SegmentReader, arrays: &SegmentArrays) -> Result<Arc<Bits>> {
        Ok(match self {
            TermPlan::Nothing => Arc::new(Bits::empty(reader.max_doc())),
            TermPlan::Everything => Arc::new(Bits::full(reader.max_doc())),
            TermPlan::Set(bits) => bits.clone(),
            TermPlan::Term(field, text, info) => arrays.term_sets().get(reader, *field, text, info)?,
            TermPlan::Bool { must, should, must_not } => {
                let mut all = match must.first() {
                    Some(first) => Bits::clone(&*first.bits(reader, arrays)?),
                    None => {
                        let mut any = Bits::empty(reader.max_doc());
                        for part in should {
                            part.add_to(&mut any, reader, arrays)?;
                        }
                        any
                    }
                };
                for part in must.iter().skip(1) {
                    all.intersect(&*part.bits(reader, arrays)?);
                }
                for part in must_not {
                    all.subtract(&*part.bits(reader, arrays)?);
                }
                Arc::new(all)
            }
        })
    }

    fn add_to(&self, bits: &mut Bits, reader: &SegmentReader, arrays: &SegmentArrays) -> Result<()> {
        match self {
            TermPlan::Term(field, text, info) => arrays.term_sets().add(reader, *field, text, info, bits),
            part => {
                bits.unite(&*part.bits(reader, arrays)?);
                Ok(())
            }
        }
    }
}
