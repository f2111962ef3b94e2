//! Facts that came in: stored once, taken one by one per lane, done, or set aside with a reason.

use std::sync::Arc;
use std::time::Duration;

use super::delivery;
pub use super::delivery::{Delivery, Source};
use crate::db::{Db, DbError, Tx};
use crate::primitives::{InboxId, StoreId, Timestamp};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

/// A fact taken by a worker, who alone may finish it while `fence` stands.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The row.
    pub id: InboxId,
    /// Whose fact it is.
    pub store: StoreId,
    /// Where it came from.
    pub source: Source,
    /// Its key, for logs.
    pub key: String,
    /// The raw bytes.
    pub body: Vec<u8>,
    /// How many tries there were before; the first one is counted when it fails, later ones before
    /// they are made (see [`begin`]).
    pub attempts: i64,
    /// How often it was claimed, this time included.
    pub claims: i64,
    /// The fencing number of this claim.
    pub fence: i64,
    /// Under which name it was taken.
    pub holder: Arc<str>,
    /// When it came in.
    pub received_at: Timestamp,
}

// Picked in a materialised step, so that PostgreSQL picks once however it joins; in the order of an
// index of its own (of a sum, as no other has), and only until there are enough, whatever else waits.
macro_rules! picked {
    ($index:literal, $source:literal, $most:literal, $lock:literal) => {
        concat!(
            "MATERIALIZED (SELECT i.id FROM inbox i ",
            $index,
            "WHERE i.state = 'pending' AND i.source ",
            $source,
            " AND i.due_at <= $1 AND i.leased_until <= $1 \
                AND NOT EXISTS (SELECT 1 FROM inbox h WHERE h.store_id = i.store_id AND h.lane = i.lane \
                    AND h.state = 'pending' AND h.leased_until > 0 AND h.leased_until > $1) \
                AND NOT EXISTS (SELECT 1 FROM inbox e WHERE e.store_id = i.store_id \
                    AND e.lane = i.lane AND e.state = 'pending' AND (e.seq, e.id) < (i.seq, i.id)) \
                ORDER BY i.id + 0 LIMIT ",
            $most,
            $lock,
            ")"
        )
    };
}

macro_rules! claim {
    ($news:literal, $hints:literal, $lock:literal) => {
        concat!(
            "WITH news AS ",
            picked!($news, "<> 'pakasir'", "$3", $lock),
            ", hints AS ",
            picked!($hints, "= 'pakasir'", "$5", $lock),
            " UPDATE inbox SET claims = claims + 1, leased_until = $2, holder = $4, \
                fence = CASE WHEN fence < $1 THEN $1 ELSE fence + 1 END \
              WHERE id IN (SELECT id FROM news UNION ALL SELECT id FROM hints) \
                AND state = 'pending' AND leased_until <= $1 \
              RETURNING id, store_id, source, key, body, attempts, claims, fence, received_at"
        )
    };
}

statements! {
    INSERT = ("INSERT INTO inbox (store_id, source, key, lane, seq, body, state, due_at, received_at) \
               VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $7) \
               ON CONFLICT DO NOTHING");
    CLAIM = (sqlite claim!("INDEXED BY inbox_news ", "INDEXED BY inbox_hints ", ""),
             postgres claim!("", "", " FOR UPDATE SKIP LOCKED"));
    // An update that was worked on is known by its key alone: nobody's words stay behind. A callback is
    // short; whoever pads one fills no disk for days.
    DONE = ("UPDATE inbox SET state = 'done', done_at = $5, reason = $6, \
             body = CASE WHEN source = 'telegram' THEN $7 \
                WHEN source = 'pakasir' AND LENGTH(body) > 4096 THEN SUBSTR(body, 1, 4096) ELSE body END \
             WHERE store_id = $1 AND id = $2 AND fence = $3 AND holder = $4 AND state = 'pending'");
    BEGIN = ("UPDATE inbox SET attempts = attempts + 1, due_at = $5 \
              WHERE store_id = $1 AND id = $2 AND fence = $3 AND holder = $4 AND state = 'pending' RETURNING attempts");
    AGAIN = ("UPDATE inbox SET leased_until = 0, due_at = $5, reason = $6, attempts = attempts + $7 \
              WHERE store_id = $1 AND id = $2 AND fence = $3 AND holder = $4 AND state = 'pending'");
    DEAD = ("UPDATE inbox SET state = 'dead', done_at = $5, reason = $6, \
             body = CASE WHEN source = 'pakasir' AND LENGTH(body) > 4096 THEN SUBSTR(body, 1, 4096) ELSE body END \
             WHERE store_id = $1 AND id = $2 AND fence = $3 AND holder = $4 AND state = 'pending'");
    RELEASE = ("UPDATE inbox SET leased_until = 0 \
                WHERE store_id = $1 AND id = $2 AND fence = $3 AND holder = $4 AND state = 'pending'");
    PENDING = ("SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN due_at <= $1 THEN 1 ELSE 0 END), 0) AS BIGINT) \
                FROM inbox", sqlite " INDEXED BY inbox_open", postgres "", " WHERE state = 'pending'");
}

/// Stores a fact once; `false` when it was known before.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn accept(tx: &mut Tx, fact: &Delivery, now: Timestamp) -> Result<bool, DbError> {
    let inserted = execute!(
        tx,
        INSERT,
        fact.store,
        fact.source.word(),
        &fact.key,
        &fact.lane,
        fact.seq,
        &fact.body,
        now
    )?;
    Ok(inserted == 1)
}

