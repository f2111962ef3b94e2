//! Rows and SQL of rehearsals.

use crate::db::{DbError, Tx};
use crate::primitives::{ProductId, StoreId, Timestamp};
use crate::{execute, fetch_one, fetch_optional, statements};

statements! {
    GET = ("SELECT product_id FROM rehearsals WHERE store_id = $1");
    BEGIN = ("INSERT INTO rehearsals (store_id, begun_at) VALUES ($1, $2) ON CONFLICT DO NOTHING");
    REMEMBER = ("UPDATE rehearsals SET product_id = $2 WHERE store_id = $1");
    END = ("DELETE FROM rehearsals WHERE store_id = $1");
    BUYERS = ("SELECT COUNT(*) FROM (SELECT 1 AS one FROM orders o JOIN customers c \
               ON c.store_id = o.store_id AND c.id = o.customer_id WHERE o.store_id = $1 \
               AND NOT EXISTS (SELECT 1 FROM store_people p WHERE p.store_id = $1 AND p.user_id = c.user_id) \
               LIMIT 1) AS found");
    UNPAID = ("SELECT COUNT(*) FROM orders WHERE store_id = $1 AND state IN ('invoicing', 'open')");
}

/// The product of the rehearsal that runs, if one runs.
pub(super) async fn get(tx: &mut Tx, store: StoreId) -> Result<Option<Option<ProductId>>, DbError> {
    Ok(fetch_optional!(tx, (Option<ProductId>,), GET, store)?.map(|(product,)| product))
}

/// `false` when one runs already.
pub(super) async fn begin(tx: &mut Tx, store: StoreId, now: Timestamp) -> Result<bool, DbError> {
    Ok(execute!(tx, BEGIN, store, now)? == 1)
}

pub(super) async fn remember(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
) -> Result<(), DbError> {
    execute!(tx, REMEMBER, store, product)?;
    Ok(())
}

pub(super) async fn end(tx: &mut Tx, store: StoreId) -> Result<(), DbError> {
    execute!(tx, END, store)?;
    Ok(())
}

/// Whether anybody ordered who does not run the store.
pub(super) async fn has_buyers(tx: &mut Tx, store: StoreId) -> Result<bool, DbError> {
    Ok(fetch_one!(tx, (i64,), BUYERS, store)?.0 > 0)
}

/// Whether an order waits for its payment.
pub(super) async fn has_unpaid(tx: &mut Tx, store: StoreId) -> Result<bool, DbError> {
    Ok(fetch_one!(tx, (i64,), UNPAID, store)?.0 > 0)
}
