//! The hosted pages and the bank's button.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::bench::{bench, bench_of, shop};
use crate::sandbox::pakasir::{FeePayer, NewProject, State};

#[tokio::test]
async fn a_buyer_sees_the_bill_and_pays_it() {
    let bench = bench_of(true, FeePayer::Customer).await;
    let shop = shop(&[]).await;
    bench.toko.callbacks_to(Some(&shop.url()));
    let made = bench.create("INV-00001", "qris", 12_000).await.json();
    let path = format!("/pay-v2/{}", made["txn_id"].as_str().unwrap());
    let bill =
        bench.send(Request::get(format!("{path}?redirect=https%3A%2F%2Ft.me%2Fx")), "").await;
    assert_eq!(bill.status, 200);
    for shown in ["toko", "Rp 12.394", "Rp 394", "INV-00001", "Bayar sekarang", "Mode uji coba"] {
        assert!(bill.text.contains(shown), "{shown}");
    }
    assert!(bill.text.contains("href=\"https://t.me/x\""));
    assert!(bill.text.contains("?redirect=https%3A%2F%2Ft.me%2Fx"));
    let paid = bench.send(Request::post(&path), "").await;
    assert!(paid.text.contains("Pembayaran berhasil") && !paid.text.contains("Bayar sekarang"));
    assert_eq!(shop.took(1).await.len(), 1);
    let again = bench.send(Request::post(&path), "").await;
    assert!(again.text.contains("Pembayaran berhasil"));
    bench.toko.settled().await;
    assert_eq!(shop.count(), 1);
}

#[tokio::test]
async fn a_closed_or_unknown_bill_cannot_be_paid() {
    let bench = bench().await;
    let made = bench.create("INV-00001", "qris", 12_000).await.json();
    let txn_id = made["txn_id"].as_str().unwrap();
    bench.toko.set_state(txn_id, State::Canceled);
    let closed = bench.send(Request::post(format!("/pay-v2/{txn_id}")), "").await;
    assert!(closed.text.contains("sudah ditutup"));
    assert_eq!(bench.toko.transactions()[0].state, State::Canceled);
    assert_eq!(bench.send(Request::get("/pay-v2/zzzzzzzzz"), "").await.status, 404);
}

#[tokio::test]
async fn the_page_shows_foreign_text_harmlessly() {
    let bench = bench().await;
    let evil = bench.fake.add_project(NewProject::named("<b>toko</b>"));
    let page =
        "/pay/%3Cb%3Etoko%3C%2Fb%3E/12000?order_id=%22%3E%3Cscript%3E&redirect=javascript:alert(1)";
    let shown = bench.send(Request::get(page), "").await;
    assert_eq!((shown.status, evil.transactions().len()), (200, 1));
    assert!(!shown.text.contains("<script") && !shown.text.contains("<b>toko"));
    assert!(!shown.text.contains("href=\"javascript"));
}

#[tokio::test]
async fn version_1_opens_a_bill_by_its_address() {
    let bench = bench().await;
    let open = |path: &str| bench.send(Request::get(path.to_owned()), "");
    let bill = open("/pay/toko/20000?order_id=INV-00001").await;
    assert_eq!(bill.status, 200);
    let made = bench.toko.transaction_for("INV-00001").await;
    assert!(bill.text.contains(&format!("/pay-v2/{}", made.txn_id)));
    assert_eq!(open("/pay/toko/20000?order_id=INV-00001").await.status, 200);
    assert_eq!(open("/pay/toko/500?order_id=INV-00001").await.status, 404);
    assert_eq!(open("/pay/toko/499?order_id=INV-00002").await.status, 404);
    assert_eq!(open("/pay/toko/20000").await.status, 404);
    assert_eq!(open("/pay/bukan/20000?order_id=INV-00002").await.status, 404);
    assert_eq!(bench.toko.transactions().len(), 1);
}

#[tokio::test]
async fn a_script_can_play_the_bank() {
    let bench = bench().await;
    let made = bench.create("INV-00001", "qris", 12_000).await.json();
    let router = bench.fake.pay_router().merge(bench.fake.pages_router());
    let pay = |body: Value| {
        let request = Request::post("/api/pay").header("content-type", "application/json");
        let answer = router.clone().oneshot(request.body(Body::from(body.to_string())).unwrap());
        async {
            let (head, body) = answer.await.unwrap().into_parts();
            let bytes = body.collect().await.unwrap().to_bytes();
            (head.status.as_u16(), serde_json::from_slice::<Value>(&bytes).unwrap())
        }
    };
    let bill = json!({ "txn_id": made["txn_id"] });
    assert_eq!(pay(bill.clone()).await, (200, json!({ "state": "completed" })));
    let (status, refused) = pay(bill).await;
    assert_eq!((status, refused["error"].is_string()), (409, true));
    assert_eq!(pay(json!({ "txn_id": "zzzzzzzzz" })).await.0, 404);
    assert_eq!(pay(json!({})).await.0, 400);
    assert_eq!(bench.toko.transactions()[0].state, State::Completed);
}
