//! What can go wrong between us and an engine, without the values that were bound.

/// A failed database operation. Its text holds no bound value and no password.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The engine or the connection failed.
    #[error("the database failed: {0}")]
    Engine(#[from] sqlx::Error),
    /// No connection could be had, for whatever reason: nothing was asked yet.
    #[error("the database cannot be reached: {0}")]
    Unreachable(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database could not be migrated: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The address is of no known engine or cannot be read.
    #[error("DATABASE_URL must begin with sqlite: or postgres:// ({0})")]
    Address(String),
    /// The bundled SQLite is one that can corrupt a file.
    #[error("SQLite {0} is too old; 3.51.3 or later is needed")]
    SqliteTooOld(String),
    /// Another process holds this file.
    #[error("{0} is in use by another auto-order process; stop that one first")]
    InUse(String),
    /// The file or its folder cannot be used.
    #[error("{path} cannot be used: {source}")]
    File {
        /// The path that failed.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A row holds what the code cannot read.
    #[error("a row cannot be read: {0}")]
    Row(String),
}

/// SQLite's primary codes for trouble that passes: busy, locked, I/O error, full, cannot open.
const SQLITE_PASSING: [i64; 5] = [5, 6, 10, 13, 14];
/// PostgreSQL's classes for trouble that passes: connection, transaction rollback, resources,
/// operator intervention, a lock that could not be had, a transaction that was idle too long, and
/// a prepared statement that is gone.
const POSTGRES_PASSING: [&str; 8] = ["08", "40", "53", "57", "55P03", "25P03", "25P04", "26000"];
/// PostgreSQL's words for a statement that was prepared before its tables changed; it has no code of its own.
const STALE_PLAN: &str = "cached plan must not change result type";

impl DbError {
    /// Whether the same work may succeed later without anyone changing it.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Engine(sqlx::Error::Database(error)) => {
                let code = error.code().unwrap_or_default();
                match code.parse::<i64>() {
                    Ok(number) if code.len() < 5 => SQLITE_PASSING.contains(&(number & 0xff)),
                    _ => {
                        POSTGRES_PASSING.iter().any(|class| code.starts_with(class))
                            || (code == "0A000" && error.message() == STALE_PLAN)
                    }
                }
            }
            Self::Engine(
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::BeginFailed,
            )
            | Self::Unreachable(_) => true,
            _ => false,
        }
    }

    /// Whether the engine refused what it was given, so that other data may pass.
    #[must_use]
    pub fn is_about_data(&self) -> bool {
        matches!(self, Self::Engine(sqlx::Error::Database(_))) && !self.is_passing()
    }
}
