//! What is done to SQLite's writer between two transactions: a broken one goes, a long log is written back.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection as _, SqliteConnection};

use super::DbError;

/// So many pages of the log are written back at once.
const LONG: i64 = 500;
/// How many transactions share one look at the log's length.
const LOOK_EVERY: u32 = 16;
/// Asks how many pages the log has and how many of them are written back; it moves none.
const LENGTH: &str = "PRAGMA wal_checkpoint(NOOP)";
/// Writes back what no reader still needs, without waiting for anybody.
const WRITE_BACK: &str = "PRAGMA wal_checkpoint(PASSIVE)";

/// Looks after the writer that comes back from a transaction; `false` when it has to go.
pub(super) async fn after(
    writer: &mut SqliteConnection,
    transactions: &AtomicU32,
) -> Result<bool, sqlx::Error> {
    if is_stuck(writer).await? {
        return Ok(false);
    }
    if transactions.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK_EVERY)
        && let Err(error) = shorten_log(writer).await
    {
        // A full disk, or a file that is busy: the next look tries again, and commits tell the rest.
        tracing::warn!(%error, "the log could not be written back");
    }
    Ok(true)
}

/// Whether the connection waits for the end of a transaction that the engine has ended by itself, as
/// it does when a disk is full: no other could ever begin on it.
async fn is_stuck(writer: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if !writer.is_in_transaction() {
        return Ok(false);
    }
    // A rollback may be on its way: what is asked after it is answered after it.
    writer.ping().await?;
    Ok(writer.is_in_transaction())
}

/// Done here and not by the engine's own habit, which keeps it to itself when the disk fails: then
/// committed pages could be missing in the middle of the log, and nobody would know.
async fn shorten_log(writer: &mut SqliteConnection) -> Result<(), DbError> {
    let (_, pages, written): (i64, i64, i64) =
        sqlx::query_as(LENGTH).fetch_one(&mut *writer).await?;
    if pages - written >= LONG {
        sqlx::query(WRITE_BACK).execute(writer).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::db::{Db, OpenMode};
    use crate::execute;
    use crate::primitives::Secret;

    const MEGABYTE: usize = 1 << 20;
    /// The longest log of small transactions: those between two looks come on top of what a look allows.
    const BOUND: usize = 4 * MEGABYTE;

    async fn open(folder: &Path) -> Db {
        let url = format!("sqlite:{}", folder.join("a.db").display());
        let db = Db::open(&Secret::new(url), OpenMode::Server).await.expect("opens");
        let mut tx = db.write().await.expect("begins");
        execute!(&mut tx, crate::sql!("CREATE TABLE big (body BLOB) STRICT")).expect("a table");
        tx.commit().await.expect("commits");
        db
    }

    /// Writes so often so many bytes.
    async fn write(db: &Db, times: usize, bytes: usize) {
        let body = vec![7_u8; bytes];
        for _ in 0..times {
            let mut tx = db.write_relaxed().await.expect("begins");
            execute!(&mut tx, crate::sql!("INSERT INTO big (body) VALUES ($1)"), &body)
                .expect("written");
            tx.commit().await.expect("commits");
        }
    }

    fn log(folder: &Path) -> usize {
        std::fs::metadata(folder.join("a.db-wal")).expect("a log").len().try_into().expect("small")
    }

    #[tokio::test]
    async fn the_log_stays_short_under_constant_load() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = open(folder.path()).await;
        write(&db, 1_500, 4096).await;
        let long = log(folder.path());
        assert!(long < BOUND, "the log has {long} bytes");
        db.close().await;
    }

    #[tokio::test]
    async fn a_long_reader_holds_the_log_only_while_it_reads() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = open(folder.path()).await;
        let mut reader = db.read().await.expect("reads");
        let count = crate::sql!("SELECT COUNT(*) FROM big");
        let (seen,): (i64,) = crate::fetch_one!(&mut reader, (i64,), count).expect("a count");
        write(&db, 90, MEGABYTE).await;
        let held = log(folder.path());
        let (still,): (i64,) = crate::fetch_one!(&mut reader, (i64,), count).expect("a count");
        assert_eq!((seen, still), (0, 0), "a reader sees one moment");
        assert!(held > 80 * MEGABYTE, "the reader held nothing up: {held} bytes");
        reader.commit().await.expect("it has read");
        // The first look writes all of it back, the next transaction begins the log anew.
        write(&db, 40, MEGABYTE).await;
        let after = log(folder.path());
        assert!(after <= 64 * MEGABYTE, "the log still has {after} bytes");
        db.close().await;
    }

    #[tokio::test]
    async fn a_transaction_that_the_engine_ended_holds_up_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = open(folder.path()).await;
        let mut tx = db.write().await.expect("begins");
        // What the engine does by itself when a commit finds the disk full.
        execute!(&mut tx, crate::sql!("ROLLBACK")).expect("it is rolled back");
        assert!(tx.commit().await.is_err(), "there is nothing to commit");
        write(&db, 1, MEGABYTE).await;
        db.close().await;
    }
}
