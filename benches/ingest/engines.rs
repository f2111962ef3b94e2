//! The engines that are measured, and fresh databases on them.

use std::path::Path;

use bot_auto_order::db::{Db, OpenMode};
use bot_auto_order::primitives::Secret;

/// An engine and how its databases are made.
pub struct Engine {
    pub name: &'static str,
    server: Option<String>,
}

/// SQLite always; PostgreSQL when `TEST_POSTGRES_URL` names a cluster.
#[expect(clippy::disallowed_methods, reason = "whoever measures says where the cluster is")]
pub fn engines() -> Vec<Engine> {
    let mut engines = vec![Engine { name: "sqlite", server: None }];
    match std::env::var("TEST_POSTGRES_URL") {
        Ok(server) => engines.push(Engine { name: "postgres", server: Some(server) }),
        Err(_) => println!("postgres not measured: TEST_POSTGRES_URL names no cluster"),
    }
    engines
}

impl Engine {
    /// A fresh database with tables and nothing in them.
    pub async fn fresh(&self, folder: &Path, name: &str) -> Db {
        let url = match &self.server {
            None => format!("sqlite:{}", folder.join(format!("{name}.db")).display()),
            Some(server) => {
                let server = server.trim_end_matches('/');
                let database = format!("bench_{name}");
                for statement in [
                    format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"),
                    format!("CREATE DATABASE {database}"),
                ] {
                    use sqlx::{Connection as _, Executor as _};
                    let url = format!("{server}/postgres");
                    let mut connection = sqlx::PgConnection::connect(&url).await.expect("connects");
                    connection.execute(sqlx::AssertSqlSafe(statement)).await.expect("obeys");
                }
                format!("{server}/{database}")
            }
        };
        Db::open(&Secret::new(url), OpenMode::Server).await.expect("the database opens")
    }
}
