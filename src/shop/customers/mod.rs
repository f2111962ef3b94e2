//! Customers: everyone who ever wrote to a store's bot.

mod table;

pub use table::{Customer, STATEMENTS};

use super::ShopError;
use crate::db::Tx;
use crate::primitives::{CategoryId, CustomerId, Language, StoreId, Timestamp, UserId};

/// Numbers for the welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// How many customers the store has.
    pub customers: i64,
    /// How many orders were paid.
    pub paid_orders: i64,
}

/// Finds or makes the customer; his name follows Telegram, his language stays as first seen.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn meet(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    name: &str,
    language: Language,
    now: Timestamp,
) -> Result<Customer, ShopError> {
    Ok(table::meet(tx, store, user, name, language, now).await?)
}

/// The customer with this row, who must exist.
///
/// # Errors
/// [`ShopError`] when the database fails or there is no such row.
pub async fn get(tx: &mut Tx, store: StoreId, id: CustomerId) -> Result<Customer, ShopError> {
    Ok(table::get(tx, store, id).await?)
}

/// Remembers which list the customer saw, so that digits open its products.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn saw_list(
    tx: &mut Tx,
    store: StoreId,
    id: CustomerId,
    category: Option<CategoryId>,
) -> Result<(), ShopError> {
    Ok(table::saw_list(tx, store, id, category).await?)
}

/// Remembers that messages cannot reach the customer, or (`None`) that they can again.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn unreachable(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    since: Option<Timestamp>,
) -> Result<(), ShopError> {
    Ok(table::unreachable(tx, store, user, since).await?)
}

/// How many customers there are and how many orders were paid.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn crowd(tx: &mut Tx, store: StoreId) -> Result<Crowd, ShopError> {
    let (customers, paid_orders) = table::crowd(tx, store).await?;
    Ok(Crowd { customers, paid_orders })
}
