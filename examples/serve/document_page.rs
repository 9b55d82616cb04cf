//! A document with all its paragraphs, headings and mentions, and on request what parsing repaired.

use demarche::{Document, Highlight, Highlighter, Language, Query, Span};
use maud::{Markup, html};

use crate::app::App;
use crate::layout;
use crate::marked::{Marks, marked};
use crate::program::many;
use crate::view::View;

/// So many of the paragraphs that match are listed above the text.
const MATCHES: usize = 40;

/// The page of a document; `None` when there is none of that id.
pub(crate) fn page(app: &App, id: &str, address: &str) -> demarche::Result<Option<Markup>> {
    let Some(document) = app.engine().document(id)? else { return Ok(None) };
    let (view, _) = View::read(address);
    let title = document.title.as_deref().unwrap_or(&document.id);
    let content = html! {
        article {
            h1 { (title) }
            p class="where" {
                @if !document.byline.is_empty() { (document.byline.join(", ")) " · " }
                @if let Some(source) = &document.source { (source) " · " }
                @if let Some(date) = document.date { time datetime=(date) { (date) } " · " }
                (document.id)
            }
            @if !view.query.is_empty() {
                p { a href=(View { query: view.query.clone(), ..View::default() }.address("/")) { "All results for " (view.query) } }
            }
            (paragraphs(&document, &view.query))
            (repairs(&document))
        }
    };
    Ok(Some(layout::page(title, &view, content)))
}

fn paragraphs(document: &Document, query: &str) -> Markup {
    let language = document.language.unwrap_or(Language::ENGLISH);
    let mut highlighter = (!query.is_empty()).then(|| Highlighter::new(&Query::new(query), language));
    let mut begun = 0;
    let mut parts = Vec::with_capacity(document.paragraphs.len());
    for paragraph in &document.paragraphs {
        let headings = begin_sections(document, &mut begun, paragraph.section);
        let highlight = highlighter.as_mut().map(|highlighter| highlighter.highlight(paragraph));
        parts.push((paragraph, headings, highlight));
    }
    let is_match = |highlight: &&Option<Highlight>| highlight.as_ref().is_some_and(|one| !one.ranges().is_empty());
    let matching = parts.iter().filter(|(.., highlight)| is_match(&highlight)).map(|(paragraph, ..)| paragraph.ordinal);
    html! {
        @if !query.is_empty() {
            p class="where" {
                "In paragraphs" @for ordinal in matching.take(MATCHES) { " " a href={ "#p" (ordinal) } { (ordinal) } }
            }
        }
        @for (paragraph, headings, highlight) in &parts {
            @for (level, heading) in headings {
                @match level { 1 => { h2 { (heading) } }, 2 => { h3 { (heading) } }, _ => { h4 { (heading) } } }
            }
            @let highlights = highlight.as_ref().map_or(&[][..], |highlight| highlight.ranges());
            @let marks = Marks { highlights, actors: &paragraph.actors };
            p id={ "p" (paragraph.ordinal) } class={ "paragraph " (paragraph.kind.as_str()) } {
                a class="ordinal" href={ "#p" (paragraph.ordinal) } { (paragraph.ordinal) } " "
                (marked(&paragraph.text, Span::new(0, paragraph.text.len()), marks))
            }
        }
    }
}

/// The headings from the `begun`th on that begin at or before a section, the outermost first, with their level from 1.
fn begin_sections<'a>(document: &'a Document, begun: &mut usize, section: Option<u32>) -> Vec<(u8, &'a str)> {
    let end = section.map_or(0, |section| section as usize + 1);
    let sections = document.sections.get(*begun..end).unwrap_or_default();
    *begun = end.max(*begun);
    sections.iter().map(|section| (section.level, section.heading.as_str())).collect()
}

fn repairs(document: &Document) -> Markup {
    html! {
        @if !document.repairs.is_empty() {
            details class="repairs" {
                summary { (many(document.repairs.len() as u64, "repair")) }
                table {
                    thead { tr { th { "What" } th { "Bytes of the source" } th { "What stood there" } } }
                    tbody {
                        @for repair in &document.repairs {
                            tr {
                                td { (repair.kind.as_str()) }
                                td { (repair.span.start) "–" (repair.span.end) }
                                td { code { (repair.text) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
