//! What both doors do with an authenticated delivery: read it within bounds, store it once, answer.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use ring::digest;

use super::seats::Guest;
use super::{Door, Front, LARGEST_BODY};
use crate::queue::Refused;
use crate::queue::inbox::Delivery;

/// How long the rest of a body may take.
const BODY_TIME: Duration = Duration::from_secs(5);
/// So much of a body that is too large is heard and thrown away: a line that is cut while the sender
/// still speaks takes the answer with it.
const HEARD_OUT: usize = 16 * 1024 * 1024;

/// Opens the door of `hook` to who may enter, and only then reads what he brings.
pub(super) async fn enter(
    front: &Front,
    hook: &str,
    guest: &Guest,
    body: Body,
    may_enter: impl FnOnce(&Door) -> bool,
) -> Result<(Door, Bytes), StatusCode> {
    let door = front.doors.at(hook, front.clock.now()).ok_or(StatusCode::NOT_FOUND)?;
    if !may_enter(&door) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    guest.is_known_now();
    Ok((door, read(body).await?))
}

/// Reads a body within [`LARGEST_BODY`] and [`BODY_TIME`].
async fn read(body: Body) -> Result<Bytes, StatusCode> {
    let mut heard = Heard::default();
    let ended = tokio::time::timeout(BODY_TIME, heard.all_of(body)).await;
    if heard.size > LARGEST_BODY {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match ended {
        Ok(Ok(())) => Ok(heard.kept.into()),
        // A body that broke off or dribbled: the sender comes again.
        Ok(Err(_)) | Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// What was read of a body so far.
#[derive(Default)]
struct Heard {
    size: usize,
    kept: Vec<u8>,
}

impl Heard {
    /// Keeps at most [`LARGEST_BODY`]; hears out what is longer up to [`HEARD_OUT`].
    async fn all_of(&mut self, mut body: Body) -> Result<(), axum::Error> {
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame?.into_data() else { continue };
            self.size = self.size.saturating_add(data.len());
            if self.size <= LARGEST_BODY {
                self.kept.extend_from_slice(&data);
            } else if self.size > HEARD_OUT {
                break;
            }
        }
        Ok(())
    }
}

/// Stores a delivery, and only then answers with `done`.
pub(super) async fn store(front: &Front, delivery: Delivery, done: Response) -> Response {
    let is_hint = delivery.source.is_hint();
    match front.intake.accept(delivery).await {
        Ok(()) => done,
        Err(why) => {
            // Callbacks are written by themselves, and strangers make them as large as they like: what is
            // wrong with them alone closes no door to others.
            if why == Refused::Unstored && !is_hint {
                front.readiness.refused();
            }
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
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
