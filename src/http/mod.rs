//! The doors: two webhooks behind one idempotency layer, health and metrics.

mod doors;
mod idempotency;
mod pakasir;
mod probes;
mod serve;
mod telegram;

pub use doors::{CallbackAuth, Door, Doors};
pub use probes::{Readiness, STATEMENTS, probes};
pub use serve::{Limits, serve};

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;

use crate::primitives::Clock;
use crate::queue::Intake;
use crate::telemetry::Metrics;

/// The largest delivery that is taken, in bytes: four times the largest update Telegram can make.
pub const LARGEST_BODY: usize = 256 * 1024;

/// What the webhook handlers share.
#[derive(Clone)]
pub struct Front {
    /// Which hook is whose.
    pub doors: Doors,
    /// The way into the inbox.
    pub intake: Intake,
    /// Where requests are counted.
    pub metrics: Metrics,
    /// When deliveries came in.
    pub clock: Clock,
    /// Whether work can be committed now.
    pub readiness: Readiness,
}

/// The routes of `BIND_ADDR`.
pub fn router(front: Front) -> Router {
    let readiness = front.readiness.clone();
    Router::new()
        .route("/telegram/{hook}", post(telegram::receive))
        .route("/pakasir/{hook}", post(pakasir::receive))
        .with_state(Arc::new(front))
        .merge(probes::health(readiness))
        .method_not_allowed_fallback(nothing_here)
        .fallback(nothing_here)
}

/// The same empty answer for every path and method that is not ours.
async fn nothing_here() -> StatusCode {
    StatusCode::NOT_FOUND
}
