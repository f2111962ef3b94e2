//! `POST /pakasir/{hook}`: a payment callback, checked, stored, answered; believed by nobody yet.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::doors::Hook;
use super::{CallbackAuth, Door, Front, idempotency};
use crate::pakasir::Reference;
use crate::primitives::{StoreId, Timestamp};
use crate::queue::inbox::{Delivery, Source};

const SECRET_HEADER: &str = "x-secret";

/// What makes a callback the same one when it comes again.
#[derive(Default, Deserialize)]
struct Envelope {
    order_id: Option<String>,
}

pub(super) async fn receive(
    State(front): State<Arc<Front>>,
    Hook(hook): Hook,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let started = Instant::now();
    let answer = admit(&front, &hook, &headers, body).await;
    idempotency::closing(&front, "pakasir", started, answer)
}

async fn admit(front: &Front, hook: &str, headers: &HeaderMap, body: Body) -> Response {
    let shown = headers.get(SECRET_HEADER).map_or(&b""[..], |value| value.as_bytes());
    let may_enter = |door: &Door| match &door.callback {
        CallbackAuth::Secret(secret) => secret.matches(shown),
        CallbackAuth::PathAlone => true,
        CallbackAuth::Closed => false,
    };
    let (door, body) = match idempotency::enter(front, hook, body, may_enter).await {
        Ok(entered) => entered,
        Err(status) => return status.into_response(),
    };
    let delivery = callback_delivery(door.store, &body, front.clock.now());
    idempotency::store(front, delivery, StatusCode::OK.into_response()).await
}

/// What an authenticated callback is stored as.
#[must_use]
pub fn callback_delivery(store: StoreId, body: &[u8], now: Timestamp) -> Delivery {
    let envelope: Envelope = serde_json::from_slice(body).unwrap_or_default();
    // The same callback within one gap between looks adds nothing; later it is a fresh reason to look.
    let key = format!("{}:{}", idempotency::content_key(body), now.0 / SAME_FOR_MS);
    let lane = match envelope.order_id {
        Some(order) if Reference::parse(&order).is_ok() => format!("payment:{order}"),
        _ => format!("key:{key}"),
    };
    Delivery { store, source: Source::Pakasir, key, lane, seq: now.0, body: body.to_vec() }
}

/// How long an equal callback counts as the same one, in milliseconds.
const SAME_FOR_MS: i64 = 5_000;
