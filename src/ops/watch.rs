//! The same looks by the clock: each fault is told to the owners once, and once more when it is over.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::health::{self, Outlook};
use super::looks::Look;
use super::rounds::Job;
use crate::primitives::{StoreId, Timestamp};
use crate::shop::ShopError;
use crate::shop::alarms::{self, Alarm};
use crate::shop::stores::Store;
use crate::worker::{self, FORGED_EVERY, Shared};

/// What once looked ill is looked at again so soon, so that a fault is told within minutes.
const DOUBT: Duration = Duration::from_mins(1);
/// How long happenings that were only counted may wait for their word.
const DEAD_EVERY: Duration = Duration::from_mins(10);

/// The job that looks at everything and keeps the alarms.
#[derive(Debug, Clone)]
pub struct Health {
    outlook: Arc<Outlook>,
    every: Duration,
    doubts: Arc<AtomicBool>,
}

impl Health {
    /// A job that looks every so often.
    #[must_use]
    pub fn every(every: Duration, outlook: Outlook) -> Self {
        Self { outlook: Arc::new(outlook), every, doubts: Arc::default() }
    }
}

impl Job for Health {
    const NAME: &'static str = "health";

    fn every(&self) -> Duration {
        if self.doubts.load(Ordering::Relaxed) { DOUBT.min(self.every) } else { self.every }
    }

    async fn round(
        &self,
        shared: &Shared,
        _: Timestamp,
    ) -> Result<bool, Box<dyn Error + Send + Sync>> {
        let mut fronts = shared.directory.all();
        fronts.sort_by_key(|front| front.store.id.0);
        let stores: Vec<Store> = fronts.iter().map(|front| front.store.clone()).collect();
        let (outside, machine) =
            tokio::join!(health::outside(fronts, &self.outlook), health::machine(&self.outlook));
        let looks: Vec<Look> = outside.into_iter().chain(machine).collect();
        for bad in looks.iter().filter(|look| !look.check.ok) {
            let (name, detail) = (&bad.check.name, &bad.check.detail);
            tracing::warn!(alarm = name, detail, "not well");
        }
        let ill = looks.iter().any(|look| !look.check.ok && look.alarm.is_some());
        self.doubts.store(ill, Ordering::Relaxed);
        let Some(first) = stores.first().map(|store| store.id) else { return Ok(true) };
        let mut of_store: HashMap<StoreId, Vec<Look>> = HashMap::new();
        for look in looks {
            of_store.entry(look.store.unwrap_or(first)).or_default().push(look);
        }
        for store in &stores {
            let looks = of_store.remove(&store.id).unwrap_or_default();
            keep(shared, store, &looks).await?;
        }
        Ok(true)
    }
}

/// Keeps the alarms of one store; nothing is written when all is as it should be.
async fn keep(shared: &Shared, store: &Store, looks: &[Look]) -> Result<(), ShopError> {
    let noted = alarms::noted(&mut shared.db.read().await?, store.id).await?;
    let is_noted = |alarm: Alarm| noted.iter().any(|word| word == alarm.word());
    let counted = [(Alarm::Forged, FORGED_EVERY), (Alarm::Dead, DEAD_EVERY)];
    let changes = looks.iter().any(|look| {
        look.alarm.is_some_and(|alarm| !look.check.ok || (look.eased && is_noted(alarm)))
    });
    if !changes && !counted.iter().any(|(alarm, _)| is_noted(*alarm)) {
        return Ok(());
    }
    let mut tx = shared.db.write().await?;
    for look in looks {
        let Some(alarm) = look.alarm else { continue };
        let values = [("figure", look.figure.into()), ("limit", look.limit.into())];
        if !look.check.ok {
            worker::alarm(&mut tx, shared, store, (alarm, &values)).await?;
        } else if look.eased && is_noted(alarm) {
            worker::all_clear(&mut tx, shared, store, (alarm, &values)).await?;
        }
    }
    for ((alarm, every), key) in counted.into_iter().zip(["alert-forged", "alert-dead-more"]) {
        worker::tell_happenings(&mut tx, shared, store, (alarm, every), (key, &[])).await?;
    }
    tx.commit().await?;
    shared.outbox_bell.ring();
    Ok(())
}
