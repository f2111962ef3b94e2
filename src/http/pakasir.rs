//! `POST /pakasir/{hook}`: a payment callback, checked, stored, answered; believed by nobody yet.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::doors::Hook;
use super::seats::Guest;
use super::{CallbackAuth, Door, Front, idempotency};
use crate::primitives::{StoreId, Timestamp};
use crate::queue::inbox::{Delivery, Source};

const SECRET_HEADER: &str = "x-secret";

pub(super) async fn receive(
    State(front): State<Arc<Front>>,
    Hook(hook): Hook,
    Extension(guest): Extension<Guest>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let started = Instant::now();
    let answer = admit(&front, &hook, &guest, &headers, body).await;
    idempotency::closing(&front, "pakasir", started, answer)
}

async fn admit(
    front: &Front,
    hook: &str,
    guest: &Guest,
    headers: &HeaderMap,
    body: Body,
) -> Response {
    let shown = headers.get(SECRET_HEADER).map_or(&b""[..], |value| value.as_bytes());
    let may_enter = |door: &Door| match &door.callback {
        CallbackAuth::Secret(secret) => secret.matches(shown),
        CallbackAuth::PathAlone => true,
        CallbackAuth::Closed => false,
    };
    let (door, body) = match idempotency::enter(front, hook, guest, body, may_enter).await {
        Ok(entered) => entered,
        Err(status) => return status.into_response(),
    };
    let delivery = callback_delivery(door.store, &body, front.clock.now());
    idempotency::store(front, delivery, StatusCode::OK.into_response()).await
}

/// What an authenticated callback is stored as.
#[must_use]
pub fn callback_delivery(store: StoreId, body: &[u8], now: Timestamp) -> Delivery {
    // The same callback within one gap between looks adds nothing; later it is a fresh reason to look.
    let key = format!("{}:{}", idempotency::content_key(body), now.0 / SAME_FOR_MS);
    // No two have an order to keep: each only asks for a look, and thousands about one payment must not
    // be taken one by one.
    let lane = format!("key:{key}");
    Delivery { store, source: Source::Pakasir, key, lane, seq: now.0, body: body.to_vec() }
}

/// How long an equal callback counts as the same one, in milliseconds.
const SAME_FOR_MS: i64 = 5_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_about_one_payment_wait_for_nobody() {
        let of = |txn: &str| {
            let body = format!(r#"{{"order_id":"AAAAAAAA","txn_id":"{txn}"}}"#);
            callback_delivery(StoreId(1), body.as_bytes(), Timestamp(0))
        };
        assert_ne!(of("a").lane, of("b").lane);
        assert_eq!(of("a").key, of("a").key, "the same one twice is one fact");
    }
}
