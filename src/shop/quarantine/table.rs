//! Rows and SQL of restores and drills.

use crate::db::{DbError, Tx};
use crate::primitives::Timestamp;
use crate::{execute, fetch_one, fetch_optional, statements};

/// A restore that is not released yet.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Restore {
    /// The row.
    pub id: i64,
    /// The archive's name.
    pub archive: String,
    /// When its data was taken.
    pub taken_at: Timestamp,
    /// When it was restored.
    pub restored_at: Timestamp,
    /// When what was stale in it was settled.
    pub settled_at: Option<Timestamp>,
}

statements! {
    CURRENT = ("SELECT id, archive, taken_at, restored_at, settled_at FROM restores \
                WHERE released_at IS NULL ORDER BY id DESC LIMIT 1");
    SETTLED = ("UPDATE restores SET settled_at = $2 WHERE id = $1 AND settled_at IS NULL");
    RELEASE = ("UPDATE restores SET released_at = $2, choice = $3 WHERE released_at IS NULL AND id <= $1");
    FREE_NAMES = ("DELETE FROM leases WHERE name <> 'journal-kept'");
    FREE_FACTS = ("UPDATE inbox SET leased_until = 0, holder = NULL WHERE state = 'pending'");
    FREE_PARCELS = ("UPDATE outbox SET leased_until = 0, holder = NULL WHERE state = 'pending'");
    // By the first and the last words of an errand as it is written; inside texts quotes look different.
    DROP_STALE = ("UPDATE outbox SET state = 'dropped', done_at = $1, reason = 'restored from a backup' \
                   WHERE state = 'pending' AND queue = 'reply' AND payload NOT LIKE '{\"do\":\"goods\"%' \
                   AND payload NOT LIKE '%\"kept\":true}'");
    PARK_COPIES = ("UPDATE outbox SET state = 'parked', done_at = $1, reason = 'restored from a backup' \
                    WHERE state = 'pending' AND queue = 'bulk'");
    UNHEARD = ("UPDATE inbox SET state = 'dead', done_at = $2, reason = 'restored from a backup' \
                WHERE state = 'pending' AND source = 'telegram' AND received_at < $1");
    DRILLED = ("INSERT INTO drills (archive, well, at) VALUES ($1, $2, $3)");
    LAST_DRILLS = ("SELECT MAX(CASE WHEN well = ", sqlite "1", postgres "TRUE", " THEN at END), MAX(at) FROM drills");
}

pub(super) async fn current(tx: &mut Tx) -> Result<Option<Restore>, DbError> {
    fetch_optional!(tx, Restore, CURRENT)
}

pub(super) async fn settled(tx: &mut Tx, restore: i64, now: Timestamp) -> Result<(), DbError> {
    execute!(tx, SETTLED, restore, now)?;
    Ok(())
}

pub(super) async fn release(
    tx: &mut Tx,
    restore: i64,
    choice: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, RELEASE, restore, now, choice)?;
    Ok(())
}

/// Nobody of those who held something is there any more.
pub(super) async fn free(tx: &mut Tx) -> Result<(), DbError> {
    execute!(tx, FREE_NAMES)?;
    execute!(tx, FREE_FACTS)?;
    execute!(tx, FREE_PARCELS)?;
    Ok(())
}

pub(super) async fn drop_stale(tx: &mut Tx, now: Timestamp) -> Result<u64, DbError> {
    execute!(tx, PARK_COPIES, now)?;
    execute!(tx, DROP_STALE, now)
}

pub(super) async fn leave_unheard(
    tx: &mut Tx,
    before: Timestamp,
    now: Timestamp,
) -> Result<u64, DbError> {
    execute!(tx, UNHEARD, before, now)
}

pub(super) async fn drilled(
    tx: &mut Tx,
    archive: &str,
    well: bool,
    now: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, DRILLED, archive, well, now)?;
    Ok(())
}

/// The last that went well, and the last of all.
pub(super) async fn last_drills(
    tx: &mut Tx,
) -> Result<(Option<Timestamp>, Option<Timestamp>), DbError> {
    fetch_one!(tx, (Option<Timestamp>, Option<Timestamp>), LAST_DRILLS)
}
