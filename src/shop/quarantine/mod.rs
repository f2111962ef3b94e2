//! A restored database: nobody works on it until a person released it, and what of it is stale is settled first.

mod table;

pub use table::{Restore, STATEMENTS};

use super::{ShopError, broadcast};
use crate::db::Tx;
use crate::primitives::Timestamp;

/// The restore that is not released yet, if there is one.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn current(tx: &mut Tx) -> Result<Option<Restore>, ShopError> {
    Ok(table::current(tx).await?)
}

/// What was settled, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Messages that nobody sends any more.
    pub dropped: u64,
    /// Broadcasts that wait for their author's word.
    pub paused: u64,
    /// What people said before the backup and nobody had answered.
    pub unheard: u64,
}

/// Takes away what must not be said or done again: screens that waited, broadcasts under way, presses that
/// nobody had worked on. Goods, terms, words about money and questions to the gateway stay; see ADR 0029.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn settle(tx: &mut Tx, restore: &Restore, now: Timestamp) -> Result<Settled, ShopError> {
    if restore.settled_at.is_some() {
        return Ok(Settled::default());
    }
    table::free(tx).await?;
    let settled = Settled {
        dropped: table::drop_stale(tx, now).await?,
        paused: broadcast::pause_all(tx, now).await?,
        unheard: table::leave_unheard(tx, restore.restored_at, now).await?,
    };
    table::settled(tx, restore.id, now).await?;
    Ok(settled)
}

/// Ends the quarantine; `choice` says on whose word, in the words of the command.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn release(
    tx: &mut Tx,
    restore: &Restore,
    choice: &str,
    now: Timestamp,
) -> Result<(), ShopError> {
    Ok(table::release(tx, restore.id, choice, now).await?)
}

/// Writes down how a drill went.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn drilled(
    tx: &mut Tx,
    archive: &str,
    well: bool,
    now: Timestamp,
) -> Result<(), ShopError> {
    Ok(table::drilled(tx, archive, well, now).await?)
}

/// When the last drill was that went well, and the last one of all.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn last_drills(tx: &mut Tx) -> Result<(Option<Timestamp>, Option<Timestamp>), ShopError> {
    Ok(table::last_drills(tx).await?)
}
