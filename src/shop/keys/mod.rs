//! Under which data keys a store's units and proofs are sealed, so that no key goes that is needed.

mod table;

pub use table::STATEMENTS;

use super::ShopError;
use crate::db::Tx;
use crate::primitives::{Keyring, StoreId};

/// Notes that something of the store is about to be sealed under the newest key.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub(super) async fn used(tx: &mut Tx, store: StoreId, keyring: &Keyring) -> Result<(), ShopError> {
    Ok(table::used(tx, store, keyring.sealing()).await?)
}

/// The ids of the data keys under which something of any store is sealed, at most 1,000.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn all(tx: &mut Tx) -> Result<Vec<String>, ShopError> {
    Ok(table::all(tx).await?)
}

/// Every store with a key under which something of it is sealed and which is not the newest, at most 1,000.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub(super) async fn old(
    tx: &mut Tx,
    keyring: &Keyring,
) -> Result<Vec<(StoreId, String)>, ShopError> {
    Ok(table::old(tx, keyring.sealing()).await?)
}

/// Forgets a key of a store; `false` when something is sealed under it still.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub(super) async fn forget(tx: &mut Tx, store: StoreId, key: &str) -> Result<bool, ShopError> {
    Ok(table::forget(tx, store, key).await?)
}
