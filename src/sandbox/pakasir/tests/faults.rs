//! Every fault, as a client meets it.

use std::time::Duration;

use serde_json::{Value, json};

use super::bench::{Bench, Got, bench, shop};
use crate::primitives::Timestamp;
use crate::sandbox::pakasir::{CallKind, Fault, FaultKind, State};

fn once(kind: FaultKind) -> Fault {
    Fault { call: Some(CallKind::Create), reference: None, times: 1, kind }
}

/// One create under `kind`; says as well how many transactions the gateway stored.
async fn struck(kind: FaultKind) -> (Got, usize) {
    let bench = bench().await;
    bench.fake.fault(once(kind));
    let got = bench.create("INV-00001", "qris", 12_000).await;
    let stored = bench.toko.transactions().len();
    assert_eq!(bench.fake.calls()[0].status, Some(got.status));
    assert!((200..=201).contains(&bench.create("INV-00001", "qris", 12_000).await.status));
    assert_eq!(bench.toko.transactions().len(), 1);
    assert_eq!(bench.fake.violations(), []);
    (got, stored)
}

async fn spoilt(kind: FaultKind) -> Value {
    let (got, stored) = struck(kind).await;
    assert_eq!((got.status, stored), (201, 1));
    got.json()
}

#[tokio::test]
async fn some_faults_strike_before_anything_is_stored() {
    let (got, stored) = struck(FaultKind::Status(503)).await;
    assert_eq!((got.status, stored), (503, 0));
    assert!(got.json()["message"].is_string());

    let (got, stored) = struck(FaultKind::Html502).await;
    assert_eq!((got.status, stored), (502, 0));
    assert!(
        got.text.contains("nginx") && got.headers["content-type"] == "text/html; charset=utf-8"
    );

    let (got, stored) = struck(FaultKind::Redirect("http://127.0.0.1:9/x".into())).await;
    assert_eq!(
        (got.status, stored, &got.headers["location"]),
        (307, 0, &"http://127.0.0.1:9/x".parse().unwrap())
    );

    let (got, stored) = struck(FaultKind::TooManyRequests { retry_after: Some(7) }).await;
    assert_eq!((got.status, stored, &got.headers["retry-after"]), (429, 0, &"7".parse().unwrap()));
    let (got, _) = struck(FaultKind::TooManyRequests { retry_after: None }).await;
    assert_eq!((got.status, got.headers.get("retry-after")), (429, None));
}

#[tokio::test]
async fn some_faults_hide_that_the_transaction_was_stored() {
    let (got, stored) = struck(FaultKind::ServerErrorAfterStoring).await;
    assert_eq!((got.status, stored), (500, 1));

    let (got, stored) = struck(FaultKind::Html200).await;
    assert_eq!((got.status, stored), (200, 1));
    assert!(serde_json::from_str::<Value>(&got.text).is_err());

    let (got, stored) = struck(FaultKind::MalformedJson).await;
    assert_eq!((got.status, stored), (201, 1));
    assert!(got.text.starts_with('{') && serde_json::from_str::<Value>(&got.text).is_err());

    let (got, stored) = struck(FaultKind::HugeBody).await;
    assert_eq!((got.status, stored), (201, 1));
    assert!(got.text.len() > 2 << 20 && got.json()["txn_id"].is_string());
}

#[tokio::test]
async fn some_faults_spoil_one_field() {
    assert_eq!(spoilt(FaultKind::MissingQr).await.get("qr_string"), None);
    assert_eq!(spoilt(FaultKind::MissingTotal).await.get("total_payment"), None);
    assert_eq!(spoilt(FaultKind::WrongAmountEcho).await["amount"], 12_001);
    assert_ne!(spoilt(FaultKind::WrongOrderEcho).await["order_id"], "INV-00001");
    assert_eq!(spoilt(FaultKind::NullExpiry).await["expired_at"], json!(null));
    let near = spoilt(FaultKind::ExpiryIn(Duration::from_mins(1))).await;
    assert_eq!(near["expired_at"], "2026-11-22T05:01:00.000Z");
    assert!(Timestamp::from_rfc3339(near["expired_at"].as_str().unwrap()).is_some());
}

#[tokio::test]
async fn faults_reach_into_the_envelopes_of_version_1() {
    let bench = bench().await;
    bench.fake.fault(once(FaultKind::MissingQr));
    let path = "/api/transactioncreate/qris";
    let payment = bench.v1(path, "INV-00001", 12_000).await.json();
    assert_eq!(payment["payment"].get("payment_number"), None);
    bench.fake.fault(Fault { call: Some(CallKind::Status), ..once(FaultKind::WrongAmountEcho) });
    let detail = bench.detail("INV-00001", 12_000).await.json();
    assert_eq!(detail["transaction"]["amount"], 12_001);
}

#[tokio::test]
async fn a_callback_can_come_before_the_slow_answer_to_the_create() {
    let bench = bench().await;
    let shop = shop(&[]).await;
    bench.toko.callbacks_to(Some(&shop.url()));
    bench.fake.fault(once(FaultKind::Slow(Duration::from_secs(20))));
    let meanwhile = async {
        let made = bench.toko.transaction_for("INV-00001").await;
        bench.toko.pay(&made.txn_id).unwrap();
        shop.took(1).await;
        assert_eq!(bench.fake.calls()[0].status, None);
        bench.clock.advance(Duration::from_secs(20));
    };
    let (got, ()) = tokio::join!(bench.create("INV-00001", "qris", 12_000), meanwhile);
    assert_eq!((got.status, &got.json()["status"]), (201, &json!("pending")));
    let call = bench.fake.call_where(|call| call.status == Some(201)).await;
    assert_eq!(call.reference, "INV-00001");
}

#[tokio::test]
async fn a_hanging_call_has_done_its_work() {
    let bench: Bench = bench().await;
    bench.fake.fault(once(FaultKind::HangAfterStoring));
    let body = json!({ "method": "qris", "amount": 12_000 }).to_string();
    let request = bench
        .request("POST", "/api/v2/create-transaction/toko/INV-00001")
        .header("content-type", "application/json");
    tokio::select! {
        got = bench.try_send(request, body) => panic!("answered: {got:?}"),
        made = bench.toko.transaction_for("INV-00001") => assert_eq!(made.state, State::Pending),
    }
    assert_eq!(bench.create("INV-00001", "qris", 12_000).await.status, 200);
}

#[tokio::test]
async fn faults_find_status_and_cancel_by_the_reference() {
    let bench = bench().await;
    let one = bench.create("INV-00001", "qris", 12_000).await.json();
    let two = bench.create("INV-00002", "qris", 12_000).await.json();
    let (one, two) = (one["txn_id"].as_str().unwrap(), two["txn_id"].as_str().unwrap());
    for call in [CallKind::Status, CallKind::Cancel] {
        let reference = Some("INV-00002".to_owned());
        let kind = FaultKind::Status(500);
        bench.fake.fault(Fault { call: Some(call), reference, times: u32::MAX, kind });
    }
    assert_eq!(bench.status(one).await.status, 200);
    assert_eq!(bench.status(two).await.status, 500);
    assert_eq!(bench.cancel(two).await.status, 500);
    assert_eq!(bench.cancel(one).await.status, 200);
    bench.fake.clear_faults();
    assert_eq!(bench.status(two).await.status, 200);
}
