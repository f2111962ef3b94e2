//! The rules of version 2.

use std::time::Duration;

use serde_json::json;

use super::bench::{bench, bench_of};
use crate::sandbox::pakasir::{FeePayer, NewProject, SANDBOX_QR, State};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn the_same_create_finds_the_same_transaction_with_its_state() {
    let bench = bench().await;
    let first = bench.create("INV-00001", "qris", 99_000).await;
    assert_eq!(first.status, 201);
    let made = first.json();
    assert_eq!(made["project"], "toko");
    assert_eq!(made["order_id"], "INV-00001");
    assert_eq!(made["amount"], 99_000);
    assert_eq!(made["fee"], 1_003);
    assert_eq!(made["total_payment"], 100_003);
    assert_eq!(made["payment_method"], "qris");
    assert_eq!(made["is_sandbox"], false);
    assert_eq!(made["status"], "pending");
    assert_eq!(made["completed_at"], json!(null));
    assert_eq!(made["expired_at"], "2026-11-22T06:00:00.000Z");
    assert!(made["qr_string"].as_str().unwrap().contains("5409100003.00"));
    let txn_id = made["txn_id"].as_str().unwrap();
    assert!(txn_id.len() == 9 && txn_id.bytes().all(|byte| byte.is_ascii_lowercase()));

    bench.toko.pay_quietly(txn_id).unwrap();
    let again = bench.create("INV-00001", "qris", 99_000).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.json()["txn_id"], *txn_id);
    assert_eq!(again.json()["status"], "completed");
    assert_eq!(again.json()["completed_at"], "2026-11-22T12:00:00.000+07:00");
    assert_eq!(bench.toko.transactions().len(), 1);
    assert_eq!(bench.fake.violations(), []);
    let calls = bench.fake.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!((calls[1].n, calls[1].route, calls[1].status), (2, "v2 create", Some(200)));
    assert_eq!((calls[1].reference.as_str(), calls[1].amount), ("INV-00001", Some(99_000)));
}

#[tokio::test]
async fn another_amount_or_method_for_one_order_is_a_violation() {
    let bench = bench().await;
    bench.fake.limits(false);
    bench.create("INV-00001", "qris", 20_000).await;
    assert_eq!(bench.create("INV-00001", "qris", 20_001).await.status, 400);
    assert_eq!(bench.create("INV-00001", "bri_va", 20_000).await.status, 400);
    let rules: Vec<_> = bench.fake.violations().into_iter().map(|v| v.reference).collect();
    assert_eq!(rules, ["INV-00001", "INV-00001"]);
    assert_eq!(bench.toko.transactions()[0].amount, 20_000);
}

#[tokio::test]
async fn a_cancelled_order_is_never_made_again() {
    let bench = bench().await;
    bench.fake.limits(false);
    let made = bench.create("INV-00001", "qris", 20_000).await.json();
    let txn_id = made["txn_id"].as_str().unwrap();
    let cancelled = bench.cancel(txn_id).await;
    assert_eq!((cancelled.status, cancelled.json()["message"].is_string()), (200, true));
    assert_eq!(bench.status(txn_id).await.json()["status"], "canceled");
    let again = bench.create("INV-00001", "qris", 20_000).await;
    assert_eq!(again.status, 404);
    assert_eq!(again.json()["message"], "Transaksi telah dibatalkan");
    assert_eq!(bench.cancel(txn_id).await.status, 404);
    assert!(bench.toko.pay(txn_id).is_err());
    assert_eq!(bench.toko.pay_late(txn_id).unwrap().state, State::Completed);
    assert_eq!(bench.cancel(txn_id).await.status, 400);
}

#[tokio::test]
async fn a_cancel_has_no_body() {
    let bench = bench().await;
    let made = bench.create("INV-00001", "qris", 20_000).await.json();
    let path = format!("/api/v2/cancel-transaction/toko/{}", made["txn_id"].as_str().unwrap());
    assert_eq!(bench.send(bench.request("POST", &path), "{}").await.status, 400);
    assert_eq!(bench.fake.violations().len(), 1);
    assert_eq!(bench.toko.transactions()[0].state, State::Pending);
    assert_eq!(bench.send(bench.request("POST", &path), "").await.status, 200);
}

