//! Given a prepared database: made once by the real command line, copied for every death.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Where the data of one shop lives; a PostgreSQL database is dropped by [`Base::remove`].
#[derive(Debug, Clone)]
pub struct Base {
    engine: Engine,
    /// The file, or the database's name.
    place: String,
}

impl Base {
    /// A place where nothing is yet.
    pub async fn empty(engine: Engine, folder: &Path, name: &str) -> Self {
        let base = Self::named(engine, folder, name);
        if engine == Engine::Postgres {
            on_server(&format!("CREATE DATABASE \"{}\"", base.place)).await;
        }
        base
    }

    fn named(engine: Engine, folder: &Path, name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let place = match engine {
            Engine::Sqlite => folder.join(format!("{name}.db")).display().to_string(),
            Engine::Postgres => {
                let (process, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
                format!("crash_{process}_{number}_{name}")
            }
        };
        Self { engine, place }
    }

    /// A copy with everything in it; nobody may be working on the original.
    pub async fn copy(&self, folder: &Path, name: &str) -> Self {
        let copy = Self::named(self.engine, folder, name);
        match self.engine {
            Engine::Sqlite => {
                for tail in ["", "-wal"] {
                    let from = PathBuf::from(format!("{}{tail}", self.place));
                    if from.exists() {
                        std::fs::copy(&from, format!("{}{tail}", copy.place)).expect("copied");
                    }
                }
            }
            Engine::Postgres => {
                let (new, old) = (&copy.place, &self.place);
                on_server(&format!("CREATE DATABASE \"{new}\" TEMPLATE \"{old}\"")).await;
            }
        }
        copy
    }

    /// What `DATABASE_URL` says.
    pub fn url(&self) -> String {
        match self.engine {
            Engine::Sqlite => format!("sqlite:{}", self.place),
            Engine::Postgres => format!("{}/{}", server(), self.place),
        }
    }

    /// One number from the data.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let count = match self.engine {
            Engine::Sqlite => {
                let mut connection = sqlx::SqliteConnection::connect(&self.url()).await.expect(sql);
                sqlx::query_scalar(sql).fetch_one(&mut connection).await
            }
            Engine::Postgres => {
                let mut connection = sqlx::PgConnection::connect(&self.url()).await.expect(sql);
                sqlx::query_scalar(sql).fetch_one(&mut connection).await
            }
        };
        count.expect(sql)
    }

    /// Lets what a dead process held lapse at once. SQLite's only process frees it by itself at
    /// its start; on PostgreSQL another one may hold it, so that there the time has to pass.
    pub async fn leases_lapse(&self) {
        if self.engine == Engine::Sqlite {
            return;
        }
        let mut connection = sqlx::PgConnection::connect(&self.url()).await.expect("connects");
        for table in ["inbox", "outbox"] {
            let lapse = format!("UPDATE {table} SET leased_until = 0 WHERE leased_until > 0");
            connection.execute(AssertSqlSafe(lapse)).await.expect("lapses");
        }
    }

    pub async fn remove(self) {
        if self.engine == Engine::Postgres {
            on_server(&format!("DROP DATABASE \"{}\" WITH (FORCE)", self.place)).await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the test script says where its cluster is")]
fn server() -> String {
    std::env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL is not set: ./scripts/test starts a cluster and sets it")
        .trim_end_matches('/')
        .to_owned()
}

async fn on_server(statement: &str) {
    let url = format!("{}/postgres", server());
    let mut connection = sqlx::PgConnection::connect(&url).await.expect("the cluster answers");
    connection.execute(AssertSqlSafe(statement.to_owned())).await.expect("the cluster obeys");
    connection.close().await.expect("the connection ends");
}
