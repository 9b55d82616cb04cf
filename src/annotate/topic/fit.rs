//! Fits the weights of one top: logistic loss over the cues, every weight pulled to where it started.
//!
//! Coordinate-wise Newton steps in a fixed order from a fixed start: no randomness, so the same input gives
//! the same weights. Each step is exact for its coordinate's quadratic model; the features are few and
//! binary, so a sweep costs as much as there are hits.

/// A weight to fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coordinate {
    /// Where it starts and what it is pulled to.
    pub(super) prior: f32,
    /// How strongly it is pulled: the curvature of the penalty.
    pub(super) pull: f32,
    pub(super) least: f32,
    pub(super) most: f32,
}

/// A text, as the places of its cues in the list of coordinates, and whether it has the label.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) cues: Vec<u32>,
    pub(super) label: bool,
}

/// Sweeps over all coordinates; the fit has long settled by then.
const SWEEPS: usize = 60;

/// The fit has settled when no weight moves further than this in a sweep.
const SETTLED: f64 = 1e-4;

/// The bias is pulled to its prior so softly that a handful of texts decides it.
const BIAS_PULL: f64 = 50.0;

/// The weights in the order of the coordinates, and the bias.
pub(super) fn fit(rows: &[&Row], coordinates: &[Coordinate], bias: f32) -> (Vec<f32>, f32) {
    let mut of_cue: Vec<Vec<u32>> = vec![Vec::new(); coordinates.len()];
    for (at, row) in rows.iter().enumerate() {
        for &cue in &row.cues {
            of_cue[cue as usize].push(at as u32);
        }
    }
    let mut weights: Vec<f64> = coordinates.iter().map(|coordinate| f64::from(coordinate.prior)).collect();
    let prior_bias = f64::from(bias);
    let mut bias = prior_bias;
    let mut sums: Vec<f64> =
        rows.iter().map(|row| bias + row.cues.iter().map(|&cue| weights[cue as usize]).sum::<f64>()).collect();
    let loss = |sum: f64, row: &Row| {
        let p = logistic(sum);
        (p - f64::from(u8::from(row.label)), p * (1.0 - p))
    };
    for _ in 0..SWEEPS {
        let (mut slope, mut curve) = (BIAS_PULL * (bias - prior_bias), BIAS_PULL);
        for (sum, row) in sums.iter().zip(rows) {
            let (first, second) = loss(*sum, row);
            slope += first;
            curve += second;
        }
        let moved = (bias - slope / curve).clamp(-6.0, 0.0) - bias;
        bias += moved;
        sums.iter_mut().for_each(|sum| *sum += moved);
        let mut furthest = moved.abs();
        for (at, coordinate) in coordinates.iter().enumerate().filter(|(at, _)| !of_cue[*at].is_empty()) {
            let pull = f64::from(coordinate.pull);
            let (mut slope, mut curve) = (pull * (weights[at] - f64::from(coordinate.prior)), pull);
            for &row in &of_cue[at] {
                let (first, second) = loss(sums[row as usize], rows[row as usize]);
                slope += first;
                curve += second;
            }
            let (least, most) = (f64::from(coordinate.least), f64::from(coordinate.most));
            let moved = (weights[at] - slope / curve).clamp(least, most) - weights[at];
            weights[at] += moved;
            for &row in &of_cue[at] {
                sums[row as usize] += moved;
            }
            furthest = furthest.max(moved.abs());
        }
        if furthest < SETTLED {
            break;
        }
    }
    (weights.into_iter().map(|weight| weight as f32).collect(), bias as f32)
}

pub(super) fn logistic(sum: f64) -> f64 {
    1.0 / (1.0 + (-sum).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_what_tells_labels_apart_and_keeps_the_rest() {
        let row = |cues: &[u32], label| Row { cues: cues.to_vec(), label };
        let rows: Vec<Row> =
            (0..40).map(|at| if at % 2 == 0 { row(&[0, 1], true) } else { row(&[1], false) }).collect();
        let rows: Vec<&Row> = rows.iter().collect();
        let free = Coordinate { prior: 1.0, pull: 1.0, least: -6.0, most: 6.0 };
        let (weights, _) = fit(&rows, &[free, free, free], -2.0);
        assert!(weights[0] > 2.0, "{weights:?}");
        assert!(weights[1] < 1.0, "{weights:?}");
        assert_eq!(weights[2], 1.0, "a cue that does not occur keeps its prior");
        assert_eq!(fit(&rows, &[free, free, free], -2.0).0, weights);
    }
}
