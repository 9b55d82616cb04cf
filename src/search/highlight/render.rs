//! A highlight and the text it was drawn on in, marked-up text out.

use super::Highlight;

const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

impl Highlight {
    /// The passage as HTML: the text escaped, the ranges in `<mark>`, `…` where the text goes on. `text` is the
    /// paragraph's text; ranges that do not lie in another text are left out.
    pub fn to_html(&self, text: &str) -> String {
        self.render(text, "<mark>", "</mark>", |plain, into| {
            for c in plain.chars() {
                match c {
                    '&' => into.push_str("&amp;"),
                    '<' => into.push_str("&lt;"),
                    '>' => into.push_str("&gt;"),
                    '"' => into.push_str("&quot;"),
                    '\'' => into.push_str("&#39;"),
                    _ => into.push(c),
                }
            }
        })
    }

    /// The passage for a terminal: the ranges in bold, `…` where the text goes on. Control characters of the
    /// text, which a terminal would obey, are left out, but for line breaks and tabs.
    pub fn to_ansi(&self, text: &str) -> String {
        self.render(text, BOLD, PLAIN, |plain, into| {
            into.extend(plain.chars().filter(|&c| !c.is_control() || matches!(c, '\n' | '\t')));
        })
    }

    fn render(&self, text: &str, open: &str, close: &str, escape: impl Fn(&str, &mut String)) -> String {
        let passage = self.passage();
        let mut rendered = String::with_capacity(passage.len() + 64);
        if text.get(passage.range()).is_none() {
            escape(text, &mut rendered);
            return rendered;
        }
        if !text[..passage.start].trim().is_empty() {
            rendered.push_str("… ");
        }
        let mut at = passage.start;
        for range in self.ranges() {
            let (start, end) = (range.start.max(at), range.end.min(passage.end));
            if start >= end || text.get(start..end).is_none() {
                continue;
            }
            escape(&text[at..start], &mut rendered);
            rendered.push_str(open);
            escape(&text[start..end], &mut rendered);
            rendered.push_str(close);
            at = end;
        }
        escape(&text[at..passage.end], &mut rendered);
        if !text[passage.end..].trim().is_empty() {
            rendered.push_str(" …");
        }
        rendered
    }
}

#[cfg(test)]
mod tests {
    use crate::document::Span;
    use crate::search::Highlight;

    #[test]
    fn renderings_escape() {
        let text = "<b>\u{1b}[31m & 'gas'";
        let highlight = Highlight { passage: Span::new(0, text.len()), ranges: vec![Span::new(0, 3)] };
        assert_eq!(highlight.to_html(text), "<mark>&lt;b&gt;</mark>\u{1b}[31m &amp; &#39;gas&#39;");
        assert_eq!(highlight.to_ansi(text), "\u{1b}[1m<b>\u{1b}[0m[31m & 'gas'");
        assert_eq!(highlight.to_html("é"), "é");
    }
}
