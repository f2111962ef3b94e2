//! Rows and SQL of products and categories as their seller sees them.

use crate::db::{DbError, Tx};
use crate::primitives::{CategoryId, Language, ProductId, Rupiah, StoreId, Timestamp};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

/// A product as its seller sees it: also when it is sold out or not sold.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Managed {
    /// The row.
    pub id: ProductId,
    /// The seller's short code.
    pub code: String,
    /// The name people see.
    pub name: String,
    /// For one unit.
    pub price: Rupiah,
    /// What it is.
    pub description: String,
    /// Where it stands.
    pub category_id: Option<CategoryId>,
    /// The name of that category.
    pub category: Option<String>,
    /// Whether it is sold.
    pub active: bool,
    /// From how many units on little is left; `None` follows the store.
    pub low_stock: Option<i64>,
    /// Telegram's name for its picture.
    pub picture: Option<String>,
    /// Units that can be sold now.
    pub stock: i64,
    /// Units sold so far.
    pub sold: i64,
}

/// A category as its seller sees it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Shelf {
    /// The row.
    pub id: CategoryId,
    /// The name people see.
    pub name: String,
    /// Shown before the name; may be empty.
    pub emoji: String,
    /// Whether people see it.
    pub active: bool,
    /// How many products stand in it.
    pub products: i64,
}

/// A product that is made.
#[derive(Debug, Clone, Copy)]
pub struct NewProduct<'a> {
    /// Its short code, unique in the store.
    pub code: &'a str,
    /// The name people see.
    pub name: &'a str,
    /// For one unit.
    pub price: Rupiah,
    /// Where it stands.
    pub category: Option<CategoryId>,
    /// What it is.
    pub description: &'a str,
    /// Telegram's name for its picture.
    pub picture: Option<&'a str>,
}

statements! {
    GET = ("SELECT p.id, p.code, p.name, p.price, p.description, p.category_id, c.name AS category, p.active, \
            p.low_stock, p.picture, p.sold, (SELECT COUNT(*) FROM units u WHERE u.store_id = p.store_id \
              AND u.product_id = p.id AND u.state = 'available') AS stock \
            FROM products p LEFT JOIN categories c ON c.store_id = p.store_id AND c.id = p.category_id \
            WHERE p.store_id = $1 AND p.id = $2 AND p.deleted_at IS NULL");
    LIST = ("SELECT p.id, p.code, p.name, p.price, p.description, p.category_id, c.name AS category, p.active, \
             p.low_stock, p.picture, p.sold, (SELECT COUNT(*) FROM units u WHERE u.store_id = p.store_id \
               AND u.product_id = p.id AND u.state = 'available') AS stock \
             FROM products p LEFT JOIN categories c ON c.store_id = p.store_id AND c.id = p.category_id \
             WHERE p.store_id = $1 AND p.deleted_at IS NULL ORDER BY p.id LIMIT $2 OFFSET $3");
    COUNT = ("SELECT COUNT(*) FROM products WHERE store_id = $1 AND deleted_at IS NULL");
    HOLD = ("SELECT id FROM products WHERE store_id = $1 AND id = $2 AND deleted_at IS NULL",
            postgres " FOR NO KEY UPDATE");
    HAS_CODE = ("SELECT id FROM products WHERE store_id = $1 AND LOWER(code) = LOWER($2)");
    INSERT = ("INSERT INTO products (store_id, code, name, price, category_id, description, picture, active, \
               created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, TRUE, $8) \
               ON CONFLICT (store_id, code) DO NOTHING RETURNING id");
    UPDATE = ("UPDATE products SET name = $3, price = $4, description = $5, category_id = $6, active = $7, \
               low_stock = $8, picture = $9 WHERE store_id = $1 AND id = $2 AND deleted_at IS NULL");
    // The code is free again; the row stays for those who bought it.
    DELETE = ("UPDATE products SET deleted_at = $3, active = FALSE, code = code || '~' || CAST(id AS TEXT) \
               WHERE store_id = $1 AND id = $2 AND deleted_at IS NULL");
    TERMS = ("SELECT language, body FROM product_terms WHERE store_id = $1 AND product_id = $2 LIMIT 10");
    PUT_TERMS = ("INSERT INTO product_terms (store_id, product_id, language, body) VALUES ($1, $2, $3, $4) \
                  ON CONFLICT (store_id, product_id, language) DO UPDATE SET body = excluded.body");
    DROP_TERMS = ("DELETE FROM product_terms WHERE store_id = $1 AND product_id = $2 AND language = $3");
    SHELVES = ("SELECT c.id, c.name, c.emoji, c.active, (SELECT COUNT(*) FROM products p \
                WHERE p.store_id = c.store_id AND p.category_id = c.id AND p.deleted_at IS NULL) AS products \
                FROM categories c WHERE c.store_id = $1 ORDER BY c.position, c.id LIMIT 50");
    HAS_SLUG = ("SELECT id FROM categories WHERE store_id = $1 AND slug = $2");
    ADD_SHELF = ("INSERT INTO categories (store_id, slug, name, emoji, position, active) \
                  SELECT $1, $2, $3, '', CAST(COALESCE(MAX(position), 0) + 1 AS BIGINT), TRUE FROM categories \
                  WHERE store_id = $1 RETURNING id");
    CHANGE_SHELF = ("UPDATE categories SET name = $3, emoji = $4, active = $5 WHERE store_id = $1 AND id = $2");
    PLACE_SHELF = ("UPDATE categories SET position = $3 WHERE store_id = $1 AND id = $2");
}

