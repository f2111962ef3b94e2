//! Who runs a store, and who is told what happens in it.

use super::{Store, table};
use crate::db::Tx;
use crate::primitives::{StoreId, Timestamp, UserId};
use crate::shop::ShopError;

impl Store {
    /// Who is told what happens in the store: its admins who are not owners too, or else all of them, or
    /// else its owners.
    #[must_use]
    pub fn told(&self) -> Vec<UserId> {
        let own = |admin: &&UserId| !self.owners.contains(admin);
        let told: Vec<UserId> = self.admins.iter().filter(own).copied().collect();
        [told, self.admins.clone(), self.owners.clone()]
            .into_iter()
            .find(|people| !people.is_empty())
            .unwrap_or_default()
    }

    /// Whether `user` runs this store; owners may do what admins may.
    #[must_use]
    pub fn is_admin(&self, user: UserId) -> bool {
        self.admins.contains(&user) || self.owners.contains(&user)
    }

    /// Whether `user` may see what is the owner's to see; a store without owners is its admins'.
    #[must_use]
    pub fn is_owner(&self, user: UserId) -> bool {
        if self.owners.is_empty() { self.is_admin(user) } else { self.owners.contains(&user) }
    }
}

/// Whether anybody is the store's admin.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn is_run(tx: &mut Tx, store: StoreId) -> Result<bool, ShopError> {
    Ok(table::is_run(tx, store).await?)
}

/// Makes somebody admin and owner of a store, beside whoever is.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn join(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    now: Timestamp,
) -> Result<(), ShopError> {
    for role in ["admin", "owner"] {
        table::add_person(tx, store, role, user, now).await?;
    }
    Ok(())
}
