//! `POST /telegram/{hook}`: an Update, checked, stored, answered; a button press is answered in the same breath.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::doors::Hook;
use super::{Door, Front, idempotency};
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{StoreId, Timestamp};
use crate::queue::inbox::{Delivery, Source};

const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";

/// The few fields the door itself needs; everything else waits for the worker.
#[derive(Default, Deserialize)]
struct Envelope {
    update_id: Option<i64>,
    message: Option<Sent>,
    edited_message: Option<Sent>,
    callback_query: Option<Pressed>,
    my_chat_member: Option<Sent>,
}

#[derive(Deserialize)]
struct Sent {
    from: Option<Sender>,
    chat: Option<Sender>,
}

#[derive(Deserialize)]
struct Pressed {
    id: Option<String>,
    from: Option<Sender>,
}

#[derive(Deserialize)]
struct Sender {
    id: i64,
}

pub(super) async fn receive(
    State(front): State<Arc<Front>>,
    Hook(hook): Hook,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let started = Instant::now();
    let answer = admit(&front, &hook, &headers, body).await;
    idempotency::closing(&front, "telegram", started, answer)
}

async fn admit(front: &Front, hook: &str, headers: &HeaderMap, body: Body) -> Response {
    let shown = headers.get(SECRET_HEADER).map_or(&b""[..], |value| value.as_bytes());
    let may_enter = |door: &Door| door.telegram_secret.matches(shown);
    let (door, body) = match idempotency::enter(front, hook, body, may_enter).await {
        Ok(entered) => entered,
        Err(status) => return status.into_response(),
    };
    let (delivery, press) = update_delivery(door.store, &body, front.clock.now());
    idempotency::store(front, delivery, answer_press(press)).await
}

/// What an authenticated body is stored as, and the press that is answered in the same breath.
///
/// What cannot be read is stored all the same: the worker sets it aside with a reason.
#[must_use]
pub fn update_delivery(store: StoreId, body: &[u8], now: Timestamp) -> (Delivery, Option<String>) {
    let envelope: Envelope = serde_json::from_slice(body).unwrap_or_default();
    let delivery = delivery(store, &envelope, body, now.0);
    let press = envelope.callback_query.and_then(|pressed| pressed.id);
    // Telegram executes the answer, so only a plain number of its own is ever put into it.
    let is_number =
        |id: &String| (1..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
    (delivery, press.filter(is_number))
}

fn delivery(store: StoreId, envelope: &Envelope, body: &[u8], now: i64) -> Delivery {
    let key = envelope
        .update_id
        .map_or_else(|| idempotency::content_key(body), |update_id| update_id.to_string());
    let sender = [&envelope.message, &envelope.edited_message, &envelope.my_chat_member]
        .into_iter()
        .flatten()
        .find_map(|sent| sent.from.as_ref().or(sent.chat.as_ref()))
        .or_else(|| envelope.callback_query.as_ref()?.from.as_ref());
    // A person's messages and presses come from two queues of Telegram's; here they share one lane.
    let sender = sender.filter(|_| !planted(Bug::OwnLanes));
    let lane = sender.map_or_else(|| format!("key:{key}"), |sender| format!("user:{}", sender.id));
    let seq = envelope.update_id.unwrap_or(now);
    Delivery { store, source: Source::Telegram, key, lane, seq, body: body.to_vec() }
}

/// An empty 200, or for a press the one call that needs no answer: take the spinner off the button.
fn answer_press(press: Option<String>) -> Response {
    match press {
        None => StatusCode::OK.into_response(),
        Some(id) => {
            let body = format!(r#"{{"method":"answerCallbackQuery","callback_query_id":"{id}"}}"#);
            ([(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(body: &str) -> (Delivery, Response) {
        let (delivery, press) = update_delivery(StoreId(1), body.as_bytes(), Timestamp(7));
        (delivery, answer_press(press))
    }

    #[test]
    fn messages_and_presses_of_one_person_share_a_lane() {
        let (message, _) =
            stored(r#"{"update_id":5,"message":{"from":{"id":9},"chat":{"id":9},"text":"x"}}"#);
        let (press, answer) =
            stored(r#"{"update_id":6,"callback_query":{"id":"77","from":{"id":9}}}"#);
        assert_eq!((message.key.as_str(), message.lane.as_str(), message.seq), ("5", "user:9", 5));
        assert_eq!((press.key.as_str(), press.lane.as_str(), press.seq), ("6", "user:9", 6));
        assert!(answer.headers().contains_key(header::CONTENT_TYPE));
    }

    #[test]
    fn nothing_foreign_is_ever_echoed() {
        for id in [r#"1\",\"method\":\"setWebhook"#, "abc", "", "123456789012345678901", "１"] {
            let (_, answer) = stored(&format!(
                r#"{{"update_id":1,"callback_query":{{"id":"{id}","from":{{"id":1}}}}}}"#
            ));
            assert!(!answer.headers().contains_key(header::CONTENT_TYPE), "{id} was echoed");
        }
    }

    #[test]
    fn what_cannot_be_read_is_kept_under_its_content() {
        let deep = "[".repeat(100_000);
        for body in ["{not json", r#"{"update_id":"x"}"#, r#"{"message":{}}"#, &deep] {
            let (delivery, _) = stored(body);
            assert!(delivery.key.starts_with("sha256:"), "{}", delivery.key);
            assert_eq!(delivery.body, body.as_bytes());
        }
    }
}
