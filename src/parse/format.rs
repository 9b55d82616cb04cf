//! The formats that texts come in, told by name or by content.

use std::path::Path;

use crate::document::Format;

impl Format {
    /// Every format.
    pub const ALL: [Format; 4] = [Format::Text, Format::Markdown, Format::Html, Format::JsonLines];

    /// The extensions that files of the format have, in lower case; the first is the usual one.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Format::Text => &["txt", "text"],
            Format::Markdown => &["md", "markdown"],
            Format::Html => &["html", "htm", "xhtml"],
            Format::JsonLines => &["jsonl", "ndjson"],
        }
    }

    /// The format that the extension of a file name stands for.
    ///
    /// # Examples
    ///
    /// ```
    /// use demarche::Format;
    ///
    /// assert_eq!(Format::of_name("reports/2022/gas.MD"), Some(Format::Markdown));
    /// assert_eq!(Format::of_name("gas.pdf"), None);
    /// ```
    pub fn of_name(name: impl AsRef<Path>) -> Option<Format> {
        let extension = name.as_ref().extension()?.to_str()?.to_ascii_lowercase();
        Format::ALL.into_iter().find(|format| format.extensions().contains(&extension.as_str()))
    }

    /// The format that a text seems to be written in, judged by its first 4,096 bytes.
    ///
    /// A text that starts with `{` and a key is JSON Lines, one that starts with a tag of an HTML document is
    /// HTML, one with headings marked by `#`, front matter or other block marks of Markdown is Markdown; all
    /// else is plain text.
    pub fn of_text(text: &str) -> Format {
        let mut head = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        head = &head[..floor(head, 4_096)];
        if head.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}'])) {
            return Format::JsonLines;
        }
        let lower = head[..floor(head, 200)].to_ascii_lowercase();
        let tags = ["<!doctype html", "<html", "<head", "<body", "<article", "<main", "<div", "<p>", "<p ", "<h1"];
        if tags.iter().any(|tag| lower.starts_with(tag)) || lower.starts_with("<?xml") && lower.contains("<html") {
            return Format::Html;
        }
        let marks = |line: &str| {
            let level = line.bytes().take_while(|byte| *byte == b'#').count();
            (1..=6).contains(&level) && line[level..].starts_with(' ')
                || line.starts_with("```")
                || line.starts_with("> ")
                || line.starts_with("|-")
                || line.starts_with("| -")
                || line.starts_with("[^")
        };
        let front = (head.starts_with("---\n") || head.starts_with("---\r\n")) && head[3..].contains("\n---");
        if front || head.lines().any(marks) { Format::Markdown } else { Format::Text }
    }
}

/// The last character border at or before `most`.
fn floor(text: &str, most: usize) -> usize {
    let mut at = most.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_content() {
        for (text, format) in [
            ("The ministers met.\n\nThey agreed.", Format::Text),
            ("A [link](#) in text from a PDF.", Format::Text),
            ("- a list\n- of two", Format::Text),
            ("\n# Gas\n\nText", Format::Markdown),
            ("---\ntitle: Gas\n---\nText", Format::Markdown),
            ("Text\n\n> a quotation\n", Format::Markdown),
            ("  <!DOCTYPE html><p>x", Format::Html),
            ("\u{feff}{\"id\": 1}\n", Format::JsonLines),
            ("{see the note}", Format::Text),
            ("", Format::Text),
        ] {
            assert_eq!(Format::of_text(text), format, "{text:?}");
        }
    }
}
