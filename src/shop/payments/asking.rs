//! When the gateway is asked about a payment: after a callback, on a press, by the clock.

use super::rules;
use super::table::{self, Payment};
use crate::db::Tx;
use crate::pakasir::{Callback, Reference, STATUS_GAP, State as GatewayState};
use crate::primitives::{PaymentId, StoreId, Timestamp};
use crate::shop::ShopError;
use crate::shop::stores::Store;

/// What a callback is worth: at most a reason to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Ask the gateway about this payment now.
    Ask(PaymentId),
    /// It was asked a moment ago, or will be: the sweep asks again in time.
    Later,
    /// It says nothing that could change anything.
    Nothing(&'static str),
    /// It is about a payment of ours and says what cannot be.
    Forged(String),
    /// It is about nobody's payment.
    Orphan,
}

/// Weighs a callback against our own books; changes nothing but when to ask next.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn doubt(
    tx: &mut Tx,
    store: &Store,
    callback: &Callback,
    now: Timestamp,
) -> Result<Doubt, ShopError> {
    // Only what could be a reference of ours is looked for: an engine may refuse other letters.
    let Ok(reference) = Reference::parse(&callback.reference) else { return Ok(Doubt::Orphan) };
    let Some(payment) = table::by_reference(tx, store.id, reference.as_str()).await? else {
        return Ok(Doubt::Orphan);
    };
    if let Some(lie) = rules::lie(store, &payment, callback) {
        return Ok(Doubt::Forged(lie));
    }
    if callback.state != GatewayState::Completed {
        return Ok(Doubt::Nothing("the status is not completed"));
    }
    if payment.state == "completed" {
        return Ok(Doubt::Nothing("this payment is settled"));
    }
    if payment.txn_id.is_none()
        && let Some(txn_id) = callback.txn_id.as_ref().filter(|id| rules::may_be_a_txn(id))
    {
        // The create call's own answer was lost; the callback's id is a hint that the status answer must confirm.
        table::hint_txn(tx, store.id, payment.id, txn_id).await?;
    }
    ask_soon(tx, store.id, &payment, now).await
}

/// Asks about a payment now, or as soon as the gateway's limit allows.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn ask_soon(
    tx: &mut Tx,
    store: StoreId,
    payment: &Payment,
    now: Timestamp,
) -> Result<Doubt, ShopError> {
    let last = payment.last_check_at.filter(|last| *last <= now.plus(STATUS_GAP));
    let allowed = last.map_or(now, |last| last.plus(STATUS_GAP));
    if allowed > now {
        table::check_by(tx, store, payment.id, allowed).await?;
        return Ok(Doubt::Later);
    }
    table::check_next(tx, store, payment.id, Some(now.plus(rules::RETRY))).await?;
    Ok(Doubt::Ask(payment.id))
}

/// Takes the turn to ask the gateway about a payment, or says when it may be asked again.
///
/// # Errors
/// [`ShopError`] when the database fails or there is no such payment.
pub async fn look(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
    now: Timestamp,
) -> Result<Result<(), Timestamp>, ShopError> {
    if table::look(tx, store, id, now, STATUS_GAP).await? {
        return Ok(Ok(()));
    }
    let last = table::get(tx, store, id).await?.last_check_at;
    Ok(Err(last.unwrap_or(now).plus(STATUS_GAP)))
}

/// Payments of any store whose next look is due, at most 100, each with its next look planned.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn due_checks(
    tx: &mut Tx,
    now: Timestamp,
) -> Result<Vec<(StoreId, PaymentId)>, ShopError> {
    let mut due = Vec::new();
    for check in table::due(tx, now).await? {
        let next = rules::next_check(&check, now);
        table::check_next(tx, check.store_id, check.id, next).await?;
        due.push((check.store_id, check.id));
    }
    Ok(due)
}

/// Plans another look after one that brought no word, unless one is planned sooner.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn look_again(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
    now: Timestamp,
) -> Result<(), ShopError> {
    if let Some(check) = table::check_of(tx, store, id).await?
        && let Some(at) = rules::another(&check, now)
    {
        table::check_by(tx, store, id, at).await?;
    }
    Ok(())
}

/// At a start: looks planned for, and taken at, a time that a clock which was ahead had invented are
/// planned for now; how many there were.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn set_right(tx: &mut Tx, now: Timestamp) -> Result<u64, ShopError> {
    Ok(table::set_right(tx, now, rules::LATEST_LOOK).await?)
}
