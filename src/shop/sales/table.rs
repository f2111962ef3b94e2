//! Rows and SQL of orders as their seller sees them.

use crate::db::{DbError, Tx};
use crate::primitives::{CustomerId, MessageId, OrderId, Rupiah, StoreId, Timestamp, UserId};
use crate::shop::orders::{Purpose, State};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

/// An order as its seller sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Sale {
    /// The row.
    pub id: OrderId,
    /// Who buys.
    pub customer_id: CustomerId,
    /// What people call it.
    pub code: String,
    /// What it is for.
    #[sqlx(try_from = "String")]
    pub purpose: Purpose,
    /// How far it came.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// What was to be paid in all.
    pub amount: Rupiah,
    /// How much of it went back to the buyer's balance.
    pub refunded: Rupiah,
    /// Why an admin called it paid; `None` when the gateway did.
    pub by_hand: Option<String>,
    /// Who buys, as Telegram knows him.
    pub user_id: UserId,
    /// The name he shows.
    pub buyer: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
}

statements! {
    LIST = ("SELECT o.id, o.customer_id, o.code, o.purpose, o.state, o.amount, o.refunded, o.by_hand, c.user_id, c.name AS buyer, \
             o.placed_at, o.paid_at FROM orders o JOIN customers c ON c.store_id = o.store_id AND c.id = o.customer_id \
             WHERE o.store_id = $1 AND o.id < $2 ORDER BY o.id DESC LIMIT $3");
    LIST_IN = ("SELECT o.id, o.customer_id, o.code, o.purpose, o.state, o.amount, o.refunded, o.by_hand, c.user_id, c.name AS buyer, \
                o.placed_at, o.paid_at FROM orders o JOIN customers c ON c.store_id = o.store_id AND c.id = o.customer_id \
                WHERE o.store_id = $1 AND o.state = $4 AND o.id < $2 ORDER BY o.id DESC LIMIT $3");
    GET = ("SELECT o.id, o.customer_id, o.code, o.purpose, o.state, o.amount, o.refunded, o.by_hand, c.user_id, c.name AS buyer, \
            o.placed_at, o.paid_at FROM orders o JOIN customers c ON c.store_id = o.store_id AND c.id = o.customer_id \
            WHERE o.store_id = $1 AND o.id = $2");
    FIND = ("SELECT o.id, o.customer_id, o.code, o.purpose, o.state, o.amount, o.refunded, o.by_hand, c.user_id, c.name AS buyer, \
             o.placed_at, o.paid_at FROM orders o JOIN customers c ON c.store_id = o.store_id AND c.id = o.customer_id \
             WHERE o.store_id = $1 AND o.code = $2");
    OF_CUSTOMER = ("SELECT o.id, o.customer_id, o.code, o.purpose, o.state, o.amount, o.refunded, o.by_hand, c.user_id, c.name AS buyer, \
                    o.placed_at, o.paid_at FROM orders o JOIN customers c ON c.store_id = o.store_id AND c.id = o.customer_id \
                    WHERE o.store_id = $1 AND o.customer_id = $2 ORDER BY o.id DESC LIMIT $3");
    COUNT = ("SELECT COUNT(*) FROM (SELECT 1 FROM orders WHERE store_id = $1 LIMIT $2) AS counted");
    COUNT_IN = ("SELECT COUNT(*) FROM (SELECT 1 FROM orders WHERE store_id = $1 AND state = $3 LIMIT $2) AS counted");
    BY_HAND = ("UPDATE orders SET by_hand = $3 WHERE store_id = $1 AND id = $2");
    REFUND = ("UPDATE orders SET refunded = amount WHERE store_id = $1 AND id = $2 AND refunded = 0 \
               AND purpose = 'goods' AND state IN ('paid', 'delivered')");
    TELL = ("UPDATE orders SET told = $3 WHERE store_id = $1 AND id = $2 AND COALESCE(told, '') <> $3");
    NOTICE = ("SELECT message_id FROM order_notices WHERE store_id = $1 AND order_id = $2 AND user_id = $3");
    NOTICED = ("INSERT INTO order_notices (store_id, order_id, user_id, message_id) VALUES ($1, $2, $3, $4) \
                ON CONFLICT (store_id, order_id, user_id) DO UPDATE SET message_id = excluded.message_id");
}

pub(super) async fn list(
    tx: &mut Tx,
    store: StoreId,
    state: Option<State>,
    (before, most): (OrderId, i64),
) -> Result<Vec<Sale>, DbError> {
    match state {
        None => fetch_all!(tx, Sale, LIST, store, before, most),
        Some(state) => fetch_all!(tx, Sale, LIST_IN, store, before, most, state.word()),
    }
}

/// How many there are, counted up to `most`.
pub(super) async fn count(
    tx: &mut Tx,
    store: StoreId,
    state: Option<State>,
    most: i64,
) -> Result<i64, DbError> {
    let (count,) = match state {
        None => fetch_one!(tx, (i64,), COUNT, store, most)?,
        Some(state) => fetch_one!(tx, (i64,), COUNT_IN, store, most, state.word())?,
    };
    Ok(count)
}

pub(super) async fn get(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<Option<Sale>, DbError> {
    fetch_optional!(tx, Sale, GET, store, id)
}

pub(super) async fn find(tx: &mut Tx, store: StoreId, code: &str) -> Result<Option<Sale>, DbError> {
    fetch_optional!(tx, Sale, FIND, store, code)
}

pub(super) async fn of_customer(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    most: i64,
) -> Result<Vec<Sale>, DbError> {
    fetch_all!(tx, Sale, OF_CUSTOMER, store, customer, most)
}

pub(super) async fn by_hand(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    note: &str,
) -> Result<(), DbError> {
    execute!(tx, BY_HAND, store, id, note)?;
    Ok(())
}

/// `false` when it was not sold, or went back before.
pub(super) async fn refund(tx: &mut Tx, store: StoreId, id: OrderId) -> Result<bool, DbError> {
    Ok(execute!(tx, REFUND, store, id)? == 1)
}

/// `false` when that was told last.
pub(super) async fn tell(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    word: &str,
) -> Result<bool, DbError> {
    Ok(execute!(tx, TELL, store, id, word)? == 1)
}

pub(super) async fn notice(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    user: UserId,
) -> Result<Option<MessageId>, DbError> {
    Ok(fetch_optional!(tx, (MessageId,), NOTICE, store, id, user)?.map(|(message,)| message))
}

pub(super) async fn noticed(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    (user, message): (UserId, MessageId),
) -> Result<(), DbError> {
    execute!(tx, NOTICED, store, id, user, message)?;
    Ok(())
}
