//! What can go wrong between us and an engine, without the values that were bound.

/// A failed database operation. Its text holds no bound value and no password.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The engine or the connection failed.
    #[error("the database failed: {0}")]
    Engine(#[source] sqlx::Error),
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
    /// PostgreSQL is set to call a commit done before it is on the disk.
    #[error(
        "synchronous_commit is off: what was acknowledged would be lost with the server; set it to on for this database or role"
    )]
    Forgetful,
    /// Another process holds this file.
    #[error("{0} is in use by another auto-order process; stop that one first")]
    InUse(String),
    /// There are stores already where a backup should go.
    #[error("there are {0} store(s) in the database already; name an empty one by DATABASE_URL")]
    Occupied(i64),
    /// Somebody else's tables are where a backup should go.
    #[error("the database holds tables of another program; name an empty one by DATABASE_URL")]
    Foreign,
    /// A backup of one engine was to be put into another one.
    #[error("the backup is of {0}; let DATABASE_URL name a database of that kind")]
    OtherEngine(String),
    /// The data is of a program that this one does not know yet.
    #[error("the data was made by a newer auto-order (schema {0}); use that one")]
    Newer(i64),
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

/// SQLite's codes for a sync that failed: of a file, and of a folder.
const SQLITE_UNSYNCED: [&str; 2] = ["1034", "1290"];

impl From<sqlx::Error> for DbError {
    /// Ends the process when the disk did not keep what it was given. The system may have thrown away
    /// what it could not write, and would call the next sync a success: only a new start, which reads
    /// the log from the disk, knows again what is there.
    fn from(error: sqlx::Error) -> Self {
        if is_unsynced(&error) {
            tracing::error!(%error, "a commit could not be put on the disk; ending at once");
            std::process::abort();
        }
        Self::Engine(error)
    }
}

fn is_unsynced(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| SQLITE_UNSYNCED.contains(&code.as_ref()))
}

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

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::error::Error;

    use sqlx::error::{DatabaseError, ErrorKind};

    use super::*;

    /// What an engine says, by its code.
    #[derive(Debug, thiserror::Error)]
    #[error("code {0}")]
    struct Said(&'static str);

    impl DatabaseError for Said {
        fn message(&self) -> &str {
            self.0
        }
        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }
        fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
            self
        }
        fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
            self
        }
        fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
            self
        }
        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    fn said(code: &'static str) -> sqlx::Error {
        sqlx::Error::Database(Box::new(Said(code)))
    }

    #[test]
    fn only_a_failed_sync_is_the_end() {
        // SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC.
        assert!(is_unsynced(&said("1034")) && is_unsynced(&said("1290")));
        // SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_BUSY, a constraint, and PostgreSQL's disk_full.
        for code in ["13", "778", "5", "2067", "53100"] {
            assert!(!is_unsynced(&said(code)), "{code}");
        }
    }

    #[test]
    fn a_full_disk_passes_and_a_constraint_does_not() {
        for code in ["13", "778", "4874", "5", "53100"] {
            assert!(DbError::from(said(code)).is_passing(), "{code}");
        }
        for code in ["2067", "23505"] {
            assert!(DbError::from(said(code)).is_about_data(), "{code}");
        }
    }
}
