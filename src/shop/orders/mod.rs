//! Orders: what was asked for, at which price, and how far it came.

mod rules;
mod table;

pub use rules::State;
pub use table::{Line, Order, STATEMENTS};

use super::{ShopError, stock};
use crate::db::Tx;
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{CustomerId, MessageId, OrderId, ProductId, Rupiah, StoreId, Timestamp};

/// How many orders stand on one page of a history.
pub const PAGE: i64 = 5;

/// What a new order is made of.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Who buys.
    pub customer: CustomerId,
    /// The message whose button placed it; the same message places one order.
    pub origin: MessageId,
    /// The sum to pay.
    pub amount: Rupiah,
    /// Product, name, price, quantity.
    pub lines: Vec<(ProductId, String, Rupiah, i64)>,
    /// When it dies unpaid.
    pub expires_at: Timestamp,
}

/// Writes a new order, waiting for its invoice; `None` when this message placed one before.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn place(
    tx: &mut Tx,
    store: StoreId,
    draft: &Draft,
    now: Timestamp,
) -> Result<Option<OrderId>, ShopError> {
    let Some(id) = table::insert(tx, store, draft, &rules::fresh_code(), now).await? else {
        return Ok(None);
    };
    for line in &draft.lines {
        table::insert_line(tx, store, id, line).await?;
    }
    Ok(Some(id))
}

/// Takes back an order placed in this same transaction, as if it had never been.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn unplace(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<(), ShopError> {
    stock::release(tx, store, id).await?;
    Ok(table::delete(tx, store, id).await?)
}

/// An order, held against every other transaction until this one ends.
///
/// # Errors
/// [`ShopError`] when the database fails or there is no such order.
pub async fn lock(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<Order, ShopError> {
    Ok(table::lock(tx, store, id).await?)
}

/// An order as it is now, held by nobody.
///
/// # Errors
/// [`ShopError`] when the database fails or there is no such order.
pub async fn peek(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<Order, ShopError> {
    Ok(table::peek(tx, store, id).await?)
}

/// A customer's own order.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn of_customer(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    id: OrderId,
) -> Result<Option<Order>, ShopError> {
    Ok(table::of_customer(tx, store, customer, id).await?)
}

/// The order a message placed, if it did.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn placed_by(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    origin: MessageId,
) -> Result<Option<Order>, ShopError> {
    Ok(table::placed_by(tx, store, customer, origin).await?)
}

/// An order's lines.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn lines(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<Vec<Line>, ShopError> {
    Ok(table::lines(tx, store, id).await?)
}

/// How many unpaid orders a customer has.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn unpaid(tx: &mut Tx, store: StoreId, customer: CustomerId) -> Result<i64, ShopError> {
    Ok(table::unpaid(tx, store, customer).await?)
}

/// A page of a customer's orders, newest first, and how many there are.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn history(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    page: i64,
) -> Result<(Vec<Order>, i64), ShopError> {
    let total = table::count(tx, store, customer).await?;
    let last = (total - 1).max(0) / PAGE;
    let page = page.clamp(0, last);
    Ok((table::history(tx, store, customer, PAGE, page * PAGE).await?, total))
}

/// Moves an order from `invoicing` to `open`, dying at `expires_at`; `false` when it was not invoicing.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn open(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    expires_at: Timestamp,
) -> Result<bool, ShopError> {
    Ok(table::open(tx, store, id, expires_at).await? == 1)
}

/// Ends an unpaid order as expired, cancelled or failed and frees its units; `false` when it was not unpaid.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn close(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    state: State,
    now: Timestamp,
) -> Result<bool, ShopError> {
    if table::close(tx, store, id, state, now).await? == 0 {
        return Ok(false);
    }
    if planted(Bug::KeepUnits) {
        return Ok(true);
    }
    stock::release(tx, store, id).await?;
    Ok(true)
}

/// Hands the goods over: the one way an order becomes paid. The units must be reserved already.
///
/// # Errors
/// [`ShopError::Books`] when the order cannot be paid any more or its units are not there.
pub async fn pay(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    now: Timestamp,
) -> Result<(), ShopError> {
    if table::pay(tx, store, id, now).await? != 1 {
        return Err(ShopError::Books(format!("order {id} was already paid")));
    }
    let lines = table::lines(tx, store, id).await?;
    let sold = lines.iter().map(|line| line.quantity).sum();
    stock::hand_over(tx, store, id, sold).await?;
    for line in &lines {
        super::catalogue::add_sold(tx, store, line.product_id, line.quantity).await?;
    }
    Ok(())
}

/// Ends an order whose money went to the buyer's balance; `false` when it was already paid.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn credit(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    now: Timestamp,
) -> Result<bool, ShopError> {
    if table::credit(tx, store, id, now).await? == 0 {
        return Ok(false);
    }
    stock::release(tx, store, id).await?;
    Ok(true)
}

/// Remembers the one message that shows the order.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn shown(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    message: Option<(MessageId, &str)>,
) -> Result<(), ShopError> {
    let (message, kind) = message.unzip();
    Ok(table::shown(tx, store, id, message, kind).await?)
}

/// Notes into how many messages the goods were split.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn packed(tx: &mut Tx, store: StoreId, id: OrderId, parts: i64) -> Result<(), ShopError> {
    Ok(table::packed(tx, store, id, parts).await?)
}

/// The message that a part of the goods is edited into, if one was sent for it.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn goods_message(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    part: i64,
) -> Result<Option<MessageId>, ShopError> {
    Ok(table::goods_message(tx, store, id, part).await?)
}

/// Remembers the message that a part of the goods is edited into: editing it twice shows nothing twice.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn put_goods_into(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    part: i64,
    message: MessageId,
) -> Result<(), ShopError> {
    Ok(table::put_goods_into(tx, store, id, part, message).await?)
}

/// Forgets them: who went away and comes back may see the old messages no more.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn forget_goods_messages(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
) -> Result<(), ShopError> {
    Ok(table::forget_goods_messages(tx, store, id).await?)
}

/// Counts one message of goods as arrived; after the last one the order is delivered.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn part_arrived(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<(), ShopError> {
    Ok(table::part_arrived(tx, store, id).await?)
}

/// Unpaid orders of any store whose time was over before `ended`, at most 100.
///
/// Not those of which the gateway was not asked since, or was asked after `asked`: its word may be
/// on the way.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn overdue(
    tx: &mut Tx,
    ended: Timestamp,
    asked: Timestamp,
) -> Result<Vec<(StoreId, OrderId)>, ShopError> {
    Ok(table::overdue(tx, ended, asked).await?)
}
