//! A user's own gazetteer: added, overriding, removing, replacing, in other languages, with its mistakes told.

use std::sync::Arc;

use demarche::{Annotator, Date, Document, Error, Gazetteer, GazetteerBuilder, Problem, Result, Severity};

/// The mentions of a text, as `id kind surface`.
fn mentions(gazetteer: Arc<Gazetteer>, text: &str) -> Result<Vec<String>> {
    let document = Annotator::builder().gazetteer(gazetteer).build().annotate(Document::parse("1", text)?);
    let mut found = Vec::new();
    for paragraph in &document.paragraphs {
        for actor in &paragraph.actors {
            for mention in &actor.mentions {
                let surface = &paragraph.text[mention.span.range()];
                found.push((mention.span, format!("{} {} {surface}", actor.id, mention.kind.as_str())));
            }
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, mention)| mention).collect())
}

fn toml(text: &str) -> GazetteerBuilder {
    let mut builder = Gazetteer::builder();
    builder.add_toml("ours.toml", text);
    builder
}

/// What the loader says, as `line severity: reason`.
fn said(problems: &[Problem]) -> Vec<String> {
    let severity = |problem: &Problem| if problem.severity == Severity::Conflict { "conflict" } else { "mistake" };
    problems.iter().map(|problem| format!("{} {}: {}", problem.line, severity(problem), problem.reason)).collect()
}

#[test]
fn an_entry_adds_overrides_replaces_and_removes() -> Result<()> {
    let ours = toml(
        r#"
block = ["Georgia Street"]

[[actor]]
id = "MARSHALL"
kind = "organisation"
name = "German Windmill Fund"
names = ["German Windmill Fund"]
acronyms = ["GWF"]

[[actor]]
id = "GBR"
names = ["the Lion"]
drop = ["Downing Street"]

[[actor]]
id = "CRM"
parent = "RUS"

[[actor]]
id = "NATO"
action = "replace"
kind = "organisation"
name = "Atlantic alliance"
names = ["Atlantic alliance"]

[[actor]]
id = "WAGNER"
action = "remove"
"#,
    );
    assert_eq!(said(&ours.check()), [""; 0]);
    let ours = ours.build()?;
    let text = "The German Windmill Fund (GWF) asked the Lion about NATO, the Atlantic alliance and the Wagner Group. \
                Downing Street kept silent on Georgia Street.";
    assert_eq!(
        mentions(ours.clone(), text)?,
        [
            "MARSHALL name German Windmill Fund",
            "MARSHALL acronym GWF",
            "GBR name the Lion",
            "NATO name Atlantic alliance",
        ]
    );
    let crimea = ours.actor("CRM").map(|actor| actor.path().to_string());
    assert_eq!(crimea.as_deref(), Some("/state/RUS/CRM"));
    assert!(ours.actor("WAGNER").is_none());
    assert_ne!(ours.fingerprint(), Gazetteer::built_in().fingerprint());
    Ok(())
}

#[test]
fn a_name_goes_to_the_later_file_and_the_conflict_is_told() -> Result<()> {
    let mut ours = toml("[[actor]]\nid = \"TWN\"\nnames = [\"China\"]\n");
    ours.add_json_lines("more.jsonl", "{\"id\": \"HKG\", \"names\": [\"China\"]}\n");
    let problems = ours.check();
    assert_eq!(
        said(&problems),
        ["1 conflict: name \"China\" is also a name of CHN", "1 conflict: name \"China\" is also a name of CHN, TWN"]
    );
    assert_eq!(problems[1].file, "more.jsonl");
    assert_eq!(mentions(ours.build()?, "China agreed.")?, ["HKG name China"]);
    Ok(())
}

#[test]
fn every_mistake_is_told_with_its_line_and_the_rest_is_read() {
    let ours = toml(
        r#"
[[actor]]
id = "NEW"
names = ["New Actor"]

[[actor]]
id = "RUS"
kind = "planet"

[[actor]]
id = "has space"

[[actor]]
id = "CHN"
parent = "ATLANTIS"

[[actor]]
id = "NOBODY"
action = "remove"

[[actor]]
id = "FRA"
names = ["France [whenever]", "x"]

[[actor]]
id = "DEU"
drop = ["Teutonia"]

[[actor]]
id = "POL"
nicknames = ["Polska"]

[[actor]]
id = "someone"
kind = "person"
offices = [{ at = "ATLANTIS", role = "head_of_state", years = "2000-2001" }]

[[actor]]
id = "fine"
kind = "person"
name = "Fine Person"
names = ["Fine Person"]
"#,
    );
    let problems = ours.check();
    let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [2, 6, 10, 13, 17, 21, 25, 29, 33], "{:#?}", said(&problems));
    for (problem, reason) in problems.iter().zip([
        "expected a kind",
        "\"planet\": expected state",
        "\"has space\": expected ASCII",
        "\"ATLANTIS\" is not known",
        "\"NOBODY\" to be removed is not known",
        "mark [whenever]",
        "\"Teutonia\" to be dropped",
        "unknown field `nicknames`",
        "office at \"ATLANTIS\"",
    ]) {
        assert_eq!(problem.severity, Severity::Mistake);
        assert!(problem.reason.contains(reason), "{}: {reason}", problem.reason);
    }
    let error = ours.build().map(|_| ()).expect_err("a mistake");
    assert!(error.is_input() && error.to_string().contains("8 more"), "{error}");
}

#[test]
fn broken_files_are_told_by_line() {
    let broken = toml("[[actor]]\nid = \"X\"\nnames = [\n");
    assert_eq!(broken.check().len(), 1);
    let mut lines = Gazetteer::builder();
    lines.add_json_lines("ours.jsonl", "{\"id\": \"RUS\"}\n\n{\"id\": }\n{\"id\": 3}\n");
    let problems = lines.check();
    assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [3, 4], "{problems:?}");
    assert!(lines.build().is_err_and(|error: Error| error.to_string().contains("ours.jsonl")));
}

