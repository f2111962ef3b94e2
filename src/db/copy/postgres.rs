//! PostgreSQL's data as one file a table, all of one moment, and back into tables that the migrations made.

use std::collections::BTreeSet;
use std::path::Path;
use std::str::FromStr as _;

use futures_util::TryStreamExt as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection};
use tokio::io::AsyncWriteExt as _;

use super::{FIGURES, MARK, Origin, Snapshot, Table, added_up, file_fault, plain};
use crate::db::{DbError, migrate, open};
use crate::primitives::Secret;

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const TABLES: &str = "SELECT CAST(c.table_name AS TEXT), string_agg(c.column_name, ',' ORDER BY c.ordinal_position) \
     FROM information_schema.columns c JOIN information_schema.tables t \
       ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE' \
     WHERE c.table_schema = current_schema() AND c.table_name <> '_sqlx_migrations' \
     GROUP BY c.table_name ORDER BY c.table_name";
const REFERENCES: &str = "SELECT CAST(t.relname AS TEXT), CAST(o.relname AS TEXT) FROM pg_constraint k \
     JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class o ON o.oid = k.confrelid \
     JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema() \
     WHERE k.contype = 'f' AND t.oid <> o.oid";
const NUMBERED: &str = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns \
     WHERE table_schema = current_schema() AND is_identity = 'YES' ORDER BY table_name";
const SCHEMA: &str = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";
const STORES_TABLE: &str = "SELECT to_regclass('stores') IS NOT NULL";
const MIGRATED: &str = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
const HOLD: &str = "LOCK TABLE leases IN EXCLUSIVE MODE";
const STORES: &str = "SELECT COUNT(*) FROM stores";
const REPLICAS: &str = "SELECT COUNT(*) FROM leases WHERE holder = 'replica' \
     AND held_until > CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

async fn connect(address: &Secret<String>) -> Result<PgConnection, DbError> {
    let options = PgConnectOptions::from_str(address.expose())
        .map_err(|_| DbError::Address("the PostgreSQL address cannot be read".to_owned()))?
        .application_name("auto-order backup")
        .disable_statement_logging();
    Ok(options.connect().await?)
}

pub(super) async fn take(address: &Secret<String>, folder: &Path) -> Result<Snapshot, DbError> {
    let mut connection = connect(address).await?;
    connection.execute(BEGIN).await?;
    let mut tables = tables(&mut connection).await?;
    for table in &mut tables {
        table.rows = copy_out(&mut connection, table, folder).await?;
    }
    let snapshot = read(&mut connection, tables).await?;
    connection.execute("COMMIT").await?;
    connection.close().await?;
    Ok(snapshot)
}

/// What is there, counted in one moment.
pub(super) async fn look(address: &Secret<String>) -> Result<Snapshot, DbError> {
    let mut connection = connect(address).await?;
    connection.execute(BEGIN).await?;
    let mut tables = tables(&mut connection).await?;
    for table in &mut tables {
        let count = AssertSqlSafe(format!("SELECT COUNT(*) FROM \"{}\"", table.name));
        table.rows = sqlx::query_scalar(count).fetch_one(&mut connection).await?;
    }
    let snapshot = read(&mut connection, tables).await?;
    connection.close().await?;
    Ok(snapshot)
}

async fn read(connection: &mut PgConnection, tables: Vec<Table>) -> Result<Snapshot, DbError> {
    let schema = sqlx::query_scalar(SCHEMA).fetch_one(&mut *connection).await?;
    let figures = sqlx::query_as(FIGURES.postgres).fetch_all(&mut *connection).await?;
    Ok(Snapshot { engine: "postgres".to_owned(), schema, tables, figures: added_up(figures) })
}

/// Every table, each after those it refers to.
async fn tables(connection: &mut PgConnection) -> Result<Vec<Table>, DbError> {
    let named: Vec<(String, String)> = sqlx::query_as(TABLES).fetch_all(&mut *connection).await?;
    let needs: Vec<(String, String)> =
        sqlx::query_as(REFERENCES).fetch_all(&mut *connection).await?;
    let mut waiting = Vec::new();
    for (name, columns) in named {
        let columns: Vec<String> = columns.split(',').map(str::to_owned).collect();
        plain(&name)?;
        columns.iter().try_for_each(|column| plain(column).map(|_| ()))?;
        waiting.push(Table { name, columns, rows: 0 });
    }
    let mut placed = BTreeSet::new();
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let ready = |table: &Table| {
            needs.iter().all(|(from, to)| *from != table.name || placed.contains(to))
        };
        let (next, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(ready);
        if next.is_empty() {
            return Err(DbError::Row("tables refer to each other in a ring".to_owned()));
        }
        placed.extend(next.iter().map(|table| table.name.clone()));
        ordered.extend(next);
        waiting = later;
    }
    Ok(ordered)
}

