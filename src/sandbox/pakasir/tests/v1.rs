//! The rules of version 1.

use std::time::Duration;

use axum::http::Request;
use serde_json::json;

use super::bench::{bench, bench_of, shop};
use crate::primitives::Timestamp;
use crate::sandbox::pakasir::{FeePayer, State, Version};

const CREATE: &str = "/api/transactioncreate/qris";
const CANCEL: &str = "/api/transactioncancel";
const SIMULATE: &str = "/api/paymentsimulation";

#[tokio::test]
async fn a_payment_comes_in_an_envelope_with_nanoseconds() {
    let bench = bench().await;
    let got = bench.v1(CREATE, "INV-00001", 99_000).await;
    assert_eq!(got.status, 200);
    let payment = &got.json()["payment"];
    assert_eq!((&payment["fee"], &payment["total_payment"]), (&json!(1_003), &json!(100_003)));
    assert!(payment["payment_number"].as_str().unwrap().contains("5409100003.00"));
    let expiry = payment["expired_at"].as_str().unwrap();
    assert_eq!(expiry, "2026-11-22T06:00:00.000622564Z");
    assert!(Timestamp::from_rfc3339(expiry).is_some());
    assert_eq!(bench.v1(CREATE, "INV-00001", 99_000).await.json(), got.json());
    assert_eq!(bench.v1("/api/transactioncreate/bri_va", "INV-00002", 20_000).await.status, 200);
    assert_eq!(bench.v1("/api/transactioncreate/all", "INV-00003", 20_000).await.status, 400);
    assert_eq!(bench.v1(CREATE, "INV-00003", 499).await.status, 400);
}

#[tokio::test]
async fn a_pending_detail_has_an_empty_time() {
    let bench = bench().await;
    bench.v1(CREATE, "INV-00001", 12_000).await;
    let pending = json!({ "transaction": {
        "amount": 12_000, "order_id": "INV-00001", "project": "toko", "status": "pending",
        "payment_method": "qris", "completed_at": "",
    }});
    assert_eq!(bench.detail("INV-00001", 12_000).await.json(), pending);
    let made = bench.toko.transaction_for("INV-00001").await;
    bench.toko.pay(&made.txn_id).unwrap();
    let paid = bench.detail("INV-00001", 12_000).await.json();
    assert_eq!(paid["transaction"]["status"], "completed");
    assert_eq!(paid["transaction"]["completed_at"], "2026-11-22T12:00:00.000+07:00");
    let again = bench.v1(CREATE, "INV-00001", 12_000).await;
    assert_eq!(
        (again.status, again.json()),
        (400, json!({"error":"Transaction already completed"}))
    );
}

#[tokio::test]
async fn a_detail_needs_the_whole_triple_and_the_key() {
    let bench = bench().await;
    bench.v1(CREATE, "INV-00001", 12_000).await;
    assert_eq!(bench.detail("INV-00001", 12_394).await.status, 404);
    assert_eq!(bench.detail("INV-00002", 12_000).await.status, 404);
    let key = bench.key();
    let ask =
        |query: String| bench.send(Request::get(format!("/api/transactiondetail?{query}")), "");
    let short = ask(format!("project=toko&order_id=INV-00001&api_key={key}")).await;
    assert_eq!(short.status, 400);
    assert!(short.text.contains("'Amount' failed on the 'required' tag"));
    let wrong = ask("project=toko&order_id=INV-00001&amount=12000&api_key=x".into()).await;
    assert_eq!(wrong.status, 401);
    let nowhere = ask(format!("project=x&order_id=INV-00001&amount=12000&api_key={key}")).await;
    assert_eq!(nowhere.status, 404);
    let odd = ask(format!("project=toko&order_id=INV-00001&amount=12rb&api_key={key}")).await;
    assert_eq!(odd.status, 400);
    assert_eq!(bench.fake.violations().len(), 3);
    assert!(!format!("{:?}{:?}", bench.fake.calls(), bench.fake.violations()).contains(&key));
}

