//! Orders: what was asked for, at which price, and how far it came.

mod rules;
mod table;

pub use rules::{Purpose, State};
pub use table::{Held, Line, Order, STATEMENTS};

use super::{ShopError, coupons, stock, wallet};
use crate::db::Tx;
use crate::primitives::planted::{Bug, planted};
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

/// Lets go of everything an order held while it could be paid: balance, units, its coupon's use.
async fn let_go(
    tx: &mut Tx,
    store: StoreId,
    order: &Order,
    now: Timestamp,
) -> Result<(), ShopError> {
    if order.from_balance > Rupiah::ZERO {
        let taken = (order.id, order.from_balance);
        wallet::give_back(tx, store, order.customer_id, taken, now).await?;
    }
    stock::release(tx, store, order.id).await?;
    if let Some(coupon) = order.coupon_id {
        coupons::release(tx, store, coupon).await?;
    }
    Ok(())
}

/// Takes everything an ended order had held once more, or nothing; whether it could.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub(super) async fn hold_again(
    tx: &mut Tx,
    store: StoreId,
    order: &Order,
    now: Timestamp,
) -> Result<bool, ShopError> {
    let taken = (order.id, order.from_balance);
    if order.from_balance > Rupiah::ZERO
        && !wallet::spend(tx, store, order.customer_id, taken, now).await?
    {
        return Ok(false);
    }
    if let Some(coupon) = order.coupon_id
        && coupons::hold(tx, store, coupon, order.customer_id, now).await?.is_some()
    {
        let_go(tx, store, &Order { coupon_id: None, ..order.clone() }, now).await?;
        return Ok(false);
    }
    for line in table::lines(tx, store, order.id).await? {
        let got = stock::reserve(tx, store, order.id, line.product_id, line.quantity).await?;
        if got < line.quantity {
            let_go(tx, store, order, now).await?;
            return Ok(false);
        }
    }
    Ok(true)
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

/// Ends an unpaid order as expired, cancelled or failed and lets go of what it held; `false` when it
/// was not unpaid.
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
    let order = table::peek(tx, store, id).await?;
    let_go(tx, store, &order, now).await?;
    Ok(true)
}

/// Hands the goods over: the one way an order becomes paid. The units, the coupon's use and the
/// balance's part must be held already; a deposit has none of them.
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
    let before = table::lock(tx, store, id).await?;
    if table::credit(tx, store, id, now).await? == 0 {
        return Ok(false);
    }
    if before.state.is_unpaid() {
        let_go(tx, store, &before, now).await?;
    }
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

/// Counts one message of goods as arrived; after the last one the order is delivered.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn part_arrived(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<(), ShopError> {
    Ok(table::part_arrived(tx, store, id).await?)
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
