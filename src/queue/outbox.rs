//! Effects on their way out: written with the decision, sent in order per lane, until confirmed.

use std::sync::Arc;
use std::time::Duration;

use crate::db::{Db, DbError, Tx};
use crate::primitives::{OutboxId, StoreId, Timestamp};
use crate::{execute, fetch_all, fetch_optional, statements};

/// Which sender carries a row, and how urgent it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Answers to people: first.
    Reply,
    /// Mass messages: only what replies leave.
    Bulk,
    /// Calls to the payment gateway.
    Gateway,
}

impl Queue {
    /// Every queue.
    pub const ALL: [Self; 3] = [Self::Reply, Self::Bulk, Self::Gateway];

    /// The word in the column and in metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Bulk => "bulk",
            Self::Gateway => "gateway",
        }
    }
}

/// A parcel that was claimed so often without a word of what came of it may have killed its carriers. From then
/// on not claims are counted, of which many are made at once, but tries that were begun.
pub const SUSPECT: i64 = 3;

/// An effect on its way out.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// Which sender carries it.
    pub queue: Queue,
    /// Parcels of one lane are sent one after another.
    pub lane: String,
    /// A newer parcel with the same word takes the place of one that still waits.
    pub collapse: Option<String>,
    /// What to do, as JSON; never a secret.
    pub payload: String,
    /// Not before this.
    pub due: Timestamp,
    /// Since when somebody waits for it: the arrival of the fact that caused it.
    pub since: Timestamp,
}

/// A parcel taken by a sender, who alone may finish it while `fence` stands.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The row.
    pub id: OutboxId,
    /// Whose effect it is.
    pub store: StoreId,
    /// The lane, for pacing.
    pub lane: String,
    /// What to do, as JSON.
    pub payload: String,
    /// How often it was claimed since somebody last said what came of it, this time included; see [`SUSPECT`].
    pub claims: i64,
    /// This try's number, counted before the try.
    pub attempts: i64,
    /// The fencing number of this claim.
    pub fence: i64,
    /// Under which name it was taken.
    pub holder: Arc<str>,
    /// From then on anybody may take it over.
    pub until: Timestamp,
    /// Since when somebody waits for it.
    pub created_at: Timestamp,
}

impl Taken {
    /// Names a fact that came of it, so that the fact counts once however often it is recorded.
    #[must_use]
    pub fn cause(&self) -> String {
        format!("parcel:{}", self.id)
    }
}

/// How a try to send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Confirmed.
    Sent,
    /// Given up, with the reason.
    Dead(String),
    /// Waits until the person comes back.
    Parked(String),
    /// Not needed any more, or asked again by somebody else in time.
    Dropped(String),
}

