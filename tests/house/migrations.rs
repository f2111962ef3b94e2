//! The two folders of migrations are twins: what one engine ends with, the other ends with too.

use std::collections::BTreeSet;

use sqlx::{Executor as _, Row as _};

use crate::engines::Engines;
use crate::source::{files, root};

/// One line for each thing that a schema consists of.
type Schema = BTreeSet<String>;

/// Tables, columns, keys, references and named indexes as SQLite tells them; `BOOLEAN` is an integer there.
const SQLITE: &[&str] = &[
    "SELECT 'column ' || t.name || '.' || c.name || ' ' || \
       CASE c.type WHEN 'BOOLEAN' THEN 'INTEGER' WHEN 'BIGINT' THEN 'INTEGER' ELSE c.type END || \
       CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN ' not null' ELSE '' END || \
       CASE WHEN c.dflt_value IS NULL THEN '' ELSE ' default ' || trim(c.dflt_value, '''') END \
     FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'",
    "SELECT 'primary ' || name || ' ' || columns FROM (SELECT t.name, \
       (SELECT group_concat(c.name, ',') FROM (SELECT name FROM pragma_table_info(t.name) \
         WHERE pk > 0 ORDER BY pk) c) AS columns FROM sqlite_schema t WHERE t.type = 'table') \
     WHERE columns IS NOT NULL",
    "SELECT CASE WHEN i.origin = 'u' THEN 'unique ' || t.name ELSE \
         CASE WHEN i.\"unique\" = 1 THEN 'unique index ' ELSE 'index ' END || i.name || ' on ' || t.name || \
         CASE WHEN i.partial = 1 THEN ' partial' ELSE '' END END || ' ' || \
       (SELECT group_concat(coalesce(c.name, 'a sum'), ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) c) \
     FROM sqlite_schema t JOIN pragma_index_list(t.name) i WHERE t.type = 'table' AND i.origin <> 'pk'",
    "SELECT 'reference ' || t.name || '.' || f.\"from\" || ' to ' || f.\"table\" || '.' || f.\"to\" || \
       ' ' || lower(f.on_delete) \
     FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
];

/// The same as PostgreSQL tells them.
const POSTGRES: &[&str] = &[
    "SELECT 'column ' || table_name || '.' || column_name || ' ' || \
       CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'boolean' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB' \
         WHEN 'text' THEN 'TEXT' ELSE data_type END || \
       CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END || \
       CASE WHEN column_default IS NULL THEN '' ELSE ' default ' || \
         regexp_replace(column_default, '^''?([^'']*)''?::.*$', '\\1') END \
     FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT CASE WHEN x.indisprimary THEN 'primary ' || t.relname \
         WHEN k.conname IS NOT NULL THEN 'unique ' || t.relname \
         ELSE CASE WHEN x.indisunique THEN 'unique index ' ELSE 'index ' END || i.relname || ' on ' || t.relname || \
           CASE WHEN x.indpred IS NOT NULL THEN ' partial' ELSE '' END END || ' ' || \
       (SELECT string_agg(coalesce(a.attname, 'a sum'), ',' ORDER BY p.place) \
         FROM unnest(x.indkey) WITH ORDINALITY p (num, place) LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = p.num) \
     FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid \
     JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public' \
     LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.contype = 'u'",
    "SELECT 'reference ' || t.relname || '.' || a.attname || ' to ' || o.relname || '.' || b.attname || ' ' || \
       CASE k.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'r' THEN 'restrict' ELSE 'no action' END \
     FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class o ON o.oid = k.confrelid \
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1] \
     JOIN pg_attribute b ON b.attrelid = o.oid AND b.attnum = k.confkey[1] WHERE k.contype = 'f'",
];

#[tokio::test]
async fn both_engines_end_with_the_same_tables() {
    let mut engines = Engines::fresh().await;
    let (mut sqlite, mut postgres) = (Schema::new(), Schema::new());
    for sql in SQLITE {
        let rows = engines.sqlite.fetch_all(*sql).await.expect("SQLite tells its schema");
        sqlite.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    for sql in POSTGRES {
        let rows = engines.postgres.fetch_all(*sql).await.expect("PostgreSQL tells its schema");
        postgres.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    engines.drop().await;
    for schema in [&mut sqlite, &mut postgres] {
        schema
            .retain(|line| !line.contains("_sqlx_migrations") && !line.contains("sqlite_sequence"));
        let kinds = ["column ", "primary ", "unique ", "index ", "reference "];
        let seen = kinds.map(|kind| schema.iter().filter(|line| line.starts_with(kind)).count());
        assert!(seen.iter().all(|count| *count >= 5), "too little was seen: {seen:?}");
    }
    let only = |one: &Schema, other: &Schema| {
        one.difference(other).map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
    };
    assert!(
        sqlite == postgres,
        "only on SQLite:\n{}\nonly on PostgreSQL:\n{}",
        only(&sqlite, &postgres),
        only(&postgres, &sqlite)
    );
}

/// A migration in the words of SQLite, without comments and blanks.
fn in_one_dialect(text: &str) -> String {
    let text = text.lines().map(|line| line.split("--").next().unwrap_or_default());
    let text = text.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
    text.replace("BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "INTEGER PRIMARY KEY")
        .replace(") STRICT;", ");")
        .replace("BIGINT", "INTEGER")
        .replace("BOOLEAN", "INTEGER")
        .replace("BYTEA", "BLOB")
}

#[test]
fn twins_have_the_same_names_and_the_same_checks() {
    let [sqlite, postgres] = ["migrations/sqlite", "migrations/postgres"].map(|folder| {
        let found = files(&root().join(folder), &["sql"]);
        assert!(!found.is_empty(), "{folder} is empty");
        found
    });
    let names = |list: &[std::path::PathBuf]| {
        list.iter().map(|path| path.file_name().map(ToOwned::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(names(&sqlite), names(&postgres), "a migration has no twin");
    for (one, other) in sqlite.iter().zip(&postgres) {
        let [one_text, other_text] =
            [one, other].map(|path| std::fs::read_to_string(path).expect("a migration is text"));
        for table in one_text.split("CREATE TABLE").skip(1) {
            assert!(table.contains(") STRICT;"), "{}: a table is not STRICT", one.display());
        }
        let checks = |text: &str| -> Vec<String> {
            in_one_dialect(text).split("CHECK").skip(1).map(balanced).collect()
        };
        assert_eq!(checks(&one_text), checks(&other_text), "{} checks differently", one.display());
        let partial = |text: &str| -> Vec<String> {
            let text = in_one_dialect(text);
            let indexes = text.split(';').filter(|one| one.contains("INDEX"));
            indexes
                .filter_map(|one| one.split_once("WHERE"))
                .map(|(_, when)| when.to_owned())
                .collect()
        };
        assert_eq!(partial(&one_text), partial(&other_text), "{}: partial indexes", one.display());
    }
}

/// The text up to the bracket that closes the first one.
fn balanced(text: &str) -> String {
    let mut depth = 0;
    for (at, one) in text.char_indices() {
        match one {
            '(' => depth += 1,
            ')' if depth == 1 => return text[..=at].to_owned(),
            ')' => depth -= 1,
            _ => {}
        }
    }
    text.to_owned()
}
