//! Rows and SQL of categories and products.

use super::Shelf;
use crate::db::{DbError, Tx};
use crate::primitives::{CategoryId, ProductId, Rupiah, StoreId, Timestamp};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

/// A category.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Category {
    /// The row.
    pub id: CategoryId,
    /// The name in the catalogue file.
    pub slug: String,
    /// The name people see.
    pub name: String,
    /// Shown before the name; may be empty.
    pub emoji: String,
}

/// A product with its stock now.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Product {
    /// The row.
    pub id: ProductId,
    /// The seller's short code.
    pub code: String,
    /// The name people see.
    pub name: String,
    /// For one unit, now.
    pub price: Rupiah,
    /// What it is.
    pub description: String,
    /// Its category's name.
    pub category: Option<String>,
    /// Units that can be sold now.
    pub stock: i64,
    /// Units sold so far.
    pub sold: i64,
    /// Telegram's name for its picture.
    pub picture: Option<String>,
}

/// A category as the catalogue file sees it.
#[derive(sqlx::FromRow)]
pub(super) struct StoredCategory {
    pub slug: String,
    pub name: String,
    pub emoji: String,
}

/// A product as the catalogue file sees it.
#[derive(sqlx::FromRow)]
pub(super) struct StoredProduct {
    pub id: ProductId,
    pub code: String,
    pub name: String,
    pub category: Option<String>,
    pub price: Rupiah,
    pub description: String,
    pub active: bool,
    pub low_stock: Option<i64>,
}

/// What an import writes of a product.
pub(super) struct ProductRow<'a> {
    pub category: Option<CategoryId>,
    pub code: &'a str,
    pub name: &'a str,
    pub price: Rupiah,
    pub description: &'a str,
    pub active: bool,
    pub low_stock: Option<i64>,
}

statements! {
    LIST = ("SELECT p.id, p.code, p.name, p.price, p.description, c.name AS category, p.sold, p.picture, \
             (SELECT COUNT(*) FROM units u WHERE u.store_id = p.store_id AND u.product_id = p.id \
                AND u.state = 'available') AS stock \
             FROM products p LEFT JOIN categories c ON c.store_id = p.store_id AND c.id = p.category_id \
             WHERE p.store_id = $1 AND p.active AND (p.category_id = $2 OR $2 IS NULL) \
             AND ($3 OR EXISTS (SELECT 1 FROM units u WHERE u.store_id = p.store_id \
                AND u.product_id = p.id AND u.state = 'available')) \
             ORDER BY p.id LIMIT $4 OFFSET $5");
    COUNT = ("SELECT COUNT(*) FROM products p \
              WHERE p.store_id = $1 AND p.active AND (p.category_id = $2 OR $2 IS NULL) \
              AND ($3 OR EXISTS (SELECT 1 FROM units u WHERE u.store_id = p.store_id \
                 AND u.product_id = p.id AND u.state = 'available'))");
    PRODUCT = ("SELECT p.id, p.code, p.name, p.price, p.description, c.name AS category, p.sold, p.picture, \
                (SELECT COUNT(*) FROM units u WHERE u.store_id = p.store_id AND u.product_id = p.id \
                   AND u.state = 'available') AS stock \
                FROM products p LEFT JOIN categories c ON c.store_id = p.store_id AND c.id = p.category_id \
                WHERE p.store_id = $1 AND p.id = $2 AND p.active");
    BY_CODE = ("SELECT p.id, p.code, p.name, p.price, p.description, c.name AS category, p.sold, p.picture, \
                (SELECT COUNT(*) FROM units u WHERE u.store_id = p.store_id AND u.product_id = p.id \
                   AND u.state = 'available') AS stock \
                FROM products p LEFT JOIN categories c ON c.store_id = p.store_id AND c.id = p.category_id \
                WHERE p.store_id = $1 AND LOWER(p.code) = LOWER($2) AND p.active");
    SEARCH = ("SELECT p.id, p.code, p.name, p.price, p.description, c.name AS category, p.sold, p.picture, \
                (SELECT COUNT(*) FROM units u WHERE u.store_id = p.store_id AND u.product_id = p.id \
                   AND u.state = 'available') AS stock \
                FROM products p LEFT JOIN categories c ON c.store_id = p.store_id AND c.id = p.category_id \
                WHERE p.store_id = $1 AND p.active \
                AND (LOWER(p.name) LIKE $2 ESCAPE '\\' OR LOWER(p.code) LIKE $2 ESCAPE '\\') \
                AND ($3 OR EXISTS (SELECT 1 FROM units u WHERE u.store_id = p.store_id \
                   AND u.product_id = p.id AND u.state = 'available')) ORDER BY p.id LIMIT $4");
    CATEGORIES = ("SELECT id, slug, name, emoji FROM categories \
                   WHERE store_id = $1 AND active ORDER BY position, id LIMIT 50");
    STORED_CATEGORIES = ("SELECT slug, name, emoji FROM categories \
                          WHERE store_id = $1 ORDER BY position, id LIMIT 10000");
    STORED_PRODUCTS = ("SELECT p.id, p.code, p.name, c.slug AS category, p.price, p.description, p.active, \
                        p.low_stock FROM products p LEFT JOIN categories c ON c.store_id = p.store_id AND c.id = p.category_id \
                        WHERE p.store_id = $1 AND p.deleted_at IS NULL ORDER BY p.id LIMIT 100000");
    PUT_CATEGORY = ("INSERT INTO categories (store_id, slug, name, emoji, position, active) \
                     VALUES ($1, $2, $3, $4, $5, TRUE) \
                     ON CONFLICT (store_id, slug) DO UPDATE SET name = excluded.name, \
                     emoji = excluded.emoji, position = excluded.position RETURNING id");
    FIND_CATEGORY = ("SELECT id FROM categories WHERE store_id = $1 AND slug = $2");
    PUT_PRODUCT = ("INSERT INTO products (store_id, category_id, code, name, price, description, active, \
                    low_stock, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                    ON CONFLICT (store_id, code) DO UPDATE SET category_id = excluded.category_id, \
                    name = excluded.name, price = excluded.price, description = excluded.description, \
                    active = excluded.active, low_stock = excluded.low_stock RETURNING id");
    ADD_SOLD = ("UPDATE products SET sold = sold + $3 WHERE store_id = $1 AND id = $2");
}

