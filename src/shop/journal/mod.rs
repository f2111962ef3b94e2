//! What was handed over, as it is written down beside the database, so that an old backup sells none of it again.

mod table;

pub use table::{Entry, STATEMENTS};

use super::audit::{self, Change};
use super::orders::{self, State};
use super::{ShopError, stock};
use crate::db::Tx;
use crate::primitives::{StoreId, Timestamp};

/// How many entries one step takes.
pub const STEP: i64 = 500;

/// What is handed over from now on is to be written down.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn keep(tx: &mut Tx) -> Result<(), ShopError> {
    Ok(table::keep(tx).await?)
}

/// It need not be any more, unless another replica still does it.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn leave(tx: &mut Tx, now: Timestamp) -> Result<(), ShopError> {
    Ok(table::leave(tx, now).await?)
}

/// Whether it is written down now.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn is_kept(tx: &mut Tx) -> Result<bool, ShopError> {
    Ok(table::is_kept(tx).await?)
}

/// The oldest entries that wait, of all stores, at most [`STEP`].
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<Entry>, ShopError> {
    Ok(table::waiting(tx, STEP).await?)
}

/// Forgets entries that are written down elsewhere now.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn forget(tx: &mut Tx, entries: &[Entry]) -> Result<(), ShopError> {
    for entry in entries {
        table::forget(tx, entry.store_id, entry.id).await?;
    }
    Ok(())
}

/// What became of a unit that a journal says was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The data does not have it, or has it as handed over or taken out already.
    Known,
    /// It waits for the very order that it was handed over to.
    Held,
    /// It could have been sold again and is taken out.
    Voided,
    /// Another order held it: it is taken out, and that order ended.
    TakenBack,
}

/// Holds a restored store to what its journal says of one unit.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn replay(
    tx: &mut Tx,
    (store, fingerprint, order): (&str, &[u8], &str),
    now: Timestamp,
) -> Result<Found, ShopError> {
    let Some(unit) = table::unit(tx, store, fingerprint).await? else { return Ok(Found::Known) };
    let store = unit.store_id;
    let found = match (unit.state.as_str(), unit.order_id, unit.order_code.as_deref()) {
        ("available", ..) => Found::Voided,
        ("reserved", _, Some(code)) if code == order => {
            table::held(tx, store, unit.id, now).await?;
            return Ok(Found::Held);
        }
        ("reserved", Some(_), _) => Found::TakenBack,
        _ => return Ok(Found::Known),
    };
    table::void(tx, store, unit.id).await?;
    if let (Found::TakenBack, Some(holder)) = (found, unit.order_id) {
        let holder = orders::lock(tx, store, holder).await?;
        orders::close(tx, store, &holder, State::Expired, now).await?;
    }
    let note = format!("delivered since the backup, order {order}");
    note_void(tx, store, unit.id, (&unit.state, &note), now).await?;
    Ok(found)
}

/// Takes out every unit that could be sold: nobody knows which of them were handed over since.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn void_unsold(tx: &mut Tx, now: Timestamp) -> Result<u64, ShopError> {
    let mut voided = 0;
    for (store, units) in stock::void_whole(tx).await? {
        voided += units;
        let after = units.to_string();
        let change = Change {
            action: "unit.void_all",
            subject: "restore",
            after: Some(&after),
            note: Some("may have been delivered since the backup"),
            ..Change::default()
        };
        audit::record(tx, store, change, now).await?;
    }
    Ok(u64::try_from(voided).unwrap_or_default())
}

async fn note_void(
    tx: &mut Tx,
    store: StoreId,
    unit: i64,
    (before, note): (&str, &str),
    now: Timestamp,
) -> Result<(), ShopError> {
    let subject = format!("unit {unit}");
    let change = Change {
        action: "unit.void",
        subject: &subject,
        before: Some(before),
        after: Some("voided"),
        note: Some(note),
        ..Change::default()
    };
    audit::record(tx, store, change, now).await
}