#[tokio::test]
async fn the_key_and_the_project_are_checked_on_every_call() {
    let bench = bench().await;
    let made = bench.create("INV-00001", "qris", 20_000).await.json();
    let txn_id = made["txn_id"].as_str().unwrap();
    let other = bench.fake.add_project(NewProject::named("lain"));
    for (method, path) in [
        ("POST", "create-transaction/toko/INV-00001"),
        ("GET", &format!("transaction-status/toko/{txn_id}")),
        ("POST", &format!("cancel-transaction/toko/{txn_id}")),
    ] {
        let bare = || axum::http::Request::builder().method(method).uri(format!("/api/v2/{path}"));
        assert_eq!(bench.send(bare(), "").await.status, 401, "{path}");
        let foreign = bare().header("x-api-key", other.api_key().expose());
        assert_eq!(bench.send(foreign, "").await.status, 401, "{path}");
        let nowhere = bench.request(method, &format!("/api/v2/{path}").replace("toko", "bukan"));
        assert_eq!(bench.send(nowhere, "").await.status, 404, "{path}");
        let theirs = axum::http::Request::builder().method(method);
        let theirs = theirs.uri(format!("/api/v2/{path}").replace("toko", "lain"));
        let theirs = theirs.header("x-api-key", other.api_key().expose());
        if !path.starts_with("create") {
            assert_eq!(bench.send(theirs, "").await.status, 404, "{path}");
        }
    }
    assert_eq!(bench.toko.transactions()[0].state, State::Pending);
    assert_eq!(bench.fake.violations().len(), 6);
}

#[tokio::test]
async fn a_create_has_exactly_two_fields_of_the_right_kind() {
    let bench = bench().await;
    bench.fake.limits(false);
    let odd = [
        r#"{"method":"qris"}"#,
        r#"{"amount":20000}"#,
        r#"{"method":"qris","amount":20000,"redirect":"x"}"#,
        r#"{"method":"qris","amount":"20000"}"#,
        r#"{"method":"qris","amount":20000.0}"#,
        r#"{"method":"paypal","amount":20000}"#,
        "not json",
        "",
    ];
    let path = "/api/v2/create-transaction/toko/INV-00001";
    for body in odd {
        let request = bench.request("POST", path).header("content-type", "application/json");
        assert_eq!(bench.send(request, body).await.status, 400, "{body}");
    }
    let good = r#"{"method":"qris","amount":20000}"#;
    assert_eq!(bench.send(bench.request("POST", path), good).await.status, 400);
    assert_eq!(bench.fake.violations().len(), odd.len() + 1);
    assert_eq!(bench.toko.transactions(), []);
}

#[tokio::test]
async fn amounts_have_limits_by_method() {
    let bench = bench().await;
    bench.fake.limits(false);
    for (method, amount, status) in [
        ("qris", 499, 400),
        ("qris", 500, 201),
        ("qris", 10_000_000, 201),
        ("qris", 10_000_001, 400),
        ("bri_va", 9_999, 400),
        ("bri_va", 10_000, 201),
        ("payment_link", 50_000_000, 201),
        ("payment_link", 50_000_001, 400),
    ] {
        let got = bench.create(&format!("INV-{method}-{amount}"), method, amount).await;
        assert_eq!(got.status, status, "{method} {amount}");
    }
    assert_eq!(bench.fake.violations(), []);
}

