//! Retries, order, expiry and mischief of deliveries, on a clock moved by hand.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use serde_json::json;

use super::{Desk, Receiver, desk, receiver, status};
use crate::primitives::{ChatId, MessageId, UserId};
use crate::sandbox::telegram::{Fault, FaultKind, Person};

async fn with_webhook() -> (Desk, Receiver) {
    let (desk, hook) = (desk().await, receiver().await);
    desk.webhook(&hook).await;
    (desk, hook)
}

/// Waits until that many attempts are booked.
async fn attempts(desk: &Desk, count: usize) {
    desk.telegram.until(|telegram| (telegram.deliveries().len() >= count).then_some(())).await;
}

#[tokio::test]
async fn a_delivery_looks_like_telegrams() {
    let (desk, hook) = with_webhook().await;
    desk.budi.say("halo");
    desk.bot.settled().await;
    let got = &hook.got()[0];
    assert_eq!(got.path, "/telegram/hook");
    for (name, value) in [
        ("x-telegram-bot-api-secret-token", "rahasia"),
        ("content-type", "application/json"),
        ("host", "toko.example"),
        ("accept-encoding", "gzip, deflate"),
    ] {
        assert_eq!(got.headers[name], value);
    }
}

#[tokio::test]
async fn failures_are_retried_at_once_then_after_two_four_eight_seconds() {
    let (desk, hook) = with_webhook().await;
    hook.answers([500, 404, 302, 503, 500].map(status));
    desk.budi.say("halo");
    attempts(&desk, 2).await;
    for (seconds, count) in [(2, 3), (4, 4), (8, 5), (16, 6)] {
        desk.clock.advance(Duration::from_millis(seconds * 1000 - 1));
        assert_eq!(hook.got().len(), count - 1, "too early");
        desk.clock.advance(Duration::from_millis(1));
        attempts(&desk, count).await;
    }
    desk.bot.settled().await;
    let booked: Vec<(u32, u16)> =
        desk.telegram.deliveries().iter().map(|d| (d.attempt, d.status)).collect();
    assert_eq!(booked, [(1, 500), (2, 404), (3, 302), (4, 503), (5, 500), (6, 200)]);
    let info = desk.call("getWebhookInfo", json!({})).await;
    assert_eq!(info.result()["pending_update_count"], 0);
    assert_eq!(info.result()["last_error_message"], "Wrong response from the webhook: 500");
}

#[tokio::test]
async fn retry_after_takes_the_place_of_the_delay_and_does_not_grow_it() {
    let (desk, hook) = with_webhook().await;
    let busy = || {
        let answer = Response::builder().status(503).header("retry-after", "1");
        answer.body(Body::empty()).expect("a response")
    };
    hook.answers([busy(), busy(), status(500)]);
    desk.budi.say("halo");
    for count in [1, 2] {
        attempts(&desk, count).await;
        desk.clock.advance(Duration::from_secs(1));
    }
    attempts(&desk, 3).await;
    desk.clock.advance(Duration::from_secs(2));
    desk.bot.settled().await;
    assert_eq!(hook.got().len(), 4);
}

#[tokio::test]
async fn a_failing_queue_holds_back_only_itself() {
    let (desk, hook) = with_webhook().await;
    let sari = desk.bot.person(UserId(1002), "Sari");
    hook.answers([500, 500].map(status));
    let first = desk.budi.say("satu");
    attempts(&desk, 2).await;
    let second = desk.budi.say("dua");
    let press = desk.budi.press_data(MessageId(1), "x");
    let other = sari.say("tiga");
    attempts(&desk, 4).await;
    let mut past = hook.update_ids().split_off(2);
    past.sort_unstable();
    assert_eq!(past, [press, other], "Budi's second message may not pass the first");
    desk.clock.advance(Duration::from_secs(2));
    desk.bot.settled().await;
    assert_eq!(hook.update_ids().split_off(4), [first, second]);
}

