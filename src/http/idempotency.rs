//! What both doors do with an authenticated delivery: read it within bounds, store it once, answer.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Body as _;
use ring::digest;

use super::{Front, LARGEST_BODY};
use crate::queue::inbox::Delivery;

/// How long the rest of a body may take.
const BODY_TIME: Duration = Duration::from_secs(5);

/// Reads a body within [`LARGEST_BODY`] and [`BODY_TIME`].
pub(super) async fn read(body: Body) -> Result<Bytes, StatusCode> {
    if body.size_hint().lower() > LARGEST_BODY as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let reading = tokio::time::timeout(BODY_TIME, Limited::new(body, LARGEST_BODY).collect());
    match reading.await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        // A body that broke off or dribbled: the sender comes again.
        Ok(Err(_)) | Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// Stores a delivery, and only then answers with `done`.
pub(super) async fn store(front: &Front, delivery: Delivery, done: Response) -> Response {
    match front.intake.accept(delivery).await {
        Ok(()) => done,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// A key made of the content, for a delivery that names none.
pub(super) fn content_key(body: &[u8]) -> String {
    use std::fmt::Write as _;
    let hash = digest::digest(&digest::SHA256, body);
    hash.as_ref().iter().fold("sha256:".to_owned(), |mut key, byte| {
        let _ = write!(key, "{byte:02x}");
        key
    })
}

/// Counts the request and, for 503, tells the sender to come again in a second.
pub(super) fn closing(
    front: &Front,
    source: &str,
    started: std::time::Instant,
    mut answer: Response,
) -> Response {
    let status = answer.status();
    front.metrics.webhook_requests.with_label_values(&[source, status.as_str()]).inc();
    if status.is_success() {
        front.metrics.webhook_ack_seconds.observe(started.elapsed().as_secs_f64());
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    answer
}
