//! Rows and SQL of orders.

use super::{Draft, Purpose, State};
use crate::db::{DbError, Tx};
use crate::primitives::{
    CouponId, CustomerId, MessageId, OrderId, ProductId, Rupiah, StoreId, Timestamp,
};
use crate::shop::ShopError;
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

/// An order.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Order {
    /// The row.
    pub id: OrderId,
    /// Who buys.
    pub customer_id: CustomerId,
    /// What it is for.
    #[sqlx(try_from = "String")]
    pub purpose: Purpose,
    /// What people call it.
    pub code: String,
    /// How far it came.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// What is to be paid in all, before the gateway's fee: the sum of its lines less the discount.
    pub amount: Rupiah,
    /// What a coupon took off.
    pub discount: Rupiah,
    /// What of the amount is held, or was paid, from the buyer's balance.
    pub from_balance: Rupiah,
    /// The coupon it uses.
    pub coupon_id: Option<CouponId>,
    /// The one message that shows it.
    pub message_id: Option<MessageId>,
    /// `photo` or `text`.
    pub message_kind: Option<String>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it dies unpaid.
    pub expires_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When it ended unpaid.
    pub closed_at: Option<Timestamp>,
}

impl Order {
    /// What the gateway is asked for: the amount without what the balance carries.
    ///
    /// # Errors
    /// [`ShopError::Books`] when the balance carries more than the amount, which cannot be.
    pub fn due(&self) -> Result<Rupiah, ShopError> {
        self.amount.checked_sub(self.from_balance).ok_or_else(|| {
            ShopError::Books(format!("order {} takes more from the balance than it costs", self.id))
        })
    }
}

impl TryFrom<String> for Purpose {
    type Error = DbError;

    fn try_from(word: String) -> Result<Self, DbError> {
        Self::from_word(&word).ok_or_else(|| DbError::Row(format!("order purpose {word}")))
    }
}

impl TryFrom<String> for State {
    type Error = DbError;

    fn try_from(word: String) -> Result<Self, DbError> {
        Self::from_word(&word).ok_or_else(|| DbError::Row(format!("order state {word}")))
    }
}

/// A line of an order, with the price at the time.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    /// What.
    pub product_id: ProductId,
    /// Its name then.
    pub name: String,
    /// The price of one unit then.
    pub price: Rupiah,
    /// How many.
    pub quantity: i64,
}

/// What a customer's unpaid orders keep from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Held {
    /// How many orders.
    pub orders: i64,
    /// How many units.
    pub units: i64,
}

