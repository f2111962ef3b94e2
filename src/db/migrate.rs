//! Brings the tables up to date: twin migrations, one folder per engine, only ever added to.

use sqlx::migrate::Migrator;

use super::{DbError, Engine};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Runs what is missing; PostgreSQL under an advisory lock, so that replicas take turns.
pub(super) async fn run(engine: &Engine) -> Result<(), DbError> {
    match engine {
        Engine::Sqlite { writer, .. } => SQLITE.run(writer).await?,
        Engine::Postgres(pool) => POSTGRES.run(pool).await?,
    }
    Ok(())
}
