//! SQLite with FTS5, as its documentation shows.

use std::path::Path;

use demarche::Document;
use rusqlite::{Connection, params};

use super::class::{Ask, Class};
use super::engine::{Answer, Engine, Store};

const SCHEMA: &str = "
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE paragraphs (id INTEGER PRIMARY KEY, document TEXT, ordinal INTEGER, text TEXT, context TEXT);
    CREATE VIRTUAL TABLE stems USING fts5(text, context, content = 'paragraphs', content_rowid = 'id',
        tokenize = 'porter unicode61');
    CREATE VIRTUAL TABLE words USING fts5(text, context, content = '', tokenize = 'unicode61');
    CREATE TABLE tags (dimension INTEGER, path TEXT, paragraph INTEGER, PRIMARY KEY (dimension, path, paragraph))
        WITHOUT ROWID;
    BEGIN;
";

/// After all rows are in.
const END: &str = "
    COMMIT;
    CREATE INDEX tags_of_paragraph ON tags (paragraph, dimension, path);
    INSERT INTO stems (stems) VALUES ('optimize');
    INSERT INTO words (words) VALUES ('optimize');
    ANALYZE;
";

pub(crate) struct Build {
    connection: Connection,
    next: i64,
}

impl Build {
    pub(crate) fn new(directory: &Path) -> Build {
        std::fs::create_dir_all(directory).expect("a directory");
        let connection = Connection::open(directory.join("paragraphs.db")).expect("a new database");
        connection.execute_batch(SCHEMA).expect("a schema");
        Build { connection, next: 1 }
    }
}

impl Store for Build {
    fn add(&mut self, document: &Document) {
        let prepare = |sql| self.connection.prepare_cached(sql).expect("a statement");
        let mut row = prepare("INSERT INTO paragraphs VALUES (?, ?, ?, ?, ?)");
        let mut stems = prepare("INSERT INTO stems (rowid, text, context) VALUES (?, ?, ?)");
        let mut words = prepare("INSERT INTO words (rowid, text, context) VALUES (?, ?, ?)");
        let mut tag = prepare("INSERT OR IGNORE INTO tags VALUES (?, ?, ?)");
        for paragraph in &document.paragraphs {
            let title = document.title.as_deref().filter(|_| paragraph.ordinal == 1);
            let context: Vec<&str> = title.into_iter().chain(document.heading_path(paragraph)).collect();
            let (id, text, context) = (self.next, &paragraph.text, context.join("\n"));
            row.execute(params![id, document.id, paragraph.ordinal, text, context]).expect("a row");
            stems.execute(params![id, text, context]).expect("stems");
            words.execute(params![id, text, context]).expect("words");
            // A paragraph is at its path and at all above it.
            let actors = paragraph.actors.iter().map(|tag| (0, &tag.path));
            for (dimension, path) in actors.chain(paragraph.topics.iter().map(|tag| (1, &tag.path))) {
                for path in std::iter::once(path.as_str()).chain(path.ancestors()) {
                    tag.execute(params![dimension, path, id]).expect("a tag");
                }
            }
            self.next += 1;
        }
    }

    fn finish(self: Box<Self>) {
        self.connection.execute_batch(END).expect("an end");
    }
}

pub(crate) struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    pub(crate) fn open(directory: &Path) -> Sqlite {
        let connection = Connection::open(directory.join("paragraphs.db")).expect("the database that was built");
        connection.execute_batch("PRAGMA mmap_size = 4000000000; PRAGMA cache_size = -64000;").expect("settings");
        Sqlite { connection }
    }
}

impl Engine for Sqlite {
    fn name(&self) -> &'static str {
        "sqlite fts5"
    }

    /// It takes a hundred times as long, and its times vary less.
    fn rests(&self) -> usize {
        4
    }

    fn answer(&self, class: Class, ask: &Ask) -> Answer {
        let mut answer = Answer::default();
        let table = if class.is_phrase() { "words" } else { "stems" };
        let text = match class {
            _ if class.is_phrase() => format!("\"{}\"", ask.words.join(" ")),
            _ if class.is_and() => ask.words.join(" AND "),
            _ => ask.words.join(" OR "),
        };
        let mut filters = String::new();
        for (dimension, path) in [(0, &ask.actor), (1, &ask.topic)] {
            if let Some(path) = path {
                // The plus keeps it from asking the words anew for every paragraph of the path.
                filters += &format!(
                    " AND +{table}.rowid IN (SELECT paragraph FROM tags WHERE dimension = {dimension} AND path = '{path}')"
                );
            }
        }
        let found = format!("FROM {table} WHERE {table} MATCH ?1{filters}");
        let prepare = |sql: &str| self.connection.prepare_cached(sql).expect("a statement");
        if class == Class::Everything {
            let one = |row: &rusqlite::Row<'_>| row.get(0);
            let total: i64 = prepare("SELECT count(*) FROM paragraphs").query_row([], one).expect("a count");
            answer.total = total as u64;
        } else {
            let mut best = prepare(&format!("SELECT rowid {found} ORDER BY rank LIMIT 10"));
            let best: Vec<i64> =
                best.query_map([&text], |row| row.get(0)).expect("rows").map(|row| row.expect("a row")).collect();
            answer.ranked = best.len();
            if class.fetches() {
                let mut text = prepare("SELECT text FROM paragraphs WHERE id = ?1");
                for id in best {
                    answer.bytes += text.query_row([id], |row| Ok(row.get_ref(0)?.as_str()?.len())).expect("a text");
                }
            }
            let mut count = prepare(&format!("SELECT count(*) {found}"));
            let total: i64 = count.query_row([&text], |row| row.get(0)).expect("a count");
            answer.total = total as u64;
        }
        if class.counts_facets() {
            let counted = match class {
                Class::Everything => "SELECT dimension, path, count(*) FROM tags GROUP BY dimension, path".to_owned(),
                _ => format!(
                    "SELECT dimension, path, count(*) FROM tags WHERE paragraph IN (SELECT rowid {found}) \
                     GROUP BY dimension, path"
                ),
            };
            let mut counted = prepare(&counted);
            let given: &[&dyn rusqlite::ToSql] = if class == Class::Everything { &[] } else { &[&text] };
            let mut rows = counted.query(given).expect("counts");
            while let Some(row) = rows.next().expect("a count") {
                let path: String = row.get(1).expect("a path");
                if path.bytes().filter(|&byte| byte == b'/').count() == 2 {
                    let (dimension, count): (i64, i64) =
                        (row.get(0).expect("a dimension"), row.get(2).expect("a count"));
                    answer.counts[dimension as usize] += count as u64;
                }
            }
        }
        answer
    }
}
