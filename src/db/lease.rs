//! What only one process may do at a time, and which processes there are: lease rows in the database's own time.

use std::time::Duration;

use sqlx::Postgres;

use super::{Db, DbError, Tx, within};
use crate::primitives::Timestamp;
use crate::{execute, fetch_all, fetch_optional, statements};

/// The right to run a job until it lapses; `fence` grows with every new holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Larger than that of any earlier holder.
    pub fence: i64,
}

/// How the names of notes on jobs begin, so that none is the name of a lease.
const NOTES: &str = "done:";

const CLOCK: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

statements! {
    SEED = ("INSERT INTO leases (name, holder, fence, held_until) VALUES ($1, '', 0, 0) \
             ON CONFLICT DO NOTHING");
    TAKE = ("UPDATE leases SET \
             fence = fence + CASE WHEN holder = $2 THEN 0 ELSE 1 END, \
             holder = $2, held_until = $3 \
             WHERE name = $1 AND (holder = $2 OR held_until <= $4) RETURNING fence");
    HOLDS = ("SELECT fence FROM leases WHERE name = $1 AND holder = $2 AND fence = $3", postgres " FOR SHARE");
    ARRIVE = ("INSERT INTO leases (name, holder, fence, held_until) VALUES ($1, 'replica', 0, $2)");
    STAY = ("UPDATE leases SET held_until = $2 WHERE name = $1 AND holder = 'replica' AND held_until > $3");
    LEAVE = ("UPDATE leases SET held_until = 0 WHERE name = $1 AND holder = 'replica'");
    ABSENT = ("SELECT name FROM leases WHERE holder = 'replica' AND held_until <= $1 LIMIT 100");
    DONE = ("INSERT INTO leases (name, holder, fence, held_until) VALUES ($1, 'done', 0, $2) \
            ON CONFLICT (name) DO UPDATE SET \
            held_until = CASE WHEN leases.held_until < $2 THEN $2 ELSE leases.held_until END");
    LAST = ("SELECT name, held_until FROM leases WHERE holder = 'done' ORDER BY name LIMIT 100");
    FORGET = ("DELETE FROM leases WHERE name = $1 AND holder = 'replica' AND held_until <= $2");
}

/// The database's time where several machines share it, else the `machine`'s: what one machine
/// writes and another one compares must come from one clock.
///
/// # Errors
/// [`DbError`] when the database cannot be asked.
pub async fn time(tx: &mut Tx, machine: Timestamp) -> Result<Timestamp, DbError> {
    match tx {
        Tx::Sqlite(_) => Ok(machine),
        Tx::Postgres(line) => {
            let query = sqlx::query_as::<Postgres, (i64,)>(CLOCK);
            let answer = within(query.fetch_one(line.ask())).await;
            Ok(Timestamp(line.heard(answer)?.0))
        }
    }
}

/// Takes or renews the lease called `name` for `holder`; `None` while another one holds it. A process
/// that has its database alone holds every lease without asking.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn renew(
    db: &Db,
    name: &str,
    holder: &str,
    machine: Timestamp,
    hold: Duration,
) -> Result<Option<Lease>, DbError> {
    if !db.is_shared() {
        return Ok(Some(Lease { fence: 0 }));
    }
    let mut tx = db.write_relaxed().await?;
    execute!(&mut tx, SEED, name)?;
    let now = time(&mut tx, machine).await?;
    let taken = fetch_optional!(&mut tx, (i64,), TAKE, name, holder, now.plus(hold), now)?;
    tx.commit_unseen().await?;
    Ok(taken.map(|(fence,)| Lease { fence }))
}

/// Whether `holder` still holds the lease with this fence, and will until `tx` ends.
///
/// # Errors
/// [`DbError`] when the database cannot be read.
pub async fn holds(tx: &mut Tx, name: &str, holder: &str, lease: Lease) -> Result<bool, DbError> {
    if matches!(tx, Tx::Sqlite(_)) {
        return Ok(true);
    }
    Ok(fetch_optional!(tx, (i64,), HOLDS, name, holder, lease.fence)?.is_some())
}

/// Enters a replica under a fresh `name`, present for `hold`; returns the database's time.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn arrive(
    db: &Db,
    name: &str,
    machine: Timestamp,
    hold: Duration,
) -> Result<Timestamp, DbError> {
    let mut tx = db.write_relaxed().await?;
    let now = time(&mut tx, machine).await?;
    execute!(&mut tx, ARRIVE, name, now.plus(hold))?;
    tx.commit_unseen().await?;
    Ok(now)
}

/// Says that a replica is still there; `None` when it was thought to be gone, for good.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn stay(
    db: &Db,
    name: &str,
    machine: Timestamp,
    hold: Duration,
) -> Result<Option<Timestamp>, DbError> {
    let mut tx = db.write_relaxed().await?;
    let now = time(&mut tx, machine).await?;
    let stayed = execute!(&mut tx, STAY, name, now.plus(hold), now)?;
    tx.commit_unseen().await?;
    Ok((stayed == 1).then_some(now))
}

/// Says that a replica is gone, so that nobody waits for it.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn leave(db: &Db, name: &str) -> Result<(), DbError> {
    let mut tx = db.write_relaxed().await?;
    execute!(&mut tx, LEAVE, name)?;
    tx.commit_unseen().await
}

/// The replicas that have been silent for too long, 100 at most.
///
/// # Errors
/// [`DbError`] when the database cannot be read.
pub async fn absent(db: &Db, machine: Timestamp) -> Result<Vec<String>, DbError> {
    let mut tx = db.read().await?;
    let now = time(&mut tx, machine).await?;
    Ok(fetch_all!(&mut tx, (String,), ABSENT, now)?.into_iter().map(|(name,)| name).collect())
}

/// Strikes an absent replica off, in the transaction that gave its work back; `false` when another
/// replica did so before.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn forget(tx: &mut Tx, name: &str, machine: Timestamp) -> Result<bool, DbError> {
    let now = time(tx, machine).await?;
    Ok(execute!(tx, FORGET, name, now)? == 1)
}

/// Notes when jobs were last done, by whichever process; of each the newest word stays. It is on the disk when
/// this returns, so it also shows that something can be written at all.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn note_done(db: &Db, done: &[(String, Timestamp)]) -> Result<(), DbError> {
    let mut tx = db.write().await?;
    for (job, at) in done {
        execute!(&mut tx, DONE, format!("{NOTES}{job}"), at)?;
    }
    tx.commit_unseen().await
}

/// When each job was last done, as [`note_done`] noted it; 100 at most.
///
/// # Errors
/// [`DbError`] when the database cannot be read.
pub async fn last_done(tx: &mut Tx) -> Result<Vec<(String, Timestamp)>, DbError> {
    let rows = fetch_all!(tx, (String, Timestamp), LAST)?;
    let bare = |(name, at): (String, Timestamp)| Some((name.strip_prefix(NOTES)?.to_owned(), at));
    Ok(rows.into_iter().filter_map(bare).collect())
}
