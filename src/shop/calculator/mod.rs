//! What a seller gives back for the days of a product that were not used, by factors he can change.

mod rules;

pub use rules::{Factors, Sum, Unfit, read};

use super::audit::By;
use super::{ShopError, settings};
use crate::db::Tx;
use crate::primitives::StoreId;

/// The setting that holds the factors.
pub const SETTING: &str = "calculator";

/// The factors of a store.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn factors(tx: &mut Tx, store: StoreId) -> Result<Factors, ShopError> {
    let body = settings::get(tx, store, SETTING).await?;
    Ok(body.and_then(|body| Factors::read(&body)).unwrap_or_default())
}

/// Sets a store's factors; the default ones count as not set.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn set(tx: &mut Tx, store: StoreId, factors: Factors, by: By) -> Result<(), ShopError> {
    let body = (factors != Factors::default()).then(|| factors.to_string());
    settings::set(tx, store, (SETTING, body.as_deref()), by).await
}
