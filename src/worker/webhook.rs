//! Tells Telegram where updates go, and watches that it stays told; never takes the registration away.

use std::collections::HashMap;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{ServiceError, Shared, Shopfront, desk};
use crate::bot::Errand;
use crate::db::lease;
use crate::primitives::{ChatId, Language, Secret, StoreId, Timestamp};
use crate::queue::backoff;
use crate::shop::stores::{self, Store};
use crate::telegram::limits::clip;
use crate::telegram::{Done, Failure, GetWebhookInfo, SetWebhook, WebhookInfo};

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
/// How often Telegram is asked what it has registered.
const WATCH: Duration = Duration::from_mins(1);
/// How soon it is asked again when it did not tell.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// So long after a change every replica has read it, and lets the new secret in.
const SETTLE: Duration = Duration::from_secs(3);
/// How long a replica that keeps the webhooks may be silent before another one does.
const HOLD: Duration = Duration::from_secs(5);

/// How far the registration of one store came.
#[derive(Debug)]
struct Kept {
    /// What was told, or is to be.
    way: Way,
    told: Option<Timestamp>,
    attempts: i64,
    /// When to try, or to look, next.
    next: Timestamp,
    /// Until when Telegram wants no call, whatever changes here.
    hushed: Timestamp,
    /// Telegram's last complaint that was passed on.
    complaint: Option<i64>,
}

impl Kept {
    fn fresh(store: &Store, next: Timestamp, hushed: Timestamp) -> Self {
        let (told, attempts, complaint) = (None, 0, None);
        Self { way: Way::of(store), told, attempts, next, hushed, complaint }
    }

    /// Tries again after `wait`, and never before Telegram said; of two such words the later one counts.
    fn put_off(&mut self, now: Timestamp, wait: Duration, failure: Option<&Failure>) {
        self.next = now.plus(wait);
        if let Some(Failure::RetryAfter(wait)) = failure {
            self.hushed = self.hushed.max(now.plus(*wait));
        }
    }

    /// Whether it is time for a call.
    fn is_due(&self, now: Timestamp) -> bool {
        now >= self.next.max(self.hushed)
    }
}

/// What a registration consists of.
#[derive(Debug, Clone)]
struct Way {
    hook: String,
    secret: Secret<String>,
    token: Secret<String>,
}

impl Way {
    fn of(store: &Store) -> Self {
        let (secret, token) = (store.webhook_secret.clone(), store.bot_token.clone());
        Self { hook: store.hook.clone(), secret, token }
    }

    fn is(&self, store: &Store) -> bool {
        self.hook == store.hook
            && self.secret.matches(store.webhook_secret.expose().as_bytes())
            && self.token.matches(store.bot_token.expose().as_bytes())
    }
}

/// Registers every store, and every store again whose way in changed, and asks each minute whether
/// it is still so, until `stop`.
///
/// A failure is tried again with back-off: until then the earlier registration still stands.
pub(super) async fn keep_registered(
    shared: Shared,
    public_url: String,
    max_connections: u8,
    holder: String,
    stop: CancellationToken,
) {
    let keeper = Keeper { shared, public_url, max_connections };
    let mut kept: HashMap<StoreId, Kept> = HashMap::new();
    while !stop.is_cancelled() {
        match keeper.is_mine(&holder).await {
            Ok(true) => keeper.round(&mut kept, &stop).await,
            // Who takes over knows nothing and tells Telegram again, which changes nothing.
            Ok(false) => kept.clear(),
            Err(error) => tracing::warn!(%error, "nobody knows who keeps the webhooks"),
        }
        tokio::select! {
            () = keeper.shared.clock.sleep(LOOK) => {}
            () = stop.cancelled() => {}
        }
    }
}

struct Keeper {
    shared: Shared,
    public_url: String,
    max_connections: u8,
}

impl Keeper {
    /// One replica is enough to tell Telegram, and to be alarmed.
    async fn is_mine(&self, holder: &str) -> Result<bool, ServiceError> {
        let Shared { db, clock, .. } = &self.shared;
        Ok(lease::renew(db, "webhook", holder, clock.now(), HOLD).await?.is_some())
    }

    async fn round(&self, kept: &mut HashMap<StoreId, Kept>, stop: &CancellationToken) {
        for front in self.shared.directory.all() {
            if stop.is_cancelled() {
                return;
            }
            let (store, now) = (&front.store, self.shared.clock.now());
            let fresh = || Kept::fresh(store, now, now);
            let state = kept.entry(store.id).or_insert_with(fresh);
            if !state.way.is(store) {
                *state = Kept::fresh(store, now.plus(SETTLE), state.hushed);
            }
            if !state.is_due(now) {
                continue;
            }
            if state.told.is_some() {
                self.look(&front, state).await;
            }
            if state.told.is_none() {
                self.tell(&front, state).await;
            }
        }
    }

    async fn tell(&self, front: &Shopfront, state: &mut Kept) {
        let (store, clock) = (&front.store, &self.shared.clock);
        state.attempts += 1;
        let attempts = state.attempts;
        let told = register(front, &self.public_url, self.max_connections).await;
        let mut failure = None;
        let noted = match told {
            Err(fault) => {
                tracing::error!(%fault, attempts, "no webhook; tried again later");
                failure = Some(fault.failure);
                false
            }
            // The replaced way in closes by this note alone: without it, all is told once more.
            Ok(()) => match self.note(store).await {
                Ok(()) => true,
                Err(error) => {
                    tracing::warn!(store = store.slug, %error, "a registration was not noted");
                    false
                }
            },
        };
        let now = clock.now();
        if noted {
            tracing::info!(store = store.slug, "the webhook is registered");
            if let Err(error) = self.set_menus(store).await {
                tracing::warn!(store = store.slug, %error, "the lists of commands stay as they are");
            }
            (state.told, state.attempts, state.next) = (Some(now), 0, now.plus(WATCH));
        } else {
            let wait = backoff::after(store.id.0, attempts, FIRST_WAIT, LONGEST_WAIT);
            state.put_off(now, wait, failure.as_ref());
        }
    }

