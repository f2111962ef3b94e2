//! What is wrong with a store right now: told once when it begins, and once when it is over.

mod table;

pub use table::STATEMENTS;

use std::time::Duration;

use super::ShopError;
use crate::db::Tx;
use crate::primitives::{StoreId, Timestamp};

/// Something that can go wrong with a store, or with the machine: that is the first store's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alarm {
    /// The gateway made no invoice, several times in a row.
    Gateway,
    /// Nothing speaks where the gateway should be.
    Pakasir,
    /// Telegram does not answer, or not with this token.
    Telegram,
    /// Telegram cannot deliver, and there is no other address to move to.
    Webhook,
    /// The webhook points at a standby address.
    Standby,
    /// Somebody else set the webhook; a counted happening.
    Taken,
    /// The processor has been busy for too long.
    Cpu,
    /// Too little memory is left.
    Memory,
    /// Too little room is left on the disk.
    Disk,
    /// The log folder has grown too large.
    Logs,
    /// The newest backup is too old.
    Backup,
    /// A backup could not be made.
    BackupFailed,
    /// What is handed over does not get into the journal.
    Journal,
    /// A job was not done for too long.
    Jobs,
    /// Callbacks lied; a counted happening.
    Forged,
    /// Facts were set aside; a counted happening.
    Dead,
}

impl Alarm {
    /// The word in the column and in message keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Pakasir => "pakasir",
            Self::Telegram => "telegram",
            Self::Webhook => "webhook",
            Self::Standby => "standby",
            Self::Taken => "taken",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Disk => "disk",
            Self::Logs => "logs",
            Self::Backup => "backup",
            Self::BackupFailed => "backup-failed",
            Self::Journal => "journal",
            Self::Jobs => "jobs",
            Self::Forged => "forged",
            Self::Dead => "dead",
        }
    }

    /// How many failures in a row raise it: two where a single look may lie.
    const fn patience(self) -> i64 {
        match self {
            Self::Gateway => 3,
            Self::Journal => 6,
            Self::Pakasir | Self::Telegram | Self::Cpu | Self::Memory | Self::Jobs => 2,
            Self::Webhook
            | Self::Standby
            | Self::Disk
            | Self::Logs
            | Self::Backup
            | Self::BackupFailed => 1,
            Self::Taken | Self::Forged | Self::Dead => i64::MAX,
        }
    }
}

/// Counts a failure; `true` when this one raised the alarm, so that it must be told.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn failed(
    tx: &mut Tx,
    store: StoreId,
    alarm: Alarm,
    now: Timestamp,
) -> Result<bool, ShopError> {
    let failures = table::count(tx, store, alarm.word()).await?;
    if failures < alarm.patience() {
        return Ok(false);
    }
    Ok(table::raise(tx, store, alarm.word(), now).await?)
}

/// All is well again; `true` when the alarm had been raised, so that its end must be told.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn well(tx: &mut Tx, store: StoreId, alarm: Alarm) -> Result<bool, ShopError> {
    Ok(table::clear(tx, store, alarm.word()).await?)
}

/// The words of the alarms of which a failure was counted, raised or not.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn noted(tx: &mut Tx, store: StoreId) -> Result<Vec<String>, ShopError> {
    Ok(table::noted(tx, store).await?)
}

/// Notes a happening that is no state; see [`to_tell`].
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn happened(tx: &mut Tx, store: StoreId, alarm: Alarm) -> Result<(), ShopError> {
    table::count(tx, store, alarm.word()).await?;
    Ok(())
}

/// How many happenings are to be told now, at most once in `every`; they count as told then.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn to_tell(
    tx: &mut Tx,
    store: StoreId,
    alarm: Alarm,
    (every, now): (Duration, Timestamp),
) -> Result<Option<i64>, ShopError> {
    let limit = now.minus(every);
    let Some(count) = table::untold(tx, store, alarm.word(), limit).await? else { return Ok(None) };
    let mine = table::told(tx, store, alarm.word(), (count, limit), now).await?;
    Ok(mine.then_some(count))
}