fn named_columns(table: &Table) -> String {
    let quoted: Vec<String> = table.columns.iter().map(|column| format!("\"{column}\"")).collect();
    format!("\"{}\" ({})", table.name, quoted.join(", "))
}

/// Writes a table into its file, one line a row; how many rows there were.
async fn copy_out(
    connection: &mut PgConnection,
    table: &Table,
    folder: &Path,
) -> Result<i64, DbError> {
    let path = folder.join(format!("{}.copy", table.name));
    let file = open::private_file(&path).map_err(file_fault(&path))?;
    let mut file = tokio::io::BufWriter::new(tokio::fs::File::from_std(file));
    let statement = format!("COPY {} TO STDOUT", named_columns(table));
    let mut stream = connection.copy_out_raw(&statement).await?;
    let mut rows = 0;
    while let Some(bytes) = stream.try_next().await? {
        rows += lines(&bytes);
        file.write_all(&bytes).await.map_err(file_fault(&path))?;
    }
    file.flush().await.map_err(file_fault(&path))?;
    Ok(rows)
}

fn lines(bytes: &[u8]) -> i64 {
    let pieces = bytes.split(|byte| *byte == b'\n').count();
    i64::try_from(pieces - 1).unwrap_or(i64::MAX)
}

/// Nobody works there, and there is no store.
pub(super) async fn vacant(address: &Secret<String>) -> Result<(), DbError> {
    let mut connection = connect(address).await?;
    let made: bool = sqlx::query_scalar(MIGRATED).fetch_one(&mut connection).await?;
    if made {
        nobody_is_there(&mut connection).await?;
    } else if !tables(&mut connection).await?.is_empty() {
        return Err(DbError::Foreign);
    }
    connection.close().await?;
    Ok(())
}

async fn nobody_is_there(connection: &mut PgConnection) -> Result<(), DbError> {
    if sqlx::query_scalar(STORES_TABLE).fetch_one(&mut *connection).await? {
        let stores: i64 = sqlx::query_scalar(STORES).fetch_one(&mut *connection).await?;
        if stores > 0 {
            return Err(DbError::Occupied(stores));
        }
        let replicas: i64 = sqlx::query_scalar(REPLICAS).fetch_one(&mut *connection).await?;
        if replicas > 0 {
            return Err(DbError::InUse("the database".to_owned()));
        }
    }
    Ok(())
}

/// The tables as they were then, every row and the mark in one transaction, and only then newer migrations.
pub(super) async fn fill(
    address: &Secret<String>,
    snapshot: &Snapshot,
    folder: &Path,
    origin: &Origin,
) -> Result<(), DbError> {
    migrate::knows(snapshot.schema)?;
    let mut connection = connect(address).await?;
    migrate::postgres_connection(&mut connection, Some(snapshot.schema)).await?;
    connection.execute("BEGIN").await?;
    // Whoever begins to work here meanwhile enters his name first: he waits, and finds the mark.
    connection.execute(HOLD).await?;
    nobody_is_there(&mut connection).await?;
    let here = tables(&mut connection).await?;
    for table in &snapshot.tables {
        if !here.iter().any(|known| known.name == table.name) {
            return Err(DbError::Row(format!("the archive has a table too many: {}", table.name)));
        }
    }
    // Without stores there is next to nothing, and what the archive does not name is somebody else's.
    for table in snapshot.tables.iter().rev() {
        let clear = format!("DELETE FROM \"{}\"", plain(&table.name)?);
        connection.execute(AssertSqlSafe(clear)).await?;
    }
    for table in &snapshot.tables {
        copy_in(&mut connection, table, folder).await?;
    }
    let numbered: Vec<(String, String)> =
        sqlx::query_as(NUMBERED).fetch_all(&mut connection).await?;
    for (table, column) in numbered {
        let (table, column) = (plain(&table)?, plain(&column)?);
        let next = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), \
             (SELECT COALESCE(MAX({column}), 0) + 1 FROM \"{table}\"), FALSE)"
        );
        connection.execute(AssertSqlSafe(next)).await?;
    }
    sqlx::query(MARK.postgres)
        .bind(&origin.archive)
        .bind(origin.taken_at)
        .bind(origin.restored_at)
        .execute(&mut connection)
        .await?;
    connection.execute("COMMIT").await?;
    migrate::postgres_connection(&mut connection, None).await?;
    connection.close().await?;
    Ok(())
}

