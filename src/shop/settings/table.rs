//! Rows and SQL of settings.

use crate::db::{DbError, Tx};
use crate::primitives::{StoreId, Timestamp, UserId};
use crate::{execute, fetch_optional, statements};

/// One version of a setting.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Version {
    /// Counted from 1.
    pub version: i64,
    /// What it was set to; `None` for its default.
    pub body: Option<String>,
}

statements! {
    NEWEST = ("SELECT version, body FROM settings \
               WHERE store_id = $1 AND name = $2 ORDER BY version DESC LIMIT 1");
    ADD = ("INSERT INTO settings (store_id, name, version, body, set_by, set_at) \
            VALUES ($1, $2, $3, $4, $5, $6)");
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