statements! {
    INSERT = ("INSERT INTO orders (store_id, customer_id, purpose, code, state, amount, discount, from_balance, \
               coupon_id, origin, placed_at, expires_at) \
               VALUES ($1, $2, $3, $4, 'invoicing', $5, $6, $7, $8, $9, $10, $11) \
               ON CONFLICT (store_id, customer_id, origin) DO NOTHING RETURNING id");
    INSERT_LINE = ("INSERT INTO order_lines (store_id, order_id, product_id, name, price, quantity) \
                    VALUES ($1, $2, $3, $4, $5, $6)");
    DELETE_LINES = ("DELETE FROM order_lines WHERE store_id = $1 AND order_id = $2");
    DELETE = ("DELETE FROM orders WHERE store_id = $1 AND id = $2");
    LOCK = ("SELECT id, customer_id, purpose, code, state, amount, discount, from_balance, coupon_id, \
             message_id, message_kind, placed_at, expires_at, paid_at, closed_at FROM orders WHERE store_id = $1 AND id = $2", postgres " FOR UPDATE");
    PEEK = ("SELECT id, customer_id, purpose, code, state, amount, discount, from_balance, coupon_id, \
             message_id, message_kind, placed_at, expires_at, paid_at, closed_at FROM orders WHERE store_id = $1 AND id = $2");
    OF_CUSTOMER = ("SELECT id, customer_id, purpose, code, state, amount, discount, from_balance, coupon_id, \
             message_id, message_kind, placed_at, expires_at, paid_at, closed_at FROM orders \
                    WHERE store_id = $1 AND customer_id = $2 AND id = $3", postgres " FOR UPDATE");
    PLACED_BY = ("SELECT id, customer_id, purpose, code, state, amount, discount, from_balance, coupon_id, \
             message_id, message_kind, placed_at, expires_at, paid_at, closed_at FROM orders \
                  WHERE store_id = $1 AND customer_id = $2 AND origin = $3", postgres " FOR UPDATE");
    LINES = ("SELECT product_id, name, price, quantity FROM order_lines \
              WHERE store_id = $1 AND order_id = $2 ORDER BY product_id LIMIT 1000");
    HELD_BY = ("SELECT COUNT(DISTINCT o.id) AS orders, CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT) AS units \
                FROM orders o LEFT JOIN order_lines l ON l.store_id = o.store_id AND l.order_id = o.id \
                WHERE o.store_id = $1 AND o.customer_id = $2 AND o.state IN ('invoicing', 'open')");
    UNPAID_SINCE = ("SELECT COUNT(*) FROM (SELECT placed_at, paid_at FROM orders \
                     WHERE store_id = $1 AND customer_id = $2 ORDER BY id DESC LIMIT 50) AS newest \
                     WHERE placed_at > $3 AND paid_at IS NULL");
    COUNT = ("SELECT COUNT(*) FROM orders WHERE store_id = $1 AND customer_id = $2 AND purpose = 'goods'");
    // A top-up stands among them as long as it can be paid or cancelled.
    LISTED = ("SELECT COUNT(*) FROM orders WHERE store_id = $1 AND customer_id = $2 \
               AND (purpose = 'goods' OR state IN ('invoicing', 'open'))");
    HISTORY = ("SELECT id, customer_id, purpose, code, state, amount, discount, from_balance, coupon_id, \
             message_id, message_kind, placed_at, expires_at, paid_at, closed_at FROM orders \
                WHERE store_id = $1 AND customer_id = $2 \
                AND (purpose = 'goods' OR state IN ('invoicing', 'open')) ORDER BY id DESC LIMIT $3 OFFSET $4");
    OPEN = ("UPDATE orders SET state = 'open', \
             expires_at = CASE WHEN $3 < expires_at THEN $3 ELSE expires_at END \
             WHERE store_id = $1 AND id = $2 AND state = 'invoicing'");
    CLOSE = ("UPDATE orders SET state = $3, closed_at = $4 \
              WHERE store_id = $1 AND id = $2 AND state IN ('invoicing', 'open')");
    // What fills a balance brings no goods that would have to arrive.
    PAY = ("UPDATE orders SET state = CASE WHEN purpose = 'deposit' THEN 'delivered' ELSE 'paid' END, \
            paid_at = $3 WHERE store_id = $1 AND id = $2 \
            AND state IN ('invoicing', 'open', 'expired', 'cancelled', 'failed')");
    CREDIT = ("UPDATE orders SET state = 'credited', closed_at = $3 WHERE store_id = $1 AND id = $2 \
               AND state IN ('invoicing', 'open', 'expired', 'cancelled', 'failed')");
    SHOWN = ("UPDATE orders SET message_id = $3, message_kind = $4 WHERE store_id = $1 AND id = $2");
    VIEWED = ("UPDATE orders SET views = views + 1 WHERE store_id = $1 AND id = $2 RETURNING views");
    PACKED = ("UPDATE orders SET parts = $3 WHERE store_id = $1 AND id = $2");
    GOODS_MESSAGE = ("SELECT message_id FROM goods_messages WHERE store_id = $1 AND order_id = $2 AND part = $3");
    PUT_GOODS_INTO = ("INSERT INTO goods_messages (store_id, order_id, part, message_id) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (store_id, order_id, part) DO UPDATE SET message_id = excluded.message_id");
    FORGET_GOODS_MESSAGES = ("DELETE FROM goods_messages WHERE store_id = $1 AND order_id = $2");
    PART_ARRIVED = ("UPDATE orders SET parts_sent = parts_sent + 1, \
                     state = CASE WHEN state = 'paid' AND parts_sent + 1 >= parts THEN 'delivered' ELSE state END \
                     WHERE store_id = $1 AND id = $2 \
                     RETURNING CAST(CASE WHEN state = 'delivered' AND parts_sent = parts THEN 1 ELSE 0 END AS BIGINT)");
    // While the gateway can be asked, its word begun after the deadline is waited for.
    OVERDUE = ("SELECT o.store_id, o.id FROM orders o \
                WHERE o.state IN ('invoicing', 'open') AND o.expires_at <= $1 \
                AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.store_id = o.store_id \
                    AND p.order_id = o.id AND p.state = 'pending' \
                    AND (p.last_word_at IS NULL OR p.last_word_at > $2)) \
                ORDER BY o.expires_at LIMIT 100");
}

