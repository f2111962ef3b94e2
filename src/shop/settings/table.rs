//! Rows and SQL of settings.

use crate::db::{DbError, Tx};
use crate::primitives::{StoreId, Timestamp, UserId};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

/// One version of a setting.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Version {
    /// Counted from 1.
    pub version: i64,
    /// What it was set to; `None` for its default.
    pub body: Option<String>,
    /// When.
    pub set_at: Timestamp,
}

statements! {
    REVISION = ("SELECT COALESCE(MAX(id), 0) FROM settings WHERE store_id = $1");
    NEWEST = ("SELECT version, body, set_at FROM settings \
               WHERE store_id = $1 AND name = $2 ORDER BY version DESC LIMIT 1");
    VERSIONS = ("SELECT version, body, set_at FROM settings \
                 WHERE store_id = $1 AND name = $2 ORDER BY version DESC LIMIT $3");
    VERSION = ("SELECT version, body, set_at FROM settings \
                WHERE store_id = $1 AND name = $2 AND version = $3");
    ALL = ("SELECT s.name, s.body FROM settings s WHERE s.store_id = $1 AND s.body IS NOT NULL \
            AND NOT EXISTS (SELECT 1 FROM settings n WHERE n.store_id = s.store_id AND n.name = s.name \
               AND n.version > s.version) ORDER BY s.name LIMIT 1000");
    ADD = ("INSERT INTO settings (store_id, name, version, body, set_by, set_at) \
            VALUES ($1, $2, $3, $4, $5, $6)");
}

pub(super) async fn revision(tx: &mut Tx, store: StoreId) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), REVISION, store)?.0)
}

/// Names and bodies of what stands at no default.
pub(super) async fn all(tx: &mut Tx, store: StoreId) -> Result<Vec<(String, String)>, DbError> {
    fetch_all!(tx, (String, String), ALL, store)
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

pub(super) async fn newest(
    tx: &mut Tx,
    store: StoreId,
    name: &str,
) -> Result<Option<Version>, DbError> {
    fetch_optional!(tx, Version, NEWEST, store, name)
}

pub(super) async fn add(
    tx: &mut Tx,
    store: StoreId,
    name: &str,
    version: i64,
    body: Option<&str>,
    by: UserId,
    now: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, ADD, store, name, version, body, by, now)?;
    Ok(())
}
