//! A fresh migrated database on each engine, with a plain connection to look at it.

use bot_auto_order::db::{Db, OpenMode};
use bot_auto_order::primitives::{Secret, random_token};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

/// Both engines after the migrations.
pub struct Engines {
    /// A connection to the SQLite file.
    pub sqlite: SqliteConnection,
    /// A connection to the PostgreSQL database.
    pub postgres: PgConnection,
    cluster: String,
    name: String,
    _folder: tempfile::TempDir,
}

impl Engines {
    /// Makes both databases the way the service does.
    pub async fn fresh() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = format!("sqlite:{}", folder.path().join("house.db").display());
        let cluster = cluster();
        let name = format!("house_{}", random_token().replace('-', "_").to_lowercase());
        let database = format!("{cluster}/{name}");
        let mut admin = admin(&cluster).await;
        run(&mut admin, format!("CREATE DATABASE {name}")).await;
        for address in [&file, &database] {
            let address = Secret::new(address.clone());
            let db = Db::open(&address, OpenMode::Server).await.expect("a fresh database opens");
            db.close().await;
        }
        Self {
            sqlite: SqliteConnection::connect(&file).await.expect("the file opens again"),
            postgres: PgConnection::connect(&database).await.expect("the database opens again"),
            cluster,
            name,
            _folder: folder,
        }
    }

    /// Takes the PostgreSQL database away again.
    pub async fn drop(self) {
        self.postgres.close().await.expect("the connection closes");
        let mut admin = admin(&self.cluster).await;
        run(&mut admin, format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

async fn admin(cluster: &str) -> PgConnection {
    let address = format!("{cluster}/postgres");
    PgConnection::connect(&address).await.expect("TEST_POSTGRES_URL answers")
}

async fn run(connection: &mut PgConnection, sql: String) {
    sqlx::query(AssertSqlSafe(sql)).execute(connection).await.expect("the cluster obeys");
}

/// The address of the private cluster that `./scripts/test` started, without a database.
#[expect(clippy::disallowed_methods, reason = "the test's runner names the cluster")]
fn cluster() -> String {
    let address = std::env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL is not set: ./scripts/test starts a cluster and sets it");
    address.trim_end_matches('/').to_owned()
}
