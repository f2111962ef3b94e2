//! The database seam: one SQL text, two engines, and the only place that names them.

mod columns;
mod error;
mod line;
pub mod lease;
mod lock;
mod migrate;
mod upkeep;
mod writer;
mod open;
mod sql;
pub mod copy;

pub use error::DbError;
pub use lease::Lease;
pub use line::{Line, within};
pub use open::{OpenMode, file_of};
pub use sql::{Sql, Statement};
pub use writer::SqliteTx;

use sqlx::SqlitePool;

use crate::primitives::planted::{Bug, planted};

/// An open database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Db(Engine);

#[derive(Debug, Clone)]
enum Engine {
    Sqlite { writer: writer::Writer, readers: SqlitePool, _lock: Option<lock::FileLock> },
    Postgres(line::Lines),
}

/// A transaction on either engine; dropped without [`Tx::commit`] it rolls back.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(SqliteTx),
    /// On PostgreSQL.
    Postgres(Line),
}

/// Where one waits for SQLite's only writer.
#[derive(Debug, Clone, Copy)]
enum Turn {
    First,
    InLine,
}

const SQLITE_DURABLE: &str = "PRAGMA synchronous=FULL; BEGIN IMMEDIATE";
const SQLITE_RELAXED: &str = "PRAGMA synchronous=NORMAL; BEGIN IMMEDIATE";
const POSTGRES_DURABLE: &str = "BEGIN";
const POSTGRES_RELAXED: &str = "BEGIN; SET LOCAL synchronous_commit TO off";
const POSTGRES_READ: &str = "BEGIN READ ONLY";

fn sqlite_durable() -> &'static str {
    if planted(Bug::NormalSync) { SQLITE_RELAXED } else { SQLITE_DURABLE }
}

impl Db {
    /// Begins a transaction that is on the disk when `commit` returns.
    ///
    /// # Errors
    /// [`DbError`] when no connection can be had or the engine refuses.
    pub async fn write(&self) -> Result<Tx, DbError> {
        self.begin(Turn::InLine, sqlite_durable(), POSTGRES_DURABLE).await
    }

    /// As [`Db::write`], before everybody who waits to write: for the door, whose senders wait for the
    /// answer and not for the work.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_first(&self) -> Result<Tx, DbError> {
        self.begin(Turn::First, sqlite_durable(), POSTGRES_DURABLE).await
    }

    /// Begins a transaction that survives a killed process but perhaps not a power cut.
    ///
    /// For claims and other marks whose loss only repeats work; it saves the wait for the disk.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_relaxed(&self) -> Result<Tx, DbError> {
        self.begin(Turn::InLine, SQLITE_RELAXED, POSTGRES_RELAXED).await
    }

    /// As [`Db::write_relaxed`], where the door stands: for who asks whether it can write.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_relaxed_first(&self) -> Result<Tx, DbError> {
        self.begin(Turn::First, SQLITE_RELAXED, POSTGRES_RELAXED).await
    }

    async fn begin(
        &self,
        turn: Turn,
        sqlite: &'static str,
        postgres: &'static str,
    ) -> Result<Tx, DbError> {
        Ok(match (&self.0, turn) {
            (Engine::Sqlite { writer, .. }, Turn::First) => {
                Tx::Sqlite(writer.begin_first(sqlite).await?)
            }
            (Engine::Sqlite { writer, .. }, Turn::InLine) => {
                Tx::Sqlite(writer.begin(sqlite).await?)
            }
            // Everybody has a connection of his own.
            (Engine::Postgres(lines), _) => Tx::Postgres(lines.begin(postgres).await?),
        })
    }

    /// Begins a transaction that only reads and holds nobody up.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn read(&self) -> Result<Tx, DbError> {
        Ok(match &self.0 {
            Engine::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?.into()),
            Engine::Postgres(lines) => Tx::Postgres(lines.begin(POSTGRES_READ).await?),
        })
    }

    /// How many deliveries may be worked on at once: SQLite has one writer.
    #[must_use]
    pub fn parallelism(&self) -> usize {
        match &self.0 {
            Engine::Sqlite { .. } => 1,
            Engine::Postgres(_) => 8,
        }
    }

    /// Whether other processes may work on this database too.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.0, Engine::Postgres(_))
    }

    /// The engine's name, for logs and the health report.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match &self.0 {
            Engine::Sqlite { .. } => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    /// Closes every connection after its work is done.
    pub async fn close(&self) {
        match &self.0 {
            Engine::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Engine::Postgres(lines) => lines.close().await,
        }
    }
}

impl Tx {
    /// Makes the transaction's work last.
    ///
    /// # Errors
    /// [`DbError`] when the engine could not commit; with PostgreSQL the outcome may be unknown.
    pub async fn commit(self) -> Result<(), DbError> {
        crash::before_commit();
        self.commit_unseen().await?;
        crash::after_commit();
        Ok(())
    }

    /// A commit that no fault point counts: it happens by the clock and is of no order.
    async fn commit_unseen(self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(line) => line.commit().await?,
        }
        Ok(())
    }
}

pub mod crash;
