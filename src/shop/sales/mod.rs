//! Orders as their seller sees them: found, told of, called paid by hand, given back; each change written down.

mod table;
mod rules;

pub use rules::{Act, note, told};
pub use table::{STATEMENTS, Sale};

use super::audit::{By, Change};
use super::customers::MOST_COUNTED;
use super::orders::{self, Order, State};
use super::{ShopError, payments, statistics, wallet};
use crate::db::Tx;
use crate::primitives::{CustomerId, MessageId, OrderId, PaymentId, Rupiah, StoreId, UserId};

/// How many orders stand on one page.
pub const PAGE: i64 = 8;

/// The newest orders older than `before`, of one state or of all; one more than [`PAGE`] when there are more.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn list(
    tx: &mut Tx,
    store: StoreId,
    state: Option<State>,
    before: Option<OrderId>,
) -> Result<Vec<Sale>, ShopError> {
    let before = before.unwrap_or(OrderId(i64::MAX));
    Ok(table::list(tx, store, state, (before, PAGE + 1)).await?)
}

/// How many orders of one state, or of all, there are: counted up to [`MOST_COUNTED`].
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn count(tx: &mut Tx, store: StoreId, state: Option<State>) -> Result<i64, ShopError> {
    Ok(table::count(tx, store, state, MOST_COUNTED).await?)
}

/// The newest orders of a customer, at most [`PAGE`].
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn of_customer(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
) -> Result<Vec<Sale>, ShopError> {
    Ok(table::of_customer(tx, store, customer, PAGE).await?)
}

/// An order of the store.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn get(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<Option<Sale>, ShopError> {
    Ok(table::get(tx, store, id).await?)
}

/// The order that people call so, in any case of its letters.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn find(tx: &mut Tx, store: StoreId, code: &str) -> Result<Option<Sale>, ShopError> {
    let code = code.trim().to_ascii_uppercase();
    if code.len() > 16 || !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    Ok(table::find(tx, store, &code).await?)
}

/// What came of calling an order paid.
#[derive(Debug)]
pub enum ByHand {
    /// It is paid; its goods are the buyer's.
    Paid {
        /// The order.
        order: Order,
        /// The gateway's invoice that nobody should pay any more.
        payment: Option<PaymentId>,
    },
    /// Its goods are not there any more.
    Gone,
    /// It was paid, or its money is on the balance, already.
    TooLate,
}

/// Calls an order for goods paid, for a reason that is kept: money came another way. Money that the gateway
/// brings for it later counts as paid twice.
///
/// # Errors
/// [`ShopError`] when the database fails or the books do not add up (then nothing is committed).
pub async fn pay_by_hand(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    note: &str,
    by: By,
) -> Result<ByHand, ShopError> {
    let order = orders::lock(tx, store, id).await?;
    if !Act::Pay.fits(order.state) || order.purpose != orders::Purpose::Goods {
        return Ok(ByHand::TooLate);
    }
    if !order.state.is_unpaid() && !orders::hold_again(tx, store, &order, by.now).await? {
        return Ok(ByHand::Gone);
    }
    let payment = payments::to_withdraw(tx, store, id).await?;
    table::by_hand(tx, store, id, note).await?;
    orders::pay(tx, store, &order, by.now).await?;
    let change = Change {
        action: "order.paid_by_hand",
        before: Some(order.state.word()),
        after: Some(State::Paid.word()),
        note: Some(note),
        ..Change::default()
    };
    write_down(tx, store, id, change, by).await?;
    Ok(ByHand::Paid { order: orders::lock(tx, store, id).await?, payment })
}

/// Ends an unpaid order; `None` when it was not unpaid.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn cancel(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    by: By,
) -> Result<Option<Order>, ShopError> {
    let order = orders::lock(tx, store, id).await?;
    if !orders::close(tx, store, &order, State::Cancelled, by.now).await? {
        return Ok(None);
    }
    let change = Change { action: "order.cancel", ..Change::default() };
    write_down(tx, store, id, change, by).await?;
    Ok(Some(orders::lock(tx, store, id).await?))
}

/// Gives what an order cost back to its buyer's balance, once; how much, or `None` when it cannot be.
///
/// # Errors
/// [`ShopError`] when the database fails or the balance would pass every bound.
pub async fn refund(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    by: By,
) -> Result<Option<Rupiah>, ShopError> {
    let order = orders::lock(tx, store, id).await?;
    if order.amount == Rupiah::ZERO || !table::refund(tx, store, id).await? {
        return Ok(None);
    }
    statistics::forget(tx, store, id).await?;
    wallet::refund(tx, store, order.customer_id, (id, order.amount), by.now).await?;
    let after = order.amount.get().to_string();
    let change = Change { action: "order.refund", after: Some(&after), ..Change::default() };
    write_down(tx, store, id, change, by).await?;
    Ok(Some(order.amount))
}

/// Writes down that an order's goods were sent again.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn resent(tx: &mut Tx, store: StoreId, id: OrderId, by: By) -> Result<(), ShopError> {
    let change = Change { action: "order.resend", ..Change::default() };
    write_down(tx, store, id, change, by).await
}

async fn write_down(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    change: Change<'_>,
    by: By,
) -> Result<(), ShopError> {
    let subject = format!("order {id}");
    by.note(tx, store, Change { subject: &subject, ..change }).await
}

/// Whether the admins must be told how the order stands; noted as told.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn has_news(tx: &mut Tx, store: StoreId, order: &Order) -> Result<bool, ShopError> {
    Ok(table::tell(tx, store, order.id, rules::told(order.state)).await?)
}

/// The message by which an admin follows an order.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn notice(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    admin: UserId,
) -> Result<Option<MessageId>, ShopError> {
    Ok(table::notice(tx, store, id, admin).await?)
}

/// Remembers that message.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn noticed(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    follows: (UserId, MessageId),
) -> Result<(), ShopError> {
    Ok(table::noticed(tx, store, id, follows).await?)
}
