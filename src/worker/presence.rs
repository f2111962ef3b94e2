//! Says that this process is alive, notices which other replica is not, and gives the silent one's work back.
//!
//! What a process holds it holds under a name. While the name is known to be alive, nobody else touches
//! its rows; a process that slept through its own silence takes a new name, and what it held under the
//! old one is no longer its own. On SQLite there is one process, whose name never lapses.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::{ServiceError, Shared};
use crate::db::{Db, lease};
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{Clock, random_token};
use crate::queue::claims;

/// How often a replica says that it is there.
const BEAT: Duration = Duration::from_millis(700);
/// How long a silent replica counts as present.
const HOLD: Duration = Duration::from_secs(3);
/// A process stops trusting its name a little before the others do.
const TRUST: Duration = Duration::from_millis(2_500);
/// The longest that one beat may take.
const BEAT_TIME: Duration = Duration::from_secs(2);

/// The name under which this process holds rows. Clones share it.
#[derive(Debug, Clone)]
pub struct Presence {
    shared: bool,
    name: Arc<RwLock<Name>>,
}

#[derive(Debug)]
struct Name {
    word: Arc<str>,
    /// When the name before it was found to have lapsed.
    lapsed: Option<Instant>,
    /// When the last successful beat began.
    beat: Instant,
}

impl Presence {
    /// Makes this process known to the others, and takes over their clock.
    pub(super) async fn arrive(db: &Db, clock: &Clock) -> Result<Self, ServiceError> {
        let (name, shared) = (Name::fresh(), db.is_shared());
        if shared {
            clock.agree_with(lease::arrive(db, &name.word, clock.now(), HOLD).await?);
        }
        Ok(Self { shared, name: Arc::new(RwLock::new(name)) })
    }

    /// The name to claim under; `None` while the others may think that this process is gone.
    pub(super) fn holder(&self) -> Option<Arc<str>> {
        let name = self.name.read().unwrap_or_else(PoisonError::into_inner);
        self.trusts(&name).then(|| Arc::clone(&name.word))
    }

    /// Whether what was claimed under `holder` is still ours; to be asked before every call to the outside.
    pub(super) fn still(&self, holder: &str) -> bool {
        let name = self.name.read().unwrap_or_else(PoisonError::into_inner);
        (&*name.word == holder && self.trusts(&name)) || planted(Bug::NoFence)
    }

    fn trusts(&self, name: &Name) -> bool {
        !self.shared || name.beat.elapsed() < TRUST
    }

    /// Tells the others not to wait for this process.
    pub(super) async fn leave(&self, db: &Db) {
        if self.shared
            && let Err(error) = lease::leave(db, &self.word()).await
        {
            tracing::warn!(%error, "this replica could not take its leave; the others will notice");
        }
    }

    /// Renews the name, or takes a new one when the old one lapsed.
    async fn beat(&self, db: &Db, clock: &Clock) -> Result<(), ServiceError> {
        let began = Instant::now();
        if let Some(now) = lease::stay(db, &self.word(), clock.now(), HOLD).await? {
            self.name.write().unwrap_or_else(PoisonError::into_inner).beat = began;
            clock.agree_with(now);
            return Ok(());
        }
        tracing::warn!("this replica was silent for too long; what it held is given up");
        let fresh = Name { lapsed: Some(Instant::now()), ..Name::fresh() };
        lease::arrive(db, &fresh.word, clock.now(), HOLD).await?;
        *self.name.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    fn word(&self) -> Arc<str> {
        Arc::clone(&self.name.read().unwrap_or_else(PoisonError::into_inner).word)
    }

    /// Whether the database was away a moment ago: the others may be alive and just as late.
    fn is_recovering(&self) -> bool {
        let name = self.name.read().unwrap_or_else(PoisonError::into_inner);
        name.lapsed.is_some_and(|at| at.elapsed() < HOLD)
    }
}

impl Name {
    fn fresh() -> Self {
        let word = format!("replica:{}", random_token()).into();
        Self { word, lapsed: None, beat: Instant::now() }
    }
}

/// Beats and looks after the others until `stop`.
pub(super) async fn run(shared: Shared, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let began = Instant::now();
        match tokio::time::timeout(BEAT_TIME, look_after(&shared)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, "this replica could not say that it is there");
            }
            Err(_) => tracing::error!("the database does not answer this replica in time"),
        }
        tokio::select! {
            () = shared.clock.sleep(BEAT.saturating_sub(began.elapsed())) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn look_after(shared: &Shared) -> Result<(), ServiceError> {
    shared.presence.beat(&shared.db, &shared.clock).await?;
    if shared.presence.is_recovering() {
        return Ok(());
    }
    for name in lease::absent(&shared.db, shared.clock.now()).await? {
        let mut tx = shared.db.write().await?;
        if !lease::forget(&mut tx, &name, shared.clock.now()).await? {
            continue;
        }
        let (facts, parcels) = claims::free_of(&mut tx, &name).await?;
        tx.commit().await?;
        tracing::warn!(facts, parcels, "a silent replica's work was taken over");
        shared.inbox_bell.ring();
        shared.outbox_bell.ring();
    }
    Ok(())
}
