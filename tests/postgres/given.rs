//! Given a database on a cluster of the test's own, reached through a line that can fail.

use std::time::{Duration, Instant};

use bot_auto_order::db::{Db, DbError, OpenMode, Sql, Tx};
use bot_auto_order::primitives::Secret;
use bot_auto_order::{execute, fetch_one, sql};
use sqlx::{Connection as _, PgConnection};

use crate::cluster::Cluster;
use crate::proxy::Proxy;

/// As many connections as the service keeps.
pub const ALL: usize = 16;

const PUT: Sql = sql!(
    "INSERT INTO leases (name, holder, fence, held_until) VALUES ($1, 'test', 1, 0) \
     ON CONFLICT (name) DO UPDATE SET fence = leases.fence + 1"
);
const HOLDER: Sql = sql!("SELECT holder FROM leases WHERE name = $1");
const FENCE: Sql = sql!("SELECT fence FROM leases WHERE name = $1");

pub struct Given {
    pub cluster: Cluster,
    pub proxy: Proxy,
    pub db: Db,
}

impl Given {
    pub async fn a_database() -> Self {
        let cluster = Cluster::start().await;
        let proxy = Proxy::to(cluster.address()).await.expect("loopback has ports");
        let db = open(&cluster.url_of("tester", proxy.address())).await;
        Self { cluster, proxy, db }
    }

    /// A plain connection past the line.
    pub async fn beside(&self) -> PgConnection {
        PgConnection::connect(&self.direct()).await.expect("the cluster answers")
    }

    /// The database's address past the line.
    pub fn direct(&self) -> String {
        format!("{}/postgres", self.cluster.url())
    }

    /// As many transactions as there are connections, each begun.
    pub async fn every_connection(&self) -> Vec<Tx> {
        let mut all = Vec::new();
        for _ in 0..ALL {
            all.push(self.db.write().await.expect("a connection"));
        }
        all
    }

    /// Writes a row and makes it last.
    pub async fn write(&self, name: &str) -> Result<(), DbError> {
        let mut tx = self.db.write().await?;
        put(&mut tx, name).await?;
        tx.commit().await
    }
}

pub async fn open(cluster: &str) -> Db {
    let url = Secret::new(format!("{cluster}/postgres"));
    Db::open(&url, OpenMode::Server).await.expect("the database opens")
}

/// Writes a row, or once more.
pub async fn put(tx: &mut Tx, name: &str) -> Result<u64, DbError> {
    execute!(tx, PUT, name)
}

/// How often a row was written.
pub async fn times(tx: &mut Tx, name: &str) -> Result<i64, DbError> {
    fetch_one!(tx, (i64,), FENCE, name).map(|(fence,)| fence)
}

/// Who wrote a row.
pub async fn holder(tx: &mut Tx, name: &str) -> Result<String, DbError> {
    fetch_one!(tx, (String,), HOLDER, name).map(|(holder,)| holder)
}

/// What came of it, and how long it took.
pub async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let from = Instant::now();
    let done = work.await;
    (done, from.elapsed())
}