pub(super) async fn get(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
) -> Result<Option<Managed>, DbError> {
    fetch_optional!(tx, Managed, GET, store, id)
}

pub(super) async fn list(
    tx: &mut Tx,
    store: StoreId,
    most: i64,
    after: i64,
) -> Result<Vec<Managed>, DbError> {
    fetch_all!(tx, Managed, LIST, store, most, after)
}

pub(super) async fn count(tx: &mut Tx, store: StoreId) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), COUNT, store)?.0)
}

/// Until the transaction ends, nobody else changes the product.
pub(super) async fn hold(tx: &mut Tx, store: StoreId, id: ProductId) -> Result<(), DbError> {
    fetch_optional!(tx, (ProductId,), HOLD, store, id)?;
    Ok(())
}

pub(super) async fn has_code(tx: &mut Tx, store: StoreId, code: &str) -> Result<bool, DbError> {
    Ok(fetch_optional!(tx, (ProductId,), HAS_CODE, store, code)?.is_some())
}

/// `None` when the code is taken.
pub(super) async fn insert(
    tx: &mut Tx,
    store: StoreId,
    product: &NewProduct<'_>,
    now: Timestamp,
) -> Result<Option<ProductId>, DbError> {
    let NewProduct { code, name, price, category, description, picture } = *product;
    let row = fetch_optional!(
        tx,
        (ProductId,),
        INSERT,
        store,
        code,
        name,
        price,
        category,
        description,
        picture,
        now
    )?;
    Ok(row.map(|(id,)| id))
}

pub(super) async fn update(
    tx: &mut Tx,
    store: StoreId,
    product: &Managed,
) -> Result<bool, DbError> {
    let rows = execute!(
        tx,
        UPDATE,
        store,
        product.id,
        &product.name,
        product.price,
        &product.description,
        product.category_id,
        product.active,
        product.low_stock,
        &product.picture
    )?;
    Ok(rows == 1)
}

pub(super) async fn delete(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(execute!(tx, DELETE, store, id, now)? == 1)
}

pub(super) async fn terms(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
) -> Result<Vec<(Language, String)>, DbError> {
    fetch_all!(tx, (Language, String), TERMS, store, id)
}

/// Writes the terms of a product in a language, or (`None`) takes them away.
pub(in crate::shop) async fn put_terms(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
    language: Language,
    body: Option<&str>,
) -> Result<(), DbError> {
    match body {
        Some(body) => execute!(tx, PUT_TERMS, store, id, language, body)?,
        None => execute!(tx, DROP_TERMS, store, id, language)?,
    };
    Ok(())
}

pub(super) async fn shelves(tx: &mut Tx, store: StoreId) -> Result<Vec<Shelf>, DbError> {
    fetch_all!(tx, Shelf, SHELVES, store)
}

pub(super) async fn has_slug(tx: &mut Tx, store: StoreId, slug: &str) -> Result<bool, DbError> {
    Ok(fetch_optional!(tx, (CategoryId,), HAS_SLUG, store, slug)?.is_some())
}

pub(super) async fn add_shelf(
    tx: &mut Tx,
    store: StoreId,
    slug: &str,
    name: &str,
) -> Result<CategoryId, DbError> {
    Ok(fetch_one!(tx, (CategoryId,), ADD_SHELF, store, slug, name)?.0)
}

pub(super) async fn change_shelf(
    tx: &mut Tx,
    store: StoreId,
    shelf: &Shelf,
) -> Result<(), DbError> {
    execute!(tx, CHANGE_SHELF, store, shelf.id, &shelf.name, &shelf.emoji, shelf.active)?;
    Ok(())
}

pub(super) async fn place_shelf(
    tx: &mut Tx,
    store: StoreId,
    id: CategoryId,
    position: i64,
) -> Result<(), DbError> {
    execute!(tx, PLACE_SHELF, store, id, position)?;
    Ok(())
}