    /// Has the lists of commands set: everybody's in each language, and each admin's own.
    async fn set_menus(&self, store: &Store) -> Result<(), ServiceError> {
        let everybody = Language::ALL.map(|language| (None, language, false));
        let admins = store.admins.iter().map(|admin| (Some(ChatId(admin.0)), store.language, true));
        let mut tx = self.shared.db.write().await?;
        for (chat, language, admin) in everybody.into_iter().chain(admins) {
            let errand = Errand::Menu { chat, language, admin };
            desk::send(&mut tx, store, &errand, self.shared.clock.now()).await?;
        }
        tx.commit().await?;
        self.shared.outbox_bell.ring();
        Ok(())
    }

    async fn note(&self, store: &Store) -> Result<(), ServiceError> {
        if store.former.iter().all(|former| former.until.is_some()) {
            return Ok(());
        }
        let Shared { db, clock, keyring, .. } = &self.shared;
        let mut tx = db.write().await?;
        stores::registered(&mut tx, keyring, store, clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Asks Telegram what it has; what is not ours any more is to be told again, once per finding.
    async fn look(&self, front: &Shopfront, state: &mut Kept) {
        let (store, now) = (&front.store, self.shared.clock.now());
        state.next = now.plus(WATCH);
        let info = match front.telegram.call(&GetWebhookInfo {}).await {
            Ok(done) => done.answer(),
            Err(failure) => {
                tracing::warn!(store = store.slug, %failure, "Telegram did not tell the webhook");
                state.put_off(self.shared.clock.now(), LOOK_AGAIN, Some(&failure));
                None
            }
        };
        let Some(info) = info else { return };
        let ours = telegram_url(&self.public_url, &store.hook);
        if let Some(what) = finding(&info, &ours, state.told) {
            tracing::error!(store = store.slug, what, "the webhook is set again");
            state.told = None;
        } else {
            let job = self.shared.metrics.job_last_success.with_label_values(&["webhook"]);
            job.set(now.seconds());
        }
        if info.last_error_date > state.complaint {
            state.complaint = info.last_error_date;
            let (pending, why) = (info.pending_update_count, info.last_error_message);
            let why = clip(&why.unwrap_or_default(), 200);
            tracing::warn!(store = store.slug, pending, why, "Telegram could not deliver");
        }
    }
}

/// What is wrong with a registration made at `told`, in words; never an address, which holds the hook.
fn finding(info: &WebhookInfo, ours: &str, told: Option<Timestamp>) -> Option<&'static str> {
    if info.url.is_empty() {
        return Some("somebody took the webhook away");
    }
    if info.url != ours {
        return Some("somebody set another webhook");
    }
    // The same address under another secret shows only in what our doors answer.
    let refused = info.last_error_message.as_deref().is_some_and(|why| why.contains("401"));
    let since = told.is_some_and(|told| info.last_error_date > Some(told.seconds()));
    (refused && since).then_some("Telegram comes with a secret that is not ours")
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

#[cfg(test)]
mod tests {
    use super::*;

    fn info(url: &str, error: Option<(i64, &str)>) -> WebhookInfo {
        let mut info: WebhookInfo = serde_json::from_str("{}").expect("every field has a default");
        url.clone_into(&mut info.url);
        info.last_error_date = error.map(|(at, _)| at);
        info.last_error_message = error.map(|(_, why)| why.to_owned());
        info
    }

    #[test]
    fn of_two_waits_the_later_one_counts() {
        let (now, second) = (Timestamp(100_000), Duration::from_secs(1));
        let way = Way {
            hook: String::new(),
            secret: Secret::new(String::new()),
            token: Secret::new(String::new()),
        };
        let mut kept =
            Kept { way, told: None, attempts: 0, next: now, hushed: now, complaint: None };
        assert!(kept.is_due(now));
        kept.put_off(now, second, Some(&Failure::RetryAfter(second * 90)));
        kept.put_off(now.plus(second), second, Some(&Failure::RetryAfter(second * 3)));
        assert!(!kept.is_due(now.plus(second * 89)));
        assert!(kept.is_due(now.plus(second * 90)));
        kept.put_off(now.plus(second * 90), second * 9, None);
        assert!(!kept.is_due(now.plus(second * 98)));
        assert!(kept.is_due(now.plus(second * 99)));
    }

    #[test]
    fn what_somebody_else_did_is_found_and_a_bad_day_is_not() {
        let found = |url, error| finding(&info(url, error), "ours", Some(Timestamp(100_000)));
        assert_eq!(found("ours", None), None);
        assert_eq!(found("ours", Some((101, "Connection refused"))), None);
        assert_eq!(found("ours", Some((99, "Wrong response from the webhook: 401"))), None);
        assert!(found("", None).is_some_and(|what| what.contains("took")));
        assert!(found("theirs", None).is_some_and(|what| what.contains("another")));
        let secret =
            found("ours", Some((101, "Wrong response from the webhook: 401 Unauthorized")));
        assert!(secret.is_some_and(|what| what.contains("secret")));
    }
}
