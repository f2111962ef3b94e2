//! Under which addresses the world reaches a store, and how Telegram is told one of them.

use super::Shopfront;
use super::hooks::telegram_url;
use crate::shop::stores::Store;
use crate::telegram::{Done, Failure, SetWebhook};

/// Why a webhook could not be registered.
#[derive(Debug, thiserror::Error)]
#[error("store {store}: the webhook could not be registered: {failure}")]
pub struct WebhookFault {
    /// The store's slug.
    pub store: String,
    /// Telegram's word.
    pub failure: Failure,
}

/// Where the world reaches the doors: the first address, and those that stand by.
#[derive(Debug, Clone)]
pub(super) struct Places {
    first: String,
    standbys: Vec<String>,
}

impl Places {
    pub(super) const fn new(first: String, standbys: Vec<String>) -> Self {
        Self { first, standbys }
    }

    /// Where the webhook of `store` belongs now.
    pub(super) fn of<'a>(&'a self, store: &'a Store) -> &'a str {
        store.webhook_base(&self.first, &self.standbys)
    }

    pub(super) const fn count(&self) -> usize {
        self.standbys.len() + 1
    }

    /// The address after `base`, round and round; empty for the first one.
    pub(super) fn after(&self, base: &str) -> &str {
        let at = self.standbys.iter().position(|one| one == base).map_or(0, |at| at + 1);
        self.standbys.get(at).map_or("", String::as_str)
    }
}

/// Registers a store's webhook under `public_url`, with its secret and the kinds of updates it needs.
///
/// # Errors
/// [`WebhookFault`] with Telegram's word.
pub async fn register(
    front: &Shopfront,
    public_url: &str,
    max_connections: u8,
) -> Result<(), WebhookFault> {
    let store = &front.store;
    let call = SetWebhook {
        url: telegram_url(public_url, &store.hook),
        max_connections,
        allowed_updates: SetWebhook::KINDS.map(str::to_owned).to_vec(),
        secret_token: store.webhook_secret.expose().clone(),
    };
    let answered: Result<Done<bool>, Failure> = front.telegram.call(&call).await;
    match answered {
        Ok(_) => Ok(()),
        Err(failure) => Err(WebhookFault { store: store.slug.clone(), failure }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_tried_in_their_order_and_round_again() {
        let places = Places::new("a".to_owned(), vec!["b".to_owned(), "c".to_owned()]);
        assert_eq!(["a", "b", "c"].map(|base| places.after(base)), ["b", "c", ""]);
    }
}
