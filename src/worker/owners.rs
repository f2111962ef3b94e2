//! A word to the owners from outside of any update; it waits in the outbox like everything that is said.

use std::time::Duration;

use super::{Shared, desk};
use crate::bot::{Errand, Value};
use crate::db::Tx;
use crate::shop::ShopError;
use crate::shop::alarms::{self, Alarm};
use crate::shop::stores::Store;
use crate::telegram::{Html, SendMessage};

/// What fills the placeholders of a text beside the store's name.
pub type Values<'a> = [(&'a str, Value<'a>)];

/// Tells each owner of `store` once, with the store's name as `$store` beside `values`; nobody when owners
/// want no alerts.
///
/// # Errors
/// [`ShopError`] when the outbox cannot be written.
pub async fn tell_owners(
    tx: &mut Tx,
    shared: &Shared,
    store: &Store,
    (key, values): (&str, &Values<'_>),
) -> Result<(), ShopError> {
    if !shared.owner_alerts {
        return Ok(());
    }
    let text = worded(shared, store, (key, values));
    for owner in &store.owners {
        let errand = Errand::Alert { chat: (*owner).into(), text: text.clone() };
        desk::send(tx, store, &errand, shared.clock.now()).await?;
    }
    Ok(())
}

fn worded(shared: &Shared, store: &Store, (key, values): (&str, &Values<'_>)) -> Html {
    let mut all = vec![("store", (&store.name).into())];
    all.extend(values.iter().cloned());
    shared.texts.speech(store.language).say(key, &all)
}

/// Counts a failure; the owners are told `alarm-…` when it is one too many, once.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn alarm(
    tx: &mut Tx,
    shared: &Shared,
    store: &Store,
    (alarm, values): (Alarm, &Values<'_>),
) -> Result<(), ShopError> {
    if alarms::failed(tx, store.id, alarm, shared.clock.now()).await? {
        tracing::error!(store = store.slug, alarm = alarm.word(), "an alarm is raised");
        tell_owners(tx, shared, store, (&format!("alarm-{}", alarm.word()), values)).await?;
    }
    Ok(())
}

/// All is well again; the owners are told `alarm-…-over` when they had been alarmed.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn all_clear(
    tx: &mut Tx,
    shared: &Shared,
    store: &Store,
    (alarm, values): (Alarm, &Values<'_>),
) -> Result<(), ShopError> {
    if alarms::well(tx, store.id, alarm).await? {
        tracing::info!(store = store.slug, alarm = alarm.word(), "an alarm is over");
        tell_owners(tx, shared, store, (&format!("alarm-{}-over", alarm.word()), values)).await?;
    }
    Ok(())
}

/// Tells what happened since the last word about it, at most once in `every`, with how often as `$count`.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn tell_happenings(
    tx: &mut Tx,
    shared: &Shared,
    store: &Store,
    (alarm, every): (Alarm, Duration),
    (key, values): (&str, &Values<'_>),
) -> Result<(), ShopError> {
    let when = (every, shared.clock.now());
    let Some(count) = alarms::to_tell(tx, store.id, alarm, when).await? else { return Ok(()) };
    let mut all = vec![("count", count.into())];
    all.extend(values.iter().cloned());
    tell_owners(tx, shared, store, (key, &all)).await
}

/// Tells the owners directly, because the outbox is what cannot be written; whether one of them was reached.
pub async fn tell_at_once(shared: &Shared, store: &Store, key: &str) -> bool {
    if !shared.owner_alerts {
        return true;
    }
    let Some(front) = shared.directory.get(store.id) else { return false };
    let own = match shared.directory.owner_bot() {
        Some(Ok(bot)) => Some(bot),
        Some(Err(_)) | None => None,
    };
    let text = worded(shared, store, (key, &[]));
    let mut reached = store.owners.is_empty();
    for owner in &store.owners {
        let call = SendMessage::new((*owner).into(), text.clone());
        let bot = own.as_ref().unwrap_or(&front.telegram);
        reached |= bot.call(&call).await.is_ok();
    }
    reached
}
