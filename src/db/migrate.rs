//! Brings the tables up to date: twin migrations, one folder per engine, only ever added to.

use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, SqliteConnection, SqlitePool};

use super::DbError;
use crate::primitives::Clock;

/// A replica that is started anew in the middle of an update finds tables newer than itself, and goes on: each
/// migration leaves what the version before it needs.
fn lenient(mut migrations: Migrator) -> Migrator {
    migrations.set_ignore_missing(true);
    migrations
}

fn for_sqlite() -> Migrator {
    lenient(sqlx::migrate!("migrations/sqlite"))
}

fn for_postgres() -> Migrator {
    lenient(sqlx::migrate!("migrations/postgres"))
}

/// How long a replica waits for one that began before it, and for itself.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long a change waits for a table, and how soon it is tried again.
const BRIEF: &str = "2s";
const AGAIN: Duration = Duration::from_secs(1);

pub(super) async fn sqlite(writer: &SqlitePool) -> Result<(), DbError> {
    Ok(for_sqlite().run(writer).await?)
}

/// Under an advisory lock, so that replicas take turns.
pub(super) async fn postgres(options: &PgConnectOptions) -> Result<(), DbError> {
    // Who waits for a table holds up everybody who comes after: rather try again than stand in the way.
    let options = options.clone().options([("lock_timeout", BRIEF)]);
    let run = async {
        loop {
            let mut connection = options.connect().await?;
            match for_postgres().run(&mut connection).await {
                Err(error) if is_in_the_way(&error) => {
                    tracing::warn!(%error, "somebody else's lock is in the way of a change of the tables; it is tried again");
                    connection.close().await?;
                    Clock::system().sleep(AGAIN).await;
                }
                made => return Ok(made?),
            }
        }
    };
    tokio::time::timeout(PATIENCE, run).await.unwrap_or_else(|_| {
        let slow = "the tables were not brought up to date in time";
        Err(DbError::Engine(sqlx::Error::Io(std::io::Error::other(slow))))
    })
}

/// PostgreSQL's codes for a lock that could not be had in time, and for two who wait for each other.
const IN_THE_WAY: [&str; 2] = ["55P03", "40P01"];

/// Whether somebody else's locks were in the way; nothing of the change stays behind then, as each is one transaction.
fn is_in_the_way(error: &MigrateError) -> bool {
    let (MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error else {
        return false;
    };
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| IN_THE_WAY.contains(&&*code))
}

/// Whether a schema is one that this program has made or can bring up to date.
pub(super) fn knows(schema: i64) -> Result<(), DbError> {
    if for_sqlite().version_exists(schema) { Ok(()) } else { Err(DbError::Newer(schema)) }
}

pub(super) async fn sqlite_connection(connection: &mut SqliteConnection) -> Result<(), DbError> {
    Ok(for_sqlite().run_direct(None, connection, false).await?)
}

/// Brings an idle database to `schema`, or to the newest.
pub(super) async fn postgres_connection(
    connection: &mut PgConnection,
    schema: Option<i64>,
) -> Result<(), DbError> {
    Ok(for_postgres().run_direct(schema, connection, false).await?)
}
