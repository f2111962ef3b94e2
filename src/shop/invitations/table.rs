//! Rows and SQL of invitations.

use crate::db::{DbError, Tx};
use crate::primitives::{StoreId, Timestamp};
use crate::{execute, fetch_optional, statements};

/// The open invitation of a store.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub code: Vec<u8>,
    pub another: bool,
    pub expires_at: Timestamp,
}

statements! {
    PUT = ("INSERT INTO invitations (store_id, code, another, expires_at) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (store_id) DO UPDATE SET code = excluded.code, another = excluded.another, \
            expires_at = excluded.expires_at");
    GET = ("SELECT code, another, expires_at FROM invitations WHERE store_id = $1");
    FORGET = ("DELETE FROM invitations WHERE store_id = $1 AND code = $2");
}

pub(super) async fn put(
    tx: &mut Tx,
    store: StoreId,
    code: &[u8],
    another: bool,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, PUT, store, code, another, expires_at)?;
    Ok(())
}

pub(super) async fn get(tx: &mut Tx, store: StoreId) -> Result<Option<Row>, DbError> {
    fetch_optional!(tx, Row, GET, store)
}

/// `false` when it is no longer there.
pub(super) async fn forget(tx: &mut Tx, store: StoreId, code: &[u8]) -> Result<bool, DbError> {
    Ok(execute!(tx, FORGET, store, code)? == 1)
}
