//! The doors: two webhooks behind one idempotency layer, health and metrics.

mod doors;
mod entrance;
mod seats;
mod idempotency;
mod pakasir;
mod probes;
mod serve;
mod telegram;

pub use doors::{CallbackAuth, Door, Doors, TelegramKey};
pub use entrance::{Entrance, Handed, HandedFault, Listener};
pub use pakasir::callback_delivery;
pub use probes::{Readiness, STATEMENTS, probes};
pub use seats::Guest;
pub use serve::{Limits, raise_open_files, serve};
pub use telegram::update_delivery;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::any;

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
        .route("/telegram/{hook}", any(nothing_here).post(telegram::receive))
        .route("/pakasir/{hook}", any(nothing_here).post(pakasir::receive))
        .with_state(Arc::new(front))
        .merge(probes::health(readiness))
        .fallback(nothing_here)
}

/// The same empty answer for every path and method that is not ours: as the `any` of each route it
/// also keeps the router from naming the methods of a path that exists.
async fn nothing_here() -> StatusCode {
    StatusCode::NOT_FOUND
}
