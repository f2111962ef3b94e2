//! What each process sees to by itself: that the database takes what is written, and that no job is late.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use prometheus::core::Collector as _;

use super::health::named;
use super::jobs;
use super::rounds::Job;
use crate::config::Watch;
use crate::db::lease;
use crate::primitives::Timestamp;
use crate::shop::ShopError;
use crate::shop::alarms::{self, Alarm};
use crate::shop::stores::Store;
use crate::worker::{self, Shared};

const EVERY: Duration = Duration::from_secs(15);
/// How long one commit may take.
const COMMIT: Duration = Duration::from_secs(10);
/// Who slept longer than this, as with its machine, has itself done nothing meanwhile: it waits for the next look.
const ASLEEP: Duration = Duration::from_mins(1);
/// After so many failures in a row it is no passing moment.
const PATIENCE: u32 = 2;

/// The job that writes down what was done, finds what was not, and notices when nothing can be written.
#[derive(Debug, Clone)]
pub struct Pulse {
    expected: Arc<[(&'static str, Duration)]>,
    since: Timestamp,
    failures: Arc<AtomicU32>,
    told: Arc<AtomicBool>,
    looked_at: Arc<AtomicI64>,
}

impl Pulse {
    /// Of a process that began at `since`.
    #[must_use]
    pub fn of(watch: &Watch, has_webhooks: bool, since: Timestamp) -> Self {
        let expected = jobs::expected(watch, has_webhooks).into();
        let (failures, told, looked_at) = Default::default();
        Self { expected, since, failures, told, looked_at }
    }

    /// The outbox cannot be written: the owners are told directly, once, from what this process knows.
    async fn database(&self, shared: &Shared, writes: bool) {
        let Some(store) = first(shared) else { return };
        if writes {
            self.failures.store(0, Ordering::Relaxed);
            if self.told.load(Ordering::Relaxed)
                && worker::tell_at_once(shared, &store, "alert-database-over").await
            {
                self.told.store(false, Ordering::Relaxed);
            }
            return;
        }
        let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
        if failures >= PATIENCE
            && !self.told.load(Ordering::Relaxed)
            && worker::tell_at_once(shared, &store, "alert-database").await
        {
            self.told.store(true, Ordering::Relaxed);
        }
    }

    async fn find_late(&self, shared: &Shared) -> Result<(), ShopError> {
        let before = Timestamp(self.looked_at.swap(shared.clock.now().0, Ordering::Relaxed));
        if shared.clock.now().since(before) > ASLEEP {
            return Ok(());
        }
        let (Some(store), now) = (first(shared), shared.clock.now()) else { return Ok(()) };
        let mut tx = shared.db.read().await?;
        let late = jobs::late(&mut tx, &self.expected, Some(self.since), now).await?;
        let noted = alarms::noted(&mut tx, store.id).await?;
        drop(tx);
        let alarm = Alarm::Jobs;
        if late.is_empty() && !noted.iter().any(|word| word == alarm.word()) {
            return Ok(());
        }
        let mut tx = shared.db.write().await?;
        if late.is_empty() {
            worker::all_clear(&mut tx, shared, &store, (alarm, &[])).await?;
        } else {
            let what = named(&late);
            tracing::warn!(alarm = "jobs", what, "jobs are late");
            worker::alarm(&mut tx, shared, &store, (alarm, &[("what", what.into())])).await?;
        }
        tx.commit().await?;
        shared.outbox_bell.ring();
        Ok(())
    }
}

impl Job for Pulse {
    const NAME: &'static str = "pulse";

    fn every(&self) -> Duration {
        EVERY
    }

    async fn round(
        &self,
        shared: &Shared,
        _: Timestamp,
    ) -> Result<bool, Box<dyn Error + Send + Sync>> {
        let written =
            tokio::time::timeout(COMMIT, lease::note_done(&shared.db, &done(shared))).await;
        let writes = matches!(written, Ok(Ok(())));
        self.database(shared, writes).await;
        if writes {
            self.find_late(shared).await?;
        } else {
            tracing::warn!(alarm = "database", "the database takes nothing");
        }
        Ok(writes)
    }
}

/// The store that faults of the machine belong to.
pub(super) fn first(shared: &Shared) -> Option<Store> {
    let fronts = shared.directory.all();
    let first = fronts.into_iter().min_by_key(|front| front.store.id.0);
    first.map(|front| front.store.clone())
}

/// When this process last did each job.
fn done(shared: &Shared) -> Vec<(String, Timestamp)> {
    let families = shared.metrics.job_last_success.collect();
    let measured = families.iter().flat_map(prometheus::proto::MetricFamily::get_metric);
    let done = measured.filter_map(|metric| {
        let job = metric.get_label().first()?.value().to_owned();
        let seconds: i64 = format!("{:.0}", metric.get_gauge().get_value()).parse().ok()?;
        Some((job, Timestamp(seconds.checked_mul(1000)?)))
    });
    done.filter(|(_, at)| at.0 > 0).collect()
}
