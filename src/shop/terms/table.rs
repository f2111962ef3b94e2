//! Rows and SQL of terms and proofs.

use crate::db::{DbError, Tx};
use crate::primitives::{
    Language, OrderId, ProductId, ProofId, Sealed, StoreId, Timestamp, UserId,
};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

/// The terms of a product in one language.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Terms {
    /// Of what.
    pub product_id: ProductId,
    /// Its name now.
    pub name: String,
    /// The language.
    pub language: Language,
    /// The text.
    pub body: String,
}

/// A proof as it lies there.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Stored {
    /// The row.
    pub id: ProofId,
    /// The order it belongs to.
    pub order_id: OrderId,
    /// The order's code.
    pub code: String,
    /// The product whose terms it is about.
    pub product_id: ProductId,
    /// The product's name now.
    pub product: String,
    /// Who sent it.
    pub user_id: UserId,
    /// The name he shows.
    pub buyer: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    pub(super) body: Vec<u8>,
    pub(super) body_key: String,
}

statements! {
    OF_ORDER = ("SELECT t.product_id, p.name, t.language, t.body FROM order_lines l \
                 JOIN product_terms t ON t.store_id = l.store_id AND t.product_id = l.product_id \
                 JOIN products p ON p.store_id = l.store_id AND p.id = l.product_id \
                 WHERE l.store_id = $1 AND l.order_id = $2 ORDER BY t.product_id, t.language LIMIT 100");
    FIND = ("SELECT id FROM proofs WHERE store_id = $1 AND order_id = $2 AND product_id = $3");
    PUT = ("INSERT INTO proofs (store_id, order_id, product_id, body, body_key, sent_at) \
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (store_id, order_id, product_id) \
            DO UPDATE SET body = excluded.body, body_key = excluded.body_key, sent_at = excluded.sent_at \
            RETURNING id");
    GET = ("SELECT f.id, f.order_id, o.code, f.product_id, p.name AS product, c.user_id, c.name AS buyer, \
            f.sent_at, f.body, f.body_key FROM proofs f \
            JOIN orders o ON o.store_id = f.store_id AND o.id = f.order_id \
            JOIN products p ON p.store_id = f.store_id AND p.id = f.product_id \
            JOIN customers c ON c.store_id = f.store_id AND c.id = o.customer_id \
            WHERE f.store_id = $1 AND f.id = $2");
    COUNT = ("SELECT COUNT(*) FROM proofs WHERE store_id = $1");
    LIST = ("SELECT f.id, f.order_id, o.code, f.product_id, p.name AS product, c.user_id, c.name AS buyer, \
             f.sent_at, f.body, f.body_key FROM proofs f \
             JOIN orders o ON o.store_id = f.store_id AND o.id = f.order_id \
             JOIN products p ON p.store_id = f.store_id AND p.id = f.product_id \
             JOIN customers c ON c.store_id = f.store_id AND c.id = o.customer_id \
             WHERE f.store_id = $1 ORDER BY f.sent_at DESC, f.id DESC LIMIT $2 OFFSET $3");
    FORGET = ("DELETE FROM proofs WHERE store_id = $1 AND id IN (SELECT id FROM proofs \
               WHERE store_id = $1 AND sent_at < $2 ORDER BY sent_at LIMIT $3)");
    UNDER_KEY = ("SELECT f.id, f.order_id, '' AS code, f.product_id, '' AS product, \
                  CAST(0 AS BIGINT) AS user_id, '' AS buyer, f.sent_at, f.body, f.body_key FROM proofs f \
                  WHERE f.store_id = $1 AND f.body_key = $2 AND f.id > $3 ORDER BY f.id LIMIT $4");
    RESEAL = ("UPDATE proofs SET body = $3, body_key = $4 WHERE store_id = $1 AND id = $2 AND body_key = $5");
}

pub(super) async fn of_order(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
) -> Result<Vec<Terms>, DbError> {
    fetch_all!(tx, Terms, OF_ORDER, store, order)
}

pub(super) async fn find(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    product: ProductId,
) -> Result<Option<ProofId>, DbError> {
    Ok(fetch_optional!(tx, (ProofId,), FIND, store, order, product)?.map(|(id,)| id))
}

pub(super) async fn put(
    tx: &mut Tx,
    store: StoreId,
    (order, product): (OrderId, ProductId),
    body: &Sealed,
    now: Timestamp,
) -> Result<ProofId, DbError> {
    let Sealed { key_id, bytes } = body;
    Ok(fetch_one!(tx, (ProofId,), PUT, store, order, product, bytes, key_id, now)?.0)
}

pub(super) async fn get(
    tx: &mut Tx,
    store: StoreId,
    id: ProofId,
) -> Result<Option<Stored>, DbError> {
    fetch_optional!(tx, Stored, GET, store, id)
}

pub(super) async fn count(tx: &mut Tx, store: StoreId) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), COUNT, store)?.0)
}

pub(super) async fn list(
    tx: &mut Tx,
    store: StoreId,
    limit: i64,
    offset: i64,
) -> Result<Vec<Stored>, DbError> {
    fetch_all!(tx, Stored, LIST, store, limit, offset)
}

pub(super) async fn forget(
    tx: &mut Tx,
    store: StoreId,
    limit: Timestamp,
    most: i64,
) -> Result<u64, DbError> {
    execute!(tx, FORGET, store, limit, most)
}

pub(super) async fn under_key(
    tx: &mut Tx,
    store: StoreId,
    key: &str,
    after: i64,
    most: i64,
) -> Result<Vec<Stored>, DbError> {
    fetch_all!(tx, Stored, UNDER_KEY, store, key, after, most)
}

pub(super) async fn reseal(
    tx: &mut Tx,
    store: StoreId,
    stored: &Stored,
    fresh: &Sealed,
) -> Result<(), DbError> {
    execute!(tx, RESEAL, store, stored.id, &fresh.bytes, &fresh.key_id, &stored.body_key)?;
    Ok(())
}
