//! Forgets what was done long ago and what was set aside long ago, each by an index of its own.

use crate::db::{DbError, Tx};
use crate::primitives::Timestamp;
use crate::{execute, statements};

statements! {
    DONE_FACTS = ("DELETE FROM inbox WHERE id IN (SELECT id FROM inbox", sqlite " INDEXED BY inbox_done", postgres "",
                  " WHERE state = 'done' AND done_at < $1 LIMIT 5000)");
    DEAD_FACTS = ("DELETE FROM inbox WHERE id IN (SELECT id FROM inbox", sqlite " INDEXED BY inbox_dead", postgres "",
                  " WHERE state = 'dead' AND done_at < $1 LIMIT 5000)");
    DONE_PARCELS = ("DELETE FROM outbox WHERE id IN (SELECT id FROM outbox", sqlite " INDEXED BY outbox_done", postgres "",
                    " WHERE state IN ('sent', 'dropped') AND done_at < $1 LIMIT 5000)");
    DEAD_PARCELS = ("DELETE FROM outbox WHERE id IN (SELECT id FROM outbox", sqlite " INDEXED BY outbox_dead", postgres "",
                    " WHERE state = 'dead' AND done_at < $1 LIMIT 5000)");
}

/// Deletes up to 5,000 facts done before `done` and as many set aside before `dead`, raw bodies and all.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn facts(tx: &mut Tx, done: Timestamp, dead: Timestamp) -> Result<u64, DbError> {
    Ok(execute!(tx, DONE_FACTS, done)? + execute!(tx, DEAD_FACTS, dead)?)
}

/// Deletes up to 5,000 parcels sent or dropped before `done` and as many set aside before `dead`.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn parcels(tx: &mut Tx, done: Timestamp, dead: Timestamp) -> Result<u64, DbError> {
    Ok(execute!(tx, DONE_PARCELS, done)? + execute!(tx, DEAD_PARCELS, dead)?)
}