pub(super) async fn list(
    tx: &mut Tx,
    store: StoreId,
    shelf: Shelf,
    limit: i64,
    offset: i64,
) -> Result<Vec<Product>, DbError> {
    fetch_all!(tx, Product, LIST, store, shelf.category, shelf.with_sold_out, limit, offset)
}

pub(super) async fn count(tx: &mut Tx, store: StoreId, shelf: Shelf) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), COUNT, store, shelf.category, shelf.with_sold_out)?.0)
}

pub(super) async fn product(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
) -> Result<Option<Product>, DbError> {
    fetch_optional!(tx, Product, PRODUCT, store, id)
}

pub(super) async fn by_code(
    tx: &mut Tx,
    store: StoreId,
    code: &str,
) -> Result<Option<Product>, DbError> {
    fetch_optional!(tx, Product, BY_CODE, store, code)
}

pub(super) async fn search(
    tx: &mut Tx,
    store: StoreId,
    pattern: &str,
    with_sold_out: bool,
    limit: i64,
) -> Result<Vec<Product>, DbError> {
    fetch_all!(tx, Product, SEARCH, store, pattern, with_sold_out, limit)
}

pub(super) async fn categories(tx: &mut Tx, store: StoreId) -> Result<Vec<Category>, DbError> {
    fetch_all!(tx, Category, CATEGORIES, store)
}

pub(super) async fn stored_categories(
    tx: &mut Tx,
    store: StoreId,
) -> Result<Vec<StoredCategory>, DbError> {
    fetch_all!(tx, StoredCategory, STORED_CATEGORIES, store)
}

pub(super) async fn stored_products(
    tx: &mut Tx,
    store: StoreId,
) -> Result<Vec<StoredProduct>, DbError> {
    fetch_all!(tx, StoredProduct, STORED_PRODUCTS, store)
}

pub(super) async fn put_category(
    tx: &mut Tx,
    store: StoreId,
    category: &StoredCategory,
    position: i64,
) -> Result<CategoryId, DbError> {
    let StoredCategory { slug, name, emoji } = category;
    Ok(fetch_one!(tx, (CategoryId,), PUT_CATEGORY, store, slug, name, emoji, position)?.0)
}

pub(super) async fn find_category(
    tx: &mut Tx,
    store: StoreId,
    slug: &str,
) -> Result<Option<CategoryId>, DbError> {
    Ok(fetch_optional!(tx, (CategoryId,), FIND_CATEGORY, store, slug)?.map(|(id,)| id))
}

pub(super) async fn put_product(
    tx: &mut Tx,
    store: StoreId,
    product: &ProductRow<'_>,
    now: Timestamp,
) -> Result<ProductId, DbError> {
    let (id,) = fetch_one!(
        tx,
        (ProductId,),
        PUT_PRODUCT,
        store,
        product.category,
        product.code,
        product.name,
        product.price,
        product.description,
        product.active,
        product.low_stock,
        now
    )?;
    Ok(id)
}

/// Counts units of a product as sold.
pub(in crate::shop) async fn add_sold(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
    quantity: i64,
) -> Result<(), DbError> {
    execute!(tx, ADD_SOLD, store, product, quantity)?;
    Ok(())
}
