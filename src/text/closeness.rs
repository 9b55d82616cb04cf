//! Two words in, how many slips of the keyboard lie between them out.

/// The number of inserted, dropped, changed or swapped neighbouring characters that make `left` of
/// `right`, each character touched once (optimal string alignment); `None` when it is over `most`.
pub(crate) fn slips(left: &str, right: &str, most: u8) -> Option<u8> {
    let most = usize::from(most);
    let left: Vec<char> = left.chars().take(256).collect();
    let right: Vec<char> = right.chars().take(256).collect();
    if left.len().abs_diff(right.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut row = Vec::with_capacity(right.len() + 1);
        row.push(i + 1);
        for (j, b) in right.iter().enumerate() {
            let mut cost = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        if row.iter().all(|&cost| cost > most) {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().filter(|&&cost| cost <= most).map(|&cost| cost as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

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
