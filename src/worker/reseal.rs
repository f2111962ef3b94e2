//! Seals everything anew under the newest data key, step by step, so that older keys can go.

use std::time::Duration;

use super::{ServiceError, Shared};
use crate::primitives::Timestamp;
use crate::shop::resealing::{self, Resealed, Resealing};
use crate::shop::stores;

/// How many steps one tick takes at most.
const MOST_STEPS: usize = 10;
/// After units that do not open, the next attempt waits this long.
const STUCK: Duration = Duration::from_hours(1);

/// Where the sealing anew stands; a restart begins again and finds what is left.
#[derive(Debug, Default)]
pub(super) struct Reseal {
    at: Option<Resealing>,
    /// What holds units that do not open, and when it is tried again.
    stuck: Vec<Resealing>,
    again_at: Option<Timestamp>,
    /// Whether anything was sealed anew since everything was under the newest key.
    busy: bool,
}

impl Reseal {
    /// Takes a few steps; `true` when nothing is left to do.
    pub(super) async fn tick(
        &mut self,
        shared: &Shared,
        now: Timestamp,
    ) -> Result<bool, ServiceError> {
        if self.again_at.is_none_or(|again| now >= again) {
            self.stuck.clear();
            self.again_at = Some(now.plus(STUCK));
        }
        for _ in 0..MOST_STEPS {
            if !self.step(shared).await? {
                return Ok(self.stuck.is_empty());
            }
        }
        Ok(false)
    }

    /// One bounded transaction; `false` when there is nothing to go on with.
    async fn step(&mut self, shared: &Shared) -> Result<bool, ServiceError> {
        let (db, keyring) = (&shared.db, &shared.keyring);
        let Some(at) = self.next(shared).await? else {
            return self.secrets(shared).await;
        };
        self.busy = true;
        // Durable: who is told that a key is no longer needed takes it away.
        let mut tx = db.write().await?;
        let came_to = resealing::reseal(&mut tx, keyring, &at).await?;
        tx.commit().await?;
        let (store, key) = (at.store.0, at.key.as_str());
        match came_to {
            Resealed::On(next) => self.at = Some(next),
            Resealed::Done => tracing::info!(store, key, "nothing needs this data key any more"),
            Resealed::Stuck => {
                tracing::error!(store, key, "units that do not open stay under this data key");
                self.stuck.push(at);
            }
        }
        Ok(true)
    }

    /// Where to go on, past what is stuck.
    async fn next(&mut self, shared: &Shared) -> Result<Option<Resealing>, ServiceError> {
        if let Some(at) = self.at.take() {
            return Ok(Some(at));
        }
        let mut tx = shared.db.read().await?;
        let old = resealing::under_old_keys(&mut tx, &shared.keyring).await?;
        let is_stuck = |one: &Resealing| {
            self.stuck.iter().any(|stuck| (stuck.store, &stuck.key) == (one.store, &one.key))
        };
        Ok(old.into_iter().find(|one| !is_stuck(one)))
    }

    /// The stores' own secrets, last: `true` while there are more.
    async fn secrets(&mut self, shared: &Shared) -> Result<bool, ServiceError> {
        let mut tx = shared.db.read().await?;
        let left = stores::under_old_key(&mut tx, &shared.keyring).await?;
        drop(tx);
        if left {
            let mut tx = shared.db.write().await?;
            stores::reseal(&mut tx, &shared.keyring).await?;
            tx.commit().await?;
            self.busy = true;
            return Ok(true);
        }
        if self.stuck.is_empty() && std::mem::take(&mut self.busy) {
            let key = shared.keyring.sealing();
            tracing::info!(key, "everything is sealed under this data key; older ones may go");
        }
        Ok(false)
    }
}
