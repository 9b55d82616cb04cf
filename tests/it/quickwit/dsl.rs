//! The part of the Elasticsearch-compatible language that the client may use, evaluated line by line. Anything else
//! is refused, also what a real node accepts but answers wrong.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::node::{Line, StoredIndex};

type Outcome<T> = Result<T, String>;

/// Searches one index.
pub(super) struct Evaluator<'a> {
    index: &'a StoredIndex,
    most_values: Option<(&'static str, usize)>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(index: &'a StoredIndex, most_values: Option<(&'static str, usize)>) -> Evaluator<'a> {
        Evaluator { index, most_values }
    }

    pub(super) fn search(&self, body: &Value) -> Outcome<Value> {
        const KNOWN: [&str; 6] = ["size", "track_total_hits", "query", "sort", "aggs", "search_after"];
        let body = body.as_object().ok_or("a body")?;
        if let Some(unknown) = body.keys().find(|name| !KNOWN.contains(&name.as_str())) {
            return Err(format!("unknown field `{unknown}`"));
        }
        let mut found: Vec<(&Line, f32)> = Vec::new();
        for line in &self.index.lines {
            found.extend(self.score(&body["query"], line)?.map(|score| (line, score)));
        }
        let mut aggregations = Map::new();
        let lines: Vec<&Line> = found.iter().map(|(line, _)| *line).collect();
        if let Some(asked) = body.get("aggs").and_then(Value::as_object) {
            for (name, asked) in asked {
                aggregations.insert(name.clone(), self.terms(asked, &lines)?);
            }
        }
        let total = if body.get("track_total_hits") == Some(&true.into()) { found.len() } else { 0 };
        let hits = self.page(body, found)?;
        Ok(json!({
            "took": 1, "timed_out": false, "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
            "hits": {"total": {"value": total, "relation": "eq"}, "max_score": null, "hits": hits},
            "aggregations": aggregations,
        }))
    }

    fn page(&self, body: &Map<String, Value>, found: Vec<(&Line, f32)>) -> Outcome<Vec<Value>> {
        let size = body.get("size").and_then(Value::as_u64).unwrap_or(10) as usize;
        if size > 10_000 {
            return Err("max value for max_hits is 10_000".to_owned());
        }
        let order = body.get("sort").and_then(Value::as_array).cloned().unwrap_or_default();
        if order.len() > 2 {
            return Err("too many sort fields".to_owned());
        }
        let mut orders = Vec::new();
        for one in &order {
            let (field, how) = only(one)?;
            if field != "_score" && self.index.fields.get(field).is_none_or(|mapping| mapping["type"] != "u64") {
                return Err(format!("cannot sort by {field}"));
            }
            orders.push((field.to_owned(), how["order"] == "desc"));
        }
        let mut keyed: Vec<(Vec<f64>, Vec<Value>, &Line)> = Vec::new();
        for (line, score) in found {
            let shown: Vec<Value> = orders
                .iter()
                .map(|(field, _)| match field.as_str() {
                    "_score" => json!(f64::from(score)),
                    field => line.get(field).cloned().unwrap_or_default(),
                })
                .collect();
            let key = shown.iter().zip(&orders).map(|(shown, (_, falls))| {
                let number = shown.as_f64().unwrap_or_default();
                if *falls { -number } else { number }
            });
            keyed.push((key.collect(), shown, line));
        }
        keyed.sort_by(|(a, ..), (b, ..)| a.partial_cmp(b).expect("numbers"));
        if let Some(after) = body.get("search_after").and_then(Value::as_array) {
            let after = after.iter().zip(&orders).map(|(after, (_, falls))| {
                let number = after.as_f64().unwrap_or_default();
                if *falls { -number } else { number }
            });
            let after: Vec<f64> = after.collect();
            keyed.retain(|(key, ..)| key.partial_cmp(&after) == Some(std::cmp::Ordering::Greater));
        }
        keyed.truncate(size);
        let is_stored = |name: &str| self.index.fields[name]["stored"] != false;
        Ok(keyed
            .into_iter()
            .map(|(_, sort, line)| {
                let source: Line =
                    line.iter().filter(|(name, _)| is_stored(name)).map(|(n, v)| (n.clone(), v.clone())).collect();
                json!({"_index": "index", "_score": null, "_source": source, "sort": sort})
            })
            .collect())
    }

    /// The score of a line; `None` when it does not match.
    fn score(&self, query: &Value, line: &Line) -> Outcome<Option<f32>> {
        let (kind, inner) = only(query)?;
        match kind {
            "match_all" => Ok(Some(1.0)),
            "bool" => self.combined(inner, line),
            "term" => {
                let (field, term) = only(inner)?;
                allow(term, &["value", "boost"])?;
                let value = term["value"].as_str().ok_or("a value")?;
                let boost = term.get("boost").and_then(Value::as_f64).unwrap_or(1.0) as f32;
                self.phrase(field, &[value], boost, line)
            }
            "terms" => {
                let (field, values) = only(inner)?;
                let values = values.as_array().ok_or("a list of values")?;
                let tokens = self.tokens(field, line)?;
                let holds =
                    |value: &Value| value.as_str().is_some_and(|value| tokens.iter().any(|token| token == value));
                Ok(values.iter().any(holds).then_some(1.0))
            }
            "match_phrase" => {
                let (field, phrase) = only(inner)?;
                allow(phrase, &["query"])?;
                let words: Vec<&str> = phrase["query"].as_str().ok_or("a query")?.split_whitespace().collect();
                self.phrase(field, &words, 1.0, line)
            }
            "query_string" => {
                allow(inner, &["query"])?;
                let text = inner["query"].as_str().ok_or("a query")?;
                let (field, phrase) = text.split_once(":\"").ok_or("a field and a quoted phrase")?;
                let (phrase, boost) = phrase.split_once("\"^").ok_or("a boost")?;
                let words: Vec<&str> = phrase.split_whitespace().collect();
                self.phrase(field, &words, boost.parse().map_err(|_| "a number")?, line)
            }
            "prefix" | "wildcard" => {
                let (field, pattern) = only(inner)?;
                allow(pattern, &["value"])?;
                let mut pattern = pattern["value"].as_str().ok_or("a pattern")?.to_owned();
                if kind == "prefix" {
                    pattern.push('*');
                }
                let pattern: Vec<char> = pattern.chars().collect();
                let fits = |token: &String| wildcard(&pattern, &token.chars().collect::<Vec<_>>());
                Ok(self.tokens(field, line)?.iter().any(fits).then_some(1.0))
            }
            "range" => {
                let (field, bounds) = only(inner)?;
                allow(bounds, &["gte", "lte"])?;
                let Some(value) = line.get(field).and_then(Value::as_u64) else { return Ok(None) };
                let inside = bounds.get("gte").and_then(Value::as_u64).is_none_or(|bound| bound <= value)
                    && bounds.get("lte").and_then(Value::as_u64).is_none_or(|bound| value <= bound);
                Ok(inside.then_some(1.0))
            }
            other => Err(format!("unknown variant `{other}`")),
        }
    }

    fn combined(&self, parts: &Value, line: &Line) -> Outcome<Option<f32>> {
        allow(parts, &["must", "should", "must_not", "filter", "minimum_should_match"])?;
        let list = |name: &str| parts.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut sum = 0.0;
        for must in list("must") {
            let Some(score) = self.score(must, line)? else { return Ok(None) };
            sum += score;
        }
        for filter in list("filter") {
            if self.score(filter, line)?.is_none() {
                return Ok(None);
            }
        }
        for must_not in list("must_not") {
            if self.score(must_not, line)?.is_some() {
                return Ok(None);
            }
        }
        let mut matched = 0;
        for should in list("should") {
            if let Some(score) = self.score(should, line)? {
                sum += score;
                matched += 1;
            }
        }
        let only_should = list("must").is_empty() && list("filter").is_empty();
        let by_default = u64::from(only_should && !list("should").is_empty());
        let needed = parts.get("minimum_should_match").and_then(Value::as_u64).unwrap_or(by_default);
        Ok((matched >= needed).then_some(sum))
    }

    /// The BM25 of words next to each other.
    fn phrase(&self, field: &str, words: &[&str], boost: f32, line: &Line) -> Outcome<Option<f32>> {
        let times = |tokens: &[String]| tokens.windows(words.len()).filter(|window| *window == words).count();
        let tokens = self.tokens(field, line)?;
        let frequency = times(&tokens) as f32;
        if frequency == 0.0 {
            return Ok(None);
        }
        let (mut holding, mut length) = (0.0, 0.0);
        for other in &self.index.lines {
            let tokens = self.tokens(field, other)?;
            length += tokens.len() as f32;
            holding += f32::from(u8::from(times(&tokens) > 0));
        }
        let all = self.index.lines.len() as f32;
        let rarity = (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln();
        let norm = 1.2 * (0.25 + 0.75 * tokens.len() as f32 / (length / all));
        Ok(Some(boost * rarity * frequency * 2.2 / (frequency + norm)))
    }

    /// What a field of a line is found by.
    fn tokens(&self, field: &str, line: &Line) -> Outcome<Vec<String>> {
        let mapping = self.index.fields.get(field).ok_or_else(|| format!("field does not exist: {field}"))?;
        if mapping["indexed"] == false {
            return Err(format!("field {field} is not indexed"));
        }
        let values: Vec<&str> = match line.get(field) {
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(value)) => vec![value],
            _ => Vec::new(),
        };
        Ok(match mapping["tokenizer"].as_str() {
            Some("whitespace") => {
                values.iter().flat_map(|text| text.split_ascii_whitespace()).map(str::to_owned).collect()
            }
            // Longer values vanish.
            Some("raw") => values.iter().filter(|value| value.len() <= 255).map(|value| (*value).to_owned()).collect(),
            other => return Err(format!("unknown tokenizer `{other:?}`")),
        })
    }

    fn terms(&self, asked: &Value, lines: &[&Line]) -> Outcome<Value> {
        allow(asked, &["terms", "aggs"])?;
        let terms = asked.get("terms").ok_or("an aggregation of terms")?;
        allow(terms, &["field", "size", "shard_size", "include"])?;
        let field = terms["field"].as_str().ok_or("a field")?;
        if self.index.fields.get(field).is_none_or(|mapping| mapping["fast"] != true) {
            return Err(format!("field {field} is not a fast field"));
        }
        let include = terms.get("include").and_then(Value::as_str);
        let mut values: BTreeMap<String, Vec<&Line>> = BTreeMap::new();
        for &line in lines {
            for token in self.tokens(field, line)? {
                if include.is_none_or(|pattern| is_child(pattern, &token)) {
                    values.entry(token).or_default().push(line);
                }
            }
        }
        let mut values: Vec<(String, Vec<&Line>)> = values.into_iter().collect();
        values.sort_by_key(|(_, lines)| std::cmp::Reverse(lines.len()));
        let size = terms["size"].as_u64().unwrap_or(10) as usize;
        let most = self.most_values.filter(|(prefix, _)| field.starts_with(prefix)).map(|(_, most)| most);
        let size = most.map_or(size, |most| most.min(size));
        let other: usize = values.iter().skip(size).map(|(_, lines)| lines.len()).sum();
        values.truncate(size);
        let mut buckets = Vec::new();
        for (key, lines) in values {
            let mut bucket = json!({"key": key, "doc_count": lines.len()});
            if let Some(inner) = asked.get("aggs").and_then(Value::as_object) {
                for (name, asked) in inner {
                    bucket[name] = self.terms(asked, &lines)?;
                }
            }
            buckets.push(bucket);
        }
        Ok(json!({"buckets": buckets, "sum_other_doc_count": other, "doc_count_error_upper_bound": 0}))
    }
}

/// The one entry of an object.
fn only(value: &Value) -> Outcome<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1).ok_or_else(|| format!("one entry: {value}"))?;
    object.iter().next().map(|(name, value)| (name.as_str(), value)).ok_or_else(|| "one entry".to_owned())
}

