//! The page of results: passages, trees of actors and topics, a timeline.

use std::time::Instant;

use demarche::{Date, Diagnostic, Dimension, Interval, Period, Results};
use maud::{Markup, html};

use crate::app::App;
use crate::layout::{self, many};
use crate::view::View;
use crate::{facet_tree, hits, pictures};

/// The page for what an address asks for.
pub(crate) fn page(app: &App, address: &str) -> demarche::Result<Markup> {
    let (mut view, mut problems) = View::read(address);
    let started = Instant::now();
    let request = |view: &View| view.request().timeline(Interval::Year);
    let results = match app.searcher.search(request(&view)) {
        // The cursor of another query, say after the words in the box were changed: begin at the first page.
        Err(error) if error.is_input() && view.after.is_some() => {
            problems.push(error.to_string());
            view.after = None;
            app.searcher.search(request(&view))?
        }
        results => results?,
    };
    let took = started.elapsed();
    let title = if view.query.is_empty() { "demarche".to_owned() } else { format!("{} – demarche", view.query) };
    let content = html! {
        div class="columns" {
            nav aria-label="Filters" {
                @for dimension in [Dimension::Actor, Dimension::Topic] {
                    @if let Some(counts) = results.facets.get(dimension) {
                        (facet_tree::tree(&view, counts))
                        @if dimension == Dimension::Actor { (facet_tree::persons(&view, counts)) }
                    }
                }
            }
            section class="results" aria-label="Results" {
                (layout::tabs(&view, "/"))
                p class="total" role="status" {
                    (layout::found(results.total))
                    @if !view.explain && !view.query.is_empty() {
                        " " a class="took" href=(View { explain: true, ..view.clone() }.address("/")) { "explain" }
                    }
                    span class="took" { " " (format!("{:.1} ms", took.as_secs_f64() * 1_000.0)) }
                }
                (hints(&view, &problems, &results.diagnostics))
                @if let Some(meant) = &results.did_you_mean {
                    p class="hints" { "Did you mean " a href=(View { query: meant.clone(), ..view.first_page() }.address("/")) { (meant) } "?" }
                }
                (over_time(&view, &results))
                ol class="hits" { @for hit in &results.hits { (hits::hit(app, &view, hit)) } }
                @if results.hits.is_empty() { p { "Nothing matches. Fewer filters or other words may." } }
                @if let Some(next) = &results.next {
                    p class="pages" { a rel="next" href=(View { after: Some(next.clone()), ..view.clone() }.address("/")) { "More" } }
                }
            }
        }
    };
    Ok(layout::page(&title, &view, content))
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

fn over_time(view: &View, results: &Results) -> Markup {
    let Some(timeline) = results.timeline.as_ref().filter(|timeline| !timeline.periods.is_empty()) else {
        return html! {};
    };
    let is_year = |date: Option<Date>, period: &Period| date.is_some_and(|date| date == period.start);
    let is_chosen = |period: &Period| is_year(view.from, period) && is_year(view.to, period);
    let link = |period: &Period| {
        let mut filtered = view.first_page();
        let bounds = if is_chosen(period) { None } else { Some(period.start) };
        (filtered.from, filtered.to) = (bounds, bounds);
        Some(filtered.address("/"))
    };
    html! {
        figure {
            (pictures::timeline(timeline, link, is_chosen))
            figcaption {
                "Paragraphs a year; choose a bar to see only that year."
                @if timeline.undated > 0 { " " (many(timeline.undated, "paragraph")) " without a date." }
            }
        }
    }
}
