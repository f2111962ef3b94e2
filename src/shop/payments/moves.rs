//! How a payment moves from one state to the next, with the entry that is kept.

use super::Outcome;
use super::table::{self, Payment};
use crate::db::Tx;
use crate::pakasir::Invoice;
use crate::primitives::{Rupiah, StoreId, Timestamp};
use crate::shop::{ShopError, audit};

/// Takes the gateway's invoice; `false` when there was one, or none is wanted any more.
pub(super) async fn invoiced(
    tx: &mut Tx,
    store: StoreId,
    payment: &Payment,
    (invoice, check_at): (&Invoice, Timestamp),
    now: Timestamp,
) -> Result<bool, ShopError> {
    if !table::invoiced(tx, store, payment.id, invoice, check_at).await? {
        return Ok(false);
    }
    note(tx, store, payment, "pending", now).await?;
    Ok(true)
}

/// Gives a payment up that never got an invoice.
pub(super) async fn fail(
    tx: &mut Tx,
    store: StoreId,
    payment: &Payment,
    now: Timestamp,
) -> Result<(), ShopError> {
    if table::fail(tx, store, payment.id).await? {
        note(tx, store, payment, "failed", now).await?;
    }
    Ok(())
}

/// Nobody can pay it any more, the gateway says.
pub(super) async fn end(
    tx: &mut Tx,
    store: StoreId,
    payment: &Payment,
    now: Timestamp,
) -> Result<(), ShopError> {
    if table::end(tx, store, payment.id).await? {
        note(tx, store, payment, "canceled", now).await?;
    }
    Ok(())
}

/// Marks a payment for a person to look at; `false` when it was marked before.
pub(super) async fn hold(
    tx: &mut Tx,
    store: StoreId,
    payment: &Payment,
    now: Timestamp,
) -> Result<bool, ShopError> {
    if !table::hold(tx, store, payment.id).await? {
        return Ok(false);
    }
    note(tx, store, payment, "held", now).await?;
    Ok(true)
}

/// Money came: exactly one row changes, or the caller's transaction must not be committed.
pub(super) async fn complete(
    tx: &mut Tx,
    store: StoreId,
    payment: &Payment,
    (outcome, received): (Outcome, Rupiah),
    now: Timestamp,
) -> Result<(), ShopError> {
    table::complete(tx, store, payment.id, outcome, received, now).await?;
    note(tx, store, payment, outcome.word(), now).await
}

async fn note(
    tx: &mut Tx,
    store: StoreId,
    payment: &Payment,
    after: &str,
    now: Timestamp,
) -> Result<(), ShopError> {
    audit::moved(tx, store, ("payment", payment.id.0), (&payment.state, after), now).await
}
