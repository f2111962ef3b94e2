//! Lets broadcasts begin, keeps a few seconds' worth of their messages in the outbox, and tells how they go.

use std::time::Duration;

use super::pace::PER_SECOND;
use super::turn::Turn;
use super::{ServiceError, Shared, Shopfront, desk};
use crate::bot::Errand;
use crate::db::Tx;
use crate::primitives::{BroadcastId, ChatId, StoreId, Timestamp};
use crate::queue::bulk;
use crate::shop::ShopError;
use crate::shop::broadcast::{self, Broadcast, State};

/// So many messages of a broadcast wait in the outbox: two seconds' worth, so that a tick may be late and a
/// pause finds little to hold up.
const AHEAD: i64 = 2 * PER_SECOND;
/// How many windows of customers one tick passes at most, when few of them are meant.
const MOST_WINDOWS: usize = 20;
/// How often its author is told how it goes.
const TELL: Duration = Duration::from_secs(3);

/// One tick for all broadcasts.
pub(super) async fn tick(
    shared: &Shared,
    turn: &Turn<'_>,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let mut tx = shared.db.read().await?;
    let open = broadcast::open(&mut tx, now).await?;
    drop(tx);
    for (store, id) in open {
        let Some(front) = shared.directory.get(store) else { continue };
        if let Err(error) = one(shared, turn, (&front, id), now).await {
            tracing::error!(%error, broadcast = %id, "a broadcast does not go on; the next tick tries again");
        }
    }
    Ok(())
}

async fn one(
    shared: &Shared,
    turn: &Turn<'_>,
    (front, id): (&Shopfront, BroadcastId),
    now: Timestamp,
) -> Result<(), ShopError> {
    let store = front.store.id;
    let mut tx = shared.db.read().await?;
    let Some(seen) = broadcast::get(&mut tx, store, id).await? else { return Ok(()) };
    let crowd = match seen.state {
        // Counted here, where nobody waits for it: the count is as of the start, whenever it is made.
        State::Scheduled => {
            Some(broadcast::crowd(&mut tx, store, seen.segment, seen.starts_at).await?)
        }
        _ => None,
    };
    drop(tx);
    let Some(mut tx) = turn.fenced(shared.db.write().await?).await? else { return Ok(()) };
    let Some(mut found) = broadcast::lock(&mut tx, store, id).await? else { return Ok(()) };
    let begins = match (found.state, crowd) {
        (State::Scheduled, Some(crowd)) => broadcast::start(&mut tx, store, id, crowd, now).await?,
        _ => false,
    };
    if begins && let Some(begun) = broadcast::get(&mut tx, store, id).await? {
        found = begun;
    }
    if found.state != State::Running {
        return Ok(());
    }
    let fed = feed(&mut tx, store, &mut found, now).await?;
    let over =
        fed == 0 && found.is_through() && bulk::waiting(&mut tx, store, &found.batch()).await? == 0;
    if over {
        broadcast::end(&mut tx, store, &mut found, now).await?;
    }
    let tells = begins || over || (found.has_news() && now.since(found.told_at) >= TELL);
    if tells {
        tell(shared, &mut tx, (front, &found), now).await?;
    }
    tx.commit().await?;
    shared.outbox_bell.ring();
    Ok(())
}

/// Puts the next messages into the outbox, in the transaction that moves on among the customers; how many.
async fn feed(
    tx: &mut Tx,
    store: StoreId,
    found: &mut Broadcast,
    now: Timestamp,
) -> Result<i64, ShopError> {
    let batch = found.batch();
    let mut room = AHEAD - bulk::waiting(tx, store, &batch).await?;
    let mut fed = 0;
    for _ in 0..MOST_WINDOWS {
        let Ok(most @ 1..) = usize::try_from(room) else { break };
        if found.is_through() {
            break;
        }
        for person in broadcast::pass(tx, store, found, most).await? {
            let (chat, (from, message)) = (ChatId::from(person), found.source);
            let errand = Errand::Copy { chat, from, message, broadcast: Some(found.id) };
            let payload = desk::written(&errand)?;
            let lane = format!("{batch}:{chat}");
            bulk::add(tx, store, (&batch, &lane), &payload, now).await?;
            (room, fed) = (room - 1, fed + 1);
        }
    }
    Ok(fed)
}

/// Tells the author how it goes.
async fn tell(
    shared: &Shared,
    tx: &mut Tx,
    (front, found): (&Shopfront, &Broadcast),
    now: Timestamp,
) -> Result<(), ShopError> {
    let store = &front.store;
    broadcast::told(tx, store.id, found, now).await?;
    let errand = desk::progress(tx, (shared, store), found, now).await?;
    desk::send(tx, store, &errand, now).await
}