/// Stores facts once each, in as few statements as the engine can take them.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn accept_all(tx: &mut Tx, facts: &[&Delivery], now: Timestamp) -> Result<(), DbError> {
    let mut rest = facts;
    while !rest.is_empty() {
        let rows = match (&mut *tx, rest.len()) {
            (Tx::Postgres(line), all) => {
                delivery::insert_any(line, rest, now).await.map(|()| all)?
            }
            (Tx::Sqlite(tx), 64..) => {
                delivery::insert(tx, delivery::SQLITE_64, &rest[..64], now).await?
            }
            (Tx::Sqlite(tx), 8..) => {
                delivery::insert(tx, delivery::SQLITE_8, &rest[..8], now).await?
            }
            (Tx::Sqlite(_), _) => accept(tx, rest[0], now).await.map(|_| 1)?,
        };
        rest = &rest[rows..];
    }
    Ok(())
}

type ClaimedRow = (InboxId, StoreId, String, String, Vec<u8>, i64, i64, i64, Timestamp);

/// One callback is taken for so many other facts, and beside them: whoever floods the door with
/// callbacks, nobody else waits behind those, and none of them waits for everybody else.
const OTHERS_PER_HINT: i64 = 4;

/// Takes up to `most` facts, and a quarter as many callbacks beside them (at least one), the oldest of
/// each lane, for `holder` and for as long as `lease`.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn claim(
    db: &Db,
    holder: &Arc<str>,
    now: Timestamp,
    lease: Duration,
    most: i64,
) -> Result<Vec<Taken>, DbError> {
    let mut tx = db.write_relaxed().await?;
    let (until, hints) = (now.plus(lease), (most / OTHERS_PER_HINT).max(1));
    let mut rows = fetch_all!(&mut tx, ClaimedRow, CLAIM, now, until, most, &**holder, hints)?;
    if rows.is_empty() {
        // Nothing was changed: looking costs no commit.
        return Ok(Vec::new());
    }
    tx.commit().await?;
    rows.sort_by_key(|row| row.0);
    rows.into_iter()
        .map(|(id, store, source, key, body, attempts, claims, fence, received_at)| {
            let source = Source::from_word(&source)?;
            let holder = Arc::clone(holder);
            Ok(Taken { id, store, source, key, body, attempts, claims, fence, holder, received_at })
        })
        .collect()
}

/// Marks a fact as worked on; `false` when another worker took it over meanwhile.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn finish(
    tx: &mut Tx,
    taken: &Taken,
    remark: Option<&str>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let (remark, nothing) = (remark.map(storable), Vec::<u8>::new());
    Ok(execute!(
        tx,
        DONE,
        taken.store,
        taken.id,
        taken.fence,
        &*taken.holder,
        now,
        remark,
        nothing
    )? == 1)
}

/// Counts a try before it is made, and returns how many there are with it; `None` when another worker
/// took the fact over.
///
/// Only facts that were claimed before need it. Should this one kill its worker, it waits until `due`.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn begin(db: &Db, taken: &Taken, due: Timestamp) -> Result<Option<i64>, DbError> {
    let mut tx = db.write_relaxed().await?;
    let begun = fetch_optional!(
        &mut tx,
        (i64,),
        BEGIN,
        taken.store,
        taken.id,
        taken.fence,
        &*taken.holder,
        due
    )?;
    tx.commit().await?;
    Ok(begun.map(|(attempts,)| attempts))
}

/// Puts a fact back to be tried again at `due`, with what went wrong and `more` tries on its account:
/// 1 for one that was not counted before, −1 for one that failed through no fault of the fact's.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn again(
    db: &Db,
    taken: &Taken,
    due: Timestamp,
    more: i64,
    why: &str,
) -> Result<(), DbError> {
    let mut tx = db.write_relaxed().await?;
    let why = storable(why);
    execute!(&mut tx, AGAIN, taken.store, taken.id, taken.fence, &*taken.holder, due, why, more)?;
    tx.commit().await
}

/// Sets a fact aside for good, with the reason; `false` when another worker took it over.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn set_aside(
    tx: &mut Tx,
    taken: &Taken,
    reason: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let reason = storable(reason);
    let changed =
        execute!(tx, DEAD, taken.store, taken.id, taken.fence, &*taken.holder, now, reason)?;
    Ok(changed == 1)
}

/// A text both engines can store: PostgreSQL takes no NUL, and nobody reads pages of reasons.
fn storable(text: &str) -> String {
    text.chars().filter(|letter| *letter != '\0').take(500).collect()
}

/// Gives an untouched fact back, as at a graceful stop.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn release(db: &Db, taken: &Taken) -> Result<(), DbError> {
    let mut tx = db.write_relaxed().await?;
    execute!(&mut tx, RELEASE, taken.store, taken.id, taken.fence, &*taken.holder)?;
    tx.commit().await
}

/// How many facts wait, and how many of them are due.
///
/// # Errors
/// [`DbError`] when the database cannot be read.
pub async fn pending(tx: &mut Tx, now: Timestamp) -> Result<(i64, i64), DbError> {
    fetch_one!(tx, (i64, i64), PENDING, now)
}