fn allow(value: &Value, names: &[&str]) -> Outcome<()> {
    let object = value.as_object().ok_or_else(|| format!("an object: {value}"))?;
    match object.keys().find(|name| !names.contains(&name.as_str())) {
        Some(unknown) => Err(format!("unknown field `{unknown}`")),
        None => Ok(()),
    }
}

/// Whether a value matches an escaped text and one step more, the one regular expression that is used.
fn is_child(pattern: &str, value: &str) -> bool {
    let prefix = pattern.strip_suffix("[^/]+").expect("the children of a node");
    let mut literal = String::new();
    let mut characters = prefix.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => literal.extend(characters.next()),
            '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => panic!("{c} is not escaped"),
            c => literal.push(c),
        }
    }
    value.strip_prefix(literal.as_str()).is_some_and(|step| !step.is_empty() && !step.contains('/'))
}

fn wildcard(pattern: &[char], word: &[char]) -> bool {
    match pattern.split_first() {
        None => word.is_empty(),
        Some(('*', rest)) => (0..=word.len()).any(|taken| wildcard(rest, &word[taken..])),
        Some(('?', rest)) => !word.is_empty() && wildcard(rest, &word[1..]),
        Some((c, rest)) => word.first() == Some(c) && wildcard(rest, &word[1..]),
    }
}