#[tokio::test]
async fn presses_expire_after_150_seconds_and_messages_after_a_day() {
    let (desk, hook) = with_webhook().await;
    hook.answers((0..100).map(|_| status(500)));
    desk.budi.press_data(MessageId(1), "x");
    attempts(&desk, 2).await;
    let mut count = 2;
    // 2 + 4 + … + 64 = 126; the next try would come after 150 s.
    for seconds in [2, 4, 8, 16, 32, 60] {
        desk.clock.advance(Duration::from_secs(seconds));
        count += 1;
        if seconds < 60 {
            attempts(&desk, count).await;
        }
    }
    desk.clock.advance(Duration::from_secs(4));
    attempts(&desk, 8).await;
    desk.bot.settled().await;
    assert_eq!(hook.got().len(), 8);
    desk.budi.say("halo");
    attempts(&desk, 10).await;
    desk.clock.advance(Duration::from_hours(25));
    attempts(&desk, 11).await;
    desk.bot.settled().await;
    assert_eq!(hook.got().len(), 11);
}

#[tokio::test]
async fn duplicates_swaps_and_odd_updates_come_on_demand() {
    let (desk, hook) = with_webhook().await;
    desk.bot.duplicate_updates(1);
    let first = desk.budi.say("satu");
    desk.bot.settled().await;
    assert_eq!(hook.update_ids(), [first, first]);
    desk.bot.duplicate_updates(0);
    assert!(desk.bot.deliver_again(first));
    desk.bot.settled().await;
    desk.bot.swap_next_two();
    let message = desk.budi.say("dua");
    let press = desk.budi.press_data(MessageId(1), "x");
    desk.bot.settled().await;
    assert_eq!(hook.update_ids().split_off(2), [first, press, message]);
    desk.bot.continue_update_ids_from(900_000);
    let odd = desk.bot.deliver_unknown_kind();
    let channel = desk.bot.deliver_without_from(ChatId(-1007), "pengumuman");
    let raw = desk.bot.deliver_raw(json!({"update_id": 7, "poll": {"id": "x"}}));
    desk.bot.settled().await;
    assert_eq!((odd, channel, raw), (900_000, 900_001, 7));
    assert_eq!(hook.got().len(), 8);
    desk.budi.press_inaccessible(MessageId(1), "x");
    desk.bot.settled().await;
    let got = hook.got().pop().expect("a press").update;
    assert_eq!(got["callback_query"]["message"]["date"], 0);
}

#[tokio::test]
async fn a_method_in_the_answer_is_executed_unless_it_is_barred() {
    let (desk, hook) = with_webhook().await;
    let with = |body: serde_json::Value| {
        let answer = Response::builder().header("content-type", "application/json");
        answer.body(Body::from(body.to_string())).expect("a response")
    };
    hook.answers([
        with(json!({"method": "sendMessage", "chat_id": 1001, "text": "dari jawaban"})),
        with(json!({"method": "deleteWebhook"})),
        with(json!({"method": "getMe"})),
    ]);
    desk.telegram.fault(Fault::next(FaultKind::ServerError));
    for text in ["satu", "dua", "tiga"] {
        desk.budi.say(text);
    }
    desk.bot.settled().await;
    desk.budi.sees_text("dari jawaban").await;
    assert_eq!(desk.call("getMe", json!({})).await.status, 500, "faults are for the bot's calls");
    assert!(desk.bot.webhook().is_some());
    let inside: Vec<String> = desk
        .telegram
        .calls()
        .into_iter()
        .filter(|call| call.in_webhook_answer)
        .map(|call| call.method)
        .collect();
    assert_eq!(inside, ["sendMessage"]);
}

#[tokio::test]
async fn updates_wait_for_a_webhook_and_unwanted_kinds_are_not_made() {
    let (desk, hook) = (desk().await, receiver().await);
    let waiting = desk.budi.say("sebelum");
    assert_eq!(desk.bot.waiting(), 1);
    desk.bot.route_webhooks_to(hook.address);
    let set = json!({"url": "https://toko.example/", "allowed_updates": ["message"]});
    desk.call("setWebhook", set).await.result();
    desk.bot.settled().await;
    assert_eq!(hook.update_ids(), [waiting]);
    assert_eq!(desk.budi.press_data(MessageId(1), "x"), 0, "presses are not wanted");
    assert_eq!(desk.bot.waiting(), 0);
}

#[tokio::test]
async fn a_new_webhook_is_tried_at_once() {
    let (desk, hook) = with_webhook().await;
    hook.answers([500, 500].map(status));
    desk.budi.say("halo");
    attempts(&desk, 2).await;
    desk.clock.advance(Duration::from_millis(1500));
    let moved = json!({"url": "https://toko.example/baru"});
    desk.call("setWebhook", moved).await.result();
    desk.bot.settled().await;
    assert_eq!(hook.got()[2].path, "/baru");
}