pub(super) async fn insert(
    tx: &mut Tx,
    store: StoreId,
    draft: &Draft,
    code: &str,
    now: Timestamp,
) -> Result<Option<OrderId>, DbError> {
    let row = fetch_optional!(
        tx,
        (OrderId,),
        INSERT,
        store,
        draft.customer,
        draft.purpose.word(),
        code,
        draft.amount,
        draft.discount,
        draft.from_balance,
        draft.coupon,
        draft.origin,
        now,
        draft.expires_at
    )?;
    Ok(row.map(|(id,)| id))
}

pub(super) async fn insert_line(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    (product, name, price, quantity): &(ProductId, String, Rupiah, i64),
) -> Result<(), DbError> {
    execute!(tx, INSERT_LINE, store, order, *product, name, *price, *quantity)?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<(), DbError> {
    execute!(tx, DELETE_LINES, store, id)?;
    execute!(tx, DELETE, store, id)?;
    Ok(())
}

pub(super) async fn lock(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<Order, DbError> {
    fetch_one!(tx, Order, LOCK, store, id)
}

pub(super) async fn peek(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<Order, DbError> {
    fetch_one!(tx, Order, PEEK, store, id)
}

pub(super) async fn of_customer(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    id: OrderId,
) -> Result<Option<Order>, DbError> {
    fetch_optional!(tx, Order, OF_CUSTOMER, store, customer, id)
}

pub(super) async fn placed_by(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    origin: MessageId,
) -> Result<Option<Order>, DbError> {
    fetch_optional!(tx, Order, PLACED_BY, store, customer, origin)
}

pub(super) async fn lines(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
) -> Result<Vec<Line>, DbError> {
    fetch_all!(tx, Line, LINES, store, order)
}

pub(super) async fn held_by(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
) -> Result<Held, DbError> {
    fetch_one!(tx, Held, HELD_BY, store, customer)
}

pub(super) async fn unpaid_since(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    since: Timestamp,
) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), UNPAID_SINCE, store, customer, since)?.0)
}

pub(super) async fn count(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), COUNT, store, customer)?.0)
}

pub(super) async fn listed(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), LISTED, store, customer)?.0)
}

pub(super) async fn history(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    limit: i64,
    offset: i64,
) -> Result<Vec<Order>, DbError> {
    fetch_all!(tx, Order, HISTORY, store, customer, limit, offset)
}

pub(super) async fn open(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    expires_at: Timestamp,
) -> Result<u64, DbError> {
    execute!(tx, OPEN, store, id, expires_at)
}

pub(super) async fn close(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    state: State,
    now: Timestamp,
) -> Result<u64, DbError> {
    execute!(tx, CLOSE, store, id, state.word(), now)
}

pub(super) async fn pay(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    now: Timestamp,
) -> Result<u64, DbError> {
    execute!(tx, PAY, store, id, now)
}

pub(super) async fn credit(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    now: Timestamp,
) -> Result<u64, DbError> {
    execute!(tx, CREDIT, store, id, now)
}

pub(super) async fn shown(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    message: Option<MessageId>,
    kind: Option<&str>,
) -> Result<(), DbError> {
    execute!(tx, SHOWN, store, id, message, kind)?;
    Ok(())
}

/// Counts that the goods were shown again; how often that was.
pub(super) async fn viewed(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), VIEWED, store, id)?.0)
}

pub(super) async fn packed(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    parts: i64,
) -> Result<(), DbError> {
    execute!(tx, PACKED, store, id, parts)?;
    Ok(())
}

/// Whether it was the last part that was missing.
pub(super) async fn part_arrived(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
) -> Result<bool, DbError> {
    Ok(fetch_one!(tx, (i64,), PART_ARRIVED, store, id)?.0 == 1)
}

pub(super) async fn overdue(
    tx: &mut Tx,
    ended: Timestamp,
    asked: Timestamp,
) -> Result<Vec<(StoreId, OrderId)>, DbError> {
    fetch_all!(tx, (StoreId, OrderId), OVERDUE, ended, asked)
}

pub(super) async fn goods_message(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    part: i64,
) -> Result<Option<MessageId>, DbError> {
    let row = fetch_optional!(tx, (MessageId,), GOODS_MESSAGE, store, id, part)?;
    Ok(row.map(|(message,)| message))
}

pub(super) async fn put_goods_into(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    part: i64,
    message: MessageId,
) -> Result<(), DbError> {
    execute!(tx, PUT_GOODS_INTO, store, id, part, message)?;
    Ok(())
}

pub(super) async fn forget_goods_messages(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
) -> Result<(), DbError> {
    execute!(tx, FORGET_GOODS_MESSAGES, store, id)?;
    Ok(())
}
