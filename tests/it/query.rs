//! The query language: golden cases, round trips, hostile input.

use demarche::{Clause, DateRange, Dimension, Distance, Field, Filter, Form, Given, Operator, ParagraphKind, Query};
use proptest::prelude::*;

fn diagnostics(query: &Query) -> Vec<String> {
    let line = |diagnostic: &demarche::Diagnostic| {
        let span = diagnostic.span();
        let suggestion = diagnostic.suggestion().map(|text| format!(" => {text}")).unwrap_or_default();
        format!("{}..{} {}{suggestion}", span.start, span.end, diagnostic.message())
    };
    query.diagnostics().iter().map(line).collect()
}

#[test]
fn golden_cases() {
    let cases = include_str!("../data/query/cases.txt");
    let mut count = 0;
    for block in cases.split("\n\n") {
        let lines = |mark| block.lines().filter_map(move |line| line.strip_prefix(mark)).map(|line: &str| line.trim());
        let Some(text) = lines('>').next() else { continue };
        let text = text.replace("\\n", "\n").replace("\\t", "\t");
        let query = Query::new(&text);
        assert_eq!(Some(query.to_string().as_str()), lines('=').next(), "{text}");
        assert_eq!(diagnostics(&query), lines('!').collect::<Vec<_>>(), "{text}");
        assert_eq!(Query::new(&query.to_string()), query, "{text}");
        count += 1;
    }
    assert!(count > 60, "{count} cases");
}

#[test]
fn the_default_operator_is_a_choice() {
    assert_eq!(Query::with_operator("a b OR c -d actor:x", Operator::All).to_string(), "+a +(b c) -d actor:x");
}

#[test]
fn built_and_parsed_queries_are_the_same() {
    let built = Query::from(Clause::any_of([
        Clause::word("sanctions"),
        Clause::Near {
            operands: vec![
                Clause::Filter(Filter::Facet { dimension: Dimension::Actor, value: Given::new("china") }),
                Clause::phrase("gas exports"),
            ],
            distance: Distance::Sentence,
            ordered: false,
        },
    ]))
    .within(Dimension::Topic, "/topic/energy");
    assert_eq!(built, Query::new("sanctions NEAR/s(actor:china \"gas exports\") topic:/topic/energy"));
}

#[test]
fn hostile_queries_end_and_say_so() {
    let many = "word ".repeat(100_000);
    assert_eq!(diagnostics(&Query::new(&many)), ["5120..500000 the query is too long, the rest was left out"]);
    for hostile in [
        "(".repeat(1 << 20),
        ")".repeat(1 << 20),
        "-(".repeat(1 << 19),
        "NOT ".repeat(1 << 18),
        "\"".repeat(1 << 20),
        "title:".repeat(1 << 17),
        "title:+".repeat(1 << 17),
        "title:(".repeat(1 << 17),
        "NEAR/5(".repeat(1 << 17),
        "a AND ".repeat(1 << 17),
        "a OR ".repeat(1 << 17),
        "\\".repeat(1 << 20),
        "^1".repeat(1 << 19),
        "a^1".repeat(1 << 18),
        "~".repeat(1 << 20),
        "*".repeat(1 << 20),
        "x?".repeat(1 << 19),
        "+-".repeat(1 << 19),
        "北".repeat(1 << 18),
        "a".repeat(1 << 20),
        "a.".repeat(1 << 19),
        "a-".repeat(1 << 19) + "*",
        "((a b) ".repeat(1 << 16),
    ] {
        let query = Query::new(&hostile);
        let printed = query.to_string();
        assert_eq!(Query::new(&printed), query, "{}", &hostile[..20.min(hostile.len())]);
    }
}

#[test]
fn escaped_text_is_words() {
    let text = "actor:china -only \"x\" (y) NEAR/5 AND z* w~1 v^2 a?b";
    let query = Query::new(&Query::escape(text));
    assert!(query.diagnostics().is_empty() && query.filters().is_empty());
    let Clause::Bool { must, should, must_not } = query.clause() else { panic!("{query}") };
    assert!(must.is_empty() && must_not.is_empty());
    let words: Vec<&str> = should
        .iter()
        .map(|clause| match clause {
            Clause::Word { text, form: Form::Word, field: Field::Any } => text.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(words.join(" "), text);
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,6}",
        "[a-zA-Zé ()\"”:*?~^+\\-\\\\./’']{0,8}",
        "(AND|OR|NOT|NEAR|NEAR/5|actor|北约|U\\.S\\.|cease-fire|\\*|wom\\?n|a\\*b\\*)",
        any::<String>(),
    ]
}

fn field() -> impl Strategy<Value = Field> {
    prop_oneof![3 => Just(Field::Any), 1 => Just(Field::Title), 1 => Just(Field::Heading), 1 => Just(Field::Body)]
}

