//! Paragraphs over time, as bars.

use demarche::{Period, Timeline};
use maud::{Markup, html};

const WIDTH: usize = 960;
const HEIGHT: usize = 120;
const FOOT: usize = 18;

/// Bars of a timeline; `link` gives the address that a bar leads to, if any, and `is_chosen` marks bars.
pub(crate) fn timeline(
    timeline: &Timeline,
    link: impl Fn(&Period) -> Option<String>,
    is_chosen: impl Fn(&Period) -> bool,
) -> Markup {
    let most = timeline.periods.iter().map(|period| period.count).max().unwrap_or(0).max(1);
    let step = WIDTH as f64 / timeline.periods.len().max(1) as f64;
    let labelled_every = (64.0 / step).ceil().max(1.0) as usize;
    html! {
        svg class="timeline" viewBox={ "0 0 " (WIDTH) " " (HEIGHT + FOOT) } role="group"
            aria-label="paragraphs over time" {
            @for (place, period) in timeline.periods.iter().enumerate() {
                @let height = (period.count as f64 / most as f64 * HEIGHT as f64).max(if period.count > 0 { 1.0 } else { 0.0 });
                @let left = place as f64 * step;
                @let bar = html! {
                    title {
                        (period.label) ": " (period.count) " paragraphs"
                        @if let Some(documents) = period.documents { " in " (documents) " documents" }
                    }
                    rect class="hover" x=(tenths(left)) y="0" width=(tenths(step)) height=(HEIGHT) {}
                    rect class={ "bar" @if is_chosen(period) { " chosen" } } x=(tenths(left + step * 0.1))
                        y=(tenths(HEIGHT as f64 - height)) width=(tenths(step * 0.8)) height=(tenths(height)) {}
                };
                @match link(period) {
                    Some(address) => { a href=(address) aria-label={ (period.label) ": " (period.count) } { (bar) } },
                    None => { g { (bar) } },
                }
                @if place % labelled_every == 0 {
                    text x=(tenths(left + step / 2.0)) y=(HEIGHT + 14) text-anchor="middle" { (period.label) }
                }
            }
        }
    }
}

/// A coordinate, to a tenth of a unit: more would only make the page longer.
pub(crate) fn tenths(number: f64) -> String {
    format!("{number:.1}")
}
