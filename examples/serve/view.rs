//! What a page shows, kept in its address: every view is a link.

use demarche::{Cursor, Date, DateRange, Dimension, Filter, Query, Request, Sort};

/// The longest query that is taken from an address, in characters.
const MAX_QUERY: usize = 4_096;
/// The most values of one filter.
const MAX_VALUES: usize = 64;

/// A query with its filters and its place in the results.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct View {
    pub(crate) query: String,
    pub(crate) actors: Vec<String>,
    pub(crate) topics: Vec<String>,
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    pub(crate) sort: Option<Sort>,
    pub(crate) after: Option<Cursor>,
    /// Whether every hit tells how its score comes about.
    pub(crate) explain: bool,
    pub(crate) limit: Option<usize>,
}

impl View {
    /// Reads the part of an address after the `?`. What cannot be used is left out, and said.
    pub(crate) fn read(address: &str) -> (View, Vec<String>) {
        let mut view = View::default();
        let mut problems = Vec::new();
        for (name, value) in form_urlencoded::parse(address.as_bytes()) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            match &*name {
                "q" => {
                    view.query = value.chars().filter(|c| !c.is_control()).take(MAX_QUERY).collect();
                    if value.chars().nth(MAX_QUERY).is_some() {
                        problems.push(format!("the query was cut to {MAX_QUERY} characters"));
                    }
                }
                "actor" => push(&mut view.actors, value, &mut problems),
                "topic" => push(&mut view.topics, value, &mut problems),
                "from" => read_into(&mut view.from, value, &mut problems),
                "to" => read_into(&mut view.to, value, &mut problems),
                "after" => read_into(&mut view.after, value, &mut problems),
                "sort" => match sort_named(value) {
                    Some(sort) => view.sort = Some(sort),
                    None => problems.push(format!("sort {value:?} is not relevance, newest or oldest")),
                },
                "limit" => match value.parse() {
                    Ok(limit) if (1..=100).contains(&limit) => view.limit = Some(limit),
                    _ => problems.push(format!("limit {value:?} is not 1 to 100")),
                },
                "explain" => view.explain = true,
                other => problems.push(format!("parameter {other:?} is not known")),
            }
        }
        (view, problems)
    }

    /// The address that shows this view: the path, and after a `?` what is not the default.
    pub(crate) fn address(&self, path: &str) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        let mut add = |name: &str, value: &str| {
            pairs.append_pair(name, value);
        };
        if !self.query.is_empty() {
            add("q", &self.query);
        }
        self.actors.iter().for_each(|actor| add("actor", actor));
        self.topics.iter().for_each(|topic| add("topic", topic));
        if let Some(from) = self.from {
            add("from", &from.to_string());
        }
        if let Some(to) = self.to {
            add("to", &to.to_string());
        }
        if let Some(sort) = self.sort {
            add("sort", sort_name(sort));
        }
        if let Some(limit) = self.limit {
            add("limit", &limit.to_string());
        }
        if self.explain {
            add("explain", "1");
        }
        if let Some(after) = &self.after {
            add("after", &after.to_string());
        }
        let pairs = pairs.finish();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{pairs}") }
    }

    /// The query with the filters, without what is only about the page.
    pub(crate) fn query(&self) -> Query {
        let mut query = Query::new(&self.query);
        for (dimension, values) in [(Dimension::Actor, &self.actors), (Dimension::Topic, &self.topics)] {
            for value in values {
                query = query.within(dimension, value.as_str());
            }
        }
        if self.from.is_some() || self.to.is_some() {
            query = query.filter(Filter::Date(DateRange { from: self.from, to: self.to }));
        }
        query
    }

    /// The request of a page of results, ten unless the address says otherwise.
    pub(crate) fn request(&self) -> Request {
        let request = Request::new(self.query())
            .limit(self.limit.unwrap_or(10))
            .sort(self.sort.unwrap_or(Sort::Relevance))
            .explain(self.explain);
        match &self.after {
            Some(after) => request.after(after.clone()),
            None => request,
        }
    }

    /// The first page of the view with a path added to, or taken from, a filter.
    pub(crate) fn toggled(&self, dimension: Dimension, path: &str) -> View {
        let mut view = self.first_page();
        let values = if dimension == Dimension::Actor { &mut view.actors } else { &mut view.topics };
        match values.iter().position(|value| value == path) {
            Some(place) => drop(values.remove(place)),
            None => values.push(path.to_owned()),
        }
        view
    }

    /// The values of a filter.
    pub(crate) fn chosen(&self, dimension: Dimension) -> &[String] {
        if dimension == Dimension::Actor { &self.actors } else { &self.topics }
    }

    /// The first page of the view.
    pub(crate) fn first_page(&self) -> View {
        View { after: None, ..self.clone() }
    }
}

fn push(values: &mut Vec<String>, value: &str, problems: &mut Vec<String>) {
    if values.iter().any(|known| known == value) {
        return;
    }
    if values.len() < MAX_VALUES {
        values.push(value.to_owned());
    } else {
        problems.push(format!("only the first {MAX_VALUES} values of a filter are used"));
    }
}

fn read_into<T: std::str::FromStr<Err = demarche::Error>>(
    field: &mut Option<T>,
    value: &str,
    problems: &mut Vec<String>,
) {
    match value.parse() {
        Ok(read) => *field = Some(read),
        Err(error) => problems.push(error.to_string()),
    }
}

/// The orders that a page offers, by their name in an address.
pub(crate) const SORTS: [(&str, Sort); 3] =
    [("relevance", Sort::Relevance), ("newest", Sort::Newest), ("oldest", Sort::Oldest)];

fn sort_named(name: &str) -> Option<Sort> {
    SORTS.iter().find(|(known, _)| *known == name).map(|&(_, sort)| sort)
}

fn sort_name(sort: Sort) -> &'static str {
    SORTS.iter().find(|(_, known)| *known == sort).map_or("relevance", |&(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_its_address() {
        let address =
            "/?q=gas+%22a%26b%22&actor=%2Fstate%2FRUS&actor=CHN&topic=energy&from=2021&to=2022-02&sort=newest";
        let (view, problems) = View::read(&address[2..]);
        assert_eq!(problems, [""; 0]);
        assert_eq!(view.address("/"), address);
        assert_eq!(View::read(&view.address("/")[2..]).0, view);
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        let (view, problems) = View::read("q=gas&from=soon&sort=best&limit=0&after=x&colour=red");
        assert_eq!(view, View { query: "gas".to_owned(), ..View::default() });
        assert_eq!(problems.len(), 5, "{problems:?}");
    }

    #[test]
    fn a_value_toggles() {
        let view = View::default().toggled(Dimension::Actor, "/state/RUS").toggled(Dimension::Topic, "/topic/energy");
        assert_eq!(view.address("/"), "/?actor=%2Fstate%2FRUS&topic=%2Ftopic%2Fenergy");
        assert_eq!(view.toggled(Dimension::Actor, "/state/RUS").actors, [""; 0]);
    }
}
