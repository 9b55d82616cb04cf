//! One hit on the page: the passage, where it stands, how to cite it.

use demarche::{Dimension, Explanation, Hit, Span};
use maud::{Markup, html};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::app::App;
use crate::marked::{Marks, marked};
use crate::view::View;

/// What has a meaning in the path of an address.
const IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'\\')
    .add(b'^')
    .add(b'[')
    .add(b']')
    .add(b'|');

/// The address of a document's page, with the view it was reached from.
pub(crate) fn document_address(view: &View, document: &str, ordinal: Option<u32>) -> String {
    let path = format!("/document/{}", utf8_percent_encode(document, IN_PATH));
    let mut address = View { query: view.query.clone(), ..View::default() }.address(&path);
    if let Some(ordinal) = ordinal {
        address.push_str(&format!("#p{ordinal}"));
    }
    address
}

/// A hit as an item of the list.
pub(crate) fn hit(app: &App, view: &View, hit: &Hit) -> Markup {
    let marks = Marks { highlights: &hit.highlights, actors: &hit.actors };
    let passage = hit.passage_span;
    let title = hit.title.as_deref().unwrap_or(&hit.document);
    let like = format!("like:{:?}", format!("{}#{}", hit.document, hit.ordinal));
    html! {
        li class="hit" {
            h3 { a href=(document_address(view, &hit.document, Some(hit.ordinal))) { (title) } }
            p class="where" {
                @if let Some(date) = hit.date { time datetime=(date) { (date) } " · " }
                @if !hit.headings.is_empty() { (hit.headings.join(" › ")) " · " }
                "paragraph " (hit.ordinal)
            }
            blockquote { (marked(&hit.text, passage, marks)) }
            p class="tags" {
                @for topic in &hit.topics {
                    @let label = app.annotator.taxonomy().label(&topic.path);
                    a href=(view.toggled(Dimension::Topic, topic.path.as_str()).address("/")) title=(topic.path) {
                        (label.as_deref().unwrap_or(topic.path.as_str()))
                    } " "
                }
            }
            @if let Some(explanation) = &hit.explanation {
                details class="explain" {
                    summary { "Score " (format!("{:.3}", hit.score)) }
                    ul { (explained(explanation)) }
                }
            }
            div class="more" {
                @if passage.len() < hit.text.len() {
                    details {
                        summary { "Whole paragraph" }
                        p { (marked(&hit.text, Span::new(0, hit.text.len()), marks)) }
                    }
                }
                details class="cite" { summary { "Cite" } p { (citation(hit)) } }
                @if app.searcher().is_some() {
                    a class="like" href=(View { query: like, ..View::default() }.address("/")) { "Like this" }
                }
            }
        }
    }
}

fn explained(explanation: &Explanation) -> Markup {
    html! {
        li {
            (format!("{:.4}", explanation.value())) " " (explanation.what())
            @if !explanation.parts().is_empty() { ul { @for part in explanation.parts() { (explained(part)) } } }
        }
    }
}

/// A reference to a paragraph that a reader can follow to the bytes of the source.
pub(crate) fn citation(hit: &Hit) -> String {
    let mut citation = format!("“{}”", hit.title.as_deref().unwrap_or("Untitled"));
    if let Some(date) = hit.date {
        citation.push_str(&format!(", {date}"));
    }
    if let Some(heading) = &hit.heading {
        citation.push_str(&format!(", section “{heading}”"));
    }
    let source: Vec<String> = hit.source.iter().map(|span| format!("{}–{}", span.start, span.end)).collect();
    citation.push_str(&format!(", paragraph {}. {}, bytes {}.", hit.ordinal, hit.document, source.join(", ")));
    citation
}
