//! What a page says of itself: title, authors, date, publisher, language.

use super::element::OpenTag;
use crate::document::Document;
use crate::parse::front_matter;

/// What was found, under the names of the fields that it is meant for.
#[derive(Debug, Default)]
pub(super) struct Head {
    said: Vec<(String, String)>,
    /// The title in the head of the page, which often names the site too.
    page_title: Option<String>,
}

impl Head {
    pub(super) fn say(&mut self, field: &str, value: &str) {
        if !value.trim().is_empty() {
            self.said.push((field.to_owned(), value.trim().to_owned()));
        }
    }

    /// The first one counts: a picture may have a title too.
    pub(super) fn page_title(&mut self, title: String) {
        self.page_title.get_or_insert(title);
    }

    pub(super) fn meta(&mut self, tag: &OpenTag) {
        let key = ["name", "property", "itemprop"].iter().find_map(|key| tag.attribute(key));
        let (Some(key), Some(value)) = (key, tag.attribute("content")) else { return };
        let field = match key.to_ascii_lowercase().as_str() {
            "og:title" | "dc.title" | "dcterms.title" | "citation_title" => "title",
            "author" | "article:author" | "dc.creator" | "dcterms.creator" | "citation_author" => "author",
            "article:published_time"
            | "date"
            | "dc.date"
            | "dcterms.date"
            | "dc.date.issued"
            | "dcterms.issued"
            | "datepublished"
            | "citation_publication_date"
            | "publish_date"
            | "pubdate" => "date",
            "og:site_name" | "dc.publisher" | "dcterms.publisher" | "publisher" => "source",
            "dc.language" | "language" => "language",
            "description" => "description",
            "keywords" => "keywords",
            _ => return,
        };
        // An author given as an address is no name.
        if !(field == "author" && value.starts_with("http")) {
            self.say(field, value);
        }
    }

    /// Puts it into the fields of a document. The title in the page's head stands in where there is no other.
    pub(super) fn fill(self, document: &mut Document, has_heading: bool) {
        let authors: Vec<String> =
            self.said.iter().filter(|(field, _)| field == "author").map(|(_, name)| name.clone()).collect();
        front_matter::put(document, "author", authors);
        for (field, value) in self.said {
            match field.as_str() {
                "author" => {}
                "date" if front_matter::date(&value).is_none() => {}
                _ => front_matter::put(document, &field, vec![value]),
            }
        }
        if document.title.is_none() && !has_heading {
            document.title = self.page_title.filter(|title| !title.trim().is_empty());
        }
    }
}
