//! Rows and SQL of cards and carts.

use crate::db::{DbError, Tx};
use crate::primitives::{CouponId, CustomerId, ProductId, Rupiah, StoreId};
use crate::{execute, fetch_all, fetch_optional, statements};

/// A line of a cart, with its product's name, price and stock of now.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    /// What.
    pub product_id: ProductId,
    /// Its name now.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// The price of one unit now.
    pub price: Rupiah,
    /// The price the customer saw last.
    pub price_seen: Rupiah,
    /// Units that can be sold now.
    pub stock: i64,
}

statements! {
    PUT_CARD = ("INSERT INTO cards (store_id, customer_id, product_id, quantity) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (store_id, customer_id) DO UPDATE SET product_id = excluded.product_id, \
                 quantity = excluded.quantity");
    CARD = ("SELECT quantity FROM cards WHERE store_id = $1 AND customer_id = $2 AND product_id = $3");
    DROP_CARD = ("DELETE FROM cards WHERE store_id = $1 AND customer_id = $2");
    PUT_LINE = ("INSERT INTO cart_lines (store_id, customer_id, product_id, quantity, price_seen) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (store_id, customer_id, product_id) \
                 DO UPDATE SET quantity = excluded.quantity, price_seen = excluded.price_seen");
    LINES = ("SELECT l.product_id, p.name, l.quantity, p.price, l.price_seen, \
              (SELECT COUNT(*) FROM units u WHERE u.store_id = l.store_id AND u.product_id = l.product_id \
                 AND u.state = 'available') AS stock \
              FROM cart_lines l JOIN products p ON p.id = l.product_id AND p.store_id = l.store_id \
              WHERE l.store_id = $1 AND l.customer_id = $2 AND p.active ORDER BY l.product_id LIMIT 100");
    SAW_PRICES = ("UPDATE cart_lines SET price_seen = (SELECT p.price FROM products p \
                   WHERE p.id = cart_lines.product_id AND p.store_id = cart_lines.store_id) \
                   WHERE store_id = $1 AND customer_id = $2");
    COUPON = ("SELECT coupon_id FROM cart_coupons WHERE store_id = $1 AND customer_id = $2");
    PUT_COUPON = ("INSERT INTO cart_coupons (store_id, customer_id, coupon_id) VALUES ($1, $2, $3)");
    DROP_COUPON = ("DELETE FROM cart_coupons WHERE store_id = $1 AND customer_id = $2");
    EMPTY = ("DELETE FROM cart_lines WHERE store_id = $1 AND customer_id = $2");
}

pub(super) async fn put_card(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    product: ProductId,
    quantity: i64,
) -> Result<(), DbError> {
    execute!(tx, PUT_CARD, store, customer, product, quantity)?;
    Ok(())
}

pub(super) async fn card(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    product: ProductId,
) -> Result<Option<i64>, DbError> {
    let row = fetch_optional!(tx, (i64,), CARD, store, customer, product)?;
    Ok(row.map(|(quantity,)| quantity))
}

pub(super) async fn drop_card(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
) -> Result<(), DbError> {
    execute!(tx, DROP_CARD, store, customer)?;
    Ok(())
}

pub(super) async fn put_line(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    product: ProductId,
    quantity: i64,
    price: Rupiah,
) -> Result<(), DbError> {
    execute!(tx, PUT_LINE, store, customer, product, quantity, price)?;
    Ok(())
}

pub(super) async fn lines(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
) -> Result<Vec<Line>, DbError> {
    fetch_all!(tx, Line, LINES, store, customer)
}

pub(super) async fn saw_prices(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
) -> Result<(), DbError> {
    execute!(tx, SAW_PRICES, store, customer)?;
    Ok(())
}

pub(super) async fn coupon(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
) -> Result<Option<CouponId>, DbError> {
    Ok(fetch_optional!(tx, (CouponId,), COUPON, store, customer)?.map(|(coupon,)| coupon))
}

pub(super) async fn put_coupon(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    coupon: CouponId,
) -> Result<(), DbError> {
    execute!(tx, PUT_COUPON, store, customer, coupon)?;
    Ok(())
}

pub(super) async fn drop_coupon(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
) -> Result<(), DbError> {
    execute!(tx, DROP_COUPON, store, customer)?;
    Ok(())
}

pub(super) async fn empty(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
) -> Result<(), DbError> {
    execute!(tx, EMPTY, store, customer)?;
    Ok(())
}
