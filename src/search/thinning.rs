//! A plan of many words in, the same without those that tell least out.
//!
//! A pasted page has a hundred words that nearly every paragraph has. They decide nothing between the paragraphs that have the
//! rarer ones, and reading them takes nearly all of the time.

use tantivy::schema::Field;

use super::plan::{Plan, Test};
use crate::error::Result;

/// How many postings a query may read for each paragraph of the index. A question of twenty words reads five.
const PER_PARAGRAPH: u64 = 8;

/// So many it may read of any index.
const LEAST: u64 = 400_000;

/// In how many paragraphs a term stands.
type Frequency<'a> = &'a dyn Fn(Field, &str) -> Result<u64>;

/// Leaves out the most frequent of the terms that a paragraph may have or not, as far as the plan would read too
/// much in an index of so many paragraphs; how many they were. Each group keeps at least one.
pub(super) fn thin(plan: &mut Plan, paragraphs: u64, frequency: Frequency<'_>) -> Result<usize> {
    let most = LEAST.max(paragraphs * PER_PARAGRAPH);
    let mut terms = Vec::new();
    optional(plan, &mut terms);
    if terms.len() as u64 <= PER_PARAGRAPH {
        // A term has no more postings than there are paragraphs.
        return Ok(0);
    }
    let mut frequencies = Vec::with_capacity(terms.len());
    for (field, text) in terms {
        frequencies.push(frequency(field, text)?);
    }
    let mut sum: u64 = frequencies.iter().sum();
    if sum <= most {
        return Ok(0);
    }
    frequencies.sort_unstable();
    let mut limit = u64::MAX;
    while sum > most
        && let Some(greatest) = frequencies.pop()
    {
        sum -= greatest;
        limit = greatest;
    }
    leave_out(plan, limit, frequency)
}

/// The terms that a paragraph may have or not.
fn optional<'p>(plan: &'p Plan, found: &mut Vec<(Field, &'p str)>) {
    let Plan::Bool { must, should, .. } = plan else { return };
    for part in should {
        if let Plan::Leaf { test: Test::Term(field, text), .. } = part {
            found.push((*field, text));
        }
    }
    must.iter().chain(should).for_each(|part| optional(part, found));
}

/// Leaves out those that are at least so frequent.
fn leave_out(plan: &mut Plan, limit: u64, frequency: Frequency<'_>) -> Result<usize> {
    let Plan::Bool { must, should, .. } = plan else { return Ok(0) };
    let mut count = 0;
    for part in must.iter_mut().chain(should.iter_mut()) {
        count += leave_out(part, limit, frequency)?;
    }
    let mut kept = Vec::with_capacity(should.len());
    let mut rarest: Option<(u64, Plan)> = None;
    for part in should.drain(..) {
        let here = match &part {
            Plan::Leaf { test: Test::Term(field, text), .. } => frequency(*field, text)?,
            _ => 0,
        };
        if here < limit {
            kept.push(part);
            continue;
        }
        count += 1;
        if rarest.as_ref().is_none_or(|(least, _)| here < *least) {
            rarest = Some((here, part));
        }
    }
    if must.is_empty()
        && kept.is_empty()
        && let Some((_, part)) = rarest
    {
        kept.push(part);
        count -= 1;
    }
    *should = kept;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any_of(frequencies: &[u64]) -> Plan {
        let terms =
            frequencies.iter().map(|frequency| Plan::term(Field::from_field_id(0), &frequency.to_string(), 1.0));
        Plan::any_of(terms.collect())
    }

    fn texts(plan: &Plan) -> Vec<&str> {
        match plan {
            Plan::Leaf { test: Test::Term(_, text), .. } => vec![text],
            Plan::Leaf { .. } => Vec::new(),
            Plan::Bool { must, should, must_not } => {
                must.iter().chain(should).chain(must_not).flat_map(texts).collect()
            }
        }
    }

    #[test]
    fn the_most_frequent_words_go_first() -> Result<()> {
        let frequency = |_, text: &str| Ok(text.parse().expect("a number"));
        let mut plan = any_of(&[300_000, 5, 200_000, 150_000, 90_000, 6, 7, 8, 9, 10]);
        assert_eq!(thin(&mut plan, 10, &frequency)?, 2);
        assert_eq!(texts(&plan), ["5", "150000", "90000", "6", "7", "8", "9", "10"]);
        assert_eq!(thin(&mut plan, 10, &frequency)?, 0);
        // What must be there or must not stays, and so does one of every group.
        let numbers: Vec<u64> = (480_000..480_009).collect();
        let mut plan = Plan::combination(
            vec![any_of(&[500_000]), any_of(&numbers)],
            vec![any_of(&[470_000])],
            vec![any_of(&[550_000, 560_000])],
        );
        assert_eq!(thin(&mut plan, 10, &frequency)?, 9);
        assert_eq!(texts(&plan), ["500000", "480000", "550000", "560000"]);
        Ok(())
    }
}
