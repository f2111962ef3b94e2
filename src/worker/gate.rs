//! Whether a parcel may go to Telegram now: its broadcast goes on, its pace has room, and somebody answers there.

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
    // A chat has one pace, whichever queue its messages lie in.
    let lane = errand.chat().map_or_else(|| parcel.lane.clone(), desk::lane_of);
    if let Err(at) = shared.pace.turn(parcel.store, queue, &lane, now) {
        return Ok(Passage::Later(at, "the chat's pace"));
    }
    Ok(match shared.telegram.turn(parcel.store, now) {
        Ok(()) => Passage::Open,
        Err(at) => Passage::Later(at, "Telegram does not answer"),
    })
}
