//! Claims that nobody works under, taken back: else their rows would wait for the lease to lapse.
//!
//! The engine may have committed a claim whose answer never came. Such rows are ours, and no worker
//! knows of them. The exact end of the lease names the one claim that took them.

use std::time::Duration;

use super::outbox::Queue;
use crate::db::{Db, DbError, Tx};
use crate::primitives::Timestamp;
use crate::{execute, statements};

statements! {
    FACTS = ("UPDATE inbox", sqlite " INDEXED BY inbox_open", postgres "", " SET leased_until = 0 \
              WHERE state = 'pending' AND holder = $1 AND leased_until = $2");
    PARCELS = ("UPDATE outbox", sqlite " INDEXED BY outbox_open", postgres "", " SET leased_until = 0, \
                attempts = attempts - 1, claims = claims - 1 \
                WHERE state = 'pending' AND queue = $1 AND holder = $2 AND leased_until = $3");
    ALL_FACTS = ("UPDATE inbox", sqlite " INDEXED BY inbox_open", postgres "", " SET leased_until = 0 \
                  WHERE state = 'pending' AND leased_until > 0");
    ALL_PARCELS = ("UPDATE outbox", sqlite " INDEXED BY outbox_open", postgres "", " SET leased_until = 0 \
                    WHERE state = 'pending' AND leased_until > 0");
    FACTS_OF = ("UPDATE inbox", sqlite " INDEXED BY inbox_open", postgres "", " SET leased_until = 0 \
                 WHERE state = 'pending' AND leased_until > 0 AND holder = $1");
    PARCELS_OF = ("UPDATE outbox", sqlite " INDEXED BY outbox_open", postgres "", " SET leased_until = 0 \
                   WHERE state = 'pending' AND leased_until > 0 AND holder = $1");
    FAR_FACTS = ("UPDATE inbox", sqlite " INDEXED BY inbox_open", postgres "", " SET due_at = $1 \
                  WHERE state = 'pending' AND due_at > $2");
    FAR_PARCELS = ("UPDATE outbox", sqlite " INDEXED BY outbox_open", postgres "", " SET due_at = $1 \
                    WHERE state = 'pending' AND due_at > $2");
}

/// Telegram may tell a chat to wait for a day; nothing waits longer.
const FARTHEST: Duration = Duration::from_hours(25);

/// Gives back the facts that a claim until `until` took, if it took any.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn give_back_facts(db: &Db, holder: &str, until: Timestamp) -> Result<(), DbError> {
    let mut tx = db.write_relaxed().await?;
    execute!(&mut tx, FACTS, holder, until)?;
    tx.commit().await
}

/// Gives back the parcels that a claim until `until` took, if it took any.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn give_back_parcels(
    db: &Db,
    queue: Queue,
    holder: &str,
    until: Timestamp,
) -> Result<(), DbError> {
    let mut tx = db.write_relaxed().await?;
    execute!(&mut tx, PARCELS, queue.word(), holder, until)?;
    tx.commit().await
}

/// Frees what a dead process held; only for a database that no other process works on.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn free_all(db: &Db) -> Result<(), DbError> {
    let mut tx = db.write_relaxed().await?;
    execute!(&mut tx, ALL_FACTS)?;
    execute!(&mut tx, ALL_PARCELS)?;
    tx.commit().await
}

/// At a start: what is put off for longer than anybody puts anything off, as by a clock that was ahead, is due
/// now; how many facts and parcels that were.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn set_right(tx: &mut Tx, now: Timestamp) -> Result<(u64, u64), DbError> {
    let far = now.plus(FARTHEST);
    Ok((execute!(tx, FAR_FACTS, now, far)?, execute!(tx, FAR_PARCELS, now, far)?))
}

/// Frees the facts and the parcels that an absent replica held; returns how many of each.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn free_of(tx: &mut Tx, holder: &str) -> Result<(u64, u64), DbError> {
    Ok((execute!(tx, FACTS_OF, holder)?, execute!(tx, PARCELS_OF, holder)?))
}