#[tokio::test]
async fn bodies_hold_the_four_fields_and_at_most_a_redirect() {
    let bench = bench().await;
    let key = bench.key();
    let order = json!({"project":"toko","order_id":"INV-00001","amount":12_000,"api_key":key});
    let with = |name: &str, value: serde_json::Value| {
        let mut body = order.clone();
        body[name] = value;
        bench.send(Request::post(CREATE), body.to_string())
    };
    assert_eq!(with("redirect_url", json!(null)).await.status, 200);
    assert_eq!(with("redirect", json!("https://t.me/x")).await.status, 200);
    assert_eq!(with("note", json!("x")).await.status, 400);
    assert_eq!(with("amount", json!("12000")).await.status, 400);
    assert_eq!(with("amount", json!(13_000)).await.status, 400);
    assert_eq!(with("order_id", json!("")).await.status, 400);
    assert_eq!(with("api_key", json!("x")).await.status, 401);
    assert_eq!(with("project", json!("x")).await.status, 404);
    assert_eq!(bench.send(Request::post(CREATE), "{}").await.status, 400);
    assert_eq!(bench.toko.transactions().len(), 1);
}

#[tokio::test]
async fn cancel_closes_once_and_a_qr_expires() {
    let bench = bench().await;
    bench.v1(CREATE, "INV-00001", 12_000).await;
    assert_eq!(bench.v1(CANCEL, "INV-00001", 12_000).await.json(), json!({ "success": true }));
    let detail = bench.detail("INV-00001", 12_000).await.json();
    assert_eq!(detail["transaction"]["status"], "canceled");
    assert_eq!(bench.v1(CANCEL, "INV-00001", 12_000).await.status, 400);
    assert_eq!(bench.v1(CREATE, "INV-00001", 12_000).await.status, 400);
    assert_eq!(bench.v1(CANCEL, "INV-00009", 12_000).await.status, 404);

    bench.toko.qr_life(Duration::from_mins(10));
    bench.v1(CREATE, "INV-00002", 12_000).await;
    bench.clock.advance(Duration::from_mins(10));
    assert_eq!(bench.toko.transaction_for("INV-00002").await.state, State::Pending);
    bench.clock.advance(Duration::from_millis(1));
    let detail = bench.detail("INV-00002", 12_000).await.json();
    assert_eq!(detail["transaction"]["status"], "expired");
}

#[tokio::test]
async fn simulation_pays_play_money_and_calls_back_unsigned() {
    let live = bench().await;
    live.v1(CREATE, "INV-00001", 12_000).await;
    assert_eq!(live.v1(SIMULATE, "INV-00001", 12_000).await.status, 400);
    assert_eq!(live.toko.transactions()[0].state, State::Pending);

    let bench = bench_of(true, FeePayer::Customer).await;
    let shop = shop(&[]).await;
    bench.toko.version(Version::V1);
    bench.toko.callbacks_to(Some(&shop.url()));
    bench.v1(CREATE, "INV-00001", 12_000).await;
    assert_eq!(bench.v1(SIMULATE, "INV-00001", 12_000).await.json(), json!({ "success": true }));
    bench.toko.settled().await;
    let (headers, body) = &shop.took(1).await[0];
    assert_eq!(headers.get("x-secret"), None);
    let body: serde_json::Value = serde_json::from_slice(body).unwrap();
    let expected = json!({
        "amount": 12_000, "order_id": "INV-00001", "project": "toko", "status": "completed",
        "payment_method": "qris", "completed_at": "2026-11-22T12:00:00.000+07:00",
        "is_sandbox": true,
    });
    assert_eq!(body, expected);
    let again = bench.v1(SIMULATE, "INV-00001", 12_000).await;
    assert_eq!(again.json()["error"], "Transaction already completed");
}
