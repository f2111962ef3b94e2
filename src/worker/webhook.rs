//! Tells Telegram where updates go; never takes the registration away.

use super::Shopfront;
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

/// Where Telegram delivers a store's updates.
#[must_use]
pub fn telegram_url(public_url: &str, hook: &str) -> String {
    format!("{public_url}/telegram/{hook}")
}

/// Where the gateway calls a store back.
#[must_use]
pub fn pakasir_url(public_url: &str, hook: &str) -> String {
    format!("{public_url}/pakasir/{hook}")
}