#[tokio::test]
async fn each_method_answers_with_its_own_instrument() {
    let bench = bench().await;
    let account = bench.create("INV-VA-1", "bri_va", 20_000).await.json();
    assert_eq!(account["total_payment"], 23_500);
    assert!(account["va_number"].as_str().unwrap().len() >= 10);
    assert_eq!(account.get("qr_string"), None);
    bench.fake.pages_at("http://127.0.0.1:9/");
    let link = bench.create("INV-LINK-1", "payment_link", 20_000).await.json();
    let expected = format!("http://127.0.0.1:9/pay-v2/{}", link["txn_id"].as_str().unwrap());
    assert_eq!(link["payment_link"], expected);
    assert_eq!(link.as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn the_merchant_may_carry_the_fee_and_a_sandbox_shows_no_real_qr() {
    let bench = bench_of(true, FeePayer::Merchant).await;
    let made = bench.create("INV-00001", "qris", 12_000).await.json();
    assert_eq!((&made["fee"], &made["total_payment"]), (&json!(394), &json!(12_000)));
    assert_eq!((&made["qr_string"], &made["is_sandbox"]), (&json!(SANDBOX_QR), &json!(true)));
}

#[tokio::test]
async fn status_may_be_asked_once_in_four_seconds() {
    let bench = bench().await;
    let made = bench.create("INV-00001", "qris", 12_000).await.json();
    let txn_id = made["txn_id"].as_str().unwrap();
    let first = bench.status(txn_id).await;
    assert_eq!(first.status, 200);
    let fields = json!({
        "txn_id": txn_id, "order_id": "INV-00001", "amount": 12_000, "is_sandbox": false,
        "status": "pending", "completed_at": null,
    });
    assert_eq!(first.json(), fields);
    bench.clock.advance(Duration::from_millis(3_999));
    assert_eq!(bench.status(txn_id).await.status, 429);
    assert_eq!(bench.fake.violations().len(), 1);
    bench.clock.advance(Duration::from_millis(1));
    assert_eq!(bench.status(txn_id).await.status, 200);
    bench.fake.status_limit(false);
    assert_eq!(bench.status(txn_id).await.status, 200);
    assert_eq!(bench.status("zzzzzzzzz").await.status, 404);
}

#[tokio::test]
async fn creates_and_cancels_are_two_a_second_each() {
    let bench = bench().await;
    let mut ids = Vec::new();
    for n in 0..2 {
        let made = bench.create(&format!("INV-0000{n}"), "qris", 12_000).await.json();
        ids.push(made["txn_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(bench.create("INV-00002", "qris", 12_000).await.status, 429);
    assert_eq!(bench.cancel(&ids[0]).await.status, 200);
    assert_eq!(bench.cancel(&ids[0]).await.status, 404);
    assert_eq!(bench.cancel(&ids[1]).await.status, 429);
    bench.clock.advance(SECOND);
    assert_eq!(bench.create("INV-00002", "qris", 12_000).await.status, 201);
    assert_eq!(bench.cancel(&ids[1]).await.status, 200);
    bench.fake.pace_limit(false);
    for n in 10..20 {
        assert_eq!(bench.create(&format!("INV-000{n}"), "qris", 12_000).await.status, 201);
    }
    assert_eq!(bench.fake.violations(), []);
}

#[tokio::test]
async fn an_unpaid_transaction_is_cancelled_after_a_day() {
    let bench = bench().await;
    let made = bench.create("INV-00001", "qris", 12_000).await.json();
    let txn_id = made["txn_id"].as_str().unwrap();
    bench.clock.advance(SECOND * (24 * 60 * 60 - 1));
    assert_eq!(bench.status(txn_id).await.json()["status"], "pending");
    bench.clock.advance(SECOND);
    assert_eq!(bench.toko.transactions()[0].state, State::Canceled);
    assert_eq!(bench.create("INV-00001", "qris", 12_000).await.status, 404);
}

#[tokio::test]
async fn fees_are_public_and_unknown_paths_are_noticed() {
    let bench = bench().await;
    let table = bench.send(axum::http::Request::get("/api/v2/payment-fee/12000"), "").await;
    assert_eq!((table.status, &table.json()["qris"]), (200, &json!(394)));
    let odd = bench.send(axum::http::Request::get("/api/v2/payment-fee/banyak"), "").await;
    assert_eq!(odd.status, 400);
    assert_eq!(bench.fake.violations(), []);
    let lost = bench.send(axum::http::Request::get("/api/v3/x?api_key=rahasia"), "").await;
    assert_eq!(lost.status, 404);
    let wrong = axum::http::Request::get("/api/v2/create-transaction/toko/INV-1");
    assert_eq!(bench.send(wrong, "").await.status, 404);
    let rules: Vec<_> = bench.fake.violations().into_iter().map(|v| v.rule).collect();
    assert_eq!(rules.len(), 2);
    assert!(!rules[0].contains("rahasia"));
}

#[tokio::test]
async fn an_order_is_found_by_its_decoded_name_and_shows_what_a_test_sets() {
    let bench = bench().await;
    assert_eq!(bench.create("INV%2F1", "qris", 12_000).await.json()["order_id"], "INV/1");
    let made = bench.toko.transaction_for("INV/1").await;
    assert_eq!(bench.toko.transaction_where(|seen| seen.total == 12_394).await, made);
    bench.fake.status_limit(false);
    bench.toko.set_amount(&made.txn_id, 11_000);
    bench.toko.set_state(&made.txn_id, State::Other("refunded".into()));
    bench.toko.set_sandbox(&made.txn_id, true);
    let status = bench.status(&made.txn_id).await.json();
    assert_eq!((&status["amount"], &status["status"]), (&json!(11_000), &json!("refunded")));
    assert_eq!(status["is_sandbox"], true);
    assert_eq!(bench.create("INV%2F1", "qris", 12_000).await.status, 200);
}

#[tokio::test]
async fn a_stopped_gateway_answers_nobody() {
    let bench = bench().await;
    bench.fake.stop().await;
    assert!(bench.try_send(bench.request("GET", "/api/v2/payment-fee/1"), "").await.is_none());
}
