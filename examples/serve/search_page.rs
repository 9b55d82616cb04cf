//! The page of results: passages, trees of actors and topics, a timeline.

use std::time::Instant;

use demarche::{Date, Diagnostic, Dimension, Interval, Period, Timeline};
use maud::{Markup, html};

use crate::app::App;
use crate::layout;
use crate::program::many;
use crate::view::View;
use crate::{facet_tree, hits, pictures};

/// A timeline of more bars is hard to read, and to hit.
pub(crate) const MOST_PERIODS: usize = 60;

/// The page for what an address asks for.
pub(crate) fn page(app: &App, address: &str) -> demarche::Result<Markup> {
    let (mut view, mut problems) = View::read(address);
    let started = Instant::now();
    let is_dated = view.from.is_some() || view.to.is_some();
    // A timeline shows what a filter on dates leaves out as well; within the dates chosen it has a request of its own.
    let request = |view: &View| if is_dated { view.request() } else { view.request().periods(MOST_PERIODS) };
    let results = match app.engine().search(request(&view)) {
        // The cursor of another query, say after the words in the box were changed: begin at the first page.
        Err(error) if error.is_input() && view.after.is_some() => {
            problems.push(error.to_string());
            view.after = None;
            app.engine().search(request(&view))?
        }
        results => results?,
    };
    let timeline = if is_dated { within_dates(app, &view)? } else { results.timeline.clone() };
    let took = started.elapsed();
    let title = if view.query.is_empty() { "demarche".to_owned() } else { format!("{} – demarche", view.query) };
    let content = html! {
        div class="columns" {
            nav id="filters" aria-label="Filters" {
                @for dimension in [Dimension::Actor, Dimension::Topic] {
                    @if let Some(counts) = results.facets.get(dimension) {
                        (facet_tree::tree(&view, counts))
                        @if dimension == Dimension::Actor { (facet_tree::persons(&view, counts)) }
                    }
                }
            }
            section class="results" aria-label="Results" {
                (layout::tabs(app, &view, "/"))
                p class="total" role="status" {
                    (layout::found(results.total))
                    @if !view.explain && !view.query.is_empty() && app.searcher().is_some() {
                        " " a class="took" href=(View { explain: true, ..view.clone() }.address("/")) { "explain" }
                    }
                    span class="took" { " " (format!("{:.1} ms", took.as_secs_f64() * 1_000.0)) }
                    // On a phone the filters stand below the passages.
                    " " a class="took narrow" href="#filters" { "filters" }
                }
                (hints(&view, &problems, &results.diagnostics))
                @if let Some(meant) = &results.did_you_mean {
                    p class="hints" { "Did you mean " a href=(View { query: meant.clone(), ..view.first_page() }.address("/")) { (meant) } "?" }
                }
                (over_time(&view, timeline.as_ref()))
                ol class="hits" { @for hit in &results.hits { (hits::hit(app, &view, hit)) } }
                @if results.hits.is_empty() { (nothing(&view)) }
                @if let Some(next) = &results.next {
                    p class="pages" { a rel="next" href=(View { after: Some(next.clone()), ..view.clone() }.address("/")) { "More" } }
                }
            }
        }
    };
    Ok(layout::page(&title, &view, content))
}

/// What to do where nothing matches: a way back to the query without its filters.
fn nothing(view: &View) -> Markup {
    let unfiltered = View { query: view.query.clone(), sort: view.sort, ..View::default() };
    html! {
        p {
            "Nothing matches."
            @if unfiltered != view.first_page() {
                " Look " a href=(unfiltered.address("/")) { "without the filters" } "; documents without a date pass no filter on dates."
            } @else { " Other words may." }
        }
    }
}

/// What was odd about the address or the query, with what could be written instead.
fn hints(view: &View, problems: &[String], diagnostics: &[Diagnostic]) -> Markup {
    html! {
        @if !problems.is_empty() || !diagnostics.is_empty() {
            ul class="hints" {
                @for problem in problems { li { (problem) } }
                @for diagnostic in diagnostics {
                    li {
                        (diagnostic.message())
                        @if let Some(suggestion) = diagnostic.suggestion() {
                            " – try " a href=(suggested(view, diagnostic, suggestion).address("/")) { (suggestion) }
                        }
                    }
                }
            }
        }
    }
}

/// The view with a diagnostic's suggestion in place of what it is about.
fn suggested(view: &View, diagnostic: &Diagnostic, suggestion: &str) -> View {
    let mut view = view.first_page();
    let span = diagnostic.span();
    match view.query.get(span.range()) {
        Some(given) if !given.is_empty() => view.query.replace_range(span.range(), suggestion),
        _ => view.query = suggestion.to_owned(),
    }
    view
}

/// The timeline of the dates chosen, in shorter periods than that of all.
fn within_dates(app: &App, view: &View) -> demarche::Result<Option<Timeline>> {
    let request = view.first_page().request().explain(false).count([]).sideways(false).periods(MOST_PERIODS);
    match app.searcher() {
        Some(searcher) => Ok(searcher.count(request)?.timeline),
        None => Ok(app.engine().search(request.limit(1))?.timeline),
    }
}

fn over_time(view: &View, timeline: Option<&Timeline>) -> Markup {
    let Some(timeline) = timeline.filter(|timeline| !timeline.periods.is_empty()) else { return html! {} };
    let is_chosen = |period: &Period| {
        let (first, last) = bounds(timeline.interval, period.start);
        view.from == Some(first) && view.to == Some(last)
    };
    let link = |period: &Period| {
        let (first, last) = bounds(timeline.interval, period.start);
        let (from, to) = if is_chosen(period) { (None, None) } else { (Some(first), Some(last)) };
        Some(View { from, to, ..view.first_page() }.address("/"))
    };
    let step = match timeline.interval {
        Interval::Day => "day",
        Interval::Month => "month",
        Interval::Quarter => "quarter",
        Interval::Year => "year",
    };
    html! {
        figure {
            (pictures::timeline(timeline, link, is_chosen))
            figcaption {
                "Paragraphs a " (step) "; choose a bar to see only that " (step) "."
                @if timeline.imprecise > 0 { " " (many(timeline.imprecise, "paragraph")) " with a less precise date." }
                @if timeline.undated > 0 { " " (many(timeline.undated, "paragraph")) " without a date." }
                @if view.from.is_some() || view.to.is_some() {
                    " " a href=(View { from: None, to: None, ..view.first_page() }.address("/")) { "All dates" }
                }
            }
        }
    }
}

/// The first and the last date of a period, as a filter has them: a month is all of its days.
fn bounds(interval: Interval, start: Date) -> (Date, Date) {
    let last = match (interval, start.month()) {
        (Interval::Quarter, Some(month)) => Date::year_month(start.year(), month + 2).unwrap_or(start),
        _ => start,
    };
    (start, last)
}
