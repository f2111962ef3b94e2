//! Callbacks: honest, repeated, lost and forged.

use std::time::Duration;

use serde_json::{Value, json};

use super::bench::{Bench, Shop, bench, shop};
use crate::sandbox::pakasir::{Refused, SecretHeader, State};

async fn paid_into(shop: &Shop) -> (Bench, String) {
    let bench = bench().await;
    bench.toko.callbacks_to(Some(&shop.url()));
    let made = bench.create("INV-00001", "qris", 12_000).await.json();
    (bench, made["txn_id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_payment_is_announced_with_the_secret() {
    let shop = shop(&[]).await;
    let (bench, txn_id) = paid_into(&shop).await;
    bench.toko.pay(&txn_id).unwrap();
    bench.toko.settled().await;
    let (headers, body) = &shop.took(1).await[0];
    assert_eq!(headers["x-secret"], bench.toko.webhook_secret().expose().as_str());
    assert_eq!(headers["content-type"], "application/json");
    let body: Value = serde_json::from_slice(body).unwrap();
    let expected = json!({
        "txn_id": txn_id, "order_id": "INV-00001", "amount": 12_000, "is_sandbox": false,
        "status": "completed", "completed_at": "2026-11-22T12:00:00.000+07:00",
    });
    assert_eq!(body, expected);
    assert_eq!(bench.toko.callback_body(&txn_id), expected);
    let sent = bench.fake.callbacks();
    assert_eq!((sent.len(), sent[0].attempt, sent[0].status), (1, 1, Some(200)));
    assert_eq!(bench.toko.pay(&txn_id), Err(Refused::Completed));
    assert_eq!(bench.toko.pay("zzzzzzzzz"), Err(Refused::Unknown));
    bench.toko.resend_callback(&txn_id).unwrap();
    assert_eq!(shop.took(2).await.len(), 2);
}

#[tokio::test]
async fn a_refused_callback_is_not_repeated_unless_asked() {
    let shop = shop(&[503, 503]).await;
    let (bench, txn_id) = paid_into(&shop).await;
    bench.toko.pay(&txn_id).unwrap();
    bench.toko.settled().await;
    bench.clock.advance(Duration::from_hours(1));
    bench.toko.settled().await;
    assert_eq!(shop.count(), 1);
}

#[tokio::test]
async fn retries_come_at_once_then_after_two_four_eight_seconds_and_end() {
    let shop = shop(&[500; 8]).await;
    let (bench, txn_id) = paid_into(&shop).await;
    bench.toko.retry_callbacks(true);
    let start = bench.clock.now();
    bench.toko.pay(&txn_id).unwrap();
    shop.took(2).await;
    for (count, seconds) in [(3, 2), (4, 4), (5, 8), (6, 16), (7, 32), (8, 64)] {
        bench.toko.settled().await;
        assert_eq!(shop.count(), count - 1);
        bench.clock.advance(Duration::from_secs(seconds));
        shop.took(count).await;
    }
    bench.toko.settled().await;
    bench.clock.advance(Duration::from_hours(1));
    bench.toko.settled().await;
    let sent = bench.fake.callbacks();
    assert_eq!(sent.len(), 8);
    let seconds: Vec<u64> = sent.iter().map(|sent| sent.at.since(start).as_secs()).collect();
    assert_eq!(seconds, [0, 0, 2, 6, 14, 30, 62, 126]);
    assert_eq!(sent.iter().map(|sent| sent.attempt).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[tokio::test]
async fn retries_stop_at_the_first_success() {
    let shop = shop(&[503, 503, 200]).await;
    let (bench, txn_id) = paid_into(&shop).await;
    bench.toko.retry_callbacks(true);
    bench.toko.pay(&txn_id).unwrap();
    shop.took(2).await;
    bench.toko.settled().await;
    bench.clock.advance(Duration::from_secs(2));
    shop.took(3).await;
    bench.toko.settled().await;
    bench.clock.advance(Duration::from_hours(1));
    bench.toko.settled().await;
    assert_eq!(shop.count(), 3);
}

#[tokio::test]
async fn a_payment_can_be_silent() {
    let shop = shop(&[]).await;
    let (bench, txn_id) = paid_into(&shop).await;
    bench.toko.mute_callbacks(true);
    bench.toko.pay(&txn_id).unwrap();
    bench.toko.mute_callbacks(false);
    let made = bench.create("INV-00002", "qris", 12_000).await.json();
    bench.toko.pay_quietly(made["txn_id"].as_str().unwrap()).unwrap();
    bench.toko.settled().await;
    assert_eq!(shop.count(), 0);
    assert!(bench.toko.transactions().iter().all(|made| made.state == State::Completed));
}

#[tokio::test]
async fn any_callback_can_be_forged() {
    let shop = shop(&[401, 401, 401, 200]).await;
    let (bench, txn_id) = paid_into(&shop).await;
    bench.toko.mute_callbacks(true);
    let honest = bench.toko.callback_body(&txn_id);
    assert_eq!(honest["status"], "pending");
    let send = |secret, kind| bench.toko.callback(honest.clone(), secret, kind);
    assert_eq!(send(SecretHeader::Wrong, Some("application/json")).await, 401);
    assert_eq!(send(SecretHeader::Missing, None).await, 401);
    assert_eq!(send(SecretHeader::Text("tebakan".into()), None).await, 401);
    let form = Some("application/x-www-form-urlencoded");
    assert_eq!(bench.toko.callback("bukan json", SecretHeader::Right, form).await, 200);
    let took = shop.took(4).await;
    let right = bench.toko.webhook_secret().expose().clone();
    let wrong = took[0].0["x-secret"].to_str().unwrap().to_owned();
    assert!(wrong != right && wrong.len() == right.len());
    assert_eq!(took[1].0.get("x-secret"), None);
    assert_eq!(took[1].0.get("content-type"), None);
    assert_eq!(took[2].0["x-secret"], "tebakan");
    assert_eq!(took[3].0["x-secret"], right.as_str());
    assert_eq!(
        (took[3].1.as_ref(), &took[3].0["content-type"]),
        (&b"bukan json"[..], &"application/x-www-form-urlencoded".parse().unwrap())
    );
}

#[tokio::test]
async fn an_https_address_is_routed_and_a_dead_one_is_no_answer() {
    let shop = shop(&[]).await;
    let (bench, txn_id) = paid_into(&shop).await;
    bench.toko.callbacks_to(Some("https://toko.example/pakasir/hook"));
    assert_eq!(bench.toko.callback("{}", SecretHeader::Right, None).await, 0);
    bench.toko.route_callbacks_to(shop.address);
    bench.toko.pay(&txn_id).unwrap();
    assert_eq!(shop.took(1).await[0].0["host"], "toko.example");
    bench.toko.callbacks_to(None);
    assert_eq!(bench.toko.callback("{}", SecretHeader::Right, None).await, 0);
    let sent = bench.fake.callback_where(|sent| sent.status == Some(200)).await;
    assert_eq!(sent.project, "toko");
}
