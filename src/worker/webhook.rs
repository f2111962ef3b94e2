//! Tells Telegram where updates go; never takes the registration away.

use std::collections::HashMap;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Shared, Shopfront};
use crate::primitives::{StoreId, Timestamp};
use crate::queue::backoff;
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

/// How often new and changed stores are looked for.
const LOOK: Duration = Duration::from_secs(1);
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// How far the registration of one store came.
#[derive(Debug, Clone, Copy)]
struct Tried {
    revision: i64,
    done: bool,
    attempts: i64,
    next: Timestamp,
}

/// Registers every store, and every store again whose settings changed, until `stop`.
///
/// A failure is tried again with back-off: until then the earlier registration still stands.
pub(super) async fn keep_registered(
    shared: Shared,
    public_url: String,
    max_connections: u8,
    stop: CancellationToken,
) {
    let mut tried: HashMap<StoreId, Tried> = HashMap::new();
    while !stop.is_cancelled() {
        for front in shared.directory.all() {
            let (store, now) = (&front.store, shared.clock.now());
            let before = tried.get(&store.id).copied().filter(|it| it.revision == store.revision);
            if before.is_some_and(|it| it.done || it.next > now) {
                continue;
            }
            let attempts = before.map_or(0, |it| it.attempts) + 1;
            let registered = register(&front, &public_url, max_connections).await;
            match &registered {
                Ok(()) => tracing::info!(store = store.slug, "the webhook is registered"),
                Err(fault) => tracing::error!(%fault, attempts, "no webhook; tried again later"),
            }
            let next = now.plus(backoff::after(attempts, FIRST_WAIT, LONGEST_WAIT));
            let (revision, done) = (store.revision, registered.is_ok());
            tried.insert(store.id, Tried { revision, done, attempts, next });
        }
        tokio::select! {
            () = shared.clock.sleep(LOOK) => {}
            () = stop.cancelled() => {}
        }
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
