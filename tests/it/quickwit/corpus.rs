//! Documents for the tests, in both kinds of index.

use std::sync::LazyLock;

use demarche::quickwit::Client;
use demarche::{Annotator, Document, Index, Language, Paragraph, ParagraphKind, Parser, Result, Section, Span};

pub(super) static ANNOTATOR: LazyLock<Annotator> = LazyLock::new(Annotator::new);

/// An index in memory of the documents.
pub(super) fn embedded(documents: &[Document]) -> Result<Index> {
    let index = Index::in_memory()?;
    let mut writer = index.writer()?;
    for document in documents {
        writer.add(document)?;
    }
    writer.commit()?;
    Ok(index)
}

/// Creates the index of a client with the documents.
pub(super) fn load(client: &Client, documents: &[Document]) -> Result<demarche::quickwit::LoadReport> {
    client.create()?;
    let mut loader = client.loader()?;
    for document in documents {
        loader.add(document)?;
    }
    loader.finish()
}

/// The seed documents, and some that hold what they do not: other languages and scripts, dates known to the year or
/// before there were clocks, kinds, several authors, repeated texts.
pub(super) fn documents() -> Result<Vec<Document>> {
    let mut documents = Parser::new().documents("seeds")?.collect::<Result<Vec<Document>>>()?;
    let texts: [(&str, &str, &str, &[&str]); 8] = [
        (
            "1648-10-24",
            "en",
            "Peace of Westphalia",
            &["The peace was signed at Münster and Osnabrück.", "Sweden and France took what they could."],
        ),
        (
            "2022",
            "en",
            "Gas deals",
            &[
                "Russia and China signed gas deals.",
                "Gas exports to the U.S. fell; US firms gave no reason.",
                "It rained.",
            ],
        ),
        (
            "2022-02",
            "en",
            "The cease-fire",
            &["A cease-fire was agreed by the Russian Federation.", "The fire ceases, the fire-cease does not."],
        ),
        (
            "2022-02-04",
            "en",
            "Sanctions",
            &[
                "Sanctions, sanction, sanctioned: Beijing’s sanctions on Lithuania.",
                "“Open door” is NATO’s policy; the door is open.",
            ],
        ),
        (
            "2023-07-11",
            "fr",
            "L'élargissement",
            &["L'OTAN discute de l'élargissement et des sanctions.", "La Russie est le sujet."],
        ),
        ("2021-12-31", "zh", "北约东扩", &["北约的东扩引起俄罗斯的反对。", "中国 NATO 制裁"]),
        (
            "1944-06-06",
            "en",
            "Older",
            &["In 1944 the United Kingdom and Canada landed in France.", "Gas was short in Germany."],
        ),
        ("0999-01-01", "en", "Oldest", &["Vladimir Putin had not been born, nor had NATO sanctions."]),
    ];
    for (number, (date, language, title, paragraphs)) in texts.into_iter().enumerate() {
        let mut document = Document {
            id: format!("made/{number} \"{title}\""),
            title: Some(title.to_owned()),
            date: (number != 6).then(|| date.parse()).transpose()?,
            language: Language::new(language),
            source: (number % 2 == 0).then(|| "The Review".to_owned()),
            ..Document::default()
        };
        document.byline = ["A. Author", "Åsa C. Öberg"][..number % 3].iter().map(|&name| name.to_owned()).collect();
        for (level, heading) in [(1, "Gas and sanctions"), (2, "NATO: the open door")] {
            let parent = (level == 2).then_some(0);
            let (heading, source, actors) = (heading.to_owned(), Span::new(0, 1).into(), Vec::new());
            document.sections.push(Section { heading, level, parent, source, actors });
        }
        for (text, ordinal) in paragraphs.iter().zip(1..) {
            document.paragraphs.push(Paragraph {
                ordinal,
                kind: if ordinal == 2 { ParagraphKind::Quote } else { ParagraphKind::Body },
                section: [None, Some(0), Some(1)][(number + ordinal as usize) % 3],
                text: (*text).to_owned(),
                source: Span::new(0, text.len()).into(),
                ..Paragraph::default()
            });
        }
        documents.push(document);
    }
    Ok(documents.into_iter().map(|document| ANNOTATOR.annotate(document)).collect())
}
