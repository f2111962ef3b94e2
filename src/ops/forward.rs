//! Passes on to the owners what the log says gravely: once a minute per kind, with how many came.

use std::error::Error;
use std::time::Duration;

use super::pulse::first;
use super::rounds::Job;
use crate::bot::Value;
use crate::primitives::Timestamp;
use crate::shop::stores::Store;
use crate::telemetry::{Ear, Heard};
use crate::worker::{self, Shared};

const EVERY: Duration = Duration::from_secs(5);

/// The job that tells what an ear has heard.
#[derive(Debug, Clone)]
pub struct Forward(Ear);

impl Forward {
    /// What this ear hears.
    #[must_use]
    pub const fn of(ear: Ear) -> Self {
        Self(ear)
    }
}

impl Job for Forward {
    const NAME: &'static str = "forward";

    fn every(&self) -> Duration {
        EVERY
    }

    async fn round(
        &self,
        shared: &Shared,
        now: Timestamp,
    ) -> Result<bool, Box<dyn Error + Send + Sync>> {
        let Some(first) = first(shared) else { return Ok(true) };
        if !self.0.has_news(now) {
            return Ok(true);
        }
        // Taken only when it can be written: until then it is counted on.
        let mut tx = shared.db.write().await?;
        let (heard, more) = self.0.take(now);
        for kind in &heard {
            let about = named(shared, kind).unwrap_or_else(|| first.clone());
            worker::tell_owners(&mut tx, shared, &about, ("alert-log", &values(kind))).await?;
        }
        if more > 0 {
            let count = i64::try_from(more).unwrap_or(i64::MAX);
            let told = ("alert-log-more", &[("count", count.into())][..]);
            worker::tell_owners(&mut tx, shared, &first, told).await?;
        }
        tx.commit().await?;
        shared.outbox_bell.ring();
        Ok(true)
    }
}

/// The store that a record is about, if it says so and there is such a store.
fn named(shared: &Shared, kind: &Heard) -> Option<Store> {
    let slug = kind.store.as_deref()?;
    let fronts = shared.directory.all();
    fronts.iter().find(|front| front.store.slug == slug).map(|front| front.store.clone())
}

fn values(kind: &Heard) -> [(&'static str, Value<'_>); 5] {
    [
        ("level", kind.level.to_string().into()),
        ("target", (&kind.target).into()),
        ("count", i64::try_from(kind.count).unwrap_or(i64::MAX).into()),
        ("message", (&kind.message).into()),
        ("fields", (&kind.fields).into()),
    ]
}
