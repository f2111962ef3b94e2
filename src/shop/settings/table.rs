//! Rows and SQL of settings.

use crate::db::{DbError, Tx};
use crate::primitives::{StoreId, Timestamp, UserId};
use crate::{execute, fetch_all, fetch_optional, statements};

/// One version of a setting.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Version {
    /// Counted from 1.
    pub version: i64,
    /// What it was set to; `None` for its default.
    pub body: Option<String>,
    /// By whom; `None` when the service itself did.
    pub set_by: Option<UserId>,
    /// When.
    pub set_at: Timestamp,
}

statements! {
    // Writers of one store's settings take turns, so that versions follow each other.
    HOLD = ("SELECT id FROM stores WHERE id = $1", postgres " FOR NO KEY UPDATE");
    NEWEST = ("SELECT version, body, set_by, set_at FROM settings \
               WHERE store_id = $1 AND name = $2 ORDER BY version DESC LIMIT 1");
    VERSIONS = ("SELECT version, body, set_by, set_at FROM settings \
                 WHERE store_id = $1 AND name = $2 ORDER BY version DESC LIMIT $3");
    VERSION = ("SELECT version, body, set_by, set_at FROM settings \
                WHERE store_id = $1 AND name = $2 AND version = $3");
    ALL = ("SELECT s.name, s.body FROM settings s WHERE s.store_id = $1 AND s.body IS NOT NULL \
            AND NOT EXISTS (SELECT 1 FROM settings n WHERE n.store_id = s.store_id AND n.name = s.name \
               AND n.version > s.version) ORDER BY s.name LIMIT 1000");
    ADD = ("INSERT INTO settings (store_id, name, version, body, set_by, set_at) \
            VALUES ($1, $2, $3, $4, $5, $6)");
}

pub(super) async fn hold(tx: &mut Tx, store: StoreId) -> Result<(), DbError> {
    fetch_optional!(tx, (StoreId,), HOLD, store)?;
    Ok(())
}

pub(super) async fn newest(
    tx: &mut Tx,
    store: StoreId,
    name: &str,
) -> Result<Option<Version>, DbError> {
    fetch_optional!(tx, Version, NEWEST, store, name)
}

pub(super) async fn versions(
    tx: &mut Tx,
    store: StoreId,
    name: &str,
    most: i64,
) -> Result<Vec<Version>, DbError> {
    fetch_all!(tx, Version, VERSIONS, store, name, most)
}

pub(super) async fn version(
    tx: &mut Tx,
    store: StoreId,
    name: &str,
    version: i64,
) -> Result<Option<Version>, DbError> {
    fetch_optional!(tx, Version, VERSION, store, name, version)
}

/// Names and bodies of what stands at no default.
pub(super) async fn all(tx: &mut Tx, store: StoreId) -> Result<Vec<(String, String)>, DbError> {
    fetch_all!(tx, (String, String), ALL, store)
}

pub(super) async fn add(
    tx: &mut Tx,
    store: StoreId,
    name: &str,
    version: i64,
    body: Option<&str>,
    by: Option<UserId>,
    now: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, ADD, store, name, version, body, by, now)?;
    Ok(())
}
