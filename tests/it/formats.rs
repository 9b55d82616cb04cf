//! Cases for the formats of texts and for the structure found in them.

use demarche::{Document, Format, ParagraphKind, Parser, RepairKind, Result};

/// Paragraphs as `kind heading › heading: text`.
fn shown(document: &Document) -> Vec<String> {
    let show = |paragraph: &demarche::Paragraph| {
        let path = document.heading_path(paragraph).join(" › ");
        format!("{} {path}: {}", paragraph.kind.as_str(), paragraph.text)
    };
    document.paragraphs.iter().map(show).collect()
}

#[test]
fn markdown_keeps_its_structure() -> Result<()> {
    let source = "---\ntitle: Gas talks\nauthors: [Ada Berg, Jo Low]\ndate: 2022-02-04\ntags: [gas]\n---\n\n\
        Intro with *emphasis*, `code`, a [link](https://example.org/a_(b)) and a note[^1]. Caf&eacute; \\*stars\\* \n\
        of the govern-\nment.\n\n## Exports\n\n- one **item**\n- two\n  1. nested\n\n> A quotation\n> of two lines.\n\n\
        | a | b |\n|---|---|\n| 1 | two words |\n\n### Deep\n\nThe Alliance is\n\n[[Page 3]]\n\nseeking it.\n\n\
        [^1]: The note.\n\n## Last\n\n```\nlet x;\nlet y;\n```\n";
    let document = Parser::new().markdown("gas", source)?;
    assert_eq!(document.title.as_deref(), Some("Gas talks"));
    assert_eq!(document.byline, ["Ada Berg", "Jo Low"]);
    assert_eq!(document.date.map(|date| date.to_string()).as_deref(), Some("2022-02-04"));
    assert_eq!(document.metadata["tags"], serde_json::json!("gas"));
    assert_eq!(
        shown(&document),
        [
            "body : Intro with emphasis, code, a link and a note. Café *stars* of the government.",
            "list Exports: one item",
            "list Exports: two",
            "list Exports: nested",
            "quote Exports: A quotation of two lines.",
            "table Exports: a\tb\n1\ttwo words",
            "body Exports › Deep: The Alliance is seeking it.",
            "footnote Exports › Deep: The note.",
            "body Last: let x;\nlet y;",
        ]
    );
    let intro = &document.paragraphs[0];
    assert_eq!(&intro.text[intro.links[0].span.range()], "link");
    assert_eq!(intro.links[0].target, "https://example.org/a_(b)");
    assert_eq!(document.repairs.iter().filter(|repair| repair.kind == RepairKind::PageNumber).count(), 1);
    assert_eq!(document.repairs[0].kind, RepairKind::Metadata);
    Ok(())
}

#[test]
#[cfg(feature = "html")]
fn html_keeps_its_structure_and_drops_its_furniture() -> Result<()> {
    let source = "<!DOCTYPE html><html lang=en><head><title>Gas talks | Site</title><meta name=author content='Ada Berg'>\
        <meta property='article:published_time' content='2022-02-04T10:00:00Z'><meta property='og:site_name' content='PISM'>\
        <style>p{}</style><script>if(a<b){x('<p>no</p>')}</script></head><body>\
        <header><nav><a href='/'>Home</a></nav></header>\
        <ul><li><a href='/1'>One</a></li><li><a href='/2'>Two</a></li><li><a href='/3'>Three</a></li></ul>\
        <main><h1>Gas talks</h1><p class=byline>By Ada Berg</p>\
        <p>First &amp; <b>bo</b>ld, a <a href='/x?a=1&amp;b=2'>link here</a>.<sup><a href='#fn1'>1</a></sup> Next&nbsp;line.<br><br>New one.\
        <h2>Section</h2><p>Unclosed one.<p>Unclosed two.<ul><li>Item one<li>Item <i>two</i></ul>\
        <blockquote><p>Quoted.</p></blockquote><table><tr><th>A<th>B</tr><tr><td>1<td>two <b>w</b></table>\
        <h3>Deep</h3><p>x &lt; y &#x41;</p><ol><li id=fn1>The note.</li></ol></main>\
        <aside>Advertisement</aside><footer>Contact</footer></body></html>";
    let document = Parser::new().html("gas", source)?;
    assert_eq!(document.title.as_deref(), Some("Gas talks"));
    assert_eq!(document.byline, ["Ada Berg"]);
    assert_eq!(document.date.map(|date| date.to_string()).as_deref(), Some("2022-02-04"));
    assert_eq!(document.source.as_deref(), Some("PISM"));
    assert_eq!(
        shown(&document),
        [
            "body : First & bold, a link here. Next line.",
            "body : New one.",
            "body Section: Unclosed one.",
            "body Section: Unclosed two.",
            "list Section: Item one",
            "list Section: Item two",
            "quote Section: Quoted.",
            "table Section: A\tB\n1\ttwo w",
            "body Section › Deep: x < y A",
            "footnote Section › Deep: The note.",
        ]
    );
    assert_eq!(document.paragraphs[0].links[0].target, "/x?a=1&b=2");
    let dropped = |document: &Document, word: &str| {
        document.repairs.iter().any(|repair| repair.kind == RepairKind::Navigation && repair.text.contains(word))
    };
    assert!(["Home", "One", "Three", "Advertisement", "Contact"].iter().all(|word| dropped(&document, word)));
    let parser = Parser::builder().repair(RepairKind::Navigation, false).build();
    let document = parser.html("gas", source)?;
    assert!(
        document.paragraphs.iter().any(|paragraph| paragraph.text == "Advertisement") && !dropped(&document, "Home")
    );
    Ok(())
}

