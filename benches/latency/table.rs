//! Times of a class, and how they are shown.

use std::hint::black_box;
use std::time::Instant;

use super::choice::Chosen;
use super::class::{Ask, Class};
use super::engine::Engine;
use crate::corpus::Random;

/// Microseconds of one engine, ascending.
pub(crate) struct Times {
    name: &'static str,
    samples: Vec<f64>,
}

impl Times {
    fn quantile(&self, share: f64) -> f64 {
        let last = self.samples.len().saturating_sub(1);
        self.samples.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
    }
}

/// Every query through every engine, in turns, a round after the other; the first round fills the caches.
///
/// The turns change from query to query: what runs after an engine that unpacks ten texts finds the processor's caches
/// full of them, and no engine is to come after another more often than the rest do.
pub(crate) fn times(class: Class, queries: &[Ask], engines: &[&dyn Engine], rounds: usize) -> Vec<Times> {
    let engines: Vec<_> = engines.iter().filter(|engine| engine.takes(class)).collect();
    let mut times: Vec<Times> =
        engines.iter().map(|engine| Times { name: engine.name(), samples: Vec::new() }).collect();
    let mut random = Random::new(23);
    let mut turns: Vec<usize> = (0..engines.len()).collect();
    for round in 0..=rounds {
        for ask in queries {
            for place in (1..turns.len()).rev() {
                turns.swap(place, random.below(place + 1));
            }
            for &turn in &turns {
                let (engine, times) = (engines[turn], &mut times[turn]);
                if round % (engine.rests() + 1) != 0 && round != 1 {
                    continue;
                }
                let started = Instant::now();
                black_box(engine.answer(class, black_box(ask)));
                let elapsed = started.elapsed();
                if round > 0 {
                    times.samples.push(elapsed.as_secs_f64() * 1e6);
                }
            }
        }
    }
    for times in &mut times {
        times.samples.sort_by(f64::total_cmp);
    }
    times
}

/// The engine that the others are held against.
const BASE: &str = "tantivy by hand";

pub(crate) fn print(class: Class, chosen: &Chosen, times: &[Times]) {
    let agreed = chosen.queries.len();
    println!(
        "\n{}: {agreed} queries, on which all agree, of {} drawn; {:.1} of 10 best the same",
        class.name(),
        chosen.drawn,
        chosen.same_best
    );
    let Some(base) = times.iter().find(|times| times.name == BASE).or(times.first()) else { return };
    println!("  {:38} {:>9} {:>9} {:>9} µs   {:>6} {:>6}", "", "p50", "p95", "p99", "p50", "p95");
    for one in times {
        let ratio = |share| one.quantile(share) / base.quantile(share);
        let verdict = match class.target() {
            Some(target) if one.name == super::ours::MAIN => {
                let worst = ratio(0.5).max(ratio(0.95));
                if worst <= target { format!("  ok, target {target}") } else { format!("  OVER, target {target}") }
            }
            _ => String::new(),
        };
        println!(
            "  {:38} {:9.1} {:9.1} {:9.1}      {:6.3} {:6.3}{verdict}",
            one.name,
            one.quantile(0.5),
            one.quantile(0.95),
            one.quantile(0.99),
            ratio(0.5),
            ratio(0.95),
        );
    }
}
