//! The service one step at a time: its inbox, senders and timer without their loops, for the simulation.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::outbox::Sender;
use super::service::share;
use super::{Presence, ServiceError, Settings, Shared, inbox, timer};
use crate::http::{Doors, Front, Readiness};
use crate::primitives::{InboxId, OutboxId, random_token};
use crate::queue::outbox::Queue;
use crate::queue::{self, Intake};

/// A service that does nothing by itself. Dropped it is as dead as by `kill -9`: what was in hand
/// stays leased in the database until the next start.
pub struct Steps {
    shared: Shared,
    intake: Intake,
    senders: Vec<Arc<Sender>>,
    holder: String,
    memory: timer::Memory,
}

/// A fact that was taken and not worked on yet.
pub struct Fact(Arc<queue::inbox::Taken>);

impl Fact {
    /// The row.
    #[must_use]
    pub fn id(&self) -> InboxId {
        self.0.id
    }

    /// What it is known by.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0.key
    }
}

/// A parcel that was taken and is not on its way yet.
pub struct Parcel {
    sender: Arc<Sender>,
    taken: queue::outbox::Taken,
}

impl Parcel {
    /// The row.
    #[must_use]
    pub fn id(&self) -> OutboxId {
        self.taken.id
    }

    /// What is to be done, as JSON.
    #[must_use]
    pub fn payload(&self) -> &str {
        &self.taken.payload
    }

    /// Carries it and records what came of it.
    pub async fn carry(self) {
        let seat = Arc::new(Semaphore::new(1)).acquire_owned().await;
        let seat = seat.expect("nobody closes this semaphore");
        self.sender.carry(self.taken, seat).await;
    }
}

impl Steps {
    /// What a start does before its loops begin.
    ///
    /// # Errors
    /// As [`super::Service::start`].
    pub async fn start(settings: &Settings, tasks: &TaskTracker) -> Result<Self, ServiceError> {
        let here = Presence::arrive(&settings.db, &settings.clock).await?;
        let shared = share(settings, Doors::default(), here);
        shared.directory.refresh(&shared.db, &shared.keyring).await?;
        if !shared.db.is_shared() {
            queue::claims::free_all(&shared.db).await?;
        }
        let (db, bell, clock) =
            (shared.db.clone(), shared.inbox_bell.clone(), shared.clock.clone());
        let sender = |queue| Arc::new(Sender::new(shared.clone(), queue, CancellationToken::new()));
        Ok(Self {
            intake: Intake::start(db, bell, clock, tasks, None),
            senders: Queue::ALL.map(sender).to_vec(),
            holder: random_token(),
            memory: timer::Memory::fresh(),
            shared,
        })
    }

    /// What every worker shares.
    #[must_use]
    pub const fn shared(&self) -> &Shared {
        &self.shared
    }

    /// What the doors are made of.
    #[must_use]
    pub fn front(&self) -> Front {
        Front {
            doors: self.shared.directory.doors(),
            intake: self.intake.clone(),
            metrics: self.shared.metrics.clone(),
            clock: self.shared.clock.clone(),
            readiness: Readiness::new(self.shared.db.clone(), self.shared.clock.clone()),
        }
    }

    /// Takes the oldest due fact of each lane: at most `most`, and a quarter as many callbacks beside them.
    pub async fn take_facts(&self, most: i64) -> Vec<Fact> {
        let taken = inbox::claim(&self.shared, most).await;
        taken.into_iter().map(|taken| Fact(Arc::new(taken))).collect()
    }

    /// Works on a fact, whatever comes of it.
    pub async fn work(&self, fact: Fact) {
        inbox::one(self.shared.clone(), fact.0).await;
    }

    /// Takes the due parcels of each lane: Telegram's, then the gateway's.
    pub async fn take_parcels(&self) -> Vec<Parcel> {
        let mut parcels = Vec::new();
        for sender in &self.senders {
            let taken = sender.claim().await;
            let of_sender = |taken| Parcel { sender: Arc::clone(sender), taken };
            parcels.extend(taken.into_iter().map(of_sender));
        }
        parcels
    }

    /// One tick of the timer.
    ///
    /// # Errors
    /// [`ServiceError`] when the database fails.
    pub async fn tick(&mut self) -> Result<(), ServiceError> {
        timer::tick(&self.shared, &self.holder, &mut self.memory).await
    }
}
