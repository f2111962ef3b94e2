//! Whether a parcel may go to Telegram now: its broadcast goes on, its pace has room, and somebody answers there.

use std::time::Duration;

use super::pace::Speaker;
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

/// Whose bot carries a parcel.
fn speaker(shared: &Shared, errand: &Errand, parcel: &Taken) -> Speaker {
    let by_owners = matches!(errand, Errand::Alert { .. }) && shared.directory.has_owner_bot();
    if by_owners { Speaker::Owners } else { Speaker::Store(parcel.store) }
}

/// Whose pace a parcel keeps: a bot has one in each chat, whichever queue and lane its messages lie in.
fn paced_as(shared: &Shared, errand: &Errand, parcel: &Taken) -> (Speaker, String) {
    let chat = errand.chat().map_or_else(|| parcel.lane.clone(), desk::lane_of);
    (speaker(shared, errand, parcel), chat)
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
    let (speaker, chat) = paced_as(shared, errand, parcel);
    if let Err(at) = shared.pace.turn(speaker, queue, &chat, now) {
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
    let (pace, now) = (&shared.pace, shared.clock.now());
    let (speaker, chat) = paced_as(shared, errand, parcel);
    match queue {
        Queue::Bulk => pace.bulk_told_to_wait(speaker, &chat, wait, now),
        _ => pace.told_to_wait(speaker, &chat, wait, now),
    }
}

/// Telegram took a parcel.
pub(super) fn taken(shared: &Shared, errand: &Errand, parcel: &Taken) {
    shared.pace.taken(speaker(shared, errand, parcel));
}
