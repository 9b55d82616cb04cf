//! Where the words of a query stand in, how much of it stands close together out.

/// How many words may lie between the first and the last of a window, both counted. The same in two
/// languages as different as English and Russian; 4 to 16 differ little.
const WIDTH: u32 = 8;

/// Finds the window of a paragraph that holds the most of a query; keep it, it reuses its memory.
#[derive(Debug, Default)]
pub(crate) struct Proximity {
    /// Position, and index into `words`.
    occurrences: Vec<(u32, usize)>,
    /// Number in the query, value, and occurrences in the window that is looked at.
    words: Vec<(usize, f64, u32)>,
}

impl Proximity {
    /// Begins a new paragraph.
    pub(crate) fn clear(&mut self) {
        self.occurrences.clear();
        self.words.clear();
    }

    /// Adds where a word of the query stands; `value` is what its first occurrence in a window is worth.
    pub(crate) fn add(&mut self, word: usize, value: f64, positions: &[u32]) {
        let known = self.words.iter().position(|&(number, _, _)| number == word);
        let index = known.unwrap_or(self.words.len());
        if known.is_none() {
            self.words.push((word, value, 0));
        }
        self.occurrences.extend(positions.iter().map(|&position| (position, index)));
    }

    /// The value of the words in the best window.
    pub(crate) fn best(&mut self) -> f64 {
        self.occurrences.sort_unstable();
        let (mut best, mut sum) = (0.0f64, 0.0f64);
        let mut start = 0;
        for end in 0..self.occurrences.len() {
            let (position, word) = self.occurrences[end];
            let (_, value, count) = &mut self.words[word];
            if *count == 0 {
                sum += *value;
            }
            *count += 1;
            while position - self.occurrences[start].0 >= WIDTH {
                let (_, value, count) = &mut self.words[self.occurrences[start].1];
                *count -= 1;
                if *count == 0 {
                    sum -= *value;
                }
                start += 1;
            }
            best = best.max(sum);
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn best(words: &[(usize, f64, Vec<u32>)]) -> f64 {
        let mut proximity = Proximity::default();
        for (word, value, positions) in words {
            proximity.add(*word, *value, positions);
        }
        proximity.best()
    }

    #[test]
    fn a_window_counts_each_word_once() {
        assert_eq!(best(&[]), 0.0);
        assert_eq!(best(&[(0, 2.0, vec![0, 1, 2])]), 2.0);
        assert_eq!(best(&[(0, 2.0, vec![0, 100]), (1, 3.0, vec![107])]), 5.0);
        assert_eq!(best(&[(0, 2.0, vec![0, 100]), (1, 3.0, vec![108])]), 3.0);
    }

    proptest! {
        #[test]
        fn agrees_with_a_look_at_every_window(
            words in proptest::collection::vec((1u8..9, proptest::collection::btree_set(0u32..40, 1..6)), 0..5),
        ) {
            let words: Vec<(usize, f64, Vec<u32>)> = words
                .into_iter()
                .enumerate()
                .map(|(word, (value, positions))| (word, f64::from(value), positions.into_iter().collect()))
                .collect();
            let expected = (0u32..40)
                .map(|start| {
                    let within = |positions: &[u32]| positions.iter().any(|p| (start..start + WIDTH).contains(p));
                    words.iter().filter(|(_, _, positions)| within(positions)).map(|(_, value, _)| value).sum::<f64>()
                })
                .fold(0.0, f64::max);
            prop_assert_eq!(best(&words), expected);
        }
    }
}