statements! {
    DROP_OLDER = ("UPDATE outbox ", sqlite "INDEXED BY outbox_open ", postgres "", "SET state = 'dropped', done_at = $5 \
                   WHERE store_id = $1 AND queue = $2 AND lane = $3 AND collapse = $4 \
                   AND state = 'pending' AND leased_until = 0");
    DROP_PARKED = ("UPDATE outbox ", sqlite "INDEXED BY outbox_parked ", postgres "", "SET state = 'dropped', done_at = $4 \
                    WHERE store_id = $1 AND lane = $2 AND collapse = $3 AND state = 'parked'");
    INSERT = ("INSERT INTO outbox (store_id, queue, lane, collapse, payload, state, due_at, created_at) \
               VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7)");
    // Picked in a materialised step, so that PostgreSQL picks once however it joins; in the order of an
    // index of its own (of a sum, as no other has), and only until there are enough, whatever else waits.
    CLAIM = ("WITH picked AS MATERIALIZED (SELECT o.id FROM outbox o ",
             sqlite "INDEXED BY outbox_waiting ",
             "WHERE o.state = 'pending' AND o.queue = $1 AND o.due_at <= $2 AND o.leased_until <= $2 \
                AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.store_id = o.store_id \
                    AND e.queue = o.queue AND e.lane = o.lane AND e.state = 'pending' AND e.id < o.id) \
                ORDER BY o.id + 0 LIMIT $4", postgres " FOR UPDATE SKIP LOCKED",
             ") UPDATE outbox SET attempts = attempts + 1, leased_until = $3, holder = $5, \
                claims = CASE WHEN claims < 3 THEN claims + 1 ELSE claims END, \
                fence = CASE WHEN fence < $2 THEN $2 ELSE fence + 1 END \
              WHERE id IN (SELECT id FROM picked) AND state = 'pending' AND leased_until <= $2 \
              RETURNING id, store_id, lane, payload, attempts, claims, fence, created_at");
    FINISH = ("UPDATE outbox SET state = $5, reason = $6, done_at = $7 \
               WHERE store_id = $1 AND id = $2 AND fence = $3 AND holder = $4 AND state = 'pending'");
    AGAIN = ("UPDATE outbox SET leased_until = 0, due_at = $5, attempts = attempts - $6, reason = $7, claims = 0 \
              WHERE store_id = $1 AND id = $2 AND fence = $3 AND holder = $4 AND state = 'pending'");
    YIELD = ("UPDATE outbox SET leased_until = 0, due_at = $5, attempts = attempts - 1 \
              WHERE store_id = $1 AND id = $2 AND fence = $3 AND holder = $4 AND state = 'pending'");
    HELD = ("SELECT fence FROM outbox WHERE store_id = $1 AND id = $2 AND fence = $3 AND holder = $4 \
             AND state = 'pending'");
    STANDS = ("SELECT fence FROM outbox WHERE store_id = $1 AND id = $2 AND fence = $3 AND holder = $4 \
               AND state = 'pending'", postgres " FOR UPDATE");
    BEGIN = ("UPDATE outbox SET claims = claims + 1 \
              WHERE store_id = $1 AND id = $2 AND fence = $3 AND holder = $4 AND state = 'pending' RETURNING claims");
    UNPARK = ("UPDATE outbox SET state = 'pending', due_at = $3, created_at = $3, leased_until = 0, done_at = NULL, attempts = 0, claims = 0 \
               WHERE store_id = $1 AND lane = $2 AND state = 'parked'");
    PENDING = ("SELECT queue, COUNT(*), \
                CAST(COALESCE(SUM(CASE WHEN due_at <= $1 THEN 1 ELSE 0 END), 0) AS BIGINT) \
                FROM outbox", sqlite " INDEXED BY outbox_open", postgres "", " WHERE state = 'pending' GROUP BY queue LIMIT 10");
}

/// Writes an effect down, in the transaction of the decision that asks for it.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn send(
    tx: &mut Tx,
    store: StoreId,
    parcel: &Parcel,
    now: Timestamp,
) -> Result<(), DbError> {
    if let Some(collapse) = &parcel.collapse {
        let queue = parcel.queue.word();
        execute!(tx, DROP_OLDER, store, queue, &parcel.lane, collapse, now)?;
        execute!(tx, DROP_PARKED, store, &parcel.lane, collapse, now)?;
    }
    execute!(
        tx,
        INSERT,
        store,
        parcel.queue.word(),
        &parcel.lane,
        &parcel.collapse,
        &parcel.payload,
        parcel.due,
        parcel.since
    )?;
    Ok(())
}

pub(super) type ClaimedRow = (OutboxId, StoreId, String, String, i64, i64, i64, Timestamp);

/// Takes up to `most` due parcels of a queue, the oldest of each lane, for `holder` and for as long
/// as `lease`.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn claim(
    db: &Db,
    queue: Queue,
    holder: &Arc<str>,
    now: Timestamp,
    lease: Duration,
    most: i64,
) -> Result<Vec<Taken>, DbError> {
    let mut tx = db.write_relaxed().await?;
    let until = now.plus(lease);
    let rows = fetch_all!(&mut tx, ClaimedRow, CLAIM, queue.word(), now, until, most, &**holder)?;
    if rows.is_empty() {
        // Nothing was changed: looking costs no commit.
        return Ok(Vec::new());
    }
    tx.commit().await?;
    Ok(taken(rows, holder, until))
}