#[tokio::test]
async fn a_host_out_of_reach_is_told_and_another_address_gets_what_waits() {
    let (desk, hook) = with_webhook().await;
    desk.telegram.cut_host("toko.example", "Connection refused");
    desk.budi.say("halo");
    attempts(&desk, 2).await;
    assert_eq!(hook.got().len(), 0);
    let info = desk.call("getWebhookInfo", json!({})).await;
    assert_eq!(info.result()["pending_update_count"], 1);
    assert_eq!(info.result()["last_error_message"], "Connection refused");
    desk.clock.advance(Duration::from_secs(2));
    desk.call("setWebhook", json!({"url": "https://dua.example/telegram/hook"})).await;
    desk.bot.settled().await;
    assert_eq!(hook.got().len(), 1);
    assert_eq!(hook.got()[0].headers["host"], "dua.example");
    desk.telegram.mend_host("toko.example");
    desk.clock.advance(Duration::from_secs(2));
    desk.call("setWebhook", json!({"url": "https://toko.example/telegram/hook"})).await;
    desk.budi.say("lagi");
    desk.bot.settled().await;
    assert_eq!(hook.got().len(), 2);
}

#[tokio::test]
async fn a_connection_is_kept_and_used_again() {
    let (desk, hook) = with_webhook().await;
    for text in ["satu", "dua", "tiga"] {
        desk.budi.say(text);
    }
    desk.bot.settled().await;
    let ports: Vec<u16> = hook.got().iter().map(|got| got.port).collect();
    assert_eq!(ports, [ports[0]; 3]);
}

fn crowd(desk: &Desk, size: i64) -> Vec<Person> {
    (0..size).map(|number| desk.bot.person(UserId(2000 + number), "Orang")).collect()
}

#[tokio::test]
async fn deliveries_run_beside_each_other_up_to_max_connections() {
    let (desk, hook) = (desk().await, receiver().await);
    desk.bot.route_webhooks_to(hook.address);
    let set = json!({"url": "https://toko.example/", "max_connections": 3});
    desk.call("setWebhook", set).await.result();
    hook.shared.open.send_replace(false);
    for person in crowd(&desk, 8) {
        person.say("halo");
    }
    hook.holds(3).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    hook.shared.open.send_replace(true);
    desk.bot.settled().await;
    assert_eq!((hook.peak(), hook.got().len()), (3, 8));
}

#[tokio::test]
async fn after_ten_seconds_without_success_only_one_connection_tries() {
    let (desk, hook) = with_webhook().await;
    hook.answers((0..8).map(|_| status(500)));
    let crowd = crowd(&desk, 4);
    for person in &crowd {
        person.say("halo");
    }
    attempts(&desk, 8).await;
    hook.peak();
    hook.shared.open.send_replace(false);
    desk.clock.advance(Duration::from_secs(11));
    hook.holds(1).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(hook.peak(), 1);
    hook.shared.inside.send_replace((1, 1));
    hook.shared.open.send_replace(true);
    desk.bot.settled().await;
    assert_eq!(hook.got().len(), 12);
}

#[tokio::test]
async fn gone_for_a_day_removes_the_webhook() {
    let (desk, hook) = with_webhook().await;
    let gone = || {
        let answer = Response::builder().status(410).header("retry-after", "3600");
        answer.body(Body::empty()).expect("a response")
    };
    hook.answers((0..100).map(|_| gone()));
    desk.budi.say("halo");
    for hour in 1..25 {
        attempts(&desk, hour).await;
        assert!(desk.bot.webhook().is_some(), "removed after {hour} h");
        desk.clock.advance(Duration::from_hours(1));
    }
    attempts(&desk, 25).await;
    assert_eq!(desk.bot.webhook(), None);
}

#[tokio::test]
async fn nothing_is_answered_within_a_minute_is_a_failure() {
    let (desk, hook) = with_webhook().await;
    hook.shared.open.send_replace(false);
    desk.budi.say("halo");
    hook.holds(1).await;
    desk.clock.advance(Duration::from_mins(1));
    attempts(&desk, 1).await;
    hook.shared.open.send_replace(true);
    desk.bot.settled().await;
    let booked: Vec<u16> = desk.telegram.deliveries().iter().map(|d| d.status).collect();
    assert_eq!(booked, [0, 200]);
}
