//! Rows and SQL of units.

use crate::db::{DbError, Tx};
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{OrderId, ProductId, Sealed, StoreId, Timestamp};
use crate::{execute, fetch_all, statements};

/// A unit of an order.
#[derive(sqlx::FromRow)]
pub(super) struct OrderedUnit {
    pub product_id: ProductId,
    pub name: String,
    pub content: Vec<u8>,
    pub content_key: String,
    pub fingerprint: Vec<u8>,
}

/// A unit on the shelf.
#[derive(sqlx::FromRow)]
pub(super) struct ShelvedUnit {
    pub content: Vec<u8>,
    pub content_key: String,
    pub fingerprint: Vec<u8>,
}

/// A unit wherever it is, under the key it was sealed with.
#[derive(sqlx::FromRow)]
pub(super) struct SealedUnit {
    pub id: i64,
    pub product_id: ProductId,
    pub content: Vec<u8>,
    pub content_key: String,
    pub fingerprint: Vec<u8>,
}

statements! {
    UNDER_KEY = ("SELECT id, product_id, content, content_key, fingerprint FROM units \
                  WHERE store_id = $1 AND content_key = $2 AND id > $3 ORDER BY id LIMIT $4");
    RESEAL = ("UPDATE units SET content = $3, content_key = $4 \
               WHERE store_id = $1 AND id = $2 AND content_key = $5");
    // $7 is how the same content was marked when the blanks around it still counted.
    INSERT = ("INSERT INTO units (store_id, product_id, state, content, content_key, fingerprint, added_at) \
               SELECT $1, $2, 'available', $3, $4, $5, $6 WHERE NOT EXISTS \
                 (SELECT 1 FROM units WHERE store_id = $1 AND fingerprint IN ($5, $7))");
    // Picked in a materialised step: as a plain subselect PostgreSQL may run it again for each row
    // it looks at, and with SKIP LOCKED every run picks other units.
    RESERVE = ("WITH picked AS MATERIALIZED (SELECT id FROM units \
                  WHERE store_id = $1 AND product_id = $3 AND state = 'available' \
                  ORDER BY id LIMIT $4", postgres " FOR UPDATE SKIP LOCKED",
               ") UPDATE units SET state = 'reserved', order_id = $2 \
                WHERE store_id = $1 AND state = 'available' AND id IN (SELECT id FROM picked)");
    // Planted only by the fault suite.
    RESERVE_ANY = ("WITH picked AS MATERIALIZED (SELECT id FROM units WHERE store_id = $1 AND product_id = $3 \
                    AND state IN ('available', 'reserved') ORDER BY id LIMIT $4) \
                    UPDATE units SET state = 'reserved', order_id = $2 \
                    WHERE store_id = $1 AND id IN (SELECT id FROM picked)");
    RELEASE = ("UPDATE units SET state = 'available', order_id = NULL \
                WHERE store_id = $1 AND order_id = $2 AND state = 'reserved'");
    HAND_OVER = ("UPDATE units SET state = 'delivered' \
                  WHERE store_id = $1 AND order_id = $2 AND state = 'reserved'");
    OF_ORDER = ("SELECT u.product_id, l.name, u.content, u.content_key, u.fingerprint FROM units u \
                 JOIN order_lines l ON l.store_id = u.store_id AND l.order_id = u.order_id \
                   AND l.product_id = u.product_id \
                 WHERE u.store_id = $1 AND u.order_id = $2 AND u.state = 'delivered' \
                 ORDER BY u.product_id, u.id LIMIT 10000");
    UNSOLD = ("SELECT content, content_key, fingerprint FROM units \
               WHERE store_id = $1 AND product_id = $2 AND state = 'available' ORDER BY id LIMIT 100000");
}

pub(super) async fn under_key(
    tx: &mut Tx,
    store: StoreId,
    key: &str,
    after: i64,
    most: i64,
) -> Result<Vec<SealedUnit>, DbError> {
    fetch_all!(tx, SealedUnit, UNDER_KEY, store, key, after, most)
}

pub(super) async fn reseal(
    tx: &mut Tx,
    store: StoreId,
    unit: &SealedUnit,
    fresh: &Sealed,
) -> Result<(), DbError> {
    let Sealed { key_id, bytes } = fresh;
    execute!(tx, RESEAL, store, unit.id, bytes, key_id, &unit.content_key)?;
    Ok(())
}

/// `false` when the store has the unit already, under whichever product.
pub(super) async fn insert(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
    sealed: &Sealed,
    (fingerprint, former): (&[u8], &[u8]),
    now: Timestamp,
) -> Result<bool, DbError> {
    let Sealed { key_id, bytes } = sealed;
    let rows = execute!(tx, INSERT, store, product, bytes, key_id, fingerprint, now, former)?;
    Ok(rows == 1)
}

pub(super) async fn reserve(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    product: ProductId,
    quantity: i64,
) -> Result<u64, DbError> {
    let reserve = if planted(Bug::Oversell) { RESERVE_ANY } else { RESERVE };
    execute!(tx, reserve, store, order, product, quantity)
}

pub(super) async fn release(tx: &mut Tx, store: StoreId, order: OrderId) -> Result<u64, DbError> {
    execute!(tx, RELEASE, store, order)
}

pub(super) async fn hand_over(tx: &mut Tx, store: StoreId, order: OrderId) -> Result<u64, DbError> {
    execute!(tx, HAND_OVER, store, order)
}

pub(super) async fn of_order(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
) -> Result<Vec<OrderedUnit>, DbError> {
    fetch_all!(tx, OrderedUnit, OF_ORDER, store, order)
}

pub(super) async fn unsold(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
) -> Result<Vec<ShelvedUnit>, DbError> {
    fetch_all!(tx, ShelvedUnit, UNSOLD, store, product)
}