#[test]
#[cfg(feature = "html")]
fn html_of_word_processors_and_of_forms_is_read_through() -> Result<()> {
    let source = "<form action='/'><p>The <st1:place>Baltic</st1:place> states<o:p></o:p> and <picture><svg><title>x</title>\
        <g></g></svg></picture>Poland<script>a()</script> met.<o:p/></p><label>E-mail</label><button>Send</button></form>";
    let document = Parser::new().html("a", source)?;
    assert_eq!(shown(&document), ["body : The Baltic states and Poland met."]);
    Ok(())
}

#[test]
fn lines_that_an_author_broke_are_kept_and_wrapped_ones_are_not() -> Result<()> {
    let address = ["Office for Disarmament Affairs", "405 East 42nd Street", "New York"];
    let wrapped = [
        "The ministers met in Geneva for the third time this",
        "year and spoke of the price of gas. Nobody expec-",
        "ted that.",
    ];
    let whole =
        "The ministers met in Geneva for the third time this year and spoke of the price of gas. Nobody expected that.";
    let markdown = format!("{}\n\n{}\n", address.join("  \n"), wrapped.join("\\\n"));
    let expected = [format!("body : {}", address.join("\n")), format!("body : {whole}")];
    assert_eq!(shown(&Parser::new().markdown("a", &markdown)?), expected);
    if cfg!(feature = "html") {
        let html = format!("<p>{}</p><p>{}</p>", address.join("<br>\n"), wrapped.join("<br>"));
        assert_eq!(shown(&Parser::new().read("a.html", html).next().expect("a document")?), expected);
    }
    Ok(())
}

#[test]
fn marks_stay_where_dropping_them_is_off() -> Result<()> {
    let parser = Parser::builder().repair(RepairKind::Markup, false).build();
    let source = "# Gas\n\n## *New* talks ##\n\nThe **ministers** [met](/x) &amp;\n> agreed[^1].\n\n- one\n\n---\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
    let document = parser.markdown("a", source)?;
    assert_eq!(document.title.as_deref(), Some("# Gas"));
    assert_eq!(
        shown(&document),
        [
            "body ## *New* talks ##: The **ministers** [met](/x) &amp;",
            "quote ## *New* talks ##: > agreed[^1].",
            "list ## *New* talks ##: - one",
            "body ## *New* talks ##: ---",
            "table ## *New* talks ##: | a\t| b | |---|---|\n| 1\t| 2 |",
        ]
    );
    assert_eq!(document.repairs, []);
    if cfg!(feature = "html") {
        let html =
            "<h1>Gas</h1><p>The <b>ministers</b> <a href='/x'>met</a> &amp; agreed.<sup><a href='#fn1'>1</a></sup></p>";
        let document = parser.read("a.html", html).next().expect("a document")?;
        let text = "body : The <b>ministers</b> <a href='/x'>met</a> &amp; agreed.<sup><a href='#fn1'>1";
        assert_eq!((document.title.as_deref(), shown(&document)), (Some("Gas"), vec![text.to_owned()]));
    }
    Ok(())
}

