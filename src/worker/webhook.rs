//! Tells Telegram where updates go, and watches that it stays told; never takes the registration away.

use std::collections::HashMap;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::addresses::{Places, register};
use super::deliveries::{Course, Fare, TROUBLED, WATCH};
use super::hooks::telegram_url;
use super::{ServiceError, Shared, Shopfront, desk, owners};
use crate::bot::Errand;
use crate::db::lease;
use crate::primitives::{ChatId, Language, Secret, StoreId, Timestamp};
use crate::queue::backoff;
use crate::shop::alarms::{self, Alarm};
use crate::shop::stores::{self, Store};
use crate::telegram::limits::clip;
use crate::telegram::{Failure, GetWebhookInfo, WebhookInfo};

/// How often new and changed stores are looked for.
const LOOK: Duration = Duration::from_secs(1);
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// How soon it is asked again when it did not tell.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// So long after a change every replica has read it, and lets the new secret in.
const SETTLE: Duration = Duration::from_secs(3);
/// How long a replica that keeps the webhooks may be silent before another one does.
const HOLD: Duration = Duration::from_secs(5);
/// After so many refused registrations it is the address that Telegram does not like.
const REFUSALS: i64 = 3;
/// Of a webhook that somebody else sets the owners hear no oftener than this.
const TAKEN_EVERY: Duration = Duration::from_hours(1);

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
    fare: Fare,
}

impl Kept {
    fn fresh(way: Way, next: Timestamp, hushed: Timestamp, fare: Fare) -> Self {
        Self { way, told: None, attempts: 0, next, hushed, fare }
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
    base: String,
    hook: String,
    secret: Secret<String>,
    token: Secret<String>,
}

impl Way {
    fn of(store: &Store, base: &str) -> Self {
        let (secret, token) = (store.webhook_secret.clone(), store.bot_token.clone());
        Self { base: base.to_owned(), hook: store.hook.clone(), secret, token }
    }

