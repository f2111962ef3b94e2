//! SQLite's data as one file: a copy of one moment, made beside the service, and moved into place whole.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection};

use super::{FIGURES, MARK, Origin, SQLITE_FILE, Snapshot, Table, added_up, file_fault, plain};
use crate::db::{DbError, lock, migrate, open, writer};

const TABLES: &str = "SELECT t.name, (SELECT group_concat(c.name, ',') FROM pragma_table_info(t.name) c) \
     FROM sqlite_schema t WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' \
     AND t.name <> '_sqlx_migrations' ORDER BY t.rowid";
const SCHEMA: &str = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";
/// Tables in a file that no migration of ours was ever made in.
const FOREIGN: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND NOT EXISTS \
     (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')";
const STORES_TABLE: &str =
    "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'stores'";
const STORES: &str = "SELECT COUNT(*) FROM stores";

/// The file that an address names.
pub(super) fn path(address: &str) -> Result<PathBuf, DbError> {
    let options = SqliteConnectOptions::from_str(address)
        .map_err(|_| DbError::Address("the SQLite path cannot be read".to_owned()))?;
    Ok(options.get_filename().to_owned())
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(writer::BUSY)
        .disable_statement_logging()
}

pub(super) async fn take(path: &Path, folder: &Path) -> Result<Snapshot, DbError> {
    let target = folder.join(SQLITE_FILE);
    let shown =
        target.to_str().ok_or_else(|| DbError::Address("the path is no text".to_owned()))?;
    let mut connection = options(path).connect().await?;
    // Its own rights are set before a row is in it: the folder lets nobody else in, and so does the file.
    open::private_file(&target).map_err(file_fault(&target))?;
    sqlx::query("VACUUM INTO $1").bind(shown).execute(&mut connection).await?;
    connection.close().await?;
    examine(&target).await
}

pub(super) async fn examine(path: &Path) -> Result<Snapshot, DbError> {
    let mut connection = options(path).read_only(true).connect().await?;
    let said: String =
        sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut connection).await?;
    if said != "ok" {
        return Err(DbError::Row("the copy of the database is damaged".to_owned()));
    }
    let snapshot = read(&mut connection).await?;
    connection.close().await?;
    Ok(snapshot)
}

async fn read(connection: &mut SqliteConnection) -> Result<Snapshot, DbError> {
    let mut tables = Vec::new();
    let named: Vec<(String, String)> = sqlx::query_as(TABLES).fetch_all(&mut *connection).await?;
    for (name, columns) in named {
        let count = AssertSqlSafe(format!("SELECT COUNT(*) FROM \"{}\"", plain(&name)?));
        let rows = sqlx::query_scalar(count).fetch_one(&mut *connection).await?;
        let columns = columns.split(',').map(str::to_owned).collect();
        tables.push(Table { name, columns, rows });
    }
    let schema = sqlx::query_scalar(SCHEMA).fetch_one(&mut *connection).await?;
    let figures = sqlx::query_as(FIGURES.sqlite).fetch_all(&mut *connection).await?;
    Ok(Snapshot { engine: "sqlite".to_owned(), schema, tables, figures: added_up(figures) })
}

/// Nobody works on the file, and there is no store in it.
pub(super) async fn vacant(path: &Path) -> Result<lock::FileLock, DbError> {
    open::make_folder(path)?;
    let lock = lock::FileLock::take(path)?;
    if path.exists() {
        let mut connection = options(path).connect().await?;
        let made: i64 = sqlx::query_scalar(STORES_TABLE).fetch_one(&mut connection).await?;
        let stores: i64 = if made == 0 {
            0
        } else {
            sqlx::query_scalar(STORES).fetch_one(&mut connection).await?
        };
        let foreign: i64 = sqlx::query_scalar(FOREIGN).fetch_one(&mut connection).await?;
        connection.close().await?;
        if foreign > 0 {
            return Err(DbError::Foreign);
        }
        if stores > 0 {
            return Err(DbError::Occupied(stores));
        }
    }
    Ok(lock)
}

/// Everything is made ready beside the place; only the last step puts it there.
pub(super) async fn fill(path: &Path, folder: &Path, origin: &Origin) -> Result<(), DbError> {
    let beside = with_ending(path, ".restoring");
    remove(&beside)?;
    open::private_file(&beside).map_err(file_fault(&beside))?;
    std::fs::copy(folder.join(SQLITE_FILE), &beside).map_err(file_fault(&beside))?;
    let mut connection = options(&beside)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Delete)
        .connect()
        .await?;
    let schema: i64 = sqlx::query_scalar(SCHEMA).fetch_one(&mut connection).await?;
    migrate::knows(schema)?;
    migrate::sqlite_connection(&mut connection).await?;
    sqlx::query(MARK.sqlite)
        .bind(&origin.archive)
        .bind(origin.taken_at)
        .bind(origin.restored_at)
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    let file = std::fs::File::open(&beside).map_err(file_fault(&beside))?;
    file.sync_all().map_err(file_fault(&beside))?;
    // What an empty database left of its log must not be taken for ours.
    remove(path)?;
    std::fs::rename(&beside, path).map_err(file_fault(path))?;
    open::sync_folder(path).map_err(file_fault(path))
}

fn remove(path: &Path) -> Result<(), DbError> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let path = with_ending(path, ending);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(file_fault(&path)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
