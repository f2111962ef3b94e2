//! Rows and SQL of statistics.

use super::Day;
use crate::db::{DbError, Tx};
use crate::primitives::{OrderId, ProductId, Rupiah, StoreId, Timestamp};
use crate::{execute, fetch_all, fetch_one, statements};

/// What a day brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Totals {
    pub day_from: Timestamp,
    pub day_until: Timestamp,
    pub placed: i64,
    pub paid: i64,
    pub expired: i64,
    pub revenue: Rupiah,
    pub refunded: Rupiah,
}

/// How well a product sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Sold {
    pub product_id: ProductId,
    pub quantity: i64,
    pub revenue: Rupiah,
}

statements! {
    STORED = ("SELECT day_from, day_until, placed, paid, expired, revenue, refunded FROM day_totals \
               WHERE store_id = $1 AND day_from >= $2 AND day_until <= $3 ORDER BY day_from LIMIT 1000");
    STORED_PRODUCTS = ("SELECT product_id, CAST(SUM(quantity) AS BIGINT) AS quantity, \
                        CAST(SUM(revenue) AS BIGINT) AS revenue FROM day_products \
                        WHERE store_id = $1 AND day_from >= $2 AND day_until <= $3 \
                        GROUP BY product_id ORDER BY product_id LIMIT 10000");
    PLACED = ("SELECT COUNT(*) FROM orders WHERE store_id = $1 AND purpose = 'goods' \
               AND placed_at >= $2 AND placed_at < $3");
    PAID = ("SELECT COUNT(*), CAST(COALESCE(SUM(amount), 0) AS BIGINT), \
             CAST(COALESCE(SUM(refunded), 0) AS BIGINT) FROM orders \
             WHERE store_id = $1 AND purpose = 'goods' AND state IN ('paid', 'delivered') \
             AND paid_at >= $2 AND paid_at < $3");
    EXPIRED = ("SELECT COUNT(*) FROM orders WHERE store_id = $1 AND purpose = 'goods' AND state = 'expired' \
                AND closed_at >= $2 AND closed_at < $3");
    PRODUCTS = ("SELECT l.product_id, CAST(SUM(l.quantity) AS BIGINT) AS quantity, \
                 CAST(SUM(l.price * l.quantity) AS BIGINT) AS revenue FROM orders o \
                 JOIN order_lines l ON l.store_id = o.store_id AND l.order_id = o.id \
                 WHERE o.store_id = $1 AND o.purpose = 'goods' AND o.state IN ('paid', 'delivered') \
                 AND o.paid_at >= $2 AND o.paid_at < $3 \
                 GROUP BY l.product_id ORDER BY l.product_id LIMIT 10000");
    HOURS = ("SELECT (paid_at - $2) / 3600000, CAST(SUM(amount) AS BIGINT) FROM orders \
              WHERE store_id = $1 AND purpose = 'goods' AND state IN ('paid', 'delivered') \
              AND paid_at >= $2 AND paid_at < $3 GROUP BY 1 ORDER BY 1 LIMIT 25");
    NAME = ("SELECT name FROM products WHERE store_id = $1 AND id = $2");
    CLEAR = ("DELETE FROM day_totals WHERE store_id = $1 AND day_from < $3 AND day_until > $2");
    CLEAR_PRODUCTS = ("DELETE FROM day_products WHERE store_id = $1 AND day_from < $3 AND day_until > $2");
    KEEP = ("INSERT INTO day_totals (store_id, day_from, day_until, placed, paid, expired, revenue, refunded) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    KEEP_PRODUCT = ("INSERT INTO day_products (store_id, day_from, day_until, product_id, quantity, revenue) \
                     VALUES ($1, $2, $3, $4, $5, $6)");
    MOMENTS = ("SELECT paid_at, closed_at FROM orders WHERE store_id = $1 AND id = $2");
}

/// What is kept of the days between two moments.
pub(super) async fn stored(
    tx: &mut Tx,
    store: StoreId,
    (from, until): Day,
) -> Result<Vec<Totals>, DbError> {
    fetch_all!(tx, Totals, STORED, store, from, until)
}

pub(super) async fn stored_products(
    tx: &mut Tx,
    store: StoreId,
    (from, until): Day,
) -> Result<Vec<Sold>, DbError> {
    fetch_all!(tx, Sold, STORED_PRODUCTS, store, from, until)
}

/// Adds a day up from its orders.
pub(super) async fn add_up(
    tx: &mut Tx,
    store: StoreId,
    (from, until): Day,
) -> Result<Totals, DbError> {
    let (placed,) = fetch_one!(tx, (i64,), PLACED, store, from, until)?;
    let (paid, revenue, refunded) =
        fetch_one!(tx, (i64, Rupiah, Rupiah), PAID, store, from, until)?;
    let (expired,) = fetch_one!(tx, (i64,), EXPIRED, store, from, until)?;
    Ok(Totals { day_from: from, day_until: until, placed, paid, expired, revenue, refunded })
}

pub(super) async fn products(
    tx: &mut Tx,
    store: StoreId,
    (from, until): Day,
) -> Result<Vec<Sold>, DbError> {
    fetch_all!(tx, Sold, PRODUCTS, store, from, until)
}

/// The revenue of each hour of a day that had any, counted from its first.
pub(super) async fn hours(
    tx: &mut Tx,
    store: StoreId,
    (from, until): Day,
) -> Result<Vec<(i64, Rupiah)>, DbError> {
    fetch_all!(tx, (i64, Rupiah), HOURS, store, from, until)
}

pub(super) async fn name(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
) -> Result<String, DbError> {
    Ok(fetch_one!(tx, (String,), NAME, store, product)?.0)
}

/// Forgets every day that has a part between two moments.
pub(super) async fn clear(tx: &mut Tx, store: StoreId, (from, until): Day) -> Result<(), DbError> {
    execute!(tx, CLEAR, store, from, until)?;
    execute!(tx, CLEAR_PRODUCTS, store, from, until)?;
    Ok(())
}

pub(super) async fn keep(
    tx: &mut Tx,
    store: StoreId,
    totals: &Totals,
    sold: &[Sold],
) -> Result<(), DbError> {
    let Totals { day_from, day_until, placed, paid, expired, revenue, refunded } = *totals;
    execute!(tx, KEEP, store, day_from, day_until, placed, paid, expired, revenue, refunded)?;
    for Sold { product_id, quantity, revenue } in sold {
        execute!(tx, KEEP_PRODUCT, store, day_from, day_until, product_id, quantity, revenue)?;
    }
    Ok(())
}

/// When an order was paid, and when it ended unpaid.
pub(super) async fn moments(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
) -> Result<(Option<Timestamp>, Option<Timestamp>), DbError> {
    fetch_one!(tx, (Option<Timestamp>, Option<Timestamp>), MOMENTS, store, order)
}
