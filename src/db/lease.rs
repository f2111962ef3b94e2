//! Jobs that only one process may run at a time: a lease row with a fencing number.

use std::time::Duration;

use super::{Db, DbError};
use crate::primitives::Timestamp;
use crate::{execute, fetch_optional, statements};

/// The right to run a job until it lapses; `fence` grows with every new holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Larger than that of any earlier holder.
    pub fence: i64,
}

statements! {
    SEED = ("INSERT INTO leases (name, holder, fence, held_until) VALUES ($1, '', 0, 0) \
             ON CONFLICT DO NOTHING");
    TAKE = ("UPDATE leases SET \
             fence = fence + CASE WHEN holder = $2 THEN 0 ELSE 1 END, \
             holder = $2, held_until = $3 \
             WHERE name = $1 AND (holder = $2 OR held_until <= $4) RETURNING fence");
}

/// Takes or renews the lease called `name` for `holder`; `None` while another one holds it.
///
/// # Errors
/// [`DbError`] when the database cannot be written.
pub async fn renew(
    db: &Db,
    name: &str,
    holder: &str,
    now: Timestamp,
    hold: Duration,
) -> Result<Option<Lease>, DbError> {
    let mut tx = db.write_relaxed().await?;
    execute!(&mut tx, SEED, name)?;
    let until = now.plus(hold);
    let taken = fetch_optional!(&mut tx, (i64,), TAKE, name, holder, until, now)?;
    tx.commit_unseen().await?;
    Ok(taken.map(|(fence,)| Lease { fence }))
}
