//! What can go wrong between us and an engine, without the values that were bound.

/// A failed database operation. Its text holds no bound value and no password.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The engine or the connection failed.
    #[error("the database failed: {0}")]
    Engine(#[from] sqlx::Error),
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
