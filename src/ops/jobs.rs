//! Which jobs must come round, how often, and which of them are late.

use std::time::Duration;

use crate::config::Watch;
use crate::db::{Tx, lease};
use crate::primitives::Timestamp;
use crate::shop::ShopError;

/// What a running service does by the clock, and how long at most it may not have been done.
#[must_use]
pub fn expected(watch: &Watch, has_webhooks: bool) -> Vec<(&'static str, Duration)> {
    let mut jobs = vec![("sweep", Duration::from_mins(5)), ("prune", Duration::from_hours(3))];
    if has_webhooks {
        jobs.push(("webhook", Duration::from_mins(15)));
    }
    if let Some(every) = watch.health_every {
        jobs.push(("health", every * 3 + Duration::from_mins(5)));
    }
    jobs
}

/// The expected jobs that are late at `now`, with how long ago they were done in seconds; what was never done since the
/// database was made is not late. Nothing is late before this process had the time to do it (`since`).
///
/// # Errors
/// [`ShopError`] when the database cannot be read.
pub async fn late(
    tx: &mut Tx,
    expected: &[(&'static str, Duration)],
    since: Option<Timestamp>,
    now: Timestamp,
) -> Result<Vec<(&'static str, u64)>, ShopError> {
    let done = lease::last_done(tx).await?;
    let mut late = Vec::new();
    for (job, most) in expected {
        let Some((_, at)) = done.iter().find(|(name, _)| name == job) else { continue };
        let at = since.map_or(*at, |since| since.max(*at));
        if now.since(at) > *most {
            late.push((*job, now.since(at).as_secs()));
        }
    }
    Ok(late)
}
