//! Keeps time: looks for payments, ends what nobody paid, forgets what is done, follows changed stores.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::fact::Fact;
use super::{ServiceError, Shared, desk};
use crate::bot::Errand;
use crate::db;
use crate::primitives::Timestamp;
use crate::queue::{inbox, outbox};
use crate::shop::{orders, payments};

const TICK: Duration = Duration::from_secs(1);
/// How long a replica that keeps time may be silent before another one does.
const HOLD: Duration = Duration::from_secs(4);
/// After its deadline an order waits this long for the gateway's last word.
const LAST_WORD: Duration = Duration::from_secs(45);
/// Telegram repeats an update for a day, and begins new numbers after a week of silence.
const REMEMBERED: Duration = Duration::from_hours(96);
const PRUNE_EVERY: Duration = Duration::from_hours(1);

/// Ticks until `stop`.
pub(super) async fn run(shared: Shared, holder: String, stop: CancellationToken) {
    let mut pruned_at = Timestamp(0);
    while !stop.is_cancelled() {
        if let Err(error) = tick(&shared, &holder, &mut pruned_at).await {
            tracing::error!(%error, "a tick failed; the next one tries again");
        }
        tokio::select! {
            () = shared.clock.sleep(TICK) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn tick(
    shared: &Shared,
    holder: &str,
    pruned_at: &mut Timestamp,
) -> Result<(), ServiceError> {
    shared.directory.refresh(&shared.db, &shared.keyring).await?;
    let now = shared.clock.now();
    if shared.db.is_shared() && db::renew(&shared.db, "timer", holder, now, HOLD).await?.is_none() {
        return Ok(());
    }
    look_for_payments(shared, now).await?;
    end_overdue(shared, now).await?;
    done(shared, "sweep", now);
    if now.since(*pruned_at) >= PRUNE_EVERY {
        prune(shared, now).await?;
        *pruned_at = now;
        done(shared, "prune", now);
    }
    Ok(())
}

fn done(shared: &Shared, job: &str, now: Timestamp) {
    shared.metrics.job_last_success.with_label_values(&[job]).set(now.seconds());
}

async fn look_for_payments(shared: &Shared, now: Timestamp) -> Result<(), ServiceError> {
    let mut tx = shared.db.write().await?;
    let due = payments::due_checks(&mut tx, now).await?;
    for (store, payment) in &due {
        let Some(front) = shared.directory.get(*store) else { continue };
        let errand = Errand::Check { payment: *payment, asked: false };
        desk::send(&mut tx, &front.store, &errand, now).await?;
    }
    if !due.is_empty() {
        tx.commit().await?;
        shared.outbox_bell.ring();
    }
    Ok(())
}

async fn end_overdue(shared: &Shared, now: Timestamp) -> Result<(), ServiceError> {
    let mut tx = shared.db.write().await?;
    let overdue = orders::overdue(&mut tx, now.minus(LAST_WORD)).await?;
    for (store, order) in &overdue {
        let fact = Fact::Overdue { order: *order };
        fact.record(&mut tx, *store, &format!("overdue:{order}"), now).await?;
    }
    if !overdue.is_empty() {
        tx.commit().await?;
        shared.inbox_bell.ring();
    }
    Ok(())
}

async fn prune(shared: &Shared, now: Timestamp) -> Result<(), ServiceError> {
    let before = now.minus(REMEMBERED);
    let mut tx = shared.db.write_relaxed().await?;
    let facts = inbox::prune(&mut tx, before).await?;
    let parcels = outbox::prune(&mut tx, before).await?;
    tx.commit().await?;
    tracing::debug!(facts, parcels, "old rows are forgotten");
    Ok(())
}
