//! Writes down what was learned, again and again while the database takes nothing.

use std::time::Duration;

use super::Shared;
use crate::db::DbError;
use crate::primitives::{Clock, Timestamp};
use crate::queue::claims;
use crate::queue::outbox::Queue;
use crate::shop::ShopError;

/// How long a claim of unknown outcome is taken back by ourselves: after a longer silence the replicas
/// free everything that was held under the old name.
const UNSURE: Duration = Duration::from_secs(4);
/// How long to wait for a full disk or a lost connection before it is asked again.
const PAUSE: Duration = Duration::from_millis(200);

/// Repeats `write` until it succeeds, fails of itself, or the lease it writes under has lapsed: what
/// happened outside would otherwise happen again as soon as the lease ends.
pub(super) async fn surely<W>(
    clock: &Clock,
    lease: Duration,
    write: impl Fn() -> W,
) -> Result<(), ShopError>
where
    W: Future<Output = Result<(), ShopError>>,
{
    let until = clock.now().plus(lease);
    loop {
        match write().await {
            Err(error) if error.is_passing() && clock.now() < until => {
                tracing::warn!(%error, "what was learned cannot be written down yet");
                clock.sleep(PAUSE).await;
            }
            done => return done,
        }
    }
}

/// After a claim of facts that failed: gives back what it perhaps took.
pub(super) async fn give_facts_back(
    shared: &Shared,
    error: &DbError,
    holder: &str,
    until: Timestamp,
) {
    let back = || async move { Ok(claims::give_back_facts(&shared.db, holder, until).await?) };
    unsure(shared, error, back).await;
}

/// After a claim of parcels that failed: gives back what it perhaps took.
pub(super) async fn give_parcels_back(
    shared: &Shared,
    error: &DbError,
    queue: Queue,
    holder: &str,
    until: Timestamp,
) {
    let db = &shared.db;
    let back = || async move { Ok(claims::give_back_parcels(db, queue, holder, until).await?) };
    unsure(shared, error, back).await;
}

/// SQLite knows its outcomes, and a claim that had no connection took nothing.
async fn unsure<W>(shared: &Shared, error: &DbError, give_back: impl Fn() -> W)
where
    W: Future<Output = Result<(), ShopError>>,
{
    if !shared.db.is_shared() || matches!(error, DbError::Unreachable(_)) {
        return;
    }
    if let Err(error) = surely(&shared.clock, UNSURE, give_back).await {
        tracing::warn!(%error, "what was perhaps taken could not be given back");
    }
}
