//! Mass messages on their way out: only what replies leave of a bot's pace, and from one replica at a time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Shared;
use crate::db::{DbError, lease};
use crate::primitives::{BroadcastId, Timestamp, random_token};
use crate::queue::bulk;
use crate::queue::outbox::{self, End, Taken};
use crate::shop::ShopError;
use crate::shop::broadcast::{self, State};

/// How often the next few mass messages are begun.
pub(super) const STEP: Duration = Duration::from_millis(100);
const LEASE: &str = "bulk";
/// How long a replica that sends mass messages may be silent before another one does.
const HOLD: Duration = Duration::from_secs(4);
/// How often it says that it still does.
const RENEW: Duration = Duration::from_secs(1);

/// The right to send mass messages, among replicas: their pace is the bot's, and each process knows only its own.
pub(super) struct Turn {
    holder: String,
    renewed: Mutex<Option<Timestamp>>,
}

impl Default for Turn {
    fn default() -> Self {
        Self { holder: random_token(), renewed: Mutex::default() }
    }
}

impl Turn {
    async fn is_ours(&self, shared: &Shared, now: Timestamp) -> Result<bool, DbError> {
        let renewed = *self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        if renewed.is_some_and(|at| now.since(at) < RENEW) {
            return Ok(true);
        }
        let ours = lease::renew(&shared.db, LEASE, &self.holder, now, HOLD).await?.is_some();
        *self.renewed.lock().unwrap_or_else(PoisonError::into_inner) = ours.then_some(now);
        Ok(ours)
    }
}

/// Takes the mass messages of each store that may go out now, `most` at the utmost.
pub(super) async fn claim(
    shared: &Shared,
    turn: &Turn,
    holder: &Arc<str>,
    now: Timestamp,
    hold: Duration,
    most: i64,
) -> Result<Vec<Taken>, DbError> {
    let stores = bulk::stores(&shared.db, now).await?;
    if stores.is_empty() || !turn.is_ours(shared, now).await? {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for store in stores {
        let seats = most - i64::try_from(all.len()).unwrap_or(most);
        let room = shared.pace.bulk_room(store, seats, now);
        if room == 0 {
            continue;
        }
        match bulk::claim(&shared.db, store, holder, now, hold, room).await {
            Ok(taken) => {
                let messages = i64::try_from(taken.len()).unwrap_or(room);
                shared.pace.bulk_taken(store, messages, now);
                all.extend(taken);
            }
            Err(error) if all.is_empty() => return Err(error),
            // What was claimed before goes out; the others are claimed the next time, and what this claim may have
            // taken all the same when its lease lapses.
            Err(error) => {
                tracing::warn!(%error, "mass messages cannot be claimed now");
                break;
            }
        }
    }
    Ok(all)
}

/// Whether a broadcast was stopped after its message was claimed: then that waits for a word, or goes.
pub(super) async fn is_stopped(
    shared: &Shared,
    parcel: &Taken,
    id: BroadcastId,
) -> Result<bool, ShopError> {
    let mut tx = shared.db.read().await?;
    let seen = broadcast::state(&mut tx, parcel.store, id).await?;
    drop(tx);
    if seen == Some(State::Running) {
        return Ok(false);
    }
    let mut tx = shared.db.write().await?;
    let end = match broadcast::lock(&mut tx, parcel.store, id).await?.map(|it| it.state) {
        Some(State::Running) => return Ok(false),
        Some(State::Paused) => End::Parked("the broadcast is paused".to_owned()),
        _ => End::Dropped("the broadcast was cancelled".to_owned()),
    };
    outbox::finish(&mut tx, parcel, &end, shared.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}