async fn copy_in(
    connection: &mut PgConnection,
    table: &Table,
    folder: &Path,
) -> Result<(), DbError> {
    plain(&table.name)?;
    table.columns.iter().try_for_each(|column| plain(column).map(|_| ()))?;
    let path = folder.join(format!("{}.copy", table.name));
    let file = tokio::fs::File::open(&path).await.map_err(file_fault(&path))?;
    let statement = format!("COPY {} FROM STDIN", named_columns(table));
    let mut into = connection.copy_in_raw(&statement).await?;
    into.read_from(file).await?;
    let rows = into.finish().await?;
    if i64::try_from(rows) != Ok(table.rows) {
        let (name, expected) = (&table.name, table.rows);
        return Err(DbError::Row(format!("{name} took {rows} rows instead of {expected}")));
    }
    Ok(())
}

/// A database or a schema that was made for a trial.
#[derive(Debug)]
pub(super) struct Made {
    address: Secret<String>,
    statement: String,
}

/// What every name of a trial begins with.
const TRIAL: &str = "auto_order_drill_";
const TRIALS: &str = "SELECT CAST(datname AS TEXT), 'DATABASE' FROM pg_database WHERE starts_with(datname::TEXT, $1) \
     UNION ALL SELECT CAST(nspname AS TEXT), 'SCHEMA' FROM pg_namespace WHERE starts_with(nspname::TEXT, $1) LIMIT 100";
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Takes away the trials of processes that were killed, a day later; one that is somebody else's stays.
async fn sweep(connection: &mut PgConnection, now: i64) -> Result<(), DbError> {
    let all: Vec<(String, String)> =
        sqlx::query_as(TRIALS).bind(TRIAL).fetch_all(&mut *connection).await?;
    for (name, kind) in all {
        let begun = name.strip_prefix(TRIAL).and_then(|rest| rest.split('_').next()?.parse().ok());
        if begun.is_some_and(|begun: i64| begun < now - DAY) {
            let rest = if kind == "SCHEMA" { " CASCADE" } else { "" };
            let drop = format!("DROP {kind} IF EXISTS \"{}\"{rest}", plain(&name)?);
            if let Err(error) = connection.execute(AssertSqlSafe(drop)).await {
                tracing::warn!(%error, "the database of an old drill stays behind");
            }
        }
    }
    Ok(())
}

/// Makes an empty database beside the one at `address`; where the role may make none, a schema in it.
pub(super) async fn make(
    address: &Secret<String>,
    name: &str,
) -> Result<(Secret<String>, Made), DbError> {
    let moment = name.split('_').next().and_then(|moment| moment.parse().ok());
    let name = &format!("{TRIAL}{}", plain(name)?);
    let mut connection = connect(address).await?;
    sweep(&mut connection, moment.unwrap_or_default()).await?;
    let database = connection.execute(AssertSqlSafe(format!("CREATE DATABASE \"{name}\""))).await;
    let made = |statement| Made { address: address.clone(), statement };
    let refused = |error: &sqlx::Error| {
        error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref()
            == Some("42501")
    };
    let answer = match database {
        Ok(_) => {
            let url = with_database(address, name);
            (url, made(format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")))
        }
        Err(error) if refused(&error) => {
            connection.execute(AssertSqlSafe(format!("CREATE SCHEMA \"{name}\""))).await?;
            let url = with_schema(address, name);
            (url, made(format!("DROP SCHEMA IF EXISTS \"{name}\" CASCADE")))
        }
        Err(error) => return Err(error.into()),
    };
    connection.close().await?;
    Ok(answer)
}

impl Made {
    pub(super) async fn unmake(self) -> Result<(), DbError> {
        let mut connection = connect(&self.address).await?;
        connection.execute(AssertSqlSafe(self.statement)).await?;
        connection.close().await?;
        Ok(())
    }
}

fn with_database(address: &Secret<String>, name: &str) -> Secret<String> {
    let text = address.expose();
    let (base, query) = text.split_once('?').map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
    let authority = base.find("://").map_or(0, |at| at + 3);
    let end = base[authority..].find('/').map_or(base.len(), |at| authority + at);
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    Secret::new(format!("{}/{name}{query}", &base[..end]))
}

fn with_schema(address: &Secret<String>, name: &str) -> Secret<String> {
    let text = address.expose();
    let joint = if text.contains('?') { '&' } else { '?' };
    Secret::new(format!("{text}{joint}options=-c%20search_path%3D{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_of_the_same_cluster_is_named_by_its_path_alone() {
        for (address, expected) in [
            ("postgres://u:p@host:5432/shop", "postgres://u:p@host:5432/trial"),
            ("postgres://host", "postgres://host/trial"),
            (
                "postgresql://u@host/shop?sslmode=require",
                "postgresql://u@host/trial?sslmode=require",
            ),
        ] {
            let made = with_database(&Secret::new(address.to_owned()), "trial");
            assert_eq!(made.expose(), expected);
        }
    }
}
