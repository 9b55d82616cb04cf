//! Thresholds, bands and the shown score, from sums on texts that the weights were not fitted to.

use super::fit::logistic;
use super::lexicon::Settings;

/// The sum of one top on one text that has a cue of it, and whether the text has the label.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged {
    pub(super) sum: f32,
    pub(super) right: bool,
}

/// Of the tags of the precise profile so many are right.
const PRECISE: f64 = 0.80;

/// Of the tags called strong so many are right.
const STRONG: f64 = 0.85;

/// Of the tags called fair, or better, so many are right.
const FAIR: f64 = 0.75;

/// Of the best F1, the share that counts as the best.
const AS_GOOD: f64 = 0.995;

/// Fewer tags than this say nothing about a share.
const ENOUGH: usize = 20;

/// How a cut through the sums does.
#[derive(Debug, Clone, Copy)]
struct Cut {
    sum: f32,
    tagged: usize,
    right: usize,
}

impl Cut {
    fn precision(self) -> f64 {
        self.right as f64 / self.tagged.max(1) as f64
    }
}

/// Sets thresholds, bands and scores. `labels` is how many labels the texts have, those of texts without a
/// cue included. Leaves alone what too few texts speak for.
pub(super) fn calibrate(settings: &mut Settings, mut judged: Vec<Judged>, labels: usize) {
    if judged.len() < ENOUGH || labels == 0 {
        return;
    }
    judged.sort_by(|one, other| other.sum.total_cmp(&one.sum));
    let mut cuts: Vec<Cut> = Vec::new();
    let mut right = 0;
    for (at, one) in judged.iter().enumerate() {
        right += usize::from(one.right);
        // A cut never runs between equal sums.
        if judged.get(at + 1).is_none_or(|next| next.sum < one.sum) {
            cuts.push(Cut { sum: one.sum, tagged: at + 1, right });
        }
    }
    let f1 = |cut: &Cut| 2.0 * cut.right as f64 / (cut.tagged + labels) as f64;
    let best = cuts.iter().map(f1).fold(0.0, f64::max);
    // The curve is flat around its top: of the cuts that are as good as any, the one with the fewest tags.
    let Some(balanced) = cuts.iter().copied().find(|cut| f1(cut) >= AS_GOOD * best) else { return };
    // The lowest cut that is still good enough.
    let lowest = |precision: f64| {
        cuts.iter().rev().find(|cut| cut.tagged >= ENOUGH && cut.precision() >= precision).map(|cut| cut.sum)
    };
    settings.balanced = round(balanced.sum);
    settings.precise = round(lowest(PRECISE).unwrap_or(balanced.sum).max(balanced.sum));
    settings.strong = strong(&judged, settings.balanced).map_or(settings.precise + 1.0, round);
    settings.fair = round(lowest(FAIR).unwrap_or(settings.balanced)).clamp(settings.balanced, settings.strong);
    let tagged: Vec<Judged> = judged.into_iter().filter(|one| one.sum >= balanced.sum - 1.0).collect();
    (settings.slope, settings.offset) = score_line(&tagged);
}

/// The lowest sum from which on tags are called strong: just above it, not only on average over all that
/// are heavier, about as many are right as strong promises less the slack of a small sample.
fn strong(judged: &[Judged], balanced: f32) -> Option<f32> {
    let (mut right, mut found) = (0, None);
    for (at, one) in judged.iter().enumerate().take_while(|(_, one)| one.sum >= balanced) {
        right += usize::from(one.right);
        if at + 1 >= ENOUGH && right as f64 >= STRONG * (at + 1) as f64 {
            found = Some(one.sum);
        }
    }
    found
}

/// Fits the logistic line from sums to shares of right ones (Platt 1999) by Newton steps.
fn score_line(judged: &[Judged]) -> (f32, f32) {
    let (mut slope, mut offset) = (1.0_f64, 0.0_f64);
    for _ in 0..30 {
        // A little ridge keeps the matrix regular where all sums are equal.
        let (mut a, mut b) = (1e-3 * (slope - 1.0), 1e-3 * offset);
        let (mut aa, mut ab, mut bb) = (1e-3, 0.0, 1e-3);
        for one in judged {
            let sum = f64::from(one.sum);
            let p = logistic(slope * sum + offset);
            let (first, second) = (p - f64::from(u8::from(one.right)), p * (1.0 - p));
            a += first * sum;
            b += first;
            aa += second * sum * sum;
            ab += second * sum;
            bb += second;
        }
        let determinant = aa * bb - ab * ab;
        if determinant.abs() < 1e-9 {
            break;
        }
        slope = (slope - (bb * a - ab * b) / determinant).clamp(0.05, 3.0);
        offset = (offset - (aa * b - ab * a) / determinant).clamp(-6.0, 6.0);
    }
    (round(slope as f32), round(offset as f32))
}

/// Two decimals: what a table can be read with, and more than the data can tell.
pub(super) fn round(number: f32) -> f32 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_where_the_shares_say() {
        // Of the sums around 0 half are right, from 1 on nearly all, below -1 hardly any.
        let judged: Vec<Judged> = (0..600)
            .map(|at| {
                let sum = (at % 60) as f32 / 10.0 - 3.0;
                let share = if sum >= 1.0 {
                    9
                } else if sum >= -1.0 {
                    5
                } else {
                    1
                };
                Judged { sum, right: (at / 60) % 10 < share }
            })
            .collect();
        let labels = judged.iter().filter(|one| one.right).count();
        let mut settings = Settings::default();
        calibrate(&mut settings, judged.clone(), labels);
        assert!(settings.balanced <= settings.fair && settings.fair <= settings.strong, "{settings:?}");
        assert!(settings.balanced <= settings.precise, "{settings:?}");
        let strong: Vec<_> = judged.iter().filter(|one| one.sum >= settings.strong).collect();
        let share = strong.iter().filter(|one| one.right).count() as f64 / strong.len() as f64;
        assert!((0.84..0.91).contains(&share), "{share}");
        assert!(settings.slope > 0.0);
    }

    #[test]
    fn too_few_texts_change_nothing() {
        let mut settings = Settings::default();
        calibrate(&mut settings, vec![Judged { sum: 1.0, right: true }; 5], 5);
        assert_eq!(settings, Settings::default());
    }
}
