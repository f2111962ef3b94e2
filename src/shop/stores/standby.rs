//! Where a store's webhook points: at the first address, or at a standby while that one is out of reach.

use super::{Store, table};
use crate::db::Tx;
use crate::primitives::Timestamp;
use crate::shop::ShopError;

impl Store {
    /// The base of the webhook's address: the standby's while that is one of `standbys`, else `first`.
    #[must_use]
    pub fn webhook_base<'a>(&'a self, first: &'a str, standbys: &[String]) -> &'a str {
        self.standby.as_deref().filter(|at| standbys.iter().any(|one| one == at)).unwrap_or(first)
    }
}

/// Points the webhook of `store` at `to`; `false` when another replica moved it meanwhile.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn move_on(
    tx: &mut Tx,
    store: &Store,
    to: &str,
    now: Timestamp,
) -> Result<bool, ShopError> {
    let from = store.standby.as_deref().unwrap_or_default();
    Ok(table::move_webhook(tx, store.id, (from, to), now).await?)
}

/// Points it at the first address again; `false` when it does already.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn back(tx: &mut Tx, store: &Store, now: Timestamp) -> Result<bool, ShopError> {
    Ok(store.standby.is_some() && move_on(tx, store, "", now).await?)
}
