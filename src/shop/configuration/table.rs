//! Rows and SQL of what the catalogue file leaves out.

use crate::db::{DbError, Tx};
use crate::primitives::{Language, StoreId};
use crate::{execute, fetch_all, statements};

statements! {
    PICTURES = ("SELECT code, picture FROM products WHERE store_id = $1 AND picture IS NOT NULL \
                 AND deleted_at IS NULL ORDER BY code LIMIT 100000");
    CLOSED = ("SELECT slug FROM categories WHERE store_id = $1 AND NOT active ORDER BY slug LIMIT 1000");
    SET_PICTURE = ("UPDATE products SET picture = $3 WHERE store_id = $1 AND code = $2 AND deleted_at IS NULL");
    DROP_TERMS = ("DELETE FROM product_terms WHERE store_id = $1 AND language = $3 AND product_id = \
                   (SELECT id FROM products WHERE store_id = $1 AND code = $2 AND deleted_at IS NULL)");
    SET_OPEN = ("UPDATE categories SET active = $3 WHERE store_id = $1 AND slug = $2");
}

/// The code of each product that has a picture, and Telegram's name for it.
pub(super) async fn pictures(
    tx: &mut Tx,
    store: StoreId,
) -> Result<Vec<(String, String)>, DbError> {
    fetch_all!(tx, (String, String), PICTURES, store)
}

/// The slugs of categories that are not shown.
pub(super) async fn closed(tx: &mut Tx, store: StoreId) -> Result<Vec<(String,)>, DbError> {
    fetch_all!(tx, (String,), CLOSED, store)
}

pub(super) async fn set_picture(
    tx: &mut Tx,
    store: StoreId,
    (code, picture): (&str, Option<&str>),
) -> Result<(), DbError> {
    execute!(tx, SET_PICTURE, store, code, picture)?;
    Ok(())
}

pub(super) async fn drop_terms(
    tx: &mut Tx,
    store: StoreId,
    (code, language): (&str, Language),
) -> Result<(), DbError> {
    execute!(tx, DROP_TERMS, store, code, language)?;
    Ok(())
}

pub(super) async fn set_open(
    tx: &mut Tx,
    store: StoreId,
    (slug, open): (&str, bool),
) -> Result<(), DbError> {
    execute!(tx, SET_OPEN, store, slug, open)?;
    Ok(())
}
