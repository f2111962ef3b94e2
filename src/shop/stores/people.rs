//! Who runs a store, and who is told what happens in it.

use super::Store;
use crate::primitives::UserId;

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
