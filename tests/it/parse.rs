//! Cases for `parse`.

use std::fs;

use demarche::{Document, Parser, RepairKind, Result};

const SEED: &str = include_str!("../../seeds/000_468284d11647a011.txt");

/// The text of a paragraph put together from its source ranges, without white space.
fn rebuilt(source: &str, document: &Document) -> Vec<String> {
    let rebuild = |paragraph: &demarche::Paragraph| {
        paragraph.source.iter().map(|span| &source[span.range()]).collect::<String>().split_whitespace().collect()
    };
    document.paragraphs.iter().map(rebuild).collect()
}

fn kinds(document: &Document, kind: RepairKind) -> Vec<&str> {
    document.repairs.iter().filter(|repair| repair.kind == kind).map(|repair| repair.text.as_str()).collect()
}

fn texts(document: &Document) -> Vec<&str> {
    document.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect()
}

#[test]
fn the_seed_is_mended_exactly() -> Result<()> {
    let document = Document::parse("seed", SEED)?;
    let title = "Xi-Putin Meeting — China’s Open Support for Russia’s Policy Objectives";
    assert_eq!(document.title.as_deref(), Some(title));
    assert_eq!(document.byline, ["Justyna Szczudlik"]);
    assert_eq!(document.date, None);
    assert_eq!(document.language, Some(demarche::Language::ENGLISH));
    let headings: Vec<&str> = document.sections.iter().map(|section| section.heading.as_str()).collect();
    assert_eq!(
        headings,
        [
            "Under what circumstances did Xi and Putin meet?",
            "What is new in the joint statement?",
            "Why has China decided to support Russian policy?",
            "What does China's support for Russia mean for Europe?",
        ]
    );
    assert_eq!(document.paragraphs.len(), 5);
    let sections: Vec<Option<u32>> = document.paragraphs.iter().map(|paragraph| paragraph.section).collect();
    assert_eq!(sections, [None, Some(0), Some(1), Some(2), Some(3)]);
    assert!(document.paragraphs[2].text.contains("other similar coalitions) is seeking confrontation"));
    assert!(document.paragraphs[3].text.contains("Russia’s opposition to AUKUS"));
    assert!(document.paragraphs[4].text.contains("Russian aggression against Ukraine in 2013-2014."));
    assert_eq!(kinds(&document, RepairKind::RunningHead), ["PISM SPOTLIGHT"]);
    assert!(document.paragraphs.iter().all(|paragraph| !paragraph.text.contains("PISM SPOTLIGHT")));
    let link = &document.paragraphs[1].links[0];
    assert_eq!(&document.paragraphs[1].text[link.span.range()], "the U.S. and NATO have rejected its demands");
    assert_eq!(link.target, "#");
    for (paragraph, rebuilt) in document.paragraphs.iter().zip(rebuilt(SEED, &document)) {
        assert_eq!(paragraph.text.split_whitespace().collect::<String>(), rebuilt);
        assert!(paragraph.source.windows(2).all(|pair| pair[0].end <= pair[1].start));
    }
    Ok(())
}

#[test]
fn a_repair_that_is_switched_off_is_not_made() -> Result<()> {
    let parser = Parser::builder().repair(RepairKind::RunningHead, false).build();
    let document = parser.parse("seed", SEED)?;
    assert!(kinds(&document, RepairKind::RunningHead).is_empty());
    let everywhere =
        [document.sections.iter().map(|section| section.heading.as_str()).collect::<Vec<_>>(), texts(&document)]
            .concat();
    assert!(everywhere.contains(&"PISM SPOTLIGHT"));
    Ok(())
}

#[test]
fn characters_and_hyphens_are_mended_and_told() -> Result<()> {
    let source =
        "The ﬁrst govern-\nment of the post-\nwar years had a co\u{ad}alition\u{200b} of 109-\n175 votes\u{a0}there.";
    let document = Document::parse("a", source)?;
    let text = "The first government of the post-war years had a coalition of 109-175 votes there.";
    assert_eq!(texts(&document), [text]);
    for kind in [
        RepairKind::Ligature,
        RepairKind::Dehyphenated,
        RepairKind::SoftHyphen,
        RepairKind::ZeroWidth,
        RepairKind::Spacing,
        RepairKind::Unwrapped,
    ] {
        assert_eq!(kinds(&document, kind).len(), 1, "{kind:?}");
    }
    Ok(())
}

