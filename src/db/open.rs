//! Opens a database by its address, with the settings each engine needs to keep its promises.

use std::fs::{File, OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, SqlitePool};

use super::line::Lines;
use super::writer::{BUSY, Writer};
use super::{Db, DbError, Engine, lock, migrate, upkeep};
use crate::primitives::Secret;

/// Who opens the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// The one server process: locks a SQLite file.
    Server,
    /// A command, perhaps beside a running server: takes no lock.
    Command,
}

const SQLITE_READERS: u32 = 4;
/// How soon the engine finds out that we are unreachable and gives up what we hold: a minute.
const KEEPALIVES: [(&str, &str); 3] = [
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
];
/// A log that one long reader has let grow is cut down to this, in bytes, when it begins anew.
const LONGEST_RESTING_LOG: &str = "67108864";

impl Db {
    /// Opens the database at `url` (`sqlite:path` or `postgres://…`) and brings its tables up to date.
    ///
    /// # Errors
    /// [`DbError`] when the address is wrong, the file is in use, or the engine refuses.
    pub async fn open(url: &Secret<String>, mode: OpenMode) -> Result<Self, DbError> {
        let address = url.expose();
        let engine = if address.starts_with("sqlite:") {
            sqlite(address, mode).await?
        } else if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            postgres(address).await?
        } else {
            return Err(DbError::Address("got something else".to_owned()));
        };
        Ok(Self(engine))
    }
}

/// The file of a SQLite database at `url`; `None` when it lies elsewhere, or in no file.
#[must_use]
pub fn file_of(url: &Secret<String>) -> Option<std::path::PathBuf> {
    let address = url.expose().strip_prefix("sqlite:").map(|_| url.expose())?;
    let options = SqliteConnectOptions::from_str(address).ok()?;
    let path = options.get_filename();
    (!path.as_os_str().is_empty() && path != Path::new(":memory:")).then(|| path.to_owned())
}

async fn sqlite(address: &str, mode: OpenMode) -> Result<Engine, DbError> {
    let options = SqliteConnectOptions::from_str(address)
        .map_err(|_| DbError::Address("the SQLite path cannot be read".to_owned()))?;
    let path = options.get_filename().to_owned();
    make_folder(&path)?;
    let lock = match mode {
        OpenMode::Server => Some(lock::FileLock::take(&path)?),
        OpenMode::Command => None,
    };
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        // We write the log back ourselves (`upkeep`).
        .pragma("wal_autocheckpoint", "0")
        .pragma("journal_size_limit", LONGEST_RESTING_LOG)
        .pragma("temp_store", "MEMORY")
        .statement_cache_capacity(200)
        .disable_statement_logging();
    let transactions = Arc::new(AtomicU32::new(0));
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(BUSY)
        .after_release(move |writer, _| {
            let transactions = Arc::clone(&transactions);
            Box::pin(async move { upkeep::after(writer, &transactions).await })
        })
        .connect_with(options.clone())
        .await?;
    assert_version(&writer).await?;
    migrate::sqlite(&writer).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS)
        // One stays: a writer that has to go must not be the last one, which writes back unwatched.
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(BUSY)
        .connect_lazy_with(options.read_only(true));
    Ok(Engine::Sqlite { writer: Writer::new(writer), readers, _lock: lock })
}

pub(super) fn make_folder(path: &Path) -> Result<(), DbError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(folder)
        .map_err(|source| DbError::File { path: folder.display().to_string(), source })
}

/// A new file, or an old one made empty, that nobody but its owner reads.
pub(super) fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Makes what was moved into a file's folder last.
pub(super) fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// SQLite before 3.51.3 can corrupt a file when two connections write and checkpoint at once.
async fn assert_version(pool: &SqlitePool) -> Result<(), DbError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    let numbers: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    if numbers < vec![3, 51, 3] {
        return Err(DbError::SqliteTooOld(version));
    }
    Ok(())
}

/// The tables are brought up to date on a connection of its own: changing them may take longer than
/// any statement of the shop's.
async fn postgres(address: &str) -> Result<Engine, DbError> {
    let options = PgConnectOptions::from_str(address)
        .map_err(|_| DbError::Address("the PostgreSQL address cannot be read".to_owned()))?
        .application_name("auto-order")
        .options(KEEPALIVES)
        .statement_cache_capacity(200)
        .disable_statement_logging();
    let lines = Lines::open(options.clone()).await?;
    lines.assert_durable().await?;
    migrate::postgres(&options).await?;
    Ok(Engine::Postgres(lines))
}
