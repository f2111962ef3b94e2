//! `/healthz`, `/readyz` and `/metrics`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use serde_json::json;
use tokio::sync::Mutex;

use super::nothing_here;
use crate::db::{Db, DbError};
use crate::execute;
use crate::primitives::{Clock, Timestamp};
use crate::queue::{inbox, outbox};
use crate::telemetry::Metrics;

const PROBE_TIME: Duration = Duration::from_secs(2);
/// How long an answer of the database is repeated: long enough that no flood of questions is felt,
/// short enough that no probe believes what is over.
const FRESH: Duration = Duration::from_millis(20);
/// How long a refused delivery is believed rather than the database: a full disk has room for one short row long
/// after it has none for a delivery.
const REFUSED: Duration = Duration::from_millis(250);

/// Whether the service can commit now, and whether it still wants to.
#[derive(Debug, Clone)]
pub struct Readiness {
    db: Db,
    clock: Clock,
    stopping: Arc<AtomicBool>,
    quarantined: Arc<AtomicBool>,
    asked: Arc<Mutex<Option<(Timestamp, &'static str)>>>,
    /// When a delivery could not be committed last, in milliseconds; 0 is never.
    refused_at: Arc<AtomicI64>,
}

impl Readiness {
    /// Ready as long as the database commits.
    #[must_use]
    pub fn new(db: Db, clock: Clock) -> Self {
        let (stopping, quarantined, asked, refused_at) = Default::default();
        Self { db, clock, stopping, quarantined, asked, refused_at }
    }

    /// From now on not ready: the service is going down.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Whether deliveries are only kept, because the database was restored and nobody released it yet.
    pub fn quarantine(&self, quarantined: bool) {
        self.quarantined.store(quarantined, Ordering::SeqCst);
    }

    /// A delivery could not be committed just now.
    pub(super) fn refused(&self) {
        self.refused_at.store(self.clock.now().0, Ordering::Relaxed);
    }

    fn has_just_refused(&self, now: Timestamp) -> bool {
        let at = Timestamp(self.refused_at.load(Ordering::Relaxed));
        at <= now && now.since(at) < REFUSED
    }

    /// What the database said, asked fifty times a second at most: anybody may ask us, and each question is a
    /// write. Who comes meanwhile waits for that one answer.
    async fn database(&self) -> &'static str {
        if self.has_just_refused(self.clock.now()) {
            return "cannot commit";
        }
        let mut asked = self.asked.lock().await;
        let now = self.clock.now();
        if let Some((at, said)) = *asked
            && at <= now
            && now.since(at) < FRESH
        {
            return said;
        }
        let said = match tokio::time::timeout(PROBE_TIME, self.can_commit()).await {
            Ok(Ok(())) => "ok",
            Ok(Err(_)) => "cannot commit",
            Err(_) => "too slow",
        };
        *asked = Some((self.clock.now(), said));
        said
    }

    async fn can_commit(&self) -> Result<(), DbError> {
        let mut tx = self.db.write_relaxed_first().await?;
        execute!(&mut tx, TOUCH, self.clock.now())?;
        tx.commit().await
    }
}

crate::statements! {
    TOUCH = ("INSERT INTO leases (name, holder, fence, held_until) VALUES ('readyz', '', 0, $1) \
              ON CONFLICT (name) DO UPDATE SET held_until = excluded.held_until");
}

/// `/healthz` and `/readyz`, for both listeners.
pub(super) fn health(readiness: Readiness) -> Router {
    Router::new()
        .route("/healthz", any(nothing_here).get(|| async { Json(json!({"status": "ok"})) }))
        .route("/readyz", any(nothing_here).get(ready))
        .with_state(readiness)
}

async fn ready(State(readiness): State<Readiness>) -> Response {
    let stopping = readiness.stopping.load(Ordering::SeqCst);
    let database = if stopping {
        // Nothing that is found out now changes the answer: it comes at once.
        "not asked"
    } else {
        readiness.database().await
    };
    let ready = database == "ok" && !stopping;
    let accepting = match (stopping, readiness.quarantined.load(Ordering::SeqCst)) {
        (true, _) => "stopping",
        (false, true) => "quarantine",
        (false, false) => "ok",
    };
    let detail = json!({
        "status": if ready { "ok" } else { "unavailable" },
        "checks": {"database": database, "accepting": accepting},
    });
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut answer = (status, Json(detail)).into_response();
    if !ready {
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
    }
    answer
}

/// The routes of `PROBE_ADDR`.
pub fn probes(readiness: Readiness, metrics: Metrics) -> Router {
    let gauges = (readiness.clone(), metrics);
    Router::new()
        .route("/metrics", any(nothing_here).get(show_metrics))
        .with_state(gauges)
        .merge(health(readiness))
        .fallback(nothing_here)
}

async fn show_metrics(State((readiness, metrics)): State<(Readiness, Metrics)>) -> Response {
    if let Err(error) = measure(&readiness, &metrics).await {
        tracing::warn!(%error, "the queues could not be measured");
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.text()).into_response()
}

/// Sets the gauges that are counted rather than kept.
async fn measure(readiness: &Readiness, metrics: &Metrics) -> Result<(), DbError> {
    let now = readiness.clock.now();
    let mut tx = readiness.db.read().await?;
    metrics.inbox_pending.set(inbox::pending(&mut tx, now).await?.0);
    let waiting = outbox::pending(&mut tx, now).await?;
    for queue in outbox::Queue::ALL {
        let count = waiting.iter().find(|(name, ..)| name == queue.word()).map_or(0, |row| row.1);
        metrics.outbox_pending.with_label_values(&[queue.word()]).set(count);
    }
    Ok(())
}
