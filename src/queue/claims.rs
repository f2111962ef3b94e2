//! Claims whose outcome was not known, taken back: else their rows would wait for a lease that nobody works under.
//!
//! The engine may have committed a claim whose answer never came. Such rows are ours, and no worker
//! knows of them. The exact end of the lease names the one claim that took them.

use super::outbox::Queue;
use crate::db::{Db, DbError};
use crate::primitives::Timestamp;
use crate::{execute, statements};

statements! {
    FACTS = ("UPDATE inbox", sqlite " INDEXED BY inbox_open", postgres "", " SET leased_until = 0 \
              WHERE state = 'pending' AND holder = $1 AND leased_until = $2");
    PARCELS = ("UPDATE outbox", sqlite " INDEXED BY outbox_open", postgres "", " SET leased_until = 0, \
                attempts = attempts - 1 \
                WHERE state = 'pending' AND queue = $1 AND holder = $2 AND leased_until = $3");
}

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
