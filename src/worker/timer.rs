//! Keeps time: looks for payments, feeds broadcasts, ends what nobody paid, forgets what is done, follows changed stores and keys.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::fact::Fact;
use super::reseal::Reseal;
use super::turn::Turn;
use super::{ServiceError, Shared, desk, feed};
use crate::bot::Errand;
use crate::primitives::Timestamp;
use crate::primitives::planted::{Bug, planted};
use crate::queue::prune;
use crate::shop::{audit, orders, payments, terms};

const TICK: Duration = Duration::from_secs(1);
/// After its deadline an order waits this long for the gateway's last word.
const LAST_WORD: Duration = Duration::from_secs(45);
/// How long the answer to one question may take: longer than the gateway's line waits.
const ANSWER_TIME: Duration = Duration::from_secs(20);
/// Telegram repeats an update for a day, and begins new numbers after a week of silence.
const REMEMBERED: Duration = Duration::from_hours(96);
/// What was set aside is kept for a person to look at.
const DEAD_REMEMBERED: Duration = Duration::from_hours(30 * 24);
/// How many steps of a job one tick takes at most.
const MOST_STEPS: usize = 100;
const PRUNE_EVERY: Duration = Duration::from_hours(1);

/// Ticks until `stop`.
pub(super) async fn run(shared: Shared, holder: String, stop: CancellationToken) {
    let mut memory = Memory::fresh();
    while !stop.is_cancelled() {
        if let Err(error) = tick(&shared, &holder, &mut memory).await {
            tracing::error!(%error, "a tick failed; the next one tries again");
        }
        tokio::select! {
            () = shared.clock.sleep(TICK) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// What one tick leaves for the next.
pub(super) struct Memory {
    pruned_at: Timestamp,
    reseal: Reseal,
}

impl Memory {
    /// Nothing was done yet.
    pub(super) fn fresh() -> Self {
        Self { pruned_at: Timestamp(0), reseal: Reseal::default() }
    }
}

pub(super) async fn tick(
    shared: &Shared,
    holder: &str,
    memory: &mut Memory,
) -> Result<(), ServiceError> {
    if let Err(error) = shared.directory.refresh(&shared.db, &shared.keyring).await {
        tracing::error!(%error, "the stores could not be read again; the known ones go on");
    }
    let now = shared.clock.now();
    let Some(turn) = Turn::take(&shared.db, holder, now).await? else { return Ok(()) };
    look_for_payments(shared, &turn, now).await?;
    end_overdue(shared, &turn, now).await?;
    feed::tick(shared, &turn, now).await?;
    done(shared, "sweep", now);
    seal_audit(shared, &turn).await?;
    if now.since(memory.pruned_at) >= PRUNE_EVERY {
        // Even when it fails: it must not repeat every second, nor keep what comes after from its turn.
        memory.pruned_at = now;
        let rows = forget_done(shared, &turn, now).await;
        let proofs = forget_proofs(shared, &turn, now).await;
        match rows.and(proofs) {
            Ok(()) => done(shared, "prune", now),
            Err(error) => tracing::error!(%error, "what is old could not be forgotten"),
        }
    }
    if memory.reseal.tick(shared, now).await? {
        done(shared, "reseal", now);
    }
    Ok(())
}

fn done(shared: &Shared, job: &str, now: Timestamp) {
    shared.metrics.job_last_success.with_label_values(&[job]).set(now.seconds());
}

/// Looks in bounded steps, until nothing more is due.
async fn look_for_payments(
    shared: &Shared,
    turn: &Turn<'_>,
    now: Timestamp,
) -> Result<(), ServiceError> {
    if planted(Bug::NoSweep) {
        return Ok(());
    }
    for _ in 0..MOST_STEPS {
        let Some(mut tx) = turn.fenced(shared.db.write().await?).await? else { return Ok(()) };
        let due = payments::due_checks(&mut tx, now).await?;
        if due.is_empty() {
            return Ok(());
        }
        for (store, payment) in &due {
            let Some(front) = shared.directory.get(*store) else {
                // Not read yet, or damaged: a look that nobody makes must not be one of the last few.
                payments::look_again(&mut tx, *store, *payment, now).await?;
                continue;
            };
            let errand = Errand::Check { payment: *payment, asked: false };
            desk::send(&mut tx, &front.store, &errand, now).await?;
        }
        tx.commit().await?;
        shared.outbox_bell.ring();
    }
    Ok(())
}

async fn end_overdue(shared: &Shared, turn: &Turn<'_>, now: Timestamp) -> Result<(), ServiceError> {
    let Some(mut tx) = turn.fenced(shared.db.write().await?).await? else { return Ok(()) };
    let overdue = orders::overdue(&mut tx, now.minus(LAST_WORD), now.minus(ANSWER_TIME)).await?;
    for (store, order) in &overdue {
        // The minute is part of the cause: a fact that failed for good is recorded anew.
        let cause = format!("overdue:{order}:{}", now.seconds() / 60);
        Fact::Overdue { order: *order }.record(&mut tx, *store, &cause, now).await?;
    }
    if !overdue.is_empty() {
        tx.commit().await?;
        shared.inbox_bell.ring();
    }
    Ok(())
}

/// Puts what was changed into each store's chain, in bounded steps.
async fn seal_audit(shared: &Shared, turn: &Turn<'_>) -> Result<(), ServiceError> {
    for front in shared.directory.all() {
        if !audit::waits(&mut shared.db.read().await?, front.store.id).await? {
            continue;
        }
        for _ in 0..MOST_STEPS {
            let Some(mut tx) = turn.fenced(shared.db.write().await?).await? else { return Ok(()) };
            let more = audit::seal(&mut tx, &front.store).await?;
            tx.commit().await?;
            if !more {
                break;
            }
        }
    }
    Ok(())
}

/// Forgets the proofs that each store has kept long enough, in bounded steps.
async fn forget_proofs(
    shared: &Shared,
    turn: &Turn<'_>,
    now: Timestamp,
) -> Result<(), ServiceError> {
    for front in shared.directory.all() {
        let days = u64::try_from(front.store.terms_days).unwrap_or_default();
        if days == 0 {
            continue;
        }
        let limit = now.minus(Duration::from_hours(24 * days));
        for _ in 0..MOST_STEPS {
            let Some(mut tx) = turn.fenced(shared.db.write().await?).await? else { return Ok(()) };
            let forgotten = terms::forget(&mut tx, front.store.id, limit).await?;
            if forgotten == 0 {
                break;
            }
            tx.commit().await?;
            tracing::info!(store = front.store.slug, forgotten, "old proofs are forgotten");
        }
    }
    Ok(())
}

/// Forgets in bounded steps, so that nobody waits long for the database.
async fn forget_done(shared: &Shared, turn: &Turn<'_>, now: Timestamp) -> Result<(), ServiceError> {
    let (done, dead) = (now.minus(REMEMBERED), now.minus(DEAD_REMEMBERED));
    for _ in 0..MOST_STEPS {
        let tx = shared.db.write_relaxed().await?;
        let Some(mut tx) = turn.fenced(tx).await? else { return Ok(()) };
        let facts = prune::facts(&mut tx, done, dead).await?;
        let parcels = prune::parcels(&mut tx, done, dead).await?;
        if facts + parcels == 0 {
            return Ok(());
        }
        tx.commit().await?;
        tracing::debug!(facts, parcels, "old rows are forgotten");
    }
    Ok(())
}
