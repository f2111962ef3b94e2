//! SQLite's one writer, and the two lines in which one waits for it.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::DbError;

/// How long one waits for his turn, for the connection, or for another process.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// The one connection that writes.
///
/// Whoever works waits for his turn and then for the connection; the door waits for the connection
/// alone. So never more than one of the former stands there before the door.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    pool: SqlitePool,
    turns: Arc<Semaphore>,
}

/// A transaction on SQLite, with the turn in which it was begun.
#[derive(Debug)]
pub struct SqliteTx {
    transaction: Transaction<'static, Sqlite>,
    _turn: Option<OwnedSemaphorePermit>,
}

impl Writer {
    pub(super) fn new(pool: SqlitePool) -> Self {
        Self { pool, turns: Arc::new(Semaphore::new(1)) }
    }

    /// Begins after everybody who waits already.
    pub(super) async fn begin(&self, how: &'static str) -> Result<SqliteTx, DbError> {
        let turn = tokio::time::timeout(BUSY, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let turn = turn.map_err(|_| sqlx::Error::PoolClosed)?;
        let transaction = self.pool.begin_with(how).await?;
        Ok(SqliteTx { transaction, _turn: Some(turn) })
    }

    /// Begins before everybody who waits for a turn.
    pub(super) async fn begin_first(&self, how: &'static str) -> Result<SqliteTx, DbError> {
        Ok(self.pool.begin_with(how).await?.into())
    }

    pub(super) async fn close(&self) {
        self.turns.close();
        self.pool.close().await;
    }
}

impl SqliteTx {
    pub(super) async fn commit(self) -> Result<(), DbError> {
        Ok(self.transaction.commit().await?)
    }
}

impl From<Transaction<'static, Sqlite>> for SqliteTx {
    fn from(transaction: Transaction<'static, Sqlite>) -> Self {
        Self { transaction, _turn: None }
    }
}

impl Deref for SqliteTx {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.transaction
    }
}

impl DerefMut for SqliteTx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use crate::db::{Db, DbError, OpenMode, Tx};
    use crate::primitives::Secret;

    #[tokio::test]
    async fn the_door_waits_for_one_transaction_however_many_wait_for_a_turn() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        let db = Db::open(&Secret::new(url), OpenMode::Server).await.expect("opens");
        let order = Mutex::new(Vec::new());
        let note = async |name: &'static str, tx: Result<Tx, DbError>| {
            order.lock().expect("whole").push(name);
            tx.expect("begins").commit().await.expect("commits");
        };
        let running = db.write().await.expect("begins");
        tokio::join!(
            async { note("first worker", db.write().await).await },
            async { note("second worker", db.write_relaxed().await).await },
            async { note("door", db.write_first().await).await },
            async { drop(running) },
        );
        let order = order.into_inner().expect("whole");
        assert_eq!(order, ["door", "first worker", "second worker"]);
    }
}
