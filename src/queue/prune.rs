//! Forgets what was done long ago and what was set aside long ago, each by an index of its own.

use super::inbox::Taken;
use crate::db::{DbError, Tx};
use crate::primitives::Timestamp;
use crate::{execute, fetch_one, statements};

statements! {
    DONE_FACTS = ("DELETE FROM inbox WHERE id IN (SELECT id FROM inbox", sqlite " INDEXED BY inbox_done", postgres "",
                  " WHERE state = 'done' AND done_at < $1 LIMIT 5000)");
    DEAD_FACTS = ("DELETE FROM inbox WHERE id IN (SELECT id FROM inbox", sqlite " INDEXED BY inbox_dead", postgres "",
                  " WHERE state = 'dead' AND done_at < $1 LIMIT 5000)");
    DONE_PARCELS = ("DELETE FROM outbox WHERE id IN (SELECT id FROM outbox", sqlite " INDEXED BY outbox_done", postgres "",
                    " WHERE state IN ('sent', 'dropped') AND done_at < $1 LIMIT 5000)");
    SET_ASIDE_FACTS = ("SELECT COUNT(*) FROM inbox", sqlite " INDEXED BY inbox_dead", postgres "",
                       " WHERE state = 'dead' AND done_at >= $1");
    SET_ASIDE_PARCELS = ("SELECT COUNT(*) FROM outbox", sqlite " INDEXED BY outbox_dead", postgres "",
                         " WHERE state = 'dead' AND done_at >= $1");
    DEAD_PARCELS = ("DELETE FROM outbox WHERE id IN (SELECT id FROM outbox", sqlite " INDEXED BY outbox_dead", postgres "",
                    " WHERE state = 'dead' AND done_at < $1 LIMIT 5000)");
    BLANK = ("UPDATE inbox SET body = $3 WHERE store_id = $1 AND id = $2");
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

/// How many facts and how many parcels were set aside since a moment, of all stores.
///
/// # Errors
/// [`DbError`] when the database cannot be read.
pub async fn set_aside(tx: &mut Tx, since: Timestamp) -> Result<(i64, i64), DbError> {
    let facts: (i64,) = fetch_one!(tx, (i64,), SET_ASIDE_FACTS, since)?;
    let parcels: (i64,) = fetch_one!(tx, (i64,), SET_ASIDE_PARCELS, since)?;
    Ok((facts.0, parcels.0))
}

/// Forgets what a fact said that is set aside and held a secret.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn blank(tx: &mut Tx, taken: &Taken) -> Result<(), DbError> {
    execute!(tx, BLANK, taken.store, taken.id, Vec::<u8>::new())?;
    Ok(())
}