#[test]
fn other_encodings_are_decoded_and_ranges_count_their_bytes() -> Result<()> {
    let bytes = b"Le pr\xe9sident a parl\xe9.\n\nIl est \xe0 Gen\xe8ve.";
    let document = Parser::new().parse_bytes("a", bytes)?;
    assert_eq!(texts(&document), ["Le président a parlé.", "Il est à Genève."]);
    assert_eq!(kinds(&document, RepairKind::Decoded), ["windows-1252"]);
    assert_eq!(document.paragraphs[1].source[0].range(), 23..39);
    let mut wide = vec![0xff, 0xfe];
    wide.extend("Né à 🎻.\n\nOui.".encode_utf16().flat_map(u16::to_le_bytes));
    let document = Parser::new().parse_bytes("b", &wide)?;
    assert_eq!(texts(&document), ["Né à 🎻.", "Oui."]);
    assert_eq!(kinds(&document, RepairKind::Decoded), ["UTF-16LE"]);
    assert_eq!(document.paragraphs[0].source[0].range(), 2..18);
    assert_eq!(document.paragraphs[1].source[0].range(), 22..30);
    let document = Parser::new()
        .parse_bytes("c", "é é é \u{e9}\n\nbad ".bytes().chain(*b"\xff end.").collect::<Vec<_>>().as_slice())?;
    assert_eq!(kinds(&document, RepairKind::Replaced), ["ff"]);
    Ok(())
}

#[test]
fn what_is_no_text_is_refused_by_name() {
    let refuse = |bytes: &[u8]| Parser::new().parse_bytes("a.txt", bytes).unwrap_err().to_string();
    assert_eq!(refuse(b"%PDF-1.7\n..."), "a.txt: found a PDF file, expected text");
    assert_eq!(refuse(b"ab\0\0cd"), "a.txt: found binary data (zero bytes), expected text");
    assert_eq!(refuse(b" \n"), "a.txt: no paragraph in the text");
    assert!(Parser::new().parse("", "text").is_err());
    assert!(Parser::new().parse("a", "%PDF-1.4").is_err());
}

#[test]
fn json_lines_take_title_and_date_from_their_fields_and_go_on_after_bad_lines() -> Result<()> {
    let lines = concat!(
        "{\"id\":\"a\",\"text\":\"Gas Exports\\n\\nThe ministers met.\",\"author\":[\"A\",\"B\"],\"date\":\"2022-02-04\",\"x\":1}\n",
        "\n{\"id\":\"b\" \"text\"}\n{\"id\":\"c\",\"text\":\"One sentence.\",\"author\":\"C\",\"title\":\"T\"}\n{\"id\":\"d\",\"text\":7}\n",
    );
    let documents: Vec<Result<Document>> = Parser::new().json_lines("in", lines.as_bytes()).collect();
    assert_eq!(documents.len(), 4);
    let mut documents = documents.into_iter();
    let mut next = || documents.next().unwrap();
    let first = next()?;
    assert_eq!((first.title.as_deref(), first.byline.len()), (None, 2));
    assert_eq!(first.date.map(|date| date.to_string()).as_deref(), Some("2022-02-04"));
    assert_eq!(first.metadata.get("x"), Some(&1.into()));
    assert!(next().unwrap_err().to_string().starts_with("in: line 3, column 11: not a JSON object: "));
    let third = next()?;
    assert_eq!((third.title.as_deref(), third.paragraphs.len()), (Some("T"), 1));
    assert_eq!(next().unwrap_err().to_string(), "in: line 5, column 18: the field \"text\" is not a string");
    Ok(())
}

#[test]
fn a_directory_is_read_in_order_and_ids_are_paths() -> Result<()> {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    assert!(Parser::new().documents(root).is_err(), "no documents");
    assert!(Parser::new().documents(root.join("none")).is_err(), "no such path");
    fs::create_dir(root.join("b")).unwrap();
    fs::write(root.join("b/two.txt"), "The second text.").unwrap();
    fs::write(root.join("a.jsonl"), "{\"id\":\"x/1\",\"text\":\"The first.\"}\n").unwrap();
    fs::write(root.join("c.txt"), "").unwrap();
    fs::write(root.join("d.pdf"), "%PDF-").unwrap();
    let (documents, errors): (Vec<_>, Vec<_>) = Parser::new().documents(root)?.partition(Result::is_ok);
    let ids: Vec<String> = documents.into_iter().flatten().map(|document| document.id).collect();
    assert_eq!(ids, ["x/1", "b/two"]);
    assert_eq!(errors.len(), 1);
    assert!(errors.into_iter().all(|error| error.unwrap_err().to_string().ends_with("c.txt: the file is empty")));
    Ok(())
}

#[test]
fn running_heads_with_page_numbers_leave_the_text_whole() -> Result<()> {
    let mut source = String::new();
    let rounds = [("gas", "winter"), ("steel", "spring"), ("grain", "summer"), ("fish", "autumn")];
    for (page, (goods, season)) in rounds.iter().enumerate() {
        let head = format!("Ministry of Trade Annual Report {page}");
        source += &format!("{head}\n\nThe talks about {goods} went on until the\n\nPage {page}\n\u{c}{head}\n\n");
        source += &format!("{season} of the year and ended well for {goods}.\n\n");
    }
    let document = Document::parse("a", &source)?;
    assert_eq!(document.paragraphs.len(), 4);
    assert_eq!(
        texts(&document)[1],
        "The talks about steel went on until the spring of the year and ended well for steel."
    );
    Ok(())
}
