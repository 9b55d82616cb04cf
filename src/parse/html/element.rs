//! What the elements of HTML mean for the text in them.

use crate::document::ParagraphKind;

/// A start tag as it was read.
#[derive(Debug, Default)]
pub(super) struct OpenTag {
    pub(super) name: String,
    pub(super) start: usize,
    pub(super) attributes: Vec<(String, String)>,
}

/// An element that has begun.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) start: usize,
    pub(super) role: Role,
}

/// What an element means for the text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    None,
    Silent,
    Furniture,
    Quote,
    Item,
    Note,
    Pre,
    Link,
    /// A mark such as a footnote's number, which links to its note.
    NoteMark,
}

/// How many roles there are.
const ROLES: usize = 9;

/// How many open elements have each role.
#[derive(Debug, Default)]
pub(super) struct Roles([u32; ROLES]);

impl Roles {
    pub(super) fn enter(&mut self, role: Role) {
        self.0[role as usize] += 1;
    }

    pub(super) fn leave(&mut self, role: Role) {
        self.0[role as usize] = self.0[role as usize].saturating_sub(1);
    }

    /// Whether an element of the role is open.
    pub(super) fn inside(&self, role: Role) -> bool {
        self.0[role as usize] > 0
    }

    /// The kind of a paragraph that begins here.
    pub(super) fn kind(&self) -> ParagraphKind {
        match () {
            () if self.inside(Role::Note) => ParagraphKind::Footnote,
            () if self.inside(Role::Item) => ParagraphKind::List,
            () if self.inside(Role::Quote) => ParagraphKind::Quote,
            () => ParagraphKind::Body,
        }
    }
}

/// Elements without text of their own that a reader would see. They stand in a line of text, or nowhere.
const SILENT: [&str; 15] = [
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "video", "audio", "canvas",
    "textarea", "title", "noembed", "noframes",
];

/// Those of them that are closed where a tag closes itself: the tokenizer reads on to the end tag of the others.
const CLOSE_THEMSELVES: [&str; 7] = ["template", "svg", "math", "object", "video", "audio", "canvas"];

/// Elements that have no end tag.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Elements that end the paragraph before them: those with a box of their own in the standard's section on
/// rendering, and the document's own. All others stand in a line of text, also those that no standard knows
/// (`<o:p>` and `<st1:place>` of word processors).
const BLOCKS: [&str; 57] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "button",
    "caption",
    "center",
    "colgroup",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "html",
    "legend",
    "li",
    "listing",
    "main",
    "menu",
    "nav",
    "ol",
    "optgroup",
    "option",
    "p",
    "plaintext",
    "pre",
    "search",
    "section",
    "select",
    "slot",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Whether an element ends the paragraph before it.
pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.binary_search(&name).is_ok()
}

/// The elements that end, although nothing says so, where the next of their kind begins.
pub(super) fn ended_by(name: &str) -> &'static [&'static str] {
    match name {
        "li" => &["li"],
        "dt" | "dd" => &["dt", "dd"],
        "tr" => &["td", "th", "tr"],
        "td" | "th" => &["td", "th"],
        "p" | "div" | "ul" | "ol" | "dl" | "table" | "blockquote" | "pre" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            &["p"]
        }
        _ => &[],
    }
}

impl OpenTag {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_str())
    }

    /// Whether no end tag belongs to it.
    pub(super) fn is_whole(&self, self_closing: bool) -> bool {
        let closes = || !self.is(&SILENT) && self.name != "a" || self.is(&CLOSE_THEMSELVES);
        self.is(&VOID) || self_closing && closes()
    }

    /// What it means; `in_article` inside an article, where headers are the article's own, and `parent` the name of
    /// the element around it.
    pub(super) fn role(&self, in_article: bool, parent: Option<&str>) -> Role {
        let role = self.attribute("role").unwrap_or_default();
        match self.name.as_str() {
            name if SILENT.contains(&name) => Role::Silent,
            "header" | "footer" if in_article => Role::None,
            _ if self.is_furniture() && !self.is(&["html", "body", "main", "article"]) => Role::Furniture,
            _ if role == "doc-footnote" || role == "doc-endnotes" || role == "doc-endnote" => Role::Note,
            "li" | "p" | "div" | "aside" if self.is_note() => Role::Note,
            "blockquote" => Role::Quote,
            "li" | "dt" | "dd" => Role::Item,
            "pre" | "listing" => Role::Pre,
            "a" if parent == Some("sup") && self.attribute("href").is_some_and(|to| to.starts_with('#')) => {
                Role::NoteMark
            }
            "a" if self.attribute("href").is_some() => Role::Link,
            _ => Role::None,
        }
    }

    /// Whether its id is that of a footnote: `fn3`, `footnote-12`, `_ftn1`.
    fn is_note(&self) -> bool {
        let id = self.attribute("id").unwrap_or_default();
        ["fn", "_ftn", "footnote", "endnote", "_edn"]
            .iter()
            .any(|start| id.strip_prefix(start).is_some_and(|rest| rest.chars().all(|c| !c.is_alphabetic())))
    }

    /// Whether the element is no part of the text: navigation, a control of a form, or hidden. A form itself may hold
    /// the whole page, as those of ASP.NET do.
    fn is_furniture(&self) -> bool {
        let role = self.attribute("role").unwrap_or_default();
        matches!(
            self.name.as_str(),
            "nav"
                | "aside"
                | "footer"
                | "header"
                | "menu"
                | "dialog"
                | "search"
                | "button"
                | "select"
                | "label"
                | "legend"
        ) || matches!(role, "navigation" | "banner" | "contentinfo" | "search" | "complementary" | "dialog" | "alert")
            || self.attribute("hidden").is_some()
            || self.attribute("aria-hidden") == Some("true")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_in_order_and_unknown_elements_are_none() {
        assert!(BLOCKS.is_sorted());
        assert!(is_block("p") && is_block("address") && !is_block("b") && !is_block("st1:place"));
    }
}