    fn is(&self, store: &Store, base: &str) -> bool {
        self.base == base
            && self.hook == store.hook
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
    places: Places,
    max_connections: u8,
    holder: String,
    stop: CancellationToken,
) {
    let keeper = Keeper { shared, places, max_connections };
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
    places: Places,
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
            let base = self.places.of(store);
            let fresh = || Kept::fresh(Way::of(store, base), now, now, Fare::default());
            let state = kept.entry(store.id).or_insert_with(fresh);
            if !state.way.is(store, base) {
                let (way, fare) = (Way::of(store, base), state.fare.afresh());
                *state = Kept::fresh(way, now.plus(SETTLE), state.hushed, fare);
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
        let told = register(front, self.places.of(store), self.max_connections).await;
        let mut failure = None;
        let noted = match told {
            Err(fault) => {
                let alarm = Alarm::Webhook.word();
                tracing::error!(alarm, %fault, attempts, "no webhook; tried again later");
                if attempts >= REFUSALS && matches!(fault.failure, Failure::Refused { .. }) {
                    self.leave(front, state).await;
                }
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
            if store.standby.is_none() {
                self.all_clear(store, Alarm::Standby).await;
            }
            let next = if state.fare.is_troubled() { TROUBLED } else { WATCH };
            (state.told, state.attempts, state.next) = (Some(now), 0, now.plus(next));
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
        let job = self.shared.metrics.job_last_success.with_label_values(&["webhook"]);
        job.set(now.seconds());
        let anew = state.fare.complains_anew(&info);
        if anew {
            let (pending, why) = (info.pending_update_count, info.last_error_message.as_deref());
            let why = clip(why.unwrap_or_default(), 200);
            tracing::warn!(store = store.slug, pending, why, "Telegram could not deliver");
        }
        let ours = telegram_url(self.places.of(store), &store.hook);
        if let Some(what) = finding(&info, &ours, state.told) {
            let alarm = Alarm::Taken.word();
            tracing::error!(alarm, store = store.slug, what, "the webhook is set again");
            state.told = None;
            self.taken(store).await;
            return;
        }
        let told = state.told.unwrap_or(now);
        match state.fare.judge(&info, anew, told) {
            Course::Well => self.all_clear(store, Alarm::Webhook).await,
            Course::Wait => state.next = now.plus(TROUBLED),
            Course::SetAgain => {
                tracing::warn!(
                    store = store.slug,
                    "nothing is delivered: the webhook is set again"
                );
                state.told = None;
            }
            Course::Move => {
                state.next = now.plus(TROUBLED);
                self.leave(front, state).await;
            }
        }
    }

    /// Leaves an address that does not work for the next one, if there is one; else the owners are alarmed.
    async fn leave(&self, front: &Shopfront, state: &mut Kept) {
        let (store, now) = (&front.store, self.shared.clock.now());
        let moves = state.fare.may_move(self.places.count(), now);
        let to = self.places.after(self.places.of(store));
        let done = if moves { self.move_on(store, to).await } else { self.alarm(store).await };
        match done {
            Ok(()) if moves => {
                state.fare.moved();
                let alarm = Alarm::Standby.word();
                tracing::error!(alarm, store = store.slug, to, "the webhook moves on");
            }
            Ok(()) => {}
            Err(error) => tracing::warn!(store = store.slug, %error, "the webhook stays for now"),
        }
    }

    /// Writes down where the webhook goes from now on; the stores are read again and it is told.
    async fn move_on(&self, store: &Store, to: &str) -> Result<(), ServiceError> {
        let (shared, now) = (&self.shared, self.shared.clock.now());
        let mut tx = shared.db.write().await?;
        if !stores::move_on(&mut tx, store, to, now).await? {
            return Ok(());
        }
        if !to.is_empty() {
            alarms::failed(&mut tx, store.id, Alarm::Standby, now).await?;
            let told = ("alarm-standby", &[("url", to.into())][..]);
            owners::tell_owners(&mut tx, shared, store, told).await?;
        }
        tx.commit().await?;
        shared.outbox_bell.ring();
        // Else the next look would still be at the address that was left.
        shared.directory.refresh(&shared.db, &shared.keyring).await
    }

    async fn alarm(&self, store: &Store) -> Result<(), ServiceError> {
        let mut tx = self.shared.db.write().await?;
        owners::alarm(&mut tx, &self.shared, store, (Alarm::Webhook, &[])).await?;
        tx.commit().await?;
        self.shared.outbox_bell.ring();
        Ok(())
    }

    /// Ends an alarm if it was raised; looked up first, because mostly it was not.
    async fn all_clear(&self, store: &Store, alarm: Alarm) {
        let work = async {
            let noted = alarms::noted(&mut self.shared.db.read().await?, store.id).await?;
            if !noted.iter().any(|word| word == alarm.word()) {
                return Ok::<_, ServiceError>(());
            }
            let mut tx = self.shared.db.write().await?;
            owners::all_clear(&mut tx, &self.shared, store, (alarm, &[])).await?;
            tx.commit().await?;
            self.shared.outbox_bell.ring();
            Ok(())
        };
        if let Err(error) = work.await {
            tracing::warn!(store = store.slug, %error, "an alarm's end was not noted");
        }
    }

    /// Tells the owners that somebody else set the webhook, once an hour at most.
    async fn taken(&self, store: &Store) {
        let work = async {
            let (shared, every) = (&self.shared, (Alarm::Taken, TAKEN_EVERY));
            let mut tx = shared.db.write().await?;
            alarms::happened(&mut tx, store.id, Alarm::Taken).await?;
            owners::tell_happenings(&mut tx, shared, store, every, ("alert-taken", &[])).await?;
            tx.commit().await?;
            shared.outbox_bell.ring();
            Ok::<_, ServiceError>(())
        };
        if let Err(error) = work.await {
            tracing::warn!(store = store.slug, %error, "the owners were not told");
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
            base: String::new(),
            hook: String::new(),
            secret: Secret::new(String::new()),
            token: Secret::new(String::new()),
        };
        let mut kept = Kept::fresh(way, now, now, Fare::default());
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
