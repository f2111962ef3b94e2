//! Whether a parcel may go to Telegram now: its broadcast goes on, its pace has room, and somebody answers there.

use std::time::Duration;

use super::{Shared, bulk, desk};
use crate::bot::Errand;
use crate::primitives::Timestamp;
use crate::queue::outbox::{Queue, Taken};
use crate::shop::ShopError;

/// What a parcel finds at the gate.
pub(super) enum Passage {
    /// It may go.
    Open,
    /// It came to its end here.
    Closed,
    /// It comes again then, and why.
    Later(Timestamp, &'static str),
}

/// Whose pace a parcel keeps: a bot has one in each chat, whichever queue and lane its messages lie in.
fn paced_as(shared: &Shared, errand: &Errand, parcel: &Taken) -> String {
    match errand.chat() {
        // What another bot says is not this one's.
        Some(_) if matches!(errand, Errand::Alert { .. }) && shared.directory.has_owner_bot() => {
            parcel.lane.clone()
        }
        Some(chat) => desk::lane_of(chat),
        None => parcel.lane.clone(),
    }
}

/// Takes a turn for a parcel, if there is one.
pub(super) async fn pass(
    shared: &Shared,
    (queue, parcel): (Queue, &Taken),
    errand: &Errand,
    now: Timestamp,
) -> Result<Passage, ShopError> {
    if let Errand::Copy { broadcast: Some(id), .. } = errand
        && bulk::is_stopped(shared, parcel, *id).await?
    {
        return Ok(Passage::Closed);
    }
    if let Err(at) = shared.pace.turn(parcel.store, queue, &paced_as(shared, errand, parcel), now) {
        return Ok(Passage::Later(at, "the chat's pace"));
    }
    Ok(match shared.telegram.turn(parcel.store, now) {
        Ok(()) => Passage::Open,
        Err(at) => Passage::Later(at, "Telegram does not answer"),
    })
}

/// Telegram told a parcel to wait; when it comes again.
pub(super) fn told_to_wait(
    shared: &Shared,
    (queue, parcel): (Queue, &Taken),
    errand: &Errand,
    wait: Duration,
) -> Timestamp {
    let (pace, store, now) = (&shared.pace, parcel.store, shared.clock.now());
    match queue {
        Queue::Bulk => pace.bulk_told_to_wait(store, wait, now),
        _ => pace.told_to_wait(store, &paced_as(shared, errand, parcel), wait, now),
    }
}
