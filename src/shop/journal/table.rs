//! Rows and SQL of what was handed over.

use crate::db::{DbError, Tx};
use crate::primitives::{OrderId, StoreId, Timestamp};
use crate::{execute, fetch_all, fetch_optional, statements};

/// A unit that was handed over.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    /// The row that waits.
    pub id: i64,
    /// Whose unit it was.
    pub store_id: StoreId,
    /// The store's slug.
    pub store: String,
    /// The product's code.
    pub product: String,
    /// The unit's keyed hash, which says nothing of it.
    pub fingerprint: Vec<u8>,
    /// The order's code.
    pub order: String,
    /// When.
    pub at: Timestamp,
}

/// A unit as a journal finds it.
#[derive(sqlx::FromRow)]
pub(super) struct Unit {
    pub id: i64,
    pub store_id: StoreId,
    pub state: String,
    pub order_id: Option<OrderId>,
    pub order_code: Option<String>,
}

statements! {
    // Kept with the names that processes hold, where it goes with them when a database is restored elsewhere.
    KEEP = ("INSERT INTO leases (name, holder, fence, held_until) VALUES ('journal-kept', '', 0, 0) ON CONFLICT DO NOTHING");
    // Not while another replica keeps it.
    LEAVE = ("DELETE FROM leases WHERE name = 'journal-kept' \
              AND NOT EXISTS (SELECT 1 FROM leases WHERE name = 'journal' AND held_until > $1)");
    IS_KEPT = ("SELECT fence FROM leases WHERE name = 'journal-kept'");
    WAITING = ("SELECT w.id, w.store_id, s.slug AS store, p.code AS product, w.fingerprint, o.code AS \"order\", w.at \
                FROM journal_waiting w JOIN stores s ON s.id = w.store_id JOIN products p ON p.id = w.product_id \
                JOIN orders o ON o.id = w.order_id ORDER BY w.id LIMIT $1");
    FORGET = ("DELETE FROM journal_waiting WHERE store_id = $1 AND id = $2");
    UNIT = ("SELECT u.id, u.store_id, u.state, u.order_id, o.code AS order_code FROM units u \
             JOIN stores s ON u.store_id = s.id LEFT JOIN orders o ON o.store_id = u.store_id AND o.id = u.order_id \
             WHERE s.slug = $1 AND u.fingerprint = $2 LIMIT 1");
    HELD = ("UPDATE units SET handed_over_at = $3 WHERE store_id = $1 AND id = $2");
    VOID = ("UPDATE units SET state = 'voided', order_id = NULL WHERE store_id = $1 AND id = $2");
}

pub(super) async fn keep(tx: &mut Tx) -> Result<(), DbError> {
    execute!(tx, KEEP)?;
    Ok(())
}

pub(super) async fn leave(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    execute!(tx, LEAVE, now)?;
    Ok(())
}

pub(super) async fn is_kept(tx: &mut Tx) -> Result<bool, DbError> {
    Ok(fetch_optional!(tx, (i64,), IS_KEPT)?.is_some())
}

pub(super) async fn waiting(tx: &mut Tx, most: i64) -> Result<Vec<Entry>, DbError> {
    fetch_all!(tx, Entry, WAITING, most)
}

pub(super) async fn forget(tx: &mut Tx, store: StoreId, id: i64) -> Result<(), DbError> {
    execute!(tx, FORGET, store, id)?;
    Ok(())
}

pub(super) async fn unit(
    tx: &mut Tx,
    store: &str,
    fingerprint: &[u8],
) -> Result<Option<Unit>, DbError> {
    fetch_optional!(tx, Unit, UNIT, store, fingerprint)
}

/// It is with its buyer already, whatever becomes of the order that holds it.
pub(super) async fn held(
    tx: &mut Tx,
    store: StoreId,
    unit: i64,
    now: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, HELD, store, unit, now)?;
    Ok(())
}

pub(super) async fn void(tx: &mut Tx, store: StoreId, unit: i64) -> Result<(), DbError> {
    execute!(tx, VOID, store, unit)?;
    Ok(())
}
