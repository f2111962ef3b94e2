//! What is wrong with a store right now: told once when it begins, and once when it is over.

mod table;

pub use table::STATEMENTS;

use super::ShopError;
use crate::db::Tx;
use crate::primitives::{StoreId, Timestamp};

/// Something that can go wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// The gateway made no invoice, several times in a row.
    Gateway,
}

impl Alarm {
    /// The word in the column and in message keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
        }
    }

    /// How many failures in a row raise it.
    const fn patience(self) -> i64 {
        match self {
            Self::Gateway => 3,
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