/// What a claim brought, the oldest first.
pub(super) fn taken(mut rows: Vec<ClaimedRow>, holder: &Arc<str>, until: Timestamp) -> Vec<Taken> {
    rows.sort_by_key(|row| row.0);
    rows.into_iter()
        .map(|(id, store, lane, payload, attempts, claims, fence, created_at)| Taken {
            id,
            store,
            lane,
            payload,
            attempts,
            claims,
            fence,
            holder: Arc::clone(holder),
            until,
            created_at,
        })
        .collect()
}

/// Records how a parcel ended; `false` when another sender took it over meanwhile.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn finish(
    tx: &mut Tx,
    taken: &Taken,
    end: &End,
    now: Timestamp,
) -> Result<bool, DbError> {
    let (state, reason) = match end {
        End::Sent => ("sent", None),
        End::Dead(why) => ("dead", Some(why)),
        End::Parked(why) => ("parked", Some(why)),
        End::Dropped(why) => ("dropped", Some(why)),
    };
    let changed = execute!(
        tx,
        FINISH,
        taken.store,
        taken.id,
        taken.fence,
        &*taken.holder,
        state,
        reason,
        now
    )?;
    Ok(changed == 1)
}

/// Whether a claim stands now.
///
/// # Errors
/// [`DbError`] when the database cannot be read.
pub async fn is_held(tx: &mut Tx, taken: &Taken) -> Result<bool, DbError> {
    let (fence, holder) = (taken.fence, &*taken.holder);
    Ok(fetch_optional!(tx, (i64,), HELD, taken.store, taken.id, fence, holder)?.is_some())
}

/// Whether a claim still stands, and does so until this transaction ends.
///
/// # Errors
/// [`DbError`] when the database cannot be read.
pub async fn stands(tx: &mut Tx, taken: &Taken) -> Result<bool, DbError> {
    let (fence, holder) = (taken.fence, &*taken.holder);
    Ok(fetch_optional!(tx, (i64,), STANDS, taken.store, taken.id, fence, holder)?.is_some())
}

/// Puts a suspect back until `due` as it is, because another one is on its way.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn yield_turn(db: &Db, taken: &Taken, due: Timestamp) -> Result<(), DbError> {
    let mut tx = db.write_relaxed().await?;
    execute!(&mut tx, YIELD, taken.store, taken.id, taken.fence, &*taken.holder, due)?;
    tx.commit().await
}

/// Counts a try of a suspect before it is made, and keeps the count whatever becomes of the machine; returns
/// [`Taken::claims`] from now on, or `None` when another sender took the parcel over.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn begin(db: &Db, taken: &Taken) -> Result<Option<i64>, DbError> {
    let mut tx = db.write().await?;
    let (fence, holder) = (taken.fence, &*taken.holder);
    let begun = fetch_optional!(&mut tx, (i64,), BEGIN, taken.store, taken.id, fence, holder)?;
    tx.commit().await?;
    Ok(begun.map(|(claims,)| claims))
}

/// Puts a parcel back until `due`; a try that Telegram's limits forbade is not counted.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn again(
    db: &Db,
    taken: &Taken,
    due: Timestamp,
    counted: bool,
    why: &str,
) -> Result<(), DbError> {
    let mut tx = db.write_relaxed().await?;
    let uncount = i64::from(!counted);
    execute!(
        &mut tx,
        AGAIN,
        taken.store,
        taken.id,
        taken.fence,
        &*taken.holder,
        due,
        uncount,
        why
    )?;
    tx.commit().await
}

/// Puts what waited for a person back on its way, because he is here again.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn unpark(
    tx: &mut Tx,
    store: StoreId,
    lane: &str,
    now: Timestamp,
) -> Result<u64, DbError> {
    execute!(tx, UNPARK, store, lane, now)
}

/// How many parcels wait and how many of them are due, by queue.
///
/// # Errors
/// [`DbError`] when the database cannot be read.
pub async fn pending(tx: &mut Tx, now: Timestamp) -> Result<Vec<(String, i64, i64)>, DbError> {
    fetch_all!(tx, (String, i64, i64), PENDING, now)
}
