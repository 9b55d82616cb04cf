//! Two words in, how many slips of the keyboard lie between them out.

/// The number of inserted, dropped, changed or swapped neighbouring characters that make `left` of
/// `right`, each character touched once (optimal string alignment); `None` when it is over `most`.
///
/// Of longer words only the first 256 characters count.
pub(crate) fn slips(left: &str, right: &str, most: u8) -> Option<u8> {
    if left.is_ascii() && right.is_ascii() {
        return aligned(first(left.as_bytes()), first(right.as_bytes()), most);
    }
    let chars = |text: &str| -> Vec<char> { text.chars().take(LONGEST).collect() };
    aligned(&chars(left), &chars(right), most)
}

const LONGEST: usize = 256;

fn first(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(LONGEST)]
}

/// A row for nearly every word: rows for the longest take most of the time to be filled and moved.
const SHORT_ROW: usize = 32;

fn aligned<T: PartialEq + Copy>(left: &[T], right: &[T], most: u8) -> Option<u8> {
    match right.len() < SHORT_ROW {
        true => aligned_in::<T, SHORT_ROW>(left, right, most),
        false => aligned_in::<T, { LONGEST + 1 }>(left, right, most),
    }
}

/// Asked of every word of a dictionary or a text, so the rows stand on the stack and only the cells that can be
/// within `most` of the diagonal are filled; the rest counts as over it. `right` is shorter than a `ROW`.
fn aligned_in<T: PartialEq + Copy, const ROW: usize>(left: &[T], right: &[T], most: u8) -> Option<u8> {
    let most = usize::from(most);
    if left.len().abs_diff(right.len()) > most {
        return None;
    }
    let over = most as u16 + 1;
    let mut before = [over; ROW];
    let mut last = [over; ROW];
    for (j, cell) in last.iter_mut().enumerate().take(right.len().min(most) + 1) {
        *cell = j as u16;
    }
    for (i, &a) in left.iter().enumerate() {
        let (from, to) = ((i + 1).saturating_sub(most), (i + 1 + most).min(right.len()));
        let mut row = [over; ROW];
        let mut least = over;
        for j in from..=to {
            row[j] = if j == 0 {
                i as u16 + 1
            } else {
                let b = right[j - 1];
                let mut cost = (last[j - 1] + u16::from(a != b)).min(last[j] + 1).min(row[j - 1] + 1);
                if i > 0 && j > 1 && a == right[j - 2] && left[i - 1] == b {
                    cost = cost.min(before[j - 2] + 1);
                }
                cost.min(over)
            };
            least = least.min(row[j]);
        }
        if least == over {
            return None;
        }
        (before, last) = (last, row);
    }
    Some(last[right.len()]).filter(|&cost| cost < over).map(|cost| cost as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The whole table, as the definition has it.
    fn by_table(left: &[char], right: &[char]) -> usize {
        let mut table = vec![vec![0; right.len() + 1]; left.len() + 1];
        for i in 0..=left.len() {
            for j in 0..=right.len() {
                table[i][j] = match (i, j) {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => {
                        let change = table[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
                        let mut cost = change.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                        if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                            cost = cost.min(table[i - 2][j - 2] + 1);
                        }
                        cost
                    }
                };
            }
        }
        table[left.len()][right.len()]
    }

    proptest! {
        #[test]
        fn slips_are_those_of_the_whole_table(left in "[abé]{0,9}", right in "[abé]{0,9}", most in 0u8..5) {
            let chars = |text: &str| text.chars().collect::<Vec<char>>();
            let expected = by_table(&chars(&left), &chars(&right));
            prop_assert_eq!(slips(&left, &right, most).map(usize::from), Some(expected).filter(|&cost| cost <= most.into()));
        }
    }

    #[test]
    fn long_words_are_compared_as_short_ones_are() {
        for length in [30, 31, 32, 33, 255, 256] {
            let word = "ab".repeat(length)[..length].to_owned();
            assert_eq!(slips(&word, &format!("{}x", &word[1..]), 2), Some(2), "{length}");
            assert_eq!(slips(&word, &word[1..], 2), Some(1), "{length}");
            assert_eq!(slips(&word[1..], &word, 2), Some(1), "{length}");
        }
    }

    #[test]
    fn slips_are_counted_up_to_a_bound() {
        for (left, right, expected) in [
            ("nato", "nato", Some(0)),
            ("nato", "anto", Some(1)),
            ("nato", "nado", Some(1)),
            ("nato", "natos", Some(1)),
            ("kyiv", "kiev", Some(2)),
            ("nato", "onat", Some(2)),
            ("nato", "otan", None),
            ("", "ab", Some(2)),
            ("", "abc", None),
        ] {
            assert_eq!(slips(left, right, 2), expected, "{left} {right}");
        }
    }
}
