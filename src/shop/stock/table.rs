//! Rows and SQL of units.

use crate::db::{DbError, Tx};
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{BatchId, OrderId, ProductId, Sealed, StoreId, Timestamp, UnitId, UserId};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

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

/// Units that came in together.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Batch {
    /// The row.
    pub id: BatchId,
    /// Of which product.
    pub product_id: ProductId,
    /// How many lines came.
    pub lines: i64,
    /// How many of them were new units.
    pub added: i64,
    /// How many could not be units.
    pub bad: i64,
    /// When they were taken back.
    pub undone_at: Option<Timestamp>,
    /// When they came.
    pub at: Timestamp,
}

/// How many units of a product are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Tally {
    /// Can be sold.
    pub available: i64,
    /// Wait for their order to be paid.
    pub reserved: i64,
    /// Were sold.
    pub delivered: i64,
    /// Are never sold.
    pub voided: i64,
}

/// An available unit, sealed.
#[derive(sqlx::FromRow)]
pub(super) struct Kept {
    pub id: UnitId,
    pub product_id: ProductId,
    pub content: Vec<u8>,
    pub content_key: String,
    pub fingerprint: Vec<u8>,
    pub added_at: Timestamp,
}

statements! {
    BEGIN = ("INSERT INTO unit_batches (store_id, product_id, added_by, at) VALUES ($1, $2, $3, $4) RETURNING id");
    // What came in is counted on the shelf itself: a file that is read twice counts once.
    CLOSE = ("UPDATE unit_batches SET lines = $3, bad = $4, added = (SELECT COUNT(*) FROM units u \
              WHERE u.store_id = $1 AND u.batch_id = $2) WHERE store_id = $1 AND id = $2 \
              RETURNING id, product_id, lines, added, bad, undone_at, at");
    LAST_BATCH = ("SELECT id, product_id, lines, added, bad, undone_at, at FROM unit_batches \
                   WHERE store_id = $1 AND product_id = $2 AND added > 0 ORDER BY id DESC LIMIT 1");
    UNDO = ("UPDATE unit_batches SET undone_at = $3 WHERE store_id = $1 AND id = $2 AND undone_at IS NULL \
             RETURNING id, product_id, lines, added, bad, undone_at, at");
    TAKE_BACK = ("DELETE FROM units WHERE store_id = $1 AND batch_id = $2 AND state = 'available'");
    TALLY = ("SELECT CAST(COALESCE(SUM(CASE WHEN state = 'available' THEN 1 ELSE 0 END), 0) AS BIGINT) AS available, \
              CAST(COALESCE(SUM(CASE WHEN state = 'reserved' THEN 1 ELSE 0 END), 0) AS BIGINT) AS reserved, \
              CAST(COALESCE(SUM(CASE WHEN state = 'delivered' THEN 1 ELSE 0 END), 0) AS BIGINT) AS delivered, \
              CAST(COALESCE(SUM(CASE WHEN state = 'voided' THEN 1 ELSE 0 END), 0) AS BIGINT) AS voided \
              FROM units WHERE store_id = $1 AND product_id = $2");
    KEPT = ("SELECT id, product_id, content, content_key, fingerprint, added_at FROM units \
             WHERE store_id = $1 AND product_id = $2 AND state = 'available' AND id > $3 ORDER BY id LIMIT $4");
    ONE = ("SELECT id, product_id, content, content_key, fingerprint, added_at FROM units \
            WHERE store_id = $1 AND id = $2 AND state = 'available'", postgres " FOR UPDATE");
    VOID = ("UPDATE units SET state = 'voided' WHERE store_id = $1 AND id = $2 AND state = 'available'");
    VOID_ALL = ("UPDATE units SET state = 'voided' WHERE store_id = $1 AND product_id = $2 AND state = 'available'");
    MOVE = ("UPDATE units SET product_id = $3, content = $4, content_key = $5, batch_id = NULL \
             WHERE store_id = $1 AND id = $2 AND state = 'available'");
    // How few are little, and whether that was told.
    WATCH = ("SELECT COALESCE(low_stock, $3), low_told_at IS NOT NULL FROM products WHERE store_id = $1 AND id = $2");
    // Counted no further than asked, and past none that was delivered: a product may have sold a million.
    LEFT = ("SELECT COUNT(*) FROM (SELECT 1 FROM units WHERE store_id = $1 AND product_id = $2 \
             AND state IN ('available', 'reserved') LIMIT $3) AS counted");
    // Told once when it sinks so low, and again only after it rose above.
    LOW = ("UPDATE products SET low_told_at = $3 WHERE store_id = $1 AND id = $2 AND low_told_at IS NULL RETURNING name");
    RISEN = ("UPDATE products SET low_told_at = NULL WHERE store_id = $1 AND id = $2");
    UNDER_KEY = ("SELECT id, product_id, content, content_key, fingerprint FROM units \
                  WHERE store_id = $1 AND content_key = $2 AND id > $3 ORDER BY id LIMIT $4");
    RESEAL = ("UPDATE units SET content = $3, content_key = $4 \
               WHERE store_id = $1 AND id = $2 AND content_key = $5");
    // PostgreSQL would keep the plan that it made while the table was empty, by whichever index: with ten thousand
    // units coming in that can be half a minute. Until this transaction ends it plans anew each time.
    PLAN_ANEW = ("SELECT 1 WHERE 'force_custom_plan' = ", sqlite "'force_custom_plan'",
                 postgres "set_config('plan_cache_mode', 'force_custom_plan', TRUE)");
    // $7 is how the same content was marked when the blanks around it still counted.
    INSERT = ("INSERT INTO units (store_id, product_id, state, content, content_key, fingerprint, added_at, batch_id) \
               SELECT $1, $2, 'available', $3, $4, $5, $6, $8 WHERE NOT EXISTS \
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
    // What a journal says was handed over already is nobody's to sell again.
    KEEP_OUT = ("UPDATE units SET state = 'voided', order_id = NULL \
                 WHERE store_id = $1 AND order_id = $2 AND state = 'reserved' AND handed_over_at IS NOT NULL");
    RELEASE = ("UPDATE units SET state = 'available', order_id = NULL \
                WHERE store_id = $1 AND order_id = $2 AND state = 'reserved'");
    HAND_OVER = ("UPDATE units SET state = 'delivered' \
                  WHERE store_id = $1 AND order_id = $2 AND state = 'reserved'");
    // Only while somebody keeps the journal; one look by the name alone otherwise.
    JOURNAL = ("INSERT INTO journal_waiting (store_id, product_id, order_id, fingerprint, at) \
                SELECT store_id, product_id, order_id, fingerprint, $3 FROM units \
                WHERE store_id = $1 AND order_id = $2 AND state = 'delivered' \
                AND EXISTS (SELECT 1 FROM leases WHERE name = 'journal-kept') ORDER BY id");
    UNSOLD_BY_STORE = ("SELECT store_id, COUNT(*) FROM units WHERE state = 'available' GROUP BY store_id LIMIT 1000");
    VOID_WHOLE = ("UPDATE units SET state = 'voided' WHERE store_id = $1 AND state = 'available'");
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

/// Asked before many units come in.
pub(super) async fn plan_anew(tx: &mut Tx) -> Result<(), DbError> {
    fetch_one!(tx, (i32,), PLAN_ANEW)?;
    Ok(())
}

/// `false` when the store has the unit already, under whichever product.
pub(super) async fn insert(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
    sealed: &Sealed,
    (fingerprint, former): (&[u8], &[u8]),
    batch: Option<BatchId>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let Sealed { key_id, bytes } = sealed;
    let rows =
        execute!(tx, INSERT, store, product, bytes, key_id, fingerprint, now, former, batch)?;
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
    Ok(execute!(tx, KEEP_OUT, store, order)? + execute!(tx, RELEASE, store, order)?)
}

pub(super) async fn hand_over(tx: &mut Tx, store: StoreId, order: OrderId) -> Result<u64, DbError> {
    execute!(tx, HAND_OVER, store, order)
}

/// What was handed over waits for the journal, when one is kept.
pub(super) async fn journal(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    now: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, JOURNAL, store, order, now)?;
    Ok(())
}

/// How many units each store could sell.
pub(super) async fn unsold_by_store(tx: &mut Tx) -> Result<Vec<(StoreId, i64)>, DbError> {
    fetch_all!(tx, (StoreId, i64), UNSOLD_BY_STORE)
}

pub(super) async fn void_whole(tx: &mut Tx, store: StoreId) -> Result<(), DbError> {
    execute!(tx, VOID_WHOLE, store)?;
    Ok(())
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

pub(super) async fn begin(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
    by: UserId,
    now: Timestamp,
) -> Result<BatchId, DbError> {
    Ok(fetch_one!(tx, (BatchId,), BEGIN, store, product, by, now)?.0)
}

pub(super) async fn close(
    tx: &mut Tx,
    store: StoreId,
    batch: BatchId,
    (lines, bad): (i64, i64),
) -> Result<Batch, DbError> {
    fetch_one!(tx, Batch, CLOSE, store, batch, lines, bad)
}

pub(super) async fn last_batch(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
) -> Result<Option<Batch>, DbError> {
    fetch_optional!(tx, Batch, LAST_BATCH, store, product)
}

/// The batch, and how many of its units went; `None` when it was undone before.
pub(super) async fn undo(
    tx: &mut Tx,
    store: StoreId,
    batch: BatchId,
    now: Timestamp,
) -> Result<Option<(Batch, u64)>, DbError> {
    let Some(undone) = fetch_optional!(tx, Batch, UNDO, store, batch, now)? else {
        return Ok(None);
    };
    let gone = execute!(tx, TAKE_BACK, store, batch)?;
    Ok(Some((undone, gone)))
}

pub(super) async fn tally(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
) -> Result<Tally, DbError> {
    fetch_one!(tx, Tally, TALLY, store, product)
}

pub(super) async fn kept(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
    after: UnitId,
    most: i64,
) -> Result<Vec<Kept>, DbError> {
    fetch_all!(tx, Kept, KEPT, store, product, after, most)
}

pub(super) async fn one(
    tx: &mut Tx,
    store: StoreId,
    unit: UnitId,
) -> Result<Option<Kept>, DbError> {
    fetch_optional!(tx, Kept, ONE, store, unit)
}

pub(super) async fn void(tx: &mut Tx, store: StoreId, unit: UnitId) -> Result<bool, DbError> {
    Ok(execute!(tx, VOID, store, unit)? == 1)
}

pub(super) async fn void_all(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
) -> Result<u64, DbError> {
    execute!(tx, VOID_ALL, store, product)
}

pub(super) async fn move_to(
    tx: &mut Tx,
    store: StoreId,
    unit: UnitId,
    product: ProductId,
    sealed: &Sealed,
) -> Result<bool, DbError> {
    let Sealed { key_id, bytes } = sealed;
    Ok(execute!(tx, MOVE, store, unit, product, bytes, key_id)? == 1)
}

/// How few of a product are little, and whether that was told.
pub(super) async fn watch(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
    threshold: i64,
) -> Result<Option<(i64, bool)>, DbError> {
    fetch_optional!(tx, (i64, bool), WATCH, store, product, threshold)
}

/// How many are left to sell or reserved, counted no further than `most`.
pub(super) async fn left(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
    most: i64,
) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), LEFT, store, product, most)?.0)
}

/// The product's name, when nobody was told yet; from now on somebody was.
pub(super) async fn low(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
    now: Timestamp,
) -> Result<Option<String>, DbError> {
    Ok(fetch_optional!(tx, (String,), LOW, store, product, now)?.map(|row| row.0))
}

pub(super) async fn risen(tx: &mut Tx, store: StoreId, product: ProductId) -> Result<(), DbError> {
    execute!(tx, RISEN, store, product)?;
    Ok(())
}
