//! Rows and SQL of the keys that are in use.

use crate::db::{DbError, Tx};
use crate::primitives::StoreId;
use crate::{execute, fetch_all, statements};

statements! {
    // The update changes nothing but holds the row, so that a key cannot be forgotten meanwhile.
    USED = ("INSERT INTO sealing_keys (store_id, key_id) VALUES ($1, $2) \
                 ON CONFLICT (store_id, key_id) DO UPDATE SET key_id = excluded.key_id");
    OLD = ("SELECT store_id, key_id FROM sealing_keys WHERE key_id <> $1 \
                 ORDER BY store_id, key_id LIMIT 1000");
    HOLD = ("SELECT key_id FROM sealing_keys WHERE store_id = $1 AND key_id = $2",
                postgres " FOR UPDATE");
    FORGET = ("DELETE FROM sealing_keys WHERE store_id = $1 AND key_id = $2 AND NOT EXISTS \
                   (SELECT 1 FROM units WHERE store_id = $1 AND content_key = $2) AND NOT EXISTS \
                   (SELECT 1 FROM proofs WHERE store_id = $1 AND body_key = $2)");
    ALL = ("SELECT DISTINCT key_id FROM sealing_keys ORDER BY key_id LIMIT 1000");
}

pub(super) async fn used(tx: &mut Tx, store: StoreId, key: &str) -> Result<(), DbError> {
    execute!(tx, USED, store, key)?;
    Ok(())
}

pub(super) async fn all(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    let rows = fetch_all!(tx, (String,), ALL)?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

pub(super) async fn old(tx: &mut Tx, newest: &str) -> Result<Vec<(StoreId, String)>, DbError> {
    fetch_all!(tx, (StoreId, String), OLD, newest)
}

/// Forgets a key unless something is sealed under it; nobody can seal anything meanwhile.
pub(super) async fn forget(tx: &mut Tx, store: StoreId, key: &str) -> Result<bool, DbError> {
    // Two statements: the second one sees what was committed while the first waited.
    let held = fetch_all!(tx, (String,), HOLD, store, key)?;
    Ok(held.is_empty() || execute!(tx, FORGET, store, key)? == 1)
}