fn filter() -> impl Strategy<Value = Filter> {
    let date = prop_oneof![Just("2022"), Just("2021-03"), Just("1999-12-31")].prop_map(|date| date.parse().ok());
    prop_oneof![
        (0usize..4, text()).prop_map(|(dimension, value)| Filter::Facet {
            dimension: [Dimension::Actor, Dimension::Topic, Dimension::Author, Dimension::MentionKind][dimension],
            value: Given::new(value)
        }),
        text().prop_map(|id| Filter::Document(Given::new(id))),
        (proptest::option::of(date.clone()), proptest::option::of(date)).prop_map(|(from, to)| {
            let (from, to): (Option<demarche::Date>, Option<demarche::Date>) = (from.flatten(), to.flatten());
            let swapped = matches!((from, to), (Some(from), Some(to)) if from.first_day() > to.last_day());
            Filter::Date(if swapped { DateRange { from: to, to: from } } else { DateRange { from, to } })
        }),
        (0usize..5).prop_map(|kind| Filter::Kind(ParagraphKind::ALL[kind])),
    ]
}

fn clause() -> impl Strategy<Value = Clause> {
    let form = prop_oneof![
        Just(Form::Word),
        Just(Form::Exact),
        Just(Form::Prefix),
        (0u8..4).prop_map(Form::Fuzzy),
        Just(Form::Wildcard)
    ];
    let leaf = prop_oneof![
        1 => Just(Clause::All),
        6 => (field(), text(), form).prop_map(|(field, text, form)| Clause::Word { field, text, form }),
        3 => (field(), "[a-z \"\\\\]{0,9}", 0u32..4).prop_map(|(field, text, slop)| Clause::Phrase { field, text, slop }),
        2 => filter().prop_map(Clause::Filter),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let list = || proptest::collection::vec(inner.clone(), 0..3);
        let distance = prop_oneof![(0u32..9).prop_map(Distance::Words), Just(Distance::Sentence)];
        prop_oneof![
            (list(), list(), list()).prop_map(|(must, should, must_not)| Clause::Bool { must, should, must_not }),
            (proptest::collection::vec(inner.clone(), 0..4), distance, any::<bool>())
                .prop_map(|(operands, distance, ordered)| Clause::Near { operands, distance, ordered }),
            (inner, -1.0f32..2000.0).prop_map(|(clause, factor)| Clause::Boost { clause: Box::new(clause), factor }),
        ]
    })
}

#[test]
fn numbers_of_json_keep_to_the_bounds_of_the_language() {
    for (json, expected) in [
        (
            r#"{"clause": {"boost": {"clause": {"word": {"field": "any", "text": "gas", "form": "word"}}, "factor": -5}}}"#,
            "gas",
        ),
        (
            r#"{"clause": {"boost": {"clause": {"word": {"field": "any", "text": "gas", "form": "word"}}, "factor": 1e9}}}"#,
            "gas^1000",
        ),
        (r#"{"clause": {"word": {"field": "any", "text": "gas", "form": {"fuzzy": 200}}}}"#, "gas~2"),
        (r#"{"clause": {"phrase": {"field": "any", "text": "gas price", "slop": 4294967295}}}"#, "\"gas price\"~255"),
        (r#"{"clause": {"filter": {"document": "a"}}}"#, "doc:a"),
        (r#"{"clause": "all", "filters": [{"document": ""}, {"date": {}}]}"#, "*"),
        (r#"{"clause": {"bool": {}}}"#, "*"),
    ] {
        let read: Query = serde_json::from_str(json).expect("a query");
        assert_eq!(read.to_string(), expected, "{json}");
    }
}

proptest! {
    #[test]
    fn any_string_is_a_query(text in any::<String>()) {
        let query = Query::new(&text);
        for diagnostic in query.diagnostics() {
            prop_assert!(text.get(diagnostic.span().range()).is_some());
        }
        prop_assert_eq!(Query::new(&query.to_string()), query);
    }

    #[test]
    fn any_syntax_is_a_query(
        text in "((actor|title|date|kind|aktor)?:? ?[+\\-(]?(NOT |NEAR/[0-9s]\\(|ONEAR\\()?[ab\"“*?~^\\\\北é]{0,4}(\\)| AND | OR |\\^2|~[0-9]|\"| )){0,7}",
        all in any::<bool>(),
    ) {
        let query = Query::with_operator(&text, if all { Operator::All } else { Operator::Any });
        for diagnostic in query.diagnostics() {
            prop_assert!(text.get(diagnostic.span().range()).is_some());
        }
        prop_assert_eq!(Query::new(&query.to_string()), query);
    }

    #[test]
    fn a_built_query_round_trips(clause in clause(), filters in proptest::collection::vec(filter(), 0..3)) {
        let query = filters.into_iter().fold(Query::from(clause), Query::filter);
        let printed = query.to_string();
        prop_assert_eq!(&Query::new(&printed), &query, "{}", printed);
        let json = serde_json::to_string(&query)?;
        let read: Query = serde_json::from_str(&json)?;
        prop_assert_eq!(read, query);
    }

    /// JSON need not be in normal form; what is read from it is, as if it had been built.
    #[test]
    fn a_query_of_any_json_is_one_that_could_be_typed(
        clause in clause(),
        filters in proptest::collection::vec(filter(), 0..3),
    ) {
        let read: Query = serde_json::from_value(serde_json::json!({"clause": clause, "filters": filters}))?;
        prop_assert_eq!(Query::new(&read.to_string()), read);
    }
}
