//! Rows and SQL of alarms.

use crate::db::{DbError, Tx};
use crate::primitives::{StoreId, Timestamp};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

statements! {
    COUNT = ("INSERT INTO alarms (store_id, name, failures) VALUES ($1, $2, 1) \
              ON CONFLICT (store_id, name) DO UPDATE SET failures = alarms.failures + 1 RETURNING failures");
    RAISE = ("UPDATE alarms SET raised_at = $3 WHERE store_id = $1 AND name = $2 AND raised_at IS NULL");
    NOTED = ("SELECT name FROM alarms WHERE store_id = $1 ORDER BY name LIMIT 100");
    UNTOLD = ("SELECT failures FROM alarms WHERE store_id = $1 AND name = $2 AND failures > 0 \
               AND (raised_at IS NULL OR raised_at <= $3)");
    TOLD = ("UPDATE alarms SET raised_at = $3, failures = failures - $4 WHERE store_id = $1 AND name = $2 \
             AND failures >= $4 AND (raised_at IS NULL OR raised_at <= $5)");
    CLEAR = ("DELETE FROM alarms WHERE store_id = $1 AND name = $2 RETURNING raised_at");
}

/// One failure more; how many there are now.
pub(super) async fn count(tx: &mut Tx, store: StoreId, name: &str) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), COUNT, store, name)?.0)
}

/// `false` when it is raised already.
pub(super) async fn raise(
    tx: &mut Tx,
    store: StoreId,
    name: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(execute!(tx, RAISE, store, name, now)? == 1)
}

/// Whether it had been raised.
pub(super) async fn clear(tx: &mut Tx, store: StoreId, name: &str) -> Result<bool, DbError> {
    let row = fetch_optional!(tx, (Option<Timestamp>,), CLEAR, store, name)?;
    Ok(row.is_some_and(|(raised_at,)| raised_at.is_some()))
}

/// Every alarm of which something stands in the books.
pub(super) async fn noted(tx: &mut Tx, store: StoreId) -> Result<Vec<String>, DbError> {
    Ok(fetch_all!(tx, (String,), NOTED, store)?.into_iter().map(|(name,)| name).collect())
}

/// How often it happened since it was told last, when that was at `limit` or before.
pub(super) async fn untold(
    tx: &mut Tx,
    store: StoreId,
    name: &str,
    limit: Timestamp,
) -> Result<Option<i64>, DbError> {
    Ok(fetch_optional!(tx, (i64,), UNTOLD, store, name, limit)?.map(|(count,)| count))
}

/// `false` when somebody else told it meanwhile.
pub(super) async fn told(
    tx: &mut Tx,
    store: StoreId,
    name: &str,
    (count, limit): (i64, Timestamp),
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(execute!(tx, TOLD, store, name, now, count, limit)? == 1)
}
