//! What is for sale: categories, products and how many units of each are there.

mod table;
mod coupon;
mod file;

pub use coupon::CouponEntry;
pub use file::{CatalogueFile, FileFault, Imported, export, import};
pub(in crate::shop) use table::add_sold;
pub use table::{Category, Product, STATEMENTS};

use super::ShopError;
use crate::db::Tx;
use crate::primitives::{CategoryId, ProductId, StoreId};

/// How many products stand on one page.
pub const PAGE: i64 = 5;
/// How many products a search finds.
pub const SEARCH: i64 = 8;
/// How many products a stock overview holds.
pub const OVERVIEW: i64 = 50;

/// Which products are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelf {
    /// One category, or all products.
    pub category: Option<CategoryId>,
    /// Whether sold-out products are listed: to admins only.
    pub with_sold_out: bool,
}

/// A page of a shelf.
#[derive(Debug, Clone)]
pub struct Page {
    /// The shelf.
    pub shelf: Shelf,
    /// Counted from 0.
    pub number: i64,
    /// At least 1.
    pub pages: i64,
    /// How many products the shelf has.
    pub total: i64,
    /// At most [`PAGE`].
    pub products: Vec<Product>,
}

/// A page of a shelf; a number past the end gives the last page.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn page(
    tx: &mut Tx,
    store: StoreId,
    shelf: Shelf,
    number: i64,
) -> Result<Page, ShopError> {
    let total = table::count(tx, store, shelf).await?;
    let pages = (total + PAGE - 1) / PAGE;
    let number = number.clamp(0, (pages - 1).max(0));
    let products = table::list(tx, store, shelf, PAGE, number * PAGE).await?;
    Ok(Page { shelf, number, pages: pages.max(1), total, products })
}

/// How many products a shelf has.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn count(tx: &mut Tx, store: StoreId, shelf: Shelf) -> Result<i64, ShopError> {
    Ok(table::count(tx, store, shelf).await?)
}

/// The product at `place` (counted from 1) of a shelf.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn at_place(
    tx: &mut Tx,
    store: StoreId,
    shelf: Shelf,
    place: i64,
) -> Result<Option<Product>, ShopError> {
    if place < 1 {
        return Ok(None);
    }
    Ok(table::list(tx, store, shelf, 1, place - 1).await?.pop())
}

/// The first [`OVERVIEW`] products with their stock.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn overview(
    tx: &mut Tx,
    store: StoreId,
    with_sold_out: bool,
) -> Result<Vec<Product>, ShopError> {
    let shelf = Shelf { category: None, with_sold_out };
    Ok(table::list(tx, store, shelf, OVERVIEW, 0).await?)
}

/// An active product, if there is one with this row in this store.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn product(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
) -> Result<Option<Product>, ShopError> {
    Ok(table::product(tx, store, id).await?)
}

/// The active product with this code, in any case of its letters.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn by_code(
    tx: &mut Tx,
    store: StoreId,
    code: &str,
) -> Result<Option<Product>, ShopError> {
    // Only what could be a code is looked for: an engine may refuse other letters.
    if code.len() > 64 || code.contains(char::is_control) {
        return Ok(None);
    }
    Ok(table::by_code(tx, store, code).await?)
}

/// Active products with `words` in their name or code, at most [`SEARCH`].
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn search(
    tx: &mut Tx,
    store: StoreId,
    words: &str,
    with_sold_out: bool,
) -> Result<Vec<Product>, ShopError> {
    let escaped: String = words
        .to_lowercase()
        .chars()
        .flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c]))
        .collect();
    Ok(table::search(tx, store, &format!("%{escaped}%"), with_sold_out, SEARCH).await?)
}

/// The active categories, in the seller's order, at most 50.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn categories(tx: &mut Tx, store: StoreId) -> Result<Vec<Category>, ShopError> {
    Ok(table::categories(tx, store).await?)
}