#[test]
fn plain_text_has_its_structure_found() -> Result<()> {
    let long = "The ministers of both countries met twice in the course of the year and agreed on the price of gas.";
    let source = format!(
        "Gas and Power in the Baltic\n\nPolicy Brief No. 12\n\nBy Ada Berg and Jo Low\n\n4 February 2022\n\n\
         1. Background\n\n{long}\n\n1.1 The treaty\n\n{long} [1]\n\n- the first point\n- the second point\n\n\
         2. What comes next?\n\n{long}\n\n      It was the best of times,\n      and the worst, he said.\n\n\
         [1] Treaty of 1997.\n\n[2] Ibid."
    );
    let document = Document::parse("gas", &source)?;
    assert_eq!(document.title.as_deref(), Some("Gas and Power in the Baltic"));
    assert_eq!(document.source.as_deref(), Some("Policy Brief No. 12"));
    assert_eq!(document.byline, ["Ada Berg", "Jo Low"]);
    assert_eq!(document.date.map(|date| date.to_string()).as_deref(), Some("2022-02-04"));
    assert_eq!(
        shown(&document),
        [
            format!("body 1. Background: {long}"),
            format!("body 1. Background › 1.1 The treaty: {long} [1]"),
            "list 1. Background › 1.1 The treaty: the first point".to_owned(),
            "list 1. Background › 1.1 The treaty: the second point".to_owned(),
            format!("body 2. What comes next?: {long}"),
            "quote 2. What comes next?: It was the best of times,\nand the worst, he said.".to_owned(),
            "footnote 2. What comes next?: [1] Treaty of 1997.".to_owned(),
            "footnote 2. What comes next?: [2] Ibid.".to_owned(),
        ]
    );
    Ok(())
}

#[test]
fn columns_are_a_table() -> Result<()> {
    let source = "The figures of the year follow, as the ministry gave them.\n\nYear      Exports   Imports\n------------------\n1995      12.5      7.1\n1996      13.0      8.2\n";
    let document = Document::parse("a", source)?;
    assert_eq!(document.paragraphs[1].kind, ParagraphKind::Table);
    assert_eq!(document.paragraphs[1].text, "Year\tExports\tImports\n1995\t12.5\t7.1\n1996\t13.0\t8.2");
    Ok(())
}

#[test]
fn the_format_is_picked_by_name_or_content() {
    let cases: [(&str, &str, &str, &str); 5] = [
        ("a/b.md", "# T\n\nText *here*.", "a/b", "Text here."),
        ("notes", "# T\n\nText *here*.", "notes", "Text here."),
        ("b.txt", "# T\n\nText *here*.", "b", "Text *here*."),
        ("c", "{\"id\": \"x\", \"text\": \"One.\"}", "x", "One."),
        ("v1.2", "Text here.", "v1.2", "Text here."),
    ];
    for (name, source, id, text) in cases {
        let document = Parser::new().read(name, source).next().unwrap().unwrap();
        assert_eq!(
            (document.id.as_str(), document.paragraphs[0].text.trim_start_matches("# T ")),
            (id, text),
            "{name}"
        );
    }
    assert_eq!(Format::of_name("x.HTM"), Some(Format::Html));
    let error = |name: &str, bytes: &[u8]| Parser::new().read(name, bytes).next().unwrap().unwrap_err().to_string();
    assert_eq!(error("a.md", b"%PDF-1.7"), "a.md: found a PDF file, expected text");
    let zip = "found a ZIP archive (docx, odt, epub and xlsx are such), expected text";
    assert_eq!(error("a.html", b"PK\x03\x04rest"), format!("a.html: {zip}"));
    assert_eq!(error("a.jsonl", b"PK\x03\x04rest\n"), format!("a.jsonl: {zip}"));
}

/// Texts that a careless parser takes quadratic time for: this test would then take hours and not seconds.
#[test]
fn hostile_texts_take_linear_time() {
    let wrapped = "the ministers met again and spoke of the price of gas and of steel\n";
    let texts = [
        ("one line", "a b, c".repeat(300_000)),
        ("blank lines", format!("The end.{}The start.", "\n".repeat(1_000_000))),
        ("headings", "A Heading\n\n".repeat(50_000) + "The end."),
        ("wrapped", wrapped.repeat(20_000)),
        ("brackets", "[".repeat(500_000)),
        ("open links", "[a](".repeat(200_000)),
        ("dashes", " —".repeat(300_000)),
        ("tabs", "a\t".repeat(300_000)),
        ("spaces", format!("a{}b", " ".repeat(1_000_000))),
        ("hyphens", "gov-\nernment\n".repeat(50_000)),
        ("page numbers", "- 3 -\n\n".repeat(100_000) + "The end."),
        ("tags", "<div>".repeat(100_000) + "text"),
        ("attributes", format!("<p {}>text", "a=b ".repeat(100_000))),
        ("open tags", "<b".repeat(200_000) + "text"),
        ("references", "&amp;".repeat(50_000)),
        ("quotes", "> ".repeat(20_000) + "text"),
        ("items", "- a\n".repeat(50_000)),
        ("rules", "---\n\n".repeat(50_000) + "The end."),
    ];
    for (name, text) in &texts {
        for format in Format::ALL {
            let file = format!("a.{}", format.extensions()[0]);
            if let Some(Ok(document)) = Parser::new().read(&file, text).next() {
                let kept: usize = document.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum();
                assert!(kept > 0 && kept <= text.len(), "{name} as {format:?}: {kept} bytes");
            }
        }
    }
}