#[test]
fn a_gazetteer_of_ones_own_alone() -> Result<()> {
    let mut builder = Gazetteer::builder();
    builder
        .built_in(false)
        .add_json_lines("ours.jsonl", r#"{"id": "ACME", "kind": "organisation", "name": "Acme", "names": ["Acme"]}"#);
    assert_eq!(mentions(builder.build()?, "Acme sued Russia.")?, ["ACME name Acme"]);
    assert_eq!(mentions(Gazetteer::empty(), "Russia sued China.")?, [""; 0]);
    Ok(())
}

#[test]
fn inflected_polish_names_are_listed() -> Result<()> {
    let ours = toml(
        r#"
[[actor]]
id = "RUS"
names = ["Rosja", "Rosji", "Rosję", "Rosją"]
demonyms = ["rosyjski", "rosyjskiego", "rosyjskie", "Rosjanie"]
capitals = ["Moskwa"]

[[actor]]
id = "NATO"
references = ["Sojusz", "Sojuszu"]

[[actor]]
id = "DEU"
names = ["Niemcy", "Niemiec", "Niemcom"]
"#,
    )
    .build()?;
    assert_eq!(
        mentions(ours, "Polityka Rosji wobec Niemiec: rosyjskie wojska i NATO. Państwa Sojuszu reagują.")?,
        ["RUS name Rosji", "DEU name Niemiec", "RUS demonym rosyjskie", "NATO acronym NATO", "NATO reference Sojuszu"]
    );
    Ok(())
}

#[test]
fn russian_and_chinese_names_work() -> Result<()> {
    let ours = toml(
        r#"
[[actor]]
id = "USA"
names = ["США", "Соединённые Штаты", "美国"]

[[actor]]
id = "CHN"
names = ["Китай", "Китая", "Китаем", "中国"]

[[actor]]
id = "vladimir-putin"
names = ["Владимир Путин", "普京"]
surnames = ["Путин", "Путина"]

[[actor]]
id = "NATO"
names = ["北约"]
acronyms = ["НАТО"]
"#,
    )
    .build()?;
    assert_eq!(
        mentions(ours.clone(), "Владимир Путин заявил, что США и НАТО окружают Китай. У Путина нет ответа Китаю.")?,
        [
            "vladimir-putin name Владимир Путин",
            "USA name США",
            "NATO acronym НАТО",
            "CHN name Китай",
            "vladimir-putin surname Путина",
        ]
    );
    assert_eq!(
        mentions(ours, "普京说美国和北约包围了中国。")?,
        ["vladimir-putin name 普京", "USA name 美国", "NATO name 北约", "CHN name 中国"]
    );
    Ok(())
}

#[test]
fn an_office_of_ones_own_has_a_holder_by_the_day() -> Result<()> {
    let ours = toml(
        r#"
[[actor]]
id = "first-person"
kind = "person"
name = "First Person"
names = ["First Person"]
offices = [{ at = "KIR", role = "head_of_state", years = "2030-01-01..2031-05-31" }]

[[actor]]
id = "second-person"
kind = "person"
name = "Second Person"
names = ["Second Person"]
offices = [{ at = "KIR", role = "head_of_state", years = "2031-06-01.." }]
"#,
    )
    .build()?;
    for (date, holder) in [("2031-05-30", "first-person"), ("2031-06", "second-person"), ("2035", "second-person")] {
        let date: Date = date.parse()?;
        let decisions = Annotator::builder()
            .gazetteer(ours.clone())
            .build()
            .explain("The president of Kiribati spoke.", Some(date));
        let ids: Vec<&str> = decisions.iter().filter_map(|decision| decision.actor.as_deref()).collect();
        assert_eq!(ids, [holder, "KIR"], "{date}");
    }
    Ok(())
}

#[test]
fn no_actor_stands_below_itself() {
    let ours = toml(
        r#"
[[actor]]
id = "ONE"
kind = "organisation"
names = ["Onedra"]

[[actor]]
id = "TWO"
kind = "organisation"
parent = "ONE"
names = ["Twodra"]

[[actor]]
id = "ONE"
parent = "TWO"

[[actor]]
id = "TWO"
parent = "TWO"
"#,
    );
    assert_eq!(
        said(&ours.check()),
        [
            "13 mistake: parent \"TWO\" is \"ONE\" itself or below it",
            "17 mistake: parent \"TWO\" is \"TWO\" itself or below it"
        ]
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_file() -> Result<()> {
    let mut ours = Gazetteer::builder();
    ours.add_json_lines("ours.jsonl", "\u{feff}{\"id\": \"ONE\", \"kind\": \"organisation\", \"names\": [\"Onedra\"]}");
    ours.add_toml("ours.toml", "\u{feff}[[actor]]\nid = \"TWO\"\nkind = \"organisation\"\nnames = [\"Twodra\"]\n");
    assert_eq!(said(&ours.check()), [""; 0]);
    assert_eq!(mentions(ours.build()?, "Onedra met Twodra.")?, ["ONE name Onedra", "TWO name Twodra"]);
    let mut topics = demarche::Taxonomy::builder();
    topics.add_json_lines("ours.jsonl", "\u{feff}{\"path\": \"/topic/one\", \"cues\": [\"onedra\"]}");
    topics.add_toml("ours.toml", "\u{feff}[[topic]]\npath = \"/topic/two\"\ncues = [\"twodra\"]\n");
    assert!(topics.check().is_empty(), "{:?}", topics.check());
    Ok(())
}
