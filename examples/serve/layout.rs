//! What all pages share.

use demarche::{Dimension, Total};
use maud::{DOCTYPE, Markup, html};

use crate::app::App;
use crate::program::many;
use crate::view::{SORTS, View};

pub(crate) const STYLE: &str = include_str!("style.css");
pub(crate) const SCRIPT: &str = include_str!("suggest.js");

/// A page with the search box on top.
pub(crate) fn page(title: &str, view: &View, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="stylesheet" href="/style.css";
                link rel="icon" href="data:,";
                script src="/suggest.js" defer {}
            }
            body {
                a class="skip" href="#main" { "To the results" }
                header { (search_box(view)) }
                main id="main" { (content) }
            }
        }
    }
}

/// A page that says what went wrong.
pub(crate) fn problem(message: &str) -> Markup {
    page("demarche", &View::default(), html! { p class="problem" role="alert" { (message) } })
}

fn search_box(view: &View) -> Markup {
    html! {
        form action="/" method="get" role="search" {
            a class="home" href="/" { "demarche" }
            input type="search" name="q" id="q" value=(view.query) list="suggestions" autocomplete="off"
                placeholder="words, \"phrases\", actor:china, NEAR/s(nato enlargement)" aria-label="Search";
            datalist id="suggestions" {}
            @for dimension in [Dimension::Actor, Dimension::Topic] {
                @for value in view.chosen(dimension) {
                    input type="hidden" name=(dimension.as_str()) value=(value);
                }
            }
            label { "from " input type="text" name="from" size="10" placeholder="2021-06" value=[view.from]; }
            label { "to " input type="text" name="to" size="10" placeholder="2022" value=[view.to]; }
            label { "by "
                select name="sort" {
                    @for (name, sort) in SORTS {
                        option value=(name) selected[view.sort == Some(sort)] { (name) }
                    }
                }
            }
            button { "Search" }
        }
    }
}

/// The two ways to look at a result.
pub(crate) fn tabs(app: &App, view: &View, current: &str) -> Markup {
    html! {
        @if app.searcher().is_some() { nav class="tabs" aria-label="Views" {
            @for (path, name) in [("/", "Passages"), ("/pictures", "Pictures")] {
                a href=(view.first_page().address(path)) aria-current=[(path == current).then_some("page")] { (name) }
            }
        } }
    }
}

/// How much matched.
pub(crate) fn found(total: Total) -> Markup {
    html! {
        (many(total.paragraphs, "paragraph"))
        @if let Some(documents) = total.documents { " in " (many(documents, "document")) }
    }
}
