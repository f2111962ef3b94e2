//! Takes effects from the outbox, in order per lane, and carries them until they are confirmed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::aftermath::{self, Ended};
use super::breaker;
use super::bulk;
use super::carry::{Carrier, Left, Undone, still_ours};
use super::desk;
use super::ends::{Ends, Entry};
use super::fact::Fact;
use super::fate::{self, Fate};
use super::gate::{self, Passage};
use super::gateway::{self, Carried, Lines};
use super::surely::{give_parcels_back, surely};
use super::suspects::{Admission, Suspects};
use super::{Shared, Shopfront};
use crate::bot::Errand;
use crate::primitives::Timestamp;
use crate::queue::backoff;
use crate::queue::outbox::{self, End, Queue, Taken};
use crate::shop::ShopError;
use crate::telegram::Failure;

/// How often the outbox is looked at when no bell rang: parcels that wait for a later time.
const LOOK: Duration = Duration::from_millis(250);
/// How long a sender may hold a parcel: longer than the longest call.
const HOLD: Duration = Duration::from_secs(90);
/// How long carrying may take: within the hold, so that nobody else carries the same parcel.
const CARRY_TIME: Duration = Duration::from_secs(80);
/// How often a carrier may panic over the same parcel.
const MOST_PANICS: i64 = 5;
/// How many parcels of a queue are on their way at once.
const AT_ONCE: usize = 32;
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// What follows from the end of a parcel.
enum After<'a> {
    /// Something was learned.
    Fact(&'a Fact),
    /// One of Telegram's errands came to its end.
    Errand(&'a Shopfront, &'a Errand, &'a Left),
}

/// The sender of one queue. Each has seats of its own, so that none waits for another.
pub(super) struct Sender {
    shared: Shared,
    lines: Lines,
    queue: Queue,
    bulk: bulk::Turn,
    ends: Ends,
    seats: Arc<Semaphore>,
    /// One seat for all that may be what killed the process before; Telegram's senders share one.
    suspects: Arc<Suspects>,
    end: CancellationToken,
}

impl Sender {
    /// A sender whose parcels are dropped where they are at `end`; their leases lapse.
    pub(super) fn new(shared: Shared, queue: Queue, end: CancellationToken) -> Self {
        let suspects = match queue {
            Queue::Reply | Queue::Bulk => Arc::clone(&shared.suspects),
            Queue::Gateway => Arc::default(),
        };
        Self {
            shared,
            lines: Lines::default(),
            queue,
            bulk: bulk::Turn::default(),
            ends: Ends::default(),
            seats: Arc::new(Semaphore::new(AT_ONCE)),
            suspects,
            end,
        }
    }

    /// Carries until `stop`; what is on its way then is finished by `tasks`.
    pub(super) async fn run(self: Arc<Self>, tasks: TaskTracker, stop: CancellationToken) {
        let mut ear = self.shared.outbox_bell.listen();
        while !stop.is_cancelled() {
            let Ok(seat) = Arc::clone(&self.seats).acquire_owned().await else { return };
            drop(seat);
            let taken = self.claim().await;
            if taken.is_empty() {
                tokio::select! {
                    () = ear.heard() => {}
                    () = self.shared.clock.sleep(LOOK) => {}
                    () = stop.cancelled() => {}
                }
                continue;
            }
            for parcel in taken {
                let Ok(seat) = Arc::clone(&self.seats).acquire_owned().await else { return };
                let span = desk::span_of(&parcel.lane);
                let carrying = Arc::clone(&self).carry(parcel, seat).instrument(span);
                tasks.spawn(self.end.clone().run_until_cancelled_owned(carrying));
            }
            if self.queue == Queue::Bulk {
                // Nobody waits for the next one: a few at a time cost one claim.
                let _ = stop.run_until_cancelled(self.shared.clock.sleep(bulk::STEP)).await;
            }
        }
    }

    /// As many parcels as there are free seats.
    pub(super) async fn claim(&self) -> Vec<Taken> {
        let Some(holder) = self.shared.presence.holder() else { return Vec::new() };
        let seats = i64::try_from(self.seats.available_permits()).unwrap_or(1).max(1);
        let (now, db, queue) = (self.shared.clock.now(), &self.shared.db, self.queue);
        let claimed = match queue {
            Queue::Bulk => bulk::claim(&self.shared, &self.bulk, &holder, now, HOLD, seats).await,
            Queue::Reply | Queue::Gateway => {
                outbox::claim(db, queue, &holder, now, HOLD, seats).await
            }
        };
        match claimed {
            Ok(taken) => taken,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                give_parcels_back(&self.shared, &error, queue, &holder, now.plus(HOLD)).await;
                Vec::new()
            }
        }
    }

    pub(super) async fn carry(self: Arc<Self>, parcel: Taken, seat: OwnedSemaphorePermit) {
        let parcel = Arc::new(parcel);
        let (sender, carried) = (Arc::clone(&self), Arc::clone(&parcel));
        let mut task = JoinSet::new();
        task.spawn(async move { sender.try_to_carry(&carried).await });
        match task.join_next().await {
            Some(Ok(Ok(()))) => {}
            Some(Ok(Err(error))) if error.is_passing() => {
                // Mostly before anything was done outside: its lane must not wait for the lease to lapse.
                if let Err(error) = self.again(&parcel, FIRST_WAIT, false, "the database").await {
                    tracing::error!(%error, parcel = %parcel.id, "a parcel could not be put back");
                }
            }
            Some(Ok(Err(error))) => {
                tracing::error!(%error, parcel = %parcel.id, "a parcel's end could not be recorded");
            }
            Some(Err(_)) | None => self.panicked(&parcel).await,
        }
        drop(seat);
        // The next parcel of the lane may go now.
        self.shared.outbox_bell.ring();
    }

    /// A parcel whose carrier panicked is tried again a few times, then set aside.
    async fn panicked(&self, parcel: &Taken) {
        let (alarm, attempts) = ("panic", parcel.attempts);
        tracing::error!(alarm, parcel = %parcel.id, attempts, "a carrier panicked");
        let ended = if parcel.attempts < MOST_PANICS {
            self.again(parcel, LONGEST_WAIT, true, "the carrier panicked").await
        } else {
            self.learned(parcel, End::Dead("the carrier panicked".to_owned()), None).await
        };
        if let Err(error) = ended {
            tracing::error!(%error, parcel = %parcel.id, "a parcel's end could not be recorded");
        }
    }

    async fn try_to_carry(&self, parcel: &Taken) -> Result<(), ShopError> {
        let Some(front) = self.shared.directory.get(parcel.store) else {
            let why = "this process does not serve that store";
            return self.again(parcel, LONGEST_WAIT, true, why).await;
        };
        let errand: Errand = match serde_json::from_str(&parcel.payload) {
            Ok(errand) => errand,
            Err(error) => return self.unreadable(parcel, &front, &error.to_string()).await,
        };
        let now = self.shared.clock.now();
        let _alone = match self.suspects.admit(&self.shared.db, parcel, now).await? {
            Admission::Go(alone) => alone,
            Admission::NotNow => return Ok(()),
            Admission::TooOften => {
                tracing::error!(parcel = %parcel.id, "a parcel that kills its carrier was set aside");
                let end = End::Parked("no try ever came back".to_owned());
                return self.end(parcel, &front, end, None, Left::default()).await;
            }
        };
        if self.queue == Queue::Gateway {
            return self.to_gateway(parcel, &front, &errand).await;
        }
        match gate::pass(&self.shared, (self.queue, parcel), &errand, now).await? {
            Passage::Open => {}
            Passage::Closed => return Ok(()),
            Passage::Later(at, why) => return self.again_at(parcel, at, false, why).await,
        }
        if parcel.attempts == 1 && self.queue == Queue::Reply {
            let waited = now.since(parcel.created_at).as_secs_f64();
            self.shared.metrics.update_to_call_seconds.observe(waited);
        }
        let carrier = Carrier::new(&self.shared, &front, parcel);
        let carried = tokio::time::timeout(CARRY_TIME, carrier.carry(errand.clone()))
            .await
            .unwrap_or_else(|_| {
                Err(Undone::Telegram(Failure::Unknown("took longer than the lease".to_owned())))
            });
        self.note(parcel, &front, &carried);
        match carried {
            Ok(left) => {
                gate::taken(&self.shared, &errand, parcel);
                self.end(parcel, &front, End::Sent, Some(&errand), left).await
            }
            Err(Undone::Shop(error @ (ShopError::Sealed(_) | ShopError::Books(_)))) => {
                // Trying again changes nothing; it goes on its way when the buyer writes again.
                tracing::error!(%error, parcel = %parcel.id, "an errand needs a person to look at it");
                let end = End::Parked(error.to_string());
                self.end(parcel, &front, end, None, Left::default()).await
            }
            Err(Undone::Shop(error)) => {
                tracing::error!(%error, parcel = %parcel.id, "an errand failed on our side");
                self.later(parcel, &front, &errand, &error.to_string()).await
            }
            Err(Undone::Telegram(failure)) => self.failed(parcel, &front, &errand, failure).await,
            Err(Undone::TakenOver) => {
                tracing::warn!(parcel = %parcel.id, "another sender has this parcel now");
                Ok(())
            }
        }
    }

    /// An errand in words that this version does not know, as while replicas are replaced: it is left to others
    /// for a while, and then until the chat is heard of again.
    async fn unreadable(
        &self,
        parcel: &Taken,
        front: &Shopfront,
        why: &str,
    ) -> Result<(), ShopError> {
        let why = format!("the errand cannot be read: {why}");
        tracing::error!(parcel = %parcel.id, why, "an errand of another version");
        if self.shared.clock.now().since(parcel.created_at) < fate::UNREADABLE {
            return self.again(parcel, LONGEST_WAIT, false, &why).await;
        }
        self.end(parcel, front, End::Parked(why), None, Left::default()).await
    }

    /// Learns from a call whether Telegram is there.
    fn note(&self, parcel: &Taken, front: &Shopfront, carried: &Result<Left, Undone>) {
        if still_ours(&self.shared, parcel).is_err() || matches!(carried, Err(Undone::TakenOver)) {
            return; // Perhaps no call was made at all.
        }
        let answered =
            !matches!(carried, Err(Undone::Telegram(Failure::NotSent(_) | Failure::Unknown(_))));
        if self.shared.telegram.note(parcel.store, answered, self.shared.clock.now()) {
            breaker::tell("Telegram", &front.store.slug, answered);
        }
    }

    async fn failed(
        &self,
        parcel: &Taken,
        front: &Shopfront,
        errand: &Errand,
        failure: Failure,
    ) -> Result<(), ShopError> {
        let why = failure.to_string();
        match fate::of(errand, &failure) {
            Fate::Wait(wait) => {
                let at = gate::told_to_wait(&self.shared, (self.queue, parcel), errand, wait);
                self.again_at(parcel, at, false, &why).await
            }
            Fate::Later => self.later(parcel, front, errand, &why).await,
            Fate::Unauthorized => {
                let store = &front.store.slug;
                tracing::error!(alarm = "telegram", store, "the bot token is wrong or revoked");
                self.again(parcel, LONGEST_WAIT, true, &why).await
            }
            Fate::Over(end) => {
                if matches!(failure, Failure::Unreachable(_)) || matches!(end, End::Dropped(_)) {
                    tracing::debug!(store = front.store.slug, parcel = %parcel.id, why, "not carried");
                } else {
                    tracing::error!(store = front.store.slug, parcel = %parcel.id, why, "Telegram refused");
                }
                self.end(parcel, front, end, Some(errand), Left::default()).await
            }
        }
    }

    async fn to_gateway(
        &self,
        parcel: &Taken,
        front: &Shopfront,
        errand: &Errand,
    ) -> Result<(), ShopError> {
        match gateway::carry(&self.shared, front, &self.lines, errand, parcel).await? {
            Carried::Again(at, counted, why) => self.again_at(parcel, at, counted, &why).await,
            Carried::Nothing => self.learned(parcel, End::Sent, None).await,
            Carried::GivenUp(why) => self.learned(parcel, End::Dropped(why), None).await,
            Carried::Fact(fact) => self.learned(parcel, End::Sent, Some(fact)).await,
        }
    }

    /// Records a gateway errand's end and what was learned, however long the database takes nothing.
    async fn learned(&self, parcel: &Taken, end: End, fact: Option<Fact>) -> Result<(), ShopError> {
        let record = || self.record(parcel, &end, fact.as_ref().map(After::Fact));
        surely(&self.shared.clock, HOLD, record).await
    }

    /// Records the end of one of Telegram's errands, however long the database takes nothing.
    async fn end(
        &self,
        parcel: &Taken,
        front: &Shopfront,
        end: End,
        errand: Option<&Errand>,
        left: Left,
    ) -> Result<(), ShopError> {
        if let (Queue::Bulk, Some(errand)) = (self.queue, errand) {
            let entry = Entry { parcel: parcel.clone(), end, errand: errand.clone() };
            let record = || self.ends.record(&self.shared, entry.clone());
            return surely(&self.shared.clock, HOLD, record).await;
        }
        let after = || errand.map(|errand| After::Errand(front, errand, &left));
        let record = || self.record(parcel, &end, after());
        surely(&self.shared.clock, HOLD, record).await
    }

    /// The end and what follows from it, in one transaction.
    async fn record(
        &self,
        parcel: &Taken,
        end: &End,
        after: Option<After<'_>>,
    ) -> Result<(), ShopError> {
        let (cause, now) = (&parcel.cause(), self.shared.clock.now());
        let mut tx = self.shared.db.write().await?;
        if !outbox::finish(&mut tx, parcel, end, now).await? {
            return Ok(());
        }
        match after {
            None => {}
            Some(After::Fact(fact)) => fact.record(&mut tx, parcel.store, cause, now).await?,
            Some(After::Errand(front, errand, left)) => {
                let ended = Ended { cause, end, errand, left };
                aftermath::follow(&mut tx, &front.store, &ended, now).await?;
            }
        }
        tx.commit().await?;
        self.shared.inbox_bell.ring();
        Ok(())
    }

    /// Back-off, unless nobody waits for it any more.
    async fn later(
        &self,
        parcel: &Taken,
        front: &Shopfront,
        errand: &Errand,
        why: &str,
    ) -> Result<(), ShopError> {
        let age = self.shared.clock.now().since(parcel.created_at);
        if age > fate::patience(errand) {
            let why = format!("given up after {} s: {why}", age.as_secs());
            tracing::error!(parcel = %parcel.id, why, "a parcel was set aside");
            let end = fate::given_up(errand, why);
            return self.end(parcel, front, end, Some(errand), Left::default()).await;
        }
        let wait = backoff::after(parcel.id.0, parcel.attempts, FIRST_WAIT, LONGEST_WAIT);
        self.again(parcel, wait, true, why).await
    }

    async fn again(
        &self,
        parcel: &Taken,
        wait: Duration,
        counted: bool,
        why: &str,
    ) -> Result<(), ShopError> {
        self.again_at(parcel, self.shared.clock.now().plus(wait), counted, why).await
    }

    async fn again_at(
        &self,
        parcel: &Taken,
        due: Timestamp,
        counted: bool,
        why: &str,
    ) -> Result<(), ShopError> {
        let record = async || Ok(outbox::again(&self.shared.db, parcel, due, counted, why).await?);
        surely(&self.shared.clock, HOLD, record).await
    }
}
