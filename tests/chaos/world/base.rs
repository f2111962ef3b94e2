//! A database of its own for one trial, read by the oracle's own statements.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bot_auto_order::primitives::Clock;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use crate::trial::Store;

/// Where the data of one shop lives; a PostgreSQL database is dropped by [`Base::remove`].
#[derive(Debug, Clone)]
pub struct Base {
    store: Store,
    /// The file, or the database's name.
    place: String,
    /// The cluster, without the database's name.
    cluster: String,
}

impl Base {
    /// A place where nothing is yet: a file in `folder`, or a database on the test script's cluster.
    pub async fn empty(store: Store, folder: &Path, name: &str) -> Self {
        Self::empty_on(store, folder, name, &cluster(store)).await
    }

    /// As [`Base::empty`], on a cluster of the trial's own.
    pub async fn empty_on(store: Store, folder: &Path, name: &str, cluster: &str) -> Self {
        let place = match store {
            Store::Sqlite => folder.join(format!("{name}.db")).display().to_string(),
            Store::Postgres => format!("chaos_{}_{name}", std::process::id()),
        };
        let base = Self { store, place, cluster: cluster.to_owned() };
        if store == Store::Postgres {
            base.on_server(&format!("CREATE DATABASE \"{}\"", base.place)).await;
        }
        base
    }

    /// What `DATABASE_URL` says.
    pub fn url(&self) -> String {
        match self.store {
            Store::Sqlite => format!("sqlite:{}", self.place),
            Store::Postgres => format!("{}/{}", self.cluster, self.place),
        }
    }

    /// As [`Base::url`], by another address of the same cluster: through a proxy.
    pub fn url_by(&self, cluster: &str) -> String {
        format!("{cluster}/{}", self.place)
    }

    pub const fn store(&self) -> Store {
        self.store
    }

    /// SQLite's file.
    pub fn file(&self) -> PathBuf {
        PathBuf::from(&self.place)
    }

    /// Every row of a statement, each as one JSON object made by the engine:
    /// `SELECT json_object('id', id) FROM …` is written as `rows("orders", "id, state")`.
    pub async fn rows(&self, sql: &str) -> Vec<serde_json::Value> {
        let texts: Vec<String> = match self.store {
            Store::Sqlite => {
                let url = format!("sqlite:{}?mode=ro", self.place);
                let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("opens");
                sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await
            }
            Store::Postgres => {
                let mut connection =
                    sqlx::PgConnection::connect(&self.url()).await.expect("the cluster answers");
                sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await
            }
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
        texts.iter().map(|text| serde_json::from_str(text).expect("JSON")).collect()
    }

    /// Some columns of a table, each row as a JSON object; columns must exist on both engines.
    pub async fn table(&self, table: &str, columns: &[&str]) -> Vec<serde_json::Value> {
        let function = match self.store {
            Store::Sqlite => "json_object",
            Store::Postgres => "json_build_object",
        };
        let pairs: Vec<String> = columns.iter().map(|name| format!("'{name}', {name}")).collect();
        let object = format!("CAST({function}({}) AS TEXT)", pairs.join(", "));
        self.rows(&format!("SELECT {object} FROM {table} ORDER BY 1")).await
    }

    /// One number from the data.
    pub async fn count(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        let count = match self.store {
            Store::Sqlite => {
                let url = format!("sqlite:{}?mode=ro", self.place);
                let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("opens");
                sqlx::query_scalar(sql).fetch_one(&mut connection).await
            }
            Store::Postgres => {
                let mut connection =
                    sqlx::PgConnection::connect(&self.url()).await.expect("the cluster answers");
                sqlx::query_scalar(sql).fetch_one(&mut connection).await
            }
        };
        count.expect("a number")
    }

    /// Holds SQLite's one writer for a while, so that nobody can commit.
    pub async fn hold(&self, time: Duration) {
        let mut connection = sqlx::SqliteConnection::connect(&self.url()).await.expect("opens");
        connection.execute("PRAGMA busy_timeout = 20000").await.expect("waits for its turn");
        connection.execute("BEGIN IMMEDIATE").await.expect("the turn comes");
        Clock::system().sleep(time).await;
        connection.execute("ROLLBACK").await.expect("nothing was changed");
    }

    /// Changes the data by hand: a planted wrong, never a repair.
    pub async fn alter(&self, sql: &str) -> u64 {
        let sql = AssertSqlSafe(sql.to_owned());
        let changed = match self.store {
            Store::Sqlite => {
                let mut connection =
                    sqlx::SqliteConnection::connect(&self.url()).await.expect("opens");
                sqlx::query(sql).execute(&mut connection).await.map(|done| done.rows_affected())
            }
            Store::Postgres => {
                let mut connection =
                    sqlx::PgConnection::connect(&self.url()).await.expect("the cluster answers");
                sqlx::query(sql).execute(&mut connection).await.map(|done| done.rows_affected())
            }
        };
        changed.expect("the statement is ours")
    }

    pub async fn remove(self) {
        if self.store == Store::Postgres {
            self.on_server(&format!("DROP DATABASE \"{}\" WITH (FORCE)", self.place)).await;
        }
    }

    async fn on_server(&self, statement: &str) {
        let url = format!("{}/postgres", self.cluster);
        let mut connection = sqlx::PgConnection::connect(&url).await.expect("the cluster answers");
        let statement = AssertSqlSafe(statement.to_owned());
        connection.execute(statement).await.expect("the cluster obeys");
        connection.close().await.expect("the connection ends");
    }
}

#[expect(clippy::disallowed_methods, reason = "the test script says where its cluster is")]
fn cluster(store: Store) -> String {
    if store == Store::Sqlite {
        return String::new();
    }
    std::env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL is not set: ./scripts/test starts a cluster and sets it")
        .trim_end_matches('/')
        .to_owned()
}
