//! Payments: attempts to pay an order, believed only after the gateway's authenticated answer.

mod rules;
mod table;
mod moves;
mod asking;
mod settling;

pub use asking::{Doubt, ask_soon, doubt, due_checks, look, look_again, set_right};
pub use rules::{Judgement, Outcome, judge, next_check};
pub use settling::{Settled, expire, settle};
pub use table::{Check, Payment, STATEMENTS};

use super::ShopError;
use super::orders::{self, Order};
use super::stores::Store;
use crate::db::Tx;
use crate::pakasir::{Invoice, Reference};
use crate::primitives::{OrderId, PaymentId, Rupiah, StoreId, Timestamp};

/// Writes down an attempt to pay, with a fresh reference, before the gateway hears of it.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn start(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    amount: Rupiah,
    now: Timestamp,
) -> Result<PaymentId, ShopError> {
    Ok(table::insert(tx, store, order, Reference::fresh().as_str(), amount, now).await?)
}

/// Starts a fresh attempt because this one's reference is used up at the gateway.
///
/// `None` when the order is not waiting for an invoice or had `most` attempts already.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn start_again(
    tx: &mut Tx,
    store: StoreId,
    spent: PaymentId,
    most: i64,
    now: Timestamp,
) -> Result<Option<PaymentId>, ShopError> {
    let spent = table::get(tx, store, spent).await?;
    let order = orders::lock(tx, store, spent.order_id).await?;
    if order.state != orders::State::Invoicing || table::count(tx, store, order.id).await? >= most {
        return Ok(None);
    }
    moves::fail(tx, store, &spent, now).await?;
    Ok(Some(start(tx, store, order.id, order.due()?, now).await?))
}

/// A payment of a store, which must exist.
///
/// # Errors
/// [`ShopError`] when the database fails or there is no such payment.
pub async fn get(tx: &mut Tx, store: StoreId, id: PaymentId) -> Result<Payment, ShopError> {
    Ok(table::get(tx, store, id).await?)
}

/// The newest attempt to pay an order.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn latest(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
) -> Result<Option<Payment>, ShopError> {
    Ok(table::latest(tx, store, order).await?)
}

/// The attempt that nobody should pay any more now that its order ended. What has no invoice yet is
/// withdrawn when it gets one.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn to_withdraw(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
) -> Result<Option<PaymentId>, ShopError> {
    let latest = table::latest(tx, store, order).await?;
    Ok(latest.filter(|payment| payment.state == "pending").map(|payment| payment.id))
}

/// Every attempt to pay an order, the newest first.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn of_order(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
) -> Result<Vec<PaymentId>, ShopError> {
    Ok(table::of_order(tx, store, order).await?)
}

/// What became of the gateway's invoice.
#[derive(Debug)]
pub enum Invoiced {
    /// The buyer can pay: show it.
    Open(Order),
    /// The order ended meanwhile: nobody may pay this one.
    TooLate,
    /// The gateway's project is in the other mode (sandbox or live): fail closed.
    WrongMode,
    /// It was known before.
    Known,
}

/// Takes the gateway's invoice for a payment.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn invoiced(
    tx: &mut Tx,
    store: &Store,
    id: PaymentId,
    invoice: &Invoice,
    now: Timestamp,
) -> Result<Invoiced, ShopError> {
    let payment = table::get(tx, store.id, id).await?;
    let order = orders::lock(tx, store.id, payment.order_id).await?;
    if !rules::mode_may_fit(store, invoice.sandbox) {
        moves::fail(tx, store.id, &payment, now).await?;
        return Ok(Invoiced::WrongMode);
    }
    let check_at = now.plus(rules::FIRST_CHECK);
    if !moves::invoiced(tx, store.id, &payment, (invoice, check_at), now).await? {
        return Ok(Invoiced::Known);
    }
    // A deadline in the past is a clock that is wrong: our own deadline stands then.
    let expires_at = invoice.expires_at.filter(|at| *at > now).unwrap_or(order.expires_at);
    if !orders::open(tx, store.id, order.id, expires_at, now).await? {
        return Ok(Invoiced::TooLate);
    }
    Ok(Invoiced::Open(orders::lock(tx, store.id, order.id).await?))
}

/// Gives an attempt up because the gateway made no invoice; returns the order if that ended it.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn gave_up(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
    now: Timestamp,
) -> Result<Option<Order>, ShopError> {
    let payment = table::get(tx, store, id).await?;
    let order = orders::lock(tx, store, payment.order_id).await?;
    moves::fail(tx, store, &payment, now).await?;
    let ended = orders::close(tx, store, &order, orders::State::Failed, now).await?;
    if ended { Ok(Some(orders::lock(tx, store, order.id).await?)) } else { Ok(None) }
}
