//! Mass messages: claimed store by store, as many as each bot may send, and held up or dropped together.

use std::sync::Arc;
use std::time::Duration;

use super::outbox::{ClaimedRow, Queue, Taken, taken};
use crate::db::{Db, DbError, Tx};
use crate::primitives::{StoreId, Timestamp};
use crate::{execute, fetch_all, fetch_one, statements};

/// The most stores that are looked after at once.
const MOST_STORES: i64 = 1_000;

statements! {
    ADD = ("INSERT INTO outbox (store_id, queue, lane, collapse, payload, state, due_at, created_at) \
            VALUES ($1, 'bulk', $2, $3, $4, 'pending', $5, $5)");
    STORES = ("SELECT DISTINCT store_id FROM outbox", sqlite " INDEXED BY outbox_waiting", postgres "",
              " WHERE state = 'pending' AND queue = 'bulk' AND due_at <= $1 AND leased_until <= $1 LIMIT $2");
    // As `outbox.CLAIM`, of one store: no more than a few seconds' worth of a broadcast waits here.
    CLAIM = ("WITH picked AS MATERIALIZED (SELECT o.id FROM outbox o ",
             sqlite "INDEXED BY outbox_open ",
             "WHERE o.store_id = $6 AND o.state = 'pending' AND o.queue = $1 AND o.due_at <= $2 \
                AND o.leased_until <= $2 \
                AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.store_id = o.store_id \
                    AND e.queue = o.queue AND e.lane = o.lane AND e.state = 'pending' AND e.id < o.id) \
                ORDER BY o.id LIMIT $4", postgres " FOR UPDATE SKIP LOCKED",
             ") UPDATE outbox SET attempts = attempts + 1, leased_until = $3, holder = $5, \
                claims = CASE WHEN claims < 3 THEN claims + 1 ELSE claims END, \
                fence = CASE WHEN fence < $2 THEN $2 ELSE fence + 1 END \
              WHERE store_id = $6 AND id IN (SELECT id FROM picked) AND state = 'pending' AND leased_until <= $2 \
              RETURNING id, store_id, lane, payload, attempts, claims, fence, created_at");
    WAITING = ("SELECT COUNT(*) FROM outbox", sqlite " INDEXED BY outbox_open", postgres "",
               " WHERE store_id = $1 AND queue = 'bulk' AND collapse = $2 AND state = 'pending'");
    RELEASE = ("UPDATE outbox", sqlite " INDEXED BY outbox_parked", postgres "",
               " SET state = 'pending', due_at = $3, done_at = NULL, leased_until = 0, claims = 0 \
               WHERE store_id = $1 AND queue = 'bulk' AND collapse = $2 AND state = 'parked'");
    DROP_WAITING = ("UPDATE outbox", sqlite " INDEXED BY outbox_open", postgres "",
                    " SET state = 'dropped', done_at = $3, reason = 'cancelled' \
                    WHERE store_id = $1 AND queue = 'bulk' AND collapse = $2 AND state = 'pending' AND leased_until <= $3");
    DROP_HELD = ("UPDATE outbox", sqlite " INDEXED BY outbox_parked", postgres "",
                 " SET state = 'dropped', done_at = $3, reason = 'cancelled' \
                 WHERE store_id = $1 AND queue = 'bulk' AND collapse = $2 AND state = 'parked'");
}

/// Adds one message of the batch called `batch`, in a lane of its own.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn add(
    tx: &mut Tx,
    store: StoreId,
    (batch, lane): (&str, &str),
    payload: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, ADD, store, lane, batch, payload, now)?;
    Ok(())
}

/// The stores whose mass messages are due.
///
/// # Errors
/// [`DbError`] when the database cannot be read.
pub async fn stores(db: &Db, now: Timestamp) -> Result<Vec<StoreId>, DbError> {
    let mut tx = db.read().await?;
    let rows = fetch_all!(&mut tx, (StoreId,), STORES, now, MOST_STORES)?;
    Ok(rows.into_iter().map(|(store,)| store).collect())
}

/// Takes up to `most` due mass messages of a store, as [`super::outbox::claim`] does.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn claim(
    db: &Db,
    store: StoreId,
    holder: &Arc<str>,
    now: Timestamp,
    lease: Duration,
    most: i64,
) -> Result<Vec<Taken>, DbError> {
    let mut tx = db.write_relaxed().await?;
    let (until, queue) = (now.plus(lease), Queue::Bulk.word());
    let rows = fetch_all!(&mut tx, ClaimedRow, CLAIM, queue, now, until, most, &**holder, store)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    tx.commit().await?;
    Ok(taken(rows, holder, until))
}

/// How many of a batch wait or are on their way.
///
/// # Errors
/// [`DbError`] when the database cannot be read.
pub async fn waiting(tx: &mut Tx, store: StoreId, batch: &str) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), WAITING, store, batch)?.0)
}

/// Lets those of a batch that were parked go on.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn release(
    tx: &mut Tx,
    store: StoreId,
    batch: &str,
    now: Timestamp,
) -> Result<u64, DbError> {
    execute!(tx, RELEASE, store, batch, now)
}

/// Drops those of a batch that nobody has in hand.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn drop_all(
    tx: &mut Tx,
    store: StoreId,
    batch: &str,
    now: Timestamp,
) -> Result<u64, DbError> {
    let waiting = execute!(tx, DROP_WAITING, store, batch, now)?;
    Ok(waiting + execute!(tx, DROP_HELD, store, batch, now)?)
}
