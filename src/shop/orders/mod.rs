//! Orders: what was asked for, at which price, and how far it came.

mod rules;
mod table;
mod moves;

pub use moves::{close, credit, open, part_arrived, pay};
pub use rules::{Purpose, State};
pub use table::{Held, Line, Order, STATEMENTS};

pub(super) use moves::hold_again;

use super::{ShopError, coupons, stock};
use crate::db::Tx;
use crate::primitives::{
    CouponId, CustomerId, MessageId, OrderId, ProductId, Rupiah, StoreId, Timestamp,
};

/// How many orders stand on one page of a history.
pub const PAGE: i64 = 5;

/// What a new order is made of.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Who buys.
    pub customer: CustomerId,
    /// What it is for.
    pub purpose: Purpose,
    /// The message whose button placed it; the same message places one order.
    pub origin: MessageId,
    /// The sum to pay, after the discount.
    pub amount: Rupiah,
    /// What the coupon took off.
    pub discount: Rupiah,
    /// What of the amount the buyer's balance carries.
    pub from_balance: Rupiah,
    /// The coupon, of which the caller holds a use.
    pub coupon: Option<CouponId>,
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

/// Takes back an order placed in this same transaction, as if it had never been; what of the balance
/// it was to take must not have been taken yet.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn unplace(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    coupon: Option<CouponId>,
) -> Result<(), ShopError> {
    stock::release(tx, store, id).await?;
    if let Some(coupon) = coupon {
        coupons::release(tx, store, coupon).await?;
    }
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

/// The order a message placed, if it did; it changes for nobody else until this transaction ends, so that it
/// is not shown in a state that it has just left.
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

/// What a customer's unpaid orders keep from others.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn held_by(tx: &mut Tx, store: StoreId, customer: CustomerId) -> Result<Held, ShopError> {
    Ok(table::held_by(tx, store, customer).await?)
}

/// How many of a customer's newest orders were placed after `since` and not paid, whatever became of them.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn unpaid_since(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    since: Timestamp,
) -> Result<i64, ShopError> {
    Ok(table::unpaid_since(tx, store, customer, since).await?)
}

/// How many orders of goods a customer ever placed.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn count(tx: &mut Tx, store: StoreId, customer: CustomerId) -> Result<i64, ShopError> {
    Ok(table::count(tx, store, customer).await?)
}

/// A page of a customer's orders, newest first, and how many there are; top-ups while they are unpaid.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn history(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    page: i64,
) -> Result<(Vec<Order>, i64), ShopError> {
    let total = table::listed(tx, store, customer).await?;
    let last = (total - 1).max(0) / PAGE;
    let page = page.clamp(0, last);
    Ok((table::history(tx, store, customer, PAGE, page * PAGE).await?, total))
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

/// Counts that a buyer looked at his goods again; how often that was.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn viewed(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<i64, ShopError> {
    Ok(table::viewed(tx, store, id).await?)
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

/// Unpaid orders of any store whose time was over before `ended`, at most 100.
///
/// Not those about which the gateway was not asked since, or only after `asked`: its word may be on the way.
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
